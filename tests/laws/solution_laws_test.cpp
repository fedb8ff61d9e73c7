/// What holds of every solved game, over seeded random games. A failing seed is printed with the
/// check.

#include <cmath>

#include <doctest/doctest.h>

#include "support/decisions.h"
#include "support/random_games.h"
#include "support/solved.h"

using namespace melian;
using namespace melian::testing;

namespace {

constexpr int games_a_law = 12;
constexpr double lambda = 4.0;
constexpr int nodes = 17;
constexpr double round_off =
    1e-9;  // logits and payoffs: residuals are below 1e-11, sums of some dozen payoffs of size 1

/// The shapes of game that every law is tried on, by seed.
RandomGameOptions variety(std::uint64_t seed) {
  RandomGameOptions o;
  o.players = 2 + static_cast<int>(seed % 2);
  o.typed_players = 1 + static_cast<int>(seed / 2 % 2);
  o.rounds = static_cast<int>(seed % 4);
  o.guards = seed % 3 == 1;
  o.disagreement = seed % 3 == 2;
  o.perceived_odds = seed % 5 == 3;
  o.types_discount = seed % 5 == 4;
  return o;
}

template <class Law>
void over_random_games(Law law) {
  for (std::uint64_t seed = 0; seed < games_a_law; ++seed) {
    CAPTURE(seed);
    law(seed, variety(seed));
  }
}

bool all_unique(const Solution& solution) {
  return solution.summary.several + solution.summary.jumps + solution.summary.unsolved == 0;
}

void check_same_strategies(const Assessment& a, const Assessment& b, double tolerance) {
  REQUIRE(a.log_strategy.size() == b.log_strategy.size());
  double worst = 0.0;
  for (std::size_t k = 0; k < a.log_strategy.size(); ++k) {
    if (a.log_strategy[k] == b.log_strategy[k]) continue;  // also two minus infinities
    const double difference = std::abs(a.log_strategy[k] - b.log_strategy[k]);
    if (!(difference <= worst)) worst = difference;
  }
  CHECK(worst <= tolerance);
}
void check_same_values(const Solution& a, const Solution& b, double scale, double shift,
                       double tolerance) {
  for (std::size_t j = 0; j < a.start_values.size(); ++j)
    for (std::size_t type = 0; type < a.start_values[j].size(); ++type)
      CHECK(std::abs(scale * a.start_values[j][type] + shift - b.start_values[j][type]) <=
            tolerance);
}

}  // namespace

TEST_CASE("solution: probabilities of every decision sum to one, type by type") {
  over_random_games([](std::uint64_t seed, const RandomGameOptions& options) {
    const Game game = random_game(seed, options);
    for_each_decision(game, solved(game, lambda, nodes, false).assessment,
                      [](const DecisionView& d) {
                        for (const auto& row : d.log_strategy) {
                          double sum = 0.0;
                          for (const double log : row) sum += std::exp(log);
                          REQUIRE(std::abs(sum - 1.0) < 1e-12);
                        }
                      });
  });
}

TEST_CASE(
    "solution: beliefs are martingales: the expected posterior of every decision is its prior") {
  over_random_games([](std::uint64_t seed, const RandomGameOptions& options) {
    const Game game = random_game(seed, options);
    for_each_decision(
        game, solved(game, lambda, nodes, false).assessment, [](const DecisionView& d) {
          if (d.log_strategy.size() < 2 || d.belief == 0.0 || d.belief == 1.0) return;
          double expected = 0.0;
          for (std::size_t k = 0; k < d.log_strategy[0].size(); ++k) {
            const double zero = d.log_strategy[0][k], one = d.log_strategy[1][k];
            expected += ((1.0 - d.belief) * std::exp(zero) + d.belief * std::exp(one)) *
                        logistic(log_odds(d.belief) + one - zero);
          }
          REQUIRE(std::abs(expected - d.belief) < 1e-12);
        });
  });
}

TEST_CASE(
    "solution: payoffs times c and lambda over c change no probability and scale every value") {
  over_random_games([](std::uint64_t seed, RandomGameOptions options) {
    const Solution plain = solved(random_game(seed, options), lambda, nodes, false);
    options.payoff_scale = 3.7;
    const Solution scaled = solved(random_game(seed, options), lambda / 3.7, nodes, false);
    check_same_strategies(plain.assessment, scaled.assessment, round_off);
    check_same_values(plain, scaled, 3.7, 0.0, round_off);
  });
}

TEST_CASE("solution: a constant added to everybody's payoff changes no probability") {
  over_random_games([](std::uint64_t seed, RandomGameOptions options) {
    const Solution plain = solved(random_game(seed, options), lambda, nodes, false);
    options.payoff_shift = 5.0;
    const Solution shifted = solved(random_game(seed, options), lambda, nodes, false);
    check_same_strategies(plain.assessment, shifted.assessment, round_off);
    check_same_values(plain, shifted, 1.0, 5.0, round_off);
  });
}

