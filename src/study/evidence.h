#pragma once
/// Dated events against a solved game: how likely a record is, whatever else happened unseen.
/// docs/methods_evidence.md.
///
/// Words: a *cell* is what a record says about one kind of event in one round: that it happened (of
/// an offer: at which number), or that it did not. A *record* is a set of cells; kinds and rounds
/// it does not hold are unseen.

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "melian/predict.h"
#include "melian/study.h"

namespace melian::evidence {

/// What the kinds of a study are in a compiled game.
struct KindInGame {
  std::string name;
  /// Ways in which it happens: one, or one per number of an offer. [category]: share of a false
  /// report that says so (together 1/2; the other half says that nothing happened).
  std::vector<double> false_share;
  std::vector<double> numbers,
      widths;  ///< of offers, by category; the widths of the cells reports fall in
  std::vector<std::pair<int, int>> branches;  ///< (branch, category), in order
  [[nodiscard]] int categories() const { return static_cast<int>(false_share.size()); }
  /// The cell of an offer that a reported number falls in.
  [[nodiscard]] std::optional<int> category_of(double number) const;
};

/// What is wrong between a kind and a game.
struct KindMistake {
  enum class Part { move, action, end, kind } part = Part::kind;
  std::size_t index = 0;  ///< among the kind's moves, actions or ends
  std::string message, hint;
  bool repeats = false;  ///< it can happen more than once in a round
};

/// Errors: names the game lacks; a kind that can happen twice in a round.
[[nodiscard]] std::expected<KindInGame, std::vector<KindMistake>> find_kind(
    const Structure& structure, const EventKind& kind);
/// Of all kinds, which are known to be found.
[[nodiscard]] std::vector<KindInGame> find_kinds(const Structure& structure,
                                                 const std::vector<EventKind>& kinds);

inline constexpr int silent = -1;
/// No report is beyond doubt: certain ones are taken as this reliable.
inline constexpr double most_reliable = 1.0 - 1e-9;

struct Cell {
  int round = 0;  ///< from 0
  int kind = 0;   ///< index into the kinds
  int category = silent;
  double reliability = 0.95;
  double coverage = 1.0;  ///< share of the round in which the log is complete
  int day = 0;  ///< when it is known: the date of the report; of silence the last day watched
  std::vector<std::size_t> events;  ///< reports that say so, by index into the log
};
using Record = std::vector<Cell>;

/// log P(cell | the kind happened in this category; `silent`: it did not). Of offers a density over
/// numbers.
///
///   P(y | x) = c [ r 1{y = x} + (1 - r) q(y) ] + (1 - c) 1{y = silent}
///
/// with reliability r, coverage c and q the law of a false report: sums to one over y for every x.
[[nodiscard]] double log_report(const KindInGame& kind, const Cell& cell, int happened);

/// The record a log leaves under a calendar: reports, and silence where a kind is watched, in order
/// of `Cell::day`. Reports of one kind in one round say one thing: the most reliable counts.
[[nodiscard]] Record record_of(const StudyEvidence& evidence, const std::vector<KindInGame>& kinds,
                               const EventCalendar& calendar);
/// The watched cells alone, all silent: what a simulated play fills in.
[[nodiscard]] Record watched_cells(const StudyEvidence& evidence, const EventCalendar& calendar);
/// What would have been reported of a play in these cells. Draws from `random`.
[[nodiscard]] Record report_of(const Play& play, const Record& watched,
                               const std::vector<KindInGame>& kinds, RandomStream& random);
/// Why an event is in no record under a calendar; none where it is.
[[nodiscard]] std::optional<std::string> left_out(const StudyEvidence& evidence,
                                                  const LoggedEvent& event,
                                                  const EventCalendar& calendar);

/// Days since 1970-01-01 of YYYY-MM-DD; none where there is no such day. And back.
[[nodiscard]] std::optional<int> day_of(const std::string& date);
[[nodiscard]] std::string date_of(int day);
/// The last day that "2025-05-16", "2025-05" or "2025" names.
[[nodiscard]] std::optional<int> last_day_of(const std::string& date);
[[nodiscard]] int round_of(const EventCalendar& calendar,
                           int day);  ///< from 0; negative before play begins
[[nodiscard]] int last_round(const StudyEvidence& evidence, const EventCalendar& calendar);

}  // namespace melian::evidence
