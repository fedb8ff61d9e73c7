#include "solve/joint.h"

#include <algorithm>
#include <cmath>

#include <Eigen/Dense>

namespace melian::grid {
namespace {

constexpr double solved = 1e-12;        ///< of max |x - log softmax|, times the scale of scores
constexpr double same_solution = 1e-5;  ///< of probabilities
constexpr double first_step = 0.25, smallest_step = 1e-6;
constexpr int newton_steps = 12, search_steps = 60;
constexpr double furthest = 3.0;  ///< that a log probability may move in one step of continuation

}  // namespace

// ---- scores

JointScores::JointScores(const Here& here, const Standpoint& at) : here_(here), state_(here.plan()), at_(at) {
  const Plan& plan = here.whole();
  const Profiles profiles(plan.shape.players, state_.live);
  for (const Decider& one : state_.deciders) {
    weights_.emplace_back(ix(state_.profiles));
    plan.weigh(one.player, profiles, state_.live, at.u.data(), weights_.back().data());
  }
}

int JointScores::row(std::size_t d, int branch, int profile) const {
  const Decider& one = state_.deciders[d];
  return one.row(one.types > 1 ? state_.type_of(profile, one.player) : 0, one.own_action(branch));
}

/// Posteriors after a branch, and how they move with the strategies that lead there.
void JointScores::move_beliefs(const double* x, int branch, const Here::Way& way) {
  const Plan& plan = here_.whole();
  const BeliefSpace& space = plan.space;
  news_.reset(space.num_axes());
  shift_rows_.assign(ix(space.num_axes() * state_.rows), 0.0);
  if (way.table == nullptr) return;
  for (int g = 0; g < static_cast<int>(space.groups().size()); ++g) {
    const BeliefSpace::Group& group = space.groups()[ix(g)];
    if ((group.mask & way.to->live) == 0) continue;
    std::vector<double> likelihood(ix(group.cells), 0.0);
    std::vector<const Decider*> movers;
    for (const Decider& one : state_.deciders)
      if (one.types > 1 && (group.mask >> one.player & 1U) != 0) movers.push_back(&one);
    if (movers.empty()) continue;
    const auto row_of = [&](const Decider& one, int cell) { return one.row(space.type_in_cell(g, cell, one.player), one.own_action(branch)); };
    for (int c = 0; c < group.cells; ++c)
      for (const Decider* one : movers) likelihood[ix(c)] += x[row_of(*one, c)];
    double* shift = &news_.shift[ix(group.first_axis)];
    space.shifts(g, likelihood.data(), &at_.u[ix(group.first_axis)], shift);
    std::vector<double> after;
    for (int k = 0; k < group.num_axes; ++k) {
      news_.moved[ix(group.first_axis + k)] = 1;
      after.push_back(moved_log_odds(at_.u[ix(group.first_axis + k)], shift[k]));
    }
    // A cell's log likelihood raises its side of each split above it by the cell's share of that side afterwards.
    std::vector<double> share(ix(group.cells));
    for (int k = group.num_axes; k-- > 0;) {
      const BeliefSpace::Axis& axis = space.axes()[ix(group.first_axis + k)];
      for (const int side : {axis.left, axis.right})
        if (side < 0) share[ix(-1 - side)] = 1.0;
      for (int c = axis.first_cell; c < axis.end_cell; ++c)
        for (const Decider* one : movers)
          shift_rows_[ix((group.first_axis + k) * state_.rows + row_of(*one, c))] += c < axis.middle_cell ? -share[ix(c)] : share[ix(c)];
      const double right = logistic(after[ix(k)]), left = logistic(-after[ix(k)]);
      for (int c = axis.first_cell; c < axis.end_cell; ++c) share[ix(c)] *= c < axis.middle_cell ? left : right;
    }
  }
}

double JointScores::odds_of_others(const double* x, int branch, int profile, std::size_t own) const {
  double odds = 1.0;
  for (std::size_t e = 0; e < state_.deciders.size(); ++e)
    if (e != own) odds *= std::exp(x[row(e, branch, profile)]);
  return odds;
}

void JointScores::evaluate(const double* x, bool with_slopes) {
  scores_.assign(ix(state_.rows), 0.0);
  slopes_.assign(with_slopes ? ix(state_.rows * state_.rows) : 0, 0.0);
  for (int k = 0; k < here_.num_branches(); ++k) add_branch(x, k, with_slopes);
  for (const Decider& one : state_.deciders)
    for (int type = 0; type < one.types; ++type) {
      const double precision = here_.lambda(one, type);
      for (int a = 0; a < one.num_actions(); ++a) {
        const int r = one.row(type, a);
        const bool open = one.types == 1 ? (one.open[ix(a)] & 1U) != 0 : one.is_open(a, type);
        scores_[ix(r)] = open ? precision * scores_[ix(r)] + one.log_weight[ix(a)] : -infinity;
        for (int c = 0; c < state_.rows && with_slopes; ++c) slopes_[ix(r * state_.rows + c)] *= precision;
      }
    }
}

void JointScores::add_branch(const double* x, int branch, bool with_slopes) {
  const Here::Way way = here_.way(here_.first_branch() + branch);
  move_beliefs(x, branch, way);
  if (way.table != nullptr) landing_.land(here_.whole(), *way.to, at_, news_, with_slopes);
  for (std::size_t d = 0; d < state_.deciders.size(); ++d) {
    const int player = state_.deciders[d].player;
    for (int q = 0; q < state_.profiles; ++q) {
      const int own = row(d, branch, q);
      const double weight = weights_[d][ix(q)] * odds_of_others(x, branch, q, d);
      if (weight == 0.0 || x[own] == -infinity) continue;
      const double follows = way.table == nullptr ? 0.0 : here_.discount(way, player, q) * landing_.read(way.block(player, q));
      const double paid = here_.reward(way, player, q) + follows;
      scores_[ix(own)] += weight * paid;
      if (with_slopes) add_slopes(x, branch, way, d, q, weight, paid);
    }
  }
}

void JointScores::add_slopes(const double*, int branch, const Here::Way& way, std::size_t d, int profile, double weight, double paid) {
  const int own = row(d, branch, profile), player = state_.deciders[d].player;
  double* slopes = slopes_.data() + ix(own * state_.rows);
  for (std::size_t e = 0; e < state_.deciders.size(); ++e)
    if (e != d) slopes[row(e, branch, profile)] += weight * paid;
  if (way.table == nullptr) return;
  for (std::size_t k = 0; k < landing_.axes.size(); ++k) {
    const double slope = weight * here_.discount(way, player, profile) * landing_.slope(k, way.block(player, profile));
    const double* moves = shift_rows_.data() + ix(landing_.axes[k] * state_.rows);
    for (int c = 0; c < state_.rows; ++c) slopes[c] += slope * moves[c];
  }
}

void JointScores::values(const double* x, double* out) {
  const int players = here_.whole().players();
  std::fill_n(out, players * state_.profiles, 0.0);
  for (int k = 0; k < here_.num_branches(); ++k) {
    const Here::Way way = here_.way(here_.first_branch() + k);
    move_beliefs(x, k, way);
    if (way.table != nullptr) landing_.land(here_.whole(), *way.to, at_, news_, false);
    for (int q = 0; q < state_.profiles; ++q) {
      const double odds = odds_of_others(x, k, q, state_.deciders.size());
      if (odds == 0.0) continue;
      for (int player = 0; player < players; ++player) {
        const double follows = way.table == nullptr ? 0.0 : here_.discount(way, player, q) * landing_.read(way.block(player, q));
        out[player * state_.profiles + q] += odds * (here_.reward(way, player, q) + follows);
      }
    }
  }
}

// ---- the solver

JointSolver::JointSolver(const StatePlan& state) : state_(state), first_of_(ix(state.rows)), width_of_(ix(state.rows)) {
  for (const Decider& one : state.deciders)
    for (int type = 0; type < one.types; ++type)
      for (int a = 0; a < one.num_actions(); ++a) {
        const int r = one.row(type, a);
        first_of_[ix(r)] = one.row(type, 0);
        width_of_[ix(r)] = one.num_actions();
        if (one.types == 1 || one.is_open(a, type)) rows_.push_back(r);
      }
}

std::vector<double> JointSolver::indifferent() const {
  std::vector<double> x(ix(state_.rows), -infinity);
  for (const Decider& one : state_.deciders)
    for (int type = 0; type < one.types; ++type) {
      double sum = -infinity;
      std::vector<double> logs;
      for (int a = 0; a < one.num_actions(); ++a) logs.push_back(one.types == 1 || one.is_open(a, type) ? one.log_weight[ix(a)] : -infinity);
      sum = log_sum_exp(logs);
      for (int a = 0; a < one.num_actions(); ++a) x[ix(one.row(type, a))] = logs[ix(a)] - sum;
    }
  return x;
}

/// Fills `gap_` = x - log softmax(S_t), `sigma_` = softmax, `flow_` = what S_t gains as t grows, less its mean.
void JointSolver::residual_at(JointScores* below, JointScores& target, double t, const std::vector<double>& x, bool with_slopes) {
  target.evaluate(x.data(), with_slopes);
  scores_ = target.scores();
  slopes_ = target.slopes();
  flow_.assign(scores_.size(), 0.0);
  std::vector<double> lower;
  if (t < 1.0) {
    const double* slopes = nullptr;
    if (below != nullptr) {
      below->evaluate(x.data(), with_slopes);
      lower = below->scores();
      slopes = below->slopes().data();
    } else {
      lower = indifferent();
    }
    for (const int r : rows_) {
      flow_[ix(r)] = scores_[ix(r)] - lower[ix(r)];
      scores_[ix(r)] = (1.0 - t) * lower[ix(r)] + t * scores_[ix(r)];
    }
    for (std::size_t k = 0; k < slopes_.size(); ++k) slopes_[k] = t * slopes_[k] + (slopes == nullptr ? 0.0 : (1.0 - t) * slopes[k]);
  }
  gap_.assign(scores_.size(), 0.0);
  sigma_.assign(scores_.size(), 0.0);
  for (std::size_t first = 0; first < scores_.size(); first += ix(width_of_[first])) {
    const double log_z = log_sum_exp(std::span(scores_.data() + first, ix(width_of_[first])));
    double mean = 0.0;
    for (std::size_t r = first; r < first + ix(width_of_[first]); ++r) {
      if (scores_[r] == -infinity) continue;
      gap_[r] = x[r] - (scores_[r] - log_z);
      sigma_[r] = std::exp(scores_[r] - log_z);
      mean += sigma_[r] * flow_[r];
    }
    for (std::size_t r = first; r < first + ix(width_of_[first]); ++r) flow_[r] = scores_[r] == -infinity ? 0.0 : flow_[r] - mean;
  }
}

/// Solves (I - P dS/dx) z = right, P = I - 1 sigma' within a decider's type; `sign_`: of the determinant.
bool JointSolver::solve(std::vector<double>& right) { return state_.deciders.size() == 1 ? solve_arrow(right) : solve_dense(right); }

bool JointSolver::solve_dense(std::vector<double>& right) {
  const auto n = static_cast<Eigen::Index>(rows_.size());
  Eigen::MatrixXd matrix(n, n);
  Eigen::VectorXd side(n);
  std::vector<double> mean(ix(state_.rows));
  for (Eigen::Index j = 0; j < n; ++j) {
    const int c = rows_[ix(j)];
    std::fill(mean.begin(), mean.end(), 0.0);
    for (const int r : rows_) mean[ix(first_of_[ix(r)])] += sigma_[ix(r)] * slopes_[ix(r * state_.rows + c)];
    for (Eigen::Index i = 0; i < n; ++i) {
      const int r = rows_[ix(i)];
      matrix(i, j) = (r == c ? 1.0 : 0.0) - (slopes_[ix(r * state_.rows + c)] - mean[ix(first_of_[ix(r)])]);
    }
    side(j) = right[ix(c)];
  }
  const Eigen::PartialPivLU<Eigen::MatrixXd> lu(matrix);
  sign_ = lu.determinant() > 0.0 ? 1.0 : -1.0;
  const Eigen::VectorXd z = lu.solve(side);
  for (Eigen::Index i = 0; i < n; ++i) right[ix(rows_[ix(i)])] = z(i);
  return z.allFinite();
}

/// B z + E (W z) = right: B = I - dS/dx has a block of types for each action, E spreads a number of each type over its actions,
/// W takes each type's mean of dS/dx z. Woodbury: z = y - Z (I + W Z)^-1 W y with y = B^-1 right, Z = B^-1 E.
bool JointSolver::solve_arrow(std::vector<double>& right) {
  const Decider& one = state_.deciders.front();
  const auto types = static_cast<Eigen::Index>(one.types);
  Eigen::MatrixXd small = Eigen::MatrixXd::Identity(types, types), spread = Eigen::MatrixXd::Zero(state_.rows, types);
  Eigen::VectorXd mean = Eigen::VectorXd::Zero(types);
  double sign = 1.0;
  for (int a = 0; a < one.num_actions(); ++a) {
    std::vector<int> open;
    for (int k = 0; k < one.types; ++k)
      if (one.types == 1 || one.is_open(a, k)) open.push_back(k);
    const auto m = static_cast<Eigen::Index>(open.size());
    Eigen::MatrixXd block(m, m), sides = Eigen::MatrixXd::Zero(m, types + 1);
    for (Eigen::Index i = 0; i < m; ++i) {
      const int r = one.row(open[ix(i)], a);
      for (Eigen::Index j = 0; j < m; ++j) block(i, j) = (i == j ? 1.0 : 0.0) - slopes_[ix(r * state_.rows + one.row(open[ix(j)], a))];
      sides(i, open[ix(i)]) = 1.0;
      sides(i, types) = right[ix(r)];
    }
    const Eigen::PartialPivLU<Eigen::MatrixXd> lu(block);
    sign *= lu.determinant() > 0.0 ? 1.0 : -1.0;
    const Eigen::MatrixXd z = lu.solve(sides);
    // dS/dx z = z - B z, and B z is the side it came from.
    for (Eigen::Index i = 0; i < m; ++i) {
      const int r = one.row(open[ix(i)], a);
      small.row(open[ix(i)]) += sigma_[ix(r)] * (z.row(i).head(types) - sides.row(i).head(types));
      mean(open[ix(i)]) += sigma_[ix(r)] * (z(i, types) - sides(i, types));
      spread.row(r) = z.row(i).head(types);
      right[ix(r)] = z(i, types);
    }
  }
  const Eigen::PartialPivLU<Eigen::MatrixXd> lu(small);
  sign_ = sign * (lu.determinant() > 0.0 ? 1.0 : -1.0);
  const Eigen::VectorXd tie = lu.solve(mean);
  bool finite = tie.allFinite();
  for (const int r : rows_) {
    right[ix(r)] -= spread.row(r).dot(tie);
    finite = finite && std::isfinite(right[ix(r)]);
  }
  return finite;
}

double JointSolver::size_of(const std::vector<double>& step) const {
  double size = 0.0;
  for (const int r : rows_) size = std::max(size, std::abs(step[ix(r)]));
  return size;
}

bool JointSolver::newton(JointScores* below, JointScores& target, double t, std::vector<double>& x, int steps) {
  residual_at(below, target, t, x, true);
  double gap = size_of(gap_);
  for (int k = 0; k < steps; ++k) {
    double scale = 1.0;
    for (const int r : rows_) scale = std::max(scale, std::abs(scores_[ix(r)]));
    if (!std::isfinite(gap)) return false;
    if (gap <= solved * scale) return true;
    std::vector<double> step = gap_;
    if (!solve(step)) return false;
    const std::vector<double> before = x;
    double share = std::min(1.0, 20.0 / size_of(step));
    for (int halving = 0;; ++halving, share *= 0.5) {
      for (const int r : rows_) x[ix(r)] = std::min(0.0, before[ix(r)] - share * step[ix(r)]);
      residual_at(below, target, t, x, true);
      const double now = size_of(gap_);
      if (now < gap || halving == 8) {
        // Round-off: nothing left to gain.
        if (now >= gap && gap <= 1e3 * solved * scale) {
          x = before;
          residual_at(below, target, t, x, true);
          return true;
        }
        gap = now;
        break;
      }
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

void JointSolver::follow(JointScores* below, JointScores& target, std::span<const double> start, JointAnswer& answer) {
  std::vector<double> x(start.begin(), start.end());
  answer.fresh_jump = false;
  answer.mark = DecisionMark::unique;
  double t = 0.0, step = first_step;
  while (t < 1.0) {
    residual_at(below, target, t, x, true);
    std::vector<double> tangent = flow_;
    const bool usable = solve(tangent);
    const double next = std::min(1.0, t + step);
    std::vector<double> ahead = x;
    if (usable)
      for (const int r : rows_) ahead[ix(r)] = std::min(0.0, x[ix(r)] + (next - t) * tangent[ix(r)]);
    bool stays = newton(below, target, next, ahead, newton_steps);
    if (stays) {
      std::vector<double> probe = gap_;
      stays = solve(probe) && sign_ > 0.0;
      for (const int r : rows_) stays = stays && std::abs(ahead[ix(r)] - x[ix(r)]) <= std::max(furthest, 0.5 * std::abs(x[ix(r)]));
    }
    if (stays) {
      x = std::move(ahead);
      t = next;
      step *= 2.0;
      continue;
    }
    step *= 0.5;
    if (step >= smallest_step) continue;
    answer.fresh_jump = true;
    answer.mark = DecisionMark::jump;
    if (!newton(nullptr, target, 1.0, x, search_steps)) answer.mark = DecisionMark::unsolved;
    break;
  }
  answer.x = std::move(x);
  finish(target, answer);
}

bool JointSolver::approach(JointScores& target, std::span<const double> start, JointAnswer& answer) {
  constexpr double near = 0.1;  // of probability
  std::vector<double> x(start.begin(), start.end());
  if (!newton(nullptr, target, 1.0, x, newton_steps)) return false;
  std::vector<double> probe = gap_;
  if (!solve(probe) || sign_ < 0.0) return false;
  for (const int r : rows_)
    if (std::abs(std::exp(x[ix(r)]) - std::exp(start[ix(r)])) > near) return false;
  answer.x = std::move(x);
  answer.mark = DecisionMark::several;
  answer.fresh_jump = false;
  finish(target, answer);
  return true;
}

bool JointSolver::finds_another(JointScores& target, const JointAnswer& answer) {
  // From the replies to unmoved beliefs, and from each type set on an action of its own, forwards and backwards.
  std::vector<std::vector<double>> starts{indifferent()};
  residual_at(nullptr, target, 1.0, starts.front(), false);
  starts.push_back(starts.front());
  for (const int r : rows_) starts.back()[ix(r)] -= gap_[ix(r)];
  for (const bool backwards : {false, true}) {
    std::vector<double> x = indifferent();
    for (const Decider& one : state_.deciders)
      for (int type = 0; type < one.types; ++type) {
        const int pick = (backwards ? one.types - type : type) % one.num_actions();
        for (int a = 0; a < one.num_actions(); ++a) x[ix(one.row(type, a))] += a == pick ? 0.0 : -8.0;
        const double sum = log_sum_exp(std::span(x.data() + one.row(type, 0), ix(one.num_actions())));
        for (int a = 0; a < one.num_actions(); ++a) x[ix(one.row(type, a))] -= sum;
      }
    starts.push_back(std::move(x));
  }
  for (std::vector<double>& x : starts) {
    if (!newton(nullptr, target, 1.0, x, search_steps)) continue;
    for (const int r : rows_)
      if (std::abs(std::exp(x[ix(r)]) - std::exp(answer.x[ix(r)])) > same_solution) return true;
  }
  return false;
}

}  // namespace melian::grid
