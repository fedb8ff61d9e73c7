/// A grid whose nodes follow play meets the tree, which has no grid.

#include <algorithm>
#include <cmath>

#include <doctest/doctest.h>

#include "melian/run.h"
#include "melian/solve.h"
#include "trees/model_trees.h"

using namespace melian;
using namespace melian::testing;

namespace {

/// What is asked of the two: both solvers' residuals are below 1e-10.
constexpr double meets = 1e-9;

/// Powell's screening with three offers: refusals tell of the cost, so that beliefs number one,
/// three, nine, ...
std::string screening(int rounds) {
  return R"(model "Test"
player S
player D types weak 0.6, tough 0.4
param cost[D]: weak = 0.07, tough = 0.02
horizon )" +
         std::to_string(rounds) +
         R"( rounds then end fight_to_the_finish: S gets 0.25, D gets 0.5 - 5 * cost[D]
phase war {
  S offers y in {0.1, 0.25, 0.4}
  D chooses answer { accept { end settlement: S gets 1 - y, D gets y }  refuse }
  S pays 0.05, D pays cost[D]
  time passes
  chance battle {
    D_collapses with 0.1 { end D_collapses: S gets 1 }
    S_collapses with 0.1 { end S_collapses: D gets 1 }
    both_stand  otherwise
  }
}
)";
}

SolveOptions following(double lambda, std::vector<int> nodes = {}) {
  SolveOptions options;
  options.lambda = lambda;
  options.measure = Measure::each;
  options.method = BeliefGrid{.nodes = std::move(nodes), .follow = FollowPlay{}};
  return options;
}

}  // namespace

TEST_CASE(
    "grid that follows play: meets the tree within 1e-9 in screening of one to four rounds, on "
    "tens of nodes") {
  for (int rounds = 1; rounds <= 4; ++rounds) {
    CAPTURE(rounds);
    const Game game = game_from(screening(rounds));
    const auto solution = solve(game, following(10.0));
    REQUIRE(solution.has_value());
    REQUIRE(solution->summary.followed.has_value());
    CHECK(solution->summary.followed->settled);
    CHECK(solution->summary.followed->movement <= FollowPlay{}.tolerance);
    CHECK(solution->summary.followed->left_out == 0);
    CHECK(solution->assessment.axes.nodes[0].size() < 100);
    UnrollOptions unrolled;
    unrolled.measure = Measure::each;
    const SolvedTree tree = tree_of(game, 10.0, unrolled);
    const TreePrediction ends = predict_tree(tree.form, tree.solution.log_strategy);
    const Prediction prediction = predict(game, solution->assessment);
    for (std::size_t o = 0; o < prediction.outcomes.size(); ++o)
      CHECK(std::abs(prediction.outcomes[o] - share(ends, game.shape().outcomes[o])) < meets);
    CHECK(std::abs(solution->start_values[0][0] - tree.value(0)) < meets);
  }
}

TEST_CASE("grid that follows play: a coarse grid that does not is far off where this one is not") {
  const Game game = game_from(screening(3));
  SolveOptions plain = following(10.0, {9});
  const auto followed = solve(game, plain);
  std::get<BeliefGrid>(plain.method).follow.reset();
  const auto still = solve(game, plain);
  REQUIRE(followed.has_value());
  REQUIRE(still.has_value());
  CHECK(std::abs(followed->start_values[0][0] - still->start_values[0][0]) > 1e-6);
  CHECK(!still->summary.followed.has_value());
}

TEST_CASE(
    "grid that follows play: too few nodes allowed are said, and how far beliefs lie from them") {
  const Game game = game_from(screening(3));
  SolveOptions options = following(10.0);
  std::get<BeliefGrid>(options.method).follow->most_nodes = 4;
  const auto solution = solve(game, options);
  REQUIRE(solution.has_value());
  REQUIRE(solution->summary.followed.has_value());
  CHECK(!solution->summary.followed->settled);
  CHECK(solution->summary.followed->left_out > 0);
  CHECK(solution->summary.followed->movement > 1e-4);
  CHECK(solution->summary.message.find("from their nodes") != std::string::npos);
}

TEST_CASE("grid that follows play: beliefs that move far from solve to solve are caught up with") {
  const auto game = load_game(
      std::string(MELIAN_SOURCE_DIR) + "/models/sobel_takahashi_1983/two_gains.melian", {});
  REQUIRE(game.has_value());
  SolveOptions options;
  options.method = BeliefGrid{.nodes = {}, .follow = FollowPlay{}};
  const auto solution = solve(*game, options);
  REQUIRE(solution.has_value());
  CHECK(solution->summary.followed->settled);
  // What the nodes are said to answer for: a plain grid sixty times as fine comes as near as its
  // own error allows.
  options.method = BeliefGrid{.nodes = {1025}};
  const auto fine = solve(*game, options);
  REQUIRE(fine.has_value());
  CHECK(std::abs(fine->start_values[0][0] - solution->start_values[0][0]) < 1e-5);
}

TEST_CASE("grid that follows play: with three types the tree is met as well") {
  const Game game = game_from(R"(model "Test"
player S
player D types a 0.3, b 0.4, c 0.3
param cost[D]: a = 0.05, b = 0.2, c = 0.35
horizon 2 rounds then end finish: S gets 0.25, D gets 0.5 - cost[D]
phase war {
  S offers y in {0.2, 0.4}
  D chooses answer { accept { end settlement: S gets 1 - y, D gets y }  refuse }
  S pays 0.05, D pays 0.1 * cost[D]
  time passes
}
)");
  const auto solution = solve(game, following(10.0));
  REQUIRE(solution.has_value());
  CHECK(solution->summary.followed->settled);
  UnrollOptions unrolled;
  unrolled.measure = Measure::each;
  const SolvedTree tree = tree_of(game, 10.0, unrolled);
  CHECK(std::abs(solution->start_values[0][0] - tree.value(0)) < meets);
}

TEST_CASE("grid that follows play: play that may come back to where it was is refused") {
  const Game game = game_from(R"(model "Test"
player A
player B types weak 0.5, strong 0.5
param discount = 0.9
param precision = 5
horizon forever
phase war {
  A offers x in {0.2, 0.5}
  B chooses answer { accept { end deal: A gets 1 - x, B gets x }  refuse }
  time passes
  B pays if(B is weak, 0.1, 0.05)
}
)");
  const auto solution = solve(game, following(5.0));
  REQUIRE(!solution.has_value());
  CHECK(solution.error().front().code == cannot_solve_code);
}
