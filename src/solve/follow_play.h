#pragma once
/// A grid that follows play: solved, followed forward, solved again with the beliefs that play
/// reaches as nodes.

#include "melian/solve.h"

namespace melian::grid {

/// Solves on these axes; `options.method` is not read.
[[nodiscard]] Result<Solution> solve_on(const Game& game, const SolveOptions& options,
                                        BeliefAxes axes);

/// Solves as `BeliefGrid::follow` says. Requires: nothing in `refusals`.
[[nodiscard]] Result<Solution> solve_following(const Game& game, const SolveOptions& options);

}  // namespace melian::grid
