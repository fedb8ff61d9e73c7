#pragma once
/// A fourth door of `answer`: the strategies of a solved game at its public histories
/// (melian/histories.h), from a grid or from a tree.

#include <memory>
#include <optional>
#include <vector>

#include "melian/exact_strategies.h"
#include "melian/histories.h"
#include "melian/tree_histories.h"

namespace melian {

/// A grid's answer: each decision solved again at the exact belief.
class GridStrategies final : public StrategySource {
 public:
  /// Requires: as `ExactStrategies`.
  GridStrategies(const Game& game, const Assessment& strategies);
  [[nodiscard]] const std::vector<Decider>& deciders(int state) const override;
  [[nodiscard]] HistoryDecision visit(const PublicHistory& history) override;
  /// As `ExactStrategies::settled`.
  [[nodiscard]] bool settled() const { return exact_.settled(); }

 private:
  const Game& game_;
  ExactStrategies exact_;
  Profiles everyone_;
  std::vector<std::vector<Decider>> deciders_;  ///< [state]
};

/// A tree's answer: the strategies of its information sets.
class TreeStrategies final : public StrategySource {
 public:
  /// Requires: `form` was unrolled from `game` for all its rounds with this measure;
  /// `log_strategy` by its actions. References are kept, of the strategies a copy.
  TreeStrategies(const Game& game, const ExtensiveForm& form, std::vector<double> log_strategy,
                 Measure measure);
  [[nodiscard]] const std::vector<Decider>& deciders(int state) const override {
    return where_.deciders(state);
  }
  [[nodiscard]] HistoryDecision visit(const PublicHistory& history) override;

 private:
  /// Of a visited history.
  struct Stand {
    std::vector<int> nodes;    ///< [full profile]
    std::vector<double> paid;  ///< [player][full profile], so far, discounted to the root
    int elapsed = 0;           ///< rounds of time since the start
  };
  [[nodiscard]] Stand follow(const Stand& before, const PublicHistory& history) const;

  const Game& game_;
  const ExtensiveForm& form_;
  TreeHistories where_;
  std::vector<double> log_strategy_;
  std::vector<double> values_;   ///< [node][player]: expected payoff of the whole play, at the root
  std::vector<int> source_of_;   ///< [branch]
  std::vector<Stand> standing_;  ///< [history]
};

/// A source's strategies as one of the unrolled game's tree: natural logs by action of `form`,
/// chance actions log odds. Every public history is visited, however rarely it is reached.
///
/// Requires: `form` was unrolled from `game` for all its rounds, with the source's measure.
/// Returns:  nothing where the tree has more than `most` public histories.
[[nodiscard]] std::optional<std::vector<double>> strategies_on_tree(const Game& game,
                                                                    const ExtensiveForm& form,
                                                                    Measure measure,
                                                                    StrategySource& source,
                                                                    std::int64_t most = 2'000'000);

}  // namespace melian
