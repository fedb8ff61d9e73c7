#pragma once
/// What a probe asks of the sweeps, whoever reads it there: known before anything is solved.

#include "predict/probes_places.h"

namespace melian::prediction {

/// Where the probe's places are and the columns it needs; `read` and `starts_at` are left empty.
/// Requires: a probe that takes places (not `Hazard` or `News`).
[[nodiscard]] Reader reader_for(const Probe& probe, const Structure& structure);

/// Do both force their way to the same places? (What is forced there last may differ.)
[[nodiscard]] bool same_way(const Probe& one, const Probe& two);

}  // namespace melian::prediction
