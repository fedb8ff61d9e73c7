#include "predict/add_amounts.h"

#include "numeric/lanes.h"
#include "numeric/pack.h"

namespace melian::prediction {
namespace {

/// For a number of profiles that is known when compiled.
template <int profiles, bool first, bool moving>
[[gnu::always_inline]] inline void add_rows(const Addition& a, double* __restrict to) {
  using Pack = lanes::Pack<profiles>;
  const int there = a.profile == nullptr ? profiles : a.profiles_there;
  const std::ptrdiff_t row_there = std::ptrdiff_t{a.columns} * there;
  const Pack second = Pack::load(a.second);
  for (int p = 0; p < a.points; ++p) {
    const Pack odds = Pack::choose(second, Pack::all(a.zero[p]), Pack::all(a.one[p]));
    const double* __restrict low =
        a.successor == nullptr ? nullptr : a.successor + a.low[p] * row_there;
    const double* __restrict high = a.successor == nullptr ? nullptr : low + a.step * row_there;
    const Pack above = Pack::all(a.weight[p]), below = Pack::all(1.0 - a.weight[p]);
    for (const ColumnRun& run : a.runs) {
      const int from = run.from * there;
      if (run.kind == ColumnRun::Kind::follows && low != nullptr) {
        for (int c = run.first, x = from; c < run.end; ++c, x += there) {
          // Where the successor has fewer profiles, what is read beyond them is not picked.
          Pack amount = moving ? below * Pack::load(low + x) + above * Pack::load(high + x)
                               : Pack::load(low + x);
          if (a.profile != nullptr) amount = amount.at(a.profile);
          amount = odds * amount;
          (first ? amount : Pack::load(to + c * profiles) + amount).store(to + c * profiles);
        }
        continue;
      }
      if (run.kind == ColumnRun::Kind::nothing) {
        for (int c = run.first; first && c < run.end; ++c) Pack::all(0.0).store(to + c * profiles);
        continue;
      }
      const int c = run.first;
      const bool plain = a.plain[c] != 0;
      Pack amount = Pack::all(0.0);
      if (run.from >= 0 && low != nullptr) {
        amount = moving ? below * Pack::load(low + from) + above * Pack::load(high + from)
                        : Pack::load(low + from);
        if (a.profile != nullptr) amount = amount.at(a.profile);
      }
      if (!plain)
        amount = run.from < 0 ? Pack::load(a.at_once + c * profiles)
                              : Pack::load(a.at_once + c * profiles) +
                                    Pack::load(a.factor + c * profiles) * amount;
      amount = (a.own[c] != nullptr ? Pack::load(a.own[c]) : odds) * amount;
      (first ? amount : Pack::load(to + c * profiles) + amount).store(to + c * profiles);
    }
    to += a.columns * profiles;
  }
}

/// For any number.
void add_any(const Addition& a, double* to) {
  const int there = a.profile == nullptr ? a.profiles : a.profiles_there;
  for (int p = 0; p < a.points; ++p)
    for (int c = 0; c < a.columns; ++c, to += a.profiles) {
      const double above = a.weight[p], below = 1.0 - above;
      const double* low =
          a.successor == nullptr || a.column[c] < 0
              ? nullptr
              : a.successor + (std::ptrdiff_t{a.low[p]} * a.columns + a.column[c]) * there;
      for (int theta = 0; theta < a.profiles; ++theta) {
        const int x = c * a.profiles + theta;
        const bool plain = a.plain[c] != 0;
        double amount = plain ? 0.0 : a.at_once[x];
        if (low != nullptr) {
          const double* from = low + (a.profile == nullptr ? theta : a.profile[theta]);
          amount += (plain ? 1.0 : a.factor[x]) *
                    (below * from[0] + above * from[std::ptrdiff_t{a.step} * a.columns * there]);
        }
        amount *= a.own[c] != nullptr                 ? a.own[c][theta]
                  : lanes::is_chosen(a.second[theta]) ? a.one[p]
                                                      : a.zero[p];
        to[theta] = a.first ? amount : to[theta] + amount;
      }
    }
}

template <bool first, bool moving>
[[gnu::always_inline]] inline void add_sized(const Addition& a, double* to) {
  switch (a.profiles) {
    case 1: return add_rows<1, first, moving>(a, to);
    case 2: return add_rows<2, first, moving>(a, to);
    case 4: return add_rows<4, first, moving>(a, to);
    case 8: return add_rows<8, first, moving>(a, to);
    default: return add_any(a, to);
  }
}

MELIAN_LANES void add_all(const Addition& a, double* to) {
  if (a.first)
    a.step > 0 ? add_sized<true, true>(a, to) : add_sized<true, false>(a, to);
  else
    a.step > 0 ? add_sized<false, true>(a, to) : add_sized<false, false>(a, to);
}

}  // namespace

void add_amounts(const Addition& addition, double* to) { add_all(addition, to); }

}  // namespace melian::prediction
