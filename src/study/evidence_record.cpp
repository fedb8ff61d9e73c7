/// From a log of dated events to a record of cells, and from a simulated play to what would have
/// been reported of it.

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/core.h>

#include "study/evidence.h"

namespace melian {

std::string EventKind::name() const {
  std::string who;
  for (const std::string& actor : actors) who += (who.empty() ? "" : ", ") + actor;
  return who.empty() ? kind : fmt::format("{} ({})", kind, who);
}

bool EventKind::concerns(const std::string& event_kind, const std::string& actor) const {
  return event_kind == kind && (actors.empty() || std::ranges::find(actors, actor) != actors.end());
}

namespace evidence {
namespace {

std::size_t at(int index) { return static_cast<std::size_t>(index); }

/// Days of a civil date since 1970-01-01 in the proleptic Gregorian calendar.
int days_from_civil(int year, int month, int day) {
  year -= month <= 2 ? 1 : 0;
  const int era = (year >= 0 ? year : year - 399) / 400;
  const int year_of_era = year - era * 400;
  const int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
         719468;
}

/// Share of a round's time inside [from, to] and inside the record.
double share_inside(const StudyEvidence& evidence, const EventCalendar& calendar, int round,
                    const EventKind::Window& window) {
  const double begins = calendar.start + round * calendar.round_days,
               ends = begins + calendar.round_days;
  const double from = std::max(begins, static_cast<double>(window.from)),
               to = std::min({ends, window.to + 1.0, evidence.until + 1.0});
  return std::max(0.0, to - from) / calendar.round_days;
}

/// Ordered by round, in it by when each is known; reports before the silence of the same day.
void sort_cells(Record& record) {
  std::ranges::stable_sort(record, [](const Cell& a, const Cell& b) {
    return std::tuple(a.round, a.day, a.category == silent, a.kind) <
           std::tuple(b.round, b.day, b.category == silent, b.kind);
  });
}

}  // namespace

std::optional<int> day_of(const std::string& date) {
  if (date.size() != 10 || date[4] != '-' || date[7] != '-') return std::nullopt;
  for (const std::size_t k : {0, 1, 2, 3, 5, 6, 8, 9})
    if (date[k] < '0' || date[k] > '9') return std::nullopt;
  const int year = std::stoi(date.substr(0, 4)), month = std::stoi(date.substr(5, 2)),
            day = std::stoi(date.substr(8, 2));
  if (month < 1 || month > 12 || day < 1 || day > 31) return std::nullopt;
  const int days = days_from_civil(year, month, day);
  return date_of(days) == date ? std::optional(days) : std::nullopt;
}

std::string date_of(int day) {
  const int shifted = day + 719468;
  const int era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
  const int day_of_era = shifted - era * 146097;
  const int year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int shifted_month = (5 * day_of_year + 2) / 153;
  const int month = shifted_month + (shifted_month < 10 ? 3 : -9);
  return fmt::format("{:04}-{:02}-{:02}", year_of_era + era * 400 + (month <= 2 ? 1 : 0), month,
                     day_of_year - (153 * shifted_month + 2) / 5 + 1);
}

std::optional<int> last_day_of(const std::string& date) {
  if (date.size() == 4) return last_day_of(date + "-12");
  if (date.size() != 7) return day_of(date);
  for (int day = 31; day >= 28; --day)
    if (const auto last = day_of(fmt::format("{}-{}", date, day))) return last;
  return std::nullopt;
}

int round_of(const EventCalendar& calendar, int day) {
  return static_cast<int>(std::floor((day - calendar.start) / calendar.round_days));
}
int last_round(const StudyEvidence& evidence, const EventCalendar& calendar) {
  return round_of(calendar, evidence.until);
}

std::optional<std::string> left_out(const StudyEvidence& evidence, const LoggedEvent& event,
                                    const EventCalendar& calendar) {
  for (const auto& [kind, why] : evidence.unmapped)
    if (kind == event.kind) return why;
  if (event.day < calendar.start) return "before play begins";
  if (event.day > evidence.until) return "after the record ends";
  return std::nullopt;
}

Record watched_cells(const StudyEvidence& evidence, const EventCalendar& calendar) {
  Record out;
  for (int round = 0; round <= last_round(evidence, calendar); ++round)
    for (std::size_t k = 0; k < evidence.kinds.size(); ++k) {
      Cell cell;
      cell.round = round;
      cell.kind = static_cast<int>(k);
      cell.reliability = evidence.kinds[k].reliability;
      cell.coverage = 0.0;
      cell.day = calendar.start;
      const double ends = calendar.start + (round + 1) * calendar.round_days;
      for (const EventKind::Window& window : evidence.kinds[k].watch) {
        const double share = share_inside(evidence, calendar, round, window);
        cell.coverage = std::min(1.0, cell.coverage + share);
        if (share > 0.0)
          cell.day = std::max(cell.day, std::min({static_cast<int>(std::ceil(ends)) - 1, window.to,
                                                  evidence.until}));
      }
      if (cell.coverage > 0.0) out.push_back(std::move(cell));
    }
  sort_cells(out);
  return out;
}

Record record_of(const StudyEvidence& evidence, const std::vector<KindInGame>& kinds,
                 const EventCalendar& calendar) {
  std::map<std::pair<int, int>, Cell> cells;
  for (Cell& cell : watched_cells(evidence, calendar))
    cells.emplace(std::pair(cell.round, cell.kind), std::move(cell));
  for (std::size_t e = 0; e < evidence.events.size(); ++e) {
    const LoggedEvent& event = evidence.events[e];
    if (left_out(evidence, event, calendar)) continue;
    for (std::size_t k = 0; k < evidence.kinds.size(); ++k) {
      if (!evidence.kinds[k].concerns(event.kind, event.actor)) continue;
      const double reliability = event.reliability.value_or(evidence.kinds[k].reliability);
      const int category = event.number ? kinds[k].category_of(*event.number).value_or(0) : 0;
      // A report of a day that nobody watches is taken as a report all the same: it says that this
      // happened.
      Cell fresh;
      fresh.round = round_of(calendar, event.day);
      fresh.kind = static_cast<int>(k);
      Cell& cell = cells.try_emplace({fresh.round, fresh.kind}, fresh).first->second;
      if (cell.events.empty() || reliability > cell.reliability) {
        cell.category = category;
        cell.reliability = reliability;
      }
      if (cell.events.empty()) cell.day = event.day;
      cell.events.push_back(e);
    }
  }
  Record out;
  for (auto& [place, cell] : cells) out.push_back(std::move(cell));
  sort_cells(out);
  return out;
}

Record report_of(const Play& play, const Record& watched, const std::vector<KindInGame>& kinds,
                 RandomStream& random) {
  std::map<std::pair<int, int>, int> happened;
  for (const PlayStep& step : play.steps)
    for (std::size_t k = 0; k < kinds.size(); ++k) {
      const auto found = std::ranges::lower_bound(kinds[k].branches, std::pair(step.branch, 0));
      if (found != kinds[k].branches.end() && found->first == step.branch)
        happened[{step.round - 1, static_cast<int>(k)}] = found->second;
    }
  Record out = watched;
  for (Cell& cell : out) {
    const auto found = happened.find({cell.round, cell.kind});
    const double watching = random.uniform(), truthful = random.uniform();
    double says = random.uniform();
    if (watching >= cell.coverage) continue;
    if (truthful < std::min(cell.reliability, most_reliable)) {
      cell.category = found == happened.end() ? silent : found->second;
      continue;
    }
    const std::vector<double>& shares = kinds[at(cell.kind)].false_share;
    for (std::size_t c = 0; c < shares.size(); ++c) {
      if (says < shares[c]) {
        cell.category = static_cast<int>(c);
        break;
      }
      says -= shares[c];
    }
  }
  return out;
}

}  // namespace evidence
}  // namespace melian
