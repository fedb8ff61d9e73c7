#include "certify/decision_again.h"

#include <algorithm>
#include <cmath>

namespace melian::checking {
namespace {

constexpr int most_steps = 60;
constexpr double difference = 1e-6;          // of log-probabilities, for slopes
constexpr double longest_step = 3.0;         // logits
constexpr double shortest_share = 1.0 / 64;  // of a Newton step

/// Solves a x = b in place by elimination with pivoting; false where the matrix is singular.
bool eliminate(std::vector<double>& a, std::vector<double>& b, std::size_t n) {
  for (std::size_t k = 0; k < n; ++k) {
    std::size_t pivot = k;
    for (std::size_t i = k + 1; i < n; ++i)
      if (std::abs(a[i * n + k]) > std::abs(a[pivot * n + k])) pivot = i;
    if (!(std::abs(a[pivot * n + k]) > 1e-300)) return false;
    if (pivot != k) {
      for (std::size_t j = 0; j < n; ++j) std::swap(a[k * n + j], a[pivot * n + j]);
      std::swap(b[k], b[pivot]);
    }
    for (std::size_t i = k + 1; i < n; ++i) {
      const double share = a[i * n + k] / a[k * n + k];
      if (share == 0.0) continue;
      for (std::size_t j = k; j < n; ++j) a[i * n + j] -= share * a[k * n + j];
      b[i] -= share * b[k];
    }
  }
  for (std::size_t k = n; k-- > 0;) {
    for (std::size_t j = k + 1; j < n; ++j) b[k] -= a[k * n + j] * b[j];
    b[k] /= a[k * n + k];
  }
  return std::ranges::all_of(b, [](double x) { return std::isfinite(x); });
}

}  // namespace

DecisionAgain::DecisionAgain(const Layout& layout, const Assessment& assessment, int round,
                             int state, const std::vector<double>& beliefs,
                             std::vector<std::vector<double>> seen, Payoffs payoffs)
    : shape_(layout.shape(state)),
      beliefs_(beliefs),
      parts_(parts_of(layout, state)),
      seen_(std::move(seen)),
      payoffs_(std::move(payoffs)),
      listener_(layout, state),
      bayes_(layout, state),
      branches_(static_cast<std::size_t>(
          layout.structure().states[static_cast<std::size_t>(state)].num_branches)),
      rows_count_(static_cast<std::size_t>(num_rows(layout.deciders(state)))) {
  for (std::size_t d = 0; d < parts_.size(); ++d) {
    const Decider& who = *parts_[d].who;
    lambda_.emplace_back();
    for (int type = 0; type < who.types; ++type) {
      lambda_.back().push_back(precision_at(layout, assessment, round, state, who.player, type));
      for (int a = 0; a < who.num_actions(); ++a)
        rows_.push_back(
            {d, static_cast<std::size_t>(type), static_cast<std::size_t>(a), who.is_open(a, type)});
    }
  }
  scores_.assign(branches_, std::vector<double>(rows_count_, 0.0));
  amount_.assign(static_cast<std::size_t>(layout.structure().num_players() * shape_.profiles), 0.0);
}

std::vector<double> DecisionAgain::posterior(std::size_t branch, const std::vector<double>& x) {
  std::vector<double> out = beliefs_;
  bayes_.move(out, listener_.hear(static_cast<int>(branch),
                                  [&](int row) { return x[static_cast<std::size_t>(row)]; }));
  return out;
}

void DecisionAgain::score_branch(std::size_t branch, const std::vector<double>& x,
                                 std::vector<double>& out) {
  posterior_ = posterior(branch, x);
  payoffs_(branch, posterior_, amount_);
  const auto profiles = static_cast<std::size_t>(shape_.profiles);
  for (std::size_t d = 0; d < parts_.size(); ++d) {
    const Decider& who = *parts_[d].who;
    for (int type = 0; type < who.types; ++type)
      out[static_cast<std::size_t>(parts_[d].row(static_cast<int>(branch), type))] = 0.0;
    for (std::size_t q = 0; q < profiles; ++q) {
      double weight = seen_[d][q];
      for (std::size_t e = 0; e < parts_.size(); ++e)
        if (e != d) {
          const Decider& other = *parts_[e].who;
          const int type = other.types > 1 ? shape_.type_in(static_cast<int>(q), other.player) : 0;
          weight *=
              std::exp(x[static_cast<std::size_t>(parts_[e].row(static_cast<int>(branch), type))]);
        }
      const int own = who.types > 1 ? shape_.type_in(static_cast<int>(q), who.player) : 0;
      out[static_cast<std::size_t>(parts_[d].row(static_cast<int>(branch), own))] +=
          weight * amount_[static_cast<std::size_t>(who.player) * profiles + q];
    }
  }
}

/// Scores by row in, log-probabilities out.
void DecisionAgain::answer_to_scores(std::vector<double>& out) const {
  for (std::size_t d = 0; d < parts_.size(); ++d) {
    const Decider& who = *parts_[d].who;
    const auto actions = static_cast<std::size_t>(who.num_actions());
    for (int type = 0; type < who.types; ++type) {
      double* logit = out.data() + who.row(type, 0);
      const double lambda = lambda_[d][static_cast<std::size_t>(type)];
      for (std::size_t a = 0; a < actions; ++a)
        logit[a] = who.is_open(static_cast<int>(a), type) ? who.log_weight[a] + lambda * logit[a]
                                                          : -infinity;
      const double normaliser = log_sum_exp({logit, actions});
      for (std::size_t a = 0; a < actions; ++a) logit[a] -= normaliser;
    }
  }
}

double DecisionAgain::reply(const std::vector<double>& x, std::vector<double>& out) {
  out.assign(rows_count_, 0.0);
  for (std::size_t b = 0; b < branches_; ++b) {
    score_branch(b, x, scores_[b]);
    for (std::size_t r = 0; r < rows_count_; ++r) out[r] += scores_[b][r];
  }
  answer_to_scores(out);
  double gap = 0.0;
  for (std::size_t r = 0; r < rows_count_; ++r)
    if (rows_[r].open) keep_worst(gap, std::abs(x[r] - out[r]));
  return gap;
}

/// Slopes of scores, [row][row]; of one decider only rows of one action speak of each other.
bool DecisionAgain::newton_step(const std::vector<double>& x, const std::vector<double>& fx,
                                std::vector<double>& step) {
  const std::size_t n = rows_count_;
  std::vector<double> slopes(n * n, 0.0), moved = x, changed(n, 0.0), gap(n, 0.0);
  for (std::size_t c = 0; c < n; ++c) {
    if (!rows_[c].open) continue;
    gap[c] = x[c] - fx[c];
    moved[c] += difference;
    const Part& part = parts_[rows_[c].decider];
    for (std::size_t b = 0; b < branches_; ++b) {
      if (static_cast<std::size_t>(part.own_action[b]) != rows_[c].action) continue;
      std::ranges::fill(changed, 0.0);
      score_branch(b, moved, changed);
      for (std::size_t r = 0; r < n; ++r)
        if (rows_[r].open)
          slopes[r * n + c] +=
              lambda_[rows_[r].decider][rows_[r].type] * (changed[r] - scores_[b][r]) / difference;
    }
    moved[c] = x[c];
  }
  return parts_.size() == 1 ? step_of_one(slopes, fx, gap, step)
                            : step_of_several(slopes, fx, gap, step);
}

/// (I - D + 1 sigma' D) step = -gap with D a block of types for each action: block by block, tied
/// through the normalisers m = sigma' D step.
bool DecisionAgain::step_of_one(const std::vector<double>& slopes, const std::vector<double>& fx,
                                const std::vector<double>& gap, std::vector<double>& step) const {
  const std::size_t n = rows_count_;
  const Decider& who = *parts_.front().who;
  const auto types = static_cast<std::size_t>(who.types),
             actions = static_cast<std::size_t>(who.num_actions());
  const auto row = [&](std::size_t type, std::size_t a) {
    return static_cast<std::size_t>(who.row(static_cast<int>(type), static_cast<int>(a)));
  };
  // For each action the solutions of (I - D) y = -gap and of (I - D) z_k = -e_k.
  std::vector<double> own(actions * types * (types + 1), 0.0), tie(types * types, 0.0),
      right(types, 0.0);
  for (std::size_t t = 0; t < types; ++t) tie[t * types + t] = 1.0;
  for (std::size_t a = 0; a < actions; ++a)
    for (std::size_t k = 0; k <= types; ++k) {
      std::vector<double> matrix(types * types), side(types, 0.0);
      for (std::size_t i = 0; i < types; ++i) {
        for (std::size_t j = 0; j < types; ++j)
          matrix[i * types + j] = (i == j ? 1.0 : 0.0) - slopes[row(i, a) * n + row(j, a)];
        side[i] = k == 0 ? -gap[row(i, a)] : i + 1 == k ? -1.0 : 0.0;
      }
      if (!eliminate(matrix, side, types)) return false;
      std::copy(side.begin(), side.end(),
                own.begin() + static_cast<std::ptrdiff_t>((a * (types + 1) + k) * types));
      for (std::size_t i = 0; i < types; ++i) {
        if (!rows_[row(i, a)].open) continue;
        double d = 0.0;
        for (std::size_t j = 0; j < types; ++j) d += slopes[row(i, a) * n + row(j, a)] * side[j];
        const double weighed = std::exp(fx[row(i, a)]) * d;
        if (k == 0)
          right[i] += weighed;
        else
          tie[i * types + k - 1] -= weighed;
      }
    }
  if (!eliminate(tie, right, types)) return false;
  step.assign(n, 0.0);
  for (std::size_t a = 0; a < actions; ++a)
    for (std::size_t i = 0; i < types; ++i) {
      if (!rows_[row(i, a)].open) continue;
      const double* at = own.data() + a * (types + 1) * types;
      step[row(i, a)] = at[i];
      for (std::size_t k = 0; k < types; ++k) step[row(i, a)] += at[(k + 1) * types + i] * right[k];
    }
  return true;
}

bool DecisionAgain::step_of_several(const std::vector<double>& slopes,
                                    const std::vector<double>& fx, const std::vector<double>& gap,
                                    std::vector<double>& step) const {
  const std::size_t n = rows_count_;
  std::vector<double> matrix(n * n, 0.0);
  for (std::size_t r = 0; r < n; ++r) {
    matrix[r * n + r] = 1.0;
    if (!rows_[r].open) continue;
    for (std::size_t s = 0; s < n; ++s) {
      if (!rows_[s].open || rows_[s].decider != rows_[r].decider || rows_[s].type != rows_[r].type)
        continue;
      const double weight = (r == s ? 1.0 : 0.0) - std::exp(fx[s]);
      for (std::size_t c = 0; c < n; ++c) matrix[r * n + c] -= weight * slopes[s * n + c];
    }
  }
  step.assign(n, 0.0);
  for (std::size_t r = 0; r < n; ++r) step[r] = -gap[r];
  return eliminate(matrix, step, n);
}

bool DecisionAgain::solve(std::vector<double>& x) {
  std::vector<double> fx, step, tried(rows_count_), ftried, best = x;
  for (std::size_t r = 0; r < rows_count_; ++r)
    if (!rows_[r].open) x[r] = -infinity;
  double gap = reply(x, fx), best_gap = infinity;
  if (!std::isfinite(gap)) {  // started where an open action is never taken: from the reply to it
    x = fx;
    gap = reply(x, fx);
  }
  for (int n = 0; n < most_steps && gap > solved_within; ++n) {
    if (!newton_step(x, fx, step))
      for (std::size_t r = 0; r < rows_count_; ++r) step[r] = rows_[r].open ? fx[r] - x[r] : 0.0;
    double longest = 0.0;
    for (const double s : step) longest = std::max(longest, std::abs(s));
    double share = std::min(1.0, longest_step / std::max(longest, 1e-300)), next_gap = infinity;
    for (; share >= shortest_share * std::min(1.0, longest_step / longest); share /= 2) {
      for (std::size_t r = 0; r < rows_count_; ++r)
        tried[r] = rows_[r].open ? x[r] + share * step[r] : -infinity;
      next_gap = reply(tried, ftried);
      if (next_gap < gap) break;
    }
    if (gap < best_gap) {
      best_gap = gap;
      best = x;
    }
    x = tried;  // where nothing was better, on from the shortest step all the same
    fx = ftried;
    gap = next_gap;
    if (!std::isfinite(gap)) break;
  }
  if (gap <= solved_within) {
    x = fx;
    return true;
  }
  if (best_gap < gap) x = best;
  return false;
}

std::vector<double> DecisionAgain::values(const std::vector<double>& x) {
  std::vector<double> out(amount_.size(), 0.0);
  const auto profiles = static_cast<std::size_t>(shape_.profiles);
  for (std::size_t b = 0; b < branches_; ++b) {
    payoffs_(b, posterior(b, x), amount_);
    for (std::size_t q = 0; q < profiles; ++q) {
      double odds = 1.0;
      for (const Part& part : parts_) {
        const int type =
            part.who->types > 1 ? shape_.type_in(static_cast<int>(q), part.who->player) : 0;
        odds *= std::exp(x[static_cast<std::size_t>(part.row(static_cast<int>(b), type))]);
      }
      if (odds == 0.0) continue;
      for (std::size_t i = q; i < out.size(); i += profiles) out[i] += odds * amount_[i];
    }
  }
  return out;
}

}  // namespace melian::checking
