#pragma once
/// A third door of `report`: an equilibrium's information sets as text, JSON, CSV and LaTeX.

#include <string>

#include "melian/information_sets.h"
#include "melian/report.h"

namespace melian {

/// One paragraph an information set: history, who moves, each type's probabilities and value, what
/// the mover believes; those off the path are counted, with how to see them.
[[nodiscard]] std::string strategies_text(const StrategyList& list, const TextStyle& style = {});

/// A results document (of `results_json` or `tree_results_json`) with `information_sets` listed
/// (docs/formats/results.md).
[[nodiscard]] std::string with_information_sets(const std::string& document,
                                                const StrategyList& list);

/// Tidy: one row a number; columns: set, round, player, label, history, reached, type, quantity
/// (probability, value, belief), about, name, number. NA where there is none.
[[nodiscard]] std::string strategies_csv(const StrategyList& list);

/// The information sets on the path as a table for a paper; needs booktabs and longtable.
[[nodiscard]] std::string strategies_latex(const StrategyList& list, const std::string& title);

}  // namespace melian
