#pragma once
/// Source texts and places in them.

#include <string>
#include <vector>

#include "language/ast.h"
#include "melian/base.h"

namespace melian {

struct SourceText {
  std::string name;  ///< path as given
  std::string text;
};
using Sources = std::vector<SourceText>;

/// A diagnostic at a span: file, line, column and source line are looked up.
[[nodiscard]] Diagnostic diagnostic_at(const Sources& sources, const ast::Span& span, std::string code, std::string message,
                                       std::string expected = {}, std::string hint = {}, Severity severity = Severity::error);

}  // namespace melian
