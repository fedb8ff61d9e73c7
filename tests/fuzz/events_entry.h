#pragma once
/// What a hostile log of events is put through: read, written, read again, held against a calendar.

#include <cmath>
#include <string>
#include <vector>

#include "fuzz/diagnostics_law.h"
#include "study/evidence.h"
#include "study/evidence_log.h"

namespace melian::test {

struct ReadLog {
  std::vector<LoggedEvent> events;
  std::vector<study_file::EvidencePlaces::Event> places;
  Diagnostics errors;
};

inline ReadLog read_log(const std::string& text) {
  ReadLog out;
  const TextLines lines("fuzz.csv", text);
  out.events = study_file::read_event_log(text, lines, out.errors, out.places);
  return out;
}

inline std::string written_log(const std::vector<LoggedEvent>& events) {
  const auto quoted = [](const std::string& field) {
    std::string out = "\"";
    for (const char c : field) out += c == '"' ? "\"\"" : std::string(1, c);
    return out + "\"";
  };
  const auto optional = [](const std::optional<double>& number) {
    return number ? number_text(*number) : std::string{};
  };
  std::string out = "number,reliability,source,what,kind,actor,date\n";
  for (const LoggedEvent& event : events)
    out += fmt::format("{},{},{},{},{},{},{}\n", optional(event.number),
                       optional(event.reliability), quoted(event.source), quoted(event.what),
                       quoted(event.kind), quoted(event.actor), event.date);
  return out;
}

inline bool same_event(const LoggedEvent& a, const LoggedEvent& b) {
  return a.date == b.date && a.day == b.day && a.actor == b.actor && a.kind == b.kind &&
         a.what == b.what && a.source == b.source && a.reliability == b.reliability &&
         a.number == b.number;
}

/// Two kinds of the first event's making, and offers; every third month a window.
inline std::string broken_record(const std::vector<LoggedEvent>& events) {
  if (events.empty()) return {};
  StudyEvidence evidence;
  evidence.events = events;
  EventKind anyone, offer;
  anyone.kind = events.front().kind;
  anyone.reliability = 0.9;
  offer.kind = events.back().kind;
  offer.actors = {events.back().actor};
  const int start = events.front().day;
  for (int month = 0; month < 12; month += 3)
    anyone.watch.push_back({start + 30 * month, start + 30 * month + 45});
  evidence.kinds = {anyone, offer};
  evidence.calendar = {start, 30.0};
  evidence.until = start + 360;
  const std::vector<evidence::KindInGame> kinds{
      {anyone.name(), {0.5}, {}, {}, {}},
      {offer.name(), {0.1, 0.2, 0.2}, {0.0, 0.5, 1.0}, {0.25, 0.5, 0.25}, {}}};
  const evidence::Record record = evidence::record_of(evidence, kinds, evidence.calendar);
  for (std::size_t c = 0; c < record.size(); ++c) {
    const evidence::Cell& cell = record[c];
    const evidence::KindInGame& kind = kinds[static_cast<std::size_t>(cell.kind)];
    if (cell.round < 0 || cell.round > evidence::last_round(evidence, evidence.calendar))
      return "a report outside the record";
    if (cell.category >= kind.categories()) return "a report of what no offer can be";
    for (std::size_t other = 0; other < c; ++other)
      if (record[other].round == cell.round && record[other].kind == cell.kind)
        return "two reports of one kind in one round";
    // A law over reports: of offers in multiples of the width of the cell a number falls in.
    double total = 0.0;
    for (int says = evidence::silent; says < kind.categories(); ++says) {
      evidence::Cell said = cell;
      said.category = says;
      const double log = evidence::log_report(kind, said, kind.categories() - 1);
      if (std::isnan(log)) return "a likelihood that is no number";
      total +=
          std::exp(log) *
          (says >= 0 && !kind.widths.empty() ? kind.widths[static_cast<std::size_t>(says)] : 1.0);
    }
    if (std::abs(total - 1.0) > 1e-9)
      return fmt::format("reports whose probabilities sum to {}", total);
  }
  return {};
}

/// Returns "" or the law the text breaks.
inline std::string read_hostile_events(const std::string& text) {
  const ReadLog log = read_log(text);
  if (log.events.size() != log.places.size()) return "events without places";
  for (const LoggedEvent& event : log.events) {
    if (event.reliability && !(*event.reliability >= 0.0 && *event.reliability <= 1.0))
      return "a reliability that is no probability";
    if (event.number && !std::isfinite(*event.number)) return "an offer that is no number";
  }
  if (!log.errors.empty()) return broken_refusal(log.errors, Places::lines, lines_of(text));
  for (std::size_t e = 0; e < log.events.size(); ++e) {
    if (evidence::date_of(log.events[e].day) != log.events[e].date) return "a day of another date";
    if (e > 0 && log.events[e].day < log.events[e - 1].day) return "events out of order";
  }
  const ReadLog again = read_log(written_log(log.events));
  if (!again.errors.empty()) return "what was written is not read: " + render(again.errors);
  if (!std::ranges::equal(again.events, log.events, same_event))
    return "what was written reads differently";
  return broken_record(log.events);
}

}  // namespace melian::test
