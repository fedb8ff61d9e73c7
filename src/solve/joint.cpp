#include "solve/joint.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace melian::grid {
namespace {

constexpr double solved = 1e-12;        ///< of max |x - log softmax|, times the scale of scores
constexpr double same_solution = 1e-5;  ///< of probabilities
constexpr double first_step = 0.25, smallest_step = 1e-6;
constexpr double most_corrected = 0.1;  ///< log probabilities, after a step longer than the first
constexpr int newton_steps = 12, search_steps = 40;
constexpr double crossing_step = 1e-4;
constexpr double furthest = 3.0;  ///< that a log probability may move in one step of continuation
constexpr double round_off =
    1e-9;  ///< gaps that more steps need not lower, times the scale of scores

/// Gauss's elimination with row pivots: overwrites `sides` [n][width] with the solutions; the sign
/// of the determinant, 0 if singular.
double eliminate(double* matrix, int n, double* sides, int width) {
  double sign = 1.0;
  for (int k = 0; k < n; ++k) {
    int pivot = k;
    for (int i = k + 1; i < n; ++i)
      if (std::abs(matrix[i * n + k]) > std::abs(matrix[pivot * n + k])) pivot = i;
    const double top = matrix[pivot * n + k];
    if (top == 0.0 || !std::isfinite(top)) return 0.0;
    if (pivot != k) {
      std::swap_ranges(matrix + k * n, matrix + (k + 1) * n, matrix + pivot * n);
      std::swap_ranges(sides + k * width, sides + (k + 1) * width, sides + pivot * width);
      sign = -sign;
    }
    if (top < 0.0) sign = -sign;
    for (int i = k + 1; i < n; ++i) {
      const double factor = matrix[i * n + k] / top;
      if (factor == 0.0) continue;
      for (int j = k + 1; j < n; ++j) matrix[i * n + j] -= factor * matrix[k * n + j];
      for (int j = 0; j < width; ++j) sides[i * width + j] -= factor * sides[k * width + j];
    }
  }
  for (int k = n; k-- > 0;)
    for (int j = 0; j < width; ++j) {
      double x = sides[k * width + j];
      for (int i = k + 1; i < n; ++i) x -= matrix[k * n + i] * sides[i * width + j];
      sides[k * width + j] = x / matrix[k * n + k];
    }
  return sign;
}

}  // namespace

JointSolver::JointSolver(const StatePlan& state)
    : state_(state),
      first_of_(ix(state.rows)),
      width_of_(ix(state.rows)),
      indifferent_(ix(state.rows), -infinity) {
  for (const Decider& one : state.deciders)
    for (int type = 0; type < one.types; ++type) {
      double sum = 0.0;
      for (int a = 0; a < one.num_actions(); ++a) {
        const int r = one.row(type, a);
        first_of_[ix(r)] = one.row(type, 0);
        width_of_[ix(r)] = one.num_actions();
        if (!one.is_open(a, type)) continue;
        rows_.push_back(r);
        sum += std::exp(one.log_weight[ix(a)]);
      }
      for (int a = 0; a < one.num_actions(); ++a)
        if (one.is_open(a, type))
          indifferent_[ix(one.row(type, a))] = one.log_weight[ix(a)] - std::log(sum);
    }
}

void JointSolver::residual_at(JointScores* below, JointScores& target, double t,
                              const std::vector<double>& x, bool with_slopes) {
  target.evaluate(x.data(), with_slopes);
  scores_ = target.scores();
  if (with_slopes) slopes_ = target.slopes();
  flow_.assign(scores_.size(), 0.0);
  if (t < 1.0) {
    if (below != nullptr) below->evaluate(x.data(), with_slopes);
    const std::vector<double>& lower = below == nullptr ? indifferent_ : below->scores();
    for (const int r : rows_) {
      flow_[ix(r)] = scores_[ix(r)] - lower[ix(r)];
      scores_[ix(r)] = (1.0 - t) * lower[ix(r)] + t * scores_[ix(r)];
    }
    for (std::size_t k = 0; k < slopes_.size() && with_slopes; ++k)
      slopes_[k] = t * slopes_[k] + (below == nullptr ? 0.0 : (1.0 - t) * below->slopes()[k]);
  }
  gap_.assign(scores_.size(), 0.0);
  sigma_.assign(scores_.size(), 0.0);
  scale_ = 1.0;
  for (const int r : rows_) scale_ = std::max(scale_, std::abs(scores_[ix(r)]));
  for (std::size_t first = 0; first < scores_.size(); first += ix(width_of_[first])) {
    const std::size_t end = first + ix(width_of_[first]);
    const double log_z = log_sum_exp(std::span(scores_.data() + first, end - first));
    double mean = 0.0;
    for (std::size_t r = first; r < end; ++r) {
      if (scores_[r] == -infinity) continue;
      gap_[r] = x[r] - (scores_[r] - log_z);
      sigma_[r] = std::exp(scores_[r] - log_z);
      mean += sigma_[r] * flow_[r];
    }
    for (std::size_t r = first; r < end; ++r)
      flow_[r] = scores_[r] == -infinity ? 0.0 : flow_[r] - mean;
  }
}

