#pragma once
/// Assessments read at a form: beliefs of a completely mixed strategy, and values of one that need
/// not be.

#include <vector>

#include "melian/tree.h"

namespace melian::tree {

/// Log-odds of every player's node against the most likely node of its set, by its mover's odds.
/// Requires: every set can be reached.
[[nodiscard]] std::vector<double> log_beliefs(const ExtensiveForm& form,
                                              const std::vector<double>& log_strategy);

/// [node][player]: expected payoff from the node on, what it pays included, by each player's own
/// odds of chance. `strategy` holds probabilities by action, nought allowed.
[[nodiscard]] std::vector<double> values_of(const ExtensiveForm& form,
                                            const std::vector<double>& strategy);

/// [node]: how likely play reaches it, by the odds of `view` (a player, or -1 for the analyst).
[[nodiscard]] std::vector<double> reach_of(const ExtensiveForm& form,
                                           const std::vector<double>& strategy, int view);

/// By information set: the range of what its player may get in the plays that pass it; 0 for
/// chance.
[[nodiscard]] std::vector<double> stakes_of(const ExtensiveForm& form);

}  // namespace melian::tree
