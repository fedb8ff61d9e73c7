/// Several solutions at one lambda: all that an independent search finds must be found.

#include <algorithm>
#include <functional>
#include <set>

#include "trees/model_trees.h"

using namespace melian;
using namespace melian::testing;

namespace {

constexpr double same = 1e-7;

SolvedTree all_of(const Game& game, double lambda, int starts = 48) {
  TreeOptions how;
  how.lambda = lambda;
  how.all = true;
  how.starts = starts;
  SolvedTree tree = tree_of(game, how);
  REQUIRE_FALSE(tree.solution.all.empty());
  CHECK(tree.solution.all[0].origin == TreeFound::Origin::principal);
  CHECK(tree.solution.all[0].log_strategy == tree.solution.log_strategy);
  for (const TreeFound& found : tree.solution.all) {
    CHECK(found.certificate.holds);
    CHECK(found.certificate.regret.size() == tree.form.players.size());
  }
  return tree;
}

/// The same tree with one of its solutions as the answer.
SolvedTree as_solution(const SolvedTree& tree, std::size_t k) {
  SolvedTree out = tree;
  out.solution.log_strategy = tree.solution.all[k].log_strategy;
  return out;
}

/// Where a function changes sign, by looking closely and halving.
std::vector<double> roots(const std::function<double(double)>& f,
                          const std::vector<double>& looks) {
  std::vector<double> out;
  double last = f(looks[0]);
  for (std::size_t k = 1; k < looks.size(); ++k) {
    const double here = f(looks[k]);
    if (here * last < 0.0) {
      double low = looks[k - 1], high = looks[k];
      for (int n = 0; n < 100; ++n) {
        const double middle = 0.5 * (low + high);
        (f(middle) * last > 0.0 ? low : high) = middle;
      }
      out.push_back(low);
    }
    last = here;
  }
  return out;
}

/// Of insincere talks: what grants would be best replied to, less what they are (one unknown:
/// everything follows from it).
double excess_of_grants(double lambda, double grant) {
  constexpr double p = 0.6, cost_a = 0.1, s = 0.65, g = 0.10, k = 0.04, mu = 0.2;
  double asked = 0.0, worth = 0.0;
  for (const auto& [weight, cost] : {std::pair(mu, 0.3), std::pair(1.0 - mu, 0.1)}) {
    const double sign = sigma(lambda * ((1 - s) - (1 - p + g - cost))), war = 1 - p - cost;
    const double talks = sign * (1 - s) + (1 - sign) * (1 - p + g - cost);
    const double ask = weight * sigma(lambda * (grant * talks + (1 - grant) * war - k - war));
    asked += ask;
    worth += ask * (sign * s + (1 - sign) * (p - g - cost_a));
  }
  return sigma(lambda * (worth / asked - (p - cost_a))) - grant;
}

}  // namespace

TEST_CASE(
    "solve_tree --all: insincere talks have three equilibria from lambda 110 on, and the principal "
    "branch leads to the talks") {
  std::vector<double> looks;
  for (int k = 0; k <= 4000; ++k) looks.push_back(std::pow(10.0, -12.0 + 12.0 * k / 4001.0));
  for (const double lambda : {110.0, 120.0, 200.0}) {
    CAPTURE(lambda);
    const std::vector<double> expected =
        roots([&](double grant) { return excess_of_grants(lambda, grant); }, looks);
    REQUIRE(expected.size() == 3);
    const SolvedTree tree = all_of(game_from(text_of("m15_insincere_talks")), lambda);
    REQUIRE(tree.solution.all.size() == 3);
    std::vector<double> grants;
    for (std::size_t k = 0; k < 3; ++k)
      grants.push_back(as_solution(tree, k).chance("reply", "grant"));
    CHECK(std::abs(grants[0] - expected[2]) < same);
    std::ranges::sort(grants);
    for (std::size_t k = 0; k < 3; ++k)
      CHECK(std::abs(grants[k] - expected[k]) < same * expected[k]);
    if (lambda == 200.0) {
      CHECK(grants[0] == doctest::Approx(4.6e-5).epsilon(0.02));
      CHECK(grants[1] == doctest::Approx(0.0217).epsilon(0.01));
      CHECK(grants[2] == doctest::Approx(0.3779).epsilon(0.0005));
    }
  }
}

TEST_CASE(
    "solve_tree --all: at lambda 100 insincere talks have one equilibrium, and one is found") {
  CHECK(all_of(game_from(text_of("m15_insincere_talks")), 100.0).solution.all.size() == 1);
}

