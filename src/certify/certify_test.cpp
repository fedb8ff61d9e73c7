#include <doctest/doctest.h>

#include <cmath>

#include "certify/bayes.h"
#include "certify/exploitability.h"
#include "certify/layout.h"
#include "certify/reach.h"
#include "game/builder.h"
#include "melian/certify.h"

using namespace melian;
using namespace melian::checking;

namespace {

constexpr double round_off = 1e-12;

/// One choice between 0 and 1 by a typed player whose type is worth nothing, then a news-giving
/// battle; written by hand.
struct ByHand {
  Game game;
  Assessment assessment;
};

/// A chooses left or right; right pays 1 (type zero) or 2 (type one).
ByHand one_choice(double lambda) {
  GameBuilder g("one choice");
  const int a = g.player("A", {"zero", "one"}, {0.75, 0.25});
  const int end = g.outcome("end");
  const int choice = g.state(g.choice("choice", a, {"left", "right"}));
  g.branch(choice, 0, end);
  g.branch(choice, 1, end).pay(a, [](const TypeProfile& t) { return 1.0 + t[0]; });
  ByHand out{g.build(), {}};
  out.assessment.game_fingerprint = out.game.fingerprint;
  out.assessment.axes = {{{0.0, 0.25, 1.0}}, {1U}};
  out.assessment.lambda = {{lambda, lambda}};
  out.assessment.offset = {0};
  out.assessment.mark_offset = {0};
  out.assessment.marks.assign(3, 0);
  for (int type = 0; type < 2; ++type)
    for (int branch = 0; branch < 2; ++branch)
      for (int point = 0; point < 3; ++point) {
        const double right = lambda * (1.0 + type);
        out.assessment.log_strategy.push_back((branch == 1 ? right : 0.0) -
                                              std::log(1.0 + std::exp(right)));
      }
  return out;
}

}  // namespace

TEST_CASE("certify: one logit choice has no residual, and its gain is the cost of error") {
  const double lambda = 2.0;
  const ByHand hand = one_choice(lambda);
  const Certificate c = certify(hand.game, hand.assessment, hand.assessment);
  CHECK_MESSAGE(c.holds, (c.why_not.empty() ? "" : c.why_not.front()));
  CHECK(c.residual < round_off);
  CHECK(c.beliefs < round_off);
  CHECK(c.cell_step == 0.0);
  CHECK(c.path_error < round_off);
  CHECK(c.stake[0] == doctest::Approx(logistic(lambda * 2) * 2 - logistic(lambda)));
  for (std::size_t type = 0; type < 2; ++type) {
    const double worth = 1.0 + static_cast<double>(type);
    CHECK(c.exploitability[0][type].gain == doctest::Approx(worth * logistic(-lambda * worth)));
    CHECK(c.exploitability[0][type].ceiling == doctest::Approx(std::log(2.0) / lambda));
  }
}

TEST_CASE("certify: at precision 0 the ceiling is no bound and nothing fails") {
  const ByHand hand = one_choice(0.0);
  const Certificate c = certify(hand.game, hand.assessment, hand.assessment);
  CHECK(c.holds);
  CHECK(std::isinf(c.exploitability[0][0].ceiling));
}

TEST_CASE("certify: a strategy never taken is an infinite residual only where the action is open") {
  ByHand hand = one_choice(1.0);
  hand.assessment.log_strategy[0] = -infinity;
  const Certificate c = certify(hand.game, hand.assessment, hand.assessment);
  CHECK(std::isinf(c.residual));
  CHECK(c.residual_reached < round_off);  // the first point is a belief of 0, not the prior
}

TEST_CASE("reach: play stands at the prior, and nowhere else, before anything is seen") {
  const ByHand hand = one_choice(1.0);
  const Layout layout(hand.game, hand.assessment.axes);
  CHECK(reached_decisions(layout, hand.assessment) == std::vector<std::uint8_t>{0, 1, 0});
}

TEST_CASE("layout: time passed since the start is found by walking branches") {
  GameBuilder g("clock");
  const int a = g.player("A");
  const int end = g.outcome("end");
  g.rounds(3);
  const int top = g.state(g.choice("choice", a, {"on", "leave"})),
            closing = g.state(g.passage("closing"));
  g.branch(top, 0, top).advance(1).time(2);
  g.branch(top, 1, end);
  g.branch(closing, 0, end).pay(a, 1.0);
  g.entry(top, closing);
  const Game game = g.build();
  const BeliefAxes axes;
  const Layout layout(game, axes);
  for (int round = 0; round < 3; ++round) CHECK(layout.elapsed(round, top) == 2 * round);
  CHECK(layout.elapsed_is_unique());
  CHECK(layout.follow(1, 0).round == 2);
  CHECK(layout.follow(2, 0).state == closing);
  CHECK(layout.follow(0, 1).ended());
  CHECK(layout.longest_jump() == 1);
}

TEST_CASE("stencil: weights of a point between nodes sum to one and keep the mean") {
  Stencil at;
  at.start(0);
  at.spread(10, {1, 0.25});
  at.spread(1, {2, 0.5});
  REQUIRE(at.count == 4);
  double sum = 0.0, rows = 0.0, columns = 0.0;
  for (int k = 0; k < at.count; ++k) {
    const auto n = static_cast<std::size_t>(k);
    sum += at.weight[n];
    rows += at.weight[n] * static_cast<double>(at.index[n] / 10);
    columns += at.weight[n] * static_cast<double>(at.index[n] % 10);
  }
  CHECK(sum == doctest::Approx(1.0));
  CHECK(rows == doctest::Approx(1.25));
  CHECK(columns == doctest::Approx(2.5));
}

TEST_CASE(
    "chance: an outcome impossible for a type moves belief to the other's corner, wherever it "
    "stood") {
  CHECK(moved_log_odds(-infinity, infinity) == infinity);
  CHECK(moved_log_odds(infinity, -infinity) == -infinity);
  CHECK(moved_log_odds(-infinity, 3.0) == -infinity);
  CHECK(log_ratio(-infinity, -infinity) == 0.0);
}
