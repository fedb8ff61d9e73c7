#pragma once
/// A side door of `report`: a game solved as a tree, with the limits of its solutions.

#include <optional>
#include <string>
#include <vector>

#include "melian/limit.h"
#include "melian/report.h"

namespace melian {

/// Limits of the answer, and of each of `TreeSolution::all`; empty where none were asked for.
struct TreeLimits {
  std::optional<RefinedLimit> answer;
  std::vector<RefinedLimit> all;
};

/// As without limits, and `limit`, `survives`, `refinements` (docs/formats/efg.md).
[[nodiscard]] std::string tree_results_json(const ExtensiveForm& form, const TreeSolution& solution,
                                            const TreeConventions& conventions,
                                            const TreeLimits& limits);
[[nodiscard]] std::string tree_summary(const ExtensiveForm& form, const TreeSolution& solution,
                                       const TreeConventions& conventions, const TreeLimits& limits,
                                       const TextStyle& style = {});

}  // namespace melian
