#include "solve/readout.h"

#include "numeric/lanes.h"

namespace melian::grid {
/// Scores of the branch in hand at its posteriors `u`, and how far into the cell they lie.
MELIAN_LANES void Readout::read(Lanes& at, int lanes) {
  for (int i = 0; i < lanes::whole(lanes); ++i) {
    const double v = at.u[i] - at.centre[i];
    const double e = lanes::exp_down(-std::abs(v)), large = 1.0 / (1.0 + e), small = e * large;
    const double b = v >= 0.0 ? large : small, weight = (b - at.low[i]) * at.per_width[i];
    at.weight[i] = weight;
    at.score[0][i] = at.base[0][i] + weight * at.gain[0][i];
    at.score[1][i] = at.base[1][i] + weight * at.gain[1][i];
  }
}

MELIAN_LANES void Readout::open(Lanes& at, int lanes) {
  for (const int type : {0, 1})
    for (int i = 0; i < lanes::whole(lanes); ++i) {
      at.top[type][i] = at.most[type][i] = -infinity;
      at.sum[type][i] = at.mean[type][i] = 0.0;
      at.least[type][i] = infinity;
    }
}

MELIAN_LANES void Readout::raise(Lanes& at, int lanes, int type, const double* score) {
  double* top = at.top[type];
  MELIAN_INDEPENDENT
  for (int i = 0; i < lanes::whole(lanes); ++i) top[i] = score[i] > top[i] ? score[i] : top[i];
}

MELIAN_LANES void Readout::weigh(Lanes& at, int lanes, int type, double* score_to_weight) {
  const double* top = at.top[type];
  double* sum = at.sum[type];
  MELIAN_INDEPENDENT
  for (int i = 0; i < lanes::whole(lanes); ++i) {
    score_to_weight[i] = lanes::exp_down(score_to_weight[i] - top[i]);
    sum[i] += score_to_weight[i];
  }
}

MELIAN_LANES void Readout::normalise(Lanes& at, int lanes, int type, double* log, double* sigma) {
  const double *log_z = at.log_z[type], *per_sum = at.per_sum[type];
  MELIAN_INDEPENDENT
  for (int i = 0; i < lanes::whole(lanes); ++i) {
    log[i] -= log_z[i];
    sigma[i] *= per_sum[i];
  }
}

/// As `melian::grid::imply`: the strategies imply the posteriors `u` exactly.
MELIAN_LANES void Readout::settle(const Lanes& at, int lanes, const double* u, double* zero,
                                  double* one) {
  MELIAN_INDEPENDENT
  for (int i = 0; i < lanes::whole(lanes); ++i) {
    const double off = (u[i] - at.prior[i]) - (one[i] - zero[i]),
                 shift = std::abs(off) < imply_limit ? off : 0.0;
    const bool rarer = zero[i] < one[i];
    const double new_zero = zero[i] - shift, new_one = one[i] + shift;
    zero[i] = !rarer ? zero[i] : new_zero > 0.0 ? 0.0 : new_zero;
    one[i] = rarer ? one[i] : new_one > 0.0 ? 0.0 : new_one;
  }
}

/// The posteriors that strategies imply.
MELIAN_LANES void Readout::imply(Lanes& at, int lanes, const double* zero, const double* one) {
  MELIAN_INDEPENDENT
  for (int i = 0; i < lanes::whole(lanes); ++i) at.u[i] = at.prior[i] + one[i] - zero[i];
}

MELIAN_LANES void Readout::compare(Lanes& at, int lanes, int type, const double* log,
                                   const double* sigma) {
  const double* score = at.score[type];
  double *mean = at.mean[type], *least = at.least[type], *most = at.most[type];
  MELIAN_INDEPENDENT
  for (int i = 0; i < lanes::whole(lanes); ++i) {
    const double miss = log[i] - score[i];
    mean[i] += sigma[i] * miss;
    least[i] = miss < least[i] ? miss : least[i];
    most[i] = miss > most[i] ? miss : most[i];
  }
}

/// log Z recomputed is -mean to first order; where misses are large this is still within twice the
/// truth.
MELIAN_LANES void Readout::judge(Lanes& at, int lanes, bool one, bool two) {
  for (int i = 0; i < lanes::whole(lanes); ++i) {
    const double high0 = at.most[0][i] - at.mean[0][i], low0 = at.mean[0][i] - at.least[0][i],
                 worse0 = high0 > low0 ? high0 : low0;
    const double high1 = at.most[1][i] - at.mean[1][i], low1 = at.mean[1][i] - at.least[1][i],
                 worse1 = high1 > low1 ? high1 : low1;
    const double zero = one ? worse0 : 0.0, first = two ? worse1 : 0.0,
                 larger = zero > first ? zero : first;
    at.residual[i] = zero < infinity && first < infinity ? larger : infinity;
  }
}

void Readout::start(const Line& line) {
  count_ = 0;
  branches_ = line.branches;
  u_.resize(line.curved.size() * size);
  log_.resize(ix(std::int64_t{branches_} * 2 * size));
  sigma_.resize(log_.size());
}

void Readout::add(const Line& line, int target, double prior, const double* u, LineAnswer& answer) {
  if (count_ == size) flush(line, answer);
  target_[count_] = target;
  at_.prior[count_] = prior;
  for (std::size_t i = 0; i < line.curved.size(); ++i) u_[i * size + ix(count_)] = u[i];
  ++count_;
}

/// Where the posteriors in `at_.u` lie, and the branch's scores there. Idle lanes repeat the last.
void Readout::locate(const Line& line, int branch, std::int32_t* cell) {
  const Axis& axis = *line.axis;
  const double *s0 = line.row(branch, 0), *s1 = line.row(branch, 1);
  int k = 0;
  for (int i = 0; i < lanes::padded(count_); ++i) {
    if (i < count_)
      k = axis.cell_of(at_.u[i], k);
    else
      at_.u[i] = at_.u[i - 1];
    cell[i] = k;
    at_.base[0][i] = s0[k];
    at_.base[1][i] = s1[k];
    at_.gain[0][i] = s0[k + 1] - s0[k];
    at_.gain[1][i] = s1[k + 1] - s1[k];
    at_.low[i] = axis.low[ix(k)];
    at_.centre[i] = axis.centre[ix(k)];
    at_.per_width[i] = axis.per_width[ix(k)];
  }
  read(at_, lanes::padded(count_));
}

void Readout::fixed_scores(const Line& line, int branch) {
  for (const int type : {0, 1})
    std::fill_n(at_.score[type], lanes::padded(count_),
                (line.open[ix(branch)] >> type & 1) != 0 ? line.fixed(branch, type) : -infinity);
}

void Readout::flush(const Line& line, LineAnswer& answer) {
  if (count_ == 0) return;
  const int lanes = lanes::padded(count_);
  for (int i = count_; i < lanes; ++i) at_.prior[i] = at_.prior[count_ - 1];
  open(at_, lanes);
  // 1. Scores at the posteriors, normalised.
  std::size_t next = 0;
  for (int a = 0; a < branches_; ++a) {
    if (next < line.curved.size() && line.curved[next] == a) {
      std::copy_n(u_.data() + next++ * size, count_, at_.u);
      locate(line, a, cell_);
    } else {
      fixed_scores(line, a);
    }
    for (const int type : {0, 1}) {
      std::copy_n(at_.score[type], lanes, row(log_, type, a));
      std::copy_n(at_.score[type], lanes, row(sigma_, type, a));
      raise(at_, lanes, type, at_.score[type]);
    }
  }
  for (const int type : {0, 1}) {
    for (int a = 0; a < branches_; ++a) weigh(at_, lanes, type, row(sigma_, type, a));
    for (int i = 0; i < lanes; ++i) {
      at_.log_z[type][i] = at_.top[type][i] + std::log(at_.sum[type][i]);
      at_.per_sum[type][i] = 1.0 / at_.sum[type][i];
    }
    for (int a = 0; a < branches_; ++a)
      normalise(at_, lanes, type, row(log_, type, a), row(sigma_, type, a));
  }
  for (std::size_t i = 0; i < line.curved.size(); ++i) {
    std::fill(u_.data() + i * size + count_, u_.data() + i * size + lanes,
              u_[i * size + ix(count_) - 1]);
    settle(at_, lanes, u_.data() + i * size, row(log_, 0, line.curved[i]),
           row(log_, 1, line.curved[i]));
  }
  // 2. Posteriors and scores once more, from the strategies alone, as any reader would recompute
  // them.
  const auto put = [&](const auto* from, auto* to) {
    for (int i = 0; i < count_; ++i) to[target_[i]] = from[i];
  };
  bool open_to[2] = {false, false};
  for (int a = 0; a < branches_; ++a) {
    const int open = line.open[ix(a)];
    if (open == 3 && line.moved[ix(a)] != 0) {
      imply(at_, lanes, row(log_, 0, a), row(log_, 1, a));
      locate(line, a, cell_);
    } else {
      fixed_scores(line, a);
      std::fill_n(cell_, lanes, open == 2 ? line.axis->cells() - 1 : 0);
      std::fill_n(at_.weight, lanes, open == 2 ? 1.0 : 0.0);
    }
    put(cell_, answer.cell.data() + answer.place(a, 0));
    put(at_.weight, answer.weight.data() + answer.place(a, 0));
    for (const int type : {0, 1}) {
      put(row(log_, type, a), answer.log_sigma.data() + answer.index(type, a, 0));
      put(row(sigma_, type, a), answer.sigma.data() + answer.index(type, a, 0));
      if ((open >> type & 1) == 0) continue;
      open_to[type] = true;
      compare(at_, lanes, type, row(log_, type, a), row(sigma_, type, a));
    }
  }
  judge(at_, lanes, open_to[0], open_to[1]);
  put(at_.residual, answer.residual.data());
  count_ = 0;
}

}  // namespace melian::grid
