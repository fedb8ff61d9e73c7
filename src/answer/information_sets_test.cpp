/// Lists of information sets against the game's own tree: behaviour, beliefs, reach, grid and tree.

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include <doctest/doctest.h>
#include <fmt/core.h>

#include "melian/information_sets.h"
#include "melian/solve.h"
#include "melian/tree_sums.h"
#include "support/random_games.h"
#include "support/solved.h"
#include "tree/shape.h"

namespace {

using namespace melian;
using namespace melian::testing;

std::size_t at(std::int64_t index) { return static_cast<std::size_t>(index); }

constexpr double low_lambda = 0.7;  // low enough for one equilibrium
constexpr double round_off = 1e-9;

Game some_game(std::uint64_t seed) {
  RandomGameOptions options;
  options.players = seed % 3 == 0 ? 3 : 2;
  options.rounds = 2;
  options.levels = 2;
  options.guards = seed % 2 == 0;
  options.together = seed % 5 == 0;
  options.disagreement = seed % 5 == 1;
  options.perceived_odds = seed % 5 == 2;
  options.tied = seed % 7 == 3;
  options.types = seed % 11 == 4 ? 3 : 2;
  return random_game(seed, options);
}

struct Tree {
  ExtensiveForm form;
  std::vector<double> log_strategy;
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
  return Tree{*form, solution->log_strategy};
}

StrategyListOptions everything() {
  StrategyListOptions out;
  out.reached = 0.0;
  return out;
}

StrategyList list_of(const Game& game, const Tree& tree) {
  TreeStrategies source(game, tree.form, tree.log_strategy, Measure::cells);
  return list_strategies(game, source, everything());
}

/// A place of play as both a row and a set of the tree tell it: mover, move, what has happened.
std::string place(const std::string& player, const std::string& move,
                  const std::vector<HistoryStep>& history) {
  std::string out = player + " at " + move;
  for (const HistoryStep& step : history) out += "; " + step.player + ": " + step.action;
  return out;
}

struct Spot {
  std::string where, type;
};

Spot place_of(const Tree& tree, int set, const std::vector<HistoryStep>& known) {
  const ExtensiveForm::InformationSet& given = tree.form.sets[at(set)];
  const std::string& player = tree.form.players[at(given.player)];
  const std::string mark = " of " + player;
  const std::size_t of = given.label.find(mark);
  Spot out;
  const std::string move = given.label.substr(0, of);
  if (of != std::string::npos && given.label.size() > of + mark.size() + 1)
    out.type = given.label.substr(of + mark.size() + 1);
  out.where = place(player, move, known);
  return out;
}

std::map<std::string, const InformationSetRow*> by_place(const StrategyList& list) {
  std::map<std::string, const InformationSetRow*> out;
  for (const InformationSetRow& row : list.rows) {
    const auto [found, is_new] = out.try_emplace(place(row.player, row.move, row.history), &row);
    CHECK_MESSAGE(is_new, found->first);
  }
  return out;
}

const InformationSetRow::OfType& of_type(const InformationSetRow& row, const std::string& type) {
  for (const InformationSetRow::OfType& own : row.types)
    if (own.type == type || row.types.size() == 1) return own;
  FAIL("no such type: " << type);
  return row.types.front();
}

}  // namespace

TEST_CASE("information sets: the listed behaviour, played, has the outcomes that are predicted") {
  int games = 0, sets = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    const Game game = some_game(seed);
    const std::optional<Tree> tree = tree_of(game, 2.0);
    if (!tree) continue;
    const StrategyList list = list_of(game, *tree);
    const auto rows = by_place(list);
    const auto known = known_steps(tree->form, true);
    std::vector<double> listed(tree->form.actions.size(), -infinity);
    for (std::size_t h = 0; h < tree->form.sets.size(); ++h) {
      const ExtensiveForm::InformationSet& set = tree->form.sets[h];
      if (set.player < 0) {
        for (int a = set.first_action; a < set.first_action + set.num_actions; ++a)
          listed[at(a)] = std::log(tree->form.actions[at(a)].odds);
        continue;
      }
      const Spot here = place_of(*tree, static_cast<int>(h), known[h]);
      CAPTURE(here.where);
      const auto row = rows.find(here.where);
      REQUIRE(row != rows.end());
      ++sets;
      const InformationSetRow::OfType& own = of_type(*row->second, here.type);
      for (int a = set.first_action; a < set.first_action + set.num_actions; ++a) {
        const auto& actions = row->second->actions;
        const auto found = std::ranges::find(actions, tree->form.actions[at(a)].label);
        REQUIRE(found != actions.end());
        listed[at(a)] = std::log(own.probabilities[at(found - actions.begin())]);
      }
    }
    ++games;
    const TreePrediction played = predict_tree(tree->form, listed),
                         predicted = predict_tree(tree->form, tree->log_strategy);
    for (std::size_t e = 0; e < predicted.ends.size(); ++e)
      CHECK(std::abs(played.ends[e].probability - predicted.ends[e].probability) < round_off);
  }
  CHECK(games >= 40);
  CHECK(sets >= 1000);
}

