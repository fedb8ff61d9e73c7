/// Who ends where, and with what: one pass down the tree.

#include <cmath>
#include <limits>
#include <map>

#include <fmt/core.h>

#include "melian/tree.h"
#include "tree/shape.h"

namespace melian {
namespace {

using tree::ix;

std::string outcome_name(const ExtensiveForm& form, int outcome) {
  if (outcome < 0) return "no outcome";
  const ExtensiveForm::Outcome& given = form.outcomes[ix(outcome)];
  return given.label.empty() ? fmt::format("outcome {}", given.number) : given.label;
}

}  // namespace

TreePrediction predict_tree(const ExtensiveForm& form, const std::vector<double>& log_strategy) {
  MELIAN_EXPECT(log_strategy.size() == form.actions.size(), "one entry for each action");
  const std::size_t players = form.players.size();
  TreePrediction out;
  out.payoffs.assign(players, 0.0);
  std::vector<double> odds_of_draws;
  if (!form.nodes.empty() && !form.is_end(0) && form.sets[ix(form.nodes[0].set)].player < 0) {
    const ExtensiveForm::InformationSet& set = form.sets[ix(form.nodes[0].set)];
    for (int a = set.first_action; a < set.first_action + set.num_actions; ++a) {
      out.draws.push_back(form.actions[ix(a)].label);
      odds_of_draws.push_back(form.actions[ix(a)].odds);
    }
  }
  std::map<std::string, std::size_t> place;
  std::vector<double> probability(form.nodes.size(), 1.0), earned(form.nodes.size() * players, 0.0);
  std::vector<int> last(form.nodes.size(), -1), draw(form.nodes.size(), -1);
  for (std::size_t n = 0; n < form.nodes.size(); ++n) {
    const ExtensiveForm::Node& node = form.nodes[n];
    if (node.parent >= 0) {
      const ExtensiveForm::InformationSet& before = form.sets[ix(form.nodes[ix(node.parent)].set)];
      const std::size_t action = ix(before.first_action + node.taken);
      probability[n] =
          probability[ix(node.parent)] *
          (before.player < 0 ? form.actions[action].odds : std::exp(log_strategy[action]));
      last[n] = last[ix(node.parent)];
      draw[n] = node.parent == 0 && !out.draws.empty() ? node.taken : draw[ix(node.parent)];
    }
    if (node.outcome >= 0) last[n] = node.outcome;
    for (std::size_t i = 0; i < players; ++i) {
      if (node.parent >= 0) earned[n * players + i] = earned[ix(node.parent) * players + i];
      if (node.outcome >= 0)
        earned[n * players + i] += form.payoff(node.outcome, static_cast<int>(i));
    }
    if (node.set >= 0) continue;
    const std::string name = outcome_name(form, last[n]);
    const auto [found, is_new] = place.try_emplace(name, out.ends.size());
    if (is_new)
      out.ends.push_back({name, 0.0, std::vector<double>(players, 0.0),
                          std::vector<double>(out.draws.size(), 0.0)});
    TreePrediction::End& end = out.ends[found->second];
    end.probability += probability[n];
    if (draw[n] >= 0 && odds_of_draws[ix(draw[n])] > 0.0)
      end.by_draw[ix(draw[n])] += probability[n] / odds_of_draws[ix(draw[n])];
    for (std::size_t i = 0; i < players; ++i)
      end.payoffs[i] += probability[n] * earned[n * players + i];
  }
  for (TreePrediction::End& end : out.ends)
    for (std::size_t i = 0; i < players; ++i) {
      out.payoffs[i] += end.payoffs[i];
      // Below the smallest normal number a quotient has no digits left.
      end.payoffs[i] = end.probability >= std::numeric_limits<double>::min()
                           ? end.payoffs[i] / end.probability
                           : std::numeric_limits<double>::quiet_NaN();
    }
  return out;
}

}  // namespace melian
