#include <algorithm>
#include <cmath>

#include "solve/joint.h"

namespace melian::grid {

JointScores::JointScores(const Here& here, const Standpoint& at)
    : here_(here),
      state_(here.plan()),
      at_(at),
      columns_(state_.deciders.size() == 1 ? state_.deciders.front().types : state_.rows) {
  const Plan& plan = here.whole();
  const Profiles profiles(plan.shape.players, state_.live);
  for (const Decider& one : state_.deciders) {
    weights_.emplace_back(ix(state_.profiles));
    plan.weigh(one.player, profiles, state_.live, at.u.data(), weights_.back().data());
  }
}

/// Posteriors after a branch.
void JointScores::move_beliefs(const double* x, int branch, const Here::Way& way,
                               bool with_slopes) {
  const BeliefSpace& space = here_.whole().space;
  news_.reset(space.num_axes());
  if (with_slopes) shift_slopes_.assign(ix(space.num_axes() * columns_), 0.0);
  if (way.table == nullptr) return;
  for (int g = 0; g < static_cast<int>(space.groups().size()); ++g) {
    const BeliefSpace::Group& group = space.groups()[ix(g)];
    if ((group.mask & way.to->live) == 0) continue;
    bool moves = false;
    likelihood_.assign(ix(group.cells), 0.0);
    for (const Decider& one : state_.deciders) {
      if (one.types == 1 || (group.mask >> one.player & 1U) == 0) continue;
      moves = true;
      for (int c = 0; c < group.cells; ++c)
        likelihood_[ix(c)] +=
            x[one.row(space.type_in_cell(g, c, one.player), one.own_action(branch))];
    }
    if (!moves) continue;
    space.shifts(g, likelihood_.data(), &at_.u[ix(group.first_axis)],
                 &news_.shift[ix(group.first_axis)]);
    for (int k = group.first_axis; k < group.first_axis + group.num_axes; ++k)
      news_.moved[ix(k)] = 1;
    if (with_slopes) raise_sides(g, branch);
  }
}

/// A cell's log likelihood raises its side of each split above it by the cell's share of that side
/// afterwards.
void JointScores::raise_sides(int g, int branch) {
  const BeliefSpace& space = here_.whole().space;
  const BeliefSpace::Group& group = space.groups()[ix(g)];
  share_.assign(ix(group.cells), 1.0);
  for (int k = group.first_axis + group.num_axes; k-- > group.first_axis;) {
    const BeliefSpace::Axis& axis = space.axes()[ix(k)];
    const double after = moved_log_odds(at_.u[ix(k)], news_.shift[ix(k)]), right = logistic(after),
                 left = logistic(-after);
    for (int c = axis.first_cell; c < axis.end_cell; ++c) {
      const bool is_left = c < axis.middle_cell;
      for (const Decider& one : state_.deciders)
        if (one.types > 1 && (group.mask >> one.player & 1U) != 0)
          shift_slopes_[ix(k * columns_ +
                           column(one, space.type_in_cell(g, c, one.player), branch))] +=
              is_left ? -share_[ix(c)] : share_[ix(c)];
      share_[ix(c)] *= is_left ? left : right;
    }
  }
}

double JointScores::odds_of_others(const double* x, int branch, int profile,
                                   std::size_t own) const {
  double odds = 1.0;
  for (std::size_t e = 0; e < state_.deciders.size(); ++e)
    if (e != own) odds *= std::exp(x[row(e, branch, profile)]);
  return odds;
}

void JointScores::evaluate(const double* x, bool with_slopes) {
  scores_.assign(ix(state_.rows), 0.0);
  if (with_slopes) slopes_.assign(ix(state_.rows * columns_), 0.0);
  for (int k = 0; k < here_.num_branches(); ++k) add_branch(x, k, with_slopes);
  for (const Decider& one : state_.deciders)
    for (int type = 0; type < one.types; ++type) {
      const double precision = here_.lambda(one, type);
      for (int a = 0; a < one.num_actions(); ++a) {
        const int r = one.row(type, a);
        scores_[ix(r)] =
            one.is_open(a, type) ? precision * scores_[ix(r)] + one.log_weight[ix(a)] : -infinity;
        for (int c = 0; c < columns_ && with_slopes; ++c)
          slopes_[ix(r * columns_ + c)] *= precision;
      }
    }
}

void JointScores::add_branch(const double* x, int branch, bool with_slopes) {
  const Here::Way way = here_.way(here_.first_branch() + branch);
  move_beliefs(x, branch, way, with_slopes);
  if (way.table != nullptr) landing_.land(here_.whole(), *way.to, at_, news_, with_slopes);
  for (std::size_t d = 0; d < state_.deciders.size(); ++d) {
    const int player = state_.deciders[d].player;
    for (int q = 0; q < state_.profiles; ++q) {
      const int own = row(d, branch, q);
      const double weight = weights_[d][ix(q)] * odds_of_others(x, branch, q, d);
      if (weight == 0.0 || x[own] == -infinity) continue;
      const double follows = way.table == nullptr
                                 ? 0.0
                                 : here_.discount(way, player, q) *
                                       landing_.read(way.block(player, q), way.to->of_point);
      const double paid = here_.reward(way, player, q) + follows;
      scores_[ix(own)] += weight * paid;
      if (with_slopes) add_slopes(branch, way, d, q, weight, paid);
    }
  }
}

void JointScores::add_slopes(int branch, const Here::Way& way, std::size_t d, int profile,
                             double weight, double paid) {
  const int own = row(d, branch, profile), player = state_.deciders[d].player;
  double* slopes = slopes_.data() + ix(own * columns_);
  for (std::size_t e = 0; e < state_.deciders.size(); ++e)
    if (e != d) slopes[row(e, branch, profile)] += weight * paid;
  if (way.table == nullptr) return;
  for (std::size_t k = 0; k < landing_.axes.size(); ++k) {
    const double slope = weight * here_.discount(way, player, profile) *
                         landing_.slope(k, way.block(player, profile), way.to->of_point);
    const double* moves = shift_slopes_.data() + ix(landing_.axes[k] * columns_);
    for (const Decider& one : state_.deciders)
      for (int type = 0; type < one.types; ++type)
        slopes[column(one, type, branch)] += slope * moves[column(one, type, branch)];
  }
}

void JointScores::values(const double* x, double* out) {
  const int players = here_.whole().players();
  std::fill_n(out, players * state_.profiles, 0.0);
  for (int k = 0; k < here_.num_branches(); ++k) {
    const Here::Way way = here_.way(here_.first_branch() + k);
    move_beliefs(x, k, way, false);
    if (way.table != nullptr) landing_.land(here_.whole(), *way.to, at_, news_, false);
    for (int q = 0; q < state_.profiles; ++q) {
      const double odds = odds_of_others(x, k, q, state_.deciders.size());
      if (odds == 0.0) continue;
      for (int player = 0; player < players; ++player) {
        const double follows = way.table == nullptr
                                   ? 0.0
                                   : here_.discount(way, player, q) *
                                         landing_.read(way.block(player, q), way.to->of_point);
        out[player * state_.profiles + q] += odds * (here_.reward(way, player, q) + follows);
      }
    }
  }
}

}  // namespace melian::grid
