#pragma once
/// The decision of a typed mover along one line of its own belief axis: the equations, free of any
/// game.
///
/// Branch a gives type theta the score S_a[theta](b') = log w_a + lambda Q, linear in the posterior
/// b' within cells. With log-odds u, D_a = S_a[1] - S_a[0] and c = u_0 - (log Z_1 - log Z_0):
///
///   h_a(u_a) = u_a - D_a(u_a) = c                       (the posterior after a, from c alone)
///   u_0(c)   = c + log Z_1 - log Z_0,  Z_theta = sum_a exp S_a[theta](u_a)
///
/// Source: docs/methods.md, "The decision of a typed mover"; endogenous grid after [Carroll2006].

#include <cstdint>
#include <vector>

#include "melian/game.h"
#include "solve/axis.h"

namespace melian::grid {

/// Scores of one branch at one posterior, and their slopes in b.
struct Score {
  double b = 0.0, p = 0.0;  ///< the posterior as the cell's observer sees it, and b (1 - b)
  double s[2] = {0.0, 0.0};
  double slope[2] = {0.0, 0.0};
  /// dh_a/du
  [[nodiscard]] double steepness() const { return 1.0 - (slope[1] - slope[0]) * p; }
  [[nodiscard]] double difference() const { return s[1] - s[0]; }
};

struct Line {
  const Axis* axis = nullptr;
  int branches = 0;
  std::vector<double> score;        ///< [branch][type][node]
  std::vector<std::uint8_t> open;   ///< [branch]: bit k: open to type k
  std::vector<std::uint8_t> moved;  ///< [branch]: what follows depends on the mover's belief

  // Derived by `prepare`.
  std::vector<int> curved;  ///< branches open to both types whose scores depend on the posterior
  double rest[2] = {0.0, 0.0};  ///< log sum of exp S over all other branches, by type
  double scale = 0.0;           ///< largest |S|

  void reset(const Axis& on, int num_branches);
  void prepare();

  [[nodiscard]] double* row(int branch, int type) {
    return score.data() + ix((std::int64_t{branch} * 2 + type) * axis->nodes());
  }
  [[nodiscard]] const double* row(int branch, int type) const {
    return score.data() + ix((std::int64_t{branch} * 2 + type) * axis->nodes());
  }

  /// The score of a branch whose score does not depend on the posterior; where only one type has
  /// it, at that corner.
  [[nodiscard]] double fixed(int branch, int type) const {
    return row(branch, type)[open[ix(branch)] == 2 ? axis->nodes() - 1 : 0];
  }
  [[nodiscard]] Score at(int branch, double u, int& cell) const {
    cell = axis->cell_of(u, cell);
    const double v = u - axis->centre[ix(cell)];
    const double e = std::exp(-std::abs(v)), large = 1.0 / (1.0 + e), small = e * large;
    return in_cell(branch, v >= 0.0 ? large : small, large * small, cell);
  }
  /// The same where the analyst's probability `b` of log-odds `u` and p = b (1 - b) are known.
  [[nodiscard]] Score at(int branch, double u, double b, double p, int& cell) const {
    if (!axis->plain) return at(branch, u, cell);
    cell = axis->cell_of(u, cell);
    return in_cell(branch, b, p, cell);
  }
  /// The same in a cell, where its observer believes `b`.
  [[nodiscard]] Score in_cell(int branch, double b, double p, int cell) const {
    Score out;
    const auto k = ix(cell);
    out.b = b;
    out.p = p;
    const double along = b - axis->low[k];
    for (int type = 0; type < 2; ++type) {
      const double* s = row(branch, type) + k;
      out.slope[type] = (s[1] - s[0]) * axis->per_width[k];
      out.s[type] = s[0] + out.slope[type] * along;
    }
    return out;
  }
  /// Every h_a increases strictly in every cell.
  [[nodiscard]] bool regular() const;
  /// Beyond +-reach all posteriors are at the corners for every purpose.
  [[nodiscard]] double reach() const { return 4.0 * scale + 100.0; }
};

/// Strategies along a line, for a list of priors ("targets").
struct LineAnswer {
  int branches = 0, targets = 0;
  std::vector<double> log_sigma, sigma;  ///< [type][branch][target]
  std::vector<std::int32_t> cell;        ///< [branch][target]: where the posterior lies ...
  std::vector<double> weight;            ///< ... and how far into the cell
  std::vector<DecisionMark> mark;        ///< [target]
  std::vector<double> residual;          ///< [target]
  std::int64_t fresh_jumps = 0;          ///< followed solutions that ended in a fold here

  void reset(int num_branches, int num_targets);
  [[nodiscard]] std::size_t index(int type, int branch, int target) const {
    return ix((std::int64_t{type} * branches + branch) * targets + target);
  }
  [[nodiscard]] std::size_t place(int branch, int target) const {
    return ix(std::int64_t{branch} * targets + target);
  }
};

inline constexpr double imply_limit =
    1e-7;  ///< logits of round-off; more is no round-off but a miss, for the residual to show

/// Moves the rarer of two log probabilities so that their ratio is `ratio` exactly. Where scores
/// are steep, round-off in them is worth more logits of the posterior than the posterior's own last
/// digit.
inline void imply(double ratio, double& zero, double& one) {
  const double off = ratio - (one - zero);
  if (!(std::abs(off) < imply_limit)) return;
  if (zero < one)
    zero = std::min(0.0, zero - off);
  else
    one = std::min(0.0, one + off);
}

/// Writes strategies, posteriors and residual at prior log-odds `u0`, given the posteriors `u` of
/// the curved branches (in the order of `line.curved`).
void finish(const Line& line, double u0, const double* u, int target, LineAnswer& answer);

/// The same where the prior is 0 or 1: beliefs stay at that corner unless only the other type has
/// the action.
void finish_corner(const Line& line, bool upper, int target, LineAnswer& answer);

/// Tolerance for residuals in logits: the target, or what round-off in scores of this size allows.
[[nodiscard]] inline double residual_target(double scale) { return 1e-12 + 4e-15 * scale; }
[[nodiscard]] inline double residual_limit(double scale) { return 1e-9 + 1e-12 * scale; }

}  // namespace melian::grid
