#pragma once
/// A grid's answer read onto the game's tree: what it plays at every information set, and what a
/// tree's strategies say in the words of the answer's printed numbers.

#include <map>
#include <string>
#include <vector>

#include "melian/game.h"
#include "melian/tree.h"

namespace melian {

/// A game and its tree, lambda factors for the precisions of an assessment.
struct Unrolled {
  ExtensiveForm form;
  Measure measure = Measure::cells;
  double lambda = 0.0;  ///< the largest precision of a type, 1/payoff units; the form's factors
                        ///< are relative to it
};

/// Errors: what `unroll` refuses.
[[nodiscard]] Result<Unrolled> unroll_for(const Game& game, const Assessment& strategies,
                                          std::int64_t max_nodes);

/// Natural logs by action of the form. Public beliefs are carried along every public history by
/// Bayes' rule, exactly, and each decision is solved again at its belief (GridStrategies). What
/// nobody can come to is played by the base measure.
/// Requires: the tree of this game, which `solve` found the strategies for.
[[nodiscard]] std::vector<double> read_onto_tree(const Game& game, const Assessment& strategies,
                                                 const Unrolled& tree);

/// The printed numbers (`printed_numbers`) of a tree's strategies.
/// Requires: every type is held possible by its own player.
[[nodiscard]] std::map<std::string, double> numbers_on_tree(
    const Game& game, const Unrolled& tree, const std::vector<double>& log_strategy);

}  // namespace melian
