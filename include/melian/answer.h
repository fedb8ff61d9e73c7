#pragma once
/// The door of `answer`: a game solved, predicted and certified in one call.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "melian/certify.h"
#include "melian/predict.h"
#include "melian/solve.h"
#include "melian/tree.h"

namespace melian {

/// The same, with the values at the start that the solver has found instead of a sweep of its own
/// that finds them again. Requires: a solution that was not cancelled.
[[nodiscard]] Prediction predict(const Game& game, const Solution& solution,
                                 const OnStep& on_step = {});

// ---- A certified answer
// --------------------------------------------------------------------------------------------

struct Answer;
struct AnswerOptions;

/// Which solver answers.
enum class MethodName : std::uint8_t { automatic, grid, tree };

/// The tree as referee: fills `Certificate::tree`. Newton's method on the whole tree from the
/// grid's strategies, each read at its exact belief, and the tree's own branch. Nothing happens
/// where the game has no tree of at most 100,000 nodes. Budgets are nodes and steps.
void referee_by_tree(const Game& game, const AnswerOptions& options, Answer& answer);

struct AnswerOptions {
  /// `automatic`: the tree, where it is small enough; else a grid (docs/methods_solve.md, "Which
  /// method"). `grid`: as `solve.method` says. `tree`: the tree, whatever its size.
  MethodName method = MethodName::grid;
  SolveOptions solve;
  CertifyOptions certify;
  bool with_certificate =
      true;  ///< residual, exploitability, grid error; else only the solution's own counts
  bool check_ladder = false;  ///< where some decision has no curve: climb the ladder of lambda
                              ///< again in half the steps (`Certificate::ladder_error`); done in
                              ///< any case where a reached decision has several solutions
  /// Asked wherever the certificate is `in_doubt`: may refuse (the certificate's counts and errors
  /// are its to change) or support; the certificate is judged anew afterwards. May be empty.
  std::function<void(const Game&, const AnswerOptions&, Answer&)> referee = referee_by_tree;
};

/// How an answer was found by its tree: melian/tree.h.
struct ByTree {
  std::int64_t nodes = 0;
  TreeSummary summary;
  TreeCertificate certificate;
  std::vector<double> log_strategy;  ///< by action of the form that the game unrolls to
};

/// Which method was asked for, which was used, and why.
struct MethodUsed {
  MethodName asked = MethodName::grid;
  std::string why;                 ///< one sentence; empty where the method was asked for
  double tree_nodes = 0.0;         ///< `count_tree_nodes`; 0 where nobody counted
  std::vector<std::string> tried;  ///< what did not serve, and why
};

struct Answer {
  MethodUsed method;
  std::optional<ByTree> tree;  ///< where the tree answered: then `solution` has no grid
  Solution solution;           ///< `refined` is dropped once certified
  Prediction prediction;
  Certificate certificate;
  double compile_seconds = 0, solve_seconds = 0, certify_seconds = 0;
  bool cut_by_clock = false;  ///< for programs to set: stopped at a limit of time
};

/// Solve, predict, certify: at N nodes (the answer), at N/2 and N/4 (the grid error of every
/// printed number).
/// Returns: where it was stopped (`Termination::cancelled`), the prediction if that was complete,
///          else one without values.
[[nodiscard]] Result<Answer> answer(const Game& game, const AnswerOptions& options = {});

/// True where the answer is proved to be the only equilibrium: every decision has one solution, by
/// a test that does not rest on values read between nodes. Else nothing is known.
[[nodiscard]] std::optional<bool> proved_unique(const Game& game, const Solution& solution);

/// The largest tree that `automatic` solves.
inline constexpr double most_tree_nodes = 100'000;

/// The same by whichever method serves, as `AnswerOptions::method` says. `automatic` takes, in this
/// order: the tree of up to 100,000 nodes; a grid that follows play, on a finite horizon; the fixed
/// grid, with twice as many nodes until the certificate holds. What it does depends on the game
/// and on counted work only, never on the clock.
///
/// Returns: the first certified answer; where there is none, the last one found, with the reasons.
/// Errors:  those of the last method tried, after those of the others.
[[nodiscard]] Result<Answer> answer_by_method(const Game& game, const AnswerOptions& options);

/// Memory that `answer` holds at most, in bytes, counted before anything is solved: the rungs of
/// the ladder, then the sweeps of the prediction, the checks, and the thinned grids.
[[nodiscard]] std::int64_t count_answer_bytes(const Game& game, const AnswerOptions& options);

}  // namespace melian
