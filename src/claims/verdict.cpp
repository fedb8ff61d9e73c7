#include "claims/verdict.h"

#include <algorithm>
#include <cmath>

namespace melian {

const char* verdict_word(Verdict verdict) {
  switch (verdict) {
    case Verdict::holds: return "holds";
    case Verdict::fails: return "fails";
    case Verdict::undecided: return "undecided";
  }
  return "undecided";
}

Verdict judge_gap(double gap, double error, bool or_equal) {
  if (!std::isfinite(gap) || !std::isfinite(error)) return Verdict::undecided;
  if (gap - error > 0 || (or_equal && gap - error == 0)) return Verdict::holds;
  if (gap + error < 0) return Verdict::fails;
  return Verdict::undecided;
}

Verdict all_of(const std::vector<Verdict>& verdicts) {
  if (verdicts.empty()) return Verdict::undecided;
  if (std::ranges::find(verdicts, Verdict::fails) != verdicts.end()) return Verdict::fails;
  return std::ranges::find(verdicts, Verdict::undecided) != verdicts.end() ? Verdict::undecided
                                                                           : Verdict::holds;
}

Verdict opposite_of(Verdict verdict) {
  return verdict == Verdict::holds   ? Verdict::fails
         : verdict == Verdict::fails ? Verdict::holds
                                     : Verdict::undecided;
}

}  // namespace melian
