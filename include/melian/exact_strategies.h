#pragma once
/// A second door of `solve`: what a solved game does at beliefs that lie on no node of its axes.

#include <memory>
#include <vector>

#include "melian/game.h"

namespace melian {

/// The strategy at any belief is defined once: the decision solved at that belief against the
/// values stored on the grid (docs/methods_solve.md, "Between nodes"). On a node this is the stored
/// strategy; between nodes, where several solutions exist, the one nearest to the stored strategy
/// of the nearest node.
///
/// Requires: `strategies` as given by `solve` for this game; both outlive it (references are kept).
/// Cost:     one valuation of the game at the start, the values of one round whenever the round
///           asked for changes, and one line of scores a decision.
/// Errors:   ContractViolation on a foreign fingerprint.
class ExactStrategies {
 public:
  ExactStrategies(const Game& game, const Assessment& strategies);
  ~ExactStrategies();
  ExactStrategies(const ExactStrategies&) = delete;
  ExactStrategies& operator=(const ExactStrategies&) = delete;

  /// One decision at one belief.
  struct Decision {
    std::vector<double> log_strategy;  ///< by row (melian/beliefs.h, `Decider`), natural logs
    std::vector<double> values;  ///< [player][profile of the state's live types]: expected payoff
                                 ///< from here on, in payoff units of this moment
    DecisionMark mark = DecisionMark::unsolved;
  };
  /// The decision of `state` in `round` where the analyst's log-odds are `log_odds`, [axis of the
  /// belief space]. Untimed states: any round.
  /// Requires: somebody decides there, and play can stand there in that round.
  [[nodiscard]] Decision at(int round, int state, const std::vector<double>& log_odds);

  /// False where play comes back to itself and the values of the stored strategies did not settle.
  [[nodiscard]] bool settled() const;

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace melian
