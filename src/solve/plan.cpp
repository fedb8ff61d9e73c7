#include "solve/plan.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace melian::grid {
namespace {

Link make_link(const Plan& plan, int source, int state, const Projection& projection) {
  const StatePlan& from = plan.states[ix(source)];
  return {state, &projection,
          from.line ? plan.stride(plan.shape.states[ix(state)].live, from.own_axis) : 0};
}

}  // namespace

Plan::Plan(const Game& of, const BeliefAxes& on, const SolveOptions& options)
    : game(of),
      shape(of.shape()),
      space(of.shape()),
      order(solution_order(of.shape())),
      in_rows(lie_in_rows(on)) {
  for (int k = 0; k < static_cast<int>(on.nodes.size()); ++k) axes.emplace_back(on.axis(k));
  int types = 0;
  for (int i = 0; i < players(); ++i) {
    first_type_.push_back(types);
    types += shape.players[ix(i)].num_types();
    std::vector<double> own = precision_of(game, options, i);
    own.resize(ix(shape.players[ix(i)].num_types()), 0.0);
    for (const double precision : own) lambda.push_back(precision * options.lambda_factor);
    disagreement_.emplace_back();
    for (std::size_t g = 0; g < space.groups().size(); ++g) {
      std::vector<double> differing = disagreement(game, space, i, static_cast<int>(g));
      if (std::ranges::all_of(differing, [](double x) { return x == 0.0; })) differing.clear();
      disagreement_.back().push_back(std::move(differing));
    }
  }
  states.reserve(shape.states.size());
  for (std::size_t s = 0; s < shape.states.size(); ++s) add_state(s, on, options);
  branches.resize(shape.branches.size());
  for (std::size_t s = 0; s < shape.states.size(); ++s) {
    const PublicState& from = shape.states[s];
    for (int b = from.first_branch; b < from.first_branch + from.num_branches; ++b)
      add_branch(from, s, b);
  }
  find_heads();
  for (int i = 0; i < players(); ++i) add_weights(i, shape.states[ix(shape.root)].live);
  if (options.discounting == Discounting::present_value) find_clock();
}

void Plan::add_state(std::size_t s, const BeliefAxes& on, const SolveOptions& options) {
  const PublicState& from = shape.states[s];
  StatePlan plan;
  plan.live = from.live;
  plan.profiles = shape.num_profiles(from.live);
  plan.points = on.num_points(from.live);
  const Profiles profiles(shape.players, from.live);
  for (int q = 0; q < plan.profiles; ++q)
    for (int i = 0; i < players(); ++i)
      plan.types.push_back(static_cast<std::uint8_t>(profiles.type_of(q, i)));
  for (int i = 0; i < players(); ++i) plan.profile_stride.push_back(profiles.stride(i));
  for (int k = 0; k < space.num_axes(); ++k) {
    plan.axis_stride.push_back(stride(from.live, k));
    if (space.live(k, from.live)) plan.axes.push_back(k);
  }
  const std::int64_t width = row_width(std::int64_t{plan.profiles} * players(), in_rows);
  plan.size = plan.points * width;
  plan.of_block = in_rows ? 1 : plan.points;
  plan.of_point = in_rows ? width : 1;
  plan.slab_offset = from.timed ? timed_size : untimed_size;
  (from.timed ? timed_size : untimed_size) += plan.size;
  if (from.timed && from.entry) {
    plan.entry_offset = entries_size;
    entries_size += plan.size;
  }
  plan.deciders = deciders(shape, static_cast<int>(s), options.measure);
  plan.rows = num_rows(plan.deciders);
  for (const Decider& one : plan.deciders) {
    add_weights(one.player, from.live);
    plan.joint = plan.joint || one.types > 1;
  }
  if (plan.deciders.size() == 1) {
    const Decider& only = plan.deciders.front();
    plan.mover = only.player;
    plan.line = only.types == 2 && space.only_axis(only.player) >= 0;
    plan.joint = plan.joint && !plan.line;
  } else {
    plan.joint = plan.decides();
  }
  if (plan.line) {
    plan.own_axis = space.only_axis(plan.mover);
    plan.own_stride = plan.axis_stride[ix(plan.own_axis)];
    plan.own_nodes = axes[ix(plan.own_axis)].nodes();
  }
  states.push_back(std::move(plan));
}

