/// The part of a sweep that solves nothing new on the solver's axes: values from stored strategies,
/// and decisions on finer axes against them, for one layer at a time.

#include <algorithm>

#include "solve/sweep.h"

namespace melian::grid {
namespace {

constexpr std::int64_t work_per_task =
    2048;  ///< scores; enough to pay for handing a task to a thread
constexpr std::int64_t joint_per_task = 8;  ///< points of a joint decision

/// Lines of the mover's own axis, points otherwise, that one task takes.
std::int64_t task_size(const StatePlan& state, int branches, std::int64_t own) {
  if (state.joint) return joint_per_task;
  if (state.line && own <= Bundle::most_nodes) return 4 * Bundle::most_columns;
  return std::max<std::int64_t>(1, work_per_task / (own * branches * (state.line ? 8 : 1)));
}

}  // namespace

void Sweep::value(Rung& rung, const Assessment& stored, int round,
                  const std::vector<int>& states) const {
  std::vector<Task> tasks;
  for (const int s : states) {
    if (!plan_.reached(round, s)) continue;
    const StatePlan& state = plan_.states[ix(s)];
    const std::int64_t count = state.line ? state.points / state.own_nodes : state.points;
    const std::int64_t size =
        task_size(state, plan_.shape.states[ix(s)].num_branches, state.own_nodes);
    for (std::int64_t begin = 0; begin < count; begin += size)
      tasks.push_back({s, begin, std::min(count, begin + size)});
  }
  parallel_for(tasks.size(), [&](std::size_t n) {
    const Task& task = tasks[n];
    Here here(plan_, rung.tables, task.state, round, rung.factor);
    const StatePlan& state = here.plan();
    Scratch scratch;
    if (!state.decides()) return here.average(task.begin, task.end, scratch);
    const std::int64_t row = stored.offset[slot(round, task.state)];
    if (bundles(task.state)) {
      value_lines(here, stored, row, task, round);
    } else if (state.line) {
      LineAnswer answer;
      for (std::int64_t line = task.begin; line < task.end; ++line) {
        read_line(plan_, here, stored, row, here.line_start(line), answer);
        here.value_line(answer, here.line_start(line), scratch);
      }
    } else if (state.joint) {
      Standpoint where;
      for (std::int64_t point = task.begin; point < task.end; ++point) {
        where.on_grid(plan_, state, point);
        JointScores scores(here, where);
        write_values(here, scores, rows_at(stored, row, state.rows, state.points, point), point);
      }
    } else {
      here.value_points(stored.log_strategy.data() + row, task.begin, task.end, scratch);
    }
  });
}

void Sweep::refine_stored(Rung& rung, const Assessment& stored, Assessment& fine, int round,
                          std::span<const int> states,
                          std::span<const std::vector<std::int64_t>> points) const {
  std::vector<Task> tasks;
  for (std::size_t k = 0; k < states.size(); ++k) {
    const int s = states[k];
    const StatePlan& state = plan_.states[ix(s)];
    if (!state.decides() || !plan_.reached(round, s)) continue;
    const std::int64_t all = fine.axes.num_points(state.live);
    const std::int64_t own = state.line ? static_cast<std::int64_t>(
                                              fine.axes.nodes[ix(state.own_axis)].size())
                                        : 1,
                       count = all / own;
    if (points.empty()) {
      const std::int64_t size = refine_size(s, own);
      for (std::int64_t begin = 0; begin < count; begin += size)
        tasks.push_back({s, begin, std::min(count, begin + size)});
      continue;
    }
    // Of a line all points are solved together: its number leaves the mover's own axis out.
    const std::int64_t held_stride =
        state.line ? fine_point(state, fine.axes, 0, state.own_axis).held_stride : 1;
    std::vector<std::int64_t> numbers;
    for (const std::int64_t point : points[k])
      numbers.push_back(point / (held_stride * own) * held_stride + point % held_stride);
    std::ranges::sort(numbers);
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
    for (const std::int64_t number : numbers)
      tasks.push_back({s, number, number + 1});  // few, and far between
  }
  Pass pass{&rung, nullptr, &fine, round, false};
  pass.stored = &stored;
  std::vector<Tally> tallies(tasks.size());
  parallel_for(tasks.size(), [&](std::size_t n) { refine(pass, tasks[n], tallies[n]); });
}

}  // namespace melian::grid
