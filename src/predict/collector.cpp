#include "predict/collector.h"

#include <algorithm>

namespace melian::prediction {
namespace {

std::size_t at(int index) { return static_cast<std::size_t>(index); }

/// Entry `column` of row `row`, of `width` columns.
double& grown(std::vector<std::vector<double>>& rows, int row, int column, std::size_t width) {
  while (rows.size() <= at(row)) rows.emplace_back(width, 0.0);
  return rows[at(row)][at(column)];
}

}  // namespace

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

}  // namespace melian::prediction
