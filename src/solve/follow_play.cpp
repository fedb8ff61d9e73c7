#include "solve/follow_play.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include <fmt/core.h>

#include "solve/reached_beliefs.h"
#include "solve/refuse.h"

namespace melian::grid {
namespace {

/// Nodes beside a reached belief, so that a belief that still moves finds a narrow cell on either
/// side: the error of a value there is of the order of the cell's square, hence the search
/// converges in squares.
constexpr double share_of_gap = 0.5;  ///< of how far the belief lay from its node ...
constexpr double wide_share = 2.0;  ///< ... and where it still moves nearly as far as last time, so
                                    ///< that it would miss the narrow pair
constexpr double slow = 0.3;        ///< of the last movement
constexpr double narrowest_pair = 1e-6;  ///< a cell must tell the values at its ends apart
constexpr double pair_no_longer =
    1e-7;  ///< a belief that lies this near has settled but for its last digits

double gap_to_node(const std::vector<double>& nodes, double belief) {
  const auto above = std::ranges::lower_bound(nodes, belief);
  double gap = above == nodes.end() ? infinity : *above - belief;
  if (above != nodes.begin()) gap = std::min(gap, belief - *std::prev(above));
  return gap;
}

/// The nodes of one axis on its scale from 0 to `top`: those without play, beliefs that play
/// reaches, and two beside each that still moves. What is too close to a reached belief gives way
/// to it.
std::vector<double> axis_through(const std::vector<double>& base, double prior, double top,
                                 const std::vector<double>& last,
                                 std::vector<ReachedBelief> reached, double share,
                                 const FollowPlay& follow, std::int64_t& left_out) {
  if (const auto most = static_cast<std::size_t>(follow.most_nodes); reached.size() > most) {
    std::ranges::stable_sort(reached, std::greater<>(), &ReachedBelief::probability);
    left_out += static_cast<std::int64_t>(reached.size() - most);
    reached.resize(most);
  }
  std::vector<double> fixed{0.0, top}, nodes;
  if (prior > 0.0 && prior < top) fixed.push_back(prior);
  for (const ReachedBelief& one : reached)
    if (one.belief != prior) fixed.push_back(one.belief);
  std::ranges::sort(fixed);
  // The prior is a node to the last digit; what is merged with it gives way.
  for (const double belief : fixed)
    if (nodes.empty() || belief - nodes.back() > follow.merged || belief == top ||
        belief == prior) {
      if (belief == prior && !nodes.empty() && nodes.back() != 0.0 &&
          belief - nodes.back() <= follow.merged)
        nodes.pop_back();
      nodes.push_back(belief);
    }
  const std::vector<double> held = nodes;
  const auto add = [&](double belief) {
    if (belief > 0.0 && belief < top && gap_to_node(held, belief) > 0.5 * narrowest_pair)
      nodes.push_back(belief);
  };
  for (const ReachedBelief& one : reached) {
    const double gap = gap_to_node(last, one.belief);
    if (gap <= pair_no_longer) continue;
    const double beside = std::max(narrowest_pair, share * gap);
    add(one.belief - beside);
    add(one.belief + beside);
  }
  for (const double node : base) add(node);
  std::ranges::sort(nodes);
  // Pairs of neighbours may all but meet.
  std::vector<double> apart;
  for (const double node : nodes) {
    const bool is_held = std::ranges::binary_search(held, node);
    if (is_held || apart.empty() || node - apart.back() >= 0.25 * narrowest_pair)
      apart.push_back(node);
  }
  return apart;
}

double largest_change(const std::vector<std::vector<double>>& before,
                      const std::vector<std::vector<double>>& now) {
  double change = 0.0;
  for (std::size_t j = 0; j < now.size(); ++j)
    for (std::size_t type = 0; type < now[j].size(); ++type)
      change = std::max(change, std::abs(now[j][type] - before[j][type]));
  return change;
}

/// Counted before it starts: play may well put half of the nodes allowed on every axis.
Diagnostics too_large_later(const Game& game, const SolveOptions& options, const BeliefAxes& base,
                            int most_nodes) {
  std::size_t widest = 0;
  for (const auto& axis : base.nodes) widest = std::max(widest, axis.size());
  const BeliefGrid later{.nodes = {static_cast<int>(widest) + most_nodes / 2}};
  return too_large(game, belief_axes(game, later), options);
}

}  // namespace

Result<Solution> solve_following(const Game& game, const SolveOptions& options) {
  const auto& grid = std::get<BeliefGrid>(options.method);
  const BeliefSpace space(game.shape());
  FollowPlay follow = *grid.follow;
  if (follow.most_nodes <= 0)
    follow.most_nodes = space.num_axes() <= 1 ? 512 : space.num_axes() == 2 ? 48 : 12;
  const std::vector<double> plain_prior = start_beliefs(game, space),
                            prior = start_log_odds(game, space);
  const BeliefAxes base = belief_axes(game, grid);
  if (Diagnostics refused = too_large_later(game, options, base, follow.most_nodes);
      !refused.empty())
    return std::unexpected(std::move(refused));
  std::vector<BeliefScale> scales;
  std::vector<std::vector<double>> base_nodes, nodes;  // [axis], on its scale
  std::vector<double> start;
  for (std::size_t k = 0; k < prior.size(); ++k) {
    const BeliefAxis axis = base.axis(static_cast<int>(k));
    scales.emplace_back(axis);
    start.push_back(axis.plain() ? plain_prior[k] : scales[k].of(prior[k]));
    base_nodes.emplace_back(axis.nodes);
    for (std::size_t n = 0; n < axis.log_odds.size(); ++n)
      base_nodes.back()[n] = scales[k].of(axis.log_odds[n]);
  }
  nodes = base_nodes;
  BeliefAxes axes = base;
  SolveSummary::Followed followed;
  std::int64_t decisions = 0;
  const auto begun = std::chrono::steady_clock::now();
  std::vector<std::vector<double>> values;
  for (double last_movement = infinity;; last_movement = followed.movement) {
    Result<Solution> solution = solve_on(game, options, axes);
    if (!solution) return solution;
    ++followed.solves;
    decisions += solution->summary.decisions;
    if (solution->summary.termination == Termination::cancelled) return solution;
    const ReachedBeliefs reached =
        reached_beliefs(game, space, scales, solution->assessment, follow);
    followed.movement = 0.0;
    followed.nodes.clear();
    followed.left_out = reached.left_out;
    BeliefAxes next = axes;
    for (std::size_t k = 0; k < next.nodes.size(); ++k) {
      followed.nodes.push_back(static_cast<int>(reached.on_axis[k].size()));
      for (const ReachedBelief& one : reached.on_axis[k])
        followed.movement = std::max(followed.movement, gap_to_node(nodes[k], one.belief));
    }
    const double share = followed.movement > slow * last_movement ? wide_share : share_of_gap;
    for (std::size_t k = 0; k < next.nodes.size(); ++k) {
      nodes[k] = axis_through(base_nodes[k], start[k], scales[k].top(), nodes[k],
                              reached.on_axis[k], share, follow, followed.left_out);
      std::vector<double> exact{prior[k]};
      for (const ReachedBelief& one : reached.on_axis[k]) exact.push_back(one.log_odds);
      next.put(static_cast<int>(k), scales[k].axis(nodes[k], exact));
    }
    if (!values.empty()) followed.change = largest_change(values, solution->start_values);
    values = solution->start_values;
    followed.settled = followed.movement <= follow.tolerance;
    if (followed.settled || followed.solves >= follow.most_solves) {
      solution->summary.decisions = decisions;
      solution->summary.seconds =
          std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
      solution->summary.followed = followed;
      if (!followed.settled)
        solution->summary.message += fmt::format(
            "; beliefs that play reaches still lie up to {} from their nodes after {} solves{}",
            number_text(followed.movement, 2), followed.solves,
            followed.left_out > 0 ? fmt::format(", and {} had no node", followed.left_out) : "");
      return solution;
    }
    axes = std::move(next);
  }
}

}  // namespace melian::grid
