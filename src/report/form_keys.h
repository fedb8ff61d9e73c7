#pragma once
/// Names of a form's players, actions, and draws that may serve as keys of a document.

#include <string>
#include <vector>

#include "melian/tree.h"

namespace melian {

/// Numbered ("WHAT 3") where empty, numbered too where shared.
[[nodiscard]] std::vector<std::string> keys_of(const std::vector<std::string>& names,
                                               const std::string& what);

[[nodiscard]] std::vector<std::string> action_keys(const ExtensiveForm& form,
                                                   const ExtensiveForm::InformationSet& set);

/// Players' information sets by player and number.
[[nodiscard]] std::vector<int> sets_in_order(const ExtensiveForm& form);

}  // namespace melian
