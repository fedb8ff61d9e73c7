#include "solve/contest.h"

namespace melian::grid {
namespace {

constexpr double slack =
    1e-13;  ///< of a cell's width, by which rounding may put a posterior outside it

/// 1 / (1 + e_0), 1 / (1 + e_1) and log((1 + e_1) / (1 + e_0)), e in [0, 1], with one division for
/// three.
struct Pair {
  double per0, per1, log_ratio;
  Pair(double e0, double e1) {
    const double one0 = 1.0 + e0, one1 = 1.0 + e1, both = one0 + one1, product = one0 * one1,
                 per = 1.0 / (product * both);
    const double per_product = both * per;
    per0 = per_product * one1;
    per1 = per_product * one0;
    log_ratio = lanes::two_artanh((e1 - e0) * (product * per));
  }
};

struct Nodes {
  static constexpr int size = 64;
  double x[2][size], lift[size], share[2][size];
};

MELIAN_LANES void tabulate(Nodes& at, int lanes) {
  for (int i = 0; i < lanes::whole(lanes); ++i) {
    const double x0 = at.x[0][i], x1 = at.x[1][i];
    const double e0 = lanes::exp_down(-std::abs(x0)), e1 = lanes::exp_down(-std::abs(x1));
    const Pair pair(e0, e1);
    at.lift[i] = ((x1 > 0.0 ? x1 : 0.0) - (x0 > 0.0 ? x0 : 0.0)) + pair.log_ratio;
    at.share[0][i] = (x0 >= 0.0 ? 1.0 : e0) * pair.per0;
    at.share[1][i] = (x1 >= 0.0 ? 1.0 : e1) * pair.per1;
  }
}

MELIAN_LANES void each_score(int nodes, double rest, const double* __restrict s,
                             double* __restrict x) {
  for (int k = 0; k < nodes; ++k) x[k] = rest - s[k];
}

MELIAN_LANES void each_node(int nodes, const double* __restrict u, const double* __restrict lift,
                            double* __restrict prior) {
  for (int k = 0; k < nodes; ++k) prior[k] = u[k] + lift[k];
}

MELIAN_LANES void each_gain(int cells, const double* s, const double* s_next,
                            double* __restrict gain) {
  for (int k = 0; k < cells; ++k) gain[k] = s[k] - s_next[k];
}

struct CellTables {
  const double *gain0, *gain1, *share0, *share1, *prior, *u, *p_low, *p_high, *per_width, *p_max;
  double *margin, *start, *from, *per_rise, *turn0, *turn1, *turn2;
};

MELIAN_LANES void each_cell(int cells, const CellTables& at) {
  const double *gain0 = at.gain0, *gain1 = at.gain1, *share0 = at.share0, *share1 = at.share1,
               *prior = at.prior, *u = at.u, *p_low = at.p_low, *p_high = at.p_high;
  const double *per_width = at.per_width, *p_max = at.p_max;
  double *margin = at.margin, *start = at.start, *from = at.from, *per_rise = at.per_rise,
         *turn0 = at.turn0, *turn1 = at.turn1, *turn2 = at.turn2;
  MELIAN_INDEPENDENT
  for (int k = 0; k < cells; ++k) {
    // du_0/du = 1 + (share_1 x_1' - share_0 x_0') b (1 - b), shares monotone within the cell.
    const double slope0 = gain0[k] * per_width[k], slope1 = gain1[k] * per_width[k];
    const double low0 = slope0 * share0[k], high0 = slope0 * share0[k + 1],
                 low1 = slope1 * share1[k], high1 = slope1 * share1[k + 1];
    margin[k] = 1.0 + ((low1 < high1 ? low1 : high1) - (low0 > high0 ? low0 : high0)) * p_max[k];
    // Cubic through both ends of the cell with the slopes there, which must not be too steep for
    // it; else straight.
    const double rise = prior[k + 1] - prior[k], width = u[k + 1] - u[k];
    const double at_low = rise / (1.0 + (low1 - low0) * p_low[k]),
                 at_high = rise / (1.0 + (high1 - high0) * p_high[k]);
    const bool tame =
        at_low > 0.0 && at_low < 3.0 * width && at_high > 0.0 && at_high < 3.0 * width;
    const double before = tame ? at_low - width : 0.0, after = tame ? width - at_high : 0.0;
    start[k] = prior[k];
    from[k] = u[k];
    per_rise[k] = 1.0 / rise;
    turn0[k] = width + before;
    turn1[k] = after - 2.0 * before;
    turn2[k] = before - after;
  }
}

MELIAN_LANES void step_all(ContestLanes& at, int lanes) {
  for (int i = 0; i < lanes::whole(lanes); ++i) {
    const double u = at.u[i], v = u - at.centre[i];
    const double e = lanes::exp_down(-std::abs(v)), large = 1.0 / (1.0 + e), small = e * large;
    const double b = v >= 0.0 ? large : small, p = large * small, b_rest = v >= 0.0 ? small : large;
    const double share = (b - at.low[i]) * at.per_width[i];
    const double x0 = at.base[0][i] + share * at.gain[0][i],
                 x1 = at.base[1][i] + share * at.gain[1][i];
    const double e0 = lanes::exp_down(-std::abs(x0)), e1 = lanes::exp_down(-std::abs(x1));
    const Pair pair(e0, e1);
    const double large0 = pair.per0, large1 = pair.per1, small0 = e0 * large0, small1 = e1 * large1;
    const double lift = ((x1 > 0.0 ? x1 : 0.0) - (x0 > 0.0 ? x0 : 0.0)) + pair.log_ratio;
    const double off = (u + lift) - at.prior[i];
    // Slopes in u: x' = gain per_width p, x'' = x' (1 - 2 b).
    const double pull = at.per_width[i] * p, x0_slope = at.gain[0][i] * pull,
                 x1_slope = at.gain[1][i] * pull;
    const double lean =
        (x1 >= 0.0 ? large1 : small1) * x1_slope - (x0 >= 0.0 ? large0 : small0) * x0_slope;
    const double bend = large1 * small1 * x1_slope * x1_slope -
                        large0 * small0 * x0_slope * x0_slope + lean * (b_rest - b);
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
  for (int i = 0; i < lanes::whole(lanes); ++i) {
    const double u = at.u[i] + at.step[i], prior = at.prior[i];
    const double further = at.step[i] * at.p[i] * at.per_width[i];
    double x[2], e[2];
    for (int type = 0; type < 2; ++type) {
      const double change = further * at.gain[type][i],
                   away = at.x[type][i] >= 0.0 ? -change : change;
      x[type] = at.x[type][i] + change;
      e[type] = at.e[type][i] * (1.0 + away * (1.0 + away * (0.5 + away * (1.0 / 6.0))));
    }
    // 1 / (1 + e) and 1 / (2 + e) for both types, with one division for four.
    const double one0 = 1.0 + e[0], two0 = 2.0 + e[0], one1 = 1.0 + e[1], two1 = 2.0 + e[1];
    const double product0 = one0 * two0, product1 = one1 * two1, per = 1.0 / (product0 * product1),
                 per_product0 = product1 * per, per_product1 = product0 * per;
    const double per_one[2] = {two0 * per_product0, two1 * per_product1},
                 per_two[2] = {one0 * per_product0, one1 * per_product1};
    double log_branch[2], log_rest[2], branch[2], rest[2];
    for (int type = 0; type < 2; ++type) {
      const bool above = at.x[type][i] >= 0.0;
      const double large = per_one[type], small = e[type] * large,
                   both = lanes::two_artanh(e[type] * per_two[type]);
      log_branch[type] = (above ? -x[type] : 0.0) - both;
      log_rest[type] = (above ? 0.0 : x[type]) - both;
      branch[type] = above ? small : large;
      rest[type] = above ? large : small;
    }
    // As `imply`: the strategies imply the posterior exactly.
    const double off = (u - prior) - (log_branch[1] - log_branch[0]);
    const double shift = std::abs(off) < imply_limit ? off : 0.0;
    const bool rarer = log_branch[0] < log_branch[1];
    const double zero = rarer ? log_branch[0] - shift : log_branch[0],
                 one = rarer ? log_branch[1] : log_branch[1] + shift;
    const double log0 = zero < 0.0 ? zero : 0.0, log1 = one < 0.0 ? one : 0.0;
    // The reader's posterior and scores.
    const double posterior = (prior + log1 - log0) - at.centre[i];
    const double tail = lanes::exp_down(-std::abs(posterior)), large = 1.0 / (1.0 + tail),
                 small = tail * large;
    const double raw = ((posterior >= 0.0 ? large : small) - at.low[i]) * at.per_width[i];
    const double above_low = raw > 0.0 ? raw : 0.0, weight = above_low < 1.0 ? above_low : 1.0;
    const double miss0 = (log0 - log_rest[0]) + (at.base[0][i] + weight * at.gain[0][i]);
    const double miss1 = (log1 - log_rest[1]) + (at.base[1][i] + weight * at.gain[1][i]);
    const double loss0 = std::abs(miss0) * (branch[0] > rest[0] ? branch[0] : rest[0]);
    const double loss1 = std::abs(miss1) * (branch[1] > rest[1] ? branch[1] : rest[1]);
    const bool sound = raw >= -slack && raw <= 1.0 + slack && loss0 < infinity && loss1 < infinity;
    at.log_branch[0][i] = log0;
    at.log_branch[1][i] = log1;
    for (int type = 0; type < 2; ++type) {
      at.log_rest[type][i] = log_rest[type];
      at.branch[type][i] = branch[type];
      at.rest[type][i] = rest[type];
    }
    at.weight[i] = weight;
    at.residual[i] = sound ? (loss0 > loss1 ? loss0 : loss1) : infinity;
  }
}

/// Repeats the last lane up to a multiple of `lanes::width`.
void pad(ContestLanes& at) {
  const int last = at.count - 1;
  for (int i = at.count; i < lanes::padded(at.count); ++i) {
    at.prior[i] = at.prior[last];
    at.u[i] = at.u[last];
    at.low[i] = at.low[last];
    at.per_width[i] = at.per_width[last];
    at.centre[i] = at.centre[last];
    for (const int type : {0, 1}) {
      at.base[type][i] = at.base[type][last];
      at.gain[type][i] = at.gain[type][last];
    }
  }
}

}  // namespace

void ContestLanes::take(const ContestLanes& other, int lane) {
  const int to = count++;
  target[to] = other.target[lane];
  cell[to] = other.cell[lane];
  steps[to] = other.steps[lane] + 1;
  prior[to] = other.prior[lane];
  u[to] = other.u[lane] + other.step[lane];
  low[to] = other.low[lane];
  per_width[to] = other.per_width[lane];
  centre[to] = other.centre[lane];
  for (const int type : {0, 1}) {
    base[type][to] = other.base[type][lane];
    gain[type][to] = other.gain[type][lane];
  }
}

void load(const ContestTable& table, const Axis& axis, const double* prior, const int* cell,
          int first, int count, ContestLanes& out) {
  out.count = count;
  for (int i = 0; i < count; ++i) {
    const auto k = ix(cell[first + i]);
    out.target[i] = first + i;
    out.cell[i] = cell[first + i];
    out.steps[i] = 0;
    out.prior[i] = prior[first + i];
    out.u[i] = table.guess(cell[first + i], prior[first + i]);
    out.base[0][i] = table.x[0][k];
    out.base[1][i] = table.x[1][k];
    out.gain[0][i] = table.gain[0][k];
    out.gain[1][i] = table.gain[1][k];
    out.low[i] = axis.low[k];
    out.per_width[i] = axis.per_width[k];
    out.centre[i] = axis.centre[k];
  }
}

void search(ContestLanes& at) {
  pad(at);
  step_all(at, lanes::padded(at.count));
}

void settle(ContestLanes& at) { settle_all(at, lanes::padded(at.count)); }

void ContestTable::fill(const Line& line) {
  const Axis& axis = *line.axis;
  const int nodes = axis.nodes(), cells = axis.cells();
  for (auto* one : {&x[0], &x[1], &lift, &prior, &share[0], &share[1]}) one->resize(ix(nodes));
  for (auto* one :
       {&gain[0], &gain[1], &margin, &start, &from, &per_rise, &turn[0], &turn[1], &turn[2]})
    one->resize(ix(cells));
  for (const int type : {0, 1})
    each_score(nodes, line.rest[type], line.row(line.curved[0], type), x[type].data());
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
  each_node(nodes, axis.u.data(), lift.data(), prior.data());
  for (const int type : {0, 1}) {
    const double* s = line.row(line.curved[0], type);
    each_gain(cells, s, s + 1, gain[type].data());
  }
  const CellTables to{gain[0].data(),    gain[1].data(),     share[0].data(),
                      share[1].data(),   prior.data(),       axis.u.data(),
                      axis.p_low.data(), axis.p_high.data(), axis.per_width.data(),
                      axis.p_max.data(), margin.data(),      start.data(),
                      from.data(),       per_rise.data(),    turn[0].data(),
                      turn[1].data(),    turn[2].data()};
  each_cell(cells, to);
  // Near a corner the strategies hardly change within the cell: start from those at the other end.
  for (const int cell : {0, cells - 1}) {
    const auto i = ix(cell), node = ix(cell == 0 ? 1 : cell);
    start[i] = prior[node];
    from[i] = axis.u[node];
    per_rise[i] = turn[0][i] = 1.0;
    turn[1][i] = turn[2][i] = 0.0;
  }
}

}  // namespace melian::grid
