#pragma once
/// What a study's results say of equilibria beside its answers, in words.

#include <string>

#include <nlohmann/json.hpp>

#include "melian/report.h"

namespace melian {

/// How many others were found under each reading, where claims differ between them, and where none
/// were looked for; "" for results that say nothing of it.
[[nodiscard]] std::string study_equilibria_words(const nlohmann::ordered_json& results,
                                                 const TextStyle& style);

}  // namespace melian
