#pragma once
/// A solution at doubling precisions, and what it tends to.

#include <deque>

#include "melian/limit.h"

namespace melian::tree {

/// The solution at one precision.
struct Snapshot {
  std::vector<double> log_strategy;  ///< by action
  std::vector<double> log_belief;    ///< by node: log-odds against the likeliest of its set
};

/// How many doublings the conditions look back over, and the solutions these take: each of three
/// limits is extrapolated from three solutions.
inline constexpr std::size_t snapshots_needed = 5;

/// Writes the limit assessment and what has not settled yet. `last` holds the solutions at the
/// latest precisions, each twice the one before; at least one. `given` is the strategy (natural
/// logs) whose limit this is.
void extrapolate(const ExtensiveForm& form, const std::vector<double>& given,
                 const std::deque<Snapshot>& last, TreeLimit& out);

}  // namespace melian::tree
