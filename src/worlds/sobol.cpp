#include "worlds/sobol.h"

#include <Random123/philox.h>
#include <boost/random/sobol.hpp>

#include "melian/base.h"

namespace melian {

std::vector<std::uint32_t> sobol_points(std::size_t num_points, int dimension) {
  MELIAN_EXPECT(dimension >= 1 && dimension <= most_sobol_dimensions, "a dimension of the table");
  const auto width = static_cast<std::size_t>(dimension);
  std::vector<std::uint32_t> out(num_points * width, 0);
  boost::random::sobol sequence(width);  // begins behind the origin
  for (std::size_t k = width; k < out.size(); ++k)
    out[k] = static_cast<std::uint32_t>(sequence() >> 32U);
  return out;
}

double owen_scrambled(std::uint32_t number, std::uint64_t seed, std::uint32_t scramble,
                      std::uint32_t dimension) {
  constexpr std::uint32_t digits = 32;
  const r123::Philox4x32 generator;
  const r123::Philox4x32::key_type key{
      {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32U)}};
  std::uint32_t out = 0;
  for (std::uint32_t digit = 0; digit < digits; ++digit) {
    const std::uint32_t before = digit == 0 ? 0 : number >> (digits - digit);
    const r123::Philox4x32::ctr_type counter{{before, digit, dimension, scramble}};
    const std::uint32_t bit = number >> (digits - 1 - digit) & 1U;
    out = out << 1U | (bit ^ (generator(counter, key)[0] & 1U));
  }
  return (static_cast<double>(out) + 0.5) * 0x1.0p-32;
}

}  // namespace melian
