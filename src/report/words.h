#pragma once
/// Numbers as people say them.

#include <string>
#include <vector>

#include "melian/game.h"

namespace melian {

/// A probability: "96%", "0.4%", "under 0.1%", "over 99.9%"; exact only at 0 and 1.
[[nodiscard]] std::string percent(double probability);

/// "3 public states", "1 public state".
[[nodiscard]] std::string counted(long long count, const std::string& singular,
                                  const std::string& plural);

/// 1234567 as "1,234,567".
[[nodiscard]] std::string grouped(long long count);

/// Bytes as "3.4 MB".
[[nodiscard]] std::string bytes_text(double bytes);

/// Seconds as "0.12 s", "3 min 20 s".
[[nodiscard]] std::string seconds_text(double seconds);

/// "weak & heard_weak": the types of players in mixed radix, the last fastest.
[[nodiscard]] std::string cell_words(const Structure& structure, const std::vector<int>& players,
                                     std::size_t cell);

}  // namespace melian
