#pragma once
/// Why two readings disagree about a claim: which of the things that one assumes and the other does
/// not move the number that decides (docs/methods_claims.md, "Why readings disagree").

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "claims/claims.h"
#include "claims/study_games.h"

namespace melian {

/// A reading whose verdict on a claim is not that of the reading it is held against (the neutral
/// one, else the first).
struct Disagreement {
  std::size_t claim = 0, reading = 0, against = 0;
  std::size_t half =
      0;  ///< the half that decides: of the verdict that fails, else of the one that is open
};

/// `judged`: [reading][claim].
[[nodiscard]] std::vector<Disagreement> disagreements(
    const Study& study, const std::vector<std::vector<ClaimJudgement>>& judged);

/// Parameters that belong together ("cost[Moscow]" for all of its types) and what a reading makes
/// of them; empty where it leaves them at the study's base.
struct Assumption {
  std::string name;
  Settings parameters;
};
/// Those in which two readings differ, by name.
[[nodiscard]] std::vector<Assumption> assumptions_between(const Reading& reading,
                                                          const Reading& against);
/// `against` with these things as the other reading has them.
[[nodiscard]] Reading with_assumptions(const Reading& against, const Reading& reading,
                                       const std::vector<Assumption>& assumptions);

/// The number that decides, on the thinned grid: under `against`, under the reading, and with each
/// assumption alone.
struct Reason {
  Disagreement where;
  Verdict verdict_from = Verdict::undecided,
          verdict_to = Verdict::undecided;  ///< of the claim, on the study's own grid
  HalfJudgement from, to;
  struct Alone {
    Assumption assumption;
    std::optional<HalfJudgement> judged;  ///< none where that mixture is no game
  };
  std::vector<Alone> alone;  ///< what moves the number most first
  /// Where no assumption turns the verdict alone: the fewest that do together, taken in the order
  /// of what each does alone.
  struct Together {
    std::vector<std::string> assumptions;
    HalfJudgement judged;
  };
  std::optional<Together> together;
};

/// For every disagreement; solves the mixtures it takes on the thinned grid. Nothing: stopped on
/// the way. `judged`: [reading][claim].
[[nodiscard]] Result<std::optional<std::vector<Reason>>> find_reasons(
    const Study& study, const std::vector<ParsedClaim>& claims,
    const std::vector<std::vector<ClaimJudgement>>& judged, StudyGames& games);

/// What finding reasons may solve at most: as if every reading had another verdict than the one it
/// is held against on every claim, and nothing turned it before all assumptions are taken together.
struct MostForReasons {
  std::int64_t games = 0;
  double decisions = 0.0;
};
/// `decisions`: of one game on the thinned grid, by variant.
[[nodiscard]] MostForReasons most_for_reasons(
    const Study& study, const std::vector<ParsedClaim>& claims,
    const std::function<double(const std::string& variant)>& decisions);

/// What it comes to, in one sentence.
[[nodiscard]] std::string sentence_of(const Study& study, const Reason& reason);

}  // namespace melian
