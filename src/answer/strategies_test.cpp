/// Grid and tree at the same public histories; beliefs against Bayes' rule on the tree's nodes.

#include <algorithm>
#include <cmath>

#include <doctest/doctest.h>

#include "melian/solve.h"
#include "melian/strategies.h"
#include "support/brute_force.h"
#include "support/random_games.h"
#include "support/solved.h"

namespace {

using namespace melian;
using namespace melian::testing;

std::size_t at(std::int64_t index) { return static_cast<std::size_t>(index); }

constexpr double low_lambda = 0.7;  // low enough for one equilibrium
constexpr HistoryLimits everything{.reached = 0.0, .rounds = 0, .most = 200'000};

/// Games of every kind that both methods solve.
Game some_game(std::uint64_t seed) {
  RandomGameOptions options;
  options.players = seed % 3 == 0 ? 3 : 2;
  options.rounds = 2;
  options.levels = 2;
  options.guards = seed % 2 == 0;
  options.types_discount = seed % 4 == 1;
  options.together = seed % 5 == 0;
  options.disagreement = seed % 5 == 1;
  options.tied = seed % 7 == 3;
  options.types = seed % 11 == 4 ? 3 : 2;
  return random_game(seed, options);
}

struct Tree {
  ExtensiveForm form;
  TreeSolution solution;
};

/// Nothing where it has too many nodes to be quick.
std::optional<Tree> tree_of(const Game& game, double lambda) {
  const auto form = unroll(game, {.lambda = {}, .max_nodes = 4000});
  if (!form) return std::nullopt;
  TreeOptions how;
  how.lambda = lambda;
  auto solution = solve_tree(*form, how);
  REQUIRE_MESSAGE(solution.has_value(), (solution ? "" : render(solution.error())));
  REQUIRE(solution->summary.termination == TreeTermination::reached);
  return Tree{*form, std::move(*solution)};
}

/// Probability of standing at each node, by the odds that a player (or the analyst: -1) sees.
std::vector<double> node_reach(const Tree& tree, int observer) {
  std::vector<double> out(tree.form.nodes.size(), 1.0);
  for (std::size_t n = 1; n < out.size(); ++n) {
    const ExtensiveForm::Node& node = tree.form.nodes[n];
    const auto& set = tree.form.sets[at(tree.form.nodes[at(node.parent)].set)];
    const int action = set.first_action + node.taken;
    out[n] =
        out[at(node.parent)] * (set.player >= 0 ? std::exp(tree.solution.log_strategy[at(action)])
                                : observer < 0  ? tree.form.actions[at(action)].odds
                                                : tree.form.odds_for(observer, action));
  }
  return out;
}

}  // namespace

TEST_CASE("strategies: a grid's rows agree with the tree's at every public history") {
  constexpr double grid_error = 2e-3;  // 33 nodes
  int compared = 0, histories = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    const Game game = some_game(seed);
    if (BeliefSpace(game.shape()).num_axes() > 2) continue;  // a fine grid would take minutes
    const std::optional<Tree> tree = tree_of(game, low_lambda);
    if (!tree) continue;
    SolveOptions how;
    how.method = grid_of(game, 33);
    how.lambda = low_lambda;
    const auto grid = solve(game, how);
    if (!grid || grid->summary.several > 0) continue;
    ++compared;
    GridStrategies by_grid(game, grid->assessment);
    TreeStrategies by_tree(game, tree->form, tree->solution.log_strategy, Measure::cells);
    HistoryWalk left(game, by_grid, everything), right(game, by_tree, everything);
    double worst = 0.0;
    while (const PublicHistory* a = left.next()) {
      const PublicHistory* b = right.next();
      REQUIRE(b != nullptr);
      REQUIRE(a->state == b->state);
      REQUIRE(a->round == b->round);
      REQUIRE(left.path(a->number) == right.path(b->number));
      worst = std::max(worst, std::abs(a->reached - b->reached));
      if (left.decision() == nullptr) continue;
      ++histories;
      // A type that the history rules out stands at no node of the tree.
      const auto ruled_out = [&](int player, int type) {
        return right.belief(*b, -1, 0, player)[at(type)] < 1e-9;
      };
      const auto& grid_movers = by_grid.deciders(a->state);
      const auto& tree_movers = by_tree.deciders(a->state);
      for (std::size_t d = 0; d < tree_movers.size(); ++d)
        for (int type = 0; type < tree_movers[d].types; ++type) {
          if (ruled_out(tree_movers[d].player, type)) continue;
          const Decider &g = grid_movers[d], &t = tree_movers[d];
          for (int k = 0; k < t.num_actions(); ++k)
            worst = std::max(
                worst,
                std::abs(
                    std::exp(left.decision()->log_strategy[at(g.row(g.types > 1 ? type : 0, k))]) -
                    std::exp(right.decision()->log_strategy[at(t.row(type, k))])));
        }
      if (a->reached < 1e-9) continue;  // beliefs and values there hang on the type drawn
      for (int i = 0; i < game.shape().num_players(); ++i)
        for (int type = 0; type < game.shape().players[at(i)].num_types(); ++type) {
          if (ruled_out(i, type)) continue;
          worst = std::max(worst, std::abs(left.value(*a, *left.decision(), i, type) -
                                           right.value(*b, *right.decision(), i, type)));
          for (int j = 0; j < game.shape().num_players(); ++j) {
            const auto x = left.belief(*a, i, type, j), y = right.belief(*b, i, type, j);
            for (std::size_t k = 0; k < x.size(); ++k)
              worst = std::max(worst, std::abs(x[k] - y[k]));
          }
        }
    }
    CHECK(right.next() == nullptr);
    CHECK(worst < grid_error);
  }
  CHECK(compared >= 12);
  CHECK(histories >= 300);
}

