#include "solve/rows.h"

#include "numeric/lanes.h"

namespace melian::grid {

using lanes::Pack;

namespace {

template <int first, int profiles>
[[gnu::always_inline]] inline Pack<2> pair(const Pack<profiles>& x) {
  return {__builtin_shufflevector(x.numbers, x.numbers, first, first + 1)};
}

/// Adds the pairs one after another.
template <int profiles>
[[gnu::always_inline]] inline Pack<2> add_pairs(Pack<2> sum, const Pack<profiles>& x) {
  sum = sum + pair<0>(x);
  if constexpr (profiles > 2) sum = sum + pair<2>(x);
  if constexpr (profiles > 4) sum = sum + pair<4>(x) + pair<6>(x);
  return sum;
}

template <int profiles, bool near>
[[gnu::always_inline]] inline Pack<profiles> pick(const double* from, const std::int64_t* place) {
  if constexpr (near) return Pack<profiles>::load(from).at(place);
  return Pack<profiles>::gather(from, place);
}

template <int profiles, bool near>
[[gnu::always_inline]] inline void score(const RowScores& a) {
  using Row = Pack<profiles>;
  const Row reward = Row::load(a.reward), discount = Row::load(a.discount);
  const Pack<2> precision = Pack<2>::load(a.precision), log_weight = Pack<2>::all(a.log_weight);
  for (int l = 0; l < a.lines; ++l) {
    const Pack<2> paid = add_pairs(Pack<2>::all(0.0), reward * Row::load(a.beliefs + l * profiles));
    double *zero = a.zero + l, *one = a.one + l;
    Pack<2> scores = paid;
    for (int j = 0; j < a.nodes; ++j, zero += a.width, one += a.width) {
      if (j == 0 || a.moving) {
        Pack<2> follows = Pack<2>::all(0.0);
        for (int c = 0; c < a.corners && a.table != nullptr; ++c) {
          const Row share = discount * Row::load(a.shares + (c * a.lines + l) * profiles);
          follows = add_pairs(
              follows, share * pick<profiles, near>(a.table + a.first[c * a.lines + l] + j * a.step,
                                                    a.place));
        }
        scores = precision * (follows + paid) + log_weight;
      }
      *zero = scores.numbers[0];
      *one = scores.numbers[1];
    }
  }
}

/// For any number of profiles.
void score_any(const RowScores& a) {
  for (int l = 0; l < a.lines; ++l)
    for (int j = 0; j < a.nodes; ++j)
      for (const int type : {0, 1}) {
        double paid = 0.0, follows = 0.0;
        for (int q = type; q < a.profiles; q += 2)
          paid += a.reward[q] * a.beliefs[l * a.profiles + q];
        for (int c = 0; c < a.corners && a.table != nullptr; ++c) {
          const double *from = a.table + a.first[c * a.lines + l] + (a.moving ? j : 0) * a.step,
                       *share = a.shares + (c * a.lines + l) * a.profiles;
          for (int q = type; q < a.profiles; q += 2)
            follows += a.discount[q] * share[q] * from[a.place[q]];
        }
        (type == 0 ? a.zero : a.one)[j * a.width + l] =
            a.precision[type] * (follows + paid) + a.log_weight;
      }
}

MELIAN_LANES void score_all(const RowScores& a) {
  switch (a.profiles) {
    case 2: return a.near ? score<2, true>(a) : score<2, false>(a);
    case 4: return a.near ? score<4, true>(a) : score<4, false>(a);
    case 8: return a.near ? score<8, true>(a) : score<8, false>(a);
    default: return score_any(a);
  }
}

/// What `RowSum` holds, as loops read it.
struct Sum {
  std::int64_t width, lines, targets, branches;
  const double* rows;
  const RowSpot* spots;
  const RowSum::Branch* branch;
  std::int64_t odds_width;
  const std::int64_t* start;
  std::int64_t step;
};

using Row = Pack<lanes::width>;

/// One pack of a row from a row of other places: of one pack, of two, of any number.
[[gnu::always_inline]] inline Row pick_row(const double* row, std::int64_t width,
                                           const std::int64_t* place) {
  if (width == lanes::width) return Row::load(row).at(place);
  if (width == 2 * lanes::width)
    return Row::of_two(Row::load(row), Row::load(row + lanes::width), place);
  return Row::gather(row, place);
}

/// What follows in the pack from place `at` on.
[[gnu::always_inline]] inline Row follow(const RowSum::Branch& b, std::int64_t at,
                                         const RowSpot& spot) {
  const Row low = b.place == nullptr ? Row::load(b.table + spot.low + at)
                                     : pick_row(b.table + spot.low, b.width, b.place + at);
  if (spot.above == 0.0) return Row::all(spot.below) * low;
  const Row high = b.place == nullptr ? Row::load(b.table + spot.high + at)
                                      : pick_row(b.table + spot.high, b.width, b.place + at);
  return Row::all(spot.below) * low + Row::all(spot.above) * high;
}

/// `packs` packs of each row, from place `from` on.
template <int packs>
[[gnu::always_inline]] inline void sum_packs(const Sum& a, std::int64_t from,
                                             double* __restrict table) {
  for (std::int64_t l = 0; l < a.lines; ++l)
    for (std::int64_t t = 0; t < a.targets; ++t) {
      Row sum0 = Row::all(0.0), sum1 = sum0, sum2 = sum0;
      const double* rows = a.rows + from;
      const Row second0 = Row::load(rows), second1 = packs > 1 ? Row::load(rows + 8) : second0,
                second2 = packs > 2 ? Row::load(rows + 16) : second0;
      for (std::int64_t k = 0; k < a.branches; ++k) {
        const RowSum::Branch& b = a.branch[k];
        const double *constant = rows + (1 + 2 * k) * a.width, *factor = constant + a.width;
        const RowSpot spot = a.spots[(k * a.lines + l) * a.targets + t];
        const Row zero = Row::all(b.zero[t * a.odds_width + l]),
                  one = Row::all(b.one[t * a.odds_width + l]);
        const auto add = [&](int c, const Row& second, Row& sum) __attribute__((always_inline)) {
          Row paid = Row::load(constant + c * lanes::width);
          if (b.table != nullptr)
            paid = paid +
                   Row::load(factor + c * lanes::width) * follow(b, from + c * lanes::width, spot);
          sum = sum + Row::choose(second, zero, one) * paid;
        };
        add(0, second0, sum0);
        if constexpr (packs > 1) add(1, second1, sum1);
        if constexpr (packs > 2) add(2, second2, sum2);
      }
      double* const to = table + a.start[l] + t * a.step + from;
      sum0.store(to);
      if constexpr (packs > 1) sum1.store(to + lanes::width);
      if constexpr (packs > 2) sum2.store(to + 2 * lanes::width);
    }
}

MELIAN_LANES void sum_all(const Sum& a, double* table) {
  std::int64_t from = 0;
  for (; a.width - from >= 3 * lanes::width; from += 3 * lanes::width) sum_packs<3>(a, from, table);
  if (a.width - from == 2 * lanes::width) return sum_packs<2>(a, from, table);
  if (a.width - from == lanes::width) return sum_packs<1>(a, from, table);
}

}  // namespace

void score_rows(const RowScores& scores) { score_all(scores); }

void RowSum::begin(std::int64_t width, int lines, int targets) {
  width_ = width;
  lines_ = lines;
  targets_ = targets;
  rows_.assign(ix(width), 0.0);
  spots_.clear();
  branches_.clear();
}

RowSum::Branch& RowSum::add() {
  branches_.emplace_back();
  rows_.resize(ix((1 + 2 * count()) * width_), 0.0);
  spots_.resize(ix(count() * lines_ * targets_));
  return branches_.back();
}

void RowSum::write(std::int64_t odds_width, const std::int64_t* start, std::int64_t step,
                   double* table) const {
  sum_all({width_, lines_, targets_, count(), rows_.data(), spots_.data(), branches_.data(),
           odds_width, start, step},
          table);
}

}  // namespace melian::grid
