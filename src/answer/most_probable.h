#pragma once
/// What is most probable in a prediction, and where two predictions differ in it.

#include <vector>

#include "melian/comparative_statics.h"

namespace melian {

/// The most probable outcome, and the most probable first action of every type that moves first.
/// Ties: the earlier one.
[[nodiscard]] std::vector<MostProbable> most_probable(const Structure& structure,
                                                      const Prediction& prediction);

struct Difference {
  MostProbable from, to;
};
/// Subjects that both have and that differ; offers only where they lie more than one number of the
/// menu apart.
[[nodiscard]] std::vector<Difference> differences(const std::vector<MostProbable>& left,
                                                  const std::vector<MostProbable>& right);

}  // namespace melian
