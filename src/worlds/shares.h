#pragma once
/// How often a claim holds over worlds, with an interval from independent scrambles
/// (docs/methods_worlds.md).

#include <cstddef>
#include <span>
#include <vector>

#include "melian/claims.h"

namespace melian {

/// What one scramble says of a claim: sums of the weights of its worlds (1 each where nothing is
/// weighed).
struct ShareSums {
  double holds = 0.0, undecided = 0.0, total = 0.0;  ///< `undecided`: worlds that failed included
  double squares = 0.0;                              ///< sum of the squared weights
};

struct Share {
  double share = 0.0;  ///< weight of the worlds in which it holds, of all
  double low = 0.0,
         high =
             1.0;  ///< from the lower end for `holds` to the upper end for `holds` and `undecided`
  double undecided_share = 0.0;
};

/// The weighted share over all scrambles, with a 95 % interval: Student's t over the scrambles'
/// jackknife pseudo-values; where all scrambles agree, the exact binomial interval of as many
/// independent draws as the weights are worth.
///
/// Units:    shares in 0 .. 1.
/// Requires: at least one scramble; weights not all zero.
/// Source:   independent randomisations [Owen1997]; jackknife of a ratio [Quenouille1956];
/// [ClopperPearson1934].
[[nodiscard]] Share share_over(std::span<const ShareSums> scrambles);

/// How many worlds of equal weight would say as much: (sum of w)^2 / sum of w^2.
/// Source:   [Kish1965].
[[nodiscard]] double effective_number(std::span<const double> weights);

/// The two-sided quantile of Student's t: half the width of a 95 % interval, in standard errors.
[[nodiscard]] double student_quantile(std::size_t degrees_of_freedom);

/// The quantile of sorted numbers, between neighbours in proportion.
[[nodiscard]] double quantile_of(std::span<const double> sorted, double probability);

}  // namespace melian
