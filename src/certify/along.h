#pragma once
/// Decisions solved again where play leads: at every node that it reaches, and along plays at exact
/// beliefs.

#include "certify/again.h"
#include "certify/reach.h"
#include "melian/certify.h"

namespace melian::checking {

struct HalvedCells {
  double change = 0.0;      ///< expected total variation of what is done along a play; estimated
                            ///< where only some of the lightly reached decisions were solved again
  double torn = 0.0;        ///< the largest probability of reading a torn cell, of one decision
  double not_solved = 0.0;  ///< likewise of standing where no solution was found
  std::string where_torn, where_not_solved;  ///< in words
  std::vector<StrategyChange> changed;       ///< log-probabilities solved again
  std::int64_t one_in = 1;  ///< of the lightly reached decisions, one in so many was solved again
};

/// Every reached decision solved again, at its node, values ahead with the cells halved in which
/// posteriors lie. Where more are reached than `most_nodes`, all of the most reached, and of the
/// others a sample: one in so many, by a fixed draw that no thread or platform changes.
[[nodiscard]] HalvedCells halve_cells(const Layout& layout, const Assessment& assessment,
                                      Again& again, const Reach& reach, double tolerance,
                                      const OnStep& on_step);

struct Plays {
  std::vector<std::int64_t> endings;  ///< [outcome]
  std::int64_t count = 0;
  double mean = 0.0, upper = 0.0;  ///< of the total variation summed over a play's decisions
};

/// Plays drawn with a fixed seed at true types by the decisions solved again, beliefs carried
/// exactly: more of them while an ending is seen rarely, or the bound, and not the mean, exceeds
/// the tolerance.
[[nodiscard]] Plays play_again(const Layout& layout, Again& again, double tolerance,
                               const OnStep& on_step);

}  // namespace melian::checking
