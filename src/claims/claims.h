#pragma once
/// From the numbers of solved games to the verdict on a claim.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "melian/claims.h"
#include "study/metric.h"

namespace melian {

/// A claim's texts as expressions.
struct ParsedClaim {
  struct Half {
    metric::Expression metric;
    std::vector<metric::Comparison> holds_if;
    bool contrast = false;  ///< shown, and decides nothing
  };
  std::vector<Half> halves;
  std::vector<std::vector<metric::Comparison>> guards;
};

/// Errors: M0712, when the study was not made by `read_study` and a text is wrong.
[[nodiscard]] Result<std::vector<ParsedClaim>> parse_claims(const Study& study);

/// Every atom a claim takes, with the variant it is taken in ("base" where none is named).
void for_each_use(
    const ParsedClaim& parsed, const Claim& claim,
    const std::function<void(const std::string& variant, const metric::Atom&)>& visit);

/// Those of one half alone.
void for_each_use_of_half(
    const ParsedClaim& parsed, const Claim& claim, std::size_t half,
    const std::function<void(const std::string& variant, const metric::Atom&)>& visit);

/// Those of the conditions without which it is not judged.
void for_each_use_of_guards(
    const ParsedClaim& parsed,
    const std::function<void(const std::string& variant, const metric::Atom&)>& visit);

/// The numbers of one solution: by variant and atom; none where the atom is about something that
/// never happens.
using AtomNumbers =
    std::function<std::optional<double>(const std::string& variant, const metric::Atom&)>;

/// One reading at one lambda, solved three ways.
struct ClaimNumbers {
  AtomNumbers fine;    ///< on the grid asked for
  AtomNumbers coarse;  ///< on a grid with half the nodes
  std::optional<AtomNumbers>
      selection;  ///< on that coarse grid with another choice among several solutions
};

struct HalfJudgement {
  std::string name;
  std::optional<double> value, first, second;
  double grid_error = 0.0, solver_error = 0.0;
  [[nodiscard]] double error() const { return grid_error + solver_error; }
  std::optional<double> compared_with;
  Verdict verdict = Verdict::undecided;
  std::string why;  ///< when undecided
};

struct GuardJudgement {
  std::string text;
  std::optional<double> value, compared_with;
  double error = 0.0;
  bool met = false;
};

/// A claim in the equilibria found of the games it takes numbers from.
struct ClaimSolutions {
  struct OfGame {
    std::string variant;
    bool looked_for = false;
    std::string how;     ///< in words; where nothing was looked for: why
    std::string answer;  ///< the name of the answer among those found; "" where it is none of them
  };
  struct Other {
    std::map<std::string, std::string> solutions;  ///< by variant; elsewhere the answer
    bool kept = true;                              ///< does the study's choice leave all of them?
    std::optional<double> value;
    Verdict verdict = Verdict::undecided;
  };
  Verdict answer = Verdict::undecided;  ///< in the answers alone
  std::vector<OfGame> games;
  std::vector<Other> others;
  int holds = 0, fails = 0, undecided = 0;  ///< of those kept, the answers among them
  bool one_at_a_time = false;  ///< too many combinations: one game at a time has another solution
};

struct ClaimJudgement {
  Verdict verdict = Verdict::undecided;
  std::size_t deciding = 0;  ///< the half whose verdict is the claim's
  std::vector<HalfJudgement> halves;
  std::vector<GuardJudgement> guards;
  std::vector<std::string> why;               ///< when undecided
  std::optional<ClaimSolutions> solutions{};  ///< at lambda itself: see `judge_in_solutions`
  /// In the answers alone, whatever other equilibria say.
  [[nodiscard]] Verdict in_answers() const { return solutions ? solutions->answer : verdict; }
};

[[nodiscard]] HalfJudgement judge_half(const ClaimHalf& half, const ParsedClaim::Half& parsed,
                                       const ClaimNumbers& numbers);

[[nodiscard]] ClaimJudgement judge_claim(const Claim& claim, const ParsedClaim& parsed,
                                         const ClaimNumbers& numbers);

// ---- The same over plausible worlds, where the error is that of a sample of them
// (docs/methods_worlds.md) ----

/// The gaps of a claim's comparisons in one solution; not a number where one does not exist.
struct ClaimGaps {
  std::vector<double> values;  ///< [half]: the number its first comparison is about
  std::vector<std::vector<double>> halves, guards;  ///< [half or guard][comparison]
  std::vector<std::vector<double>> half_reaches,
      guard_reaches;     ///< the gaps' sizes (`metric::reach`)
  bool several = false;  ///< did decisions with several solutions turn up in its games, or jumps of
                         ///< the branch that is followed?
};
[[nodiscard]] ClaimGaps gaps_of(const Claim& claim, const ParsedClaim& parsed,
                                const AtomNumbers& numbers);

/// What the gaps say when each has its error; `deciding` as in `ClaimJudgement`.
struct GapsVerdict {
  Verdict verdict = Verdict::undecided;
  std::size_t deciding = 0;
  std::vector<Verdict> halves;
};
/// `errors` like `gaps`; nothing else of it is read.
[[nodiscard]] GapsVerdict judge_gaps(const ParsedClaim& parsed, const ClaimGaps& gaps,
                                     const ClaimGaps& errors);

}  // namespace melian
