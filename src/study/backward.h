#pragma once
/// The backward sweep: expected amounts from every (round, public state, belief point) onwards, given the types of the
/// live players. Exact adjoint of the forward sweep: both read the same board. Where play can come back to itself the sweep
/// is repeated: payoffs until they settle, other amounts until they do or for as many rounds as the forward sweep follows.

#include <functional>
#include <map>
#include <span>
#include <vector>

#include "study/forward_board.h"

namespace melian::prediction {

/// One linear functional of play: what a branch adds, and whether counting goes on behind it.
struct Column {
  enum class Kind {
    ends_in,         ///< 1 at an end in one of `outcomes`
    rounds_left,     ///< rounds still to begin; the horizon cuts off at its last round
    ends_within,     ///< 1 where play ends before `index` rounds have begun, counting the present one as the first
    cut_off,         ///< 1 where the horizon's closing is reached
    tally,           ///< amount of tally `index` still to be counted
    payoff,          ///< of player `index`, by its own odds, discounted to here
    offer_sum,       ///< number of the next offer of move `index`, 0 if none is made
    move_made,       ///< 1 where move `index` is made at least once with action `detail` (-1: any)
    accepted,        ///< 1 where an offer of move `index` is accepted at least once
    accepted_count,  ///< accepted offers of move `index`
    accepted_sum,    ///< their numbers, summed
  };
  Kind kind = Kind::ends_in;
  int index = 0;
  int detail = -1;
  std::vector<int> outcomes;
  bool operator==(const Column&) const = default;
};

/// Expected amounts by belief point: [point][column][profile of the live players].
using Table = std::vector<double>;

class Backward {
 public:
  /// Columns of kind `ends_within` k need those of 1 .. k - 1: they are added behind the ones given.
  Backward(const Board& board, std::vector<Column> columns);

  /// Called for every (round, state) once it is computed: all states of round 0 .. rounds - 1 that are timed, backward;
  /// untimed states beforehand, with round -1. While it runs, successors can be read by `effect`.
  using Visit = std::function<void(int round, int state)>;
  /// Returns false when `go_on` stopped it.
  bool sweep(const Visit& visit = {}, const std::function<bool(double)>& go_on = {});

  [[nodiscard]] const std::vector<Column>& columns() const { return columns_; }
  /// The table of a state. Valid for untimed states, for timed ones of the round being visited, and for the root.
  [[nodiscard]] const Table& table(int round, int state) const;
  /// What a branch does to every column, whatever the belief point: amounts at once, factors on what follows, columns
  /// that go on.
  struct Effect {
    std::vector<double> at_once, factor;  ///< [column][profile]
    std::vector<int> column;              ///< [column]: the successor's column that goes on, -1 for none
    const Table* successor = nullptr;
    const Shape* there = nullptr;
  };
  /// Requires: the successor's table can be read now (see `Visit`). `round` is the state's, -1 for untimed ones.
  [[nodiscard]] Effect effect(const BranchReader& reader, int round, int state) const;
  /// Amounts once a branch is taken at a point, its own included: [column][profile of the source's live players].
  void after(const Effect& effect, const BranchReader& reader, const Footing& footing, double* out) const;
  /// By profile of the root's live players, at the prior: [column][profile].
  [[nodiscard]] std::vector<double> at_start() const;

 private:
  void compute(int round, int state);
  bool compute_together(const Effect& effect, const BranchReader& reader, const Shape& here, bool chance, Table& table) const;
  [[nodiscard]] bool settle(int stage, const std::function<bool()>& go_on);
  /// The table that a branch from `from` to the untimed state `to` reads.
  [[nodiscard]] const Table& untimed(int from, int to) const;

  const Board& board_;
  const Structure& structure_;
  std::vector<Column> columns_;
  std::vector<int> shorter_;    // [column]: of ends_within k, the column of k - 1 (itself: -1)
  std::vector<Table> untimed_;  // [state]
  SolutionOrder order_;
  std::vector<Table> last_;                  // [state]: where play comes back to it, of the sweep before
  std::map<int, std::vector<Table>> timed_;  // by round: [state]
};

}  // namespace melian::prediction
