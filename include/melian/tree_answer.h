#pragma once
/// A sixth door of `answer`: a game answered by its tree, with the equilibrium that is meant and
/// the others that were found, their strategies included.

#include <cstdint>
#include <optional>
#include <vector>

#include "melian/answer.h"
#include "melian/equilibria.h"
#include "melian/tree.h"

namespace melian {

/// Which equilibrium of a tree is the answer.
struct TreeChoice {
  Choice choice;
  /// The game in which `choice.solution` names a solution, where that is another than the game to
  /// be solved: it is carried from there. Null: the same.
  const Game* named_in = nullptr;
  double named_factor = 1.0;  ///< multiple of lambda there
  bool look = false;  ///< look for others too, where the tree has at most `most_nodes_searched`
};

/// An answer by tree, and what it was read from.
struct TreeAnswer {
  Answer answer;
  ExtensiveForm form;
  TreeSolution solution;  ///< `all` where others were looked for, or chosen among
};

/// As `answer_by_method` with the method `tree`, for the equilibrium that is meant.
/// Errors: what `tree_request`, `unroll`, `solve_tree`, `choose`, and `carry` refuse.
[[nodiscard]] Result<TreeAnswer> answer_on_tree(const Game& game, const AnswerOptions& options,
                                                const TreeChoice& choice);

/// Plays drawn from a solution of a game's tree: the same seed gives the same plays for any number
/// of threads.
/// Requires: `form` was unrolled from `game` for all its rounds with this measure.
[[nodiscard]] Simulation simulate_solution(const Game& game, const ExtensiveForm& form,
                                           const std::vector<double>& log_strategy, Measure measure,
                                           std::int64_t plays, std::uint64_t seed);

/// The equilibria found on the tree of a game that a grid has answered, with their strategies.
struct LookedBeside {
  Equilibria equilibria;
  std::optional<ExtensiveForm> form;     ///< none: not looked for
  std::optional<TreeSolution> solution;  ///< `all` in the order of `equilibria.found`
};
/// As `look_beside`.
[[nodiscard]] LookedBeside look_with_strategies(const Game& game, const Answer& answer,
                                                const AnswerOptions& asked,
                                                const LookOptions& options = {});

}  // namespace melian
