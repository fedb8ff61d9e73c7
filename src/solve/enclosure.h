#pragma once
/// Certain signs: does the prior u_0 rise or fall over a whole stretch of a decision's curve?
/// Interval arithmetic on
///   du_0/dc = sum_a sigma_a1 / h'_a + sum_a (sigma_a1 - sigma_a0) slope_a0 p_a / h'_a,  p = b (1 -
///   b);
/// in the second sum any constant may be taken off slope_a0 p_a / h'_a, since both strategies sum
/// to one.

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

/// One end of a stretch within a cell: the belief in log-odds, as the cell's observer sees it, as a
/// probability b, b (1 - b), and a cell near it.
struct End {
  double u = infinity, b = 1.0, p = 0.0;
  int cell = 0;
};

/// What is certain of a stretch of the curve.
struct Verdict {
  double sign =
      0.0;  ///< +1 or -1 where u_0 certainly rises or falls with the parameter throughout, else 0
  Range prior{-infinity, infinity};  ///< bounds on u_0 there; only meant where `sign` is 0
};

class Enclosure {
 public:
  /// Along c, from `c_low` to `c_high`, while the posteriors of the curved branches run from `low`
  /// to `high`, each on one monotone piece of its h.
  [[nodiscard]] Verdict along_c(const Line& line, double c_low, const double* low, double c_high,
                                const double* high);

 private:
  /// Over all posteriors of one branch: scores by type, 1 / h', slope_0 p / h', and exp of the
  /// scores' bounds.
  struct Spell {
    Range s[2], per_steepness, pull;
    double least[2] = {0.0, 0.0}, most[2] = {0.0, 0.0};
  };
  static bool survey(const Line& line, int branch, double from, double to, End& last, Spell& out);

  std::vector<Spell> spells_;
  std::vector<End> last_;  ///< per curved branch
};

/// Bounds on u_0 while c runs from `c_low` to `c_high` and posteriors from `low` to `high`: the
/// prior is an average of the posteriors (beliefs are martingales), those of the branches that do
/// not move with beliefs included.
[[nodiscard]] Range prior_hull(const Line& line, double c_low, const double* low, double c_high,
                               const double* high);

/// Along the posterior of a line's only curved branch, from `from` to `to`, where u_0 is
/// `prior_from` and `prior_to`.
[[nodiscard]] Verdict along_posterior(const Line& line, double from, double prior_from, double to,
                                      double prior_to);

}  // namespace melian::grid
