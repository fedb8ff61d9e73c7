#pragma once
/// The door of `numeric`: belief axes, log-odds, log-sum-exp, interpolation, intervals. No game
/// theory.

#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "melian/base.h"

namespace melian {

inline constexpr double infinity = std::numeric_limits<double>::infinity();

/// log(p / (1 - p)); -infinity at 0, +infinity at 1.
[[nodiscard]] inline double log_odds(double probability) {
  return std::log(probability) - std::log1p(-probability);
}

/// 1 / (1 + exp(-u)), exact at both infinities and without overflow.
[[nodiscard]] inline double logistic(double u) {
  if (u >= 0) return 1.0 / (1.0 + std::exp(-u));
  const double e = std::exp(u);
  return e / (1.0 + e);
}

/// log sum_a exp(x_a); -infinity for an empty or wholly -infinite list.
[[nodiscard]] double log_sum_exp(std::span<const double> x);

/// Nodes on [0, 1] for one belief axis: `count` increasing nodes with 0 and 1 among them, every
/// interior number of `must_have` among them exactly, and nodes dense at both corners (spaced there
/// in log-odds), where beliefs have boundary layers. `count` below 2 + number of distinct interior
/// `must_have` is raised to that. Where `count` - 1 is a multiple of 4 (of 2), what must be had
/// outlives `coarsen_axis` twice (once). Convention: docs/methods.md, "Belief axes".
[[nodiscard]] std::vector<double> belief_axis(int count, std::span<const double> must_have);

/// The axis without every second node, corners and `must_have` kept; all its nodes are nodes of
/// `axis`.
[[nodiscard]] std::vector<double> coarsen_axis(const std::vector<double>& axis,
                                               std::span<const double> must_have);

/// The axis with each cell halved (2 n - 1 nodes); contains every node of `axis`.
[[nodiscard]] std::vector<double> refine_axis(const std::vector<double>& axis);

/// Where x lies on increasing nodes: between node `cell` and `cell + 1`, at `weight` in [0, 1] of
/// the way. One node: cell 0, weight 0.
struct Place {
  int cell = 0;
  double weight = 0.0;
};
[[nodiscard]] Place locate(const std::vector<double>& nodes, double x);

/// A point x with x = f(x), by iteration from where the caller starts: x <- f(x), speeded up by
/// Anderson's mixing [WalkerNi2011] once it is seen to converge, and damped, x <- x + s (f(x) - x)
/// with s = 1/2, 1/4, ... where that goes round.
///
///   FixedPoint search;
///   do f(x, fx); while (search.step(x, fx) == FixedPoint::Ending::none);
///
/// Convention: converged when the largest |f(x) - x| is at most `tolerance` times the largest
/// |f(x)| and falls no further, or where round-off alone keeps it below a hundred times that. `x`
/// is then the best point at which f was taken.
class FixedPoint {
 public:
  enum class Ending : std::uint8_t { none, converged, goes_round, step_limit };
  struct Options {
    double tolerance = 1e-13;  ///< relative to the largest |f(x)|
    int max_steps = 50000;
    int patience = 100;  ///< steps without any fall of the change before iteration is damped
                         ///< (further), or given up
  };

  FixedPoint() = default;
  explicit FixedPoint(const Options& options) : options_(options) {}

  /// Hears of f at `x` and replaces `x` by the next point to take f at, unless the search has
  /// ended.
  [[nodiscard]] Ending step(std::vector<double>& x, const std::vector<double>& fx);

  [[nodiscard]] double change() const { return change_; }  ///< the largest |f(x) - x| at x
  [[nodiscard]] int steps() const { return steps_; }
  /// Plain iteration did not lead here: it went round, or leads away again.
  [[nodiscard]] bool damped() const { return share_ < 1.0 || repels_; }

 private:
  void forget();
  bool mix(std::vector<double>& x, const std::vector<double>& fx);

  Options options_;
  double change_ = 0.0, best_ = infinity;
  int steps_ = 0, best_step_ = 0, falls_ = 0;
  double share_ = 1.0;  ///< of f(x) - x that is gone
  int proofs_ = 0;      ///< plain steps still to take from where mixing led
  bool mixed_ = false, ever_mixed_ = false, repels_ = false;
  std::vector<double> best_x_, best_fx_, last_fx_, last_gap_;
  std::vector<std::vector<double>> dfx_,
      dgap_;  ///< the last few differences of f(x) and of f(x) - x
};

/// Binomial (Wilson) interval at confidence `level` (two-sided).
struct Interval {
  double low = 0.0, high = 1.0;
};
[[nodiscard]] Interval binomial_interval(std::int64_t successes, std::int64_t trials,
                                         double level = 0.95);

/// Two-sided normal quantile for confidence `level`, e.g. 1.96 at 0.95.
[[nodiscard]] double normal_quantile_two_sided(double level);

}  // namespace melian
