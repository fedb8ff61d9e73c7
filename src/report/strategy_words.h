#pragma once
/// What tables of information sets say alike: names, beliefs, what is left out.

#include <string>
#include <vector>

#include "melian/information_sets.h"

namespace melian {

/// What one type of a mover does, in cells; neighbours that read the same are one.
struct TypeCells {
  std::string types;  ///< "gain.3", "gain.1 to gain.8"; empty where the player has one type
  std::vector<std::string> cells;
};
[[nodiscard]] std::vector<TypeCells> without_repeats(const std::vector<TypeCells>& rows);

/// The actions that a table shows, as the model lists them, and how many it leaves out: of many
/// actions those that some type takes most often, and with a probability that can be read.
struct ShownActions {
  std::vector<std::size_t> actions;
  std::size_t others = 0;
};
[[nodiscard]] ShownActions shown_actions(const InformationSetRow& row, std::size_t most,
                                         int decimals);
/// What a type does by the actions left out.
[[nodiscard]] double probability_of_others(const InformationSetRow::OfType& own,
                                           const ShownActions& shown);

/// Do beliefs about others hang on the mover's own type?
[[nodiscard]] bool has_beliefs_by_type(const StrategyList& list, const InformationSetRow& row);

/// Players of whom a mover does not know the type, by index.
[[nodiscard]] std::vector<std::size_t> believed_about(const StrategyList& list,
                                                      const InformationSetRow& row);

/// "A is tough 0.1000, weak 0.9000".
[[nodiscard]] std::string belief_words(const StrategyList& list, const InformationSetRow& row,
                                       const std::vector<std::vector<double>>& beliefs,
                                       int decimals);

/// "challenge, y = 0.3".
[[nodiscard]] std::string steps_words(const std::vector<HistoryStep>& steps);

/// Of an `.efg`: "Red 0.5000; Black 0.5000", the likeliest first.
[[nodiscard]] std::string node_words(const InformationSetRow& row, std::size_t most, int decimals);

/// What a list leaves out, and how to see it, a sentence each.
[[nodiscard]] std::vector<std::string> left_out_words(const StrategyList& list);

}  // namespace melian
