#pragma once
/// The canonical layout: a parsed text, its comments kept, as aligned lines of at most 110
/// characters where it can.
///
/// Laws: the result parses to the same tree; laying it out again changes nothing.

#include <string>
#include <vector>

#include "language/ast.h"
#include "language/lex.h"

namespace melian {

/// One line before alignment.
struct Line {
  int indent = 0;
  std::string text;
  std::vector<std::size_t> marks;  ///< bytes of `text` that neighbours of the same kind align
  std::string kind;                ///< of what stands on it; empty: never aligned
  std::string comment;             ///< at its end, sign included
  bool blank_before = false;
};

/// Aligns marks and end-of-line comments of neighbouring lines and puts the lines together.
[[nodiscard]] std::string put_together(std::vector<Line> lines);

/// Characters, one for each code point.
[[nodiscard]] int width(std::string_view text);

/// `file` is what `lexed` parses to, without mistakes.
[[nodiscard]] std::string lay_out(ast::File& file, const Lexed& lexed);

inline constexpr int widest_line = 110;

}  // namespace melian
