#pragma once
/// Claims over plausible worlds, for a terminal: shares of claim and opposite side by side, what
/// decides, where it holds.

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "melian/report.h"

namespace melian {

/// Empty where no claim was judged in worlds.
///
/// Requires: `results` as run_study writes it.
[[nodiscard]] std::string worlds_words(const nlohmann::ordered_json& results,
                                       const TextStyle& style);

}  // namespace melian
