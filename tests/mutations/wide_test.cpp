/// Certificates of games beyond two independent types a player: they hold where the game was
/// solved, and each way of spoiling what is new there is caught by the check named.

#include <cmath>
#include <functional>
#include <numeric>
#include <utility>

#include <doctest/doctest.h>

#include "melian/beliefs.h"
#include "mutations/wide_games.h"
#include "support/solved.h"

using namespace melian;
using namespace melian::testing;

namespace {

constexpr double lambda = 6.0;
constexpr int nodes = 9;

int state_called(const Game& game, const std::string& name) {
  for (int s = 0; s < static_cast<int>(game.shape().states.size()); ++s)
    if (describe_state(game.shape(), s) == name) return s;
  FAIL("no state called " << name);
  return -1;
}

/// Strategies of one state in round 0.
struct Block {
  Assessment& assessment;
  std::vector<Decider> who;
  std::int64_t points, first;
  Block(const Game& game, Assessment& of, int state)
      : assessment(of),
        who(deciders(game.shape(), state, of.measure)),
        points(of.axes.num_points(game.shape().states[static_cast<std::size_t>(state)].live)),
        first(of.row(game.shape(), 0, state)) {}
  double& at(int row, std::int64_t point) const {
    return assessment.log_strategy[static_cast<std::size_t>(first + row * points + point)];
  }
};

/// Exchanges two rows at every belief, on both sets of axes.
Solution with_rows_swapped(const Game& game, Solution solution, int state,
                           const std::function<std::pair<int, int>(const Decider&, int)>& rows,
                           std::size_t decider) {
  for (Assessment* spoilt : {&solution.assessment, &*solution.refined}) {
    const Block block(game, *spoilt, state);
    for (int action = 0; action < block.who[decider].num_actions(); ++action) {
      const auto [one, other] = rows(block.who[decider], action);
      for (std::int64_t p = 0; p < block.points; ++p)
        std::swap(block.at(one, p), block.at(other, p));
    }
  }
  return solution;
}

void check_holds(const Game& game, const Solution& solution) {
  CertifyOptions coarse;
  coarse.tolerance = 5e-3;  // these grids have few nodes
  const Certificate certificate = certify(game, solution.assessment, *solution.refined, coarse);
  CHECK_MESSAGE(certificate.holds,
                (certificate.why_not.empty() ? "" : certificate.why_not.front()));
  CHECK(certificate.residual < 1e-8);
  CHECK(certificate.residual_reached <= certificate.residual);
  CHECK(certificate.beliefs < 1e-8);
  CHECK(certificate.unsolved == 0);
  for (const auto& player : certificate.exploitability)
    for (const Exploitability& e : player) {
      CHECK(e.gain > 0.0);
      CHECK(e.gain <= e.ceiling);
      CHECK(e.slack < 2e-3);
    }
  CHECK(certificate.cell_step > 0.0);
  CHECK(certificate.path_error > 0.0);
  CHECK(certificate.path_error < 0.1);
}

/// Strategies passed off as those of another game.
Solution claimed_for(const Game& game, Solution solution) {
  solution.assessment.game_fingerprint = game.fingerprint;
  if (solution.refined) solution.refined->game_fingerprint = game.fingerprint;
  return solution;
}

}  // namespace

TEST_CASE("certify: three types, a guard and a disputed prior hold when solved") {
  const Game game = three_types();
  check_holds(game, solved(game, lambda, nodes));
}

TEST_CASE("certify: tied types and moves at the same time hold when solved") {
  const Game game = two_at_once();
  check_holds(game, solved(game, lambda, nodes));
}

TEST_CASE("certify: tied types that move in turn hold when solved") {
  const Game game = two_at_once({.at_once = false});
  check_holds(game, solved(game, lambda, nodes));
}

TEST_CASE("certify: independent types and moves at the same time hold when solved") {
  const Game game = two_at_once({.tied = false});
  check_holds(game, solved(game, lambda, nodes));
}

TEST_CASE(
    "certify: tied types, moves at the same time, a report on both and no horizon hold when "
    "solved") {
  const Game game = for_ever();
  check_holds(game, solved(game, lambda, nodes));
}

TEST_CASE(
    "certify: what a report tells of two tied types together, dropped, is caught by the residual") {
  const Game game = for_ever(), silent = for_ever({.both_at_once = false});
  const Certificate certificate = certified(game, claimed_for(game, solved(silent, lambda, nodes)));
  CHECK(blames(certificate, "residual_reached"));
}

TEST_CASE("certify: the rows of two of three types swapped are caught by residual and beliefs") {
  const Game game = three_types();
  const int state = state_called(game, "answer of D");
  for (const auto& [one, other] : {std::pair{0, 1}, std::pair{1, 2}, std::pair{0, 2}}) {
    const auto types = [&](const Decider& who, int action) {
      return std::pair{who.row(one, action), who.row(other, action)};
    };
    const Certificate certificate =
        certified(game, with_rows_swapped(game, solved(game, lambda, nodes), state, types, 0));
    CHECK(blames(certificate, "residual"));
    CHECK(blames(certificate, "beliefs"));
  }
}

