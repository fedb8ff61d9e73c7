#pragma once
/// All solutions of a decision, as tables.

#include <string>

#include "melian/report.h"

namespace melian {

/// One table for each decision whose solutions were listed, the first decision of play first; empty
/// where none was.
[[nodiscard]] std::string solution_words(const Structure& structure, const Solution& solution,
                                         const TextStyle& style);

}  // namespace melian
