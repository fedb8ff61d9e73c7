/// The part of `Here` for values that lie in rows (solve/values.h): lines scored and valued side by
/// side, points valued, averages over chance.

#include <algorithm>

#include "solve/here.h"

namespace melian::grid {

/// The mover's profiles in pairs: each of its first type, then the same of its second.
void Here::pair_profiles(Scratch& scratch) const {
  scratch.paired.clear();
  for (int q = 0; q < here_.profiles; ++q)
    if (here_.type_of(q, here_.mover) == 0)
      for (const int type : {0, 1})
        scratch.paired.push_back(q + type * here_.profile_stride[ix(here_.mover)]);
}

void Here::line_starts(std::int64_t begin, std::int64_t end, Scratch& scratch) const {
  scratch.starts.resize(ix(end - begin));
  for (std::int64_t l = begin; l < end; ++l) scratch.starts[ix(l - begin)] = line_start(l);
}

void Here::score_bundle(std::int64_t begin, std::int64_t end, Bundle& bundle, int column,
                        Scratch& scratch) const {
  const std::vector<double>& beliefs = plan_.weights(here_.mover, here_.live);
  pair_profiles(scratch);
  line_starts(begin, end, scratch);
  scratch.weights.clear();
  for (const std::int64_t start : scratch.starts)
    for (const int q : scratch.paired)
      scratch.weights.push_back(beliefs[ix(q * here_.points + start)]);
  score_branches(static_cast<int>(end - begin), 1, scratch.weights, bundle, column, scratch);
}

void Here::score_fine(std::span<const FineLine> lines, Bundle& bundle, Scratch& scratch) const {
  const std::size_t corners = lines.front().corners.size();
  pair_profiles(scratch);
  scratch.weights.clear();
  scratch.shares.clear();
  scratch.starts.clear();
  for (const FineLine& line : lines)
    for (const int q : scratch.paired) scratch.weights.push_back(line.beliefs[ix(q)]);
  for (std::size_t c = 0; c < corners; ++c)
    for (const FineLine& line : lines) {
      scratch.starts.push_back(line.corners[c].point);
      for (const int q : scratch.paired)
        scratch.shares.push_back(line.beliefs[ix(q)] * line.corners[c].weight);
    }
  score_branches(static_cast<int>(lines.size()), static_cast<int>(corners), scratch.shares, bundle,
                 0, scratch);
}

/// Scores of all branches at lines whose beliefs and corners' points stand in `scratch`; `shares`:
/// the beliefs times what corners weigh.
void Here::score_branches(int lines, int corners, const std::vector<double>& shares, Bundle& bundle,
                          int column, Scratch& scratch) const {
  const int profiles = here_.profiles, mover = here_.mover;
  const Decider& decider = here_.deciders.front();
  scratch.rewards.resize(ix(2 * profiles));
  scratch.places.resize(ix(profiles));
  scratch.first.resize(ix(corners * lines));
  double *reward = scratch.rewards.data(), *discount = reward + profiles;
  RowScores a;
  a.profiles = profiles;
  a.lines = lines;
  a.nodes = static_cast<int>(here_.own_nodes);
  a.corners = corners;
  a.reward = reward;
  a.discount = discount;
  a.beliefs = scratch.weights.data();
  a.shares = shares.data();
  a.place = scratch.places.data();
  a.first = scratch.first.data();
  a.width = bundle.width();
  for (const int type : {0, 1}) a.precision[type] = lambda(decider, type);
  for (int k = 0; k < from_.num_branches; ++k) {
    const Way way = this->way(from_.first_branch + k);
    a.table = nullptr;
    a.moving = false;
    for (int at = 0; at < profiles; ++at) {
      reward[at] = this->reward(way, mover, scratch.paired[ix(at)]);
      discount[at] = this->discount(way, mover, scratch.paired[ix(at)]);
    }
    if (way.table != nullptr) {
      a.table = way.table + mover * way.to->profiles;
      a.moving = way.own_stride != 0;
      a.near = way.to->profiles == profiles;
      a.step = way.own_stride * way.to->of_point;
      for (int at = 0; at < profiles; ++at)
        scratch.places[ix(at)] = way.projection->profile[ix(scratch.paired[ix(at)])];
      for (std::size_t l = 0; l < scratch.first.size(); ++l)
        scratch.first[l] = way.offset(scratch.starts[l]);
    }
    a.log_weight = decider.log_weight[ix(k)];
    a.zero = bundle.row(k, 0, 0) + column;
    a.one = bundle.row(k, 1, 0) + column;
    score_rows(a);
  }
}

/// Adds a branch that is taken with these odds to the sum in hand.
void Here::add_branch(const Way& way, const double* zero, const double* one, RowSum& sum) const {
  RowSum::Branch& b = sum.add();
  b.zero = zero;
  b.one = one;
  std::copy_n(way.reward, plan_.players() * here_.profiles, sum.constant());
  if (way.table == nullptr) return;
  b.table = way.table;
  b.width = way.to->of_point;
  b.place = way.projection->row.empty() ? nullptr : way.projection->row.data();
  std::copy_n(way.factors, here_.of_point, sum.factor());
}

void Here::value_bundle(std::int64_t begin, std::int64_t end, const Bundle& bundle, int column,
                        Scratch& scratch) {
  RowSum& sum = scratch.row_sum;
  line_starts(begin, end, scratch);
  sum.begin(here_.of_point, static_cast<int>(end - begin), static_cast<int>(here_.own_nodes));
  for (int player = 0; player < plan_.players(); ++player)
    for (int q = 0; q < here_.profiles; ++q)
      sum.second()[player * here_.profiles + q] = lanes::chosen(here_.type_of(q, here_.mover) == 1);
  for (int k = 0; k < from_.num_branches; ++k) {
    const Way way = this->way(from_.first_branch + k);
    add_branch(way, bundle.sigma(0, k, 0) + column, bundle.sigma(1, k, 0) + column, sum);
    if (way.table != nullptr) find_spots(way, k, bundle, column, scratch);
  }
  for (std::int64_t& start : scratch.starts) start *= here_.of_point;
  sum.write(bundle.width(), scratch.starts.data(), here_.own_stride * here_.of_point, own_table());
}

/// Where beliefs after branch `k` lie in its successor's table.
void Here::find_spots(const Way& way, int k, const Bundle& bundle, int column,
                      Scratch& scratch) const {
  const int n = static_cast<int>(here_.own_nodes), open = open_to(k);
  const Axis& axis = plan_.axes[ix(here_.own_axis)];
  const std::int64_t step = way.own_stride * way.to->of_point;
  RowSpot* spots = scratch.row_sum.spots();
  for (std::size_t l = 0; l < scratch.starts.size(); ++l, spots += n) {
    const std::int64_t first = way.offset(scratch.starts[l]);
    if (step == 0) {
      for (int t = 0; t < n; ++t) spots[t].low = first;
      continue;
    }
    spots[0].low = first + (open == 2 ? n - 1 : 0) * step;
    spots[n - 1].low = first + (open == 1 ? 0 : n - 1) * step;
    for (int t = 1; t + 1 < n; ++t) {
      const double b = bundle.belief(k, t)[column + static_cast<int>(l)];
      int cell = 0;
      while (cell + 2 < n && b >= axis.b[ix(cell + 1)]) ++cell;
      const double per = axis.per_width[ix(cell)];
      spots[t] = {first + cell * step, first + (cell + 1) * step, (axis.b[ix(cell + 1)] - b) * per,
                  (b - axis.b[ix(cell)]) * per};
    }
  }
}

/// Where the rows of single points begin.
void Here::point_starts(std::int64_t begin, std::int64_t end, Scratch& scratch) const {
  scratch.starts.resize(ix(end - begin));
  for (std::int64_t p = begin; p < end; ++p) scratch.starts[ix(p - begin)] = p * here_.of_point;
}

/// Values at points of an untyped mover's decision, whose odds of every branch stand in
/// `scratch.chosen`.
void Here::value_point_rows(std::int64_t begin, std::int64_t end, Scratch& scratch) {
  RowSum& sum = scratch.row_sum;
  point_starts(begin, end, scratch);
  sum.begin(here_.of_point, static_cast<int>(end - begin), 1);
  for (int k = 0; k < from_.num_branches; ++k) {
    const Way way = this->way(from_.first_branch + k);
    const double* const odds = scratch.chosen.data() + k * (end - begin);
    add_branch(way, odds, odds, sum);
    for (std::int64_t p = begin; p < end && way.table != nullptr; ++p)
      sum.spots()[p - begin].low = way.offset(p);
  }
  sum.write(0, scratch.starts.data(), 0, own_table());
}

void Here::average_rows(std::int64_t begin, std::int64_t end, Scratch& scratch) {
  const auto n = end - begin;
  RowSum& sum = scratch.row_sum;
  point_starts(begin, end, scratch);
  sum.begin(here_.of_point, static_cast<int>(n), 1);
  scratch.chosen.assign(ix(n), 1.0);
  for (int branch = from_.first_branch; branch < from_.first_branch + from_.num_branches;
       ++branch) {
    if (!possible(branch)) continue;
    const Way way = this->way(branch);
    const int corners = mixtures(branch, way, begin, end, scratch);
    // Corners two by two; what is paid at once comes with the first two.
    for (int c = 0; c < std::max(1, corners); c += 2) {
      add_branch(way, scratch.chosen.data(), scratch.chosen.data(), sum);
      for (int player = 0; player < plan_.players(); ++player)
        for (int q = 0; q < here_.profiles; ++q) {
          const int place = player * here_.profiles + q;
          sum.constant()[place] *= c == 0 ? odds(branch, player, q) : 0.0;
          sum.factor()[place] *= odds(branch, player, q);
        }
      for (std::int64_t i = 0; i < n && way.table != nullptr; ++i) {
        RowSpot& spot = sum.spots()[i];
        if (corners == 0) {
          spot.low = way.offset(begin + i);
          continue;
        }
        spot = {scratch.first[ix(c * n + i)] * way.to->of_point, 0, scratch.follows[ix(c * n + i)],
                0.0};
        if (c + 1 == corners) continue;
        spot.high = scratch.first[ix((c + 1) * n + i)] * way.to->of_point;
        spot.above = scratch.follows[ix((c + 1) * n + i)];
      }
    }
  }
  sum.write(0, scratch.starts.data(), 0, own_table());
}

}  // namespace melian::grid
