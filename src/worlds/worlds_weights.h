#pragma once
/// Weights of plausible worlds: one by one plausible, worlds can be absurd together
/// (docs/methods_worlds.md, "Weights").

#include <optional>
#include <vector>

#include "study/metric.h"

namespace melian {

/// Log-likelihood, up to a constant, of `wars` wars of which the share `share` goes on, in a world
/// in which each does with probability `survival`:
///
///   wars * (share * log(survival / share) + (1 - share) * log((1 - survival) / (1 - share)))
///
/// 0 where the world agrees with the base rate, below elsewhere: minus `wars` times the
/// Kullback-Leibler divergence.
///
/// Units:    nats.
/// Requires: share and survival in 0 .. 1; wars above 0.
[[nodiscard]] double log_weight_by_base_rate(double survival, double share, double wars);

/// Weights of mean one over the worlds that have a log-weight; nothing for the others. All the same
/// where all would vanish.
[[nodiscard]] std::vector<std::optional<double>> normalised_weights(
    const std::vector<std::optional<double>>& log_weights);

/// `survival(round)` of the metric language.
[[nodiscard]] metric::Atom survival_atom(int round);

}  // namespace melian
