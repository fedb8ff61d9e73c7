#pragma once
/// `solve` by tree: of a game of Gambit's, or of a model unrolled.

#include <string>

#include "options.h"

namespace melian::cli {

/// What is asked of such a solve, and how it is shown.
struct TreeOutput {
  bool all = false;    ///< with whatever further solutions are found
  bool limit = false;  ///< with where solutions go as precision grows, and which refinements they
                       ///< survive
  bool json = false, quiet = false;
};

/// Solves an `.efg` or `.nfg` and prints; returns the exit code.
[[nodiscard]] int solve_gambit(const std::string& file, double lambda, const TreeOutput& output);

/// Solves a game as its tree and prints; returns the exit code.
[[nodiscard]] int solve_unrolled(const Game& game, const MethodOptions& method,
                                 const TreeOutput& output);

}  // namespace melian::cli
