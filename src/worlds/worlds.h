#pragma once
/// Claims judged over plausible worlds: how often each holds, how sure that is, and what decides it
/// (docs/methods_worlds.md).

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "claims/claims.h"
#include "claims/store.h"
#include "worlds/boxes.h"
#include "worlds/error_band.h"
#include "worlds/sensitivity.h"
#include "worlds/shares.h"
#include "worlds/worlds_plan.h"
#include "worlds/worlds_solve.h"

namespace melian {

inline constexpr std::array<double, 5> world_quantiles{0.05, 0.25, 0.5, 0.75, 0.95};

/// One claim over all worlds.
struct ClaimOverWorlds {
  std::string why_not;  ///< not judged, and why; "" where it is
  int solved = 0, failed = 0, holds = 0, fails = 0, undecided = 0;
  Share share, opposite;                  ///< of the claim, and of its opposite
  std::map<std::string, Share> weighted;  ///< by weight
  std::map<std::string, Share> weighted_opposite;
  struct Prefix {
    int number = 0;
    Share share;
  };
  std::vector<Prefix> by_number;
  struct Half {
    std::string name;
    int holds = 0, fails = 0, undecided = 0;
    int no_number = 0;                               ///< worlds in which its number does not exist
    std::optional<std::array<double, 5>> quantiles;  ///< at `world_quantiles`
    ComparisonBands bands;                           ///< of its first comparison
    double error = 0.0;  ///< of its gap, either way, in the world in the middle; infinite where it
                         ///< is not known
    TotalEffects effects;  ///< by group of the plan
  };
  std::vector<Half> halves;
  std::size_t deciding = 0;  ///< the half that decides most worlds
  int turned = 0;            ///< of the worlds checked on a finer grid: other verdict there
  std::optional<FoundBox> box;
  Verdict box_of = Verdict::holds;  ///< what is found in the box: the rarer verdict
};

struct WorldsFindings {
  std::shared_ptr<const WorldsPlan> plan;
  std::string grid, finer_grid;
  int solved = 0, failed = 0;
  int with_several = 0, with_jumps = 0,
      with_unsolved = 0;  ///< worlds in which such decisions were met
  std::vector<std::pair<std::string, int>>
      failures;  ///< why, and how many worlds; the most frequent first
  int checked = 0, certified = 0, certificates_hold = 0;
  std::vector<std::pair<std::string, int>> checked_failures;  ///< of those checked: why the finer
                                                              ///< grid has no solution
  std::vector<std::string> certificate_failures;
  struct Weight {
    std::string id, text;
    double effective_number = 0.0;
    int unweighed = 0;  ///< worlds without a weight: they count as much as the mean, as undecided
  };
  std::vector<Weight> weights;
  std::vector<std::pair<std::string, std::string>>
      unused_weights;  ///< asked for, and why there are none
  struct Enough {
    int number = 0;
    double widest = 0.0;  ///< of all claims' intervals
  };
  std::vector<Enough> enough;
  std::vector<ClaimOverWorlds> claims;  ///< like the study's
  double seconds_a_world = 0.0;
  int games = 0, from_store = 0;
};

/// What worlds are to be solved for these claims.
class WorldsRun {
 public:
  WorldsRun(const Study& study, const StudyOptions& options, const std::vector<ParsedClaim>& claims,
            Store* store);

  [[nodiscard]] Result<void> prepare() { return games_.prepare(); }
  /// Solves what is to be solved (of a shard: its part). False: stopped.
  [[nodiscard]] Result<bool> solve();
  /// Requires: `solve` has solved all of it.
  [[nodiscard]] WorldsFindings judge() const;
  [[nodiscard]] Result<void> note() { return games_.note(); }

  [[nodiscard]] const WorldGames& games() const { return games_; }
  [[nodiscard]] WorldGames& games() { return games_; }
  [[nodiscard]] std::vector<WorldTask> tasks() const;
  [[nodiscard]] const WorldsPlan& plan() const { return *plan_; }

 private:
  friend class WorldsJudge;
  [[nodiscard]] Wanted wanted() const;
  [[nodiscard]] bool judged(std::size_t claim) const;
  [[nodiscard]] Result<bool> replace_failed();
  [[nodiscard]] std::vector<Draw> replacements() const;
  [[nodiscard]] int checked_needed(int without_finer) const;
  /// The variants whose numbers a claim takes; without contrasts, those that its verdict hangs on.
  [[nodiscard]] std::set<std::string> variants_of(std::size_t claim, bool with_contrasts) const;

  const Study& study_;
  const StudyOptions& options_;
  const std::vector<ParsedClaim>& claims_;
  std::shared_ptr<const WorldsPlan> plan_;
  WorldGames games_;
  std::vector<Draw> checked_;  ///< solved on the finer grid too
};

/// Does this run draw worlds at all?
[[nodiscard]] bool draws_worlds(const Study& study, const StudyOptions& options);

/// Whether so many worlds fit into memory; asked before any is drawn.
/// Errors: M0901 with their number, the memory, and what to lower.
[[nodiscard]] Result<void> worlds_fit(const Study& study, const StudyOptions& options);

}  // namespace melian
