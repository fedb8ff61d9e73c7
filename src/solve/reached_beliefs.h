#pragma once
/// Which public beliefs play reaches from the prior, beliefs carried exactly and strategies read
/// between nodes.

#include <vector>

#include "melian/beliefs.h"
#include "melian/solve.h"

namespace melian::grid {

/// A belief on one axis, with the probability that play comes to stand at it.
struct ReachedBelief {
  double belief = 0.0, probability = 0.0;
};

struct ReachedBeliefs {
  std::vector<std::vector<ReachedBelief>>
      on_axis;  ///< increasing, strictly inside (0, 1), no two closer than `FollowPlay::merged`
  std::int64_t left_out = 0;  ///< beliefs that a public state had no room for
};

/// Follows play forward, as the analyst expects it. Beliefs count where they can still matter;
/// log-probabilities are read multilinearly between nodes (on nodes exactly). Requires: play never
/// comes back to where it was.
[[nodiscard]] ReachedBeliefs reached_beliefs(const Game& game, const BeliefSpace& space,
                                             const Assessment& strategies,
                                             const FollowPlay& follow);

}  // namespace melian::grid
