#include <algorithm>
#include <cmath>

#include "melian/numeric.h"

namespace melian {
namespace {

/// How strongly nodes crowd towards the corners: b = (1 + tanh(crowding z) / tanh(crowding)) / 2
/// for z on [-1, 1], which is uniform in log-odds (2 crowding z) away from the very ends.
constexpr double crowding = 2.0;

constexpr double too_narrow_to_warp =
    1e-6;  ///< a stretch of z on which the warp is straight, and rounds

double warped(double z) { return 0.5 * (1.0 + std::tanh(crowding * z) / std::tanh(crowding)); }
double unwarped(double b) { return std::atanh((2.0 * b - 1.0) * std::tanh(crowding)) / crowding; }

/// Cells for each stretch between neighbouring fixed nodes: multiples of `unit`, in all `units` of
/// them, so that the widest cell is as narrow as can be.
std::vector<int> share_out(const std::vector<double>& width, int units, int unit) {
  std::vector<int> cells(width.size(), unit);
  for (int given = static_cast<int>(width.size()); given < units; ++given) {
    std::size_t widest = 0;
    for (std::size_t s = 1; s < width.size(); ++s)
      if (width[s] * cells[widest] > width[widest] * cells[s]) widest = s;
    cells[widest] += unit;
  }
  return cells;
}

/// The interior ones, increasing, between the corners.
std::vector<double> with_corners(std::span<const double> must_have) {
  std::vector<double> fixed{0.0, 1.0};
  for (const double node : must_have)
    if (node > 0.0 && node < 1.0) fixed.push_back(node);
  std::sort(fixed.begin(), fixed.end());
  fixed.erase(std::unique(fixed.begin(), fixed.end()), fixed.end());
  return fixed;
}

}  // namespace

std::vector<double> belief_axis(int count, std::span<const double> must_have) {
  const std::vector<double> fixed = with_corners(must_have);
  const int stretches = static_cast<int>(fixed.size()) - 1;
  const int cells = std::max(count - 1, stretches);
  int unit = 4;  // fixed nodes then stay nodes when every second node is dropped, and again
  while (cells % unit != 0 || cells / unit < stretches) unit /= 2;
  std::vector<double> z, width;
  for (const double node : fixed) z.push_back(unwarped(node));
  for (int s = 0; s < stretches; ++s)
    width.push_back(z[static_cast<std::size_t>(s) + 1] - z[static_cast<std::size_t>(s)]);
  const std::vector<int> shares = share_out(width, cells / unit, unit);
  std::vector<double> nodes{0.0};
  for (std::size_t s = 0; s < shares.size(); ++s) {
    for (int k = 1; k < shares[s]; ++k) {
      const double node = width[s] > too_narrow_to_warp
                              ? warped(z[s] + width[s] * k / shares[s])
                              : fixed[s] + (fixed[s + 1] - fixed[s]) * k / shares[s];
      if (nodes.back() < node && node < fixed[s + 1])
        nodes.push_back(node);  // not between neighbouring floating-point numbers
    }
    nodes.push_back(fixed[s + 1]);
  }
  return nodes;
}

std::vector<double> coarsen_axis(const std::vector<double>& axis,
                                 std::span<const double> must_have) {
  std::vector<double> out;
  for (std::size_t k = 0; k < axis.size(); ++k) {
    const bool kept = k % 2 == 0 || k + 1 == axis.size() ||
                      std::find(must_have.begin(), must_have.end(), axis[k]) != must_have.end();
    if (kept) out.push_back(axis[k]);
  }
  return out;
}

std::vector<double> refine_axis(const std::vector<double>& axis) {
  std::vector<double> out;
  for (std::size_t k = 0; k + 1 < axis.size(); ++k) {
    out.push_back(axis[k]);
    const double middle = 0.5 * (axis[k] + axis[k + 1]);
    if (axis[k] < middle && middle < axis[k + 1])
      out.push_back(middle);  // not between neighbouring floating-point numbers
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
