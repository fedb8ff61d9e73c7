#pragma once
/// A solved game laid out for prediction: belief points and type profiles of every public state,
/// where each branch leads in which round, and how mass or values move along it. Forward and
/// backward sweeps read the same board, so one is the adjoint of the other.

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "melian/beliefs.h"
#include "melian/game.h"
#include "melian/numeric.h"

namespace melian::prediction {

/// The belief points and type profiles of all public states with the same live players.
struct Shape {
  struct Axis {
    int axis = 0;  ///< of the belief space
    int size = 1;
    int stride = 0;         ///< of a node in a point
    std::vector<int> node;  ///< [point]
  };
  /// A group of players (melian/beliefs.h) who are live here: all of them are, or none.
  struct Group {
    int group = 0;             ///< of the belief space
    int first = 0, count = 0;  ///< its axes among `axes`; one: there are two cells
    std::vector<int> cell;     ///< [profile]
  };
  /// A probability that no longer moves: that a player who is not live has this type (any but the
  /// first).
  struct Frozen {
    int player, type;
  };
  std::vector<Axis> axes;                    ///< of live groups, in order
  std::vector<Group> groups;                 ///< live groups, in order
  std::vector<int> group_of_player;          ///< index in `groups`; -1 where not live
  std::vector<Frozen> frozen;                ///< of players with several types who are not live
  std::vector<std::vector<double>> entropy;  ///< [player][point], nats, of the player's type as the
                                             ///< point says; empty where not live
  int points = 1;
  int profiles = 1;
  std::vector<int> profile_of_full;  ///< [full profile]: profile of the live players
  std::vector<double> law;  ///< [point][profile]: the law of types that the point itself stands for
  std::vector<int> type;    ///< [profile][player]; 0 where not live

  [[nodiscard]] bool has(int player) const {
    return group_of_player[static_cast<std::size_t>(player)] >= 0;
  }
  [[nodiscard]] int type_in(int profile, int player) const {
    return type[static_cast<std::size_t>(profile) * group_of_player.size() +
                static_cast<std::size_t>(player)];
  }
  /// How many types of the player are told apart here.
  [[nodiscard]] int types(const Structure& structure, int player) const {
    return has(player) ? structure.players[static_cast<std::size_t>(player)].num_types() : 1;
  }
};

/// From one shape to the shape of a successor, which has the same or fewer groups.
struct Projection {
  std::vector<int> point;      ///< [point here]: the point there with the same nodes
  std::vector<int> profile;    ///< [profile here]
  std::vector<int> stride;     ///< [axis here]: stride of its node there, 0 where dropped
  bool same_profiles = false;  ///< nobody is dropped
};

/// Plays that may go on for ever are followed until less than this is left of them, given any types
/// ...
inline constexpr double negligible_play = 1e-12;
/// ... or for so many rounds: what is left then counts as unfinished.
inline constexpr int most_rounds = 1000;

/// Where a branch leads. Rounds count from 0; `closing` marks the horizon's closing.
struct Destination {
  int state = -1;  ///< negative: play ends in outcome -1 - state
  int round =
      0;  ///< the round play is in afterwards; of a closing: the number of rounds of the horizon
  bool closing = false;
  [[nodiscard]] bool ended() const { return state < 0; }
};

/// The board. Holds references: `game` and `assessment` must outlive it.
class Board {
 public:
  /// Requires: the assessment carries the game's fingerprint.
  Board(const Game& game, const Assessment& assessment);

  [[nodiscard]] const Game& game() const { return game_; }
  [[nodiscard]] const Structure& structure() const { return game_.shape(); }
  [[nodiscard]] const Assessment& assessment() const { return assessment_; }
  [[nodiscard]] const Shape& shape(int state) const {
    return *shape_of_state_[static_cast<std::size_t>(state)];
  }
  [[nodiscard]] const Projection& projection(int state, int next) const;
  [[nodiscard]] const Profiles& full() const { return full_; }
  [[nodiscard]] const std::vector<double>& profile_weight() const {
    return profile_weight_;
  }  ///< analyst's prior
  [[nodiscard]] const BeliefSpace& space() const { return space_; }
  [[nodiscard]] const std::vector<Decider>& deciders(int state) const {
    return deciders_[static_cast<std::size_t>(state)];
  }
  [[nodiscard]] const std::vector<double>& nodes(int axis) const {
    return assessment_.axes.nodes[static_cast<std::size_t>(axis)];
  }
  [[nodiscard]] const std::vector<double>& node_log_odds(int axis) const {
    return axes_[static_cast<std::size_t>(axis)].log_odds();
  }
  [[nodiscard]] const LaidAxis& axis(int axis) const {
    return axes_[static_cast<std::size_t>(axis)];
  }
  /// Has the strategies of a decision brought up from memory, for a sweep that comes to it next.
  void expect(int round, int state) const;
  /// The log-odds on the axes of a shape that a point stands for.
  void log_odds_at(const Shape& shape, int point, std::vector<double>& out) const;
  /// P(type) of a live player at log-odds on the axes of a shape. Requires: not the first of its
  /// types.
  [[nodiscard]] double belief(const Shape& shape, std::span<const double> log_odds, int player,
                              int type) const;
  [[nodiscard]] double belief(int group, const double* log_odds, int player,
                              int type) const;  ///< the same, of any type
  [[nodiscard]] const std::vector<double>& start_odds(
      int group) const;  ///< the analyst's prior on a group's cells
  [[nodiscard]] const std::vector<double>& start_log_odds() const {
    return start_log_odds_;
  }  ///< ... and on every axis
  /// What an observer believes of a group's cells where the analyst has these log-odds on its axes;
  /// given its own type, where it belongs to the group: odds of the cells with each of its types
  /// then sum to one.
  [[nodiscard]] std::vector<double> cells_for(int observer, int group,
                                              const double* log_odds) const;
  void cells_for(int observer, int group, const double* log_odds,
                 std::vector<double>& out) const;  ///< the same, into room that is there
  /// At the start: probability of each full profile given the player's own type, by the analyst's
  /// prior or by its own.
  [[nodiscard]] std::vector<double> profiles_given_own(int player, bool own_beliefs) const;

