#pragma once
/// Which offers both sides would rather see accepted than refused, by type pair.

#include <optional>
#include <span>
#include <vector>

#include "melian/game.h"
#include "predict/probes.h"

namespace melian {

/// The bargaining range of one type pair, averaged over where the offer is made.
///
/// At one public state and belief: the offers x (between grid points by linear interpolation) which
/// the responder's type weakly prefers to accept rather than to take its best other answer, and of
/// which the proposer's type weakly prefers the acceptance to that same other answer. Both are
/// judged at the belief held when the offer is made: the offer itself reveals nothing; the answer
/// does, as it does in play.
struct BargainingRange {
  int proposer_type = 0, responder = 0, responder_type = 0;
  double weight =
      0.0;  ///< expected number of offers made by this pair in these rounds, by the analyst
  double share = 0.0;               ///< share of them with a non-empty range
  double width = 0.0;               ///< mean of high - low, 0 where empty
  std::optional<double> low, high;  ///< means over the non-empty ones; none when every one is empty
};

/// Ranges of all type pairs of the proposer of `offer` and whoever answers it, over rounds
/// first_round..last_round (from 1), restricted to `given` (no `Takes`).
///
/// Units:    of the offer's numbers.
/// Requires: `offer` is an offer move. Offers that nobody answers (no branch accepts them) have no
/// range and no weight. Source:   [Fearon1995], the bargaining range; docs/methods_predict.md,
/// "Bargaining range".
[[nodiscard]] std::vector<BargainingRange> bargaining_range(
    const Game& game, const Assessment& assessment, int offer, int first_round = 1,
    int last_round = std::numeric_limits<int>::max(), std::span<const Given> given = {});

}  // namespace melian