TEST_CASE("information sets: rows sum to one, and are reached as often as what leads to them") {
  int steps = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    const Game game = some_game(seed);
    const std::optional<Tree> tree = tree_of(game, 2.0);
    if (!tree) continue;
    const StrategyList list = list_of(game, *tree);
    const auto rows = by_place(list);
    for (std::size_t r = 0; r < list.rows.size(); ++r) {
      const InformationSetRow& row = list.rows[r];
      if (r < list.listed) CHECK(row.reached >= list.on_path);
      for (const InformationSetRow::OfType& own : row.types) {
        if (!own.possible) continue;
        double sum = 0.0;
        for (const double p : own.probabilities) sum += std::isnan(p) ? 0.0 : p;
        CHECK(sum == doctest::Approx(1.0).epsilon(1e-9));
        for (const auto& beliefs : own.beliefs) {
          double all = 0.0;
          for (const double b : beliefs) all += b;
          CHECK(all == doctest::Approx(1.0).epsilon(1e-9));
        }
      }
      // What the mover's last step was reached with, times its probability there.
      if (row.history.empty() || !row.together.empty()) continue;
      const HistoryStep& last = row.history.back();
      if (last.player.empty()) continue;
      const std::vector<HistoryStep> earlier(row.history.begin(), row.history.end() - 1);
      const auto from = rows.find(place(last.player, last.move, earlier));
      if (from == rows.end() || !from->second->together.empty()) continue;
      const InformationSetRow& there = *from->second;
      const auto player = std::ranges::find(list.players, last.player, &StrategyList::Named::name);
      const auto action = std::ranges::find(there.actions, last.action);
      REQUIRE(action != there.actions.end());
      double taken = 0.0;
      for (std::size_t t = 0; t < there.types.size(); ++t) {
        const double p = there.types[t].probabilities[at(action - there.actions.begin())];
        const double share =
            there.types.size() == 1 ? 1.0 : there.analyst[at(player - list.players.begin())][t];
        if (!std::isnan(p) && share > 0.0) taken += share * p;
      }
      ++steps;
      CHECK(row.reached == doctest::Approx(there.reached * taken).epsilon(1e-8));
    }
  }
  CHECK(steps >= 300);
}

TEST_CASE("information sets: beliefs follow from the strategies by enumeration of the tree") {
  int beliefs = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    const Game game = some_game(seed);
    const std::optional<Tree> tree = tree_of(game, 2.0);
    if (!tree || tree->form.sets[0].player >= 0) continue;
    const StrategyList list = list_of(game, *tree);
    const auto rows = by_place(list);
    const auto known = known_steps(tree->form, true);
    const auto nodes = tree::nodes_of_sets(tree->form);
    const NodeSums sums = node_sums(tree->form, tree->log_strategy);
    const auto draw_of = [&](int node) {  // "A t1, B t2"
      while (tree->form.nodes[at(node)].parent > 0) node = tree->form.nodes[at(node)].parent;
      const ExtensiveForm::InformationSet& root = tree->form.sets[at(tree->form.nodes[0].set)];
      return ", " +
             tree->form.actions[at(root.first_action + tree->form.nodes[at(node)].taken)].label +
             ",";
    };
    for (std::size_t h = 0; h < tree->form.sets.size(); ++h) {
      const int player = tree->form.sets[h].player;
      if (player < 0) continue;
      const Spot here = place_of(*tree, static_cast<int>(h), known[h]);
      const auto row = rows.find(here.where);
      REQUIRE(row != rows.end());
      const std::vector<double> odds = node_beliefs(sums, player, nodes[h]);
      const InformationSetRow::OfType& own = of_type(*row->second, here.type);
      if (odds.empty() || !own.possible) continue;
      for (std::size_t j = 0; j < list.players.size(); ++j) {
        if (static_cast<int>(j) == player || list.players[j].types.size() < 2) continue;
        for (std::size_t k = 0; k < list.players[j].types.size(); ++k) {
          double share = 0.0;
          const std::string part =
              fmt::format(", {} {},", list.players[j].name, list.players[j].types[k]);
          for (std::size_t n = 0; n < nodes[h].size(); ++n)
            if (draw_of(nodes[h][n]).find(part) != std::string::npos) share += odds[n];
          ++beliefs;
          CHECK(std::abs(own.beliefs[j][k] - share) < round_off);
        }
      }
    }
  }
  CHECK(beliefs >= 2000);
}

