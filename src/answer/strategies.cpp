#include "melian/strategies.h"

#include <cmath>

#include "melian/numeric.h"
#include "melian/tree_sums.h"

namespace melian {
namespace {

std::size_t at(std::int64_t index) { return static_cast<std::size_t>(index); }

std::vector<int> sources_of_branches(const Structure& shape) {
  std::vector<int> out(shape.branches.size(), -1);
  for (std::size_t s = 0; s < shape.states.size(); ++s)
    for (int k = 0; k < shape.states[s].num_branches; ++k)
      out[at(shape.states[s].first_branch + k)] = static_cast<int>(s);
  return out;
}

/// The profile of a state's live types that a full one belongs to.
int live_profile(const Profiles& live, const Profiles& everyone, int players, int theta) {
  int out = 0;
  for (int i = 0; i < players; ++i) out += everyone.type_of(theta, i) * live.stride(i);
  return out;
}

}  // namespace

// ---- A grid ----

GridStrategies::GridStrategies(const Game& game, const Assessment& strategies)
    : game_(game),
      exact_(game, strategies),
      everyone_(game.shape().players, game.shape().everyone()) {
  for (int s = 0; s < static_cast<int>(game.shape().states.size()); ++s)
    deciders_.push_back(melian::deciders(game.shape(), s, strategies.measure));
}

const std::vector<Decider>& GridStrategies::deciders(int state) const {
  return deciders_[at(state)];
}

HistoryDecision GridStrategies::visit(const PublicHistory& history) {
  HistoryDecision out;
  const Structure& shape = game_.shape();
  if (!shape.decides(history.state)) return out;
  ExactStrategies::Decision found = exact_.at(history.round, history.state, history.log_odds);
  out.log_strategy = std::move(found.log_strategy);
  out.mark = found.mark;
  const Profiles live(shape.players, shape.states[at(history.state)].live & shape.everyone());
  for (int j = 0; j < shape.num_players(); ++j)
    for (int theta = 0; theta < everyone_.count(); ++theta)
      out.values.push_back(
          found.values[at(std::int64_t{j} * live.count() +
                          live_profile(live, everyone_, shape.num_players(), theta))]);
  return out;
}

// ---- A tree ----

TreeStrategies::TreeStrategies(const Game& game, const ExtensiveForm& form,
                               std::vector<double> log_strategy, Measure measure)
    : game_(game),
      form_(form),
      where_(game, form, measure),
      log_strategy_(std::move(log_strategy)),
      values_(node_sums(form, log_strategy_).value),
      source_of_(sources_of_branches(game.shape())) {}

TreeStrategies::Stand TreeStrategies::follow(const Stand& before,
                                             const PublicHistory& history) const {
  const Structure& shape = game_.shape();
  const Profiles& everyone = where_.profiles();
  const int source = source_of_[at(history.branch)];
  const PublicState& state = shape.states[at(source)];
  const Profiles live(shape.players, state.live);
  Stand out = before;
  out.nodes = where_.after(source, before.nodes, history.branch - state.first_branch);
  out.elapsed += shape.branches[at(history.branch)].time;
  for (int j = 0; j < shape.num_players(); ++j)
    for (int theta = 0; theta < everyone.count(); ++theta)
      out.paid[at(std::int64_t{j} * everyone.count() + theta)] +=
          std::pow(game_.numbers.discount[at(j)][at(everyone.type_of(theta, j))], before.elapsed) *
          game_.reward(history.branch, j,
                       live.count())[live_profile(live, everyone, shape.num_players(), theta)];
  return out;
}

HistoryDecision TreeStrategies::visit(const PublicHistory& history) {
  const Structure& shape = game_.shape();
  const Profiles& everyone = where_.profiles();
  if (history.parent < 0)
    standing_.assign(1, {where_.start(),
                         std::vector<double>(at(shape.num_players() * everyone.count()), 0.0), 0});
  else
    standing_.push_back(follow(standing_[at(history.parent)], history));
  HistoryDecision out;
  if (!shape.decides(history.state)) return out;
  const Stand& here = standing_.back();
  const std::vector<Decider>& movers = where_.deciders(history.state);
  out.log_strategy.assign(at(num_rows(movers)), -infinity);
  for (std::size_t d = 0; d < movers.size(); ++d)
    for (int type = 0; type < movers[d].types; ++type) {
      const int set = where_.set_of(history.state, here.nodes, d, type);
      if (set < 0) continue;
      const std::vector<int> open = where_.open(movers[d], type);
      for (std::size_t a = 0; a < open.size(); ++a)
        out.log_strategy[at(movers[d].row(type, open[a]))] =
            log_strategy_[at(form_.sets[at(set)].first_action) + a];
    }
  for (int j = 0; j < shape.num_players(); ++j)
    for (int theta = 0; theta < everyone.count(); ++theta) {
      const int node = here.nodes[at(theta)];
      const double all = node < 0 ? 0.0 : values_[at(node) * form_.players.size() + at(j)];
      const double now =
          std::pow(game_.numbers.discount[at(j)][at(everyone.type_of(theta, j))], here.elapsed);
      out.values.push_back(
          node < 0 ? 0.0 : (all - here.paid[at(std::int64_t{j} * everyone.count() + theta)]) / now);
    }
  return out;
}

// ---- One read as the other ----

std::optional<std::vector<double>> strategies_on_tree(const Game& game, const ExtensiveForm& form,
                                                      Measure measure, StrategySource& source,
                                                      std::int64_t most) {
  const Structure& shape = game.shape();
  const TreeHistories where(game, form, measure);
  const std::vector<int> source_of = sources_of_branches(shape);
  std::vector<double> out(form.actions.size(), 0.0);
  for (const ExtensiveForm::InformationSet& set : form.sets)
    for (int a = set.first_action; a < set.first_action + set.num_actions; ++a)
      out[at(a)] =
          set.player == ExtensiveForm::chance ? std::log(form.actions[at(a)].odds) : -infinity;
  std::vector<std::vector<int>> nodes;  // [history][full profile]
  HistoryWalk walk(game, source, {.reached = 0.0, .rounds = 0, .most = most});
  while (const PublicHistory* history = walk.next()) {
    if (history->parent < 0) {
      nodes.push_back(where.start());
    } else {
      const int from = source_of[at(history->branch)];
      nodes.push_back(where.after(from, nodes[at(history->parent)],
                                  history->branch - shape.states[at(from)].first_branch));
    }
    const HistoryDecision* decision = walk.decision();
    if (decision == nullptr) continue;
    // The tree tells all types of a mover apart; the source may not, where they no longer matter.
    const std::vector<Decider>& told = source.deciders(history->state);
    const std::vector<Decider>& movers = where.deciders(history->state);
    for (std::size_t d = 0; d < movers.size(); ++d)
      for (int type = 0; type < movers[d].types; ++type) {
        const int set = where.set_of(history->state, nodes.back(), d, type);
        if (set < 0) continue;
        const std::vector<int> open = where.open(movers[d], type);
        for (std::size_t a = 0; a < open.size(); ++a)
          out[at(form.sets[at(set)].first_action) + a] =
              decision->log_strategy[at(told[d].row(told[d].types > 1 ? type : 0, open[a]))];
      }
  }
  if (walk.counts().crowded_out > 0) return std::nullopt;
  return out;
}

}  // namespace melian
