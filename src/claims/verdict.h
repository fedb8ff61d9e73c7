#pragma once
/// Three-valued verdicts from numbers with errors (docs/methods_claims.md).

#include <string>
#include <vector>

#include "melian/claims.h"

namespace melian {

/// `gap` > 0 is what is claimed: holds when gap - error is above 0, fails when gap + error is
/// below, else undecided. With `or_equal` an exact 0 counts as above. Not a number: undecided.
[[nodiscard]] Verdict judge_gap(double gap, double error, bool or_equal = false);

/// All hold: holds. Any fails: fails. Else undecided (also of none).
[[nodiscard]] Verdict all_of(const std::vector<Verdict>& verdicts);

/// What a claim's verdict says of its opposite.
[[nodiscard]] Verdict opposite_of(Verdict verdict);

}  // namespace melian
