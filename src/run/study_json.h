#pragma once
/// results.json from solved pieces and judged claims (docs/formats/study_results.md).

#include <map>
#include <string>
#include <vector>

#include "claims/claims.h"
#include "claims/store.h"
#include "run/reasons.h"
#include "worlds/worlds.h"

namespace melian {

/// Everything a run found, by index into the study.
struct StudyFindings {
  struct OfReading {
    std::vector<const Piece*> by_lambda;                  ///< like study.solve.report_lambda
    const Piece* answer = nullptr;                        ///< at lambda itself, certified
    std::vector<const Piece*> variants;                   ///< like study.variants, at lambda itself
    std::vector<std::vector<ClaimJudgement>> judgements;  ///< [claim][lambda]
  };
  std::vector<OfReading> readings;
  std::vector<std::string> failures;  ///< of readings' certificates
  std::vector<Reason> reasons;
  std::optional<WorldsFindings> worlds;
  std::string evidence;                 ///< JSON; empty: the study has none
  std::vector<std::string> half_grids;  ///< by reading: what grid errors of metrics come from
  int horizon = 0;                      ///< 0: none
  std::string command;
  bool on_tree = false;    ///< the method of all games, ...
  std::string why_method;  ///< ... and why
  int pieces = 0, from_store = 0;
  double seconds = 0.0;
};

[[nodiscard]] std::string study_results_json(const Study& study, const StudyFindings& findings);

/// Why readings' certificates do not hold, one sentence each with the reading in front.
[[nodiscard]] std::vector<std::string> certificate_failures(
    const Study& study, const std::vector<const Piece*>& answers);

}  // namespace melian
