#pragma once
/// What every sweep over a game needs and no number of lambda changes: sizes, strides, which block
/// of a successor's table answers which profile and point, who believes what where.

#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "melian/beliefs.h"
#include "melian/game.h"
#include "melian/solve.h"
#include "numeric/pack.h"
#include "solve/axis.h"
#include "solve/values.h"

namespace melian::grid {

/// How profiles and points of one set of live players read in a smaller set.
struct Projection {
  std::vector<int> profile;         ///< [profile]
  std::vector<std::int64_t> point;  ///< [point]
  std::vector<std::int64_t>
      row;  ///< [place in a row of values]; empty where rows are the same, or there are none
};

struct StatePlan {
  std::uint32_t live = 0;
  int profiles = 1;
  std::int64_t points = 1;
  std::int64_t size = 0, of_block = 1,
               of_point =
                   1;  ///< of the table; from one player and profile, from one point, to the next
  std::int64_t slab_offset = 0;    ///< in the slab of timed or of untimed states
  std::int64_t entry_offset = -1;  ///< in a round's table of entries
  std::int64_t head_offset = -1;   ///< in the last iterate, where play comes back to the state
  std::vector<Decider> deciders;
  int rows = 0;    ///< of strategies
  int mover = -1;  ///< the only decider
  bool line =
      false;  ///< one decider with two types who moves one axis: all beliefs on it are one curve
  bool joint = false;  ///< another decision that moves beliefs, or that several take at once
  int own_axis = -1;   ///< of a line
  std::int64_t own_stride = 0, own_nodes = 1;
  std::vector<std::uint8_t> types;        ///< [profile][player]
  std::vector<int> profile_stride;        ///< [player], 0 where the type is not live
  std::vector<int> axes;                  ///< live ones
  std::vector<std::int64_t> axis_stride;  ///< [axis] in points, 0 where not live

  [[nodiscard]] bool decides() const { return !deciders.empty(); }
  [[nodiscard]] int type_of(int profile, int player) const {
    return types[ix(profile) * profile_stride.size() + ix(player)];
  }
};

/// One end of a branch: the state that follows, if any.
struct Link {
  int state = -1;
  const Projection* projection = nullptr;
  std::int64_t own_stride = 0;  ///< of the axis of the source's line in the points of `state`
  bool back = false;            ///< play comes back: values are those of the last iterate
};

struct BranchPlan {
  Link next, closing;  ///< `closing`: instead of a timed entry that the clock no longer reaches
  const double* discount = nullptr;  ///< [Plan::type_index], discount^time
  const double* factors = nullptr;   ///< the same by place in a row of the branch's source; null
                                     ///< where values do not lie in rows
};

class Plan {
 public:
  Plan(const Game& game, const BeliefAxes& axes, const SolveOptions& options);

  const Game& game;
  const Structure& shape;
  BeliefSpace space;
  std::vector<Axis> axes;
  std::vector<StatePlan> states;
  std::vector<BranchPlan> branches;
  SolutionOrder order;               ///< of untimed states
  std::vector<double> lambda;        ///< [type_index], factor included
  std::vector<double> clock_factor;  ///< [round * states + state][type_index], 1 under
                                     ///< current-value lambda; empty: all 1
  bool in_rows;                      ///< how values lie (solve/values.h)
  std::int64_t timed_size = 0, untimed_size = 0, entries_size = 0, heads_size = 0;

  [[nodiscard]] int players() const { return shape.num_players(); }
  /// Types of all players, counted one player after another.
  [[nodiscard]] int type_index(int player, int type) const {
    return first_type_[ix(player)] + type;
  }
  [[nodiscard]] bool reached(int round, int state) const {
    return shape.reached.empty() || !shape.states[ix(state)].timed ||
           shape.reached[ix(round) * shape.states.size() + ix(state)] != 0;
  }
  [[nodiscard]] const Link& link(int branch, int round) const {
    const BranchPlan& plan = branches[ix(branch)];
    return plan.closing.state >= 0 && round + shape.branches[ix(branch)].advance >= shape.rounds
               ? plan.closing
               : plan.next;
  }
  [[nodiscard]] double lambda_of(int state, int round, int player, int type) const;
  /// Observer's probability of the others' types in each profile, given its own there,
  /// [profile][point] of the live players.
  [[nodiscard]] const std::vector<double>& weights(int observer, std::uint32_t live) const {
    return weights_.at({observer, live});
  }
  /// The same where the analyst's log-odds are `log_odds`, by axis: [profile].
  void weigh(int observer, const Profiles& profiles, std::uint32_t live, const double* log_odds,
             double* out) const;
  [[nodiscard]] std::int64_t stride(std::uint32_t live, int axis) const;
  [[nodiscard]] std::int64_t start_point(std::uint32_t live) const;

 private:
  void add_state(std::size_t s, const BeliefAxes& on, const SolveOptions& options);
  void add_branch(const PublicState& from, std::size_t s, int b);
  const std::vector<double>& discounts(int time);
  const lanes::Row& factors(int time, const StatePlan& state);
  void find_heads();
  const Projection& project(std::uint32_t from, std::uint32_t to);
  void add_weights(int observer, std::uint32_t live);
  void find_clock();

  std::map<std::pair<std::uint32_t, std::uint32_t>, Projection> projections_;
  std::map<std::pair<int, std::uint32_t>, std::vector<double>> weights_;
  std::map<int, std::vector<double>> discounts_;  ///< by time that passes
  std::map<std::pair<int, std::uint32_t>, lanes::Row>
      factors_;  ///< the same in rows, by live players
  std::vector<std::vector<std::vector<double>>>
      disagreement_;  ///< [observer][group][cell], empty where they agree with the analyst
  std::vector<int> first_type_;
};

/// Clock (rounds passed) at each (round, state); -1 unreached, -2 where it is not a function of
/// them.
[[nodiscard]] std::vector<int> clocks(const Structure& shape);

/// The model's precision or the options', without `lambda_factor`; empty where a player has none.
[[nodiscard]] std::vector<double> precision_of(const Game& game, const SolveOptions& options,
                                               int player);

}  // namespace melian::grid
