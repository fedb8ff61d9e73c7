/// Laws of games without an end.

#include <numeric>

#include "predict/backward.h"
#include "predict/probes.h"
#include "support/stationary.h"

using namespace melian;
using namespace melian::test;

namespace {

const std::string screening_forever() {
  return with(text_of("m04_powell_cost"),
              "horizon offers_allowed rounds then end fight_to_the_finish: S gets F, D gets W",
              "horizon forever");
}

/// Two-sided private types, one of them stubborn; every round may be the last.
const std::string attrition() { return text_of("m13_abreu_gul"); }

}  // namespace

TEST_CASE("stationary: a game without an end is the limit of ever longer horizons") {
  const double far =
      1e-9;  // what discounting (0.9^400, 0.76^200) and the iteration's own tolerance leave
  struct Pair {
    std::string forever, horizon;
    double lambda;
    int nodes;
  };
  const std::string preventive = text_of("m02_preventive_war"),
                    screening = text_of("m04_powell_cost");
  for (const Pair& pair :
       {Pair{preventive, with(preventive, "horizon forever", "horizon 400 rounds then end cut"), 50,
             2},
        Pair{screening_forever(),
             with(screening, "horizon offers_allowed rounds", "horizon 200 rounds"), 60, 65}}) {
    const Game forever = game_of(pair.forever), horizon = game_of(pair.horizon);
    const Answer one = answered(forever, pair.lambda, pair.nodes),
                 other = answered(horizon, pair.lambda, pair.nodes);
    REQUIRE(one.solution.summary.termination == Termination::converged);
    CHECK(one.solution.summary.sweeps > 0);
    CHECK(other.solution.summary.sweeps == 0);
    for (std::size_t j = 0; j < one.prediction.values.size(); ++j)
      for (std::size_t k = 0; k < one.prediction.values[j].size(); ++k)
        CHECK(one.prediction.values[j][k] ==
              doctest::Approx(other.prediction.values[j][k]).epsilon(far));
    for (std::size_t r = 0; r < 10 && r < one.prediction.rounds_distribution.size(); ++r)
      CHECK(one.prediction.rounds_distribution[r] ==
            doctest::Approx(other.prediction.rounds_distribution[r]).epsilon(1e-7));
    // Exploitability along the horizon's own play is that of the endless game.
    for (std::size_t j = 0; j < one.certificate.exploitability.size(); ++j)
      CHECK(one.certificate.exploitability[j][0].gain ==
            doctest::Approx(other.certificate.exploitability[j][0].gain).epsilon(1e-6));
  }
}

TEST_CASE("stationary: 1, 2 and 8 threads give the same bytes") {
  const Game game = game_of(attrition());
  std::vector<Answer> found;
  for (const int threads : {1, 2, 8}) {
    set_threads(threads);
    found.push_back(answered(game, 20, 17));
  }
  set_threads(0);
  for (std::size_t k = 1; k < found.size(); ++k) {
    CHECK(found[k].solution.assessment.log_strategy == found[0].solution.assessment.log_strategy);
    CHECK(found[k].solution.start_values == found[0].solution.start_values);
    CHECK(found[k].prediction.outcomes == found[0].prediction.outcomes);
    CHECK(found[k].prediction.values == found[0].prediction.values);
    CHECK(found[k].certificate.residual == found[0].certificate.residual);
  }
}

TEST_CASE("stationary: a discount of .99 settles, and the certificate holds") {
  const Game game = game_of(text_of("m22_resupply_race"), {{"discount", 0.99}});
  const Answer found = answered(game, 20);
  INFO(found.solution.summary.message);
  CHECK(found.solution.summary.termination == Termination::converged);
  CHECK(found.solution.summary.sweeps < 2000);
  CHECK(found.certificate.holds);
  for (std::size_t j = 0; j < 2; ++j)
    CHECK(found.prediction.values[j][0] ==
          doctest::Approx(found.solution.start_values[j][0]).epsilon(1e-9));
}

