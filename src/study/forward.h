#pragma once
/// The forward sweep: where plays stand, round by round, by true type profile, and what every branch carries.

#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "study/forward_board.h"

namespace melian::prediction {

/// Plays standing at one public state in one round, by belief point. Row of a point, in columns:
/// - one per full type profile: probability given the profile;
/// - for each frozen belief (`Shape::frozen`, in order) one per full profile: the same times the analyst's belief in that
///   type of a player, which no longer moves;
/// - last, the *coordinate* column: probability when types are drawn by the belief coordinate itself. It is what
///   information is counted with: interpolation then keeps every mean, and sums close exactly.
struct Standing {
  int columns = 0;
  std::vector<double> mass;  ///< [point][column]; empty: nobody stands here
  [[nodiscard]] bool empty() const { return mass.empty(); }
  [[nodiscard]] const double* row(int point) const { return mass.data() + static_cast<std::ptrdiff_t>(point) * columns; }
  [[nodiscard]] double* row(int point) { return mass.data() + static_cast<std::ptrdiff_t>(point) * columns; }
};

/// What one branch carries in one round.
struct Flow {
  bool used = false;
  std::vector<double> by_profile;  ///< [full profile]: probability given the profile
  /// [index in `believed_types`][full profile], only where the branch counts rounds: the same times the analyst's belief in
  /// that type of the player afterwards.
  std::vector<double> belief;
  // By player, in nats, by the coordinate column: news about the type, entropy of those who stop being live (or whose
  // play ends) here, entropy that sharing between nodes takes away.
  std::vector<double> news, end_entropy, splitting;
};

struct ForwardHooks {
  /// Every (round, state) in which somebody stands; the closing comes with round = rounds of the horizon.
  std::function<void(int round, bool closing, int state, const Standing&)> standing;
  /// Every branch that carries anything, in the order of branches within a round.
  std::function<void(int round, bool closing, int branch, const Destination&, const Flow&)> flow;
  /// On `horizon forever`: plays left alone at the top of this round.
  std::function<void(int round, int state, const Standing&)> left;
  std::function<bool(double done)> go_on;  ///< after each round; false stops
};

/// Runs the sweep. Deterministic for any number of threads: every state gathers its mass in the order of branches.
/// `with_information` also fills the last three lists of `Flow`.
void sweep_forward(const Board& board, bool with_information, const ForwardHooks& hooks);

/// Plays made to take an action somewhere and followed from there, in equilibrium, until they come to one of the moves
/// `until`, where they stop. Beliefs move as everybody sees the action, by Bayes' rule at the solved strategy; plays of
/// types that do not have the action leave.
class Onward {
 public:
  Onward(const Board& board, std::vector<int> until);
  ~Onward();
  Onward(const Onward&) = delete;
  Onward& operator=(const Onward&) = delete;
  /// `move`: the state's, or one of those made there at the same time.
  void take(int round, int state, const Standing& standing, int move, int action);
  /// `seen` is called for every (round, state) in which plays stopped.
  void run(const std::function<void(int round, int state, const Standing&)>& seen);

 private:
  struct Plays;
  std::unique_ptr<Plays> plays_;
};

/// Every type but the first of every player who has several.
[[nodiscard]] std::vector<Shape::Frozen> believed_types(const Structure& structure);

/// Column of a frozen belief in that type (not the first) of a player times probability, or -1 where the player's type is live.
[[nodiscard]] int frozen_column(const Board& board, const Shape& shape, int player, int type);

}  // namespace melian::prediction
