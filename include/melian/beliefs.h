#pragma once
/// How the public belief about types is laid out. Players whose types have a joint prior form one
/// *group*, every other player with two or more types is a group of its own; beliefs about
/// different groups stay independent. A group's belief is a distribution over its *cells* (types of
/// its players in mixed radix, the last fastest), written as a tree of two-way splits of an
/// interval of cells. Each split is one *axis*: the analyst's probability of its right side given
/// that one of both sides is true. Two types make one axis, the probability of the second; K cells
/// make K - 1. News that weighs cells moves an axis by a shift of its log-odds that depends on the
/// axes below it alone, so a player with two types moves one axis by the log-likelihood ratio.
/// docs/methods_solve.md, "Beliefs". This is shared by solver, checker and predictions; the tree,
/// which knows no beliefs, guards it.

#include <cstdint>
#include <string>
#include <vector>

#include "melian/game.h"
#include "melian/numeric.h"

namespace melian {

class BeliefSpace {
 public:
  struct Group {
    std::vector<int> players;
    std::vector<int> stride;  ///< [player in `players`] in the cell
    std::uint32_t mask = 0;   ///< bit i: player i belongs to it
    int cells = 1;
    int first_axis = 0, num_axes = 0;  ///< parents before what is below them
  };
  /// One split; `left` and `right`: another axis, or (negative) the cell -1 - left.
  struct Axis {
    int group = 0;
    int left = 0, right = 0;
    int first_cell = 0, middle_cell = 0,
        end_cell = 0;  ///< left: [first, middle), right: [middle, end)
  };

  explicit BeliefSpace(const Structure& structure);

  [[nodiscard]] const std::vector<Group>& groups() const { return groups_; }
  [[nodiscard]] const std::vector<Axis>& axes() const { return axes_; }
  [[nodiscard]] int num_axes() const { return static_cast<int>(axes_.size()); }
  /// The player's group; -1 for players with one type.
  [[nodiscard]] int group_of(int player) const {
    return group_of_[static_cast<std::size_t>(player)];
  }
  /// The axes of every player, each with these nodes.
  [[nodiscard]] BeliefAxes on(std::vector<std::vector<double>> nodes) const;
  /// The only axis about a player with two types whose types are tied to nobody's; -1 for others.
  [[nodiscard]] int only_axis(int player) const;
  /// Does the axis matter where these players are live?
  [[nodiscard]] bool live(int axis, std::uint32_t players) const {
    return (groups_[static_cast<std::size_t>(axes_[static_cast<std::size_t>(axis)].group)].mask &
            players) != 0;
  }
  /// The cell of a group that a profile belongs to.
  [[nodiscard]] int cell(int group, const Profiles& profiles, int profile) const;
  [[nodiscard]] int type_in_cell(int group, int cell, int player) const;

  /// What a distribution over the group's cells is on its axes: probabilities of right sides; 1/2
  /// where neither side has any.
  void coordinates(int group, const double* odds, double* beliefs) const;
  /// A distribution over the group's cells from the log-odds of its axes (natural logs; -infinity
  /// where impossible).
  void log_cells(int group, const double* log_odds, double* out) const;
  /// Odds of the group's cells; given the type of a player that belongs to it, where one is named
  /// (0/0: the limit from beliefs inside).
  [[nodiscard]] std::vector<double> cell_odds(int group, const double* log_odds,
                                              int given = -1) const;
  /// Bayes' rule: how far news with these log likelihoods by cell shifts the log-odds of the
  /// group's axes. An infinite shift wins over an infinite belief: where Bayes' rule reads 0/0, all
  /// weight lies on cells for which the news is possible. `before`, `shift`: from the group's first
  /// axis on. Requires: some likelihood above -infinity.
  void shifts(int group, const double* log_likelihood, const double* before, double* shift) const;

  /// "Kyiv is tough"; "B is high, given that B is middle or high"; "Two is tough, given that
  /// Mediator is heard_weak".
  [[nodiscard]] std::string statement(const Structure& structure, int axis) const;

 private:
  int split(int group, int first, int end);

  std::vector<Group> groups_;
  std::vector<Axis> axes_;
  std::vector<int> group_of_, radix_;
};

/// A belief moved by a shift of its log-odds; an infinite shift wins.
[[nodiscard]] inline double moved_log_odds(double before, double shift) {
  return shift - shift != 0.0 ? shift : before + shift;
}

/// The analyst's prior on a group's cells.
[[nodiscard]] const std::vector<double>& start_cells(const Game& game, const BeliefSpace& space,
                                                     int group);
/// The analyst's prior on all axes.
[[nodiscard]] std::vector<double> start_beliefs(const Game& game, const BeliefSpace& space);
/// The same as log-odds, exact in both tails.
[[nodiscard]] std::vector<double> start_log_odds(const Game& game, const BeliefSpace& space);

/// log P^j(cell) - log P^0(cell) for each cell of a group: what turns the analyst's belief into an
/// observer's, as if it were news. Zero where they agree. Observers may disagree about single
/// players: of correlated types, about margins.
[[nodiscard]] std::vector<double> disagreement(const Game& game, const BeliefSpace& space,
                                               int observer, int group);

/// Where on an axis observers who decide may be in doubt, increasing, with centres of less weight
/// between and beyond them, so that nowhere play may lead from the start is far from one. Empty
/// where all observers and the analyst (nearly) agree and nobody is nearly certain at the start: a
/// plain axis serves. Convention: docs/methods.md, "Belief axes".
[[nodiscard]] std::vector<DoubtCentre> doubt_centres(const Game& game, const BeliefSpace& space,
                                                     int axis);

/// Log likelihood, by cell of a group, of a branch of chance: the analyst's odds with the other
/// groups held at the likeliest profile of the source state's live types. Empty where the branch is
/// impossible.
[[nodiscard]] std::vector<double> chance_news(const Game& game, const BeliefSpace& space, int group,
                                              const Profiles& profiles, int branch);

/// Who decides at a public state, and between what. Strategies of a state lie in *rows*: for each
/// decider in turn, each type, each of its own actions. The one decider of an offer or choice has
/// its branches for actions.
struct Decider {
  int player = -1;
  int types = 1;  ///< rows' types: 1 where the player's type is not live
  int first_row = 0;
  std::vector<int> actions;         ///< indices into the actions of its single move
  std::vector<std::uint64_t> open;  ///< [own action]: bit k: type k has it
  std::vector<double> log_weight;   ///< [own action]: natural log of the base measure
  int stride = 1;                   ///< branch = sum of own action x stride over deciders

  [[nodiscard]] int num_actions() const { return static_cast<int>(actions.size()); }
  [[nodiscard]] int row(int type, int action) const {
    return first_row + type * num_actions() + action;
  }
  [[nodiscard]] int own_action(int branch) const { return branch / stride % num_actions(); }
  [[nodiscard]] bool is_open(int action, int type) const {
    return (open[static_cast<std::size_t>(action)] >> type & 1U) != 0;
  }
};
/// Empty at chance moves and passages. Branches count from 0 at the state.
[[nodiscard]] std::vector<Decider> deciders(const Structure& structure, int state, Measure measure);
[[nodiscard]] int num_rows(const std::vector<Decider>& deciders);

}  // namespace melian
