#pragma once
/// One backward pass over a game at one rung of the ladder: strategies and conditional values
/// ("U-form": a player's expected payoff from a public state on, by profile of the live types and
/// public belief).

#include <atomic>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "solve/here.h"
#include "solve/joint.h"
#include "solve/tangent.h"

namespace melian::grid {

/// What a pass found, in order of its tasks.
struct Tally {
  std::int64_t decisions = 0, several = 0, jumps = 0, unsolved = 0;
  std::int64_t searched = 0;  ///< joint decisions: other solutions were looked for, and nothing
                              ///< proves that there are none
  std::int64_t fresh_jumps =
      0;  ///< solutions followed from the rung below that ended in a fold before this one
  double residual = 0.0;
  int sweeps = 0;       ///< most over one cycle, of those where play can come back
  bool damped = false;  ///< plain iteration over some cycle went round in circles
  bool not_settled =
      false;  ///< some cycle's values never settled: its decisions are marked unsolved
  struct Spot {
    int round, state;
    std::int64_t point;
    DecisionMark mark;
  };
  std::vector<Spot> spots;  ///< the first few of each mark
  void add(const Tally& more);
};

/// A solved rung: its tables and strategies.
struct Rung {
  double factor = 1.0;  ///< times every player's lambda
  int lowest = 0;       ///< rounds before this one are not solved
  Tables tables;
  Assessment strategies;
};

class Sweep {
 public:
  enum class Ending : std::uint8_t {
    finished,
    several_found,  ///< where a pass was to stop at them
    lost,  ///< a solution followed from the rung below ended in a fold, where a pass was to stop at
           ///< that
    too_shallow,  ///< the rung below is not solved where it must be continued: `needed`
    cancelled
  };

  /// When a pass is to end early.
  enum class Until : std::uint8_t { done, several, lost };

  explicit Sweep(const Plan& plan) : plan_(plan) {}

  /// Solves the whole game into `rung` (laid out by `lay_out`). With `below`, hard decisions
  /// continue that rung's solution; without, they continue the single decision from lambda 0.
  /// Cycles start from the rung below, or from nothing to come (the end of a finite horizon), and
  /// keep to the solution of the last iterate. Rounds from `rung.lowest` on. Until `several`: ends
  /// once a decision has several solutions (what is then tallied depends on chance, that several
  /// were found does not). `refined`: also the strategies on these finer axes. `expected`:
  /// decisions, for `on_step`.
  Ending run(Rung& rung, Rung* below, Until until, Assessment* refined, const OnStep& on_step,
             std::int64_t expected);
  /// The round in which the last pass ended early; that of states without a clock: the number of
  /// rounds.
  [[nodiscard]] int needed() const { return needed_; }

  /// Values of these states of a round from stored strategies, nothing solved: into the tables of
  /// `rung`, whose own strategies are not read.
  void value(Rung& rung, const Assessment& stored, int round, const std::vector<int>& states) const;
  /// Solves decisions on the finer axes of `fine`, given the tables of `rung`, `stored` for
  /// guesses. `points`: by state, those wanted; empty: all.
  void refine_stored(Rung& rung, const Assessment& stored, Assessment& fine, int round,
                     std::span<const int> states,
                     std::span<const std::vector<std::int64_t>> points) const;
  /// Keeps what earlier rounds can read of a round that is done.
  void keep_entries(Tables& tables, int round) const;

  [[nodiscard]] const Tally& tally() const { return tally_; }

  /// Asks `run` to list all solutions of decisions that the tally names, and of this one, on the
  /// asked rung.
  void list(int state, std::int64_t point) {
    listing_ = Tally::Spot{0, state, point, DecisionMark::unique};
  }
  [[nodiscard]] std::vector<DecisionSolutions>& listed() { return listed_; }

 private:
  struct Task {
    int state;
    std::int64_t begin, end;
  };  ///< lines of a typed decision, points otherwise
  /// Lines of typed decisions of one shape, of one state or of several; or states at which nobody's
  /// type matters any more.
  struct Batch {
    std::vector<Task> parts;
    int columns = 0;
  };
  struct Pass {
    Rung* rung;
    Rung* below;
    Assessment* refined;
    int round;
    bool probing;        ///< only asking whether some decision has several solutions
    bool again = false;  ///< this cycle has been swept before: keep to the solutions found then
    bool only_values = false;  ///< another sweep follows: decisions that nothing is read of but
                               ///< values need not be written down
    const Assessment* stored =
        nullptr;                   ///< strategies to refine, where they are not the rung's own
    bool stops_when_lost = false;  ///< ends once a solution followed from the rung below was lost
  };
  /// A belief point of the refined axes.
  struct FinePoint {
    Standpoint at;
    std::int64_t point = 0, near = 0;  ///< its number, and that of a coarse point beside it
    std::int64_t held_stride = 1;      ///< of the axis left out, in the refined points
  };
  using GoOn = std::function<bool()>;

