#include <Random123/philox.h>

#include "melian/base.h"

namespace melian {

double RandomStream::uniform() {
  const r123::Philox4x32 generator;
  const r123::Philox4x32::ctr_type counter{
      {static_cast<std::uint32_t>(counter_), static_cast<std::uint32_t>(counter_ >> 32U),
       static_cast<std::uint32_t>(stream_), static_cast<std::uint32_t>(stream_ >> 32U)}};
  const r123::Philox4x32::key_type key{
      {static_cast<std::uint32_t>(seed_), static_cast<std::uint32_t>(seed_ >> 32U)}};
  ++counter_;
  const auto words = generator(counter, key);
  const std::uint64_t bits = (static_cast<std::uint64_t>(words[0]) << 32U) | words[1];
  return static_cast<double>(bits >> 11U) * 0x1.0p-53;
}

}  // namespace melian
