#include "melian/predict_histories.h"

#include <cmath>
#include <set>
#include <utility>

#include "predict/collector.h"
#include "predict/history_tree.h"

namespace melian {
namespace {

using namespace prediction;

std::size_t at(std::int64_t index) { return static_cast<std::size_t>(index); }

double entropy_of(const std::vector<double>& probabilities) {
  double sum = 0.0;
  for (const double p : probabilities) sum -= p > 0.0 ? p * std::log(p) : 0.0;
  return sum;
}

/// sum_k q'(k) log(q'(k) / q(k)), in nats: what was learnt.
double divergence(const std::vector<double>& after, const std::vector<double>& before) {
  double sum = 0.0;
  for (std::size_t k = 0; k < after.size(); ++k)
    if (after[k] > 0.0 && before[k] > 0.0) sum += after[k] * std::log(after[k] / before[k]);
  return sum;
}

/// Visits every history, and adds up what each of its branches carries.
class HistoryReader {
 public:
  HistoryReader(const Game& game, StrategySource& source, std::int64_t most, Prediction& out)
      : game_(game),
        structure_(game.shape()),
        source_(source),
        assessment_(without_grid(game)),
        board_(game, assessment_),
        walk_(game, source, {.reached = 0.0, .rounds = 0, .most = most}),
        collector_(board_, out),
        out_(out),
        believed_(believed_types(structure_)) {}

  bool run(const OnStep& on_step) {
    constexpr std::int64_t between_steps = 1024;
    while (const PublicHistory* here = walk_.next()) {
      if (here->number % between_steps == 0 && on_step && !on_step({"predict", 0.0})) return false;
      stand(*here);
      const PublicState& state = structure_.states[at(here->state)];
      for (int k = 0; k < state.num_branches; ++k) take(*here, k);
    }
    if (!walk_.counts().complete()) return false;
    collector_.finish();
    finish_values();
    for (const auto& [move, probability] : accepted_once_) out_.offers[move].accepted = probability;
    return true;
  }

 private:
  /// What a history has behind it, kept until the histories one branch longer have been visited.
  struct Behind {
    std::vector<double> log_reach;  ///< [player][full profile], by the player's own odds
    int elapsed = 0;                ///< rounds of time since the start
    std::set<int> accepted;         ///< moves of which an offer was accepted
  };

  void stand(const PublicHistory& here) {
    const std::size_t profiles = at(board_.full().count());
    behind_.resize(at(here.number) + 1);
    Behind& mine = behind_.back();
    if (here.parent < 0) {
      mine.log_reach.assign(structure_.players.size() * profiles, 0.0);
      earned_.assign(mine.log_reach.size(), 0.0);
      if (walk_.decision() != nullptr) start_strategies(here, *walk_.decision());
    } else {
      mine = after(behind_[at(here.parent)], here.branch, strategy_of_[at(here.parent)]);
    }
    strategy_of_.push_back(walk_.decision() != nullptr ? walk_.decision()->log_strategy
                                                       : std::vector<double>{});
  }

  /// One branch longer: who may still be there, by every player's own odds.
  [[nodiscard]] Behind after(const Behind& before, int branch,
                             const std::vector<double>& log_strategy) const {
    Behind out = before;
    const int state = walk_.source_of(branch);
    const int k = branch - structure_.states[at(state)].first_branch;
    const int profiles = board_.full().count();
    for (int j = 0; j < structure_.num_players(); ++j)
      for (int theta = 0; theta < profiles; ++theta)
        out.log_reach[at(std::int64_t{j} * profiles + theta)] +=
            log_probability(state, k, theta, j, log_strategy);
    out.elapsed += structure_.branches[at(branch)].time;
    for_acceptances(branch, [&](int move) { out.accepted.insert(move); });
    return out;
  }

  /// log P(branch k | state, profile), as a player sees it.
  [[nodiscard]] double log_probability(int state, int k, int theta, int player,
                                       const std::vector<double>& log_strategy) const {
    if (structure_.decides(state)) {
      double sum = 0.0;
      for (const Decider& one : source_.deciders(state))
        sum += log_strategy[at(one.row(one.types > 1 ? board_.full().type_of(theta, one.player) : 0,
                                       one.own_action(k)))];
      return sum;
    }
    const PublicState& here = structure_.states[at(state)];
    if (structure_.moves[at(here.move)].kind != MoveKind::chance) return 0.0;
    const Shape& shape = board_.shape(state);
    return std::log(game_.odds_for(here.first_branch + k, player,
                                   shape.profiles)[shape.profile_of_full[at(theta)]]);
  }

  void take(const PublicHistory& here, int k) {
    const auto next = walk_.after(k);
    if (!next) return;
    const int branch = structure_.states[at(here.state)].first_branch + k;
    earn(here, branch, k);
    const Destination to = board_.follow(here.round, branch);
    const std::size_t profiles = at(board_.full().count());
    Flow flow;
    flow.used = true;
    double probability = 0.0;
    for (std::size_t theta = 0; theta < profiles; ++theta) {
      flow.by_profile.push_back(std::exp(next->log_reach[theta]));
      probability += board_.profile_weight()[theta] * flow.by_profile.back();
    }
    learn(here, *next, to.ended(), probability, flow);
    collector_.flow(here.round, here.closing, branch, to, flow);
    for_acceptances(branch, [&](int move) {
      if (!behind_[at(here.number)].accepted.contains(move)) accepted_once_[move] += probability;
    });
  }

