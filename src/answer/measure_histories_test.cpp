/// What claims measure, read history by history from a tree, against the sweeps over a grid.

#include <algorithm>
#include <cmath>

#include <doctest/doctest.h>

#include "melian/predict_histories.h"
#include "melian/solve.h"
#include "melian/strategies.h"
#include "predict/history_tree.h"
#include "support/random_games.h"
#include "support/solved.h"

namespace {

using namespace melian;
using namespace melian::testing;

constexpr double low_lambda = 0.7;  // low enough for one equilibrium
constexpr std::int64_t many = 200'000;

Game some_game(std::uint64_t seed) {
  RandomGameOptions options;
  options.players = seed % 3 == 0 ? 3 : 2;
  options.rounds = 2;
  options.levels = 2;
  options.guards = seed % 2 == 0;
  options.types_discount = seed % 4 == 1;
  options.together = seed % 5 == 0;
  options.disagreement = seed % 5 == 1;
  options.tied = seed % 7 == 3;
  options.types = seed % 11 == 4 ? 3 : 2;
  return random_game(seed, options);
}

/// Every functional that a tree can measure, everywhere in the game where it is defined.
std::vector<Probe> every_probe(const Structure& structure) {
  std::vector<Probe> out;
  const int moves = static_cast<int>(structure.moves.size());
  std::vector<Functional> what{ExpectedRounds{}, EndsWithin{1}, EndsWithin{2, {0}}, CutOff{}};
  for (int o = 0; o < static_cast<int>(structure.outcomes.size()); ++o)
    what.emplace_back(OutcomeProbability{{o}});
  for (int t = 0; t < static_cast<int>(structure.tallies.size()); ++t)
    what.emplace_back(ExpectedTally{t});
  for (int i = 0; i < structure.num_players(); ++i) {
    what.emplace_back(ExpectedPayoff{i});
    if (structure.players[static_cast<std::size_t>(i)].num_types() > 1)
      for (int type : {0, 1}) what.emplace_back(MeanBelief{i, type});
  }
  for (int m = 0; m < moves; ++m) {
    const Move& move = structure.moves[static_cast<std::size_t>(m)];
    if (move.kind == MoveKind::offer) {
      what.emplace_back(OfferMean{m});
      what.emplace_back(AcceptedMean{m});
      what.emplace_back(OfferAccepted{m});
    }
    if (move.player < 0 || move.kind == MoveKind::passage) continue;
    what.emplace_back(MoveMade{m});
    what.emplace_back(MoveMade{m, 0});
    what.emplace_back(NextAction{m, 1});
  }
  const auto add = [&](Probe probe) { out.push_back(std::move(probe)); };
  for (const Functional& one : what) {
    add({.what = one, .move = {}, .forced_action = {}, .given = {}});
    add({.what = one, .move = {}, .forced_action = {}, .given = {TypeIs{0, 0}}});
    for (int m = 0; m < moves; ++m) {
      const Move& move = structure.moves[static_cast<std::size_t>(m)];
      if (move.kind == MoveKind::passage) continue;
      add({.what = one, .move = m, .forced_action = {}, .given = {}});
      add({.what = one, .move = m, .forced_action = 1, .given = {}});
      add({.what = one, .move = m, .forced_action = {}, .given = {Takes{0}, TypeIs{0, 1}}});
      Probe later{.what = one, .move = m, .forced_action = 0, .given = {}};
      later.then = {{{(m + 1) % moves, 1}}};
      add(later);
    }
  }
  for (int m = 0; m < moves; ++m) {
    const Move& move = structure.moves[static_cast<std::size_t>(m)];
    if (move.kind == MoveKind::passage || move.player < 0) continue;
    for (int action = 0; action < 2; ++action) {
      Probe share{.what = ActionShare{action}, .move = m, .forced_action = {}, .given = {}};
      add(share);
      share.first_round = share.last_round = 2;
      add(share);
      share.first_round = 1;
      share.lasting = 1;
      add(share);
    }
  }
  return out;
}

}  // namespace

