#pragma once
/// How an atom of a metric is computed in one game: what `metric_binding.cpp` looks up and
/// `metric_read.cpp` reads off.

#include <optional>
#include <vector>

#include "predict/probes.h"
#include "study/metric_binding.h"

namespace melian::metric {

/// How an atom is computed: probes whose averages are averaged by their weights; or a number read
/// off elsewhere.
struct Plan {
  std::vector<Probe> probes;
  std::vector<int>
      offers;  ///< by probe, of offers at the start: their moves (several moves may share a name)
  bool complement = false;          ///< 1 - the average
  bool total = false;               ///< the sum over places, not their average
  std::optional<double> number;     ///< known without a probe
  std::optional<int> belief_round;  ///< `belief` at the top of a round, from the prediction
  /// At the start, of the prediction itself: that play ends so, or within so many rounds, or what
  /// it counts; given only types.
  struct AtStart {
    std::vector<int> ends;
    int rounds = 0;
    std::optional<int> tally;
    std::vector<TypeIs> given;
  };
  std::optional<AtStart> at_start;
  int player = -1, type = -1;
  std::optional<int> given_own_type;
};

/// Looks every name up; what is wrong goes into `mistakes`, and the plan is then not to be used.
[[nodiscard]] Plan plan_of(const Atom& atom, const Structure& structure, const Surroundings& around,
                           std::vector<Mistake>& mistakes);

}  // namespace melian::metric