/// (I - P dS/dx) z = right, with P = I - 1 sigma' within a decider's type.
bool JointSolver::solve_dense(std::vector<double>& right) {
  const auto n = static_cast<int>(rows_.size());
  matrix_.assign(ix(n * n), 0.0);
  sides_.resize(ix(n));
  for (int j = 0; j < n; ++j) {
    const int c = rows_[ix(j)];
    mean_.assign(ix(state_.rows), 0.0);
    for (const int r : rows_)
      mean_[ix(first_of_[ix(r)])] += sigma_[ix(r)] * slopes_[ix(r * state_.rows + c)];
    for (int i = 0; i < n; ++i) {
      const int r = rows_[ix(i)];
      matrix_[ix(i * n + j)] =
          (r == c ? 1.0 : 0.0) - (slopes_[ix(r * state_.rows + c)] - mean_[ix(first_of_[ix(r)])]);
    }
    sides_[ix(j)] = right[ix(c)];
  }
  sign_ = eliminate(matrix_.data(), n, sides_.data(), 1);
  bool finite = sign_ != 0.0;
  for (int i = 0; i < n; ++i) {
    right[ix(rows_[ix(i)])] = sides_[ix(i)];
    finite = finite && std::isfinite(sides_[ix(i)]);
  }
  return finite;
}

/// B z + E (W z) = right: B = I - dS/dx has a block of types for each action, E spreads a number of
/// each type over its actions, W takes each type's mean of dS/dx z. Woodbury: z = y - Z (I + W
/// Z)^-1 W y with y = B^-1 right, Z = B^-1 E.
bool JointSolver::solve_arrow(std::vector<double>& right) {
  const Decider& one = state_.deciders.front();
  const int types = one.types, wide = types + 1;
  small_.assign(ix(types * types), 0.0);
  mean_.assign(ix(types), 0.0);
  spread_.assign(ix(state_.rows * types), 0.0);
  for (int k = 0; k < types; ++k) small_[ix(k * types + k)] = 1.0;
  double sign = 1.0;
  for (int a = 0; a < one.num_actions(); ++a) {
    open_.clear();
    for (int k = 0; k < types; ++k)
      if (one.is_open(a, k)) open_.push_back(k);
    const auto m = static_cast<int>(open_.size());
    matrix_.resize(ix(m * m));
    sides_.assign(ix(m * wide), 0.0);
    for (int i = 0; i < m; ++i) {
      const int r = one.row(open_[ix(i)], a);
      for (int j = 0; j < m; ++j)
        matrix_[ix(i * m + j)] = (i == j ? 1.0 : 0.0) - slopes_[ix(r * types + open_[ix(j)])];
      sides_[ix(i * wide + open_[ix(i)])] = 1.0;
      sides_[ix(i * wide + types)] = right[ix(r)];
    }
    sign *= eliminate(matrix_.data(), m, sides_.data(), wide);
    // dS/dx z = z - B z, and B z is the side it came from.
    for (int i = 0; i < m; ++i) {
      const int type = open_[ix(i)], r = one.row(type, a);
      const double* z = sides_.data() + i * wide;
      for (int k = 0; k < types; ++k) {
        small_[ix(type * types + k)] += sigma_[ix(r)] * (z[k] - (k == type ? 1.0 : 0.0));
        spread_[ix(r * types + k)] = z[k];
      }
      mean_[ix(type)] += sigma_[ix(r)] * (z[types] - right[ix(r)]);
      right[ix(r)] = z[types];
    }
  }
  sign_ = sign * eliminate(small_.data(), types, mean_.data(), 1);
  bool finite = sign_ != 0.0;
  for (const int r : rows_) {
    for (int k = 0; k < types; ++k) right[ix(r)] -= spread_[ix(r * types + k)] * mean_[ix(k)];
    finite = finite && std::isfinite(right[ix(r)]);
  }
  return finite;
}

