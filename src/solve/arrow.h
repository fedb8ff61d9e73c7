#pragma once
/// Newton's method on one decision: unknowns c and the posteriors u_a of the curved branches, tied
/// only through c, so the Jacobian is an arrow and a step costs O(branches).

#include <vector>

#include "solve/blend.h"

namespace melian::grid {

class Arrow {
 public:
  /// Everything at (c, u) for prior log-odds `target`: scores, strategies, misses.
  template <class Scores>  // Line or Blend
  void evaluate(const Scores& line, double target, double c, const double* u);
  /// One Newton step from the last evaluation, no posterior moving by more than `cap`; false where
  /// the Jacobian is singular.
  bool step(double& c, double* u, double cap);
  /// Steps until the equations hold to round-off; false after `most` steps.
  template <class Scores>
  bool solve(const Scores& line, double target, double& c, double* u, int most, double cap);

  [[nodiscard]] double miss() const { return miss_; }    ///< largest |equation|
  [[nodiscard]] double prior() const { return prior_; }  ///< c + log Z_1 - log Z_0
  [[nodiscard]] double slope() const { return slope_; }  ///< du_0/dc
  [[nodiscard]] double determinant_sign() const {
    return sign_;
  }  ///< of the whole system; positive on the branch from lambda 0
  [[nodiscard]] double steepness(std::size_t i) const { return scores_[i].steepness(); }
  [[nodiscard]] double kappa() const { return kappa_; }

 private:
  std::vector<Score> scores_;
  std::vector<int> cells_;
  std::vector<double> u_, b_, p_, off_, weight0_, weight1_,
      lean_;  ///< per curved branch: posterior; h - c; exp S (scaled); sigma_1 q_1 - sigma_0 q_0
  double miss_ = 0.0, prior_ = 0.0, slope_ = 1.0, sign_ = 1.0, kappa_ = 0.0, off_prior_ = 0.0,
         moved_ = 0.0;
};

}  // namespace melian::grid
