#include <algorithm>
#include <utility>

#include "solve/sweep.h"

namespace melian {
namespace grid {
namespace {

SolveOptions options_of(const Assessment& strategies) {
  SolveOptions options;
  options.measure = strategies.measure;
  options.discounting = strategies.discounting;
  return options;
}

}  // namespace
}  // namespace grid

using namespace grid;

struct RefinedStrategies::Inside {
  Inside(const Game& game, const Assessment& strategies)
      : stored(strategies), plan(game, strategies.axes, options_of(strategies)), sweep(plan) {
    plan.lambda.clear();  // the model's own may have been overridden
    for (const auto& own : strategies.lambda)
      plan.lambda.insert(plan.lambda.end(), own.begin(), own.end());
    layer.game_fingerprint = strategies.game_fingerprint;
    layer.axes = refined_axes(strategies.axes);
    layer.lambda = strategies.lambda;
    layer.measure = strategies.measure;
    layer.discounting = strategies.discounting;
    layer.offset.assign(plan.shape.states.size() * ix(plan.shape.rounds), -1);
    layer.mark_offset = layer.offset;
    rung.tables.timed.assign(ix(plan.timed_size), 0.0);
    rung.tables.untimed.assign(ix(plan.untimed_size), 0.0);
    rung.tables.entries.assign(ix(plan.entries_size * plan.shape.rounds), 0.0);
    for (const SolutionOrder::Stage& stage : plan.order.stages)
      for (const auto& states : stage.levels) sweep.value(rung, stored, 0, states);
    lowest = in_hand = plan.shape.rounds;
  }

  /// Puts the values of a round into the tables.
  void stand_in(int round) {
    for (; lowest > round; --lowest) {
      value_round(lowest - 1);
      sweep.keep_entries(rung.tables, lowest - 1);
    }
    if (in_hand != round) value_round(round);
  }
  void value_round(int round) {
    for (const auto& states : plan.shape.timed_levels) sweep.value(rung, stored, round, states);
    in_hand = round;
  }

  const Assessment& stored;
  Plan plan;
  Sweep sweep;
  Rung rung;
  int lowest = 0;   ///< of rounds whose entries are known
  int in_hand = 0;  ///< the round whose values stand in the tables
  Assessment layer;
  std::vector<std::size_t> laid;  ///< slots of `layer` in use
};

RefinedStrategies::RefinedStrategies(const Game& game, const Assessment& strategies) {
  MELIAN_EXPECT(possible(game.shape()),
                "play that comes back to itself has no last layer to begin with");
  MELIAN_EXPECT(
      strategies.game_fingerprint == game.fingerprint,
      "strategies of game " + strategies.game_fingerprint + ", not of " + game.fingerprint);
  inside_ = std::make_unique<Inside>(game, strategies);
}
RefinedStrategies::~RefinedStrategies() = default;

bool RefinedStrategies::possible(const Structure& structure) {
  return std::ranges::none_of(solution_order(structure).stages,
                              [](const SolutionOrder::Stage& stage) { return stage.cyclic; });
}

const Assessment& RefinedStrategies::common() const { return inside_->layer; }

const Assessment& RefinedStrategies::layer(int round, std::span<const int> states,
                                           std::span<const std::vector<std::int64_t>> points) {
  Inside& in = *inside_;
  Assessment& layer = in.layer;
  for (const std::size_t slot : std::exchange(in.laid, {}))
    layer.offset[slot] = layer.mark_offset[slot] = -1;
  std::int64_t size = 0, marks = 0;
  bool timed = false;
  for (const int s : states) {
    const StatePlan& state = in.plan.states[ix(s)];
    if (!state.decides() || !in.plan.reached(round, s)) continue;
    timed = timed || in.plan.shape.states[ix(s)].timed;
    const std::size_t slot =
        ix(in.plan.shape.states[ix(s)].timed ? round : 0) * in.plan.states.size() + ix(s);
    in.laid.push_back(slot);
    layer.offset[slot] = size;
    layer.mark_offset[slot] = marks;
    size += state.rows * layer.axes.num_points(state.live);
    marks += layer.axes.num_points(state.live);
  }
  layer.log_strategy.resize(ix(size));
  layer.marks.resize(ix(marks));
  if (timed) in.stand_in(round);
  in.sweep.refine_stored(in.rung, in.stored, layer, round, states, points);
  return layer;
}

BeliefAxes refined_axes(BeliefAxes axes) {
  for (int k = 0; k < static_cast<int>(axes.nodes.size()); ++k)
    if (axes.nodes[ix(k)].size() > 1) axes.put(k, refine_axis(axes.axis(k)));
  return axes;
}

}  // namespace melian
