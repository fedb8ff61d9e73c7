#pragma once
/// Shorthand of this room's tests.

#include <doctest/doctest.h>

#include "melian/solve.h"

namespace melian::testing {

inline SolveOptions with(double lambda, int nodes) {
  SolveOptions options;
  options.method = BeliefGrid{.nodes = {nodes}};
  options.lambda = lambda;
  return options;
}

inline Solution solved(const Game& game, const SolveOptions& options) {
  auto found = solve(game, options);
  REQUIRE_MESSAGE(found.has_value(), (found ? std::string() : render(found.error())));
  return std::move(*found);
}

}  // namespace melian::testing
