#pragma once
/// Shorthand of tests: a game solved on given nodes, with its refined strategies, or the test
/// fails.

#include <doctest/doctest.h>

#include "melian/certify.h"
#include "melian/solve.h"

namespace melian::testing {

inline BeliefGrid grid_of(const Game& game, int nodes) {
  BeliefGrid grid;
  grid.nodes.assign(game.shape().players.size(), nodes);
  return grid;
}

inline Solution solved(const Game& game, double lambda, int nodes, bool refined = true) {
  SolveOptions options;
  options.method = grid_of(game, nodes);
  options.lambda = lambda;
  options.refined = refined;
  auto solution = solve(game, options);
  REQUIRE_MESSAGE(solution.has_value(), (solution ? "" : solution.error().front().message));
  return std::move(*solution);
}

inline Certificate certified(const Game& game, const Solution& solution) {
  REQUIRE(solution.refined.has_value());
  return certify(game, solution.assessment, *solution.refined);
}

/// Does the certificate name this check among the reasons why it does not hold?
inline bool blames(const Certificate& certificate, const std::string& check) {
  for (const std::string& reason : certificate.why_not)
    if (reason.starts_with(check + ":")) return true;
  return false;
}

}  // namespace melian::testing
