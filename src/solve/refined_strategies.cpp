#include <algorithm>
#include <utility>

#include "solve/stored_values.h"

namespace melian {
using namespace grid;

struct RefinedStrategies::Inside {
  Inside(const Game& game, const Assessment& strategies) : values(game, strategies) {
    layer.game_fingerprint = strategies.game_fingerprint;
    layer.axes = refined_axes(strategies.axes);
    layer.lambda = strategies.lambda;
    layer.measure = strategies.measure;
    layer.discounting = strategies.discounting;
    layer.offset.assign(values.plan().shape.states.size() * ix(values.plan().shape.rounds), -1);
    layer.mark_offset = layer.offset;
  }

  StoredValues values;
  Assessment layer;
  std::vector<std::size_t> laid;  ///< slots of `layer` in use
};

RefinedStrategies::RefinedStrategies(const Game& game, const Assessment& strategies) {
  MELIAN_EXPECT(possible(game.shape()),
                "play that comes back to itself has no last layer to begin with");
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
  const Plan& plan = in.values.plan();
  Assessment& layer = in.layer;
  for (const std::size_t slot : std::exchange(in.laid, {}))
    layer.offset[slot] = layer.mark_offset[slot] = -1;
  std::int64_t size = 0, marks = 0;
  bool timed = false;
  for (const int s : states) {
    const StatePlan& state = plan.states[ix(s)];
    if (!state.decides() || !plan.reached(round, s)) continue;
    timed = timed || plan.shape.states[ix(s)].timed;
    const std::size_t slot =
        ix(plan.shape.states[ix(s)].timed ? round : 0) * plan.states.size() + ix(s);
    in.laid.push_back(slot);
    layer.offset[slot] = size;
    layer.mark_offset[slot] = marks;
    size += state.rows * layer.axes.num_points(state.live);
    marks += layer.axes.num_points(state.live);
  }
  layer.log_strategy.resize(ix(size));
  layer.marks.resize(ix(marks));
  if (timed) in.values.stand_in(round);
  in.values.sweep().refine_stored(in.values.rung(), in.values.stored(), layer, round, states,
                                  points);
  return layer;
}

BeliefAxes refined_axes(BeliefAxes axes) {
  for (auto& nodes : axes.nodes)
    if (nodes.size() > 1) nodes = refine_axis(nodes);
  return axes;
}

}  // namespace melian
