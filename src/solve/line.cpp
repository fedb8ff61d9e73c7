#include "solve/line.h"

#include "numeric/lanes.h"

namespace melian::grid {
namespace {

constexpr int at_first = 0;

MELIAN_LANES void extremes(const double* s, int n, double& low, double& high) {
  double lows[lanes::width], highs[lanes::width];
  for (int i = 0; i < lanes::width; ++i) lows[i] = highs[i] = s[0];
  int k = 0;
  for (; k + lanes::width <= n; k += lanes::width)
    for (int i = 0; i < lanes::width; ++i) {
      lows[i] = s[k + i] < lows[i] ? s[k + i] : lows[i];
      highs[i] = s[k + i] > highs[i] ? s[k + i] : highs[i];
    }
  for (; k < n; ++k) {
    lows[0] = std::min(lows[0], s[k]);
    highs[0] = std::max(highs[0], s[k]);
  }
  low = *std::min_element(lows, lows + lanes::width);
  high = *std::max_element(highs, highs + lanes::width);
}

struct LogSum {
  double top = -infinity, sum = 0.0;
  void add(double x) {
    if (x <= top) {
      if (top > -infinity) sum += std::exp(x - top);
    } else {
      sum = sum * std::exp(top - x) + 1.0;
      top = x;
    }
  }
  [[nodiscard]] double log() const { return top == -infinity ? top : top + std::log(sum); }
};

}  // namespace

void Line::reset(const Axis& on, int num_branches) {
  axis = &on;
  branches = num_branches;
  score.resize(ix(std::int64_t{branches} * 2 * on.nodes()));
  open.assign(ix(branches), 3);
  moved.assign(ix(branches), 1);
}

void Line::prepare() {
  curved.clear();
  scale = 0.0;
  LogSum sum[2];
  const auto n = axis->nodes();
  for (int a = 0; a < branches; ++a) {
    bool constant = true;
    for (int type = 0; type < 2; ++type) {
      if ((open[ix(a)] >> type & 1) == 0) continue;
      double low = 0.0, high = 0.0;
      extremes(row(a, type), n, low, high);
      constant = constant && low == high;
      scale = std::max({scale, std::abs(low), std::abs(high)});
    }
    if (open[ix(a)] == 3 && !constant) {
      curved.push_back(a);
      continue;
    }
    for (int type = 0; type < 2; ++type)
      if ((open[ix(a)] >> type & 1) != 0) sum[type].add(fixed(a, type));
  }
  for (int type = 0; type < 2; ++type) rest[type] = sum[type].log();
}

bool Line::regular() const {
  for (const int a : curved) {
    const double *s0 = row(a, 0), *s1 = row(a, 1);
    for (int k = 0; k < axis->cells(); ++k) {
      const double slope = ((s1[k + 1] - s1[k]) - (s0[k + 1] - s0[k])) * axis->per_width[ix(k)];
      if (slope * axis->p_max[ix(k)] >= 1.0) return false;
    }
  }
  return true;
}

void LineAnswer::reset(int num_branches, int num_targets) {
  branches = num_branches;
  targets = num_targets;
  const auto size = ix(std::int64_t{branches} * targets);
  log_sigma.resize(2 * size);
  sigma.resize(2 * size);
  cell.resize(size);
  weight.resize(size);
  mark.assign(ix(targets), DecisionMark::unique);
  residual.assign(ix(targets), 0.0);
  fresh_jumps = 0;
}

namespace {

/// Normalises the scores left in `log_sigma` and fills `sigma`.
void normalise(const Line& line, int target, LineAnswer& answer) {
  for (int type = 0; type < 2; ++type) {
    double top = -infinity, sum = 0.0;
    for (int a = 0; a < line.branches; ++a)
      top = std::max(top, answer.log_sigma[answer.index(type, a, target)]);
    for (int a = 0; a < line.branches; ++a) {
      const auto i = answer.index(type, a, target);
      answer.sigma[i] = std::exp(answer.log_sigma[i] - top);
      sum += answer.sigma[i];
    }
    const double log_z = top + std::log(sum), per_sum = 1.0 / sum;
    for (int a = 0; a < line.branches; ++a) {
      const auto i = answer.index(type, a, target);
      answer.log_sigma[i] -= log_z;
      answer.sigma[i] *= per_sum;
    }
  }
}

void place_corner(const Line& line, int branch, bool upper, int target, LineAnswer& answer) {
  const auto at = answer.place(branch, target);
  answer.cell[at] = upper ? line.axis->cells() - 1 : 0;
  answer.weight[at] = upper ? 1.0 : 0.0;
}

}  // namespace

void finish(const Line& line, double u0, const double* u, int target, LineAnswer& answer) {
  const Axis& axis = *line.axis;
  for (int a = 0; a < line.branches; ++a)
    for (int type = 0; type < 2; ++type)
      answer.log_sigma[answer.index(type, a, target)] =
          (line.open[ix(a)] >> type & 1) != 0 ? line.fixed(a, type) : -infinity;
  for (std::size_t i = 0; i < line.curved.size(); ++i) {
    int cell = at_first;
    const Score score = line.at(line.curved[i], u[i], cell);
    for (int type = 0; type < 2; ++type)
      answer.log_sigma[answer.index(type, line.curved[i], target)] = score.s[type];
  }
  normalise(line, target, answer);
  for (std::size_t i = 0; i < line.curved.size(); ++i) {
    double& zero = answer.log_sigma[answer.index(0, line.curved[i], target)];
    double& one = answer.log_sigma[answer.index(1, line.curved[i], target)];
    imply(u[i] - u0, zero, one);
  }
  // Posteriors and scores once more, from the strategies alone, as any reader would recompute them.
  double mean[2] = {0.0, 0.0}, low[2] = {infinity, infinity}, high[2] = {-infinity, -infinity};
  for (int a = 0; a < line.branches; ++a) {
    if (line.open[ix(a)] != 3) {
      place_corner(line, a, line.open[ix(a)] == 2, target, answer);
    }
    double s[2] = {0.0, 0.0};
    if (line.open[ix(a)] == 3) {
      const double posterior = u0 + answer.log_sigma[answer.index(1, a, target)] -
                               answer.log_sigma[answer.index(0, a, target)];
      if (line.moved[ix(a)] != 0) {
        int cell = at_first;
        const Score score = line.at(a, posterior, cell);
        s[0] = score.s[0];
        s[1] = score.s[1];
        const auto at = answer.place(a, target);
        answer.cell[at] = cell;
        answer.weight[at] = (score.b - axis.low[ix(cell)]) * axis.per_width[ix(cell)];
      } else {
        s[0] = line.fixed(a, 0);
        s[1] = line.fixed(a, 1);
        place_corner(line, a, false, target, answer);
      }
    } else {
      for (int type = 0; type < 2; ++type) s[type] = line.fixed(a, type);
    }
    for (int type = 0; type < 2; ++type) {
      if ((line.open[ix(a)] >> type & 1) == 0) continue;
      const auto i = answer.index(type, a, target);
      const double miss = answer.log_sigma[i] - s[type];
      mean[type] += answer.sigma[i] * miss;
      low[type] = std::min(low[type], miss);
      high[type] = std::max(high[type], miss);
    }
  }
  // log Z recomputed is -mean to first order; where misses are large this is still within twice the
  // truth.
  double residual = 0.0;
  for (int type = 0; type < 2; ++type)
    if (high[type] >= low[type])
      residual = std::max({residual, high[type] - mean[type], mean[type] - low[type]});
  answer.residual[ix(target)] = std::isfinite(residual) ? residual : infinity;
}

void finish_corner(const Line& line, bool upper, int target, LineAnswer& answer) {
  const int node = upper ? line.axis->nodes() - 1 : 0;
  for (int a = 0; a < line.branches; ++a) {
    const bool both = line.open[ix(a)] == 3;
    for (int type = 0; type < 2; ++type) {
      const bool open = (line.open[ix(a)] >> type & 1) != 0;
      answer.log_sigma[answer.index(type, a, target)] = !open  ? -infinity
                                                        : both ? line.row(a, type)[node]
                                                               : line.fixed(a, type);
    }
    place_corner(line, a, both ? upper : line.open[ix(a)] == 2, target, answer);
  }
  normalise(line, target, answer);
  answer.residual[ix(target)] = 0.0;
}

}  // namespace melian::grid
