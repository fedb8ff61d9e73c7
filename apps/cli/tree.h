#pragma once
/// `solve` by tree: of a game of Gambit's, or of a model unrolled.

#include <string>

#include "options.h"

namespace melian::cli {

/// What is asked besides one solution.
struct TreeAsked {
  bool all = false;  ///< whatever further solutions are found
  bool limit =
      false;  ///< where solutions go as precision grows, and which refinements they survive
};

/// Solves an `.efg` or `.nfg` and prints; returns the exit code.
[[nodiscard]] int solve_gambit(const std::string& file, double lambda, const TreeAsked& asked,
                               bool json, bool quiet);

/// Solves a game as its tree and prints; returns the exit code.
[[nodiscard]] int solve_unrolled(const Game& game, const MethodOptions& method,
                                 const TreeAsked& asked, bool json, bool quiet);

}  // namespace melian::cli
