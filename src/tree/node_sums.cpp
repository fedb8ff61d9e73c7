#include <cmath>

#include "melian/numeric.h"
#include "melian/tree_sums.h"
#include "tree/shape.h"

namespace melian {
namespace {

using tree::ix;

/// The probability that the action leading to `node` is taken, as an observer sees it, and its log.
struct Step {
  double odds, log;
};

Step step_to(const ExtensiveForm& form, const std::vector<double>& log_strategy,
             const ExtensiveForm::Node& node, int observer) {
  const ExtensiveForm::InformationSet& set = form.sets[ix(form.nodes[ix(node.parent)].set)];
  const int action = set.first_action + node.taken;
  if (set.player >= 0) return {std::exp(log_strategy[ix(action)]), log_strategy[ix(action)]};
  const double odds =
      observer < 0 ? form.actions[ix(action)].odds : form.odds_for(observer, action);
  return {odds, std::log(odds)};
}

}  // namespace

NodeSums node_sums(const ExtensiveForm& form, const std::vector<double>& log_strategy) {
  MELIAN_EXPECT(log_strategy.size() == form.actions.size(), "one entry for each action");
  const int players = form.num_players();
  NodeSums out;
  out.players = players;
  out.log_reach.assign(ix(players + 1), std::vector<double>(form.nodes.size(), 0.0));
  out.reach.assign(form.nodes.size(), 1.0);
  out.earned.assign(form.nodes.size() * ix(players), 0.0);
  out.value.assign(form.nodes.size() * ix(players), 0.0);
  for (std::size_t n = 0; n < form.nodes.size(); ++n) {
    const ExtensiveForm::Node& node = form.nodes[n];
    for (int i = 0; i < players; ++i) {
      double& own = out.earned[n * ix(players) + ix(i)];
      if (node.parent >= 0) own = out.earned[ix(node.parent) * ix(players) + ix(i)];
      if (node.outcome >= 0) own += form.payoff(node.outcome, i);
    }
    if (node.parent < 0) continue;
    out.reach[n] = out.reach[ix(node.parent)] * step_to(form, log_strategy, node, -1).odds;
    for (int i = -1; i < players; ++i)
      out.log_reach[ix(i + 1)][n] =
          out.log_reach[ix(i + 1)][ix(node.parent)] + step_to(form, log_strategy, node, i).log;
  }
  for (std::size_t n = form.nodes.size(); n-- > 0;) {  // children stand behind their parents
    const ExtensiveForm::Node& node = form.nodes[n];
    for (int i = 0; i < players; ++i) {
      double& own = out.value[n * ix(players) + ix(i)];
      if (node.set < 0) own = out.earned[n * ix(players) + ix(i)];
      if (node.parent < 0) continue;
      const double odds = step_to(form, log_strategy, node, i).odds;
      if (odds > 0.0) out.value[ix(node.parent) * ix(players) + ix(i)] += odds * own;
    }
  }
  return out;
}

std::vector<double> node_beliefs(const NodeSums& sums, int player, const std::vector<int>& nodes) {
  std::vector<double> out;
  for (const int n : nodes) out.push_back(sums.log_reach[ix(player + 1)][ix(n)]);
  const double all = log_sum_exp(out);
  if (!std::isfinite(all)) return {};
  for (double& one : out) one = std::exp(one - all);
  return out;
}

}  // namespace melian
