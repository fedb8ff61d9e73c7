#pragma once
/// A solved game laid out for prediction: belief points and type profiles of every public state, where each branch
/// leads in which round, and how mass or values move along it. Forward and backward sweeps read the same board, so one
/// is the adjoint of the other.

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "melian/game.h"
#include "melian/numeric.h"

namespace melian::prediction {

/// The belief points and type profiles of all public states with the same live players.
struct Shape {
  struct Axis {
    int player = 0;
    int size = 1;
    int stride = 0;          ///< of the player's node in a point
    int profile_stride = 0;  ///< of the player's type in a profile
    std::vector<int> node;   ///< [point]: the player's node
  };
  std::vector<Axis> axes;           ///< live players with two types, in player order
  std::vector<int> axis_of_player;  ///< -1 where not live
  std::vector<int> frozen;          ///< players with two types who are not live: their beliefs no longer move
  int points = 1;
  int profiles = 1;
  std::vector<int> profile_of_full;  ///< [full profile]: profile of the live players
  std::vector<double> law;           ///< [point][profile]: the law of types that the point itself stands for

  [[nodiscard]] bool has(int player) const { return axis_of_player[static_cast<std::size_t>(player)] >= 0; }
  [[nodiscard]] int type_in(int profile, int player) const {
    const int axis = axis_of_player[static_cast<std::size_t>(player)];
    return axis < 0 ? 0 : profile / axes[static_cast<std::size_t>(axis)].profile_stride % 2;
  }
};

/// From one shape to the shape of a successor, which has the same or fewer axes.
struct Projection {
  std::vector<int> point;      ///< [point here]: the point there with the same nodes
  std::vector<int> profile;    ///< [profile here]
  std::vector<int> stride;     ///< [axis here]: stride of that player's node there, 0 where dropped
  bool same_profiles = false;  ///< nobody is dropped
};

/// Plays that may go on for ever are followed until less than this is left of them, given any types ...
inline constexpr double negligible_play = 1e-12;
/// ... or for so many rounds: what is left then counts as unfinished.
inline constexpr int most_rounds = 1000;

/// Where a branch leads. Rounds count from 0; `closing` marks the horizon's closing.
struct Destination {
  int state = -1;  ///< negative: play ends in outcome -1 - state
  int round = 0;   ///< the round play is in afterwards; of a closing: the number of rounds of the horizon
  bool closing = false;
  [[nodiscard]] bool ended() const { return state < 0; }
};

/// The board. Holds references: `game` and `assessment` must outlive it.
class Board {
 public:
  /// Requires: the assessment carries the game's fingerprint; at most two types for every live player; no simultaneous
  ///           moves (the solvers refuse them).
  Board(const Game& game, const Assessment& assessment);

  [[nodiscard]] const Game& game() const { return game_; }
  [[nodiscard]] const Structure& structure() const { return game_.shape(); }
  [[nodiscard]] const Assessment& assessment() const { return assessment_; }
  [[nodiscard]] const Shape& shape(int state) const { return *shape_of_state_[static_cast<std::size_t>(state)]; }
  [[nodiscard]] const Projection& projection(int state, int next) const;
  [[nodiscard]] const Profiles& full() const { return full_; }
  [[nodiscard]] const std::vector<double>& profile_weight() const { return profile_weight_; }  ///< analyst's prior
  [[nodiscard]] const std::vector<double>& nodes(int player) const { return nodes_[static_cast<std::size_t>(player)]; }
  [[nodiscard]] const std::vector<double>& node_log_odds(int player) const { return node_log_odds_[static_cast<std::size_t>(player)]; }
  /// The constant by which an observer's log-odds about a player exceed the analyst's.
  [[nodiscard]] double disagreement(int observer, int about) const {
    return disagreement_[static_cast<std::size_t>(observer)][static_cast<std::size_t>(about)];
  }

  /// Where `branch` leads for a play in `round` (in the closing, rounds no longer count).
  [[nodiscard]] Destination follow(int round, int branch) const;
  /// Rounds counted on a branch, before any horizon.
  [[nodiscard]] int advance(int branch) const;

  /// The prior on the axes of the root, as nodes and weights (one node where the prior is one).
  struct Start {
    std::vector<int> point;
    std::vector<double> weight;
  };
  [[nodiscard]] const Start& start() const { return start_; }

 private:
  const Game& game_;
  const Assessment& assessment_;
  Profiles full_;
  std::map<std::uint32_t, Shape> shapes_;
  std::vector<const Shape*> shape_of_state_;
  std::map<std::pair<const Shape*, const Shape*>, Projection> projections_;
  std::vector<double> profile_weight_;
  std::vector<std::vector<double>> nodes_, node_log_odds_, disagreement_;
  Start start_;
};

/// What happens at one belief point along one branch.
struct Footing {
  std::vector<double> odds;      ///< [profile of the state]: probability of the branch, by the analyst's odds
  std::vector<double> log_odds;  ///< [axis of the state]: the analyst's exact log-odds afterwards
  std::vector<int> point;        ///< where the successor's grid takes it up ...
  std::vector<double> weight;    ///< ... and in which shares; empty where play ends
};

/// One branch of one public state in one round, ready to be read at every belief point.
class BranchReader {
 public:
  BranchReader(const Board& board, int round, int state, int k);

  [[nodiscard]] int branch() const { return branch_; }
  [[nodiscard]] const Destination& destination() const { return to_; }
  [[nodiscard]] const Projection* projection() const { return projection_; }  ///< null where play ends
  [[nodiscard]] bool possible() const { return possible_; }                   ///< false: chance gives it no odds at all
  /// Does the analyst's belief along this axis of the state move on this branch?
  [[nodiscard]] bool moves(std::size_t axis) const { return moves_[axis]; }
  void read(int point, Footing& out) const;

 private:
  void spread(int stride, const Place& place, Footing& out) const;

  const Board& board_;
  const Shape& here_;
  int branch_;
  Destination to_;
  const Projection* projection_ = nullptr;
  bool possible_ = true;
  std::vector<bool> moves_;
  int mover_axis_ = -1;                              ///< of a decision by a player whose type is live
  const double* log_sigma_[2] = {nullptr, nullptr};  ///< of a decision, by type of the mover
  const double* chance_ = nullptr;                   ///< of a chance move
  std::vector<double> shift_;                        ///< of a chance move, by axis
};

/// Log-odds after news; an infinite shift wins over an infinite belief (all weight on the types that could have acted).
[[nodiscard]] inline double shifted(double log_odds_before, double shift) { return std::isinf(shift) ? shift : log_odds_before + shift; }

/// How an outcome of chance shifts the log-odds of the player whose types lie `stride` apart among `profiles` profiles.
[[nodiscard]] double chance_shift(const double* odds, int profiles, int stride);

}  // namespace melian::prediction
