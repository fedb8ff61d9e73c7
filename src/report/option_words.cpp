#include "melian/option_words.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include <fmt/core.h>

namespace melian {
namespace {

struct Number {
  bool is_number = false;  ///< all of the text is spelt like one
  bool finite = false;     ///< and a double can hold it
  double value = 0.0;
};

Number number_in(const std::string& text) {
  Number out;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out.value);
  out.is_number = error != std::errc::invalid_argument && end == text.data() + text.size();
  out.finite = out.is_number && error == std::errc() && std::isfinite(out.value);
  return out;
}

/// "LO:HI:N" or "LO:HI:N:log" at its colons.
std::vector<std::string> parts_of(const std::string& range) {
  std::vector<std::string> out;
  for (std::size_t begin = 0; begin <= range.size();) {
    const std::size_t end = std::min(range.find(':', begin), range.size());
    out.push_back(range.substr(begin, end - begin));
    begin = end + 1;
  }
  return out;
}

std::optional<VariedParameter> read_one_varied(const std::string& word) {
  constexpr int most_points = 100'000;
  const std::size_t equals = word.find('=');
  if (equals == std::string::npos || equals == 0) return std::nullopt;
  const std::vector<std::string> parts = parts_of(word.substr(equals + 1));
  const bool log_scale = parts.size() == 4 && parts[3] == "log";
  if (parts.size() != 3 && !log_scale) return std::nullopt;
  const Number low = number_in(parts[0]), high = number_in(parts[1]), points = number_in(parts[2]);
  if (!low.finite || !high.finite || !points.finite || points.value != std::floor(points.value) ||
      points.value < 2 || points.value > most_points)
    return std::nullopt;
  return VariedParameter{word.substr(0, equals), low.value, high.value,
                         static_cast<int>(points.value), log_scale};
}

}  // namespace

Result<Settings> read_settings(const std::vector<std::string>& words) {
  Settings settings;
  Diagnostics diagnostics;
  const auto complain = [&](const std::string& message, const std::string& hint) {
    diagnostics.push_back(placeless(settings_code, message, hint));
  };
  for (const std::string& word : words) {
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == word.size()) {
      complain(fmt::format("`--set {}` sets nothing", word),
               "write --set NAME=VALUE, as in --set 'cost[D].weak=0.07'");
      continue;
    }
    const std::string name = word.substr(0, equals), text = word.substr(equals + 1);
    if (settings.contains(name)) complain(fmt::format("`--set {}` is given twice", name), "");
    const Number number = number_in(text);
    if (number.is_number && !number.finite)
      complain(fmt::format("`{}` is no finite number", text), "");
    if (number.is_number)
      settings[name] = number.value;
    else
      settings[name] = text;
  }
  if (!diagnostics.empty()) return std::unexpected(diagnostics);
  return settings;
}

Result<std::vector<VariedParameter>> read_varied(const std::vector<std::string>& words) {
  std::vector<VariedParameter> out;
  Diagnostics diagnostics;
  for (const std::string& word : words) {
    if (auto varied = read_one_varied(word))
      out.push_back(*std::move(varied));
    else
      diagnostics.push_back(
          placeless(vary_code, fmt::format("`--vary {}` varies nothing", word),
                    "write --vary NAME=LOW:HIGH:POINTS with two points or more, as in --vary "
                    "'prior[D].weak=0.1:0.9:17'; add :log for even steps of the logarithm"));
  }
  if (!diagnostics.empty()) return std::unexpected(diagnostics);
  return out;
}

}  // namespace melian
