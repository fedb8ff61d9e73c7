#pragma once
/// A second door of `tree`: where public histories of a game lie in its unrolled tree.
///
/// A public history stands at one node for each full profile of types; its mover's node of a
/// profile belongs to the information set of the history and the mover's own type. Passages are no
/// nodes: a history that waits at one stands where the passage leads.

#include <vector>

#include "melian/beliefs.h"
#include "melian/tree.h"

namespace melian {

class TreeHistories {
 public:
  /// Requires: `form` was unrolled from `game` for all its rounds. References are kept.
  TreeHistories(const Game& game, const ExtensiveForm& form, Measure measure);

  /// Who decides at a state, all types of theirs told apart as the tree tells them apart.
  [[nodiscard]] const std::vector<Decider>& deciders(int state) const {
    return deciders_[static_cast<std::size_t>(state)];
  }
  [[nodiscard]] const Profiles& profiles() const { return everyone_; }

  /// Nodes of the start by full profile; -1 where the tree has none (a profile, or a branch, that
  /// nobody holds possible).
  [[nodiscard]] const std::vector<int>& start() const { return start_; }
  /// Nodes after the `k`th branch of `state`, from those of the history that stands there.
  [[nodiscard]] std::vector<int> after(int state, const std::vector<int>& nodes, int k) const;
  /// The information set of one type of the `d`th decider of `state`, -1 where the tree has none.
  /// Of simultaneous moves: the earlier ones have moved somehow, unseen.
  [[nodiscard]] int set_of(int state, const std::vector<int>& nodes, std::size_t d, int type) const;
  /// The own actions that a type of a mover has, in the order of its information sets' actions.
  [[nodiscard]] static std::vector<int> open(const Decider& mover, int type);

 private:
  [[nodiscard]] int child(int node, const std::vector<int>& open, int action) const;

  const Game& game_;
  const ExtensiveForm& form_;
  Profiles everyone_;
  std::vector<std::vector<Decider>> deciders_;  ///< [state]
  std::vector<int> start_;
};

}  // namespace melian
