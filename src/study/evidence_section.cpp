/// [evidence] of a study: read, and held against the log and the model before anything is solved.

#include <algorithm>
#include <cmath>
#include <filesystem>

#include <fmt/core.h>

#include "study/evidence.h"
#include "study/evidence_log.h"
#include "study/study_fields.h"

namespace melian::study_file {
namespace {

class Section {
 public:
  Section(const TomlNode& table, Draft& draft, Pen& pen)
      : table_(table),
        draft_(draft),
        pen_(pen),
        fields_(table, table.place, "[evidence]", pen),
        out_(draft.study.evidence.emplace()) {}

  void run() {
    calendar();
    weights();
    prior();
    if (const auto threshold = fields_.number("threshold", 1.0, 1e12)) out_.threshold = *threshold;
    if (const auto plays = fields_.whole("plays", 0, 100'000)) out_.plays = *plays;
    if (const auto seed = fields_.whole("seed", 0, 2'000'000'000))
      out_.seed = static_cast<std::uint64_t>(*seed);
    if (const auto reliability = fields_.number("reliability", 0.0, 1.0))
      reliability_ = *reliability;
    kinds();
    unmapped();
    log();
    fields_.finish();
  }

 private:
  std::optional<int> date(const TomlNode* node) {
    if (node == nullptr) return std::nullopt;
    if (node->kind == TomlNode::Kind::date || node->kind == TomlNode::Kind::text)
      if (const auto day = evidence::day_of(node->text)) return day;
    pen_.error(node->place, "M0710", "this is no day", "a date such as 2025-05-16");
    return std::nullopt;
  }

  void calendar() {
    for (const char* key : {"log", "start", "until", "round_days"})
      if (!table_.find(key)) fields_.missing(key);
    if (const auto start = date(fields_.any("start"))) out_.calendar.start = *start;
    if (const auto until = date(fields_.any("until"))) out_.until = *until;
    draft_.evidence.until = fields_.place_of("until");
    if (const auto days = fields_.number("round_days", 0.01, 36525.0))
      out_.calendar.round_days = *days;
    if (table_.find("start") && table_.find("until") && out_.until < out_.calendar.start)
      pen_.error(draft_.evidence.until, "M0770", "the record ends before play begins");
    for (const TomlNode* table : fields_.tables("calendars")) {
      Fields other(*table, table->place, "a calendar", pen_);
      EventCalendar calendar = out_.calendar;
      if (!table->find("start") && !table->find("round_days"))
        other.missing("start", "or `round_days`: what is different here");
      if (const auto start = date(other.any("start"))) calendar.start = *start;
      if (const auto days = other.number("round_days", 0.01, 36525.0)) calendar.round_days = *days;
      other.finish();
      if (out_.until < calendar.start)
        pen_.error(table->place, "M0770", "the record ends before play begins");
      out_.calendars.push_back(calendar);
      draft_.evidence.calendars.push_back(table->place);
    }
  }

  void weights() {
    const std::vector<const TomlNode*> tables = fields_.tables("lambda");
    if (tables.empty()) return;
    out_.lambda.clear();
    double total = 0.0;
    for (const TomlNode* table : tables) {
      Fields one(*table, table->place, "a multiple of lambda", pen_);
      for (const char* key : {"factor", "weight"})
        if (!table->find(key)) one.missing(key);
      const auto factor = one.number("factor", 1e-6, 1e6), weight = one.number("weight", 0.0, 1e6);
      one.finish();
      if (!factor || !weight) continue;
      if (std::ranges::find(out_.lambda, *factor, &std::pair<double, double>::first) !=
          out_.lambda.end())
        pen_.error(table->place, "M0771", "this multiple of lambda is there already");
      out_.lambda.emplace_back(*factor, *weight);
      total += *weight;
    }
    normalise(out_.lambda, total, "lambda");
  }

  void prior() {
    const std::vector<Reading>& readings = draft_.study.readings;
    for (const Reading& reading : readings) out_.prior.emplace_back(reading.id, 1.0);
    double total = static_cast<double>(readings.size());
    if (const TomlNode* table = fields_.get("prior", TomlNode::Kind::table)) {
      total = 0.0;
      for (auto& [id, weight] : out_.prior) {
        const TomlEntry* entry = table->find(id);
        weight = 0.0;
        if (entry == nullptr)
          pen_.error(fields_.place_of("prior"), "M0771",
                     fmt::format("`prior` does not say how likely the reading {} is", id));
        else if (!entry->node.is_number() || !(entry->node.number >= 0.0) ||
                 !std::isfinite(entry->node.number))
          pen_.error(entry->node.place, "M0771", "this is no probability",
                     "a number from 0 on; they are divided by their sum");
        else
          total += weight = entry->node.number;
      }
      for (const TomlEntry& entry : table->entries)
        if (std::ranges::find(readings, entry.key, &Reading::id) == readings.end())
          pen_.error(entry.place, "M0771", fmt::format("the study has no reading `{}`", entry.key));
    }
    normalise(out_.prior, total, "prior");
  }

  template <class Name>
  void normalise(std::vector<std::pair<Name, double>>& weights, double total, const char* key) {
    if (weights.empty()) return;
    if (!(total > 0.0)) {
      pen_.error(fields_.place_of(key), "M0771",
                 fmt::format("the weights of `{}` add up to nothing", key));
      total = 1.0;
    }
    for (auto& [name, weight] : weights) weight /= total;
  }

  static std::vector<std::string> names(const std::vector<Mention>& mentions,
                                        std::vector<LinePlace>* places = nullptr) {
    std::vector<std::string> out;
    for (const Mention& mention : mentions) {
      out.push_back(mention.name);
      if (places != nullptr) places->push_back(mention.place);
    }
    return out;
  }

  void kinds() {
    for (const TomlNode* table : fields_.tables("kind")) {
      Fields one(*table, table->place, "a kind of event", pen_);
      EventKind kind;
      EvidencePlaces::Kind places;
      places.place = table->place;
      kind.kind = one.needed_text("kind");
      kind.actors = names(one.texts("actor"));
      kind.moves = names(one.texts("move"), &places.moves);
      kind.actions = names(one.texts("action"), &places.actions);
      kind.ends = names(one.texts("end"), &places.ends);
      if (kind.moves.empty() && kind.ends.empty())
        one.missing("move", "or `end`: what in the model is meant by such an event");
      if (kind.moves.empty() && !kind.ends.empty() && !kind.actions.empty())
        one.missing("move", "whose actions these are");
      kind.reliability = one.number("reliability", 0.0, 1.0).value_or(reliability_);
      if (const TomlNode* watch = one.get("watch", TomlNode::Kind::list)) windows(*watch, kind);
      one.finish();
      if (std::ranges::any_of(out_.kinds,
                              [&](const EventKind& other) { return other.name() == kind.name(); }))
        pen_.error(places.place, "M0706",
                   fmt::format("there are two kinds of event `{}`", kind.name()));
      out_.kinds.push_back(std::move(kind));
      draft_.evidence.kinds.push_back(std::move(places));
    }
    if (out_.kinds.empty())
      fields_.missing("kind",
                      "[[evidence.kind]] with kind, move, action: what events are in the model");
  }

  /// [from, to], or a list of such; none may overlap another.
  void windows(const TomlNode& list, EventKind& kind) {
    const bool nested =
        !list.items.empty() && std::ranges::all_of(list.items, [](const TomlNode& item) {
          return item.kind == TomlNode::Kind::list;
        });
    for (const TomlNode& window : nested ? list.items : std::vector<TomlNode>{list}) {
      if (window.items.size() != 2) {
        pen_.error(window.place, "M0704", "this is no window",
                   "[first day, last day], or a list of such");
        continue;
      }
      const auto from = date(&window.items[0]), to = date(&window.items[1]);
      if (!from || !to) continue;
      if (*to < *from) pen_.error(window.place, "M0770", "the window ends before it begins");
      for (const EventKind::Window& other : kind.watch)
        if (*from <= other.to && other.from <= *to)
          pen_.error(window.place, "M0770", "this window overlaps another");
      kind.watch.push_back({*from, *to});
    }
  }

  void unmapped() {
    const TomlNode* table = fields_.get("unmapped", TomlNode::Kind::table);
    if (table == nullptr) return;
    for (const TomlEntry& entry : table->entries) {
      if (entry.node.kind != TomlNode::Kind::text)
        pen_.error(entry.node.place, "M0704",
                   fmt::format("why `{}` is nothing in this model is {} here", entry.key,
                               kind_word(entry.node.kind)),
                   "a text");
      if (std::ranges::find(out_.kinds, entry.key, &EventKind::kind) != out_.kinds.end())
        pen_.error(
            entry.place, "M0706",
            fmt::format("`{}` is a kind of event and said to be nothing in this model", entry.key));
      out_.unmapped.emplace_back(entry.key, entry.node.text);
    }
  }

  void log() {
    out_.log = fields_.text("log");
    if (out_.log.empty()) return;
    const std::filesystem::path folder = std::filesystem::path(draft_.study.file).parent_path();
    out_.log_path = (folder / out_.log).lexically_normal().string();
    auto text = read_file(out_.log_path);
    if (!text) {
      pen_.error(fields_.place_of("log"), "M0760",
                 fmt::format("the event log {} cannot be read", out_.log), {},
                 text.error().front().message);
      return;
    }
    if (const Diagnostics wrong = not_a_text(*text, out_.log); !wrong.empty()) {
      pen_.error(fields_.place_of("log"), "M0760",
                 fmt::format("the event log {} cannot be read", out_.log), {},
                 wrong.front().message);
      return;
    }
    out_.log_text = std::move(*text);
    draft_.evidence.log.emplace(out_.log_path, out_.log_text);
    out_.events =
        read_event_log(out_.log_text, *draft_.evidence.log, draft_.errors, draft_.evidence.events);
    for (std::size_t e = 0; e < out_.events.size(); ++e)
      meaning_of(out_.events[e], draft_.evidence.events[e]);
  }

  void meaning_of(const LoggedEvent& event, const EvidencePlaces::Event& places) {
    const auto known = [&](const auto& list, auto name) {
      return std::ranges::find(list, event.kind, name) != list.end();
    };
    if (known(out_.unmapped, &std::pair<std::string, std::string>::first) || event.kind.empty())
      return;
    const TextLines& lines = *draft_.evidence.log;
    if (!known(out_.kinds, &EventKind::kind)) {
      std::vector<std::string> names;
      for (const EventKind& kind : out_.kinds) names.push_back(kind.kind);
      for (const auto& [kind, why] : out_.unmapped) names.push_back(kind);
      const std::string near = nearest_word(event.kind, names);
      draft_.errors.push_back(lines.at(
          places.kind, "M0766",
          fmt::format("the study does not say what a `{}` is", event.kind.substr(0, 80)), {},
          near.empty() ? "add [[evidence.kind]], or say under [evidence.unmapped] why it is "
                         "nothing in this model"
                       : fmt::format("did you mean `{}`?", near)));
      return;
    }
    if (std::ranges::none_of(out_.kinds, [&](const EventKind& kind) {
          return kind.concerns(event.kind, event.actor);
        }))
      draft_.errors.push_back(
          lines.at(places.actor, "M0767",
                   fmt::format("no kind `{}` of the study is about `{}`: this event is no move",
                               event.kind, event.actor),
                   {}, "add the actor to [[evidence.kind]], or give the event a kind of its own"));
  }

  const TomlNode& table_;
  Draft& draft_;
  Pen& pen_;
  Fields fields_;
  StudyEvidence& out_;
  double reliability_ = EventKind{}.reliability;
};

class EvidenceCheck {
 public:
  EvidenceCheck(Draft& draft, const Structure& structure, Pen& pen)
      : draft_(draft), evidence_(*draft.study.evidence), structure_(structure), pen_(pen) {}

  void run() {
    for (std::size_t k = 0; k < evidence_.kinds.size(); ++k) check_kind(k);
    check_horizon(evidence_.calendar, draft_.evidence.until);
    for (std::size_t c = 0; c < evidence_.calendars.size(); ++c)
      check_horizon(evidence_.calendars[c], draft_.evidence.calendars[c]);
  }

 private:
  void check_kind(std::size_t k) {
    const EventKind& kind = evidence_.kinds[k];
    if (kind.moves.empty() && kind.ends.empty()) return;
    const auto found = evidence::find_kind(structure_, kind);
    if (!found) {
      for (const evidence::KindMistake& mistake : found.error())
        pen_.error(place_of(mistake, draft_.evidence.kinds[k]), mistake.repeats ? "M0769" : "M0768",
                   mistake.part == evidence::KindMistake::Part::kind
                       ? fmt::format("{}: {}", kind.name(), mistake.message)
                       : mistake.message,
                   {}, mistake.hint);
      return;
    }
    for (std::size_t e = 0; e < evidence_.events.size(); ++e)
      if (kind.concerns(evidence_.events[e].kind, evidence_.events[e].actor))
        check_number(*found, e);
  }

  static const LinePlace& place_of(const evidence::KindMistake& mistake,
                                   const EvidencePlaces::Kind& places) {
    using Part = evidence::KindMistake::Part;
    switch (mistake.part) {
      case Part::move: return places.moves[mistake.index];
      case Part::action: return places.actions[mistake.index];
      case Part::end: return places.ends[mistake.index];
      case Part::kind: break;
    }
    return places.place;
  }

  void check_number(const evidence::KindInGame& kind, std::size_t e) {
    const LoggedEvent& event = evidence_.events[e];
    const EvidencePlaces::Event& places = draft_.evidence.events[e];
    const auto say = [&](std::string message, std::string expected) {
      draft_.errors.push_back(
          draft_.evidence.log->at(places.number, "M0767", std::move(message), std::move(expected)));
    };
    if (kind.numbers.empty()) {
      if (event.number)
        say(fmt::format("`{}` is no offer: it has no number", event.kind), "an empty field");
      return;
    }
    if (!event.number)
      return say(fmt::format("`{}` is an offer: its number is missing", event.kind),
                 "a number in the column `number`");
    if (!kind.category_of(*event.number))
      say(fmt::format("{} is no offer that can be made in the model", number_text(*event.number)),
          fmt::format("a number from {} to {}", number_text(kind.numbers.front()),
                      number_text(kind.numbers.back())));
  }

  void check_horizon(const EventCalendar& calendar, const LinePlace& place) {
    constexpr int most_rounds = 100'000;
    const int rounds = evidence::last_round(evidence_, calendar) + 1;
    const bool finite = structure_.horizon == HorizonKind::finite;
    if (rounds <= (finite ? structure_.rounds : most_rounds)) return;
    pen_.error(place, "M0770",
               fmt::format("the record reaches round {}, beyond a horizon of {}", rounds,
                           finite ? structure_.rounds : most_rounds),
               {}, "end the record earlier, or let rounds last longer");
  }

  Draft& draft_;
  const StudyEvidence& evidence_;
  const Structure& structure_;
  Pen& pen_;
};

}  // namespace

void read_evidence(const TomlNode& table, Draft& draft, Pen& pen) {
  Section(table, draft, pen).run();
}

void check_evidence(Draft& draft, const Structure& structure, Pen& pen) {
  if (draft.study.evidence) EvidenceCheck(draft, structure, pen).run();
}

}  // namespace melian::study_file
