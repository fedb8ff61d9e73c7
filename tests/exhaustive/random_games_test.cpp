/// Random small games against the yardstick that knows no grid: guards, disagreement, perceived
/// odds, three players.

#include <cmath>

#include <doctest/doctest.h>

#include "melian/run.h"
#include "support/brute_force.h"
#include "support/random_games.h"
#include "support/solved.h"

using namespace melian;
using namespace melian::testing;

namespace {

constexpr double round_off = 1e-9;
constexpr double grid_error_safety = 3.0;  // tiny_games_test.cpp

double difference(const std::vector<std::vector<double>>& a,
                  const std::vector<std::vector<double>>& b) {
  double worst = 0.0;
  for (std::size_t j = 0; j < a.size(); ++j)
    for (std::size_t type = 0; type < a[j].size(); ++type)
      if (!(std::abs(a[j][type] - b[j][type]) <= worst)) worst = std::abs(a[j][type] - b[j][type]);
  return worst;
}

struct Sums {
  int compared = 0;
  double coarse = 0.0, fine = 0.0;
};

Sums compare(const RandomGameOptions& options, Discounting discounting, int games, int nodes) {
  Sums sums;
  for (std::uint64_t seed = 100; seed < 100 + static_cast<std::uint64_t>(games); ++seed) {
    CAPTURE(seed);
    const Game game = random_game(seed, options);
    BruteForceOptions brute;
    brute.lambda = same_lambda(game, 3.0);
    brute.discounting = discounting;
    brute.max_histories = 1500;
    const BruteForceSolution tree = brute_force(game, brute);
    if (!tree.solved) continue;
    SolveOptions solving;
    solving.lambda = 3.0;
    solving.discounting = discounting;
    const auto on = [&](int n) {
      solving.method = grid_of(game, n);
      return solve(game, solving);
    };
    const auto fine = on(2 * nodes - 1), coarse = on(nodes), coarsest = on((nodes + 1) / 2);
    REQUIRE(fine.has_value());
    if (fine->summary.several + fine->summary.jumps + fine->summary.unsolved > 0) continue;
    ++sums.compared;
    const double error = difference(fine->start_values, tree.values);
    const double estimate =
        std::max(difference(fine->start_values, coarse->start_values),
                 0.5 * difference(coarse->start_values, coarsest->start_values));
    CHECK(error <= grid_error_safety * estimate + round_off);
    CHECK(certify_equations(game, fine->assessment).holds);
    sums.fine += error;
    sums.coarse += difference(coarse->start_values, tree.values);
  }
  return sums;
}

void check(const RandomGameOptions& options, Discounting discounting = Discounting::current_value,
           int nodes = 33) {
  const Sums sums = compare(options, discounting, 16, nodes);
  INFO(sums.compared, " games, errors ", sums.coarse, " -> ", sums.fine);
  CHECK(sums.compared >= 8);
  CHECK(sums.fine <= 0.4 * sums.coarse + round_off);
}

}  // namespace

TEST_CASE("random games: predicted outcomes agree with brute force within their grid error") {
  double errors[3] = {0.0, 0.0, 0.0};
  for (std::uint64_t seed = 200; seed < 212; ++seed) {
    CAPTURE(seed);
    const Game game = random_game(seed, {.typed_players = 1, .guards = seed % 2 == 0});
    BruteForceOptions brute;
    brute.lambda = same_lambda(game, 3.0);
    brute.max_histories = 1500;
    const BruteForceSolution tree = brute_force(game, brute);
    if (!tree.solved) continue;
    for (int k = 0; k < 3; ++k) {
      const Solution solution = solved(game, 3.0, (16 << k) + 1, false);
      if (solution.summary.several + solution.summary.jumps > 0) break;
      const Prediction prediction = predict(game, solution.assessment);
      REQUIRE(prediction.outcomes.size() == tree.outcomes.size());
      double total = 0.0;
      for (std::size_t o = 0; o < tree.outcomes.size(); ++o) {
        errors[k] += std::abs(prediction.outcomes[o] - tree.outcomes[o]);
        total += prediction.outcomes[o];
      }
      CHECK(total == doctest::Approx(1.0).epsilon(1e-12));
      CHECK(difference(prediction.values, solution.start_values) < round_off);
    }
  }
  CHECK(errors[1] <= 0.5 * errors[0] + round_off);
  CHECK(errors[2] <= 0.5 * errors[1] + round_off);
  CHECK(errors[2] < 1e-3);
}

TEST_CASE("random games: one typed player, grid agrees with brute force within its grid error") {
  check({.typed_players = 1});
}
TEST_CASE("random games: two typed players") {
  check({.typed_players = 2}, Discounting::current_value, 17);
}
TEST_CASE("random games: three players, two of them typed") {
  check({.players = 3, .typed_players = 2}, Discounting::current_value, 17);
}
TEST_CASE("random games: actions open to one type only") {
  check({.typed_players = 1, .guards = true});
}
TEST_CASE("random games: players who disagree about a prior") {
  check({.players = 3, .typed_players = 1, .disagreement = true});
}
TEST_CASE("random games: odds perceived differently") {
  check({.typed_players = 1, .perceived_odds = true});
}
TEST_CASE("random games: discount factors by type") {
  check({.typed_players = 1, .types_discount = true});
}
TEST_CASE("random games: without a clock") {
  check({.typed_players = 1, .rounds = 0, .levels = 5});
}
TEST_CASE("random games: present-value lambda") {
  check({.typed_players = 1}, Discounting::present_value);
}
