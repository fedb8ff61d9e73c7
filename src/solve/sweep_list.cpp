/// The part of a sweep that lists every solution of a decision, when asked.

#include <algorithm>
#include <cmath>

#include "solve/joint.h"
#include "solve/sweep.h"

namespace melian::grid {
namespace {

constexpr double same_solution = 1e-6;  ///< of probabilities

/// Adds what is not there yet.
void add(DecisionSolutions& to, std::vector<double> log_strategy, bool stable) {
  for (const DecisionSolutions::One& known : to.solutions) {
    bool same = true;
    for (std::size_t r = 0; r < log_strategy.size(); ++r)
      same = same &&
             std::abs(std::exp(log_strategy[r]) - std::exp(known.log_strategy[r])) <= same_solution;
    if (same) return;
  }
  to.solutions.push_back({std::move(log_strategy), false, stable});
}

}  // namespace

void Sweep::list_level(const Pass& pass, const std::vector<int>& states) {
  std::vector<Tally::Spot> wanted;
  for (const Tally::Spot& spot : tally_.spots)
    if (spot.mark != DecisionMark::unsolved) wanted.push_back(spot);
  const bool named = std::ranges::any_of(wanted, [&](const Tally::Spot& spot) {
    return spot.round == listing_->round && spot.state == listing_->state &&
           spot.point == listing_->point;
  });
  if (!named && plan_.states[ix(listing_->state)].decides()) wanted.push_back(*listing_);
  for (const Tally::Spot& spot : wanted) {
    const bool here = spot.round == pass.round && std::ranges::count(states, spot.state) > 0;
    const bool known = std::ranges::any_of(listed_, [&](const DecisionSolutions& one) {
      return one.round == spot.round && one.state == spot.state && one.point == spot.point;
    });
    if (here && !known) listed_.push_back(solutions_at(pass, spot.state, spot.point));
  }
}

DecisionSolutions Sweep::solutions_at(const Pass& pass, int state, std::int64_t point) const {
  DecisionSolutions out;
  out.round = pass.round;
  out.state = state;
  out.point = point;
  const Assessment& strategies = pass.rung->strategies;
  const StatePlan& plan = plan_.states[ix(state)];
  const std::int64_t row = strategies.offset[slot(pass.round, state)];
  std::vector<double> taken(ix(plan.rows));
  for (int r = 0; r < plan.rows; ++r)
    taken[ix(r)] = strategies.log_strategy[ix(row + r * plan.points + point)];
  const Here here(plan_, pass.rung->tables, state, pass.round, pass.rung->factor);
  if (plan.line) {
    out.all = list_on_curve(here, point, out);
  } else if (plan.joint) {
    Standpoint where;
    where.on_grid(plan_, plan, point);
    JointScores scores(here, where);
    JointSolver solver(plan);
    for (auto& [x, stable] : solver.search(scores, taken)) add(out, std::move(x), stable);
  } else {
    out.all = true;
  }
  double nearest = infinity;
  std::size_t followed = out.solutions.size();
  for (std::size_t k = 0; k < out.solutions.size(); ++k) {
    double distance = 0.0;
    for (std::size_t r = 0; r < taken.size(); ++r)
      distance = std::max(
          distance, std::abs(std::exp(taken[r]) - std::exp(out.solutions[k].log_strategy[r])));
    if (distance >= nearest) continue;
    nearest = distance;
    followed = k;
  }
  if (nearest > 1e-4) {  // what the answer takes is a solution too
    followed = out.solutions.size();
    out.solutions.push_back({taken, false, true});
  }
  out.solutions[followed].followed = true;
  return out;
}

/// All roots of the curve through all priors; true where the curve was traced completely.
bool Sweep::list_on_curve(const Here& here, std::int64_t point, DecisionSolutions& out) const {
  const StatePlan& state = here.plan();
  const Axis& axis = plan_.axes[ix(state.own_axis)];
  const std::int64_t node = point / state.own_stride % state.own_nodes,
                     start = point - node * state.own_stride;
  const double prior = axis.u[ix(node)];
  if (std::isinf(prior)) return false;
  Line line;
  Scratch scratch;
  here.score_line({{start, 1.0}}, plan_.weights(state.mover, state.live).data() + start,
                  state.points, line, scratch);
  line.prepare();
  Curve curve;
  std::vector<Curve::Root> roots;
  curve.trace(line);
  curve.roots(line, prior, roots);
  LineAnswer answer;
  answer.reset(here.num_branches(), 1);
  for (const Curve::Root& root : roots) {
    finish(line, prior, root.u.data(), 0, answer);
    std::vector<double> log_strategy;
    for (int type = 0; type < 2; ++type)
      for (int k = 0; k < here.num_branches(); ++k)
        log_strategy.push_back(answer.log_sigma[answer.index(type, k, 0)]);
    add(out, std::move(log_strategy), root.sign > 0.0);
  }
  return curve.complete() && out.solutions.size() == roots.size();
}

}  // namespace melian::grid
