#include "solve/plan.h"

#include <algorithm>
#include <cmath>

namespace melian::grid {
namespace {

Link make_link(const Plan& plan, int source, int state, const Projection& projection) {
  const int mover = plan.states[ix(source)].mover;
  return {state, &projection, mover >= 0 ? plan.stride(plan.shape.states[ix(state)].live, mover) : 0};
}

}  // namespace

Plan::Plan(const Game& of, const BeliefAxes& on, const SolveOptions& options) : game(of), shape(of.shape()), order(solution_order(of.shape())) {
  const auto n = ix(players());
  for (const auto& nodes : on.nodes) axes.emplace_back(nodes);
  shift_.assign(n * n, 0.0);
  for (std::size_t j = 0; j < n; ++j)
    for (std::size_t i = 0; i < n; ++i)
      if (shape.players[i].num_types() == 2 && game.numbers.beliefs[j][i] != game.numbers.prior[i])
        shift_[j * n + i] = log_odds(game.numbers.beliefs[j][i][1]) - log_odds(game.numbers.prior[i][1]);
  lambda.assign(2 * n, 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    const std::vector<double> own = precision_of(game, options, static_cast<int>(i));
    for (std::size_t k = 0; k < own.size() && k < 2; ++k) lambda[2 * i + k] = own[k] * options.lambda_factor;
  }
  for (std::size_t s = 0; s < shape.states.size(); ++s) {
    const PublicState& from = shape.states[s];
    StatePlan plan;
    plan.live = from.live;
    plan.profiles = shape.num_profiles(from.live);
    plan.points = on.num_points(from.live);
    const Profiles profiles(shape.players, from.live);
    for (int q = 0; q < plan.profiles; ++q)
      for (int i = 0; i < players(); ++i) plan.types.push_back(static_cast<std::uint8_t>(profiles.type_of(q, i)));
    for (int i = 0; i < players(); ++i) {
      plan.profile_stride.push_back(profiles.stride(i));
      plan.point_stride.push_back(stride(from.live, i));
    }
    const std::int64_t size = plan.points * plan.profiles * players();
    plan.slab_offset = from.timed ? timed_size : untimed_size;
    (from.timed ? timed_size : untimed_size) += size;
    if (from.timed && from.entry) {
      plan.entry_offset = entries_size;
      entries_size += size;
    }
    if (shape.is_decision(static_cast<int>(s))) {
      plan.mover = shape.moves[ix(from.move)].player;
      plan.mover_types = shape.players[ix(plan.mover)].num_types();
      plan.typed = plan.mover_types == 2 && (from.live >> plan.mover & 1U) != 0;
      if (plan.typed) {
        plan.own_stride = stride(from.live, plan.mover);
        plan.own_nodes = axes[ix(plan.mover)].nodes();
      }
      plan.log_weight = log_measure(shape, static_cast<int>(s), options.measure);
      add_weights(plan.mover, from.live);
    }
    states.push_back(std::move(plan));
  }
  branches.resize(shape.branches.size());
  for (std::size_t s = 0; s < shape.states.size(); ++s) {
    const PublicState& from = shape.states[s];
    for (int b = from.first_branch; b < from.first_branch + from.num_branches; ++b) {
      const Branch& branch = shape.branches[ix(b)];
      BranchPlan& plan = branches[ix(b)];
      for (std::size_t i = 0; i < n; ++i)
        for (const std::size_t k : {0U, 1U})
          plan.discount.push_back(std::pow(game.numbers.discount[i][std::min(k, game.numbers.discount[i].size() - 1)], branch.time));
      if (branch.next < 0) continue;
      const PublicState& to = shape.states[ix(branch.next)];
      plan.next = make_link(*this, static_cast<int>(s), branch.next, project(from.live, to.live));
      plan.next.back = !from.timed && !to.timed && order.leads_back(static_cast<int>(s), branch.next);
      if (to.timed && to.closing >= 0) plan.closing = make_link(*this, static_cast<int>(s), to.closing, project(from.live, shape.states[ix(to.closing)].live));
    }
  }
  for (std::size_t k = 0; k < order.stages.size(); ++k) {
    if (!order.stages[k].cyclic) continue;
    for (const int head : order.heads(shape, static_cast<int>(k))) {
      StatePlan& plan = states[ix(head)];
      plan.head_offset = heads_size;
      heads_size += plan.points * plan.profiles * players();
    }
  }
  for (std::size_t i = 0; i < n; ++i) add_weights(static_cast<int>(i), shape.states[ix(shape.root)].live);
  if (options.discounting == Discounting::present_value) find_clock();
}

std::int64_t Plan::stride(std::uint32_t live, int player) const {
  if ((live >> player & 1U) == 0) return 0;
  std::int64_t stride = 1;
  for (int i = players() - 1; i > player; --i)
    if ((live >> i & 1U) != 0) stride *= axes[ix(i)].nodes();
  return stride;
}

std::int64_t Plan::start_point(std::uint32_t live) const {
  std::int64_t point = 0;
  for (int i = 0; i < players(); ++i) {
    if ((live >> i & 1U) == 0) continue;
    const auto& nodes = axes[ix(i)].b;
    const auto node = std::lower_bound(nodes.begin(), nodes.end(), game.numbers.prior[ix(i)][1]) - nodes.begin();
    point += node * stride(live, i);
  }
  return point;
}

const Projection& Plan::project(std::uint32_t from, std::uint32_t to) {
  const auto [found, fresh] = projections_.try_emplace({from, to});
  Projection& out = found->second;
  if (!fresh) return out;
  const Profiles wide(shape.players, from), narrow(shape.players, to);
  for (int p = 0; p < wide.count(); ++p) {
    int at = 0;
    for (int i = 0; i < players(); ++i) at += narrow.stride(i) * wide.type_of(p, i);
    out.profile.push_back(at);
  }
  std::int64_t points = 1;
  for (int i = 0; i < players(); ++i)
    if ((from >> i & 1U) != 0) points *= axes[ix(i)].nodes();
  for (std::int64_t p = 0; p < points; ++p) {
    std::int64_t at = 0;
    for (int i = 0; i < players(); ++i)
      if ((from >> i & 1U) != 0) at += p / stride(from, i) % axes[ix(i)].nodes() * stride(to, i);
    out.point.push_back(at);
  }
  return out;
}

void Plan::add_weights(int observer, std::uint32_t live) {
  const auto [found, fresh] = weights_.try_emplace({observer, live});
  if (!fresh) return;
  const Profiles profiles(shape.players, live);
  std::int64_t points = 1;
  for (int i = 0; i < players(); ++i)
    if ((live >> i & 1U) != 0) points *= axes[ix(i)].nodes();
  std::vector<double>& out = found->second;
  out.assign(ix(profiles.count() * points), 1.0);
  for (int i = 0; i < players(); ++i) {
    if (i == observer || (live >> i & 1U) == 0) continue;
    const Axis& axis = axes[ix(i)];
    for (std::int64_t p = 0; p < points; ++p) {
      const double u = own_log_odds(observer, i, axis.u[ix(p / stride(live, i) % axis.nodes())]);
      for (int q = 0; q < profiles.count(); ++q) out[ix(q * points + p)] *= logistic(profiles.type_of(q, i) == 1 ? u : -u);
    }
  }
}

double Plan::lambda_of(int state, int round, int type) const {
  const int mover = states[ix(state)].mover;
  const double own = lambda[ix(2 * mover + type)];
  if (clock_factor.empty()) return own;
  const int at = shape.states[ix(state)].timed ? round : 0;
  return own * clock_factor[(ix(at) * shape.states.size() + ix(state)) * 2 + ix(type)];
}

void Plan::find_clock() {
  const std::vector<int> clock = clocks(shape);
  clock_factor.assign(2 * clock.size(), 1.0);
  for (std::size_t at = 0; at < clock.size(); ++at) {
    const int mover = states[at % shape.states.size()].mover;
    if (mover < 0 || clock[at] < 0) continue;
    for (int k = 0; k < shape.players[ix(mover)].num_types() && k < 2; ++k)
      clock_factor[2 * at + ix(k)] = std::pow(game.numbers.discount[ix(mover)][ix(k)], clock[at]);
  }
}

std::vector<int> clocks(const Structure& shape) {
  constexpr int unreached = -1, ambiguous = -2;
  const std::size_t states = shape.states.size();
  std::vector<int> clock(states * ix(shape.rounds), unreached);
  std::vector<std::pair<int, int>> open;  // (round, state)
  const auto visit = [&](int round, int state, int time) {
    if (state < 0) return;
    if (shape.states[ix(state)].timed && round >= shape.rounds) state = shape.states[ix(state)].closing;
    if (state < 0) return;
    if (!shape.states[ix(state)].timed) round = 0;
    int& known = clock[ix(round) * states + ix(state)];
    if (known == time || known == ambiguous) return;
    known = known == unreached ? time : ambiguous;
    open.emplace_back(round, state);
  };
  visit(0, shape.root, 0);
  while (!open.empty()) {
    const auto [round, state] = open.back();
    open.pop_back();
    const PublicState& from = shape.states[ix(state)];
    const int time = clock[ix(round) * states + ix(state)];
    for (int b = from.first_branch; b < from.first_branch + from.num_branches; ++b) {
      const Branch& branch = shape.branches[ix(b)];
      visit(round + (from.timed ? branch.advance : 0), branch.next, time == ambiguous ? ambiguous : time + branch.time);
    }
  }
  return clock;
}

std::vector<double> precision_of(const Game& game, const SolveOptions& options, int player) {
  const auto types = ix(game.shape().players[ix(player)].num_types());
  if (options.lambda) return std::vector<double>(types, *options.lambda);
  if (game.numbers.precision.size() <= ix(player)) return {};
  return game.numbers.precision[ix(player)];
}

}  // namespace melian::grid
