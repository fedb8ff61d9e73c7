#include "solve/bundle.h"

#include <algorithm>
#include <utility>

namespace melian::grid {
namespace {

constexpr int most_evaluations = 12;
constexpr double step_cap = 8.0;    ///< logits a posterior may move in one step
constexpr double certainty = 1e-9;  ///< what du_0/dc must exceed

/// Scores of one branch by type: rows of `width` columns, one for each node of an axis.
struct Rows {
  const double *s0, *s1;
  std::int64_t width;
  const double *node, *per_width;
};

struct Reading {
  double s0, s1, slope0, slope1;
};

/// Scores at probability `b`, column i: linear between nodes. Cells are passed one after another
/// without branches.
template <int k, int cells>
[[gnu::always_inline]] inline Reading read(const double* s0, const double* s1, std::int64_t width,
                                           const double* node, const double* per_width, int i,
                                           double b, double low0, double low1, double high0,
                                           double high1, double from, double per) {
  if constexpr (k == cells) {
    const double slope0 = (high0 - low0) * per, slope1 = (high1 - low1) * per, along = b - from;
    return {low0 + slope0 * along, low1 + slope1 * along, slope0, slope1};
  } else {
    const double next0 = s0[(k + 1) * width + i], next1 = s1[(k + 1) * width + i], edge = node[k],
                 per_next = per_width[k];
    const bool beyond = b >= edge;
    return read<k + 1, cells>(s0, s1, width, node, per_width, i, b, beyond ? high0 : low0,
                              beyond ? high1 : low1, beyond ? next0 : high0, beyond ? next1 : high1,
                              beyond ? edge : from, beyond ? per_next : per);
  }
}

template <int cells>
[[gnu::always_inline]] inline Reading read(const double* s0, const double* s1, std::int64_t width,
                                           const double* node, const double* per_width, int i,
                                           double b) {
  return read<1, cells>(s0, s1, width, node, per_width, i, b, s0[i], s1[i], s0[width + i],
                        s1[width + i], node[0], per_width[0]);
}

/// What an evaluation notes of one branch.
struct Noted {
  double *h, *pull0, *pull1, *steep, *s0, *s1;
};

template <int cells>
[[gnu::always_inline]] inline void look(const Rows& rows, int lanes, const double* __restrict u,
                                        const Noted& to, double* __restrict top0,
                                        double* __restrict top1) {
  double* __restrict h = to.h, * __restrict pull0 = to.pull0, * __restrict pull1 = to.pull1, * __restrict steep = to.steep, * __restrict s0 = to.s0, * __restrict s1 = to.s1;
  const double* __restrict from0 = rows.s0, * __restrict from1 = rows.s1, * __restrict node = rows.node, * __restrict per_width = rows.per_width;
  const std::int64_t width = rows.width;
  const int whole = lanes::whole(lanes);
  MELIAN_INDEPENDENT
  for (int i = 0; i < whole; ++i) {
    const double e = lanes::exp_down(-std::abs(u[i])), large = 1.0 / (1.0 + e), small = e * large;
    const double b = u[i] >= 0.0 ? large : small, p = large * small;
    const Reading at = read<cells>(from0, from1, width, node, per_width, i, b);
    s0[i] = at.s0;
    s1[i] = at.s1;
    h[i] = u[i] - (at.s1 - at.s0);
    pull0[i] = at.slope0 * p;
    pull1[i] = at.slope1 * p;
    steep[i] = 1.0 - (at.slope1 - at.slope0) * p;
    top0[i] = at.s0 > top0[i] ? at.s0 : top0[i];
    top1[i] = at.s1 > top1[i] ? at.s1 : top1[i];
  }
}

#define MELIAN_BY_CELLS(call) \
  switch (cells) {            \
    case 1: call(1); break;   \
    case 2: call(2); break;   \
    case 3: call(3); break;   \
    case 4: call(4); break;   \
    case 5: call(5); break;   \
    case 6: call(6); break;   \
    case 7: call(7); break;   \
    default: call(8); break;  \
  }

/// Scores and their pull at posteriors `u`; raises `top`.
MELIAN_LANES void look_all(int cells, const Rows& rows, int lanes, const double* u, const Noted& to,
                           double* top0, double* top1){
#define MELIAN_CALL(n) look<n>(rows, lanes, u, to, top0, top1)
    MELIAN_BY_CELLS(MELIAN_CALL)
#undef MELIAN_CALL
}

/// Adds one branch to the sums over branches: Z, sum of w pull / steep, and the same times h.
MELIAN_LANES
    void add_branch(int lanes, const double* __restrict s, const double* __restrict top,
                    const double* __restrict pull, const double* __restrict steep,
                    const double* __restrict h, double* __restrict weight, double* __restrict sum,
                    double* __restrict lean, double* __restrict drift) {
  MELIAN_INDEPENDENT
  for (int i = 0; i < lanes::whole(lanes); ++i) {
    const double w = lanes::exp_down(s[i] - top[i]), leaning = w * pull[i] / steep[i];
    weight[i] = w;
    sum[i] += w;
    lean[i] += leaning;
    drift[i] += leaning * h[i];
  }
}

/// sum = exp(rest - top): what the branches that are not curved weigh.
MELIAN_LANES void open_sums(int lanes, const double* __restrict rest, const double* __restrict top,
                            double* __restrict sum, double* __restrict lean,
                            double* __restrict drift) {
  MELIAN_INDEPENDENT
  for (int i = 0; i < lanes::whole(lanes); ++i) {
    sum[i] = lanes::exp_down(rest[i] - top[i]);
    lean[i] = drift[i] = 0.0;
  }
}

struct Totals {
  const double *top0, *top1, *sum0, *sum1, *lean0, *lean1, *drift0, *drift1;
};

/// c = t - kappa, and by how much a Newton step moves it.
MELIAN_LANES void close_sums(int lanes, double target, const Totals& of, double* __restrict c,
                             double* __restrict step) {
  MELIAN_INDEPENDENT
  for (int i = 0; i < lanes::whole(lanes); ++i) {
    const double per0 = 1.0 / of.sum0[i], per1 = 1.0 / of.sum1[i];
    const double kappa =
        (of.top1[i] - of.top0[i]) + (lanes::log_up(of.sum1[i]) - lanes::log_up(of.sum0[i]));
    const double at = target - kappa, lean = of.lean1[i] * per1 - of.lean0[i] * per0,
                 drift = of.drift1[i] * per1 - of.drift0[i] * per0;
    c[i] = at;
    step[i] = (drift - at * lean) / (1.0 + lean);
  }
}

/// Largest equation missed, and (in `size`) largest step.
MELIAN_LANES void measure(int lanes, const double* __restrict h, const double* __restrict c,
                          const double* __restrict step, const double* __restrict steep,
                          double* __restrict miss, double* __restrict size) {
  MELIAN_INDEPENDENT
  for (int i = 0; i < lanes::whole(lanes); ++i) {
    const double off = std::abs(h[i] - c[i]), move = std::abs((step[i] - (h[i] - c[i])) / steep[i]);
    miss[i] = off > miss[i] ? off : miss[i];
    size[i] = move > size[i] ? move : size[i];
  }
}

MELIAN_LANES void advance(int lanes, const double* __restrict h, const double* __restrict c,
                          const double* __restrict step, const double* __restrict steep,
                          const double* __restrict size, double* __restrict u) {
  MELIAN_INDEPENDENT
  for (int i = 0; i < lanes::whole(lanes); ++i) {
    const double share = size[i] > step_cap ? step_cap / size[i] : 1.0;
    u[i] += share * ((step[i] - (h[i] - c[i])) / steep[i]);
  }
}

/// Strategies of a branch by type from its scores, log Z and weights.
MELIAN_LANES void normalise(int lanes, const double* __restrict s, const double* __restrict log_z,
                            const double* __restrict weight, const double* __restrict sum,
                            double* __restrict log_sigma, double* __restrict sigma) {
  MELIAN_INDEPENDENT
  for (int i = 0; i < lanes::whole(lanes); ++i) {
    log_sigma[i] = s[i] - log_z[i];
    sigma[i] = weight[i] / sum[i];
  }
}

MELIAN_LANES void weigh(int lanes, const double* __restrict s, const double* __restrict top,
                        double* __restrict weight) {
  MELIAN_INDEPENDENT
  for (int i = 0; i < lanes::whole(lanes); ++i) weight[i] = lanes::exp_down(s[i] - top[i]);
}

MELIAN_LANES void log_sums(int lanes, const double* __restrict top, const double* __restrict sum,
                           double* __restrict log_z) {
  MELIAN_INDEPENDENT
  for (int i = 0; i < lanes::whole(lanes); ++i) log_z[i] = top[i] + lanes::log_up(sum[i]);
}

MELIAN_LANES void probabilities(int lanes, const double* __restrict log, double* __restrict sigma) {
  MELIAN_INDEPENDENT
  for (int i = 0; i < lanes::whole(lanes); ++i) sigma[i] = lanes::exp_down(log[i]);
}

/// Posteriors at the prior `target` from log strategies by type.
MELIAN_LANES void posteriors(int lanes, double target, const double* __restrict log0,
                             const double* __restrict log1, double* __restrict belief) {
  MELIAN_INDEPENDENT
  for (int i = 0; i < lanes::whole(lanes); ++i) {
    const double u = target + (log1[i] - log0[i]), e = lanes::exp_down(-std::abs(u)),
                 large = 1.0 / (1.0 + e), small = e * large;
    belief[i] = u >= 0.0 ? large : small;
  }
}

struct Misses {
  double *mean0, *mean1, *least0, *least1, *most0, *most1;
};

[[gnu::always_inline]] inline void compare(double log, double score, double sigma, double& mean,
                                           double& least, double& most) {
  const double miss = log - score;
  mean += sigma * miss;
  least = miss < least ? miss : least;
  most = miss > most ? miss : most;
}

/// The strategies of a curved branch made to imply its posterior exactly (as `imply`), then read as
/// anybody would who is given them alone: the posterior, and by how much the logs miss the scores
/// there.
template <int cells>
[[gnu::always_inline]] inline void settle(const Rows& rows, int lanes, double target,
                                          const double* __restrict u, double* __restrict log0,
                                          double* __restrict log1, const double* __restrict sigma0,
                                          const double* __restrict sigma1,
                                          double* __restrict belief, const Misses& to) {
  double* __restrict mean0 = to.mean0, * __restrict mean1 = to.mean1, * __restrict least0 = to.least0, * __restrict least1 = to.least1, * __restrict most0 = to.most0, * __restrict most1 = to.most1;
  const double* __restrict from0 = rows.s0, * __restrict from1 = rows.s1, * __restrict node = rows.node, * __restrict per_width = rows.per_width;
  const std::int64_t width = rows.width;
  const int whole = lanes::whole(lanes);
  MELIAN_INDEPENDENT
  for (int i = 0; i < whole; ++i) {
    const double zero = log0[i], one = log1[i];
    const double off = (u[i] - target) - (one - zero),
                 shift = std::abs(off) < imply_limit ? off : 0.0;
    const bool rarer = zero < one;
    const double new_zero = zero - shift < 0.0 ? zero - shift : 0.0,
                 new_one = one + shift < 0.0 ? one + shift : 0.0;
    const double l0 = rarer ? new_zero : zero, l1 = rarer ? one : new_one;
    log0[i] = l0;
    log1[i] = l1;
    const double posterior = target + l1 - l0;
    const double e = lanes::exp_down(-std::abs(posterior)), large = 1.0 / (1.0 + e),
                 small = e * large;
    const double b = posterior >= 0.0 ? large : small;
    belief[i] = b;
    const Reading at = read<cells>(from0, from1, width, node, per_width, i, b);
    compare(l0, at.s0, sigma0[i], mean0[i], least0[i], most0[i]);
    compare(l1, at.s1, sigma1[i], mean1[i], least1[i], most1[i]);
  }
}

MELIAN_LANES void settle_all(int cells, const Rows& rows, int lanes, double target, const double* u,
                             double* log0, double* log1, const double* sigma0, const double* sigma1,
                             double* belief, const Misses& to){
#define MELIAN_CALL(n) settle<n>(rows, lanes, target, u, log0, log1, sigma0, sigma1, belief, to)
    MELIAN_BY_CELLS(MELIAN_CALL)
#undef MELIAN_CALL
}
#undef MELIAN_BY_CELLS

MELIAN_LANES
    void compare_fixed(int lanes, const double* __restrict log, const double* __restrict score,
                       const double* __restrict sigma, double* __restrict mean,
                       double* __restrict least, double* __restrict most) {
  MELIAN_INDEPENDENT
  for (int i = 0; i < lanes::whole(lanes); ++i)
    compare(log[i], score[i], sigma[i], mean[i], least[i], most[i]);
}

MELIAN_LANES void raise(int lanes, const double* __restrict s, double* __restrict top) {
  MELIAN_INDEPENDENT
  for (int i = 0; i < lanes::whole(lanes); ++i) top[i] = s[i] > top[i] ? s[i] : top[i];
}

MELIAN_LANES void raise_size(int lanes, const double* __restrict s, double* __restrict scale) {
  MELIAN_INDEPENDENT
  for (int i = 0; i < lanes::whole(lanes); ++i)
    scale[i] = std::abs(s[i]) > scale[i] ? std::abs(s[i]) : scale[i];
}

/// Over one cell of one curved branch: the least of h', of slope_1 p / h', and the largest of
/// slope_0 p / h' (each runs monotonically from 1 or 0 at p = 0 to its value at the largest p = b
/// (1 - b)).
MELIAN_LANES void bound(int lanes, double per_width, double p, const double* __restrict low0,
                        const double* __restrict high0, const double* __restrict low1,
                        const double* __restrict high1, double* __restrict flattest,
                        double* __restrict least1, double* __restrict most0) {
  const double factor = per_width * p;
  MELIAN_INDEPENDENT
  for (int i = 0; i < lanes::whole(lanes); ++i) {
    const double pull0 = (high0[i] - low0[i]) * factor, pull1 = (high1[i] - low1[i]) * factor,
                 steep = 1.0 - (pull1 - pull0);
    const double per = 1.0 / steep, q0 = pull0 * per, q1 = pull1 * per;
    flattest[i] = steep < flattest[i] ? steep : flattest[i];
    least1[i] = q1 < least1[i] ? q1 : least1[i];
    most0[i] = q0 > most0[i] ? q0 : most0[i];
  }
}

}  // namespace

void Bundle::reset(const Axis& axis, const std::vector<std::uint8_t>& open,
                   const std::vector<std::uint8_t>& moved, int columns) {
  axis_ = &axis;
  open_ = open;
  moved_ = moved;
  branches_ = static_cast<int>(open.size());
  nodes_ = axis.nodes();
  columns_ = columns;
  width_ = lanes::padded(columns);
  curved_.clear();
  for (int a = 0; a < branches_; ++a)
    if (open_[ix(a)] == 3 && moved_[ix(a)] != 0) curved_.push_back(a);
  score_.resize(ix(std::int64_t{branches_} * 2 * nodes_ * width_));
  for (auto* one : {&rest_[0], &rest_[1], &scale_, &top_[0], &top_[1], &sum_[0], &sum_[1],
                    &lean_[0], &lean_[1], &drift_[0], &drift_[1], &c_, &step_, &miss_, &residual_})
    one->resize(ix(width_));
  for (auto* one : {&certain_, &told_, &sure_}) one->resize(ix(width_));
  const std::size_t size = std::max<std::size_t>(1, curved_.size()) * ix(width_);
  for (auto* one : {&h_, &pull_[0], &pull_[1], &steep_}) one->resize(size);
  for (const int type : {0, 1}) {
    s_[type].resize(size);
    weight_[type].resize(ix(std::int64_t{branches_} * width_));
  }
}

void Bundle::prepare() {
  const int lanes = static_cast<int>(width_);
  // Idle columns repeat the last.
  for (std::int64_t r = 0; r < std::int64_t{branches_} * 2 * nodes_; ++r) {
    double* const row = score_.data() + r * width_;
    std::fill(row + columns_, row + width_, row[columns_ - 1]);
  }
  std::ranges::fill(scale_, 0.0);
  for (const int type : {0, 1}) std::ranges::fill(top_[type], -infinity);
  const auto fixed = [&](int a, int type) {
    return row(a, type, open_[ix(a)] == 2 ? nodes_ - 1 : 0);
  };
  const auto in_rest = [&](int a, int type) {
    return (open_[ix(a)] >> type & 1) != 0 && !(open_[ix(a)] == 3 && moved_[ix(a)] != 0);
  };
  for (const int type : {0, 1}) {
    bool any = false;
    for (int a = 0; a < branches_; ++a)
      if (in_rest(a, type)) {
        raise(lanes, fixed(a, type), top_[type].data());
        raise_size(lanes, fixed(a, type), scale_.data());
        any = true;
      }
    std::ranges::fill(sum_[type], 0.0);
    std::ranges::fill(rest_[type], -infinity);
    if (!any) continue;
    for (int a = 0; a < branches_; ++a) {
      if (!in_rest(a, type)) continue;
      weigh(lanes, fixed(a, type), top_[type].data(), miss_.data());
      for (std::int64_t i = 0; i < width_; ++i) sum_[type][ix(i)] += miss_[ix(i)];
    }
    log_sums(lanes, top_[type].data(), sum_[type].data(), rest_[type].data());
  }
  auto &flattest = miss_, &least1 = lean_[1], &most0 = lean_[0];
  std::ranges::fill(flattest, 1.0);
  std::ranges::fill(least1, 0.0);
  std::ranges::fill(most0, 0.0);
  for (const int a : curved_) {
    for (const int type : {0, 1})
      for (int k = 0; k < nodes_; ++k) raise_size(lanes, row(a, type, k), scale_.data());
    for (int k = 0; k + 1 < nodes_; ++k)
      bound(lanes, axis_->per_width[ix(k)], axis_->p_max[ix(k)], row(a, 0, k), row(a, 0, k + 1),
            row(a, 1, k), row(a, 1, k + 1), flattest.data(), least1.data(), most0.data());
  }
  for (std::size_t i = 0; i < ix(width_); ++i)
    certain_[i] = flattest[i] > certainty && 1.0 + least1[i] - most0[i] > certainty &&
                          std::isfinite(scale_[i])
                      ? 1
                      : 0;
}

void Bundle::aim(const std::vector<double>& targets) {
  targets_ = targets;
  const std::size_t size =
      ix(std::int64_t{branches_} * static_cast<std::int64_t>(targets_.size()) * width_);
  posterior_.resize(size);
  belief_.resize(size + lanes::width);  // readers of some columns may read a few beyond the last
  log_sigma_.resize(2 * size + lanes::width);
  sigma_.resize(2 * size + lanes::width);
  std::ranges::fill(told_, 0);
}

void Bundle::solve() {
  std::ranges::fill(residual_, 0.0);
  sure_ = certain_;
  std::fill(told_.begin() + columns_, told_.end(), told_[ix(columns_ - 1)]);
  if (std::ranges::none_of(certain_, [](std::uint8_t one) { return one != 0; })) return;
  for (int k = 0; k < targets(); ++k) {
    if (std::isinf(targets_[ix(k)]))
      solve_corner(k, targets_[ix(k)] > 0.0);
    else
      solve_inner(k);
  }
}

void Bundle::read_back() {
  const int lanes = static_cast<int>(width_);
  for (int a = 0; a < branches_; ++a)
    for (int t = 0; t < targets(); ++t) {
      for (const int type : {0, 1}) {
        double* const log = log_sigma_.data() + index(type, a, t);
        std::fill(log + columns_, log + width_, log[columns_ - 1]);
        probabilities(lanes, log, sigma_.data() + index(type, a, t));
      }
      double* const belief = belief_.data() + place(a, t);
      if (open_[ix(a)] != 3 || std::isinf(targets_[ix(t)]))
        std::fill_n(belief, width_,
                    open_[ix(a)] == 3   ? (targets_[ix(t)] > 0.0 ? 1.0 : 0.0)
                    : open_[ix(a)] == 2 ? 1.0
                                        : 0.0);
      else
        posteriors(lanes, targets_[ix(t)], log_sigma_.data() + index(0, a, t),
                   log_sigma_.data() + index(1, a, t), belief);
    }
}

void Bundle::evaluate(int target) {
  const int lanes = static_cast<int>(width_);
  for (const int type : {0, 1}) std::ranges::copy(rest_[type], top_[type].begin());
  for (std::size_t m = 0; m < curved_.size(); ++m) {
    const int a = curved_[m];
    const std::size_t at = m * ix(width_);
    look_all(axis_->cells(),
             {row(a, 0, 0), row(a, 1, 0), width_, axis_->b.data(), axis_->per_width.data()}, lanes,
             posterior_.data() + place(a, target),
             {h_.data() + at, pull_[0].data() + at, pull_[1].data() + at, steep_.data() + at,
              s_[0].data() + at, s_[1].data() + at},
             top_[0].data(), top_[1].data());
  }
  for (const int type : {0, 1}) {
    open_sums(lanes, rest_[type].data(), top_[type].data(), sum_[type].data(), lean_[type].data(),
              drift_[type].data());
    for (std::size_t m = 0; m < curved_.size(); ++m) {
      const std::size_t at = m * ix(width_);
      add_branch(lanes, s_[type].data() + at, top_[type].data(), pull_[type].data() + at,
                 steep_.data() + at, h_.data() + at, weight_[type].data() + ix(curved_[m] * width_),
                 sum_[type].data(), lean_[type].data(), drift_[type].data());
    }
  }
  close_sums(lanes, targets_[ix(target)],
             {top_[0].data(), top_[1].data(), sum_[0].data(), sum_[1].data(), lean_[0].data(),
              lean_[1].data(), drift_[0].data(), drift_[1].data()},
             c_.data(), step_.data());
}

void Bundle::solve_inner(int target) {
  const int lanes = static_cast<int>(width_);
  const double t = targets_[ix(target)];
  for (const int a : curved_) {
    double* const u = posterior_.data() + place(a, target);
    std::fill(u + columns_, u + width_, u[columns_ - 1]);
  }
  if (std::ranges::any_of(told_, [](std::uint8_t one) { return one == 0; })) {
    for (const int a : curved_)
      for (std::size_t i = 0; i < ix(width_); ++i)
        if (told_[i] == 0) posterior_[place(a, target) + i] = t;
    evaluate(target);
    for (std::size_t m = 0; m < curved_.size(); ++m)
      for (std::size_t i = 0; i < ix(width_); ++i)
        if (told_[i] == 0)
          posterior_[place(curved_[m], target) + i] = t - (h_[m * ix(width_) + i] - c_[i]);
  }
  auto& size = drift_[0];
  for (int k = 0; k < most_evaluations; ++k) {
    evaluate(target);
    std::ranges::fill(miss_, 0.0);
    std::ranges::fill(size, 0.0);
    for (std::size_t m = 0; m < curved_.size(); ++m) {
      const std::size_t at = m * ix(width_);
      measure(lanes, h_.data() + at, c_.data(), step_.data(), steep_.data() + at, miss_.data(),
              size.data());
    }
    bool done = true;
    for (std::size_t i = 0; i < ix(width_); ++i)
      done = done &&
             (certain_[i] == 0 || !(miss_[i] > 0.25 * residual_target(scale_[i] + std::abs(t))));
    if (done || k + 1 == most_evaluations) break;
    for (std::size_t m = 0; m < curved_.size(); ++m) {
      const std::size_t at = m * ix(width_);
      advance(lanes, h_.data() + at, c_.data(), step_.data(), steep_.data() + at, size.data(),
              posterior_.data() + place(curved_[m], target));
    }
  }
  read_out(target);
}

/// Strategies from the last evaluation, and their residual.
void Bundle::read_out(int target) {
  const int lanes = static_cast<int>(width_);
  const double t = targets_[ix(target)];
  auto &log_z = lean_, &mean = drift_;
  std::vector<double>&least0 = c_, &least1 = step_, &most0 = miss_;
  std::vector<double>& most1 = h_;
  for (const int type : {0, 1}) {
    log_sums(lanes, top_[type].data(), sum_[type].data(), log_z[type].data());
    std::ranges::fill(mean[type], 0.0);
  }
  for (auto* one : {&least0, &least1}) std::fill_n(one->begin(), width_, infinity);
  for (auto* one : {&most0, &most1}) std::fill_n(one->begin(), width_, -infinity);
  std::size_t m = 0;
  for (int a = 0; a < branches_; ++a) {
    const bool curved = m < curved_.size() && curved_[m] == a;
    if (curved) {
      for (const int type : {0, 1})
        normalise(lanes, s_[type].data() + m * ix(width_), log_z[type].data(),
                  weight_[type].data() + a * width_, sum_[type].data(),
                  log_sigma_.data() + index(type, a, target),
                  sigma_.data() + index(type, a, target));
      settle_all(axis_->cells(),
                 {row(a, 0, 0), row(a, 1, 0), width_, axis_->b.data(), axis_->per_width.data()},
                 lanes, t, posterior_.data() + place(a, target),
                 log_sigma_.data() + index(0, a, target), log_sigma_.data() + index(1, a, target),
                 sigma_.data() + index(0, a, target), sigma_.data() + index(1, a, target),
                 belief_.data() + place(a, target),
                 {mean[0].data(), mean[1].data(), least0.data(), least1.data(), most0.data(),
                  most1.data()});
      ++m;
      continue;
    }
    std::fill_n(belief_.begin() + static_cast<std::ptrdiff_t>(place(a, target)), width_,
                open_[ix(a)] == 2 ? 1.0 : 0.0);
    for (const int type : {0, 1}) {
      double *log = log_sigma_.data() + index(type, a, target),
             *sigma = sigma_.data() + index(type, a, target);
      if ((open_[ix(a)] >> type & 1) == 0) {
        std::fill_n(log, width_, -infinity);
        std::fill_n(sigma, width_, 0.0);
        continue;
      }
      const double* s = row(a, type, open_[ix(a)] == 2 ? nodes_ - 1 : 0);
      weigh(lanes, s, top_[type].data(), weight_[type].data() + a * width_);
      normalise(lanes, s, log_z[type].data(), weight_[type].data() + a * width_, sum_[type].data(),
                log, sigma);
      compare_fixed(lanes, log, s, sigma, mean[type].data(), (type == 0 ? least0 : least1).data(),
                    (type == 0 ? most0 : most1).data());
    }
  }
  for (std::size_t i = 0; i < ix(columns_); ++i) {
    double residual = 0.0;
    if (most0[i] >= least0[i])
      residual = std::max({residual, most0[i] - mean[0][i], mean[0][i] - least0[i]});
    if (most1[i] >= least1[i])
      residual = std::max({residual, most1[i] - mean[1][i], mean[1][i] - least1[i]});
    if (!std::isfinite(mean[0][i] + mean[1][i])) residual = infinity;
    residual_[i] = std::max(residual_[i], residual);
    if (!(residual <= residual_target(scale_[i] + std::abs(t)))) sure_[i] = 0;
  }
}

/// The prior is 0 or 1: beliefs stay at that corner unless only the other type has the action.
void Bundle::solve_corner(int target, bool upper) {
  const int lanes = static_cast<int>(width_), node = upper ? nodes_ - 1 : 0;
  auto& log_z = lean_;
  for (const int type : {0, 1}) {
    std::ranges::fill(top_[type], -infinity);
    std::ranges::fill(sum_[type], 0.0);
    const auto score = [&](int a) {
      return row(a, type, open_[ix(a)] == 3 ? node : open_[ix(a)] == 2 ? nodes_ - 1 : 0);
    };
    const auto open_to = [&](int a) { return (open_[ix(a)] >> type & 1) != 0; };
    for (int a = 0; a < branches_; ++a)
      if (open_to(a)) raise(lanes, score(a), top_[type].data());
    for (int a = 0; a < branches_; ++a) {
      if (!open_to(a)) continue;
      double* const weight = weight_[type].data() + a * width_;
      weigh(lanes, score(a), top_[type].data(), weight);
      for (std::int64_t i = 0; i < width_; ++i) sum_[type][ix(i)] += weight[i];
    }
    log_sums(lanes, top_[type].data(), sum_[type].data(), log_z[type].data());
    for (int a = 0; a < branches_; ++a) {
      double *log = log_sigma_.data() + index(type, a, target),
             *sigma = sigma_.data() + index(type, a, target);
      if (open_to(a)) {
        normalise(lanes, score(a), log_z[type].data(), weight_[type].data() + a * width_,
                  sum_[type].data(), log, sigma);
      } else {
        std::fill_n(log, width_, -infinity);
        std::fill_n(sigma, width_, 0.0);
      }
    }
  }
  for (int a = 0; a < branches_; ++a)
    std::fill_n(belief_.begin() + static_cast<std::ptrdiff_t>(place(a, target)), width_,
                (open_[ix(a)] == 3 ? upper : open_[ix(a)] == 2) ? 1.0 : 0.0);
}

}  // namespace melian::grid
