#pragma once
/// The filter: how likely a record of events is under a solved game.

#include <span>
#include <vector>

#include "melian/game.h"
#include "study/evidence.h"

namespace melian::evidence {

/// log likelihood of each record at once: the filter over (types, public state, belief point), all
/// that is unseen summed over.
///
/// Shapes:   one number per record.
/// Units:    natural logs; of reported numbers a density, by the offer's own cells.
/// Requires: the assessment is of this game; `kinds` found in its structure; no record goes beyond
/// a finite horizon. Returns:  0 for an empty record. Cost:     one forward sweep as far as the
/// longest record; records share the reading of strategies. Source:   the forward algorithm for
/// hidden Markov chains [Rabiner1989], over the public belief as a coordinate.
[[nodiscard]] std::vector<double> log_likelihoods(const Game& game, const Assessment& assessment,
                                                  const std::vector<KindInGame>& kinds,
                                                  std::span<const Record> records);
/// Of one record, after none, one, ... all of its cells in their order, which is that of rounds.
[[nodiscard]] std::vector<double> log_likelihood_by_cell(const Game& game,
                                                         const Assessment& assessment,
                                                         const std::vector<KindInGame>& kinds,
                                                         const Record& record);
/// The same of one record: what a world is weighed with.
[[nodiscard]] double log_likelihood(const Game& game, const Assessment& assessment,
                                    const std::vector<KindInGame>& kinds, const Record& record);

}  // namespace melian::evidence
