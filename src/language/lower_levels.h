#pragma once
/// The order in which states are solved, and the refusal of games that go round.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "melian/game.h"

namespace melian::lowering {

/// Branches by the state they lead to.
class Reverse {
 public:
  Reverse() = default;
  explicit Reverse(const Structure& structure);
  /// Calls visit(state, branch) for every branch into `state`.
  template <class Visit>
  void for_each(int state, Visit&& visit) const {
    for (auto k = begin_[static_cast<std::size_t>(state)];
         k < begin_[static_cast<std::size_t>(state) + 1]; ++k)
      visit(source_[static_cast<std::size_t>(branches_[static_cast<std::size_t>(k)])],
            branches_[static_cast<std::size_t>(k)]);
  }
  /// The state a branch starts from.
  [[nodiscard]] int source(int branch) const { return source_[static_cast<std::size_t>(branch)]; }

 private:
  std::vector<int> source_;
  std::vector<std::int64_t> begin_;
  std::vector<int> branches_;
};

/// Fills the levels of `structure`, whose states know whether they are timed. Refuses a cycle of
/// public states in which no time passes, and one that no horizon ends. `phase` by state, `names`
/// by phase. On `horizon forever` levels order only what happens within a round.
[[nodiscard]] std::optional<Diagnostic> order_states(Structure& structure, const Reverse& reverse,
                                                     const std::vector<int>& phase,
                                                     const std::vector<std::string>& names);

}  // namespace melian::lowering
