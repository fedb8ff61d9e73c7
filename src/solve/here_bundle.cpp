/// The part of `Here` that scores and values many lines side by side.

#include <algorithm>
#include <utility>

#include "numeric/lanes.h"
#include "solve/here.h"

namespace melian::grid {
namespace {

MELIAN_LANES void gather(int lanes, const std::int64_t* __restrict first, const double* __restrict from, double* __restrict to) {
  MELIAN_INDEPENDENT
  for (int i = 0; i < lanes::whole(lanes); ++i) to[i] = from[first[i]];
}

MELIAN_LANES void add_gathered(int lanes, double factor, const double* __restrict weight, const std::int64_t* __restrict first, const double* __restrict from,
                               double* __restrict sum) {
  MELIAN_INDEPENDENT
  for (int i = 0; i < lanes::whole(lanes); ++i) sum[i] += factor * weight[i] * from[first[i]];
}

MELIAN_LANES void add_scaled(int lanes, double factor, const double* __restrict weight, double* __restrict sum) {
  MELIAN_INDEPENDENT
  for (int i = 0; i < lanes::whole(lanes); ++i) sum[i] += factor * weight[i];
}

MELIAN_LANES void write_scores(int count, double precision, double log_weight, const double* __restrict sum, const double* __restrict constant,
                               double* __restrict to) {
  for (int i = 0; i < count; ++i) to[i] = precision * (sum[i] + constant[i]) + log_weight;
}

MELIAN_LANES void add_value(int lanes, double constant, double factor, const double* __restrict sigma, const double* __restrict follows,
                            double* __restrict sum) {
  MELIAN_INDEPENDENT
  for (int i = 0; i < lanes::whole(lanes); ++i) sum[i] += sigma[i] * (constant + factor * follows[i]);
}

/// What each node of an axis weighs in values at probability b, linear between nodes.
MELIAN_LANES void hat(int lanes, double below, double per_below, double above, double per_above, const double* __restrict b, double* __restrict to) {
  MELIAN_INDEPENDENT
  for (int i = 0; i < lanes::whole(lanes); ++i) {
    const double rising = (b[i] - below) * per_below, falling = (above - b[i]) * per_above, lower = rising < falling ? rising : falling;
    to[i] = lower > 0.0 ? lower : 0.0;
  }
}

template <int nodes>
[[gnu::always_inline]] inline void add_mixed(int lanes, double constant, double factor, const double* __restrict sigma, const double* __restrict hats,
                      const double* __restrict follows, double* __restrict sum) {
  const int whole = lanes::whole(lanes);
  MELIAN_INDEPENDENT
  for (int i = 0; i < whole; ++i) {
    double value = hats[i] * follows[i];
    [&]<int... j>(std::integer_sequence<int, j...>) __attribute__((always_inline)) {
      ((value += hats[(j + 1) * lanes + i] * follows[(j + 1) * lanes + i]), ...);
    }
    (std::make_integer_sequence<int, nodes - 1>());
    sum[i] += sigma[i] * (constant + factor * value);
  }
}

MELIAN_LANES void add_mixed_all(int nodes, int lanes, double constant, double factor, const double* sigma, const double* hats, const double* follows,
                                double* sum) {
  switch (nodes) {
    case 2: add_mixed<2>(lanes, constant, factor, sigma, hats, follows, sum); break;
    case 3: add_mixed<3>(lanes, constant, factor, sigma, hats, follows, sum); break;
    case 4: add_mixed<4>(lanes, constant, factor, sigma, hats, follows, sum); break;
    case 5: add_mixed<5>(lanes, constant, factor, sigma, hats, follows, sum); break;
    case 6: add_mixed<6>(lanes, constant, factor, sigma, hats, follows, sum); break;
    case 7: add_mixed<7>(lanes, constant, factor, sigma, hats, follows, sum); break;
    case 8: add_mixed<8>(lanes, constant, factor, sigma, hats, follows, sum); break;
    default: add_mixed<9>(lanes, constant, factor, sigma, hats, follows, sum); break;
  }
}

}  // namespace

/// Where the lines begin in the points of the branch's successor; idle lanes repeat the last.
void Here::first_points(const Way& way, std::int64_t begin, std::int64_t end, std::vector<std::int64_t>& first) const {
  const auto lines = end - begin;
  first.resize(ix(lanes::padded(static_cast<int>(lines))));
  for (std::int64_t l = 0; l < lines; ++l) first[ix(l)] = way.projection->point[ix(line_start(begin + l))];
  std::fill(first.begin() + lines, first.end(), first[ix(lines - 1)]);
}

void Here::score_bundle(std::int64_t begin, std::int64_t end, Bundle& bundle, int column, Scratch& scratch) const {
  const int lines = static_cast<int>(end - begin), lanes = lanes::padded(lines), n = static_cast<int>(here_.own_nodes), mover = here_.mover;
  const Decider& decider = here_.deciders.front();
  const std::vector<double>& beliefs = plan_.weights(mover, here_.live);
  scratch.weights.assign(ix(std::int64_t{here_.profiles} * lanes), 0.0);
  for (int q = 0; q < here_.profiles; ++q)
    for (int l = 0; l < lines; ++l) scratch.weights[ix(q * lanes + l)] = beliefs[ix(q * here_.points + line_start(begin + l))];
  for (int k = 0; k < from_.num_branches; ++k) {
    const Way way = this->way(from_.first_branch + k);
    if (way.table != nullptr) first_points(way, begin, end, scratch.first);
    for (int type = 0; type < 2; ++type) {
      scratch.sum.assign(ix((n + 1) * lanes), 0.0);
      double *sum = scratch.sum.data(), *constant = sum + n * lanes;
      for (int q = 0; q < here_.profiles; ++q) {
        if (here_.type_of(q, mover) != type) continue;
        const double* weight = scratch.weights.data() + q * lanes;
        add_scaled(lanes, reward(way, mover, q), weight, constant);
        if (way.table == nullptr) continue;
        const double factor = discount(way, mover, q);
        const double* block = way.block(mover, q);
        if (way.own_stride == 0)
          add_gathered(lanes, factor, weight, scratch.first.data(), block, constant);
        else
          for (int j = 0; j < n; ++j) add_gathered(lanes, factor, weight, scratch.first.data(), block + j * way.own_stride, sum + j * lanes);
      }
      const double precision = lambda(decider, type), log_weight = decider.log_weight[ix(k)];
      for (int j = 0; j < n; ++j) write_scores(lines, precision, log_weight, sum + j * lanes, constant, bundle.row(k, type, j) + column);
    }
  }
}

void Here::value_bundle(std::int64_t begin, std::int64_t end, const Bundle& bundle, int column, Scratch& scratch) {
  const int lines = static_cast<int>(end - begin), lanes = lanes::padded(lines), n = static_cast<int>(here_.own_nodes), players = plan_.players();
  const Axis& axis = plan_.axes[ix(here_.own_axis)];
  const std::int64_t block_size = std::int64_t{n} * lanes;
  scratch.sum.assign(ix(players * here_.profiles * block_size), 0.0);
  scratch.follows.resize(ix(block_size));
  scratch.hats.resize(ix(n * block_size));
  for (int k = 0; k < from_.num_branches; ++k) {
    const Way way = this->way(from_.first_branch + k);
    const int open = open_to(k);
    const bool moving = way.table != nullptr && way.own_stride != 0;
    if (way.table != nullptr) first_points(way, begin, end, scratch.first);
    if (moving)
      for (int t = 1; t + 1 < n; ++t)
        for (int j = 0; j < n; ++j) {
          // The rising half of the first node and the falling half of the last are out of reach.
          const double below = j == 0 ? -1.0 : axis.b[ix(j - 1)], per_below = j == 0 ? 1.0 : axis.per_width[ix(j - 1)];
          const double above = j + 1 == n ? 2.0 : axis.b[ix(j + 1)], per_above = j + 1 == n ? 1.0 : axis.per_width[ix(j)];
          hat(lanes, below, per_below, above, per_above, bundle.belief(k, t) + column, scratch.hats.data() + t * block_size + j * lanes);
        }
    double* sum = scratch.sum.data();
    double* follows = scratch.follows.data();
    for (int player = 0; player < players; ++player)
      for (int q = 0; q < here_.profiles; ++q, sum += block_size) {
        const int type = here_.type_of(q, here_.mover);
        if ((open >> type & 1) == 0) continue;
        const double constant = reward(way, player, q);
        if (way.table == nullptr) {
          for (int t = 0; t < n; ++t) add_scaled(lanes, constant, bundle.sigma(type, k, t) + column, sum + t * lanes);
          continue;
        }
        const double factor = discount(way, player, q);
        const double* block = way.block(player, q);
        if (!moving) {
          gather(lanes, scratch.first.data(), block, follows);
          for (int t = 0; t < n; ++t) add_value(lanes, constant, factor, bundle.sigma(type, k, t) + column, follows, sum + t * lanes);
          continue;
        }
        for (int j = 0; j < n; ++j) gather(lanes, scratch.first.data(), block + j * way.own_stride, follows + j * lanes);
        for (const int t : {0, n - 1}) {
          const int end_node = open == 3 ? t : open == 2 ? n - 1 : 0;
          add_value(lanes, constant, factor, bundle.sigma(type, k, t) + column, follows + end_node * lanes, sum + t * lanes);
        }
        for (int t = 1; t + 1 < n; ++t)
          add_mixed_all(n, lanes, constant, factor, bundle.sigma(type, k, t) + column, scratch.hats.data() + t * block_size, follows, sum + t * lanes);
      }
  }
  const double* sum = scratch.sum.data();
  double* to = own_table();
  for (int block = 0; block < players * here_.profiles; ++block, sum += block_size, to += here_.points)
    for (int l = 0; l < lines; ++l) {
      double* const line = to + line_start(begin + l);
      for (int t = 0; t < n; ++t) line[t * here_.own_stride] = sum[t * lanes + l];
    }
}

}  // namespace melian::grid
