/// Sides that disagree, and tiny priors: an observer's doubt may lie many logits away from the
/// analyst's belief, and must be resolved there. Against a closed form in one unknown, and against
/// the tree, which knows no axes.

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/core.h>

#include "melian/answer.h"
#include "melian/beliefs.h"
#include "trees/model_trees.h"

using namespace melian;
using namespace melian::testing;

namespace {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed, 21) {}
  double between(double low, double high) { return low + (high - low) * random_.uniform(); }
  int below(int n) { return std::min(n - 1, static_cast<int>(random_.uniform() * n)); }

 private:
  RandomStream random_;
};

std::string written(double x) {
  return x < 0.0 ? fmt::format("(0 - {:.17g})", -x) : fmt::format("{:.17g}", x);
}

double log_sigma(double z) {
  return z > 0.0 ? -std::log1p(std::exp(-z)) : z - std::log1p(std::exp(z));
}

/// B signals, A trusts or doubts. What A does after `right` is all the same to B, so that B's
/// choice hangs on x, the probability of trust after `left`, alone: with A's log-odds v = v_0 + log
/// sigma_0(left) - log sigma_1(left) for t0 (v_0 from A's own prior), x solves
///   logit x = lambda (s(v) trust_0 + s(-v) trust_1),  s(v) = 1 / (1 + e^-v),
///   sigma_k(left) = s(lambda (left_k + x + (1 - x) doubt - right_k - 1)).
struct Signal {
  double prior = 0.5, belief = 0.5, lambda = 1.0;  ///< of t0: the analyst's, A's
  double left[2] = {}, right[2] = {}, doubt = 0.5, trust[2] = {};

  static Signal drawn(Dice& dice, double prior) {
    Signal out;
    out.prior = prior;
    out.belief = dice.between(0.1, 0.9);
    out.lambda =
        std::vector<double>{5.0, 20.0, 50.0, 200.0}[static_cast<std::size_t>(dice.below(4))];
    for (const int k : {0, 1}) {
      out.left[k] = dice.between(-0.05, 0.05);
      out.right[k] = dice.between(-0.05, 0.05);
    }
    out.doubt = dice.between(0.6, 0.95);
    out.trust[0] = dice.between(0.2, 1.0);
    out.trust[1] = dice.between(-1.0, -0.2);
    return out;
  }

  [[nodiscard]] std::string text() const {
    return fmt::format(R"(model "signal"
player A
player B types t0 {}, t1 {}
A believes B: t0 with {}, t1 with {}
param precision = {}
phase p {{
  B chooses m {{ left {{ B gets if(B is t0, {}, {}) }} right {{ B gets if(B is t0, {}, {}) }} }}
  A chooses a {{
    trust {{ end trust: A gets if(B is t0, {}, {}), B gets 1 }}
    doubt {{ end doubt: B gets if(m is left, {}, 1) }}
  }}
}}
)",
                       written(prior), written(1.0 - prior), written(belief), written(1.0 - belief),
                       lambda, written(left[0]), written(left[1]), written(right[0]),
                       written(right[1]), written(trust[0]), written(trust[1]), written(doubt));
  }

  struct At {
    double send[2], after_left, after_right;  ///< arguments of s
  };
  [[nodiscard]] At at(double logit_x) const {
    const double x = std::exp(log_sigma(logit_x));
    At out{};
    for (const int k : {0, 1})
      out.send[k] = lambda * (left[k] + x + (1.0 - x) * doubt - right[k] - 1.0);
    const double start = std::log(belief) - std::log1p(-belief);
    const auto reply = [&](double v) {
      return lambda * (std::exp(log_sigma(v)) * trust[0] + std::exp(log_sigma(-v)) * trust[1]);
    };
    out.after_left = reply(start + log_sigma(out.send[0]) - log_sigma(out.send[1]));
    out.after_right = reply(start + log_sigma(-out.send[0]) - log_sigma(-out.send[1]));
    return out;
  }
  /// P(trust) in the analyst's eyes, one for each solution.
  [[nodiscard]] std::vector<double> trusts() const {
    constexpr int steps = 8000;
    const double most = 1.01 * lambda;
    std::vector<double> out;
    const auto off = [&](double y) { return y - at(y).after_left; };
    for (int k = 0; k < steps; ++k) {
      double low = -most + 2.0 * most * k / steps, high = -most + 2.0 * most * (k + 1) / steps;
      const bool rises = off(low) < 0.0;
      if (rises == (off(high) < 0.0)) continue;
      for (int n = 0; n < 100; ++n) {
        const double middle = 0.5 * (low + high);
        ((off(middle) < 0.0) == rises ? low : high) = middle;
      }
      const At here = at(low);
      const double x = std::exp(log_sigma(low)), other = std::exp(log_sigma(here.after_right));
      double sum = 0.0;
      for (const int type : {0, 1})
        sum += (type == 0 ? prior : 1.0 - prior) * (std::exp(log_sigma(here.send[type])) * x +
                                                    std::exp(log_sigma(-here.send[type])) * other);
      out.push_back(sum);
    }
    return out;
  }
};

