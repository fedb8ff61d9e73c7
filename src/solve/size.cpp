#include "melian/beliefs.h"
#include "melian/solve.h"
#include "solve/values.h"

namespace melian {
namespace {

std::size_t at(std::int64_t index) { return static_cast<std::size_t>(index); }

bool reached(const Structure& structure, int round, std::size_t state) {
  if (!structure.states[state].timed) return round == 0;
  return structure.reached.empty() ||
         structure.reached[at(round) * structure.states.size() + state] != 0;
}

/// Saturating: a game too large to count is too large.
std::int64_t times(std::int64_t a, std::int64_t b) {
  std::int64_t product = 0;
  return __builtin_mul_overflow(a, b, &product) ? std::numeric_limits<std::int64_t>::max() / 4
                                                : product;
}
std::int64_t plus(std::int64_t a, std::int64_t b) {
  return std::min(a, std::numeric_limits<std::int64_t>::max() / 4) +
         std::min(b, std::numeric_limits<std::int64_t>::max() / 4);
}

/// Sums over the decisions of all rounds: `size` of a state's number.
template <class Size>
std::int64_t over_decisions(const Structure& structure, Size size) {
  std::int64_t sum = 0;
  for (std::size_t s = 0; s < structure.states.size(); ++s) {
    if (!structure.decides(static_cast<int>(s))) continue;
    std::int64_t rounds = 0;
    for (int round = 0; round < structure.rounds; ++round)
      rounds += reached(structure, round, s) ? 1 : 0;
    sum = plus(sum, times(rounds, size(s)));
  }
  return sum;
}

/// Without every second node so often; halved, once, where there is no node to spare. `required`:
/// log-odds.
BeliefAxis thinned(BeliefAxis axis, const std::vector<double>& required, int times) {
  if (times > 0 && coarsen_axis(axis, required).nodes.size() == axis.nodes.size())
    return refine_axis(axis);
  for (int k = 0; k < times; ++k) axis = coarsen_axis(axis, required);
  return axis;
}

}  // namespace

BeliefAxes belief_axes(const Game& game, const BeliefGrid& grid) {
  const Structure& structure = game.shape();
  if (grid.axes) return *grid.axes;
  const BeliefSpace space(structure);
  const std::vector<double> start = start_beliefs(game, space), exact = start_log_odds(game, space);
  BeliefAxes out = space.on(std::vector<std::vector<double>>(at(space.num_axes())));
  for (int k = 0; k < space.num_axes(); ++k) {
    int count = grid.follow             ? (space.num_axes() <= 1   ? 9
                                           : space.num_axes() == 2 ? 5
                                                                   : 3)
                : space.num_axes() <= 1 ? 129
                : space.num_axes() == 2 ? 33
                                        : 9;
    if (grid.nodes.size() == 1) count = grid.nodes.front();
    for (const int player : space.groups()[at(space.axes()[at(k)].group)].players)
      if (grid.nodes.size() > 1 && at(player) < grid.nodes.size() && grid.nodes[at(player)] > 0)
        count = grid.nodes[at(player)];
    std::vector<double> required;
    if (at(k) < grid.must_have.size()) required = grid.must_have[at(k)];
    std::vector<double> as_log_odds;
    for (const double belief : required) as_log_odds.push_back(log_odds(belief));
    required.push_back(start[at(k)]);
    as_log_odds.push_back(exact[at(k)]);
    const std::vector<DoubtCentre> centres = doubt_centres(game, space, k);
    out.put(k, thinned(centres.empty() ? BeliefAxis{.nodes = belief_axis(count, required)}
                                       : belief_axis(count, centres, as_log_odds),
                       as_log_odds, grid.thinned));
  }
  return out;
}

std::vector<int> nodes_by_player(const Structure& structure, const BeliefAxes& axes) {
  std::vector<int> out(structure.players.size(), 1);
  for (std::size_t k = 0; k < axes.nodes.size(); ++k)
    for (std::size_t i = 0; i < out.size(); ++i)
      if ((axes.players[k] >> i & 1U) != 0)
        out[i] = std::max(out[i], static_cast<int>(axes.nodes[k].size()));
  return out;
}

std::int64_t count_decisions(const Structure& structure, const BeliefAxes& axes) {
  return over_decisions(structure,
                        [&](std::size_t s) { return axes.num_points(structure.states[s].live); });
}

std::int64_t count_strategy_bytes(const Structure& structure, const BeliefAxes& axes) {
  return over_decisions(structure, [&](std::size_t s) {
    const std::int64_t rows = num_rows(deciders(structure, static_cast<int>(s), Measure::each));
    return times(axes.num_points(structure.states[s].live), 8 * rows + 1);
  });
}

std::int64_t count_solve_bytes(const Structure& structure, const BeliefAxes& axes,
                               const SolveOptions& options) {
  const std::int64_t one = count_bytes(structure, axes, options.refined), rungs = times(2, one);
  return options.ladder && rungs <= options.max_bytes ? rungs : one;
}

std::int64_t count_bytes(const Structure& structure, const BeliefAxes& axes, bool refined) {
  std::int64_t values = 0;
  for (const PublicState& s : structure.states) {
    const std::int64_t row =
        grid::row_width(std::int64_t{structure.num_players()} * structure.num_profiles(s.live),
                        grid::lie_in_rows(axes));
    const std::int64_t size = times(8 * row, axes.num_points(s.live));
    // What play comes back to is kept with its last few iterates.
    const std::int64_t kept = s.timed && s.entry ? 1 + structure.rounds
                              : structure.horizon == HorizonKind::forever && s.entry ? 18
                                                                                     : 1;
    values = plus(values, times(size, kept));
  }
  std::int64_t bytes = plus(values, count_strategy_bytes(structure, axes));
  if (refined) {
    bytes = plus(bytes, count_strategy_bytes(structure, refined_axes(axes)));
  }
  return bytes;
}

std::int64_t count_layer_bytes(const Structure& structure, const BeliefAxes& axes) {
  const BeliefAxes fine = refined_axes(axes);
  const SolutionOrder order = solution_order(structure);
  std::int64_t largest = 0;
  const auto measure = [&](const std::vector<std::vector<int>>& levels) {
    for (const auto& states : levels) {
      std::int64_t size = 0;
      for (const int s : states)
        if (structure.decides(s))
          size = plus(size, times(fine.num_points(structure.states[at(s)].live),
                                  8 * num_rows(deciders(structure, s, Measure::each)) + 1));
      largest = std::max(largest, size);
    }
  };
  for (const SolutionOrder::Stage& stage : order.stages) measure(stage.levels);
  measure(structure.timed_levels);
  return largest;
}

}  // namespace melian