  Ending levels(const Pass& pass, const std::vector<std::vector<int>>& order, const GoOn& go_on);
  Ending iterate(const Pass& pass, int stage, const GoOn& go_on);
  [[nodiscard]] Dependence dependence(const SolutionOrder::Stage& cycle,
                                      const std::vector<int>& heads) const;
  void give_up(const Pass& pass, const SolutionOrder::Stage& stage);
  Ending level(const Pass& pass, const std::vector<int>& states);
  void work(const Pass& pass, const Task& task, Tally& tally, std::vector<Task>* open) const;
  [[nodiscard]] bool below_is_solved(const Pass& pass, const std::vector<int>& states) const;
  void stand_in(const Pass& pass, const std::vector<int>& states);
  void solve_lines(const Pass& pass, const Task& task, Tally& tally, std::vector<Task>* open) const;
  [[nodiscard]] bool bundles(int state) const;
  [[nodiscard]] std::vector<Batch> batches(const Pass& pass, const std::vector<int>& states) const;
  void solve_batch(const Pass& pass, const Batch& batch, Tally& tally,
                   std::vector<Task>* open) const;
  [[nodiscard]] bool alone(int state) const;
  [[nodiscard]] std::vector<Batch> alone_batches(const std::vector<int>& states) const;
  void solve_alone(const Pass& pass, const Batch& batch, Tally& tally) const;
  void start_bundle(const Pass& pass, const Task& part, int column, Bundle& bundle) const;
  void rescue(const Here& here, std::int64_t start, const Line& line, LineAnswer& answer) const;
  void solve_joint(const Pass& pass, const Task& task, Tally& tally) const;
  void refine(const Pass& pass, const Task& task, Tally& tally) const;
  void refine_lines(const Pass& pass, const Task& task, Tally& tally) const;
  void refine_batch(const Pass& pass, const Task& task, Tally& tally) const;
  [[nodiscard]] std::int64_t refine_size(int state, std::int64_t own) const;
  void value_lines(Here& here, const Assessment& stored, std::int64_t row, const Task& task,
                   int round) const;
  void refine_joint(const Pass& pass, const Task& task, Tally& tally) const;
  [[nodiscard]] FinePoint fine_point(const StatePlan& state, const BeliefAxes& axes,
                                     std::int64_t number, int held) const;
  [[nodiscard]] std::size_t slot(int round, int state) const {
    return ix(plan_.shape.states[ix(state)].timed ? round : 0) * plan_.shape.states.size() +
           ix(state);
  }
  void list_level(const Pass& pass, const std::vector<int>& states);
  [[nodiscard]] DecisionSolutions solutions_at(const Pass& pass, int state,
                                               std::int64_t point) const;
  bool list_on_curve(const Here& here, std::int64_t point, DecisionSolutions& out) const;
  void note(const Pass& pass, int state, std::int64_t point, DecisionMark mark, double residual,
            Tally& tally) const;

  const Plan& plan_;
  Tally tally_;
  std::optional<Tally::Spot> listing_;
  std::vector<DecisionSolutions> listed_;
  std::int64_t done_ = 0;
  int needed_ = 0;
  std::vector<int> stood_in_;  ///< [state]: the round whose values stand in the tables of the rung
                               ///< below; empty: none do
  mutable std::atomic<bool> several_seen_ =
      false;  ///< while probing: the question is answered, other tasks may stop
};

/// Reads the strategies of a line back, with the posteriors they imply.
void read_line(const Plan& plan, const Here& here, const Assessment& strategies, std::int64_t row,
               std::int64_t start, LineAnswer& out);
/// A point's rows of a strategy block [row][point].
std::vector<double> rows_at(const Assessment& strategies, std::int64_t row, int rows,
                            std::int64_t points, std::int64_t point);
/// Values at a point of a decision without a curve, from its strategies there.
void write_values(Here& here, JointScores& scores, const std::vector<double>& x,
                  std::int64_t point);

/// An assessment's rows for these axes, nothing solved yet.
void lay_out(const Plan& plan, const BeliefAxes& axes, Assessment& assessment);

}  // namespace melian::grid
