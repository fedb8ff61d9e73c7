#include "tree/elimination.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include <Eigen/OrderingMethods>
#include <Eigen/SparseCore>

#include "tree/shape.h"

namespace melian::tree {
namespace {

/// Entries of the factors when blocks go in this order: the rows of a block are its neighbours
/// among the later ones and what those that went before, and come back to it first, still held.
double entries_of_factors(const BlockGraph& graph, const std::vector<std::vector<int>>& neighbours,
                          const std::vector<int>& order, double most) {
  std::vector<int> place(order.size());
  for (std::size_t k = 0; k < order.size(); ++k) place[ix(order[k])] = static_cast<int>(k);
  std::vector<std::vector<int>> rows(order.size()), waiting(order.size());
  std::vector<int> marked(order.size(), -1);
  double entries = 0.0;
  for (std::size_t k = 0; k < order.size(); ++k) {
    std::vector<int>& here = rows[k];
    double below = 0.0;
    const auto meet = [&](int at) {
      if (at <= static_cast<int>(k) || marked[ix(at)] == static_cast<int>(k)) return;
      marked[ix(at)] = static_cast<int>(k);
      here.push_back(at);
      below += graph.size[ix(order[ix(at)])];
    };
    for (const int other : neighbours[ix(order[k])]) meet(place[ix(other)]);
    for (const int child : waiting[k]) {
      for (const int at : rows[ix(child)]) meet(at);
      rows[ix(child)] = {};
    }
    const double own = graph.size[ix(order[k])];
    entries += own * own + 2.0 * own * below;
    if (entries > most) return std::numeric_limits<double>::infinity();
    if (!here.empty()) waiting[ix(*std::ranges::min_element(here))].push_back(static_cast<int>(k));
  }
  return entries;
}

std::vector<int> minimum_degree(const BlockGraph& graph) {
  const auto blocks = static_cast<int>(graph.size.size());
  std::vector<Eigen::Triplet<double>> pairs;
  for (int k = 0; k < blocks; ++k) pairs.emplace_back(k, k, 1.0);
  for (const auto& [a, b] : graph.shared) {
    pairs.emplace_back(a, b, 1.0);
    pairs.emplace_back(b, a, 1.0);
  }
  Eigen::SparseMatrix<double> pattern(blocks, blocks);
  pattern.setFromTriplets(pairs.begin(), pairs.end());
  Eigen::PermutationMatrix<Eigen::Dynamic, Eigen::Dynamic, int> permutation;
  Eigen::AMDOrdering<int>()(pattern, permutation);
  return {permutation.indices().data(), permutation.indices().data() + blocks};
}

}  // namespace

Elimination elimination_order(const BlockGraph& graph, double most_entries) {
  std::vector<std::vector<int>> neighbours(graph.size.size());
  for (const auto& [a, b] : graph.shared) {
    neighbours[ix(a)].push_back(b);
    neighbours[ix(b)].push_back(a);
  }
  Elimination given;
  given.order.resize(graph.size.size());
  std::iota(given.order.begin(), given.order.end(), 0);
  given.entries = entries_of_factors(graph, neighbours, given.order, most_entries);
  if (graph.size.empty()) return given;
  Elimination other{minimum_degree(graph), 0.0};
  other.entries = entries_of_factors(graph, neighbours, other.order, most_entries);
  constexpr double clearly = 0.8;  // the given order is kept where the other gains little
  return other.entries < clearly * given.entries ? other : given;
}

}  // namespace melian::tree