TEST_CASE("solution: types that do not differ play like one type") {
  over_random_games([](std::uint64_t seed, RandomGameOptions options) {
    options.guards = options.disagreement = false;
    options.identical_types = true;
    const Solution twins = solved(random_game(seed, options), lambda, nodes, false);
    options.identical_types = false;
    options.untyped = true;
    const Solution single = solved(random_game(seed, options), lambda, nodes, false);
    constexpr double gap_effect =
        1e-7;  // types are told apart by 1e-10, times lambda and the length of play
    if (!all_unique(twins)) return;
    for (std::size_t j = 0; j < twins.start_values.size(); ++j)
      for (const double value : twins.start_values[j])
        CHECK(std::abs(value - single.start_values[j][0]) < gap_effect);
  });
}

TEST_CASE("solution: the order in which types are named does not matter") {
  over_random_games([](std::uint64_t seed, RandomGameOptions options) {
    const Solution plain = solved(random_game(seed, options), lambda, nodes, false);
    options.swap_types = true;
    const Solution swapped = solved(random_game(seed, options), lambda, nodes, false);
    if (!all_unique(plain)) return;
    for (std::size_t j = 0; j < plain.start_values.size(); ++j)
      for (std::size_t type = 0; type < plain.start_values[j].size(); ++type)
        CHECK(std::abs(plain.start_values[j][type] -
                       swapped.start_values[j][plain.start_values[j].size() - 1 - type]) < 1e-8);
  });
}

TEST_CASE("solution: 1, 2 and 8 threads give the same bytes, and so does the certificate") {
  over_random_games([](std::uint64_t seed, const RandomGameOptions& options) {
    const Game game = random_game(seed, options);
    std::vector<Solution> solutions;
    std::vector<Certificate> certificates;
    for (const int threads : {1, 2, 8}) {
      set_threads(threads);
      solutions.push_back(solved(game, lambda, nodes));
      certificates.push_back(certified(game, solutions.back()));
    }
    set_threads(0);
    for (std::size_t k = 1; k < solutions.size(); ++k) {
      CHECK(solutions[k].assessment.log_strategy == solutions[0].assessment.log_strategy);
      CHECK(solutions[k].assessment.marks == solutions[0].assessment.marks);
      CHECK(solutions[k].refined->log_strategy == solutions[0].refined->log_strategy);
      CHECK(solutions[k].start_values == solutions[0].start_values);
      CHECK(certificates[k].residual == certificates[0].residual);
      CHECK(certificates[k].cell_step == certificates[0].cell_step);
      CHECK(certificates[k].path_error == certificates[0].path_error);
      for (std::size_t j = 0; j < certificates[0].exploitability.size(); ++j)
        for (std::size_t type = 0; type < certificates[0].exploitability[j].size(); ++type)
          CHECK(certificates[k].exploitability[j][type].gain ==
                certificates[0].exploitability[j][type].gain);
    }
  });
}

TEST_CASE(
    "certify: refuses what the solver finds for its grid only, where no reached decision rests on "
    "a jump or is unsolved") {
  int held = 0;
  over_random_games([&](std::uint64_t seed, const RandomGameOptions& options) {
    const Game game = random_game(seed, options);
    for (const double precision : {0.5, 2.0, 6.0}) {
      CAPTURE(precision);
      const Solution solution = solved(game, precision, nodes);
      const Certificate certificate = certified(game, solution);
      if (certificate.unsolved + certificate.jumps_reached > 0) continue;
      held += certificate.holds ? 1 : 0;
      for (const std::string& why : certificate.why_not)
        CHECK_MESSAGE((why.starts_with("path:") || why.starts_with("sheets:") ||
                       why.starts_with("cells:") || why.starts_with("plays:")),
                      why);
    }
  });
  CHECK(held > 0);
}

TEST_CASE(
    "certify: several solutions on a reached path, followed on the branch, are counted and hold") {
  const std::uint64_t seed =
      10;  // a seed whose game has decisions with several solutions at this precision
  const Game game = random_game(seed, variety(seed));
  const Solution solution = solved(game, 10.0, nodes);
  REQUIRE(solution.summary.several > 0);
  const Certificate certificate = certified(game, solution);
  CHECK(certificate.several == solution.summary.several);
  CHECK(certificate.several_reached > 0);
  CHECK(certificate.holds);
}

TEST_CASE("certify: exploitability is never negative and stays below its ceiling") {
  over_random_games([](std::uint64_t seed, const RandomGameOptions& options) {
    const Game game = random_game(seed, options);
    for (const double precision : {1.0, 6.0}) {
      const Certificate certificate = certified(game, solved(game, precision, nodes));
      for (const auto& player : certificate.exploitability)
        for (const Exploitability& e : player) {
          CHECK(e.gain >= -round_off);
          CHECK(e.gain <= e.ceiling + e.slack);
        }
    }
  });
}
