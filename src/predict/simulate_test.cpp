#include <doctest/doctest.h>

#include "laws/predict_support.h"
#include "melian/numeric.h"
#include "melian/predict.h"

using namespace melian;

namespace {

/// Frequencies of outcomes, rounds and cut-off plays must lie in the binomial interval, widened by
/// the grid error.
void compare(const Game& game, std::uint64_t seed) {
  constexpr std::int64_t plays = 20000;
  constexpr double level =
      0.9999;  // a dozen comparisons: false alarms once in a thousand runs, and seeds are fixed
  const Assessment assessment = test::random_assessment(game, 33, seed);
  const Prediction p = predict(game, assessment),
                   coarse = predict(game, test::random_assessment(game, 17, seed));
  const Simulation simulation = simulate(game, assessment, plays, 7);
  std::vector<std::int64_t> ended(p.outcomes.size(), 0), round(p.rounds_distribution.size() + 1, 0);
  std::int64_t unfinished = 0;
  for (const Play& play : simulation.plays) {
    ++ended[static_cast<std::size_t>(play.outcome)];
    play.unfinished ? ++unfinished : ++round[static_cast<std::size_t>(play.last_round)];
  }
  const auto check = [&](std::int64_t count, double predicted, double on_coarse) {
    const Interval interval = binomial_interval(count, plays, level);
    const double error = std::abs(predicted - on_coarse);
    CHECK(predicted >= interval.low - error);
    CHECK(predicted <= interval.high + error);
  };
  for (std::size_t o = 0; o < ended.size(); ++o) check(ended[o], p.outcomes[o], coarse.outcomes[o]);
  for (std::size_t r = 0; r < p.rounds_distribution.size(); ++r)
    check(round[r + 1], p.rounds_distribution[r], coarse.rounds_distribution[r]);
  check(unfinished, p.unfinished, coarse.unfinished);
}

}  // namespace

TEST_CASE("simulate: frequencies agree with predict within the binomial interval and grid error") {
  compare(test::crisis(), 31);
  compare(test::audience(), 32);
  compare(test::screening(20.0, 0.3, 4), 33);
  compare(test::war_and_truce(), 34);
  compare(test::war_and_truce(5, 3), 35);
  compare(test::untimed_delay(), 36);
}

TEST_CASE("simulate: mean beliefs of true types agree with predict") {
  const Game game = test::war_and_truce(3);
  const Assessment assessment = test::random_assessment(game, 33, 37);
  const Prediction p = predict(game, assessment);
  const Simulation simulation = simulate(game, assessment, 20000, 3);
  // K's first step is asking, in round 1 by everybody and in round 2 by those who get there by
  // fighting on.
  double sum[2] = {0.0, 0.0}, count[2] = {0.0, 0.0};
  for (const Play& play : simulation.plays)
    for (const PlayStep& step : play.steps) {
      if (step.round != 2) continue;
      if (game.shape()
                  .moves[static_cast<std::size_t>(
                      game.shape().states[static_cast<std::size_t>(step.state)].move)]
                  .name != "ask" ||
          &step == play.steps.data())
        continue;
      const auto before = static_cast<std::size_t>(&step - play.steps.data()) - 1;
      if (play.steps[before].round != 1) continue;  // not at the top of the round: out of a truce
      sum[play.types[1]] += step.belief_before;
      ++count[play.types[1]];
    }
  CHECK(count[0] > 1000);
  CHECK(count[1] > 500);
  CHECK(sum[1] / count[1] > sum[0] / count[0]);
  for (const Play& play : simulation.plays) CHECK(play.last_round <= 3);
  CHECK(p.reached_by_round.size() == 3);
}

TEST_CASE("simulate: the same seed gives the same plays for any number of threads") {
  const Game game = test::war_and_truce();
  const Assessment assessment = test::random_assessment(game, 9, 38);
  std::vector<Simulation> all;
  for (const int threads : {1, 2, 4}) {
    set_threads(threads);
    all.push_back(simulate(game, assessment, 500, 11));
  }
  set_threads(0);
  for (const Simulation& other : all)
    for (std::size_t n = 0; n < other.plays.size(); ++n) {
      REQUIRE(other.plays[n].steps.size() == all[0].plays[n].steps.size());
      CHECK(other.plays[n].types == all[0].plays[n].types);
      for (std::size_t k = 0; k < other.plays[n].steps.size(); ++k) {
        CHECK(other.plays[n].steps[k].branch == all[0].plays[n].steps[k].branch);
        CHECK(other.plays[n].steps[k].belief_after == all[0].plays[n].steps[k].belief_after);
      }
    }
}

TEST_CASE("simulate: an action only one type has reveals it") {
  const Game game = test::war_and_truce();
  const Simulation simulation = simulate(game, test::random_assessment(game, 9, 39), 2000, 12);
  bool seen = false;
  for (const Play& play : simulation.plays)
    for (const PlayStep& step : play.steps) {
      const Branch& branch = game.shape().branches[static_cast<std::size_t>(step.branch)];
      if (branch.open_to != 1) continue;
      seen = true;
      CHECK(play.types[1] == 0);
      CHECK(step.belief_after == 0.0);
    }
  CHECK(seen);
}
