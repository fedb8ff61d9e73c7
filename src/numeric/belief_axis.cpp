#include <algorithm>

#include "melian/numeric.h"

namespace melian {
namespace {

/// How strongly nodes crowd towards the corners: b = (1 + tanh(strength z) / tanh(strength)) / 2 for z uniform on [-1, 1],
/// which is uniform in log-odds (2 strength z) away from the very ends.
constexpr double crowding = 2.0;

double warped(double z) { return 0.5 * (1.0 + std::tanh(crowding * z) / std::tanh(crowding)); }

}  // namespace

std::vector<double> belief_axis(int count, std::span<const double> must_have) {
  std::vector<double> fixed;
  for (const double node : must_have)
    if (node > 0.0 && node < 1.0) fixed.push_back(node);
  std::sort(fixed.begin(), fixed.end());
  fixed.erase(std::unique(fixed.begin(), fixed.end()), fixed.end());
  count = std::max(count, 2 + static_cast<int>(fixed.size()));
  std::vector<double> nodes(static_cast<std::size_t>(count));
  for (int k = 0; k < count; ++k) nodes[static_cast<std::size_t>(k)] = warped(2.0 * k / (count - 1) - 1.0);
  nodes.front() = 0.0;
  nodes.back() = 1.0;
  // Each required node takes the place of the nearest interior node not yet taken, in log-odds.
  std::vector<bool> taken(nodes.size(), false);
  taken.front() = taken.back() = true;
  for (const double node : fixed) {
    std::size_t best = 0;
    double distance = infinity;
    for (std::size_t k = 1; k + 1 < nodes.size(); ++k) {
      const double d = std::abs(log_odds(nodes[k]) - log_odds(node));
      if (!taken[k] && d < distance) {
        distance = d;
        best = k;
      }
    }
    nodes[best] = node;
    taken[best] = true;
  }
  std::sort(nodes.begin(), nodes.end());
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
  return nodes;
}

std::vector<double> refine_axis(const std::vector<double>& axis) {
  std::vector<double> out;
  for (std::size_t k = 0; k + 1 < axis.size(); ++k) {
    out.push_back(axis[k]);
    const double middle = 0.5 * (axis[k] + axis[k + 1]);
    if (axis[k] < middle && middle < axis[k + 1]) out.push_back(middle);  // not between neighbouring floating-point numbers
  }
  out.push_back(axis.back());
  return out;
}

Place locate(const std::vector<double>& nodes, double x) {
  if (nodes.size() == 1) return {0, 0.0};
  const auto after = std::upper_bound(nodes.begin() + 1, nodes.end() - 1, x);
  const auto cell = static_cast<std::size_t>(after - nodes.begin()) - 1;
  const double weight = (x - nodes[cell]) / (nodes[cell + 1] - nodes[cell]);
  return {static_cast<int>(cell), std::clamp(weight, 0.0, 1.0)};
}

}  // namespace melian
