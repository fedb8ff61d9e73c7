#pragma once
/// How large a solve is before it is started.

#include <cstdint>
#include <string>
#include <vector>

#include "melian/game.h"

namespace melian {

struct Budget {
  std::int64_t decisions = 0;       ///< (round, public state, belief point) decisions
  std::int64_t strategy_bytes = 0;  ///< of the strategies kept
};

/// Decisions of one backward sweep with these nodes per player.
[[nodiscard]] Budget budget_on(const Structure& structure, const std::vector<int>& nodes);

/// The nodes the solver takes when none are asked for; 1 for players with one type.
[[nodiscard]] std::vector<int> default_nodes(const Structure& structure);

/// Every `divisor`-th node kept, both ends among them.
[[nodiscard]] std::vector<int> coarser_nodes(const std::vector<int>& nodes, int divisor);

/// "33 x 33", or "none" where nobody has private information.
[[nodiscard]] std::string nodes_words(const Structure& structure, const std::vector<int>& nodes);

}  // namespace melian
