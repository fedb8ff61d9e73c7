#pragma once
/// `solve` by tree: of a game of Gambit's, or of a model unrolled.

#include <string>

#include "options.h"

namespace melian::cli {

/// Solves an `.efg` or `.nfg` (`all`: with whatever further solutions are found) and prints;
/// returns the exit code.
[[nodiscard]] int solve_gambit(const std::string& file, double lambda, bool all, bool json,
                               bool quiet);

/// Solves a game as its tree and prints; returns the exit code.
[[nodiscard]] int solve_unrolled(const Game& game, const MethodOptions& method, bool all, bool json,
                                 bool quiet);

}  // namespace melian::cli
