#pragma once
/// Values of a solved game recomputed from its strategies, a round at a time: of all rounds only
/// what earlier ones can read is kept.

#include "solve/sweep.h"

namespace melian::grid {

class StoredValues {
 public:
  /// References are kept. Values of untimed states, cycles included, are there afterwards.
  StoredValues(const Game& game, const Assessment& strategies);
  StoredValues(const StoredValues&) = delete;
  StoredValues& operator=(const StoredValues&) = delete;

  /// Puts the values of a round into the tables.
  void stand_in(int round);
  /// The values of every cycle settled.
  [[nodiscard]] bool settled() const { return settled_; }

  [[nodiscard]] const Assessment& stored() const { return stored_; }
  [[nodiscard]] const Plan& plan() const { return plan_; }
  [[nodiscard]] const Sweep& sweep() const { return sweep_; }
  [[nodiscard]] Rung& rung() { return rung_; }

 private:
  void settle(int stage);
  void value_round(int round);

  const Assessment& stored_;
  Plan plan_;
  Sweep sweep_;
  Rung rung_;
  bool settled_ = true;
  int lowest_ = 0;   ///< of rounds whose entries are known
  int in_hand_ = 0;  ///< the round whose values stand in the tables
};

}  // namespace melian::grid
