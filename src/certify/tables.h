#pragma once
/// Tables of one sweep backward over the game, kept no longer than a later state can read them:
/// those of the round in hand, of the tops of phases a branch can still jump to, and of states
/// outside the clock.

#include <functional>
#include <unordered_map>
#include <vector>

#include "certify/layout.h"

namespace melian::checking {

class Tables {
 public:
  /// `size(state)`: numbers per public state.
  Tables(const Layout& layout, std::function<std::size_t(int)> size)
      : layout_(layout), size_(std::move(size)) {}

  /// From now on nothing is dropped: tables of all rounds are wanted.
  void keep_all() { keeps_all_ = true; }

  /// Makes room for the states of a layer; not to be called while threads read.
  void open(const Layout::Layer& layer) {
    for (const int state : layer.states)
      blocks_[layout_.slot(layer.round, state)].resize(size_(state));
  }
  /// Drops what no earlier round can read. Call after the last layer of a round.
  void close_round(int round) {
    if (keeps_all_) return;
    const auto states = layout_.structure().states.size();
    std::erase_if(blocks_, [&](const auto& block) {
      const PublicState& state = layout_.structure().states[block.first % states];
      const int at = static_cast<int>(block.first / states);
      return state.timed && (!state.entry || at >= round + layout_.longest_jump()) &&
             !(at == 0 && is_root(block.first));
    });
  }
  [[nodiscard]] double* at(int round, int state) {
    return blocks_.at(layout_.slot(round, state)).data();
  }
  [[nodiscard]] const double* at(int round, int state) const {
    return blocks_.at(layout_.slot(round, state)).data();
  }

 private:
  [[nodiscard]] bool is_root(std::size_t slot) const {
    return slot == layout_.slot(0, layout_.structure().root);
  }

  const Layout& layout_;
  std::function<std::size_t(int)> size_;
  std::unordered_map<std::size_t, std::vector<double>> blocks_;
  bool keeps_all_ = false;
};

}  // namespace melian::checking
