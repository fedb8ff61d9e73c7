#pragma once
/// How plays end, how long they last and what they count, by true types, from what the forward
/// sweep passes by.

#include <vector>

#include "melian/predict.h"
#include "predict/forward.h"

namespace melian::prediction {

class PlayCount {
 public:
  explicit PlayCount(const Board& board);

  /// [branch]: those whose flows are needed.
  [[nodiscard]] std::vector<bool> counted() const;
  void flow(int round, bool closing, int branch, const Destination& to, const Flow& flow);
  void leave(int round, int state, const Standing& standing);
  /// Fills outcomes, rounds, hazards and tallies.
  void finish(Prediction& out);

 private:
  [[nodiscard]] double by_prior(const std::vector<double>& by_profile) const;
  void discount_end(int round, int outcome, const Flow& flow);

  const Board& board_;
  const Structure& structure_;
  const std::size_t profiles_;
  std::vector<const Shape*> source_;             // [branch]
  std::vector<std::vector<double>> outcomes_;    // [outcome][full profile]
  std::vector<std::vector<double>> discounted_;  // [player][outcome]; empty where play must end
  std::vector<std::vector<double>> tallies_;     // [tally][full profile]
  std::vector<std::vector<double>> ended_;       // [full profile][round]
  std::vector<std::vector<double>> reached_;     // [full profile][round]
  std::vector<double> unfinished_;               // [full profile]
  std::size_t cut_ = 0;  // rounds after which plays were left alone; 0: none was
};

/// Entry `index` of a list that grows with what is asked of it.
inline double& grown(std::vector<double>& list, int index) {
  if (static_cast<std::size_t>(index) >= list.size())
    list.resize(static_cast<std::size_t>(index) + 1, 0.0);
  return list[static_cast<std::size_t>(index)];
}

}  // namespace melian::prediction
