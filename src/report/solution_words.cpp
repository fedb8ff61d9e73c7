#include "report/solution_words.h"

#include <algorithm>
#include <cmath>

#include <fmt/core.h>

#include "melian/beliefs.h"
#include "report/table.h"
#include "report/words.h"

namespace melian {
namespace {

constexpr std::size_t decisions_shown = 3, actions_shown = 4;

/// What a type of a mover does, likeliest first: "0.6 at 0.91, 0.55 at 0.08".
std::string strategy_words(const Structure& structure, const Decider& one, const Move& move,
                           int type, const std::vector<double>& log_strategy) {
  std::vector<int> order;
  for (int a = 0; a < one.num_actions(); ++a) order.push_back(a);
  const auto odds = [&](int a) {
    return std::exp(log_strategy[static_cast<std::size_t>(one.row(type, a))]);
  };
  std::ranges::stable_sort(order, [&](int a, int b) { return odds(a) > odds(b); });
  const Player& player = structure.players[static_cast<std::size_t>(one.player)];
  std::string out = one.types > 1 ? fmt::format("{} ({}): ", player.name,
                                                player.types[static_cast<std::size_t>(type)])
                                  : player.name + ": ";
  for (std::size_t k = 0; k < std::min(actions_shown, order.size()); ++k)
    out += fmt::format(
        "{}{} {}", k == 0 ? "" : ", ",
        move.actions[static_cast<std::size_t>(one.actions[static_cast<std::size_t>(order[k])])],
        number_text(odds(order[k]), 3));
  return out;
}

std::string one_decision(const Structure& structure, const DecisionSolutions& decision,
                         Measure measure, const TextStyle& style) {
  const Move& move = structure.moves[static_cast<std::size_t>(
      structure.states[static_cast<std::size_t>(decision.state)].move)];
  const std::vector<Decider> movers = deciders(structure, decision.state, measure);
  Table table({"solution", "determinant", "strategies"});
  table.wrap_last();
  for (std::size_t k = 0; k < decision.solutions.size(); ++k) {
    const DecisionSolutions::One& one = decision.solutions[k];
    std::string strategies;
    for (std::size_t d = 0; d < movers.size(); ++d) {
      const Move& single =
          move.parts.empty() ? move : structure.moves[static_cast<std::size_t>(move.parts[d])];
      for (int type = 0; type < movers[d].types; ++type)
        strategies += (strategies.empty() ? "" : "; ") +
                      strategy_words(structure, movers[d], single, type, one.log_strategy);
    }
    table.add({fmt::format("{}{}", k + 1, one.followed ? ", the answer's" : ""),
               one.stable ? "positive" : "negative", strategies});
  }
  const std::string count =
      decision.all
          ? fmt::format("{} and no more",
                        counted(decision.solutions.size(), "solution", "solutions"))
          : fmt::format("{} found", counted(decision.solutions.size(), "solution", "solutions"));
  return "\n" +
         paint(style, "1",
               wrap(fmt::format("{}, what follows held as it is: {}", decision.place, count),
                    style)) +
         "\n" + table.text(style);
}

}  // namespace

std::string solution_words(const Structure& structure, const Solution& solution,
                           const TextStyle& style) {
  std::string out;
  for (std::size_t k = 0; k < std::min(decisions_shown, solution.several.size()); ++k)
    out += one_decision(structure, solution.several[k], solution.assessment.measure, style);
  if (solution.several.size() > decisions_shown)
    out += fmt::format(
        "\n  and {} in the JSON document (`--json`)\n",
        counted(solution.several.size() - decisions_shown, "more decision", "more decisions"));
  return out;
}

}  // namespace melian
