/// The part of a sweep that solves lines on short axes side by side.

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "solve/sweep.h"

namespace melian::grid {
namespace {

struct BundleShop {
  Bundle bundle;
  Scratch scratch;
  std::vector<std::uint8_t> open, moved;
  std::vector<std::int64_t> starts;
};
BundleShop& workshop() {
  static thread_local BundleShop own;
  return own;
}

}  // namespace

bool Sweep::bundles(int state) const {
  const StatePlan& plan = plan_.states[ix(state)];
  return plan.line && plan_.axes[ix(plan.own_axis)].plain &&
         plan_.axes[ix(plan.own_axis)].nodes() <= Bundle::most_nodes;
}

/// States whose decisions have the same shape share batches; their order is that of `states`.
std::vector<Sweep::Batch> Sweep::batches(const Pass& pass, const std::vector<int>& states) const {
  std::vector<Batch> out;
  std::map<std::tuple<int, std::vector<std::uint8_t>>, std::size_t>
      open;  // the batch of each shape that still has room
  for (const int s : states) {
    const StatePlan& state = plan_.states[ix(s)];
    const Here here(plan_, pass.rung->tables, s, pass.round, pass.rung->factor);
    std::vector<std::uint8_t> shape;
    for (int k = 0; k < here.num_branches(); ++k)
      shape.push_back(static_cast<std::uint8_t>(
          here.open_to(k) * 2 +
          (plan_.link(here.first_branch() + k, pass.round).own_stride != 0 ? 1 : 0)));
    const auto [found, fresh] = open.try_emplace({state.own_axis, std::move(shape)}, out.size());
    if (fresh) out.emplace_back();
    const std::int64_t lines = state.points / state.own_nodes;
    for (std::int64_t begin = 0; begin < lines;) {
      const auto room =
          static_cast<std::int64_t>(Bundle::most_columns) - out[found->second].columns;
      // A state is not split where it fits into a batch of its own.
      if (room < std::min<std::int64_t>(lines - begin, Bundle::most_columns)) {
        found->second = out.size();
        out.emplace_back();
        continue;
      }
      const std::int64_t end = std::min(lines, begin + room);
      out[found->second].parts.push_back({s, begin, end});
      out[found->second].columns += static_cast<int>(end - begin);
      begin = end;
    }
  }
  std::erase_if(out, [](const Batch& batch) { return batch.columns == 0; });
  return out;
}

/// Decisions start from what they were a round later, or in the last sweep.
void Sweep::start_bundle(const Pass& pass, const Task& part, int column, Bundle& bundle) const {
  const StatePlan& state = plan_.states[ix(part.state)];
  const Assessment& strategies = pass.rung->strategies;
  const bool timed = plan_.shape.states[ix(part.state)].timed;
  if (timed ? pass.round + 1 >= plan_.shape.rounds : !pass.again) return;
  const std::int64_t row = strategies.offset[slot(timed ? pass.round + 1 : 0, part.state)];
  if (row < 0) return;
  const Axis& axis = plan_.axes[ix(state.own_axis)];
  const Here here(plan_, pass.rung->tables, part.state, pass.round, pass.rung->factor);
  const int branches = here.num_branches();
  const int lines = static_cast<int>(part.end - part.begin);
  std::vector<std::int64_t>& starts = workshop().starts;
  starts.resize(ix(lines));
  for (int l = 0; l < lines; ++l) starts[ix(l)] = here.line_start(part.begin + l);
  for (int k = 0; k < branches; ++k) {
    if (here.open_to(k) != 3) continue;
    for (int t = 1; t + 1 < axis.nodes(); ++t) {
      const double *zero = strategies.log_strategy.data() + row + k * state.points +
                           t * state.own_stride,
                   *one = zero + branches * state.points;
      double* const to = bundle.start(k, t) + column;
      for (int l = 0; l < lines; ++l)
        to[l] = axis.u[ix(t)] + (one[starts[ix(l)]] - zero[starts[ix(l)]]);
    }
  }
  bundle.told(column, column + lines);
}

/// With `open`: as in `solve_lines`.
void Sweep::solve_batch(const Pass& pass, const Batch& batch, Tally& tally,
                        std::vector<Task>* open) const {
  if (pass.probing && several_seen_.load(std::memory_order_relaxed)) return;
  BundleShop& shop = workshop();
  Bundle& bundle = shop.bundle;
  const StatePlan& first = plan_.states[ix(batch.parts.front().state)];
  const Axis& axis = plan_.axes[ix(first.own_axis)];
  const int n = axis.nodes();
  {
    const Here here(plan_, pass.rung->tables, batch.parts.front().state, pass.round,
                    pass.rung->factor);
    shop.open.clear();
    shop.moved.clear();
    for (int k = 0; k < here.num_branches(); ++k) {
      shop.open.push_back(here.open_to(k));
      shop.moved.push_back(plan_.link(here.first_branch() + k, pass.round).own_stride != 0 ? 1 : 0);
    }
  }
  bundle.reset(axis, shop.open, shop.moved, batch.columns);
  int column = 0;
  for (const Task& part : batch.parts) {
    Here(plan_, pass.rung->tables, part.state, pass.round, pass.rung->factor)
        .score_bundle(part.begin, part.end, bundle, column, shop.scratch);
    column += static_cast<int>(part.end - part.begin);
  }
  bundle.prepare();
  bundle.aim(axis.u);
  column = 0;
  for (const Task& part : batch.parts) {
    start_bundle(pass, part, column, bundle);
    column += static_cast<int>(part.end - part.begin);
  }
  bundle.solve();
  Assessment& strategies = pass.rung->strategies;
  column = 0;
  for (const Task& part : batch.parts) {
    const StatePlan& state = plan_.states[ix(part.state)];
    Here here(plan_, pass.rung->tables, part.state, pass.round, pass.rung->factor);
    const std::size_t at = slot(pass.round, part.state);
    const auto lines = static_cast<int>(part.end - part.begin), branches = here.num_branches();
    here.value_bundle(part.begin, part.end, bundle, column, shop.scratch);
    shop.starts.resize(ix(lines));
    for (int l = 0; l < lines; ++l) shop.starts[ix(l)] = here.line_start(part.begin + l);
    double* to = strategies.log_strategy.data() + strategies.offset[at];
    for (int type = 0; type < 2; ++type)
      for (int k = 0; k < branches; ++k, to += state.points)
        for (int t = 0; t < n; ++t) {
          const double* from = bundle.log_sigma(type, k, t) + column;
          double* const row = to + t * state.own_stride;
          for (int l = 0; l < lines; ++l) row[shop.starts[ix(l)]] = from[l];
        }
    for (int l = 0; l < lines; ++l) {
      if (!bundle.sure(column + l)) {
        solve_lines(pass, {part.state, part.begin + l, part.begin + l + 1}, tally, open);
        continue;
      }
      std::uint8_t* const mark =
          strategies.marks.data() + strategies.mark_offset[at] + shop.starts[ix(l)];
      for (int t = 0; t < n; ++t)
        mark[t * state.own_stride] = static_cast<std::uint8_t>(DecisionMark::unique);
      tally.decisions += n;
      tally.residual = std::max(tally.residual, bundle.residual(column + l));
    }
    column += lines;
  }
  if (pass.probing && tally.several > 0) several_seen_.store(true, std::memory_order_relaxed);
}

}  // namespace melian::grid