  /// What the branch tells the analyst about every player.
  void learn(const PublicHistory& here, const PublicHistory& then, bool ended, double probability,
             Flow& flow) const {
    const std::size_t players = structure_.players.size();
    flow.news.assign(players, 0.0);
    flow.end_entropy.assign(players, 0.0);
    flow.splitting.assign(players, 0.0);
    std::vector<std::vector<double>> believed(players);
    for (std::size_t i = 0; i < players; ++i) {
      if (structure_.players[i].num_types() < 2) continue;
      believed[i] = walk_.belief(then, -1, 0, static_cast<int>(i));
      if (!board_.shape(structure_.root).has(static_cast<int>(i))) continue;
      flow.news[i] =
          probability * divergence(believed[i], walk_.belief(here, -1, 0, static_cast<int>(i)));
      if (ended) flow.end_entropy[i] = probability * entropy_of(believed[i]);
    }
    for (const Shape::Frozen& one : believed_)
      for (const double reached : flow.by_profile)
        flow.belief.push_back(reached * believed[at(one.player)][at(one.type)]);
  }

  /// Payoffs on the branch, discounted to the start, by every player's own odds.
  void earn(const PublicHistory& here, int branch, int k) {
    const Shape& shape = board_.shape(here.state);
    const int profiles = board_.full().count();
    const Behind& behind = behind_[at(here.number)];
    for (int j = 0; j < structure_.num_players(); ++j) {
      const double* reward = game_.reward(branch, j, shape.profiles);
      for (int theta = 0; theta < profiles; ++theta) {
        const double paid = reward[shape.profile_of_full[at(theta)]];
        if (paid == 0.0) continue;
        const std::size_t cell = at(std::int64_t{j} * profiles + theta);
        const double discount = std::pow(
            game_.numbers.discount[at(j)][at(board_.full().type_of(theta, j))], behind.elapsed);
        earned_[cell] +=
            std::exp(behind.log_reach[cell] +
                     log_probability(here.state, k, theta, j, strategy_of_[at(here.number)])) *
            discount * paid;
      }
    }
  }

  void finish_values() {
    const int profiles = board_.full().count();
    for (int j = 0; j < structure_.num_players(); ++j) {
      const int types = structure_.players[at(j)].num_types();
      std::vector<double>& values = out_.values.emplace_back(at(types), 0.0);
      const std::vector<double> others = board_.profiles_given_own(j, true);
      for (int theta = 0; theta < profiles; ++theta)
        values[at(types > 1 ? board_.full().type_of(theta, j) : 0)] +=
            others[at(theta)] * earned_[at(std::int64_t{j} * profiles + theta)];
    }
  }

  void start_strategies(const PublicHistory& here, const HistoryDecision& decision) {
    const Move& move = structure_.moves[at(structure_.states[at(here.state)].move)];
    const std::vector<Decider>& movers = source_.deciders(here.state);
    for (std::size_t d = 0; d < movers.size(); ++d) {
      const Decider& one = movers[d];
      for (int type = 0; type < structure_.players[at(one.player)].num_types(); ++type) {
        StartStrategy& strategy = out_.start.emplace_back();
        strategy.player = one.player;
        strategy.type = type;
        strategy.move = move.parts.empty() ? structure_.states[at(here.state)].move : move.parts[d];
        strategy.actions = one.actions;
        for (int a = 0; a < one.num_actions(); ++a)
          strategy.probabilities.push_back(
              std::exp(decision.log_strategy[at(one.row(one.types > 1 ? type : 0, a))]));
      }
    }
  }

  template <class Hear>
  void for_acceptances(int branch, const Hear& hear) const {
    for (std::int64_t k = structure_.acceptance_begin[at(branch)];
         k < structure_.acceptance_begin[at(branch) + 1]; ++k)
      hear(structure_.acceptances[at(k)].move);
  }

  const Game& game_;
  const Structure& structure_;
  StrategySource& source_;
  Assessment assessment_;
  Board board_;
  HistoryWalk walk_;
  Collector collector_;
  Prediction& out_;
  const std::vector<Shape::Frozen> believed_;
  std::vector<Behind> behind_;                    // [history]
  std::vector<std::vector<double>> strategy_of_;  // [history]; empty where nobody decides
  std::vector<double> earned_;                    // [player][full profile]
  std::map<int, double> accepted_once_;           // by move
};

}  // namespace

std::optional<Prediction> predict_histories(const Game& game, StrategySource& source,
                                            std::int64_t most, const OnStep& on_step) {
  Prediction out;
  if (!HistoryReader(game, source, most, out).run(on_step)) return std::nullopt;
  return out;
}

}  // namespace melian
