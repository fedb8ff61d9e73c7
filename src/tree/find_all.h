#pragma once
/// Solutions besides the principal branch's, at the lambda asked for.

#include <vector>

#include "tree/follow.h"

namespace melian::tree {

/// What is found at `options.lambda`, the principal branch's solution `principal` (log-ratios)
/// first where `summary` says it was reached, and `forks` the crossings met on the way to it.
/// Deterministic; not proved complete. `summary` learns how many starts were made.
[[nodiscard]] std::vector<TreeFound> find_all(const ExtensiveForm& form, System& system,
                                              double payoff_range, const Vector& principal,
                                              const std::vector<Fork>& forks,
                                              const TreeOptions& options, TreeSummary& summary);

}  // namespace melian::tree
