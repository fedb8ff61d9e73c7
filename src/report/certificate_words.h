#pragma once
/// A certificate as a sentence.

#include <string>

#include "melian/report.h"

namespace melian {

/// "certified: ..." or "NOT certified: ..." with the numbers behind it, ending in a newline.
[[nodiscard]] std::string certificate_words(const Certificate& certificate,
                                            const SolveSummary& solve, const TextStyle& style);

/// The same of an answer that was found by its tree.
[[nodiscard]] std::string certificate_words(const ByTree& tree, const Certificate& certificate,
                                            const TextStyle& style);

}  // namespace melian
