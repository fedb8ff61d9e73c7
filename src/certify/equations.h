#pragma once
/// The strategies as equations on their own axes: values recomputed backward from the strategies
/// alone, and at each decision the stored log-probabilities against the logit answer to those
/// values.

#include <cstdint>
#include <memory>
#include <vector>

#include "certify/settle.h"

namespace melian::checking {

struct Equations {
  double residual = 0.0;          ///< logits, all decisions
  double residual_reached = 0.0;  ///< logits, decisions reached
  double beliefs = 0.0;           ///< posterior log-odds, decisions reached
  double cell_step = 0.0;     ///< lambda x largest difference of a mover's value across a cell its
                              ///< posteriors enter, decisions reached
  std::vector<double> stake;  ///< [player]: range of continuation values, payoff units
  bool finished = true;       ///< false when cancelled
  bool settled = true;        ///< false: values of states that play comes back to went on moving
  /// Where asked for, the values of all rounds: by state [point][player][profile].
  std::shared_ptr<const Iterates> values;
};

/// `reached`: as given by `reached_decisions` for the same strategies.
[[nodiscard]] Equations check_equations(const Layout& layout, const Assessment& assessment,
                                        const std::vector<std::uint8_t>& reached,
                                        const OnStep& on_step, bool keep_values = false);

}  // namespace melian::checking
