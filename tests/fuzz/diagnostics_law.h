#pragma once
/// What every refusal must be: a reason with a code, at a place that exists, fit for a terminal.

#include <algorithm>
#include <string>

#include <fmt/core.h>

#include "melian/base.h"

namespace melian::test {

/// Whether diagnostics must name a line, or only what they are about.
enum class Places { lines, some };

/// Returns "" or the law that a refusal breaks. `lines`: how many the text has.
inline std::string broken_refusal(const Diagnostics& errors, Places places, std::ptrdiff_t lines) {
  if (errors.empty()) return "refused without a reason";
  for (const Diagnostic& error : errors) {
    if (error.code.size() != 5 || error.code.front() != 'M') return "a reason without a code";
    if (error.message.empty()) return "a reason without words";
    if (places == Places::lines && error.line < 1)
      return fmt::format("a reason without a line: {}", error.message);
    if (error.line < 0 || error.line > lines || (error.line > 0 && error.column < 1) ||
        error.length < 1)
      return fmt::format("a reason at line {}, column {} of {} lines: {}", error.line, error.column,
                         lines, error.message);
  }
  const std::string shown = render(errors);
  if (shown != printable_text(shown)) return "a reason that moves the cursor";
  return {};
}

inline std::ptrdiff_t lines_of(const std::string& text) {
  return 1 + std::count(text.begin(), text.end(), '\n');
}

}  // namespace melian::test
