#pragma once
/// Sobol points and their Owen scrambles: points that fill the unit cube more evenly than
/// independent draws do, and independent copies of them, from which errors can be told.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace melian {

/// How many numbers a point may have.
inline constexpr int most_sobol_dimensions = 3667;

/// The first points of the Sobol sequence, the origin among them, in Gray-code order: the first 2^k
/// are a net for every k.
///
/// Shapes:   `num_points * dimension` numbers, point by point, as multiples of 2^-32.
/// Requires: dimension in 1 .. most_sobol_dimensions.
/// Source:   direction numbers of [JoeKuo2008], through Boost.Random.
[[nodiscard]] std::vector<std::uint32_t> sobol_points(std::size_t num_points, int dimension);

/// One number of a point under one scramble: every binary digit is flipped or not by a random
/// number that depends on the digits before it alone. The net stays a net, and every point is
/// uniform.
///
/// Returns:  a number strictly between 0 and 1.
/// Source:   nested uniform scrambling [Owen1995], digits by Philox 4x32-10 [SalmonEtAl2011].
[[nodiscard]] double owen_scrambled(std::uint32_t number, std::uint64_t seed,
                                    std::uint32_t scramble, std::uint32_t dimension);

}  // namespace melian
