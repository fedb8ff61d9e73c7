#pragma once
/// Memory that reading numbers off a solution takes, counted before there is one: from the same
/// column counts, table sizes and detours as the sweeps themselves.

#include <cstdint>
#include <span>

#include "melian/beliefs.h"
#include "predict/probes.h"

namespace melian::prediction {

/// What the two sweeps of `measure` hold, in bytes.
struct SweepBytes {
  std::int64_t laid_out =
      0;                     ///< the board, and the branches laid out on it: as long as either runs
  std::int64_t forward = 0;  ///< where plays stand in a round, in every layer
  std::int64_t places = 0;   ///< what the forward sweep leaves for those who read
  std::int64_t backward = 0;  ///< the tables of a round, and those kept from others
  [[nodiscard]] std::int64_t most() const {
    return laid_out + places + (forward > backward ? forward : backward);
  }
};

/// At most: as if plays stood on every belief point, and every branch paid something. `alone`: on
/// one thread, where sweeps give up early what nobody reads any more.
[[nodiscard]] SweepBytes count_sweep_bytes(const Structure& structure, const BeliefAxes& axes,
                                           std::span<const Probe> probes, bool with_ends,
                                           bool alone);

/// What `predict` holds, at most.
[[nodiscard]] SweepBytes count_predict_bytes(const Structure& structure, const BeliefAxes& axes);

}  // namespace melian::prediction
