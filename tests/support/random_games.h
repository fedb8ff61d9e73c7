#pragma once
/// Seeded small games for laws: random layers of decisions, chance and passages, within rounds or
/// without a clock.

#include <cstdint>

#include "melian/game.h"

namespace melian::testing {

struct RandomGameOptions {
  int players = 2;
  int typed_players = 2;  ///< the first so many have `types` types
  int types = 2;
  int rounds = 2;  ///< 0: no horizon
  int levels = 3;  ///< states in a row within a round
  int width = 2;   ///< at most so many states side by side
  int max_branches = 3;
  bool tied = false;      ///< the types of the first two players have a joint prior
  bool product = false;   ///< ... the product of its margins, which ties nothing (without `tied`:
                          ///< the same game without it)
  bool together = false;  ///< some decisions are made by two players at the same time
  bool guards = false;    ///< some actions open to one type only
  bool disagreement = false;  ///< priors of players differ from the analyst's
  bool perceived_odds = false;
  bool types_discount = false;  ///< discount factors by type

  // Changes of the same game that a law may know the effect of.
  double payoff_scale = 1.0;
  double payoff_shift = 0.0;  ///< added once, at the very start, to every player's payoff
  bool swap_types = false;    ///< the types of every typed player in the other order
  bool identical_types =
      false;  ///< the second type is the first under another name, told apart by `type_gap` only
  double type_gap = 1e-10;  ///< in payoff units: keeps identical types live, so that the machinery
                            ///< of beliefs runs
  bool untyped = false;     ///< as identical_types, but with one type
};

[[nodiscard]] Game random_game(std::uint64_t seed, const RandomGameOptions& options = {});

}  // namespace melian::testing
