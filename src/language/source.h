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

/// A diagnostic at a span: file, line, column and source line are looked up.
[[nodiscard]] Diagnostic diagnostic_at(const Sources& sources, const ast::Span& span,
                                       std::string code, std::string message,
                                       std::string expected = {}, std::string hint = {},
                                       Severity severity = Severity::error);

/// Bytes of the UTF-8 character that begins at `at`; 0 where none does.
[[nodiscard]] std::size_t character_length(std::string_view text, std::size_t at);

/// The text fit to be shown: bytes that are no characters become U+FFFD, so that every view can
/// print it.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace melian
