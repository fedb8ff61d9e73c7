#pragma once
/// The forward sweep: where plays stand, round by round, by true type profile, and what every
/// branch carries.

#include <functional>
#include <map>
#include <span>
#include <vector>

#include "numeric/pack.h"
#include "predict/forward_board.h"

namespace melian::prediction {

/// What a sweep carries beside the plays themselves.
struct Carried {
  bool beliefs = true;       ///< beliefs that no longer move, and those of `Flow`
  bool coordinate = true;    ///< the coordinate column
  bool information = false;  ///< the last three lists of `Flow`; takes the coordinate column
};

/// Plays standing at one public state in one round, by belief point. Row of a point, in columns:
/// - one per full type profile: probability given the profile;
/// - with beliefs, for each frozen belief (`Shape::frozen`, in order) one per full profile: the
/// same times the analyst's belief
///   in that type of a player, which no longer moves;
/// - last, the *coordinate* column: probability when types are drawn by the belief coordinate
/// itself. It is what
///   information is counted with: interpolation then keeps every mean, and sums close exactly.
struct Standing {
  int columns = 0;
  lanes::Row mass;  ///< [point][column]; empty: nobody stands here
  [[nodiscard]] bool empty() const { return mass.empty(); }
  [[nodiscard]] const double* row(int point) const {
    return mass.data() + static_cast<std::ptrdiff_t>(point) * columns;
  }
  [[nodiscard]] double* row(int point) {
    return mass.data() + static_cast<std::ptrdiff_t>(point) * columns;
  }
};

/// How many columns such a row has, where so many types of players who are not live have a belief
/// of their own (`Shape::frozen`).
[[nodiscard]] constexpr int standing_columns(int full_profiles, int frozen,
                                             const Carried& carried) {
  return full_profiles * (1 + (carried.beliefs ? frozen : 0)) + (carried.coordinate ? 1 : 0);
}

/// What one branch carries in one round.
struct Flow {
  bool used = false;
  std::vector<double> by_profile;  ///< [full profile]: probability given the profile
  /// [index in `believed_types`][full profile], only where the branch counts rounds: the same times
  /// the analyst's belief in that type of the player afterwards.
  std::vector<double> belief;
  // By player, in nats, by the coordinate column: news about the type, entropy of those who stop
  // being live (or whose play ends) here, entropy that sharing between nodes takes away.
  std::vector<double> news, end_entropy, splitting;
};

struct ForwardHooks {
  /// Every (round, state) in which somebody stands; the closing comes with round = rounds of the
  /// horizon.
  std::function<void(int round, bool closing, int state, const Standing&)> standing;
  /// Every branch that carries anything, in the order of branches within a round.
  std::function<void(int round, bool closing, int branch, const Destination&, const Flow&)> flow;
  std::vector<bool> counted;  ///< [branch]: whose flows are wanted; empty: all branches'
  /// On `horizon forever`: plays left alone at the top of this round.
  std::function<void(int round, int state, const Standing&)> left;
  std::function<bool(double done)> go_on;  ///< after each round; false stops
  /// Every (round, state) in which plays of a detour stopped.
  std::function<void(std::size_t detour, int round, int state, const Standing&)> stopped;
};

/// Plays made to take an action somewhere and followed from there, in equilibrium, until they come
/// to one of the moves `until`, where they stop. Beliefs move as everybody sees the action, by
/// Bayes' rule at the solved strategy; plays of types that do not have the action leave. What goes
/// on without them is untouched.
struct Detour {
  int from = -1;  ///< an earlier detour: where its plays stop this one starts; -1: all plays
  std::function<bool(int round, int state)>
      starts;                 ///< may it start here? Null: wherever one of the moves is made
  std::map<int, int> forced;  ///< action by move; the first of them that is made counts
  std::vector<int> until;
};

/// Runs the sweep, detours in the same pass. Deterministic for any number of threads: every state
/// gathers its mass in the order of branches.
void sweep_forward(const Board& board, const Carried& carried, const ForwardHooks& hooks,
                   std::span<const Detour> detours = {});

/// Every type but the first of every player who has several.
[[nodiscard]] std::vector<Shape::Frozen> believed_types(const Structure& structure);

/// Column of a frozen belief in that type (not the first) of a player times probability, or -1
/// where the player's type is live.
[[nodiscard]] int frozen_column(const Board& board, const Shape& shape, int player, int type);

}  // namespace melian::prediction
