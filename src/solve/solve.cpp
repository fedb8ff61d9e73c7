#include "melian/solve.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <utility>

#include <fmt/core.h>

#include "solve/follow_play.h"
#include "solve/kept.h"
#include "solve/refuse.h"
#include "solve/sweep.h"

namespace melian {
namespace grid {
namespace {

constexpr int most_halvings =
    40;  ///< of lambda in search of a rung where every decision has one solution
constexpr double first_ratio = 1.4142135623730951;
constexpr double short_ratio = 1.05;    ///< between rungs, where some decision has no curve
constexpr double smallest_ratio = 1.1;  ///< below which a fold is taken for what it is
constexpr int most_rungs = 200;
constexpr double lowest_checked =
    1.0 /
    16;  ///< of the target lambda: where a ladder that is climbed for a check begins at the latest

class Climb {
 public:
  Climb(const Game& game, const SolveOptions& options, BeliefAxes axes)
      : game_(game),
        options_(options),
        axes_(std::move(axes)),
        plan_(game, axes_, options),
        sweep_(plan_) {
    expected_ = count_decisions(game.shape(), axes_);
    if (options.refined) {
      fine_ = refined_axes(axes_);
      expected_ += count_decisions(game.shape(), fine_);
    }
  }

  Solution run();
  /// Values at the first public state, as they lie in its table.
  [[nodiscard]] std::vector<double>& at_root() { return at_root_; }

 private:
  using Ending = Sweep::Ending;

  Rung fresh(double factor) const;
  Ending attempt(Rung& rung, Rung* below, Sweep::Until until);
  Ending climb(Rung& top);
  Ending climb_from(int lowest, Rung& top, Rung& spare);
  void summarise(const Rung& top, Ending ending);
  [[nodiscard]] std::string place(int round, int state, std::int64_t point) const;
  void name_places();

