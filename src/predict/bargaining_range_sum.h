#pragma once
/// Adds up bargaining ranges over the places where an offer is made.

#include <map>
#include <memory>
#include <span>
#include <tuple>
#include <vector>

#include "predict/bargaining_range.h"
#include "predict/probes_places.h"

namespace melian::prediction {

/// Where an offer is answered: the public state, and which of its branches accepts it (or leads to
/// accepting it later in the round, where a third party has its say).
struct AnswerTo {
  int state = -1;  ///< -1: nobody answers
  int accepting = -1;
  std::vector<int> way;  ///< states from the offer to the answer, both included
};
[[nodiscard]] AnswerTo answer_to(const Board& board, int state,
                                 int k);  ///< to the offer of branch `k`

/// The numbers x, between the least and the largest of `number` (increasing), where both piecewise
/// linear functions are at least 0: least and largest; empty `high < low` where there are none.
/// Numbers with a NaN are left out, with the cells beside them.
struct Span {
  double low = 1.0, high = 0.0;
  [[nodiscard]] bool empty() const { return high < low; }
};
[[nodiscard]] Span both_at_least_zero(std::span<const double> number, std::span<const double> one,
                                      std::span<const double> other);

class RangeSum {
 public:
  RangeSum(const Board& board, int offer, std::span<const Given> given);
  /// At most what it needs of the backward sweep: payoffs of all.
  [[nodiscard]] static std::vector<Column> columns(const Structure& structure, int offer);
  [[nodiscard]] Reader reader(int first_round, int last_round);
  [[nodiscard]] std::vector<BargainingRange> pairs() const;
  [[nodiscard]] Measured share() const;  ///< of all pairs, weighed
  [[nodiscard]] Measured width() const;

 private:
  /// What both think of each answer to one offer, at every place: gain of accepting over the
  /// responder's best other answer, by types.
  struct Gains {
    int responder = -1;
    std::vector<double> number;                       ///< increasing
    std::vector<std::vector<double>> responder_gain;  ///< [place x type][offer]
    std::vector<std::vector<double>>
        proposer_gain;  ///< [place x proposer type x responder type][offer]
  };
  struct Total {
    double weight = 0.0, non_empty = 0.0, width = 0.0, low = 0.0, high = 0.0;
  };
  void read(int round, int state, int table_round, const Places& places, const Backward& backward,
            const std::vector<int>& column);
  void weigh(int round, int state, int table_round, int k, const AnswerTo& answer,
             const Places& places, const Backward& backward, const std::vector<int>& column,
             Gains& gains) const;
  [[nodiscard]] std::size_t types_of(int player) const;

  const Board& board_;
  int offer_, proposer_ = -1;
  Facts facts_;
  std::vector<int> responders_;  ///< all who ever answer it
  std::map<std::tuple<int, int, int>, Total>
      total_;  ///< by responder, proposer's type, responder's type
};

}  // namespace melian::prediction
