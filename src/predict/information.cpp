#include "predict/information.h"

#include <numbers>

namespace melian::prediction {
namespace {

std::size_t at(int index) { return static_cast<std::size_t>(index); }

}  // namespace

InformationCount::InformationCount(const Board& board)
    : board_(board),
      source_(board.structure().branches.size()),
      count_(board.structure().players.size()) {
  const Structure& structure = board.structure();
  for (std::size_t s = 0; s < structure.states.size(); ++s)
    for (int k = 0; k < structure.states[s].num_branches; ++k)
      source_[at(structure.states[s].first_branch + k)] = static_cast<int>(s);
  const Shape& root = board.shape(structure.root);
  for (std::size_t i = 0; i < structure.players.size(); ++i) {
    if (structure.players[i].num_types() < 2) continue;
    Information& count = count_[i];
    count.prior_entropy = entropy(board.game().numbers.prior[i]);
    if (!root.has(static_cast<int>(i))) count.end_entropy = count.prior_entropy;
    if (!root.has(static_cast<int>(i)) || board.start().point.size() < 2) continue;
    // A prior between nodes is shared between them before play begins.
    double shared = 0.0;
    for (std::size_t n = 0; n < board.start().point.size(); ++n)
      shared += board.start().weight[n] * root.entropy[i][at(board.start().point[n])];
    count.splitting += count.prior_entropy - shared;
  }
}

void InformationCount::add(int round, int branch, const Flow& flow) {
  const Structure& structure = board_.structure();
  const bool chance =
      structure.moves[at(structure.states[at(source(branch))].move)].kind == MoveKind::chance;
  for (std::size_t i = 0; i < count_.size(); ++i) {
    auto& by_round = chance ? count_[i].battlefield : count_[i].talk;
    if (by_round.size() <= at(round)) by_round.resize(at(round) + 1, 0.0);
    by_round[at(round)] += flow.news[i];
    count_[i].end_entropy += flow.end_entropy[i];
    count_[i].splitting += flow.splitting[i];
  }
}

void InformationCount::leave(int state, const Standing& standing) {
  const Shape& shape = board_.shape(state);
  for (std::size_t i = 0; i < count_.size(); ++i)
    for (std::size_t p = 0; p < shape.entropy[i].size(); ++p)
      count_[i].end_entropy +=
          standing.row(static_cast<int>(p))[standing.columns - 1] * shape.entropy[i][p];
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
      if (reached_by_round[r] > 0.0)
        count.per_round_reached[r] = (count.talk[r] + count.battlefield[r]) / reached_by_round[r];
    }
    count.prior_entropy /= std::numbers::ln2;
    count.end_entropy /= std::numbers::ln2;
    count.splitting /= std::numbers::ln2;
  }
  return std::move(count_);
}

}  // namespace melian::prediction
