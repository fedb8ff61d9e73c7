#include "solve/here.h"

#include <algorithm>

#include "numeric/lanes.h"

namespace melian::grid {
namespace {

// Loops over belief points; none of their arrays overlap.

MELIAN_LANES void add_fixed(std::int64_t n, const double* __restrict sigma, double value,
                            double* __restrict sum) {
  for (std::int64_t i = 0; i < n; ++i) sum[i] += sigma[i] * value;
}

MELIAN_LANES void add_following(std::int64_t n, const double* __restrict sigma, double constant,
                                double factor, const double* __restrict from,
                                double* __restrict sum) {
  for (std::int64_t i = 0; i < n; ++i) sum[i] += sigma[i] * (constant + factor * from[i]);
}

MELIAN_LANES void add_between(std::int64_t n, const double* __restrict sigma, double constant,
                              double factor, const double* __restrict from,
                              const std::int32_t* __restrict cell, const double* __restrict weight,
                              double* __restrict sum) {
  for (std::int64_t i = 0; i < n; ++i) {
    const double low = from[cell[i]], high = from[cell[i] + 1];
    sum[i] += sigma[i] * (constant + factor * (low + weight[i] * (high - low)));
  }
}

/// to = exp(x) for x <= 0.
MELIAN_LANES void exponentials(std::int64_t n, const double* __restrict x, double* __restrict to) {
  for (std::int64_t i = 0; i < n; ++i) to[i] = lanes::exp_down(x[i]);
}

/// sum += exp(x - top) for x <= top.
MELIAN_LANES void add_exponentials(std::int64_t n, const double* __restrict x,
                                   const double* __restrict top, double* __restrict sum) {
  for (std::int64_t i = 0; i < n; ++i) sum[i] += lanes::exp_down(x[i] - top[i]);
}

/// s = precision s + log_weight, and the largest so far.
MELIAN_LANES void scores(std::int64_t n, double precision, double log_weight, double* __restrict s,
                         double* __restrict top) {
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
    : plan_(plan),
      tables_(tables),
      here_(plan.states[ix(state)]),
      from_(plan.shape.states[ix(state)]),
      state_(state),
      round_(round),
      factor_(factor) {}

std::int64_t Here::line_start(std::int64_t line) const {
  return line / here_.own_stride * here_.own_stride * here_.own_nodes + line % here_.own_stride;
}

std::uint8_t Here::open_to(int k) const {
  const std::uint64_t mask = plan_.shape.branches[ix(from_.first_branch + k)].open_to;
  return static_cast<std::uint8_t>(here_.line ? mask & 3U : (mask & 1U) != 0 ? 1U : 0U);
}

Here::Way Here::way(int branch) const {
  const Link& link = plan_.link(branch, round_);
  Way out;
  out.reward = plan_.game.reward(branch, 0, here_.profiles);
  out.discount = plan_.branches[ix(branch)].discount;
  out.factors = plan_.branches[ix(branch)].factors;
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
    out.table =
        tables_.entries.data() + (round_ + advance) * plan_.entries_size + out.to->entry_offset;
  return out;
}

double* Here::own_table() const {
  return (from_.timed ? tables_.timed : tables_.untimed).data() + here_.slab_offset;
}

void Here::score_line(const std::vector<Corner>& corners, const double* beliefs,
                      std::int64_t beliefs_stride, Line& line, Scratch& scratch) const {
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
          const double* from = block + way.offset(corner.point);
          const double share = factor * corner.weight;
          const std::int64_t step = way.own_stride * way.to->of_point;
          if (step == 0)
            constant += share * from[0];
          else if (step == 1)
            for (int i = 0; i < n; ++i) sum[i] += share * from[i];
          else
            for (int i = 0; i < n; ++i) sum[i] += share * from[i * step];
        }
      }
      double* s = line.row(k, type);
      const double precision = lambda(decider, type), log_weight = decider.log_weight[ix(k)];
      for (int i = 0; i < n; ++i) s[i] = precision * (sum[i] + constant) + log_weight;
    }
  }
}

void Here::score_point(const std::vector<Corner>& corners, const double* beliefs,
                       std::int64_t beliefs_stride, double* scores) const {
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
        for (const Corner& corner : corners)
          follows += corner.weight * block[way.offset(corner.point)];
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
    const std::int64_t first = way.table == nullptr ? 0 : way.offset(start),
                       step = way.table == nullptr ? 0 : way.own_stride * way.to->of_point;
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
        if (step == 0) {
          add_fixed(n, sigma, constant + factor * from[0], sum);
          continue;
        }
        if (step != 1) {
          scratch.row.resize(ix(n));
          for (int i = 0; i < n; ++i) scratch.row[ix(i)] = from[i * step];
          from = scratch.row.data();
        }
        add_between(n, sigma, constant, factor, from, cell, weight, sum);
      }
  }
  const double* sum = scratch.sum.data();
  double* to = own_table() + start * here_.of_point;
  const std::int64_t step = here_.own_stride * here_.of_point;
  for (int block = 0; block < players * here_.profiles; ++block, sum += n, to += here_.of_block)
    for (int i = 0; i < n; ++i) to[i * step] = sum[i];
}

void Here::value_points(const double* log_strategy, std::int64_t begin, std::int64_t end,
                        Scratch& scratch) {
  const auto n = end - begin;
  const int branches = from_.num_branches;
  scratch.chosen.resize(ix(n * branches));
  for (int k = 0; k < branches; ++k)
    exponentials(n, log_strategy + k * here_.points + begin, scratch.chosen.data() + k * n);
  if (plan_.in_rows) return value_point_rows(begin, end, scratch);
  for (int block = 0; block < plan_.players() * here_.profiles; ++block)
    std::fill_n(own_table() + block * here_.points + begin, n, 0.0);
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
          for (std::int64_t i = 0; i < n; ++i)
            to[i] += sigma[i] * (constant + factor * from[point[i]]);
      }
  }
}

double Here::answer_points(double* log_strategy, std::int64_t begin, std::int64_t end,
                           Scratch& scratch) {
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
      if (way.to->live == here_.live && way.to->of_point == 1)
        add_following(n, weight, constant, factor, from + begin, s);
      else
        for (std::int64_t i = 0; i < n; ++i)
          s[i] += weight[i] * (constant + factor * from[point[i] * way.to->of_point]);
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

}  // namespace melian::grid
