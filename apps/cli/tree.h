#pragma once
/// `solve` by tree: of an `.efg`, or of a model unrolled.

#include <string>

#include "options.h"

namespace melian::cli {

/// Does the word name a Gambit extensive form?
[[nodiscard]] bool is_efg(const std::string& name);

/// What is asked of a tree besides the game.
struct TreeWishes {
  bool all = false;  ///< look for further solutions without a bound on the work, and list them
  Choice choice;     ///< which of several is the answer
  bool json = false, quiet = false;
  bool limit =
      false;  ///< where solutions go as precision grows, and which refinements they survive
};

/// Solves an `.efg` and prints; returns the exit code.
[[nodiscard]] int solve_efg(const std::string& file, double lambda, const TreeWishes& wishes);

/// Solves a game as its tree and prints; returns the exit code.
[[nodiscard]] int solve_unrolled(const Game& game, const MethodOptions& method,
                                 const TreeWishes& wishes);

}  // namespace melian::cli
