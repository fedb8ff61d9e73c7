/// `evidence` of results.json (docs/formats/study_results.md, "Evidence").

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "answer/answer_json.h"
#include "evidence/evidence_weigh.h"
#include "melian/numeric.h"

namespace melian::evidence {
namespace {

using Json = nlohmann::ordered_json;

constexpr int never = std::numeric_limits<int>::min();

class EvidenceJson {
 public:
  EvidenceJson(const Study& study, const Weights& weights)
      : study_(study), evidence_(*study.evidence), weights_(weights) {
    for (std::size_t r = 0; r < study_.readings.size(); ++r) {
      total_.push_back(known(r, weights_.record.size()));
      written_.push_back(study_.readings[r].date.empty()
                             ? never
                             : last_day_of(study_.readings[r].date).value_or(never));
    }
    latest_ = *std::ranges::max_element(written_);
  }

  [[nodiscard]] Json json() const {
    Json out;
    out["log"] = evidence_.log;
    out["start"] = date_of(evidence_.calendar.start);
    out["until"] = date_of(evidence_.until);
    out["round_days"] = evidence_.calendar.round_days;
    out["threshold"] = evidence_.threshold;
    out["grid"] = weights_.grid;
    out["kinds"] = kinds();
    out["events"] = events();
    out["silence"] = silence();
    out["unmapped"] = unmapped();
    out["log_likelihood"] = by_reading([&](std::size_t r) { return json_number(total_[r]); });
    out["grid_error"] = by_reading([&](std::size_t r) {
      return json_number(std::abs(total_[r] - weights_.readings[r].on_half_grid));
    });
    out["calibration"] =
        by_reading([&](std::size_t r) { return json_number(before(r, written_[r])); });
    out["test"] =
        by_reading([&](std::size_t r) { return json_number(total_[r] - before(r, written_[r])); });
    out["prior"] =
        by_reading([&](std::size_t r) { return json_number(evidence_.prior[r].second); });
    out["posterior"] = posterior(never);
    out["common_test"] = common_test();
    out["bayes_factors"] = bayes_factors();
    out["by_calendar"] = by_calendar();
    out["lambda"] = by_lambda();
    out["power"] = power();
    out["words"] = words();
    out["beware"] = beware();
    return out;
  }

 private:
  template <class Of>
  [[nodiscard]] Json by_reading(const Of& of) const {
    Json out = Json::object();
    for (std::size_t r = 0; r < study_.readings.size(); ++r) out[study_.readings[r].id] = of(r);
    return out;
  }

  /// log likelihood of the first so many cells, lambda integrated over.
  [[nodiscard]] double known(std::size_t r, std::size_t cells) const {
    if (cells == 0) return 0.0;
    std::vector<double> logs;
    for (const std::vector<double>& prefixes : weights_.readings[r].prefixes)
      logs.push_back(prefixes[cells]);
    return over_lambda(evidence_, logs);
  }
  [[nodiscard]] double before(std::size_t r, int day) const {
    return known(r, static_cast<std::size_t>(std::ranges::count_if(
                        weights_.record, [&](const Cell& cell) { return cell.day <= day; })));
  }
  [[nodiscard]] double told_by(std::size_t r, std::size_t cell) const {
    return known(r, cell + 1) - known(r, cell);
  }

  /// By all that came after `since`, given what came before.
  [[nodiscard]] std::vector<double> posterior_odds(int since) const {
    std::vector<double> logs;
    for (std::size_t r = 0; r < total_.size(); ++r)
      logs.push_back(std::log(evidence_.prior[r].second) + total_[r] - before(r, since));
    const double sum = log_sum_exp(logs);
    for (double& log : logs) log = std::exp(log - sum);
    return logs;
  }
  [[nodiscard]] Json posterior(int since) const {
    const std::vector<double> odds = posterior_odds(since);
    return by_reading([&](std::size_t r) { return json_number(odds[r]); });
  }

  [[nodiscard]] Json common_test() const {
    Json out;
    out["since"] = latest_ == never ? Json(nullptr) : Json(date_of(latest_));
    out["log_likelihood"] =
        by_reading([&](std::size_t r) { return json_number(total_[r] - before(r, latest_)); });
    out["posterior"] = posterior(latest_);
    return out;
  }

  static std::string joined(const std::vector<std::string>& words, const char* by) {
    std::string out;
    for (const std::string& word : words) out += (out.empty() ? "" : by) + word;
    return out;
  }
  [[nodiscard]] static std::string meaning_of(const EventKind& kind) {
    std::string out = joined(kind.moves, " or ");
    if (!kind.actions.empty()) out += ": " + joined(kind.actions, " or ");
    if (!kind.ends.empty()) out += (out.empty() ? "end: " : "; end: ") + joined(kind.ends, " or ");
    return out;
  }

