/// Refined strategies lie between the solver's points in every direction. Where no decision
/// follows, payoffs do not bend between points, and they must be what a solve on the refined axes
/// finds.

#include <cmath>

#include <doctest/doctest.h>

#include "melian/beliefs.h"
#include "melian/solve.h"
#include "support/random_games.h"

using namespace melian;
using namespace melian::testing;

TEST_CASE(
    "refined strategies: the last decisions of play are on refined axes what a solve on these axes "
    "finds") {
  std::int64_t compared = 0, through = 0;  // strategies; branches by way of other public states
  double worst = 0.0;
  for (int seed = 1; seed <= 60; ++seed) {
    RandomGameOptions shape;
    shape.players = 3;
    shape.typed_players = 3;
    shape.disagreement = seed % 2 == 0;
    shape.levels = 3;
    const Game game = random_game(static_cast<std::uint64_t>(seed), shape);
    SolveOptions options;
    options.lambda = 6.0;
    options.method = BeliefGrid{.nodes = {4}};
    options.refined = true;
    const Solution coarse = *solve(game, options);
    options.refined = false;
    options.method = BeliefGrid{.axes = refined_axes(coarse.assessment.axes)};
    const Solution fine = *solve(game, options);
    REQUIRE(coarse.refined.has_value());
    REQUIRE(fine.assessment.axes == coarse.refined->axes);
    const Structure& s = game.shape();
    for (std::size_t at = 0; at < fine.assessment.offset.size(); ++at) {
      const PublicState& state = s.states[at % s.states.size()];
      bool last = fine.assessment.offset[at] >= 0;
      for (int b = state.first_branch; b < state.first_branch + state.num_branches; ++b) {
        const int next = s.branches[static_cast<std::size_t>(b)].next;
        last = last && (next < 0 || !s.states[static_cast<std::size_t>(next)].decision_follows);
        through += last && next >= 0 ? 1 : 0;
      }
      if (!last) continue;
      const std::int64_t size =
          num_rows(deciders(s, static_cast<int>(at % s.states.size()), Measure::cells)) *
          fine.assessment.axes.num_points(state.live);
      for (std::int64_t k = 0; k < size; ++k, ++compared) {
        const double one =
            coarse.refined->log_strategy[static_cast<std::size_t>(coarse.refined->offset[at] + k)];
        const double other =
            fine.assessment.log_strategy[static_cast<std::size_t>(fine.assessment.offset[at] + k)];
        if (one != other) worst = std::max(worst, std::abs(one - other));
      }
    }
  }
  CHECK(compared > 1000);
  CHECK(through > 10);
  CHECK(worst < 1e-10);  // logits
}
