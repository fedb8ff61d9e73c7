#include <algorithm>

#include <doctest/doctest.h>

#include "melian/numeric.h"

using namespace melian;

TEST_CASE("log_sum_exp: huge, tiny and absent terms do not overflow") {
  const double x[] = {1000.0, 1000.0};
  CHECK(log_sum_exp(x) == doctest::Approx(1000.0 + std::log(2.0)));
  CHECK(log_sum_exp({}) == -infinity);
  const double y[] = {-infinity, 0.0};
  CHECK(log_sum_exp(y) == 0.0);
}

TEST_CASE("logistic and log_odds: inverse of one another, exact at the corners") {
  CHECK(logistic(infinity) == 1.0);
  CHECK(logistic(-infinity) == 0.0);
  CHECK(log_odds(0.0) == -infinity);
  CHECK(log_odds(1.0) == infinity);
  for (const double p : {1e-12, 0.1, 0.5, 0.999})
    CHECK(logistic(log_odds(p)) == doctest::Approx(p).epsilon(1e-12));
}

TEST_CASE("belief_axis: priors are nodes exactly, corners are nodes, nodes crowd at the corners") {
  const double priors[] = {0.3, 0.9, 0.0, 1.0};
  for (const int n : {2, 3, 5, 9, 33, 129}) {
    const auto axis = belief_axis(n, priors);
    CHECK(axis.size() == static_cast<std::size_t>(std::max(n, 4)));
    CHECK(axis.front() == 0.0);
    CHECK(axis.back() == 1.0);
    for (const double p : priors) CHECK(std::find(axis.begin(), axis.end(), p) != axis.end());
    for (std::size_t k = 1; k < axis.size(); ++k) CHECK(axis[k - 1] < axis[k]);
  }
  const auto axis = belief_axis(33, {});
  CHECK(axis[1] - axis[0] < 0.4 * (axis[17] - axis[16]));
}

TEST_CASE("belief_axis: thinned once and twice it keeps the prior and every other node it had") {
  for (const double prior : {1e-300, 1e-9, 0.02, 0.3, 0.5, 0.9, 1 - 1e-9})
    for (const int n : {9, 17, 33, 129}) {
      const std::vector<double> must{prior};
      const auto axis = belief_axis(n, must);
      CHECK(axis.size() == static_cast<std::size_t>(n));
      for (std::size_t k = 1; k < axis.size(); ++k) CHECK(axis[k - 1] < axis[k]);
      const auto half = coarsen_axis(axis, must), quarter = coarsen_axis(half, must);
      CHECK(half.size() == axis.size() / 2 + 1);
      CHECK(quarter.size() == axis.size() / 4 + 1);
      CHECK(std::ranges::includes(half, quarter));
      CHECK(std::ranges::includes(axis, half));
      CHECK(std::ranges::find(quarter, prior) != quarter.end());
    }
}

TEST_CASE(
    "belief_axis: where the prior lies near a corner, cells are about as wide on both sides of it "
    "in log-odds") {
  const double prior = 0.9;
  const auto axis = belief_axis(33, std::vector<double>{prior});
  const auto at = std::ranges::find(axis, prior);
  const double before = log_odds(prior) - log_odds(*(at - 1)),
               after = log_odds(*(at + 1)) - log_odds(prior);
  CHECK(before < 2 * after);
  CHECK(after < 2 * before);
}

TEST_CASE("coarsen_axis: keeps what must be had also where it is an odd node") {
  CHECK(coarsen_axis({0.0, 0.2, 0.5, 1.0}, std::vector<double>{0.2}) ==
        std::vector<double>{0.0, 0.2, 0.5, 1.0});
  CHECK(coarsen_axis({0.0, 0.2, 0.5, 0.7, 1.0}, {}) == std::vector<double>{0.0, 0.5, 1.0});
}

TEST_CASE("refine_axis: halves every cell and keeps every node") {
  const auto fine = refine_axis({0.0, 0.2, 1.0});
  CHECK(fine == std::vector<double>{0.0, 0.1, 0.2, 0.6, 1.0});
}

TEST_CASE("belief_axis: around one centre elsewhere nodes lie as around one half") {
  for (const double at : {-27.0, -3.0, 11.0}) {
    const std::vector<DoubtCentre> centres{{at}};
    const BeliefAxis axis = belief_axis(33, centres, std::vector<double>{at + 0.7});
    const std::vector<double> plain = belief_axis(33, std::vector<double>{logistic(0.7)});
    REQUIRE(axis.log_odds.size() == plain.size());
    for (std::size_t k = 1; k + 1 < plain.size(); ++k)
      CHECK(axis.log_odds[k] - at == doctest::Approx(log_odds(plain[k])).epsilon(1e-9));
  }
}