/// A payment that depends on types.
std::string by_type(Dice& dice, const std::string& player, int types, double size) {
  if (types == 1) return written(dice.between(-size, size));
  std::string out = written(dice.between(-size, size));
  for (int k = types - 1; k-- > 0;)
    out = fmt::format("if({} is t{}, {}, {})", player, k, written(dice.between(-size, size)), out);
  return out;
}

/// Odds of the types: all but the first share what `first` leaves.
std::string odds(double first, int types) {
  std::string out = fmt::format("t0 with {:.17g}", first);
  for (int k = 1; k < types; ++k)
    out += fmt::format(", t{} with {:.17g}", k,
                       (1.0 - first) * (k == 1 && types == 3 ? 0.4
                                        : types == 3         ? 0.6
                                                             : 1.0));
  return out;
}

struct Shape {
  int types = 2, stages = 1;
  bool both = false;  ///< A has types too, and B another belief about them than the analyst
};

/// B and A move in turn, `stages` times; everybody's payments depend on everybody's types.
std::string drawn_text(Dice& dice, const Shape& shape, double prior, double lambda) {
  const int own = shape.both ? 2 : 1;
  const auto types = [](double first, int n) {
    std::string out = odds(first, n);
    for (std::size_t at = out.find(" with"); at != std::string::npos; at = out.find(" with"))
      out.erase(at, 5);
    return out;
  };
  std::string out =
      "model \"drawn\"\nplayer A" +
      (shape.both ? " types " + types(dice.below(2) == 0 ? prior : 1.0 - prior, 2) : "") +
      "\nplayer B types " + types(prior, shape.types) + "\n";
  out += "A believes B: " + odds(dice.between(0.2, 0.8), shape.types) + "\n";
  if (shape.both) out += "B believes A: " + odds(dice.between(0.2, 0.8), 2) + "\n";
  out += fmt::format("param precision = {}\nphase p {{\n", lambda);
  const auto pay = [&](double size) {
    return "A gets " + by_type(dice, "B", shape.types, size) + " + " +
           by_type(dice, "A", own, size) + ", B gets " + by_type(dice, "B", shape.types, size) +
           " + " + by_type(dice, "A", own, size);
  };
  for (int stage = 0; stage < shape.stages; ++stage) {
    const bool last = stage + 1 == shape.stages;
    out += fmt::format("  B chooses m{} {{ left {{ {} }} right {{ {} }} }}\n", stage, pay(0.2),
                       pay(0.2));
    out += fmt::format(
        "  A chooses a{} {{ yes {{ when m{} is left {{ {} }} else {{ {} }} }} no {{ {} }} }}\n",
        stage, stage, pay(0.6), pay(0.6), last ? "end no: " + pay(0.6) : "end early: " + pay(0.6));
  }
  return out + "  end yes\n}\n";
}

}  // namespace

