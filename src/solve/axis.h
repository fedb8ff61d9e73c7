#pragma once
/// One belief axis as the kernel needs it: nodes as probabilities and as log-odds, and what cells
/// make of b (1 - b).

#include <algorithm>
#include <vector>

#include "melian/numeric.h"

namespace melian::grid {

[[nodiscard]] inline std::size_t ix(std::int64_t i) { return static_cast<std::size_t>(i); }

/// b (1 - b), the derivative of b with respect to its log-odds.
[[nodiscard]] inline double spread(double b) { return b * (1.0 - b); }

struct Axis {
  std::vector<double> b;  ///< nodes, the analyst's beliefs: 0 first, 1 last
  std::vector<double> u;  ///< their log-odds, -infinity first, +infinity last
  /// Per cell: the log-odds at which the observer by whose own probability it is linear is at one
  /// half (0 on plain axes); that probability at its lower end; p = b (1 - b) of it at both ends; 1
  /// / how much it gains; the largest p within.
  std::vector<double> centre, low, p_low, p_high, per_width, p_max;
  std::vector<double> centres;  ///< that differ; one on plain axes
  bool plain = true;

  Axis() = default;
  explicit Axis(const std::vector<double>& nodes) : Axis(BeliefAxis{.nodes = nodes}) {}
  explicit Axis(const BeliefAxis& axis)
      : b(axis.nodes), u(node_log_odds(axis)), centre(axis.centre), plain(axis.plain()) {
    if (plain) centre.assign(b.size() - 1, 0.0);
    for (std::size_t k = 0; k + 1 < b.size(); ++k) {
      const double from = plain ? b[k] : logistic(u[k] - centre[k]),
                   to = plain ? b[k + 1] : logistic(u[k + 1] - centre[k]);
      low.push_back(from);
      p_low.push_back(spread(from));
      p_high.push_back(spread(to));
      per_width.push_back(1.0 / (to - from));
      p_max.push_back(from < 0.5 && to > 0.5 ? 0.25 : std::max(spread(from), spread(to)));
      if (centres.empty() || centres.back() != centre[k]) centres.push_back(centre[k]);
    }
  }
  /// How far apart two log-odds are in the eyes of whoever sees them furthest apart: a difference
  /// of probabilities.
  [[nodiscard]] double apart(double one, double other) const {
    double most = 0.0;
    for (const double at : centres)
      most = std::max(most, std::abs(logistic(one - at) - logistic(other - at)));
    return most;
  }
  [[nodiscard]] int nodes() const { return static_cast<int>(b.size()); }
  [[nodiscard]] int cells() const { return static_cast<int>(per_width.size()); }

  /// The cell around log-odds x, found by walking from `hint`.
  [[nodiscard]] int cell_of(double x, int hint) const {
    const int last = cells() - 1;
    int k = std::min(hint, last);
    // Far jumps are rare; near ones are the rule.
    for (int step = 0; step < 4; ++step) {
      if (k < last && x >= u[ix(k + 1)])
        ++k;
      else if (k > 0 && x < u[ix(k)])
        --k;
      else
        return k;
    }
    const auto after = std::upper_bound(u.begin() + 1, u.end() - 1, x);
    return static_cast<int>(after - u.begin()) - 1;
  }
};

}  // namespace melian::grid
