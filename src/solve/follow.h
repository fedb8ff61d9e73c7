#pragma once
/// Follows one solution of one decision while its scores change from those of one line to those of
/// another.

#include <vector>

#include "solve/arrow.h"

namespace melian::grid {

class Follower {
 public:
  /// From the solution of `from` with log-likelihood ratios `ratio` (log sigma_1 - log sigma_0, per
  /// branch; only those open to both types are read) to a solution of `to` at prior log-odds
  /// `target`, along S_t = (1 - t) S_from + t S_to. True when t = 1 was reached on one smooth
  /// stretch (the system's determinant keeps its positive sign); false where the solution ended in
  /// a fold: `posterior` is then the last point before it.
  bool follow(const Line& from, const Line& to, double target, const std::vector<double>& ratio);

  /// Posterior log-odds per branch (meaningful for branches open to both types).
  [[nodiscard]] const std::vector<double>& posterior() const { return posterior_; }

 private:
  Blend blend_;
  Arrow arrow_;
  std::vector<double> posterior_, u_, trial_;
};

/// The scores of a decision at lambda = 0: the base measure alone. `log_weights`: per branch.
void flatten(const Line& line, const std::vector<double>& log_weights, Line& out);

}  // namespace melian::grid
