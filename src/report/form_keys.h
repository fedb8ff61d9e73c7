#pragma once
/// Actions and information sets of a form as a document names and orders them.

#include <string>
#include <vector>

#include "melian/tree.h"

namespace melian {

[[nodiscard]] std::vector<std::string> action_keys(const ExtensiveForm& form,
                                                   const ExtensiveForm::InformationSet& set);

/// Players' information sets by player and number.
[[nodiscard]] std::vector<int> sets_in_order(const ExtensiveForm& form);

}  // namespace melian
