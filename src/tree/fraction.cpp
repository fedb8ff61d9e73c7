#include "tree/fraction.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

#include <fmt/core.h>

namespace melian::tree {
namespace {

__extension__ using Wide = __int128;

struct Fraction {
  Wide over = 0, under = 1;
};

Wide common_divisor(Wide a, Wide b) {
  while (b != 0) {
    const Wide rest = a % b;
    a = b;
    b = rest;
  }
  return a < 0 ? -a : a;
}

std::string_view without_plus(std::string_view text) {
  return text.starts_with('+') && !text.starts_with("+-") ? text.substr(1) : text;
}

std::optional<double> decimal(std::string_view text) {
  text = without_plus(text);
  double number = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (end != text.data() + text.size() || text.empty()) return std::nullopt;
  const bool underflow = error == std::errc::result_out_of_range &&
                         text.find_first_of("eE") != std::string_view::npos &&
                         text.find("-", 1) != std::string_view::npos;
  if (underflow) return 0.0;
  if (error != std::errc() || !std::isfinite(number)) return std::nullopt;
  return number;
}

std::optional<std::int64_t> whole(std::string_view text) {
  text = without_plus(text);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return number;
}

std::optional<Fraction> fraction_of(std::string_view text) {
  const std::size_t bar = text.find('/');
  const auto over = whole(text.substr(0, bar));
  const auto under =
      bar == std::string_view::npos ? std::optional<std::int64_t>(1) : whole(text.substr(bar + 1));
  if (!over || !under || *under == 0) return std::nullopt;
  return Fraction{*over, *under};
}

/// a + b in lowest terms; nothing where 128 bits do not hold it.
std::optional<Fraction> plus(const Fraction& a, const Fraction& b) {
  Wide left = 0, right = 0, over = 0, under = 0;
  if (__builtin_mul_overflow(a.over, b.under, &left) ||
      __builtin_mul_overflow(b.over, a.under, &right) ||
      __builtin_add_overflow(left, right, &over) ||
      __builtin_mul_overflow(a.under, b.under, &under))
    return std::nullopt;
  const Wide divisor = common_divisor(over, under);
  return Fraction{over / divisor, under / divisor};
}

std::optional<bool> sum_to_one_exactly(std::span<const std::string> written) {
  Fraction sum;
  for (const std::string& text : written) {
    const auto next = fraction_of(text);
    const auto total = next ? plus(sum, *next) : std::nullopt;
    if (!total) return std::nullopt;
    sum = *total;
  }
  return sum.over == sum.under;
}

// Decimals of 18 places are integers that 64 bits hold.
constexpr int places = 18;
constexpr std::int64_t unit = 1'000'000'000'000'000'000;

/// Odds in units of the last place: the shortest decimal that reads back the same where it fits,
/// else rounded.
std::int64_t in_units(double odds) {
  std::array<char, 400> buffer{};
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), odds, std::chars_format::fixed)
          .ptr;
  std::string text(buffer.data(), end);
  const std::size_t point = text.find('.');
  if (point == std::string::npos) return odds >= 1.0 ? unit : 0;
  std::string digits = text.substr(point + 1);
  if (text[0] != '0' || digits.size() > places)
    return std::llround(static_cast<long double>(odds) * static_cast<long double>(unit));
  digits.resize(places, '0');
  return whole(digits).value_or(0);
}

}  // namespace

std::optional<double> number_of(std::string_view written) {
  const std::size_t bar = written.find('/');
  if (bar == std::string_view::npos) return decimal(written);
  const auto over = decimal(written.substr(0, bar)), under = decimal(written.substr(bar + 1));
  if (!over || !under || *under == 0.0 || !std::isfinite(*over / *under)) return std::nullopt;
  return *over / *under;
}

bool sum_to_one(std::span<const std::string> written, double tolerance) {
  if (const auto exact = sum_to_one_exactly(written)) return *exact;
  double sum = 0.0;
  for (const std::string& text : written) sum += number_of(text).value_or(0.0);
  return std::abs(sum - 1.0) <= tolerance;
}

std::vector<std::string> exact_odds(std::span<const double> odds) {
  std::vector<std::int64_t> parts;
  std::int64_t left = unit;
  for (const double p : odds) {
    parts.push_back(in_units(p));
    left -= parts.back();
  }
  *std::ranges::max_element(parts) += left;
  std::vector<std::string> out;
  for (const std::int64_t part : parts) {
    std::string text = part == unit ? "1" : fmt::format("0.{:0{}}", part, places);
    while (part != unit && text.ends_with('0')) text.pop_back();
    out.push_back(text == "0." || text.empty() ? "0" : text);
  }
  return out;
}

}  // namespace melian::tree
