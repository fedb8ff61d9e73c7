#include "tree/follow.h"

#include <algorithm>
#include <cmath>

#include <fmt/core.h>

#include "tree/shape.h"
#include "tree/sparse.h"

namespace melian::tree {
namespace {

using Vector = std::vector<double>;

// Lengths below are in logits; ratios far from nought count less, since their actions hardly matter.
constexpr double prediction_error = 0.03;  // what a prediction may miss by: far less than branches lie apart
constexpr double landed_within = 1e-9;     // last correction of a point of the path
constexpr double first_step = 0.05;
constexpr double smallest_step = 1e-7;
constexpr double branch_point_step = 1e-3;  // a determinant that changes sign over so short a step does so on this branch
constexpr double narrowest_turn = 0.8;      // cosine between tangents one step apart

/// (log-ratios, lambda times range of payoffs) and the unit tangent there.
struct Point {
  Vector y, tangent;
};

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
double between(double from, double from_slope, double to, double to_slope, double length, double part) {
  const double u = part, v = 1.0 - part;
  return v * v * (1.0 + 2.0 * u) * from + u * u * (1.0 + 2.0 * v) * to + length * u * v * (v * from_slope - u * to_slope);
}

class Follower {
 public:
  Follower(System& system, double payoff_range, const TreeOptions& options, TreeSummary& summary)
      : system_(system), range_(payoff_range), options_(options), summary_(summary), factors_(system.pattern()), unknowns_(ix(system.num_unknowns())) {}

  Vector run() {
    Point point = first_point();
    summary_.lambda = 0.0;
    double step = first_step / size_of(point.tangent, point.y);
    Vector before_tangent = point.tangent;
    double before_step = 0.0;
    while (true) {
      if (lambda_of(point.y) >= options_.lambda) return end(TreeTermination::reached, point.y);
      if (options_.on_step && !options_.on_step({"tree", progress(point)})) return end(TreeTermination::cancelled, point.y);
      if (summary_.steps + summary_.rejected >= options_.max_steps) return end(TreeTermination::step_limit, point.y);
      if (step * size_of(point.tangent, point.y) < smallest_step) return end(TreeTermination::step_too_small, point.y);
      step = not_far_beyond(point, step);
      const double length = step * size_of(point.tangent, point.y);

      Vector guess = predict(point, before_tangent, before_step, step);
      Point next{guess, {}};
      const bool landed = correct(next.y, point.tangent, dot(point.tangent, guess));
      const double missed = landed ? size_of(difference(next.y, guess), guess) : 0.0;
      const double growth = landed ? std::clamp(0.9 * std::cbrt(prediction_error / std::max(missed, 1e-12)), 0.25, 2.0) : 0.25;
      if (!landed || missed > 2.0 * prediction_error || !turn(point, next)) {
        step = reject(step, std::min(growth, 0.5));
        continue;
      }
      if (sign_ != next_sign_) {
        if (length > branch_point_step) {
          step = reject(step, 0.25);
          continue;
        }
        summary_.branch_points.push_back(lambda_of(next.y));
      }
      const double part = part_at_target(point, next, step);
      if (part >= 0.0) {
        Vector target = arrive(point, next, step, part);
        if (!target.empty()) return end(TreeTermination::reached, target);
        step = reject(step, 0.5);
        continue;
      }
      if (point.tangent.back() * next.tangent.back() < 0.0) summary_.folds.push_back(fold_between(point, next));
      ++summary_.steps;
      sign_ = next_sign_;
      before_tangent = std::move(point.tangent);
      before_step = step;
      point = std::move(next);
      step *= growth;
    }
  }

 private:
  [[nodiscard]] double lambda_of(const Vector& y) const { return y.back() / range_; }
  [[nodiscard]] double progress(const Point& point) const { return options_.lambda > 0.0 ? std::clamp(lambda_of(point.y) / options_.lambda, 0.0, 1.0) : 1.0; }

  double reject(double step, double by) {
    ++summary_.rejected;
    return step * by;
  }

  /// Steps that would pass the target by much are cut to pass it by little.
  [[nodiscard]] double not_far_beyond(const Point& point, double step) const {
    constexpr double beyond = 1.05;
    const double left = options_.lambda * range_ - point.y.back();
    const double rise = point.tangent.back();
    return rise > 0.0 && left > 0.0 ? std::min(step, beyond * left / rise) : step;
  }

  /// Uniform play at lambda 0, where the Jacobian is the identity.
  Point first_point() {
    Point point;
    point.y = system_.start();
    point.y.push_back(0.0);
    Vector up(unknowns_ + 1, 0.0);
    up.back() = 1.0;
    point.tangent = up;
    MELIAN_EXPECT(factor_at(point.y, up), "the equations at lambda 0 are regular");
    point.tangent = tangent_from(up);
    MELIAN_EXPECT(factor_at(point.y, point.tangent), "the equations at lambda 0 are regular");
    sign_ = factors_.sign_of_determinant();
    return point;
  }

