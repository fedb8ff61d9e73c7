#pragma once
/// A claim judged in every equilibrium that was found of the games it takes numbers from
/// (docs/methods_claims.md, "Several equilibria").

#include "claims/study_games.h"

namespace melian {

/// Adds `ClaimJudgement::solutions`: the verdict where other equilibria are meant than the answers.
/// Where those that the study's choice leaves disagree, the claim becomes undecided.
///
/// Requires: the reading's games at lambda itself have been obtained; `judged` is the claim in
///           their answers, read at `levels` (finest first).
void judge_in_solutions(const Study& study, std::size_t claim, const ParsedClaim& parsed,
                        const StudyGames& games, std::size_t reading, ClaimJudgement& judged);

}  // namespace melian
