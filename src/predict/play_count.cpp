#include "predict/play_count.h"

#include <algorithm>
#include <cmath>

namespace melian::prediction {
namespace {

std::size_t at(int index) { return static_cast<std::size_t>(index); }

}  // namespace

PlayCount::PlayCount(const Board& board)
    : board_(board),
      structure_(board.structure()),
      profiles_(at(board.full().count())),
      source_(structure_.branches.size()),
      outcomes_(structure_.outcomes.size(), std::vector<double>(profiles_, 0.0)),
      tallies_(structure_.tallies.size(), std::vector<double>(profiles_, 0.0)),
      ended_(profiles_),
      reached_(profiles_),
      unfinished_(profiles_, 0.0) {
  for (std::size_t s = 0; s < structure_.states.size(); ++s)
    for (int k = 0; k < structure_.states[s].num_branches; ++k)
      source_[at(structure_.states[s].first_branch + k)] = &board.shape(static_cast<int>(s));
  for (auto& reached : reached_) grown(reached, 0) = 1.0;
  if (structure_.horizon == HorizonKind::forever)
    discounted_.assign(structure_.players.size(),
                       std::vector<double>(structure_.outcomes.size(), 0.0));
}

std::vector<bool> PlayCount::counted() const {
  std::vector<bool> out;
  for (std::size_t b = 0; b < structure_.branches.size(); ++b)
    out.push_back(structure_.branches[b].next < 0 || board_.advance(static_cast<int>(b)) > 0 ||
                  structure_.count_begin[b] < structure_.count_begin[b + 1]);
  return out;
}

void PlayCount::flow(int round, bool closing, int branch, const Destination& to, const Flow& flow) {
  if (to.ended()) {
    if (!discounted_.empty()) discount_end(round, -1 - to.state, flow);
    std::vector<double>& outcome = outcomes_[at(-1 - to.state)];
    for (std::size_t theta = 0; theta < profiles_; ++theta) {
      outcome[theta] += flow.by_profile[theta];
      if (!closing) grown(ended_[theta], round) += flow.by_profile[theta];
    }
  }
  if (to.closing)
    for (std::size_t theta = 0; theta < profiles_; ++theta)
      unfinished_[theta] += flow.by_profile[theta];
  // A play that passes several rounds at once is in each of them.
  const int last = closing || to.ended() ? round : to.closing ? structure_.rounds - 1 : to.round;
  for (int r = round + 1; r <= last; ++r)
    for (std::size_t theta = 0; theta < profiles_; ++theta)
      grown(reached_[theta], r) += flow.by_profile[theta];
  for (std::int64_t k = structure_.count_begin[at(branch)];
       k < structure_.count_begin[at(branch) + 1]; ++k) {
    const Structure::Count& count = structure_.counts[static_cast<std::size_t>(k)];
    const double* amount = board_.game().numbers.amounts.data() + count.amount_offset;
    for (std::size_t theta = 0; theta < profiles_; ++theta)
      tallies_[at(count.tally)][theta] +=
          flow.by_profile[theta] * amount[source_[at(branch)]->profile_of_full[theta]];
  }
}

void PlayCount::discount_end(int round, int outcome, const Flow& flow) {
  for (std::size_t j = 0; j < discounted_.size(); ++j) {
    const auto player = static_cast<int>(j);
    const std::vector<double>& discount = board_.game().numbers.discount[j];
    for (std::size_t theta = 0; theta < profiles_; ++theta) {
      const int type = structure_.players[j].num_types() > 1
                           ? board_.full().type_of(static_cast<int>(theta), player)
                           : 0;
      discounted_[j][at(outcome)] += board_.profile_weight()[theta] * flow.by_profile[theta] *
                                     std::pow(discount[at(type)], round);
    }
  }
}

void PlayCount::leave(int round, int state, const Standing& standing) {
  cut_ = std::max(cut_, at(round));
  for (int p = 0; p < board_.shape(state).points; ++p)
    for (std::size_t theta = 0; theta < profiles_; ++theta)
      unfinished_[theta] += standing.row(p)[theta];
}

double PlayCount::by_prior(const std::vector<double>& by_profile) const {
  double sum = 0.0;
  for (std::size_t theta = 0; theta < profiles_; ++theta)
    sum += board_.profile_weight()[theta] * by_profile[theta];
  return sum;
}

void PlayCount::finish(Prediction& out) {
  out.profile_weight = board_.profile_weight();
  for (const auto& outcome : outcomes_) out.outcomes.push_back(by_prior(outcome));
  for (const auto& tally : tallies_) out.tallies.push_back(by_prior(tally));
  std::size_t rounds = structure_.horizon == HorizonKind::finite ? at(structure_.rounds) : 1;
  for (std::size_t theta = 0; theta < profiles_; ++theta)
    rounds = std::max({rounds, ended_[theta].size(), reached_[theta].size()});
  if (cut_ > 0) rounds = cut_;
  out.rounds_distribution.assign(rounds, 0.0);
  out.reached_by_round.assign(rounds, 0.0);
  out.hazard.assign(rounds, 0.0);
  out.hazard_by_profile.assign(profiles_, std::vector<double>(rounds, 0.0));
  out.unfinished = by_prior(unfinished_);
  if (structure_.horizon == HorizonKind::forever && out.unfinished < negligible_play)
    out.unfinished = 0.0;
  for (std::size_t theta = 0; theta < profiles_; ++theta) {
    ended_[theta].resize(rounds, 0.0);
    reached_[theta].resize(rounds, 0.0);
    for (std::size_t r = 0; r < rounds; ++r) {
      out.rounds_distribution[r] += out.profile_weight[theta] * ended_[theta][r];
      out.reached_by_round[r] += out.profile_weight[theta] * reached_[theta][r];
      if (reached_[theta][r] > 0.0)
        out.hazard_by_profile[theta][r] = ended_[theta][r] / reached_[theta][r];
    }
  }
  out.rounds_mean =
      static_cast<double>(structure_.horizon == HorizonKind::forever ? rounds
                                                                     : at(structure_.rounds)) *
      out.unfinished;
  for (std::size_t r = 0; r < rounds; ++r) {
    out.rounds_mean += static_cast<double>(r + 1) * out.rounds_distribution[r];
    if (out.reached_by_round[r] > 0.0)
      out.hazard[r] = out.rounds_distribution[r] / out.reached_by_round[r];
  }
  out.outcomes_by_profile = std::move(outcomes_);
  out.discounted_outcomes = std::move(discounted_);
  out.tallies_by_profile = std::move(tallies_);
  out.reached_by_profile = std::move(reached_);
}

}  // namespace melian::prediction
