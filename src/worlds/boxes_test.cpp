#include "worlds/boxes.h"

#include <doctest/doctest.h>

#include "worlds/sobol.h"

using namespace melian;

namespace {

MarkedPoints planted(std::size_t count, int width, auto is_sought) {
  const auto points = sobol_points(count, width);
  MarkedPoints out;
  for (std::size_t i = 0; i < count; ++i) {
    out.points.emplace_back();
    for (int d = 0; d < width; ++d)
      out.points.back().push_back(
          owen_scrambled(points[i * static_cast<std::size_t>(width) + static_cast<std::size_t>(d)],
                         9, 0, static_cast<std::uint32_t>(d)));
    out.sought.push_back(is_sought(out.points.back(), i) ? 1 : 0);
  }
  return out;
}

}  // namespace

TEST_CASE("boxes: a planted box is found, its sides near, its free parameters free") {
  const auto found = find_box(
      planted(1024, 6,
              [](const std::vector<double>& x, std::size_t) { return x[1] > 0.6 && x[4] < 0.5; }),
      1);
  REQUIRE(found.has_value());
  for (const std::size_t d : {0U, 2U, 3U, 5U}) CHECK_FALSE(found->restricted[d]);
  CHECK(found->sides[1].first == doctest::Approx(0.6).epsilon(0.06));
  CHECK(found->sides[1].second == 1.0);
  CHECK(found->sides[4].first == 0.0);
  CHECK(found->sides[4].second == doctest::Approx(0.5).epsilon(0.06));
  CHECK(found->coverage > 0.9);
  CHECK(found->density > 0.9);
  CHECK(found->support == doctest::Approx(0.2).epsilon(0.1));
  CHECK(found->resampled[1] == doctest::Approx(1.0));
  CHECK(found->resampled[4] == doctest::Approx(1.0));
  CHECK(found->resampled[0] < 0.5);
}

TEST_CASE("boxes: in a tenth of noise the planted box is still found, and its density says so") {
  const auto noisy = planted(1024, 5, [](const std::vector<double>& x, std::size_t i) {
    return (x[2] < 0.4) != (i % 10 == 3);
  });
  const auto found = find_box(noisy, 1);
  REQUIRE(found.has_value());
  CHECK(found->sides[2].second == doctest::Approx(0.4).epsilon(0.1));
  CHECK(found->density == doctest::Approx(0.9).epsilon(0.05));
  CHECK(found->resampled[2] == doctest::Approx(1.0));
}

TEST_CASE("boxes: where nothing is sought, or all, there is none") {
  CHECK_FALSE(
      find_box(planted(256, 3, [](const auto&, std::size_t) { return false; }), 1).has_value());
  CHECK_FALSE(
      find_box(planted(256, 3, [](const auto&, std::size_t) { return true; }), 1).has_value());
}

TEST_CASE("boxes: the same points and seed give the same box") {
  const auto points =
      planted(512, 4, [](const std::vector<double>& x, std::size_t) { return x[0] + x[1] > 1.3; });
  const auto once = find_box(points, 1), again = find_box(points, 1);
  REQUIRE(once.has_value());
  CHECK(once->sides == again->sides);
  CHECK(once->resampled == again->resampled);
}
