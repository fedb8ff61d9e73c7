#pragma once
/// Names of a metric looked up in a compiled game, and the numbers read off its solution.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "melian/game.h"
#include "melian/study.h"
#include "predict/history_tree.h"
#include "predict/probes.h"
#include "study/metric.h"

namespace melian::metric {

/// What a study knows beside the game.
struct Surroundings {
  const std::vector<BaseRate>* base_rates = nullptr;
  /// Names that exist in the same files before a variant changes parameters: where it removed them,
  /// an end has probability 0 and a tally is 0.
  const Structure* base = nullptr;
};

/// Everything wrong with an atom in this game: unknown ends, moves, players ... with the nearest
/// names.
[[nodiscard]] std::vector<Mistake> check(const Atom& atom, const Structure& structure,
                                         const Surroundings& around);

/// Is this measured on a belief grid alone (bargaining ranges, hopeless offers)?
[[nodiscard]] bool needs_grid(const Atom& atom);

/// Names in `given` that are no players: what a game must remember to the end of the round
/// (`CompileOptions::keep`).
void collect_remembered(const Atom& atom, const std::vector<std::string>& players,
                        std::vector<std::string>& names);

/// The atoms' numbers, in order; none where what it is conditional on never happens.
///
/// Requires: `check` finds nothing wrong with any of them.
[[nodiscard]] std::vector<std::optional<double>> read_off(const std::vector<Atom>& atoms,
                                                          const Game& game,
                                                          const Assessment& assessment,
                                                          const Prediction& prediction,
                                                          const Surroundings& around);
/// The same without a prediction: what the atoms need of one comes from the sweeps that serve them.
[[nodiscard]] std::vector<std::optional<double>> read_off(const std::vector<Atom>& atoms,
                                                          const Game& game,
                                                          const Assessment& assessment,
                                                          const Surroundings& around);

/// The same of strategies on no belief grid, from all public histories.
/// Requires: no atom `needs_grid`; `prediction` is that of the same strategies.
[[nodiscard]] std::vector<std::optional<double>> read_off(const std::vector<Atom>& atoms,
                                                          const Game& game,
                                                          const prediction::HistoryTree& histories,
                                                          const Prediction& prediction,
                                                          const Surroundings& around);

/// Memory that this takes besides the strategies, at most, in bytes: counted before there is a
/// solution. `known`: with a prediction, else without; `alone`: on one thread, which takes less.
[[nodiscard]] std::int64_t count_read_bytes(const std::vector<Atom>& atoms,
                                            const Structure& structure, const BeliefAxes& axes,
                                            bool known, bool alone, const Surroundings& around);

}  // namespace melian::metric
