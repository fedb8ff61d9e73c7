#pragma once
/// Solving one game of a study: what is asked, the key it is kept under, and the document that is
/// kept.

#include <string>
#include <vector>

#include "claims/store.h"
#include "melian/claims.h"
#include "study/metric.h"
#include "study/metric_binding.h"

namespace melian {

/// Plays drawn with a fixed seed to find the typical ones.
inline constexpr std::int64_t sampled_plays = 400;

struct PieceRequest {
  const Game* game = nullptr;
  bool certified =
      false;  ///< the whole answer with its certificate, else the solution's own counts
  double lambda_factor = 1.0;
  BeliefGrid grid;
  bool ladder = true;
  /// By tree: then nothing of the grid or the ladder is read.
  bool on_tree = false;
  StudyChoice choice;               ///< which equilibrium is meant
  const Game* named_in = nullptr;   ///< where `choice.solution` names one, if not in `game` itself
  bool look = false;                ///< look for other equilibria, with the same numbers
  std::vector<metric::Atom> atoms;  ///< the numbers claims take from it
};

/// The options a study asks for.
[[nodiscard]] AnswerOptions options_for(const Study& study, const PieceRequest& request,
                                        const OnStep& on_step = {});

/// The belief grid as the study asks for it. Thinned once, it is what grid errors of metrics are
/// measured with.
[[nodiscard]] BeliefGrid grid_for(const Study& study, const Game& game);

/// SHA-256 over the game, all options that can change an answer, and the program.
[[nodiscard]] std::string key_of(const Study& study, const PieceRequest& request);

/// Memory that solving it holds at most, in bytes.
[[nodiscard]] std::int64_t count_piece_bytes(const Study& study, const PieceRequest& request,
                                             const metric::Surroundings& around);

/// Solves it. Nothing when `on_step` stopped it.
/// Errors: M0901, M0902, M0903.
[[nodiscard]] Result<std::optional<Piece>> solve_piece(const Study& study,
                                                       const PieceRequest& request,
                                                       const metric::Surroundings& around,
                                                       const OnStep& on_step);

/// "Moscow=9,Kyiv=9"; "" where nobody has types.
[[nodiscard]] std::string grid_text(const Game& game, const BeliefGrid& grid);

}  // namespace melian
