#pragma once
/// What this process holds in memory now.

#include <cstdint>

namespace melian {

/// As the system counts it, in bytes; 0 where it does not say.
[[nodiscard]] std::int64_t resident_bytes();

}  // namespace melian
