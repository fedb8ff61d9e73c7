/// Newton's method by shared probes: few evaluations, the fixed point of plain iteration, and no
/// other.

#include <cmath>

#include <doctest/doctest.h>

#include "melian/base.h"
#include "solve/tangent.h"

using namespace melian;
using namespace melian::grid;

namespace {

/// Neighbours only, as on a front: two numbers a place.
std::vector<double> chain(const std::vector<double>& x, double pull) {
  const int places = static_cast<int>(x.size()) / 2;
  std::vector<double> out(x.size());
  const auto value = [&](int place, int k) {
    return place < 0         ? 0.1 * k
           : place >= places ? 1.0 - 0.3 * k
                             : x[static_cast<std::size_t>(2 * place + k)];
  };
  for (int place = 0; place < places; ++place)
    for (const int k : {0, 1}) {
      const double mean = 0.5 * (value(place - 1, k) + value(place + 1, k)),
                   rival = value(place + (k == 0 ? 1 : -1), 1 - k);
      out[static_cast<std::size_t>(2 * place + k)] =
          pull * mean + 0.05 * std::tanh(3.0 * rival - place * 0.1);
    }
  return out;
}

Dependence of_chain(int places) {
  std::vector<int> first;
  std::vector<std::vector<int>> moved_by;
  for (int place = 0; place < places; ++place) {
    first.push_back(2 * place);
    moved_by.emplace_back();
    for (const int from : {place - 1, place + 1})
      if (from >= 0 && from < places) moved_by.back().push_back(from);
  }
  return Dependence::by_block(first, 2 * places, moved_by);
}

}  // namespace

TEST_CASE(
    "tangent: on a chain numbers two places apart or more share a probe where nothing depends on "
    "both") {
  const Dependence depends = of_chain(30);
  CHECK(depends.probes == 4);  // every place depends on both neighbours, which differ: two colours
                               // of places, two numbers each
  for (std::size_t j = 0; j < depends.probe.size(); ++j)
    for (std::size_t k = 0; k < j; ++k) {
      if (depends.probe[j] != depends.probe[k]) continue;
      for (const int row : depends.moves[j])
        for (const int other : depends.moves[k]) REQUIRE(row != other);
    }
}

TEST_CASE("tangent: it finds what plain iteration converges to, in a fifth of the evaluations") {
  constexpr int places = 30;
  std::vector<double> plain(2 * places, 0.0);
  int sweeps = 0;
  for (double change = 1.0; change > 1e-15; ++sweeps) {
    const std::vector<double> next = chain(plain, 0.82);
    change = 0.0;
    for (std::size_t i = 0; i < plain.size(); ++i)
      change = std::max(change, std::abs(next[i] - plain[i]));
    plain = next;
  }
  const Dependence depends = of_chain(places);
  Tangent tangent(depends);
  std::vector<double> x(2 * places, 0.2);
  tangent.begin(x, chain(x, 0.82));
  int evaluations = 1;
  auto ending = Tangent::Ending::none;
  for (; ending == Tangent::Ending::none; ++evaluations) {
    REQUIRE(evaluations < 100);
    ending = tangent.step(x, chain(x, 0.82));
  }
  CHECK(ending == Tangent::Ending::converged);
  CHECK(5 * evaluations < sweeps);
  for (std::size_t i = 0; i < x.size(); ++i)
    CHECK(x[i] == doctest::Approx(plain[i]).epsilon(1e-12));
}

TEST_CASE("tangent: a fixed point that plain iteration flees is none of its business") {
  // x = 1.3 x - .06 has one at .2.
  const Dependence depends = Dependence::by_block({0}, 1, {{0}});
  Tangent tangent(depends);
  std::vector<double> x{0.5};
  const auto f = [](const std::vector<double>& at) {
    return std::vector<double>{1.3 * at[0] - 0.06};
  };
  tangent.begin(x, f(x));
  CHECK(tangent.step(x, f(x)) == Tangent::Ending::failed);
}
