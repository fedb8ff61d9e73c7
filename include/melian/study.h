#pragma once
/// The door of `study`: a model with numbers, readings and claims, as its file says it.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "melian/base.h"
#include "melian/game.h"
#include "melian/language.h"

namespace melian {

// ---- Studies ----

/// How the games of a study are solved.
enum class StudyMethod : std::uint8_t {
  automatic,  ///< on trees where all games have small ones and nothing stated needs a belief grid
  grid,
  tree
};

/// Which of several equilibria of a game is meant. Both empty: the principal branch's, and claims
/// are judged under every equilibrium that is found.
struct StudyChoice {
  std::string solution;  ///< the name of one (`solution_id`)
  std::string select;    ///< principal, values, value:PLAYER, intuitive, or d1
  [[nodiscard]] bool empty() const { return solution.empty() && select.empty(); }
  /// Does it choose among the solutions of a tree?
  [[nodiscard]] bool needs_tree() const {
    return !solution.empty() || (!select.empty() && select != "principal");
  }
};

/// A number of the base that all readings of a study share.
struct StudyParameter {
  std::string name;
  std::optional<ParameterContent> content;             ///< none: the model's default
  std::optional<std::pair<double, double>> plausible;  ///< what the analyst thinks possible
  bool log_scale = false;  ///< plausible worlds spread it evenly in its logarithm
  std::string source;      ///< empty: a judgement
  std::string judgement;   ///< what the judgement rests on; may be empty
};

/// An attributed set of beliefs and parameters.
struct Reading {
  std::string id, by, date, text, standpoint;
  bool neutral = false;                        ///< the analyst's own base
  Settings parameters;                         ///< only what departs from the study's base
  std::map<std::string, std::string> because;  ///< by parameter
  StudyChoice choice{};                        ///< its own; empty: the study's
};

/// The same game with something changed: without talks, without truces, with a module more.
struct Variant {
  std::string id, text;
  Settings parameters;
  std::vector<std::string> modules{}, module_paths{};  ///< besides the study's own, behind them
  std::optional<Model> model{};  ///< the study's with these modules; none without modules
};

/// What a claim says, as a comparison of numbers (docs/formats/study.md, "Metrics").
struct ClaimHalf {
  std::string name, text;
  std::string metric;
  std::vector<std::string> compare;  ///< none, or two variants ("base": the reading as it is)
  std::string holds_if;
  bool contrast = false;  ///< shown beside the others; the verdict does not depend on it
};

struct Claim {
  std::string id, by, text, opposite;
  std::vector<std::string> mechanisms;  ///< labels of the model
  std::vector<ClaimHalf>
      halves;  ///< one or more; the claim holds if all do, fails if one does (contrasts aside)
  std::vector<std::string> only_if;  ///< else undecided
  std::vector<std::string> beware;
};

/// What a label such as "E5" stands for.
struct Mechanism {
  std::string id, text;
  std::string paragraph, nearest, simplified;  ///< how the model does it, the nearest published
                                               ///< model, what was left out; may be empty
};

/// How long other wars of that age went on: a Weibull law, all times in one unit.
struct BaseRate {
  std::string id, text, source;
  double shape = 1.0, median = 1.0, age = 0.0, round_length = 1.0;
  /// P(still going on `rounds` rounds from now | lasted until `age`).
  [[nodiscard]] double survival(double rounds) const;
};

struct StudyEvent {
  std::string date, kind, by, what, source;
};

/// Parameters whose effect on a claim is taken together.
struct WorldsGroup {
  std::string name;
  std::vector<std::string> parameters;
};

/// Weighs a world by how likely the wars of a base rate are in it: as if `wars` of them had been
/// seen, of which the base rate's share outlast `round` rounds (docs/methods_worlds.md, "Weights").
struct WorldsBaseRate {
  std::string id;
  int round = 1;
  double wars = 10.0;
};

/// Drawing plausible worlds: all parameters with a plausible range vary at once, and the precision
/// with them.
struct StudyWorlds {
  int number = 4096;   ///< in all; a multiple of `scrambles`
  int scrambles = 16;  ///< independent scrambles of one Sobol sequence
  int seed = 1;
  std::vector<std::pair<std::string, int>> grid;  ///< as `StudySolve::grid`; empty: the study's own
  Settings parameters;                            ///< what worlds are solved with to be cheaper
  bool variants =
      true;  ///< solve the variants that claims need; else such claims are not judged over worlds
  std::optional<int>
      effects;  ///< rows of the design that total effects come from; number / 16 unless said
  std::optional<int>
      checked;  ///< worlds solved on a finer grid too, for the error of all; 9 to 32 unless said
  std::optional<int> certified;     ///< worlds certified; 1 to 4 unless said
  std::vector<WorldsGroup> groups;  ///< the others: what belongs together ("cost[Moscow]")
  std::optional<WorldsBaseRate> base_rate;
  bool events = false;  ///< weigh by the dated events
};

/// What a kind of dated event is in the model: actions, chance outcomes or ends, any of them.
/// Within a round it happens once at most; a kind that names an offer without actions is reported
/// with its number.
struct EventKind {
  struct Window {
    int from = 0, to = 0;  ///< days since 1970-01-01, both included
  };
  std::string kind;
  std::vector<std::string> actors;  ///< whose events these are; none: anybody's
  std::vector<std::string> moves, actions,
      ends;                   ///< as the model calls them; a move may be "reply of Kyiv"
  std::vector<Window> watch;  ///< in here the log is complete, so silence is data
  double reliability = 0.95;  ///< chance that a report (or silence in a window) is what it says
  [[nodiscard]] std::string name() const;  ///< "strike (RU)"
  [[nodiscard]] bool concerns(const std::string& event_kind, const std::string& actor) const;
};

/// A row of the event log.
struct LoggedEvent {
  std::string date;
  int day = 0;  ///< days since 1970-01-01
  std::string actor, kind, what, source;
  std::optional<double> reliability;  ///< else that of its kind
  std::optional<double> number;       ///< of an offer
};

/// Which date belongs to which round.
struct EventCalendar {
  int start = 0;             ///< first day of round 1, days since 1970-01-01
  double round_days = 30.0;  ///< how long a round lasts
};

/// How a study weighs its readings by dated events (docs/formats/study.md, "Evidence").
struct StudyEvidence {
  std::string log, log_path, log_text;
  std::vector<LoggedEvent> events;
  std::vector<EventKind> kinds;
  std::vector<std::pair<std::string, std::string>>
      unmapped;  ///< kinds that are nothing in this model, and why
  EventCalendar calendar;
  std::vector<EventCalendar> calendars;  ///< other mappings of dates to rounds, to compare with
  int until = 0;                         ///< last day of the record
  std::vector<std::pair<double, double>> lambda{
      {1.0, 1.0}};                                    ///< multiples of lambda and their weights
  std::vector<std::pair<std::string, double>> prior;  ///< over readings, in their order
  double threshold = 10.0;  ///< Bayes factors below it tell readings apart too little
  int plays = 200;          ///< simulated under each reading; 0: no power
  std::uint64_t seed = 1;
};

struct StudySolve {
  StudyMethod method = StudyMethod::automatic;
  StudyChoice choice;                             ///< of readings that state none
  std::vector<std::pair<std::string, int>> grid;  ///< nodes by player; the name "" means everyone
  std::optional<double> lambda;
  std::vector<double> report_lambda{0.5, 1.0, 2.0};
  int window = 0;           ///< rounds the report shows; 0: half the horizon
  double tolerance = 0.01;  ///< grid error of a printed number
  double residual_tolerance = 1e-6;
  std::vector<std::string> uncertified;  ///< families of printed numbers without a certificate
  Measure measure = Measure::cells;
  std::vector<std::string> outcomes;  ///< in the order of the report
  bool reasons = true;                ///< find what makes readings disagree with the neutral one
};

/// A model with numbers, readings and claims: the content of a study file, checked against its
/// model.
struct Study {
  std::string title, question, round_name = "round";
  std::string file, file_text;
  std::string model_path;  ///< as opened: beside the study file
  std::string model_name;  ///< as written in the study
  std::vector<std::string> modules, module_paths;
  std::vector<std::string> sources;
  StudySolve solve;
  std::vector<StudyParameter> parameters;
  std::vector<Reading> readings;
  std::vector<Variant> variants;
  std::vector<Claim> claims;
  std::vector<Mechanism> mechanisms;  ///< labels of the model or of claims, and what they stand for
  std::vector<BaseRate> base_rates;
  std::vector<StudyEvent> events;  ///< kept, not used yet
  std::optional<StudyWorlds> worlds;
  std::optional<StudyEvidence> evidence;
  std::optional<Model> model;
  Diagnostics warnings;
};

/// Which equilibrium of a reading's games is meant: its own choice, else the study's.
[[nodiscard]] inline const StudyChoice& choice_of(const Study& study, const Reading& reading) {
  return reading.choice.empty() ? study.solve.choice : reading.choice;
}

/// Reads a study and the model it names, and checks one against the other.
/// Errors: every mistake of the study at once (M07xx), or every diagnostic of the model.
[[nodiscard]] Result<Study> read_study(const std::string& path);
/// The same for a text in memory; the model is looked up beside `path`.
[[nodiscard]] Result<Study> read_study_text(const std::string& text, const std::string& path);

}  // namespace melian
