/// Lines side by side: the same answers as one line at a time, and no certificate that one line at
/// a time would not give.

#include <cmath>

#include <doctest/doctest.h>

#include "solve/bundle.h"
#include "solve/kernel.h"

using namespace melian;
using namespace melian::grid;

namespace {

struct Shape {
  std::vector<std::uint8_t> open, moved;
};

/// Branches open to both types that move beliefs or do not, and now and then one that only one type
/// has.
Shape random_shape(RandomStream& random, int branches) {
  Shape out;
  for (int a = 0; a < branches; ++a) {
    const double kind = random.uniform();
    out.open.push_back(a > 0 && kind < 0.1 ? 1 : a > 0 && kind < 0.2 ? 2 : 3);
    out.moved.push_back(kind < 0.8 ? 1 : 0);
  }
  return out;
}

/// Scores as a game would give them: constant where beliefs do not matter. `size`: how far they
/// reach, in logits.
Line random_line(RandomStream& random, const Axis& axis, const Shape& shape, double size) {
  Line line;
  line.reset(axis, static_cast<int>(shape.open.size()));
  line.open = shape.open;
  line.moved = shape.moved;
  for (int a = 0; a < line.branches; ++a)
    for (int type = 0; type < 2; ++type) {
      const double level = size * (2.0 * random.uniform() - 1.0);
      for (int k = 0; k < axis.nodes(); ++k)
        line.row(a, type)[k] =
            level + (shape.moved[ix(a)] != 0 ? 0.6 * size * (2.0 * random.uniform() - 1.0) : 0.0);
    }
  line.prepare();
  return line;
}

}  // namespace

TEST_CASE(
    "bundle: every sure column is the one-line answer, and nothing that may have several solutions "
    "is sure") {
  RandomStream random(7, 1);
  int sure = 0, unsure = 0;
  for (int draw = 0; draw < 300; ++draw) {
    CAPTURE(draw);
    const Axis axis(belief_axis(3 + draw % 7, std::vector<double>{0.05 + 0.9 * random.uniform()}));
    const Shape shape = random_shape(random, 2 + draw % 5);
    const int columns = 1 + draw % 19;
    Bundle bundle;
    bundle.reset(axis, shape.open, shape.moved, columns);
    std::vector<Line> lines;
    for (int i = 0; i < columns; ++i) {
      lines.push_back(random_line(random, axis, shape, std::exp(5.0 * random.uniform() - 2.0)));
      for (int a = 0; a < lines.back().branches; ++a)
        for (int type = 0; type < 2; ++type)
          for (int k = 0; k < axis.nodes(); ++k)
            bundle.row(a, type, k)[i] = lines.back().row(a, type)[k];
    }
    bundle.prepare();
    bundle.aim(axis.u);
    bundle.solve();
    Kernel kernel;
    LineAnswer answer;
    for (int i = 0; i < columns; ++i) {
      if (!bundle.sure(i)) {
        ++unsure;
        continue;
      }
      ++sure;
      kernel.solve(lines[ix(i)], axis.u, Guide{}, answer);
      CHECK(bundle.residual(i) <= residual_target(lines[ix(i)].scale + 10.0));
      for (int t = 0; t < axis.nodes(); ++t) {
        REQUIRE(answer.mark[ix(t)] == DecisionMark::unique);
        for (int a = 0; a < lines[ix(i)].branches; ++a) {
          const double b = axis.b[ix(answer.cell[answer.place(a, t)])] +
                           answer.weight[answer.place(a, t)] /
                               axis.per_width[ix(answer.cell[answer.place(a, t)])];
          if (shape.moved[ix(a)] != 0)
            REQUIRE(bundle.belief(a, t)[i] == doctest::Approx(b).epsilon(1e-9));
          for (int type = 0; type < 2; ++type) {
            const double log = answer.log_sigma[answer.index(type, a, t)];
            if (std::isinf(log))
              REQUIRE(bundle.log_sigma(type, a, t)[i] == log);
            else
              REQUIRE(std::abs(bundle.log_sigma(type, a, t)[i] - log) <=
                      1e-9 * (1.0 + std::abs(log)));
            REQUIRE(bundle.sigma(type, a, t)[i] ==
                    doctest::Approx(answer.sigma[answer.index(type, a, t)]).epsilon(1e-9));
          }
        }
      }
    }
  }
  CHECK(sure > 500);
  CHECK(unsure > 100);
}

TEST_CASE("bundle: where it starts makes no difference, nor who stands beside") {
  RandomStream random(7, 2);
  const Axis axis(belief_axis(5, std::vector<double>{0.5}));
  const Shape shape{{3, 3, 3}, {1, 1, 0}};
  std::vector<Line> lines;
  for (int i = 0; i < 11; ++i) lines.push_back(random_line(random, axis, shape, 0.8));
  const auto solved = [&](int from, int to, double start) {
    Bundle bundle;
    bundle.reset(axis, shape.open, shape.moved, to - from);
    for (int i = from; i < to; ++i)
      for (int a = 0; a < 3; ++a)
        for (int type = 0; type < 2; ++type)
          for (int k = 0; k < 5; ++k)
            bundle.row(a, type, k)[i - from] = lines[ix(i)].row(a, type)[k];
    bundle.prepare();
    bundle.aim(axis.u);
    if (start != 0.0) {
      for (const int a : {0, 1})
        for (const int t : {1, 2, 3})
          std::fill_n(bundle.start(a, t), to - from, axis.u[ix(t)] + start);
      bundle.told(0, to - from);
    }
    bundle.solve();
    std::vector<double> out;
    for (int i = 0; i < to - from; ++i) {
      REQUIRE(bundle.sure(i));
      for (int t = 0; t < 5; ++t) out.push_back(bundle.log_sigma(1, 0, t)[i]);
    }
    return out;
  };
  const std::vector<double> cold = solved(0, 11, 0.0), told = solved(0, 11, 3.0);
  for (std::size_t i = 0; i < cold.size(); ++i)
    CHECK(told[i] == doctest::Approx(cold[i]).epsilon(1e-11));
  for (int i = 0; i < 11; ++i) {
    const std::vector<double> alone = solved(i, i + 1, 0.0);
    for (int t = 0; t < 5; ++t)
      CHECK(alone[ix(t)] == doctest::Approx(cold[ix(i * 5 + t)]).epsilon(1e-11));
  }
}
