/// The same game by tree, by brute force and by belief grid.

#include <cmath>

#include <doctest/doctest.h>

#include "melian/solve.h"
#include "melian/tree.h"
#include "support/brute_force.h"
#include "support/hand_made.h"
#include "support/random_games.h"
#include "support/solved.h"

namespace {

using namespace melian;
using namespace melian::testing;

/// Values before types are known, as a tree gives them.
std::vector<double> before_types(const Game& game,
                                 const std::vector<std::vector<double>>& by_type) {
  std::vector<double> out;
  for (std::size_t i = 0; i < by_type.size(); ++i) {
    out.push_back(0.0);
    for (std::size_t k = 0; k < by_type[i].size(); ++k)
      out.back() += (by_type[i].size() == 1 ? 1.0 : game.numbers.prior[i][k]) * by_type[i][k];
  }
  return out;
}

TreeSolution by_tree(const Game& game, double lambda, UnrollOptions options = {}) {
  const auto form = unroll(game, options);
  REQUIRE_MESSAGE(form.has_value(), (form ? "" : render(form.error())));
  CHECK(has_perfect_recall(*form));
  TreeOptions how;
  how.lambda = lambda;
  auto solution = solve_tree(*form, how);
  REQUIRE_MESSAGE(solution.has_value(), (solution ? "" : render(solution.error())));
  CHECK(solution->summary.termination == TreeTermination::reached);
  return std::move(*solution);
}

double apart(const std::vector<double>& a, const std::vector<double>& b) {
  double worst = 0.0;
  for (std::size_t k = 0; k < a.size(); ++k) worst = std::max(worst, std::abs(a[k] - b[k]));
  return worst;
}

RandomGameOptions small(int players) {
  RandomGameOptions options;
  options.players = players;
  options.rounds = 2;
  options.levels = 2;
  options.guards = true;
  options.types_discount = true;
  return options;
}

}  // namespace

TEST_CASE(
    "tree: agrees with brute force on random games, for both meanings of lambda and both "
    "measures") {
  constexpr double both_exact = 1e-8;  // two solvers of the same equations, no grid in between
  constexpr double lambda = 0.7;       // low enough for one equilibrium
  int compared = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    const Game game = random_game(seed, small(seed % 3 == 0 ? 3 : 2));
    const Measure measure = seed % 2 == 0 ? Measure::cells : Measure::each;
    for (const Discounting discounting : {Discounting::current_value, Discounting::present_value}) {
      const BruteForceSolution exact = brute_force(game, {.lambda = same_lambda(game, lambda),
                                                          .measure = measure,
                                                          .discounting = discounting,
                                                          .follow_branch = false,
                                                          .max_histories = 300});
      if (!exact.solved) continue;
      ++compared;
      const TreeSolution tree =
          by_tree(game, lambda, {.lambda = {}, .measure = measure, .discounting = discounting});
      CHECK(tree.certificate.residual < both_exact);
      CHECK(apart(before_types(game, exact.values), tree.certificate.values) < both_exact);
    }
  }
  CHECK(compared >= 10);
}

TEST_CASE("tree: agrees with the belief grid where every decision has one solution") {
  constexpr double grid_error = 1e-4;  // 65 nodes, errors of order 1/nodes^2
  int compared = 0;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    CAPTURE(seed);
    RandomGameOptions options = small(2);
    options.types_discount = false;
    const Game game = random_game(seed, options);
    SolveOptions how;
    how.method = grid_of(game, 65);
    how.lambda = 1.0;
    how.discounting = Discounting::present_value;
    const auto grid = solve(game, how);
    const auto form = unroll(
        game, {.lambda = {}, .measure = Measure::cells, .discounting = Discounting::present_value});
    if (!grid || grid->summary.several > 0 || !form || form->nodes.size() > 3000) continue;
    ++compared;
    const TreeSolution tree = by_tree(
        game, 1.0,
        {.lambda = {}, .measure = Measure::cells, .discounting = Discounting::present_value});
    CHECK(apart(before_types(game, grid->start_values), tree.certificate.values) < grid_error);
  }
  CHECK(compared >= 5);
}

TEST_CASE("tree: precisions by player become factors of the largest") {
  const Game game = hand_made::ultimatum();
  const std::vector<std::vector<double>> lambda{{4.0}, {1.0, 2.0}};
  const BruteForceSolution exact = brute_force(game, {.lambda = lambda});
  REQUIRE(exact.solved);
  UnrollOptions options;
  options.lambda = lambda;
  constexpr double both_exact = 1e-8;
  CHECK(apart(before_types(game, exact.values), by_tree(game, 4.0, options).certificate.values) <
        both_exact);
}

TEST_CASE("unroll: what is written as .efg is read back as the same tree") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    CAPTURE(seed);
    const auto form =
        unroll(random_game(seed, small(2)),
               {.lambda = {}, .measure = Measure::each, .discounting = Discounting::present_value});
    REQUIRE(form.has_value());
    const auto again = read_efg_text(write_efg(*form), "again.efg");
    REQUIRE(again.has_value());
    CHECK(*again == *form);
  }
}

TEST_CASE(
    "tree: agrees with brute force where players hold other priors or perceive other odds than the "
    "analyst") {
  constexpr double both_exact = 1e-8, lambda = 0.7;
  int compared = 0;
  for (std::uint64_t seed = 1; seed <= 16; ++seed) {
    CAPTURE(seed);
    RandomGameOptions options = small(seed % 2 == 0 ? 3 : 2);
    options.disagreement = seed % 4 < 2;
    options.perceived_odds = seed % 4 != 1;
    const Game game = random_game(seed, options);
    const BruteForceSolution exact =
        brute_force(game, {.lambda = same_lambda(game, lambda), .max_histories = 300});
    if (!exact.solved) continue;
    ++compared;
    const TreeSolution tree = by_tree(game, lambda);
    CHECK(tree.certificate.holds);
    CHECK(apart(before_types(game, exact.values), tree.certificate.values) < both_exact);
    const auto form = unroll(game);
    const TreePrediction seen = predict_tree(*form, tree.log_strategy);
    for (std::size_t o = 0; o < exact.outcomes.size(); ++o) {
      double found = 0.0;
      for (const TreePrediction::End& end : seen.ends)
        if (end.outcome == game.shape().outcomes[o]) found = end.probability;
      CHECK(std::abs(found - exact.outcomes[o]) < both_exact);
    }
  }
  CHECK(compared >= 8);
}

TEST_CASE(
    "export: a form whose players see other odds than the analyst is no .efg, and the reason names "
    "player and move") {
  RandomGameOptions disagreeing = small(2);
  disagreeing.disagreement = true;
  const auto form = unroll(random_game(1, disagreeing));
  REQUIRE(form.has_value());
  const Diagnostics reasons = beyond_efg(*form);
  REQUIRE_FALSE(reasons.empty());
  CHECK(reasons[0].code == "M0902");
  CHECK(reasons[0].message.find("'types'") != std::string::npos);
}

TEST_CASE("unroll: a tree that is too large is refused before it is built, with its size") {
  UnrollOptions options;
  options.max_nodes = 10;
  const auto form = unroll(random_game(1, small(2)), options);
  REQUIRE_FALSE(form.has_value());
  CHECK(form.error()[0].code == "M0901");
}
