#include "melian/beliefs.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/core.h>

#include "melian/numeric.h"

namespace melian {
namespace {

/// What stands for log 0 where a side is believed impossible yet the news tells more likely from
/// less within it.
constexpr double log_of_nothing = -700.0;

std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

double log_logistic(double u) {
  return u >= 0.0 ? -std::log1p(std::exp(-u)) : u - std::log1p(std::exp(u));
}

double log_add(double a, double b) {
  if (a < b) std::swap(a, b);
  return b == -infinity ? a : a + std::log1p(std::exp(b - a));
}

}  // namespace

BeliefSpace::BeliefSpace(const Structure& structure) : group_of_(structure.players.size(), -1) {
  for (const Player& player : structure.players) radix_.push_back(player.num_types());
  for (int i = 0; i < structure.num_players(); ++i) {
    if (structure.players[at(i)].num_types() < 2 || group_of_[at(i)] >= 0) continue;
    const auto joint = std::ranges::find_if(
        structure.correlated,
        [&](const std::vector<int>& members) { return std::ranges::count(members, i) > 0; });
    Group group;
    group.players = joint == structure.correlated.end() ? std::vector<int>{i} : *joint;
    group.stride.assign(group.players.size(), 0);
    for (std::size_t k = group.players.size(); k-- > 0;) {
      group.stride[k] = group.cells;
      group.cells *= radix_[at(group.players[k])];
      group.mask |= 1U << group.players[k];
      group_of_[at(group.players[k])] = static_cast<int>(groups_.size());
    }
    group.first_axis = num_axes();
    groups_.push_back(std::move(group));
    const int g = static_cast<int>(groups_.size()) - 1;
    split(g, 0, groups_[at(g)].cells);
    groups_[at(g)].num_axes = num_axes() - groups_[at(g)].first_axis;
  }
}

/// Halves the types of the first player whose type is not settled on [first, end); cells of one
/// type stay together.
int BeliefSpace::split(int g, int first, int end) {
  if (end - first == 1) return -1 - first;
  const Group& group = groups_[at(g)];
  int block = 1;
  for (const int stride : group.stride)
    if (stride < end - first) {
      block = stride;
      break;
    }
  const int middle = first + (end - first) / block / 2 * block;
  const int axis = num_axes();
  axes_.push_back({.group = g, .first_cell = first, .middle_cell = middle, .end_cell = end});
  const int left = split(g, first, middle), right = split(g, middle, end);
  axes_[at(axis)].left = left;
  axes_[at(axis)].right = right;
  return axis;
}

BeliefAxes BeliefSpace::on(std::vector<std::vector<double>> nodes) const {
  BeliefAxes out{std::move(nodes), {}};
  for (const Axis& axis : axes_) out.players.push_back(groups_[at(axis.group)].mask);
  return out;
}

int BeliefSpace::only_axis(int player) const {
  const int g = group_of(player);
  return g >= 0 && groups_[at(g)].num_axes == 1 ? groups_[at(g)].first_axis : -1;
}

int BeliefSpace::cell(int g, const Profiles& profiles, int profile) const {
  const Group& group = groups_[at(g)];
  int cell = 0;
  for (std::size_t k = 0; k < group.players.size(); ++k)
    cell += group.stride[k] * profiles.type_of(profile, group.players[k]);
  return cell;
}

int BeliefSpace::type_in_cell(int g, int cell, int player) const {
  const Group& group = groups_[at(g)];
  const auto k = at(std::ranges::find(group.players, player) - group.players.begin());
  return cell / group.stride[k] % radix_[at(player)];
}

void BeliefSpace::coordinates(int g, const double* odds, double* out) const {
  const Group& group = groups_[at(g)];
  for (int k = 0; k < group.num_axes; ++k) {
    const Axis& axis = axes_[at(group.first_axis + k)];
    double left = 0.0, right = 0.0;
    for (int c = axis.first_cell; c < axis.end_cell; ++c)
      (c < axis.middle_cell ? left : right) += odds[c];
    out[k] = left == 0.0 && right == 0.0 ? 0.5 : group.cells == 2 ? right : right / (left + right);
  }
}

void BeliefSpace::log_cells(int g, const double* log_odds, double* out) const {
  const Group& group = groups_[at(g)];
  std::fill_n(out, group.cells, 0.0);
  for (int k = 0; k < group.num_axes; ++k) {
    const Axis& axis = axes_[at(group.first_axis + k)];
    const double right = log_logistic(log_odds[k]), left = log_logistic(-log_odds[k]);
    for (int c = axis.first_cell; c < axis.end_cell; ++c)
      out[c] += c < axis.middle_cell ? left : right;
  }
}

std::vector<double> BeliefSpace::cell_odds(int g, const double* log_odds, int given) const {
  const Group& group = groups_[at(g)];
  if (given < 0) {
    std::vector<double> out(at(group.cells), 1.0);
    for (int k = 0; k < group.num_axes; ++k) {
      const Axis& axis = axes_[at(group.first_axis + k)];
      const double right = logistic(log_odds[k]), left = logistic(-log_odds[k]);
      for (int c = axis.first_cell; c < axis.end_cell; ++c)
        out[at(c)] *= c < axis.middle_cell ? left : right;
    }
    return out;
  }
  std::vector<double> inside(log_odds, log_odds + group.num_axes), out(at(group.cells));
  for (double& u : inside) u = std::clamp(u, log_of_nothing, -log_of_nothing);
  log_cells(g, inside.data(), out.data());
  for (int type = 0; type < radix_[at(given)]; ++type) {
    double sum = -infinity;
    for (int c = 0; c < group.cells; ++c)
      if (type_in_cell(g, c, given) == type) sum = log_add(sum, out[at(c)]);
    for (int c = 0; c < group.cells; ++c)
      if (type_in_cell(g, c, given) == type) out[at(c)] -= sum;
  }
  for (double& x : out) x = std::exp(x);
  return out;
}

void BeliefSpace::shifts(int g, const double* log_likelihood, const double* before,
                         double* shift) const {
  const Group& group = groups_[at(g)];
  if (group.num_axes == 1) {
    shift[0] = log_likelihood[0] == log_likelihood[1] ? 0.0 : log_likelihood[1] - log_likelihood[0];
    return;
  }
  // How likely the news is on either side of each split, from below. `within` holds it by axis.
  constexpr int few = 32;
  std::array<double, few> near{};
  std::vector<double> many(group.num_axes > few ? at(group.num_axes) : 0);
  double* within = many.empty() ? near.data() : many.data();
  const auto of = [&](int side) {
    return side < 0 ? log_likelihood[-1 - side] : within[side - group.first_axis];
  };
  for (int k = group.num_axes; k-- > 0;) {
    const Axis& axis = axes_[at(group.first_axis + k)];
    const double left = of(axis.left), right = of(axis.right);
    shift[k] = left == right ? 0.0 : right - left;
    within[k] = log_add(std::max(log_of_nothing, log_logistic(-before[k])) + left,
                        std::max(log_of_nothing, log_logistic(before[k])) + right);
  }
}

std::string BeliefSpace::statement(const Structure& structure, int which) const {
  const Axis& axis = axes_[at(which)];
  const Group& group = groups_[at(axis.group)];
  // The player whose types the split tells apart: the first whose type differs within it.
  std::string given, told;
  for (const int player : group.players) {
    const Player& p = structure.players[at(player)];
    const auto types = [&](int first, int end) {
      std::string out;
      int last = -1;
      for (int c = first; c < end; ++c) {
        const int type = type_in_cell(axis.group, c, player);
        if (type == last) continue;
        out += (out.empty() ? "" : " or ") + p.types[at(type)];
        last = type;
      }
      return out;
    };
    const bool differs = type_in_cell(axis.group, axis.first_cell, player) !=
                         type_in_cell(axis.group, axis.end_cell - 1, player);
    const bool whole =
        axis.end_cell - axis.first_cell >=
        group.stride[at(std::ranges::find(group.players, player) - group.players.begin())] *
            p.num_types();
    if (differs) {
      told = fmt::format("{} is {}", p.name, types(axis.middle_cell, axis.end_cell));
      if (!whole)
        given += fmt::format("{}{} is {}", given.empty() ? "" : " and ", p.name,
                             types(axis.first_cell, axis.end_cell));
      break;
    }
    given += fmt::format("{}{} is {}", given.empty() ? "" : " and ", p.name,
                         types(axis.first_cell, axis.first_cell + 1));
  }
  return given.empty() ? told : fmt::format("{}, given that {}", told, given);
}

const std::vector<double>& start_cells(const Game& game, const BeliefSpace& space, int g) {
  const BeliefSpace::Group& group = space.groups()[at(g)];
  const auto joint = std::ranges::find(game.shape().correlated, group.players);
  return joint == game.shape().correlated.end()
             ? game.numbers.prior[at(group.players.front())]
             : game.numbers.joint[at(joint - game.shape().correlated.begin())];
}

std::vector<double> start_beliefs(const Game& game, const BeliefSpace& space) {
  std::vector<double> out(at(space.num_axes()), 0.0);
  for (int g = 0; g < static_cast<int>(space.groups().size()); ++g)
    space.coordinates(g, start_cells(game, space, g).data(),
                      out.data() + space.groups()[at(g)].first_axis);
  return out;
}

std::vector<double> disagreement(const Game& game, const BeliefSpace& space, int observer, int g) {
  const BeliefSpace::Group& group = space.groups()[at(g)];
  std::vector<double> out(at(group.cells), 0.0);
  for (const int player : group.players) {
    const std::vector<double>&own = game.numbers.beliefs[at(observer)][at(player)],
          &analyst = game.numbers.prior[at(player)];
    if (own == analyst) continue;
    for (int c = 0; c < group.cells; ++c) {
      const auto type = at(space.type_in_cell(g, c, player));
      if (own[type] != analyst[type]) out[at(c)] += std::log(own[type]) - std::log(analyst[type]);
    }
  }
  return out;
}

std::vector<double> chance_news(const Game& game, const BeliefSpace& space, int g,
                                const Profiles& profiles, int branch) {
  const double* odds = game.odds(branch);
  const auto likeliest = static_cast<int>(std::max_element(odds, odds + profiles.count()) - odds);
  if (!(odds[likeliest] > 0.0)) return {};
  const BeliefSpace::Group& group = space.groups()[at(g)];
  std::vector<double> out(at(group.cells), 0.0);
  for (int c = 0; c < group.cells; ++c) {
    int profile = likeliest;
    for (const int player : group.players)
      profile += profiles.stride(player) *
                 (space.type_in_cell(g, c, player) - profiles.type_of(likeliest, player));
    out[at(c)] = std::log(odds[profile]);
  }
  return out;
}

std::vector<Decider> deciders(const Structure& structure, int state, Measure measure) {
  const PublicState& from = structure.states[at(state)];
  const Move& move = structure.moves[at(from.move)];
  std::vector<Decider> out;
  const auto types_of = [&](int player) {
    return (from.live >> player & 1U) != 0 ? structure.players[at(player)].num_types() : 1;
  };
  if (structure.is_decision(state)) {
    Decider& only = out.emplace_back();
    only.player = move.player;
    only.types = types_of(move.player);
    for (int k = 0; k < from.num_branches; ++k) {
      const Branch& branch = structure.branches[at(from.first_branch + k)];
      only.actions.push_back(branch.action);
      only.open.push_back(branch.open_to);
    }
    only.log_weight = log_measure(structure, state, measure);
  }
  if (move.kind != MoveKind::simultaneous) return out;
  int offset = from.part_open, rows = 0;
  for (const int part : move.parts) {
    const Move& single = structure.moves[at(part)];
    Decider& one = out.emplace_back();
    one.player = single.player;
    one.types = types_of(single.player);
    one.first_row = rows;
    for (std::size_t k = 0; k < single.actions.size(); ++k) {
      const std::uint64_t open = structure.part_open[at(offset) + k];
      if (open == 0) continue;
      one.actions.push_back(static_cast<int>(k));
      one.open.push_back(open);
      const bool in_cells = measure == Measure::cells && !single.widths.empty();
      one.log_weight.push_back(in_cells ? std::log(single.widths[k]) : 0.0);  // options weigh 1
    }
    offset += static_cast<int>(single.actions.size());
    rows += one.types * one.num_actions();
  }
  int stride = 1;
  for (std::size_t k = out.size(); k-- > 0;) {
    out[k].stride = stride;
    stride *= out[k].num_actions();
  }
  return out;
}

int num_rows(const std::vector<Decider>& all) {
  int rows = 0;
  for (const Decider& one : all) rows += one.types * one.num_actions();
  return rows;
}

}  // namespace melian
