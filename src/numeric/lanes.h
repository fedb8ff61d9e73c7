#pragma once
/// Exponentials and logarithms for loops over belief points: plain arithmetic without branches or
/// calls, which compilers turn into vector instructions. Every operation is rounded by itself (no
/// fused multiply-add), so a result is the same to the last bit on every processor and for every
/// vector width.

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

/// In front of a function whose loops run over belief points: compiled for several vector widths,
/// chosen when the program starts. The sanitizers' start-up code does not survive being chosen.
#if defined(__x86_64__) && defined(__GNUC__) && defined(__GLIBC__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__clang__)
#define MELIAN_LANES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define MELIAN_LANES
#endif

/// In front of a loop whose passes do not depend on each other.
#if defined(__GNUC__) && !defined(__clang__)
#define MELIAN_INDEPENDENT _Pragma("GCC ivdep")
#else
#define MELIAN_INDEPENDENT
#endif

namespace melian::lanes {

inline constexpr int width = 8;  ///< loops run over multiples of this many lanes

/// The next multiple of `width`.
[[nodiscard]] constexpr int padded(int count) { return (count + width - 1) / width * width; }

/// `count`, which is a multiple of `width` already: tells the compiler that a loop to it leaves no
/// remainder.
[[nodiscard]] constexpr int whole(int count) { return count & ~(width - 1); }

/// exp(x) for x <= 0, within .8 of a unit in the last place; 0 below -708, where the exact value is
/// below 4e-308.
[[nodiscard]] inline double exp_down(double x) {
  constexpr double lowest = -708.0,
                   shift = 0x1.8p52;  // adding `shift` rounds to an integer, kept in the last bits
  constexpr double log_2_high = 0x1.62e42fefa3000p-1, log_2_low = 0x1.3de6af278ece6p-42;
  const double clamped = x > lowest ? x : lowest;
  const double shifted = clamped * 0x1.71547652b82fep+0 + shift, n = shifted - shift;
  const double r = (clamped - n * log_2_high) - n * log_2_low;
  // (e^r - 1 - r) / r^2 for |r| <= log(2) / 2: degree 9, relative error of e^r below 1.7e-17.
  const double r2 = r * r, r4 = r2 * r2;
  const double q01 = 0x1.0000000000001p-1 + r * 0x1.5555555555556p-3,
               q23 = 0x1.5555555553d63p-5 + r * 0x1.11111111109b3p-7;
  const double q45 = 0x1.6c16c1788bd90p-10 + r * 0x1.a01a01a7c41d5p-13,
               q67 = 0x1.a019b90d2ae7ap-16 + r * 0x1.71de0dae63bb3p-19;
  const double q89 = 0x1.289185613a3d6p-22 + r * 0x1.af38a9b0ec855p-26;
  const double q = (q01 + r2 * q23) + r4 * ((q45 + r2 * q67) + r4 * q89);
  const double mantissa = 1.0 + (r + r2 * q);
  const double value = std::bit_cast<double>(std::bit_cast<std::uint64_t>(mantissa) +
                                             (std::bit_cast<std::uint64_t>(shifted) << 52U));
  return x >= lowest ? value : 0.0;
}

/// 2 artanh(z) for |z| <= 1/3 (a hair beyond does no harm), within 1.5 units in the last place.
[[nodiscard]] inline double two_artanh(double z) {
  // (artanh z / z - 1) / z^2: degree 9 in z^2, relative error below 8e-18.
  const double s = z * z, s2 = s * s, s4 = s2 * s2;
  const double q01 = 0x1.5555555555555p-2 + s * 0x1.999999999a3ddp-3,
               q23 = 0x1.24924923d44c6p-3 + s * 0x1.c71c727143318p-4;
  const double q45 = 0x1.745cf0b0e03bdp-4 + s * 0x1.3b18b294bebf9p-4,
               q67 = 0x1.10ac75dc602b1p-4 + s * 0x1.eb905e8575054p-5;
  const double q89 = 0x1.687a6e7c95176p-5 + s * 0x1.4b0a26c5f2aefp-4;
  const double q = (q01 + s2 * q23) + s4 * ((q45 + s2 * q67) + s4 * q89);
  const double twice = z + z;
  return twice + twice * (s * q);
}

/// log((1 + a) / (1 + b)) for a and b in [0, 1], within 2 units in the last place of the larger of
/// log(1 + a) and log(1 + b); 0 where a = b.
[[nodiscard]] inline double log_ratio(double a, double b) {
  return two_artanh((a - b) / (2.0 + (a + b)));
}

/// log(1 + a) for a in [0, 1].
[[nodiscard]] inline double log_1_plus(double a) { return log_ratio(a, 0.0); }

/// log x for finite x >= 1, within 2 units in the last place.
[[nodiscard]] inline double log_up(double x) {
  constexpr double log_2_high = 0x1.62e42fefa3000p-1, log_2_low = 0x1.3de6af278ece6p-42;
  constexpr std::uint64_t root_half = std::bit_cast<std::uint64_t>(0x1.6a09e667f3bcdp-1),
                          whole = std::bit_cast<std::uint64_t>(0x1p52);
  // x = 2^n m, m between the roots of 1/2 and of 2.
  const auto bits = std::bit_cast<std::uint64_t>(x);
  const std::uint64_t n = (bits - root_half) >> 52U;
  const double m = std::bit_cast<double>(bits - (n << 52U)),
               power = std::bit_cast<double>(n | whole) - 0x1p52;
  return power * log_2_high + (two_artanh((m - 1.0) / (m + 1.0)) + power * log_2_low);
}

}  // namespace melian::lanes
