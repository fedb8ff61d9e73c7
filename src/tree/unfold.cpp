#include "tree/unfold.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "tree/shape.h"

namespace melian::tree {

namespace {

constexpr int types_in_a_mask =
    64;  // guards speak of so many types at most; beyond, every action is open

}  // namespace

bool Prior::possible(int profile) const {
  return analyst[ix(profile)] > 0.0 ||
         std::ranges::any_of(players, [&](const auto& own) { return own[ix(profile)] > 0.0; });
}

Prior prior_of(const Game& game, const Profiles& everyone) {
  const Structure& shape = game.shape();
  const BeliefSpace space(shape);
  Prior out{std::vector<double>(ix(everyone.count()), 1.0), {}};
  for (int i = 0; i < shape.num_players(); ++i)
    if (std::ranges::none_of(shape.correlated, [&](const std::vector<int>& group) {
          return std::ranges::find(group, i) != group.end();
        }))
      for (int profile = 0; profile < everyone.count(); ++profile)
        if (shape.players[ix(i)].num_types() > 1)
          out.analyst[ix(profile)] *= game.numbers.prior[ix(i)][ix(everyone.type_of(profile, i))];
  for (std::size_t g = 0; g < shape.correlated.size(); ++g)
    for (int profile = 0; profile < everyone.count(); ++profile) {
      int cell = 0;
      for (const int i : shape.correlated[g])
        cell = cell * shape.players[ix(i)].num_types() + everyone.type_of(profile, i);
      out.analyst[ix(profile)] *= game.numbers.joint[g][ix(cell)];
    }
  for (int observer = 0; observer < shape.num_players(); ++observer) {
    std::vector<double> own = out.analyst;
    for (std::size_t g = 0; g < space.groups().size(); ++g) {
      const std::vector<double> apart = disagreement(game, space, observer, static_cast<int>(g));
      for (int profile = 0; profile < everyone.count(); ++profile)
        if (own[ix(profile)] > 0.0)
          own[ix(profile)] *=
              std::exp(apart[ix(space.cell(static_cast<int>(g), everyone, profile))]);
    }
    const double sum = std::accumulate(own.begin(), own.end(), 0.0);
    for (double& one : own) one /= sum;
    out.players.push_back(std::move(own));
  }
  return out;
}

int local_profile(const Structure& structure, const Profiles& everyone, int state, int profile) {
  const Profiles profiles(structure.players, structure.states[ix(state)].live);
  int at = 0;
  for (int i = 0; i < structure.num_players(); ++i)
    at += profiles.stride(i) * everyone.type_of(profile, i);
  return at;
}

std::vector<int> possible_branches(const Game& game, int state, int local) {
  const Structure& shape = game.shape();
  const PublicState& from = shape.states[ix(state)];
  const int profiles = shape.num_profiles(from.live);
  std::vector<int> out;
  for (int k = 0; k < from.num_branches; ++k) {
    const int branch = from.first_branch + k;
    bool possible = game.odds(branch)[local] > 0.0;
    for (int j = 0; j < shape.num_players(); ++j)
      possible = possible || game.odds_for(branch, j, profiles)[local] > 0.0;
    if (possible) out.push_back(k);
  }
  return out;
}

std::vector<int> open_actions(const Decider& mover, int type) {
  std::vector<int> out;
  for (int a = 0; a < mover.num_actions(); ++a)
    if (type >= types_in_a_mask || mover.is_open(a, type)) out.push_back(a);
  return out;
}

}  // namespace melian::tree
