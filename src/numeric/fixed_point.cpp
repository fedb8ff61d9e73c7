#include <algorithm>
#include <array>
#include <cmath>

#include "melian/numeric.h"

namespace melian {
namespace {

constexpr std::size_t differences_kept = 5;
constexpr double near =
    1e-2;  ///< of the largest |f(x)|: from there on f is taken to be nearly linear
constexpr int falls_in_a_row =
    10;  ///< of the change, without mixing: f draws x to its fixed point, so mixing may hurry there
constexpr double real_fall = 0.99;  ///< of the change: less is no progress
constexpr double clear_fall = 0.9;
constexpr double smallest_share = 1.0 / 256;
constexpr double last_digit = 1e-16;
constexpr int steps_to_polish = 5;
constexpr int steps_of_proof = 20;   ///< what grows by a quarter a step shows in so many
constexpr double round_off = 100.0;  ///< times the tolerance

/// Least squares by the normal equations, with a ridge at round-off: weights of the differences
/// that cancel `gap` best.
std::array<double, differences_kept> weigh(const std::vector<std::vector<double>>& differences,
                                           const std::vector<double>& gap) {
  const std::size_t m = differences.size();
  std::array<std::array<double, differences_kept>, differences_kept> a{};
  std::array<double, differences_kept> b{};
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t n = 0; n < gap.size(); ++n) b[i] += differences[i][n] * gap[n];
    for (std::size_t j = 0; j <= i; ++j) {
      for (std::size_t n = 0; n < gap.size(); ++n) a[i][j] += differences[i][n] * differences[j][n];
      a[j][i] = a[i][j];
    }
  }
  for (std::size_t i = 0; i < m; ++i) a[i][i] *= 1.0 + 1e-12;
  for (std::size_t k = 0; k < m; ++k) {
    if (!(a[k][k] > 0.0)) {  // this difference adds nothing to those before
      b[k] = 0.0;
      for (std::size_t j = 0; j < m; ++j) a[k][j] = a[j][k] = 0.0;
      a[k][k] = 1.0;
      continue;
    }
    for (std::size_t i = k + 1; i < m; ++i) {
      const double factor = a[i][k] / a[k][k];
      for (std::size_t j = k; j < m; ++j) a[i][j] -= factor * a[k][j];
      b[i] -= factor * b[k];
    }
  }
  for (std::size_t k = m; k-- > 0;) {
    for (std::size_t j = k + 1; j < m; ++j) b[k] -= a[k][j] * b[j];
    b[k] /= a[k][k];
  }
  return b;
}

}  // namespace

FixedPoint::Ending FixedPoint::step(std::vector<double>& x, const std::vector<double>& fx) {
  // 1. How far f moves x, and whether that is less than ever before.
  const double before = change_;
  double size = 0.0;
  change_ = 0.0;
  for (std::size_t n = 0; n < x.size(); ++n) {
    const double moved = std::abs(fx[n] - x[n]);
    if (!(moved <= change_)) change_ = std::isnan(moved) ? infinity : moved;
    size = std::max(size, std::abs(fx[n]));
  }
  ++steps_;
  if (proofs_ > 0) {
    repels_ = change_ > round_off * std::max(best_, options_.tolerance * size);
    if (!repels_ && --proofs_ > 0) {
      x = fx;
      return Ending::none;
    }
    x = best_x_;
    change_ = best_;
    return Ending::converged;
  }
  if (change_ < real_fall * best_) best_step_ = steps_;
  if (change_ < best_) {
    best_ = change_;
    best_x_ = x;
    best_fx_ = fx;
  }
  // 2. Within the tolerance it goes on for as long as that helps: where f hardly contracts, x is
  // far worse than f(x) - x.
  const int idle = steps_ - best_step_;
  const bool converged =
      best_ <= last_digit * size ||
      (best_ <= options_.tolerance * size && idle >= steps_to_polish) ||
      (best_ <= round_off * options_.tolerance * size && idle > options_.patience);
  if (converged) {
    // Mixing finds fixed points that plain iteration flees, too: see whether it stays.
    const bool proven = share_ < 1.0 || !ever_mixed_;
    proofs_ = proven ? 0 : steps_of_proof;
    x = proven ? best_x_ : best_fx_;
    change_ = best_;
    return proven ? Ending::converged : Ending::none;
  }
  if (steps_ >= options_.max_steps) return Ending::step_limit;
  if (idle > options_.patience) {
    if (share_ <= smallest_share) return Ending::goes_round;
    share_ /= 2.0;
    best_ = infinity;
    best_step_ = steps_;
    forget();
  }
  // 3. The next point. Where mixing led astray: back to the best one.
  const bool astray = mixed_ && !(change_ <= 2.0 * before);
  std::vector<double> gap(fx.size());
  double along = 0.0;
  for (std::size_t n = 0; n < fx.size(); ++n) gap[n] = fx[n] - x[n];
  for (std::size_t n = 0; n < last_gap_.size(); ++n) along += gap[n] * last_gap_[n];
  // Where iteration settles down to a circle the change falls too, ever less, but back and forth.
  const bool falls = change_ < (along > 0.0 ? 1.0 : clear_fall) * before;
  if (!mixed_) falls_ = falls ? falls_ + 1 : 0;
  if (astray) forget();
  mixed_ =
      !astray && falls_ >= falls_in_a_row && (share_ < 1.0 || change_ <= near * size) && mix(x, fx);
  ever_mixed_ = ever_mixed_ || mixed_;
  last_fx_ = fx;
  last_gap_ = std::move(gap);
  if (mixed_) return Ending::none;
  const std::vector<double>&from = astray ? best_x_ : x, &to = astray ? best_fx_ : fx;
  std::vector<double> next = to;
  if (share_ < 1.0)
    for (std::size_t n = 0; n < next.size(); ++n) next[n] = from[n] + share_ * (to[n] - from[n]);
  x = std::move(next);
  return Ending::none;
}

void FixedPoint::forget() {
  falls_ = 0;
  dfx_.clear();
  dgap_.clear();
  last_fx_.clear();
}

/// Anderson's mixing: the same combination of x and of f(x) - x with their last differences that
/// would have made the latter vanish, and a share of what is left of it.
bool FixedPoint::mix(std::vector<double>& x, const std::vector<double>& fx) {
  std::vector<double> gap(fx.size());
  for (std::size_t n = 0; n < fx.size(); ++n) gap[n] = fx[n] - x[n];
  const bool some = !last_fx_.empty();
  if (some) {
    std::vector<double> dfx(fx.size()), dgap(fx.size());
    for (std::size_t n = 0; n < fx.size(); ++n) {
      dfx[n] = fx[n] - last_fx_[n];
      dgap[n] = gap[n] - last_gap_[n];
    }
    if (dfx_.size() == differences_kept) {
      dfx_.erase(dfx_.begin());
      dgap_.erase(dgap_.begin());
    }
    dfx_.push_back(std::move(dfx));
    dgap_.push_back(std::move(dgap));
  }
  if (!some) return false;
  const auto weights = weigh(dgap_, gap);
  std::vector<double> next(fx.size());
  for (std::size_t n = 0; n < next.size(); ++n) next[n] = x[n] + share_ * gap[n];
  for (std::size_t k = 0; k < dfx_.size(); ++k)
    for (std::size_t n = 0; n < next.size(); ++n)
      next[n] -= weights[k] * (dfx_[k][n] - (1.0 - share_) * dgap_[k][n]);
  if (!std::all_of(next.begin(), next.end(), [](double number) { return std::isfinite(number); }))
    return false;
  x = std::move(next);
  return true;
}

}  // namespace melian
