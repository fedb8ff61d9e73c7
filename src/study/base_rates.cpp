#include <cmath>

#include "melian/study.h"

namespace melian {

double BaseRate::survival(double rounds) const {
  const double scale = median / std::pow(std::log(2.0), 1.0 / shape);
  const auto hazard = [&](double time) { return std::pow(time / scale, shape); };
  return std::exp(hazard(age) - hazard(age + rounds * round_length));
}

}  // namespace melian
