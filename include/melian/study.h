#pragma once
/// The door of `study`: from a solved game to what it says. Predictions, simulation, certified answers, and studies
/// (readings, variants, claims) with their store.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "melian/base.h"
#include "melian/certify.h"
#include "melian/game.h"
#include "melian/language.h"
#include "melian/solve.h"

namespace melian {

// ---- Predictions: exact on the grid, no sampling (docs/methods.md, "Prediction") -----------------------------------

/// What one player's behaviour and the battlefield reveal about its type, in bits, as the analyst learns it.
struct Information {
  std::vector<double> talk, battlefield;  ///< by round, unconditional
  std::vector<double> per_round_reached;  ///< (talk + battlefield) / P(round reached)
  double total = 0.0;                     ///< sum of talk and battlefield
  double prior_entropy = 0.0, end_entropy = 0.0;
  double splitting = 0.0;  ///< what interpolation added: prior - end entropy = total + splitting
};

struct OfferPrediction {
  double mean = 0.0;                                   ///< of the offers made in the first round in which the move is reached
  int first_round = 0;                                 ///< that round, from 1
  double accepted = 0.0;                               ///< probability that an offer of this move is accepted
  std::optional<double> accepted_mean;                 ///< mean of the accepted ones; none when nothing is ever accepted
  std::vector<double> mean_by_round;                   ///< given that the move is reached in the round; 0 where `reached_by_round` is
  std::vector<double> reached_by_round;                ///< expected number of times the move is made
  std::vector<std::vector<double>> expected_by_round;  ///< [r - 1][offer]: expected number of times this offer is made
  std::vector<std::vector<double>> accepted_by_round;  ///< [r - 1][offer]: expected number of times it is accepted
};

/// What one type of one mover does at the first public state.
struct StartStrategy {
  int player = 0, type = 0;
  int move = 0;                       ///< its own: of choices made at the same time, one of them
  std::vector<double> probabilities;  ///< [k]: of action `actions[k]` of the move
  std::vector<int> actions;
};

struct Prediction {
  std::vector<double> outcomes;                          ///< [outcome], by the analyst's prior
  std::vector<std::vector<double>> outcomes_by_profile;  ///< [outcome][full profile]
  std::vector<double> profile_weight;                    ///< [full profile], the analyst's prior
  double rounds_mean = 0.0;                              ///< rounds played; a play cut off by the horizon counts the horizon
  std::vector<double> rounds_distribution;               ///< [r - 1]: play ends in round r
  double unfinished = 0.0;                               ///< horizon's closing reached
  std::vector<double> hazard;                            ///< P(T = t) / P(T >= t)
  std::vector<std::vector<double>> hazard_by_profile;    ///< [full profile][t - 1]
  std::vector<double> tallies;
  std::vector<std::vector<double>> tallies_by_profile;               ///< [tally][full profile]
  std::vector<std::vector<double>> reached_by_profile;               ///< [full profile][t - 1]: P(T >= t)
  std::map<int, OfferPrediction> offers;                             ///< by move
  std::map<int, std::vector<std::vector<double>>> choices_by_round;  ///< by choice move: [round][action], expected number of times
  std::vector<Information> information;                              ///< [player]
  /// [player][type][true type][round]: mean of the analyst's belief in the type at the top of the round, given reached.
  std::vector<std::vector<std::vector<std::vector<double>>>> belief_by_round;
  std::vector<double> reached_by_round;     ///< P(T >= t)
  std::vector<std::vector<double>> values;  ///< [player][type], at the start, own belief and own odds
  std::vector<StartStrategy> start;         ///< at the first public state, at the prior, mover by mover (empty when it is chance)
};

/// Forward distribution over (round, public state, belief point) per true type profile, the adjoint of backward
/// evaluation; information by the analyst's beliefs.
[[nodiscard]] Prediction predict(const Game& game, const Assessment& assessment, const OnStep& on_step = {});
/// The same, with the values at the start that the solver has found instead of a sweep of its own that finds them again.
/// Requires: a solution that was not cancelled.
[[nodiscard]] Prediction predict(const Game& game, const Solution& solution, const OnStep& on_step = {});

/// The numbers of a prediction that are printed, by name ("outcomes.settlement", "rounds.mean", "values.D.weak", ...):
/// the list whose grid error a certificate gives.
[[nodiscard]] std::map<std::string, double> printed_numbers(const Structure& structure, const Prediction& prediction);

// ---- Simulation ----------------------------------------------------------------------------------------------------

struct PlayStep {
  int play = 0, round = 0;  ///< from 1
  int state = 0, branch = 0;
  double belief_before = 0.0;  ///< true analyst's belief in the mover's second type (of chance and of several movers: of the
                               ///< player about whom the step says most), not the grid's
  double belief_after = 0.0;
};
struct Play {
  std::vector<int> types;
  std::vector<PlayStep> steps;
  int outcome = -1;
  int last_round = 0;
  bool unfinished = false;
};
struct Simulation {
  std::vector<Play> plays;
};
/// Plays of the solved game at true beliefs (log-odds carried exactly, strategies interpolated in belief).
/// The same seed gives the same plays for any number of threads.
[[nodiscard]] Simulation simulate(const Game& game, const Assessment& assessment, std::int64_t plays, std::uint64_t seed);

// ---- A certified answer --------------------------------------------------------------------------------------------

struct AnswerOptions {
  SolveOptions solve;
  CertifyOptions certify;
  bool with_certificate = true;  ///< residual, exploitability, grid error; else only the solution's own counts
  bool check_ladder = false;     ///< where some decision has no curve: climb the ladder of lambda again in half the steps (`Certificate::ladder_error`)
};

struct Answer {
  Solution solution;  ///< `refined` is dropped once certified
  Prediction prediction;
  Certificate certificate;
  double compile_seconds = 0, solve_seconds = 0, certify_seconds = 0;
};

/// Solve, predict, certify: at N nodes (the answer), at N/2 and N/4 (the grid error of every printed number).
[[nodiscard]] Result<Answer> answer(const Game& game, const AnswerOptions& options = {});

// ---- Studies ----

/// A number of the base that all readings of a study share.
struct StudyParameter {
  std::string name;
  std::optional<ParameterContent> content;             ///< none: the model's default
  std::optional<std::pair<double, double>> plausible;  ///< what the analyst thinks possible
  bool log_scale = false;                              ///< plausible worlds spread it evenly in its logarithm
  std::string source;                                  ///< empty: a judgement
  std::string judgement;                               ///< what the judgement rests on; may be empty
};

/// An attributed set of beliefs and parameters.
struct Reading {
  std::string id, by, date, text, standpoint;
  bool neutral = false;                        ///< the analyst's own base
  Settings parameters;                         ///< only what departs from the study's base
  std::map<std::string, std::string> because;  ///< by parameter
};

/// The same game with something changed: without talks, without truces, with a module more.
struct Variant {
  std::string id, text;
  Settings parameters;
  std::vector<std::string> modules{}, module_paths{};  ///< besides the study's own, behind them
  std::optional<Model> model{};                        ///< the study's with these modules; none without modules
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
  std::vector<ClaimHalf> halves;        ///< one or more; the claim holds if all do, fails if one does (contrasts aside)
  std::vector<std::string> only_if;     ///< else undecided
  std::vector<std::string> beware;
};

/// What a label such as "E5" stands for.
struct Mechanism {
  std::string id, text;
  std::string paragraph, nearest, simplified;  ///< how the model does it, the nearest published model, what was left out; may be empty
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

/// Weighs a world by how likely the wars of a base rate are in it: as if `wars` of them had been seen, of which the base
/// rate's share outlast `round` rounds (docs/methods_worlds.md, "Weights").
struct WorldsBaseRate {
  std::string id;
  int round = 1;
  double wars = 10.0;
};

/// Drawing plausible worlds: all parameters with a plausible range vary at once, and the precision with them.
struct StudyWorlds {
  int number = 4096;   ///< in all; a multiple of `scrambles`
  int scrambles = 16;  ///< independent scrambles of one Sobol sequence
  int seed = 1;
  std::vector<std::pair<std::string, int>> grid;  ///< as `StudySolve::grid`; empty: the study's own
  Settings parameters;                            ///< what worlds are solved with to be cheaper
  bool variants = true;                           ///< solve the variants that claims need; else such claims are not judged over worlds
  std::optional<int> effects;                     ///< rows of the design that total effects come from; number / 16 unless said
  std::optional<int> checked;                     ///< worlds solved on a finer grid too, for the error of all; 9 to 32 unless said
  std::optional<int> certified;                   ///< worlds certified; 1 to 4 unless said
  std::vector<WorldsGroup> groups;                ///< the others: what belongs together ("cost[Moscow]")
  std::optional<WorldsBaseRate> base_rate;
  bool events = false;  ///< weigh by the dated events
};

/// What a kind of dated event is in the model: actions, chance outcomes or ends, any of them. Within a round it happens
/// once at most; a kind that names an offer without actions is reported with its number.
struct EventKind {
  struct Window {
    int from = 0, to = 0;  ///< days since 1970-01-01, both included
  };
  std::string kind;
  std::vector<std::string> actors;                ///< whose events these are; none: anybody's
  std::vector<std::string> moves, actions, ends;  ///< as the model calls them; a move may be "reply of Kyiv"
  std::vector<Window> watch;                      ///< in here the log is complete, so silence is data
  double reliability = 0.95;                      ///< chance that a report (or silence in a window) is what it says
  [[nodiscard]] std::string name() const;         ///< "strike (RU)"
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
  std::vector<std::pair<std::string, std::string>> unmapped;  ///< kinds that are nothing in this model, and why
  EventCalendar calendar;
  std::vector<EventCalendar> calendars;                       ///< other mappings of dates to rounds, to compare with
  int until = 0;                                              ///< last day of the record
  std::vector<std::pair<double, double>> lambda{{1.0, 1.0}};  ///< multiples of lambda and their weights
  std::vector<std::pair<std::string, double>> prior;          ///< over readings, in their order
  double threshold = 10.0;                                    ///< Bayes factors below it tell readings apart too little
  int plays = 200;                                            ///< simulated under each reading; 0: no power
  std::uint64_t seed = 1;
};

struct StudySolve {
  std::vector<std::pair<std::string, int>> grid;  ///< nodes by player; the name "" means everyone
  std::optional<double> lambda;
  std::vector<double> report_lambda{0.5, 1.0, 2.0};
  int window = 0;           ///< rounds the report shows; 0: half the horizon
  double tolerance = 0.01;  ///< grid error of a printed number
  double residual_tolerance = 1e-6;
  Measure measure = Measure::cells;
  std::vector<std::string> outcomes;  ///< in the order of the report
  bool reasons = true;                ///< find what makes readings disagree with the neutral one
};

/// A model with numbers, readings and claims: the content of a study file, checked against its model.
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

/// Reads a study and the model it names, and checks one against the other.
/// Errors: every mistake of the study at once (M07xx), or every diagnostic of the model.
[[nodiscard]] Result<Study> read_study(const std::string& path);
/// The same for a text in memory; the model is looked up beside `path`.
[[nodiscard]] Result<Study> read_study_text(const std::string& text, const std::string& path);

enum class Verdict { holds, fails, undecided };
[[nodiscard]] const char* verdict_word(Verdict verdict);

/// What weighs a world by the dated events: the log-likelihood of the events in a solved game.
struct EventWeight {
  std::string fingerprint;  ///< of the events and how they are read: part of what the store keeps a number under
  std::function<std::optional<double>(const Game&, const Assessment&)> log_likelihood;
};

struct StudyOptions {
  std::string out;      ///< folder for the store; empty: nothing is kept
  std::string command;  ///< how the run was started, for "how to reproduce"
  OnStep on_step;
  std::optional<int> worlds = std::nullopt;                 ///< plausible worlds; overrides the study's number; 0: none
  std::optional<std::pair<int, int>> shard = std::nullopt;  ///< (i, n): solve only every n-th world, from the i-th; results are not written
  std::optional<EventWeight> event_weight = std::nullopt;   ///< where the study weighs worlds by events
};

/// The verdict on one claim under one reading.
struct ClaimVerdict {
  std::string claim, reading;
  Verdict verdict = Verdict::undecided;
  std::optional<double> value;
  double error = 0.0, compared_with = 0.0;
  bool same_for_all_lambda = true;
};

struct StudyRun {
  std::string results;                    ///< the text of results.json (docs/formats/study_results.md)
  std::vector<ClaimVerdict> verdicts;     ///< claims x readings, in the order of the study
  bool certified = false;                 ///< every reading's certificate holds
  std::vector<std::string> failures;      ///< why not
  int pieces = 0, from_store = 0;         ///< solved games, and how many of them the store knew
  int worlds = 0, worlds_from_store = 0;  ///< games of plausible worlds, and how many of them the store knew
  bool cancelled = false;                 ///< stopped by `on_step`; what was solved is in the store
  double seconds = 0.0;
};

/// Solves every reading (at each reported lambda, with the variants its claims need), certifies the readings, predicts
/// and judges the claims. Identical work is shared and kept in `out`/store.sqlite: a killed run resumes.
///
/// Errors: what is wrong with the store (M0914 ... M0917), or a game that cannot be compiled or solved (M0901, M0902).
[[nodiscard]] Result<StudyRun> run_study(const Study& study, const StudyOptions& options = {});

/// Memory that `answer` holds at most, in bytes, counted before anything is solved: the rungs of the ladder, then the sweeps of the
/// prediction, the checks, and the thinned grids.
[[nodiscard]] std::int64_t count_answer_bytes(const Game& game, const AnswerOptions& options);

/// What a run will take, before anything is solved.
struct StudyEstimate {
  struct Part {
    std::string what;           ///< "readings", "worlds", ...
    std::int64_t games = 0;     ///< to be solved, those in the store left out
    std::int64_t in_store = 0;  ///< that the store knows
    double decisions = 0.0;     ///< of all games, one pass over each
    double seconds = 0.0;       ///< on the threads set
  };
  std::vector<Part> parts;
  std::vector<Part> at_most;        ///< what verdicts and solutions decide: no more than this on top
  double seconds = 0.0;             ///< of all parts
  double decisions_a_second = 0.0;  ///< measured on games of some worlds, one thread
  std::int64_t memory_bytes = 0;    ///< at most at a time: what the games hold once built (measured), and what is solved and read at once (counted)
  std::int64_t memory_without_ladder_bytes = 0;  ///< the same, should no game have decisions with several solutions
  std::int64_t disk_bytes = 0;                   ///< the store will grow by
  int threads = 1;
};

/// Counts the games of a run and times one small solve. Nothing is written.
/// Errors: as `run_study`.
[[nodiscard]] Result<StudyEstimate> estimate_study(const Study& study, const StudyOptions& options = {});

/// Puts what stores of the same program hold into one (docs/formats/store.md, "Merging").
struct StoreMerge {
  std::int64_t pieces = 0, worlds = 0;  ///< taken over
  std::int64_t known = 0;               ///< already there, and the same
  std::vector<std::string> conflicts;   ///< kept under the same key with other numbers: the first store's stay
};
/// Errors: M0914 ... M0917 of any store, M0918 (stores of different programs).
[[nodiscard]] Result<StoreMerge> merge_stores(const std::vector<std::string>& stores, const std::string& into);

}  // namespace melian
