#pragma once
/// What `solve --limit` says of a limit and its refinements.

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "melian/limit_results.h"

namespace melian {

/// Adds `limit`, `survives` and `refinements` to the document of a solution.
void add_limit(nlohmann::ordered_json& document, const ExtensiveForm& form,
               const RefinedLimit& found);

/// The limit assessment on a screen, whether it has settled, and the refinements.
[[nodiscard]] std::string limit_text(const ExtensiveForm& form, const RefinedLimit& found,
                                     const TextStyle& style);

/// Which of several solutions have settled limits, and which of these survive.
[[nodiscard]] std::string survivors_text(const TreeSolution& solution,
                                         const std::vector<RefinedLimit>& all,
                                         const TextStyle& style);

}  // namespace melian
