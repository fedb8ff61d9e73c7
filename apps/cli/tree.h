#pragma once
/// `solve` by tree: of an `.efg`, or of a model unrolled.

#include <string>

#include "options.h"
#include "strategy_options.h"

namespace melian::cli {

/// Does the word name a Gambit extensive form?
[[nodiscard]] bool is_efg(const std::string& name);

/// Solves an `.efg` (`all`: with whatever further solutions are found) and prints; returns the exit
/// code.
[[nodiscard]] int solve_efg(const std::string& file, double lambda, bool all, bool json,
                            const StrategyOptions& strategies, bool quiet);

/// Solves a game as its tree and prints; returns the exit code.
[[nodiscard]] int solve_unrolled(const Game& game, const MethodOptions& method, bool all, bool json,
                                 const StrategyOptions& strategies, bool quiet);

}  // namespace melian::cli
