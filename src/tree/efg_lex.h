#pragma once
/// Words of an `.efg`: texts in quotes, numbers, braces, commas, bare words; each with its place.

#include <string>
#include <string_view>

#include "melian/base.h"

namespace melian::tree {

enum class EfgKind { text, number, word, open, close, comma, stray, end };

struct EfgToken {
  EfgKind kind = EfgKind::end;
  std::size_t begin = 0, length = 0;  ///< bytes within the file
  std::string content;                ///< of a text, escapes undone; else as written
};

class EfgLexer {
 public:
  EfgLexer(std::string_view text, std::string file) : text_(text), file_(std::move(file)) {}
  /// The next token; `end` for ever once the text is used up. A text without its closing quote is
  /// `stray`.
  [[nodiscard]] EfgToken next();
  /// A diagnostic that points at the token.
  [[nodiscard]] Diagnostic at(const EfgToken& token, std::string code, std::string message,
                              std::string expected = {}, std::string hint = {}) const;
  /// The token as people would name it: `"abc"`, `}`, "the end of the file".
  [[nodiscard]] std::string named(const EfgToken& token) const;

 private:
  std::string_view text_;
  std::string file_;
  std::size_t at_ = 0;
};

}  // namespace melian::tree