TEST_CASE("stationary: predictions add up, forward and backward, with beliefs about two players") {
  const Game game = game_of(attrition());
  const Answer found = answered(game, 20, 17);
  const Prediction& p = found.prediction;
  CHECK(found.certificate.residual < 1e-6);
  const double all = std::accumulate(p.outcomes.begin(), p.outcomes.end(), p.unfinished);
  CHECK(all == doctest::Approx(1.0).epsilon(1e-10));
  for (const Information& about : p.information)
    CHECK(about.prior_entropy - about.end_entropy ==
          doctest::Approx(about.total + about.splitting).epsilon(1e-10));
  std::vector<Probe> probes;
  for (int outcome = 0; outcome < 2; ++outcome)
    probes.push_back(
        {.what = OutcomeProbability{{outcome}}, .move = {}, .forced_action = {}, .given = {}});
  probes.push_back({.what = ExpectedRounds{}, .move = {}, .forced_action = {}, .given = {}});
  probes.push_back({.what = EndsWithin{5}, .move = {}, .forced_action = {}, .given = {}});
  const std::vector<Measured> backward = measure(game, found.solution.assessment, probes);
  CHECK(*backward[0].value == doctest::Approx(p.outcomes[0]).epsilon(1e-9));
  CHECK(*backward[1].value == doctest::Approx(p.outcomes[1]).epsilon(1e-9));
  CHECK(*backward[3].value ==
        doctest::Approx(
            std::accumulate(p.rounds_distribution.begin(), p.rounds_distribution.begin() + 5, 0.0))
            .epsilon(1e-9));
  if (p.unfinished == 0.0)
    CHECK(*backward[2].value == doctest::Approx(p.rounds_mean).epsilon(1e-9));
}

TEST_CASE("stationary: simulated plays end as predicted") {
  const Game game = game_of(screening_forever());
  const Answer found = answered(game, 60, 129);
  const std::int64_t plays = 20000;
  const Simulation simulation = simulate(game, found.solution.assessment, plays, 7);
  std::vector<std::int64_t> ended(game.shape().outcomes.size(), 0);
  for (const Play& play : simulation.plays) {
    REQUIRE_FALSE(play.unfinished);
    ++ended[static_cast<std::size_t>(play.outcome)];
  }
  for (std::size_t o = 0; o < ended.size(); ++o) {
    const Interval interval = binomial_interval(ended[o], plays, 0.999);
    const double grid = 2e-3;  // the paths carry true beliefs, the prediction those of the grid
    CHECK(found.prediction.outcomes[o] > interval.low - grid);
    CHECK(found.prediction.outcomes[o] < interval.high + grid);
  }
}

TEST_CASE(
    "stationary: a game that never ends is followed for a thousand rounds, and its values are "
    "exact") {
  const Game game = game_of(R"(model "For ever"
player A
player B
param discount = 0.95
param precision = 10
horizon forever
phase peace {
  A chooses deed { give { A gets 0, B gets 1 }  keep { A gets 1, B gets 0 } }
  time passes
}
)");
  const Answer found = answered(game, 10);
  const double keep = 1.0 / (1.0 + std::exp(-10.0));
  CHECK(found.certificate.holds);
  CHECK(found.prediction.unfinished == doctest::Approx(1.0).epsilon(1e-11));
  CHECK(found.prediction.rounds_distribution.size() == 1000);
  CHECK(found.prediction.values[0][0] == doctest::Approx(keep / 0.05).epsilon(1e-11));
  CHECK(found.prediction.values[1][0] == doctest::Approx((1.0 - keep) / 0.05).epsilon(1e-9));
  const Simulation simulation = simulate(game, found.solution.assessment, 3, 1);
  CHECK(simulation.plays[0].unfinished);
  CHECK(simulation.plays[0].last_round == 1000);
}

TEST_CASE("stationary: spoilt strategies of an endless game are caught by the residual") {
  const Game game = game_of(text_of("m22_resupply_race"));
  SolveOptions options;
  options.lambda = 50;
  options.refined = true;
  Result<Solution> solution = solve(game, options);
  REQUIRE(solution.has_value());
  CHECK(certify(game, solution->assessment, *solution->refined).holds);
  // Whoever prefers another first branch everywhere breaks the equations, and values that come back
  // with them.
  Assessment spoilt = solution->assessment;
  spoilt.log_strategy[0] += 0.01;
  const Certificate certificate = certify(game, spoilt, *solution->refined);
  CHECK_FALSE(certificate.holds);
  CHECK(certificate.why_not.front().starts_with("residual"));
}
