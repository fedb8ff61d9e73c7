#pragma once
/// Where things lie for the checker: belief points of a public state, where a branch leads, in
/// which order states are read, and how beliefs and time move. Written for `certify` alone, from
/// the game and the axes, not from any solver.

#include <cstdint>
#include <limits>
#include <map>
#include <vector>

#include "melian/beliefs.h"
#include "melian/game.h"
#include "melian/numeric.h"

namespace melian::checking {

/// A forward probability from which on a decision counts as reached (design: certificates).
inline constexpr double reached_probability = 1e-6;

/// The belief points and type profiles of a public state: those of its *live* groups
/// (melian/beliefs.h).
struct Shape {
  struct Axis {
    int axis = 0;  ///< of the belief space
    int size = 1;
    std::int64_t stride = 0;  ///< of the axis' node in the point
  };
  /// Players whose types are believed together.
  struct Group {
    int group = 0;                 ///< of the belief space
    int first_axis = 0, axes = 0;  ///< in `Shape::axes`
    int cells = 1;
    std::vector<int> cell;  ///< [profile]
  };
  std::vector<Axis> axes;  ///< in order of the belief space
  std::vector<Group> groups;
  std::vector<int> place_of_axis;    ///< [axis of the belief space] in `axes`, -1 where not live
  std::vector<int> group_of_player;  ///< in `groups`, -1 where not live
  std::int64_t points = 1;
  int profiles = 1;
  std::vector<int> num_types;                            ///< [player], 1 where not live
  std::vector<std::vector<int>> type;                    ///< [player][profile]
  std::vector<std::vector<std::vector<int>>> with_type;  ///< [player][type]: profiles
  std::vector<int> profile_stride;                       ///< [player], 0 where not live
  [[nodiscard]] int types(int player) const { return num_types[static_cast<std::size_t>(player)]; }
  [[nodiscard]] int type_in(int profile, int player) const {
    return type[static_cast<std::size_t>(player)][static_cast<std::size_t>(profile)];
  }
  [[nodiscard]] std::int64_t stride(int axis) const {
    const int place = place_of_axis[static_cast<std::size_t>(axis)];
    return place < 0 ? 0 : axes[static_cast<std::size_t>(place)].stride;
  }
};

/// Where a branch leads: a public state in a round, or (`state` < 0) an end of play, outcome -1 -
/// state.
struct Destination {
  int state = -1;
  int round = 0;
  [[nodiscard]] bool ended() const { return state < 0; }
};

/// A difference of logs of a branch for two types; infinite where only one of them has it, 0 where
/// neither has.
[[nodiscard]] inline double log_ratio(double log_one, double log_zero) {
  if (log_one == -infinity && log_zero == -infinity) return 0.0;
  return log_one - log_zero;
}

/// The nodes of a point, one per axis, counted on together with the point.
class PointWalk {
 public:
  PointWalk(const Shape& shape, std::int64_t point);
  void next();
  [[nodiscard]] int node(int axis) const { return node_[static_cast<std::size_t>(axis)]; }

 private:
  const Shape& shape_;
  std::vector<int> node_;
};

/// The game seen on given belief axes, offers weighed by a measure.
class Layout {
 public:
  Layout(const Game& game, const BeliefAxes& axes, Measure measure = Measure::cells);

  [[nodiscard]] const Game& game() const { return game_; }
  [[nodiscard]] const Structure& structure() const { return game_.shape(); }
  [[nodiscard]] const BeliefSpace& space() const { return space_; }
  [[nodiscard]] const Shape& shape(int state) const {
    return shapes_.at(structure().states[static_cast<std::size_t>(state)].live & typed_);
  }
  /// Who decides at a state; nobody at chance moves and passages.
  [[nodiscard]] const std::vector<Decider>& deciders(int state) const {
    return deciders_[static_cast<std::size_t>(state)];
  }
  [[nodiscard]] const LaidAxis& axis(int axis) const {
    return axes_[static_cast<std::size_t>(axis)];
  }
  /// Log-odds of the analyst's belief at the nodes of an axis.
  [[nodiscard]] const std::vector<double>& node_log_odds(int axis) const {
    return axes_[static_cast<std::size_t>(axis)].log_odds();
  }
  /// Odds of a group's cells, as `observer` (or, at -1, the analyst) believes them where a walk
  /// stands; of a player's own group of several: given its own type in the cell.
  [[nodiscard]] const double* cells(int observer, const Shape::Group& group,
                                    const PointWalk& walk) const;
  /// out[profile]: probability of the others' types in it as `observer` believes them, given its
  /// own type there; at -1: of all types, as the analyst does.
  void weigh(int observer, const Shape& shape, const PointWalk& walk,
             std::vector<double>& out) const;

