#include <algorithm>
#include <cmath>

#include <doctest/doctest.h>

#include "game/builder.h"
#include "melian/beliefs.h"
#include "melian/solve.h"
#include "melian/tree.h"

namespace melian {
namespace {

SolveOptions with(double lambda, int nodes) {
  SolveOptions options;
  options.method = BeliefGrid{.nodes = {nodes}};
  options.lambda = lambda;
  return options;
}

Solution solved(const Game& game, const SolveOptions& options) {
  auto found = solve(game, options);
  REQUIRE_MESSAGE(found.has_value(), (found ? std::string() : render(found.error())));
  return std::move(*found);
}

/// An informed sender asks for little or much; the receiver, who does not know the sender's strength, gives in or fights.
Game sender(const std::vector<double>& strengths, const std::vector<double>& prior) {
  GameBuilder g("an informed sender");
  std::vector<std::string> types;
  for (std::size_t k = 0; k < strengths.size(); ++k) types.push_back("s" + std::to_string(k));
  const int a = g.player("A", types, prior), b = g.player("B");
  const int deal = g.outcome("deal"), war = g.outcome("war");
  const int ask = g.state(g.choice("ask", a, {"little", "some", "much"}));
  for (int k = 0; k < 3; ++k) {
    const double share = 0.3 + 0.2 * k;
    const int answer = g.state(g.choice("answer", b, {"give in", "fight"}));
    g.branch(ask, k, answer);
    g.branch(answer, 0, deal).pay(a, share).pay(b, 1.0 - share);
    g.branch(answer, 1, war)
        .pay(a, [=](const TypeProfile& t) { return strengths[static_cast<std::size_t>(t[0])] - 0.1; })
        .pay(b, [=](const TypeProfile& t) { return 0.8 - strengths[static_cast<std::size_t>(t[0])]; });
  }
  return g.build();
}

/// Expected payoffs by the tree, before types are known.
std::vector<double> by_tree(const Game& game, double lambda) {
  UnrollOptions how;
  for (const Player& player : game.shape().players) how.lambda.emplace_back(static_cast<std::size_t>(player.num_types()), lambda);
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
  CHECK(found.summary.residual < 1e-9);
  CHECK(found.summary.unsolved == 0);
  std::vector<double> out;
  for (std::size_t j = 0; j < found.start_values.size(); ++j) {
    double sum = 0.0;
    for (std::size_t k = 0; k < found.start_values[j].size(); ++k) sum += game.numbers.prior[j][k] * found.start_values[j][k];
    out.push_back(sum);
  }
  return out;
}

}  // namespace

TEST_CASE("joint decisions: three types agree with the tree") {
  const Game game = sender({0.3, 0.5, 0.75}, {0.3, 0.45, 0.25});
  for (const double lambda : {1.0, 5.0, 20.0}) {
    const std::vector<double> tree = by_tree(game, lambda), grid = by_grid(game, lambda, 33);
    for (std::size_t j = 0; j < tree.size(); ++j) CHECK(grid[j] == doctest::Approx(tree[j]).epsilon(2e-4));
  }
}

TEST_CASE("joint decisions: two types told apart by nothing are one") {
  const Game three = sender({0.3, 0.3, 0.75}, {0.3, 0.45, 0.25}), two = sender({0.3, 0.75}, {0.75, 0.25});
  for (const double lambda : {2.0, 30.0}) {
    const std::vector<double> many = by_grid(three, lambda, 33), few = by_grid(two, lambda, 33);
    for (std::size_t j = 0; j < few.size(); ++j) CHECK(many[j] == doctest::Approx(few[j]).epsilon(1e-4));
  }
}

TEST_CASE("joint decisions: risk dominance selects, with the numbers of the security dilemma") {
  // Simultaneous: both wait P; a lone attacker F; the attacked S; both attack W.
  struct Row {
    double p, f, s, w, attack[3];
  };
  for (const Row& row : {Row{.5, .45, .1, .2, {.5064931272, .5383685180, .5979478646}}, Row{.5, .35, .1, .2, {.4933337547, .4547263165, .3468705855}},
                         Row{.6, .5, 0, .3, {.5277460745, .7184887036, .9406126804}}}) {
    GameBuilder g("security dilemma");
    const int a = g.player("A"), b = g.player("B"), end = g.outcome("end");
    const int both = g.state(g.simultaneous("both", {g.choice("a", a, {"wait", "attack"}), g.choice("b", b, {"wait", "attack"})}));
    g.branch(both, 0, end).pay(a, row.p).pay(b, row.p);
    g.branch(both, 1, end).pay(a, row.s).pay(b, row.f);
    g.branch(both, 2, end).pay(a, row.f).pay(b, row.s);
    g.branch(both, 3, end).pay(a, row.w).pay(b, row.w);
    const Game game = g.build();
    const double lambdas[] = {1.0, 5.0, 10.0};
    for (int k = 0; k < 3; ++k) {
      const Solution found = solved(game, with(lambdas[k], 2));
      CHECK(std::exp(found.assessment.log_strategy[1]) == doctest::Approx(row.attack[k]).epsilon(1e-9));
      CHECK(std::exp(found.assessment.log_strategy[3]) == doctest::Approx(row.attack[k]).epsilon(1e-9));
    }
  }
}

}  // namespace melian