  const Game& game_;
  const SolveOptions& options_;
  BeliefAxes axes_, fine_;
  Plan plan_;
  Sweep sweep_;
  Solution out_;
  std::vector<double> at_root_;
  std::int64_t expected_ = 0, decisions_ = 0;
  double done_before_ = 0.0, done_after_ = 1.0;  ///< share of the climb, at the ends of a rung
  std::string note_;
};

Rung Climb::fresh(double factor) const {
  Rung rung;
  rung.factor = factor;
  rung.tables.timed.assign(ix(plan_.timed_size), 0.0);
  rung.tables.untimed.assign(ix(plan_.untimed_size), 0.0);
  rung.tables.entries.assign(ix(plan_.entries_size * plan_.shape.rounds), 0.0);
  rung.tables.heads.assign(ix(plan_.heads_size), 0.0);
  lay_out(plan_, axes_, rung.strategies);
  return rung;
}

Climb::Ending Climb::attempt(Rung& rung, Rung* below, Sweep::Until until) {
  Assessment* refined = nullptr;
  if (options_.refined && rung.factor == 1.0) {
    out_.refined.emplace();
    lay_out(plan_, fine_, *out_.refined);
    refined = &*out_.refined;
  }
  const OnStep on_step = [this](const Step& step) {
    return !options_.on_step ||
           options_.on_step({step.stage, done_before_ + (done_after_ - done_before_) * step.done});
  };
  const Ending ending = sweep_.run(rung, below, until, refined, on_step, expected_);
  if (ending != Ending::several_found && ending != Ending::too_shallow && ending != Ending::lost)
    decisions_ += sweep_.tally().decisions;
  return ending;
}

/// Lower rungs are solved as far back in play as a decision with several solutions asks for: at
/// first where the search for such decisions ended, at least twice as far whenever that was not
/// enough, and all the way once that is a good part of it.
Climb::Ending Climb::climb(Rung& top) {
  const int rounds = plan_.shape.timed_levels.empty() ? 0 : plan_.shape.rounds;
  // Decisions without a curve continue the rung below wherever they are.
  const bool joint = std::ranges::any_of(plan_.states, &StatePlan::joint);
  Rung spare = fresh(1.0);
  for (int lowest = joint ? 0 : std::min(rounds, sweep_.needed());;) {
    const Ending ending = climb_from(lowest, top, spare);
    if (ending != Ending::too_shallow) return ending;
    out_.summary.ladder.clear();
    lowest = std::clamp(rounds - 2 * (rounds - lowest), 0, sweep_.needed());
    constexpr int good_part = 4;
    if (good_part * (rounds - lowest) > rounds) lowest = 0;
  }
}

/// From a rung where every decision has one solution up to the target, all continuations on the
/// same rung.
Climb::Ending Climb::climb_from(int lowest, Rung& top, Rung& spare) {
  Rung &below = spare, &next = top;
  done_before_ = done_after_ = 0.0;  // nobody knows how far down the ladder begins
  below.factor = options_.rung_halvings > 0 ? lowest_checked : 0.5;
  below.lowest = lowest;
  for (int k = 0; k < most_halvings; ++k, below.factor *= 0.5) {
    const Ending ending = attempt(below, nullptr, Sweep::Until::several);
    if (ending == Ending::cancelled) return ending;
    if (ending == Ending::finished) break;
  }
  double largest = 0.0;
  for (const double own : plan_.lambda) largest = std::max(largest, own);
  out_.summary.ladder.push_back(below.factor * largest);
  // Without a curve nothing tells one path from another but short steps.
  const bool joint = std::ranges::any_of(plan_.states, &StatePlan::joint);
  const double widest =
      std::pow(joint ? short_ratio : first_ratio, std::ldexp(1.0, -options_.rung_halvings));
  double ratio = widest;
  const double first = below.factor;
  const auto share = [&](double factor) {
    return first < 1.0 ? std::log(factor / first) / -std::log(first) : 1.0;
  };
  while (below.factor < 1.0) {
    next.factor = std::min(1.0, below.factor * ratio);
    if (next.factor > 0.999) next.factor = 1.0;
    done_before_ = share(below.factor);
    done_after_ = share(next.factor);
    next.lowest = next.factor == 1.0 ? 0 : lowest;
    const bool may_shorten = ratio > smallest_ratio && out_.summary.ladder.size() < most_rungs;
    const Ending ending =
        attempt(next, &below, may_shorten ? Sweep::Until::lost : Sweep::Until::done);
    if (ending == Ending::cancelled || ending == Ending::too_shallow) return ending;
    // A solution lost on the way may have been lost to a step too long.
    if (may_shorten &&
        (ending == Ending::lost || sweep_.tally().fresh_jumps > 0 || sweep_.tally().not_settled)) {
      ratio = std::sqrt(ratio);
      continue;
    }
    out_.summary.ladder.push_back(next.factor * largest);
    std::swap(below, next);
    ratio = std::min(widest, ratio * ratio);
  }
  std::swap(below, next);  // the target is the top
  return Ending::finished;
}

std::string Climb::place(int round, int state, std::int64_t point) const {
  std::string where = describe_state(game_.shape(), state);
  if (game_.shape().states[ix(state)].timed) where = fmt::format("round {}, {}", round + 1, where);
  const StatePlan& plan = plan_.states[ix(state)];
  for (const int k : plan.axes)
    where += fmt::format(
        ", belief that {} {}", plan_.space.statement(game_.shape(), k),
        number_text(
            plan_.axes[ix(k)].b[ix(point / plan.axis_stride[ix(k)] % plan_.axes[ix(k)].nodes())],
            4));
  return where;
}

void Climb::name_places() {
  constexpr std::size_t named = 8;
  std::vector<Tally::Spot> spots = sweep_.tally().spots;
  std::ranges::stable_sort(spots, std::greater<>(), &Tally::Spot::mark);  // the worst first
  spots.resize(std::min(named, spots.size()));
  for (const Tally::Spot& spot : spots) {
    const char* what = spot.mark == DecisionMark::several ? "several solutions"
                       : spot.mark == DecisionMark::jump  ? "the followed solution ended in a fold"
                                                          : "no solution found";
    out_.summary.places.push_back(
        fmt::format("{}: {}", place(spot.round, spot.state, spot.point), what));
  }
  out_.several = std::move(
      sweep_.listed());  // the start of play comes last in a backward pass, and first to a reader
  std::ranges::reverse(out_.several);
  for (DecisionSolutions& one : out_.several) one.place = place(one.round, one.state, one.point);
}

void Climb::summarise(const Rung& top, Ending ending) {
  SolveSummary& summary = out_.summary;
  const Tally& tally = sweep_.tally();
  summary.method = "belief grid";
  summary.nodes = nodes_by_player(game_.shape(), axes_);
  summary.residual = tally.residual;
  summary.decisions = decisions_;
  summary.several = tally.several;
  summary.searched = tally.searched;
  summary.jumps = tally.jumps;
  summary.unsolved = tally.unsolved;
  name_places();
  if (ending == Ending::cancelled) {
    summary.termination = Termination::cancelled;
    summary.message =
        "cancelled before the first round was reached; nothing of the answer can be used";
    return;
  }
  const std::span<const double> table = root_table(plan_, top.tables);
  at_root_.assign(table.begin(), table.end());
  out_.start_values = start_values(plan_, table);
  summary.termination = tally.not_settled     ? Termination::not_settled
                        : tally.unsolved == 0 ? Termination::converged
                                              : Termination::unsolved_decisions;
  summary.sweeps = tally.sweeps;
  summary.message =
      tally.unsolved > 0
          ? fmt::format("{} decisions have no solution that meets the tolerance", tally.unsolved)
      : tally.several == 0 && tally.searched > 0
          ? fmt::format(
                "one solution found for every decision; of {} that move several types or players "
                "at once others were looked for, which is no proof",
                tally.searched)
      : tally.several == 0 ? "every decision has exactly one solution"
      : tally.jumps == 0
          ? fmt::format("{} decisions have several solutions; {}", tally.several, note_)
          : fmt::format("{} decisions have several solutions; {}; {} of them rest on a jump",
                        tally.several, note_, tally.jumps);
  if (tally.not_settled)
    summary.message = fmt::format(
        "play that comes back to itself found no stationary values in {} sweeps: they go round in "
        "circles, so that the end of a long horizon is felt at its "
        "start",
        tally.sweeps);
  else if (tally.damped)
    summary.message +=
        "; these stationary values are not the limit of finite horizons, which go round in circles";
  else if (tally.sweeps > 0)
    summary.message +=
        "; stationary values are the limit of finite horizons, and need not be the only ones";
}

Solution Climb::run() {
  const auto begun = std::chrono::steady_clock::now();
  Rung top = fresh(1.0);
  if (options_.list_solutions)
    sweep_.list(game_.shape().root, plan_.start_point(plan_.states[ix(game_.shape().root)].live));
  const bool may_climb = options_.ladder && count_solve_bytes(game_.shape(), axes_, options_) >
                                                count_bytes(game_.shape(), axes_, options_.refined);
  Ending ending = attempt(top, nullptr, may_climb ? Sweep::Until::several : Sweep::Until::done);
  const bool joint = std::ranges::any_of(plan_.states, &StatePlan::joint);
  if (ending == Ending::several_found ||
      (ending == Ending::finished && may_climb && joint && options_.rung_halvings > 0)) {
    note_ =
        "each continues the solution on the rung of lambda below, all continuations on the same "
        "rung";
    ending = climb(top);
  } else {
    note_ = options_.ladder ? "each continues the single decision from lambda 0 with continuations "
                              "frozen, for want of memory to climb the ladder"
                            : "each continues the single decision from lambda 0 with continuations "
                              "frozen (no ladder)";
  }
  out_.assessment = std::move(top.strategies);
  for (Assessment* one : {&out_.assessment, out_.refined ? &*out_.refined : nullptr}) {
    if (one == nullptr) continue;
    one->game_fingerprint = game_.fingerprint;
    one->measure = options_.measure;
    one->discounting = options_.discounting;
    for (int i = 0; i < plan_.players(); ++i) {
      one->lambda.emplace_back();
      for (int k = 0; k < game_.shape().players[ix(i)].num_types(); ++k)
        one->lambda.back().push_back(plan_.lambda[ix(plan_.type_index(i, k))]);
    }
  }
  summarise(top, ending);
  if (ending == Ending::cancelled) {
    // What a cancelled pass left is no strategy: better none than half.
    std::fill(out_.assessment.offset.begin(), out_.assessment.offset.end(), -1);
    out_.refined.reset();
  }
  out_.summary.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  return std::move(out_);
}

}  // namespace
}  // namespace grid

Result<Solution> solve(const Game& game, const SolveOptions& options) {
  if (Diagnostics refused = grid::refusals(game, options); !refused.empty())
    return std::unexpected(std::move(refused));
  if (std::get<BeliefGrid>(options.method).follow) return grid::solve_following(game, options);
  return grid::solve_on(game, options, belief_axes(game, std::get<BeliefGrid>(options.method)));
}

Result<Solution> grid::solve_on(const Game& game, const SolveOptions& options, BeliefAxes axes) {
  if (Diagnostics refused = too_large(game, axes, options); !refused.empty())
    return std::unexpected(std::move(refused));
  const bool keeps = options.kept != nullptr && !options.list_solutions &&
                     !std::get<BeliefGrid>(options.method).follow;
  std::string fingerprint;
  if (keeps) {
    fingerprint = solver_fingerprint(game, axes, options);
    if (std::optional<Solution> known = take_over(*options.kept, fingerprint, game, axes, options))
      return *std::move(known);
  }
  Climb climb(game, options, std::move(axes));
  Solution out = climb.run();
  if (keeps && out.summary.termination != Termination::cancelled)
    keep(*options.kept, fingerprint, out, std::move(climb.at_root()));
  return out;
}

}  // namespace melian
