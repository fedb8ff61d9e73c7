#include "solve/enclosure.h"

#include <array>

namespace melian::grid {
namespace {

Range product(const Range& a, const Range& b) {
  Range out;
  for (const double x : {a.low, a.high})
    for (const double y : {b.low, b.high}) out.add(x * y);
  return out;
}

/// False where h' has a zero on the way.
bool survey(const Line& line, int branch, double from, double to, Spell& out) {
  const Axis& axis = *line.axis;
  if (from > to) std::swap(from, to);
  int cell = axis.cell_of(from, 0);
  const int last = axis.cell_of(to, cell);
  int sign = 0;
  for (; cell <= last; ++cell) {
    const auto k = ix(cell);
    const double u_low = std::max(from, axis.u[k]), u_high = std::min(to, axis.u[k + 1]);
    const double b_low = logistic(u_low), b_high = logistic(u_high);
    Range p;
    p.add(b_low * logistic(-u_low));
    p.add(b_high * logistic(-u_high));
    if (u_low < 0.0 && u_high > 0.0) p.add(0.25);
    double slope[2];
    for (int type = 0; type < 2; ++type) {
      const double* s = line.row(branch, type) + k;
      slope[type] = (s[1] - s[0]) * axis.per_width[k];
      out.s[type].add(s[0] + slope[type] * (b_low - axis.b[k]));
      out.s[type].add(s[0] + slope[type] * (b_high - axis.b[k]));
    }
    for (const double at : {p.low, p.high}) {
      const double steepness = 1.0 - (slope[1] - slope[0]) * at;
      const int here = steepness > 0.0 ? 1 : steepness < 0.0 ? -1 : 0;
      if (here == 0 || (sign != 0 && here != sign)) return false;
      sign = here;
      out.per_steepness.add(1.0 / steepness);
      out.pull.add(slope[0] * at / steepness);
    }
  }
  return true;
}

}  // namespace

double sign_by_posterior(const Line& line, double from, double to) {
  // One curved branch: du_0/du = 1 - (1 - sigma_1) q_1 + (1 - sigma_0) q_0, q = slope p.
  const Axis& axis = *line.axis;
  int cell = axis.cell_of(from, 0);
  const int last = axis.cell_of(to, cell);
  double lowest = infinity, highest = -infinity;
  for (; cell <= last; ++cell) {
    const auto k = ix(cell);
    const double u_low = std::max(from, axis.u[k]), u_high = std::min(to, axis.u[k + 1]);
    const double b_low = logistic(u_low), b_high = logistic(u_high);
    Range p, term[2];
    p.add(b_low * logistic(-u_low));
    p.add(b_high * logistic(-u_high));
    if (u_low < 0.0 && u_high > 0.0) p.add(0.25);
    for (int type = 0; type < 2; ++type) {
      const double* s = line.row(line.curved[0], type) + k;
      const double slope = (s[1] - s[0]) * axis.per_width[k];
      Range other;
      for (const double b : {b_low, b_high}) other.add(logistic(line.rest[type] - (s[0] + slope * (b - axis.b[k]))));
      const double signed_slope = type == 0 ? slope : -slope;
      term[type] = product({std::min(signed_slope * p.low, signed_slope * p.high), std::max(signed_slope * p.low, signed_slope * p.high)}, other);
    }
    lowest = std::min(lowest, 1.0 + term[0].low + term[1].low);
    highest = std::max(highest, 1.0 + term[0].high + term[1].high);
  }
  return lowest > 0.0 ? 1.0 : highest < 0.0 ? -1.0 : 0.0;
}

Range Enclosure::prior(const Line& line, double c_low, const double* low, double c_high, const double* high) {
  double least[2] = {line.rest[0], line.rest[1]}, most[2] = {line.rest[0], line.rest[1]};
  for (std::size_t i = 0; i < line.curved.size(); ++i) {
    Spell spell;
    if (!survey(line, line.curved[i], low[i], high[i], spell)) return {-infinity, infinity};
    for (int type = 0; type < 2; ++type) {
      least[type] = log_sum_exp(std::array{least[type], spell.s[type].low});
      most[type] = log_sum_exp(std::array{most[type], spell.s[type].high});
    }
  }
  const double round_off = 1e-12 * (1.0 + line.scale + std::abs(c_low) + std::abs(c_high));
  return {c_low + least[1] - most[0] - round_off, c_high + most[1] - least[0] + round_off};
}

double Enclosure::sign_by_c(const Line& line, const double* low, const double* high) {
  const std::size_t m = line.curved.size();
  spells_.assign(m, Spell{});
  double top[2] = {line.rest[0], line.rest[1]};
  for (std::size_t i = 0; i < m; ++i) {
    if (!survey(line, line.curved[i], low[i], high[i], spells_[i])) return 0.0;
    for (int type = 0; type < 2; ++type) top[type] = std::max(top[type], spells_[i].s[type].high);
  }
  // Cheap first: sums weighted by probabilities lie between their extremes.
  double q1_low = infinity, q0_high = -infinity;
  for (const Spell& spell : spells_) {
    q1_low = std::min(q1_low, spell.pull.low + spell.per_steepness.low - 1.0);
    q0_high = std::max(q0_high, spell.pull.high);
  }
  if (1.0 + std::min(q1_low, 0.0) - std::max(q0_high, 0.0) > 0.0) return 1.0;
  double sum_low[2], sum_high[2], centre = 0.0, weight = 0.0;
  for (int type = 0; type < 2; ++type) sum_low[type] = sum_high[type] = std::exp(line.rest[type] - top[type]);
  centre = 0.0;
  weight = sum_low[1];
  for (const Spell& spell : spells_) {
    for (int type = 0; type < 2; ++type) {
      sum_low[type] += std::exp(spell.s[type].low - top[type]);
      sum_high[type] += std::exp(spell.s[type].high - top[type]);
    }
    const double share = std::exp(spell.s[1].high - top[1]);
    centre += share * 0.5 * (spell.pull.low + spell.pull.high);
    weight += share;
  }
  centre /= weight;
  Range total{0.0, 0.0};
  const auto add = [&](const double* s_low, const double* s_high, const Range& per_steepness, const Range& pull) {
    Range sigma[2];
    for (int type = 0; type < 2; ++type) {
      const double a = std::exp(s_low[type] - top[type]), z = std::exp(s_high[type] - top[type]);
      sigma[type] = {a / (a + std::max(0.0, sum_high[type] - z)), z / (z + std::max(0.0, sum_low[type] - a))};
      sigma[type].high = std::min(sigma[type].high, 1.0);
    }
    const Range first = product(sigma[1], per_steepness);
    const Range second = product({sigma[1].low - sigma[0].high, sigma[1].high - sigma[0].low}, {pull.low - centre, pull.high - centre});
    total.low += first.low + second.low;
    total.high += first.high + second.high;
  };
  add(line.rest, line.rest, {1.0, 1.0}, {0.0, 0.0});
  for (const Spell& spell : spells_) {
    const double s_low[2] = {spell.s[0].low, spell.s[1].low}, s_high[2] = {spell.s[0].high, spell.s[1].high};
    add(s_low, s_high, spell.per_steepness, spell.pull);
  }
  return total.low > 0.0 ? 1.0 : total.high < 0.0 ? -1.0 : 0.0;
}

}  // namespace melian::grid
