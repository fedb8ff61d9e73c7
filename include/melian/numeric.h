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

/// One axis of beliefs. A *plain* one is its `nodes`: values between two of them are linear in the
/// analyst's probability. On any other, nodes are kept as log-odds, exact in both tails, and each
/// cell has a *centre*, the analyst's log-odds at which the observer most in doubt there is at
/// one half: between the cell's ends values are linear in that observer's own probability
/// 1 / (1 + exp(centre - u)).
struct BeliefAxis {
  std::vector<double> nodes;  ///< probabilities from 0 to 1; far out neighbours may round alike
  std::vector<double> log_odds{};  ///< of the nodes, increasing strictly; empty where plain
  std::vector<double> centre{};    ///< [cell]; empty where plain
  [[nodiscard]] bool plain() const { return centre.empty(); }
};

/// The analyst's log-odds at which an observer is at one half, and how dense nodes lie around it: a
/// `weight` of one as on the axis of such an observer alone.
struct DoubtCentre {
  double at = 0.0, weight = 1.0;
};

/// Nodes for observers in doubt at these `centres` (increasing): around each as `belief_axis` has
/// them around one half, `count` an observer, up to halfway to the next centre. Every finite number
/// of `must_have` (log-odds) and every point halfway between two centres is a node.
/// Requires: at least one centre. Convention: docs/methods.md, "Belief axes".
[[nodiscard]] BeliefAxis belief_axis(int count, std::span<const DoubtCentre> centres,
                                     std::span<const double> must_have);
/// The same for any axis: without every second node (`must_have`: log-odds) and with each cell
/// halved.
[[nodiscard]] BeliefAxis coarsen_axis(const BeliefAxis& axis, std::span<const double> must_have);
[[nodiscard]] BeliefAxis refine_axis(const BeliefAxis& axis);
[[nodiscard]] std::vector<double> node_log_odds(const BeliefAxis& axis);

/// A belief axis ready to be read.
class LaidAxis {
 public:
  LaidAxis() = default;
  explicit LaidAxis(BeliefAxis axis);
  [[nodiscard]] bool plain() const { return axis_.plain(); }
  [[nodiscard]] const std::vector<double>& nodes() const { return axis_.nodes; }
  [[nodiscard]] const std::vector<double>& log_odds() const { return log_odds_; }
  [[nodiscard]] Place locate(double log_odds) const;

 private:
  BeliefAxis axis_;
  std::vector<double> log_odds_, low_, width_;  ///< of cells: the observer's probability
};

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
