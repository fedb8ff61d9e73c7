/// The tree as referee, and the polish it rests on.

#include <cmath>

#include <doctest/doctest.h>

#include "answer/on_tree.h"
#include "melian/answer.h"
#include "melian/language.h"
#include "support/random_games.h"
#include "support/solved.h"
#include "tree/polish.h"

namespace melian {
namespace {

/// At a precision of 45 and above its only equilibrium rests between two sheets of solutions.
constexpr const char* two_sheets = R"(model "between two sheets"
player A  types low 0.171, high 0.829
player B
param cost[A]: low = 0.074, high = 0.179
param cost[B] = 0.268
param war[A]: low = 0.506, high = -0.014
param war[B] = 0.57
param discount = 0.8
param precision = 60
param odds[B] = 0.207
horizon 2 rounds then end finish: A gets war[A] - cost[A], B gets war[B] - cost[B]
phase war {
  B offers y in {0.3, 0.7}
  A chooses answer { accept { end settlement: B gets 1 - y, A gets y }  refuse { A pays cost[A] } }
  A pays cost[A] / 2
  time passes
  chance battle { breaks with odds[B] { end collapse: A gets 0.724, B gets 0.953 }  stands otherwise }
  A chooses late { go_on  stop { end late_stop: A gets war[A], B gets -0.032 } }
}
)";

Game compiled(const char* text) {
  const Result<Model> model = read_model_text(text, "test.melian");
  REQUIRE(model.has_value());
  const Result<CompiledModel> structure = compile(*model);
  REQUIRE(structure.has_value());
  Result<Game> game = structure->bind({});
  REQUIRE(game.has_value());
  return *std::move(game);
}

testing::RandomGameOptions small(std::uint64_t seed) {
  testing::RandomGameOptions options;
  options.typed_players = 1;
  options.levels = 2;
  options.players = seed % 3 == 0 ? 3 : 2;
  options.guards = seed % 2 == 0;
  options.together = seed % 4 == 1;
  options.disagreement = seed % 5 == 2;
  options.perceived_odds = seed % 5 == 3;
  return options;
}

}  // namespace

TEST_CASE("polish: a solution of the tree stays where it is, and a disturbed one comes back") {
  constexpr double lambda = 1.0, same = 1e-8;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    CAPTURE(seed);
    const Game game = testing::random_game(seed, small(seed));
    const Result<ExtensiveForm> form = unroll(game);
    REQUIRE(form.has_value());
    TreeOptions how;
    how.lambda = lambda;
    const Result<TreeSolution> solved = solve_tree(*form, how);
    REQUIRE(solved.has_value());
    tree::PolishOptions newton;
    newton.lambda = lambda;
    const tree::Polished still = tree::polish(*form, solved->log_strategy, newton);
    CHECK(still.at_rest);
    CHECK(still.moved < same);

    std::vector<double> disturbed = solved->log_strategy;
    RandomStream random(seed, 7);
    for (const ExtensiveForm::InformationSet& set : form->sets)
      for (int a = set.first_action; set.player >= 0 && a < set.first_action + set.num_actions; ++a)
        disturbed[static_cast<std::size_t>(a)] += random.uniform() - 0.5;
    const tree::Polished back = tree::polish(*form, disturbed, newton);
    REQUIRE(back.at_rest);
    CHECK(back.moved > same);
    for (std::size_t a = 0; a < disturbed.size(); ++a)
      CHECK(std::abs(std::exp(back.log_strategy[a]) - std::exp(solved->log_strategy[a])) < same);
  }
}

TEST_CASE("on_tree: a grid's strategies say on the tree what the grid predicts of them") {
  constexpr double grid_error = 2e-3;
  int compared = 0;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    CAPTURE(seed);
    const Game game = testing::random_game(seed, small(seed));
    AnswerOptions options;
    options.solve.lambda = 1.5;
    options.with_certificate = false;
    const Result<Answer> found = answer(game, options);
    REQUIRE(found.has_value());
    const Result<Unrolled> tree = unroll_for(game, found->solution.assessment, 100'000);
    REQUIRE(tree.has_value());
    const auto told =
        numbers_on_tree(game, *tree, read_onto_tree(game, found->solution.assessment, *tree));
    for (const auto& [name, number] : printed_numbers(game.shape(), found->prediction))
      if (name.starts_with("outcomes.")) {
        REQUIRE(told.contains(name));
        CHECK(std::abs(told.at(name) - number) < grid_error);
        ++compared;
      }
  }
  CHECK(compared >= 12);
}

TEST_CASE(
    "referee: an answer whose strategies move away on the tree is refused, whatever the grid") {
  constexpr double truth = 0.9349, digits = 1e-3;
  const Game game = compiled(two_sheets);
  for (const int nodes : {129, 257, 1025}) {
    CAPTURE(nodes);
    AnswerOptions options;
    options.solve.method = BeliefGrid{.nodes = {nodes}};
    const Result<Answer> found = answer(game, options);
    REQUIRE(found.has_value());
    const double settlement =
        printed_numbers(game.shape(), found->prediction).at("outcomes.settlement");
    CHECK((!found->certificate.holds || std::abs(settlement - truth) < digits));
    if (std::abs(settlement - truth) < digits) continue;
    CHECK_FALSE(found->certificate.tree.within);
  }
}

TEST_CASE(
    "referee: numbers that no equilibrium has are refused by the tree, and its own are named") {
  const Game game = testing::random_game(3, small(3));
  AnswerOptions options;
  options.solve.lambda = 1.5;
  Result<Answer> found = answer(game, options);
  REQUIRE(found.has_value());
  referee_by_tree(game, options, *found);
  CHECK(found->certificate.tree.checked);
  CHECK(found->certificate.tree.within);

  const double before = found->prediction.outcomes[0];
  found->prediction.outcomes[0] = before > 0.5 ? before - 0.2 : before + 0.2;
  referee_by_tree(game, options, *found);
  judge(found->certificate);
  CHECK_FALSE(found->certificate.holds);
  CHECK(testing::blames(found->certificate, "tree"));
  CHECK(found->certificate.tree.number == "outcomes." + game.shape().outcomes[0]);
  CHECK(std::abs(found->certificate.tree.tree - before) < 1e-2);
}

}  // namespace melian
