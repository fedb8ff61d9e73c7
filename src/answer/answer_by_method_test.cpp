/// Methods agree with each other, and `automatic` says which it took.

#include <cmath>

#include <doctest/doctest.h>

#include "answer/answer_tree.h"
#include "melian/predict_histories.h"
#include "melian/strategies.h"
#include "support/random_games.h"

namespace melian {
namespace {

AnswerOptions at_lambda(double lambda, MethodName method) {
  AnswerOptions options;
  options.method = method;
  options.solve.lambda = lambda;
  return options;
}

testing::RandomGameOptions kind(std::uint64_t seed) {
  testing::RandomGameOptions options;
  options.players = 2 + static_cast<int>(seed % 2);
  options.types = 2 + static_cast<int>(seed % 3 == 0);
  options.typed_players = 1 + static_cast<int>(seed % 2);
  options.rounds = static_cast<int>(seed % 3);
  options.tied = seed % 5 == 1;
  options.together = seed % 4 == 2;
  options.disagreement = seed % 7 == 3;
  options.perceived_odds = seed % 7 == 4;
  options.types_discount = seed % 6 == 5;
  if (options.tied) options.typed_players = 2;
  return options;
}

constexpr double low_lambda = 1.5;       // one solution everywhere: grid and tree must agree
constexpr double exact = 1e-9;           // both sides sum the same tree
constexpr double grid_tolerance = 3e-3;  // payoffs of these games are of order 1 to 10
constexpr int games = 60;

double total(const std::vector<double>& numbers) {
  double sum = 0.0;
  for (const double one : numbers) sum += one;
  return sum;
}

}  // namespace

TEST_CASE("answer_tree: what it predicts is what the tree's own payoffs and outcomes are") {
  for (std::uint64_t seed = 1; seed <= games; ++seed) {
    CAPTURE(seed);
    const Game game = testing::random_game(seed, kind(seed));
    const Result<Answer> found = answer_tree(game, at_lambda(low_lambda, MethodName::tree), 20'000);
    REQUIRE(found.has_value());
    const Prediction& prediction = found->prediction;
    REQUIRE(found->certificate.holds);
    CHECK(total(prediction.outcomes) == doctest::Approx(1.0).epsilon(exact));
    CHECK(total(prediction.rounds_distribution) + prediction.unfinished ==
          doctest::Approx(1.0).epsilon(exact));
    for (int j = 0; j < game.shape().num_players(); ++j) {
      double value = 0.0;
      const auto& believed = game.numbers.beliefs[static_cast<std::size_t>(j)];
      for (std::size_t type = 0; type < prediction.values[static_cast<std::size_t>(j)].size();
           ++type)
        value += believed[static_cast<std::size_t>(j)][type] *
                 prediction.values[static_cast<std::size_t>(j)][type];
      if (game.shape().correlated.empty())
        CHECK(value == doctest::Approx(found->tree->certificate.values[static_cast<std::size_t>(j)])
                           .epsilon(1e-7));
    }
    for (const Information& one : prediction.information)
      CHECK(one.total == doctest::Approx(one.prior_entropy - one.end_entropy).epsilon(1e-8));
  }
}

TEST_CASE("answer_tree: every printed number is that of a fine grid within its error") {
  int compared = 0;
  for (std::uint64_t seed = 1; seed <= games; ++seed) {
    CAPTURE(seed);
    const Game game = testing::random_game(seed, kind(seed));
    AnswerOptions by_grid = at_lambda(low_lambda, MethodName::grid);
    by_grid.with_certificate = false;
    if (count_decisions(game.shape(), belief_axes(game, BeliefGrid{.nodes = {33}})) > 200'000)
      continue;
    by_grid.solve.method = BeliefGrid{.nodes = {33}};
    const Result<Answer> grid = answer(game, by_grid);
    const Result<Answer> tree = answer_tree(game, at_lambda(low_lambda, MethodName::tree), 20'000);
    REQUIRE(grid.has_value());
    REQUIRE(tree.has_value());
    ++compared;
    const auto expected = printed_numbers(game.shape(), grid->prediction);
    const auto found = printed_numbers(game.shape(), tree->prediction);
    REQUIRE(expected.size() == found.size());
    for (const auto& [name, number] : expected) {
      CAPTURE(name);
      CHECK(std::abs(found.at(name) - number) <= grid_tolerance * std::max(1.0, std::abs(number)));
    }
    REQUIRE(tree->prediction.start.size() == grid->prediction.start.size());
    for (std::size_t k = 0; k < tree->prediction.start.size(); ++k)
      for (std::size_t a = 0; a < tree->prediction.start[k].probabilities.size(); ++a)
        CHECK(std::abs(tree->prediction.start[k].probabilities[a] -
                       grid->prediction.start[k].probabilities[a]) <= grid_tolerance);
    for (std::size_t i = 0; i < tree->prediction.belief_by_round.size(); ++i)
      for (std::size_t type = 0; type < tree->prediction.belief_by_round[i].size(); ++type)
        for (std::size_t given = 0; given < tree->prediction.belief_by_round[i][type].size();
             ++given)
          for (std::size_t r = 0; r < tree->prediction.belief_by_round[i][type][given].size(); ++r)
            CHECK(std::abs(tree->prediction.belief_by_round[i][type][given][r] -
                           grid->prediction.belief_by_round[i][type][given][r]) <= grid_tolerance);
  }
  CHECK(compared >= games / 2);
}

TEST_CASE("answer_by_method: a small game is answered by its tree, and the answer says so") {
  const Game game = testing::random_game(3, kind(3));
  const Result<Answer> found = answer_by_method(game, at_lambda(low_lambda, MethodName::automatic));
  REQUIRE(found.has_value());
  CHECK(found->tree.has_value());
  CHECK(found->method.asked == MethodName::automatic);
  CHECK(found->method.tree_nodes >= static_cast<double>(found->tree->nodes));
  CHECK(found->method.why.find("nodes") != std::string::npos);
  CHECK(found->certificate.holds);
}

}  // namespace melian
