#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <utility>

#include "melian/answer.h"
#include "melian/beliefs.h"
#include "predict/sweep_size.h"

namespace melian {
namespace {

constexpr double small_tree = 100'000;  // nodes: solved in seconds

using Seconds = std::chrono::duration<double>;

Seconds now() { return std::chrono::steady_clock::now().time_since_epoch(); }

bool beliefs_matter(const Structure& structure) {
  return std::any_of(
      structure.states.begin(), structure.states.end(),
      [&](const PublicState& state) { return (state.live & structure.everyone()) != 0; });
}

/// Passes every step on and remembers whether somebody said stop.
struct Watch {
  OnStep on_step;
  bool cancelled = false;
  bool operator()(const Step& step) {
    if (!cancelled && on_step && !on_step(step)) cancelled = true;
    return !cancelled;
  }
};

BeliefGrid thinned(const SolveOptions& asked, int times) {
  BeliefGrid out = std::get<BeliefGrid>(asked.method);
  out.thinned = times;
  return out;
}

/// Does an axis lose nodes when it is thinned a second time?
bool has_quarter(const Game& game, const SolveOptions& asked) {
  const BeliefAxes once = belief_axes(game, thinned(asked, 1)),
                   twice = belief_axes(game, thinned(asked, 2));
  for (std::size_t i = 0; i < once.nodes.size(); ++i)
    if (twice.nodes[i].size() < once.nodes[i].size()) return true;
  return false;
}

/// The printed numbers of the same game on a thinned grid.
Result<std::map<std::string, double>> numbers_at(const Game& game, const SolveOptions& asked,
                                                 int times, Watch& watch) {
  SolveOptions options = asked;
  options.method = thinned(asked, times);
  options.refined = false;
  options.on_step = [&](const Step& step) { return watch({"grid error", step.done}); };
  const Result<Solution> solution = solve(game, options);
  if (!solution) return std::unexpected(solution.error());
  if (watch.cancelled) return std::map<std::string, double>{};
  return printed_numbers(game.shape(), predict(game, *solution, options.on_step));
}

/// No stated error is smaller than these shares of a number's scale and of what is tolerated: what
/// it is compared with rests on equations solved to a finite residual, and two grids may agree by
/// chance far better than either is right.
constexpr double least_error = 1e-7, least_of_tolerance = 0.01;

/// What a stated error is times larger than the largest difference seen: it bounds, the difference
/// estimates. Where the last halving left more than a third of the difference before (a quarter is
/// expected), or nothing is known of that, the grid is too coarse to tell how fast errors fall.
constexpr double factor_of_safety = 2.0, factor_where_slow = 6.0, expected_share = 1.0 / 3;

double read_number(const std::map<std::string, double>& from, const std::string& name) {
  const auto found = from.find(name);
  return found == from.end() ? 0.0 : found->second;
}

/// The printed numbers with the changes of one part put into the strategies for the while.
std::map<std::string, double> numbers_with(const Game& game, Assessment& strategies,
                                           std::vector<StrategyChange>& changes,
                                           StrategyChange::Of part, Watch& watch) {
  const auto exchange = [&] {
    for (StrategyChange& change : changes)
      if (change.of == part)
        std::swap(change.log_sigma, strategies.log_strategy[static_cast<std::size_t>(change.at)]);
  };
  exchange();
  std::map<std::string, double> out = printed_numbers(
      game.shape(), predict(game, strategies,
                            [&](const Step& step) { return watch({"grid error", step.done}); }));
  exchange();
  return out;
}

/// How far each printed number moves when reached decisions are what they are with cells halved.
///
/// Of d decisions reached lightly, one in k is in either of two samples, each d / 2k strong: to
/// first order what all of them move a number by is estimated by k (A + B), A and B what the
/// samples move it by, with standard deviation about k |A - B|; both are counted.
std::map<std::string, double> carried_changes(const Game& game, Assessment& strategies,
                                              const std::map<std::string, double>& numbers,
                                              Certificate& certificate, Watch& watch) {
  using Of = StrategyChange::Of;
  std::vector<StrategyChange> changes = std::exchange(certificate.changed, {});
  const auto moved_by = [&](Of part) {
    std::map<std::string, double> out;
    if (std::ranges::none_of(changes, [&](const auto& change) { return change.of == part; }))
      return out;
    const std::map<std::string, double> changed =
        numbers_with(game, strategies, changes, part, watch);
    for (const auto& [name, number] : numbers) out[name] = read_number(changed, name) - number;
    return out;
  };
  std::map<std::string, double> out = moved_by(Of::all);
  const std::map<std::string, double> first = moved_by(Of::first_sample),
                                      second = moved_by(Of::second_sample);
  const auto k = static_cast<double>(certificate.cells_one_in);
  for (const auto& [name, number] : numbers) {
    const double a = read_number(first, name), b = read_number(second, name);
    out[name] = std::abs(read_number(out, name) + k * (a + b)) + k * std::abs(a - b);
  }
  return out;
}

/// Compares the printed numbers with those on thinned grids, N/2 nodes, and N/4 where there are
/// enough, and with what halved cells make of them.
///
/// With d = |m_N - m_N/2|, d' = |m_N/2 - m_N/4| and c = |m_N - m_halved| the error stated is
/// f max(d, d'/3, c), f = 2 where d <= d'/3 and 6 elsewhere. A number does not converge when d
/// exceeds d' and the error the tolerance. A number that a coarser grid does not have (nothing is
/// ever accepted there) is compared with 0.
Result<bool> estimate_grid_error(const Game& game, const AnswerOptions& asked,
                                 const std::map<std::string, double>& numbers,
                                 Assessment& strategies, Watch& watch, Certificate& certificate) {
  for (const auto& [name, number] : numbers) certificate.grid_error[name] = 0.0;
  if (!beliefs_matter(game.shape())) return true;
  const std::map<std::string, double> carried =
      carried_changes(game, strategies, numbers, certificate, watch);
  if (watch.cancelled) return true;
  const Result<std::map<std::string, double>> at_half = numbers_at(game, asked.solve, 1, watch);
  if (!at_half) return std::unexpected(at_half.error());
  const bool three_grids = has_quarter(game, asked.solve);
  Result<std::map<std::string, double>> at_quarter;
  if (three_grids) at_quarter = numbers_at(game, asked.solve, 2, watch);
  if (!at_quarter) return std::unexpected(at_quarter.error());
  if (watch.cancelled) return true;
  for (const auto& [name, number] : numbers) {
    const double first = std::abs(number - read_number(*at_half, name));
    const double second =
        three_grids ? std::abs(read_number(*at_half, name) - read_number(*at_quarter, name)) : 0.0;
    const auto found = certificate.scale.find(name);
    const double scale = found == certificate.scale.end() ? 1.0 : found->second,
                 tolerance = asked.certify.tolerance * scale, expected = expected_share * second,
                 seen = std::max({first, expected, read_number(carried, name)}),
                 factor = three_grids && first <= expected ? factor_of_safety : factor_where_slow,
                 least = std::max(least_error * scale, least_of_tolerance * tolerance);
    double& error = certificate.grid_error[name];
    error = seen == 0.0 ? 0.0 : std::max(factor * seen, least);
    if (three_grids && first > second && error > tolerance)
      certificate.not_converging.push_back(name);
  }
  return true;
}

/// The frequencies of endings of the plays drawn, against predictions widened by stated errors.
void hold_plays_to(const Structure& structure, const Prediction& prediction,
                   Certificate& certificate) {
  std::vector<double> errors;
  for (const std::string& outcome : structure.outcomes)
    errors.push_back(read_number(certificate.grid_error, "outcomes." + outcome));
  compare_plays(certificate, prediction.outcomes, errors);
}

/// One command that may do better.
std::string command_to_try(const Game& game, const SolveOptions& asked,
                           const Certificate& certificate) {
  if (certificate.holds) return "";
  if (count_tree_nodes(game) <= small_tree) return "melian solve MODEL --method tree";
  int most = 0;
  for (const std::vector<double>& nodes :
       belief_axes(game, std::get<BeliefGrid>(asked.method)).nodes)
    most = std::max(most, static_cast<int>(nodes.size()));
  if (certificate.residual_reached > certificate.residual_tolerance || most < 2)
    return "melian solve MODEL --lambda L, with a smaller precision";
  return "melian solve MODEL --grid " + std::to_string(2 * (most - 1) + 1);
}

/// Where solutions were followed: the same game on the same axes once more, in half the steps up
/// the ladder of lambda.
Result<bool> check_ladder(const Game& game, const SolveOptions& asked, const Solution& solution,
                          Certificate& certificate) {
  if (solution.summary.ladder.empty() && solution.summary.searched == 0)
    return false;  // every decision has one solution, proved
  SolveOptions options = asked;
  options.rung_halvings = 1;
  options.refined = false;
  options.list_solutions = false;
  options.method = BeliefGrid{.axes = solution.assessment.axes};
  const Result<Solution> again = solve(game, options);
  if (!again) return std::unexpected(again.error());
  if (again->summary.termination == Termination::cancelled) return false;
  double worst = reached_difference(game, solution.assessment, again->assessment);
  for (std::size_t j = 0; j < solution.start_values.size(); ++j)
    for (std::size_t type = 0; type < solution.start_values[j].size(); ++type) {
      const double stake =
          j < certificate.stake.size() && certificate.stake[j] > 0.0 ? certificate.stake[j] : 1.0;
      worst = std::max(
          worst, std::abs(solution.start_values[j][type] - again->start_values[j][type]) / stake);
    }
  certificate.ladder_error = worst;
  return true;
}

/// Memory that the certificate needs besides the solution, refined strategies made layer by layer.
std::int64_t bytes_to_certify(const Game& game, const SolveOptions& asked) {
  const BeliefAxes axes = belief_axes(game, std::get<BeliefGrid>(asked.method));
  return std::min(count_layer_bytes(game.shape(), axes) +
                      count_certify_bytes(game.shape(), axes, refined_axes(axes)),
                  std::int64_t{1} << 60);
}

/// What a number's grid error is compared relative to: payoffs to the player's stake, offers to
/// their range, rounds to the horizon, tallies to their own size. Probabilities and bits stand as
/// they are.
std::map<std::string, double> scales(const Structure& structure, const Prediction& prediction,
                                     const std::vector<double>& stake) {
  std::map<std::string, double> out;
  for (std::size_t j = 0; j < structure.players.size() && j < stake.size(); ++j) {
    const Player& player = structure.players[j];
    if (stake[j] <= 0.0) continue;
    if (player.types.empty()) out["values." + player.name] = stake[j];
    for (const std::string& type : player.types)
      out["values." + player.name + "." + type] = stake[j];
  }
  for (const auto& [move, offer] : prediction.offers) {
    const auto& numbers = structure.moves[static_cast<std::size_t>(move)].numbers;
    const auto [least, largest] = std::minmax_element(numbers.begin(), numbers.end());
    if (numbers.empty() || *least == *largest) continue;
    for (const char* what : {".mean", ".accepted_mean"})
      out["offers." + structure.moves[static_cast<std::size_t>(move)].name + what] =
          *largest - *least;
  }
  out["rounds.mean"] = static_cast<double>(prediction.rounds_distribution.size());
  for (std::size_t k = 0; k < prediction.tallies.size(); ++k)
    out["tallies." + structure.tallies[k]] = std::max(1.0, std::abs(prediction.tallies[k]));
  return out;
}

/// Without a certificate: what the solution says of itself, and why there is no more.
Certificate own_counts(const Solution& solution, const CertifyOptions& options, const char* why) {
  Certificate out;
  out.unsolved = solution.summary.unsolved;
  out.several = solution.summary.several;
  out.jumps = solution.summary.jumps;
  out.tolerance = options.tolerance;
  out.residual_tolerance = options.residual_tolerance;
  out.why_not = {why};
  return out;
}

/// Solving on these axes and predicting from it.
std::int64_t bytes_to_predict(const Structure& structure, const BeliefAxes& axes,
                              const SolveOptions& options) {
  return std::max(count_solve_bytes(structure, axes, options),
                  count_strategy_bytes(structure, axes) +
                      prediction::count_predict_bytes(structure, axes).most());
}

}  // namespace

std::int64_t count_answer_bytes(const Game& game, const AnswerOptions& options) {
  const Structure& structure = game.shape();
  const BeliefAxes axes = belief_axes(game, std::get<BeliefGrid>(options.solve.method));
  SolveOptions asked = options.solve;
  const bool by_layers = RefinedStrategies::possible(structure);
  asked.refined = options.with_certificate && !by_layers;
  std::int64_t most = bytes_to_predict(structure, axes, asked);
  if (!options.with_certificate) return most;
  const BeliefAxes fine = refined_axes(axes);
  const std::int64_t strategies = count_strategy_bytes(structure, axes),
                     values = count_bytes(structure, axes, false) - strategies;
  std::int64_t checks = by_layers ? bytes_to_certify(game, asked) + values
                                  : count_strategy_bytes(structure, fine) +
                                        count_certify_bytes(structure, axes, fine);
  asked.refined = false;
  if (options.check_ladder) checks = std::max(checks, count_solve_bytes(structure, axes, asked));
  for (const int times : {1, 2})
    checks = std::max(checks,
                      bytes_to_predict(structure, belief_axes(game, thinned(asked, times)), asked));
  return std::max(most, strategies + checks);
}

Result<Answer> answer(const Game& game, const AnswerOptions& options) {
  Answer out;
  Watch watch{options.solve.on_step};
  SolveOptions asked = options.solve;
  const bool by_layers = RefinedStrategies::possible(game.shape());
  asked.refined = options.with_certificate && !by_layers;
  constexpr int most_countable = 64;  // beyond, the solver refuses whatever the certificate takes
  if (options.with_certificate && by_layers &&
      BeliefSpace(game.shape()).num_axes() <= most_countable)
    asked.reserved_bytes = bytes_to_certify(game, asked);
  asked.on_step = std::ref(watch);
  const auto stopped = [&] {
    out.solution.refined.reset();
    out.solution.summary.termination = Termination::cancelled;
    out.certificate = own_counts(out.solution, options.certify,
                                 "incomplete: cancelled before the checks were done");
    return out;
  };
  const Seconds begun = now();
  Result<Solution> solution = solve(game, asked);
  if (!solution) return std::unexpected(solution.error());
  out.solution = std::move(*solution);
  out.solve_seconds = (now() - begun).count();
  if (out.solution.summary.termination == Termination::cancelled) return stopped();
  out.prediction = options.with_certificate ? predict(game, out.solution.assessment, asked.on_step)
                                            : predict(game, out.solution, asked.on_step);
  if (watch.cancelled) {
    out.prediction = {};  // half of one is none
    return stopped();
  }
  if (!options.with_certificate) {
    out.certificate = own_counts(out.solution, options.certify, "certificate: none was asked for");
    return out;
  }
  const Seconds solved = now();
  MELIAN_EXPECT(by_layers || out.solution.refined.has_value(),
                "a solution asked for refined strategies has them");
  CertifyOptions checks = options.certify;
  checks.on_step = [&](const Step& step) {
    return watch(step) && (!options.certify.on_step || options.certify.on_step(step));
  };
  if (by_layers) {
    RefinedStrategies refined(game, out.solution.assessment);
    out.certificate = certify(game, out.solution.assessment, refined, checks);
  } else {
    out.certificate = certify(game, out.solution.assessment, *out.solution.refined, checks);
    out.solution.refined.reset();
  }
  // Solutions were chosen among several where play stands: by another climb the same ones?
  if (options.check_ladder || out.certificate.several_reached > 0 ||
      out.certificate.jumps_reached > 0) {
    const Result<bool> checked = check_ladder(game, asked, out.solution, out.certificate);
    if (!checked) return std::unexpected(checked.error());
  }
  out.certificate.scale = scales(game.shape(), out.prediction, out.certificate.stake);
  const Result<bool> estimated =
      estimate_grid_error(game, options, printed_numbers(game.shape(), out.prediction),
                          out.solution.assessment, watch, out.certificate);
  if (!estimated) return std::unexpected(estimated.error());
  if (watch.cancelled) return stopped();
  hold_plays_to(game.shape(), out.prediction, out.certificate);
  judge(out.certificate);
  if (options.referee && in_doubt(out.certificate)) {
    options.referee(game, options, out);
    judge(out.certificate);
  }
  out.certificate.try_next = command_to_try(game, asked, out.certificate);
  out.certify_seconds = (now() - solved).count();
  return out;
}

std::optional<bool> proved_unique(const Game& game, const Solution& solution) {
  const SolveSummary& summary = solution.summary;
  const Structure& structure = game.shape();
  if (summary.termination != Termination::converged || summary.several > 0 || summary.jumps > 0 ||
      summary.unsolved > 0 || summary.searched > 0 || summary.sweeps > 0)
    return std::nullopt;
  // Where beliefs move, values are exact between nodes only if nobody decides behind it any more
  // while these types matter.
  const std::size_t states = structure.states.size();
  std::vector<std::uint8_t> tells(states, 0), decided(states, 0), decided_later(states, 0);
  for (std::size_t s = 0; s < states; ++s) {
    if ((structure.states[s].live & structure.everyone()) == 0) continue;
    const std::vector<Decider> movers =
        deciders(structure, static_cast<int>(s), solution.assessment.measure);
    const MoveKind kind = structure.moves[static_cast<std::size_t>(structure.states[s].move)].kind;
    decided[s] = !movers.empty();
    tells[s] = kind == MoveKind::chance ||
               std::ranges::any_of(movers, [](const Decider& one) { return one.types > 1; });
  }
  for (bool changed = true; changed;) {
    changed = false;
    for (std::size_t s = states; s-- > 0;) {
      const PublicState& from = structure.states[s];
      const auto look_at = [&](int next) {
        const auto there = static_cast<std::size_t>(next);
        if (next < 0 || decided_later[s] != 0) return;
        if (decided[there] == 0 && decided_later[there] == 0) return;
        decided_later[s] = 1;
        changed = true;
      };
      look_at(from.closing);
      for (int b = from.first_branch; b < from.first_branch + from.num_branches; ++b)
        look_at(structure.branches[static_cast<std::size_t>(b)].next);
    }
  }
  for (std::size_t s = 0; s < states; ++s)
    if (tells[s] != 0 && decided_later[s] != 0) return std::nullopt;
  return true;
}

Prediction predict(const Game& game, const Solution& solution, const OnStep& on_step) {
  MELIAN_EXPECT(!solution.start_values.empty(),
                "a solution that came to an end has values at the start");
  return predict_from(game, solution.assessment, solution.start_values, on_step);
}

}  // namespace melian
