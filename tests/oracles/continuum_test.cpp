/// Published closed forms for a continuum of types, met by tree with forty or fifty parts.

#include <cmath>
#include <filesystem>
#include <vector>

#include <doctest/doctest.h>

#include "melian/language.h"
#include "melian/tree.h"
#include "trees/model_trees.h"

using namespace melian;
using namespace melian::testing;

namespace {

Game shipped(const std::string& name, const Settings& settings) {
  auto game =
      load_game((std::filesystem::path(MELIAN_SOURCE_DIR) / "models" / name).string(), settings);
  REQUIRE_MESSAGE(game.has_value(), (game ? "" : render(game.error())));
  return std::move(*game);
}

struct Met {
  double value = 0.0;
  double outcome = 0.0;
};

Met by_tree(const std::string& name, const Settings& settings, double lambda,
            const std::string& outcome) {
  const SolvedTree tree = tree_of(shipped(name, settings), lambda);
  return {tree.value(0), share(predict_tree(tree.form, tree.solution.log_strategy), outcome)};
}

constexpr double part = 1.0 / 40.0;  // of the types, on either side of who is the last to fight
constexpr double logit_and_part =
    5e-3;  // values: half a part, a step of the menu, and log 101 / lambda

}  // namespace

TEST_CASE(
    "continuum: a cost of war from a uniform distribution gives the published risk of war, the "
    "same at other odds") {
  struct Row {
    double p, cost, most, war, value;
  };
  for (const Row& row : {Row{.5, .1, .4, .375, .55625}, Row{.3, .1, .4, .375, .35625},
                         Row{.4, .2, .5, .30, .445}, Row{.9, .05, .5, .20, .97}}) {
    CAPTURE(row.p);
    const Met met = by_tree("fearon_1995/uniform_cost_forty_parts.melian",
                            {{"p", row.p}, {"cost[A]", row.cost}, {"C", row.most}}, 400.0, "war");
    CHECK(std::abs(met.outcome - row.war) < part);
    CHECK(std::abs(met.value - row.value) < logit_and_part);
  }
}

TEST_CASE(
    "continuum: war over a status quo is nil up to parity, then rises with the gap, then stays") {
  struct Row {
    double p, cost, most, war;
  };
  for (const Row& row : {Row{.5, .1, .4, 0.0}, Row{.55, .1, .4, .125}, Row{.6, .1, .4, .25},
                         Row{.8, .1, .4, .375}, Row{.62, .2, .6, .20}}) {
    CAPTURE(row.p);
    const Met met = by_tree("powell_1999/forty_parts.melian",
                            {{"p", row.p}, {"s", row.cost}, {"D_max", row.most}}, 2000.0, "war");
    CHECK(std::abs(met.outcome - row.war) < part);
  }
}

TEST_CASE("continuum: one offer before the deadline asks half, and half accept") {
  const Met met = by_tree("sobel_takahashi_1983/fifty_parts.melian", {}, 4000.0, "no_deal");
  CHECK(std::abs(met.outcome - 0.5) < part);
  CHECK(std::abs(met.value - 0.25) < logit_and_part);
}

TEST_CASE(
    "armed peace: the principal branch of the whole game is the recursion followed from lambda 0, "
    "where there are several equilibria") {
  struct Row {
    double theta, g, cost, most, lambda, value;
  };
  constexpr double same = 1e-8;
  // The values are those of one equation a stage, all stages at one lambda, followed from lambda 0
  // in 20 000 steps.
  for (const Row& row : {Row{.95, .4, .1, 8, 10, 0.4940471483900338},
                         Row{.9, .5, .05, 5, 30, 0.04524500225070809}}) {
    const SolvedTree tree = tree_of(
        shipped("leventoglu_slantchev_2007/armed_peace.melian",
                {{"theta", row.theta}, {"g", row.g}, {"cost", row.cost}, {"most", row.most}}),
        row.lambda);
    CHECK(std::abs(tree.value(0) - row.value) < same);
  }
}