TEST_CASE("information sets: a grid's list and the tree's say the same") {
  constexpr double grid_error = 2e-3;  // 33 nodes
  int compared = 0, rows = 0;
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
    GridStrategies source(game, grid->assessment);
    const StrategyList by_grid = list_strategies(game, source, everything()),
                       by_tree = list_of(game, *tree);
    REQUIRE(by_grid.rows.size() == by_tree.rows.size());
    const auto there = by_place(by_tree);
    for (const InformationSetRow& a : by_grid.rows) {
      const auto found = there.find(place(a.player, a.move, a.history));
      REQUIRE(found != there.end());
      const InformationSetRow& b = *found->second;
      ++rows;
      CHECK(a.label == b.label);
      CHECK(a.actions == b.actions);
      CHECK(std::abs(a.reached - b.reached) < grid_error);
      if (a.reached < 1e-9) continue;  // beliefs there hang on the type drawn
      for (std::size_t t = 0; t < a.types.size(); ++t) {
        if (!a.types[t].possible || !b.types[t].possible) continue;
        for (std::size_t k = 0; k < a.actions.size(); ++k)
          if (!std::isnan(b.types[t].probabilities[k]))
            CHECK(std::abs(a.types[t].probabilities[k] - b.types[t].probabilities[k]) < grid_error);
        CHECK(std::abs(a.types[t].value - b.types[t].value) < grid_error);
      }
    }
  }
  CHECK(compared >= 12);
  CHECK(rows >= 200);
}

TEST_CASE("information sets: beliefs keep their proportions where probabilities underflow") {
  // Each way to B's set has a probability far below the smallest number; Bayes' rule still speaks.
  const auto form = read_efg_text(
      "EFG 2 R \"far\" { \"A\" \"B\" }\n\"\"\n"
      "c \"\" 1 \"\" { \"x\" 0.25 \"y\" 0.75 } 0\n"
      "p \"\" 1 1 \"\" { \"in\" \"out\" } 0\np \"\" 2 1 \"\" { \"l\" \"r\" } 0\n"
      "t \"\" 1 \"\" { 0 1 }\nt \"\" 2 \"\" { 0 0 }\nt \"\" 3 \"\" { 5 0 }\n"
      "p \"\" 1 2 \"\" { \"in\" \"out\" } 0\np \"\" 2 1 \"\" { \"l\" \"r\" } 0\n"
      "t \"\" 4 \"\" { 0 1 }\nt \"\" 5 \"\" { 0 0 }\nt \"\" 6 \"\" { 5 0 }\n",
      "far.efg");
  REQUIRE_MESSAGE(form.has_value(), (form ? "" : render(form.error())));
  std::vector<double> log_strategy(form->actions.size(), std::log(0.5));
  for (std::size_t a = 0; a < form->actions.size(); ++a) {
    if (form->actions[a].label == "in") log_strategy[a] = -5000.0;
    if (form->actions[a].label == "out") log_strategy[a] = 0.0;
  }
  const StrategyList list = list_strategies(*form, log_strategy, everything());
  const auto row = std::ranges::find(list.rows, "B", &InformationSetRow::player);
  REQUIRE(row != list.rows.end());
  CHECK(row->reached == 0.0);
  CHECK(row->label == "information set 1, after in");
  REQUIRE(row->nodes.size() == 2);
  CHECK(row->nodes[0].belief == doctest::Approx(0.25));
  CHECK(row->nodes[1].belief == doctest::Approx(0.75));
  CHECK(row->types.front().value == doctest::Approx(0.5));
}
