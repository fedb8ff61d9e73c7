#pragma once
/// Games of offers, choices, chance, and moves at once, drawn freely within stated bounds.

#include <functional>
#include <string>

#include "prove/pen.h"

namespace melian::prove {

struct AnyGame {
  int players = 2, typed = 1;  ///< the first so many have types
  int types = 2;
  int rounds = 1;
  int least_moves = 2, most_moves = 3;                 ///< in a row within a round
  int most_offers = 3;                                 ///< numbers of an offer
  double offers = 0.35, chance = 0.0, together = 0.0;  ///< shares of the kinds of moves
  double guards = 0.0;    ///< how often an option is open to one type only
  double disagree = 0.0;  ///< how often a player believes otherwise than the analyst
  double far = 0.0;       ///< ... by log-odds beyond what payoffs times precision can move
  double least_prior = 0.1, most_prior = 0.5;  ///< of the rarer type
  bool joint = false;                          ///< the first two players' types have a joint prior
  bool perceived = false;                      ///< odds of chance seen differently
  double least_lambda = 1.0, most_lambda = 50.0;
  bool by_type = false;   ///< precisions by player and type
  double scale = 1.0;     ///< of all payoffs; precisions are divided by it
  double discount = 1.0;  ///< at least
};

[[nodiscard]] std::string draw_any_game(Pen& pen, const AnyGame& asked);

}  // namespace melian::prove
