/// One decision at a time: the equations hold, every solution is found, nothing hard is passed over
/// in silence.

#include <algorithm>
#include <cmath>

#include <doctest/doctest.h>

#include "solve/kernel.h"

using namespace melian;
using namespace melian::grid;

namespace {

struct Draw {
  RandomStream random;
  double uniform(double low, double high) { return low + (high - low) * random.uniform(); }
  int below(int n) { return static_cast<int>(random.uniform() * n); }
};

Axis random_axis(Draw& draw, int nodes) {
  std::vector<double> inner;
  for (int k = 0; k < nodes - 2; ++k) inner.push_back(draw.uniform(0.001, 0.999));
  return Axis(belief_axis(nodes, inner));
}

/// Scores of random walks in b; `guards`: some branches open to one type only.
Line random_line(Draw& draw, const Axis& axis, int branches, double size, bool guards, int curved) {
  Line line;
  line.reset(axis, branches);
  for (int a = 0; a < branches; ++a) {
    for (int type = 0; type < 2; ++type) {
      double s = draw.uniform(-size, size);
      for (int k = 0; k < axis.nodes(); ++k) {
        line.row(a, type)[k] = s;
        if (a < curved)
          s += draw.uniform(-size, size) *
               (axis.b[ix(std::min(k + 1, axis.nodes() - 1))] - axis.b[ix(k)]) * 3.0;
      }
    }
    if (guards && a >= 1 && draw.below(3) == 0)
      line.open[ix(a)] = static_cast<std::uint8_t>(1 + draw.below(2));
  }
  line.prepare();
  return line;
}

/// Largest miss of log sigma = S - log Z at the posterior Bayes' rule gives, computed without the
/// solver's code.
double miss_of(const Line& line, double u0, const LineAnswer& answer, int target) {
  double worst = 0.0;
  const std::vector<double>& b = line.axis->b;
  for (int type = 0; type < 2; ++type) {
    std::vector<double> s;
    for (int a = 0; a < line.branches; ++a) {
      const int open = line.open[ix(a)];
      if ((open >> type & 1) == 0) {
        s.push_back(-infinity);
        continue;
      }
      const double ratio = answer.log_sigma[answer.index(1, a, target)] -
                           answer.log_sigma[answer.index(0, a, target)];
      const double posterior = open == 3   ? logistic(std::isinf(u0) ? u0 : u0 + ratio)
                               : open == 2 ? 1.0
                                           : 0.0;
      const Place at = locate(b, posterior);
      const double* row = line.row(a, type) + at.cell;
      s.push_back(row[0] + at.weight * (row[1] - row[0]));
    }
    const double log_z = log_sum_exp(s);
    for (int a = 0; a < line.branches; ++a)
      if (s[ix(a)] > -infinity)
        worst = std::max(
            worst, std::abs(answer.log_sigma[answer.index(type, a, target)] - (s[ix(a)] - log_z)));
  }
  return worst;
}

/// The same decisions on every machine and in every run; a failing seed is printed.
template <class Body>
void for_seeds(std::uint64_t count, Body body) {
  for (std::uint64_t seed = 0; seed < count; ++seed) {
    CAPTURE(seed);
    body(seed);
  }
}

std::vector<double> all_nodes(const Axis& axis) { return axis.u; }

/// Solutions by a dense scan in the posterior of the first curved branch; the others must be
/// regular.
int scan(const Line& line, double target, int steps) {
  int count = 0;
  double before = 0.0;
  const double reach = line.scale + 60.0;
  for (int k = 0; k <= steps; ++k) {
    // Half of the points spread over everything, half over where beliefs are interior.
    const double z = 2.0 * k / steps - 1.0;
    const double u = 30.0 * z + (reach - 30.0) * z * z * z * z * z;
    int cell = 0;
    Score score = line.at(line.curved[0], u, cell);
    const double c = u - score.difference();
    std::vector<double> s0{line.rest[0], score.s[0]}, s1{line.rest[1], score.s[1]};
    for (std::size_t i = 1; i < line.curved.size(); ++i) {
      double low = -3.0 * reach, high = 3.0 * reach;
      for (int step = 0; step < 80; ++step) {
        const double middle = 0.5 * (low + high);
        score = line.at(line.curved[i], middle, cell);
        (middle - score.difference() > c ? high : low) = middle;
      }
      s0.push_back(score.s[0]);
      s1.push_back(score.s[1]);
    }
    const double off = c + log_sum_exp(s1) - log_sum_exp(s0) - target;
    if (k > 0 && (off > 0.0) != (before > 0.0)) ++count;
    before = off;
  }
  return count;
}

}  // namespace

