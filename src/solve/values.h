#pragma once
/// How the values of a public state lie in its table, by player, profile of types and belief point.
/// On long axes belief points are innermost: loops run over them. Where an axis is short, points
/// are few, and what is read at one of them stands together: a row for each point, by player and
/// profile, padded with zeros to whole packs.

#include <algorithm>
#include <cstdint>

#include "melian/beliefs.h"
#include "numeric/lanes.h"

namespace melian::grid {

constexpr int most_nodes_in_rows = 9;  ///< of the shortest axis

/// Do values of a game on these axes lie in rows?
[[nodiscard]] inline bool lie_in_rows(const BeliefAxes& axes) {
  return std::ranges::any_of(axes.nodes,
                             [](const auto& nodes) { return nodes.size() <= most_nodes_in_rows; });
}

/// Numbers at one belief point, of `blocks` players and profiles.
[[nodiscard]] constexpr std::int64_t row_width(std::int64_t blocks, bool in_rows) {
  return in_rows ? (blocks + lanes::width - 1) / lanes::width * lanes::width : blocks;
}

}  // namespace melian::grid