void Plan::add_branch(const PublicState& from, std::size_t s, int b) {
  const Branch& branch = shape.branches[ix(b)];
  BranchPlan& plan = branches[ix(b)];
  plan.discount = discounts(branch.time).data();
  if (in_rows) plan.factors = factors(branch.time, states[s]).data();
  if (branch.next < 0) return;
  const PublicState& to = shape.states[ix(branch.next)];
  plan.next = make_link(*this, static_cast<int>(s), branch.next, project(from.live, to.live));
  plan.next.back = !from.timed && !to.timed && order.leads_back(static_cast<int>(s), branch.next);
  if (to.timed && to.closing >= 0)
    plan.closing = make_link(*this, static_cast<int>(s), to.closing,
                             project(from.live, shape.states[ix(to.closing)].live));
}

const std::vector<double>& Plan::discounts(int time) {
  const auto [found, fresh] = discounts_.try_emplace(time);
  for (int i = 0; i < players() && fresh; ++i)
    for (int k = 0; k < shape.players[ix(i)].num_types(); ++k)
      found->second.push_back(std::pow(game.numbers.discount[ix(i)][ix(k)], time));
  return found->second;
}

const lanes::Row& Plan::factors(int time, const StatePlan& state) {
  const auto [found, fresh] = factors_.try_emplace({time, state.live});
  if (!fresh) return found->second;
  found->second.assign(ix(state.of_point), 0.0);
  for (int i = 0; i < players(); ++i)
    for (int q = 0; q < state.profiles; ++q)
      found->second[ix(i * state.profiles + q)] =
          discounts(time)[ix(type_index(i, state.type_of(q, i)))];
  return found->second;
}

void Plan::find_heads() {
  for (std::size_t k = 0; k < order.stages.size(); ++k) {
    if (!order.stages[k].cyclic) continue;
    for (const int head : order.heads(shape, static_cast<int>(k))) {
      StatePlan& plan = states[ix(head)];
      plan.head_offset = heads_size;
      heads_size += plan.size;
    }
  }
}

std::int64_t Plan::stride(std::uint32_t live, int axis) const {
  if (!space.live(axis, live)) return 0;
  std::int64_t stride = 1;
  for (int k = space.num_axes() - 1; k > axis; --k)
    if (space.live(k, live)) stride *= axes[ix(k)].nodes();
  return stride;
}

