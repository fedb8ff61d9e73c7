#include <algorithm>
#include <cmath>

#include "melian/beliefs.h"
#include "melian/predict.h"
#include "predict/forward_board.h"

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
    const Place place = board.axis(axis.axis).locate(log_odds[at(axis.axis)]);
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

/// Log-probabilities of the actions of one type at a belief between nodes: interpolated linearly,
/// then normalised.
std::vector<double> log_strategy(const double* block, int actions, int points,
                                 const Between& here) {
  std::vector<double> logs(at(actions), 0.0);
  for (int k = 0; k < actions; ++k)
    for (std::size_t n = 0; n < here.point.size(); ++n)
      if (here.weight[n] > 0.0)
        logs[at(k)] += here.weight[n] * block[std::ptrdiff_t{k} * points + here.point[n]];
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

/// One play: types and moves drawn, log-odds on every belief axis carried exactly.
class TruePlay {
 public:
  TruePlay(const Board& board, RandomStream random, int number);
  Play play();

 private:
  /// Takes one step from `state`; the branch taken.
  int step(int state);
  int decide(int state, PlayStep& step);
  int leave_to_chance(int state, PlayStep& step);
  void draw_types();
  /// Bayes' rule for one group: how likely what happened is in each of its cells.
  void learn(int group, const std::vector<double>& log_likelihood);
  /// The analyst's belief in the player's second type.
  [[nodiscard]] double believed(int player) const;
  /// Fills in the belief about that player; about the live one who is learned most of where it is
  /// -1.
  void show(const Shape& shape, int player, const std::vector<double>& before,
            PlayStep& step) const;
  [[nodiscard]] std::vector<double> all_believed() const;

  const Board& board_;
  const Structure& structure_;
  RandomStream random_;
  int number_;
  int round_ = 0;
  std::vector<double> log_odds_;  // the analyst's, by axis
  Play play_;
};

TruePlay::TruePlay(const Board& board, RandomStream random, int number)
    : board_(board),
      structure_(board.structure()),
      random_(random),
      number_(number),
      log_odds_(board.start_log_odds()) {
  draw_types();
}

void TruePlay::draw_types() {
  play_.types.assign(structure_.players.size(), 0);
  const BeliefSpace& space = board_.space();
  for (std::size_t g = 0; g < space.groups().size(); ++g) {
    const int cell = draw(random_, board_.start_odds(static_cast<int>(g)));
    for (const int player : space.groups()[g].players)
      play_.types[at(player)] = space.type_in_cell(static_cast<int>(g), cell, player);
  }
}

void TruePlay::learn(int group, const std::vector<double>& log_likelihood) {
  const BeliefSpace::Group& axes = board_.space().groups()[at(group)];
  std::vector<double> shift(at(axes.num_axes));
  board_.space().shifts(group, log_likelihood.data(), log_odds_.data() + axes.first_axis,
                        shift.data());
  for (std::size_t k = 0; k < shift.size(); ++k) {
    double& u = log_odds_[at(axes.first_axis) + k];
    u = moved_log_odds(u, shift[k]);
  }
}

double TruePlay::believed(int player) const {
  const int group = board_.space().group_of(player);
  return group < 0 ? 0.0
                   : board_.belief(group,
                                   log_odds_.data() + board_.space().groups()[at(group)].first_axis,
                                   player, 1);
}

std::vector<double> TruePlay::all_believed() const {
  std::vector<double> out;
  for (int i = 0; i < structure_.num_players(); ++i) out.push_back(believed(i));
  return out;
}

void TruePlay::show(const Shape& shape, int player, const std::vector<double>& before,
                    PlayStep& step) const {
  double most = -1.0;
  for (int i = 0; i < structure_.num_players(); ++i) {
    if (player >= 0 ? i != player : !shape.has(i)) continue;
    const double now = believed(i), moved = std::abs(now - before[at(i)]);
    if (moved <= most) continue;
    most = moved;
    step.belief_before = before[at(i)];
    step.belief_after = now;
  }
}

int TruePlay::decide(int state, PlayStep& step) {
  const Shape& shape = board_.shape(state);
  const std::vector<Decider>& deciders = board_.deciders(state);
  const std::int64_t row = board_.assessment().row(structure_, round_, state);
  MELIAN_EXPECT(row >= 0, "a strategy for every decision: " + describe_state(structure_, state));
  const double* first = board_.assessment().log_strategy.data() + row;
  const Between here = between(board_, shape, log_odds_);
  const std::vector<double> before = all_believed();
  std::vector<std::vector<double>> likelihood(
      board_.space().groups().size());  // [group][cell], of what is done
  int branch = 0;
  for (const Decider& one : deciders) {
    const bool live = shape.has(one.player);
    std::vector<std::vector<double>> logs;
    for (int type = 0; type < one.types; ++type)
      logs.push_back(log_strategy(first + std::ptrdiff_t{one.row(type, 0)} * shape.points,
                                  one.num_actions(), shape.points, here));
    std::vector<double> odds;
    for (const double log : logs[live ? at(play_.types[at(one.player)]) : 0])
      odds.push_back(std::exp(log));
    const int action = draw(random_, odds);
    branch += action * one.stride;
    if (!live) continue;
    const int group = board_.space().group_of(one.player);
    likelihood[at(group)].resize(at(board_.space().groups()[at(group)].cells), 0.0);
    for (std::size_t c = 0; c < likelihood[at(group)].size(); ++c)
      likelihood[at(group)][c] +=
          logs[at(board_.space().type_in_cell(group, static_cast<int>(c), one.player))][at(action)];
  }
  for (std::size_t g = 0; g < likelihood.size(); ++g)
    if (!likelihood[g].empty()) learn(static_cast<int>(g), likelihood[g]);
  show(shape, deciders.size() == 1 ? deciders.front().player : -1, before, step);
  return branch;
}

int TruePlay::leave_to_chance(int state, PlayStep& step) {
  const PublicState& s = structure_.states[at(state)];
  const Shape& shape = board_.shape(state);
  const Profiles profiles(structure_.players, s.live & structure_.everyone());
  const int profile = profiles.index(play_.types);
  std::vector<double> odds;
  for (int k = 0; k < s.num_branches; ++k)
    odds.push_back(board_.game().odds(s.first_branch + k)[profile]);
  const int k = draw(random_, odds);
  const std::vector<double> before = all_believed();
  for (const Shape::Group& group : shape.groups) {
    const double* drawn = board_.game().odds(s.first_branch + k);
    if (group.count == 1) {
      const int player = board_.space().groups()[at(group.group)].players.front();
      double& u = log_odds_[at(board_.space().only_axis(player))];
      u = moved_log_odds(u, chance_shift(drawn, shape.profiles, profiles.stride(player)));
    } else if (const std::vector<double> news = chance_news(
                   board_.game(), board_.space(), group.group, profiles, s.first_branch + k);
               !news.empty()) {
      learn(group.group, news);
    }
  }
  show(shape, -1, before, step);
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
    case MoveKind::amount:
    case MoveKind::choice:
    case MoveKind::simultaneous: k = decide(state, step); break;
    case MoveKind::chance: k = leave_to_chance(state, step); break;
    case MoveKind::passage: break;
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

Simulation simulate(const Game& game, const Assessment& assessment, std::int64_t plays,
                    std::uint64_t seed) {
  const Board board(game, assessment);
  Simulation out;
  out.plays.resize(static_cast<std::size_t>(plays));
  constexpr std::size_t plays_a_piece = 64;  // enough to repay starting a task
  const std::size_t pieces = (out.plays.size() + plays_a_piece - 1) / plays_a_piece;
  parallel_for(pieces, [&](std::size_t piece) {
    for (std::size_t n = piece * plays_a_piece;
         n < std::min(out.plays.size(), (piece + 1) * plays_a_piece); ++n)
      out.plays[n] = TruePlay(board, RandomStream(seed, n), static_cast<int>(n) + 1).play();
  });
  return out;
}

}  // namespace melian
