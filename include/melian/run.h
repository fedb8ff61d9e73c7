#pragma once
/// The door of `run`: a study solved, its claims judged, its results written.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "melian/claims.h"

namespace melian {

/// The verdict on one claim under one reading.
struct ClaimVerdict {
  std::string claim, reading;
  Verdict verdict = Verdict::undecided;
  std::optional<double> value;
  double error = 0.0, compared_with = 0.0;
  bool same_for_all_lambda = true;
};

struct StudyRun {
  std::string results;                 ///< the text of results.json (docs/formats/study_results.md)
  std::vector<ClaimVerdict> verdicts;  ///< claims x readings, in the order of the study
  bool certified = false;              ///< every reading's certificate holds
  std::vector<std::string> failures;   ///< why not
  int pieces = 0, from_store = 0;      ///< solved games, and how many of them the store knew
  int worlds = 0,
      worlds_from_store = 0;  ///< games of plausible worlds, and how many of them the store knew
  int damaged = 0;  ///< games that the store kept and that did not match their checksums: solved
                    ///< again
  bool cancelled = false;  ///< stopped by `on_step`; what was solved is in the store
  double seconds = 0.0;
};

/// Solves every reading (at each reported lambda, with the variants its claims need), certifies the
/// readings, predicts and judges the claims. Identical work is shared and kept in
/// `out`/store.sqlite: a killed run resumes.
///
/// Errors: what is wrong with the store (M0914 ... M0917), or a game that cannot be compiled or
/// solved (M0901, M0902).
[[nodiscard]] Result<StudyRun> run_study(const Study& study, const StudyOptions& options = {});

/// What a run will take, before anything is solved.
struct StudyEstimate {
  struct Part {
    std::string what;           ///< "readings", "worlds", ...
    std::int64_t games = 0;     ///< to be solved, those in the store left out
    std::int64_t in_store = 0;  ///< that the store knows
    double decisions = 0.0;     ///< of all games, one pass over each
    double seconds = 0.0;       ///< on the threads set
  };
  std::vector<Part> parts;
  std::vector<Part> at_most;  ///< what verdicts and solutions decide: no more than this on top
  double seconds = 0.0;       ///< of all parts
  double decisions_a_second = 0.0;  ///< measured on games of some worlds, one thread
  std::int64_t memory_bytes = 0;  ///< at most at a time: what the games hold once built (measured),
                                  ///< and what is solved and read at once (counted)
  std::int64_t memory_without_ladder_bytes =
      0;                        ///< the same, should no game have decisions with several solutions
  std::int64_t disk_bytes = 0;  ///< the store will grow by
  int threads = 1;
};

/// Counts the games of a run and times one small solve. Nothing is written.
/// Errors: as `run_study`.
[[nodiscard]] Result<StudyEstimate> estimate_study(const Study& study,
                                                   const StudyOptions& options = {});

}  // namespace melian