std::int64_t Plan::start_point(std::uint32_t live) const {
  const std::vector<double> start = start_beliefs(game, space), exact = start_log_odds(game, space);
  std::int64_t point = 0;
  for (int k = 0; k < space.num_axes(); ++k) {
    const auto &nodes = axes[ix(k)].b, &u = axes[ix(k)].u;
    auto node = std::lower_bound(nodes.begin(), nodes.end(), start[ix(k)]) - nodes.begin();
    if (!axes[ix(k)].plain) {  // the nearest: another reading may have named it less exactly
      node = std::lower_bound(u.begin(), u.end(), exact[ix(k)]) - u.begin();
      if (node > 0 && exact[ix(k)] - u[ix(node - 1)] < u[ix(node)] - exact[ix(k)]) --node;
    }
    point += node * stride(live, k);
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
  if (in_rows && from != to)
    for (std::int64_t place = 0; place < row_width(std::int64_t{wide.count()} * players(), true);
         ++place) {
      const std::int64_t player = place / wide.count();
      out.row.push_back(
          player < players() ? player * narrow.count() + out.profile[ix(place % wide.count())] : 0);
    }
  std::int64_t points = 1;
  for (int k = 0; k < space.num_axes(); ++k)
    if (space.live(k, from)) points *= axes[ix(k)].nodes();
  for (std::int64_t p = 0; p < points; ++p) {
    std::int64_t at = 0;
    for (int k = 0; k < space.num_axes(); ++k)
      if (space.live(k, from)) at += p / stride(from, k) % axes[ix(k)].nodes() * stride(to, k);
    out.point.push_back(at);
  }
  return out;
}

void Plan::add_weights(int observer, std::uint32_t live) {
  const auto [found, fresh] = weights_.try_emplace({observer, live});
  if (!fresh) return;
  const Profiles profiles(shape.players, live);
  std::vector<int> moving;
  std::int64_t points = 1;
  for (int k = 0; k < space.num_axes(); ++k)
    if (space.live(k, live)) {
      moving.push_back(k);
      points *= axes[ix(k)].nodes();
    }
  std::vector<double>& out = found->second;
  out.resize(ix(profiles.count() * points));
  std::vector<double> log_odds(ix(space.num_axes()), 0.0), here(ix(profiles.count()));
  for (std::int64_t p = 0; p < points; ++p) {
    for (const int k : moving)
      log_odds[ix(k)] = axes[ix(k)].u[ix(p / stride(live, k) % axes[ix(k)].nodes())];
    weigh(observer, profiles, live, log_odds.data(), here.data());
    for (int q = 0; q < profiles.count(); ++q) out[ix(q * points + p)] = here[ix(q)];
  }
}

void Plan::weigh(int observer, const Profiles& profiles, std::uint32_t live, const double* log_odds,
                 double* out) const {
  std::fill_n(out, profiles.count(), 1.0);
  for (std::size_t g = 0; g < space.groups().size(); ++g) {
    const BeliefSpace::Group& group = space.groups()[g];
    const bool own = (group.mask >> observer & 1U) != 0;
    if ((group.mask & live) == 0 || (own && group.players.size() == 1)) continue;
    const int number = static_cast<int>(g);
    std::vector<double> believed(log_odds + group.first_axis,
                                 log_odds + group.first_axis + group.num_axes),
        shift(ix(group.num_axes), 0.0);
    const std::vector<double>& differing = disagreement_[ix(observer)][g];
    if (!differing.empty()) {
      space.shifts(number, differing.data(), believed.data(), shift.data());
      for (std::size_t k = 0; k < believed.size(); ++k)
        believed[k] = moved_log_odds(believed[k], shift[k]);
    }
    std::vector<double> cells = space.cell_odds(number, believed.data(), own ? observer : -1);
    for (int q = 0; q < profiles.count(); ++q) out[q] *= cells[ix(space.cell(number, profiles, q))];
  }
}

double Plan::lambda_of(int state, int round, int player, int type) const {
  const int index = type_index(player, type);
  if (clock_factor.empty()) return lambda[ix(index)];
  const int at = shape.states[ix(state)].timed ? round : 0;
  return lambda[ix(index)] *
         clock_factor[(ix(at) * shape.states.size() + ix(state)) * lambda.size() + ix(index)];
}

void Plan::find_clock() {
  const std::vector<int> clock = clocks(shape);
  clock_factor.assign(lambda.size() * clock.size(), 1.0);
  for (std::size_t at = 0; at < clock.size(); ++at)
    for (const Decider& one : states[at % shape.states.size()].deciders) {
      if (clock[at] < 0) continue;
      for (int k = 0; k < shape.players[ix(one.player)].num_types(); ++k)
        clock_factor[at * lambda.size() + ix(type_index(one.player, k))] =
            std::pow(game.numbers.discount[ix(one.player)][ix(k)], clock[at]);
    }
}

std::vector<int> clocks(const Structure& shape) {
  constexpr int unreached = -1, ambiguous = -2;
  const std::size_t states = shape.states.size();
  std::vector<int> clock(states * ix(shape.rounds), unreached);
  std::vector<std::pair<int, int>> open;  // (round, state)
  const auto visit = [&](int round, int state, int time) {
    if (state < 0) return;
    if (shape.states[ix(state)].timed && round >= shape.rounds)
      state = shape.states[ix(state)].closing;
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
      visit(round + (from.timed ? branch.advance : 0), branch.next,
            time == ambiguous ? ambiguous : time + branch.time);
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
