#pragma once
/// One drawn game: what the answer says, held against every equilibrium that the tree is found to
/// have.

#include <map>
#include <string>

#include "prove/classes.h"

namespace melian::prove {

enum class Fate {
  right,          ///< certified, and an equilibrium lies within the stated errors
  wrong,          ///< certified, and none does
  wrongly_alone,  ///< said to be the only one, and another one was found
  refused_right,  ///< not certified, although an equilibrium lies within tolerance
  refused_far,    ///< not certified, and none does
  not_compared    ///< the game or its tree is too large, or nothing is known of it
};

struct Verdict {
  Fate fate = Fate::not_compared;
  bool certified = false, alone = false;  ///< what the answer says of itself
  bool gross = false;                     ///< wrong by more than the tolerance
  std::string reasons;  ///< why not certified, or not compared: first words, joined by '+'
  std::string number;   ///< that is worst
  double off = 0.0;     ///< by how much, in its unit; of the nearest equilibrium
  double stated = 0.0;  ///< the stated error of that number
  int nodes = 0;        ///< of the tree
  std::string how;      ///< which search found the nearest equilibrium
};

/// Solves as `melian solve` does (solve, predict, certify, default options beside the grid),
/// unrolls, and searches: Newton's method on the whole tree from the grid's strategies, the tree's
/// own branch, its search for further solutions; closed forms where the class has them. Budgets in
/// work (nodes, decisions, steps, starts): the same on every machine.
[[nodiscard]] Verdict compare(const Drawn& drawn);

}  // namespace melian::prove
