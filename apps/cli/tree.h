#pragma once
/// `solve` by tree: of an `.efg`, or of a model unrolled.

#include <string>

#include "options.h"

namespace melian::cli {

/// Does the word name a Gambit extensive form?
[[nodiscard]] bool is_efg(const std::string& name);

/// What is asked besides one solution.
struct TreeAsked {
  bool all = false;  ///< whatever further solutions are found
  bool limit =
      false;  ///< where solutions go as precision grows, and which refinements they survive
};

/// Solves an `.efg` and prints; returns the exit code.
[[nodiscard]] int solve_efg(const std::string& file, double lambda, const TreeAsked& asked,
                            bool json, bool quiet);

/// Solves a game as its tree and prints; returns the exit code.
[[nodiscard]] int solve_unrolled(const Game& game, const MethodOptions& method,
                                 const TreeAsked& asked, bool json, bool quiet);

}  // namespace melian::cli
