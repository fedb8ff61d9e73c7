#include <algorithm>
#include <cmath>

#include "melian/study.h"
#include "study/forward_board.h"

namespace melian {
namespace {

using namespace prediction;

std::size_t at(int index) { return static_cast<std::size_t>(index); }

/// A point between nodes, as weights on the nodes around it.
struct Between {
  std::vector<int> point{0};
  std::vector<double> weight{1.0};
};

Between between(const Board& board, const Shape& shape, const std::vector<double>& log_odds) {
  Between out;
  for (const Shape::Axis& axis : shape.axes) {
    const Place place = locate(board.nodes(axis.player), logistic(log_odds[at(axis.player)]));
    const std::size_t before = out.point.size();
    for (std::size_t n = 0; n < before; ++n) {
      out.point[n] += (place.cell + (place.weight == 1.0 ? 1 : 0)) * axis.stride;
      if (place.weight == 0.0 || place.weight == 1.0) continue;
      out.point.push_back(out.point[n] + axis.stride);
      out.weight.push_back(out.weight[n] * place.weight);
      out.weight[n] *= 1.0 - place.weight;
    }
  }
  return out;
}

/// Log-probabilities of the branches for one type at a belief between nodes: interpolated linearly, then normalised.
std::vector<double> log_strategy(const double* block, int branches, int points, const Between& here) {
  std::vector<double> logs(at(branches), 0.0);
  for (int k = 0; k < branches; ++k)
    for (std::size_t n = 0; n < here.point.size(); ++n)
      if (here.weight[n] > 0.0) logs[at(k)] += here.weight[n] * block[std::ptrdiff_t{k} * points + here.point[n]];
  const double total = log_sum_exp(logs);
  for (double& log : logs) log -= total;
  return logs;
}

int draw(RandomStream& random, const std::vector<double>& odds) {
  double total = 0.0;
  for (const double p : odds) total += p;
  double left = random.uniform() * total;
  int last = 0;
  for (std::size_t k = 0; k < odds.size(); ++k) {
    if (odds[k] <= 0.0) continue;
    last = static_cast<int>(k);
    if (left < odds[k]) return last;
    left -= odds[k];
  }
  return last;
}

/// One play: types and moves drawn, log-odds about every player carried exactly.
class TruePlay {
 public:
  TruePlay(const Board& board, RandomStream random, int number);
  Play play();

 private:
  /// Takes one step from `state`; the branch taken.
  int step(int state);
  int decide(int state, PlayStep& step);
  int leave_to_chance(int state, PlayStep& step);

