#pragma once
/// Games at the edge of arithmetic: near ties, duplicate actions, subnormal and enormous payoffs,
/// priors of 0 and 1, discount factors next to 1. A solver answers them or says honestly that it
/// cannot; it never answers NaN.

#include <string>
#include <vector>

#include "melian/game.h"

namespace melian::testing {

struct NastyGame {
  std::string name;
  Game game;
  double lambda = 10.0;
};

[[nodiscard]] std::vector<NastyGame> nasty_games();

}  // namespace melian::testing
