#include "solve/contest.h"

namespace melian::grid {
namespace {

/// A loop over whole vectors: the compiler is told that there is no remainder.
constexpr int whole(int lanes) { return lanes & ~(lanes::width - 1); }

constexpr double slack = 1e-13;  ///< of a cell's width, by which rounding may put a posterior outside it

struct Nodes {
  static constexpr int size = 64;
  double x[2][size], lift[size], share[2][size];
};

MELIAN_LANES void tabulate(Nodes& at, int lanes) {
  for (int i = 0; i < whole(lanes); ++i) {
    const double x0 = at.x[0][i], x1 = at.x[1][i];
    const double e0 = lanes::exp_down(-std::abs(x0)), e1 = lanes::exp_down(-std::abs(x1));
    at.lift[i] = ((x1 > 0.0 ? x1 : 0.0) - (x0 > 0.0 ? x0 : 0.0)) + lanes::log_ratio(e1, e0);
    at.share[0][i] = (x0 >= 0.0 ? 1.0 : e0) / (1.0 + e0);
    at.share[1][i] = (x1 >= 0.0 ? 1.0 : e1) / (1.0 + e1);
  }
}

MELIAN_LANES void step_all(ContestLanes& at, int lanes) {
  for (int i = 0; i < whole(lanes); ++i) {
    const double u = at.u[i];
    const double e = lanes::exp_down(-std::abs(u)), large = 1.0 / (1.0 + e), small = e * large;
    const double b = u >= 0.0 ? large : small, p = large * small, b_rest = u >= 0.0 ? small : large;
    const double share = (b - at.low[i]) * at.per_width[i];
    const double x0 = at.base[0][i] + share * at.gain[0][i], x1 = at.base[1][i] + share * at.gain[1][i];
    const double e0 = lanes::exp_down(-std::abs(x0)), e1 = lanes::exp_down(-std::abs(x1));
    const double large0 = 1.0 / (1.0 + e0), large1 = 1.0 / (1.0 + e1), small0 = e0 * large0, small1 = e1 * large1;
    const double lift = ((x1 > 0.0 ? x1 : 0.0) - (x0 > 0.0 ? x0 : 0.0)) + lanes::log_ratio(e1, e0);
    const double off = (u + lift) - at.prior[i];
    // Slopes in u: x' = gain per_width p, x'' = x' (1 - 2 b).
    const double pull = at.per_width[i] * p, x0_slope = at.gain[0][i] * pull, x1_slope = at.gain[1][i] * pull;
    const double lean = (x1 >= 0.0 ? large1 : small1) * x1_slope - (x0 >= 0.0 ? large0 : small0) * x0_slope;
    const double bend = large1 * small1 * x1_slope * x1_slope - large0 * small0 * x0_slope * x0_slope + lean * (b_rest - b);
    const double per_slope = 1.0 / (1.0 + lean);
    const double newton = -off * per_slope, curl = 0.5 * bend * per_slope * newton;
    const double tame = curl > 0.5 ? 0.5 : curl < -0.5 ? -0.5 : curl;
    const double step = newton * (1.0 - tame), size = std::abs(step);
    const double move0 = std::abs(x0_slope) * size, move1 = std::abs(x1_slope) * size;
    const double larger = move0 > move1 ? move0 : move1;
    at.share[i] = share;
    at.p[i] = p * (1.0 + step * (0.5 * (b_rest - b) + step * (1.0 - 6.0 * p) * (1.0 / 6.0)));
    at.x[0][i] = x0;
    at.x[1][i] = x1;
    at.e[0][i] = e0;
    at.e[1][i] = e1;
    at.step[i] = step;
    at.moved[i] = larger > size ? larger : size;
  }
}

MELIAN_LANES void settle_all(ContestLanes& at, int lanes) {
  for (int i = 0; i < whole(lanes); ++i) {
    const double u = at.u[i] + at.step[i], prior = at.prior[i];
    const double further = at.step[i] * at.p[i] * at.per_width[i];
    double log_branch[2], log_rest[2], branch[2], rest[2];
    for (int type = 0; type < 2; ++type) {
      const double change = further * at.gain[type][i], x = at.x[type][i] + change;
      const bool above = at.x[type][i] >= 0.0;
      const double away = above ? -change : change;
      const double e = at.e[type][i] * (1.0 + away * (1.0 + away * (0.5 + away * (1.0 / 6.0))));
      const double large = 1.0 / (1.0 + e), small = e * large, both = lanes::log_1_plus(e);
      log_branch[type] = (above ? -x : 0.0) - both;
      log_rest[type] = (above ? 0.0 : x) - both;
      branch[type] = above ? small : large;
      rest[type] = above ? large : small;
    }
    // As `imply`: the strategies imply the posterior exactly.
    const double off = (u - prior) - (log_branch[1] - log_branch[0]);
    const double shift = std::abs(off) < imply_limit ? off : 0.0;
    const bool rarer = log_branch[0] < log_branch[1];
    const double zero = rarer ? log_branch[0] - shift : log_branch[0], one = rarer ? log_branch[1] : log_branch[1] + shift;
    const double log0 = zero < 0.0 ? zero : 0.0, log1 = one < 0.0 ? one : 0.0;
    // The reader's posterior and scores.
    const double posterior = prior + log1 - log0;
    const double e = lanes::exp_down(-std::abs(posterior)), large = 1.0 / (1.0 + e), small = e * large;
    const double raw = ((posterior >= 0.0 ? large : small) - at.low[i]) * at.per_width[i];
    const double above_low = raw > 0.0 ? raw : 0.0, weight = above_low < 1.0 ? above_low : 1.0;
    const double miss0 = (log0 - log_rest[0]) + (at.base[0][i] + weight * at.gain[0][i]);
    const double miss1 = (log1 - log_rest[1]) + (at.base[1][i] + weight * at.gain[1][i]);
    const double loss0 = std::abs(miss0) * (branch[0] > rest[0] ? branch[0] : rest[0]);
    const double loss1 = std::abs(miss1) * (branch[1] > rest[1] ? branch[1] : rest[1]);
    const bool inside = raw >= -slack && raw <= 1.0 + slack;
    at.log_branch[0][i] = log0;
    at.log_branch[1][i] = log1;
    for (int type = 0; type < 2; ++type) {
      at.log_rest[type][i] = log_rest[type];
      at.branch[type][i] = branch[type];
      at.rest[type][i] = rest[type];
    }
    at.weight[i] = weight;
    at.residual[i] = inside ? (loss0 > loss1 ? loss0 : loss1) : infinity;
  }
}

}  // namespace

void ContestLanes::pad() {
  const int last = count - 1;
  for (int i = count; i < lanes::padded(count); ++i) {
    prior[i] = prior[last];
    u[i] = u[last];
    low[i] = low[last];
    per_width[i] = per_width[last];
    for (const int type : {0, 1}) {
      base[type][i] = base[type][last];
      gain[type][i] = gain[type][last];
    }
  }
}

void ContestLanes::keep(int from, int to) {
  target[to] = target[from];
  cell[to] = cell[from];
  steps[to] = steps[from] + 1;
  prior[to] = prior[from];
  u[to] = u[from] + step[from];
  low[to] = low[from];
  per_width[to] = per_width[from];
  for (const int type : {0, 1}) {
    base[type][to] = base[type][from];
    gain[type][to] = gain[type][from];
  }
}

double search(ContestLanes& at) {
  step_all(at, lanes::padded(at.count));
  return *std::max_element(at.moved, at.moved + at.count);
}

void settle(ContestLanes& at) { settle_all(at, lanes::padded(at.count)); }

void ContestTable::fill(const Line& line) {
  const Axis& axis = *line.axis;
  const int nodes = axis.nodes(), cells = axis.cells();
  for (auto* one : {&x[0], &x[1], &lift, &prior, &share[0], &share[1]}) one->resize(ix(nodes));
  for (auto* one : {&margin, &per_rise, &turn[0], &turn[1], &turn[2]}) one->resize(ix(cells));
  for (const int type : {0, 1}) {
    const double* s = line.row(line.curved[0], type);
    for (int k = 0; k < nodes; ++k) x[type][ix(k)] = line.rest[type] - s[k];
  }
  Nodes some;
  for (int first = 0; first < nodes; first += Nodes::size) {
    const int count = std::min(Nodes::size, nodes - first), lanes = lanes::padded(count);
    for (const int type : {0, 1}) {
      std::copy_n(x[type].data() + first, count, some.x[type]);
      std::fill(some.x[type] + count, some.x[type] + lanes, 0.0);
    }
    tabulate(some, lanes);
    std::copy_n(some.lift, count, lift.data() + first);
    for (const int type : {0, 1}) std::copy_n(some.share[type], count, share[type].data() + first);
  }
  for (int k = 0; k < nodes; ++k) prior[ix(k)] = axis.u[ix(k)] + lift[ix(k)];
  const double *s0 = line.row(line.curved[0], 0), *s1 = line.row(line.curved[0], 1), *share0 = share[0].data(), *share1 = share[1].data();
  for (int k = 0; k < cells; ++k) {
    const double slope0 = (s0[k + 1] - s0[k]) * axis.per_width[ix(k)], slope1 = (s1[k + 1] - s1[k]) * axis.per_width[ix(k)];
    const double least0 = std::min(slope0 * share0[k], slope0 * share0[k + 1]), most1 = std::max(slope1 * share1[k], slope1 * share1[k + 1]);
    margin[ix(k)] = 1.0 + (least0 - most1) * axis.p_max[ix(k)];
    // Cubic through both ends of the cell, with the slopes there.
    const double at_low = 1.0 + (slope0 * share0[k] - slope1 * share1[k]) * axis.p[ix(k)];
    const double at_high = 1.0 + (slope0 * share0[k + 1] - slope1 * share1[k + 1]) * axis.p[ix(k + 1)];
    const double rise = prior[ix(k + 1)] - prior[ix(k)], width = axis.u[ix(k + 1)] - axis.u[ix(k)];
    const double before = rise / at_low - width, after = width - rise / at_high;
    per_rise[ix(k)] = 1.0 / rise;
    turn[0][ix(k)] = width + before;
    turn[1][ix(k)] = after - 2.0 * before;
    turn[2][ix(k)] = before - after;
  }
}

}  // namespace melian::grid
