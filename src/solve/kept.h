#pragma once
/// Solutions taken over by games that differ only in what solving does not read.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "melian/solve.h"
#include "solve/here.h"
#include "solve/plan.h"

namespace melian::grid {

/// Values at the first public state, as they lie in its table, and what each player and type
/// expects at the start.
[[nodiscard]] std::span<const double> root_table(const Plan& plan, const Tables& tables);
[[nodiscard]] std::vector<std::vector<double>> start_values(const Plan& plan,
                                                            std::span<const double> at_root);

/// The kept solution of this fingerprint as this game's own; none where there is none, or where
/// `on_step` says stop.
[[nodiscard]] std::optional<Solution> take_over(KeptSolutions& kept, const std::string& fingerprint,
                                                const Game& game, const BeliefAxes& axes,
                                                const SolveOptions& options);
void keep(KeptSolutions& kept, const std::string& fingerprint, const Solution& solution,
          std::vector<double> at_root);

}  // namespace melian::grid
