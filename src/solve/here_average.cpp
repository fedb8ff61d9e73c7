/// The part of `Here` that averages over chance, and passes on.

#include <algorithm>
#include <utility>

#include "numeric/lanes.h"
#include "solve/here.h"

namespace melian::grid {
namespace {

// Loops over belief points; none of their arrays overlap.

MELIAN_LANES void add_constant(std::int64_t n, double value, double* __restrict sum) {
  for (std::int64_t i = 0; i < n; ++i) sum[i] += value;
}

MELIAN_LANES void add_scaled(std::int64_t n, double constant, double factor,
                             const double* __restrict from, double* __restrict sum) {
  for (std::int64_t i = 0; i < n; ++i) sum[i] += constant + factor * from[i];
}

MELIAN_LANES void add_picked(std::int64_t n, double constant, double factor,
                             const double* __restrict from, const std::int64_t* __restrict point,
                             double* __restrict sum) {
  for (std::int64_t i = 0; i < n; ++i) sum[i] += constant + factor * from[point[i]];
}

/// Mixtures of `corners` points, [corner][i].
MELIAN_LANES void add_corners(std::int64_t n, int corners, double constant, double factor,
                              const double* __restrict from, const std::int64_t* __restrict point,
                              const double* __restrict weight, double* __restrict sum) {
  for (std::int64_t i = 0; i < n; ++i) sum[i] += constant;
  for (int c = 0; c < corners; ++c, point += n, weight += n)
    for (std::int64_t i = 0; i < n; ++i) sum[i] += factor * (weight[i] * from[point[i]]);
}

}  // namespace

/// Where nobody's type matters any more: one point, one profile.
void Here::average_alone() {
  const int players = plan_.players();
  double* const to = own_table();
  std::fill_n(to, players, 0.0);
  for (int branch = from_.first_branch; branch < from_.first_branch + from_.num_branches;
       ++branch) {
    const Way way = this->way(branch);
    for (int player = 0; player < players; ++player) {
      const double odds = this->odds(branch, player, 0);
      if (odds == 0.0) continue;
      const double constant = odds * reward(way, player, 0);
      to[player] += way.table == nullptr
                        ? constant
                        : constant + odds * discount(way, player, 0) * way.block(player, 0)[0];
    }
  }
}

void Here::average(std::int64_t begin, std::int64_t end, Scratch& scratch) {
  if (here_.points == 1 && here_.profiles == 1) return average_alone();
  if (plan_.in_rows) return average_rows(begin, end, scratch);
  for (int player = 0; player < plan_.players(); ++player)
    for (int q = 0; q < here_.profiles; ++q)
      std::fill_n(own_table() + (std::int64_t{player} * here_.profiles + q) * here_.points + begin,
                  end - begin, 0.0);
  for (int branch = from_.first_branch; branch < from_.first_branch + from_.num_branches; ++branch)
    average_one(branch, begin, end, scratch);
}

bool Here::possible(int branch) const {
  for (int player = 0; player < plan_.players(); ++player)
    for (int q = 0; q < here_.profiles; ++q)
      if (odds(branch, player, q) > 0.0) return true;
  return false;
}

/// Each point's mixture of the successor's points after a chance branch: how many, [corner][point]
/// in `first` and what they weigh in `follows`; 0 where nobody's beliefs move.
int Here::mixtures(int branch, const Way& way, std::int64_t begin, std::int64_t end,
                   Scratch& scratch) const {
  if (way.table == nullptr || plan_.shape.moves[ix(from_.move)].kind != MoveKind::chance) return 0;
  // 1. What the outcome says about each group: where one axis carries it, one shift for all points.
  scratch.news.reset(plan_.space.num_axes());
  std::vector<std::pair<int, std::vector<double>>> tied;  // groups of several axes
  const Profiles profiles(plan_.shape.players, here_.live);
  int moving = 0;
  for (int g = 0; g < static_cast<int>(plan_.space.groups().size()); ++g) {
    const BeliefSpace::Group& group = plan_.space.groups()[ix(g)];
    if ((group.mask & way.to->live) == 0) continue;
    std::vector<double> likelihood = chance_news(plan_.game, plan_.space, g, profiles, branch);
    if (likelihood.empty() ||
        std::ranges::all_of(likelihood, [&](double x) { return x == likelihood.front(); }))
      continue;
    moving += group.num_axes;
    for (int k = group.first_axis; k < group.first_axis + group.num_axes; ++k)
      scratch.news.moved[ix(k)] = 1;
    if (group.num_axes == 1)
      plan_.space.shifts(g, likelihood.data(), nullptr, &scratch.news.shift[ix(group.first_axis)]);
    else
      tied.emplace_back(g, std::move(likelihood));
  }
  if (moving == 0) return 0;
  return tied.empty() ? land_by_axis(*way.to, begin, end, scratch)
                      : land_by_point(*way.to, tied, begin, end, scratch);
}

/// Where every axis that moves is shifted by as much at all points: its nodes land once for all.
int Here::land_by_axis(const StatePlan& to, std::int64_t begin, std::int64_t end,
                       Scratch& scratch) const {
  const auto n = end - begin;
  int moving = 0;
  for (const int k : to.axes) moving += scratch.news.moved[ix(k)];
  scratch.first.assign(ix(n << moving), 0);
  scratch.follows.assign(ix(n << moving), 1.0);
  std::int64_t corners = 1;
  for (const int k : to.axes) {
    const Axis& axis = plan_.axes[ix(k)];
    const std::int64_t here_stride = here_.axis_stride[ix(k)], stride = to.axis_stride[ix(k)];
    const bool moved = scratch.news.moved[ix(k)] != 0;
    scratch.landed.clear();
    for (int node = 0; node < axis.nodes(); ++node) {
      Place place{node, 0.0};
      if (moved)
        place = landing_place(axis, axis.u[ix(node)], scratch.news.shift[ix(k)], node).place;
      scratch.landed.push_back(place);
    }
    for (std::int64_t i = 0; i < n; ++i) {
      const Place place = scratch.landed[ix((begin + i) / here_stride % axis.nodes())];
      for (std::int64_t c = 0; c < corners; ++c) {
        std::int64_t& point = scratch.first[ix(c * n + i)];
        double& weight = scratch.follows[ix(c * n + i)];
        point += place.cell * stride;
        if (!moved) continue;
        scratch.first[ix((corners + c) * n + i)] = point + stride;
        scratch.follows[ix((corners + c) * n + i)] = weight * place.weight;
        weight *= 1.0 - place.weight;
      }
    }
    if (moved) corners *= 2;
  }
  return static_cast<int>(corners);
}

/// For groups of several axes, whose shifts differ from point to point.
int Here::land_by_point(const StatePlan& to,
                        const std::vector<std::pair<int, std::vector<double>>>& tied,
                        std::int64_t begin, std::int64_t end, Scratch& scratch) const {
  const auto n = end - begin;
  int corners = 0;
  scratch.first.clear();
  scratch.follows.clear();
  for (std::int64_t p = begin; p < end; ++p) {
    scratch.from.on_grid(plan_, here_, p);
    for (const auto& [g, likelihood] : tied) {
      const int first = plan_.space.groups()[ix(g)].first_axis;
      plan_.space.shifts(g, likelihood.data(), &scratch.from.u[ix(first)],
                         &scratch.news.shift[ix(first)]);
    }
    scratch.landing.land(plan_, to, scratch.from, scratch.news, false);
    const auto& found = scratch.landing.corners;
    // Points with fewer corners than others repeat their first, with no weight.
    for (; corners < static_cast<int>(found.size()); ++corners)
      for (std::int64_t before = 0; before < n; ++before) {
        scratch.first.push_back(corners > 0 ? scratch.first[ix(before)] : 0);
        scratch.follows.push_back(0.0);
      }
    for (int c = 0; c < corners; ++c) {
      const bool own = c < static_cast<int>(found.size());
      scratch.first[ix(c * n + p - begin)] = own ? found[ix(c)].point : found.front().point;
      scratch.follows[ix(c * n + p - begin)] = own ? found[ix(c)].weight : 0.0;
    }
  }
  return corners;
}

void Here::average_one(int branch, std::int64_t begin, std::int64_t end, Scratch& scratch) {
  if (!possible(branch)) return;
  const Way way = this->way(branch);
  const auto n = end - begin;
  const bool same = way.table != nullptr && way.to->live == here_.live;
  const int corners = mixtures(branch, way, begin, end, scratch);
  double* to = own_table() + begin;
  for (int player = 0; player < plan_.players(); ++player)
    for (int q = 0; q < here_.profiles; ++q, to += here_.points) {
      const double odds = this->odds(branch, player, q);
      if (odds == 0.0) continue;
      const double constant = odds * reward(way, player, q);
      if (way.table == nullptr) {
        add_constant(n, constant, to);
        continue;
      }
      const double factor = odds * discount(way, player, q);
      const double* block = way.block(player, q);
      if (corners == 0 && same)
        add_scaled(n, constant, factor, block + begin, to);
      else if (corners == 0)
        add_picked(n, constant, factor, block, way.projection->point.data() + begin, to);
      else
        add_corners(n, corners, constant, factor, block, scratch.first.data(),
                    scratch.follows.data(), to);
    }
}

}  // namespace melian::grid
