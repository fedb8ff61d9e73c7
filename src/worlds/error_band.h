#pragma once
/// How far the numbers of plausible worlds may be wrong, told from a few worlds that were solved
/// again on a finer grid (docs/methods_worlds.md, "Their error";
/// docs/decisions/0018-error-of-worlds.md).

#include <array>
#include <limits>
#include <vector>

#include "claims/claims.h"
#include "study/worlds_limits.h"

namespace melian {

/// So many worlds of all keep to their error, where enough are checked.
inline constexpr double band_coverage = 0.9;

/// An error of one comparison, in shares of its size in a world (`ClaimGaps::half_reaches`).
struct ErrorBand {
  double factor = std::numeric_limits<double>::infinity();  ///< infinite: nothing is decided
  double coverage =
      0.0;          ///< chance that a world keeps to it which is drawn as the checked ones were
  int checked = 0;  ///< worlds it is told from
  [[nodiscard]] double error(
      double size) const;  ///< in a world of that size; infinite where the factor is
};

/// How far the finer grid moved a gap, in sizes. Infinite where the finer grid has no number.
[[nodiscard]] double moved_score(double gap, double finer_gap, double size);
/// How much of it the finer grid took back, towards the threshold and beyond: 0 where it moved the
/// gap away from there.
[[nodiscard]] double taken_back_score(double gap, double finer_gap, double size);

/// Split conformal prediction: the k-th smallest score, k = ceil(.9 (n + 1)), the largest where n
/// is too small for that; either way a further world's score is no larger with a probability of k /
/// (n + 1) at least, whatever the scores' distribution. Source: [Vovk2005], [Lei2018].
[[nodiscard]] ErrorBand conformal_band(std::vector<double> scores);

/// The errors of one comparison.
struct ComparisonBands {
  ErrorBand moved;                      ///< of the gap, either way, in all worlds
  std::array<ErrorBand, 2> taken_back;  ///< what verdicts rest on: in worlds without and with
                                        ///< decisions that have several solutions
};

/// A claim's, like its gaps.
struct ClaimBands {
  std::vector<std::vector<ComparisonBands>> halves, guards;  ///< [half or guard][comparison]
};
/// `coarse`, `fine`: the checked worlds on the two grids; empty ones (no halves) where a game
/// failed. Worlds without a number on the coarse grid are open anyway and tell nothing.
[[nodiscard]] ClaimBands bands_of(const ParsedClaim& parsed, const std::vector<ClaimGaps>& coarse,
                                  const std::vector<ClaimGaps>& fine);

/// The errors that decide in one world, as `judge_gaps` takes them.
[[nodiscard]] ClaimGaps errors_in(const ClaimGaps& world, const ClaimBands& bands);

}  // namespace melian
