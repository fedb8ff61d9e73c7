#include "solve/enclosure.h"

#include <utility>

namespace melian::grid {
namespace {

Range product(const Range& a, const Range& b) {
  Range out;
  for (const double x : {a.low, a.high})
    for (const double y : {b.low, b.high}) out.add(x * y);
  return out;
}

End end_at(double u) {
  const double e = std::exp(-std::abs(u)), large = 1.0 / (1.0 + e), small = e * large;
  return {u, u >= 0.0 ? large : small, large * small};
}

/// Calls `look(cell, low end, high end)` for every cell that the posteriors from `from` to `to`
/// pass, until it says no. `last`: where a stretch ended before; stretches follow on each other as
/// a rule.
template <class Look>
bool over_cells(const Axis& axis, double from, double to, End& last, Look look) {
  int cell = axis.cell_of(from, last.cell);
  const int end = axis.cell_of(to, cell);
  if (!axis.plain) {
    last = End{};
    last.cell = end;
    for (; cell <= end; ++cell) {
      const auto k = ix(cell);
      const double low = std::max(from, axis.u[k]), high = cell == end ? to : axis.u[k + 1];
      if (!look(k, end_at(low - axis.centre[k]), end_at(high - axis.centre[k]))) return false;
    }
    return true;
  }
  End low = last.u == from ? last : end_at(from);
  last = end_at(to);
  last.cell = end;
  for (; cell <= end; ++cell) {
    const auto next = ix(cell + 1);
    const End high = cell == end ? last : End{axis.u[next], axis.b[next], axis.p_low[next]};
    if (!look(ix(cell), low, high)) return false;
    low = high;
  }
  return true;
}

Range spread_between(const End& low, const End& high) {
  Range p;
  p.add(low.p);
  p.add(high.p);
  if (low.u < 0.0 && high.u > 0.0) p.add(0.25);
  return p;
}

}  // namespace

Verdict along_posterior(const Line& line, double from, double prior_from, double to,
                        double prior_to) {
  // One curved branch: du_0/du = 1 - (1 - sigma_1) q_1 + (1 - sigma_0) q_0, q = slope p.
  const Axis& axis = *line.axis;
  Range slope;
  End last;
  over_cells(axis, from, to, last, [&](std::size_t k, const End& low, const End& high) {
    const Range p = spread_between(low, high);
    Range term[2];
    for (int type = 0; type < 2; ++type) {
      const double* s = line.row(line.curved[0], type) + k;
      const double rise = (s[1] - s[0]) * axis.per_width[k], sign = type == 0 ? 1.0 : -1.0;
      Range other, q;
      for (const double b : {low.b, high.b})
        other.add(logistic(line.rest[type] - (s[0] + rise * (b - axis.low[k]))));
      for (const double at : {p.low, p.high}) q.add(sign * rise * at);
      term[type] = product(q, other);
    }
    slope.add(1.0 + term[0].low + term[1].low);
    slope.add(1.0 + term[0].high + term[1].high);
    return true;
  });
  // Where the slope is bounded, so is what u_0 gains from either end.
  const double fall = std::min(0.0, slope.low) * (to - from),
               rise = std::max(0.0, slope.high) * (to - from);
  const double round_off = 1e-12 * (1.0 + line.scale + std::abs(from) + std::abs(to));
  const Range prior{std::max(prior_from + fall, prior_to - rise) - round_off,
                    std::min(prior_from + rise, prior_to - fall) + round_off};
  return {slope.low > 0.0 ? 1.0 : slope.high < 0.0 ? -1.0 : 0.0, prior};
}

Range prior_hull(const Line& line, double c_low, const double* low, double c_high,
                 const double* high) {
  Range hull;
  for (std::size_t i = 0; i < line.curved.size(); ++i) {
    hull.add(low[i]);
    hull.add(high[i]);
  }
  if (line.rest[0] > -infinity || line.rest[1] > -infinity) {
    hull.add(c_low + (line.rest[1] - line.rest[0]));
    hull.add(c_high + (line.rest[1] - line.rest[0]));
  }
  const double round_off = 1e-12 * (1.0 + line.scale);
  return {hull.low - round_off, hull.high + round_off};
}

/// False where h' has a zero on the way.
bool Enclosure::survey(const Line& line, int branch, double from, double to, End& last,
                       Spell& out) {
  const Axis& axis = *line.axis;
  if (from > to) std::swap(from, to);
  int sign = 0;
  return over_cells(axis, from, to, last, [&](std::size_t k, const End& low, const End& high) {
    const Range p = spread_between(low, high);
    double slope[2];
    for (int type = 0; type < 2; ++type) {
      const double* s = line.row(branch, type) + k;
      slope[type] = (s[1] - s[0]) * axis.per_width[k];
      out.s[type].add(s[0] + slope[type] * (low.b - axis.low[k]));
      out.s[type].add(s[0] + slope[type] * (high.b - axis.low[k]));
    }
    for (const double at : {p.low, p.high}) {
      const double steepness = 1.0 - (slope[1] - slope[0]) * at;
      const int here = steepness > 0.0 ? 1 : steepness < 0.0 ? -1 : 0;
      if (here == 0 || (sign != 0 && here != sign)) return false;
      sign = here;
      out.per_steepness.add(1.0 / steepness);
      out.pull.add(slope[0] * at / steepness);
    }
    return true;
  });
}

Verdict Enclosure::along_c(const Line& line, double c_low, const double* low, double c_high,
                           const double* high) {
  const std::size_t m = line.curved.size();
  spells_.assign(m, Spell{});
  last_.resize(m);
  double top[2] = {line.rest[0], line.rest[1]};
  for (std::size_t i = 0; i < m; ++i) {
    if (!survey(line, line.curved[i], low[i], high[i], last_[i], spells_[i])) return {};
    for (int type = 0; type < 2; ++type) top[type] = std::max(top[type], spells_[i].s[type].high);
  }
  // 1. Cheap: sums weighted by probabilities lie between their extremes.
  double q1_low = 0.0, q0_high = 0.0;
  for (const Spell& spell : spells_) {
    q1_low = std::min(q1_low, spell.pull.low + spell.per_steepness.low - 1.0);
    q0_high = std::max(q0_high, spell.pull.high);
  }
  if (1.0 + q1_low - q0_high > 0.0) return {1.0, {}};
  // 2. Bounds on Z, hence on the prior.
  double rest[2], least[2], most[2];
  for (int type = 0; type < 2; ++type)
    least[type] = most[type] = rest[type] = std::exp(line.rest[type] - top[type]);
  double centre = 0.0, weight = rest[1];
  for (Spell& spell : spells_) {
    for (int type = 0; type < 2; ++type) {
      least[type] += spell.least[type] = std::exp(spell.s[type].low - top[type]);
      most[type] += spell.most[type] = std::exp(spell.s[type].high - top[type]);
    }
    centre += spell.most[1] * 0.5 * (spell.pull.low + spell.pull.high);
    weight += spell.most[1];
  }
  centre /= weight;
  Verdict out;
  const double kappa = top[1] - top[0],
               round_off = 1e-12 * (1.0 + line.scale + std::abs(c_low) + std::abs(c_high));
  out.prior = {c_low + kappa + std::log(least[1] / most[0]) - round_off,
               c_high + kappa + std::log(most[1] / least[0]) + round_off};
  // 3. Bounds on sigma, hence on the slope.
  Range slope{0.0, 0.0};
  const auto add = [&](const double* small, const double* large, const Range& per_steepness,
                       const Range& pull) {
    Range sigma[2];
    for (int type = 0; type < 2; ++type) {
      const double rivals = std::max(0.0, most[type] - large[type]),
                   fewest = std::max(0.0, least[type] - small[type]);
      sigma[type].low = small[type] > 0.0 ? small[type] / (small[type] + rivals) : 0.0;
      sigma[type].high = fewest > 0.0 ? large[type] / (large[type] + fewest) : 1.0;
    }
    const Range first = product(sigma[1], per_steepness);
    const Range second = product({sigma[1].low - sigma[0].high, sigma[1].high - sigma[0].low},
                                 {pull.low - centre, pull.high - centre});
    slope.low += first.low + second.low;
    slope.high += first.high + second.high;
  };
  if (rest[0] > 0.0 || rest[1] > 0.0) add(rest, rest, {1.0, 1.0}, {0.0, 0.0});
  for (const Spell& spell : spells_) add(spell.least, spell.most, spell.per_steepness, spell.pull);
  out.sign = slope.low > 0.0 ? 1.0 : slope.high < 0.0 ? -1.0 : 0.0;
  return out;
}

}  // namespace melian::grid
