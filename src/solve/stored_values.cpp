#include "solve/stored_values.h"

#include <algorithm>

namespace melian::grid {
namespace {

SolveOptions options_of(const Assessment& strategies) {
  SolveOptions options;
  options.measure = strategies.measure;
  options.discounting = strategies.discounting;
  return options;
}

}  // namespace

StoredValues::StoredValues(const Game& game, const Assessment& strategies)
    : stored_(strategies), plan_(game, strategies.axes, options_of(strategies)), sweep_(plan_) {
  MELIAN_EXPECT(
      strategies.game_fingerprint == game.fingerprint,
      "strategies of game " + strategies.game_fingerprint + ", not of " + game.fingerprint);
  plan_.lambda.clear();  // the model's own may have been overridden
  for (const auto& own : strategies.lambda)
    plan_.lambda.insert(plan_.lambda.end(), own.begin(), own.end());
  rung_.tables.timed.assign(ix(plan_.timed_size), 0.0);
  rung_.tables.untimed.assign(ix(plan_.untimed_size), 0.0);
  rung_.tables.entries.assign(ix(plan_.entries_size * plan_.shape.rounds), 0.0);
  rung_.tables.heads.assign(ix(plan_.heads_size), 0.0);
  for (std::size_t k = 0; k < plan_.order.stages.size(); ++k) {
    if (plan_.order.stages[k].cyclic)
      settle(static_cast<int>(k));
    else
      for (const auto& states : plan_.order.stages[k].levels)
        sweep_.value(rung_, stored_, 0, states);
  }
  lowest_ = in_hand_ = plan_.shape.rounds;
}

/// Values of a cycle under given strategies: v = f(v), from nothing to come.
void StoredValues::settle(int stage) {
  const SolutionOrder::Stage& cycle = plan_.order.stages[ix(stage)];
  const std::vector<int> heads = plan_.order.heads(plan_.shape, stage);
  std::int64_t size = 0;
  for (const int head : heads) size += plan_.states[ix(head)].size;
  std::vector<double> x(ix(size), 0.0), fx(ix(size));
  FixedPoint search;
  auto ending = FixedPoint::Ending::none;
  while (ending == FixedPoint::Ending::none) {
    for (const auto& states : cycle.levels) sweep_.value(rung_, stored_, 0, states);
    auto to = fx.begin();
    for (const int head : heads) {
      const StatePlan& state = plan_.states[ix(head)];
      to = std::copy_n(rung_.tables.untimed.begin() + state.slab_offset, state.size, to);
    }
    ending = search.step(x, fx);
    auto from = x.begin();
    for (const int head : heads) {
      const StatePlan& state = plan_.states[ix(head)];
      std::copy_n(from, state.size, rung_.tables.heads.begin() + state.head_offset);
      from += state.size;
    }
  }
  for (const auto& states : cycle.levels) sweep_.value(rung_, stored_, 0, states);
  settled_ = settled_ && ending == FixedPoint::Ending::converged;
}

void StoredValues::stand_in(int round) {
  for (; lowest_ > round; --lowest_) {
    value_round(lowest_ - 1);
    sweep_.keep_entries(rung_.tables, lowest_ - 1);
  }
  if (in_hand_ != round) value_round(round);
}

void StoredValues::value_round(int round) {
  for (const auto& states : plan_.shape.timed_levels) sweep_.value(rung_, stored_, round, states);
  in_hand_ = round;
}

}  // namespace melian::grid
