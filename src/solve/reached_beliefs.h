#pragma once
/// Which public beliefs play reaches from the prior, beliefs carried exactly and strategies read
/// between nodes.

#include <vector>

#include "melian/beliefs.h"
#include "melian/solve.h"

namespace melian::grid {

/// A scale on which beliefs on an axis are told apart: the sum over the centres of its cells of
/// what observers in doubt there believe, from 0 to `top`. On a plain axis the analyst's
/// probability.
class BeliefScale {
 public:
  explicit BeliefScale(const BeliefAxis& axis);
  [[nodiscard]] double top() const { return static_cast<double>(centres_.size()); }
  [[nodiscard]] double of(double log_odds) const;
  [[nodiscard]] double log_odds_of(double belief) const;
  /// An axis with nodes at these places of the scale; `exact`: log-odds to take where a node is
  /// theirs.
  [[nodiscard]] BeliefAxis axis(const std::vector<double>& nodes,
                                const std::vector<double>& exact) const;

 private:
  bool plain_;
  std::vector<double> centres_;  ///< increasing
};

/// A belief on one axis, on its scale and as log-odds, with the probability that play comes to
/// stand at it: the analyst's, or that of an observer who disagrees, whichever is larger.
struct ReachedBelief {
  double belief = 0.0, log_odds = 0.0, probability = 0.0;
};

struct ReachedBeliefs {
  std::vector<std::vector<ReachedBelief>> on_axis;  ///< increasing, strictly inside their scale, no
                                                    ///< two closer than `FollowPlay::merged`
  std::int64_t left_out = 0;                        ///< beliefs that a public state had no room for
};

/// Follows play forward, as the analyst expects it and as observers who disagree do; `scales`:
/// [axis]. Beliefs count where they can still matter; log-probabilities are read multilinearly
/// between nodes (on nodes exactly). Requires: play never comes back to where it was.
[[nodiscard]] ReachedBeliefs reached_beliefs(const Game& game, const BeliefSpace& space,
                                             const std::vector<BeliefScale>& scales,
                                             const Assessment& strategies,
                                             const FollowPlay& follow);

}  // namespace melian::grid
