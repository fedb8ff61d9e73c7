#pragma once
/// All public histories of a solved game at once: what claims are measured on, and plays drawn
/// from, where the solution lies on no belief grid.

#include <cstdint>
#include <vector>

#include "melian/histories.h"
#include "melian/predict.h"
#include "predict/forward_board.h"
#include "predict/probes.h"

namespace melian::prediction {

/// What a board needs to know of strategies that lie on no grid: the prior is the only node.
[[nodiscard]] Assessment without_grid(const Game& game);

class HistoryTree {
 public:
  struct Node {
    PublicHistory history;  ///< of an end, `state` is negative, as in `Branch::next`
    std::vector<int> next;  ///< [branch of its state]: the node there; -1 where impossible
    std::vector<double> log_strategy;  ///< as `HistoryDecision`; empty where nobody decides
  };

  /// References are kept.
  HistoryTree(const Game& game, StrategySource& source);
  HistoryTree(const HistoryTree&) = delete;
  HistoryTree& operator=(const HistoryTree&) = delete;

  /// Visits every public history. False where there are more than `most`.
  [[nodiscard]] bool build(std::int64_t most);

  [[nodiscard]] const std::vector<Node>& nodes() const { return nodes_; }  ///< parents first
  [[nodiscard]] const Board& board() const { return board_; }
  [[nodiscard]] const HistoryWalk& walk() const { return walk_; }
  /// P(the node's `k`th branch | full profile), as a player sees chance; -1: as the analyst does.
  [[nodiscard]] double probability(const Node& node, int k, int theta, int observer) const;
  /// The index in `Structure::branches` of the node's `k`th branch.
  [[nodiscard]] int branch(const Node& node, int k) const {
    return board_.structure().states[static_cast<std::size_t>(node.history.state)].first_branch + k;
  }
  /// Who decides at a node.
  [[nodiscard]] const std::vector<Decider>& deciders(const Node& node) const {
    return source_.deciders(node.history.state);
  }
  /// Does this branch come to the end of the horizon?
  [[nodiscard]] static bool closes(const Node& from, const Node& to) {
    return to.history.closing && !from.history.closing;
  }

 private:
  const Game& game_;
  StrategySource& source_;
  Assessment assessment_;
  Board board_;
  HistoryWalk walk_;
  std::vector<Node> nodes_;
};

}  // namespace melian::prediction

namespace melian {

/// `measure` where strategies lie on no belief grid: every probe, in order, at exact beliefs.
///
/// Requires: as `measure`; `prediction` is `predict_histories` of the same strategies; no probe
///           asks for `HopelessOffers`, `RangeShare` or `RangeWidth`, which belong to a grid
///           (`needs_grid`).
/// Cost:     one pass over all histories for every distinct amount; in memory the numbers of all
///           histories.
[[nodiscard]] std::vector<Measured> measure_histories(const prediction::HistoryTree& histories,
                                                      std::span<const Probe> probes,
                                                      const Prediction& prediction);

/// Is this measured on a belief grid alone?
[[nodiscard]] bool needs_grid(const Functional& what);

/// Plays drawn from all public histories: `simulate` where strategies lie on no belief grid. The
/// same seed gives the same plays for any number of threads.
[[nodiscard]] Simulation simulate_histories(const prediction::HistoryTree& histories,
                                            std::int64_t plays, std::uint64_t seed);

}  // namespace melian
