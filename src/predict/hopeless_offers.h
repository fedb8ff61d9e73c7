#pragma once
/// Offers that their own author does not expect to be accepted, added up over the places where an
/// offer is made.

#include <optional>
#include <vector>

#include "predict/probes_places.h"

namespace melian::prediction {

/// One author's view of the offers open to it at one place.
struct OfferView {
  std::vector<double> made;     ///< [offer]: how often it makes it
  std::vector<double> measure;  ///< [offer]: base measure, summing to 1
  std::vector<double>
      expected;  ///< [offer]: probability of acceptance in the same round, by its own belief
  std::vector<double> payoff;  ///< [offer]: its payoff from there on
};

/// Share of its offers that are hopeless (expected below `most`) and made more often than the base
/// measure has it.
[[nodiscard]] double hopeless_share(const OfferView& view, double most);
/// Payoff of the best hopeless offer less that of the best one expected above `least`; none unless
/// there are both.
[[nodiscard]] std::optional<double> hopeless_gain(const OfferView& view, double most, double least);

class HopelessSum {
 public:
  HopelessSum(const Board& board, const Functional& what, std::span<const Given> given);
  /// What it needs of the backward sweep: the author's payoff, and whether an offer is accepted in
  /// its round.
  [[nodiscard]] static std::vector<Column> columns(const Structure& structure, int move);
  [[nodiscard]] Reader reader(int first_round, int last_round);
  [[nodiscard]] Measured result() const;

 private:
  void read(int round, int state, int table_round, const Places& places, const Backward& backward,
            const std::vector<int>& column);

  const Board& board_;
  HopelessOffers wanted_;
  int author_ = -1;
  Facts facts_;
  double amount_ = 0.0, weight_ = 0.0;
};

}  // namespace melian::prediction
