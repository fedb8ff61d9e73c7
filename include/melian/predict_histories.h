#pragma once
/// A third door of `predict`: what a solved game says, read from all its public histories.

#include <cstdint>
#include <optional>

#include "melian/histories.h"
#include "melian/predict.h"

namespace melian {

/// The prediction of a source's strategies, history by history, with exact beliefs: no belief
/// point, no interpolation. What `predict` gives for strategies on a grid, up to its grid error.
///
/// Requires: play ends on every way through the game.
/// Returns:  nothing where the game has more than `most` public histories, or `on_step` said stop.
/// Cost:     one visit a public history; in memory a few numbers by player and full profile each.
/// Source:   docs/methods_predict.md, "From histories".
[[nodiscard]] std::optional<Prediction> predict_histories(const Game& game, StrategySource& source,
                                                          std::int64_t most,
                                                          const OnStep& on_step = {});

}  // namespace melian
