#include "report/strategy_words.h"

#include <algorithm>
#include <cmath>

#include <fmt/core.h>
#include <fmt/ranges.h>

#include "report/table.h"
#include "report/words.h"

namespace melian {
namespace {

using Row = InformationSetRow;

/// "low 0.2000, high 0.8000"; neighbours with the same number stand together where types are many.
std::string type_odds(const std::vector<std::string>& types, const std::vector<double>& odds,
                      int decimals) {
  constexpr std::size_t few = 6;
  std::vector<TypeCells> rows;
  for (std::size_t k = 0; k < types.size(); ++k)
    rows.push_back({types[k], {with_decimals(odds[k], decimals)}});
  std::vector<std::string> words;
  for (const TypeCells& row : types.size() > few ? without_repeats(rows) : rows)
    words.push_back(fmt::format("{} {}{}", row.types, row.cells.front(),
                                std::ranges::find(types, row.types) == types.end() ? " each" : ""));
  return fmt::format("{}", fmt::join(words, ", "));
}

}  // namespace

std::vector<TypeCells> without_repeats(const std::vector<TypeCells>& rows) {
  std::vector<TypeCells> out;
  for (std::size_t first = 0; first < rows.size();) {
    std::size_t after = first + 1;
    while (after < rows.size() && rows[after].cells == rows[first].cells) ++after;
    const bool worth_it = after - first > 2;
    if (worth_it)
      out.push_back(
          {fmt::format("{} to {}", rows[first].types, rows[after - 1].types), rows[first].cells});
    else
      out.insert(out.end(), rows.begin() + static_cast<std::ptrdiff_t>(first),
                 rows.begin() + static_cast<std::ptrdiff_t>(after));
    first = after;
  }
  return out;
}

ShownActions shown_actions(const Row& row, std::size_t most, int decimals) {
  const double readable = 0.5 * std::pow(10.0, -decimals);
  std::vector<double> highest(row.actions.size(), 0.0);
  for (const Row::OfType& own : row.types)
    for (std::size_t a = 0; a < row.actions.size() && own.possible; ++a)
      if (own.probabilities[a] > highest[a]) highest[a] = own.probabilities[a];
  ShownActions out;
  for (std::size_t a = 0; a < row.actions.size(); ++a) out.actions.push_back(a);
  if (out.actions.size() <= most) return out;
  std::ranges::stable_sort(out.actions,
                           [&](std::size_t a, std::size_t b) { return highest[a] > highest[b]; });
  std::size_t shown = most;
  while (shown > 1 && highest[out.actions[shown - 1]] < readable) --shown;
  out.others = out.actions.size() - shown;
  out.actions.resize(shown);
  std::ranges::sort(out.actions);
  return out;
}

double probability_of_others(const Row::OfType& own, const ShownActions& shown) {
  double out = 0.0;
  for (std::size_t a = 0; a < own.probabilities.size(); ++a)
    if (!std::isnan(own.probabilities[a]) &&
        std::ranges::find(shown.actions, a) == shown.actions.end())
      out += own.probabilities[a];
  return out;
}

std::vector<std::size_t> believed_about(const StrategyList& list, const Row& row) {
  std::vector<std::size_t> out;
  for (std::size_t j = 0; j < row.believed.size(); ++j)
    if (list.players[j].types.size() > 1 && list.players[j].name != row.player) out.push_back(j);
  return out;
}

bool has_beliefs_by_type(const StrategyList& list, const Row& row) {
  constexpr double round_off = 1e-9;
  const std::vector<std::size_t> about = believed_about(list, row);
  return std::ranges::any_of(row.types, [&](const Row::OfType& own) {
    return own.possible && std::ranges::any_of(about, [&](std::size_t j) {
             return !std::ranges::equal(own.beliefs[j], row.believed[j], [](double a, double b) {
               return std::abs(a - b) <= round_off;
             });
           });
  });
}

std::string belief_words(const StrategyList& list, const Row& row,
                         const std::vector<std::vector<double>>& beliefs, int decimals) {
  std::vector<std::string> words;
  for (const std::size_t j : believed_about(list, row))
    words.push_back(fmt::format("{} is {}", list.players[j].name,
                                type_odds(list.players[j].types, beliefs[j], decimals)));
  return fmt::format("{}", fmt::join(words, "; "));
}

std::string steps_words(const std::vector<HistoryStep>& steps) {
  std::vector<std::string> words;
  for (const HistoryStep& step : steps) words.push_back(step_words(step));
  return fmt::format("{}", fmt::join(words, ", "));
}

std::string node_words(const Row& row, std::size_t most, int decimals) {
  if (std::ranges::any_of(row.nodes, [](const Row::Node& node) { return std::isnan(node.belief); }))
    return "not defined: the mover holds every way to it impossible";
  std::vector<const Row::Node*> order;
  for (const Row::Node& node : row.nodes) order.push_back(&node);
  std::ranges::stable_sort(order,
                           [](const auto* a, const auto* b) { return a->belief > b->belief; });
  std::vector<std::string> words;
  double rest = 0.0;
  for (std::size_t k = 0; k < order.size(); ++k) {
    if (k >= most)
      rest += order[k]->belief;
    else
      words.push_back(fmt::format(
          "{}: {}", order[k]->unseen.empty() ? "nothing else" : steps_words(order[k]->unseen),
          with_decimals(order[k]->belief, decimals)));
  }
  if (order.size() > most)
    words.push_back(
        fmt::format("{} others: {}", order.size() - most, with_decimals(rest, decimals)));
  return fmt::format("{}", fmt::join(words, "; "));
}

std::vector<std::string> left_out_words(const StrategyList& list) {
  std::vector<std::string> out;
  const std::size_t folded = list.rows.size() - list.listed;
  if (folded > 0)
    out.push_back(fmt::format("{} reached with probability below {}. `--reached 0` lists them.",
                              counted(static_cast<long long>(folded), "more information set is",
                                      "more information sets are"),
                              number_text(list.on_path)));
  const HistoryCounts& counts = list.counts;
  if (counts.unlikely > 0)
    out.push_back(fmt::format(
        "Histories reached with probability below {} were not followed ({} in all, reached with "
        "probability {}). `--reached` lowers the limit.",
        number_text(list.limits.reached), grouped(counts.unlikely),
        number_text(counts.unlikely_reached, 2)));
  if (counts.late > 0)
    out.push_back(
        fmt::format("Play goes on after round {} with probability {}. `--rounds` lists "
                    "more rounds.",
                    list.limits.rounds, number_text(counts.late_reached, 3)));
  if (counts.crowded_out > 0)
    out.push_back(
        fmt::format("The list ends after {} public histories. Later ones, reached with "
                    "probability {} in all, are left out: `--reached` or `--rounds` "
                    "makes the list shorter.",
                    grouped(list.limits.most), number_text(counts.crowded_out_reached, 3)));
  return out;
}

}  // namespace melian
