/// The ladder of lambda checked by halving its steps.

#include <cmath>
#include <string>
#include <utility>

#include <doctest/doctest.h>

#include "melian/certify.h"
#include "melian/language.h"
#include "melian/run.h"

using namespace melian;

namespace {

Game armed_peace() {
  auto game = load_game(
      std::string(MELIAN_SOURCE_DIR) + "/models/leventoglu_slantchev_2007/armed_peace.melian",
      {{"theta", .8}, {"g", .2}, {"cost", .01}, {"most", 4.0}});
  REQUIRE_MESSAGE(game.has_value(), (game ? "" : render(game.error())));
  return std::move(*game);
}

}  // namespace

TEST_CASE(
    "answer: in the armed peace a ladder climbed in half the steps leads to the same strategies "
    "and values") {
  const Game game = armed_peace();
  AnswerOptions options;
  options.solve.lambda = 30.0;
  options.check_ladder = true;
  const auto found = answer(game, options);
  REQUIRE(found.has_value());
  CHECK(found->certificate.ladder_error >= 0.0);
  CHECK(found->certificate.ladder_error < 1e-8);
  CHECK_MESSAGE(found->certificate.holds,
                (found->certificate.why_not.empty() ? "" : found->certificate.why_not.front()));
}

TEST_CASE(
    "solve: halved steps double the rungs, and a check climbs from a sixteenth of lambda at the "
    "latest") {
  const Game game = armed_peace();
  SolveOptions options;
  options.lambda = 30.0;
  const auto once = solve(game, options);
  options.rung_halvings = 1;
  const auto halved = solve(game, options);
  REQUIRE(once.has_value());
  REQUIRE(halved.has_value());
  REQUIRE(halved->summary.ladder.size() > 2);
  CHECK(halved->summary.ladder.front() <= 30.0 / 16);
  CHECK(halved->summary.ladder.back() == doctest::Approx(30.0));
  CHECK(halved->summary.ladder[1] / halved->summary.ladder[0] == doctest::Approx(std::sqrt(1.05)));
  if (!once->summary.ladder.empty())
    CHECK(once->summary.ladder[1] / once->summary.ladder[0] == doctest::Approx(1.05));
}

TEST_CASE(
    "certify: answers of two lambdas differ where they are reached, and the same answer nowhere") {
  const Game game = armed_peace();
  SolveOptions options;
  options.lambda = 30.0;
  const auto one = solve(game, options);
  options.lambda = 29.0;
  const auto other = solve(game, options);
  REQUIRE(one.has_value());
  REQUIRE(other.has_value());
  CHECK(reached_difference(game, one->assessment, one->assessment) == 0.0);
  CHECK(reached_difference(game, one->assessment, other->assessment) > 1e-5);
}

TEST_CASE("judge: a ladder that leads elsewhere in half the steps does not hold, and is named") {
  Certificate certificate;
  certificate.residual = certificate.residual_reached = certificate.beliefs =
      certificate.path_error = 0.0;
  certificate.tolerance = 1e-3;
  certificate.residual_tolerance = 1e-6;
  certificate.ladder_error = 1e-4;
  judge(certificate);
  CHECK(certificate.holds);
  certificate.ladder_error = 0.2;
  judge(certificate);
  CHECK(!certificate.holds);
  REQUIRE(certificate.why_not.size() == 1);
  CHECK(certificate.why_not.front().starts_with("ladder_error:"));
}

TEST_CASE(
    "answer: where every decision is proved to have one solution there is no ladder to check") {
  const auto game =
      load_game(std::string(MELIAN_SOURCE_DIR) + "/models/powell_2004/two_rounds.melian", {});
  REQUIRE(game.has_value());
  AnswerOptions options;
  options.solve.lambda = 10.0;
  options.solve.method = BeliefGrid{.nodes = {9}};
  options.check_ladder = true;
  const auto found = answer(*game, options);
  REQUIRE(found.has_value());
  CHECK(found->certificate.ladder_error < 0.0);
}