  /// Where `branch` leads for a play in `round` (in the closing, rounds no longer count).
  [[nodiscard]] Destination follow(int round, int branch) const {
    const Way& way = ways_[static_cast<std::size_t>(branch)];
    if (way.next < 0) return {way.next, round, false};
    const int later = round + way.advance;
    if (!way.timed || later < structure().rounds) return {way.next, later, false};
    MELIAN_EXPECT(way.closing >= 0, "a timed top of a phase has a closing");
    return {way.closing, structure().rounds, true};
  }
  /// Rounds counted on a branch, before any horizon.
  [[nodiscard]] int advance(int branch) const {
    return ways_[static_cast<std::size_t>(branch)].advance;
  }

  /// The prior on the axes of the root, as nodes and weights (one node where the prior is one).
  struct Start {
    std::vector<int> point;
    std::vector<double> weight;
  };
  [[nodiscard]] const Start& start() const { return start_; }

 private:
  void find_disagreement();
  void weigh_profiles();
  void find_start();

  const Game& game_;
  const Assessment& assessment_;
  Profiles full_;
  std::map<std::uint32_t, Shape> shapes_;
  std::vector<const Shape*> shape_of_state_;
  std::map<std::pair<const Shape*, const Shape*>, Projection> projections_;
  std::vector<double> profile_weight_;
  struct Way {
    int next, advance;
    bool timed;   // the next public state ...
    int closing;  // ... and what closes it
  };
  std::vector<Way> ways_;  // [branch]
  BeliefSpace space_;
  std::vector<std::vector<Decider>> deciders_;  // [state]
  std::vector<std::int64_t> strategy_size_;     // [state]
  std::vector<LaidAxis> axes_;
  std::vector<std::vector<std::vector<double>>>
      disagreement_;  // [observer][group]: of two cells the shift, else by cell; empty: none
  std::vector<double> start_log_odds_;  // [axis]
  Start start_;
};

/// The timed states of a round, each behind all that its branches lead to within the round, and
/// those close behind: what a sweep reads is then still at hand. A sweep forward takes them from
/// the end.
[[nodiscard]] std::vector<int> depth_first(const Structure& structure);

/// Rounds that a branch counts; a step to a timed state that is no entry stays within its round.
[[nodiscard]] int rounds_counted(const Structure& structure, int branch);

/// Does play make this move in a state: as its move, or as one of those made at the same time?
[[nodiscard]] bool makes(const Structure& structure, int state, int move);
/// The action of that move on a branch of such a state.
[[nodiscard]] int action_of(const Structure& structure, int state, int branch, int move);

/// Entropy in nats: of a two-type belief from its log-odds, of any from its odds.
[[nodiscard]] double entropy(double log_odds);
[[nodiscard]] double entropy(const std::vector<double>& odds);

/// What happens at one belief point along one branch.
struct Footing {
  std::vector<double>
      odds;  ///< [profile of the state]: probability of the branch, by the analyst's odds
  std::vector<double> log_odds;  ///< [axis of the state]: the analyst's exact log-odds afterwards
  std::vector<bool> moved;       ///< [axis of the state]: are they elsewhere than before?
  std::vector<int> point;        ///< where the successor's grid takes it up ...
  std::vector<double> weight;    ///< ... and in which shares; empty where play ends
};

/// One branch of one public state in one round, ready to be read at every belief point.
class BranchReader {
 public:
  BranchReader(const Board& board, int round, int state, int k);

  [[nodiscard]] int branch() const { return branch_; }
  [[nodiscard]] const Destination& destination() const { return to_; }
  [[nodiscard]] const Projection* projection() const {
    return projection_;
  }  ///< null where play ends
  [[nodiscard]] bool possible() const {
    return possible_;
  }  ///< false: chance gives it no odds at all
  /// Can the analyst's belief about this live group of the state move on this branch?
  [[nodiscard]] bool moves(std::size_t group) const { return moves_[group]; }
  void read(int point, Footing& out) const;
  /// Odds of the branch where the action of `move` is taken whatever its mover would do, by those
  /// who have it: [profile].
  void force(int point, int move, std::vector<double>& odds) const;

 private:
  struct Part {
    const Decider* decider;
    int action;               // its own
    bool live;                // its mover's type
    const double* log_sigma;  // of its first type, by point ...
    std::ptrdiff_t stride;    // ... and from one type to the next
  };
  void decide(int point, Footing& out) const;
  void chance(Footing& out) const;
  void tell(std::size_t group, const double* log_likelihood, Footing& out) const;
  void spread(int stride, const Place& place, Footing& out) const;

  const Board& board_;
  const Shape& here_;
  int state_, branch_;
  Destination to_;
  const Projection* projection_ = nullptr;
  bool possible_ = true;
  std::vector<bool> moves_;         // [group]
  std::vector<Part> parts_;         // of decisions
  const double* chance_ = nullptr;  // of a chance move: odds by profile ...
  std::vector<std::vector<double>>
      news_;  // ... and what it says of each group: of two cells the shift, else by cell
};

/// Log likelihood ratio of a chance outcome for the player whose two types lie `stride` apart among
/// `profiles` profiles.
[[nodiscard]] double chance_shift(const double* odds, int profiles, int stride);

}  // namespace melian::prediction