TEST_CASE(
    "sides that disagree: the closed form in one unknown is met at priors from 1e-2 to 1e-12 of "
    "either type") {
  constexpr double on_the_grid = 5e-4;  // of 1,025 nodes an observer, at lambda up to 200
  int met = 0;
  for (int seed = 1; seed <= 120; ++seed) {
    Dice dice(static_cast<std::uint64_t>(seed));
    const double tiny = std::pow(10.0, -2.0 - 10.0 * (seed % 21) / 20.0);
    const Signal signal = Signal::drawn(dice, seed % 2 == 0 ? tiny : 1.0 - tiny);
    const std::vector<double> expected = signal.trusts();
    if (expected.size() != 1) continue;
    CAPTURE(seed);
    CAPTURE(signal.text());
    const Game game = game_from(signal.text());
    SolveOptions options;
    options.method = BeliefGrid{.nodes = {1025}};
    const auto found = solve(game, options);
    REQUIRE(found.has_value());
    CHECK(std::abs(predict(game, found->assessment).outcomes[0] - expected[0]) < on_the_grid);
    ++met;
  }
  CHECK(met > 100);
}

TEST_CASE("sides that disagree: an axis that follows play meets the closed form where it settles") {
  constexpr double meets = 1e-7;
  int met = 0;
  for (int seed = 1; seed <= 60; ++seed) {
    Dice dice(static_cast<std::uint64_t>(1000 + seed));
    const double tiny = std::pow(10.0, -2.0 - 10.0 * (seed % 21) / 20.0);
    const Signal signal = Signal::drawn(dice, seed % 2 == 0 ? tiny : 1.0 - tiny);
    const std::vector<double> expected = signal.trusts();
    if (expected.size() != 1) continue;
    CAPTURE(signal.text());
    const Game game = game_from(signal.text());
    SolveOptions options;
    options.method = BeliefGrid{.follow = FollowPlay{}};
    const auto found = solve(game, options);
    REQUIRE(found.has_value());
    if (!found->summary.followed->settled) continue;
    CHECK(std::abs(predict(game, found->assessment).outcomes[0] - expected[0]) < meets);
    ++met;
  }
  CHECK(met > 40);
}

TEST_CASE(
    "sides that disagree: two and three types, one and two stages, on one side and on both, meet "
    "the tree at priors from 1e-2 to 1e-12") {
  struct Class {
    Shape shape;
    int games;
    BeliefGrid grid;
    double tolerance;
  };
  const BeliefGrid fine{.nodes = {257}}, follows{.follow = FollowPlay{}};
  const Class classes[] = {{{.types = 2, .stages = 1}, 24, fine, 2e-4},
                           {{.types = 2, .stages = 2}, 24, fine, 5e-4},
                           {{.types = 3, .stages = 1}, 2, {}, 3e-3},
                           {{.types = 3, .stages = 1}, 12, follows, 1e-6},
                           {{.types = 2, .stages = 1, .both = true}, 6, {}, 1e-3},
                           {{.types = 2, .stages = 1, .both = true}, 12, follows, 1e-6},
                           {{.types = 2, .stages = 2, .both = true}, 2, {}, 3e-3},
                           {{.types = 2, .stages = 2, .both = true}, 4, follows, 1e-6}};
  for (const Class& of : classes) {
    int met = 0;
    for (int seed = 1; seed <= of.games; ++seed) {
      Dice dice(static_cast<std::uint64_t>(100 * of.shape.types + 10 * of.shape.stages + seed));
      const double tiny = std::pow(10.0, -2.0 - 10.0 * (seed % 11) / 10.0),
                   lambda = seed % 2 == 0 ? 3.0 : 15.0;
      const std::string text =
          drawn_text(dice, of.shape, seed % 3 == 0 ? 1.0 - tiny : tiny, lambda);
      CAPTURE(text);
      const Game game = game_from(text);
      SolveOptions options;
      options.method = of.grid;
      const auto found = solve(game, options);
      REQUIRE(found.has_value());
      if (found->summary.several > 0) continue;  // the tree's branch need not be the grid's
      if (found->summary.followed && !found->summary.followed->settled) continue;
      const Prediction prediction = predict(game, found->assessment);
      const SolvedTree tree = tree_of(game, lambda);
      const TreePrediction ends = predict_tree(tree.form, tree.solution.log_strategy);
      for (std::size_t o = 0; o < prediction.outcomes.size(); ++o)
        CHECK(std::abs(prediction.outcomes[o] - share(ends, game.shape().outcomes[o])) <
              of.tolerance);
      ++met;
    }
    CHECK(met >= of.games / 2);
  }
}

