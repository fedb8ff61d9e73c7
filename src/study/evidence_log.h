#pragma once
/// The event log: a CSV file, one dated report a row (docs/formats/events.md).

#include <string>
#include <vector>

#include "study/study_file.h"

namespace melian::study_file {

/// One field, with its place in characters.
struct CsvField {
  std::string text;
  LinePlace place;
};
using CsvRow = std::vector<CsvField>;

/// Rows of a text after RFC 4180: fields between commas, quoted where they hold commas, quotes
/// (doubled) or line ends. Empty lines are passed over. Mistakes (M0760) go to `errors`; reading
/// goes on behind them.
[[nodiscard]] std::vector<CsvRow> read_csv(const std::string& text, const TextLines& lines,
                                           Diagnostics& errors);

/// Reads a log; every mistake goes to `errors` (M0760 ... M0765, M0772), and what could be read is
/// given. `places`: where parts of each event stand, to speak of them later.
[[nodiscard]] std::vector<LoggedEvent> read_event_log(const std::string& text,
                                                      const TextLines& lines, Diagnostics& errors,
                                                      std::vector<EvidencePlaces::Event>& places);

}  // namespace melian::study_file
