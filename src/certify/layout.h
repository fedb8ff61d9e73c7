#pragma once
/// Where things lie for the checker: belief points of a public state, where a branch leads, in which order states are
/// read, and how beliefs and time move. Written for `certify` alone, from the game and the axes, not from any solver.

#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <vector>

#include "melian/game.h"
#include "melian/numeric.h"

namespace melian::checking {

/// A forward probability from which on a decision counts as reached (design: certificates).
inline constexpr double reached_probability = 1e-6;

inline constexpr int max_axes = 16;

/// The belief points and type profiles of a public state.
struct Shape {
  struct Axis {
    int player = 0;
    int size = 1;
    std::int64_t stride = 0;  ///< of the player's node in the point
    int profile_stride = 0;   ///< of the player's type in the profile: a power of two, so a bit of the profile
  };
  std::vector<Axis> axes;           ///< players with two types that are live here, in player order
  std::vector<int> axis_of_player;  ///< -1 where not live
  std::int64_t points = 1;
  int profiles = 1;
  [[nodiscard]] bool has(int player) const { return axis_of_player[static_cast<std::size_t>(player)] >= 0; }
  [[nodiscard]] std::int64_t stride(int player) const {
    return has(player) ? axes[static_cast<std::size_t>(axis_of_player[static_cast<std::size_t>(player)])].stride : 0;
  }
  [[nodiscard]] int types(int player) const { return has(player) ? 2 : 1; }
  [[nodiscard]] int type_in(int profile, int player) const {
    return has(player) && (profile & axes[static_cast<std::size_t>(axis_of_player[static_cast<std::size_t>(player)])].profile_stride) != 0 ? 1 : 0;
  }
};

/// Where a branch leads: a public state in a round, or (`state` < 0) an end of play, outcome -1 - state.
struct Destination {
  int state = -1;
  int round = 0;
  [[nodiscard]] bool ended() const { return state < 0; }
};

/// Log-odds after news that shifts them. Convention: where Bayes' rule reads 0/0 all weight lies on the types that could
/// have acted, so an infinite shift wins over an infinite belief.
[[nodiscard]] inline double shifted(double log_odds_before, double shift) { return std::isinf(shift) ? shift : log_odds_before + shift; }

/// A difference of logs of a branch for type 1 and type 0; infinite where only one type has it, 0 where neither has.
[[nodiscard]] inline double log_ratio(double log_one, double log_zero) {
  if (log_one == -infinity && log_zero == -infinity) return 0.0;
  return log_one - log_zero;
}

/// The game seen on given belief axes.
class Layout {
 public:
  Layout(const Game& game, const BeliefAxes& axes);

  [[nodiscard]] const Game& game() const { return game_; }
  [[nodiscard]] const Structure& structure() const { return game_.shape(); }
  [[nodiscard]] const Shape& shape(int state) const { return shapes_.at(structure().states[static_cast<std::size_t>(state)].live & typed_); }
  [[nodiscard]] const std::vector<double>& nodes(int player) const { return nodes_[static_cast<std::size_t>(player)]; }
  /// Log-odds of the analyst's belief at the nodes of a player's axis.
  [[nodiscard]] const std::vector<double>& node_log_odds(int player) const { return node_log_odds_[static_cast<std::size_t>(player)]; }
  /// Probability of `subject`'s second type as `observer` (or, at -1, the analyst) believes it at each node of its axis.
  [[nodiscard]] const std::vector<double>& believed(int observer, int subject) const {
    return believed_[static_cast<std::size_t>(observer + 1)][static_cast<std::size_t>(subject)];
  }
  /// The constant difference in log-odds of an observer's belief and the analyst's.
  [[nodiscard]] double disagreement(int observer, int subject) const;

  [[nodiscard]] Destination follow(int round, int branch) const;
  /// discount of `player` of `type` over the time that passes on a branch.
  [[nodiscard]] double discount(int branch, int player, int type) const;
  /// Can play stand at this state in this round?
  [[nodiscard]] bool exists(int round, int state) const;
  /// Rounds of time passed since the start of play when it stands here; -1 where play never stands.
  /// Requires: the same on every way there (the only games for which a present-value lambda makes sense).
  [[nodiscard]] int elapsed(int round, int state) const { return elapsed_[slot(round, state)]; }
  [[nodiscard]] bool elapsed_is_unique() const { return elapsed_unique_; }

  /// Does play come back on a branch between these states?
  [[nodiscard]] bool leads_back(int from, int to) const { return any_cycle_ && order_.leads_back(from, to); }
  [[nodiscard]] const SolutionOrder& order() const { return order_; }