TEST_CASE(
    "belief_axis: among several centres what must be had is a node, thinned axes are nested, and "
    "halved ones locate their middles halfway") {
  const std::vector<DoubtCentre> centres{{-20.0}, {-11.0, 0.25}, {-2.0}, {7.0, 0.25}};
  const std::vector<double> must{-13.8, 0.0};
  const BeliefAxis axis = belief_axis(65, centres, must), thin = coarsen_axis(axis, must),
                   fine = refine_axis(axis);
  for (const double u : must)
    for (const BeliefAxis* one : {&axis, &thin, &fine})
      CHECK(std::ranges::count(one->log_odds, u) == 1);
  CHECK(thin.log_odds.size() < 0.6 * static_cast<double>(axis.log_odds.size()));
  CHECK(std::ranges::includes(axis.log_odds, thin.log_odds));
  CHECK(std::ranges::includes(fine.log_odds, axis.log_odds));
  CHECK(std::ranges::is_sorted(fine.log_odds, std::less_equal<>()));
  const LaidAxis laid(axis);
  for (std::size_t k = 0; k + 1 < axis.log_odds.size(); ++k) {
    CHECK(laid.locate(axis.log_odds[k]).cell == static_cast<int>(k));
    CHECK(laid.locate(axis.log_odds[k]).weight == 0.0);
    CHECK(laid.locate(fine.log_odds[2 * k + 1]).weight == doctest::Approx(0.5));
  }
  CHECK(laid.locate(infinity).weight == 1.0);
}

TEST_CASE("locate: weights rebuild the point, ends included") {
  const std::vector<double> nodes{0.0, 0.2, 1.0};
  for (const double x : {0.0, 0.1, 0.2, 0.7, 1.0}) {
    const Place at = locate(nodes, x);
    const auto c = static_cast<std::size_t>(at.cell);
    CHECK(nodes[c] * (1 - at.weight) + nodes[c + 1] * at.weight == doctest::Approx(x));
  }
  CHECK(locate({0.0}, 0.4).cell == 0);
}

TEST_CASE("binomial_interval: covers the share and lies within [0, 1]") {
  const Interval i = binomial_interval(0, 10);
  CHECK(i.low == 0.0);
  for (const int trials : {1, 3, 7, 20, 64, 1000}) {
    CHECK(binomial_interval(0, trials).low == 0.0);  // not a rounding error's worth beside it
    CHECK(binomial_interval(trials, trials).high == 1.0);
  }
  CHECK(i.high == doctest::Approx(0.2775).epsilon(1e-3));
  CHECK(normal_quantile_two_sided(0.95) == doctest::Approx(1.959963985).epsilon(1e-8));
}

TEST_CASE("fixed_point: a slow contraction is sped up far beyond plain iteration") {
  // f(x) = .999 x + .001 in one direction, .5 x in another: plain iteration takes some 30,000
  // steps.
  std::vector<double> x{0.0, 1.0}, fx(2);
  FixedPoint search;
  do {
    fx = {0.999 * x[0] + 0.001, 0.5 * x[1]};
  } while (search.step(x, fx) == FixedPoint::Ending::none);
  CHECK(x[0] == doctest::Approx(1.0).epsilon(1e-9));
  CHECK(std::abs(x[1]) < 1e-9);
  CHECK(search.steps() < 10000);
  CHECK_FALSE(search.damped());
}

TEST_CASE("fixed_point: what goes round in circles is found by damping, and says so") {
  // A smooth step down, four times too steep for plain iteration.
  std::vector<double> x{0.1}, fx(1);
  FixedPoint search;
  auto ending = FixedPoint::Ending::none;
  while (ending == FixedPoint::Ending::none) {
    fx[0] = logistic(-16.0 * (x[0] - 0.45));
    ending = search.step(x, fx);
  }
  CHECK(ending == FixedPoint::Ending::converged);
  CHECK(search.damped());
  CHECK(x[0] == doctest::Approx(logistic(-16.0 * (x[0] - 0.45))).epsilon(1e-11));
}

TEST_CASE("fixed_point: no fixed point is never found") {
  std::vector<double> x{0.0}, fx(1);
  FixedPoint search;
  auto ending = FixedPoint::Ending::none;
  while (ending == FixedPoint::Ending::none) {
    fx[0] = x[0] < 0.5 ? 1.0 : 0.0;
    ending = search.step(x, fx);
  }
  CHECK(ending == FixedPoint::Ending::goes_round);
}
