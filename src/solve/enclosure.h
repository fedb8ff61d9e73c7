#pragma once
/// Certain signs: does the prior u_0 rise or fall over a whole stretch of a decision's curve? Interval arithmetic on
///   du_0/dc = sum_a sigma_a1 / h'_a + sum_a (sigma_a1 - sigma_a0) slope_a0 p_a / h'_a,  p = b (1 - b);
/// in the second sum any constant may be taken off slope_a0 p_a / h'_a, since both strategies sum to one.

#include <vector>

#include "solve/line.h"

namespace melian::grid {

struct Range {
  double low = infinity, high = -infinity;
  void add(double x) {
    low = std::min(low, x);
    high = std::max(high, x);
  }
};

/// Over all posteriors between two: scores by type, 1 / h', and slope_0 p / h'.
struct Spell {
  Range s[2], per_steepness, pull;
};

class Enclosure {
 public:
  /// +1 or -1 where du_0/dc certainly has that sign while the posteriors of the curved branches run from `low` to `high`,
  /// each on one monotone piece of its h; else 0.
  [[nodiscard]] double sign_by_c(const Line& line, const double* low, const double* high);
  /// Bounds on u_0 = c + log Z_1 - log Z_0 over the same stretch, c from `c_low` to `c_high`, round-off included.
  [[nodiscard]] Range prior(const Line& line, double c_low, const double* low, double c_high, const double* high);

 private:
  std::vector<Spell> spells_;
};

/// The same for du_0/du of a line's only curved branch, u from `from` to `to`.
[[nodiscard]] double sign_by_posterior(const Line& line, double from, double to);

}  // namespace melian::grid
