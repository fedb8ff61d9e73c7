#include <algorithm>
#include <cmath>

#include "predict/backward.h"
#include "predict/forward.h"
#include "predict/information.h"
#include "predict/play_count.h"
#include "predict/predict_accepted.h"

namespace melian {
namespace {

using namespace prediction;

std::size_t at(int index) { return static_cast<std::size_t>(index); }

using prediction::grown;

/// Entry `column` of row `row`, of `width` columns.
double& grown(std::vector<std::vector<double>>& rows, int row, int column, std::size_t width) {
  while (rows.size() <= at(row)) rows.emplace_back(width, 0.0);
  return rows[at(row)][at(column)];
}

/// Adds up what the forward sweep passes by.
class Collector {
 public:
  Collector(const Board& board, Prediction& out);
  void flow(int round, bool closing, int branch, const Destination& to, const Flow& flow);
  void leave(int round, int state, const Standing& standing);
  void finish();

 private:
  [[nodiscard]] double by_prior(const std::vector<double>& by_profile) const;
  void count_beliefs(int round, bool closing, const Destination& to, const Flow& flow);
  void count_move(int round, int branch, double probability);
  void count_action(int round, int move, int action, double probability);
  void finish_offers();
  void finish_beliefs();

  const Board& board_;
  const Structure& structure_;
  Prediction& out_;
  const std::size_t profiles_;
  const std::vector<Shape::Frozen> believed_;
  std::vector<std::vector<std::vector<double>>>
      belief_;                                    // [index in `believed_`][full profile][round]
  std::map<int, std::vector<double>> offer_sum_;  // [move][round]
  std::map<int, double> accepted_count_, accepted_sum_;
  PlayCount count_;
  InformationCount information_;
};

Collector::Collector(const Board& board, Prediction& out)
    : board_(board),
      structure_(board.structure()),
      out_(out),
      profiles_(at(board.full().count())),
      believed_(believed_types(structure_)),
      belief_(believed_.size(), std::vector<std::vector<double>>(profiles_)),
      count_(board),
      information_(board) {
  for (std::size_t theta = 0; theta < profiles_; ++theta)
    for (std::size_t n = 0; n < believed_.size(); ++n)
      grown(belief_[n][theta], 0) =
          board.game().numbers.prior[at(believed_[n].player)][at(believed_[n].type)];
  for (std::size_t m = 0; m < structure_.moves.size(); ++m) {
    if (structure_.moves[m].is_numeric()) out_.offers[static_cast<int>(m)];
    if (structure_.moves[m].kind == MoveKind::choice) out_.choices_by_round[static_cast<int>(m)];
  }
}

double Collector::by_prior(const std::vector<double>& by_profile) const {
  double sum = 0.0;
  for (std::size_t theta = 0; theta < profiles_; ++theta)
    sum += board_.profile_weight()[theta] * by_profile[theta];
  return sum;
}

void Collector::flow(int round, bool closing, int branch, const Destination& to, const Flow& flow) {
  const double probability = by_prior(flow.by_profile);
  count_.flow(round, closing, branch, to, flow);
  count_beliefs(round, closing, to, flow);
  count_move(round, branch, probability);
  for (std::int64_t k = structure_.acceptance_begin[at(branch)];
       k < structure_.acceptance_begin[at(branch) + 1]; ++k) {
    const Structure::Acceptance& accepted = structure_.acceptances[static_cast<std::size_t>(k)];
    const std::vector<double>& terms = structure_.moves[at(accepted.move)].numbers;
    accepted_count_[accepted.move] += probability;
    accepted_sum_[accepted.move] += probability * terms[at(accepted.action)];
    grown(out_.offers[accepted.move].accepted_by_round, round, accepted.action, terms.size()) +=
        probability;
  }
  // News of the horizon's closing belongs to its last round.
  information_.add(std::min(round, closing ? structure_.rounds - 1 : round), branch, flow);
}

void Collector::count_beliefs(int round, bool closing, const Destination& to, const Flow& flow) {
  if (closing || to.ended()) return;
  // A play that passes several rounds at once is in each of them, with the beliefs it has.
  const int last = to.closing ? structure_.rounds - 1 : to.round;
  for (int r = round + 1; r <= last; ++r)
    for (std::size_t theta = 0; theta < profiles_; ++theta)
      for (std::size_t n = 0; n < belief_.size(); ++n)
        grown(belief_[n][theta], r) += flow.belief[n * profiles_ + theta];
}

void Collector::leave(int round, int state, const Standing& standing) {
  count_.leave(round, state, standing);
  information_.leave(state, standing);
}

void Collector::count_move(int round, int branch, double probability) {
  const int state = information_.source(branch), move = structure_.states[at(state)].move;
  for (const int part : structure_.moves[at(move)].parts)
    count_action(round, part, action_of(structure_, state, branch, part), probability);
  count_action(round, move, structure_.branches[at(branch)].action, probability);
}

void Collector::count_action(int round, int move, int action, double probability) {
  const Move& named = structure_.moves[at(move)];
  if (named.is_numeric()) {
    grown(out_.offers[move].reached_by_round, round) += probability;
    grown(out_.offers[move].expected_by_round, round, action, named.numbers.size()) += probability;
    grown(offer_sum_[move], round) += probability * named.numbers[at(action)];
  } else if (named.kind == MoveKind::choice) {
    grown(out_.choices_by_round[move], round, action, named.actions.size()) += probability;
  }
}

void Collector::finish() {
  count_.finish(out_);
  for (auto& [move, by_round] : out_.choices_by_round)
    while (by_round.size() < out_.rounds_distribution.size())
      by_round.emplace_back(structure_.moves[at(move)].actions.size(), 0.0);
  finish_beliefs();
  finish_offers();
  out_.information = information_.finish(out_.reached_by_round);
}

void Collector::finish_beliefs() {
  const std::size_t rounds = out_.rounds_distribution.size();
  for (int i = 0; i < structure_.num_players(); ++i) {
    const auto types = at(structure_.players[at(i)].num_types());
    out_.belief_by_round.emplace_back(
        types, std::vector<std::vector<double>>(types, std::vector<double>(rounds, 0.0)));
    auto& first = out_.belief_by_round.back().front();
    for (auto& by_true_type : first) std::fill(by_true_type.begin(), by_true_type.end(), 1.0);
  }
  for (std::size_t n = 0; n < believed_.size(); ++n) {
    const int i = believed_[n].player;
    // Given the type itself, so that a type of prior probability zero has its beliefs too.
    const std::vector<double> others = board_.profiles_given_own(i, false);
    auto& of_player = out_.belief_by_round[at(i)];
    for (std::size_t type = 0; type < of_player.size(); ++type)
      for (std::size_t r = 0; r < rounds; ++r) {
        double sum = 0.0, weight = 0.0;
        for (std::size_t theta = 0; theta < profiles_; ++theta) {
          if (at(board_.full().type_of(static_cast<int>(theta), i)) != type) continue;
          weight += others[theta] * out_.reached_by_profile[theta][r];
          if (r < belief_[n][theta].size()) sum += others[theta] * belief_[n][theta][r];
        }
        const double mean = weight > 0.0 ? sum / weight : 0.0;
        of_player[at(believed_[n].type)][type][r] = mean;
        of_player.front()[type][r] -= mean;
      }
  }
}

void Collector::finish_offers() {
  const std::size_t rounds = out_.rounds_distribution.size();
  for (auto& [move, offer] : out_.offers) {
    std::vector<double>& sum = offer_sum_[move];
    sum.resize(rounds, 0.0);
    offer.reached_by_round.resize(rounds, 0.0);
    offer.expected_by_round.resize(
        rounds, std::vector<double>(structure_.moves[at(move)].numbers.size(), 0.0));
    offer.accepted_by_round.resize(
        rounds, std::vector<double>(structure_.moves[at(move)].numbers.size(), 0.0));
    offer.mean_by_round.assign(rounds, 0.0);
    for (std::size_t r = 0; r < rounds; ++r) {
      if (offer.reached_by_round[r] <= 0.0) continue;
      offer.mean_by_round[r] = sum[r] / offer.reached_by_round[r];
      if (offer.first_round > 0) continue;
      offer.first_round = static_cast<int>(r) + 1;
      offer.mean = offer.mean_by_round[r];
    }
    offer.accepted = accepted_count_[move];
    if (offer.accepted > 0.0) offer.accepted_mean = accepted_sum_[move] / offer.accepted;
  }
}

/// Payoffs at the start, under the players' own beliefs and odds (unless `out` has them), and
/// acceptances that can happen more than once.
void evaluate_backward(const Board& board, Prediction& out, const OnStep& on_step) {
  const Structure& structure = board.structure();
  std::vector<Column> columns;
  const int valued = out.values.empty() ? structure.num_players() : 0;
  for (int j = 0; j < valued; ++j) columns.push_back({Column::Kind::payoff, j, -1, {}});
  std::vector<int> repeated;
  for (const auto& [move, offer] : out.offers)
    if (can_be_accepted_again(board, move)) {
      repeated.push_back(move);
      columns.push_back({Column::Kind::accepted, move, -1, {}});
    }
  if (columns.empty()) return;
  Backward backward(board, columns);
  if (!backward.sweep(
          {}, [&](double done) { return !on_step || on_step({"predict", 0.5 + 0.5 * done}); }))
    return;
  const std::vector<double> start = backward.at_start();
  const Shape& root = board.shape(structure.root);
  for (int j = 0; j < valued; ++j) {
    const int types = structure.players[at(j)].num_types();
    auto& values = out.values.emplace_back(at(types), 0.0);
    const std::vector<double> others = board.profiles_given_own(j, true);
    for (int theta = 0; theta < board.full().count(); ++theta) {
      const int type = types > 1 ? board.full().type_of(theta, j) : 0;
      values[at(type)] += others[at(theta)] *
                          start[at(j) * at(root.profiles) + at(root.profile_of_full[at(theta)])];
    }
  }
  for (std::size_t k = 0; k < repeated.size(); ++k) {
    double probability = 0.0;
    for (int theta = 0; theta < board.full().count(); ++theta)
      probability +=
          out.profile_weight[at(theta)] *
          start[(at(valued) + k) * at(root.profiles) + at(root.profile_of_full[at(theta)])];
    out.offers[repeated[k]].accepted = probability;
  }
}

std::vector<StartStrategy> strategy_at_start(const Board& board) {
  const Structure& structure = board.structure();
  std::vector<StartStrategy> out;
  const Shape& shape = board.shape(structure.root);
  const Move& move = structure.moves[at(structure.states[at(structure.root)].move)];
  const std::vector<Decider>& deciders = board.deciders(structure.root);
  for (std::size_t d = 0; d < deciders.size(); ++d) {
    const Decider& one = deciders[d];
    const double* first = board.assessment().log_strategy.data() +
                          board.assessment().row(structure, 0, structure.root);
    for (int type = 0; type < structure.players[at(one.player)].num_types(); ++type) {
      StartStrategy& strategy = out.emplace_back();
      strategy.player = one.player;
      strategy.type = type;
      strategy.move =
          move.parts.empty() ? structure.states[at(structure.root)].move : move.parts[d];
      strategy.actions = one.actions;
      for (int k = 0; k < one.num_actions(); ++k) {
        const double* row =
            first + std::ptrdiff_t{one.row(shape.has(one.player) ? type : 0, k)} * shape.points;
        double probability = 0.0;
        for (std::size_t n = 0; n < board.start().point.size(); ++n)
          probability += board.start().weight[n] * std::exp(row[board.start().point[n]]);
        strategy.probabilities.push_back(probability);
      }
    }
  }
  return out;
}

}  // namespace

Prediction predict_from(const Game& game, const Assessment& assessment,
                        std::vector<std::vector<double>> values, const OnStep& on_step) {
  const Board board(game, assessment);
  Prediction out;
  out.values = std::move(values);
  Collector collector(board, out);
  ForwardHooks hooks;
  hooks.flow = [&](int round, bool closing, int branch, const Destination& to, const Flow& flow) {
    collector.flow(round, closing, branch, to, flow);
  };
  hooks.left = [&](int round, int state, const Standing& standing) {
    collector.leave(round, state, standing);
  };
  hooks.go_on = [&](double done) { return !on_step || on_step({"predict", 0.5 * done}); };
  sweep_forward(board, {.information = true}, hooks);
  collector.finish();
  evaluate_backward(board, out, on_step);
  out.start = strategy_at_start(board);
  return out;
}

Prediction predict(const Game& game, const Assessment& assessment, const OnStep& on_step) {
  return predict_from(game, assessment, {}, on_step);
}

RoundAcceptance acceptance_in(const OfferPrediction& offer, const std::vector<double>& numbers,
                              int round) {
  const auto r = static_cast<std::size_t>(round) - 1;
  if (round < 1 || r >= offer.reached_by_round.size() || r >= offer.accepted_by_round.size() ||
      offer.reached_by_round[r] <= 0.0)
    return {};
  double accepted = 0.0, sum = 0.0;
  for (std::size_t k = 0; k < numbers.size() && k < offer.accepted_by_round[r].size(); ++k) {
    accepted += offer.accepted_by_round[r][k];
    sum += offer.accepted_by_round[r][k] * numbers[k];
  }
  RoundAcceptance out;
  out.share = accepted / offer.reached_by_round[r];
  if (accepted > 0.0) out.mean = sum / accepted;
  return out;
}

std::map<std::string, double> printed_numbers(const Structure& structure,
                                              const Prediction& prediction) {
  std::map<std::string, double> out;
  for (std::size_t o = 0; o < prediction.outcomes.size(); ++o)
    out["outcomes." + structure.outcomes[o]] = prediction.outcomes[o];
  out["rounds.mean"] = prediction.rounds_mean;
  out["rounds.unfinished"] = prediction.unfinished;
  for (std::size_t k = 0; k < prediction.tallies.size(); ++k)
    out["tallies." + structure.tallies[k]] = prediction.tallies[k];
  for (std::size_t j = 0; j < prediction.values.size(); ++j) {
    const Player& player = structure.players[j];
    if (player.types.empty()) out["values." + player.name] = prediction.values[j].front();
    for (std::size_t k = 0; k < player.types.size(); ++k)
      out["values." + player.name + "." + player.types[k]] = prediction.values[j][k];
  }
  for (const auto& [move, offer] : prediction.offers) {
    const std::string name = "offers." + structure.moves[at(move)].name;
    if (offer.first_round == 0) continue;
    out[name + ".mean"] = offer.mean;
    if (structure.moves[at(move)].kind != MoveKind::offer) continue;
    out[name + ".accepted"] = offer.accepted;
    if (offer.accepted_mean) out[name + ".accepted_mean"] = *offer.accepted_mean;
  }
  for (std::size_t i = 0; i < prediction.information.size(); ++i)
    if (structure.players[i].num_types() > 1)
      out["information." + structure.players[i].name] = prediction.information[i].total;
  return out;
}

}  // namespace melian