TEST_CASE(
    "certify: a simultaneous mover's rows read as [action][type] are caught by the residual") {
  const Game game = two_at_once();
  const int state = state_called(game, "both");
  Solution solution = solved(game, lambda, nodes);
  const Block block(game, solution.assessment, state);
  const Decider& b =
      block.who[1];  // two types, two actions: transposing swaps the two rows off the diagonal
  REQUIRE(b.num_actions() == b.types);
  for (std::int64_t p = 0; p < block.points; ++p)
    std::swap(block.at(b.row(0, 1), p), block.at(b.row(1, 0), p));
  const Certificate certificate = certified(game, solution);
  CHECK(blames(certificate, "residual"));
  CHECK(blames(certificate, "residual_reached"));
}

TEST_CASE(
    "certify: belief axes of tied types laid out in another order are caught by the residual") {
  const Game game = two_at_once();
  Solution solution = solved(game, lambda, nodes);
  const Block block(game, solution.assessment, state_called(game, "both"));
  const auto& axes = solution.assessment.axes.nodes;
  REQUIRE(axes.size() == 3);
  REQUIRE(axes[1].size() == axes[2].size());
  const auto n1 = static_cast<std::int64_t>(axes[1].size()), plane = n1 * n1;
  const int rows = num_rows(block.who);
  for (int row = 0; row < rows; ++row)
    for (std::int64_t p = 0; p < block.points; ++p) {
      const std::int64_t one = p % plane / n1, two = p % n1,
                         there = p / plane * plane + two * n1 + one;
      if (one < two) std::swap(block.at(row, p), block.at(row, there));
    }
  const Certificate certificate = certified(game, solution);
  CHECK(blames(certificate, "residual"));
}

TEST_CASE(
    "certify: a joint prior taken for the product of its margins is caught by the reached "
    "residual") {
  const Game game = two_at_once(), loose = two_at_once({.tied = false});
  Solution solution = solved(game, lambda, nodes);
  Solution product = solved(loose, lambda, nodes);
  const int state = state_called(game, "both");
  const auto start_point = [&](const Game& of, const BeliefAxes& axes) {
    const std::vector<double> start = start_beliefs(of, BeliefSpace(of.shape()));
    std::int64_t point = 0;
    for (std::size_t k = 0; k < start.size(); ++k) {
      std::size_t node = 0;
      while (axes.nodes[k][node] < start[k]) ++node;
      REQUIRE(axes.nodes[k][node] == start[k]);
      point =
          point * static_cast<std::int64_t>(axes.nodes[k].size()) + static_cast<std::int64_t>(node);
    }
    return point;
  };
  const Block tied(game, solution.assessment, state), untied(loose, product.assessment, state);
  for (int row = 0; row < num_rows(tied.who); ++row)
    tied.at(row, start_point(game, solution.assessment.axes)) =
        untied.at(row, start_point(loose, product.assessment.axes));
  const Certificate certificate = certified(game, solution);
  CHECK(blames(certificate, "residual_reached"));
  CHECK(certificate.residual_reached > 1e-3);
}

TEST_CASE(
    "certify: margins that a player disputes, solved as if undisputed, are caught by the "
    "residual") {
  const Game game = three_types(), other = three_types({.disputed = false});
  const Certificate certificate = certified(game, claimed_for(game, solved(other, lambda, nodes)));
  CHECK(blames(certificate, "residual_reached"));
}

TEST_CASE(
    "certify: a payoff of simultaneous movers with its sign flipped is caught by residual and "
    "exploitability") {
  const Game game = two_at_once(), other = two_at_once({.sign = -1.0});
  const Certificate certificate = certified(game, claimed_for(game, solved(other, 40.0, 3)));
  CHECK(blames(certificate, "residual"));
  CHECK(blames(certificate, "exploitability"));
}

TEST_CASE(
    "certify: an action of which a guard leaves one type alone, taken by another, is an infinite "
    "residual") {
  const Game game = three_types();
  Solution solution = solved(game, lambda, nodes);
  const Block block(game, solution.assessment, state_called(game, "answer of D"));
  const Decider& d = block.who.front();
  REQUIRE(block.at(d.row(0, 2), 0) == -infinity);
  for (std::int64_t p = 0; p < block.points; ++p) block.at(d.row(0, 2), p) = std::log(1e-9);
  const Certificate certificate = certified(game, solution);
  CHECK(std::isinf(certificate.residual));
  CHECK(blames(certificate, "residual"));
}

TEST_CASE(
    "certify: a simultaneous mover who leaves its logit answer is exploited by itself, and nobody "
    "is blamed for another's error") {
  const Game game = two_at_once();
  Solution solution = solved(game, 400.0, 5);
  REQUIRE(certified(game, solution).holds);
  // On the refined axes alone: B, of either type, does what it should hardly ever do.
  const Block block(game, *solution.refined, state_called(game, "both"));
  const Decider& b = block.who[1];
  for (int type = 0; type < b.types; ++type)
    for (std::int64_t p = 0; p < block.points; ++p)
      std::swap(block.at(b.row(type, 0), p), block.at(b.row(type, 1), p));
  const Certificate certificate = certified(game, solution);
  CHECK(!blames(certificate, "residual"));
  CHECK(blames(certificate, "exploitability"));
  bool b_is_blamed = false;
  for (const std::string& reason : certificate.why_not)
    b_is_blamed = b_is_blamed || reason.find("B (") != std::string::npos;
  CHECK(b_is_blamed);
}
