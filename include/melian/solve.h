#pragma once
/// The door of `solve`: a game in, an assessment and an honest summary out.
/// Solution concept: logit agent quantal response equilibrium in Markov strategies of (public
/// state, belief), precision lambda, on the Markov principal branch [McKelveyPalfrey1998];
/// docs/methods.md.

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "melian/base.h"
#include "melian/game.h"
#include "melian/numeric.h"

namespace melian {

/// How a grid follows play: the game is solved, beliefs that play reaches from the prior are put on
/// the axes as nodes, and the game is solved again until they move no more. At a node a decision is
/// exact given exact successors, so a game whose reached beliefs are few is then solved exactly.
struct FollowPlay {
  double reached = 1e-9;     ///< beliefs reached with at least this probability are followed
  double tolerance = 1e-10;  ///< how far from its node a reached belief may lie (as a probability)
  double merged = 1e-9;      ///< beliefs closer than this become one node
  int most_nodes = 0;  ///< followed on one axis, the likeliest first; 0: 512 where there is one
                       ///< axis, 48 where there are two, else 12
  int most_solves = 12;
};

class KeptSolutions;

/// Dynamic programming over public states x a grid of beliefs.
struct BeliefGrid {
  /// Nodes of each player's belief axes; one number serves all; empty: chosen by the number of axes
  /// (129 for one, 33 for two, 9 for three or more).
  std::vector<int> nodes{};
  /// Beliefs that must be nodes besides the priors (other readings of the same game), by axis; may
  /// be empty.
  std::vector<std::vector<double>> must_have{};
  /// Every second node dropped so often, priors and `must_have` kept (a grid error compares with
  /// such grids). An axis with no node to spare is halved instead, once, so that every axis
  /// changes.
  int thinned = 0;
  /// These axes and no others, whatever stands above.
  std::optional<BeliefAxes> axes{};
  /// Nodes follow play, besides those above (empty `nodes`: 9 for one axis, 5 for two, else 3).
  /// Finite horizons only.
  std::optional<FollowPlay> follow{};
};
using Method = std::variant<BeliefGrid>;

struct SolveOptions {
  Method method = BeliefGrid{};
  std::optional<double> lambda;  ///< overrides the model's precision for every player and type
  double lambda_factor =
      1.0;  ///< multiplies it (a claim is shown for lambda / 2, lambda and 2 lambda)
  Measure measure = Measure::cells;
  Discounting discounting = Discounting::current_value;
  bool refined =
      false;  ///< also give the strategies on the axes with every cell halved (for `certify`)
  bool ladder = true;     ///< climb the lambda ladder where decisions have several solutions
  int rung_halvings = 0;  ///< steps of the ladder halved (in log lambda) so often; from 1 on it is
                          ///< climbed wherever some decision has no curve
  bool list_solutions = false;  ///< give all solutions of the first decision of play, and of those
                                ///< that `SolveSummary::places` names
  std::int64_t max_bytes = std::int64_t{12}
                           << 30;  ///< refuse beyond, with the size and what to coarsen
  std::int64_t reserved_bytes =
      0;  ///< of these, what the caller needs besides the solution (a certificate)
  std::shared_ptr<KeptSolutions>
      kept;  ///< solutions to take over where they answer this game too, and to add to; may be null
  OnStep on_step;
};

/// `not_settled`: values of public states that play comes back to go on moving, however often they
/// are computed anew.
enum class Termination { not_run, converged, unsolved_decisions, not_settled, cancelled };

struct SolveSummary {
  Termination termination = Termination::not_run;
  std::string message = "melian::solve has not been called";
  std::string method;      ///< "belief grid"
  std::vector<int> nodes;  ///< per player
  double residual =
      -1.0;  ///< largest |log sigma - (log w + lambda Q - log Z)| on the grid, in logits
  std::int64_t decisions =
      0;  ///< (round, state, belief point) decisions solved, all rungs of the ladder included
  std::int64_t searched = 0;  ///< joint ones with one solution as far as others were looked for:
                              ///< nothing proves that there are none
  std::int64_t several = 0;   ///< decisions with several solutions at the target lambda
  std::int64_t jumps = 0;     ///< decisions whose followed solution ended in a fold
  std::int64_t unsolved = 0;
  int sweeps = 0;  ///< over public states that play comes back to, until their values settled (most
                   ///< over one cycle)
  std::vector<double> ladder;  ///< rungs climbed; empty when every decision has one solution
  std::vector<std::string>
      places;  ///< the first few decisions with several solutions, jumps or none, in words
  /// Of a grid that follows play.
  struct Followed {
    int solves = 0;          ///< of the whole game
    std::vector<int> nodes;  ///< by axis: beliefs that play reaches
    double movement = -1.0;  ///< how far, at most, a belief that play reaches lies from the nearest
                             ///< node: values are exact on nodes
    double change = -1.0;    ///< of a value at the start between the last two solves, payoff units,
                             ///< largest; -1 after one solve
    std::int64_t left_out = 0;  ///< beliefs reached for which there was no room on their axis
    bool settled = false;       ///< movement within tolerance
  };
  std::optional<Followed> followed;
  double seconds = 0.0;
};

/// Every solution found of one decision, all that follows held at the answer's values.
struct DecisionSolutions {
  std::string place;  ///< in words
  int round = 0, state = 0;
  std::int64_t point = 0;
  struct One {
    std::vector<double> log_strategy;  ///< by row (melian/beliefs.h, `Decider`)
    bool followed = false;             ///< the one the answer takes
    bool stable =
        false;  ///< the determinant of the decision's equations is positive, as at lambda 0
  };
  std::vector<One> solutions;
  bool all = false;  ///< proved to be all of them; else: all that were found
};

struct Solution {
  Assessment assessment;
  std::optional<Assessment> refined;
  std::vector<std::vector<double>> start_values;  ///< [player][type]: value at the start, under the
                                                  ///< player's own belief, payoff units
  SolveSummary summary;
  std::vector<DecisionSolutions> several;  ///< with `SolveOptions::list_solutions`
};

/// All that solving reads of a game on given belief axes: games and options with the same have the
/// same strategies to the last byte, whatever else differs. Not read are what tallies count, and
/// priors beyond how players' beliefs differ from the analyst's: a grid answers for all beliefs.
/// Convention: structures are told apart by their fingerprints; of `options` precision, measure,
/// discounting and how to climb the ladder count.
[[nodiscard]] std::string solver_fingerprint(const Game& game, const BeliefAxes& axes,
                                             const SolveOptions& options);

/// Solutions of games that may differ only in what solving does not read, such as common priors
/// that are nodes of the same axes
/// (`BeliefGrid::must_have`). With `SolveOptions::kept`, `solve` takes strategies over from here
/// where it can, and adds what it solves; only values at the start are then read off anew. Answers
/// are those of a fresh solve to the last byte, in whatever order games come; `seconds` are one's
/// own. Cost: holds every solution for as long as it lives. Left alone by grids that follow play
/// and by `list_solutions`, which hang on the prior. Safe to use from several threads.
class KeptSolutions {
 public:
  KeptSolutions();
  ~KeptSolutions();
  KeptSolutions(const KeptSolutions&) = delete;
  KeptSolutions& operator=(const KeptSolutions&) = delete;
  [[nodiscard]] std::int64_t taken_over() const;  ///< solves spared

