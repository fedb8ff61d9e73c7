#include <algorithm>
#include <cmath>

#include "solve/joint.h"

namespace melian::grid {

JointScores::JointScores(const Here& here, const Standpoint& at)
    : here_(here),
      state_(here.plan()),
      at_(&at),
      columns_(state_.deciders.size() == 1 ? state_.deciders.front().types : state_.rows),
      taken_(ix(state_.rows)) {
  const BeliefSpace& space = here_.whole().space;
  for (int g = 0; g < static_cast<int>(space.groups().size()); ++g) {
    const BeliefSpace::Group& group = space.groups()[ix(g)];
    told_.emplace_back();
    for (std::size_t d = 0; d < state_.deciders.size(); ++d) {
      const Decider& one = state_.deciders[d];
      if (one.types == 1 || (group.mask >> one.player & 1U) == 0) continue;
      Told& told = told_.back().emplace_back();
      told.decider = d;
      for (int c = 0; c < group.cells; ++c) {
        told.type.push_back(space.type_in_cell(g, c, one.player));
        told.first_row.push_back(one.row(told.type.back(), 0));
      }
    }
  }
  weights_.assign(state_.deciders.size(), std::vector<double>(ix(state_.profiles)));
  stand_at(at);
}

void JointScores::stand_at(const Standpoint& at) {
  at_ = &at;
  const Plan& plan = here_.whole();
  const Profiles profiles(plan.shape.players, state_.live);
  for (std::size_t d = 0; d < weights_.size(); ++d)
    plan.weigh(state_.deciders[d].player, profiles, state_.live, at.u.data(), weights_[d].data());
}

/// Posteriors after a branch.
void JointScores::move_beliefs(const double* x, int branch, const Here::Way& way,
                               bool with_slopes) {
  const BeliefSpace& space = here_.whole().space;
  news_.reset(space.num_axes());
  if (with_slopes) shift_slopes_.assign(ix(space.num_axes() * columns_), 0.0);
  if (way.table == nullptr) return;
  for (std::size_t g = 0; g < told_.size(); ++g) {
    const BeliefSpace::Group& group = space.groups()[g];
    if ((group.mask & way.to->live) == 0 || told_[g].empty()) continue;
    likelihood_.assign(ix(group.cells), 0.0);
    for (const Told& told : told_[g]) {
      const double* taken = x + state_.deciders[told.decider].own_action(branch);
      for (std::size_t c = 0; c < likelihood_.size(); ++c)
        likelihood_[c] += taken[told.first_row[c]];
    }
    space.shifts(static_cast<int>(g), likelihood_.data(), &at_->u[ix(group.first_axis)],
                 &news_.shift[ix(group.first_axis)]);
    for (int k = group.first_axis; k < group.first_axis + group.num_axes; ++k)
      news_.moved[ix(k)] = 1;
    if (with_slopes) raise_sides(static_cast<int>(g), branch);
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
    const double after = moved_log_odds(at_->u[ix(k)], news_.shift[ix(k)]), right = logistic(after),
                 left = logistic(-after);
    double* moves = shift_slopes_.data() + ix(k * columns_);
    for (int c = axis.first_cell; c < axis.end_cell; ++c) {
      const bool is_left = c < axis.middle_cell;
      for (const Told& told : told_[ix(g)]) {
        const Decider& one = state_.deciders[told.decider];
        moves[column(one, told.type[ix(c)], branch)] += is_left ? -share_[ix(c)] : share_[ix(c)];
      }
      share_[ix(c)] *= is_left ? left : right;
    }
  }
}

double JointScores::odds_of_others(int branch, int profile, std::size_t own) const {
  double odds = 1.0;
  for (std::size_t e = 0; e < state_.deciders.size(); ++e)
    if (e != own) odds *= taken_[ix(row(e, branch, profile))];
  return odds;
}

void JointScores::take(const double* x) {
  for (std::size_t r = 0; r < taken_.size(); ++r) taken_[r] = std::exp(x[r]);
}

void JointScores::evaluate(const double* x, bool with_slopes) {
  if (state_.deciders.size() > 1) take(x);
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
  if (way.table != nullptr) landing_.land(here_.whole(), *way.to, *at_, news_, with_slopes);
  const std::size_t moved = way.table == nullptr ? 0 : landing_.axes.size();
  for (std::size_t d = 0; d < state_.deciders.size(); ++d) {
    const Decider& one = state_.deciders[d];
    if (with_slopes) pulls_.assign(ix(one.types) * moved, 0.0);
    for (int q = 0; q < state_.profiles; ++q) {
      const int own = row(d, branch, q);
      const double weight = weights_[d][ix(q)] * odds_of_others(branch, q, d);
      if (weight == 0.0 || x[own] == -infinity) continue;
      const double* block = way.table == nullptr ? nullptr : way.block(one.player, q);
      const double discount = block == nullptr ? 0.0 : here_.discount(way, one.player, q);
      const double paid =
          here_.reward(way, one.player, q) +
          (block == nullptr ? 0.0 : discount * landing_.read(block, way.to->of_point));
      scores_[ix(own)] += weight * paid;
      if (!with_slopes) continue;
      for (std::size_t e = 0; e < state_.deciders.size(); ++e)
        if (e != d) slopes_[ix(own * columns_ + row(e, branch, q))] += weight * paid;
      double* pulls = pulls_.data() + ix(type_of(one, q)) * moved;
      for (std::size_t k = 0; k < moved; ++k)
        pulls[k] += weight * discount * landing_.slope(k, block, way.to->of_point);
    }
    if (with_slopes && moved > 0) add_moves(d, branch);
  }
}

/// What scores of a branch gain as strategies move the beliefs after it.
void JointScores::add_moves(std::size_t d, int branch) {
  const Decider& own = state_.deciders[d];
  const std::size_t moved = landing_.axes.size();
  for (const Decider& one : state_.deciders)
    for (int type = 0; type < one.types; ++type) {
      const int c = column(one, type, branch);
      for (int k = 0; k < own.types; ++k) {
        double sum = 0.0;
        for (std::size_t a = 0; a < moved; ++a)
          sum += pulls_[ix(k) * moved + a] * shift_slopes_[ix(landing_.axes[a] * columns_ + c)];
        slopes_[ix(own.row(k, own.own_action(branch)) * columns_ + c)] += sum;
      }
    }
}

void JointScores::values(const double* x, double* out) {
  take(x);
  const int players = here_.whole().players();
  std::fill_n(out, players * state_.profiles, 0.0);
  for (int k = 0; k < here_.num_branches(); ++k) {
    const Here::Way way = here_.way(here_.first_branch() + k);
    move_beliefs(x, k, way, false);
    if (way.table != nullptr) landing_.land(here_.whole(), *way.to, *at_, news_, false);
    for (int q = 0; q < state_.profiles; ++q) {
      const double odds = odds_of_others(k, q, state_.deciders.size());
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
