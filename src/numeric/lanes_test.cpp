/// Elementary functions of loops over belief points, against the long double ones of the C library.

#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include "melian/base.h"
#include "numeric/lanes.h"
#include "numeric/pack.h"

using namespace melian;

namespace {

/// |value - exact| in units in the last place of numbers as large as `size`.
double units(double value, long double exact, long double size) {
  return static_cast<double>(std::abs(static_cast<long double>(value) - exact) /
                             (size * std::numeric_limits<double>::epsilon()));
}

}  // namespace

TEST_CASE("lanes: the exponential is within .8 of a last place from 0 down to where it ends") {
  RandomStream random(1, 1);
  double worst = 0.0;
  for (int k = 0; k < 400000; ++k) {
    const double z = random.uniform(), x = k % 2 == 0 ? -708.0 * z : -708.0 * z * z * z * z * z * z;
    const long double exact = std::exp(static_cast<long double>(x));
    worst = std::max(worst, units(lanes::exp_down(x), exact, exact));
  }
  CHECK(worst < 0.8);
}

TEST_CASE("lanes: the exponential's ends are exact") {
  CHECK(lanes::exp_down(0.0) == 1.0);
  CHECK(lanes::exp_down(-0.0) == 1.0);
  CHECK(lanes::exp_down(-708.0) > 0.0);
  for (const double x : {-708.1, -1e4, -1e300, -std::numeric_limits<double>::infinity()})
    CHECK(lanes::exp_down(x) == 0.0);
}

TEST_CASE(
    "lanes: the logarithm of a ratio is within 2 last places of its larger part, and "
    "antisymmetric") {
  RandomStream random(1, 2);
  double worst = 0.0, worst_single = 0.0;
  for (int k = 0; k < 400000; ++k) {
    double a = random.uniform();
    const double b = random.uniform();
    if (k % 2 == 0) a = std::ldexp(a, -static_cast<int>(60.0 * random.uniform()));
    const long double log_a = std::log1p(static_cast<long double>(a)),
                      log_b = std::log1p(static_cast<long double>(b));
    worst = std::max(worst, units(lanes::log_ratio(a, b), log_a - log_b, std::max(log_a, log_b)));
    REQUIRE(lanes::log_ratio(a, b) == -lanes::log_ratio(b, a));
    REQUIRE(lanes::log_ratio(a, a) == 0.0);
    if (a > 0.0) worst_single = std::max(worst_single, units(lanes::log_1_plus(a), log_a, log_a));
  }
  CHECK(worst < 2.0);
  CHECK(worst_single < 1.6);
}

TEST_CASE("lanes: the logarithm is within 2 last places from 1 upwards, and exact at 1") {
  RandomStream random(1, 3);
  double worst = 0.0;
  for (int k = 0; k < 200000; ++k) {
    const double z = random.uniform(), x = k % 3 == 0   ? 1.0 + z * z * z * z
                                           : k % 3 == 1 ? 1.0 + 20.0 * z
                                                        : std::exp(700.0 * z);
    const long double exact = std::log(static_cast<long double>(x));
    if (x > 1.0) worst = std::max(worst, units(lanes::log_up(x), exact, exact));
  }
  CHECK(worst < 2.0);
  CHECK(lanes::log_up(1.0) == 0.0);
}

TEST_CASE("pack: every number is what it would be alone") {
  const double first[] = {1.5, -2.0, 1e300, 0.0, 3.0, 7.0, -0.1, 2.5},
               second[] = {0.1, 4.0, 1e10, -0.0, 1.0 / 3.0, 9.0, 0.7, 2.5};
  double which[8], out[8];
  const std::int64_t places[] = {3, 3, 0, 1, 7, 2, 6, 5};
  for (int k = 0; k < 8; ++k) which[k] = lanes::chosen(k % 3 == 1);
  const auto check = [&](auto pack) {
    using Pack = decltype(pack);
    constexpr int count = sizeof(Pack) / sizeof(double);
    const Pack a = Pack::load(first), b = Pack::load(second);
    (a + b).store(out);
    for (int k = 0; k < count; ++k) CHECK(out[k] == first[k] + second[k]);
    (a * b).store(out);
    for (int k = 0; k < count; ++k) CHECK(out[k] == first[k] * second[k]);
    Pack::choose(Pack::load(which), a, b).store(out);
    for (int k = 0; k < count; ++k)
      CHECK(out[k] == (lanes::is_chosen(which[k]) ? second[k] : first[k]));
    Pack::all(2.5).store(out);
    for (int k = 0; k < count; ++k) CHECK(out[k] == 2.5);
  };
  check(lanes::Pack<1>{});
  check(lanes::Pack<2>{});
  check(lanes::Pack<4>{});
  check(lanes::Pack<8>{});
  lanes::Pack<8>::load(first).at(places).store(out);
  for (int k = 0; k < 8; ++k) CHECK(out[k] == first[places[k]]);
}
