#pragma once
/// What `solve` cannot take, said before any work is done.

#include "melian/solve.h"

namespace melian::grid {

/// Empty where the game can be solved with these options on these axes.
[[nodiscard]] Diagnostics refusals(const Game& game, const SolveOptions& options);
[[nodiscard]] Diagnostics too_large(const Game& game, const BeliefAxes& axes,
                                    const SolveOptions& options);

}  // namespace melian::grid
