#pragma once
/// What decides a number over worlds: total effects of groups of parameters
/// (docs/methods_worlds.md).

#include <cstdint>
#include <optional>
#include <vector>

namespace melian {

/// The numbers of a design of paired worlds: row i of `a` and of `b` are independent worlds; row i
/// of `changed[g]` is that of `a` with the parameters of group g as in `b`. Nothing stands where a
/// world failed or has no such number.
struct EffectRows {
  std::vector<std::optional<double>> a, b;
  std::vector<std::vector<std::optional<double>>> changed;  ///< [group][row]
};

struct TotalEffect {
  double effect =
      0.0;  ///< share of the variance that would remain if all but this group were known
  double low = 0.0, high = 0.0;  ///< 95 %, by bootstrap over the rows
  std::size_t rows = 0;          ///< that count
};

struct TotalEffects {
  double mean = 0.0, variance = 0.0;  ///< over both columns
  std::size_t rows = 0, missing = 0;  ///< rows in which `a` or `b` has no number are missing
  std::vector<std::optional<TotalEffect>>
      groups;  ///< none where the number does not vary, or too few rows are left
};

/// Total effects by Jansen's estimator,
///
///   T_g = (1 / 2n) sum_i (f(a_i) - f(a_i with group g of b_i))^2 / V,    V the variance over a and
///   b.
///
/// A number that varies by no more than round-off has no effects: nothing is divided by it.
///
/// Units:    shares of the variance; with interactions they sum to more than 1.
/// Source:   [Jansen1999]; total effects after [HommaSaltelli1996].
[[nodiscard]] TotalEffects total_effects(const EffectRows& rows, std::uint64_t seed);

/// 0 .. count - 1 in random order. Two scrambles of one net are independent, but point i of one
/// tells the leading digits of point i of the other: rows that should be independent pair the
/// points of two scrambles in such an order.
[[nodiscard]] std::vector<std::size_t> shuffled(std::size_t count, std::uint64_t seed,
                                                std::uint64_t stream);

}  // namespace melian
