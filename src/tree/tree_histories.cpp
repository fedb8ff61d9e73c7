#include "melian/tree_histories.h"

#include <algorithm>

#include "tree/shape.h"
#include "tree/unfold.h"

namespace melian {

using tree::ix;

TreeHistories::TreeHistories(const Game& game, const ExtensiveForm& form, Measure measure)
    : game_(game),
      form_(form),
      everyone_(game.shape().players, game.shape().everyone()),
      start_(ix(everyone_.count()), -1) {
  const Structure& shape = game.shape();
  for (int s = 0; s < static_cast<int>(shape.states.size()); ++s) {
    deciders_.push_back(melian::deciders(shape, s, measure));
    int row = 0;
    for (Decider& one : deciders_.back()) {
      one.types = shape.players[ix(one.player)].num_types();
      one.first_row = row;
      row += one.types * one.num_actions();
    }
  }
  const tree::Prior prior = tree::prior_of(game, everyone_);
  std::vector<int> possible;
  for (int profile = 0; profile < everyone_.count(); ++profile)
    if (prior.possible(profile)) possible.push_back(profile);
  for (std::size_t k = 0; k < possible.size(); ++k)
    start_[ix(possible[k])] = possible.size() == 1 ? 0 : form.child(0, static_cast<int>(k));
}

std::vector<int> TreeHistories::open(const Decider& mover, int type) {
  return tree::open_actions(mover, type);
}

/// Where an action leads, which is one of those open at the node.
int TreeHistories::child(int node, const std::vector<int>& open, int action) const {
  const auto found = std::ranges::find(open, action);
  return found == open.end() ? -1 : form_.child(node, static_cast<int>(found - open.begin()));
}

std::vector<int> TreeHistories::after(int state, const std::vector<int>& nodes, int k) const {
  const Structure& shape = game_.shape();
  const MoveKind kind = shape.moves[ix(shape.states[ix(state)].move)].kind;
  if (kind == MoveKind::passage) return nodes;
  std::vector<int> out(nodes.size(), -1);
  for (int profile = 0; profile < everyone_.count(); ++profile) {
    int node = nodes[ix(profile)];
    if (node < 0) continue;
    if (kind == MoveKind::chance) {
      const int local = tree::local_profile(shape, everyone_, state, profile);
      node = child(node, tree::possible_branches(game_, state, local), k);
    }
    for (const Decider& one : deciders(state))
      if (node >= 0)
        node = child(node, tree::open_actions(one, everyone_.type_of(profile, one.player)),
                     one.own_action(k));
    out[ix(profile)] = node;
  }
  return out;
}

int TreeHistories::set_of(int state, const std::vector<int>& nodes, std::size_t d, int type) const {
  const std::vector<Decider>& movers = deciders(state);
  for (int profile = 0; profile < everyone_.count(); ++profile) {
    int node = nodes[ix(profile)];
    if (node < 0 || everyone_.type_of(profile, movers[d].player) != type) continue;
    for (std::size_t e = 0; e < d; ++e) node = form_.child(node, 0);
    return form_.nodes[ix(node)].set;
  }
  return -1;
}

}  // namespace melian
