/// Rungs below the asked precision are solved only as far back in play as decisions with several
/// solutions ask for. How far that is must not matter: the last rounds of a long war are those of a
/// short one.

#include <cmath>

#include <doctest/doctest.h>

#include "support/solved_game.h"

using namespace melian;

namespace {

testing::SolvedGame war_of(const Model& model, double months, double lambda) {
  SolveOptions options;
  options.method = BeliefGrid{.nodes = {3}};
  options.lambda = lambda;
  return testing::solved_game(model, {{"months", months}}, options);
}

}  // namespace

TEST_CASE(
    "ladder: the last rounds of a long war are those of a short one, decisions with several "
    "solutions too") {
  const Model model = *read_model(std::string(MELIAN_SOURCE_DIR) + "/models/istanbul/core.melian");
  constexpr double precision =
      42.0;  // 18 decisions of the last round but one have several solutions, 162 of the last
  const testing::SolvedGame brief = war_of(model, 4, precision),
                            lasting = war_of(model, 9, precision);
  const Structure& shape = brief.game.shape();
  REQUIRE(shape.states.size() == lasting.game.shape().states.size());
  CHECK(brief.solution.summary.several == 180);
  CHECK(lasting.solution.summary.several == 180);
  CHECK(brief.solution.summary.jumps == 0);
  CHECK(brief.solution.summary.ladder == lasting.solution.summary.ladder);
  const Assessment &ours = brief.solution.assessment, &theirs = lasting.solution.assessment;
  double worst = 0.0;
  std::int64_t compared = 0;
  for (int round = 0; round < shape.rounds; ++round)
    for (std::size_t s = 0; s < shape.states.size(); ++s) {
      const std::size_t here = static_cast<std::size_t>(round) * shape.states.size() + s,
                        there = here + 5 * shape.states.size();
      if (!shape.states[s].timed || ours.offset[here] < 0) continue;
      REQUIRE(theirs.offset[there] >= 0);
      const std::int64_t points = ours.axes.num_points(shape.states[s].live);
      for (std::int64_t p = 0; p < points; ++p)
        CHECK(ours.marks[static_cast<std::size_t>(ours.mark_offset[here] + p)] ==
              theirs.marks[static_cast<std::size_t>(theirs.mark_offset[there] + p)]);
      const int mover = shape.moves[static_cast<std::size_t>(shape.states[s].move)].player;
      const std::int64_t rows = shape.states[s].num_branches *
                                ((shape.states[s].live >> mover & 1U) != 0
                                     ? shape.players[static_cast<std::size_t>(mover)].num_types()
                                     : 1);
      for (std::int64_t k = 0; k < rows * points; ++k, ++compared)
        worst = std::max(
            worst,
            std::abs(
                std::exp(ours.log_strategy[static_cast<std::size_t>(ours.offset[here] + k)]) -
                std::exp(theirs.log_strategy[static_cast<std::size_t>(theirs.offset[there] + k)])));
    }
  CHECK(compared > 100'000);
  CHECK(worst < 1e-11);  // solved to a residual of 1e-12 logits
}