TEST_CASE("strategies: beliefs at histories are Bayes' rule on the tree's nodes") {
  constexpr double round_off = 1e-9;
  int beliefs = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    const Game game = some_game(seed);
    const std::optional<Tree> tree = tree_of(game, 2.0);
    if (!tree) continue;
    const Structure& shape = game.shape();
    TreeStrategies source(game, tree->form, tree->solution.log_strategy, Measure::cells);
    const TreeHistories where(game, tree->form, Measure::cells);
    HistoryWalk walk(game, source, everything);
    std::vector<std::vector<double>> reach;
    for (int i = -1; i < shape.num_players(); ++i) reach.push_back(node_reach(*tree, i));
    const Profiles& everyone = where.profiles();
    std::vector<std::vector<int>> nodes;
    while (const PublicHistory* h = walk.next()) {
      if (h->parent < 0) {
        nodes.push_back(where.start());
      } else {
        const int from = walk.source_of(h->branch);
        nodes.push_back(where.after(from, nodes[at(h->parent)],
                                    h->branch - shape.states[at(from)].first_branch));
      }
      const auto mass = [&](int observer, auto&& counts) {
        double sum = 0.0;
        for (int theta = 0; theta < everyone.count(); ++theta)
          if (nodes.back()[at(theta)] >= 0 && counts(theta))
            sum += reach[at(observer + 1)][at(nodes.back()[at(theta)])];
        return sum;
      };
      CHECK(h->reached == doctest::Approx(mass(-1, [](int) { return true; })).epsilon(1e-9));
      for (int i = 0; i < shape.num_players(); ++i)
        for (int type = 0; type < shape.players[at(i)].num_types(); ++type) {
          const double all = mass(i, [&](int t) { return everyone.type_of(t, i) == type; });
          if (all < 1e-12) continue;
          for (int j = 0; j < shape.num_players(); ++j) {
            if (j == i) continue;
            const std::vector<double> found = walk.belief(*h, i, type, j);
            for (std::size_t k = 0; k < found.size(); ++k) {
              ++beliefs;
              const double direct = mass(i,
                                         [&](int t) {
                                           return everyone.type_of(t, i) == type &&
                                                  everyone.type_of(t, j) == static_cast<int>(k);
                                         }) /
                                    all;
              CHECK(std::abs(found[k] - direct) < round_off);
            }
          }
        }
    }
  }
  CHECK(beliefs >= 5000);
}

