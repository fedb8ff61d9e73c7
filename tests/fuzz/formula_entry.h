#pragma once
/// What a hostile formula is put through: worked out, in brackets, and twice negated.

#include <cmath>
#include <map>
#include <string>

#include "fuzz/diagnostics_law.h"
#include "study/formula.h"

namespace melian::test {

/// Returns "" or the law the text breaks.
inline std::string read_hostile_formula(const std::string& text) {
  const std::map<std::string, double> numbers{
      {"a", 0.5}, {"cost[D].weak", 0.07}, {"prior[D].weak", 0.6}, {"zero", 0.0}};
  const auto value = [&](const std::string& formula) { return evaluate_formula(formula, numbers); };
  const Result<double> found = value(text);
  if (!found) {
    for (const Diagnostic& error : found.error()) {
      if (error.code != formula_code || error.message.empty()) return "a reason that says nothing";
      if (error.column < 1 || error.column > static_cast<int>(text.size()) + 1)
        return "a reason beside the formula";
    }
    return found.error().empty() ? "refused without a reason" : "";
  }
  if (!std::isfinite(*found)) return "a formula that is no number";
  const Result<double> again = value(text);
  if (!again || *again != *found) return "another number the second time";
  constexpr std::size_t short_enough = 100;  // brackets and signs may be too many in a longer one
  if (text.size() > short_enough) return {};
  const Result<double> inside = value("(" + text + ")"), twice = value("-(-(" + text + "))");
  if (!inside || *inside != *found) return "another number in brackets";
  if (!twice || *twice != *found) return "another number when negated twice";
  const Result<double> itself = value("(" + text + ") = (" + text + ")");
  if (!itself || *itself != 1.0) return "a formula that differs from itself";
  return {};
}

}  // namespace melian::test