  /// Jacobian at y, bordered by `border`, factorised.
  bool factor_at(const Vector& y, const Vector& border) {
    const double lambda = lambda_of(y);
    system_.evaluate({y.data(), unknowns_});
    Bordered& matrix = factors_.matrix();
    system_.jacobian(lambda, matrix);
    for (std::size_t c = 0; c < unknowns_; ++c) matrix.entry[ix(matrix.column_begin[c + 1]) - 1] = border[c];
    const std::span<double> last(matrix.entry.data() + matrix.column_begin[unknowns_], unknowns_ + 1);
    system_.slope(last.first(unknowns_));
    for (double& entry : last.first(unknowns_)) entry /= range_;
    last.back() = border.back();
    if (!std::ranges::all_of(matrix.entry, [](double entry) { return std::isfinite(entry); })) return false;
    return factors_.factorise();
  }

  Vector tangent_from(const Vector& border) const {
    Vector right(unknowns_ + 1, 0.0);
    right.back() = 1.0;
    Vector tangent = factors_.solve(right);
    double norm = std::sqrt(dot(tangent, tangent));
    if (dot(tangent, border) < 0.0) norm = -norm;
    for (double& entry : tangent) entry /= norm;
    return tangent;
  }

  Vector predict(const Point& point, const Vector& before_tangent, double before_step, double step) const {
    Vector guess = point.y;
    const double bend = before_step > 0.0 ? 0.5 * step * step / before_step : 0.0;
    for (std::size_t k = 0; k < guess.size(); ++k) guess[k] += step * point.tangent[k] + bend * (point.tangent[k] - before_tangent[k]);
    return guess;
  }

  /// Newton on the equations and `border . y = level`; factors are kept while they serve.
  bool correct(Vector& y, const Vector& border, double level) {
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
      if (!std::isfinite(size) || (n > 0 && size > landed_within && size > worst_rate * last)) return false;
      for (std::size_t k = 0; k < y.size(); ++k) y[k] += move[k];
      if (size <= landed_within) return true;
      fresh = n > 0 && size > good_rate * last;
      last = size;
    }
    return false;
  }

  /// The tangent at a landed point, which must not turn far; also the determinant's sign.
  bool turn(const Point& point, Point& next) {
    if (!factor_at(next.y, point.tangent)) return false;
    next_sign_ = factors_.sign_of_determinant();
    next.tangent = tangent_from(point.tangent);
    return dot(point.tangent, next.tangent) >= narrowest_turn;
  }

  /// Where between the two points lambda first comes to the target; -1 where it does not.
  [[nodiscard]] double part_at_target(const Point& from, const Point& to, double length) const {
    constexpr int looks = 64, halvings = 50;
    const double target = options_.lambda * range_;
    const auto height = [&](double part) { return between(from.y.back(), from.tangent.back(), to.y.back(), to.tangent.back(), length, part); };
    for (int k = 1; k <= looks; ++k) {
      double low = (k - 1.0) / looks, high = static_cast<double>(k) / looks;
      if (height(high) < target) continue;
      for (int n = 0; n < halvings; ++n) {
        const double middle = 0.5 * (low + high);
        (height(middle) < target ? low : high) = middle;
      }
      return high;
    }
    return -1.0;
  }

  /// Lambda where it turns: of the two ends, the one nearer to the fold.
  [[nodiscard]] double fold_between(const Point& from, const Point& to) const {
    const double one = lambda_of(from.y), other = lambda_of(to.y);
    return from.tangent.back() > 0.0 ? std::max(one, other) : std::min(one, other);
  }

  /// The branch at the target itself; empty where it cannot be corrected to.
  Vector arrive(const Point& from, const Point& to, double length, double part) {
    Vector guess(unknowns_ + 1);
    for (std::size_t k = 0; k < guess.size(); ++k) guess[k] = between(from.y[k], from.tangent[k], to.y[k], to.tangent[k], length, part);
    guess.back() = options_.lambda * range_;
    Vector flat(unknowns_ + 1, 0.0);
    flat.back() = 1.0;
    Vector y = guess;
    if (!correct(y, flat, guess.back()) || size_of(difference(y, guess), guess) > 2.0 * prediction_error) return {};
    return y;
  }

  /// Newton at this lambda for as long as it helps.
  void polish(Vector& y) {
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

  Vector end(TreeTermination why, Vector y) {
    polish(y);
    summary_.termination = why;
    summary_.lambda = why == TreeTermination::reached ? options_.lambda : lambda_of(y);
    y.pop_back();
    return y;
  }

  System& system_;
  double range_;
  const TreeOptions& options_;
  TreeSummary& summary_;
  Factors factors_;
  std::size_t unknowns_;
  int sign_ = 1, next_sign_ = 1;
};

}  // namespace

std::vector<double> follow_branch(System& system, double payoff_range, const TreeOptions& options, TreeSummary& summary) {
  return Follower(system, payoff_range, options, summary).run();
}

}  // namespace melian::tree
