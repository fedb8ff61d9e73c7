#pragma once
/// One public state in one round: scores of its decision, values from its strategies, averages over
/// chance.

#include <span>
#include <vector>

#include "solve/bundle.h"
#include "solve/kernel.h"
#include "solve/landing.h"
#include "solve/plan.h"
#include "solve/rows.h"

namespace melian::grid {

/// Conditional values by player, profile and point (solve/values.h says how they lie).
struct Tables {
  lanes::Row timed;  ///< of the round in hand
  lanes::Row untimed;
  lanes::Row entries;  ///< of timed entries, by round
  lanes::Row heads;    ///< the last iterate, of states that play comes back to
};

struct Scratch {
  std::vector<double> sum, chosen, row;
  std::vector<Corner> corners;
  std::vector<double> weights;
  std::vector<std::int64_t> starts,
      first;  ///< of lines, in the points of their state and in a successor's table
  std::vector<double> follows, shares, rewards;
  std::vector<int> paired;
  std::vector<std::int64_t> places;
  std::vector<Place> landed;
  RowSum row_sum;
  Standpoint from;
  News news;
  Landing landing;
};

/// A line of the mover's axis with the other axes' cells halved: a mixture of lines of the
/// solver's.
struct FineLine {
  std::int64_t number = 0, point = 0, near = 0, held_stride = 1;  ///< as of `Sweep::fine_point`
  std::vector<double> beliefs;  ///< the mover's probabilities of the others' types, by profile
  std::vector<Corner> corners;  ///< own node 0
};

class Here {
 public:
  Here(const Plan& plan, Tables& tables, int state, int round, double factor);

  [[nodiscard]] const StatePlan& plan() const { return here_; }
  /// The first point of a line along the mover's axis.
  [[nodiscard]] std::int64_t line_start(std::int64_t line) const;

  /// Scores of the mover's decision along its own axis, other players' beliefs held at `corners`
  /// (own node 0), with the mover's probabilities of the others' types by profile in `beliefs`.
  void score_line(const std::vector<Corner>& corners, const double* beliefs,
                  std::int64_t beliefs_stride, Line& line, Scratch& scratch) const;
  /// Scores of an untyped mover's decision at one belief point: [branch].
  void score_point(const std::vector<Corner>& corners, const double* beliefs,
                   std::int64_t beliefs_stride, double* scores) const;

  /// The same for lines `begin` to `end` of the grid, into columns of a bundle from `column` on.
  void score_bundle(std::int64_t begin, std::int64_t end, Bundle& bundle, int column,
                    Scratch& scratch) const;
  /// The same for lines between those of the grid, all between as many.
  void score_fine(std::span<const FineLine> lines, Bundle& bundle, Scratch& scratch) const;
  /// Values along these lines, from the bundle's answers at the nodes of their axis.
  void value_bundle(std::int64_t begin, std::int64_t end, const Bundle& bundle, int column,
                    Scratch& scratch);

  /// Values along a line of the mover's axis, from its strategies there.
  void value_line(const LineAnswer& answer, std::int64_t start, Scratch& scratch);
  /// Values at points of an untyped mover's decision; `log_strategy`: block [branch][point] of the
  /// whole state.
  void value_points(const double* log_strategy, std::int64_t begin, std::int64_t end,
                    Scratch& scratch);
  /// Solves an untyped mover's decision at points of the grid, writing the block [branch][point] of
  /// the whole state. Returns the largest residual.
  double answer_points(double* log_strategy, std::int64_t begin, std::int64_t end,
                       Scratch& scratch);
  /// Values at points of a chance move or passage.
  void average(std::int64_t begin, std::int64_t end, Scratch& scratch);

  [[nodiscard]] double lambda(const Decider& decider, int type) const {
    return factor_ * plan_.lambda_of(state_, round_, decider.player, type);
  }
  /// Bit k: type k of the only decider has the branch.
  [[nodiscard]] std::uint8_t open_to(int k) const;

  /// What follows one branch, looked up once.
  struct Way {
    const double* table = nullptr;  ///< of the successor; null where play ends
    const StatePlan* to = nullptr;
    const Projection* projection = nullptr;
    const double* reward = nullptr;  ///< [player][profile]
    const double* factors =
        nullptr;  ///< discounts by place in a row of values; null where they do not lie in rows
    const double* discount = nullptr;  ///< [Plan::type_index]
    std::int64_t own_stride = 0;

    /// The successor's values for `player` at the profile that `profile` projects to: its points
    /// are `to->of_point` apart.
    [[nodiscard]] const double* block(int player, int profile) const {
      return table + (std::int64_t{player} * to->profiles + projection->profile[ix(profile)]) *
                         to->of_block;
    }
    /// Where the successor's values at the point that `point` projects to begin.
    [[nodiscard]] std::int64_t offset(std::int64_t point) const {
      return projection->point[ix(point)] * to->of_point;
    }
  };
  [[nodiscard]] Way way(int branch) const;
  [[nodiscard]] double* own_table() const;
  [[nodiscard]] double discount(const Way& way, int player, int profile) const {
    return way.discount[plan_.type_index(player, here_.type_of(profile, player))];
  }
  [[nodiscard]] double reward(const Way& way, int player, int profile) const {
    return way.reward[player * here_.profiles + profile];
  }
  [[nodiscard]] const Plan& whole() const { return plan_; }
  [[nodiscard]] int first_branch() const { return from_.first_branch; }
  [[nodiscard]] int num_branches() const { return from_.num_branches; }

 private:
  void pair_profiles(Scratch& scratch) const;
  void line_starts(std::int64_t begin, std::int64_t end, Scratch& scratch) const;
  void point_starts(std::int64_t begin, std::int64_t end, Scratch& scratch) const;
  void score_branches(int lines, int corners, const std::vector<double>& shares, Bundle& bundle,
                      int column, Scratch& scratch) const;
  void add_branch(const Way& way, const double* zero, const double* one, RowSum& sum) const;
  void find_spots(const Way& way, int k, const Bundle& bundle, int column, Scratch& scratch) const;
  [[nodiscard]] bool possible(int branch) const;
  [[nodiscard]] double odds(int branch, int player, int profile) const {
    return plan_.shape.moves[ix(from_.move)].kind == MoveKind::chance
               ? plan_.game.odds_for(branch, player, here_.profiles)[profile]
               : 1.0;
  }
  [[nodiscard]] int mixtures(int branch, const Way& way, std::int64_t begin, std::int64_t end,
                             Scratch& scratch) const;
  [[nodiscard]] int land_by_axis(const StatePlan& to, std::int64_t begin, std::int64_t end,
                                 Scratch& scratch) const;
  [[nodiscard]] int land_by_point(const StatePlan& to,
                                  const std::vector<std::pair<int, std::vector<double>>>& tied,
                                  std::int64_t begin, std::int64_t end, Scratch& scratch) const;
  void average_alone();
  void average_one(int branch, std::int64_t begin, std::int64_t end, Scratch& scratch);
  // Where values lie in rows.
  void average_rows(std::int64_t begin, std::int64_t end, Scratch& scratch);
  void value_point_rows(std::int64_t begin, std::int64_t end, Scratch& scratch);

  const Plan& plan_;
  Tables& tables_;
  const StatePlan& here_;
  const PublicState& from_;
  int state_, round_;
  double factor_;
};

}  // namespace melian::grid
