#pragma once
/// A fourth door of `answer`: the equilibria found beside an answer, at the same precision, and how
/// they were looked for.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "melian/answer.h"
#include "melian/tree.h"

namespace melian {

/// One solution of the whole game at the precision asked for.
struct Equilibrium {
  std::string id;                                        ///< solution_id
  std::vector<std::pair<std::string, double>> outcomes;  ///< probabilities, by the analyst's odds
  std::vector<std::pair<std::string, double>> values;    ///< by player, at the root, own odds
  std::optional<bool> survives_intuitive, survives_d1;   ///< none: not checked, or no verdict
  bool chosen = false;                                   ///< the answer
};

/// What was found. A search: never proved complete.
struct Equilibria {
  bool looked_for = false;
  std::string how;                 ///< in words; where nothing was looked for: why
  std::vector<Equilibrium> found;  ///< the principal branch's first, where it was reached
  /// So many certainly differ from the answer.
  int others = 0;
};

/// Those of a solved tree.
[[nodiscard]] Equilibria equilibria_of(const ExtensiveForm& form, const TreeSolution& solution);

struct LookOptions {
  bool thorough = false;  ///< larger trees, and no bound on the work
  OnStep on_step;
};

/// Those beside a grid's answer: looked for on the game's tree where it has one that is small
/// enough. The answer is the one among them whose outcomes are its own within its stated errors;
/// where none is, the count allows for one that the answer may be.
[[nodiscard]] Equilibria look_beside(const Game& game, const Answer& answer,
                                     const AnswerOptions& asked, const LookOptions& options = {});

}  // namespace melian
