#pragma once
/// What a study may ask of plausible worlds: read by its file, kept by its worlds.

namespace melian {

/// The fewest of which one can tell that. Below, the largest error of n is kept to by n of n + 1
/// worlds.
inline constexpr int enough_checked = 9;
/// Fewer tell no error at all: nothing is decided.
inline constexpr int fewest_checked = 4;
/// The precision of choices as worlds call it, whether the model's parameter or a multiple of it.
inline constexpr const char* precision_name = "precision";
/// Values a parameter that shapes the game may take over worlds.
inline constexpr int most_shapes = 12;

}  // namespace melian
