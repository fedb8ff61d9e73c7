#pragma once
/// Newton's method on the whole tree at one lambda, from a strategy found elsewhere.

#include <cstdint>
#include <string>
#include <vector>

#include "melian/tree.h"

namespace melian::tree {

struct PolishOptions {
  double lambda = 0.0;                             ///< in 1/payoff units, on payoffs at the root
  int most_steps = 100;                            ///< Jacobians factorised
  std::int64_t max_bytes = std::int64_t{8} << 30;  ///< give up beyond
};

struct Polished {
  std::vector<double> log_strategy;  ///< by action of the form; natural logs
  TreeCertificate certificate;       ///< of this strategy, by the form alone
  bool at_rest = false;              ///< the method converged, and the certificate holds
  double moved = 0.0;  ///< largest change of an action's probability, at sets that the given or
                       ///< the polished play reaches with at least 1e-6 by the analyst's odds
  int steps = 0;       ///< Jacobians factorised
  std::string message = "melian::tree::polish has not been called";
};

/// The logit agent QRE of the tree that Newton's method comes to from `log_strategy`.
///
///   x <- x - s J(x)^-1 F(x),   s in (0, 1] by the natural monotonicity test
///
/// Steps are measured in logits, ratios far from nought counting less (follow.cpp); the test
/// compares corrections, not residuals, so that badly scaled equations do no harm.
/// Requires: one finite entry for each action of a player's set; every set can be reached.
/// Returns:  the last point also where the method did not converge; `message` says why.
/// Source:   F and J in system.h; [Deuflhard2004, ch. 3] for the damping.
[[nodiscard]] Polished polish(const ExtensiveForm& form, const std::vector<double>& log_strategy,
                              const PolishOptions& options);

}  // namespace melian::tree
