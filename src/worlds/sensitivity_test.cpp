#include "worlds/sensitivity.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>

#include <doctest/doctest.h>

#include "worlds/sobol.h"

using namespace melian;

namespace {

using Point = std::vector<double>;

/// Rows as the worlds make them: `a` from one scramble, `b` from another in another order.
EffectRows rows_of(const std::function<double(const Point&)>& f, int dimension,
                   std::size_t num_rows, const std::vector<std::vector<int>>& groups) {
  const auto points = sobol_points(num_rows, dimension);
  const auto point = [&](std::size_t row, std::uint32_t scramble) {
    Point out;
    for (int d = 0; d < dimension; ++d)
      out.push_back(owen_scrambled(
          points[row * static_cast<std::size_t>(dimension) + static_cast<std::size_t>(d)], 5,
          scramble, static_cast<std::uint32_t>(d)));
    return out;
  };
  const auto order = shuffled(num_rows, 5, 0);
  EffectRows rows;
  rows.changed.resize(groups.size());
  for (std::size_t i = 0; i < num_rows; ++i) {
    const Point a = point(i, 0), b = point(order[i], 1);
    rows.a.emplace_back(f(a));
    rows.b.emplace_back(f(b));
    for (std::size_t g = 0; g < groups.size(); ++g) {
      Point mixed = a;
      for (const int d : groups[g])
        mixed[static_cast<std::size_t>(d)] = b[static_cast<std::size_t>(d)];
      rows.changed[g].emplace_back(f(mixed));
    }
  }
  return rows;
}

double ishigami(const Point& x) {
  const auto angle = [&](std::size_t k) { return std::numbers::pi * (2.0 * x[k] - 1.0); };
  return std::sin(angle(0)) + 7.0 * std::pow(std::sin(angle(1)), 2) +
         0.1 * std::pow(angle(2), 4) * std::sin(angle(0));
}

/// Product of (|4 x - 2| + a) / (1 + a).
double g_function(const Point& x, const std::vector<double>& a) {
  double out = 1.0;
  for (std::size_t k = 0; k < x.size(); ++k)
    out *= (std::abs(4.0 * x[k] - 2.0) + a[k]) / (1.0 + a[k]);
  return out;
}

}  // namespace

TEST_CASE("total effects: of the Ishigami function, the closed form lies within the interval") {
  // Variance a^2/8 + b pi^4/5 + b^2 pi^8/18 + 1/2 with a = 7, b = .1; T1 = .5576, T2 = .4424, T3 =
  // .2437.
  const TotalEffects found = total_effects(rows_of(ishigami, 3, 1024, {{0}, {1}, {2}}), 1);
  CHECK(found.variance == doctest::Approx(13.8446).epsilon(0.05));
  const double closed[] = {0.5576, 0.4424, 0.2437};
  for (std::size_t g = 0; g < 3; ++g) {
    REQUIRE(found.groups[g].has_value());
    CHECK(found.groups[g]->effect == doctest::Approx(closed[g]).epsilon(0.12));
    CHECK(found.groups[g]->low <= closed[g]);
    CHECK(found.groups[g]->high >= closed[g]);
  }
}

TEST_CASE("total effects: of the g-function, groups have the closed form's effects") {
  // With v_k = 1/3 / (1 + a_k)^2: T_G = 1 - prod over others (1 + v) - 1, over the variance prod (1
  // + v) - 1.
  const std::vector<double> a{0, 1, 4.5, 9};
  const std::vector<std::vector<int>> groups{{0}, {1, 2}, {3}};
  const TotalEffects found =
      total_effects(rows_of([&](const Point& x) { return g_function(x, a); }, 4, 1024, groups), 1);
  const auto without = [&](const std::vector<int>& group) {
    double product = 1.0;
    for (int k = 0; k < 4; ++k)
      if (std::find(group.begin(), group.end(), k) == group.end())
        product *= 1.0 + 1.0 / 3.0 / std::pow(1.0 + a[static_cast<std::size_t>(k)], 2);
    return product - 1.0;
  };
  const double variance = without({});
  CHECK(found.variance == doctest::Approx(variance).epsilon(0.05));
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const double closed = 1.0 - without(groups[g]) / variance;
    REQUIRE(found.groups[g].has_value());
    CHECK(found.groups[g]->effect == doctest::Approx(closed).epsilon(0.12));
    CHECK(found.groups[g]->low <= closed);
    CHECK(found.groups[g]->high >= closed);
  }
}

TEST_CASE(
    "total effects: a number that does not vary has none, and nothing is divided by its variance") {
  const TotalEffects found =
      total_effects(rows_of([](const Point&) { return 0.3; }, 2, 64, {{0}, {1}}), 1);
  CHECK(found.variance == doctest::Approx(0.0));
  CHECK_FALSE(found.groups[0].has_value());
  CHECK_FALSE(found.groups[1].has_value());
}

TEST_CASE("total effects: worlds without a number are counted and left out of their rows alone") {
  EffectRows rows = rows_of([](const Point& x) { return x[0] + 2 * x[1]; }, 2, 512, {{0}, {1}});
  for (std::size_t i = 0; i < 512; i += 16) rows.a[i].reset();
  for (std::size_t i = 1; i < 512; i += 16) rows.changed[0][i].reset();
  const TotalEffects found = total_effects(rows, 1);
  CHECK(found.missing == 32);
  CHECK(found.rows == 480);
  CHECK(found.groups[0]->rows == 448);
  CHECK(found.groups[1]->rows == 480);
  CHECK(found.groups[0]->effect == doctest::Approx(0.2).epsilon(0.15));  // variances 1/12 and 4/12
  CHECK(found.groups[1]->effect == doctest::Approx(0.8).epsilon(0.15));
}
