#pragma once
/// Numbers of an `.efg` as doubles, and exact sums of those that are written as fractions or whole
/// numbers.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace melian::tree {

/// "3", "-1/3", "0.25", "1e-3" as a double; nothing where it is no number, not finite, or divides
/// by nought.
[[nodiscard]] std::optional<double> number_of(std::string_view written);

/// Whether the numbers sum to one: exactly where all are fractions or whole numbers that 128 bits
/// can add, else within `tolerance`.
[[nodiscard]] bool sum_to_one(std::span<const std::string> written, double tolerance);

/// Odds as texts that sum to one exactly and read back within round-off of what was given.
/// Requires: odds that sum to one within 1e-9.
[[nodiscard]] std::vector<std::string> exact_odds(std::span<const double> odds);

}  // namespace melian::tree
