#include "melian/numeric.h"

namespace melian {

double normal_quantile_two_sided(double level) {
  // Bisection on erf: monotone, exact to round-off, and nobody needs it fast.
  double low = 0.0, high = 40.0;
  for (int i = 0; i < 200; ++i) {
    const double middle = 0.5 * (low + high);
    (std::erf(middle / std::sqrt(2.0)) < level ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

Interval binomial_interval(std::int64_t successes, std::int64_t trials, double level) {
  if (trials <= 0) return {};
  const double z = normal_quantile_two_sided(level), n = static_cast<double>(trials),
               p = static_cast<double>(successes) / n;
  const double centre = (p + z * z / (2 * n)) / (1 + z * z / n);
  const double half = z / (1 + z * z / n) * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  // Ends that are 0 and 1 on paper are so here too.
  return {successes == 0 ? 0.0 : std::max(0.0, centre - half),
          successes == trials ? 1.0 : std::min(1.0, centre + half)};
}

}  // namespace melian
