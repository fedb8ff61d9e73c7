/// The first message is about the mistake: one slip is made at each place of every shipped model
/// where it can be made, and what is told first must stand on its line and say what it is.

#include <algorithm>
#include <cctype>
#include <functional>

#include <doctest/doctest.h>
#include <fmt/core.h>

#include "melian/language.h"
#include "support/texts.h"

using namespace melian;

namespace {

/// A text with one slip, and the line it is on.
struct Slip {
  std::string text;
  int line = 0;
};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out{""};
  for (const char c : text)
    if (c == '\n')
      out.emplace_back();
    else
      out.back() += c;
  return out;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string out;
  for (std::size_t k = 0; k < lines.size(); ++k) out += (k > 0 ? "\n" : "") + lines[k];
  return out;
}

/// What stands before a comment; empty where quotes make that hard to tell.
std::string code_of(const std::string& line) {
  return line.find('"') == std::string::npos ? line.substr(0, line.find('#')) : "";
}

bool is_word_character(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

/// Every shipped model with every slip that `slips` makes of one of its lines.
void each_slip(const std::function<std::vector<std::string>(const std::string& line)>& slips,
               const std::function<void(const Slip&, const Diagnostics&)>& check) {
  int made = 0;
  for (const auto& path : test::model_files(MELIAN_SOURCE_DIR)) {
    const std::string text = test::content_of(path);
    if (text.find(" extends ") != std::string::npos || text.starts_with("module")) continue;
    const std::vector<std::string> lines = lines_of(text);
    for (std::size_t k = 0; k < lines.size(); ++k)
      for (const std::string& line : slips(lines[k])) {
        std::vector<std::string> changed = lines;
        changed[k] = line;
        const Slip slip{joined(changed), static_cast<int>(k) + 1};
        CAPTURE(path.string());
        CAPTURE(line);
        const auto model = read_model_text(slip.text, "slip.melian");
        REQUIRE_FALSE(model.has_value());
        for (const Diagnostic& told : model.error())
          CHECK(told.message.find("``") == std::string::npos);
        check(slip, model.error());
        ++made;
      }
  }
  CHECK(made >= 20);
}

}  // namespace

TEST_CASE("first diagnostic: a verb without its subject is told on its line") {
  each_slip(
      [](const std::string& line) -> std::vector<std::string> {
        const std::string code = code_of(line);
        const std::size_t first = code.find_first_not_of(' ');
        for (const std::string verb : {" offers ", " chooses "}) {
          const std::size_t at = code.find(verb);
          if (first == std::string::npos || at == std::string::npos) continue;
          const bool subject_alone =
              std::all_of(code.begin() + static_cast<std::ptrdiff_t>(first),
                          code.begin() + static_cast<std::ptrdiff_t>(at), is_word_character);
          if (subject_alone) return {code.substr(0, first) + line.substr(at + 1)};
        }
        return {};
      },
      [](const Slip& slip, const Diagnostics& told) {
        CHECK(told.front().line == slip.line);
        CHECK(told.front().code == "M0108");
        CHECK(told.front().message.find("has no subject") != std::string::npos);
      });
}

TEST_CASE("first diagnostic: a blank of a word processor is told once, and nothing else") {
  each_slip(
      [](const std::string& line) -> std::vector<std::string> {
        const std::string code = code_of(line);
        const std::size_t at = code.find(' ', code.find_first_not_of(' '));
        if (code.find_first_not_of(' ') == std::string::npos || at == std::string::npos) return {};
        std::vector<std::string> out;
        for (const std::string blank : {"\xC2\xA0", "\xE2\x80\xAF", "\xE3\x80\x80"})
          out.push_back(std::string(line).replace(at, 1, blank));
        return out;
      },
      [](const Slip& slip, const Diagnostics& told) {
        REQUIRE(told.size() == 1);
        CHECK(told.front().code == "M0103");
        CHECK(told.front().line == slip.line);
      });
}

TEST_CASE("first diagnostic: a word of the language used as an option is told as one") {
  static int turn = 0;
  each_slip(
      [](const std::string& line) -> std::vector<std::string> {
        constexpr const char* words[] = {"end",   "set",    "time",  "count", "state", "place",
                                         "model", "source", "phase", "go",    "chance"};
        const std::string code = code_of(line);
        const std::size_t verb = code.find(" chooses "), open = code.find("{ ", verb);
        if (verb == std::string::npos || open == std::string::npos) return {};
        if (code.find(" in ", verb) < open) return {};
        const std::size_t begin = open + 2;
        std::size_t end = begin;
        while (end < code.size() && is_word_character(code[end])) ++end;
        const std::size_t next = code.find_first_not_of(' ', end);
        if (end == begin || next == std::string::npos) return {};
        if (code[next] != '{' && code[next] != ',' && code[next] != '}') return {};
        return {std::string(line).replace(begin, end - begin, words[turn++ % 11])};
      },
      [](const Slip& slip, const Diagnostics& told) {
        CHECK(told.front().line == slip.line);
        CHECK(told.front().code == "M0110");
      });
}

TEST_CASE("first diagnostic: quotation marks inside a title are told, and nothing else") {
  each_slip(
      [](const std::string& line) -> std::vector<std::string> {
        if (!line.starts_with("model \"")) return {};
        std::vector<std::string> out;
        for (const std::string mark : {"\\\"", "\""})
          out.push_back("model \"so " + mark + "called" + mark + " " + line.substr(7));
        return out;
      },
      [](const Slip& slip, const Diagnostics& told) {
        CHECK(told.size() == 1);
        CHECK(told.front().code == "M0104");
        CHECK(told.front().line == slip.line);
      });
}

TEST_CASE("first diagnostic: what is declared twice points at where it was declared first") {
  each_slip(
      [](const std::string& line) -> std::vector<std::string> {
        const std::string code = code_of(line);
        for (const std::string what : {"param ", "state ", "let "})
          if (code.starts_with(what)) {
            const std::string name =
                code.substr(what.size(), code.find_first_of(" =:", what.size()) - what.size());
            if (name == "discount" || name == "precision") return {};  // reserved: told otherwise
            return {line + "\nlet " + name + " = 1"};
          }
        return {};
      },
      [](const Slip& slip, const Diagnostics& told) {
        const auto twice = std::ranges::find(told, "M0203", &Diagnostic::code);
        REQUIRE(twice != told.end());
        REQUIRE(twice->related.size() == 1);
        CHECK(twice->line + twice->related.front().line == 2 * slip.line + 1);
        CHECK(twice->related.front().source_line != twice->source_line);
      });
}
