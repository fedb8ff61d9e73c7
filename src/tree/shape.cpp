#include "tree/shape.h"

#include <algorithm>
#include <cmath>

#include <fmt/core.h>

#include "melian/numeric.h"

namespace melian {

using tree::ix;

bool has_perfect_recall(const ExtensiveForm& form) {
  constexpr int nothing = -1, unseen = -2;
  std::vector<int> last(form.nodes.size()), seen_at(form.sets.size(), unseen);
  for (int player = 0; player < form.num_players(); ++player)
    for (std::size_t n = 0; n < form.nodes.size(); ++n) {
      const ExtensiveForm::Node& node = form.nodes[n];
      last[n] = nothing;
      if (node.parent >= 0) {
        const ExtensiveForm::InformationSet& before =
            form.sets[ix(form.nodes[ix(node.parent)].set)];
        last[n] =
            before.player == player ? before.first_action + node.taken : last[ix(node.parent)];
      }
      if (node.set < 0 || form.sets[ix(node.set)].player != player) continue;
      // Equal last own actions suffice: what was known and done before them is equal by induction.
      int& known = seen_at[ix(node.set)];
      if (known == unseen) known = last[n];
      if (known != last[n]) return false;
    }
  return true;
}

namespace tree {

std::vector<int> sets_passed_twice(const ExtensiveForm& form) {
  std::vector<int> found;
  std::vector<int> on_path(form.sets.size(), 0);
  std::vector<int> path;  // nodes from the root to here
  for (std::size_t n = 0; n < form.nodes.size(); ++n) {
    while (!path.empty() && path.back() != form.nodes[n].parent) {
      --on_path[ix(form.nodes[ix(path.back())].set)];
      path.pop_back();
    }
    const int set = form.nodes[n].set;
    if (set < 0) continue;
    path.push_back(static_cast<int>(n));
    if (++on_path[ix(set)] == 2 && form.sets[ix(set)].player >= 0) found.push_back(set);
  }
  std::ranges::sort(found);
  found.erase(std::ranges::unique(found).begin(), found.end());
  return found;
}

std::vector<int> sets_never_reached(const ExtensiveForm& form) {
  std::vector<bool> possible(form.nodes.size(), true), reached(form.sets.size(), false);
  const int views = form.perceived.empty() ? 1 : form.num_players();
  for (int view = 0; view < views; ++view)
    for (std::size_t n = 0; n < form.nodes.size(); ++n) {
      const ExtensiveForm::Node& node = form.nodes[n];
      if (node.parent >= 0) {
        const ExtensiveForm::InformationSet& before =
            form.sets[ix(form.nodes[ix(node.parent)].set)];
        const bool drawn =
            before.player >= 0 || form.odds_for(view, before.first_action + node.taken) > 0.0;
        possible[n] = possible[ix(node.parent)] && drawn;
      }
      const bool theirs = node.set >= 0 && (views == 1 || form.sets[ix(node.set)].player == view);
      if (theirs && possible[n]) reached[ix(node.set)] = true;
    }
  std::vector<int> found;
  for (std::size_t h = 0; h < form.sets.size(); ++h)
    if (form.sets[h].player >= 0 && !reached[h]) found.push_back(static_cast<int>(h));
  return found;
}

Payoffs payoffs_of(const ExtensiveForm& form) {
  const std::size_t players = form.players.size();
  std::vector<double> total(form.nodes.size() * players, 0.0), low(players, infinity),
      high(players, -infinity);
  Payoffs out;
  for (std::size_t n = 0; n < form.nodes.size(); ++n) {
    const ExtensiveForm::Node& node = form.nodes[n];
    for (std::size_t i = 0; i < players; ++i) {
      double& here = total[n * players + i];
      here = node.parent < 0 ? 0.0 : total[ix(node.parent) * players + i];
      if (node.outcome >= 0) here += form.payoff(node.outcome, static_cast<int>(i));
      if (!(std::abs(here) <= out.largest)) out.largest = std::abs(here);
      if (node.set >= 0) continue;
      low[i] = std::min(low[i], here);
      high[i] = std::max(high[i], here);
    }
  }
  for (std::size_t i = 0; i < players; ++i) out.range = std::max(out.range, high[i] - low[i]);
  constexpr double nought = 1e-100;
  if (out.range < nought) out.range = 1.0;
  return out;
}

std::vector<std::vector<int>> nodes_of_sets(const ExtensiveForm& form) {
  std::vector<std::vector<int>> out(form.sets.size());
  for (std::size_t n = 0; n < form.nodes.size(); ++n)
    if (form.nodes[n].set >= 0) out[ix(form.nodes[n].set)].push_back(static_cast<int>(n));
  return out;
}

std::string set_words(const ExtensiveForm& form, int set) {
  const ExtensiveForm::InformationSet& h = form.sets[ix(set)];
  const std::string whose = h.player < 0 ? "chance" : form.players[ix(h.player)];
  return fmt::format("information set {} of {}{}", h.number, whose,
                     h.label.empty() ? "" : fmt::format(" (\"{}\")", h.label));
}

}  // namespace tree
}  // namespace melian
