#include "report/budget.h"

#include <algorithm>
#include <bit>

#include <fmt/core.h>

namespace melian {
namespace {

std::size_t at(int index) { return static_cast<std::size_t>(index); }

/// In how many rounds play can stand at a public state.
std::int64_t times(const Structure& structure, std::size_t state) {
  if (!structure.states[state].timed) return 1;
  std::int64_t rounds = 0;
  for (int t = 0; t < structure.rounds; ++t) {
    const std::size_t index = at(t) * structure.states.size() + state;
    if (index >= structure.reached.size() || structure.reached[index] != 0) ++rounds;
  }
  return rounds;
}

}  // namespace

Budget budget_on(const Structure& structure, const std::vector<int>& nodes) {
  Budget budget;
  for (std::size_t s = 0; s < structure.states.size(); ++s) {
    if (!structure.is_decision(static_cast<int>(s))) continue;
    const PublicState& state = structure.states[s];
    std::int64_t points = 1;
    for (int i = 0; i < structure.num_players(); ++i)
      if ((state.live >> i & 1U) != 0) points *= nodes[at(i)];
    const int mover = structure.moves[at(state.move)].player;
    const std::int64_t mover_types = (state.live >> mover & 1U) != 0 ? structure.players[at(mover)].num_types() : 1;
    const std::int64_t decisions = points * times(structure, s);
    budget.decisions += decisions;
    budget.strategy_bytes += decisions * mover_types * state.num_branches * static_cast<std::int64_t>(sizeof(double));
  }
  return budget;
}

std::vector<int> default_nodes(const Structure& structure) {
  const int with_types = std::popcount(structure.everyone());
  const int count = with_types <= 1 ? 129 : with_types == 2 ? 33 : 9;
  std::vector<int> nodes(structure.players.size(), 1);
  for (int i = 0; i < structure.num_players(); ++i)
    if (structure.players[at(i)].num_types() > 1) nodes[at(i)] = count;
  return nodes;
}

std::vector<int> coarser_nodes(const std::vector<int>& nodes, int divisor) {
  std::vector<int> coarser = nodes;
  for (int& count : coarser) count = count == 1 ? 1 : (count - 1) / divisor + 1;
  return coarser;
}

std::string nodes_words(const Structure& structure, const std::vector<int>& nodes) {
  std::string words;
  for (int i = 0; i < structure.num_players(); ++i)
    if (structure.players[at(i)].num_types() > 1) words += fmt::format("{}{}", words.empty() ? "" : " x ", nodes[at(i)]);
  return words.empty() ? "none" : words;
}

}  // namespace melian
