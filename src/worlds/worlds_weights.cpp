#include "worlds/worlds_weights.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/core.h>

namespace melian {
namespace {

/// share * log(probability / share), 0 where the share is.
double term(double share, double probability) {
  return share <= 0.0 ? 0.0 : share * (std::log(probability) - std::log(share));
}

}  // namespace

double log_weight_by_base_rate(double survival, double share, double wars) {
  MELIAN_EXPECT(share >= 0 && share <= 1 && wars > 0, "a share and a number of wars");
  const double probability = std::clamp(survival, 0.0, 1.0);
  return wars * (term(share, probability) + term(1.0 - share, 1.0 - probability));
}

std::vector<std::optional<double>> normalised_weights(
    const std::vector<std::optional<double>>& log_weights) {
  double largest = -std::numeric_limits<double>::infinity();
  for (const auto& log : log_weights)
    if (log && std::isfinite(*log)) largest = std::max(largest, *log);
  const bool all_vanish = !std::isfinite(largest);
  std::vector<std::optional<double>> out;
  double sum = 0.0;
  std::size_t count = 0;
  for (const auto& log : log_weights) {
    if (!log || std::isnan(*log)) {
      out.emplace_back();
      continue;
    }
    out.emplace_back(all_vanish ? 1.0 : std::exp(*log - largest));
    sum += *out.back();
    ++count;
  }
  for (auto& weight : out)
    if (weight) *weight *= static_cast<double>(count) / sum;
  return out;
}

metric::Atom survival_atom(int round) {
  const auto parsed = metric::parse_metric(fmt::format("survival({})", round));
  MELIAN_EXPECT(parsed.mistakes.empty() && parsed.value.kind == metric::Expression::Kind::atom,
                "survival is a quantity");
  return parsed.value.atom;
}

}  // namespace melian
