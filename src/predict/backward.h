#pragma once
/// The backward sweep: expected amounts from every (round, public state, belief point) onwards,
/// given the types of the live players. Exact adjoint of the forward sweep: both read the same
/// board. Where play can come back to itself the sweep is repeated: payoffs until they settle,
/// other amounts until they do or for as many rounds as the forward sweep follows.

#include <functional>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "numeric/pack.h"
#include "predict/add_amounts.h"
#include "predict/crossing.h"

namespace melian::prediction {

/// One linear functional of play: what a branch adds, and whether counting goes on behind it.
struct Column {
  enum class Kind {
    ends_in,      ///< 1 at an end in one of `outcomes`
    rounds_left,  ///< rounds still to begin; the horizon cuts off at its last round
    ends_within,  ///< 1 where play ends (in one of `outcomes` if any) before `index` rounds have
                  ///< begun, counting the present one as the first
    cut_off,      ///< 1 where the horizon's closing is reached
    tally,        ///< amount of tally `index` still to be counted
    payoff,       ///< of player `index`, by its own odds, discounted to here
    offer_sum,    ///< number of the next offer of move `index`, 0 if none is made
    next_action,  ///< 1 where the next time move `index` is made its action is `detail`
    move_made,    ///< 1 where move `index` is made at least once with action `detail` (-1: any)
    accepted,     ///< 1 where an offer of move `index` is accepted at least once
    accepted_in_round,  ///< 1 where an offer of move `index` is accepted before the next round
                        ///< begins
    accepted_count,     ///< accepted offers of move `index`
    accepted_sum,       ///< their numbers, summed
  };
  Kind kind = Kind::ends_in;
  int index = 0;
  int detail = -1;
  std::vector<int> outcomes;
  bool operator==(const Column&) const = default;
};

/// Expected amounts by belief point: [point][column][profile of the live players].
using Table = lanes::Row;

/// Numbers in a state's table.
[[nodiscard]] constexpr std::size_t table_size(std::size_t points, std::size_t columns,
                                               std::size_t profiles) {
  return points * columns * profiles + most_packed;
}
/// Columns of kind `ends_within` k need those of 1 .. k - 1: they are added behind the ones given.
/// Returns: [column] of ends_within k, the column of k - 1; itself: -1.
[[nodiscard]] std::vector<int> add_shorter(std::vector<Column>& columns);

class Backward {
 public:
  /// With `add_shorter`.
  Backward(const Board& board, std::vector<Column> columns);

  /// Called for every (round, state) once it is computed: all states of round 0 .. rounds - 1 that
  /// are timed, backward; untimed states beforehand, with round -1. While it runs, successors can
  /// be read by `effect`.
  using Visit = std::function<void(int round, int state)>;
  /// Returns false when `go_on` stopped it. `far`: visits read what follows behind successors too.
  bool sweep(const Visit& visit = {}, const std::function<bool(double)>& go_on = {},
             bool far = false);

  [[nodiscard]] const std::vector<Column>& columns() const { return columns_; }
  /// The table of a state. Valid for untimed states, for timed ones of the round being visited, and
  /// for the root.
  [[nodiscard]] const Table& table(int round, int state) const;
  /// What a branch does to every column, whatever the belief point: amounts at once, factors on
  /// what follows, columns that go on.
  struct Amounts {
    lanes::Row at_once, factor;  ///< [column][profile]; empty where all columns are plain
    std::vector<int> column;     ///< [column]: the successor's column that goes on, -1 for none
    std::vector<std::uint8_t> plain;  ///< [column]: nothing at once, and what follows as it is
    std::vector<ColumnRun> runs;      ///< of these columns
  };
  struct Effect {
    const Amounts* known = nullptr;  ///< null: `own`
    Amounts own;
    const Table* successor = nullptr;
    const Shape* there = nullptr;
    [[nodiscard]] const Amounts& amounts() const { return known != nullptr ? *known : own; }
  };
  /// Requires: the successor's table can be read now (see `Visit`). `round` is the state's, -1 for
  /// untimed ones.
  [[nodiscard]] Effect effect(const BranchReader& reader, int round, int state) const;
  void effect(int branch, const Destination& to, int round, int state,
              Effect& out) const;  ///< the same, into room that is there
  /// Amounts once a branch is taken at a point, its own included: [column][profile of the source's
  /// live players].
  void after(const Effect& effect, const BranchReader& reader, const Footing& footing,
             double* out) const;
  /// A plain branch taken, at all points.
  struct Taken {
    Crossing crossing;
    Table amounts;  ///< its own included: [point][column][profile of the source's live players]
  };
  /// Kept until it is asked about another round or state. For one thread at a time.
  /// Requires: the branch is plain; its successor's table can be read now (see `Visit`).
  /// `table_round` is -1 for untimed states.
  [[nodiscard]] const Taken& taken(int round, int state, int table_round, int branch) const;
  [[nodiscard]] const Crossings& crossings() const { return crossings_; }
  /// By profile of the root's live players, at the prior: [column][profile].
  [[nodiscard]] std::vector<double> at_start() const;

 private:
  void sweep_round(int round, const Visit& visit, bool far);
  void compute(int round, int state);
  void leave(int state);
  void find_runs(bool chance, Amounts& out) const;
  void find_amounts(int branch, const Destination& to, int round, int state, Amounts& out) const;
  void add_by_point(const Effect& effect, const BranchReader& reader, const Shape& here,
                    bool chance, Table& table) const;
  void add_together(const Effect& effect, const Crossing& crossing, int branch,
                    const Projection* projection, const Shape& here, bool chance, bool first,
                    Table& table) const;
  void add(const Effect& effect, const Crossing& crossing, const double* zero, const double* one,
           const std::vector<const double*>& own, const Projection* projection, const Shape& here,
           bool first, Table& table) const;
  [[nodiscard]] bool settle(int stage, const std::function<bool()>& go_on);
  /// The table that a branch from `from` to the untimed state `to` reads.
  [[nodiscard]] const Table& untimed(int from, int to) const;

  const Board& board_;
  const Structure& structure_;
  std::vector<Column> columns_;
  std::vector<int> shorter_;  // [column]: see `add_shorter`
  const Crossings crossings_;
  std::vector<Table> untimed_;  // [state]
  SolutionOrder order_;
  std::vector<Table> last_;  // [state]: where play comes back to it, of the sweep before
  // Of timed states: the tops of phases are read from earlier rounds, all others within their
  // round.
  std::vector<Table> within_;  // [state]
  std::vector<int> in_depth_;  // timed states, successors first
  std::vector<int> uses_,
      unread_;  // [state]: branches that lead there within a round; those not followed yet
  std::vector<Table> spare_;  // room of tables that nobody reads any more, the last left last
  std::vector<std::vector<Table>> tops_;  // [round modulo as many as are read][state]
  std::vector<std::vector<int>>
      held_;  // like `tops_`, then `within_`: the round whose table it is; -1: none
  mutable std::vector<Amounts>
      amounts_;  // [branch], outside the closing, once asked for: the same in every round
  mutable std::map<int, Taken> taken_;                           // by branch, of `taken_at_`
  mutable std::pair<int, int> taken_at_{-1, -1};                 // round and state
  [[nodiscard]] std::size_t slot(int round, int state) const;    ///< in `held_`
  [[nodiscard]] const Table* timed(int round, int state) const;  ///< null: not computed, or gone
};

}  // namespace melian::prediction
