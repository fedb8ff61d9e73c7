#pragma once
/// A third door of `study`: a game solved whole, as its tree, and the few numbers that are read
/// from it.

#include <map>
#include <memory>
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
  Choice choice;  ///< which of several solutions
  /// The game in which `choice.solution` names a solution, where that is another than the game to
  /// be solved (a point of a sweep): it is carried from there.
  std::shared_ptr<const Game> named_in;
};

/// A game as its tree and the solution that is meant.
struct SolvedAsTree {
  ExtensiveForm form;
  TreeSolution solution;
};

/// Errors:  what `tree_request`, `unroll`, `solve_tree`, `choose` and `carry` refuse.
[[nodiscard]] Result<SolvedAsTree> solve_tree_of(const Game& game, const AsTree& asked,
                                                 const OnStep& on_step = {});

/// A tree solved with the solution that is meant as its answer. Where the search that nobody asked
/// for does not find it, the whole search is made.
/// Errors: what `solve_tree` and `choose` refuse.
[[nodiscard]] Result<TreeSolution> solve_chosen(const ExtensiveForm& form, TreeOptions options,
                                                const Choice& choice);

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
