#include "solve/here.h"

#include <algorithm>

namespace melian::grid {

Here::Here(const Plan& plan, Tables& tables, int state, int round, double factor)
    : plan_(plan), tables_(tables), here_(plan.states[ix(state)]), from_(plan.shape.states[ix(state)]), state_(state), round_(round), factor_(factor) {}

std::int64_t Here::line_start(std::int64_t line) const { return line / here_.own_stride * here_.own_stride * here_.own_nodes + line % here_.own_stride; }

std::uint8_t Here::open_to(int k) const {
  const std::uint64_t mask = plan_.shape.branches[ix(from_.first_branch + k)].open_to;
  return static_cast<std::uint8_t>(here_.typed ? mask & 3U : (mask & 1U) != 0 ? 1U : 0U);
}

Here::Way Here::way(int branch) const {
  const Link& link = plan_.link(branch, round_);
  Way out;
  out.reward = plan_.game.reward(branch, 0, here_.profiles);
  out.discount = plan_.branches[ix(branch)].discount.data();
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
  const int n = static_cast<int>(here_.own_nodes), mover = here_.mover, own_profile_stride = here_.profile_stride[ix(mover)];
  line.reset(plan_.axes[ix(mover)], from_.num_branches);
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
        const double weight = beliefs[(q - type * own_profile_stride) * beliefs_stride];
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
      const double precision = lambda(type), log_weight = here_.log_weight[ix(k)];
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
    scores[k] = lambda(0) * sum + here_.log_weight[ix(k)];
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
          for (int i = 0; i < n; ++i) sum[i] += sigma[i] * constant;
          continue;
        }
        const double factor = discount(way, player, q);
        const double* from = way.block(player, q) + first;
        if (way.own_stride == 0) {
          const double total = constant + factor * from[0];
          for (int i = 0; i < n; ++i) sum[i] += sigma[i] * total;
          continue;
        }
        for (int i = 0; i < n; ++i) {
          const double* at = from + cell[i] * way.own_stride;
          sum[i] += sigma[i] * (constant + factor * (at[0] + weight[i] * (at[way.own_stride] - at[0])));
        }
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
  for (int k = 0; k < branches; ++k)
    for (std::int64_t i = 0; i < n; ++i) scratch.chosen[ix(k * n + i)] = std::exp(log_strategy[k * here_.points + begin + i]);
  for (int block = 0; block < plan_.players() * here_.profiles; ++block) std::fill_n(own_table() + block * here_.points + begin, n, 0.0);
  for (int k = 0; k < branches; ++k) {
    const Way way = this->way(from_.first_branch + k);
    const double* sigma = scratch.chosen.data() + k * n;
    double* to = own_table() + begin;
    for (int player = 0; player < plan_.players(); ++player)
      for (int q = 0; q < here_.profiles; ++q, to += here_.points) {
        const double constant = reward(way, player, q);
        if (way.table == nullptr) {
          for (std::int64_t i = 0; i < n; ++i) to[i] += sigma[i] * constant;
          continue;
        }
        const double factor = discount(way, player, q);
        const double* from = way.block(player, q);
        const std::int64_t* point = way.projection->point.data() + begin;
        if (way.to->live == here_.live)
          for (std::int64_t i = 0; i < n; ++i) to[i] += sigma[i] * (constant + factor * from[begin + i]);
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
        for (std::int64_t i = 0; i < n; ++i) s[i] += weight[i] * constant;
        continue;
      }
      const double factor = discount(way, here_.mover, q);
      const double* from = way.block(here_.mover, q);
      const std::int64_t* point = way.projection->point.data() + begin;
      if (way.to->live == here_.live)
        for (std::int64_t i = 0; i < n; ++i) s[i] += weight[i] * (constant + factor * from[begin + i]);
      else
        for (std::int64_t i = 0; i < n; ++i) s[i] += weight[i] * (constant + factor * from[point[i]]);
    }
    const double precision = lambda(0), log_weight = here_.log_weight[ix(k)];
    for (std::int64_t i = 0; i < n; ++i) {
      s[i] = precision * s[i] + log_weight;
      top[i] = std::max(top[i], s[i]);
    }
  }
  scratch.weights.assign(ix(n), 0.0);
  double* sum = scratch.weights.data();
  for (int k = 0; k < branches; ++k) {
    const double* s = log_strategy + k * here_.points + begin;
    for (std::int64_t i = 0; i < n; ++i) sum[i] += std::exp(s[i] - top[i]);
  }
  double largest = 0.0;
  for (std::int64_t i = 0; i < n; ++i) {
    largest = std::max(largest, std::abs(top[i]));
    sum[i] = top[i] + std::log(sum[i]);
  }
  for (int k = 0; k < branches; ++k) {
    double* s = log_strategy + k * here_.points + begin;
    for (std::int64_t i = 0; i < n; ++i) s[i] -= sum[i];
  }
  return std::isfinite(largest) ? 2.3e-16 * largest : infinity;
}

