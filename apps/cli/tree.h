#pragma once
/// `solve` by tree: of an `.efg`, or of a model unrolled.

#include <string>

#include "options.h"

namespace melian::cli {

/// Does the word name a Gambit extensive form?
[[nodiscard]] bool is_efg(const std::string& name);

/// What is asked of such a solve, and how it is shown.
struct TreeOutput {
  bool all = false;  ///< with whatever further solutions are found
  bool json = false, quiet = false;
};

/// Solves an `.efg` and prints; returns the exit code.
[[nodiscard]] int solve_efg(const std::string& file, double lambda, const TreeOutput& output);

/// Solves a game as its tree and prints; returns the exit code.
[[nodiscard]] int solve_unrolled(const Game& game, const MethodOptions& method,
                                 const TreeOutput& output);

}  // namespace melian::cli
