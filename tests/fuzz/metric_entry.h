#pragma once
/// What a hostile metric is put through: read, its atoms written and read again, looked up in a
/// small game and read off its solution.

#include <cmath>
#include <string>
#include <vector>

#include <fmt/core.h>

#include "fuzz/small_game.h"
#include "study/metric_binding.h"

namespace melian::test {

inline std::string broken_mistakes(const std::vector<metric::Mistake>& mistakes, std::size_t size) {
  for (const metric::Mistake& mistake : mistakes) {
    if (mistake.message.empty()) return "a mistake without words";
    if (mistake.span.begin < 0 || mistake.span.end < mistake.span.begin ||
        static_cast<std::size_t>(mistake.span.end) > size)
      return "a mistake outside the text";
  }
  return {};
}

inline std::string broken_atom(const metric::Atom& atom, const metric::ParseOptions& options) {
  const std::string text = metric::text_of(atom);
  const auto again = metric::parse_metric(text, options);
  if (!again.mistakes.empty())
    return fmt::format("`{}` is not read: {}", text, again.mistakes.front().message);
  if (again.value.kind != metric::Expression::Kind::atom ||
      metric::text_of(again.value.atom) != text)
    return fmt::format("`{}` reads differently", text);
  if (!metric::check(atom, small_game().game.shape(), {}).empty()) return {};
  const auto numbers =
      metric::read_off({atom, atom}, small_game().game, small_game().solution.assessment,
                       small_game().prediction, {});
  if (numbers.size() != 2 || numbers[0] != numbers[1]) return "two numbers of one metric";
  if (!numbers[0]) return {};
  if (!std::isfinite(*numbers[0])) return fmt::format("`{}` is {}", text, *numbers[0]);
  using Q = metric::Quantity;
  const bool a_probability = atom.quantity == Q::probability || atom.quantity == Q::share ||
                             atom.quantity == Q::belief || atom.quantity == Q::hazard ||
                             atom.quantity == Q::survival;
  constexpr double round_off = 1e-9;
  if (a_probability && !(*numbers[0] >= -round_off && *numbers[0] <= 1.0 + round_off))
    return fmt::format("`{}` is {}, and no probability", text, *numbers[0]);
  return {};
}

/// Returns "" or the law the text breaks.
inline std::string read_hostile_metric(const std::string& text) {
  const metric::ParseOptions options{.variants = {"talks"}, .roles = true};
  const auto read = metric::parse_metric(text, options);
  std::string broken = broken_mistakes(read.mistakes, text.size());
  if (broken.empty() && read.mistakes.empty()) {
    std::size_t atoms = 0;
    metric::for_each_atom(read.value, [&](const metric::Atom& atom) {
      constexpr std::size_t enough = 4;
      if (broken.empty() && ++atoms <= enough) broken = broken_atom(atom, options);
    });
    const metric::Numbers numbers{[](const metric::Atom&) { return 0.5; },
                                  [](metric::Role) { return 0.25; }};
    const double number = metric::evaluate(read.value, numbers);
    const double reach = metric::reach(read.value, {numbers, [](metric::Role) { return 0.25; }});
    if (std::isfinite(number) && reach < 0.0) broken = "a number that moves by less than nothing";
  }
  if (!broken.empty()) return broken;
  const auto conditions = metric::parse_conditions(text, options);
  if (conditions.mistakes.empty() && conditions.value.empty()) return "no condition, no mistake";
  return broken_mistakes(conditions.mistakes, text.size());
}

}  // namespace melian::test
