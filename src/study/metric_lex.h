#pragma once
/// Tokens of the metric language.

#include <string_view>
#include <vector>

#include "study/metric.h"

namespace melian::metric {

struct Token {
  enum class Kind { name, number, sign, end } kind = Kind::end;
  std::string text;  ///< of names with their index: "casualties[Moscow]"; of signs: "<=", "..", "("
  double number = 0.0;
  Span span;
};

/// All tokens, the last of kind `end`; characters that begin none are mistakes and skipped.
[[nodiscard]] std::vector<Token> tokens_of(std::string_view text, std::vector<Mistake>& mistakes);

}  // namespace melian::metric
