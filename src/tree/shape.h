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

/// "information set 3 of A (\"I3\")".
[[nodiscard]] std::string set_words(const ExtensiveForm& form, int set);

}  // namespace melian::tree
