/// Where the solution that is followed ends in a fold: the path goes on backwards in t, and is
/// followed by its length until it comes to the target.

#include <algorithm>
#include <cmath>

#include "solve/joint.h"

namespace melian::grid {
namespace {

constexpr int most_steps = 4000, corrections = 8;
constexpr double shortest = 1e-7, longest = 2.0;  ///< steps, in log probabilities
constexpr double on_path = 1e-9;                  ///< of the residual, times the scale of scores

}  // namespace

/// The tangent at the spot where `residual_at` was last taken, of length one.
bool JointSolver::find_heading(Heading& heading) {
  heading.x = flow_;
  if (!solve(heading.x)) return false;
  double length = 1.0;
  for (const int r : rows_) length += heading.x[ix(r)] * heading.x[ix(r)];
  length = sign_ * std::sqrt(length);
  for (double& x : heading.x) x /= length;
  heading.t = 1.0 / length;
  return std::isfinite(length);
}

/// Newton's method across the heading: J dx - flow dt = -gap and heading (dx, dt) = 0.
bool JointSolver::back_on_path(JointScores* below, JointScores& target, const Heading& heading,
                               Spot& at) {
  for (int k = 0; k < corrections; ++k) {
    residual_at(below, target, at.t, at.x, true);
    if (!std::isfinite(size_of(gap_))) return false;
    if (size_of(gap_) <= on_path * scale_) return true;
    std::vector<double> a = gap_, b = flow_;
    if (!solve(a) || !solve(b)) return false;
    double across = 0.0, along = heading.t;
    for (const int r : rows_) {
      across += heading.x[ix(r)] * a[ix(r)];
      along += heading.x[ix(r)] * b[ix(r)];
    }
    const double dt = across / along;
    for (const int r : rows_) at.x[ix(r)] = std::min(0.0, at.x[ix(r)] - a[ix(r)] + dt * b[ix(r)]);
    at.t += dt;
    if (!std::isfinite(at.t)) return false;
  }
  return false;
}

bool JointSolver::pass_folds(JointScores* below, JointScores& target, double t,
                             std::vector<double>& x) {
  Spot here{x, t};
  Heading heading;
  residual_at(below, target, t, x, true);
  if (!find_heading(heading)) return false;
  double step = 0.01;
  for (int k = 0; k < most_steps; ++k) {
    Spot ahead = here;
    for (const int r : rows_)
      ahead.x[ix(r)] = std::min(0.0, here.x[ix(r)] + step * heading.x[ix(r)]);
    ahead.t += step * heading.t;
    if (ahead.t >= 1.0) {  // cut short where it comes to the target
      const double share = (1.0 - here.t) / (ahead.t - here.t);
      std::vector<double> end = here.x;
      for (const int r : rows_) end[ix(r)] += share * (ahead.x[ix(r)] - here.x[ix(r)]);
      if (newton(nullptr, target, 1.0, end, corrections)) {
        double moved = 0.0;
        for (const int r : rows_) moved = std::max(moved, std::abs(end[ix(r)] - here.x[ix(r)]));
        if (moved <= 2.0 * longest) {
          x = std::move(end);
          return true;
        }
      }
    }
    Heading next;
    double moved = 0.0;
    bool stays = ahead.t < 1.0 && ahead.t > -0.1 && back_on_path(below, target, heading, ahead) &&
                 find_heading(next);
    for (const int r : rows_) moved = std::max(moved, std::abs(ahead.x[ix(r)] - here.x[ix(r)]));
    stays = stays && moved <= 2.0 * step + 1e-9;
    if (!stays) {
      step *= 0.5;
      if (step < shortest) return false;
      continue;
    }
    here = std::move(ahead);
    heading = std::move(next);
    step = std::min(longest, 1.5 * step);
  }
  return false;
}

/// Some solution, where the path is lost: from where it was lost and from a few starts the nearest
/// that is found; else the first from many.
bool JointSolver::any_solution(JointScores& target, std::vector<double>& x) {
  constexpr int steps = 60;
  std::vector<std::vector<double>> from = starts(target);
  from.insert(from.begin(), x);
  double shortest_way = infinity;
  std::vector<double> best;
  for (std::vector<double>& one : from) {
    if (!newton(nullptr, target, 1.0, one, steps)) continue;
    double way = 0.0;
    for (const int r : rows_)
      way = std::max(way, std::abs(std::exp(one[ix(r)]) - std::exp(x[ix(r)])));
    if (way >= shortest_way) continue;
    shortest_way = way;
    best = one;
  }
  if (best.empty()) {
    from = drawn_starts();
    const auto found = std::ranges::find_if(
        from, [&](std::vector<double>& one) { return newton(nullptr, target, 1.0, one, steps); });
    if (found == from.end()) return false;
    best = *found;
  }
  x = std::move(best);
  return true;
}

}  // namespace melian::grid
