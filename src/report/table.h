#pragma once
/// Text for terminals: tables that fit a width, paragraphs, bars, colour only where asked.

#include <string>
#include <vector>

#include "melian/report.h"

namespace melian {

/// Columns a UTF-8 text takes, one a code point.
[[nodiscard]] std::size_t text_width(std::string_view text);

/// The text in the given ANSI colour where the style has colour: "1" bold, "2" faint, "31" red,
/// "32" green, "33" yellow.
[[nodiscard]] std::string paint(const TextStyle& style, const char* code, const std::string& text);

/// Cut to `width` columns with a final "…" where something is lost.
[[nodiscard]] std::string shorten(const std::string& text, std::size_t width);

/// Words wrapped to the style's width, every line but the first after `indent` blanks.
[[nodiscard]] std::string wrap(const std::string& text, const TextStyle& style,
                               std::size_t indent = 0);

/// A table with aligned columns; numbers to the right, words to the left; where the width does not
/// suffice, the widest column (or one that wraps) gives way. Rows shorter than the header are
/// filled.
class Table {
 public:
  explicit Table(std::vector<std::string> header)
      : header_(std::move(header)), right_(header_.size(), false), wraps_(header_.size(), false) {}
  Table& align_right(const std::vector<std::size_t>& columns);
  /// Words of these columns go on in further lines instead of being shortened.
  Table& wrap(const std::vector<std::size_t>& columns);
  Table& wrap_first() { return wrap({0}); }
  Table& wrap_last() { return wrap({header_.size() - 1}); }
  /// The first column is never shortened: names that somebody types.
  Table& keep_first();
  void add(std::vector<std::string> row);
  [[nodiscard]] bool empty() const { return rows_.empty(); }
  [[nodiscard]] std::string text(const TextStyle& style, std::size_t indent = 2) const;

 private:
  std::vector<std::string> header_;
  std::vector<bool> right_, wraps_;
  bool keeps_first_ = false;
  std::vector<std::vector<std::string>> rows_;
};

/// A probability as a bar of `width` columns.
[[nodiscard]] std::string bar(double share, std::size_t width);

/// A number with fixed decimals; never "-0.0000".
[[nodiscard]] std::string with_decimals(double number, int decimals = 4);

/// A small positive number as "3e-05"; "0" for nought.
[[nodiscard]] std::string error_text(double error);

}  // namespace melian
