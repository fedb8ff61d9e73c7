/// The part of `Here` that scores and values many lines side by side.

#include <algorithm>
#include <utility>

#include "numeric/lanes.h"
#include "solve/here.h"

namespace melian::grid {
namespace {

/// Lines of one state are few, nine on three nodes each: room for them is made by half lanes, of which the last may stay idle.
constexpr int padded(int lines) { return (lines + lanes::width / 2 - 1) / (lanes::width / 2) * (lanes::width / 2); }
constexpr int whole(int lines) { return lines & ~(lanes::width / 2 - 1); }

/// to[j][i] = from[first[i] + j stride]: what follows at every node of the mover's axis, by line.
MELIAN_LANES void gather(int nodes, int lanes, std::int64_t stride, const std::int64_t* __restrict first, const double* __restrict from,
                         double* __restrict to) {
  for (int j = 0; j < nodes; ++j, from += stride, to += lanes) {
    MELIAN_INDEPENDENT
    for (int i = 0; i < whole(lanes); ++i) to[i] = from[first[i]];
  }
}

/// The same where lines are neighbours; reads up to the last line only.
void copy(int nodes, int lanes, int lines, std::int64_t stride, const double* from, double* to) {
  for (int j = 0; j < nodes; ++j) {
    std::copy_n(from + j * stride, lines, to + j * lanes);
    std::fill_n(to + j * lanes + lines, lanes - lines, from[j * stride + lines - 1]);
  }
}

/// sum[j][i] += factor weight[i] follows[j][i]
MELIAN_LANES void add_weighted(int nodes, int lanes, double factor, const double* __restrict weight, const double* __restrict follows, double* __restrict sum) {
  for (int j = 0; j < nodes; ++j, follows += lanes, sum += lanes) {
    MELIAN_INDEPENDENT
    for (int i = 0; i < whole(lanes); ++i) sum[i] += factor * weight[i] * follows[i];
  }
}

MELIAN_LANES void write_scores(int count, double precision, double log_weight, const double* __restrict sum, const double* __restrict constant,
                               double* __restrict to) {
  for (int i = 0; i < count; ++i) to[i] = precision * (sum[i] + constant[i]) + log_weight;
}

/// sum[t][i] += sigma[t][i] constant; rows of `sigma` are `width` apart.
MELIAN_LANES void add_ends(int nodes, int lanes, std::int64_t width, double constant, const double* __restrict sigma, double* __restrict sum) {
  for (int t = 0; t < nodes; ++t, sigma += width, sum += lanes) {
    MELIAN_INDEPENDENT
    for (int i = 0; i < whole(lanes); ++i) sum[i] += constant * sigma[i];
  }
}

/// The same with constant + factor follows[i], whatever the belief.
MELIAN_LANES void add_unmoved(int nodes, int lanes, std::int64_t width, double constant, double factor, const double* __restrict sigma,
                              const double* __restrict follows, double* __restrict sum) {
  for (int t = 0; t < nodes; ++t, sigma += width, sum += lanes) {
    MELIAN_INDEPENDENT
    for (int i = 0; i < whole(lanes); ++i) sum[i] += sigma[i] * (constant + factor * follows[i]);
  }
}

/// What each node of an axis weighs in values at probability b, linear between nodes.
MELIAN_LANES void hat(int lanes, double below, double per_below, double above, double per_above, const double* __restrict b, double* __restrict to) {
  MELIAN_INDEPENDENT
  for (int i = 0; i < whole(lanes); ++i) {
    const double rising = (b[i] - below) * per_below, falling = (above - b[i]) * per_above, lower = rising < falling ? rising : falling;
    to[i] = lower > 0.0 ? lower : 0.0;
  }
}

/// What a branch adds to values, at all nodes of the mover's axis.
struct Addition {
  double constant, factor;
  const double* sigma;  ///< [t], rows `width` apart
  std::int64_t width;
  const double* hats;         ///< [t][j][i], inner t only
  const double* follows;      ///< [j][i]
  int first_node, last_node;  ///< where beliefs at the corners go
};

template <int nodes>
[[gnu::always_inline]] inline void add_moved(int lanes, const Addition& add, double* __restrict sum) {
  const double constant = add.constant, factor = add.factor;
  const int all = whole(lanes);
  for (int t = 0; t < nodes; ++t) {
    const double* __restrict sigma = add.sigma + t * add.width, * __restrict follows = add.follows, * __restrict hats = add.hats + t * nodes * lanes;
    double* __restrict to = sum + t * lanes;
    if (t == 0 || t == nodes - 1) {
      follows += (t == 0 ? add.first_node : add.last_node) * lanes;
      MELIAN_INDEPENDENT
      for (int i = 0; i < all; ++i) to[i] += sigma[i] * (constant + factor * follows[i]);
      continue;
    }
    MELIAN_INDEPENDENT
    for (int i = 0; i < all; ++i) {
      double value = hats[i] * follows[i];
      [&]<int... j>(std::integer_sequence<int, j...>) __attribute__((always_inline)) {
        ((value += hats[(j + 1) * lanes + i] * follows[(j + 1) * lanes + i]), ...);
      }(std::make_integer_sequence<int, nodes - 1>());
      to[i] += sigma[i] * (constant + factor * value);
    }
  }
}

MELIAN_LANES void add_moved_all(int nodes, int lanes, const Addition& add, double* sum) {
  switch (nodes) {
    case 2: add_moved<2>(lanes, add, sum); break;
    case 3: add_moved<3>(lanes, add, sum); break;
    case 4: add_moved<4>(lanes, add, sum); break;
    case 5: add_moved<5>(lanes, add, sum); break;
    case 6: add_moved<6>(lanes, add, sum); break;
    case 7: add_moved<7>(lanes, add, sum); break;
    case 8: add_moved<8>(lanes, add, sum); break;
    default: add_moved<9>(lanes, add, sum); break;
  }
}

}  // namespace

void Here::line_starts(std::int64_t begin, std::int64_t end, Scratch& scratch) const {
  scratch.starts.resize(ix(end - begin));
  for (std::int64_t l = begin; l < end; ++l) scratch.starts[ix(l - begin)] = line_start(l);
}

/// Where the lines begin in the points of the branch's successor; idle lanes repeat the last. True where they are neighbours.
bool Here::first_points(const Way& way, Scratch& scratch) const {
  const auto lines = scratch.starts.size();
  scratch.first.resize(ix(padded(static_cast<int>(lines))));
  bool neighbours = true;
  for (std::size_t l = 0; l < lines; ++l) {
    scratch.first[l] = way.projection->point[ix(scratch.starts[l])];
    neighbours = neighbours && scratch.first[l] == scratch.first[0] + static_cast<std::int64_t>(l);
  }
  std::fill(scratch.first.begin() + static_cast<std::ptrdiff_t>(lines), scratch.first.end(), scratch.first[lines - 1]);
  return neighbours;
}

void Here::score_bundle(std::int64_t begin, std::int64_t end, Bundle& bundle, int column, Scratch& scratch) const {
  const int lines = static_cast<int>(end - begin), lanes = padded(lines), n = static_cast<int>(here_.own_nodes), mover = here_.mover;
  const Decider& decider = here_.deciders.front();
  const std::vector<double>& beliefs = plan_.weights(mover, here_.live);
  line_starts(begin, end, scratch);
  scratch.weights.assign(ix(std::int64_t{here_.profiles} * lanes), 0.0);
  for (int q = 0; q < here_.profiles; ++q)
    for (int l = 0; l < lines; ++l) scratch.weights[ix(q * lanes + l)] = beliefs[ix(q * here_.points + scratch.starts[ix(l)])];
  scratch.follows.resize(ix(n * lanes));
  double* const follows = scratch.follows.data();
  for (int k = 0; k < from_.num_branches; ++k) {
    const Way way = this->way(from_.first_branch + k);
    const bool neighbours = way.table != nullptr && first_points(way, scratch);
    const int moving = way.own_stride == 0 ? 1 : n;
    for (int type = 0; type < 2; ++type) {
      scratch.sum.assign(ix((n + 1) * lanes), 0.0);
      double *sum = scratch.sum.data(), *constant = sum + n * lanes;
      for (int q = 0; q < here_.profiles; ++q) {
        if (here_.type_of(q, mover) != type) continue;
        const double* weight = scratch.weights.data() + q * lanes;
        add_ends(1, lanes, 0, reward(way, mover, q), weight, constant);
        if (way.table == nullptr) continue;
        if (neighbours)
          copy(moving, lanes, lines, way.own_stride, way.block(mover, q) + scratch.first[0], follows);
        else
          gather(moving, lanes, way.own_stride, scratch.first.data(), way.block(mover, q), follows);
        add_weighted(moving, lanes, discount(way, mover, q), weight, follows, way.own_stride == 0 ? constant : sum);
      }
      const double precision = lambda(decider, type), log_weight = decider.log_weight[ix(k)];
      for (int j = 0; j < n; ++j) write_scores(lines, precision, log_weight, sum + j * lanes, constant, bundle.row(k, type, j) + column);
    }
  }
}

void Here::score_fine(std::span<const FineLine> lines, Bundle& bundle, Scratch& scratch) const {
  const int count = static_cast<int>(lines.size()), lanes = padded(count), n = static_cast<int>(here_.own_nodes), mover = here_.mover;
  const int corners = static_cast<int>(lines.front().corners.size());
  const Decider& decider = here_.deciders.front();
  // [profile][i], then [corner][profile][i] with the corner's share; idle lanes weigh nothing.
  scratch.weights.assign(ix(std::int64_t{here_.profiles} * lanes * (1 + corners)), 0.0);
  for (int q = 0; q < here_.profiles; ++q)
    for (int l = 0; l < count; ++l) {
      const double belief = scratch.weights[ix(q * lanes + l)] = lines[ix(l)].beliefs[ix(q)];
      for (int c = 0; c < corners; ++c) scratch.weights[ix(((1 + c) * here_.profiles + q) * lanes + l)] = belief * lines[ix(l)].corners[ix(c)].weight;
    }
  scratch.follows.resize(ix(n * lanes));
  scratch.first.resize(ix(lanes));
  double* const follows = scratch.follows.data();
  for (int k = 0; k < from_.num_branches; ++k) {
    const Way way = this->way(from_.first_branch + k);
    const int moving = way.own_stride == 0 ? 1 : n;
    for (int type = 0; type < 2; ++type) {
      scratch.sum.assign(ix((n + 1) * lanes), 0.0);
      double *sum = scratch.sum.data(), *constant = sum + n * lanes;
      for (int q = 0; q < here_.profiles; ++q)
        if (here_.type_of(q, mover) == type) add_ends(1, lanes, 0, reward(way, mover, q), scratch.weights.data() + q * lanes, constant);
      for (int c = 0; c < corners && way.table != nullptr; ++c) {
        for (int l = 0; l < lanes; ++l) scratch.first[ix(l)] = way.projection->point[ix(lines[ix(std::min(l, count - 1))].corners[ix(c)].point)];
        for (int q = 0; q < here_.profiles; ++q) {
          if (here_.type_of(q, mover) != type) continue;
          gather(moving, lanes, way.own_stride, scratch.first.data(), way.block(mover, q), follows);
          add_weighted(moving, lanes, discount(way, mover, q), scratch.weights.data() + ((1 + c) * here_.profiles + q) * lanes, follows,
                       way.own_stride == 0 ? constant : sum);
        }
      }
      const double precision = lambda(decider, type), log_weight = decider.log_weight[ix(k)];
      for (int j = 0; j < n; ++j) write_scores(count, precision, log_weight, sum + j * lanes, constant, bundle.row(k, type, j));
    }
  }
}

void Here::value_bundle(std::int64_t begin, std::int64_t end, const Bundle& bundle, int column, Scratch& scratch) {
  const int lines = static_cast<int>(end - begin), lanes = padded(lines), n = static_cast<int>(here_.own_nodes), players = plan_.players();
  const Axis& axis = plan_.axes[ix(here_.own_axis)];
  const std::int64_t block_size = std::int64_t{n} * lanes;
  line_starts(begin, end, scratch);
  scratch.sum.assign(ix(players * here_.profiles * block_size), 0.0);
  scratch.follows.resize(ix(block_size));
  scratch.hats.resize(ix(n * block_size));
  double* const follows = scratch.follows.data();
  for (int k = 0; k < from_.num_branches; ++k) {
    const Way way = this->way(from_.first_branch + k);
    const int open = open_to(k);
    const bool moving = way.table != nullptr && way.own_stride != 0;
    const bool neighbours = way.table != nullptr && first_points(way, scratch);
    if (moving)
      for (int t = 1; t + 1 < n; ++t)
        for (int j = 0; j < n; ++j) {
          // The rising half of the first node and the falling half of the last are out of reach.
          const double below = j == 0 ? -1.0 : axis.b[ix(j - 1)], per_below = j == 0 ? 1.0 : axis.per_width[ix(j - 1)];
          const double above = j + 1 == n ? 2.0 : axis.b[ix(j + 1)], per_above = j + 1 == n ? 1.0 : axis.per_width[ix(j)];
          hat(lanes, below, per_below, above, per_above, bundle.belief(k, t) + column, scratch.hats.data() + t * block_size + j * lanes);
        }
    double* sum = scratch.sum.data();
    Addition add{0.0, 0.0, nullptr, bundle.width(), scratch.hats.data(), follows, open == 2 ? n - 1 : 0, open == 1 ? 0 : n - 1};
    for (int player = 0; player < players; ++player)
      for (int q = 0; q < here_.profiles; ++q, sum += block_size) {
        const int type = here_.type_of(q, here_.mover);
        if ((open >> type & 1) == 0) continue;
        add.sigma = bundle.sigma(type, k, 0) + column;
        add.constant = reward(way, player, q);
        if (way.table == nullptr) {
          add_ends(n, lanes, add.width, add.constant, add.sigma, sum);
          continue;
        }
        add.factor = discount(way, player, q);
        if (neighbours)
          copy(moving ? n : 1, lanes, lines, way.own_stride, way.block(player, q) + scratch.first[0], follows);
        else
          gather(moving ? n : 1, lanes, way.own_stride, scratch.first.data(), way.block(player, q), follows);
        if (moving)
          add_moved_all(n, lanes, add, sum);
        else
          add_unmoved(n, lanes, add.width, add.constant, add.factor, add.sigma, follows, sum);
      }
  }
  const double* sum = scratch.sum.data();
  double* to = own_table();
  for (int block = 0; block < players * here_.profiles; ++block, to += here_.points)
    for (int t = 0; t < n; ++t, sum += lanes) {
      double* const at = to + t * here_.own_stride;
      for (int l = 0; l < lines; ++l) at[scratch.starts[ix(l)]] = sum[l];
    }
}

}  // namespace melian::grid
