#include "study/information.h"

#include <numbers>

namespace melian::prediction {
namespace {

std::size_t at(int index) { return static_cast<std::size_t>(index); }

/// Entropy of the prior in nats, for any number of types.
double prior_entropy(const std::vector<double>& prior) {
  double sum = 0.0;
  for (const double p : prior)
    if (p > 0.0) sum -= p * std::log(p);
  return sum;
}

}  // namespace

InformationCount::InformationCount(const Board& board) : board_(board), source_(board.structure().branches.size()), count_(board.structure().players.size()) {
  const Structure& structure = board.structure();
  for (std::size_t s = 0; s < structure.states.size(); ++s)
    for (int k = 0; k < structure.states[s].num_branches; ++k) source_[at(structure.states[s].first_branch + k)] = static_cast<int>(s);
  const Shape& root = board.shape(structure.root);
  for (std::size_t i = 0; i < structure.players.size(); ++i) {
    if (structure.players[i].num_types() < 2) continue;
    count_[i].prior_entropy = prior_entropy(board.game().numbers.prior[i]);
    if (!root.has(static_cast<int>(i))) count_[i].end_entropy = count_[i].prior_entropy;
  }
  // A prior between nodes is shared between them before play begins.
  for (const Shape::Axis& axis : root.axes) {
    double shared = 0.0;
    for (std::size_t n = 0; n < board.start().point.size(); ++n)
      shared += board.start().weight[n] * entropy(board.node_log_odds(axis.player)[at(axis.node[at(board.start().point[n])])]);
    Information& count = count_[at(axis.player)];
    if (board.start().point.size() > 1) count.splitting += count.prior_entropy - shared;
  }
}

void InformationCount::add(int round, int branch, const Flow& flow) {
  const Structure& structure = board_.structure();
  const bool chance = structure.moves[at(structure.states[at(source(branch))].move)].kind == MoveKind::chance;
  for (std::size_t i = 0; i < count_.size(); ++i) {
    auto& by_round = chance ? count_[i].battlefield : count_[i].talk;
    if (by_round.size() <= at(round)) by_round.resize(at(round) + 1, 0.0);
    by_round[at(round)] += flow.news[i];
    count_[i].end_entropy += flow.end_entropy[i];
    count_[i].splitting += flow.splitting[i];
  }
}

void InformationCount::leave(int state, const Standing& standing) {
  for (const Shape::Axis& axis : board_.shape(state).axes)
    for (int p = 0; p < board_.shape(state).points; ++p)
      count_[at(axis.player)].end_entropy += standing.row(p)[standing.columns - 1] * entropy(board_.node_log_odds(axis.player)[at(axis.node[at(p)])]);
}

std::vector<Information> InformationCount::finish(const std::vector<double>& reached_by_round) {
  for (Information& count : count_) {
    const std::size_t rounds = reached_by_round.size();
    count.talk.resize(rounds, 0.0);
    count.battlefield.resize(rounds, 0.0);
    count.per_round_reached.assign(rounds, 0.0);
    for (std::size_t r = 0; r < rounds; ++r) {
      count.talk[r] /= std::numbers::ln2;
      count.battlefield[r] /= std::numbers::ln2;
      count.total += count.talk[r] + count.battlefield[r];
      if (reached_by_round[r] > 0.0) count.per_round_reached[r] = (count.talk[r] + count.battlefield[r]) / reached_by_round[r];
    }
    count.prior_entropy /= std::numbers::ln2;
    count.end_entropy /= std::numbers::ln2;
    count.splitting /= std::numbers::ln2;
  }
  return std::move(count_);
}

}  // namespace melian::prediction