double JointSolver::size_of(const std::vector<double>& step) const {
  double size = 0.0;
  for (const int r : rows_) size = std::max(size, std::abs(step[ix(r)]));
  return size;
}

bool JointSolver::newton(JointScores* below, JointScores& target, double t, std::vector<double>& x,
                         int steps) {
  residual_at(below, target, t, x, true);
  double gap = size_of(gap_);
  for (int k = 0; k < steps; ++k) {
    if (!std::isfinite(gap)) return false;
    if (gap <= solved * scale_) return true;
    step_ = gap_;
    if (!solve(step_)) return false;
    before_ = x;
    double share = std::min(1.0, 20.0 / size_of(step_));
    for (int halving = 0;; ++halving, share *= 0.5) {
      for (const int r : rows_) x[ix(r)] = std::min(0.0, before_[ix(r)] - share * step_[ix(r)]);
      residual_at(below, target, t, x, halving == 0);
      const double now = size_of(gap_);
      const bool nothing_to_gain = gap <= round_off * scale_ && halving > 0;
      if (now >= gap && halving < 8 && !nothing_to_gain) continue;
      if (now >= gap && nothing_to_gain) x = before_;
      if (halving > 0) residual_at(below, target, t, x, true);
      if (now >= gap && nothing_to_gain) return true;
      gap = now;
      break;
    }
  }
  return false;
}

void JointSolver::finish(JointScores& target, JointAnswer& answer) {
  for (std::size_t first = 0; first < answer.x.size(); first += ix(width_of_[first])) {
    const double sum = log_sum_exp(std::span(answer.x.data() + first, ix(width_of_[first])));
    for (std::size_t r = first; r < first + ix(width_of_[first]); ++r) answer.x[r] -= sum;
  }
  residual_at(nullptr, target, 1.0, answer.x, false);
  answer.residual = size_of(gap_);
}

void JointSolver::follow(JointScores* below, JointScores& target, std::span<const double> start,
                         JointAnswer& answer) {
  std::vector<double> x(start.begin(), start.end()), ahead, predicted, tangent, tangent_ahead;
  answer.fresh_jump = false;
  answer.mark = DecisionMark::unique;
  residual_at(below, target, 0.0, x, true);
  tangent = flow_;
  bool usable = solve(tangent);
  // From a rung just below, the tangent may well lead all the way.
  double t = 0.0, step = below != nullptr && usable ? 1.0 : first_step, sign = usable ? sign_ : 1.0;
  while (t < 1.0) {
    const double next = std::min(1.0, t + step);
    ahead = x;
    if (usable)
      for (const int r : rows_)
        ahead[ix(r)] = std::min(0.0, x[ix(r)] + (next - t) * tangent[ix(r)]);
    predicted = ahead;
    bool stays = newton(below, target, next, ahead, newton_steps);
    if (stays) {
      tangent_ahead = flow_;
      double moved = 0.0;
      for (const int r : rows_) {
        const double most = std::max(1.0, 0.5 * std::abs(x[ix(r)]) / furthest);
        moved = std::max(moved, std::abs(ahead[ix(r)] - x[ix(r)]) / (furthest * most));
        if (below != nullptr && next - t > first_step)
          moved =
              std::max(moved, std::abs(ahead[ix(r)] - predicted[ix(r)]) / (most_corrected * most));
      }
      // The determinant changes its sign where the path ends in a fold, and where another branch
      // crosses it (talk that costs nothing begins to tell): only then does the path go on.
      const bool crossed = step <= crossing_step && moved <= crossing_step;
      stays = solve(tangent_ahead) && moved <= 1.0 && (sign_ == sign || crossed);
      if (stays) sign = sign_;
    }
    if (stays) {
      std::swap(x, ahead);
      std::swap(tangent, tangent_ahead);
      usable = true;
      t = next;
      step *= 2.0;
      continue;
    }
    step *= 0.5;
    if (step >= smallest_step) continue;
    answer.fresh_jump = true;
    answer.mark = pass_folds(below, target, t, x) || any_solution(target, x)
                      ? DecisionMark::jump
                      : DecisionMark::unsolved;
    break;
  }
  answer.x = std::move(x);
  finish(target, answer);
}

