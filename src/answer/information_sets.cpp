#include "melian/information_sets.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <utility>

#include <fmt/core.h>

#include "melian/as_tree.h"
#include "melian/numeric.h"
#include "melian/tree_sums.h"
#include "tree/shape.h"

namespace melian {
namespace {

std::size_t at(std::int64_t index) { return static_cast<std::size_t>(index); }

constexpr double walked_whole = 10'000;  // public histories
constexpr double worth_walking = 1e-6;   // of larger games
constexpr std::int64_t histories_a_step = 64;

/// How far a walk goes, and what counts as on the path.
void set_limits(const StrategyListOptions& options, double histories, StrategyList& out) {
  out.limits.reached = options.reached.value_or(histories <= walked_whole ? 0.0 : worth_walking);
  out.limits.rounds = options.rounds;
  out.limits.most = options.most;
  if (options.reached) out.on_path = *options.reached;
}

/// Rows on the path first.
void put_in_order(StrategyList& out) {
  const auto rest = std::ranges::stable_partition(
      out.rows, [&](const InformationSetRow& row) { return row.reached >= out.on_path; });
  out.listed = out.rows.size() - rest.size();
}

/// The actions of public histories, in the model's words.
class Words {
 public:
  Words(const Game& game, const StrategySource& source) : shape_(game.shape()), source_(source) {
    for (const Player& player : shape_.players)
      type_names_.insert(player.types.begin(), player.types.end());
  }

  void add(int state, int branch, std::vector<HistoryStep>& history) const {
    const Move& move = shape_.moves[at(shape_.states[at(state)].move)];
    const Branch& taken = shape_.branches[at(branch)];
    switch (move.kind) {
      case MoveKind::passage: return;
      case MoveKind::chance:
      case MoveKind::offer:
      case MoveKind::amount:
      case MoveKind::choice: {
        const std::string& action = move.actions[at(taken.action)];
        const bool by_name = move.is_numeric() || type_names_.contains(action);
        history.push_back(
            {move.name, action,
             move.kind == MoveKind::chance ? "" : shape_.players[at(move.player)].name, by_name});
        return;
      }
      case MoveKind::simultaneous: break;
    }
    const std::vector<Decider>& movers = source_.deciders(state);
    const int k = branch - shape_.states[at(state)].first_branch;
    for (std::size_t d = 0; d < movers.size(); ++d) {
      const Move& part = shape_.moves[at(move.parts[d])];
      history.push_back({part.name,
                         part.actions[at(movers[d].actions[at(movers[d].own_action(k))])],
                         shape_.players[at(part.player)].name, true});
    }
  }

