#include <doctest/doctest.h>

#include "language/lex.h"

namespace melian {
namespace {

std::string words_of(const std::string& text) {
  const SourceText source{"t", text};
  std::string out;
  for (const Token& token : lex(source, 0).tokens)
    out += (out.empty() ? "" : "|") + std::string(token.text);
  return out;
}

std::vector<std::string> codes_of(const std::string& text) {
  const SourceText source{"t", text};
  std::vector<std::string> out;
  for (const Mistake& mistake : lex(source, 0).mistakes) out.push_back(mistake.code);
  return out;
}

using Codes = std::vector<std::string>;

TEST_CASE("lex: a range without blanks is two numbers and two dots") {
  CHECK(words_of("0..1") == "0|..|1|");
  CHECK(words_of("-2..2") == "-|2|..|2|");
  CHECK(words_of("0.05..0.4") == "0.05|..|0.4|");
  CHECK(words_of("lives..12") == "lives|..|12|");
}

TEST_CASE("lex: numbers have digits, a fraction and a power of ten") {
  const SourceText source{"t", "12 0.5 1e-3 2.5E+2"};
  const Lexed lexed = lex(source, 0);
  REQUIRE(lexed.tokens.size() == 5);
  CHECK(lexed.tokens[0].number == 12);
  CHECK(lexed.tokens[1].number == 0.5);
  CHECK(lexed.tokens[2].number == 0.001);
  CHECK(lexed.tokens[3].number == 250);
}

TEST_CASE("lex: a number that runs into a word or out of range is a mistake") {
  CHECK(codes_of("2x") == Codes{"M0105"});
  CHECK(codes_of("1e") == Codes{"M0105"});
  CHECK(codes_of("1e999") == Codes{"M0105"});
  CHECK(codes_of("1e-999") == Codes{"M0105"});
}

TEST_CASE("lex: names keep case, digits and underscores; the words of the grammar are reserved") {
  const SourceText source{"t", "D_collapses p1 otherwise Otherwise"};
  const Lexed lexed = lex(source, 0);
  CHECK(lexed.tokens[0].text == "D_collapses");
  CHECK_FALSE(lexed.tokens[1].reserved);
  CHECK(lexed.tokens[2].reserved);
  CHECK_FALSE(lexed.tokens[3].reserved);
}

TEST_CASE("lex: comments are kept with their kind and place") {
  const SourceText source{"t", "# one\nparam ##  [E1] two \r\n  ##three"};
  const Lexed lexed = lex(source, 0);
  REQUIRE(lexed.comments.size() == 3);
  CHECK(lexed.comments[0].text == "one");
  CHECK(lexed.comments[0].alone);
  CHECK_FALSE(lexed.comments[0].documentation);
  CHECK(lexed.comments[1].text == "[E1] two");
  CHECK_FALSE(lexed.comments[1].alone);
  CHECK(lexed.comments[1].documentation);
  CHECK(lexed.comments[1].next_token == 1);
  CHECK(lexed.comments[2].line == 3);
  CHECK(lexed.comments[2].alone);
}

TEST_CASE("lex: letters of any alphabet stand in comments and texts, not in names") {
  CHECK(codes_of("model \"Війна і мир\" # où, 戦争").empty());
  CHECK(codes_of("param coût = 1") == Codes{"M0103"});
  CHECK(words_of("param coût = 1") == "param|coût|=|1|");
}

TEST_CASE("lex: a byte order mark is skipped") { CHECK(words_of("\xEF\xBB\xBFmodel") == "model|"); }

TEST_CASE("lex: bytes that are no characters are reported once, and reading goes on") {
  CHECK(codes_of("# caf\xE9 \xE9\nparam") == Codes{"M0102"});
  CHECK(words_of("# caf\xE9\nparam") == "param|");
  CHECK(codes_of("param \xC0\x80 \xED\xA0\x80") == Codes{"M0102"});
}

TEST_CASE("lex: a zero byte or more than 1 MiB is refused at once") {
  CHECK(codes_of(std::string("model\0", 6)) == Codes{"M0102"});
  CHECK(words_of(std::string("model\0", 6)).empty());
  CHECK(codes_of(std::string(largest_text + 1, ' ')) == Codes{"M0101"});
  CHECK(codes_of(std::string(largest_text, ' ')).empty());
}

TEST_CASE("lex: a text ends on its line") {
  CHECK(codes_of("source \"half\nparam") == Codes{"M0104"});
  CHECK(words_of("source \"half\nparam") == "source|half|param|");
}

TEST_CASE("lex: signs of other languages are named with what to write here") {
  const SourceText source{"t", "a == b && c"};
  const Lexed lexed = lex(source, 0);
  REQUIRE(lexed.mistakes.size() == 2);
  CHECK(lexed.mistakes[0].hint.find("`is`") != std::string::npos);
  CHECK(lexed.mistakes[1].hint.find("`and`") != std::string::npos);
  CHECK(codes_of("0 − 1") == Codes{"M0103"});
  CHECK(codes_of("x ≤ 1") == Codes{"M0103"});
}

}  // namespace
}  // namespace melian
