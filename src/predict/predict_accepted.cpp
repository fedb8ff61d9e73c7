#include "predict/predict_accepted.h"

#include <algorithm>

namespace melian::prediction {

bool can_be_accepted_again(const Board& board, int offer) {
  const Structure& structure = board.structure();
  const auto accepts = [&](int branch) {
    for (std::int64_t k = structure.acceptance_begin[static_cast<std::size_t>(branch)];
         k < structure.acceptance_begin[static_cast<std::size_t>(branch) + 1]; ++k)
      if (structure.acceptances[static_cast<std::size_t>(k)].move == offer) return true;
    return false;
  };
  std::vector<bool> seen(structure.states.size(), false);
  std::vector<int> open;
  const auto visit = [&](int state) {
    if (state < 0 || seen[static_cast<std::size_t>(state)]) return;
    seen[static_cast<std::size_t>(state)] = true;
    open.push_back(state);
  };
  for (std::size_t b = 0; b < structure.branches.size(); ++b)
    if (accepts(static_cast<int>(b))) visit(structure.branches[b].next);
  while (!open.empty()) {
    const PublicState& state = structure.states[static_cast<std::size_t>(open.back())];
    open.pop_back();
    visit(state.closing);
    for (int b = state.first_branch; b < state.first_branch + state.num_branches; ++b) {
      if (accepts(b)) return true;
      visit(structure.branches[static_cast<std::size_t>(b)].next);
    }
  }
  return false;
}

}  // namespace melian::prediction