 private:
  const Structure& shape_;
  const StrategySource& source_;
  std::set<std::string> type_names_;  // as actions they would read as what a player is
};

/// One decider of a history.
InformationSetRow row_of(const Game& game, const HistoryWalk& walk, const StrategySource& source,
                         const PublicHistory& history, std::size_t d) {
  const Structure& shape = game.shape();
  const Decider& mover = source.deciders(history.state)[d];
  const Move& whole = shape.moves[at(shape.states[at(history.state)].move)];
  const Move& move = whole.parts.empty() ? whole : shape.moves[at(whole.parts[d])];
  const Player& player = shape.players[at(mover.player)];
  const Profiles everyone(shape.players, shape.everyone());
  InformationSetRow row;
  row.player = player.name;
  row.move = move.name;
  row.round = shape.horizon == HorizonKind::none ? 0 : history.round + 1;
  row.reached = history.reached;
  row.mark = walk.decision()->mark;
  row.numeric = move.is_numeric();
  for (const Decider& other : source.deciders(history.state))
    if (other.player != mover.player) row.together.push_back(shape.players[at(other.player)].name);
  for (const int action : mover.actions) row.actions.push_back(move.actions[at(action)]);
  for (int about = 0; about < shape.num_players(); ++about) {
    row.analyst.push_back(walk.belief(history, -1, -1, about));
    row.believed.push_back(walk.belief(history, mover.player, -1, about));
  }
  for (int type = 0; type < player.num_types(); ++type) {
    InformationSetRow::OfType& own = row.types.emplace_back();
    own.type = player.types.empty() ? "" : player.types[at(type)];
    own.possible = false;
    for (int theta = 0; theta < everyone.count(); ++theta)
      own.possible =
          own.possible || (history.possible[at(theta)] != 0 &&
                           (player.types.empty() || everyone.type_of(theta, mover.player) == type));
    for (int a = 0; a < mover.num_actions(); ++a) {
      const double log =
          walk.decision()->log_strategy[at(mover.row(mover.types > 1 ? type : 0, a))];
      own.probabilities.push_back(log == -infinity ? std::numeric_limits<double>::quiet_NaN()
                                                   : std::exp(log));
    }
    own.value = walk.value(history, *walk.decision(), mover.player, type);
    for (int about = 0; about < shape.num_players(); ++about)
      own.beliefs.push_back(walk.belief(history, mover.player, type, about));
  }
  return row;
}

}  // namespace

double count_histories(const Structure& structure) {
  constexpr double not_counted = -1.0, being_counted = -2.0;
  const auto place = [&](int state, int round) {
    return at(structure.states[at(state)].timed ? round : 0) * structure.states.size() + at(state);
  };
  std::vector<double> count(structure.states.size() * at(std::max(1, structure.rounds)),
                            not_counted);
  std::vector<std::pair<int, int>> open{{structure.root, 0}};
  while (!open.empty()) {
    const auto [s, round] = open.back();
    const PublicState& state = structure.states[at(s)];
    double sum = 1.0;
    bool ready = true;
    for (int b = state.first_branch; b < state.first_branch + state.num_branches; ++b) {
      int next = structure.branches[at(b)].next, then = round;
      if (next < 0) continue;
      if (structure.states[at(next)].timed) {
        then += structure.branches[at(b)].advance;
        if (then >= structure.rounds) next = structure.states[at(next)].closing;
      }
      const double below = count[place(next, std::min(then, structure.rounds - 1))];
      if (below == being_counted) return infinity;
      if (below == not_counted) {
        open.emplace_back(next, std::min(then, structure.rounds - 1));
        ready = false;
      }
      sum += below;
    }
    count[place(s, round)] = ready ? sum : being_counted;
    if (ready) open.pop_back();
  }
  return count[place(structure.root, 0)];
}

StrategyList list_strategies(const Game& game, StrategySource& source,
                             const StrategyListOptions& options) {
  StrategyList out;
  for (const Player& player : game.shape().players)
    out.players.push_back({player.name, player.types});
  set_limits(options, count_histories(game.shape()), out);
  const Words words(game, source);
  HistoryWalk walk(game, source, out.limits);
  while (const PublicHistory* history = walk.next()) {
    const HistoryCounts& so_far = walk.counts();
    if (options.on_step && so_far.visited % histories_a_step == 0 &&
        !options.on_step({"strategies", so_far.ended + so_far.unlikely_reached +
                                            so_far.late_reached + so_far.crowded_out_reached}))
      break;
    if (walk.decision() == nullptr) continue;
    std::vector<HistoryStep> steps;
    for (const int branch : walk.path(history->number))
      words.add(walk.source_of(branch), branch, steps);
    for (std::size_t d = 0; d < source.deciders(history->state).size(); ++d) {
      InformationSetRow row = row_of(game, walk, source, *history, d);
      row.history = steps;
      row.label = history_label(row.move, row.history);
      out.rows.push_back(std::move(row));
    }
  }
  out.counts = walk.counts();
  put_in_order(out);
  return out;
}

Result<StrategyList> list_strategies(const Game& game, const Answer& answer,
                                     const AnswerOptions& asked,
                                     const StrategyListOptions& options) {
  if (!answer.tree) {
    GridStrategies source(game, answer.solution.assessment);
    return list_strategies(game, source, options);
  }
  const AsTree as{asked.solve.lambda, asked.solve.measure, asked.solve.discounting, {}, nullptr};
  const Result<TreeRequest> request = tree_request(game, as);
  if (!request) return std::unexpected(request.error());
  const Result<ExtensiveForm> form = unroll(game, request->unroll);
  if (!form) return std::unexpected(form.error());
  TreeStrategies source(game, *form, answer.tree->log_strategy, asked.solve.measure);
  return list_strategies(game, source, options);
}

namespace {

/// The probability that a set is reached, counted once in plays that pass it twice.
double reach_of_set(const ExtensiveForm& form, const NodeSums& sums,
                    const std::vector<int>& nodes) {
  double out = 0.0;
  for (const int n : nodes) {
    bool again = false;
    for (int before = form.nodes[at(n)].parent; before >= 0 && !again;
         before = form.nodes[at(before)].parent)
      again = form.nodes[at(before)].set == form.nodes[at(n)].set;
    if (!again) out += sums.reach[at(n)];
  }
  return out;
}

/// What the mover of a form's set does, expects and believes.
InformationSetRow row_of(const ExtensiveForm& form, int number,
                         const std::vector<double>& log_strategy, const NodeSums& sums,
                         const std::vector<int>& nodes, const std::vector<HistoryStep>& known) {
  constexpr double undefined = std::numeric_limits<double>::quiet_NaN();
  const ExtensiveForm::InformationSet& set = form.sets[at(number)];
  InformationSetRow row;
  row.move = set.label.empty() ? fmt::format("information set {}", set.number) : set.label;
  row.number = set.number;
  row.history = known;
  const bool says_when = !known.empty() || nodes.front() == 0;
  row.label = says_when ? history_label(row.move, row.history) : row.move;
  InformationSetRow::OfType& own = row.types.emplace_back();
  const std::vector<double> beliefs = node_beliefs(sums, set.player, nodes);
  if (beliefs.empty()) own.value = undefined;
  for (std::size_t k = 0; k < nodes.size(); ++k) {
    const double belief = beliefs.empty() ? undefined : beliefs[k];
    if (belief > 0.0) own.value += belief * sums.value_at(nodes[k], set.player);
    if (nodes.size() > 1) row.nodes.push_back({unseen_steps(form, nodes[k], known), belief});
  }
  std::vector<std::string> labels;
  for (int a = set.first_action; a < set.first_action + set.num_actions; ++a) {
    labels.push_back(form.actions[at(a)].label);
    own.probabilities.push_back(std::exp(log_strategy[at(a)]));
  }
  row.actions = distinct_names(labels, "action");
  return row;
}

}  // namespace

StrategyList list_strategies(const ExtensiveForm& form, const std::vector<double>& log_strategy,
                             const StrategyListOptions& options) {
  StrategyList out;
  const std::vector<std::string> players = distinct_names(form.players, "player");
  for (const std::string& player : players) out.players.push_back({player, {}});
  set_limits(options, static_cast<double>(form.sets.size()), out);
  const NodeSums sums = node_sums(form, log_strategy);
  const std::vector<std::vector<HistoryStep>> known = known_steps(form);
  const std::vector<std::vector<int>> nodes = tree::nodes_of_sets(form);
  for (int h = 0; h < static_cast<int>(form.sets.size()); ++h) {
    const int player = form.sets[at(h)].player;
    if (player < 0 || nodes[at(h)].empty()) continue;
    const double reached = reach_of_set(form, sums, nodes[at(h)]);
    ++out.counts.visited;
    if (reached < out.limits.reached) {
      ++out.counts.unlikely;
      out.counts.unlikely_reached += reached;
      continue;
    }
    ++out.counts.decisions;
    InformationSetRow row = row_of(form, h, log_strategy, sums, nodes[at(h)], known[at(h)]);
    row.player = players[at(player)];
    row.reached = reached;
    out.rows.push_back(std::move(row));
  }
  put_in_order(out);
  return out;
}

}  // namespace melian