TEST_CASE("sides that disagree: plays at true beliefs end as predicted, and outcomes sum to one") {
  Dice dice(7);
  Signal signal = Signal::drawn(dice, 1e-6);
  signal.lambda = 20.0;
  const Game game = game_from(signal.text());
  SolveOptions options;
  options.method = BeliefGrid{.nodes = {513}};
  const auto found = solve(game, options);
  REQUIRE(found.has_value());
  const Prediction prediction = predict(game, found->assessment);
  constexpr std::int64_t plays = 40000;
  std::int64_t trusts = 0;
  for (const Play& play : simulate(game, found->assessment, plays, 11).plays)
    trusts += play.outcome == 0 ? 1 : 0;
  const Interval seen = binomial_interval(trusts, plays, 0.9999);
  constexpr double grid = 1e-4;
  CHECK(prediction.outcomes[0] > seen.low - grid);
  CHECK(prediction.outcomes[0] < seen.high + grid);
  double all = 0.0;
  for (const double one : prediction.outcomes) all += one;
  CHECK(all == doctest::Approx(1.0).epsilon(1e-12));
}

TEST_CASE("sides that disagree: what one observer alone believes is solved as if the analyst did") {
  // The same doubt, the same nodes: only the analyst's weights differ.
  for (int seed = 1; seed <= 6; ++seed) {
    Dice dice(static_cast<std::uint64_t>(500 + seed));
    Signal far = Signal::drawn(dice, 1e-7);
    far.lambda = 10.0;
    Signal common = far;
    common.prior = far.belief;
    const Game one = game_from(far.text()), other = game_from(common.text());
    SolveOptions options;
    options.method = BeliefGrid{.nodes = {1025}};
    const auto a = solve(one, options), b = solve(other, options);
    REQUIRE(a.has_value());
    REQUIRE(b.has_value());
    for (std::size_t j = 0; j < a->start_values.size(); ++j)
      for (std::size_t type = 0; type < a->start_values[j].size(); ++type)
        CHECK(std::abs(a->start_values[j][type] - b->start_values[j][type]) < 1e-6);
  }
}

TEST_CASE("belief axes: where all agree on a moderate prior they are what they were, plain") {
  for (const double prior : {0.011, 0.3, 0.5, 0.989}) {
    Signal signal;
    signal.prior = signal.belief = prior;
    const Game game = game_from(signal.text());
    const BeliefAxes axes = belief_axes(game, {});
    CHECK(axes.axis(0).plain());
    CHECK(axes.nodes[0] == belief_axis(129, std::vector<double>{game.numbers.prior[1][1]}));
  }
}

TEST_CASE(
    "belief axes: no observer's log-odds move by more than a sixth within a cell while it is in "
    "doubt") {
  for (int seed = 1; seed <= 200; ++seed) {
    Dice dice(static_cast<std::uint64_t>(seed));
    Signal signal;
    signal.prior = std::pow(10.0, -dice.between(0.5, 12.0));
    signal.belief = std::pow(10.0, -dice.between(0.1, 12.0));
    if (dice.below(2) == 0) signal.belief = 1.0 - signal.belief;
    const Game game = game_from(signal.text());
    const BeliefAxis axis = belief_axes(game, {}).axis(0);
    if (axis.plain()) continue;
    CAPTURE(signal.prior);
    CAPTURE(signal.belief);
    const BeliefSpace space(game.shape());
    const std::vector<double> delta = disagreement(game, space, 0, 0);
    bool start = false;
    for (std::size_t k = 0; k + 1 < axis.log_odds.size(); ++k) {
      start = start || axis.log_odds[k] == start_log_odds(game, space)[0];
      const double low = axis.log_odds[k] + (delta[1] - delta[0]),
                   high = axis.log_odds[k + 1] + (delta[1] - delta[0]);
      const double within = std::min(high, 11.5) - std::max(low, -11.5);
      if (within <= 0.0) continue;
      CHECK(within < 0.6);
      if (low >= -4.5 && high <= 4.5) CHECK(within < 1.0 / 6.0);
    }
    CHECK(start);
  }
}
