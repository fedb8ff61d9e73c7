#include "solve/tangent.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "solve/axis.h"

namespace melian::grid {
namespace {

constexpr double nudge = 1e-7;    ///< of the largest |f(x)|: how far a probe moves x
constexpr int power_steps = 128;  ///< that show whether a matrix contracts
constexpr double contracts =
    0.995;  ///< its rate, with room for what lies between the probes and the fixed point
constexpr double tolerance = 1e-13;  ///< of the largest |f(x)|, as for plain iteration
constexpr double last_digit = 1e-16;
constexpr int most_idle = 8;  ///< steps without any fall

double largest(const std::vector<double>& x) {
  double out = 0.0;
  for (const double value : x) out = std::isnan(value) ? infinity : std::max(out, std::abs(value));
  return out;
}

}  // namespace

Dependence Dependence::by_block(const std::vector<int>& first, int size,
                                const std::vector<std::vector<int>>& moved_by) {
  // Blocks share a probe where no block of f depends on both.
  const auto blocks = static_cast<int>(first.size());
  std::vector<std::vector<int>> moves(ix(blocks));
  for (int to = 0; to < blocks; ++to)
    for (const int from : moved_by[ix(to)]) moves[ix(from)].push_back(to);
  const auto length = [&](int block) {
    return (block + 1 < blocks ? first[ix(block + 1)] : size) - first[ix(block)];
  };
  std::vector<int> colour(ix(blocks), -1);
  int colours = 0, longest = 0;
  for (int block = 0; block < blocks; ++block) {
    longest = std::max(longest, length(block));
    std::vector<int> taken;
    for (const int to : moves[ix(block)])
      for (const int rival : moved_by[ix(to)]) taken.push_back(colour[ix(rival)]);
    int own = 0;
    while (std::ranges::count(taken, own) > 0) ++own;
    colour[ix(block)] = own;
    colours = std::max(colours, own + 1);
  }
  Dependence out;
  out.probes = colours * longest;
  out.probe.resize(ix(size));
  out.moves.resize(ix(size));
  for (int block = 0; block < blocks; ++block)
    for (int k = 0; k < length(block); ++k) {
      const int number = first[ix(block)] + k;
      out.probe[ix(number)] = colour[ix(block)] * longest + k;
      for (const int to : moves[ix(block)])
        for (int row = 0; row < length(to); ++row)
          out.moves[ix(number)].push_back(first[ix(to)] + row);
    }
  return out;
}

void Tangent::begin(std::vector<double>& x, const std::vector<double>& fx) {
  probe_ = idle_ = 0;
  size_ = largest(fx);
  x_ = x;
  fx_ = fx;
  slope_.assign(x.size() * x.size(), 0.0);
  set_probe(x);
}

void Tangent::set_probe(std::vector<double>& x) const {
  x = x_;
  for (std::size_t j = 0; j < x.size(); ++j)
    if (dependence_.probe[j] == probe_) x[j] += nudge * size_;
}

Tangent::Ending Tangent::step(std::vector<double>& x, const std::vector<double>& fx) {
  const std::size_t n = x.size();
  if (probe_ < dependence_.probes) {
    for (std::size_t j = 0; j < n; ++j) {
      if (dependence_.probe[j] != probe_) continue;
      for (const int i : dependence_.moves[j])
        slope_[ix(i) * n + j] = (fx[ix(i)] - fx_[ix(i)]) / (x[j] - x_[j]);
    }
    if (++probe_ < dependence_.probes) {
      set_probe(x);
      return Ending::none;
    }
    if (!draws_in() || !invert()) return Ending::failed;
    gap_.resize(n);
    for (std::size_t i = 0; i < n; ++i) gap_[i] = fx_[i] - x_[i];
    best_ = last_change_ = largest(gap_);
    best_x_ = x = x_;
    advance(x);
    return Ending::none;
  }
  std::vector<double> gap(n);
  for (std::size_t i = 0; i < n; ++i) gap[i] = fx[i] - x[i];
  const double change = largest(gap);
  if (!(change <= 2.0 * last_change_)) {
    if (!(best_ <= tolerance * size_)) return Ending::failed;
    ++idle_;
  } else if (change < best_) {
    best_ = change;
    best_x_ = x;
    idle_ = 0;
  } else {
    ++idle_;
  }
  if (best_ <= last_digit * size_ || (best_ <= tolerance * size_ && idle_ > 0)) {
    x = best_x_;
    return Ending::converged;
  }
  if (idle_ > most_idle) return Ending::failed;
  last_change_ = change;
  correct(x, gap);
  advance(x);
  return Ending::none;
}

/// Does repeated multiplication with the slopes wear any vector down?
bool Tangent::draws_in() const {
  const std::size_t n = x_.size();
  std::vector<double> v(n), next(n);
  for (std::size_t i = 0; i < n; ++i)
    v[i] = 1.0 + 0.5 * std::sin(static_cast<double>(3 * i + 1));  // along no axis in particular
  double log_growth = 0.0;
  for (int k = 0; k < power_steps; ++k) {
    std::ranges::fill(next, 0.0);
    for (std::size_t j = 0; j < n; ++j)
      for (const int i : dependence_.moves[j]) next[ix(i)] += slope_[ix(i) * n + j] * v[j];
    const double size = largest(next);
    if (size == 0.0) return true;
    if (!std::isfinite(size)) return false;
    for (double& value : next) value /= size;
    if (2 * k >= power_steps) log_growth += std::log(size);
    v.swap(next);
  }
  return log_growth < 0.5 * power_steps * std::log(contracts);
}

/// `inverse_` = (1 - slope)^-1, by elimination with pivots; false where there is none.
bool Tangent::invert() {
  const std::size_t n = x_.size();
  std::vector<double> a(n * n);
  inverse_.assign(n * n, 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) a[i * n + j] = (i == j ? 1.0 : 0.0) - slope_[i * n + j];
    inverse_[i * n + i] = 1.0;
  }
  for (std::size_t k = 0; k < n; ++k) {
    std::size_t pivot = k;
    for (std::size_t i = k + 1; i < n; ++i)
      if (std::abs(a[i * n + k]) > std::abs(a[pivot * n + k])) pivot = i;
    if (!(std::abs(a[pivot * n + k]) > 1e-12)) return false;
    for (std::size_t j = 0; j < n && pivot != k; ++j) {
      std::swap(a[k * n + j], a[pivot * n + j]);
      std::swap(inverse_[k * n + j], inverse_[pivot * n + j]);
    }
    const double per = 1.0 / a[k * n + k];
    for (std::size_t j = 0; j < n; ++j) {
      a[k * n + j] *= per;
      inverse_[k * n + j] *= per;
    }
    for (std::size_t i = 0; i < n; ++i) {
      const double factor = a[i * n + k];
      if (i == k || factor == 0.0) continue;
      for (std::size_t j = k; j < n; ++j) a[i * n + j] -= factor * a[k * n + j];
      for (std::size_t j = 0; j < n; ++j) inverse_[i * n + j] -= factor * inverse_[k * n + j];
    }
  }
  return true;
}