TEST_CASE("strategies: where a walk does not go, and where plays end, sum to one") {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    CAPTURE(seed);
    RandomGameOptions options;
    options.rounds = seed % 4 == 0 ? 0 : 3;
    options.levels = 2;
    const Game game = random_game(seed, options);
    SolveOptions how;
    how.method = grid_of(game, 17);
    how.lambda = 1.0;
    const auto grid = solve(game, how);
    REQUIRE(grid.has_value());
    for (const HistoryLimits& limits :
         {HistoryLimits{1e-3, 0, 100'000}, HistoryLimits{0.0, 2, 100'000},
          HistoryLimits{1e-9, 0, 40}, HistoryLimits{0.05, 1, 7}}) {
      GridStrategies source(game, grid->assessment);
      HistoryWalk walk(game, source, limits);
      std::int64_t visited = 0;
      while (const PublicHistory* h = walk.next()) {
        CHECK(h->number == visited++);
        CHECK(h->parent < h->number);
        CHECK(h->reached >= limits.reached);
      }
      CHECK(walk.next() == nullptr);
      const HistoryCounts& counts = walk.counts();
      CHECK(visited == counts.visited);
      CHECK(visited <= limits.most);
      CHECK(counts.ended + counts.unlikely_reached + counts.late_reached +
                counts.crowded_out_reached ==
            doctest::Approx(1.0).epsilon(1e-10));
    }
  }
}

TEST_CASE("strategies: read on the tree and back they stay the same") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    const Game game = some_game(seed);
    const std::optional<Tree> tree = tree_of(game, 2.0);
    if (!tree) continue;
    TreeStrategies source(game, tree->form, tree->solution.log_strategy, Measure::cells);
    const auto again = strategies_on_tree(game, tree->form, Measure::cells, source);
    REQUIRE(again.has_value());
    for (std::size_t a = 0; a < again->size(); ++a)
      CHECK(std::abs(std::exp((*again)[a]) - std::exp(tree->solution.log_strategy[a])) < 1e-15);
    CHECK_FALSE(strategies_on_tree(game, tree->form, Measure::cells, source, 2).has_value());
  }
}

TEST_CASE("strategies: at a node of the grid a decision solved again is the stored one") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    RandomGameOptions options;
    options.rounds = seed % 4 == 0 ? 0 : 2;
    options.together = seed % 3 == 0;
    options.types = seed % 5 == 0 ? 3 : 2;
    const Game game = random_game(seed, options);
    const Structure& shape = game.shape();
    SolveOptions how;
    how.method = grid_of(game, options.types == 3 ? 5 : 9);
    how.lambda = 1.0;
    const auto grid = solve(game, how);
    REQUIRE(grid.has_value());
    const Assessment& stored = grid->assessment;
    ExactStrategies exact(game, stored);
    CHECK(exact.settled());
    const BeliefSpace space(shape);
    for (int s = 0; s < static_cast<int>(shape.states.size()); ++s) {
      if (!shape.decides(s)) continue;
      const auto movers = deciders(shape, s, stored.measure);
      const std::int64_t points = stored.axes.num_points(shape.states[at(s)].live);
      for (int round = 0; round < (shape.states[at(s)].timed ? shape.rounds : 1); ++round) {
        if (!stored.decided(shape, round, s)) continue;
        const std::int64_t row = stored.row(shape, round, s);
        for (std::int64_t point = 0; point < points; point += 1 + points / 7) {
          std::vector<double> u(at(space.num_axes()), 0.0);
          std::int64_t rest = point;
          for (int k = space.num_axes(); k-- > 0;) {
            if (!space.live(k, shape.states[at(s)].live)) continue;
            const auto& nodes = stored.axes.nodes[at(k)];
            u[at(k)] = log_odds(nodes[at(rest % static_cast<std::int64_t>(nodes.size()))]);
            rest /= static_cast<std::int64_t>(nodes.size());
          }
          const auto found = exact.at(round, s, u);
          for (int r = 0; r < num_rows(movers); ++r)
            CHECK(std::abs(std::exp(found.log_strategy[at(r)]) -
                           std::exp(stored.log_strategy[at(row + r * points + point)])) < 1e-9);
        }
      }
    }
  }
}
