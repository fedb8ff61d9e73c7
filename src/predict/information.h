#pragma once
/// Counts what play reveals about types, in bits, from the flows of the forward sweep.

#include <vector>

#include "melian/predict.h"
#include "predict/forward.h"

namespace melian::prediction {

class InformationCount {
 public:
  explicit InformationCount(const Board& board);
  /// The public state that a branch leaves.
  [[nodiscard]] int source(int branch) const { return source_[static_cast<std::size_t>(branch)]; }
  void add(int round, int branch, const Flow& flow);
  /// Plays left alone before they ended keep the beliefs they have.
  void leave(int state, const Standing& standing);
  /// [player]; `reached_by_round` gives the number of rounds of every list, too.
  [[nodiscard]] std::vector<Information> finish(const std::vector<double>& reached_by_round);

 private:
  const Board& board_;
  std::vector<int> source_;
  std::vector<Information> count_;  // in nats until `finish`
};

}  // namespace melian::prediction