/// x += inverse gap
void Tangent::advance(std::vector<double>& x) const {
  const std::size_t n = x.size();
  for (std::size_t i = 0; i < n; ++i) {
    double sum = 0.0;
    for (std::size_t j = 0; j < n; ++j) sum += inverse_[i * n + j] * gap_[j];
    x[i] += sum;
  }
}

/// The inverse corrected by what the last step brought (Broyden's first method).
void Tangent::correct(const std::vector<double>& x, const std::vector<double>& gap) {
  const std::size_t n = x.size();
  std::vector<double> step(n), seen(n, 0.0), along(n, 0.0);
  double scale = 0.0;
  for (std::size_t i = 0; i < n; ++i) step[i] = x[i] - x_[i];
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j) {
      seen[i] += inverse_[i * n + j] * (gap_[j] - gap[j]);
      along[j] += step[i] * inverse_[i * n + j];
    }
  for (std::size_t i = 0; i < n; ++i) scale += step[i] * seen[i];
  if (scale != 0.0 && std::isfinite(scale))
    for (std::size_t i = 0; i < n; ++i) {
      const double factor = (step[i] - seen[i]) / scale;
      for (std::size_t j = 0; j < n; ++j) inverse_[i * n + j] += factor * along[j];
    }
  x_ = x;
  gap_ = gap;
}

}  // namespace melian::grid
