#pragma once
/// Sampled plays at true beliefs: what reading the strategy between nodes hides.

#include "certify/layout.h"

namespace melian::checking {

/// Along plays drawn with a fixed seed, beliefs carried exactly in log-odds: the largest
/// difference, in logits, between the log-probability of an action read from the strategies on
/// their own axes and from the refined ones, both interpolated linearly at the true belief; actions
/// of the type in play with probability >= `reached_probability`. All plays go on side by side,
/// layer after layer, so that of the refined strategies no more is asked for than the points around
/// where plays stand.
[[nodiscard]] double path_error(const Layout& layout, const Assessment& strategies,
                                const Layout& refined_layout, StrategyLayers& refined);

}  // namespace melian::checking