TEST_CASE(
    "kernel: strategies of random decisions satisfy their equations at the posteriors they imply") {
  for_seeds(300, [](std::uint64_t seed) {
    Draw draw{RandomStream(seed, 1)};
    const Axis axis = random_axis(draw, 3 + draw.below(15));
    const double size = std::pow(10.0, draw.uniform(-1.0, 3.0));
    const int branches = 1 + draw.below(5);
    const Line line = random_line(draw, axis, branches, size, true, draw.below(branches + 1));
    Kernel kernel;
    LineAnswer answer;
    kernel.solve(line, all_nodes(axis), Guide{}, answer);
    for (int k = 0; k < axis.nodes(); ++k) {
      const double miss = miss_of(line, axis.u[ix(k)], answer, k);
      REQUIRE(answer.mark[ix(k)] != DecisionMark::unsolved);
      REQUIRE(miss < 1e-9 + 1e-11 * line.scale);
      REQUIRE(miss <= 2.0 * answer.residual[ix(k)] + 1e-12 + 1e-13 * line.scale);
    }
  });
}

TEST_CASE("kernel: finds every solution that a dense scan finds") {
  int several = 0;
  for_seeds(60, [&](std::uint64_t seed) {
    Draw draw{RandomStream(seed, 2)};
    const Axis axis = random_axis(draw, 3 + draw.below(6));
    const Line line = random_line(draw, axis, 2 + draw.below(2),
                                  std::pow(10.0, draw.uniform(0.0, 1.7)), false, 1);
    Curve curve;
    curve.trace(line);
    Kernel kernel;
    LineAnswer answer;
    kernel.solve(line, all_nodes(axis), Guide{}, answer);
    for (int k = 1; k + 1 < axis.nodes(); ++k) {
      std::vector<Curve::Root> roots;
      curve.roots(line, axis.u[ix(k)], roots);
      const int scanned = scan(line, axis.u[ix(k)], 4000);
      REQUIRE(static_cast<int>(roots.size()) >= scanned);
      REQUIRE(roots.size() % 2 == 1);
      REQUIRE((answer.mark[ix(k)] == DecisionMark::unique) == (roots.size() == 1));
      several += roots.size() > 1 ? 1 : 0;
      if (static_cast<int>(roots.size()) > scanned)
        REQUIRE(scan(line, axis.u[ix(k)], 400000) == static_cast<int>(roots.size()));
    }
  });
  CHECK(several > 5);
}

TEST_CASE("kernel: finds every solution where several branches move with beliefs") {
  int several = 0;
  for_seeds(60, [&](std::uint64_t seed) {
    Draw draw{RandomStream(seed, 3)};
    const Axis axis = random_axis(draw, 3 + draw.below(4));
    Line line = random_line(draw, axis, 3, std::pow(10.0, draw.uniform(0.0, 1.3)), false, 2);
    // The second branch is made regular: its types' scores move alike.
    for (int k = 1; k < axis.nodes(); ++k)
      line.row(1, 1)[k] = line.row(1, 1)[0] + line.row(1, 0)[k] - line.row(1, 0)[0];
    line.prepare();
    Curve curve;
    curve.trace(line);
    for (int k = 1; k + 1 < axis.nodes(); ++k) {
      std::vector<Curve::Root> roots;
      curve.roots(line, axis.u[ix(k)], roots);
      const int scanned = scan(line, axis.u[ix(k)], 800);
      REQUIRE(static_cast<int>(roots.size()) >= scanned);
      several += roots.size() > 1 ? 1 : 0;
      if (static_cast<int>(roots.size()) > scanned)
        REQUIRE(scan(line, axis.u[ix(k)], 100000) == static_cast<int>(roots.size()));
    }
  });
  CHECK(several > 5);
}

