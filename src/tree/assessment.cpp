#include "tree/assessment.h"

#include <algorithm>
#include <cmath>

#include "melian/numeric.h"
#include "tree/shape.h"

namespace melian::tree {
namespace {

int views_of(const ExtensiveForm& form) { return form.perceived.empty() ? 1 : form.num_players(); }

int set_before(const ExtensiveForm& form, std::size_t node) {
  return form.nodes[ix(form.nodes[node].parent)].set;
}

double odds_seen(const ExtensiveForm& form, int view, int action) {
  return view < 0 ? form.actions[ix(action)].odds : form.odds_for(view, action);
}

}  // namespace

std::vector<double> log_beliefs(const ExtensiveForm& form,
                                const std::vector<double>& log_strategy) {
  const int views = views_of(form);
  std::vector<double> out(form.nodes.size(), 0.0), reach(form.nodes.size());
  std::vector<double> top(form.sets.size(), -infinity);
  for (int view = 0; view < views; ++view) {
    const auto theirs = [&](int set) {
      return set >= 0 && form.sets[ix(set)].player >= 0 &&
             (views == 1 || form.sets[ix(set)].player == view);
    };
    for (std::size_t n = 0; n < form.nodes.size(); ++n) {
      const ExtensiveForm::Node& node = form.nodes[n];
      if (node.parent < 0) {
        reach[n] = 0.0;
      } else {
        const ExtensiveForm::InformationSet& before = form.sets[ix(set_before(form, n))];
        const int action = before.first_action + node.taken;
        reach[n] =
            reach[ix(node.parent)] +
            (before.player < 0 ? std::log(form.odds_for(view, action)) : log_strategy[ix(action)]);
      }
      if (theirs(node.set)) top[ix(node.set)] = std::max(top[ix(node.set)], reach[n]);
    }
    for (std::size_t n = 0; n < form.nodes.size(); ++n)
      if (theirs(form.nodes[n].set)) out[n] = reach[n] - top[ix(form.nodes[n].set)];
  }
  return out;
}

std::vector<double> values_of(const ExtensiveForm& form, const std::vector<double>& strategy) {
  const std::size_t players = form.players.size();
  std::vector<double> out(form.nodes.size() * players, 0.0);
  for (std::size_t n = form.nodes.size(); n-- > 0;) {
    const ExtensiveForm::Node& node = form.nodes[n];
    for (std::size_t i = 0; i < players && node.outcome >= 0; ++i)
      out[n * players + i] += form.payoff(node.outcome, static_cast<int>(i));
    if (node.parent < 0) continue;
    const ExtensiveForm::InformationSet& before = form.sets[ix(set_before(form, n))];
    const int action = before.first_action + node.taken;
    for (std::size_t i = 0; i < players; ++i) {
      const double weight =
          before.player < 0 ? form.odds_for(static_cast<int>(i), action) : strategy[ix(action)];
      if (weight > 0.0) out[ix(node.parent) * players + i] += weight * out[n * players + i];
    }
  }
  return out;
}

std::vector<double> reach_of(const ExtensiveForm& form, const std::vector<double>& strategy,
                             int view) {
  std::vector<double> out(form.nodes.size(), 1.0);
  for (std::size_t n = 0; n < form.nodes.size(); ++n) {
    if (form.nodes[n].parent < 0) continue;
    const ExtensiveForm::InformationSet& before = form.sets[ix(set_before(form, n))];
    const int action = before.first_action + form.nodes[n].taken;
    out[n] = out[ix(form.nodes[n].parent)] *
             (before.player < 0 ? odds_seen(form, view, action) : strategy[ix(action)]);
  }
  return out;
}

std::vector<double> stakes_of(const ExtensiveForm& form) {
  const std::size_t players = form.players.size(), nodes = form.nodes.size();
  std::vector<double> paid(nodes * players, 0.0), low(nodes * players, infinity),
      high(nodes * players, -infinity);
  for (std::size_t n = 0; n < nodes; ++n)
    for (std::size_t i = 0; i < players; ++i) {
      const ExtensiveForm::Node& node = form.nodes[n];
      paid[n * players + i] =
          (node.parent < 0 ? 0.0 : paid[ix(node.parent) * players + i]) +
          (node.outcome < 0 ? 0.0 : form.payoff(node.outcome, static_cast<int>(i)));
    }
  for (std::size_t n = nodes; n-- > 0;)
    for (std::size_t i = 0; i < players; ++i) {
      const std::size_t here = n * players + i;
      if (form.is_end(static_cast<int>(n))) low[here] = high[here] = paid[here];
      if (form.nodes[n].parent < 0) continue;
      const std::size_t above = ix(form.nodes[n].parent) * players + i;
      low[above] = std::min(low[above], low[here]);
      high[above] = std::max(high[above], high[here]);
    }
  std::vector<double> least(form.sets.size(), infinity), most(form.sets.size(), -infinity);
  for (std::size_t n = 0; n < nodes; ++n) {
    const int set = form.nodes[n].set;
    if (set < 0 || form.sets[ix(set)].player < 0) continue;
    const std::size_t here = n * players + ix(form.sets[ix(set)].player);
    least[ix(set)] = std::min(least[ix(set)], low[here]);
    most[ix(set)] = std::max(most[ix(set)], high[here]);
  }
  // Sums that differ by round-off are the same.
  constexpr double round_off = 1e-12;
  std::vector<double> largest(players, 0.0);
  for (std::size_t k = 0; k < paid.size(); ++k)
    largest[k % players] = std::max(largest[k % players], std::abs(paid[k]));
  std::vector<double> out(form.sets.size(), 0.0);
  for (std::size_t h = 0; h < out.size(); ++h)
    if (form.sets[h].player >= 0 &&
        most[h] - least[h] > round_off * largest[ix(form.sets[h].player)])
      out[h] = most[h] - least[h];
  return out;
}

}  // namespace melian::tree
