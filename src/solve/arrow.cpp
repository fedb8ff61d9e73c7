#include "solve/arrow.h"

#include "numeric/lanes.h"

namespace melian::grid {
namespace {

/// Probabilities of log-odds u, and b (1 - b).
MELIAN_LANES void probabilities(int lanes, const double* __restrict u, double* __restrict b,
                                double* __restrict p) {
  for (int i = 0; i < lanes::whole(lanes); ++i) {
    const double e = lanes::exp_down(-std::abs(u[i])), large = 1.0 / (1.0 + e), small = e * large;
    b[i] = u[i] >= 0.0 ? large : small;
    p[i] = large * small;
  }
}

/// x = exp(x - top), x <= top.
MELIAN_LANES void weigh(int lanes, double top, double* x) {
  for (int i = 0; i < lanes::whole(lanes); ++i) x[i] = lanes::exp_down(x[i] - top);
}

}  // namespace

template <class Scores>
void Arrow::evaluate(const Scores& line, double target, double c, const double* u) {
  const std::size_t m = line.curved.size();
  scores_.resize(m);
  const int lanes = lanes::padded(static_cast<int>(m));
  for (auto* one : {&u_, &b_, &p_, &off_, &weight0_, &weight1_, &lean_}) one->resize(ix(lanes));
  cells_.resize(m, 0);
  std::copy_n(u, m, u_.data());
  std::fill(u_.begin() + static_cast<std::ptrdiff_t>(m), u_.end(), 0.0);
  probabilities(lanes, u_.data(), b_.data(), p_.data());
  double top0 = line.rest[0], top1 = line.rest[1];
  miss_ = 0.0;
  for (std::size_t i = 0; i < m; ++i) {
    scores_[i] = line.at(line.curved[i], u[i], b_[i], p_[i], cells_[i]);
    weight0_[i] = scores_[i].s[0];
    weight1_[i] = scores_[i].s[1];
    off_[i] = u[i] - scores_[i].difference() - c;
    miss_ = std::max(miss_, std::abs(off_[i]));
    top0 = std::max(top0, scores_[i].s[0]);
    top1 = std::max(top1, scores_[i].s[1]);
  }
  double sum0 = std::exp(line.rest[0] - top0), sum1 = std::exp(line.rest[1] - top1);
  weigh(lanes, top0, weight0_.data());
  weigh(lanes, top1, weight1_.data());
  for (std::size_t i = 0; i < m; ++i) {
    sum0 += weight0_[i];
    sum1 += weight1_[i];
  }
  kappa_ = (top1 - top0) + std::log(sum1 / sum0);
  prior_ = c + kappa_;
  off_prior_ = prior_ - target;
  miss_ = std::max(miss_, std::abs(off_prior_));
  const double per0 = 1.0 / sum0, per1 = 1.0 / sum1;
  slope_ = 1.0;
  sign_ = 1.0;
  for (std::size_t i = 0; i < m; ++i) {
    const Score& at = scores_[i];
    lean_[i] = (weight1_[i] * per1 * at.slope[1] - weight0_[i] * per0 * at.slope[0]) * at.p;
    const double steepness = at.steepness();
    slope_ += lean_[i] / steepness;
    if (steepness < 0.0) sign_ = -sign_;
  }
  if (slope_ < 0.0) sign_ = -sign_;
}

bool Arrow::step(double& c, double* u, double cap) {
  const std::size_t m = scores_.size();
  double right = -off_prior_;
  for (std::size_t i = 0; i < m; ++i) right += lean_[i] * off_[i] / scores_[i].steepness();
  const double dc = right / slope_;
  double largest = std::abs(dc);
  for (std::size_t i = 0; i < m; ++i)
    largest = std::max(largest, std::abs((dc - off_[i]) / scores_[i].steepness()));
  if (!std::isfinite(largest)) return false;
  const double share = largest > cap ? cap / largest : 1.0;
  c += share * dc;
  moved_ = 0.0;
  for (std::size_t i = 0; i < m; ++i) {
    const double du = share * (dc - off_[i]) / scores_[i].steepness();
    moved_ = std::max(moved_, std::abs(du) / (0.1 + std::abs(u[i])));
    u[i] += du;
  }
  return true;
}

template <class Scores>
bool Arrow::solve(const Scores& line, double target, double& c, double* u, int most, double cap) {
  const double enough = 0.25 * residual_target(line.scale + std::abs(target));
  // Where scores are steep the equations miss by more than that at the best posterior a double can
  // hold.
  constexpr double last_digit = 4e-16;
  for (int k = 0; k < most; ++k) {
    evaluate(line, target, c, u);
    if (miss_ <= enough) return true;
    if (!step(c, u, cap)) return false;
    if (moved_ <= last_digit) break;
  }
  evaluate(line, target, c, u);
  return miss_ <= enough || moved_ <= last_digit;
}

template void Arrow::evaluate(const Line&, double, double, const double*);
template void Arrow::evaluate(const Blend&, double, double, const double*);
template bool Arrow::solve(const Line&, double, double&, double*, int, double);
template bool Arrow::solve(const Blend&, double, double&, double*, int, double);

}  // namespace melian::grid
