#include <algorithm>
#include <array>

#include "language/parser.h"

namespace melian {
namespace {

constexpr int deepest_nesting = 200;
constexpr std::size_t most_recorded =
    1000;  ///< mistakes kept of one text; only the first hundred are shown

std::string described(const Token& token) {
  if (token.kind == Token::Kind::end) return "the end of the file";
  if (token.kind == Token::Kind::text) return "a quoted text";
  return "`" + std::string(token.text.substr(0, 60)) + "`";
}

/// Two neighbouring letters changed places: the commonest slip of all.
bool swapped(std::string_view a, std::string_view b) {
  if (a.size() != b.size() || a == b) return false;
  const auto first = static_cast<std::size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
  return first + 1 < a.size() && a[first] == b[first + 1] && a[first + 1] == b[first] &&
         a.substr(first + 2) == b.substr(first + 2);
}

}  // namespace

Parser::Parser(const SourceText& source, int file)
    : source_(source), file_(file), lexed_(lex(source, file)) {
  const auto count_sign = [&](std::string_view sign) {
    return std::ranges::count_if(lexed_.tokens, [&](const Token& token) {
      return token.kind == Token::Kind::sign && token.text == sign;
    });
  };
  balanced_ = count_sign("{") == count_sign("}");
}

const Token& Parser::peek(std::size_t ahead) const {
  return lexed_.tokens[std::min(at_ + ahead, lexed_.tokens.size() - 1)];
}

bool Parser::at(std::string_view sign_or_word, std::size_t ahead) const {
  const Token& token = peek(ahead);
  return (token.kind == Token::Kind::sign || token.kind == Token::Kind::name) &&
         token.text == sign_or_word;
}

bool Parser::at_new_line() const { return at_ == 0 || lexed_.tokens[at_ - 1].line != peek().line; }

bool Parser::accept(std::string_view sign_or_word) {
  if (!at(sign_or_word)) return false;
  skip();
  return true;
}

/// Where it is missing, reading goes on as if it had been there.
bool Parser::expect(std::string_view sign_or_word) {
  if (accept(sign_or_word) || reads_as_misspelt(sign_or_word)) return true;
  expected_one_of({std::string(sign_or_word)});
  return false;
}

void Parser::close(std::string_view sign, std::size_t opener) {
  if (accept(sign)) return;
  if (recovering_ || gave_up_) return;
  const std::string open(lexed_.tokens[opener].text);
  mistake(span_of(opener), "M0111", "this `" + open + "` is never closed",
          "`" + std::string(sign) + "` before " + described(peek()));
}

void Parser::skip() {
  if (!at_end()) ++at_;
}

/// Past a `{ ... }` with all that is in it, or past one token.
void Parser::skip_balanced() {
  int open = 0;
  do {
    if (at("{")) ++open;
    if (at("}")) --open;
    skip();
  } while (open > 0 && !at_end());
}

/// The comma between options or outcomes.
void Parser::skip_separator() {
  if (!at(",")) return;
  lexed_.tokens[at_].separator = true;
  skip();
}

/// `.5`, read on as the number that was meant.
bool Parser::reads_as_fraction() {
  if (!at(".") || peek(1).kind != Token::Kind::number) return false;
  const std::string meant = "0." + std::string(peek(1).text);
  if (!recovering_)
    mistake(span_of(at_), "M0105", "a number begins with a digit", "`" + meant + "`",
            "write " + meant);
  skip();
  skip();
  return true;
}

/// A list goes on without its comma: nothing else of the language begins with a plain word there.
void Parser::comma_forgotten(std::string_view between) {
  if (peek().kind == Token::Kind::name && !peek().reserved && !item_begins() && !at_new_line())
    expected("`,` between " + std::string(between));
}

ast::Span Parser::span_of(std::size_t token) const {
  return {file_, lexed_.tokens[token].begin, lexed_.tokens[token].end};
}

ast::Span Parser::span_from(std::size_t first) const {
  const int begin = lexed_.tokens[std::min(first, lexed_.tokens.size() - 1)].begin;
  return {file_, begin, at_ > first ? lexed_.tokens[at_ - 1].end : begin};
}

void Parser::expected(std::string_view what, std::string hint, std::string code) {
  if (recovering_ || gave_up_ || leaving_) return;
  recovering_ = true;
  const bool misled =
      suspect_ != 0 && !balanced_;  // a block was left open above, and will be reported
  if (misled || lexer_complained_here()) return;
  const Token& found = peek();
  if (at_ > 0 && (at_end() || at_new_line())) {
    const int after = lexed_.tokens[at_ - 1].end;
    mistake({file_, after, after + 1}, std::move(code), "something is missing here, in " + context_,
            std::string(what), std::move(hint));
  } else if (found.reserved && hint.empty()) {
    mistake(span_of(at_), std::move(code), described(found) + " cannot stand here, in " + context_,
            std::string(what), "`" + std::string(found.text) + "` is a word of the language");
  } else {
    mistake(span_of(at_), std::move(code), described(found) + " cannot stand here, in " + context_,
            std::string(what), std::move(hint));
  }
}

void Parser::expected_one_of(std::vector<std::string> words, std::string hint, std::string code) {
  const std::size_t before = lexed_.mistakes.size();
  expected(one_of(words), std::move(hint), std::move(code));
  if (lexed_.mistakes.size() > before) lexed_.mistakes.back().expected_words = std::move(words);
}

bool Parser::asks_for_hidden_action(std::size_t token) {
  constexpr std::array words = {"secretly", "privately", "covertly", "secret",     "private",
                                "hidden",   "hides",     "unseen",   "unobserved", "tells",
                                "whispers", "sends",     "invisibly"};
  const Token& found = lexed_.tokens[std::min(token, lexed_.tokens.size() - 1)];
  if (found.kind != Token::Kind::name || std::ranges::find(words, found.text) == words.end())
    return false;
  if (!recovering_)
    mistake(span_of(token), "M0119",
            "`" + std::string(found.text) +
                "`: every action is public, and no action or message can be hidden",
            {},
            "choices that nobody sees before all have chosen stand in `simultaneously { ... }`; "
            "news that only one player has is a type; other games with hidden actions can be "
            "written as an .efg");
  recovering_ = true;
  return true;
}

void Parser::mistake(ast::Span span, std::string code, std::string message, std::string expected,
                     std::string hint) {
  const bool known = !lexed_.mistakes.empty() && lexed_.mistakes.back().span.begin == span.begin &&
                     lexed_.mistakes.back().span.end == span.end;
  if (gave_up_ || known) return;
  if (lexed_.mistakes.size() >= most_recorded) {
    ++num_unrecorded_;
    return;
  }
  lexed_.mistakes.push_back(
      {span, std::move(code), std::move(message), std::move(expected), std::move(hint), {}, {}});
}

/// A sign the lexer refused is missing here: one report is enough.
bool Parser::lexer_complained_here() const {
  const int from = at_ > 0 ? lexed_.tokens[at_ - 1].begin : 0;
  const int to = std::max(peek().end, from + 1);
  return std::ranges::any_of(lexed_.mistakes, [&](const Mistake& known) {
    return known.span.begin >= from && known.span.begin < to && known.code < "M0106";
  });
}

/// The candidate that a word no longer than a slip away must have meant, or "".
std::string Parser::meant(std::size_t token, const std::vector<std::string>& candidates) const {
  constexpr std::size_t shortest = 4;  // in shorter words a slip makes another word
  const Token& found = lexed_.tokens[std::min(token, lexed_.tokens.size() - 1)];
  if (found.kind != Token::Kind::name || found.reserved || found.text.size() + 1 < shortest)
    return {};
  std::vector<std::string> long_ones;
  std::ranges::copy_if(candidates, std::back_inserter(long_ones),
                       [](const std::string& word) { return word.size() >= shortest; });
  for (const std::string& word : long_ones)
    if (swapped(found.text, word)) return word;
  return nearest_word(found.text, long_ones);
}

/// A misspelt word of the language is reported and read as what it was meant to be.
bool Parser::reads_as_misspelt(std::string_view word) {
  if (meant(at_, {std::string(word)}).empty()) return false;
  if (!recovering_)
    mistake(span_of(at_), "M0107", described(peek()) + " is no word of the language",
            "`" + std::string(word) + "`", "did you mean `" + std::string(word) + "`?");
  skip();
  return true;
}

/// Blanks before the first token of the line on which this token stands.
int Parser::indentation(std::size_t token) const {
  const std::string_view text = source_.text;
  const auto begin = static_cast<std::size_t>(lexed_.tokens[token].begin);
  std::size_t line = begin;
  while (line > 0 && text[line - 1] != '\n') --line;
  const std::size_t first = std::min(text.find_first_not_of(" \t", line), begin);
  return static_cast<int>(first - line);
}

Parser::Nesting::Nesting(Parser& parser) : parser_(parser) {
  if (++parser_.depth_ > deepest_nesting)
    parser_.give_up("M0113", "this is nested more than 200 deep", "a flatter text",
                    "name a part of a formula with `let`; split a block into phases");
}

/// Reports once, then sees only the end of the file: what follows was not read and deserves no
/// report.
void Parser::give_up(std::string code, std::string message, std::string expected,
                     std::string hint) {
  if (gave_up_) return;
  mistake(span_of(at_), std::move(code), std::move(message), std::move(expected), std::move(hint));
  gave_up_ = true;
  at_ = lexed_.tokens.size() - 1;
}

}  // namespace melian
