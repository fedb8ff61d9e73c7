/// What the checker knows beyond two independent types a player, against numbers worked out by
/// hand.

#include <cmath>

#include <doctest/doctest.h>

#include "certify/bayes.h"
#include "certify/layout.h"
#include "certify/reach.h"
#include "game/builder.h"
#include "melian/certify.h"

using namespace melian;
using namespace melian::checking;

namespace {

constexpr double round_off = 1e-12;

/// Strategies of a game with one state, every point alike: log sigma by row.
Assessment everywhere(const Game& game, BeliefAxes axes, const std::vector<double>& log_sigma,
                      double lambda) {
  Assessment out;
  out.game_fingerprint = game.fingerprint;
  out.axes = std::move(axes);
  for (const Player& player : game.shape().players)
    out.lambda.emplace_back(static_cast<std::size_t>(player.num_types()), lambda);
  const auto points = static_cast<std::size_t>(out.axes.num_points(game.shape().states[0].live));
  out.offset = {0};
  out.mark_offset = {0};
  out.marks.assign(points, 0);
  for (const double log : log_sigma) out.log_strategy.insert(out.log_strategy.end(), points, log);
  return out;
}

/// A, one of three, and B, one of two, whose types go together, choose at the same time; B is paid
/// for meeting A's type.
Game meeting(const std::vector<double>& joint) {
  GameBuilder g("meeting");
  const int a = g.player("A", {"one", "two", "three"}), b = g.player("B", {"low", "high"});
  g.correlate({a, b}, joint);
  const int end = g.outcome("end");
  const int both = g.state(g.simultaneous(
      "both", {g.choice("a", a, {"in", "out"}), g.choice("b", b, {"left", "right"})}));
  for (int k = 0; k < 4; ++k)
    g.branch(both, k, end)
        .pay(a, [k](const TypeProfile& t) { return k / 2 == 0 ? 0.3 * t[0] : 0.2; })
        .pay(b, [k](const TypeProfile& t) {
          return k % 2 == 0 ? 0.5 * t[0] : k / 2 == 0 ? 0.4 : 0.7;
        });
  return g.build();
}

const std::vector<double> joint_prior = {0.1, 0.2, 0.15, 0.05, 0.3, 0.2};

BeliefAxes axes_of(const Game& game) {
  const BeliefSpace space(game.shape());
  const std::vector<double> start = start_beliefs(game, space);
  std::vector<std::vector<double>> nodes;
  for (const double belief : start) nodes.push_back({0.0, belief, 1.0});
  return space.on(std::move(nodes));
}

}  // namespace

TEST_CASE(
    "certify: a simultaneous mover deviates against the others' strategies, its type's belief and "
    "nothing else") {
  const Game game = meeting(joint_prior);
  // A goes in with probability 0.2, 0.5, 0.9 by type; B goes left with 0.6, 0.3.
  const double in[] = {0.2, 0.5, 0.9}, left[] = {0.6, 0.3};
  std::vector<double> rows;
  for (const double p : in) rows.insert(rows.end(), {std::log(p), std::log(1.0 - p)});
  for (const double p : left) rows.insert(rows.end(), {std::log(p), std::log(1.0 - p)});
  const Assessment hand = everywhere(game, axes_of(game), rows, 2.0);
  const Certificate c = certify(game, hand, hand);
  REQUIRE(c.exploitability.size() == 2);
  for (int type = 0; type < 3; ++type) {
    const double go = 0.3 * type, stay = 0.2, mean = in[type] * go + (1.0 - in[type]) * stay;
    CHECK(c.exploitability[0][static_cast<std::size_t>(type)].gain ==
          doctest::Approx(std::max(go, stay) - mean).epsilon(1e-12));
    CHECK(c.exploitability[0][static_cast<std::size_t>(type)].ceiling ==
          doctest::Approx(std::log(2.0) / 2.0));
  }
  double residual = 0.0;
  for (int type = 0; type < 2; ++type) {
    double weight = 0.0, to_left = 0.0, to_right = 0.0;
    for (int other = 0; other < 3; ++other) {
      const double odds = joint_prior[static_cast<std::size_t>(2 * other + type)];
      weight += odds;
      to_left += odds * 0.5 * other;
      to_right += odds * (in[other] * 0.4 + (1.0 - in[other]) * 0.7);
    }
    to_left /= weight;
    to_right /= weight;
    const double mean = left[type] * to_left + (1.0 - left[type]) * to_right;
    CHECK(c.exploitability[1][static_cast<std::size_t>(type)].gain ==
          doctest::Approx(std::max(to_left, to_right) - mean).epsilon(1e-12));
    residual = std::max(residual, std::abs(std::log(left[type]) +
                                           std::log1p(std::exp(2.0 * (to_right - to_left)))));
    residual = std::max(residual, std::abs(std::log1p(-left[type]) +
                                           std::log1p(std::exp(2.0 * (to_left - to_right)))));
  }
  for (int type = 0; type < 3; ++type) {
    residual = std::max(
        residual, std::abs(std::log(in[type]) + std::log1p(std::exp(2.0 * (0.2 - 0.3 * type)))));
    residual = std::max(
        residual, std::abs(std::log1p(-in[type]) + std::log1p(std::exp(2.0 * (0.3 * type - 0.2)))));
  }
  CHECK(c.residual_reached == doctest::Approx(residual).epsilon(1e-12));
}