  /// The most rounds a branch into a timed top of a phase jumps ahead.
  [[nodiscard]] int longest_jump() const { return longest_jump_; }
  [[nodiscard]] std::size_t slot(int round, int state) const {
    return static_cast<std::size_t>(structure().states[static_cast<std::size_t>(state)].timed ? round : 0) * structure().states.size() +
           static_cast<std::size_t>(state);
  }

  /// One level of states that can be worked on at once; backward order of play: `layers()` as it stands, forward: reversed.
  struct Layer {
    int round = 0;
    bool timed = false;
    bool last_of_round = false;  ///< in backward order
    int cycle = -1;              ///< the stage of `order` whose states can come back to each other; -1: play goes on
    std::vector<int> states;
  };
  [[nodiscard]] const std::vector<Layer>& layers() const { return layers_; }

 private:
  void measure_time();

  const Game& game_;
  std::vector<std::vector<double>> nodes_;
  std::uint32_t typed_ = 0;
  std::map<std::uint32_t, Shape> shapes_;
  std::vector<std::vector<double>> node_log_odds_;
  std::vector<std::vector<std::vector<double>>> believed_;
  SolutionOrder order_;
  bool any_cycle_ = false;
  std::vector<Layer> layers_;
  std::vector<int> elapsed_;
  bool elapsed_unique_ = true;
  int longest_jump_ = 0;
};

/// The nodes of a point, one per axis, counted on together with the point.
class PointWalk {
 public:
  PointWalk(const Shape& shape, std::int64_t point);
  void next();
  [[nodiscard]] int node(int axis) const { return node_[static_cast<std::size_t>(axis)]; }

 private:
  const Shape& shape_;
  std::array<int, max_axes> node_{};
};

/// Where a branch's successor keeps what a point here needs.
struct Step {
  int branch = 0;
  Destination to;
  const Shape* shape = nullptr;                 ///< of the successor; null where play ends
  std::array<std::int64_t, max_axes> stride{};  ///< per axis here: stride of the player in the successor's points, 0 if dropped
  std::vector<int> profile;                     ///< per profile here: profile there
};
[[nodiscard]] Step step_along(const Layout& layout, int round, int state, int branch);

/// A point between nodes, as weights on at most 2^k nodes' indices.
struct Stencil {
  int count = 0;
  std::array<std::int64_t, 256> index;
  std::array<double, 256> weight;
  /// Starts at one point with weight one.
  void start(std::int64_t at) {
    count = 1;
    index[0] = at;
    weight[0] = 1.0;
  }
  /// Spreads along one axis; a weight of 0 or 1 does not spread.
  void spread(std::int64_t stride, const Place& place);
  [[nodiscard]] double read(const double* table) const {
    double sum = 0.0;
    for (int k = 0; k < count; ++k) sum += weight[static_cast<std::size_t>(k)] * table[index[static_cast<std::size_t>(k)]];
    return sum;
  }
};

/// How an outcome of chance moves the log-odds about each live player (analyst's odds; valid because odds factorise).
/// Per axis of the state; `possible` is false where the analyst gives the outcome no odds for any profile.
struct ChanceNews {
  bool possible = false;
  std::array<double, max_axes> shift{};
};
[[nodiscard]] ChanceNews chance_news(const Game& game, const Shape& shape, int branch);

/// Where beliefs stand after an outcome of chance (or a passage, without news) at the point of a walk.
[[nodiscard]] Stencil after_news(const Layout& layout, const Shape& shape, const PointWalk& walk, const Step& step, const ChanceNews& news);

/// Strategy block of one decision: log sigma(branch | type) at a point.
struct StrategyBlock {
  const double* first = nullptr;
  std::int64_t points = 0;
  int branches = 0;
  [[nodiscard]] double at(int type, int branch, std::int64_t point) const {
    return first[(static_cast<std::int64_t>(type) * branches + branch) * points + point];
  }
};
[[nodiscard]] StrategyBlock strategy_block(const Layout& layout, const Assessment& assessment, int round, int state);

/// lambda that a type of the mover uses at a decision: the assessment's, discounted to the start under present values.
[[nodiscard]] double precision_at(const Layout& layout, const Assessment& assessment, int round, int state, int player, int type);

/// May a type of the mover take this branch?
[[nodiscard]] inline bool is_open(const Branch& branch, int type) { return (branch.open_to >> type & 1U) != 0; }

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
