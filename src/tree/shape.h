#pragma once
/// What solver, checker and reader ask of the shape of an extensive form.

#include <vector>

#include "melian/tree.h"

namespace melian::tree {

[[nodiscard]] inline std::size_t ix(std::int64_t index) { return static_cast<std::size_t>(index); }

/// Information sets that some play passes twice (absent-mindedness).
[[nodiscard]] std::vector<int> sets_passed_twice(const ExtensiveForm& form);

/// Players' information sets that chance alone keeps from being reached.
[[nodiscard]] std::vector<int> sets_never_reached(const ExtensiveForm& form);

/// What plays pay: the most that a player's payoff can differ between two of them (how fast logits
/// can move with lambda), and the largest sum on the way.
struct Payoffs {
  double range = 0.0, largest = 0.0;
};
[[nodiscard]] Payoffs payoffs_of(const ExtensiveForm& form);

/// The nodes of each information set, chance's too, in order.
[[nodiscard]] std::vector<std::vector<int>> nodes_of_sets(const ExtensiveForm& form);

/// "information set 3 of A (\"I3\")".
[[nodiscard]] std::string set_words(const ExtensiveForm& form, int set);

}  // namespace melian::tree
