/// `D chooses m in R`: a number chosen that is no offer, alone or at once with other choices, and
/// chance whose odds it sets. Against closed forms, against the same game said otherwise, and the
/// grid against the tree on random games.

#include <map>
#include <random>

#include <fmt/core.h>

#include "support/solved.h"
#include "trees/model_trees.h"

using namespace melian;
using namespace melian::testing;

namespace {

constexpr double same = 1e-8;

/// Log-linear choice among numbers in cells: weight times exp(lambda payoff), normalised.
std::vector<double> chosen(const std::vector<double>& weights, const std::vector<double>& payoffs,
                           double lambda) {
  std::vector<double> out;
  double sum = 0.0;
  for (std::size_t k = 0; k < weights.size(); ++k) {
    out.push_back(weights[k] * std::exp(lambda * payoffs[k]));
    sum += out.back();
  }
  for (double& one : out) one /= sum;
  return out;
}

const std::string screening = R"(model "m"
player S
player D types weak 0.6, tough 0.4
param cost[D]: weak = 0.3, tough = 0.05
param precision = 20
phase p {
  S VERB y in 0..1 by 0.25
  D chooses answer { accept { end settlement: S gets 1 - y, D gets y }  refuse }
  D VERB z in {0, 0.5} where z <= y or D is tough
  end war: S gets z - 0.1, D gets 1 - z - cost[D]
}
)";

std::string with_verb(std::string text, const std::string& verb) {
  for (std::size_t at = text.find("VERB"); at != std::string::npos; at = text.find("VERB"))
    text.replace(at, 4, verb);
  return text;
}

}  // namespace

TEST_CASE("numbers chosen: the verb changes words and acceptance, and no strategy") {
  const Game offered = game_from(with_verb(screening, "offers")),
             taken = game_from(with_verb(screening, "chooses"));
  CHECK(taken.shape().acceptances.empty());
  CHECK_FALSE(offered.shape().acceptances.empty());
  CHECK(taken.shape().moves[0].kind == MoveKind::amount);
  CHECK(taken.shape().moves[0].widths == offered.shape().moves[0].widths);
  const SolvedTree one = tree_of(offered, 20.0), other = tree_of(taken, 20.0);
  CHECK(one.form.nodes.size() == other.form.nodes.size());
  CHECK(one.solution.log_strategy == other.solution.log_strategy);
  const Solution grid = solved(offered, 20.0, 17), same_grid = solved(taken, 20.0, 17);
  CHECK(grid.start_values == same_grid.start_values);
}

TEST_CASE("numbers chosen: numbers listed are options that weigh one each, alone and at once") {
  const std::string rest = "  end over: A gets if(N, 0.3, 0.7), B gets if(N, 0.6, 0.1)\n";
  const auto numbered = [&](const std::string& moves) {
    return with(with("model \"m\"\nplayer A types low 0.3, high 0.7\nplayer B\nparam precision = "
                     "5\nphase p {\n" +
                         moves + rest + "}\n",
                     "N", "x is 1"),
                "N", "x is 1");
  };
  const Game numbers = game_from(numbered(
      "  simultaneously { A chooses x in {0, 1} where x is 0 or A is high  B chooses c { u, v { B "
      "pays 0.2 } } }\n"));
  const Game words = game_from(with(
      with("model \"m\"\nplayer A types low 0.3, high 0.7\nplayer B\nparam precision = 5\nphase p "
           "{\n  simultaneously { A chooses x { zero, one when A is high }  B chooses c { u, v { "
           "B pays 0.2 } } }\n" +
               rest + "}\n",
           "N", "x is one"),
      "N", "x is one"));
  const SolvedTree left = tree_of(numbers, 5.0), right = tree_of(words, 5.0);
  REQUIRE(left.form.nodes.size() == right.form.nodes.size());
  CHECK(std::abs(left.chance("x of A high", "1") - right.chance("x of A high", "one")) < same);
  CHECK(std::abs(left.chance("c", "v") - right.chance("c", "v")) < same);
  const Solution grid = solved(numbers, 5.0, 9), same_grid = solved(words, 5.0, 9);
  for (std::size_t j = 0; j < grid.start_values.size(); ++j)
    for (std::size_t k = 0; k < grid.start_values[j].size(); ++k)
      CHECK(std::abs(grid.start_values[j][k] - same_grid.start_values[j][k]) < same);
}

