#pragma once
/// Along the principal branch: predictor, corrector, step control, folds and branch points.

#include <memory>
#include <vector>

#include "tree/system.h"

namespace melian::tree {

/// Follows the branch from lambda 0 to where it first comes to `options.lambda`.
///
/// Returns: the log-ratios found; `summary` says at which lambda, what was met, and why it ended.
/// Convention: arclength in (x, lambda times the range of payoffs), so that both speak of logits.
/// Source: [AllgowerGeorg1990, ch. 2, 6, 8]; [Turocy2005] for the branch.
[[nodiscard]] std::vector<double> follow_branch(System& system, double payoff_range, const TreeOptions& options, TreeSummary& summary);

}  // namespace melian::tree
