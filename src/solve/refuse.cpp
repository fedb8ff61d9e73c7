#include "solve/refuse.h"

#include <algorithm>
#include <cmath>

#include <fmt/core.h>

#include "melian/beliefs.h"
#include "solve/plan.h"

namespace melian::grid {
namespace {

bool moves_somewhere(const Structure& shape, int player) {
  return std::ranges::any_of(shape.states, [&](const PublicState& state) {
    const Move& move = shape.moves[ix(state.move)];
    return move.player == player || std::ranges::any_of(move.parts, [&](int part) {
             return shape.moves[ix(part)].player == player;
           });
  });
}

}  // namespace

Diagnostics refusals(const Game& game, const SolveOptions& options) {
  const Structure& shape = game.shape();
  Diagnostics out;
  const auto cannot = [&](std::string message, std::string hint) {
    out.push_back(placeless(cannot_solve_code, std::move(message), std::move(hint)));
  };
  if (shape.horizon == HorizonKind::forever)
    for (std::size_t i = 0; i < shape.players.size(); ++i)
      if (std::any_of(game.numbers.discount[i].begin(), game.numbers.discount[i].end(),
                      [](double d) { return !(d < 1.0); })) {
        cannot(
            fmt::format("play may go on for ever, and {} does not discount", shape.players[i].name),
            "a discount below 1, or a finite horizon");
        break;
      }
  for (std::size_t i = 0; i < shape.players.size(); ++i)
    for (std::size_t j = 0; j < shape.players.size(); ++j) {
      if (game.numbers.beliefs[j][i] == game.numbers.prior[i]) continue;
      if (std::ranges::any_of(game.numbers.prior[i], [](double prior) { return prior >= 1.0; }))
        cannot(fmt::format("the analyst is certain of the type of {} while {} is not",
                           shape.players[i].name, shape.players[j].name),
               "use a prior strictly between 0 and 1");
    }
  // A cell of the grid has 2^axes corners.
  constexpr int most_axes = 16;
  if (const int axes = BeliefSpace(shape).num_axes(); axes > most_axes)
    out.push_back(placeless(
        too_large_code,
        fmt::format("the types make {} axes of belief, more than the {} that a grid can have", axes,
                    most_axes),
        "use fewer types, or `--method tree` while the game is short: every type beyond a player's "
        "first makes another axis"));
  if (std::get<BeliefGrid>(options.method).follow && !RefinedStrategies::possible(shape))
    cannot("a grid that follows play needs play that never comes back to where it was",
           "nodes by number, or a finite horizon");
  if (options.discounting == Discounting::present_value && out.empty()) {
    const std::vector<int> clock = clocks(shape);
    for (std::size_t at = 0; at < clock.size(); ++at)
      if (clock[at] == -2 && shape.is_decision(static_cast<int>(at % shape.states.size()))) {
        cannot(fmt::format("present-value precision needs a clock at every decision; '{}' can be "
                           "reached after different numbers of rounds",
                           describe_state(shape, static_cast<int>(at % shape.states.size()))),
               "use current-value precision");
        break;
      }
  }
  for (int i = 0; i < shape.num_players(); ++i) {
    if (!moves_somewhere(shape, i)) continue;
    const std::vector<double> own = precision_of(game, options, i);
    const bool usable = static_cast<int>(own.size()) == shape.players[ix(i)].num_types() &&
                        std::all_of(own.begin(), own.end(), [&](double x) {
                          return x >= 0.0 && std::isfinite(x * options.lambda_factor) &&
                                 options.lambda_factor >= 0.0;
                        });
    if (!usable)
      out.push_back(placeless(
          no_precision_code,
          own.empty() ? fmt::format("the model states no precision (lambda) for {}",
                                    shape.players[ix(i)].name)
                      : fmt::format("the precision (lambda) of {} is not a finite number from 0 up",
                                    shape.players[ix(i)].name),
          "state one in the model, or give lambda"));
  }
  return out;
}

Diagnostics too_large(const Game& game, const BeliefAxes& axes, const SolveOptions& options) {
  const std::int64_t solution = count_bytes(game.shape(), axes, options.refined);
  const std::int64_t bytes =
      solution > options.max_bytes ? solution : solution + options.reserved_bytes;
  if (bytes <= options.max_bytes) return {};
  std::string nodes, knob = "fewer nodes on the belief axes";
  for (const auto& axis : axes.nodes)
    if (axis.size() > 1) nodes += fmt::format("{}{}", nodes.empty() ? "" : " x ", axis.size());
  std::string points = fmt::format("{} belief points", nodes.empty() ? "1" : nodes);
  std::size_t largest_offer = 0;
  for (const Move& move : game.shape().moves)
    largest_offer = std::max(largest_offer, move.numbers.size());
  if (nodes.empty()) knob = "fewer rounds, or fewer contents of what public states remember";
  if (largest_offer > 8)
    knob += fmt::format(", or fewer than {} numbers to choose from", largest_offer);
  if (axes.nodes.size() > 4) {
    points = fmt::format("the points of {} belief axes", axes.nodes.size());
    knob =
        "fewer types, or a short game unrolled (method tree): every further type is another axis "
        "of belief";
  }
  constexpr double gigabyte = 1073741824.0;
  constexpr std::int64_t countable = 1'000'000'000'000'000;
  const std::int64_t decisions = count_decisions(game.shape(), axes);
  return {placeless(too_large_code,
                    fmt::format("{} decisions on {} need {}{} GB, more than the {} GB allowed",
                                decisions > countable ? "countless" : std::to_string(decisions),
                                points, decisions > countable ? "over " : "",
                                number_text(static_cast<double>(bytes) / gigabyte, 3),
                                number_text(static_cast<double>(options.max_bytes) / gigabyte, 3)),
                    knob)};
}

}  // namespace melian::grid