  [[nodiscard]] Json kinds() const {
    Json out = Json::array();
    for (const EventKind& kind : evidence_.kinds) {
      Json watch = Json::array();
      for (const EventKind::Window& window : kind.watch)
        watch.push_back({date_of(window.from), date_of(window.to)});
      out.push_back({{"kind", kind.name()},
                     {"maps_to", meaning_of(kind)},
                     {"watch", std::move(watch)},
                     {"reliability", kind.reliability}});
    }
    return out;
  }

  [[nodiscard]] Json events() const {
    Json out = Json::array();
    for (std::size_t e = 0; e < evidence_.events.size(); ++e) {
      const LoggedEvent& event = evidence_.events[e];
      if (left_out(evidence_, event, evidence_.calendar)) continue;
      std::vector<std::string> meanings;
      std::vector<std::size_t> cells;
      double reliability = 0.0;
      bool counted = false;
      for (std::size_t c = 0; c < weights_.record.size(); ++c) {
        const Cell& cell = weights_.record[c];
        const auto found = std::ranges::find(cell.events, e);
        if (found == cell.events.end()) continue;
        const EventKind& kind = evidence_.kinds[static_cast<std::size_t>(cell.kind)];
        meanings.push_back(meaning_of(kind));
        reliability = event.reliability.value_or(kind.reliability);
        if (found != cell.events.begin()) continue;
        cells.push_back(c);
        counted = true;
      }
      Json row;
      row["date"] = event.date;
      row["actor"] = event.actor;
      row["kind"] = event.kind;
      row["what"] = event.what;
      row["source"] = event.source;
      row["reliability"] = json_number(reliability);
      if (event.number) row["number"] = json_number(*event.number);
      row["round"] = round_of(evidence_.calendar, event.day) + 1;
      row["phase"] = by_reading(
          [&](std::size_t r) { return Json(event.day <= written_[r] ? "calibration" : "test"); });
      row["maps_to"] = joined(meanings, "; ");
      row["counted"] = counted;  // false: another report of that round says the same
      row["log_likelihood"] = by_reading([&](std::size_t r) {
        double sum = 0.0;
        for (const std::size_t cell : cells) sum += told_by(r, cell);
        return json_number(sum);
      });
      out.push_back(std::move(row));
    }
    return out;
  }

  [[nodiscard]] Json silence() const {
    Json out = Json::array();
    for (std::size_t c = 0; c < weights_.record.size(); ++c) {
      const Cell& cell = weights_.record[c];
      if (cell.category != silent) continue;
      out.push_back({{"kind", evidence_.kinds[static_cast<std::size_t>(cell.kind)].name()},
                     {"round", cell.round + 1},
                     {"date", date_of(cell.day)},
                     {"watched", json_number(cell.coverage)},
                     {"log_likelihood",
                      by_reading([&](std::size_t r) { return json_number(told_by(r, c)); })}});
    }
    return out;
  }

  [[nodiscard]] Json unmapped() const {
    Json out = Json::array();
    for (const LoggedEvent& event : evidence_.events)
      if (const auto why = left_out(evidence_, event, evidence_.calendar))
        out.push_back({{"date", event.date},
                       {"actor", event.actor},
                       {"kind", event.kind},
                       {"what", event.what},
                       {"source", event.source},
                       {"why", *why}});
    return out;
  }

  [[nodiscard]] static double log10_of(double natural) { return natural / std::log(10.0); }

  [[nodiscard]] Json bayes_factors() const {
    Json out = Json::array();
    for (std::size_t a = 0; a < total_.size(); ++a)
      for (std::size_t b = a + 1; b < total_.size(); ++b) {
        const int since = std::max(written_[a], written_[b]);
        const double all = total_[a] - total_[b], test = all - before(a, since) + before(b, since);
        out.push_back({{"a", study_.readings[a].id},
                       {"b", study_.readings[b].id},
                       {"factor", json_number(std::exp(all))},
                       {"log10", json_number(log10_of(all))},
                       {"test",
                        {{"since", since == never ? Json(nullptr) : Json(date_of(since))},
                         {"factor", json_number(std::exp(test))},
                         {"log10", json_number(log10_of(test))}}}});
      }
    return out;
  }

  [[nodiscard]] Json by_calendar() const {
    Json out = Json::array();
    const auto add = [&](const EventCalendar& calendar, const auto& of) {
      out.push_back({{"start", date_of(calendar.start)},
                     {"round_days", calendar.round_days},
                     {"log_likelihood", by_reading(of)}});
    };
    add(evidence_.calendar, [&](std::size_t r) { return json_number(total_[r]); });
    for (std::size_t c = 0; c < evidence_.calendars.size(); ++c)
      add(evidence_.calendars[c], [&](std::size_t r) {
        std::vector<double> logs;
        for (const std::vector<double>& calendars : weights_.readings[r].calendars)
          logs.push_back(calendars[c]);
        return json_number(over_lambda(evidence_, logs));
      });
    return out;
  }

