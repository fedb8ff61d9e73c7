#pragma once
/// Along branches of solutions: predictor, corrector, step control, folds and branch points.

#include <functional>
#include <limits>
#include <optional>
#include <vector>

#include "tree/sparse.h"
#include "tree/system.h"

namespace melian::tree {

using Vector = std::vector<double>;

struct TraceLimits {
  double target = 0.0;      ///< the lambda whose solutions are wanted
  bool only_first = false;  ///< end at the first of them
  double highest = std::numeric_limits<double>::infinity();  ///< give up beyond this lambda
  int max_steps = 20'000;                                    ///< corrections that failed included
  bool any_curve = false;  ///< it matters only to arrive, not along which curve: longer steps
  std::function<bool(const Vector&)>
      stop_at;  ///< end at this solution at the target (with lambda behind the log-ratios)
};

/// What a walk along a branch has met.
struct Trace {
  TreeTermination termination = TreeTermination::not_run;  ///< reached: the first solution, the
                                                           ///< highest lambda, or lambda 0 again
  std::vector<Vector> crossings;  ///< log-ratios at the target, in order along the branch
  Vector last;                    ///< the last point of the branch, and its lambda
  double lambda = 0.0;
  int steps = 0, rejected = 0;
  std::vector<TreeTurn> folds, branch_points;
};

/// Follows branches of one system.
/// Convention: arclength in (x, lambda times the range of payoffs), so that both speak of logits.
/// Source: [AllgowerGeorg1990, ch. 2, 6, 8]; [Turocy2005] for the principal branch.
class Follower {
 public:
  Follower(System& system, double payoff_range, OnStep on_step);

  /// From lambda 0, where the solution is known.
  [[nodiscard]] Trace from_start(const TraceLimits& limits);
  /// From a solution at `lambda` (the target itself, or elsewhere), upwards (direction 1) or
  /// downwards (-1) in lambda.
  [[nodiscard]] Trace onward(Vector x, double lambda, int direction, const TraceLimits& limits);

 private:
  /// (log-ratios, lambda times range of payoffs) and the unit tangent there.
  struct Point {
    Vector y, tangent;
  };

  Trace run(Point point, int side, const TraceLimits& limits);
  [[nodiscard]] double lambda_of(const Vector& y) const { return y.back() / range_; }
  [[nodiscard]] double progress(const Point& point) const;
  double reject(double step, double by);
  [[nodiscard]] double not_far_beyond(const Point& point, double step) const;
  [[nodiscard]] Vector predict(const Point& point, const Vector& before_tangent, double before_step,
                               double step) const;
  bool factor_at(const Vector& y, const Vector& border);
  [[nodiscard]] Vector tangent_from(const Vector& border) const;
  bool correct(Vector& y, const Vector& border, double level);
  bool turn(const Point& point, Point& next);
  void note_turns(const Point& from, const Point& to, double length);
  std::optional<std::vector<Vector>> crossings(const Point& from, const Point& to, double length);
  Vector arrive(const Point& from, const Point& to, double length, double part);
  void polish(Vector& y);
  Trace end(TreeTermination why, const Point& last);

  System& system_;
  double range_;
  OnStep on_step_;
  Factors factors_;
  std::size_t unknowns_;
  Trace trace_;
  const TraceLimits* limits_ = nullptr;
  int side_ = -1, sign_ = 1, next_sign_ = 1;
};

}  // namespace melian::tree
