#pragma once
/// A third door of `study`: a game solved whole, as its tree, and the few numbers that are read
/// from it.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "melian/game.h"
#include "melian/tree.h"

namespace melian {

/// How a game is to be solved as its tree.
struct AsTree {
  std::optional<double> lambda;  ///< for all players and types; none: the game's own
  Measure measure = Measure::cells;
  Discounting discounting = Discounting::current_value;
};

/// What `unroll` and `solve_tree` are asked.
struct TreeRequest {
  UnrollOptions unroll;
  double lambda = 0.0;  ///< where precisions differ by player or type: the largest; the others
                        ///< follow in proportion
};

/// The game's precisions, or the one asked for, as `unroll` and `solve_tree` take them.
/// Units:   lambda in 1/payoff units.
/// Errors:  M0903 where neither the game nor `asked` states a precision.
[[nodiscard]] Result<TreeRequest> tree_request(const Game& game, const AsTree& asked);

/// What is read from a solved tree: "outcomes.NAME" and "values.PLAYER" (at the root, over types).
struct TreeNumbers {
  std::map<std::string, double> numbers;
  std::string
      most_probable_outcome;  ///< of several that are equally likely, the first in the game's order
  bool reached = false;       ///< the branch came to the precision asked for
  bool certified = false;
  std::vector<std::string> why_not;  ///< where it was not reached, or is not certified
};

/// Unrolls, solves on the principal branch, certifies and predicts.
/// Returns: also where the precision asked for was not reached: the numbers of the last point
/// found, and why. Errors:  what `tree_request`, `unroll` and `solve_tree` refuse.
[[nodiscard]] Result<TreeNumbers> solve_as_tree(const Game& game, const AsTree& asked,
                                                const OnStep& on_step = {});

/// One of the numbers, by name.
/// Errors:  M0922 with the nearest name.
[[nodiscard]] Result<double> number_by_tree(const TreeNumbers& solved, const std::string& name);

}  // namespace melian
