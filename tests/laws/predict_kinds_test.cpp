#include <cmath>
#include <string>

#include <doctest/doctest.h>

#include "melian/run.h"
#include "support/random_games.h"
#include "support/solved.h"

// What predictions of solved games say where players have three types, types are tied, or decisions
// are made at the same time.

namespace melian {
namespace {

using testing::random_game;
using testing::RandomGameOptions;
using testing::solved;

struct Kind {
  std::string name;
  RandomGameOptions options;
  int nodes;
};

std::vector<Kind> kinds() {
  std::vector<Kind> out;
  RandomGameOptions options{.guards = true, .perceived_odds = true, .types_discount = true};
  const auto add = [&](const char* name, int nodes, auto change) {
    RandomGameOptions here = options;
    change(here);
    out.push_back({name, here, nodes});
  };
  add("three types", 17,
      [](RandomGameOptions& o) { o.types = 3, o.typed_players = 1, o.disagreement = true; });
  add("three types on both sides", 3, [](RandomGameOptions& o) { o.types = 3; });
  add("at the same time", 17, [](RandomGameOptions& o) { o.together = true; });
  add("at the same time, three types", 9,
      [](RandomGameOptions& o) { o.types = 3, o.typed_players = 1, o.together = true; });
  add("tied", 7, [](RandomGameOptions& o) { o.tied = true, o.disagreement = true; });
  add("tied, at the same time", 7, [](RandomGameOptions& o) { o.tied = o.together = true; });
  return out;
}

constexpr double lambda = 3.0;

}  // namespace

TEST_CASE("predict: values at the start are the solver's own") {
  for (const Kind& kind : kinds())
    for (std::uint64_t seed = 1; seed <= 2; ++seed) {
      INFO(kind.name << ", seed " << seed);
      const Game game = random_game(seed, kind.options);
      const Solution solution = solved(game, lambda, kind.nodes, false);
      const Prediction p = predict(game, solution.assessment);
      for (std::size_t j = 0; j < p.values.size(); ++j)
        for (std::size_t k = 0; k < p.values[j].size(); ++k)
          CHECK(p.values[j][k] == doctest::Approx(solution.start_values[j][k]).epsilon(1e-8));
    }
}

TEST_CASE("predict: plays drawn at true beliefs end as predicted") {
  constexpr std::int64_t plays = 20'000;
  constexpr double grid = 0.01, nearly_sure = 0.99999;
  for (const Kind& kind : kinds()) {
    if (kind.nodes < 7) continue;
    INFO(kind.name);
    const Game game = random_game(3, kind.options);
    const Solution solution = solved(game, lambda, kind.nodes, false);
    const Prediction p = predict(game, solution.assessment);
    std::vector<std::int64_t> ended(p.outcomes.size(), 0);
    for (const Play& play : simulate(game, solution.assessment, plays, 7).plays) {
      REQUIRE(play.outcome >= 0);
      ++ended[static_cast<std::size_t>(play.outcome)];
    }
    for (std::size_t o = 0; o < ended.size(); ++o) {
      const Interval interval = binomial_interval(ended[o], plays, nearly_sure);
      CHECK(p.outcomes[o] > interval.low - grid);
      CHECK(p.outcomes[o] < interval.high + grid);
    }
  }
}

TEST_CASE("predict: a joint prior that is the product of its margins says nothing") {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    INFO("seed " << seed);
    RandomGameOptions options{.product = true};
    const Game free = random_game(seed, options);
    options.tied = true;
    const Game tied = random_game(seed, options);
    const Prediction one = predict(free, solved(free, lambda, 9, false).assessment),
                     other = predict(tied, solved(tied, lambda, 9, false).assessment);
    constexpr double grid = 3e-3;
    for (std::size_t o = 0; o < one.outcomes.size(); ++o)
      CHECK(std::abs(one.outcomes[o] - other.outcomes[o]) < grid);
    for (std::size_t i = 0; i < one.information.size(); ++i) {
      CHECK(one.information[i].prior_entropy ==
            doctest::Approx(other.information[i].prior_entropy));
      CHECK(std::abs(one.information[i].total - other.information[i].total) < 5 * grid);
    }
    for (std::size_t j = 0; j < one.values.size(); ++j)
      for (std::size_t k = 0; k < one.values[j].size(); ++k)
        CHECK(std::abs(one.values[j][k] - other.values[j][k]) < grid);
  }
}

}  // namespace melian
