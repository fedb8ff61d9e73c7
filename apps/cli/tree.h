#pragma once
/// `solve` by tree: of a game of Gambit's, or of a model unrolled.

#include <string>

#include "options.h"
#include "strategy_options.h"

namespace melian::cli {

/// What is asked of a tree besides the game.
struct TreeWishes {
  bool all = false;  ///< look for further solutions without a bound on the work, and list them
  bool limit =
      false;      ///< where solutions go as precision grows, and which refinements they survive
  Choice choice;  ///< which of several is the answer
  bool json = false, quiet = false;
};

/// Solves an `.efg` or `.nfg` and prints; returns the exit code.
[[nodiscard]] int solve_gambit(const std::string& file, double lambda, const TreeWishes& wishes,
                               const StrategyOptions& strategies);

/// Solves a game as its tree and prints; returns the exit code.
[[nodiscard]] int solve_unrolled(const Game& game, const MethodOptions& method,
                                 const TreeWishes& wishes, const StrategyOptions& strategies);

}  // namespace melian::cli