bool JointSolver::approach(JointScores& target, std::span<const double> start,
                           JointAnswer& answer) {
  constexpr double near = 0.1;  // of probability
  std::vector<double> x(start.begin(), start.end());
  if (!newton(nullptr, target, 1.0, x, newton_steps)) return false;
  step_ = gap_;
  if (!solve(step_) || sign_ < 0.0) return false;
  for (const int r : rows_)
    if (std::abs(std::exp(x[ix(r)]) - std::exp(start[ix(r)])) > near) return false;
  answer.x = std::move(x);
  answer.mark = DecisionMark::unique;
  answer.fresh_jump = false;
  finish(target, answer);
  return true;
}

/// From the replies to unmoved beliefs, and from each type set on an action of its own, forwards
/// and backwards.
std::vector<std::vector<double>> JointSolver::starts(JointScores& target) {
  std::vector<std::vector<double>> out{indifferent_};
  residual_at(nullptr, target, 1.0, indifferent_, false);
  for (const int r : rows_) out.back()[ix(r)] -= gap_[ix(r)];
  for (const bool backwards : {false, true}) {
    std::vector<double>& x = out.emplace_back(indifferent_);
    for (const Decider& one : state_.deciders)
      for (int type = 0; type < one.types; ++type) {
        const int pick = (backwards ? one.types - type : type) % one.num_actions();
        for (int a = 0; a < one.num_actions(); ++a)
          x[ix(one.row(type, a))] += a == pick ? 0.0 : -8.0;
        const double sum =
            log_sum_exp(std::span(x.data() + one.row(type, 0), ix(one.num_actions())));
        for (int a = 0; a < one.num_actions(); ++a) x[ix(one.row(type, a))] -= sum;
      }
  }
  return out;
}

bool JointSolver::finds_another(JointScores& target, const JointAnswer& answer) {
  for (std::vector<double>& x : starts(target))
    if (leads_elsewhere(target, x, answer)) return true;
  return false;
}

/// Drawn around indifference, always the same.
std::vector<std::vector<double>> JointSolver::drawn_starts() const {
  constexpr int drawn = 64;
  constexpr double spread = 12.0;  // of log strategies
  std::vector<std::vector<double>> out;
  RandomStream random(0, 0);
  for (int k = 0; k < drawn; ++k) {
    std::vector<double>& x = out.emplace_back(indifferent_);
    for (const int r : rows_) x[ix(r)] += spread * (random.uniform() - 1.0);
    for (std::size_t first = 0; first < x.size(); first += ix(width_of_[first])) {
      const double sum = log_sum_exp(std::span(x.data() + first, ix(width_of_[first])));
      for (std::size_t r = first; r < first + ix(width_of_[first]); ++r) x[r] -= sum;
    }
  }
  return out;
}

std::vector<std::pair<std::vector<double>, bool>> JointSolver::search(
    JointScores& target, const std::vector<double>& taken) {
  std::vector<std::vector<double>> from = starts(target);
  from.push_back(taken);
  std::ranges::move(drawn_starts(), std::back_inserter(from));
  std::vector<std::pair<std::vector<double>, bool>> out;
  for (std::vector<double>& x : from) {
    if (!newton(nullptr, target, 1.0, x, search_steps)) continue;
    step_ = gap_;
    const bool stable = solve(step_) && sign_ > 0.0;
    out.emplace_back(x, stable);
  }
  return out;
}

bool JointSolver::leads_elsewhere(JointScores& target, std::vector<double>& x,
                                  const JointAnswer& answer) {
  if (!newton(nullptr, target, 1.0, x, search_steps)) return false;
  for (const int r : rows_)
    if (std::abs(std::exp(x[ix(r)]) - std::exp(answer.x[ix(r)])) > same_solution) return true;
  return false;
}

}  // namespace melian::grid
