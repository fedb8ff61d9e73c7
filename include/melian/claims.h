#pragma once
/// The door of `claims`: what a run is asked, the verdicts it gives, and the store it keeps.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "melian/answer.h"
#include "melian/study.h"

namespace melian {

enum class Verdict { holds, fails, undecided };
[[nodiscard]] const char* verdict_word(Verdict verdict);

/// What weighs a world by the dated events: the log-likelihood of the events in a solved game.
struct EventWeight {
  std::string fingerprint;  ///< of the events and how they are read: part of what the store keeps a
                            ///< number under
  std::function<std::optional<double>(const Game&, const Assessment&)> log_likelihood;
};

struct StudyOptions {
  std::string out;      ///< folder for the store; empty: nothing is kept
  std::string command;  ///< how the run was started, for "how to reproduce"
  OnStep on_step;
  std::optional<int> worlds =
      std::nullopt;  ///< plausible worlds; overrides the study's number; 0: none
  std::optional<std::pair<int, int>> shard =
      std::nullopt;  ///< (i, n): solve only every n-th world, from the i-th; results are not
                     ///< written
  std::optional<EventWeight> event_weight =
      std::nullopt;      ///< where the study weighs worlds by events
  bool on_tree = false;  ///< plausible worlds are solved by tree, as the readings are; `run_study`
                         ///< sets it
};

/// Puts what stores of the same program hold into one (docs/formats/store.md, "Merging").
struct StoreMerge {
  std::int64_t pieces = 0, worlds = 0;  ///< taken over
  std::int64_t known = 0;               ///< already there, and the same
  std::int64_t damaged = 0;             ///< left out: they do not match their checksums
  std::vector<std::string>
      conflicts;  ///< kept under the same key with other numbers: the first store's stay
};
/// Errors: M0914 ... M0917 of any store, M0918 (stores of different programs).
[[nodiscard]] Result<StoreMerge> merge_stores(const std::vector<std::string>& stores,
                                              const std::string& into);

}  // namespace melian
