/// The checks of a behaviour strategy. Shares nothing with the solver: plain probabilities-in-logs
/// down the tree, payoffs up.

#include <algorithm>
#include <cmath>

#include <fmt/core.h>

#include "melian/numeric.h"
#include "melian/tree.h"
#include "tree/shape.h"

namespace melian {
namespace {

using tree::ix;

/// A behaviour strategy played, as one player sees it: how likely each node is, and what that
/// player earns from it on.
struct Played {
  std::vector<double> log_reach, payoff;  ///< by node; payoffs earned on arriving included
};

Played play(const ExtensiveForm& form, const std::vector<double>& log_strategy, int player) {
  Played out{std::vector<double>(form.nodes.size(), 0.0),
             std::vector<double>(form.nodes.size(), 0.0)};
  const auto step = [&](const ExtensiveForm::InformationSet& set, int action) {
    const int at = set.first_action + action;
    return set.player < 0 ? std::log(form.odds_for(player, at)) : log_strategy[ix(at)];
  };
  for (std::size_t n = 0; n < form.nodes.size(); ++n) {
    if (form.is_end(static_cast<int>(n))) continue;
    const ExtensiveForm::InformationSet& set = form.sets[ix(form.nodes[n].set)];
    for (int a = 0; a < set.num_actions; ++a)
      out.log_reach[ix(form.child(static_cast<int>(n), a))] = out.log_reach[n] + step(set, a);
  }
  for (std::size_t n = form.nodes.size(); n-- > 0;) {
    if (form.nodes[n].outcome >= 0) out.payoff[n] += form.payoff(form.nodes[n].outcome, player);
    if (form.is_end(static_cast<int>(n))) continue;
    const ExtensiveForm::InformationSet& set = form.sets[ix(form.nodes[n].set)];
    for (int a = 0; a < set.num_actions; ++a) {
      const double probability = std::exp(step(set, a));
      if (probability > 0.0)
        out.payoff[n] += probability * out.payoff[ix(form.child(static_cast<int>(n), a))];
    }
  }
  return out;
}

/// Expected payoff of each action of a set at its belief.
std::vector<double> payoffs_of_actions(const ExtensiveForm& form, const Played& played,
                                       const std::vector<int>& nodes,
                                       const ExtensiveForm::InformationSet& set) {
  std::vector<double> logs, out(ix(set.num_actions), 0.0);
  for (const int n : nodes) logs.push_back(played.log_reach[ix(n)]);
  const double all = log_sum_exp(logs);
  for (std::size_t k = 0; k < nodes.size(); ++k)
    for (int a = 0; a < set.num_actions; ++a)
      out[ix(a)] += std::exp(logs[k] - all) * played.payoff[ix(form.child(nodes[k], a))];
  return out;
}

/// What is no behaviour strategy at all: chance moves that are not the form's, probabilities that
/// do not sum to one.
std::vector<std::string> not_a_strategy(const ExtensiveForm& form,
                                        const std::vector<double>& log_strategy, double tolerance) {
  std::vector<std::string> out;
  bool sums = true, odds = true;
  for (std::size_t h = 0; h < form.sets.size(); ++h) {
    const ExtensiveForm::InformationSet& set = form.sets[h];
    double sum = 0.0;
    for (int at = set.first_action; at < set.first_action + set.num_actions; ++at) {
      const double probability = std::exp(log_strategy[ix(at)]), said = form.actions[ix(at)].odds;
      sum += probability;
      if (set.player >= 0 || std::abs(probability - said) <= tolerance || !odds) continue;
      odds = false;
      out.push_back(fmt::format("odds: chance plays \"{}\" of {} with {}, the form says {}",
                                form.actions[ix(at)].label,
                                tree::set_words(form, static_cast<int>(h)),
                                number_text(probability, 6), number_text(said, 6)));
    }
    if (set.player < 0 || std::abs(sum - 1.0) <= tolerance || !sums) continue;
    sums = false;
    out.push_back(fmt::format("sum: probabilities at {} sum to {}",
                              tree::set_words(form, static_cast<int>(h)), number_text(sum, 9)));
  }
  return out;
}

}  // namespace

TreeCertificate certify_tree(const ExtensiveForm& form, const std::vector<double>& log_strategy,
                             double lambda) {
  MELIAN_EXPECT(log_strategy.size() == form.actions.size(), "one entry for each action");
  TreeCertificate out;
  out.residual = 0.0;
  out.regret.assign(form.players.size(), 0.0);
  out.ceiling.assign(form.players.size(), 0.0);
  out.perfect_recall = has_perfect_recall(form);
  out.why_not = not_a_strategy(form, log_strategy, out.tolerance);
  std::vector<Played> views;
  for (int i = 0; i < form.num_players(); ++i) {
    views.push_back(play(form, log_strategy, i));
    if (!form.nodes.empty()) out.values.push_back(views.back().payoff[0]);
  }
  std::vector<std::vector<int>> nodes(form.sets.size());
  for (std::size_t n = 0; n < form.nodes.size(); ++n)
    if (form.nodes[n].set >= 0) nodes[ix(form.nodes[n].set)].push_back(static_cast<int>(n));

  std::string above;
  int worst = -1;
  for (std::size_t h = 0; h < form.sets.size(); ++h) {
    const ExtensiveForm::InformationSet& set = form.sets[h];
    if (set.player < 0 || nodes[h].empty()) continue;
    const std::vector<double> payoff =
        payoffs_of_actions(form, views[ix(set.player)], nodes[h], set);
    std::vector<double> score, weights;
    double expected = 0.0;
    for (int a = 0; a < set.num_actions; ++a) {
      const std::size_t at = ix(set.first_action + a);
      weights.push_back(form.actions[at].log_weight);
      score.push_back(weights.back() + lambda * set.lambda_factor * payoff[ix(a)]);
      expected += std::exp(log_strategy[at]) * payoff[ix(a)];
    }
    const double normaliser = log_sum_exp(score);
    for (int a = 0; a < set.num_actions; ++a) {
      const double error =
          std::abs(log_strategy[ix(set.first_action + a)] - (score[ix(a)] - normaliser));
      if (!(error <= out.residual)) out.residual = error, worst = static_cast<int>(h);
    }
    const double gain = std::max(0.0, *std::ranges::max_element(payoff) - expected);
    // What logit play can lose here at most: log of all weights over the least of them, over lambda
    // (methods_tree.md).
    const double ceiling = lambda > 0.0
                               ? (log_sum_exp(weights) - *std::ranges::min_element(weights)) /
                                     (lambda * set.lambda_factor)
                               : infinity;
    out.regret[ix(set.player)] = std::max(out.regret[ix(set.player)], gain);
    out.ceiling[ix(set.player)] = std::max(out.ceiling[ix(set.player)], ceiling);
    if (gain > ceiling * (1.0 + out.tolerance) + out.tolerance && above.empty())
      above = fmt::format(
          "regret: {} gains {} by another action, more than the {} that logit play can cost",
          tree::set_words(form, static_cast<int>(h)), number_text(gain, 3),
          number_text(ceiling, 3));
  }
  if (!(out.residual <= out.tolerance))
    out.why_not.push_back(fmt::format("residual: {} is above {}, at {}",
                                      number_text(out.residual, 3), number_text(out.tolerance, 3),
                                      tree::set_words(form, worst)));
  if (!above.empty()) out.why_not.push_back(above);
  out.holds = out.why_not.empty();
  return out;
}

}  // namespace melian