  [[nodiscard]] Json by_lambda() const {
    Json out = Json::array();
    for (std::size_t l = 0; l < evidence_.lambda.size(); ++l)
      out.push_back({{"factor", evidence_.lambda[l].first},
                     {"weight", json_number(evidence_.lambda[l].second)},
                     {"log_likelihood", by_reading([&](std::size_t r) {
                        return json_number(weights_.readings[r].prefixes[l].back());
                      })}});
    return out;
  }

  [[nodiscard]] Json power() const {
    if (weights_.power.empty()) return nullptr;
    Json table = Json::array();
    bool on_average = true, seldom = true;
    constexpr double errors_allowed = 4.0;
    constexpr double level = 0.9999;
    for (const PowerRow& row : weights_.power) {
      const auto share = [&](int count) { return static_cast<double>(count) / evidence_.plays; };
      const auto interval = [&](int count) {
        const Interval found = binomial_interval(count, evidence_.plays, 0.95);
        return Json{json_number(found.low), json_number(found.high)};
      };
      on_average = on_average && row.factor <= 1.0 + errors_allowed * row.factor_error;
      seldom = seldom && binomial_interval(row.misleading, evidence_.plays, level).low <=
                             1.0 / evidence_.threshold;
      table.push_back({{"under", study_.readings[row.under].id},
                       {"against", study_.readings[row.against].id},
                       {"strong_share", json_number(share(row.strong))},
                       {"strong_interval", interval(row.strong)},
                       {"misleading_share", json_number(share(row.misleading))},
                       {"misleading_interval", interval(row.misleading)},
                       {"bits", json_number(row.bits)},
                       {"bits_error", json_number(row.bits_error)},
                       {"bits_per_event",
                        row.events > 0.0 ? json_number(row.bits / row.events) : Json(nullptr)},
                       {"events", json_number(row.events)},
                       {"mean_factor_against_truth", json_number(row.factor)},
                       {"mean_factor_error", json_number(row.factor_error)}});
    }
    Json out;
    out["plays"] = evidence_.plays;
    out["seed"] = evidence_.seed;
    out["grid"] = weights_.power_grid;
    out["lambda_factor"] = weights_.power_lambda;
    out["table"] = std::move(table);
    out["laws"] = {{"mean_factor_at_most_one", on_average},
                   {"misleading_at_most_one_in_threshold", seldom}};
    return out;
  }

  [[nodiscard]] std::vector<std::string> words() const {
    std::vector<std::string> out;
    for (std::size_t a = 0; a < total_.size(); ++a)
      for (std::size_t b = a + 1; b < total_.size(); ++b) {
        const bool first = total_[a] >= total_[b];
        const std::string &more = study_.readings[first ? a : b].id,
                          &less = study_.readings[first ? b : a].id;
        const double log = std::abs(total_[a] - total_[b]);
        out.push_back(fmt::format(
            "The dated events are more likely under {} than under {} by a factor of {}{}.", more,
            less, number_text(std::exp(log), 2),
            log < std::log(evidence_.threshold)
                ? fmt::format(": too little to tell them apart (below {})",
                              number_text(evidence_.threshold))
                : std::string()));
      }
    return out;
  }

  [[nodiscard]] std::vector<std::string> beware() const {
    std::vector<std::string> out;
    out.emplace_back(
        "The log was selected by people who knew how things went on; what they left out counts as "
        "silence only inside the windows stated.");
    out.emplace_back(
        "Events before a text was written may have shaped the reading of it: they are shown as "
        "calibration, apart from the test. Between readings of "
        "different dates only what came after both is a test of either.");
    out.emplace_back(
        "Which date belongs to which round, and which event to which move, are assumptions: other "
        "calendars are shown beside.");
    out.emplace_back(
        "A likelihood compares readings in this model. It says nothing about who is right, and "
        "nothing about readings that are not among them.");
    const bool unwatched = std::ranges::any_of(evidence_.events, [&](const LoggedEvent& event) {
      if (left_out(evidence_, event, evidence_.calendar)) return false;
      return std::ranges::any_of(evidence_.kinds, [&](const EventKind& kind) {
        return kind.concerns(event.kind, event.actor) &&
               std::ranges::none_of(kind.watch, [&](const EventKind::Window& window) {
                 return window.from <= event.day && event.day <= window.to;
               });
      });
    });
    if (unwatched)
      out.emplace_back(
          "Some reports are of days on which nobody counted whether there were none: such kinds "
          "can only speak for what they report.");
    return out;
  }

  const Study& study_;
  const StudyEvidence& evidence_;
  const Weights& weights_;
  std::vector<double> total_;  ///< [reading]
  std::vector<int> written_;   ///< [reading]: the last day on which its text may have been written
  int latest_ = never;
};

}  // namespace

std::string evidence_json(const Study& study, const Weights& weights) {
  return EvidenceJson(study, weights).json().dump();
}

}  // namespace melian::evidence