TEST_CASE("kernel: priors solved side by side get the strategies they get alone") {
  for_seeds(200, [](std::uint64_t seed) {
    Draw draw{RandomStream(seed, 4)};
    const Axis axis = random_axis(draw, 3 + draw.below(100));
    Line line = random_line(draw, axis, 2 + draw.below(3), std::pow(10.0, draw.uniform(-1.0, 1.5)),
                            draw.below(2) == 0, 1);
    if (line.branches == 2 && draw.below(2) == 0) line.moved[1] = 0;
    Kernel kernel;
    LineAnswer all, one;
    kernel.solve(line, all_nodes(axis), Guide{}, all);
    for (int k = 0; k < axis.nodes(); ++k) {
      if (all.mark[ix(k)] != DecisionMark::unique) continue;
      kernel.solve(line, {axis.u[ix(k)]}, Guide{}, one);
      REQUIRE(one.mark[0] == DecisionMark::unique);
      for (int type = 0; type < 2; ++type)
        for (int a = 0; a < line.branches; ++a) {
          const double log_one = one.log_sigma[one.index(type, a, 0)],
                       log_all = all.log_sigma[all.index(type, a, k)];
          REQUIRE((log_one == log_all || std::abs(log_one - log_all) < 1e-10 * (1.0 + line.scale)));
          const double there =
              axis.b[ix(one.cell[one.place(a, 0)])] +
              one.weight[one.place(a, 0)] / axis.per_width[ix(one.cell[one.place(a, 0)])];
          const double here =
              axis.b[ix(all.cell[all.place(a, k)])] +
              all.weight[all.place(a, k)] / axis.per_width[ix(all.cell[all.place(a, k)])];
          REQUIRE(std::abs(there - here) < 1e-10 * (1.0 + line.scale));
        }
    }
  });
}

TEST_CASE("kernel: a branch open to one type only reveals that type, also at the corners") {
  const Axis axis(belief_axis(5, std::vector<double>{0.3}));
  Line line;
  line.reset(axis, 2);
  for (int k = 0; k < 5; ++k) {
    line.row(0, 0)[k] = 0.1 * k;
    line.row(0, 1)[k] = 0.2 * k;
    line.row(1, 1)[k] = 0.5 * k;
  }
  line.open[1] = 2;
  line.prepare();
  Kernel kernel;
  LineAnswer answer;
  kernel.solve(line, axis.u, Guide{}, answer);
  for (int k = 0; k < 5; ++k) {
    CHECK(answer.log_sigma[answer.index(0, 0, k)] == 0.0);
    CHECK(answer.log_sigma[answer.index(0, 1, k)] == -infinity);
    CHECK(answer.cell[answer.place(1, k)] == 3);
    CHECK(answer.weight[answer.place(1, k)] == 1.0);
    CHECK(miss_of(line, axis.u[ix(k)], answer, k) < 1e-13);
  }
  // At prior 0 the second type still compares staying at belief 0 with revealing itself.
  CHECK(std::exp(answer.log_sigma[answer.index(1, 1, 0)]) ==
        doctest::Approx(1.0 / (1.0 + std::exp(-2.0))));
}

TEST_CASE("kernel: nasty scores are solved or marked, never passed over") {
  const Axis axis(belief_axis(9, std::vector<double>{0.5}));
  for (const double size : {5e-324, 1e-300, 1e-16, 1e4, 1e8, 1e15}) {
    CAPTURE(size);
    Line line;
    line.reset(axis, 3);
    for (int a = 0; a < 3; ++a)
      for (int type = 0; type < 2; ++type)
        for (int k = 0; k < axis.nodes(); ++k)
          line.row(a, type)[k] =
              a == 2
                  ? size
                  : size * (1.0 + (type + 1) * axis.b[ix(k)]);  // two branches alike, one near tie
    line.prepare();
    Kernel kernel;
    LineAnswer answer;
    kernel.solve(line, axis.u, Guide{}, answer);
    for (int k = 0; k < axis.nodes(); ++k) {
      const double miss = miss_of(line, axis.u[ix(k)], answer, k);
      CHECK((answer.mark[ix(k)] == DecisionMark::unsolved || miss < 1e-9 + 1e-11 * line.scale));
      CHECK(std::isfinite(answer.log_sigma[answer.index(0, 0, k)]));
    }
  }
}
