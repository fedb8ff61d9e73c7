#include "tree/later_moves.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/core.h>

#include "tree/shape.h"

namespace melian::tree {

LaterMoves::LaterMoves(const ExtensiveForm& form, std::vector<double> margins)
    : form_(form),
      margins_(std::move(margins)),
      nodes_(nodes_of_sets(form)),
      state_(form.nodes.size(), State::unseen),
      set_state_(form.sets.size(), State::unseen),
      values_(form.nodes.size()) {}

const std::vector<double>* LaterMoves::values(int node) {
  visit(node);
  return state_[ix(node)] == State::known ? &values_[ix(node)] : nullptr;
}

/// Leaves the node known or unknown; a player's node is decided with all of its set.
void LaterMoves::visit(int node) {
  if (state_[ix(node)] != State::unseen) return;
  const int set = form_.nodes[ix(node)].set;
  if (set >= 0 && form_.sets[ix(set)].player >= 0) {
    if (set_state_[ix(set)] == State::open) {
      // Sets above one another both ways: no order to decide them in.
      why_not_ = fmt::format("{} comes before and after another set", set_words(form_, set));
      return;
    }
    if (set_state_[ix(set)] == State::unseen) decide(set);
    return;
  }
  std::vector<double> out(form_.players.size(), 0.0);
  const int outcome = form_.nodes[ix(node)].outcome;
  for (std::size_t i = 0; i < out.size() && outcome >= 0; ++i)
    out[i] = form_.payoff(outcome, static_cast<int>(i));
  const int actions = set < 0 ? 0 : form_.sets[ix(set)].num_actions;
  for (int a = 0; a < actions; ++a) {
    const std::vector<double>* below = values(form_.child(node, a));
    if (below == nullptr) {
      state_[ix(node)] = State::unknown;
      return;
    }
    for (std::size_t i = 0; i < out.size(); ++i)
      out[i] +=
          form_.odds_for(static_cast<int>(i), form_.sets[ix(set)].first_action + a) * (*below)[i];
  }
  values_[ix(node)] = std::move(out);
  state_[ix(node)] = State::known;
}

void LaterMoves::decide(int set) {
  set_state_[ix(set)] = State::open;
  const int best = best_action(set);
  set_state_[ix(set)] = best < 0 ? State::unknown : State::known;
  for (const int n : nodes_[ix(set)]) {
    state_[ix(n)] = set_state_[ix(set)];
    if (best < 0) continue;
    values_[ix(n)] = child_value(n, best);
    const int outcome = form_.nodes[ix(n)].outcome;
    for (std::size_t i = 0; i < form_.players.size() && outcome >= 0; ++i)
      values_[ix(n)][i] += form_.payoff(outcome, static_cast<int>(i));
  }
}

/// The action that is best whatever the belief; -1 where there is none.
int LaterMoves::best_action(int set) {
  const ExtensiveForm::InformationSet& h = form_.sets[ix(set)];
  for (const int n : nodes_[ix(set)])
    for (int a = 0; a < h.num_actions; ++a)
      if (values(form_.child(n, a)) == nullptr) return -1;
  const double margin = margins_[ix(set)];
  for (int a = 0; a < h.num_actions; ++a) {
    const bool best = std::ranges::all_of(nodes_[ix(set)], [&](int n) {
      for (int b = 0; b < h.num_actions; ++b) {
        const double ahead = child_value(n, a)[ix(h.player)] - child_value(n, b)[ix(h.player)];
        if (!(ahead > margin) && !same_for_all(n, a, b)) return false;
      }
      return true;
    });
    if (best) return a;
  }
  why_not_ = fmt::format("the move at {} depends on beliefs or lies within the margin of a tie",
                         set_words(form_, set));
  return -1;
}

const std::vector<double>& LaterMoves::child_value(int node, int action) const {
  return values_[ix(form_.child(node, action))];
}

bool LaterMoves::same_for_all(int node, int a, int b) const {
  constexpr double round_off = 1e-12;
  for (std::size_t i = 0; i < form_.players.size(); ++i) {
    const double one = child_value(node, a)[i], other = child_value(node, b)[i];
    if (std::abs(one - other) > round_off * (std::abs(one) + std::abs(other))) return false;
  }
  return true;
}

}  // namespace melian::tree
