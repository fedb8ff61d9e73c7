#pragma once
/// In which order to eliminate blocks of unknowns, so that few entries fill in.

#include <cstdint>
#include <utility>
#include <vector>

namespace melian::tree {

/// Blocks of unknowns and which of them share an equation.
struct BlockGraph {
  std::vector<int> size;  ///< unknowns by block
  std::vector<std::pair<int, int>>
      shared;  ///< pairs of different blocks, each once, either way round
};

/// An order and what its factors hold, the filled-in entries included.
struct Elimination {
  std::vector<int> order;  ///< block numbers, the first to go first
  double entries = 0.0;    ///< of both factors together; infinite beyond `most_entries`
};

/// The better of the given order of blocks (0, 1, ...) and approximate minimum degree.
/// Source: approximate minimum degree after Amestoy, Davis and Duff (1996), as in Eigen.
[[nodiscard]] Elimination elimination_order(const BlockGraph& graph, double most_entries);

}  // namespace melian::tree
