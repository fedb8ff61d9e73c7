#include <algorithm>

#include "melian/numeric.h"

namespace melian {

double log_sum_exp(std::span<const double> x) {
  double largest = -infinity;
  for (const double value : x) largest = std::max(largest, value);
  if (std::isinf(largest)) return largest;
  double sum = 0.0;
  for (const double value : x) sum += std::exp(value - largest);
  return largest + std::log(sum);
}

}  // namespace melian
