#pragma once
/// Source texts and places in them.

#include <string>
#include <string_view>
#include <vector>

#include "language/ast.h"
#include "melian/base.h"

namespace melian {

struct SourceText {
  std::string name;  ///< path as given
  std::string text;
};
using Sources = std::vector<SourceText>;

/// Another place that a mistake is about, and what stands there: "first declared here".
struct Elsewhere {
  ast::Span span;
  std::string message;
};

/// A span as people see it: file, line, column and source line are looked up.
[[nodiscard]] TextPlace place_of(const Sources& sources, const ast::Span& span);
[[nodiscard]] RelatedPlace related_place(const Sources& sources, const Elsewhere& elsewhere);

/// A diagnostic at a span.
[[nodiscard]] Diagnostic diagnostic_at(const Sources& sources, const ast::Span& span,
                                       std::string code, std::string message,
                                       std::string expected = {}, std::string hint = {},
                                       Severity severity = Severity::error);

/// Bytes of the UTF-8 character that begins at `at`; 0 where none does.
[[nodiscard]] std::size_t character_length(std::string_view text, std::size_t at);

}  // namespace melian
