#include "worlds/sobol.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <doctest/doctest.h>

using namespace melian;

namespace {

double as_number(std::uint32_t digits) { return digits * 0x1.0p-32; }

}  // namespace

TEST_CASE("sobol: its points are those of an independent implementation, in up to 128 dimensions") {
  // scipy 1.15, qmc.Sobol(128, scramble=False, bits=30), which reads the same table of Joe and Kuo.
  constexpr std::array<int, 9> dimensions{0, 1, 2, 3, 7, 20, 49, 99, 127};
  const auto points = sobol_points(64, 128);
  const auto check = [&](std::size_t row, const std::array<double, 9>& expected) {
    for (std::size_t k = 0; k < dimensions.size(); ++k) {
      CAPTURE(row);
      CAPTURE(dimensions[k]);
      CHECK(as_number(points[row * 128 + static_cast<std::size_t>(dimensions[k])]) == expected[k]);
    }
  };
  check(0, {0, 0, 0, 0, 0, 0, 0, 0, 0});
  check(1, {0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5});
  check(5, {0.875, 0.875, 0.125, 0.375, 0.375, 0.625, 0.875, 0.375, 0.125});
  check(23, {0.21875, 0.84375, 0.09375, 0.53125, 0.46875, 0.34375, 0.65625, 0.65625, 0.21875});
  check(63,
        {0.015625, 0.796875, 0.359375, 0.453125, 0.140625, 0.234375, 0.671875, 0.078125, 0.640625});
}

TEST_CASE(
    "owen_scrambled: of 2^k scrambled points, exactly one lies in each of 2^k slices of every "
    "dimension") {
  constexpr std::size_t count = 128;
  constexpr int width = 40;
  const auto points = sobol_points(count, width);
  for (std::uint32_t scramble = 0; scramble < 3; ++scramble)
    for (std::uint32_t d = 0; d < width; ++d) {
      std::array<int, count> hits{};
      for (std::size_t i = 0; i < count; ++i)
        ++hits.at(static_cast<std::size_t>(owen_scrambled(points[i * width + d], 7, scramble, d) *
                                           count));
      CHECK(std::ranges::all_of(hits, [](int n) { return n == 1; }));
    }
}

TEST_CASE("owen_scrambled: points share as many leading digits after scrambling as before") {
  for (std::uint32_t a : {0U, 5U << 27U, 0x80000000U})
    for (int same = 0; same < 31; ++same) {
      const std::uint32_t b = a ^ (1U << (31 - same));
      const double x = owen_scrambled(a, 3, 1, 2), y = owen_scrambled(b, 3, 1, 2);
      CHECK(std::floor(std::ldexp(x, same)) == std::floor(std::ldexp(y, same)));
      CHECK(std::floor(std::ldexp(x, same + 1)) != std::floor(std::ldexp(y, same + 1)));
    }
}

TEST_CASE("owen_scrambled: scrambles differ by number, seed and dimension, and nothing else") {
  const double x = owen_scrambled(12345, 1, 0, 0);
  CHECK(owen_scrambled(12345, 1, 0, 0) == x);
  CHECK(owen_scrambled(12345, 1, 1, 0) != x);
  CHECK(owen_scrambled(12345, 2, 0, 0) != x);
  CHECK(owen_scrambled(12345, 1, 0, 1) != x);
}

TEST_CASE(
    "owen_scrambled: a mean over scrambled points is far nearer to the integral than independent "
    "draws can be") {
  // The integral of the product of (1 + (x - 1/2) / 2) over 5 dimensions is 1; its standard
  // deviation is about .32, so that 1,024 independent draws would miss it by .01.
  constexpr std::size_t count = 1024;
  constexpr int width = 5;
  const auto points = sobol_points(count, width);
  double worst = 0.0;
  for (std::uint32_t scramble = 0; scramble < 8; ++scramble) {
    double sum = 0.0;
    for (std::size_t i = 0; i < count; ++i) {
      double product = 1.0;
      for (std::uint32_t d = 0; d < width; ++d)
        product *= 1.0 + (owen_scrambled(points[i * width + d], 11, scramble, d) - 0.5) / 2.0;
      sum += product;
    }
    worst = std::max(worst, std::abs(sum / count - 1.0));
  }
  CHECK(worst < 5e-4);
}