TEST_CASE("measure_histories: a tree's numbers are those of a fine grid's sweeps") {
  constexpr double grid_error = 4e-3;  // 33 nodes, payoffs of a few units
  int games = 0, compared = 0;
  double worst = 0.0;
  for (std::uint64_t seed = 1; seed <= 45; ++seed) {
    CAPTURE(seed);
    const Game game = some_game(seed);
    if (BeliefSpace(game.shape()).num_axes() > 2) continue;  // a fine grid would take minutes
    const auto form = unroll(game, {.lambda = {}, .max_nodes = 3000});
    if (!form) continue;
    TreeOptions how;
    how.lambda = low_lambda;
    const auto solution = solve_tree(*form, how);
    REQUIRE(solution.has_value());
    TreeStrategies source(game, *form, solution->log_strategy, Measure::cells);
    const auto prediction = predict_histories(game, source, many);
    REQUIRE(prediction.has_value());
    TreeStrategies again(game, *form, solution->log_strategy, Measure::cells);
    prediction::HistoryTree histories(game, again);
    REQUIRE(histories.build(many));

    SolveOptions fine;
    fine.method = BeliefGrid{.nodes = {33}};
    fine.lambda = low_lambda;
    const auto grid = solve(game, fine);
    REQUIRE(grid.has_value());
    const std::vector<Probe> probes = every_probe(game.shape());
    const std::vector<Measured> swept = measure(game, grid->assessment, probes);
    const std::vector<Measured> read = measure_histories(histories, probes, *prediction);
    ++games;
    for (std::size_t k = 0; k < probes.size(); ++k) {
      CAPTURE(k);
      CAPTURE(probes[k].what.index());
      CAPTURE(probes[k].move.value_or(-1));
      CHECK(std::abs(swept[k].weight - read[k].weight) < grid_error);
      if (std::min(swept[k].weight, read[k].weight) < grid_error) continue;
      CHECK(swept[k].value.has_value() == read[k].value.has_value());
      if (!swept[k].value || !read[k].value) continue;
      // A mean over rare places is as far off as its sum, divided by how rare they are.
      const double gap = std::abs(*swept[k].value - *read[k].value) *
                         std::min(1.0, std::min(swept[k].weight, read[k].weight));
      worst = std::max(worst, gap);
      CHECK(gap < grid_error);
      ++compared;
    }
  }
  MESSAGE(games << " games, " << compared << " numbers, the worst off by " << worst);
  CHECK(games > 10);
}

TEST_CASE("simulate_histories: plays end as often as predicted, and the seed decides them") {
  const Game game = some_game(2);
  const auto form = unroll(game);
  REQUIRE(form.has_value());
  TreeOptions how;
  how.lambda = low_lambda;
  const auto solution = solve_tree(*form, how);
  REQUIRE(solution.has_value());
  TreeStrategies source(game, *form, solution->log_strategy, Measure::cells);
  const auto prediction = predict_histories(game, source, many);
  TreeStrategies again(game, *form, solution->log_strategy, Measure::cells);
  prediction::HistoryTree histories(game, again);
  REQUIRE(histories.build(many));
  constexpr std::int64_t plays = 20'000;
  const Simulation drawn = simulate_histories(histories, plays, 7),
                   same = simulate_histories(histories, plays, 7);
  std::vector<std::int64_t> ended(game.shape().outcomes.size(), 0);
  double rounds = 0.0;
  for (std::size_t n = 0; n < drawn.plays.size(); ++n) {
    ++ended[static_cast<std::size_t>(drawn.plays[n].outcome)];
    rounds += drawn.plays[n].last_round;
    CHECK(drawn.plays[n].steps.size() == same.plays[n].steps.size());
    CHECK(drawn.plays[n].outcome == same.plays[n].outcome);
  }
  for (std::size_t o = 0; o < ended.size(); ++o) {
    const double p = prediction->outcomes[o];
    CHECK(std::abs(static_cast<double>(ended[o]) / plays - p) <
          5.0 * std::sqrt(p * (1.0 - p) / plays) + 1e-4);
  }
  CHECK(rounds / plays == doctest::Approx(prediction->rounds_mean).epsilon(0.02));
}
