/// The part of a sweep that solves decisions at which nobody's type matters any more, one belief
/// point and one profile each: those of one shape side by side, from any public states of a level.

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "numeric/lanes.h"
#include "solve/sweep.h"

namespace melian::grid {
namespace {

constexpr int most_columns = 64;

struct AloneShop {
  std::vector<double> values;           ///< [branch][player][column]: what follows
  std::vector<double> scores, weights;  ///< [branch][column]
  std::vector<double> top, parts, sum, expected;
};
AloneShop& workshop() {
  static thread_local AloneShop own;
  return own;
}

MELIAN_LANES void raise(int lanes, const double* __restrict score, double* __restrict top) {
  MELIAN_INDEPENDENT
  for (int i = 0; i < lanes::whole(lanes); ++i) top[i] = score[i] > top[i] ? score[i] : top[i];
}

MELIAN_LANES void weigh(int lanes, const double* __restrict score, const double* __restrict top,
                        double* __restrict weight, double* __restrict part) {
  MELIAN_INDEPENDENT
  for (int i = 0; i < lanes::whole(lanes); ++i) {
    weight[i] = lanes::exp_down(score[i] - top[i]);
    part[i] += weight[i];
  }
}

MELIAN_LANES void add(int lanes, const double* __restrict part, double* __restrict sum) {
  MELIAN_INDEPENDENT
  for (int i = 0; i < lanes::whole(lanes); ++i) sum[i] += part[i];
}

MELIAN_LANES void invert(int lanes, const double* __restrict sum, double* __restrict per_sum) {
  MELIAN_INDEPENDENT
  for (int i = 0; i < lanes::whole(lanes); ++i) per_sum[i] = 1.0 / sum[i];
}

MELIAN_LANES void add_share(int lanes, const double* __restrict weight,
                            const double* __restrict per_sum, const double* __restrict value,
                            double* __restrict expected) {
  MELIAN_INDEPENDENT
  for (int i = 0; i < lanes::whole(lanes); ++i) expected[i] += (weight[i] * per_sum[i]) * value[i];
}

}  // namespace

bool Sweep::alone(int state) const {
  const StatePlan& plan = plan_.states[ix(state)];
  return plan.decides() && !plan.line && !plan.joint && plan.points == 1 && plan.profiles == 1;
}

/// Batches hold states of one mover and number of branches; their order is that of `states`.
std::vector<Sweep::Batch> Sweep::alone_batches(const std::vector<int>& states) const {
  std::vector<Batch> out;
  std::map<std::pair<int, int>, std::size_t> open;  // the batch of each shape that still has room
  for (const int s : states) {
    const auto [found, fresh] = open.try_emplace(
        {plan_.states[ix(s)].mover, plan_.shape.states[ix(s)].num_branches}, out.size());
    if (!fresh && out[found->second].columns == most_columns) found->second = out.size();
    if (found->second == out.size()) out.emplace_back();
    out[found->second].parts.push_back({s, 0, 1});
    ++out[found->second].columns;
  }
  return out;
}

void Sweep::solve_alone(const Pass& pass, const Batch& batch, Tally& tally) const {
  if (pass.probing && several_seen_.load(std::memory_order_relaxed)) return;
  AloneShop& shop = workshop();
  const int players = plan_.players(), columns = batch.columns, lanes = lanes::padded(columns);
  const int branches = plan_.shape.states[ix(batch.parts.front().state)].num_branches,
            mover = plan_.states[ix(batch.parts.front().state)].mover;
  const auto row = [&](std::vector<double>& of, int number) {
    return of.data() + std::int64_t{number} * lanes;
  };
  shop.values.resize(ix(std::int64_t{branches} * players * lanes));
  shop.scores.resize(ix(std::int64_t{branches} * lanes));
  shop.weights.resize(shop.scores.size());
  // 1. What follows each branch, and what that scores. Idle columns repeat the last.
  for (int c = 0; c < lanes; ++c) {
    const Here here(plan_, pass.rung->tables, batch.parts[ix(std::min(c, columns - 1))].state,
                    pass.round, pass.rung->factor);
    const Decider& decider = here.plan().deciders.front();
    const double precision = here.lambda(decider, 0);
    double *value = shop.values.data() + c, *score = shop.scores.data() + c;
    for (int k = 0; k < branches; ++k, value += players * lanes, score += lanes) {
      if (here.open_to(k) == 0) {
        for (int player = 0; player < players; ++player) value[player * lanes] = 0.0;
        *score = -infinity;
        continue;
      }
      const Here::Way way = here.way(here.first_branch() + k);
      for (int player = 0; player < players; ++player)
        value[player * lanes] =
            here.reward(way, player, 0) +
            (way.table == nullptr ? 0.0 : here.discount(way, player, 0) * way.block(player, 0)[0]);
      *score = precision * value[mover * lanes] + decider.log_weight[ix(k)];
    }
  }
  // 2. Weights; their sum in eight parts, as of one decision's branches in a row of lanes.
  shop.top.assign(ix(lanes), -infinity);
  shop.parts.assign(ix(lanes::width * lanes), 0.0);
  shop.sum.assign(ix(2 * lanes), 0.0);
  for (int k = 0; k < branches; ++k) raise(lanes, row(shop.scores, k), shop.top.data());
  for (int k = 0; k < branches; ++k)
    weigh(lanes, row(shop.scores, k), shop.top.data(), row(shop.weights, k),
          row(shop.parts, k % lanes::width));
  for (int part = 0; part < lanes::width; ++part)
    add(lanes, row(shop.parts, part), shop.sum.data());
  double* const per_sum = row(shop.sum, 1);
  invert(lanes, shop.sum.data(), per_sum);
  // 3. Values.
  shop.expected.assign(ix(players * lanes), 0.0);
  for (int k = 0; k < branches; ++k)
    for (int player = 0; player < players; ++player)
      add_share(lanes, row(shop.weights, k), per_sum, row(shop.values, k * players + player),
                row(shop.expected, player));
  for (int c = 0; c < columns; ++c) {
    double* const to =
        Here(plan_, pass.rung->tables, batch.parts[ix(c)].state, pass.round, pass.rung->factor)
            .own_table();
    for (int player = 0; player < players; ++player)
      to[player] = shop.expected[ix(player * lanes + c)];
  }
  if (pass.only_values) return;
  // 4. Strategies.
  Assessment& strategies = pass.rung->strategies;
  for (int c = 0; c < columns; ++c) {
    const int s = batch.parts[ix(c)].state;
    const std::size_t at = slot(pass.round, s);
    double* const log_strategy = strategies.log_strategy.data() + strategies.offset[at];
    const double top = shop.top[ix(c)], log_z = top + std::log(shop.sum[ix(c)]);
    for (int k = 0; k < branches; ++k) log_strategy[k] = shop.scores[ix(k * lanes + c)] - log_z;
    const double residual = std::isfinite(top) ? 2.3e-16 * std::abs(top) : infinity;
    const DecisionMark mark =
        std::isfinite(residual) ? DecisionMark::unique : DecisionMark::unsolved;
    strategies.marks[ix(strategies.mark_offset[at])] = static_cast<std::uint8_t>(mark);
    note(pass, s, 0, mark, residual, tally);
  }
}

}  // namespace melian::grid
