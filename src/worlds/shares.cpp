#include "worlds/shares.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/students_t.hpp>

namespace melian {
namespace {

constexpr double tail = 0.025;  ///< each side of a 95 % interval

struct Ends {
  double estimate, low, high;
};

/// Exact interval of a share among `count` independent draws.
Ends exact(double share, double count) {
  using Binomial = boost::math::binomial_distribution<double>;
  const double successes = std::clamp(share, 0.0, 1.0) * count;
  return {share, Binomial::find_lower_bound_on_p(count, successes, tail),
          Binomial::find_upper_bound_on_p(count, successes, tail)};
}

/// The ratio of two sums over scrambles.
Ends ratio(std::span<const double> above, std::span<const double> below, double count) {
  const double total_above = std::accumulate(above.begin(), above.end(), 0.0),
               total_below = std::accumulate(below.begin(), below.end(), 0.0);
  const double estimate = total_above / total_below;
  const std::size_t n = above.size();
  if (n < 2) return exact(estimate, count);
  std::vector<double> pseudo;
  for (std::size_t r = 0; r < n; ++r) {
    const double rest = total_below - below[r];
    const double without = rest > 0 ? (total_above - above[r]) / rest : estimate;
    pseudo.push_back(static_cast<double>(n) * estimate - static_cast<double>(n - 1) * without);
  }
  const double mean = std::accumulate(pseudo.begin(), pseudo.end(), 0.0) / static_cast<double>(n);
  double squares = 0.0;
  for (const double value : pseudo) squares += (value - mean) * (value - mean);
  const double error = std::sqrt(squares / static_cast<double>(n - 1) / static_cast<double>(n));
  constexpr double round_off = 1e-12;  // pseudo-values of equal shares differ by no more
  if (error < round_off) return exact(estimate, count);
  const double half = student_quantile(n - 1) * error;
  return {estimate, std::max(0.0, estimate - half), std::min(1.0, estimate + half)};
}

}  // namespace

double student_quantile(std::size_t degrees_of_freedom) {
  return boost::math::quantile(
      boost::math::students_t_distribution<double>(static_cast<double>(degrees_of_freedom)),
      1.0 - tail);
}

Share share_over(std::span<const ShareSums> scrambles) {
  MELIAN_EXPECT(!scrambles.empty(), "at least one scramble");
  std::vector<double> holds, open, totals;
  double undecided = 0.0, total = 0.0, squares = 0.0;
  for (const ShareSums& sums : scrambles) {
    holds.push_back(sums.holds);
    open.push_back(sums.holds + sums.undecided);
    totals.push_back(sums.total);
    undecided += sums.undecided;
    total += sums.total;
    squares += sums.squares;
  }
  MELIAN_EXPECT(total > 0, "weights that are not all zero");
  const double count =
      total * total / squares;  // what the weights are worth; all of them where they are equal
  const Ends lower = ratio(holds, totals, count), upper = ratio(open, totals, count);
  return {lower.estimate, lower.low, upper.high, undecided / total};
}

double effective_number(std::span<const double> weights) {
  double sum = 0.0, squares = 0.0;
  for (const double weight : weights) sum += weight, squares += weight * weight;
  return squares > 0 ? sum * sum / squares : 0.0;
}

double quantile_of(std::span<const double> sorted, double probability) {
  MELIAN_EXPECT(!sorted.empty(), "numbers");
  const double place = probability * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

}  // namespace melian
