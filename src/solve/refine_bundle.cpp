/// The part of a sweep that works on stored strategies of short axes side by side: values from
/// them, and decisions on finer axes.

#include <algorithm>
#include <utility>

#include "numeric/lanes.h"
#include "solve/sweep.h"

namespace melian::grid {
namespace {

struct RefineShop {
  Bundle bundle;
  Scratch scratch;
  std::vector<std::uint8_t> open, moved;
  std::vector<double> targets;
};
RefineShop& workshop() {
  static thread_local RefineShop own;
  return own;
}

void tell_shape(const Plan& plan, const Here& here, int round, RefineShop& shop) {
  shop.open.clear();
  shop.moved.clear();
  for (int k = 0; k < here.num_branches(); ++k) {
    shop.open.push_back(here.open_to(k));
    shop.moved.push_back(plan.link(here.first_branch() + k, round).own_stride != 0 ? 1 : 0);
  }
}

}  // namespace

void Sweep::value_lines(Here& here, const Assessment& stored, std::int64_t row, const Task& task,
                        int round) const {
  RefineShop& shop = workshop();
  Bundle& bundle = shop.bundle;
  const StatePlan& state = here.plan();
  const Axis& axis = plan_.axes[ix(state.own_axis)];
  tell_shape(plan_, here, round, shop);
  for (std::int64_t begin = task.begin; begin < task.end; begin += Bundle::most_columns) {
    const std::int64_t end = std::min<std::int64_t>(task.end, begin + Bundle::most_columns);
    bundle.reset(axis, shop.open, shop.moved, static_cast<int>(end - begin));
    bundle.aim(axis.u);
    const double* from = stored.log_strategy.data() + row;
    for (int type = 0; type < 2; ++type)
      for (int k = 0; k < here.num_branches(); ++k, from += state.points)
        for (int t = 0; t < axis.nodes(); ++t) {
          double* const to = bundle.stored(type, k, t);
          for (std::int64_t line = begin; line < end; ++line)
            to[line - begin] = from[here.line_start(line) + t * state.own_stride];
        }
    bundle.read_back();
    here.value_bundle(begin, end, bundle, 0, shop.scratch);
  }
}

void Sweep::refine_batch(const Pass& pass, const Task& task, Tally& tally) const {
  RefineShop& shop = workshop();
  Bundle& bundle = shop.bundle;
  const StatePlan& state = plan_.states[ix(task.state)];
  const Here here(plan_, pass.rung->tables, task.state, pass.round, pass.rung->factor);
  Assessment& fine = *pass.refined;
  const Assessment& coarse = pass.stored != nullptr ? *pass.stored : pass.rung->strategies;
  const std::size_t at = slot(pass.round, task.state);
  const std::int64_t points = fine.axes.num_points(state.live), branches = here.num_branches();
  const Axis& axis = plan_.axes[ix(state.own_axis)];
  shop.targets = node_log_odds(fine.axes.axis(state.own_axis));
  const auto own = static_cast<int>(shop.targets.size());
  tell_shape(plan_, here, pass.round, shop);
  const Profiles profiles(plan_.shape.players, state.live);
  News still;
  still.reset(plan_.space.num_axes());
  // 1. Where the lines lie; those between as many points of the solver's axes go together.
  std::vector<FineLine> lines;
  for (std::int64_t number = task.begin; number < task.end; ++number) {
    const FinePoint where = fine_point(state, fine.axes, number, state.own_axis);
    FineLine& line = lines.emplace_back();
    line.number = number;
    line.point = where.point;
    line.near = where.near;
    line.held_stride = where.held_stride;
    line.beliefs.resize(ix(state.profiles));
    plan_.weigh(state.mover, profiles, state.live, where.at.u.data(), line.beliefs.data());
    shop.scratch.landing.land(plan_, state, where.at, still, false);
    line.corners = shop.scratch.landing.corners;
  }
  std::ranges::stable_sort(lines, {}, [](const FineLine& line) { return line.corners.size(); });
  for (std::size_t begin = 0; begin < lines.size();) {
    std::size_t end = begin + 1;
    while (end < lines.size() && end - begin < ix(Bundle::most_columns) &&
           lines[end].corners.size() == lines[begin].corners.size())
      ++end;
    const std::span<const FineLine> some(lines.data() + begin, end - begin);
    begin = end;
    // 2. Their decisions at the nodes of the finer axis, from what the nearest ones are on the
    // solver's.
    const auto columns = static_cast<int>(some.size());
    bundle.reset(axis, shop.open, shop.moved, columns);
    here.score_fine(some, bundle, shop.scratch);
    bundle.prepare();
    bundle.aim(shop.targets);
    for (int k = 0; k < branches; ++k) {
      if (here.open_to(k) != 3) continue;
      const double *zero = coarse.log_strategy.data() + coarse.offset[at] + k * state.points,
                   *one = zero + branches * state.points;
      for (int t = 1; t + 1 < own; ++t) {
        const std::int64_t node =
            std::clamp<std::int64_t>(t / 2, 1, state.own_nodes - 2) * state.own_stride;
        double* const to = bundle.start(k, t);
        for (int l = 0; l < columns; ++l)
          to[l] =
              shop.targets[ix(t)] + (one[some[ix(l)].near + node] - zero[some[ix(l)].near + node]);
      }
    }
    if (state.own_nodes > 2) bundle.told(0, columns);
    bundle.solve();
    // 3. Written down; what the one cheap certificate does not prove is solved by itself.
    for (int l = 0; l < columns; ++l) {
      const FineLine& line = some[ix(l)];
      if (!bundle.sure(l)) {
        refine_lines(pass, {task.state, line.number, line.number + 1}, tally);
        continue;
      }
      double* to = fine.log_strategy.data() + fine.offset[at] + line.point;
      for (int type = 0; type < 2; ++type)
        for (int k = 0; k < branches; ++k, to += points)
          for (int t = 0; t < own; ++t) to[t * line.held_stride] = bundle.log_sigma(type, k, t)[l];
      for (int t = 0; t < own; ++t)
        fine.marks[ix(fine.mark_offset[at] + line.point + t * line.held_stride)] =
            static_cast<std::uint8_t>(DecisionMark::unique);
      tally.decisions += own;
    }
  }
}

}  // namespace melian::grid
