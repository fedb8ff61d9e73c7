#include "tree/follow.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/core.h>

#include "tree/shape.h"

namespace melian::tree {
namespace {

// Lengths below are in logits; ratios far from nought count less, since their actions hardly
// matter.
constexpr double prediction_error =
    0.03;  // what a prediction may miss by: far less than branches lie apart
constexpr double rough_prediction = 0.5;  // where a jump to another curve does no harm
constexpr double landed_within = 1e-9;    // last correction of a point of the path
constexpr double at_round_off =
    1e-6;  // corrections that shrink no more from here on are round-off (of lambda times payoffs)
constexpr double first_step = 0.05;
constexpr double smallest_step = 1e-7;
constexpr double branch_point_step =
    1e-3;  // a determinant that changes sign over so short a step does so on this branch
constexpr double narrowest_turn = 0.8;     // cosine between tangents one step apart
constexpr double largest_change = 0.8;     // of the matrix over a step: at 1 it could be singular
constexpr double wanted_change = 0.4;      // what the next step is laid out for
constexpr double highest_rise = 0.1;       // of lambda over a step, of itself
constexpr double still_a_crossing = 1e-4;  // of lambda: how finely a crossing is told from the end

double dot(const Vector& a, const Vector& b) {
  double sum = 0.0;
  for (std::size_t k = 0; k < a.size(); ++k) sum += a[k] * b[k];
  return sum;
}

double size_of(const Vector& difference, const Vector& y) {
  constexpr double near = 20.0;
  double worst = 0.0;
  for (std::size_t k = 0; k < difference.size(); ++k) {
    const double size = std::abs(difference[k]) / (1.0 + std::abs(y[k]) / near);
    if (!(size <= worst)) worst = size;
  }
  return worst;
}

Vector difference(const Vector& a, const Vector& b) {
  Vector out(a.size());
  for (std::size_t k = 0; k < a.size(); ++k) out[k] = a[k] - b[k];
  return out;
}

/// Between two points by their tangents (Hermite), at `part` of the way; `length` is the step's.
double between(double from, double from_slope, double to, double to_slope, double length,
               double part) {
  const double u = part, v = 1.0 - part;
  return v * v * (1.0 + 2.0 * u) * from + u * u * (1.0 + 2.0 * v) * to +
         length * u * v * (v * from_slope - u * to_slope);
}

}  // namespace

Follower::Follower(System& system, double payoff_range, OnStep on_step)
    : system_(system),
      range_(payoff_range),
      on_step_(std::move(on_step)),
      factors_(system.pattern()),
      unknowns_(ix(system.num_unknowns())) {}

Trace Follower::from_start(const TraceLimits& limits) {
  Point point;
  point.y = system_.start();
  point.y.push_back(0.0);
  point.tangent.assign(unknowns_ + 1, 0.0);
  point.tangent.back() = 1.0;
  return run(std::move(point), -1, limits);
}

Trace Follower::onward(Vector x, double lambda, int direction, const TraceLimits& limits) {
  Point point;
  point.y = std::move(x);
  point.y.push_back(lambda * range_);
  point.tangent.assign(unknowns_ + 1, 0.0);
  point.tangent.back() = direction;
  const int side = lambda == limits.target ? direction : lambda < limits.target ? -1 : 1;
  return run(std::move(point), side, limits);
}

Trace Follower::aside(const Fork& fork, int direction, const TraceLimits& limits) {
  Vector along = fork.direction;
  for (double& entry : along) entry *= direction;
  for (const double away : {0.03, 0.1, 0.3}) {
    Point point{fork.y, along};
    for (std::size_t k = 0; k < along.size(); ++k) point.y[k] += away * along[k];
    if (!correct(point.y, along, dot(along, point.y)) || point.y.back() < 0.0) continue;
    const int side = lambda_of(point.y) < limits.target ? -1 : 1;
    return run(std::move(point), side, limits);
  }
  return {};
}

Vector Follower::settle(Vector x, double lambda) {
  x.push_back(lambda * range_);
  Vector flat(unknowns_ + 1, 0.0);
  flat.back() = 1.0;
  if (!correct(x, flat, x.back())) return {};
  polish(x);
  x.pop_back();
  return x;
}

/// From a solution whose tangent is still to be found, on the given side of the target (below: -1)
/// from there on.
Trace Follower::run(Point point, int side, const TraceLimits& limits) {
  trace_ = {};
  limits_ = &limits;
  side_ = side;
  if (!factor_at(point.y, point.tangent)) return end(TreeTermination::step_too_small, point);
  point.tangent = tangent_from(point.tangent);
  if (!factor_at(point.y, point.tangent)) return end(TreeTermination::step_too_small, point);
  sign_ = factors_.sign_of_determinant();
  here_ = factors_.matrix().entry;
  double step = first_step / size_of(point.tangent, point.y);
  Vector before_tangent = point.tangent;
  double before_step = 0.0;
  const double allowed = limits.any_curve ? rough_prediction : prediction_error;
  if (limits.only_first && lambda_of(point.y) >= limits.target) {
    trace_.crossings.push_back(point.y);
    return end(TreeTermination::reached, point);
  }
  while (true) {
    if (on_step_ && !on_step_({"tree", progress(point)}))
      return end(TreeTermination::cancelled, point);
    if (trace_.steps + trace_.rejected >= limits.max_steps)
      return end(TreeTermination::step_limit, point);
    if (step * size_of(point.tangent, point.y) < smallest_step)
      return end(TreeTermination::step_too_small, point);
    step = not_far_beyond(point, step);
    const double length = step * size_of(point.tangent, point.y);

    Vector guess = predict(point, before_tangent, before_step, step);
    if (guess.back() < 0.0 && point.y.back() > 0.0)
      return end(TreeTermination::reached, point);  // back at uniform play
    Point next{guess, {}};
    const bool landed = correct(next.y, point.tangent, dot(point.tangent, guess));
    const double missed = landed ? size_of(difference(next.y, guess), guess) : 0.0;
    double growth =
        landed ? std::clamp(0.9 * std::cbrt(allowed / std::max(missed, 1e-12)), 0.25, 2.0) : 0.25;
    if (!landed || missed > 2.0 * allowed || !turn(point, next)) {
      step = reject(step, std::min(growth, 0.5));
      continue;
    }
    Change changed;
    if (!limits.any_curve) {
      changed = change(point.tangent);
      const double shrink = std::clamp(wanted_change / std::max(changed.size, 1e-12), 0.1, 2.0);
      if (length > branch_point_step && (sign_ != next_sign_ || changed.size > largest_change)) {
        step = reject(step, std::min(shrink, 0.5));
        continue;
      }
      if (length > branch_point_step) growth = std::min(growth, shrink);
    }
    std::optional<std::vector<Vector>> met = crossings(point, next, step);
    if (!met) {
      step = reject(step, 0.5);
      continue;
    }
    if (!limits.any_curve) note_branch_point(point, next, step, changed);
    note_fold(point, next, step);
    for (Vector& crossing : *met) trace_.crossings.push_back(std::move(crossing));
    if (limits.only_first && !trace_.crossings.empty()) return end(TreeTermination::reached, point);
    if (!met->empty() && limits.stop_at && limits.stop_at(trace_.crossings.back()))
      return end(TreeTermination::reached, next);
    if (lambda_of(next.y) > limits.highest) return end(TreeTermination::reached, next);
    ++trace_.steps;
    sign_ = next_sign_;
    std::swap(here_, there_);
    before_tangent = std::move(point.tangent);
    before_step = step;
    point = std::move(next);
    step *= growth;
  }
}

double Follower::progress(const Point& point) const {
  return limits_->target > 0.0 ? std::clamp(lambda_of(point.y) / limits_->target, 0.0, 1.0) : 1.0;
}

double Follower::reject(double step, double by) {
  ++trace_.rejected;
  return step * by;
}

/// Steps that would pass the target by much are cut to pass it by little; none takes lambda up or
/// down by much of itself.
double Follower::not_far_beyond(const Point& point, double step) const {
  constexpr double beyond = 1.05;
  const double left = limits_->target * range_ - point.y.back();
  const double rise = point.tangent.back();
  if (limits_->only_first && rise > 0.0 && left > 0.0) step = std::min(step, beyond * left / rise);
  if (limits_->any_curve || rise == 0.0) return step;
  return std::min(step, highest_rise * std::max(point.y.back(), 1.0) / std::abs(rise));
}

/// Does another branch cross within a step over which the matrix changes so?
bool Follower::Change::crosses() const {
  constexpr double real = 0.1;  // how far the quotient may be from the modulus
  return along < -1.0 && std::abs(along + size) < real * size;
}

/// At which part of the step.
double Follower::Change::part() const { return crosses() ? 1.0 + 1.0 / along : 1.0; }

/// Between the ends of a step the matrix is singular at the part u of the way just where
/// A_to^-1 A_from has the eigenvalue -u / (1 - u): A_to^-1 A_from - 1 has one of -1 or less. As
/// long as all of them are smaller in modulus nothing crosses, an even number of branches included,
/// which no determinant tells. By the power method; `border` is the border of both matrices.
Follower::Change Follower::change(const Vector& border) {
  constexpr int most = 30, least = 3;
  constexpr double harmless = 0.25, settled = 0.01;
  const Bordered& there = factors_.matrix();
  for (std::size_t c = 0; c <= unknowns_; ++c) here_[ix(there.column_begin[c + 1]) - 1] = border[c];
  Change out;
  out.direction.resize(unknowns_ + 1);
  for (std::size_t k = 0; k < out.direction.size(); ++k)
    out.direction[k] = std::cos(static_cast<double>(k * k + 1));
  Vector image(unknowns_ + 1);
  for (int n = 1; n <= most; ++n) {
    const double norm = std::sqrt(dot(out.direction, out.direction));
    if (!(norm > 0.0) || !std::isfinite(norm)) return out;
    for (double& entry : out.direction) entry /= norm;
    std::ranges::fill(image, 0.0);
    for (std::size_t c = 0; c <= unknowns_; ++c)
      for (auto k = ix(there.column_begin[c]); k < ix(there.column_begin[c + 1]); ++k)
        image[ix(there.row[k])] += (here_[k] - there.entry[k]) * out.direction[c];
    Vector moved = factors_.solve(image);
    const double size = std::sqrt(dot(moved, moved)), last = out.size;
    out.along = dot(out.direction, moved);
    out.size = size;
    if (n >= least && size < harmless && last < harmless) return out;
    if (n >= 2 * least && std::abs(size - last) < settled * size) return out;
    if (n < most)
      out.direction = std::move(moved);
    else
      out.size = std::sqrt(size * last);  // of eigenvalues alike in modulus
  }
  return out;
}

/// Another branch that crosses between two points of the path, if there is one.
void Follower::note_branch_point(const Point& from, const Point& to, double length,
                                 const Change& change) {
  if (sign_ == next_sign_ && !change.crosses()) return;
  Fork fork;
  const double part = change.part();
  for (std::size_t k = 0; k < to.y.size(); ++k)
    fork.y.push_back(between(from.y[k], from.tangent[k], to.y[k], to.tangent[k], length, part));
  fork.direction = change.direction;
  const double lambda = lambda_of(fork.y);
  if (limits_->only_first && lambda > limits_->target * (1.0 + still_a_crossing)) return;
  // At a crossing the matrix is all but singular: what it makes large lies along the other branch.
  system_.evaluate({fork.y.data(), unknowns_});
  trace_.branch_points.push_back({lambda, system_.fastest_set(fork.direction)});
  trace_.forks.push_back(std::move(fork));
}

/// A fold between two points of the path, if there is one.
void Follower::note_fold(const Point& from, const Point& to, double length) {
  if (from.tangent.back() * to.tangent.back() >= 0.0) return;
  system_.evaluate({to.y.data(), unknowns_});
  constexpr int looks = 200;
  double turned = from.y.back();
  for (int k = 1; k <= looks; ++k) {
    const double here = between(from.y.back(), from.tangent.back(), to.y.back(), to.tangent.back(),
                                length, static_cast<double>(k) / looks);
    turned = from.tangent.back() > 0.0 ? std::max(turned, here) : std::min(turned, here);
  }
  trace_.folds.push_back({turned / range_, system_.fastest_set(to.tangent)});
}

/// The solutions at the target between two points, in order; nothing where one cannot be corrected
/// to (a shorter step may).
std::optional<std::vector<Vector>> Follower::crossings(const Point& from, const Point& to,
                                                       double length) {
  constexpr int looks = 64, halvings = 50;
  const double target = limits_->target * range_;
  const auto side_at = [&](double part) {
    return between(from.y.back(), from.tangent.back(), to.y.back(), to.tangent.back(), length,
                   part) < target
               ? -1
               : 1;
  };
  std::vector<Vector> out;
  int side = side_;
  for (int k = 1; k <= looks; ++k) {
    double low = (k - 1.0) / looks, high = static_cast<double>(k) / looks;
    if (side_at(high) == side) continue;
    for (int n = 0; n < halvings; ++n) {
      const double middle = 0.5 * (low + high);
      (side_at(middle) == side ? low : high) = middle;
    }
    Vector there = arrive(from, to, length, high);
    if (there.empty()) return std::nullopt;
    out.push_back(std::move(there));
    side = -side;
    if (limits_->only_first) break;
  }
  side_ = side;
  return out;
}

/// The branch at the target itself; empty where it cannot be corrected to.
Vector Follower::arrive(const Point& from, const Point& to, double length, double part) {
  Vector guess(unknowns_ + 1);
  for (std::size_t k = 0; k < guess.size(); ++k)
    guess[k] = between(from.y[k], from.tangent[k], to.y[k], to.tangent[k], length, part);
  guess.back() = limits_->target * range_;
  Vector flat(unknowns_ + 1, 0.0);
  flat.back() = 1.0;
  Vector y = guess;
  if (correct(y, flat, guess.back()) &&
      size_of(difference(y, guess), guess) <=
          2.0 * (limits_->any_curve ? rough_prediction : prediction_error))
    return y;
  // Where branches cross or fold at the target itself no correction finds it; over a step so short
  // the path's own points tell it to round-off.
  const bool short_step = length * size_of(from.tangent, from.y) <= branch_point_step;
  return short_step && !limits_->any_curve ? guess : Vector();
}

Trace Follower::end(TreeTermination why, const Point& last) {
  trace_.termination = why;
  for (Vector& crossing : trace_.crossings) {
    polish(crossing);
    crossing.pop_back();
  }
  trace_.last = last.y;
  polish(trace_.last);
  trace_.lambda = lambda_of(trace_.last);
  trace_.last.pop_back();
  return std::move(trace_);
}

/// Jacobian at y, bordered by `border`, factorised.
bool Follower::factor_at(const Vector& y, const Vector& border) {
  const double lambda = lambda_of(y);
  system_.evaluate({y.data(), unknowns_});
  Bordered& matrix = factors_.matrix();
  system_.jacobian(lambda, matrix);
  for (std::size_t c = 0; c < unknowns_; ++c)
    matrix.entry[ix(matrix.column_begin[c + 1]) - 1] = border[c];
  const std::span<double> last(matrix.entry.data() + matrix.column_begin[unknowns_], unknowns_ + 1);
  system_.slope(last.first(unknowns_));
  for (double& entry : last.first(unknowns_)) entry /= range_;
  last.back() = border.back();
  if (!std::ranges::all_of(matrix.entry, [](double entry) { return std::isfinite(entry); }))
    return false;
  return factors_.factorise();
}

Vector Follower::tangent_from(const Vector& border) const {
  Vector right(unknowns_ + 1, 0.0);
  right.back() = 1.0;
  Vector tangent = factors_.solve(right);
  double norm = std::sqrt(dot(tangent, tangent));
  if (dot(tangent, border) < 0.0) norm = -norm;
  for (double& entry : tangent) entry /= norm;
  return tangent;
}

Vector Follower::predict(const Point& point, const Vector& before_tangent, double before_step,
                         double step) const {
  Vector guess = point.y;
  const double bend = before_step > 0.0 ? 0.5 * step * step / before_step : 0.0;
  for (std::size_t k = 0; k < guess.size(); ++k)
    guess[k] += step * point.tangent[k] + bend * (point.tangent[k] - before_tangent[k]);
  return guess;
}

/// Newton on the equations and `border . y = level`; factors are kept while they serve.
bool Follower::correct(Vector& y, const Vector& border, double level) {
  constexpr int most = 12;
  constexpr double good_rate = 0.1, worst_rate = 0.5;
  double last = 0.0;
  bool fresh = true;
  for (int n = 0; n < most; ++n) {
    if (y.back() < 0.0) return false;
    if (fresh) {
      if (!factor_at(y, border)) return false;
    } else {
      system_.evaluate({y.data(), unknowns_});
    }
    Vector right(unknowns_ + 1);
    system_.residual(lambda_of(y), {right.data(), unknowns_});
    for (double& entry : right) entry = -entry;
    right.back() = level - dot(border, y);
    const Vector move = factors_.solve(right);
    const double size = size_of(move, y);
    if (!std::isfinite(size)) return false;
    if (n > 0 && size > landed_within && size > worst_rate * last)
      return size < at_round_off && last < at_round_off;
    for (std::size_t k = 0; k < y.size(); ++k) y[k] += move[k];
    if (size <= landed_within) return true;
    fresh = n > 0 && size > good_rate * last;
    last = size;
  }
  return false;
}

/// The tangent at a landed point, which must not turn far; also the determinant's sign.
bool Follower::turn(const Point& point, Point& next) {
  if (!factor_at(next.y, point.tangent)) return false;
  next_sign_ = factors_.sign_of_determinant();
  there_ = factors_.matrix().entry;
  next.tangent = tangent_from(point.tangent);
  return dot(point.tangent, next.tangent) >= narrowest_turn;
}

/// Newton at this lambda for as long as it helps.
void Follower::polish(Vector& y) {
  constexpr int most = 4;
  Vector flat(unknowns_ + 1, 0.0), f(unknowns_);
  flat.back() = 1.0;
  const auto error = [&](const Vector& at) {
    system_.evaluate({at.data(), unknowns_});
    system_.residual(lambda_of(at), f);
    double worst = 0.0;
    for (const double r : f)
      if (!(std::abs(r) <= worst)) worst = std::abs(r);
    return worst;
  };
  double best = error(y);
  for (int n = 0; n < most && best > 0.0; ++n) {
    if (!factor_at(y, flat)) return;
    Vector right(unknowns_ + 1, 0.0);
    system_.residual(lambda_of(y), {right.data(), unknowns_});
    const Vector move = factors_.solve(right);
    Vector tried = y;
    for (std::size_t k = 0; k < unknowns_; ++k) tried[k] -= move[k];
    const double reached = error(tried);
    if (!(reached < best)) return;
    best = reached;
    y = std::move(tried);
  }
}

}  // namespace melian::tree
