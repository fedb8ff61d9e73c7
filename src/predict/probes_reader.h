#pragma once
/// What a probe asks of the sweeps, whoever reads it there: known before anything is solved.

#include "predict/probes_places.h"

namespace melian::prediction {

/// Where the probe's places are and the columns it needs; `read` and `starts_at` are left empty.
/// Requires: a probe that takes places (not `Hazard` or `News`).
[[nodiscard]] Reader reader_for(const Probe& probe, const Structure& structure);

/// What a functional needs of the backward sweep: an amount, or an amount and what divides it.
[[nodiscard]] std::vector<Column> columns_for(const Functional& what, const Structure& structure,
                                              std::optional<int> move);

/// What a public state remembers of a variable, as a number. Requires: it does, and it is one.
[[nodiscard]] double content_at(const Structure& structure, int state, int variable);

/// `Hazard` and `News`, which a prediction has.
[[nodiscard]] Measured from_prediction(const Game& game, const Prediction& prediction,
                                       const Probe& probe);

/// Do both force their way to the same places? (What is forced there last may differ.)
[[nodiscard]] bool same_way(const Probe& one, const Probe& two);

}  // namespace melian::prediction
