#pragma once
/// What public states remember: where play stands, packed into keys and unpacked again.

#include <cstdint>
#include <vector>

#include "language/lower_play.h"
#include "language/lower_table.h"

namespace melian::lowering {

/// Where play stands between two public states. `contents` holds the variables (-1: nothing
/// remembered), then for each offer whether it has been accepted this round.
struct Position {
  int point = -1;
  std::vector<int> contents;
  std::vector<double> numbers;
  int elapsed = 0;  ///< clock counted since the top of the phase
  bool overtime = false;
};

/// The tops and states of `play`, found by what they remember.
class Memory {
 public:
  Memory(const Model::Checked& model, const Graph& graph, const Liveness& live, Play& play);

  struct Found {
    int id = -1;
    bool fresh = false;
  };
  /// The top of a phase with what is alive there. `from` and `by`: the state and branch that led
  /// here first.
  [[nodiscard]] Found top(int phase, const Position& position, int from, int by);
  /// The move at a program point; an entry also remembers what the closing would read.
  [[nodiscard]] Found state(int point, bool entry, const Position& position, int from, int by);
  /// The passage at a top.
  [[nodiscard]] Found passage(int top, int from, int by);

  [[nodiscard]] Position empty() const;
  void set(Position& position, int variable, int content) const;
  /// The slot that says whether an offer has been accepted; -1 of other variables.
  [[nodiscard]] int flag(int variable) const { return flag_[static_cast<std::size_t>(variable)]; }
  [[nodiscard]] Position at_top(int top) const;  ///< at the first statement after it
  [[nodiscard]] Position at_state(int state) const;

 private:
  [[nodiscard]] std::vector<int> slots_of(const VariableSet& set) const;
  void find_slots(const Liveness& live);
  Found new_state(int point, const std::vector<int>& slots, const Position& position, int from,
                  int by);
  void remember(int variable, const Position& position, int& count);
  void recall(Position& position, std::int64_t at, int count) const;

  const Model::Checked& model_;
  const Graph& graph_;
  const Liveness& live_;
  Play& play_;
  std::vector<int> flag_;
  std::size_t num_slots_ = 0;
  std::vector<std::vector<int>> slots_, entry_slots_, top_slots_;
  KeyTable state_keys_, top_keys_;
  std::vector<int> key_;
  std::vector<int> elapsed_;  // by state
  std::vector<std::uint8_t> overtime_;
  std::vector<std::int64_t> flags_begin_;  // by state, into flags_: slot, content
  std::vector<int> flags_;
};

}  // namespace melian::lowering
