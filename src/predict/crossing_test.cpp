/// A branch read at all points at once says what it says read point by point.

#include <cmath>

#include <doctest/doctest.h>

#include "laws/predict_support.h"
#include "predict/crossing.h"
#include "support/random_games.h"

using namespace melian;
using namespace melian::prediction;

TEST_CASE("crossing: all points at once are the points one by one") {
  std::int64_t plain = 0, point_by_point = 0;
  for (const std::uint64_t seed : {1U, 2U, 3U, 4U, 5U, 6U, 7U, 8U}) {
    melian::testing::RandomGameOptions options;
    options.players = 3;
    options.typed_players = 2 + static_cast<int>(seed % 2);
    options.rounds = 2;
    options.guards = seed % 2 == 1;
    const Game game = melian::testing::random_game(seed, options);
    const Assessment assessment = test::random_assessment(game, seed == 4 ? 33 : 5, seed);
    const Board board(game, assessment);
    const Structure& structure = game.shape();
    const Crossings crossings(board);
    Crossing crossing;
    Footing footing;
    for (int s = 0; s < static_cast<int>(structure.states.size()); ++s)
      for (int k = 0; k < structure.states[static_cast<std::size_t>(s)].num_branches; ++k) {
        if (board.assessment().offset[static_cast<std::size_t>(s)] < 0 &&
            !board.deciders(s).empty())
          continue;
        const BranchReader reader(board, 0, s, k);
        const Shape& here = board.shape(s);
        if (!reader.possible()) continue;
        if (!crossings.branch(reader.branch()).plain) {
          ++point_by_point;
          continue;
        }
        ++plain;
        crossings.read(0, reader.branch(), reader.projection(), true, crossing);
        Crossing silent;
        crossings.read(0, reader.branch(), reader.projection(), false, silent);
        for (int p = 0; p < here.points; ++p) {
          REQUIRE(silent.zero[p] == crossing.zero[p]);
          REQUIRE(silent.weight[p] == crossing.weight[p]);
          REQUIRE((silent.low == nullptr || silent.low[p] == crossing.low[p]));
        }
        for (int p = 0; p < here.points; ++p) {
          const auto at = static_cast<std::size_t>(p);
          reader.read(p, footing);
          double odds = 0.0;
          for (int theta = 0; theta < here.profiles; ++theta) {
            const auto profile = static_cast<std::size_t>(theta);
            const double own = crossing.likelihood(p, static_cast<int>(profile));
            REQUIRE(own == doctest::Approx(footing.odds[profile]).epsilon(1e-13));
            odds += here.law[at * static_cast<std::size_t>(here.profiles) + profile] * own;
          }
          REQUIRE(crossing.odds[p] == doctest::Approx(odds).epsilon(1e-13));
          if (crossing.group >= 0) {
            const double u = footing.log_odds[static_cast<std::size_t>(crossing.axis)];
            REQUIRE(crossing.belief[at] == doctest::Approx(logistic(u)).epsilon(1e-12));
            REQUIRE(crossing.entropy[at] == doctest::Approx(entropy(u)).epsilon(1e-12));
          }
          // Both hand the same shares to the same points.
          std::map<int, double> shares;
          for (std::size_t n = 0; n < footing.point.size(); ++n)
            shares[footing.point[n]] += footing.weight[n];
          if (reader.destination().ended()) continue;
          shares[crossing.low[p]] -= 1.0 - crossing.weight[p];
          shares[crossing.low[p] + crossing.step] -= crossing.weight[p];
          for (const auto& [point, left] : shares) REQUIRE(std::abs(left) < 1e-12);
        }
      }
  }
  CHECK(plain > 50);
  CHECK(point_by_point > 0);
}