TEST_CASE(
    "bayes: what movers at the same time tell about a group moves its axes as Bayes' rule moves "
    "its cells") {
  const Game game = meeting(joint_prior);
  const BeliefSpace space(game.shape());
  const Layout layout(game, axes_of(game));
  const double in[] = {0.2, 0.5, 0.9}, left[] = {0.6, 0.3};
  const auto log_sigma = [&](int row) {
    return row < 6 ? std::log(row % 2 == 0 ? in[row / 2] : 1.0 - in[row / 2])
                   : std::log(row % 2 == 0 ? left[row / 2 - 3] : 1.0 - left[row / 2 - 3]);
  };
  Listener listener(layout, 0);
  for (int branch = 0; branch < 4; ++branch) {
    std::vector<double> beliefs, posterior(joint_prior),
        expected(static_cast<std::size_t>(space.num_axes()));
    for (const double b : start_beliefs(game, space)) beliefs.push_back(log_odds(b));
    Bayes(layout, 0).move(beliefs, listener.hear(branch, log_sigma));
    double sum = 0.0;
    for (int cell = 0; cell < 6; ++cell) {
      const double a = branch / 2 == 0 ? in[cell / 2] : 1.0 - in[cell / 2],
                   b = branch % 2 == 0 ? left[cell % 2] : 1.0 - left[cell % 2];
      sum += posterior[static_cast<std::size_t>(cell)] *= a * b;
    }
    for (double& odds : posterior) odds /= sum;
    space.coordinates(0, posterior.data(), expected.data());
    for (std::size_t k = 0; k < expected.size(); ++k)
      CHECK(logistic(beliefs[k]) == doctest::Approx(expected[k]).epsilon(round_off));
  }
}

TEST_CASE("layout: each observer weighs a group by its own prior, given its own type") {
  const Game game = meeting(joint_prior);
  const Layout layout(game, axes_of(game));
  const Shape& shape = layout.shape(0);
  std::int64_t start = 0;
  for (const Shape::Axis& axis : shape.axes)
    start += axis.stride;  // the prior is the middle node of three
  const PointWalk walk(shape, start);
  std::vector<double> analyst(6), a(6), b(6);
  layout.weigh(-1, shape, walk, analyst);
  layout.weigh(0, shape, walk, a);
  layout.weigh(1, shape, walk, b);
  for (std::size_t q = 0; q < 6; ++q) {
    const double of_a = joint_prior[q / 2 * 2] + joint_prior[q / 2 * 2 + 1];
    const double of_b = joint_prior[q % 2] + joint_prior[2 + q % 2] + joint_prior[4 + q % 2];
    CHECK(analyst[q] == doctest::Approx(joint_prior[q]).epsilon(round_off));
    CHECK(a[q] == doctest::Approx(joint_prior[q] / of_a).epsilon(round_off));
    CHECK(b[q] == doctest::Approx(joint_prior[q] / of_b).epsilon(round_off));
  }
}

TEST_CASE("stencil: many axes spread without a limit") {
  Stencil at;
  at.start(0);
  for (int axis = 0; axis < 11; ++axis) at.spread(1, {0, 0.5});
  REQUIRE(at.count == 2048);
  double sum = 0.0;
  for (int k = 0; k < at.count; ++k) sum += at.weight[static_cast<std::size_t>(k)];
  CHECK(sum == doctest::Approx(1.0));
}
