#pragma once
/// The equilibria of one game of a study: its answer by tree, the others that were found, and what
/// claims measure in each.

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "claims/study_pieces.h"
#include "melian/tree_answer.h"

namespace melian {

/// What claims take from one solution of a tree, in the order of `atoms`.
[[nodiscard]] std::vector<std::optional<double>> numbers_on_tree(
    const std::vector<metric::Atom>& atoms, const Game& game, const ExtensiveForm& form,
    const std::vector<double>& log_strategy, Measure measure, const metric::Surroundings& around);

/// The equilibria of a piece as kept: those of `melian.result/1`, each with `kept`, whether it is
/// among those that the study's choice leaves.
/// `refined`: whether the criteria that the choice names are to be checked.
[[nodiscard]] Result<nlohmann::ordered_json> kept_solutions(const PieceRequest& request,
                                                            Equilibria equilibria,
                                                            const ExtensiveForm* form,
                                                            const TreeSolution* solution);

/// The name under which a piece keeps a number of one of its other solutions.
[[nodiscard]] std::string number_in_solution(const std::string& id, const std::string& metric);

/// Another solution of a game, as a piece keeps it.
struct OtherSolution {
  std::string id;
  bool kept = false;    ///< among those that the study's choice leaves
  bool chosen = false;  ///< the answer itself
};
/// The equilibria of one game, as a piece keeps them.
struct PieceSolutions {
  bool looked_for = false;
  std::string how;  ///< in words; where nothing was looked for: why
  std::vector<OtherSolution> found;
};
/// None where the piece is not one of those in which others are looked for.
[[nodiscard]] std::optional<PieceSolutions> solutions_of(const Piece& piece);

}  // namespace melian
