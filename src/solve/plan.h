#pragma once
/// What every sweep over a game needs and no number of lambda changes: sizes, strides, which block of a successor's table
/// answers which profile and point, who believes what where.

#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "melian/game.h"
#include "melian/solve.h"
#include "solve/axis.h"

namespace melian::grid {

/// How profiles and points of one set of live players read in a smaller set.
struct Projection {
  std::vector<int> profile;         ///< [profile]
  std::vector<std::int64_t> point;  ///< [point]
};

struct StatePlan {
  std::uint32_t live = 0;
  int profiles = 1;
  std::int64_t points = 1, slab_offset = 0;  ///< in the slab of timed or of untimed states
  std::int64_t entry_offset = -1;            ///< in a round's table of entries
  std::int64_t head_offset = -1;             ///< in the last iterate, where play comes back to the state
  int mover = -1, mover_types = 1;
  bool typed = false;  ///< the mover's type is live: beliefs about it move
  std::int64_t own_stride = 0, own_nodes = 1;
  std::vector<double> log_weight;          ///< [branch]
  std::vector<std::uint8_t> types;         ///< [profile][player]
  std::vector<int> profile_stride;         ///< [player], 0 where the type is not live
  std::vector<std::int64_t> point_stride;  ///< [player], likewise

  [[nodiscard]] int type_of(int profile, int player) const { return types[ix(profile) * profile_stride.size() + ix(player)]; }
};

/// One end of a branch: the state that follows, if any.
struct Link {
  int state = -1;
  const Projection* projection = nullptr;
  std::int64_t own_stride = 0;  ///< of the source's mover in the points of `state`
  bool back = false;            ///< play comes back: values are those of the last iterate
};

struct BranchPlan {
  Link next, closing;            ///< `closing`: instead of a timed entry that the clock no longer reaches
  std::vector<double> discount;  ///< [2 * player + type], discount^time
};

class Plan {
 public:
  Plan(const Game& game, const BeliefAxes& axes, const SolveOptions& options);

  const Game& game;
  const Structure& shape;
  std::vector<Axis> axes;  ///< per player
  std::vector<StatePlan> states;
  std::vector<BranchPlan> branches;
  SolutionOrder order;               ///< of untimed states
  std::vector<double> lambda;        ///< [2 * player + type], factor included
  std::vector<double> clock_factor;  ///< [round * states + state][type] of the mover, 1 under current-value lambda; empty: all 1
  std::int64_t timed_size = 0, untimed_size = 0, entries_size = 0, heads_size = 0;

  [[nodiscard]] int players() const { return shape.num_players(); }
  [[nodiscard]] bool reached(int round, int state) const {
    return shape.reached.empty() || !shape.states[ix(state)].timed || shape.reached[ix(round) * shape.states.size() + ix(state)] != 0;
  }
  [[nodiscard]] const Link& link(int branch, int round) const {
    const BranchPlan& plan = branches[ix(branch)];
    return plan.closing.state >= 0 && round + shape.branches[ix(branch)].advance >= shape.rounds ? plan.closing : plan.next;
  }
  [[nodiscard]] double lambda_of(int state, int round, int type) const;
  /// Observer's probability of the others' types in each profile, [profile][point] of the live players.
  [[nodiscard]] const std::vector<double>& weights(int observer, std::uint32_t live) const { return weights_.at({observer, live}); }
  /// The observer's log-odds about `about` where the analyst's are u.
  [[nodiscard]] double own_log_odds(int observer, int about, double u) const {
    const double shift = shift_[ix(observer) * ix(players()) + ix(about)];
    return std::isinf(shift) ? shift : u + shift;
  }
  [[nodiscard]] std::int64_t stride(std::uint32_t live, int player) const;
  [[nodiscard]] std::int64_t start_point(std::uint32_t live) const;

 private:
  const Projection& project(std::uint32_t from, std::uint32_t to);
  void add_weights(int observer, std::uint32_t live);
  void find_clock();

  std::map<std::pair<std::uint32_t, std::uint32_t>, Projection> projections_;
  std::map<std::pair<int, std::uint32_t>, std::vector<double>> weights_;
  std::vector<double> shift_;
};

/// Clock (rounds passed) at each (round, state); -1 unreached, -2 where it is not a function of them.
[[nodiscard]] std::vector<int> clocks(const Structure& shape);

/// The model's precision or the options', without `lambda_factor`; empty where a player has none.
[[nodiscard]] std::vector<double> precision_of(const Game& game, const SolveOptions& options, int player);

}  // namespace melian::grid
