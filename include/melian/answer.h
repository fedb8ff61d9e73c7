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

namespace melian {

/// The same, with the values at the start that the solver has found instead of a sweep of its own
/// that finds them again. Requires: a solution that was not cancelled.
[[nodiscard]] Prediction predict(const Game& game, const Solution& solution,
                                 const OnStep& on_step = {});

// ---- A certified answer
// --------------------------------------------------------------------------------------------

struct AnswerOptions {
  SolveOptions solve;
  CertifyOptions certify;
  bool with_certificate =
      true;  ///< residual, exploitability, grid error; else only the solution's own counts
  bool check_ladder = false;  ///< where some decision has no curve: climb the ladder of lambda
                              ///< again in half the steps (`Certificate::ladder_error`)
};

struct Answer {
  Solution solution;  ///< `refined` is dropped once certified
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

/// Memory that `answer` holds at most, in bytes, counted before anything is solved: the rungs of
/// the ladder, then the sweeps of the prediction, the checks, and the thinned grids.
[[nodiscard]] std::int64_t count_answer_bytes(const Game& game, const AnswerOptions& options);

}  // namespace melian
