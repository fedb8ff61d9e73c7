#include <doctest/doctest.h>

#include "melian/figures.h"
#include "support/hand_made.h"

using namespace melian;

namespace {

const Game& game() {
  static const Game built = hand_made::ultimatum();
  return built;
}

Result<double> read(const std::string& name) {
  static const Answer answer = hand_made::answer_to(game());
  return quantity(game().shape(), answer.prediction, name);
}

double number(const std::string& name) {
  const Result<double> found = read(name);
  INFO((found ? name : render(found.error())));
  REQUIRE(found.has_value());
  return *found;
}

}  // namespace

TEST_CASE("quantity: outcomes, also given a type") {
  CHECK(number("outcomes.war") == 0.3);
  CHECK(number("outcomes.war given B is tough") == 0.6);
  CHECK(number("outcomes.settlement given B is weak") == doctest::Approx(0.9));
}

TEST_CASE("quantity: values by player and by type") {
  CHECK(number("values.A") == 0.61);
  CHECK(number("values.B.tough") == 0.44);
}

TEST_CASE("quantity: the first move by action, numbers compared as numbers") {
  CHECK(number("start.A.demand=0.8") == 0.8);
  CHECK(number("start.A.demand=0.80") == 0.8);
  CHECK(number("choice.demand.0.5") == doctest::Approx(0.2));
}

TEST_CASE("quantity: a choice is its expected number by the number of times the move is made") {
  CHECK(number("choice.answer.fight") == doctest::Approx(0.3));
}

TEST_CASE("quantity: offers by mean, mode and what is accepted") {
  CHECK(number("choices.demand.mean") == 0.74);
  CHECK(number("choices.demand.mode") == 0.8);
  CHECK(number("choices.demand.accepted") == 0.7);
  CHECK(number("choices.demand.accepted_mean") == 0.7);
}

TEST_CASE("quantity: rounds, tallies and information") {
  CHECK(number("rounds.mean") == 1.0);
  CHECK(number("rounds.1") == 1.0);
  CHECK(number("rounds.7") == 0.0);
  CHECK(number("rounds.unfinished") == 0.0);
  CHECK(number("tallies.battles") == 0.3);
  CHECK(number("information.B.total") == 0.25);
}

TEST_CASE("quantity: a name the game does not have is refused with the nearest one") {
  const Result<double> found = read("outcomes.wr");
  REQUIRE_FALSE(found.has_value());
  CHECK(found.error().front().code == "M0922");
  CHECK(found.error().front().hint == "did you mean `war`?");
  for (const char* name : {"",
                           "outcomes",
                           "outcomes.war given",
                           "outcomes.war given B",
                           "outcomes.war given B is",
                           "outcomes.war given B is weak given B is tough",
                           "values",
                           "values.B",
                           "values.A given B is weak",
                           "start",
                           "start.A",
                           "start.A.demand",
                           "start.A.demand=0.9",
                           "start.B.answer=accept",
                           "choice.answer",
                           "choice.answer.maybe",
                           "choices.demand",
                           "choices.demand.median",
                           "choices.answer.mean",
                           "rounds.0",
                           "rounds.1.5",
                           "rounds.x",
                           "tallies.",
                           "information.B",
                           "information.Z.total",
                           "choice.answer.fight given B is weak"}) {
    INFO(name);
    CHECK_FALSE(read(name).has_value());
  }
}

TEST_CASE("sweep: what a number is counted in is told from its name") {
  CHECK(unit_of("outcomes.war") == "probability");
  CHECK(unit_of("rounds.1") == "probability");
  CHECK(unit_of("rounds.mean") == "rounds");
  CHECK(unit_of("offers.y.accepted_mean") == "offer");
  CHECK(unit_of("tallies.battles") == "expected number");
}
