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
  std::vector<double> b;          ///< nodes, 0 first, 1 last
  std::vector<double> u;          ///< their log-odds, -infinity first, +infinity last
  std::vector<double> p;          ///< b (1 - b)
  std::vector<double> per_width;  ///< per cell: 1 / (b[k + 1] - b[k])
  std::vector<double> p_max;      ///< per cell: largest b (1 - b)

  Axis() = default;
  explicit Axis(const std::vector<double>& nodes) : b(nodes) {
    for (const double x : b) {
      u.push_back(log_odds(x));
      p.push_back(spread(x));
    }
    for (std::size_t k = 0; k + 1 < b.size(); ++k) {
      per_width.push_back(1.0 / (b[k + 1] - b[k]));
      p_max.push_back(b[k] < 0.5 && b[k + 1] > 0.5 ? 0.25
                                                   : std::max(spread(b[k]), spread(b[k + 1])));
    }
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
