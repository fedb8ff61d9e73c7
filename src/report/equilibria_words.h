#pragma once
/// What is said of other equilibria than the answer.

#include <string>

#include "melian/equilibria.h"
#include "melian/report.h"

namespace melian {

/// How many others were found, what happens in them, and how they were looked for.
[[nodiscard]] std::string equilibria_words(const Equilibria& equilibria, const TextStyle& style);

/// All that were found, one row each: name, values, likeliest outcomes.
[[nodiscard]] std::string equilibria_table(const Equilibria& equilibria, const TextStyle& style);

}  // namespace melian