TEST_CASE(
    "solve_tree --all: of a crisis with normal payoffs all equilibria of one equation in the "
    "chance to resist are found") {
  constexpr double lambda = 16.0;
  constexpr int parts_war = 25, parts_retreat = 8, parts_b = 20;
  std::string text = text_of("m24_lewis_schultz");
  text = with(text, "in 30 parts, retreat", "in 25 parts, retreat");
  text = with(text, "(backdown, 1) in 30 parts", "(backdown, 1) in 8 parts");
  text = with(text, "(mean_B, 1) in 30 parts", "(mean_B, 1) in 20 parts");
  const std::vector<double> war = normal_parts(-1.9, 1.0, parts_war),
                            retreat = normal_parts(-1.2, 1.0, parts_retreat),
                            of_b = normal_parts(-2.9, 1.0, parts_b);
  const auto excess = [&](double resist) {
    double challenges = 0.0, fights = 0.0, resists = 0.0;
    for (const double w : war)
      for (const double r : retreat) {
        const double fight = sigma(lambda * (w - r)), then = fight * w + (1 - fight) * r,
                     challenge = sigma(lambda * (1 - resist + resist * then));
        challenges += challenge;
        fights += challenge * fight;
      }
    const double fight = fights / challenges;
    for (const double w : of_b) resists += sigma(lambda * (fight * w + 1 - fight)) / parts_b;
    return resists - resist;
  };
  std::vector<double> looks;
  for (int k = 1; k < 20000; ++k) looks.push_back(k / 20000.0);
  const std::vector<double> expected = roots(excess, looks);
  const SolvedTree tree = all_of(game_from(text), lambda, 16);
  std::vector<double> found;
  for (std::size_t k = 0; k < tree.solution.all.size(); ++k) {
    const SolvedTree one = as_solution(tree, k);
    double resist = 0.0;
    for (int b = 1; b <= parts_b; ++b)
      resist += one.chance("reply of B war." + std::to_string(b), "resist") / parts_b;
    found.push_back(resist);
  }
  const double on_branch = found[0];
  std::ranges::sort(found);
  REQUIRE(found.size() == expected.size());
  REQUIRE(found.size() == 3);
  for (std::size_t k = 0; k < 3; ++k) CHECK(std::abs(found[k] - expected[k]) < same);
  CHECK(std::abs(on_branch - expected[0]) <
        same);  // the principal branch leads to the one with the most challenges
  // Of the published game with a continuum of types and no noise they are .2511, .5947 and .8133.
  constexpr double by_few_parts = 0.03;
  CHECK(std::abs(found[0] - 0.2511) < by_few_parts);
  CHECK(std::abs(found[1] - 0.5947) < by_few_parts);
  CHECK(std::abs(found[2] - 0.8133) < by_few_parts);
}

TEST_CASE(
    "solve_tree --all: a mediator with the right bias can also be believed, one without a stake "
    "cannot") {
  const auto told = [](const SolvedTree& tree, std::size_t k) {
    const SolvedTree one = as_solution(tree, k);
    return std::abs(one.chance("message of Mediator heard_weak", "weak") -
                    one.chance("message of Mediator heard_tough", "weak"));
  };
  const SolvedTree biased = all_of(game_from(text_of("m09_kydd_mediator")), 100.0, 32);
  CHECK(told(biased, 0) < same);  // babbling on the principal branch
  double most = 0.0;
  for (std::size_t k = 0; k < biased.solution.all.size(); ++k)
    most = std::max(most, told(biased, k));
  CHECK(most > 0.95);
  const SolvedTree unbiased =
      all_of(game_from(text_of("m09_kydd_mediator"), {{"bias", 0.0}}), 100.0, 32);
  for (std::size_t k = 0; k < unbiased.solution.all.size(); ++k) CHECK(told(unbiased, k) < 0.5);
}

TEST_CASE(
    "solve_tree --all: past the fork of symmetric coordination all three equilibria are found") {
  const auto form = read_efg_text(
      "EFG 2 R \"at once\" { \"A\" \"B\" }\np \"\" 1 1 \"\" { \"up\" \"down\" } 0\np \"\" 2 1 \"\" "
      "{ \"l\" \"r\" } 0\nt \"\" 1 \"\" { 1, 1 }\nt \"\" 2 \"\" { "
      "0, 0 }\n"
      "p \"\" 2 1 0\nt \"\" 3 \"\" { 0, 0 }\nt \"\" 4 \"\" { 1, 1 }\n",
      "test.efg");
  REQUIRE(form.has_value());
  TreeOptions how;
  how.lambda = 4.0;
  how.all = true;
  const auto solution = solve_tree(*form, how);
  REQUIRE(solution.has_value());
  REQUIRE(solution->all.size() == 3);
  REQUIRE(solution->summary.branch_points.size() == 1);
  std::vector<double> up;
  for (const TreeFound& found : solution->all) up.push_back(std::exp(found.log_strategy[0]));
  std::ranges::sort(up);
  CHECK(up[1] == doctest::Approx(0.5));
  CHECK(up[0] + up[2] == doctest::Approx(1.0));
  CHECK(std::log(up[2] / up[0]) == doctest::Approx(4.0 * (up[2] - up[0])));
}

TEST_CASE(
    "solve_tree --all: where lambda was not reached, nothing is said to lie on the principal "
    "branch") {
  TreeOptions how;
  how.lambda = 100.0;
  how.all = true;
  how.max_steps = 3;
  const auto form = unroll(game_from(text_of("m15_insincere_talks")));
  REQUIRE(form.has_value());
  const auto solution = solve_tree(*form, how);
  REQUIRE(solution.has_value());
  CHECK(solution->summary.termination == TreeTermination::step_limit);
  CHECK_FALSE(solution->certificate.holds);
  for (const TreeFound& found : solution->all) CHECK(found.origin != TreeFound::Origin::principal);
}
