#pragma once
/// Adds up what plays pass by into a `Prediction`: from the flows of the forward sweep, or from
/// public histories one by one.

#include <map>
#include <vector>

#include "melian/predict.h"
#include "predict/forward.h"
#include "predict/information.h"
#include "predict/play_count.h"

namespace melian::prediction {

/// Adds up what the forward sweep passes by.
class Collector {
 public:
  Collector(const Board& board, Prediction& out);
  void flow(int round, bool closing, int branch, const Destination& to, const Flow& flow);
  void leave(int round, int state, const Standing& standing);
  void finish();

 private:
  [[nodiscard]] double by_prior(const std::vector<double>& by_profile) const;
  void count_beliefs(int round, bool closing, const Destination& to, const Flow& flow);
  void count_move(int round, int branch, double probability);
  void count_action(int round, int move, int action, double probability);
  void finish_offers();
  void finish_beliefs();

  const Board& board_;
  const Structure& structure_;
  Prediction& out_;
  const std::size_t profiles_;
  const std::vector<Shape::Frozen> believed_;
  std::vector<std::vector<std::vector<double>>>
      belief_;                                    // [index in `believed_`][full profile][round]
  std::map<int, std::vector<double>> offer_sum_;  // [move][round]
  std::map<int, double> accepted_count_, accepted_sum_;
  PlayCount count_;
  InformationCount information_;
};

}  // namespace melian::prediction