  const Board& board_;
  const Structure& structure_;
  RandomStream random_;
  int number_;
  int round_ = 0;
  std::vector<double> log_odds_;  // the analyst's, by player
  Play play_;
};

TruePlay::TruePlay(const Board& board, RandomStream random, int number) : board_(board), structure_(board.structure()), random_(random), number_(number) {
  for (std::size_t i = 0; i < structure_.players.size(); ++i) {
    const std::vector<double>& prior = board.game().numbers.prior[i];
    const bool typed = structure_.players[i].num_types() > 1;
    play_.types.push_back(typed ? draw(random_, prior) : 0);
    log_odds_.push_back(typed ? log_odds(prior[1]) : 0.0);
  }
}

int TruePlay::decide(int state, PlayStep& step) {
  const PublicState& s = structure_.states[at(state)];
  const Shape& shape = board_.shape(state);
  const int mover = structure_.moves[at(s.move)].player;
  const std::int64_t row = board_.assessment().row(structure_, round_, state);
  MELIAN_EXPECT(row >= 0, "a strategy for every decision: " + describe_state(structure_, state));
  const double* first = board_.assessment().log_strategy.data() + row;
  const Between here = between(board_, shape, log_odds_);
  std::vector<std::vector<double>> logs;
  for (int type = 0; type < (shape.has(mover) ? 2 : 1); ++type)
    logs.push_back(log_strategy(first + std::ptrdiff_t{type} * s.num_branches * shape.points, s.num_branches, shape.points, here));
  const std::vector<double>& own = logs[shape.has(mover) ? at(play_.types[at(mover)]) : 0];
  std::vector<double> odds;
  for (const double log : own) odds.push_back(std::exp(log));
  const int k = draw(random_, odds);
  const bool typed = structure_.players[at(mover)].num_types() > 1;
  step.belief_before = typed ? logistic(log_odds_[at(mover)]) : 0.0;
  if (shape.has(mover)) log_odds_[at(mover)] = shifted(log_odds_[at(mover)], logs[1][at(k)] - logs[0][at(k)]);
  step.belief_after = typed ? logistic(log_odds_[at(mover)]) : 0.0;
  return k;
}

int TruePlay::leave_to_chance(int state, PlayStep& step) {
  const PublicState& s = structure_.states[at(state)];
  const Shape& shape = board_.shape(state);
  int profile = 0;
  for (const Shape::Axis& axis : shape.axes) profile += play_.types[at(axis.player)] * axis.profile_stride;
  std::vector<double> odds;
  for (int k = 0; k < s.num_branches; ++k) odds.push_back(board_.game().odds(s.first_branch + k)[profile]);
  const int k = draw(random_, odds);
  // Shown: the player about whom the outcome says most.
  double most = -1.0;
  for (const Shape::Axis& axis : shape.axes) {
    const double before = log_odds_[at(axis.player)];
    const double after = shifted(before, chance_shift(board_.game().odds(s.first_branch + k), shape.profiles, axis.profile_stride));
    log_odds_[at(axis.player)] = after;
    const double moved = std::abs(logistic(after) - logistic(before));
    if (moved <= most) continue;
    most = moved;
    step.belief_before = logistic(before);
    step.belief_after = logistic(after);
  }
  return k;
}

int TruePlay::step(int state) {
  const PublicState& s = structure_.states[at(state)];
  PlayStep step;
  step.play = number_;
  step.round = std::min(round_, play_.unfinished ? structure_.rounds - 1 : round_) + 1;
  step.state = state;
  int k = 0;
  switch (structure_.moves[at(s.move)].kind) {
    case MoveKind::offer:
    case MoveKind::choice: k = decide(state, step); break;
    case MoveKind::chance: k = leave_to_chance(state, step); break;
    case MoveKind::passage: break;
    case MoveKind::simultaneous: MELIAN_EXPECT(false, "simultaneous moves are not simulated yet");
  }
  step.branch = s.first_branch + k;
  play_.steps.push_back(step);
  return step.branch;
}

Play TruePlay::play() {
  for (int state = structure_.root; state >= 0;) {
    const Destination to = board_.follow(round_, step(state));
    state = to.state;
    if (to.closing) play_.unfinished = true;
    if (!to.ended() && !(play_.unfinished && !to.closing)) round_ = to.round;
    if (to.ended()) play_.outcome = -1 - to.state;
    if (structure_.horizon == HorizonKind::forever && !to.ended() && round_ >= most_rounds) {
      play_.unfinished = true;
      play_.last_round = round_;
      return std::move(play_);
    }
  }
  play_.last_round = play_.unfinished ? structure_.rounds : round_ + 1;
  return std::move(play_);
}

}  // namespace

Simulation simulate(const Game& game, const Assessment& assessment, std::int64_t plays, std::uint64_t seed) {
  const Board board(game, assessment);
  Simulation out;
  out.plays.resize(static_cast<std::size_t>(plays));
  constexpr std::size_t plays_a_piece = 64;  // enough to repay starting a task
  const std::size_t pieces = (out.plays.size() + plays_a_piece - 1) / plays_a_piece;
  parallel_for(pieces, [&](std::size_t piece) {
    for (std::size_t n = piece * plays_a_piece; n < std::min(out.plays.size(), (piece + 1) * plays_a_piece); ++n)
      out.plays[n] = TruePlay(board, RandomStream(seed, n), static_cast<int>(n) + 1).play();
  });
  return out;
}

}  // namespace melian
