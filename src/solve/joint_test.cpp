#include <algorithm>
#include <cmath>

#include <doctest/doctest.h>

#include "game/builder.h"
#include "melian/beliefs.h"
#include "melian/numeric.h"
#include "melian/solve.h"
#include "melian/tree.h"
#include "solve/solved.h"

namespace melian {
namespace {

using testing::solved;
using testing::with;

/// An informed sender asks for little or much; the receiver, who does not know the sender's
/// strength, gives in or fights. `accompanied`: B moves at the same time, with nothing to choose.
Game sender(const std::vector<double>& strengths, const std::vector<double>& prior,
            bool accompanied = false) {
  GameBuilder g("an informed sender");
  std::vector<std::string> types;
  for (std::size_t k = 0; k < strengths.size(); ++k) types.push_back("s" + std::to_string(k));
  const int a = g.player("A", types, prior), b = g.player("B");
  const int deal = g.outcome("deal"), war = g.outcome("war");
  const int alone = g.choice("ask", a, {"little", "some", "much"});
  const int ask =
      g.state(accompanied ? g.simultaneous("both", {alone, g.choice("nod", b, {"nod"})}) : alone);
  for (int k = 0; k < 3; ++k) {
    const double share = 0.3 + 0.2 * k;
    const int answer = g.state(g.choice("answer", b, {"give in", "fight"}));
    g.branch(ask, k, answer);
    g.branch(answer, 0, deal).pay(a, share).pay(b, 1.0 - share);
    g.branch(answer, 1, war)
        .pay(a,
             [=](const TypeProfile& t) { return strengths[static_cast<std::size_t>(t[0])] - 0.1; })
        .pay(b,
             [=](const TypeProfile& t) { return 0.8 - strengths[static_cast<std::size_t>(t[0])]; });
  }
  return g.build();
}

/// Expected payoffs by the tree, before types are known.
std::vector<double> by_tree(const Game& game, double lambda) {
  UnrollOptions how;
  for (const Player& player : game.shape().players)
    how.lambda.emplace_back(static_cast<std::size_t>(player.num_types()), lambda);
  const auto form = unroll(game, how);
  REQUIRE_MESSAGE(form.has_value(), (form ? std::string() : render(form.error())));
  TreeOptions options;
  options.lambda = lambda;
  const auto found = solve_tree(*form, options);
  REQUIRE(found.has_value());
  return found->certificate.values;
}

std::vector<double> by_grid(const Game& game, double lambda, int nodes) {
  const Solution found = solved(game, with(lambda, nodes));
  CHECK(found.summary.residual < 1e-8);
  CHECK(found.summary.unsolved == 0);
  std::vector<double> out;
  for (std::size_t j = 0; j < found.start_values.size(); ++j) {
    double sum = 0.0;
    for (std::size_t k = 0; k < found.start_values[j].size(); ++k)
      sum += game.numbers.prior[j][k] * found.start_values[j][k];
    out.push_back(sum);
  }
  return out;
}

}  // namespace

TEST_CASE("joint decisions: three types agree with the tree") {
  const Game game = sender({0.3, 0.5, 0.75}, {0.3, 0.45, 0.25});
  for (const double lambda : {1.0, 5.0, 20.0}) {
    const std::vector<double> tree = by_tree(game, lambda), grid = by_grid(game, lambda, 33);
    for (std::size_t j = 0; j < tree.size(); ++j)
      CHECK(grid[j] == doctest::Approx(tree[j]).epsilon(2e-4));
  }
}

TEST_CASE(
    "joint decisions: somebody who nods meanwhile changes nothing, by curve or by Newton's method "
    "on the whole") {
  for (const double lambda : {0.0, 2.0, 20.0, 100.0}) {
    const std::vector<double> curve = by_grid(sender({0.3, 0.75}, {0.75, 0.25}), lambda, 33),
                              whole = by_grid(sender({0.3, 0.75}, {0.75, 0.25}, true), lambda, 33);
    for (std::size_t j = 0; j < curve.size(); ++j)
      CHECK(whole[j] == doctest::Approx(curve[j]).epsilon(1e-9));
  }
}

/// A weak or tough B is attacked or left alone; a mediator has heard, well or badly, which of the
/// two it is and says so or not.
Game told(double quality, double q) {
  GameBuilder g("what a mediator has heard");
  const int a = g.player("A"), b = g.player("B", {"weak", "tough"}, {1.0 - q, q}),
            m = g.player("M", {"heard weak", "heard tough"});
  const std::vector<double> joint{(1.0 - q) * quality, (1.0 - q) * (1.0 - quality),
                                  q * (1.0 - quality), q * quality};
  g.correlate({b, m}, joint);
  const int end = g.outcome("end");
  const int message = g.state(g.choice("message", m, {"weak", "tough"}));
  for (int said = 0; said < 2; ++said) {
    const int act = g.state(g.choice("act", a, {"attack", "leave"}));
    g.branch(message, said, act);
    g.branch(act, 0, end)
        .pay(a, [](const TypeProfile& t) { return t[1] == 0 ? 1.0 : -1.0; })
        .pay(m, [](const TypeProfile& t) { return t[1] == 0 ? 1.0 : -1.0; });
    g.branch(act, 1, end);
  }
  return g.build();
}

TEST_CASE(
    "joint decisions: talk that costs nothing babbles on the principal branch, and the list holds "
    "the equilibrium in which it tells") {
  // M wants what A wants. With x_h = E[payoff of attack | M heard h] and p_m the odds of attack
  // after message m:
  //   s_h = sigma(lambda x_h (p_weak - p_tough)),   p_m = sigma(lambda E[payoff of attack | message
  //   m]).
  const double quality = 0.8, q = 0.4, lambda = 8.0;
  const double heard_weak = (1.0 - q) * quality + q * (1.0 - quality),
               heard_tough = 1.0 - heard_weak;
  const double x_weak = ((1.0 - q) * quality - q * (1.0 - quality)) / heard_weak,
               x_tough = ((1.0 - q) * (1.0 - quality) - q * quality) / heard_tough;
  double gain = 0.5, s_weak = 0.0, s_tough = 0.0;
  for (int k = 0; k < 2000; ++k) {
    s_weak = logistic(lambda * x_weak * gain);
    s_tough = logistic(lambda * x_tough * gain);
    const double said_weak = heard_weak * s_weak + heard_tough * s_tough;
    gain =
        logistic(lambda * (heard_weak * s_weak * x_weak + heard_tough * s_tough * x_tough) /
                 said_weak) -
        logistic(lambda *
                 (heard_weak * (1.0 - s_weak) * x_weak + heard_tough * (1.0 - s_tough) * x_tough) /
                 (1.0 - said_weak));
  }
  REQUIRE(gain > 0.5);
  SolveOptions options = with(lambda, 17);
  options.list_solutions = true;
  const Solution found = solved(told(quality, q), options);
  CHECK(found.summary.unsolved == 0);
  REQUIRE(!found.several.empty());
  const DecisionSolutions& at_start = found.several.front();
  REQUIRE(at_start.solutions.size() == 3);  // babbling, telling, telling with the words exchanged
  double nearest = 1.0;
  for (const DecisionSolutions::One& one : at_start.solutions) {
    if (one.followed) CHECK(std::exp(one.log_strategy[0]) == doctest::Approx(0.5).epsilon(1e-9));
    CHECK(one.stable == !one.followed);
    nearest = std::min(nearest, std::abs(std::exp(one.log_strategy[0]) - s_weak) +
                                    std::abs(std::exp(one.log_strategy[2]) - s_tough));
  }
  CHECK(nearest < 5e-3);  // the grid's error
}

TEST_CASE("joint decisions: two types told apart by nothing are one") {
  const Game three = sender({0.3, 0.3, 0.75}, {0.3, 0.45, 0.25}),
             two = sender({0.3, 0.75}, {0.75, 0.25});
  for (const double lambda : {2.0, 30.0}) {
    const std::vector<double> many = by_grid(three, lambda, 33), few = by_grid(two, lambda, 33);
    for (std::size_t j = 0; j < few.size(); ++j)
      CHECK(many[j] == doctest::Approx(few[j]).epsilon(1e-4));
  }
}

TEST_CASE("joint decisions: risk dominance selects, with the numbers of the security dilemma") {
  // Simultaneous: both wait P; a lone attacker F; the attacked S; both attack W.
  struct Row {
    double p, f, s, w, attack[3];
  };
  for (const Row& row : {Row{.5, .45, .1, .2, {.5064931272, .5383685180, .5979478646}},
                         Row{.5, .35, .1, .2, {.4933337547, .4547263165, .3468705855}},
                         Row{.6, .5, 0, .3, {.5277460745, .7184887036, .9406126804}}}) {
    GameBuilder g("security dilemma");
    const int a = g.player("A"), b = g.player("B"), end = g.outcome("end");
    const int both = g.state(g.simultaneous(
        "both", {g.choice("a", a, {"wait", "attack"}), g.choice("b", b, {"wait", "attack"})}));
    g.branch(both, 0, end).pay(a, row.p).pay(b, row.p);
    g.branch(both, 1, end).pay(a, row.s).pay(b, row.f);
    g.branch(both, 2, end).pay(a, row.f).pay(b, row.s);
    g.branch(both, 3, end).pay(a, row.w).pay(b, row.w);
    const Game game = g.build();
    const double lambdas[] = {1.0, 5.0, 10.0};
    for (int k = 0; k < 3; ++k) {
      const Solution found = solved(game, with(lambdas[k], 2));
      CHECK(std::exp(found.assessment.log_strategy[1]) ==
            doctest::Approx(row.attack[k]).epsilon(1e-9));
      CHECK(std::exp(found.assessment.log_strategy[3]) ==
            doctest::Approx(row.attack[k]).epsilon(1e-9));
    }
  }
}

}  // namespace melian
