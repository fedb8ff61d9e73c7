#pragma once
/// Text -> words, numbers and signs. Comments are kept beside them with their places.

#include <string>
#include <string_view>
#include <vector>

#include "language/source.h"

namespace melian {

struct Token {
  enum class Kind { name, number, text, sign, end } kind = Kind::end;
  std::string_view text;  ///< as written; of a quoted text, what stands between the quotes
  bool reserved = false;  ///< a name the language keeps for itself
  bool separator =
      false;  ///< a comma between options or outcomes, which may be left out (the parser marks it)
  int begin = 0, end = 0;  ///< bytes
  int line = 0;            ///< from 1
  double number = 0.0;
};

/// `# ...` or `## ...` up to the end of its line.
struct Comment {
  std::string_view text;       ///< after the signs, blanks trimmed
  bool documentation = false;  ///< `##`
  bool alone = false;          ///< nothing else stands on its line
  int begin = 0, end = 0;
  int line = 0;
  int next_token = 0;  ///< index of the first token after it
};

/// A mistake before its place is looked up in the text.
struct Mistake {
  ast::Span span;
  std::string code, message, expected, hint;
  std::vector<std::string> expected_words;  ///< where what was expected is a choice of words
  std::vector<Elsewhere> elsewhere;
};

struct Lexed {
  std::vector<Token> tokens;  ///< the last has Kind::end
  std::vector<Comment> comments;
  std::vector<Mistake> mistakes;
};

/// Never fails: what is no word, number or sign becomes a mistake and is skipped. The views point
/// into `source.text`.
[[nodiscard]] Lexed lex(const SourceText& source, int file);

/// Every quoted word of the grammar.
[[nodiscard]] bool is_reserved(std::string_view word);

inline constexpr std::size_t largest_text = std::size_t{1} << 20;

}  // namespace melian