void Here::average(std::int64_t begin, std::int64_t end, Scratch& scratch) {
  const int players = plan_.players();
  const bool chance = plan_.shape.moves[ix(from_.move)].kind == MoveKind::chance;
  for (int player = 0; player < players; ++player)
    for (int q = 0; q < here_.profiles; ++q) std::fill_n(own_table() + (std::int64_t{player} * here_.profiles + q) * here_.points + begin, end - begin, 0.0);
  for (int branch = from_.first_branch; branch < from_.first_branch + from_.num_branches; ++branch) {
    const Way way = this->way(branch);
    // 1. How far the outcome moves the analyst's log-odds about each live player.
    std::vector<double>& shift = scratch.sum;
    shift.assign(ix(players), 0.0);
    if (chance && way.table != nullptr) {
      const double* odds = plan_.game.odds(branch);
      const auto likeliest = std::max_element(odds, odds + here_.profiles) - odds;
      for (int i = 0; i < players && odds[likeliest] > 0.0; ++i) {
        const int stride = here_.profile_stride[ix(i)];
        if (stride == 0) continue;
        const auto zero = likeliest - here_.type_of(static_cast<int>(likeliest), i) * stride;
        shift[ix(i)] = odds[zero] == odds[zero + stride] ? 0.0 : std::log(odds[zero + stride]) - std::log(odds[zero]);
      }
    }
    const auto odds_of = [&](int player, int q) { return chance ? plan_.game.odds_for(branch, player, here_.profiles)[q] : 1.0; };
    bool possible = false;
    for (int player = 0; player < players; ++player)
      for (int q = 0; q < here_.profiles; ++q) possible = possible || odds_of(player, q) > 0.0;
    if (!possible) continue;
    // 2. Where posteriors fall on each axis that moves.
    std::vector<int>& cells = scratch.cells;
    std::vector<double>& weights = scratch.weights;
    std::vector<std::int64_t>& bases = scratch.bases;
    bases.assign(ix(players), -1);
    cells.clear();
    weights.clear();
    bool moving = false;
    const std::uint32_t next_live = way.table == nullptr ? 0 : way.to->live;
    for (int i = 0; i < players; ++i) {
      if ((next_live >> i & 1U) == 0 || shift[ix(i)] == 0.0) continue;
      moving = true;
      bases[ix(i)] = static_cast<std::int64_t>(cells.size());
      const Axis& axis = plan_.axes[ix(i)];
      int cell = 0;
      for (int node = 0; node < axis.nodes(); ++node) {
        const double u = std::isinf(shift[ix(i)]) ? shift[ix(i)] : axis.u[ix(node)] + shift[ix(i)];
        cell = axis.cell_of(u, cell);
        cells.push_back(cell);
        weights.push_back(std::clamp((logistic(u) - axis.b[ix(cell)]) * axis.per_width[ix(cell)], 0.0, 1.0));
      }
    }
    // 3. Each point's mixture of the successor's points, then the values.
    for (std::int64_t p = begin; p < end; ++p) {
      std::vector<Corner>& corners = scratch.corners;
      corners.clear();
      if (way.table != nullptr) corners.push_back({moving ? 0 : way.projection->point[ix(p)], 1.0});
      for (int i = 0; i < players && moving; ++i) {
        const std::int64_t to_stride = way.to->point_stride[ix(i)];
        if (to_stride == 0) continue;
        const std::int64_t node = p / here_.point_stride[ix(i)] % plan_.axes[ix(i)].nodes();
        const std::size_t before = corners.size();
        if (bases[ix(i)] < 0) {
          for (Corner& corner : corners) corner.point += node * to_stride;
          continue;
        }
        const int cell = cells[ix(bases[ix(i)] + node)];
        const double weight = weights[ix(bases[ix(i)] + node)];
        for (std::size_t k = 0; k < before; ++k) {
          Corner upper = corners[k];
          upper.point += (cell + 1) * to_stride;
          upper.weight *= weight;
          corners[k].point += cell * to_stride;
          corners[k].weight *= 1.0 - weight;
          corners.push_back(upper);
        }
      }
      double* to = own_table() + p;
      for (int player = 0; player < players; ++player)
        for (int q = 0; q < here_.profiles; ++q, to += here_.points) {
          const double odds = odds_of(player, q);
          if (odds == 0.0) continue;
          double follows = 0.0;
          if (way.table != nullptr) {
            const double* block = way.block(player, q);
            for (const Corner& corner : corners) follows += corner.weight * block[corner.point];
            follows *= discount(way, player, q);
          }
          *to += odds * (reward(way, player, q) + follows);
        }
    }
  }
}

}  // namespace melian::grid
