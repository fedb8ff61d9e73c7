#include "report/words.h"

#include <cmath>

#include <fmt/core.h>

namespace melian {

std::string percent(double probability) {
  constexpr double smallest = 0.001;
  // Round-off may leave a certain event just off 0 or 1; that is no news to anybody.
  constexpr double round_off = 1e-12;
  if (std::abs(probability) < round_off) return "0%";
  if (std::abs(probability - 1.0) < round_off) return "100%";
  if (probability < smallest) return "under 0.1%";
  if (probability > 1.0 - smallest) return "over 99.9%";
  const double hundredths = 100.0 * probability;
  return hundredths < 10.0 || hundredths > 90.0 ? fmt::format("{:.1f}%", hundredths)
                                                : fmt::format("{:.0f}%", hundredths);
}

std::string counted(long long count, const std::string& singular, const std::string& plural) {
  return fmt::format("{} {}", grouped(count), count == 1 ? singular : plural);
}

std::string grouped(long long count) {
  std::string digits = std::to_string(count < 0 ? -count : count);
  for (std::size_t from = digits.size(); from > 3;) digits.insert(from -= 3, ",");
  return count < 0 ? "-" + digits : digits;
}

std::string bytes_text(double bytes) {
  constexpr double step = 1000.0;
  const char* units[] = {"bytes", "kB", "MB", "GB", "TB"};
  std::size_t unit = 0;
  while (bytes >= step && unit + 1 < std::size(units)) {
    bytes /= step;
    ++unit;
  }
  return fmt::format("{:.3g} {}", bytes, units[unit]);
}

std::string cell_words(const Structure& structure, const std::vector<int>& players,
                       std::size_t cell) {
  std::string out;
  for (std::size_t k = players.size(); k-- > 0;) {
    const std::vector<std::string>& types =
        structure.players[static_cast<std::size_t>(players[k])].types;
    out = types[cell % types.size()] + (out.empty() ? "" : " & " + out);
    cell /= types.size();
  }
  return out;
}

std::string seconds_text(double seconds) {
  constexpr double minute = 60.0;
  if (seconds < minute) return fmt::format("{:.2g} s", seconds);
  const auto minutes = static_cast<long long>(seconds / minute);
  return fmt::format("{} min {:.0f} s", minutes, seconds - static_cast<double>(minutes) * minute);
}

}  // namespace melian
