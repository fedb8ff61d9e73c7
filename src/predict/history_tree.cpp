#include "predict/history_tree.h"

#include <cmath>
#include <limits>
#include <utility>

namespace melian::prediction {
namespace {

std::size_t at(std::int64_t index) { return static_cast<std::size_t>(index); }

constexpr HistoryLimits everything{
    .reached = 0.0, .rounds = 0, .most = std::numeric_limits<std::int64_t>::max()};

}  // namespace

Assessment without_grid(const Game& game) {
  const BeliefSpace space(game.shape());
  Assessment out;
  out.game_fingerprint = game.fingerprint;
  for (const double belief : start_beliefs(game, space)) out.axes.nodes.push_back({belief});
  for (int axis = 0; axis < space.num_axes(); ++axis)
    out.axes.players.push_back(space.groups()[at(space.axes()[at(axis)].group)].mask);
  return out;
}

HistoryTree::HistoryTree(const Game& game, StrategySource& source)
    : game_(game),
      source_(source),
      assessment_(without_grid(game)),
      board_(game, assessment_),
      walk_(game, source, everything) {}

bool HistoryTree::build(std::int64_t most) {
  std::vector<int> node_of;  // [number of a visited history]
  while (const PublicHistory* here = walk_.next()) {
    if (here->number >= most) return false;
    if (here->parent < 0) {
      nodes_.push_back({*here, {}, {}});
      node_of.push_back(0);
    } else {
      const Node& before = nodes_[at(node_of[at(here->parent)])];
      node_of.push_back(before.next[at(here->branch - branch(before, 0))]);
      nodes_[at(node_of.back())].history.number = here->number;
    }
    const int mine = node_of.back();
    if (const HistoryDecision* decision = walk_.decision())
      nodes_[at(mine)].log_strategy = decision->log_strategy;
    const int branches = game_.shape().states[at(here->state)].num_branches;
    for (int k = 0; k < branches; ++k) {
      std::optional<PublicHistory> next = walk_.after(k);
      nodes_[at(mine)].next.push_back(next ? static_cast<int>(nodes_.size()) : -1);
      if (next) nodes_.push_back({*std::move(next), {}, {}});
    }
  }
  return true;
}

double HistoryTree::probability(const Node& node, int k, int theta, int observer) const {
  const Structure& structure = board_.structure();
  const int state = node.history.state;
  if (!node.log_strategy.empty()) {
    double sum = 0.0;
    for (const Decider& one : source_.deciders(state))
      sum += node.log_strategy[at(one.row(
          one.types > 1 ? board_.full().type_of(theta, one.player) : 0, one.own_action(k)))];
    return std::exp(sum);
  }
  if (structure.moves[at(structure.states[at(state)].move)].kind != MoveKind::chance) return 1.0;
  const Shape& shape = board_.shape(state);
  const double* odds = observer < 0 ? game_.odds(branch(node, k))
                                    : game_.odds_for(branch(node, k), observer, shape.profiles);
  return odds[shape.profile_of_full[at(theta)]];
}

}  // namespace melian::prediction
