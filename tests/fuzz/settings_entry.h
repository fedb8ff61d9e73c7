#pragma once
/// What hostile words of `--set` and `--vary` are put through: read, written, read again, bound.

#include <cmath>
#include <string>
#include <variant>
#include <vector>

#include "fuzz/diagnostics_law.h"
#include "fuzz/small_game.h"
#include "melian/option_words.h"

namespace melian::test {

/// A setting written so that it reads the same.
inline std::string written(const std::string& name, const ParameterContent& content) {
  const auto* number = std::get_if<double>(&content);
  return name + "=" + (number != nullptr ? number_text(*number) : std::get<std::string>(content));
}

/// What is bound is what was set, or is refused.
inline std::string broken_binding(const Settings& settings) {
  const Result<std::map<std::string, double>> numbers = parameter_numbers(small_model(), settings);
  const bool fits = small_game().compiled.fits(settings);
  if (numbers) {
    for (const auto& [name, content] : settings) {
      const auto bound = numbers->find(name);
      const auto* number = std::get_if<double>(&content);
      if (number != nullptr && bound != numbers->end() && bound->second != *number)
        return fmt::format("`{}` is bound to {}", written(name, content), bound->second);
    }
  } else if (std::string broken = broken_refusal(numbers.error(), Places::some, 1000);
             !broken.empty()) {
    return broken;
  }
  if (!fits) return {};
  const Result<Game> game = small_game().compiled.bind(settings);
  if (game.has_value() != numbers.has_value()) return "bound, but without numbers, or otherwise";
  return {};
}

inline std::string broken_set(const std::vector<std::string>& words) {
  const Result<Settings> settings = read_settings(words);
  if (!settings) return broken_refusal(settings.error(), Places::some, 0);
  if (settings->size() != words.size()) return "settings were lost";
  std::vector<std::string> again;
  for (const auto& [name, content] : *settings) {
    if (const auto* number = std::get_if<double>(&content); number && !std::isfinite(*number))
      return "a setting that is no finite number";
    again.push_back(written(name, content));
  }
  const Result<Settings> reread = read_settings(again);
  if (!reread || *reread != *settings) return "what was written reads differently";
  return broken_binding(*settings);
}

inline std::string broken_vary(const std::vector<std::string>& words) {
  const Result<std::vector<VariedParameter>> varied = read_varied(words);
  if (!varied) return broken_refusal(varied.error(), Places::some, 0);
  if (varied->size() != words.size()) return "varied parameters were lost";
  for (const VariedParameter& one : *varied) {
    if (!std::isfinite(one.low) || !std::isfinite(one.high) || one.points < 2 ||
        one.points > 100'000)
      return "a range that is none";
    const Result<std::vector<VariedParameter>> again =
        read_varied({fmt::format("{}={}:{}:{}{}", one.name, number_text(one.low),
                                 number_text(one.high), one.points, one.log_scale ? ":log" : "")});
    if (!again || again->front().name != one.name || again->front().low != one.low ||
        again->front().high != one.high || again->front().points != one.points ||
        again->front().log_scale != one.log_scale)
      return "what was written reads differently";
    // A sweep refuses ranges that a logarithm does not have.
    if (!one.in_reach() || (one.log_scale && !(one.low > 0.0 && one.high > 0.0))) continue;
    if (one.at(0) != one.low) return "a range that begins elsewhere";
    if (one.at(one.points - 1) != one.high) return "a range that ends elsewhere";
    const double middle = one.at(one.points / 2), width = std::abs(one.high - one.low),
                 round_off = 1e-12 * std::max({std::abs(one.low), std::abs(one.high), width});
    if (!(middle >= std::min(one.low, one.high) - round_off &&
          middle <= std::max(one.low, one.high) + round_off))
      return "a point outside its range";
  }
  return {};
}

/// Returns "" or the law the words break; one a line.
inline std::string read_hostile_settings(const std::string& text) {
  std::vector<std::string> words;
  for (std::size_t begin = 0; begin <= text.size() && words.size() < 50;) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    words.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  if (std::string broken = broken_set(words); !broken.empty()) return broken;
  return broken_vary(words);
}

}  // namespace melian::test
