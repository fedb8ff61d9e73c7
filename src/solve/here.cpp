#include "solve/here.h"

#include <algorithm>

#include "numeric/lanes.h"

namespace melian::grid {
namespace {

// Loops over belief points; none of their arrays overlap.

MELIAN_LANES void add_fixed(std::int64_t n, const double* __restrict sigma, double value, double* __restrict sum) {
  for (std::int64_t i = 0; i < n; ++i) sum[i] += sigma[i] * value;
}

MELIAN_LANES void add_following(std::int64_t n, const double* __restrict sigma, double constant, double factor, const double* __restrict from,
                                double* __restrict sum) {
  for (std::int64_t i = 0; i < n; ++i) sum[i] += sigma[i] * (constant + factor * from[i]);
}

MELIAN_LANES void add_between(std::int64_t n, const double* __restrict sigma, double constant, double factor, const double* __restrict from,
                              const std::int32_t* __restrict cell, const double* __restrict weight, double* __restrict sum) {
  for (std::int64_t i = 0; i < n; ++i) {
    const double low = from[cell[i]], high = from[cell[i] + 1];
    sum[i] += sigma[i] * (constant + factor * (low + weight[i] * (high - low)));
  }
}

MELIAN_LANES void add_constant(std::int64_t n, double value, double* __restrict sum) {
  for (std::int64_t i = 0; i < n; ++i) sum[i] += value;
}

MELIAN_LANES void add_scaled(std::int64_t n, double constant, double factor, const double* __restrict from, double* __restrict sum) {
  for (std::int64_t i = 0; i < n; ++i) sum[i] += constant + factor * from[i];
}

MELIAN_LANES void add_picked(std::int64_t n, double constant, double factor, const double* __restrict from, const std::int64_t* __restrict point,
                             double* __restrict sum) {
  for (std::int64_t i = 0; i < n; ++i) sum[i] += constant + factor * from[point[i]];
}

/// Mixtures of `corners` points, [corner][i].
MELIAN_LANES void add_corners(std::int64_t n, int corners, double constant, double factor, const double* __restrict from, const std::int64_t* __restrict point,
                              const double* __restrict weight, double* __restrict sum) {
  for (std::int64_t i = 0; i < n; ++i) sum[i] += constant;
  for (int c = 0; c < corners; ++c, point += n, weight += n)
    for (std::int64_t i = 0; i < n; ++i) sum[i] += factor * (weight[i] * from[point[i]]);
}

/// to = exp(x) for x <= 0.
MELIAN_LANES void exponentials(std::int64_t n, const double* __restrict x, double* __restrict to) {
  for (std::int64_t i = 0; i < n; ++i) to[i] = lanes::exp_down(x[i]);
}

/// sum += exp(x - top) for x <= top.
MELIAN_LANES void add_exponentials(std::int64_t n, const double* __restrict x, const double* __restrict top, double* __restrict sum) {
  for (std::int64_t i = 0; i < n; ++i) sum[i] += lanes::exp_down(x[i] - top[i]);
}

/// s = precision s + log_weight, and the largest so far.
MELIAN_LANES void scores(std::int64_t n, double precision, double log_weight, double* __restrict s, double* __restrict top) {
  for (std::int64_t i = 0; i < n; ++i) {
    s[i] = precision * s[i] + log_weight;
    top[i] = s[i] > top[i] ? s[i] : top[i];
  }
}

MELIAN_LANES void subtract(std::int64_t n, const double* __restrict what, double* __restrict from) {
  for (std::int64_t i = 0; i < n; ++i) from[i] -= what[i];
}

}  // namespace

Here::Here(const Plan& plan, Tables& tables, int state, int round, double factor)
    : plan_(plan), tables_(tables), here_(plan.states[ix(state)]), from_(plan.shape.states[ix(state)]), state_(state), round_(round), factor_(factor) {}

std::int64_t Here::line_start(std::int64_t line) const { return line / here_.own_stride * here_.own_stride * here_.own_nodes + line % here_.own_stride; }

std::uint8_t Here::open_to(int k) const {
  const std::uint64_t mask = plan_.shape.branches[ix(from_.first_branch + k)].open_to;
  return static_cast<std::uint8_t>(here_.line ? mask & 3U : (mask & 1U) != 0 ? 1U : 0U);
}

Here::Way Here::way(int branch) const {
  const Link& link = plan_.link(branch, round_);
  Way out;
  out.reward = plan_.game.reward(branch, 0, here_.profiles);
  out.discount = plan_.branches[ix(branch)].discount;
  if (link.state < 0) return out;
  out.to = &plan_.states[ix(link.state)];
  out.projection = link.projection;
  out.own_stride = link.own_stride;
  const int advance = plan_.shape.branches[ix(branch)].advance;
  if (link.back)
    out.table = tables_.heads.data() + out.to->head_offset;
  else if (!plan_.shape.states[ix(link.state)].timed)
    out.table = tables_.untimed.data() + out.to->slab_offset;
  else if (advance == 0)
    out.table = tables_.timed.data() + out.to->slab_offset;
  else
    out.table = tables_.entries.data() + (round_ + advance) * plan_.entries_size + out.to->entry_offset;
  return out;
}

double* Here::own_table() const { return (from_.timed ? tables_.timed : tables_.untimed).data() + here_.slab_offset; }

void Here::score_line(const std::vector<Corner>& corners, const double* beliefs, std::int64_t beliefs_stride, Line& line, Scratch& scratch) const {
  const int n = static_cast<int>(here_.own_nodes), mover = here_.mover;
  const Decider& decider = here_.deciders.front();
  line.reset(plan_.axes[ix(here_.own_axis)], from_.num_branches);
  scratch.sum.resize(ix(n));
  double* sum = scratch.sum.data();
  for (int k = 0; k < from_.num_branches; ++k) {
    const Way way = this->way(from_.first_branch + k);
    line.open[ix(k)] = open_to(k);
    line.moved[ix(k)] = way.own_stride != 0 ? 1 : 0;
    for (int type = 0; type < 2; ++type) {
      std::fill_n(sum, n, 0.0);
      double constant = 0.0;
      for (int q = 0; q < here_.profiles; ++q) {
        if (here_.type_of(q, mover) != type) continue;
        const double weight = beliefs[q * beliefs_stride];
        constant += weight * reward(way, mover, q);
        if (way.table == nullptr) continue;
        const double factor = weight * discount(way, mover, q);
        const double* block = way.block(mover, q);
        for (const Corner& corner : corners) {
          const double* from = block + way.projection->point[ix(corner.point)];
          const double share = factor * corner.weight;
          if (way.own_stride == 0)
            constant += share * from[0];
          else if (way.own_stride == 1)
            for (int i = 0; i < n; ++i) sum[i] += share * from[i];
          else
            for (int i = 0; i < n; ++i) sum[i] += share * from[i * way.own_stride];
        }
      }
      double* s = line.row(k, type);
      const double precision = lambda(decider, type), log_weight = decider.log_weight[ix(k)];
      for (int i = 0; i < n; ++i) s[i] = precision * (sum[i] + constant) + log_weight;
    }
  }
}

void Here::score_point(const std::vector<Corner>& corners, const double* beliefs, std::int64_t beliefs_stride, double* scores) const {
  for (int k = 0; k < from_.num_branches; ++k) {
    if (open_to(k) == 0) {
      scores[k] = -infinity;
      continue;
    }
    const Way way = this->way(from_.first_branch + k);
    double sum = 0.0;
    for (int q = 0; q < here_.profiles; ++q) {
      const double weight = beliefs[q * beliefs_stride];
      double follows = 0.0;
      if (way.table != nullptr) {
        const double* block = way.block(here_.mover, q);
        for (const Corner& corner : corners) follows += corner.weight * block[way.projection->point[ix(corner.point)]];
        follows *= discount(way, here_.mover, q);
      }
      sum += weight * (reward(way, here_.mover, q) + follows);
    }
    scores[k] = lambda(here_.deciders.front(), 0) * sum + here_.deciders.front().log_weight[ix(k)];
  }
}

void Here::value_line(const LineAnswer& answer, std::int64_t start, Scratch& scratch) {
  const int n = static_cast<int>(here_.own_nodes), players = plan_.players();
  scratch.sum.assign(ix(std::int64_t{players} * here_.profiles * n), 0.0);
  for (int k = 0; k < from_.num_branches; ++k) {
    const Way way = this->way(from_.first_branch + k);
    const int open = open_to(k);
    const std::int64_t first = way.table == nullptr ? 0 : way.projection->point[ix(start)];
    const std::int32_t* cell = answer.cell.data() + answer.place(k, 0);
    const double* weight = answer.weight.data() + answer.place(k, 0);
    double* sum = scratch.sum.data();
    for (int player = 0; player < players; ++player)
      for (int q = 0; q < here_.profiles; ++q, sum += n) {
        const int type = here_.type_of(q, here_.mover);
        if ((open >> type & 1) == 0) continue;
        const double* sigma = answer.sigma.data() + answer.index(type, k, 0);
        const double constant = reward(way, player, q);
        if (way.table == nullptr) {
          add_fixed(n, sigma, constant, sum);
          continue;
        }
        const double factor = discount(way, player, q);
        const double* from = way.block(player, q) + first;
        if (way.own_stride == 0) {
          add_fixed(n, sigma, constant + factor * from[0], sum);
          continue;
        }
        if (way.own_stride != 1) {
          scratch.row.resize(ix(n));
          for (int i = 0; i < n; ++i) scratch.row[ix(i)] = from[i * way.own_stride];
          from = scratch.row.data();
        }
        add_between(n, sigma, constant, factor, from, cell, weight, sum);
      }
  }
  const double* sum = scratch.sum.data();
  double* to = own_table() + start;
  for (int block = 0; block < players * here_.profiles; ++block, sum += n, to += here_.points)
    for (int i = 0; i < n; ++i) to[i * here_.own_stride] = sum[i];
}

void Here::value_points(const double* log_strategy, std::int64_t begin, std::int64_t end, Scratch& scratch) {
  const auto n = end - begin;
  const int branches = from_.num_branches;
  scratch.chosen.resize(ix(n * branches));
  for (int k = 0; k < branches; ++k) exponentials(n, log_strategy + k * here_.points + begin, scratch.chosen.data() + k * n);
  for (int block = 0; block < plan_.players() * here_.profiles; ++block) std::fill_n(own_table() + block * here_.points + begin, n, 0.0);
  for (int k = 0; k < branches; ++k) {
    const Way way = this->way(from_.first_branch + k);
    const double* sigma = scratch.chosen.data() + k * n;
    double* to = own_table() + begin;
    for (int player = 0; player < plan_.players(); ++player)
      for (int q = 0; q < here_.profiles; ++q, to += here_.points) {
        const double constant = reward(way, player, q);
        if (way.table == nullptr) {
          add_fixed(n, sigma, constant, to);
          continue;
        }
        const double factor = discount(way, player, q);
        const double* from = way.block(player, q);
        const std::int64_t* point = way.projection->point.data() + begin;
        if (way.to->live == here_.live)
          add_following(n, sigma, constant, factor, from + begin, to);
        else
          for (std::int64_t i = 0; i < n; ++i) to[i] += sigma[i] * (constant + factor * from[point[i]]);
      }
  }
}

double Here::answer_points(double* log_strategy, std::int64_t begin, std::int64_t end, Scratch& scratch) {
  const std::vector<double>& beliefs = plan_.weights(here_.mover, here_.live);
  const int branches = from_.num_branches;
  const auto n = end - begin;
  scratch.sum.assign(ix(n), -infinity);
  double* top = scratch.sum.data();
  for (int k = 0; k < branches; ++k) {
    double* s = log_strategy + k * here_.points + begin;
    if (open_to(k) == 0) {
      std::fill_n(s, n, -infinity);
      continue;
    }
    std::fill_n(s, n, 0.0);
    const Way way = this->way(from_.first_branch + k);
    for (int q = 0; q < here_.profiles; ++q) {
      const double* weight = beliefs.data() + q * here_.points + begin;
      const double constant = reward(way, here_.mover, q);
      if (way.table == nullptr) {
        add_fixed(n, weight, constant, s);
        continue;
      }
      const double factor = discount(way, here_.mover, q);
      const double* from = way.block(here_.mover, q);
      const std::int64_t* point = way.projection->point.data() + begin;
      if (way.to->live == here_.live)
        add_following(n, weight, constant, factor, from + begin, s);
      else
        for (std::int64_t i = 0; i < n; ++i) s[i] += weight[i] * (constant + factor * from[point[i]]);
    }
    scores(n, lambda(here_.deciders.front(), 0), here_.deciders.front().log_weight[ix(k)], s, top);
  }
  scratch.weights.assign(ix(n), 0.0);
  double* sum = scratch.weights.data();
  for (int k = 0; k < branches; ++k) {
    add_exponentials(n, log_strategy + k * here_.points + begin, top, sum);
  }
  double largest = 0.0;
  for (std::int64_t i = 0; i < n; ++i) {
    largest = std::max(largest, std::abs(top[i]));
    sum[i] = top[i] + std::log(sum[i]);
  }
  for (int k = 0; k < branches; ++k) {
    subtract(n, sum, log_strategy + k * here_.points + begin);
  }
  return std::isfinite(largest) ? 2.3e-16 * largest : infinity;
}

/// Where nobody's type matters any more: one point, one profile.
void Here::average_alone() {
  const int players = plan_.players();
  const bool chance = plan_.shape.moves[ix(from_.move)].kind == MoveKind::chance;
  double* const to = own_table();
  std::fill_n(to, players, 0.0);
  for (int branch = from_.first_branch; branch < from_.first_branch + from_.num_branches; ++branch) {
    const Way way = this->way(branch);
    for (int player = 0; player < players; ++player) {
      const double odds = chance ? plan_.game.odds_for(branch, player, 1)[0] : 1.0;
      if (odds == 0.0) continue;
      const double constant = odds * reward(way, player, 0);
      to[player] += way.table == nullptr ? constant : constant + odds * discount(way, player, 0) * way.block(player, 0)[0];
    }
  }
}

void Here::average(std::int64_t begin, std::int64_t end, Scratch& scratch) {
  if (here_.points == 1 && here_.profiles == 1) return average_alone();
  for (int player = 0; player < plan_.players(); ++player)
    for (int q = 0; q < here_.profiles; ++q) std::fill_n(own_table() + (std::int64_t{player} * here_.profiles + q) * here_.points + begin, end - begin, 0.0);
  for (int branch = from_.first_branch; branch < from_.first_branch + from_.num_branches; ++branch) average_one(branch, begin, end, scratch);
}

void Here::average_one(int branch, std::int64_t begin, std::int64_t end, Scratch& scratch) {
  const int players = plan_.players();
  const bool chance = plan_.shape.moves[ix(from_.move)].kind == MoveKind::chance;
  const Way way = this->way(branch);
  const auto odds_of = [&](int player, int q) { return chance ? plan_.game.odds_for(branch, player, here_.profiles)[q] : 1.0; };
  bool possible = false;
  for (int player = 0; player < players; ++player)
    for (int q = 0; q < here_.profiles; ++q) possible = possible || odds_of(player, q) > 0.0;
  if (!possible) return;
  // 1. What the outcome says about each group: where one axis carries it, one shift for all points.
  scratch.news.reset(plan_.space.num_axes());
  std::vector<std::pair<int, std::vector<double>>> tied;  // groups of several axes
  if (chance && way.table != nullptr) {
    const Profiles profiles(plan_.shape.players, here_.live);
    for (int g = 0; g < static_cast<int>(plan_.space.groups().size()); ++g) {
      const BeliefSpace::Group& group = plan_.space.groups()[ix(g)];
      if ((group.mask & way.to->live) == 0) continue;
      std::vector<double> likelihood = chance_news(plan_.game, plan_.space, g, profiles, branch);
      if (likelihood.empty() || std::ranges::all_of(likelihood, [&](double x) { return x == likelihood.front(); })) continue;
      for (int k = group.first_axis; k < group.first_axis + group.num_axes; ++k) scratch.news.moved[ix(k)] = 1;
      if (group.num_axes == 1)
        plan_.space.shifts(g, likelihood.data(), nullptr, &scratch.news.shift[ix(group.first_axis)]);
      else
        tied.emplace_back(g, std::move(likelihood));
    }
  }
  const bool moving = std::ranges::any_of(scratch.news.moved, [](std::uint8_t m) { return m != 0; });
  // 2. Each point's mixture of the successor's points, then the values.
  const auto n = end - begin;
  const bool same = way.table != nullptr && way.to->live == here_.live;
  int corners = moving ? 0 : 1;
  if (way.table != nullptr && moving) {
    scratch.first.clear();
    scratch.follows.clear();
    for (std::int64_t p = begin; p < end; ++p) {
      scratch.from.on_grid(plan_, here_, p);
      for (const auto& [g, likelihood] : tied) {
        const int first = plan_.space.groups()[ix(g)].first_axis;
        plan_.space.shifts(g, likelihood.data(), &scratch.from.u[ix(first)], &scratch.news.shift[ix(first)]);
      }
      scratch.landing.land(plan_, *way.to, scratch.from, scratch.news, false);
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
  }
  double* to = own_table() + begin;
  for (int player = 0; player < players; ++player)
    for (int q = 0; q < here_.profiles; ++q, to += here_.points) {
      const double odds = odds_of(player, q);
      if (odds == 0.0) continue;
      const double constant = odds * reward(way, player, q);
      if (way.table == nullptr) {
        add_constant(n, constant, to);
        continue;
      }
      const double factor = odds * discount(way, player, q);
      const double* block = way.block(player, q);
      if (!moving && same)
        add_scaled(n, constant, factor, block + begin, to);
      else if (!moving)
        add_picked(n, constant, factor, block, way.projection->point.data() + begin, to);
      else
        add_corners(n, corners, constant, factor, block, scratch.first.data(), scratch.follows.data(), to);
    }
}

}  // namespace melian::grid
