#pragma once
/// A third door of `tree`: how likely a behaviour strategy makes each node of an extensive form,
/// and what it earns there; what a mover believes at an information set.

#include <vector>

#include "melian/tree.h"

namespace melian {

/// Sums over one tree, down from the root and up from the ends.
struct NodeSums {
  int players = 0;
  /// [player + 1][node], the analyst first: log of the probability of being there, by that one's
  /// odds of chance moves; -infinity where impossible. In logs, so that what is very unlikely keeps
  /// its proportions.
  std::vector<std::vector<double>> log_reach;
  std::vector<double> reach;   ///< [node], the analyst's probability of being there
  std::vector<double> earned;  ///< [node][player], on the way, on arriving included; payoff units
  /// [node][player]: expected payoff of the whole play from there, `earned` included, by the
  /// player's own odds.
  std::vector<double> value;

  [[nodiscard]] double earned_at(int node, int player) const {
    return earned[static_cast<std::size_t>(node * players + player)];
  }
  [[nodiscard]] double value_at(int node, int player) const {
    return value[static_cast<std::size_t>(node * players + player)];
  }
};

/// Requires: `log_strategy` by action of `form`, natural logs; entries of chance are not read.
/// Cost:     one pass down for each observer, one up.
[[nodiscard]] NodeSums node_sums(const ExtensiveForm& form,
                                 const std::vector<double>& log_strategy);

/// What `player` believes of being at each of `nodes`, given that it is at one of them: Bayes' rule
/// by its own odds.
///
/// Returns: nothing where it holds all of them impossible, so that Bayes' rule is silent.
/// Source:  [KrepsWilson1982], consistency of an assessment in full support.
[[nodiscard]] std::vector<double> node_beliefs(const NodeSums& sums, int player,
                                               const std::vector<int>& nodes);

}  // namespace melian
