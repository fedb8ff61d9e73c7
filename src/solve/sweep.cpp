#include "solve/sweep.h"

#include <algorithm>
#include <utility>

namespace melian::grid {
namespace {

constexpr std::ptrdiff_t spots_kept = 8;  ///< of each mark
constexpr std::int64_t work_per_task =
    2048;  ///< scores; enough to pay for handing a task to a thread
constexpr std::int64_t joint_per_task = 8;  ///< points of a joint decision

struct Workshop {
  Kernel kernel;
  Scratch scratch;
  Line line, below, flat;
  LineAnswer answer, answer_below;
  std::vector<double> scores, beliefs, targets;
  std::vector<Corner> corners;
};
Workshop& workshop() {
  static thread_local Workshop own;
  return own;
}

}  // namespace

void read_line(const Plan& plan, const Here& here, const Assessment& strategies, std::int64_t row,
               std::int64_t start, LineAnswer& out) {
  const StatePlan& state = here.plan();
  const Axis& axis = plan.axes[ix(state.own_axis)];
  const auto branches = here.num_branches(), n = axis.nodes();
  out.reset(branches, n);
  for (int k = 0; k < branches; ++k) {
    const std::uint8_t open = here.open_to(k);
    int cell = 0;
    for (int i = 0; i < n; ++i) {
      for (int type = 0; type < 2; ++type) {
        const double log =
            strategies.log_strategy[ix(row + (std::int64_t{type} * branches + k) * state.points +
                                       start + i * state.own_stride)];
        out.log_sigma[out.index(type, k, i)] = log;
        out.sigma[out.index(type, k, i)] = std::exp(log);
      }
      const double u = open == 1   ? -infinity
                       : open == 2 ? infinity
                                   : axis.u[ix(i)] + (std::isinf(axis.u[ix(i)]) || open == 0
                                                          ? 0.0
                                                          : out.log_sigma[out.index(1, k, i)] -
                                                                out.log_sigma[out.index(0, k, i)]);
      cell = axis.cell_of(u, cell);
      out.cell[out.place(k, i)] = cell;
      out.weight[out.place(k, i)] =
          (logistic(u - axis.centre[ix(cell)]) - axis.low[ix(cell)]) * axis.per_width[ix(cell)];
    }
  }
}

void Tally::add(const Tally& more) {
  decisions += more.decisions;
  several += more.several;
  jumps += more.jumps;
  fresh_jumps += more.fresh_jumps;
  unsolved += more.unsolved;
  residual = std::max(residual, more.residual);
  sweeps = std::max(sweeps, more.sweeps);
  searched += more.searched;
  damped = damped || more.damped;
  not_settled = not_settled || more.not_settled;
  for (const Spot& spot : more.spots)
    if (std::ranges::count(spots, spot.mark, &Spot::mark) < spots_kept) spots.push_back(spot);
}

void Sweep::note(const Pass& pass, int state, std::int64_t point, DecisionMark mark,
                 double residual, Tally& tally) const {
  ++tally.decisions;
  tally.residual = std::max(tally.residual, residual);
  if (mark == DecisionMark::unique) return;
  const auto alike = std::ranges::count(tally.spots, mark, &Tally::Spot::mark);
  tally.several += mark == DecisionMark::several || mark == DecisionMark::jump ? 1 : 0;
  tally.jumps += mark == DecisionMark::jump ? 1 : 0;
  tally.unsolved += mark == DecisionMark::unsolved ? 1 : 0;
  if (alike < spots_kept) tally.spots.push_back({pass.round, state, point, mark});
}

/// With `open`, lines on which some decision may have several solutions are put there instead of
/// being solved.
void Sweep::solve_lines(const Pass& pass, const Task& task, Tally& tally,
                        std::vector<Task>* open) const {
  Workshop& shop = workshop();
  Here here(plan_, pass.rung->tables, task.state, pass.round, pass.rung->factor);
  const StatePlan& state = here.plan();
  const Axis& axis = plan_.axes[ix(state.own_axis)];
  const std::vector<double>& log_weight = state.deciders.front().log_weight;
  const auto branches = here.num_branches(), n = axis.nodes();
  const std::size_t at = slot(pass.round, task.state);
  Assessment& strategies = pass.rung->strategies;
  const std::int64_t row = strategies.offset[at], marks = strategies.mark_offset[at];
  const double* beliefs = plan_.weights(state.mover, state.live).data();
  for (std::int64_t line = task.begin; line < task.end; ++line) {
    const std::int64_t start = here.line_start(line);
    shop.corners.assign(1, {start, 1.0});
    here.score_line(shop.corners, beliefs + start, state.points, shop.line, shop.scratch);
    shop.line.prepare();
    Guide guide;
    if (pass.again) {
      guide.selection = Selection::nearest;
      guide.ratio = [&](int target, std::vector<double>& ratio) {
        ratio.assign(ix(branches), 0.0);
        for (int k = 0; k < branches; ++k)
          if (here.open_to(k) == 3) {
            const std::int64_t at_zero = row + k * state.points + start + target * state.own_stride;
            ratio[ix(k)] = strategies.log_strategy[ix(at_zero + branches * state.points)] -
                           strategies.log_strategy[ix(at_zero)];
          }
      };
    } else if (open != nullptr) {
      // Below the asked precision only which one to take matters, on it also whether there are
      // several.
      guide.selection = pass.rung->factor == 1.0 ? Selection::first : Selection::certain;
    } else if (pass.below != nullptr) {
      read_line(plan_, here, pass.below->strategies, row, start, shop.answer_below);
      guide.selection = Selection::follow;
      guide.counting = pass.rung->factor == 1.0;
      guide.jumped = [&](int target) {
        return pass.below->strategies.marks[ix(marks + start + target * state.own_stride)] ==
               static_cast<std::uint8_t>(DecisionMark::jump);
      };
      guide.from = [&, scored = false]() mutable -> const Line& {
        Here again(plan_, pass.below->tables, task.state, pass.round, pass.below->factor);
        if (!scored)
          again.score_line(shop.corners, beliefs + start, state.points, shop.below, shop.scratch);
        scored = true;
        return shop.below;
      };
      guide.ratio = [&](int target, std::vector<double>& ratio) {
        ratio.assign(ix(branches), 0.0);
        for (int k = 0; k < branches; ++k)
          if (here.open_to(k) == 3)
            ratio[ix(k)] = shop.answer_below.log_sigma[shop.answer_below.index(1, k, target)] -
                           shop.answer_below.log_sigma[shop.answer_below.index(0, k, target)];
      };
    } else if (!pass.probing) {
      guide.selection = Selection::follow;
      guide.from = [&, scored = false]() mutable -> const Line& {
        if (!scored) flatten(shop.line, log_weight, shop.flat);
        scored = true;
        return shop.flat;
      };
      guide.ratio = [&](int, std::vector<double>& ratio) {
        // At lambda 0 a type's strategy is the base measure over what is open to it.
        double sum[2] = {0.0, 0.0};
        for (int k = 0; k < branches; ++k)
          for (int type = 0; type < 2; ++type)
            if ((here.open_to(k) >> type & 1) != 0) sum[type] += std::exp(log_weight[ix(k)]);
        ratio.assign(ix(branches), std::log(sum[0]) - std::log(sum[1]));
      };
    }
    shop.kernel.solve(shop.line, axis.u, guide, shop.answer);
    if (open != nullptr && std::ranges::any_of(shop.answer.mark, [](DecisionMark mark) {
          return mark != DecisionMark::unique;
        })) {
      open->push_back({task.state, line, line + 1});
      continue;
    }
    rescue(here, start, shop.line, shop.answer);
    tally.fresh_jumps += shop.answer.fresh_jumps;
    for (int type = 0; type < 2; ++type)
      for (int k = 0; k < branches; ++k) {
        double* to = strategies.log_strategy.data() + row +
                     (std::int64_t{type} * branches + k) * state.points + start;
        const double* from = shop.answer.log_sigma.data() + shop.answer.index(type, k, 0);
        if (state.own_stride == 1)
          std::copy_n(from, n, to);
        else
          for (int i = 0; i < n; ++i) to[i * state.own_stride] = from[i];
      }
    for (int i = 0; i < n; ++i) {
      const std::int64_t point = start + i * state.own_stride;
      std::uint8_t& mark = strategies.marks[ix(marks + point)];
      const DecisionMark found = shop.answer.mark[ix(i)];
      tally.residual = std::max(tally.residual, shop.answer.residual[ix(i)]);
      if (found == DecisionMark::unique) {
        mark = static_cast<std::uint8_t>(found);
        continue;
      }
      // A jump stays one while the decision has several solutions.
      const bool jumped = pass.again && mark == static_cast<std::uint8_t>(DecisionMark::jump) &&
                          found == DecisionMark::several;
      if (!jumped) mark = static_cast<std::uint8_t>(found);
      note(pass, task.state, point, static_cast<DecisionMark>(mark), 0.0, tally);
      --tally.decisions;
    }
    tally.decisions += n;
    here.value_line(shop.answer, start, shop.scratch);
  }
}

void Sweep::work(const Pass& pass, const Task& task, Tally& tally, std::vector<Task>* open) const {
  Workshop& shop = workshop();
  Here here(plan_, pass.rung->tables, task.state, pass.round, pass.rung->factor);
  const StatePlan& state = here.plan();
  if (pass.probing && several_seen_.load(std::memory_order_relaxed)) return;
  if (state.line || state.joint) {
    state.line ? solve_lines(pass, task, tally, open) : solve_joint(pass, task, tally);
    if (pass.probing && tally.several > 0) several_seen_.store(true, std::memory_order_relaxed);
    return;
  }
  if (!state.decides()) {
    here.average(task.begin, task.end, shop.scratch);
    return;
  }
  const std::size_t at = slot(pass.round, task.state);
  Assessment& strategies = pass.rung->strategies;
  double* block = strategies.log_strategy.data() + strategies.offset[at];
  const double residual = here.answer_points(block, task.begin, task.end, shop.scratch);
  const DecisionMark mark = residual <= residual_limit(1.0) || std::isfinite(residual)
                                ? DecisionMark::unique
                                : DecisionMark::unsolved;
  for (std::int64_t p = task.begin; p < task.end; ++p) {
    strategies.marks[ix(strategies.mark_offset[at] + p)] = static_cast<std::uint8_t>(mark);
    note(pass, task.state, p, mark, residual, tally);
  }
  here.value_points(block, task.begin, task.end, shop.scratch);
}

/// Beliefs at the `number`th point of a state's halved axes, the axis `held` left out and at its
/// first node.
Sweep::FinePoint Sweep::fine_point(const StatePlan& state, const BeliefAxes& axes,
                                   std::int64_t number, int held) const {
  FinePoint out;
  out.at.u.assign(plan_.axes.size(), 0.0);
  out.at.place.assign(plan_.axes.size(), {});
  std::int64_t stride = 1;
  for (auto k = state.axes.rbegin(); k != state.axes.rend(); ++k) {
    const auto count = static_cast<std::int64_t>(axes.nodes[ix(*k)].size());
    const std::int64_t node = *k == held ? 0 : number % count;
    if (*k != held) number /= count;
    if (*k == held) out.held_stride = stride;
    out.at.on_halved(*k, axes.log_odds_at(*k, node), node);
    out.point += node * stride;
    out.near += node / 2 * state.axis_stride[ix(*k)];
    stride *= count;
  }
  return out;
}

/// The same decisions on the refined axes, against the stored values: lines of a mover's refined
/// axis, one for each refined belief point about the others; single points of other decisions.
void Sweep::refine(const Pass& pass, const Task& task, Tally& tally) const {
  if (plan_.states[ix(task.state)].joint) return refine_joint(pass, task, tally);
  bundles(task.state) ? refine_batch(pass, task, tally) : refine_lines(pass, task, tally);
}

/// Lines of the mover's own axis, points otherwise, that one task takes; `own`: nodes of the
/// refined axis.
std::int64_t Sweep::refine_size(int state, std::int64_t own) const {
  if (plan_.states[ix(state)].joint) return joint_per_task;
  if (bundles(state)) return 4 * Bundle::most_columns;
  return std::max<std::int64_t>(
      1, work_per_task / (own * plan_.shape.states[ix(state)].num_branches * 8));
}

void Sweep::refine_lines(const Pass& pass, const Task& task, Tally& tally) const {
  const StatePlan& state = plan_.states[ix(task.state)];
  Workshop& shop = workshop();
  Here here(plan_, pass.rung->tables, task.state, pass.round, pass.rung->factor);
  Assessment& fine = *pass.refined;
  const Assessment& coarse = pass.stored != nullptr ? *pass.stored : pass.rung->strategies;
  const std::size_t at = slot(pass.round, task.state);
  const std::int64_t row = fine.offset[at], marks = fine.mark_offset[at],
                     coarse_row = coarse.offset[at];
  const auto branches = here.num_branches();
  const std::int64_t points = fine.axes.num_points(state.live);
  const Profiles profiles(plan_.shape.players, state.live);
  std::int64_t own = 1;
  if (state.line) {
    shop.targets = node_log_odds(fine.axes.axis(state.own_axis));
    own = static_cast<std::int64_t>(shop.targets.size());
  }
  News still;
  still.reset(plan_.space.num_axes());
  for (std::int64_t line = task.begin; line < task.end; ++line) {
    const FinePoint where = fine_point(state, fine.axes, line, state.own_axis);
    shop.beliefs.resize(ix(state.profiles));
    plan_.weigh(state.mover, profiles, state.live, where.at.u.data(), shop.beliefs.data());
    shop.scratch.landing.land(plan_, state, where.at, still, false);
    shop.corners = shop.scratch.landing.corners;
    if (!state.line) {
      shop.scores.resize(ix(branches));
      here.score_point(shop.corners, shop.beliefs.data(), 1, shop.scores.data());
      const double log_z = log_sum_exp(shop.scores);
      for (int k = 0; k < branches; ++k)
        fine.log_strategy[ix(row + k * points + where.point)] = shop.scores[ix(k)] - log_z;
      fine.marks[ix(marks + where.point)] = static_cast<std::uint8_t>(
          std::isfinite(log_z) ? DecisionMark::unique : DecisionMark::unsolved);
      ++tally.decisions;
      continue;
    }
    here.score_line(shop.corners, shop.beliefs.data(), 1, shop.line, shop.scratch);
    shop.line.prepare();
    Guide guide;
    guide.selection = Selection::nearest;
    guide.ratio = [&](int target, std::vector<double>& ratio) {
      const std::int64_t node = std::clamp<std::int64_t>(target / 2, 1, state.own_nodes - 2);
      ratio.assign(ix(branches), 0.0);
      for (int k = 0; k < branches; ++k)
        if (here.open_to(k) == 3) {
          const std::int64_t point =
              coarse_row + k * state.points + where.near + node * state.own_stride;
          ratio[ix(k)] = coarse.log_strategy[ix(point + branches * state.points)] -
                         coarse.log_strategy[ix(point)];
        }
    };
    shop.kernel.solve(shop.line, shop.targets, guide, shop.answer);
    for (std::int64_t i = 0; i < own; ++i) {
      const std::int64_t point = where.point + i * where.held_stride;
      for (int type = 0; type < 2; ++type)
        for (int k = 0; k < branches; ++k)
          fine.log_strategy[ix(row + (std::int64_t{type} * branches + k) * points + point)] =
              shop.answer.log_sigma[shop.answer.index(type, k, static_cast<int>(i))];
      fine.marks[ix(marks + point)] = static_cast<std::uint8_t>(shop.answer.mark[ix(i)]);
      ++tally.decisions;
    }
  }
}

Sweep::Ending Sweep::level(const Pass& pass, const std::vector<int>& states) {
  std::vector<Task> tasks, fine;
  std::vector<int> bundled, untyped, continuing;
  const auto split = [](std::vector<Task>& into, int state, std::int64_t count, std::int64_t size) {
    for (std::int64_t begin = 0; begin < count; begin += size)
      into.push_back({state, begin, std::min(count, begin + size)});
  };
  for (const int s : states) {
    if (!plan_.reached(pass.round, s)) continue;
    const StatePlan& state = plan_.states[ix(s)];
    const std::int64_t branches = plan_.shape.states[ix(s)].num_branches;
    const std::int64_t a_line = state.own_nodes * branches * 8;
    if (bundles(s))
      bundled.push_back(s);
    else if (alone(s))
      untyped.push_back(s);
    else if (state.line)
      split(tasks, s, state.points / state.own_nodes,
            std::max<std::int64_t>(1, work_per_task / a_line));
    else if (state.joint)
      split(tasks, s, state.points, joint_per_task);
    else
      split(tasks, s, state.points, std::max<std::int64_t>(1, work_per_task / branches));
    if (pass.below != nullptr && state.joint) continuing.push_back(s);
    if (pass.refined == nullptr || !state.decides()) continue;
    const std::int64_t points = pass.refined->axes.num_points(state.live);
    const std::int64_t own =
        state.line ? static_cast<std::int64_t>(pass.refined->axes.nodes[ix(state.own_axis)].size())
                   : 1;
    split(fine, s, points / own, refine_size(s, own));
  }
  const std::vector<Batch> lines = batches(pass, bundled), points = alone_batches(untyped);
  std::vector<Tally> found(tasks.size() + lines.size() + points.size());
  std::vector<std::vector<Task>> open(found.size());  // lines that must continue the rung below
  if (!below_is_solved(pass, continuing)) return Ending::too_shallow;
  stand_in(pass, continuing);
  const bool asks_first = pass.below != nullptr && !pass.again;
  parallel_for(found.size(), [&](std::size_t k) {
    if (k < tasks.size()) return work(pass, tasks[k], found[k], asks_first ? &open[k] : nullptr);
    const std::size_t batch = k - tasks.size();
    batch < lines.size()
        ? solve_batch(pass, lines[batch], found[k], asks_first ? &open[k] : nullptr)
        : solve_alone(pass, points[batch - lines.size()], found[k]);
  });
  tasks.clear();
  continuing.clear();
  for (const std::vector<Task>& some : open)
    for (const Task& line : some) {
      tasks.push_back(line);
      if (continuing.empty() || continuing.back() != line.state) continuing.push_back(line.state);
    }
  if (!tasks.empty()) {
    if (!below_is_solved(pass, continuing)) return Ending::too_shallow;
    stand_in(pass, continuing);
    const std::size_t first = found.size();
    found.resize(first + tasks.size());
    parallel_for(tasks.size(),
                 [&](std::size_t k) { solve_lines(pass, tasks[k], found[first + k], nullptr); });
  }
  for (const Tally& one : found) {
    tally_.add(one);
    done_ += one.decisions;
  }
  if (fine.empty()) return Ending::finished;
  found.assign(fine.size(), Tally{});
  parallel_for(fine.size(), [&](std::size_t k) { refine(pass, fine[k], found[k]); });
  for (const Tally& one : found) done_ += one.decisions;
  return Ending::finished;
}

bool Sweep::below_is_solved(const Pass& pass, const std::vector<int>& states) const {
  return states.empty() || !plan_.shape.states[ix(states.front())].timed ||
         pass.round >= pass.below->lowest;
}

/// Values below that decisions of these states read, brought into the tables of the rung below:
/// those of other rounds and of untimed states have stood there since it was solved, of the round
/// in hand only what is asked for.
void Sweep::stand_in(const Pass& pass, const std::vector<int>& states) {
  if (states.empty() || !plan_.shape.states[ix(states.front())].timed) return;
  stood_in_.resize(plan_.states.size(), -1);
  std::vector<int> open = states;
  std::vector<std::uint8_t> wanted(plan_.states.size(), 0);
  bool any = false;
  while (!open.empty()) {
    const PublicState& from = plan_.shape.states[ix(open.back())];
    open.pop_back();
    for (int b = from.first_branch; b < from.first_branch + from.num_branches; ++b) {
      const int next = plan_.link(b, pass.round).state;
      if (next < 0 || !plan_.shape.states[ix(next)].timed ||
          plan_.shape.branches[ix(b)].advance > 0 || stood_in_[ix(next)] == pass.round)
        continue;
      stood_in_[ix(next)] = pass.round;
      wanted[ix(next)] = 1;
      any = true;
      open.push_back(next);
    }
  }
  for (const auto& level : plan_.shape.timed_levels) {
    if (!any) return;
    std::vector<int> some;
    for (const int s : level)
      if (wanted[ix(s)] != 0) some.push_back(s);
    value(*pass.below, pass.below->strategies, pass.round, some);
  }
}

void Sweep::keep_entries(Tables& tables, int round) const {
  for (std::size_t s = 0; s < plan_.states.size(); ++s) {
    const StatePlan& state = plan_.states[s];
    if (state.entry_offset < 0 || !plan_.reached(round, static_cast<int>(s))) continue;
    std::copy_n(tables.timed.begin() + state.slab_offset, state.size,
                tables.entries.begin() + round * plan_.entries_size + state.entry_offset);
  }
}

Sweep::Ending Sweep::levels(const Pass& pass, const std::vector<std::vector<int>>& order,
                            const GoOn& go_on) {
  for (const auto& states : order) {
    if (!go_on()) return Ending::cancelled;
    Ending ending = level(pass, states);
    if (ending == Ending::finished && listing_ && pass.rung->factor == 1.0)
      list_level(pass, states);
    if (ending == Ending::finished && pass.probing && tally_.several > 0)
      ending = Ending::several_found;
    if (ending == Ending::finished && pass.stops_when_lost && tally_.fresh_jumps > 0)
      ending = Ending::lost;
    if (ending == Ending::finished) continue;
    needed_ = plan_.shape.states[ix(states.front())].timed ? pass.round : plan_.shape.rounds;
    return ending;
  }
  return Ending::finished;
}

/// How values of a cycle's heads move with those that play comes back to, where that is little
/// enough to be probed.
Dependence Sweep::dependence(const SolutionOrder::Stage& cycle,
                             const std::vector<int>& heads) const {
  constexpr std::int64_t most_numbers = 256;
  constexpr int most_probes = 16;
  std::vector<int> first, number(plan_.states.size(), -1);
  std::int64_t size = 0;
  for (const int head : heads) {
    const StatePlan& state = plan_.states[ix(head)];
    number[ix(head)] = static_cast<int>(first.size());
    first.push_back(static_cast<int>(size));
    size += state.size;
    if (size > most_numbers) return {};
  }
  // Levels hold successors first.
  std::vector<std::vector<int>> reads(plan_.states.size());
  for (const auto& level : cycle.levels)
    for (const int s : level) {
      std::vector<int>& own = reads[ix(s)];
      const PublicState& from = plan_.shape.states[ix(s)];
      for (int b = from.first_branch; b < from.first_branch + from.num_branches; ++b) {
        const Link& next = plan_.branches[ix(b)].next;
        if (next.state < 0) continue;
        if (next.back)
          own.push_back(number[ix(next.state)]);
        else
          own.insert(own.end(), reads[ix(next.state)].begin(), reads[ix(next.state)].end());
      }
      std::ranges::sort(own);
      own.erase(std::ranges::unique(own).begin(), own.end());
    }
  std::vector<std::vector<int>> moved_by;
  for (const int head : heads) moved_by.push_back(reads[ix(head)]);
  Dependence out = Dependence::by_block(first, static_cast<int>(size), moved_by);
  return out.probes <= most_probes ? out : Dependence{};
}

/// A cycle of public states: swept until the values of those that play comes back to move no more,
/// then once again for the tally.
Sweep::Ending Sweep::iterate(const Pass& pass, int stage, const GoOn& go_on) {
  const SolutionOrder::Stage& cycle = plan_.order.stages[ix(stage)];
  const std::vector<int> heads = plan_.order.heads(plan_.shape, stage);
  Tables& tables = pass.rung->tables;
  std::vector<double> x, fx;
  for (const int head : heads) {
    const StatePlan& state = plan_.states[ix(head)];
    const auto first = tables.heads.begin() + state.head_offset;
    x.insert(x.end(), first, first + state.size);
  }
  const Tally before = tally_;
  const std::int64_t done = done_;
  Pass trial = pass;
  trial.refined = nullptr;
  trial.probing = false;
  trial.only_values = true;
  trial.stops_when_lost = false;
  std::int64_t fresh_jumps = 0;
  // Nobody knows how many sweeps it takes: progress stands still meanwhile.
  const GoOn standing_still = [&] {
    const std::int64_t now = std::exchange(done_, done);
    const bool goes_on = go_on();
    done_ = now;
    return goes_on;
  };
  // Once plain iteration is seen to converge, Newton's method hurries there, where its slopes can
  // be had; where that fails, iteration goes on from where it was.
  constexpr int falls_before_slopes = 10;
  constexpr int most_tries = 3;
  constexpr double near = 1e-2, try_again = 0.1;  // of the largest value: the change from which
                                                  // slopes are of use; nearer every time
  double next_try = near;
  const Dependence depends = dependence(cycle, heads);
  Tangent tangent(depends);
  bool by_slopes = false;
  int tries = 0;
  int falls = 0, sweeps_by_slopes = 0;
  double last_change = infinity;
  std::vector<double> plain_x;
  FixedPoint search;
  auto ending = FixedPoint::Ending::none;
  while (ending == FixedPoint::Ending::none) {
    if (const Ending stopped = levels(trial, cycle.levels, standing_still);
        stopped != Ending::finished)
      return stopped;
    if (!trial.again) fresh_jumps = tally_.fresh_jumps - before.fresh_jumps;
    tally_ = before;
    done_ = done;
    fx.clear();
    for (const int head : heads) {
      const StatePlan& state = plan_.states[ix(head)];
      const auto first = tables.untimed.begin() + state.slab_offset;
      fx.insert(fx.end(), first, first + state.size);
    }
    if (by_slopes) {
      const auto found = tangent.step(x, fx);
      ++sweeps_by_slopes;
      by_slopes = found == Tangent::Ending::none;
      if (found == Tangent::Ending::converged) ending = FixedPoint::Ending::converged;
      if (found == Tangent::Ending::failed) x = plain_x;
      last_change = tangent.change();
    } else {
      const double before = last_change;
      std::vector<double> swept = x;
      ending = search.step(x, fx);
      last_change = search.change();
      falls = last_change < before ? falls + 1 : 0;
      double size = 0.0;
      for (const double value : fx) size = std::max(size, std::abs(value));
      if (ending == FixedPoint::Ending::none && depends.probes > 0 && tries < most_tries &&
          falls >= falls_before_slopes && last_change <= next_try * size) {
        by_slopes = true;
        ++tries;
        next_try = try_again * last_change / size;
        plain_x = std::exchange(x, std::move(swept));
        tangent.begin(x, fx);
      }
    }
    auto from = x.begin();
    for (const int head : heads) {
      const StatePlan& state = plan_.states[ix(head)];
      std::copy_n(from, state.size, tables.heads.begin() + state.head_offset);
      from += state.size;
    }
    trial.again = true;
  }
  Pass last = pass;
  last.again = true;
  if (const Ending stopped = levels(last, cycle.levels, go_on); stopped != Ending::finished)
    return stopped;
  tally_.fresh_jumps += fresh_jumps;
  tally_.sweeps = std::max(tally_.sweeps, search.steps() + sweeps_by_slopes);
  tally_.damped = tally_.damped || search.damped();
  // The strategies answer x; a reader who values them anew finds f(x).
  const double lambda =
      pass.rung->factor * *std::max_element(plan_.lambda.begin(), plan_.lambda.end());
  tally_.residual = std::max(tally_.residual, 2.0 * lambda * last_change);
  if (ending == FixedPoint::Ending::converged) return Ending::finished;
  tally_.not_settled = true;
  if (pass.probing) return Ending::several_found;
  give_up(pass, cycle);
  return Ending::finished;
}

/// Strategies that answer values which never settled are no equilibrium: every decision of the
/// cycle says so.
void Sweep::give_up(const Pass& pass, const SolutionOrder::Stage& cycle) {
  constexpr auto unsolved = static_cast<std::uint8_t>(DecisionMark::unsolved);
  for (const auto& states : cycle.levels)
    for (const int s : states) {
      if (!plan_.states[ix(s)].decides()) continue;
      const std::size_t at = slot(0, s);
      for (Assessment* one : {&pass.rung->strategies, pass.refined}) {
        if (one == nullptr) continue;
        const std::int64_t points = one->axes.num_points(plan_.shape.states[ix(s)].live),
                           first = one->mark_offset[at];
        for (std::int64_t p = 0; p < points; ++p) {
          std::uint8_t& mark = one->marks[ix(first + p)];
          if (one != pass.refined && mark != unsolved) {
            ++tally_.unsolved;
            if (std::ranges::count(tally_.spots, DecisionMark::unsolved, &Tally::Spot::mark) <
                spots_kept)
              tally_.spots.push_back({0, s, p, DecisionMark::unsolved});
          }
          mark = unsolved;
        }
      }
    }
}

Sweep::Ending Sweep::run(Rung& rung, Rung* below, Until until, Assessment* refined,
                         const OnStep& on_step, std::int64_t expected) {
  tally_ = Tally{};
  listed_.clear();
  done_ = 0;
  several_seen_ = false;
  stood_in_.clear();
  const auto go_on = [&] {
    return !on_step ||
           on_step({"solve",
                    std::min(1.0, static_cast<double>(done_) /
                                      static_cast<double>(std::max<std::int64_t>(1, expected)))});
  };
  Pass pass{&rung, below, refined, 0, until == Until::several};
  pass.stops_when_lost = until == Until::lost;
  needed_ = plan_.shape.rounds;
  if (below != nullptr)
    rung.tables.heads = below->tables.heads;
  else
    std::fill(rung.tables.heads.begin(), rung.tables.heads.end(), 0.0);
  for (std::size_t k = 0; k < plan_.order.stages.size(); ++k) {
    const SolutionOrder::Stage& stage = plan_.order.stages[k];
    const Ending ending = stage.cyclic ? iterate(pass, static_cast<int>(k), go_on)
                                       : levels(pass, stage.levels, go_on);
    if (ending != Ending::finished) return ending;
  }
  for (int round = plan_.shape.timed_levels.empty() ? -1 : plan_.shape.rounds - 1;
       round >= rung.lowest; --round) {
    pass.round = round;
    // Levels of timed states hold untimed indices nowhere; an empty level costs nothing.
    if (const Ending ending = levels(pass, plan_.shape.timed_levels, go_on);
        ending != Ending::finished)
      return ending;
    keep_entries(rung.tables, round);
  }
  return Ending::finished;
}

void lay_out(const Plan& plan, const BeliefAxes& axes, Assessment& assessment) {
  const std::size_t states = plan.shape.states.size();
  assessment.axes = axes;
  assessment.offset.assign(states * ix(plan.shape.rounds), -1);
  assessment.mark_offset = assessment.offset;
  std::int64_t size = 0, marks = 0;
  for (int round = 0; round < plan.shape.rounds; ++round)
    for (std::size_t s = 0; s < states; ++s) {
      const StatePlan& state = plan.states[s];
      const bool timed = plan.shape.states[s].timed;
      if (!state.decides() || (!timed && round > 0) || !plan.reached(round, static_cast<int>(s)))
        continue;
      const std::int64_t points = axes.num_points(state.live);
      assessment.offset[ix(round) * states + s] = size;
      assessment.mark_offset[ix(round) * states + s] = marks;
      size += state.rows * points;
      marks += points;
    }
  assessment.log_strategy.assign(ix(size), 0.0);
  assessment.marks.assign(ix(marks), static_cast<std::uint8_t>(DecisionMark::unsolved));
}

}  // namespace melian::grid
