#pragma once
/// What a game's unrolled tree remembers of the game: the public histories, and where each
/// information set stands. Strategies found elsewhere are read onto the tree by it.

#include <vector>

#include "melian/tree.h"

namespace melian::tree {

struct Origins {
  /// A public history, at the public state that play has come to (passages are passed).
  struct History {
    int parent = -1, branch = -1;  ///< the history before, and the branch taken there, counted from
                                   ///< 0 at its state
    int state = -1, round = 0;     ///< -1: play has ended
  };
  /// A player's information set.
  struct Place {
    int history = -1;       ///< -1: a move of chance
    int decider = 0;        ///< of those that move at once
    int type = 0;           ///< the mover's own
    std::vector<int> open;  ///< own action of the decider (melian/beliefs.h) by action of the set
  };
  std::vector<History> histories;          ///< parents before what follows them; 0: the start
  std::vector<Place> places;               ///< by set of the form
  std::vector<std::vector<int>> profiles;  ///< [draw of types][player]: type; one draw where no
                                           ///< type is drawn
};

/// `unroll`, and where its sets come from.
[[nodiscard]] Result<ExtensiveForm> unroll_with_origins(const Game& game,
                                                        const UnrollOptions& options,
                                                        Origins& origins);

}  // namespace melian::tree
