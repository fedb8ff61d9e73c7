/// What choices are worth to who makes them, and within which plays: mistakes, lasting plays,
/// levels.

#include <doctest/doctest.h>

#include "laws/predict_support.h"
#include "predict/probes.h"
#include "support/probes.h"
#include "support/solved_game.h"

using namespace melian;
using testing::move_named, testing::probe, testing::value;

namespace {

constexpr double round_off = 1e-11;

double number(const std::string& metric) { return testing::value_of(testing::small_war(), metric); }
std::string mistake(const std::string& metric) {
  return testing::mistake_in(testing::small_war(), metric);
}

}  // namespace

TEST_CASE("measure: a choice is a mistake of the type that has something better, and of no other") {
  const Game game = test::audience();  // soft: fighting -.8, backing down -.25; hard: .1 and -.25
  const Assessment assessment = test::random_assessment(game, 9, 31);
  const int finish = move_named(game, "finish");
  for (const auto& [action, mistaken_type] : {std::pair(0, 0), std::pair(1, 1)})
    for (int type = 0; type < 2; ++type) {
      const double all =
          value(game, assessment, probe(ActionShare{action}, finish, {}, {TypeIs{0, type}}));
      const double mistaken =
          value(game, assessment, probe(ActionShare{action, true}, finish, {}, {TypeIs{0, type}}));
      CHECK(mistaken == doctest::Approx(type == mistaken_type ? all : 0.0).epsilon(round_off));
    }
}

TEST_CASE("measure: of two actions worth the same neither is a mistake") {
  const Game game = test::crisis(0.0, 1.0, -0.2, 1.0, -0.2);
  const Assessment assessment = test::random_assessment(game, 3, 32);
  CHECK(value(game, assessment, probe(ActionShare{0, true}, 2)) == 0.0);
  CHECK(value(game, assessment, probe(ActionShare{1, true}, 2)) == 0.0);
}

TEST_CASE("measure: shares within lasting plays follow Bayes' rule") {
  const Game game = test::war_and_truce();
  const Assessment assessment = test::random_assessment(game, 9, 33);
  const int ask = move_named(game, "ask");
  double sum = 0.0;
  for (int action = 0; action < 2; ++action) {
    Probe lasting = probe(ActionShare{action}, ask);
    lasting.first_round = lasting.last_round = 1;
    lasting.lasting = 2;
    const double share = value(game, assessment, lasting);
    sum += share;
    Probe plain = lasting, ends = lasting, ends_after = lasting;
    plain.lasting = ends.lasting = ends_after.lasting = 0;
    ends.what = ends_after.what = EndsWithin{2};
    ends_after.given = {Takes{action}};
    CHECK(share == doctest::Approx(value(game, assessment, plain) *
                                   (1.0 - value(game, assessment, ends_after)) /
                                   (1.0 - value(game, assessment, ends)))
                       .epsilon(1e-9));
  }
  CHECK(sum == doctest::Approx(1.0).epsilon(round_off));
}

TEST_CASE("measure: the level of what is remembered is its mean") {
  GameBuilder g("A step");
  const int a = g.player("A"), up = g.outcome("up"), down = g.outcome("down");
  const int rung = g.variable("rung", {"0", "2"});
  const int step = g.choice("step", a, {"stay", "climb"}),
            next = g.choice("next", a, {"up", "down"});
  const int top = g.state(step);
  for (int k = 0; k < 2; ++k) {
    const int here = g.state(next);
    g.remember(here, rung, k);
    g.branch(top, k, here);
    g.branch(here, 0, up).pay(a, 1.0);
    g.branch(here, 1, down).pay(a, 0.1 * k);
  }
  const Game game = g.build();
  const Assessment assessment = test::random_assessment(game, 3, 34);
  CHECK(value(game, assessment, probe(ContentMean{rung}, next)) ==
        doctest::Approx(2.0 * value(game, assessment, probe(ActionShare{1}, step))));
}

TEST_CASE("metric: times are shares that are not averaged") {
  CHECK(number("times(answer.accept)") == doctest::Approx(number("probability(settlement)")));
  CHECK(number("times(table.ask)") + number("times(table.stay_silent)") ==
        doctest::Approx(number("tally(battles)") + number("probability(settlement)")));
  CHECK(number("times(answer.refuse mistaken)") <= number("times(answer.refuse)"));
  CHECK(number("times(answer.refuse mistaken)") > 0.0);
  CHECK(number("share(table.ask) in rounds 1..2 lasting 3") +
            number("share(table.stay_silent) in rounds 1..2 lasting 3") ==
        doctest::Approx(1.0));
  CHECK(number("share(table.ask) in round 4 lasting 2") ==
        doctest::Approx(number("share(table.ask) in round 4")));
}

TEST_CASE("metric: mistakes, lasting plays and levels are refused where they mean nothing") {
  CHECK(mistake("share(battle.both_stand mistaken)")
            .starts_with("who makes `battle` does not choose alone"));
  CHECK(mistake("times(answer.accept) after table ask").starts_with("times, mistakes and shares"));
  CHECK(mistake("value(S) lasting 3").starts_with("only a share or a level"));
  CHECK(mistake("share(table.ask) lasting 9") == "round 9 lies beyond the horizon of 4 rounds");
  CHECK(mistake("share(table.ask) lasting 2 lasting 3") == "how long plays last is named twice");
  CHECK(mistake("level(table)").starts_with("a level is taken at a move"));
  CHECK(mistake("level(nothing) at answer") == "the model has no state `nothing`");
}
