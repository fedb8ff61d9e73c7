#pragma once
/// What a hostile .efg is put through: read, written, read again, solved a little. Never an
/// exception, never for long.

#include <cmath>
#include <string>

#include "melian/tree.h"

namespace melian::test {

/// Returns "" or the law the text breaks.
inline std::string read_hostile_efg(const std::string& text) {
  const Result<ExtensiveForm> form = read_efg_text(text, "fuzz.efg");
  if (!form) return form.error().empty() ? "refused without a reason" : "";
  const Result<ExtensiveForm> again = read_efg_text(write_efg(*form), "again.efg");
  if (!again) return "what was written is not read";
  if (*again != *form) return "what was written reads differently";
  TreeOptions few;
  few.lambda = 1.0;
  few.max_steps = 20;
  few.max_bytes = std::int64_t{4} << 20;
  const Result<TreeSolution> solution = solve_tree(*form, few);
  if (!solution) return solution.error().empty() ? "not solved without a reason" : "";
  if (solution->summary.termination == TreeTermination::reached &&
      solution->summary.lambda != few.lambda)
    return "reached another lambda";
  for (std::size_t h = 0; h < form->sets.size(); ++h)
    for (int a = 0; a < form->sets[h].num_actions; ++a)
      if (std::isnan(
              solution->log_strategy[static_cast<std::size_t>(form->sets[h].first_action + a)]))
        return "a strategy that is no number";
  return {};
}

}  // namespace melian::test
