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

/// A place where another branch crosses the one followed.
struct Fork {
  Vector y;          ///< log-ratios and lambda times the range of payoffs
  Vector direction;  ///< of the other branch, unit; where several cross at once, of one of them
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
  std::vector<Fork> forks;  ///< of `branch_points`, one each
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
  /// Along the branch that crosses at a fork, one way (1) or the other (-1); not run where no such
  /// branch can be corrected to.
  [[nodiscard]] Trace aside(const Fork& fork, int direction, const TraceLimits& limits);
  /// Newton's method at this lambda; empty where it comes to no solution.
  [[nodiscard]] Vector settle(Vector x, double lambda);

 private:
  /// (log-ratios, lambda times range of payoffs) and the unit tangent there.
  struct Point {
    Vector y, tangent;
  };

  /// How much the matrix changes over a step, measured by itself.
  struct Change {
    double size = 0.0;   ///< modulus of the largest eigenvalue of A_to^-1 A_from - 1
    double along = 0.0;  ///< that eigenvalue, where it is real
    Vector direction;    ///< its eigenvector, unit
    [[nodiscard]] bool crosses() const;
    [[nodiscard]] double part() const;
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
  [[nodiscard]] Change change(const Vector& border);
  void note_branch_point(const Point& from, const Point& to, double length, const Change& change);
  void note_fold(const Point& from, const Point& to, double length);
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
  Vector here_, there_;  ///< entries of the matrix at the two ends of a step
};

}  // namespace melian::tree
