#include <algorithm>
#include <cmath>
#include <numeric>

#include <doctest/doctest.h>

#include "game/builder.h"
#include "melian/beliefs.h"
#include "melian/numeric.h"

namespace melian {
namespace {

std::vector<std::string> named(int count) {
  std::vector<std::string> out;
  for (int k = 0; k < count; ++k) out.push_back("t" + std::to_string(k));
  return out;
}

/// Players with so many types each, the first `tied` of them with a joint prior.
Structure players(const std::vector<int>& types, int tied) {
  Structure out;
  for (std::size_t i = 0; i < types.size(); ++i)
    out.players.push_back({"P" + std::to_string(i), named(types[i]), {}});
  if (tied > 1) {
    out.correlated.emplace_back(static_cast<std::size_t>(tied));
    std::iota(out.correlated.back().begin(), out.correlated.back().end(), 0);
  }
  return out;
}

std::vector<double> drawn(RandomStream& random, int count, double size) {
  std::vector<double> out;
  for (int k = 0; k < count; ++k) out.push_back(std::exp(size * (random.uniform() - 0.5)));
  const double sum = std::accumulate(out.begin(), out.end(), 0.0);
  for (double& x : out) x /= sum;
  return out;
}

std::vector<double> in_log_odds(const std::vector<double>& beliefs) {
  std::vector<double> out;
  for (const double b : beliefs) out.push_back(log_odds(b));
  return out;
}

}  // namespace

TEST_CASE("beliefs: moved through their axes, they are what Bayes' rule makes of the cells") {
  RandomStream random(1, 1);
  for (const Structure& structure :
       {players({2}, 0), players({3}, 0), players({7}, 0), players({2, 2}, 2),
        players({2, 3, 2}, 2), players({3, 2, 2}, 3)}) {
    const BeliefSpace space(structure);
    for (int g = 0; g < static_cast<int>(space.groups().size()); ++g) {
      const BeliefSpace::Group& group = space.groups()[static_cast<std::size_t>(g)];
      CHECK(group.num_axes == group.cells - 1);
      for (int trial = 0; trial < 50; ++trial) {
        const std::vector<double> prior = drawn(random, group.cells, 12.0),
                                  likelihood = drawn(random, group.cells, 12.0);
        std::vector<double> beliefs(static_cast<std::size_t>(group.num_axes)),
            shift(beliefs.size()), log_likelihood;
        space.coordinates(g, prior.data(), beliefs.data());
        std::vector<double> u = in_log_odds(beliefs);
        for (const double x : likelihood) log_likelihood.push_back(std::log(x));
        space.shifts(g, log_likelihood.data(), u.data(), shift.data());
        for (std::size_t k = 0; k < u.size(); ++k) u[k] = moved_log_odds(u[k], shift[k]);
        const std::vector<double> after = space.cell_odds(g, u.data());
        double sum = 0.0;
        for (int c = 0; c < group.cells; ++c)
          sum += prior[static_cast<std::size_t>(c)] * likelihood[static_cast<std::size_t>(c)];
        for (std::size_t c = 0; c < after.size(); ++c)
          CHECK(after[c] == doctest::Approx(prior[c] * likelihood[c] / sum).epsilon(1e-11));
      }
    }
  }
}

TEST_CASE(
    "beliefs: given one's own type they are conditional odds, also where that type is believed "
    "impossible") {
  const BeliefSpace space(players({2, 2}, 2));
  const std::vector<double> joint{0.4, 0.1, 0.2, 0.3};
  std::vector<double> beliefs(3);
  space.coordinates(0, joint.data(), beliefs.data());
  std::vector<double> u = in_log_odds(beliefs);
  const std::vector<double> odds = space.cell_odds(0, u.data(), 1);
  CHECK(odds[0] == doctest::Approx(0.4 / 0.6));
  CHECK(odds[1] == doctest::Approx(0.1 / 0.4));
  CHECK(odds[2] == doctest::Approx(0.2 / 0.6));
  CHECK(odds[3] == doctest::Approx(0.3 / 0.4));
  // Nobody believes that the second player is of its second type; were it, it would judge the first
  // by the margin.
  u[1] = u[2] = -infinity;
  const std::vector<double> at_corner = space.cell_odds(0, u.data(), 1);
  CHECK(at_corner[1] == doctest::Approx(0.5));
  CHECK(at_corner[3] == doctest::Approx(0.5));
}

TEST_CASE(
    "beliefs: news impossible for all types still believed in brings back those it is possible "
    "for") {
  const BeliefSpace space(players({3}, 0));
  const std::vector<double> certain{1.0, 0.0, 0.0};
  std::vector<double> beliefs(2), shift(2);
  space.coordinates(0, certain.data(), beliefs.data());
  std::vector<double> u = in_log_odds(beliefs);
  const std::vector<double> news{-infinity, -infinity, 0.0};
  space.shifts(0, news.data(), u.data(), shift.data());
  for (std::size_t k = 0; k < 2; ++k) u[k] = moved_log_odds(u[k], shift[k]);
  CHECK(space.cell_odds(0, u.data())[2] == 1.0);
}

TEST_CASE("beliefs: an axis says what it is about") {
  const Structure structure = players({3, 2, 2}, 2);
  const BeliefSpace space(structure);
  CHECK(space.statement(structure, 0) == "P0 is t1 or t2");
  CHECK(space.statement(structure, space.only_axis(2)) == "P2 is t1");
  std::vector<std::string> all;
  for (int k = 0; k < space.num_axes(); ++k) all.push_back(space.statement(structure, k));
  CHECK(std::ranges::count(all, "P1 is t1, given that P0 is t2") == 1);
  CHECK(std::ranges::count(all, "P0 is t2, given that P0 is t1 or t2") == 1);
}

TEST_CASE(
    "deciders: movers at the same time have rows of their own, and branches count the last one "
    "fastest") {
  GameBuilder g("both");
  const int a = g.player("A", {"x", "y"}), b = g.player("B"), end = g.outcome("end");
  const int both = g.state(
      g.simultaneous("both", {g.choice("a", a, {"l", "r"}), g.choice("b", b, {"u", "m", "d"})}));
  for (int k = 0; k < 6; ++k)
    g.branch(both, k, end).pay(a, [k](const TypeProfile& t) { return k * t[0]; });
  const Game game = g.build();
  const std::vector<Decider> movers = deciders(game.shape(), both, Measure::each);
  REQUIRE(movers.size() == 2);
  CHECK(num_rows(movers) == 2 * 2 + 3);
  for (int k = 0; k < 6; ++k) {
    CHECK(movers[0].own_action(k) == k / 3);
    CHECK(movers[1].own_action(k) == k % 3);
  }
  CHECK(movers[1].row(0, 0) == 4);
}

}  // namespace melian
