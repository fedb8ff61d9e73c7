/// Every tiny bargaining game of every family against the yardstick that knows no grid.

#include <cmath>

#include <doctest/doctest.h>

#include "exhaustive/tiny_bargaining.h"
#include "melian/beliefs.h"
#include "support/brute_force.h"
#include "support/solved.h"

using namespace melian;
using namespace melian::testing;

namespace {

constexpr double lambda = 2.0;      // payoffs up to 3: choices between 0.2 % and 99.8 %
constexpr double round_off = 1e-9;  // where no grid enters; stopping targets are 1e-11 logits
// The certificate's estimate max(|m_N - m_{N/2}|, |m_{N/2} - m_{N/4}| / 2) is three times the error
// of m_N at order h^2. A single number's errors on two grids may cancel by chance; over a family
// they do not.
constexpr double grid_error_safety = 3.0;

/// Values and first-move strategy of a solution, as one list.
std::vector<double> numbers_of(const Game& game, const Solution& solution) {
  std::vector<double> out;
  for (const auto& row : solution.start_values) out.insert(out.end(), row.begin(), row.end());
  const Structure& shape = game.shape();
  const PublicState& root = shape.states[static_cast<std::size_t>(shape.root)];
  if (!shape.is_decision(shape.root)) return out;
  const Assessment& a = solution.assessment;
  std::int64_t point = 0;
  for (int i = 0; i < shape.num_players(); ++i) {
    if ((root.live >> i & 1U) == 0) continue;
    const auto& axis = a.axes.nodes[static_cast<std::size_t>(BeliefSpace(shape).only_axis(i))];
    const Place at = locate(axis, game.numbers.prior[static_cast<std::size_t>(i)][1]);
    point = point * static_cast<std::int64_t>(axis.size()) + at.cell + (at.weight > 0.5 ? 1 : 0);
  }
  const std::int64_t points = a.axes.num_points(root.live), row = a.row(shape, 0, shape.root);
  const int mover = shape.moves[static_cast<std::size_t>(root.move)].player;
  const int types = (root.live >> mover & 1U) != 0
                        ? shape.players[static_cast<std::size_t>(mover)].num_types()
                        : 1;
  for (int type = 0; type < types; ++type)
    for (int k = 0; k < root.num_branches; ++k)
      out.push_back(std::exp(a.log_strategy[static_cast<std::size_t>(
          row + (std::int64_t{type} * root.num_branches + k) * points + point)]));
  return out;
}
std::vector<double> numbers_of(const BruteForceSolution& tree) {
  std::vector<double> out;
  for (const auto& row : tree.values) out.insert(out.end(), row.begin(), row.end());
  for (std::size_t type = 0; type < tree.tree.front().log_strategy.size(); ++type)
    for (const double log : tree.tree.front().log_strategy[type]) out.push_back(std::exp(log));
  return out;
}
double difference(const std::vector<double>& a, const std::vector<double>& b) {
  REQUIRE(a.size() == b.size());
  double worst = 0.0;
  for (std::size_t k = 0; k < a.size(); ++k)
    if (!(std::abs(a[k] - b[k]) <= worst)) worst = std::abs(a[k] - b[k]);
  return worst;
}

struct Comparison {
  int games = 0, unique = 0;
  double coarse = 0.0, fine = 0.0;  ///< sums of errors over unique games
};

Comparison compare(const Family& family, int nodes) {
  Comparison sums;
  for (const Member& member : all_members()) {
    const Game game = tiny_bargaining(family, member);
    CAPTURE(family.name);
    CAPTURE(member.war_weak);
    CAPTURE(member.war_tough);
    CAPTURE(member.war_s);
    BruteForceOptions options;
    options.lambda = same_lambda(game, lambda);
    const BruteForceSolution tree = brute_force(game, options);
    REQUIRE(tree.solved);
    REQUIRE(tree.residual < 1e-10);
    const Solution fine = solved(game, lambda, 2 * nodes - 1, false),
                   coarse = solved(game, lambda, nodes, false),
                   coarsest = solved(game, lambda, (nodes + 1) / 2, false);
    ++sums.games;
    REQUIRE(fine.summary.unsolved == 0);
    if (fine.summary.several + fine.summary.jumps > 0) continue;
    ++sums.unique;
    const auto truth = numbers_of(tree), here = numbers_of(game, fine),
               there = numbers_of(game, coarse);
    const double error = difference(here, truth),
                 estimate = std::max(difference(here, there),
                                     0.5 * difference(there, numbers_of(game, coarsest)));
    CHECK(error <= grid_error_safety * estimate + round_off);
    CHECK(certify_equations(game, fine.assessment).holds);
    sums.fine += error;
    sums.coarse += difference(there, truth);
  }
  return sums;
}

/// Every member of the families whose name begins so.
void check_families(const std::string& beginning) {
  int games = 0, unique = 0, families = 0;
  for (const Family& family : all_families()) {
    if (!family.name.starts_with(beginning)) continue;
    ++families;
    const Comparison sums = compare(family, family.two_sided ? 17 : 65);
    INFO(family.name, ": ", sums.games, " games, ", sums.unique, " unique, errors ", sums.coarse,
         " -> ", sums.fine);
    games += sums.games;
    unique += sums.unique;
    // One family's errors together shrink as the square of the cells; where no grid enters they are
    // round-off.
    CHECK(sums.fine <= 0.4 * sums.coarse + round_off);
  }
  CHECK(families > 0);
  CHECK(games == 27 * families);
  CHECK(unique > games / 2);
}

}  // namespace

TEST_CASE(
    "exhaustive: every tiny game of one round agrees with brute force to round-off or grid error") {
  check_families("one round");
}
TEST_CASE("exhaustive: every tiny game of two rounds") { check_families("two rounds"); }
TEST_CASE("exhaustive: every tiny two-sided game of two rounds") {
  check_families("two-sided, two rounds");
}
TEST_CASE("exhaustive: every tiny game of three rounds") { check_families("three rounds"); }

TEST_CASE("exhaustive: the yardstick's branch from lambda 0 is its unique answer") {
  for (const Member& member : all_members()) {
    const Game game = tiny_bargaining(
        {.name = "branch", .rounds = 2, .battle = true, .informative = true}, member);
    BruteForceOptions options;
    options.lambda = same_lambda(game, lambda);
    const BruteForceSolution iterated = brute_force(game, options);
    options.follow_branch = true;
    const BruteForceSolution traced = brute_force(game, options);
    REQUIRE(traced.solved);
    CHECK(difference(numbers_of(iterated), numbers_of(traced)) < 1e-10);
  }
}
