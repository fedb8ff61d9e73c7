#include "solve/follow.h"

namespace melian::grid {
namespace {

constexpr double first_step = 0.25;
constexpr double smallest_step = 1e-7;
constexpr double largest_move = 1.0;  ///< of any posterior in one step, in logits
constexpr int corrections = 12;

}  // namespace

bool Follower::follow(const Line& from, const Line& to, double target,
                      const std::vector<double>& ratio) {
  blend_.join(from, to);
  blend_.move_to(0.0);
  const std::size_t m = blend_.curved.size();
  u_.resize(m);
  posterior_.assign(ix(to.branches), 0.0);
  for (std::size_t i = 0; i < m; ++i) u_[i] = target + ratio[ix(blend_.curved[i])];
  arrow_.evaluate(blend_, target, 0.0, u_.data());
  double c = target - arrow_.kappa();
  const auto settle = [&] {
    for (std::size_t i = 0; i < m; ++i) posterior_[ix(blend_.curved[i])] = u_[i];
  };
  settle();
  bool reached = arrow_.solve(blend_, target, c, u_.data(), corrections, largest_move) &&
                 arrow_.determinant_sign() > 0.0;
  if (!reached) return false;
  double t = 0.0, step = first_step;
  while (t < 1.0 && step >= smallest_step) {
    const double next = std::min(1.0, t + step);
    blend_.move_to(next);
    trial_ = u_;
    double trial_c = c;
    bool good = arrow_.solve(blend_, target, trial_c, trial_.data(), corrections, largest_move) &&
                arrow_.determinant_sign() > 0.0;
    for (std::size_t i = 0; i < m && good; ++i)
      good = to.axis->apart(trial_[i], u_[i]) < 0.2 &&
             std::abs(trial_[i] - u_[i]) < 4.0 + 0.2 * std::abs(u_[i]);
    if (!good) {
      step *= 0.5;
      continue;
    }
    t = next;
    u_ = trial_;
    c = trial_c;
    step *= 1.5;
  }
  settle();
  return t >= 1.0;
}

void flatten(const Line& line, const std::vector<double>& log_weights, Line& out) {
  out.reset(*line.axis, line.branches);
  out.open = line.open;
  for (int a = 0; a < line.branches; ++a)
    for (int type = 0; type < 2; ++type)
      std::fill_n(out.row(a, type), line.axis->nodes(), log_weights[ix(a)]);
}

}  // namespace melian::grid
