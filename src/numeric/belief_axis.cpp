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

/// A position on a centre's own scale z in [-1, 1], and back.
double scale_of(double u, double centre) {
  return std::isinf(u) ? (u > 0.0 ? 1.0 : -1.0) : unwarped(logistic(u - centre));
}
double from_scale(double z, double centre) { return log_odds(warped(z)) + centre; }

/// What lies between two neighbouring fixed nodes, in log-odds.
struct Stretch {
  double from, to;
  DoubtCentre centre;
  [[nodiscard]] double low() const { return scale_of(from, centre.at); }
  [[nodiscard]] double width() const { return scale_of(to, centre.at) - low(); }
};

std::vector<Stretch> stretches_of(std::span<const DoubtCentre> centres,
                                  std::span<const double> must_have) {
  constexpr double alike = 1e-6;  // logits: a border this near to a node that must be is that node
  std::vector<double> fixed{-infinity, infinity};
  for (const double node : must_have)
    if (std::isfinite(node)) fixed.push_back(node);
  std::sort(fixed.begin(), fixed.end());
  fixed.erase(std::unique(fixed.begin(), fixed.end()), fixed.end());
  std::vector<double> borders;
  for (std::size_t k = 0; k + 1 < centres.size(); ++k) {
    const double border = 0.5 * (centres[k].at + centres[k + 1].at);
    const auto after = std::lower_bound(fixed.begin(), fixed.end(), border);
    const bool near = *after - border <= alike || border - *std::prev(after) <= alike;
    if (!near) borders.push_back(border);
  }
  fixed.insert(fixed.end(), borders.begin(), borders.end());
  std::sort(fixed.begin(), fixed.end());
  std::vector<Stretch> out;
  for (std::size_t k = 0; k + 1 < fixed.size(); ++k) {
    const double low = fixed[k], high = fixed[k + 1];
    const double middle = std::isinf(low)    ? high - 1.0
                          : std::isinf(high) ? low + 1.0
                                             : 0.5 * (low + high);
    const DoubtCentre* nearest = &centres[0];
    for (const DoubtCentre& one : centres)
      if (std::abs(one.at - middle) < std::abs(nearest->at - middle)) nearest = &one;
    if (std::isinf(low)) nearest = &centres.front();
    if (std::isinf(high)) nearest = &centres.back();
    out.push_back({low, high, *nearest});
  }
  return out;
}

/// The largest of 4, 2 and 1 that divides `cells` into enough units for every stretch: fixed nodes
/// then stay nodes when every second node is dropped, and again.
int unit_of(int cells, int stretches) {
  int unit = 4;
  while (cells % unit != 0 || cells / unit < stretches) unit /= 2;
  return unit;
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
  const int unit = unit_of(cells, stretches);
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

BeliefAxis belief_axis(int count, std::span<const DoubtCentre> centres,
                       std::span<const double> must_have) {
  MELIAN_EXPECT(!centres.empty(), "somebody who may be in doubt");
  const std::vector<Stretch> stretches = stretches_of(centres, must_have);
  std::vector<double> width;
  double scales = 0.0;  // that nodes are spent on, each from -1 to 1
  for (const Stretch& one : stretches) {
    width.push_back(one.centre.weight * one.width());
    scales += 0.5 * width.back();
  }
  constexpr int whole_units = 4;
  const int wanted = static_cast<int>(std::ceil(scales * (count - 1) / whole_units - 1e-9)) *
                     whole_units,
            cells = std::max(wanted, static_cast<int>(stretches.size()));
  const int unit = unit_of(cells, static_cast<int>(stretches.size()));
  const std::vector<int> shares = share_out(width, cells / unit, unit);
  BeliefAxis out{.nodes = {0.0}, .log_odds = {-infinity}};
  for (std::size_t s = 0; s < stretches.size(); ++s) {
    const Stretch& here = stretches[s];
    const auto add = [&](double u) {
      out.log_odds.push_back(u);
      out.nodes.push_back(logistic(u));
      out.centre.push_back(here.centre.at);
    };
    const double low = here.low(), step = here.width() / shares[s];
    for (int k = 1; k < shares[s]; ++k) {
      const double u = from_scale(low + step * k, here.centre.at);
      if (out.log_odds.back() < u && u < here.to) add(u);
    }
    add(here.to);
  }
  return out;
}

std::vector<double> node_log_odds(const BeliefAxis& axis) {
  if (!axis.plain()) return axis.log_odds;
  std::vector<double> out;
  for (const double node : axis.nodes) out.push_back(log_odds(node));
  return out;
}

BeliefAxis coarsen_axis(const BeliefAxis& axis, std::span<const double> must_have) {
  const std::vector<double> all = node_log_odds(axis);
  BeliefAxis out;
  for (std::size_t k = 0; k < all.size(); ++k) {
    const bool last = k + 1 == all.size();
    // A cell has one centre.
    const bool border = !axis.plain() && k > 0 && !last && axis.centre[k - 1] != axis.centre[k];
    if (k % 2 != 0 && !last && !border &&
        std::find(must_have.begin(), must_have.end(), all[k]) == must_have.end())
      continue;
    out.nodes.push_back(axis.nodes[k]);
    if (axis.plain()) continue;
    out.log_odds.push_back(all[k]);
    if (!last) out.centre.push_back(axis.centre[k]);
  }
  return out;
}

BeliefAxis refine_axis(const BeliefAxis& axis) {
  if (axis.plain()) return {.nodes = refine_axis(axis.nodes)};
  BeliefAxis out;
  const auto add = [&](double u, double node) {
    out.log_odds.push_back(u);
    out.nodes.push_back(node);
  };
  for (std::size_t k = 0; k < axis.centre.size(); ++k) {
    const double centre = axis.centre[k], low = axis.log_odds[k], high = axis.log_odds[k + 1];
    add(low, axis.nodes[k]);
    out.centre.push_back(centre);
    const double middle =
        log_odds(0.5 * (logistic(low - centre) + logistic(high - centre))) + centre;
    if (!(low < middle && middle < high)) continue;
    add(middle, logistic(middle));
    out.centre.push_back(centre);
  }
  add(axis.log_odds.back(), axis.nodes.back());
  return out;
}

LaidAxis::LaidAxis(BeliefAxis axis) : axis_(std::move(axis)), log_odds_(node_log_odds(axis_)) {
  for (std::size_t k = 0; k < axis_.centre.size(); ++k) {
    low_.push_back(logistic(log_odds_[k] - axis_.centre[k]));
    width_.push_back(logistic(log_odds_[k + 1] - axis_.centre[k]) - low_.back());
  }
}

Place LaidAxis::locate(double u) const {
  if (plain()) return melian::locate(axis_.nodes, logistic(u));
  const auto after = std::upper_bound(log_odds_.begin() + 1, log_odds_.end() - 1, u);
  const auto cell = static_cast<std::size_t>(after - log_odds_.begin()) - 1;
  const double weight = (logistic(u - axis_.centre[cell]) - low_[cell]) / width_[cell];
  return {static_cast<int>(cell), std::clamp(weight, 0.0, 1.0)};
}

Place locate(const std::vector<double>& nodes, double x) {
  if (nodes.size() == 1) return {0, 0.0};
  const auto after = std::upper_bound(nodes.begin() + 1, nodes.end() - 1, x);
  const auto cell = static_cast<std::size_t>(after - nodes.begin()) - 1;
  const double weight = (x - nodes[cell]) / (nodes[cell + 1] - nodes[cell]);
  return {static_cast<int>(cell), std::clamp(weight, 0.0, 1.0)};
}

}  // namespace melian
