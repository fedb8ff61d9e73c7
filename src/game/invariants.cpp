#include <algorithm>
#include <cmath>

#include <fmt/core.h>

#include "game/builder.h"
#include "melian/beliefs.h"

namespace melian {
namespace {

std::size_t at(int index) { return static_cast<std::size_t>(index); }

/// odds(profile) = product of one factor per group of tied players, up to round-off: independence
/// survives the outcome.
bool factorises(const double* odds, const Profiles& profiles, const BeliefSpace& space) {
  constexpr double round_off = 1e-9;
  for (const BeliefSpace::Group& group : space.groups()) {
    const auto swapped = [&](int p, int q) {  // p with the group's types of q
      for (const int player : group.players)
        p += profiles.stride(player) * (profiles.type_of(q, player) - profiles.type_of(p, player));
      return p;
    };
    for (int p = 0; p < profiles.count(); ++p)
      for (int q = 0; q < profiles.count(); ++q)
        if (std::abs(odds[p] * odds[q] - odds[swapped(p, q)] * odds[swapped(q, p)]) > round_off)
          return false;
  }
  return true;
}

}  // namespace

std::vector<std::string> broken_invariants(const Game& game) {
  constexpr double round_off = 1e-9;
  const Structure& shape = game.shape();
  const BeliefSpace space(shape);
  std::vector<std::string> broken;
  const auto wrong = [&](int state, const char* what) {
    broken.push_back(fmt::format("state {} ({}): {}", state, describe_state(shape, state), what));
  };
  for (std::size_t i = 0; i < shape.players.size(); ++i)
    if (game.numbers.prior.size() != shape.players.size() ||
        game.numbers.prior[i].size() != at(shape.players[i].num_types()) ||
        game.numbers.discount[i].size() != at(shape.players[i].num_types()))
      broken.push_back(fmt::format("player {}: prior or discount not one number per type",
                                   shape.players[i].name));
  if (!broken.empty()) return broken;
  for (std::size_t index = 0; index < shape.states.size(); ++index) {
    const int s = static_cast<int>(index);
    const PublicState& from = shape.states[index];
    const Move& move = shape.moves[at(from.move)];
    const Profiles profiles(shape.players, from.live);
    if (from.num_branches == 0) wrong(s, "no branch leaves it");
    if (move.kind == MoveKind::passage && from.num_branches != 1)
      wrong(s, "a passage has exactly one branch");
    if (shape.is_decision(s) && move.player < 0) wrong(s, "a decision without a player");
    if (from.closing >= 0 && shape.states[at(from.closing)].timed) wrong(s, "its closing is timed");
    std::vector<double> total(at(profiles.count()), 0.0);
    std::uint64_t open = 0;
    for (int k = 0; k < from.num_branches; ++k) {
      const int b = from.first_branch + k;
      const Branch& branch = shape.branches[at(b)];
      open |= branch.open_to;
      if (branch.action < 0 || at(branch.action) >= std::max<std::size_t>(1, move.actions.size()))
        wrong(s, "a branch names no action");
      if (branch.next >= static_cast<int>(shape.states.size()) ||
          -1 - branch.next >= static_cast<int>(shape.outcomes.size()))
        wrong(s, "a branch leads nowhere");
      if (branch.next >= 0 && (shape.states[at(branch.next)].live & ~from.live) != 0)
        wrong(s, "a successor has a live type that is not live here");
      if (branch.next >= 0 && shape.states[at(branch.next)].timed && !from.timed)
        wrong(s, "an untimed state leads to a timed one");
      for (int j = 0; j < shape.num_players(); ++j)
        for (int p = 0; p < profiles.count(); ++p)
          if (!std::isfinite(game.reward(b, j, profiles.count())[p]))
            wrong(s, "a payoff is not finite");
      if (move.kind != MoveKind::chance) continue;
      if (shape.odds_offset[at(b)] < 0) {
        wrong(s, "a chance branch without odds");
        continue;
      }
      for (int p = 0; p < profiles.count(); ++p) total[at(p)] += game.odds(b)[p];
      if (branch.next >= 0 && !factorises(game.odds(b), profiles, space))
        wrong(s, "odds that tie two players' types together");
    }
    if (move.kind == MoveKind::chance)
      for (const double sum : total)
        if (std::abs(sum - 1.0) > round_off) wrong(s, "odds that do not sum to 1");
    if (shape.is_decision(s)) {
      const int types = shape.players[at(move.player)].num_types();
      for (int k = 0; k < types; ++k)
        if ((open >> k & 1U) == 0) wrong(s, "a type of the mover has no action");
    }
  }
  return broken;
}

}  // namespace melian