  struct Inside;
  [[nodiscard]] Inside& inside() const { return *inside_; }

 private:
  std::unique_ptr<Inside> inside_;
};

/// Solves a game. Backward over the rounds of a finite horizon; on `horizon forever` cycle by
/// cycle, each by iteration (docs/methods_stationary.md). States of one level in parallel.
///
/// Requires: `game` as built by `CompiledModel::bind` (or by hand with the same invariants).
/// Returns:  the solution; `summary.termination` says what happened, also when the answer is
/// incomplete. Errors:   a diagnostic "M0902" when the game is outside what the present methods
/// solve (with the reasons),
///           "M0901" when it is too large (how large, what to coarsen), "M0903" when no precision
///           is known.
/// Source:   docs/methods.md, "The belief grid"; endogenous grid after [Carroll2006].
[[nodiscard]] Result<Solution> solve(const Game& game, const SolveOptions& options = {});

/// The strategies on axes with every cell halved, as `SolveOptions::refined` gives them, but a
/// layer at a time: each decision is solved again, when asked for, against values recomputed from
/// the strategies. In memory are the layer in hand, the values of its round, and those of the tops
/// of phases of all rounds (what a solve keeps too). Equal to the whole up to round-off.
///
/// Requires: `possible(game.shape())`; `strategies` as given by `solve` for this game; both outlive
/// it (references are kept). Cost:     backward: a valuation of the game, and its refined decisions
/// once; of single `points`: only lines through them. Errors:   ContractViolation on a foreign
/// fingerprint.
class RefinedStrategies final : public StrategyLayers {
 public:
  RefinedStrategies(const Game& game, const Assessment& strategies);
  ~RefinedStrategies() override;
  /// Does play never come back to where it was?
  [[nodiscard]] static bool possible(const Structure& structure);
  [[nodiscard]] const Assessment& common() const override;
  [[nodiscard]] const Assessment& layer(int round, std::span<const int> states,
                                        std::span<const std::vector<std::int64_t>> points) override;

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

/// Axes with every cell halved.
[[nodiscard]] BeliefAxes refined_axes(BeliefAxes axes);

/// Belief axes for a game (melian/beliefs.h): the analyst's prior is a node on each, as is every
/// number of `must_have`. Where observers disagree or nobody is in doubt at the start, an axis has
/// more nodes than asked for: as many for each observer's range of doubt.
///
/// Convention: docs/methods.md, "Belief axes".
[[nodiscard]] BeliefAxes belief_axes(const Game& game, const BeliefGrid& grid);

/// Nodes of each player's belief axes (the most, where they differ); 1 for players with one type.
[[nodiscard]] std::vector<int> nodes_by_player(const Structure& structure, const BeliefAxes& axes);

/// How many (round, public state, belief point) decisions one pass over a game solves on these
/// axes.
[[nodiscard]] std::int64_t count_decisions(const Structure& structure, const BeliefAxes& axes);

/// Memory a solution on these axes needs, in bytes, before anything is allocated; `refined` as in
/// `SolveOptions`.
[[nodiscard]] std::int64_t count_bytes(const Structure& structure, const BeliefAxes& axes,
                                       bool refined);

/// What of it stays once it is solved: the strategies.
[[nodiscard]] std::int64_t count_strategy_bytes(const Structure& structure, const BeliefAxes& axes);

/// Memory that `solve` holds at most: two rungs of the ladder of lambda, where it may be climbed,
/// else one solution.
[[nodiscard]] std::int64_t count_solve_bytes(const Structure& structure, const BeliefAxes& axes,
                                             const SolveOptions& options);

/// Memory that `RefinedStrategies` of a solution on these axes needs at once, in bytes: its largest
/// layer (besides values, which take the room that those of the solve have left).
[[nodiscard]] std::int64_t count_layer_bytes(const Structure& structure, const BeliefAxes& axes);

inline constexpr const char* cannot_solve_code = "M0902";
inline constexpr const char* no_precision_code = "M0903";

}  // namespace melian
