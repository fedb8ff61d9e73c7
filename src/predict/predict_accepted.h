#pragma once
/// Whether an offer that was accepted can be made and accepted again later in the same play.

#include "predict/forward_board.h"

namespace melian::prediction {

/// If not, the expected number of acceptances is the probability of one, and no backward column is
/// needed for it.
[[nodiscard]] bool can_be_accepted_again(const Board& board, int offer);

}  // namespace melian::prediction