TEST_CASE("numbers chosen: a chosen risk is run as the closed form says, by each type") {
  const Game game = game_from(R"(model "m"
player A
player D types weak 0.5, tough 0.5
param war[D]: weak = -0.6, tough = 0.35
param precision = 8
phase crisis {
  D chooses r in 0..1 by 0.25
  chance crisis_outcome {
    war with r { end war: A pays 1, D gets war[D] }
    peace otherwise { end peace: D gets 0.2 }
  }
}
)");
  const std::vector<double> weights = {0.125, 0.25, 0.25, 0.25, 0.125};
  const SolvedTree tree = tree_of(game, 8.0);
  for (const auto& [type, war] : std::map<std::string, double>{{"weak", -0.6}, {"tough", 0.35}}) {
    std::vector<double> payoffs;
    for (int k = 0; k < 5; ++k) payoffs.push_back(0.25 * k * war + (1 - 0.25 * k) * 0.2);
    const std::vector<double> expected = chosen(weights, payoffs, 8.0);
    for (int k = 0; k < 5; ++k)
      CHECK(std::abs(tree.chance("r of D " + type, number_text(0.25 * k)) -
                     expected[static_cast<std::size_t>(k)]) < same);
  }
}

TEST_CASE("numbers chosen: two efforts at once are the fixed point of two logits in cells") {
  const double lambda = 3.0;
  const Game game = game_from(R"(model "m"
player A
player B
param precision = 3
phase contest {
  simultaneously { A chooses x in 0..1 by 0.5  B chooses y in 0..2 by 1 }
  chance win {
    A_wins with (0.5 + x) / (1 + x + y) { end A_wins: A gets 1 - 0.4 * x, B pays 0.3 * y }
    B_wins otherwise { end B_wins: B gets 1 - 0.3 * y, A pays 0.4 * x }
  }
}
)");
  std::vector<double> a = {0.25, 0.5, 0.25}, b = {0.25, 0.5, 0.25};
  const std::vector<double> of_a = a, of_b = b;  // the widths of the cells, in proportion
  for (int k = 0; k < 2000; ++k) {
    std::vector<double> pay_a(3, 0.0), pay_b(3, 0.0);
    for (std::size_t i = 0; i < 3; ++i)
      for (std::size_t j = 0; j < 3; ++j) {
        const double x = 0.5 * static_cast<double>(i), y = static_cast<double>(j);
        const double win = (0.5 + x) / (1 + x + y);
        pay_a[i] += b[j] * (win - 0.4 * x);
        pay_b[j] += a[i] * (1 - win - 0.3 * y);
      }
    a = chosen(of_a, pay_a, lambda);
    b = chosen(of_b, pay_b, lambda);
  }
  const SolvedTree tree = tree_of(game, lambda);
  const Solution grid = solved(game, lambda, 3);
  for (std::size_t k = 0; k < 3; ++k) {
    CHECK(std::abs(tree.chance("x", number_text(0.5 * static_cast<double>(k))) - a[k]) < same);
    CHECK(std::abs(tree.chance("y", number_text(static_cast<double>(k))) - b[k]) < same);
  }
  CHECK(std::abs(grid.start_values[0][0] - tree.value(0)) < same);
  CHECK(certified(game, grid).residual < 1e-9);
}

TEST_CASE("numbers chosen: on random games the grid meets the tree") {
  int compared = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    const auto draw = [&] {
      return number_text(static_cast<double>(random() % 200) / 100.0 - 1.0, 3);
    };
    const bool at_once = seed % 2 == 0;
    const std::string first =
        at_once ? "simultaneously { D chooses m in 0..1 by 0.5  A chooses c { u, v } }"
                : "D chooses m in 0..1 by 0.5 where m <= 0.5 or D is high";
    std::string text = fmt::format(
        "model \"m\"\nplayer A\nplayer D types low 0.5, high 0.5\nparam w[D]: low = {}, high = "
        "{}\nparam precision = 2\nphase p {{\n  {}\n  chance luck {{ bad with m / 2 {{ end bad: A "
        "gets {}, D gets w[D] }}  good otherwise }}\n  A chooses reply {{ stop {{ end stop: A gets "
        "{} * m, D gets {} + m * w[D] }}  on }}\n  end on: A gets if(D is high, {}, {}), D gets {} "
        "- m }}\n",
        draw(), draw(), first, draw(), draw(), draw(), draw(), draw(), draw());
    const Game game = game_from(text);
    const SolvedTree tree = tree_of(game, 2.0);
    const Solution coarse = solved(game, 2.0, 129), fine = solved(game, 2.0, 513);
    if (fine.summary.several + fine.summary.jumps + fine.summary.unsolved > 0) continue;
    ++compared;
    const double moved = std::abs(coarse.start_values[0][0] - fine.start_values[0][0]);
    CHECK(std::abs(fine.start_values[0][0] - tree.value(0)) < 1e-6 + moved);
  }
  CHECK(compared >= 30);
}
