/// The part of a sweep that solves decisions without a curve, one belief point at a time.

#include <optional>
#include <utility>

#include "solve/joint.h"
#include "solve/sweep.h"

namespace melian::grid {

std::vector<double> rows_at(const Assessment& strategies, std::int64_t row, int rows,
                            std::int64_t points, std::int64_t point) {
  std::vector<double> out(ix(rows));
  for (int r = 0; r < rows; ++r) out[ix(r)] = strategies.log_strategy[ix(row + r * points + point)];
  return out;
}

void write_values(Here& here, JointScores& scores, const std::vector<double>& x,
                  std::int64_t point) {
  const StatePlan& state = here.plan();
  std::vector<double> values(ix(here.whole().players() * state.profiles));
  scores.values(x.data(), values.data());
  for (std::size_t block = 0; block < values.size(); ++block)
    here.own_table()[static_cast<std::int64_t>(block) * state.of_block + point * state.of_point] =
        values[block];
}

/// A line's decisions that neither its curve nor its neighbours solved: the path from lambda 0, by
/// its length.
void Sweep::rescue(const Here& here, std::int64_t start, const Line& line,
                   LineAnswer& answer) const {
  const StatePlan& state = here.plan();
  for (int i = 0; i < answer.targets; ++i) {
    if (answer.mark[ix(i)] != DecisionMark::unsolved) continue;
    Standpoint where;
    where.on_grid(plan_, state, start + i * state.own_stride);
    JointScores scores(here, where);
    JointSolver solver(state);
    JointAnswer found;
    solver.follow(nullptr, scores, solver.indifferent(), found);
    if (found.mark == DecisionMark::unsolved) continue;
    const double prior = where.u[ix(state.own_axis)];
    std::vector<double> u;
    for (const int k : line.curved)
      u.push_back(prior + found.x[ix(here.num_branches() + k)] - found.x[ix(k)]);
    finish(line, prior, u.data(), i, answer);
    answer.mark[ix(i)] = DecisionMark::jump;
    ++answer.fresh_jumps;
  }
}

void Sweep::solve_joint(const Pass& pass, const Task& task, Tally& tally) const {
  Here here(plan_, pass.rung->tables, task.state, pass.round, pass.rung->factor);
  const StatePlan& state = here.plan();
  Assessment& strategies = pass.rung->strategies;
  const std::size_t at = slot(pass.round, task.state);
  const std::int64_t row = strategies.offset[at], marks = strategies.mark_offset[at];
  JointSolver solver(state);
  Standpoint where;
  JointAnswer answer;
  where.on_grid(plan_, state, task.begin);
  JointScores scores(here, where);
  std::optional<Here> under;
  std::optional<JointScores> below;
  if (pass.below != nullptr) {
    under.emplace(plan_, pass.below->tables, task.state, pass.round, pass.below->factor);
    below.emplace(*under, where);
  }
  std::vector<double> last;
  bool warm = false;
  for (std::int64_t point = task.begin; point < task.end; ++point) {
    where.on_grid(plan_, state, point);
    scores.stand_at(where);
    std::uint8_t& mark = strategies.marks[ix(marks + point)];
    const bool was_jump = pass.again && mark == static_cast<std::uint8_t>(DecisionMark::jump);
    bool counted = false, first_guess = false;
    if (pass.again &&
        solver.approach(scores, rows_at(strategies, row, state.rows, state.points, point),
                        answer)) {
      answer.mark = was_jump ? DecisionMark::jump : DecisionMark::unique;
    } else if (pass.below != nullptr) {
      below->stand_at(where);
      const std::vector<double> start =
          rows_at(pass.below->strategies, row, state.rows, state.points, point);
      solver.follow(&*below, scores, start, answer);
      const bool inherits = pass.below->strategies.marks[ix(marks + point)] ==
                            static_cast<std::uint8_t>(DecisionMark::jump);
      if (inherits && answer.mark == DecisionMark::unique) answer.mark = DecisionMark::jump;
      counted = pass.rung->factor == 1.0;
    } else {
      // A neighbour's solution is near; whether it is the one that lambda 0 leads to matters only
      // where there are others.
      if (warm && solver.approach(scores, last, answer))
        first_guess = true;
      else
        solver.follow(nullptr, scores, solver.indifferent(), answer);
      counted = true;
    }
    tally.fresh_jumps += answer.fresh_jump ? 1 : 0;
    // Only on the asked rung does it matter how many solutions there are.
    if (counted && answer.mark == DecisionMark::unique && solver.finds_another(scores, answer)) {
      if (first_guess) solver.follow(nullptr, scores, solver.indifferent(), answer);
      if (answer.mark == DecisionMark::unique) answer.mark = DecisionMark::several;
    }
    warm = answer.mark == DecisionMark::unique;
    last = answer.x;
    if (answer.mark == DecisionMark::unique) ++tally.searched;
    for (int r = 0; r < state.rows; ++r)
      strategies.log_strategy[ix(row + r * state.points + point)] = answer.x[ix(r)];
    mark = static_cast<std::uint8_t>(answer.mark);
    note(pass, task.state, point, answer.mark, answer.residual, tally);
    write_values(here, scores, answer.x, point);
  }
}

void Sweep::refine_joint(const Pass& pass, const Task& task, Tally& tally) const {
  Here here(plan_, pass.rung->tables, task.state, pass.round, pass.rung->factor);
  const StatePlan& state = here.plan();
  Assessment& fine = *pass.refined;
  const Assessment& coarse = pass.stored != nullptr ? *pass.stored : pass.rung->strategies;
  const std::size_t at = slot(pass.round, task.state);
  const std::int64_t points = fine.axes.num_points(state.live);
  JointSolver solver(state);
  JointAnswer answer;
  std::optional<JointScores> scores;
  for (std::int64_t number = task.begin; number < task.end; ++number) {
    const FinePoint where = fine_point(state, fine.axes, number, -1);
    if (scores)
      scores->stand_at(where.at);
    else
      scores.emplace(here, where.at);
    if (!solver.approach(*scores,
                         rows_at(coarse, coarse.offset[at], state.rows, state.points, where.near),
                         answer))
      solver.follow(nullptr, *scores, solver.indifferent(), answer);
    for (int r = 0; r < state.rows; ++r)
      fine.log_strategy[ix(fine.offset[at] + r * points + where.point)] = answer.x[ix(r)];
    fine.marks[ix(fine.mark_offset[at] + where.point)] = static_cast<std::uint8_t>(answer.mark);
    ++tally.decisions;
  }
}

}  // namespace melian::grid
