#pragma once
/// A game solved whole, as its tree, with everything that an answer by grid says of it.

#include "melian/answer.h"

namespace melian {

/// Unrolls, solves, certifies, and reads the prediction from all public histories.
///
/// Convention: numbers have no grid error; the tree's certificate stands in `Answer::tree`, and
///             `Answer::certificate` repeats what it says in the words of the other.
/// Errors:     what `tree_request`, `unroll` and `solve_tree` refuse.
[[nodiscard]] Result<Answer> answer_tree(const Game& game, const AnswerOptions& options,
                                         int max_steps);

}  // namespace melian
