#include "report/equilibria_words.h"

#include <algorithm>
#include <map>

#include <fmt/core.h>
#include <fmt/ranges.h>

#include "melian/numeric.h"
#include "report/table.h"
#include "report/words.h"

namespace melian {
namespace {

/// Where an outcome's probability lies: in the others, and in the answer.
struct Spread {
  std::string outcome;
  double low = infinity, high = -infinity, widest = 0.0;
};

std::vector<Spread> spreads(const Equilibria& equilibria) {
  std::vector<std::string> names;
  for (const Equilibrium& one : equilibria.found)
    for (const auto& [name, probability] : one.outcomes)
      if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  std::vector<Spread> out;
  for (const std::string& name : names) {
    Spread spread{name, infinity, -infinity, 0.0};
    double low = infinity, high = -infinity;
    for (const Equilibrium& one : equilibria.found) {
      double here = 0.0;
      for (const auto& [outcome, probability] : one.outcomes)
        if (outcome == name) here += probability;
      low = std::min(low, here);
      high = std::max(high, here);
      if (one.chosen) continue;
      spread.low = std::min(spread.low, here);
      spread.high = std::max(spread.high, here);
    }
    spread.widest = high - low;
    out.push_back(spread);
  }
  std::ranges::stable_sort(out, std::greater<>(), &Spread::widest);
  return out;
}

std::string range_words(const Spread& spread) {
  constexpr int decimals = 2;
  const std::string low = with_decimals(spread.low, decimals),
                    high = with_decimals(spread.high, decimals);
  return low == high ? fmt::format("{} is {}", spread.outcome, low)
                     : fmt::format("{} is {} to {}", spread.outcome, low, high);
}

/// "in them war is 0.00 to 0.30 and settlement 0.70 to 1.00".
std::string outcomes_words(const Equilibria& equilibria) {
  constexpr double alike = 0.005;
  constexpr std::size_t most = 2;
  std::vector<std::string> ranges;
  for (const Spread& spread : spreads(equilibria))
    if (spread.widest >= alike && ranges.size() < most) ranges.push_back(range_words(spread));
  return ranges.empty() ? "the chances of outcomes are the same in them"
                        : fmt::format("in them {}", fmt::join(ranges, ", "));
}

}  // namespace

std::string equilibria_words(const Equilibria& equilibria, const TextStyle& style) {
  const TextStyle inner{style.colour, style.width - 2};
  if (!equilibria.looked_for)
    return "  " +
           wrap(fmt::format("Other equilibria were not looked for: {}.", equilibria.how), inner,
                2) +
           "\n";
  std::string said;
  if (equilibria.others == 0) {
    said = "No other equilibrium was found.";
  } else {
    said = fmt::format(
        "At least {} found; {}. `--all` lists them; `--solution ID` answers with one.",
        equilibria.others == 1 ? std::string("1 other equilibrium was")
                               : fmt::format("{} other equilibria were", equilibria.others),
        outcomes_words(equilibria));
  }
  return "  " + paint(style, equilibria.others > 0 ? "33" : "2", wrap(said, inner, 2)) + "\n  " +
         paint(style, "2", wrap(equilibria.how, inner, 2)) + "\n";
}

std::string equilibria_table(const Equilibria& equilibria, const TextStyle& style) {
  if (equilibria.found.empty()) return "";
  Table table({"equilibrium", "values at the start; outcomes"});
  table.wrap_last().keep_first();
  for (const Equilibrium& one : equilibria.found) {
    std::vector<std::string> values, shares;
    for (const auto& [player, value] : one.values)
      values.push_back(fmt::format("{} {}", player, with_decimals(value)));
    auto outcomes = one.outcomes;
    std::ranges::stable_sort(outcomes,
                             [](const auto& a, const auto& b) { return a.second > b.second; });
    constexpr std::size_t most = 4;
    for (std::size_t k = 0; k < std::min(most, outcomes.size()); ++k)
      shares.push_back(fmt::format("{} {}", outcomes[k].first, with_decimals(outcomes[k].second)));
    table.add({one.chosen ? one.id + ", the answer" : one.id,
               fmt::format("{}; {}", fmt::join(values, ", "), fmt::join(shares, ", "))});
  }
  return table.text(style);
}

}  // namespace melian
