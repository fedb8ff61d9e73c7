#pragma once
/// Which nodes an unrolled game has: what its writer (`unroll`) and its reader (`TreeHistories`)
/// must agree on.

#include <vector>

#include "melian/beliefs.h"
#include "melian/game.h"

namespace melian::tree {

/// How likely each profile of all players' types is: to the analyst, and (one row a player) to the
/// players.
struct Prior {
  std::vector<double> analyst;
  std::vector<std::vector<double>> players;
  /// Somebody holds the profile possible: the tree then has it.
  [[nodiscard]] bool possible(int profile) const;
};
[[nodiscard]] Prior prior_of(const Game& game, const Profiles& everyone);

/// The profile of a state's live types that a full one belongs to.
[[nodiscard]] int local_profile(const Structure& structure, const Profiles& everyone, int state,
                                int profile);

/// Branches of a chance move, counted from 0 at its state, that the analyst or some player holds
/// possible for a profile of the state's live types.
[[nodiscard]] std::vector<int> possible_branches(const Game& game, int state, int local);

/// Own actions that a type of a mover has.
[[nodiscard]] std::vector<int> open_actions(const Decider& mover, int type);

}  // namespace melian::tree