  [[nodiscard]] Destination follow(int round, int branch) const;
  /// discount of `player` of `type` over the time that passes on a branch.
  [[nodiscard]] double discount(int branch, int player, int type) const;
  /// Can play stand at this state in this round?
  [[nodiscard]] bool exists(int round, int state) const;
  /// Rounds of time passed since the start of play when it stands here; -1 where play never stands.
  /// Requires: the same on every way there (the only games for which a present-value lambda makes
  /// sense).
  [[nodiscard]] int elapsed(int round, int state) const { return elapsed_[slot(round, state)]; }
  [[nodiscard]] bool elapsed_is_unique() const { return elapsed_unique_; }

  /// Does play come back on a branch between these states?
  [[nodiscard]] bool leads_back(int from, int to) const {
    return any_cycle_ && order_.leads_back(from, to);
  }
  [[nodiscard]] const SolutionOrder& order() const { return order_; }

  /// The most rounds a branch into a timed top of a phase jumps ahead.
  [[nodiscard]] int longest_jump() const { return longest_jump_; }
  [[nodiscard]] std::size_t slot(int round, int state) const {
    return static_cast<std::size_t>(
               structure().states[static_cast<std::size_t>(state)].timed ? round : 0) *
               structure().states.size() +
           static_cast<std::size_t>(state);
  }

  /// One level of states that can be worked on at once; backward order of play: `layers()` as it
  /// stands, forward: reversed.
  struct Layer {
    int round = 0;
    bool timed = false;
    bool last_of_round = false;  ///< in backward order
    int cycle =
        -1;  ///< the stage of `order` whose states can come back to each other; -1: play goes on
    std::vector<int> states;
  };
  [[nodiscard]] const std::vector<Layer>& layers() const { return layers_; }

 private:
  void add_shape(std::uint32_t live);
  void add_view(int observer, int group);
  void measure_time();

  const Game& game_;
  BeliefSpace space_;
  std::vector<LaidAxis> axes_;
  std::vector<int> group_stride_;  ///< [axis]: of its node in the points of its group
  std::uint32_t typed_ = 0;
  std::map<std::uint32_t, Shape> shapes_;
  std::vector<std::vector<Decider>> deciders_;
  std::vector<std::vector<double>> views_;  ///< [view][point of the group][cell]
  std::vector<std::vector<int>> view_of_;   ///< [observer + 1][group]
  SolutionOrder order_;
  bool any_cycle_ = false;
  std::vector<Layer> layers_;
  std::vector<int> elapsed_;
  bool elapsed_unique_ = true;
  int longest_jump_ = 0;
};

/// Where a branch's successor keeps what a point here needs.
struct Step {
  int branch = 0;
  Destination to;
  const Shape* shape = nullptr;  ///< of the successor; null where play ends
  std::vector<std::int64_t>
      stride;                ///< per axis here: its stride in the successor's points, 0 if dropped
  std::vector<int> profile;  ///< per profile here: profile there
};
[[nodiscard]] Step step_along(const Layout& layout, int round, int state, int branch);

/// Strategies of one public state: log sigma by row (`Decider::row`) and point.
struct StrategyBlock {
  const double* first = nullptr;
  std::int64_t points = 0;
  [[nodiscard]] double at(int row, std::int64_t point) const { return first[row * points + point]; }
};
[[nodiscard]] StrategyBlock strategy_block(const Layout& layout, const Assessment& assessment,
                                           int round, int state);

/// The states of a layer at which somebody decides.
[[nodiscard]] std::vector<int> decisions_of(const Layout& layout, const Layout::Layer& layer);

/// lambda that a type of a decider uses at a decision: the assessment's, discounted to the start
/// under present values.
[[nodiscard]] double precision_at(const Layout& layout, const Assessment& assessment, int round,
                                  int state, int player, int type);

/// Pieces of a layer for threads: [first, last) points of one state.
struct Piece {
  int state = 0;
  std::int64_t first = 0, last = 0;
};
[[nodiscard]] std::vector<Piece> pieces_of(const Layout& layout, const Layout::Layer& layer);

/// Keeps the larger; what is no number counts as infinitely wrong.
inline void keep_worst(double& worst, double error) {
  if (!(error <= worst)) worst = std::isnan(error) ? infinity : error;
}

}  // namespace melian::checking
