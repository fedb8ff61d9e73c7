#pragma once
/// A study file as written: its sections read into a `Study`, with the places needed to check it
/// against its model.

#include <string>
#include <vector>

#include "melian/study.h"
#include "study/metric.h"
#include "study/toml_text.h"

namespace melian::study_file {

/// A parameter set somewhere in the study.
struct SetParameter {
  std::string name;
  ParameterContent content;
  LinePlace name_place, content_place;
  std::string where;  ///< "reading K", "the study", ...
  int variant = -1;   ///< the variant that sets it; -1: the study or a reading, for every variant
};

/// A text of the metric language, where it stands, and how it parsed.
struct MetricText {
  enum class Kind { metric, holds_if, only_if } kind = Kind::metric;
  std::size_t claim = 0, half = 0;
  std::vector<LinePlace> places;
  metric::Expression metric;
  std::vector<metric::Comparison> conditions;
  bool sound = false;
  void for_each_atom(const std::function<void(const metric::Atom&)>& visit) const;
};

/// A name with its place, to be looked up in the model.
struct Mention {
  std::string name;
  LinePlace place;
};

/// Where the parts of [evidence] and of its log stand.
struct EvidencePlaces {
  struct Kind {
    LinePlace place;
    std::vector<LinePlace> moves, actions, ends;
  };
  struct Event {
    LinePlace actor, kind, number;
  };
  std::vector<Kind> kinds;
  std::vector<Event> events;
  LinePlace until;
  std::vector<LinePlace> calendars;
  std::optional<TextLines> log;
};

struct Draft {
  Study study;
  std::vector<SetParameter> set_parameters;
  std::vector<std::pair<std::size_t, LinePlace>>
      plausible_places;  ///< (index into study.parameters, place of its name)
  std::vector<LinePlace>
      variant_places;  ///< like study.variants: where its modules are named, else where it stands
  std::vector<MetricText> metrics;
  std::vector<Mention> grid_players, outcomes, mechanisms;
  LinePlace model_place, window_place, method_place, grid_place, evidence_place;
  /// Where equilibria are chosen; `player`: of `value:PLAYER`.
  struct ChoicePlace {
    LinePlace place;
    std::string key, player;
    bool needs_tree = false;
  };
  std::vector<ChoicePlace> choices;
  std::vector<std::pair<std::size_t, LinePlace>>
      ranges;  ///< (index into study.parameters, place of its plausible range)
  /// Names of [worlds].
  struct Worlds {
    LinePlace place, base_rate_place;
    std::vector<Mention> grid_players;
    std::vector<std::vector<Mention>> groups;  ///< parameters by group
  } worlds;
  EvidencePlaces evidence;
  Diagnostics errors, warnings;
};

/// Reads everything that can be read without the model. Only a text that is no TOML gives no draft.
[[nodiscard]] Result<Draft> read_draft(const std::string& text, const std::string& file);

/// Adds to `draft.errors` and `draft.warnings` what the model says to it; fills
/// `draft.study.model`.
void check_against_model(Draft& draft, const TextLines& lines);

/// [evidence] and the log it names (evidence_section.cpp): read with the study, then held against a
/// compiled model.
class Pen;
void read_evidence(const TomlNode& table, Draft& draft, Pen& pen);
void check_evidence(Draft& draft, const Structure& structure, Pen& pen);

/// A mistake in a metric as a diagnostic at its place in the study.
[[nodiscard]] Diagnostic to_diagnostic(const metric::Mistake& mistake,
                                       const std::vector<LinePlace>& places, const TextLines& lines,
                                       const char* code);

}  // namespace melian::study_file
