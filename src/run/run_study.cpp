#include <algorithm>
#include <chrono>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "claims/claim_solutions.h"
#include "claims/claims.h"
#include "claims/resident.h"
#include "claims/study_games.h"
#include "evidence/evidence_weigh.h"
#include "melian/run.h"
#include "run/reasons.h"
#include "run/study_json.h"
#include "worlds/worlds.h"

namespace melian {
namespace {

/// What the claims take from games, each once.
Wanted wanted_by(const Study& study, const std::vector<ParsedClaim>& claims) {
  Wanted out;
  for (std::size_t c = 0; c < study.claims.size(); ++c)
    for_each_use(
        claims[c], study.claims[c],
        [&](const std::string& variant, const metric::Atom& atom) { want(out, variant, atom); });
  return out;
}

class Runner {
 public:
  Runner(const Study& study, StudyOptions options, std::vector<ParsedClaim> claims)
      : study_(study),
        options_(std::move(options)),
        claims_(std::move(claims)),
        games_(study, options_, wanted_by(study, claims_)) {
    if (study.evidence && !options_.event_weight)
      options_.event_weight = evidence::event_weight(study);
  }
  Runner(const Runner&) = delete;  // its parts look into its options
  Runner& operator=(const Runner&) = delete;

  Result<StudyRun> run() {
    if (auto ready = games_.prepare(); !ready) return std::unexpected(std::move(ready.error()));
    if (auto ready = prepare_worlds(); !ready) return std::unexpected(std::move(ready.error()));
    if (options_.shard) return run_shard();
    if (study_.solve.reasons) games_.reserve(static_cast<double>(most_mixtures()));
    auto finished = games_.obtain(first_tasks());
    if (finished && *finished) finished = games_.obtain(selection_tasks());
    if (finished && *finished && study_.evidence) finished = weigh_events();
    if (finished && *finished) finished = judge();
    if (finished && *finished && worlds_) finished = judge_worlds();
    if (!finished) return std::unexpected(std::move(finished.error()));
    StudyRun out;
    out.cancelled = !*finished;
    if (*finished) write(out);
    count(out);
    return out;
  }

  /// What the run will take; nothing is solved but one world, to see how fast it goes.
  Result<StudyEstimate> estimate() {
    if (auto ready = games_.prepare(true); !ready) return std::unexpected(std::move(ready.error()));
    if (auto ready = prepare_worlds(); !ready) return std::unexpected(std::move(ready.error()));
    StudyEstimate out;
    out.threads = num_threads();
    const auto readings = games_.missing(first_tasks());
    if (!readings) return std::unexpected(readings.error());
    out.parts.push_back(
        {"readings", readings->games, readings->in_store, readings->decisions, 0.0});
    out.memory_bytes = readings->bytes;
    out.memory_without_ladder_bytes = readings->bytes_without_ladder;
    constexpr std::int64_t bytes_a_reading = 60'000, bytes_a_number = 24, bytes_a_world = 700;
    out.disk_bytes = readings->games * bytes_a_reading;
    StudyOptions few = options_;
    few.worlds = 24;  // timed one by one, until they say enough
    WorldsRun calibration(study_, few, claims_, nullptr);
    if (auto ready = calibration.prepare(); !ready)
      return std::unexpected(std::move(ready.error()));
    const auto speed = calibration.games().decisions_a_second();
    if (!speed) return std::unexpected(speed.error());
    out.decisions_a_second = *speed;
    if (worlds_) {
      const auto missing = worlds_->games().missing(worlds_->tasks());
      if (!missing) return std::unexpected(missing.error());
      out.parts.push_back(
          {"plausible worlds", missing->games, missing->in_store, missing->decisions, 0.0});
      out.memory_bytes = std::max(out.memory_bytes, worlds_->games().bytes_at_once(true));
      out.memory_without_ladder_bytes =
          std::max(out.memory_without_ladder_bytes, worlds_->games().bytes_at_once(false));
      const auto numbers = static_cast<std::int64_t>(worlds_->games().numbers_a_game());
      out.disk_bytes += missing->games * (bytes_a_world + numbers * bytes_a_number);
    }
    const std::int64_t held = resident_bytes();
    out.memory_bytes += held;
    out.memory_without_ladder_bytes += held;
    if (study_.evidence) {
      auto events = events_part();
      if (!events) return std::unexpected(std::move(events.error()));
      out.parts.push_back(*events);
    }
    if (auto added = add_at_most(out); !added) return std::unexpected(std::move(added.error()));
    for (auto* parts : {&out.parts, &out.at_most})
      for (StudyEstimate::Part& part : *parts)
        part.seconds = part.decisions / (out.decisions_a_second * out.threads);
    for (const StudyEstimate::Part& part : out.parts) out.seconds += part.seconds;
    return out;
  }

 private:
  /// What depends on answers: other choices among several solutions, and why readings disagree.
  Result<void> add_at_most(StudyEstimate& out) {
    std::vector<Task> unladdered;
    for (const Task& task : first_tasks())
      if (!games_.on_tree() && task.level == Level::half_grid)
        unladdered.push_back(
            {task.reading, task.variant, task.lambda, Level::half_grid_unladdered});
    const auto chosen = games_.missing(unladdered);
    if (!chosen) return std::unexpected(chosen.error());
    out.at_most.push_back({"another choice where a game has several solutions", chosen->games,
                           chosen->in_store, chosen->decisions, 0.0});
    if (!study_.solve.reasons) return {};
    const MostForReasons reasons = most_for_reasons(
        study_, claims_,
        [&](const std::string& variant) { return games_.thinned_decisions(variant); });
    out.at_most.push_back({"why readings disagree", reasons.games, 0, reasons.decisions, 0.0});
    return {};
  }

  /// Dated events: every reading at every stated multiple of lambda, on its grid and on a thinned
  /// one.
  Result<StudyEstimate::Part> events_part() {
    const auto known = games_.has_document("evidence", evidence::evidence_text(study_));
    if (!known) return std::unexpected(known.error());
    StudyEstimate::Part out{"dated events", 0, 0, 0.0, 0.0};
    for (std::size_t r = 0; r < study_.readings.size(); ++r) {
      BeliefGrid grid = grid_for(study_, games_.game(r));
      for (const int thinned : {0, 1}) {
        grid.thinned = thinned;
        const auto solves = static_cast<std::int64_t>(study_.evidence->lambda.size());
        (*known ? out.in_store : out.games) += solves;
        if (!*known)
          out.decisions += static_cast<double>(solves) *
                           static_cast<double>(count_decisions(games_.game(r).shape(),
                                                               belief_axes(games_.game(r), grid)));
      }
    }
    return out;
  }

  Result<void> prepare_worlds() {
    options_.on_tree = games_.on_tree();
    if (!draws_worlds(study_, options_)) return {};
    if (auto fit = worlds_fit(study_, options_); !fit) return fit;
    worlds_.emplace(study_, options_, claims_, games_.store());
    return worlds_->prepare();
  }

  /// A part of the worlds, for a store that is merged with those of the other parts; the first does
  /// the readings too.
  Result<StudyRun> run_shard() {
    StudyRun out;
    // The first part has the readings, whatever else there is.
    const std::size_t tasks = std::max<std::size_t>(1, worlds_ ? worlds_->tasks().size() : 0);
    if (static_cast<std::size_t>(options_.shard->second) > tasks)
      return std::unexpected(Diagnostics{placeless(
          "M0806",
          fmt::format("{} parts of a run that has {} games of plausible worlds: some would have "
                      "nothing to do",
                      options_.shard->second, worlds_ ? tasks : 0),
          fmt::format("at most {} parts", tasks))});
    Result<bool> finished = true;
    if (options_.shard->first == 1) {
      finished = games_.obtain(first_tasks());
      if (finished && *finished) finished = games_.obtain(selection_tasks());
    }
    if (finished && *finished && worlds_) finished = worlds_->solve();
    if (!finished) return std::unexpected(std::move(finished.error()));
    out.cancelled = !*finished;
    out.certified = true;
    if (*finished && options_.shard->first == 1) judge_certificates(out);
    count(out);
    return out;
  }

  void judge_certificates(StudyRun& out) const {
    std::vector<const Piece*> answers;
    for (std::size_t r = 0; r < study_.readings.size(); ++r)
      answers.push_back(&games_.piece({r, -1, one_, Level::answer}));
    out.failures = certificate_failures(study_, answers);
    out.certified = out.failures.empty();
  }

  Result<bool> judge_worlds() {
    auto finished = worlds_->solve();
    if (!finished || !*finished) return finished;
    if (auto noted = worlds_->note(); !noted) return std::unexpected(std::move(noted.error()));
    over_worlds_ = worlds_->judge();
    return !options_.on_step || options_.on_step({"results", 1.0});
  }

  /// The readings' answers, the variants, and the thinned games that errors of claims come from.
  [[nodiscard]] std::vector<Task> first_tasks() const {
    std::vector<Task> out;
    for (std::size_t r = 0; r < study_.readings.size(); ++r)
      for (std::size_t l = 0; l < study_.solve.report_lambda.size(); ++l)
        for (int v = -1; v < games_.num_variants(); ++v) {
          if (l == one_ || v < 0 || games_.claimed(v))
            out.push_back({r, v, l, games_.own_level(v, l)});
          if (games_.claimed(v)) out.push_back({r, v, l, Level::half_grid});
        }
    // Readings' answers first: they are what a stopped run should already know.
    std::ranges::stable_sort(out, {},
                             [](const Task& task) { return task.level == Level::answer ? 0 : 1; });
    return out;
  }

  /// Where several solutions or jumps were met (known only once the others are solved), claims are
  /// read off under another choice among them too.
  [[nodiscard]] std::vector<Task> selection_tasks() const {
    if (games_.on_tree()) return {};
    const auto chosen = [&](const Task& task) {
      const nlohmann::json equilibrium =
          nlohmann::json::parse(games_.piece(task).document)["short"]["equilibrium"];
      return equilibrium.value("multiple_decisions", 0) + equilibrium.value("branch_jumps", 0) > 0;
    };
    std::vector<Task> out;
    for (const Task& task : games_.known())
      if (task.level == Level::half_grid &&
          (chosen(task) || chosen({task.reading, task.variant, task.lambda,
                                   games_.own_level(task.variant, task.lambda)})))
        out.push_back({task.reading, task.variant, task.lambda, Level::half_grid_unladdered});
    return out;
  }

  /// Roughly how many games reasons may take, should every reading disagree somewhere.
  [[nodiscard]] std::size_t most_mixtures() const {
    std::size_t out = 0;
    for (const Reading& reading : study_.readings) out += 2 * reading.parameters.size();
    return out;
  }

  [[nodiscard]] ClaimNumbers claim_numbers(std::size_t reading, std::size_t lambda) const {
    ClaimNumbers out{games_.numbers(reading, lambda, {Level::answer, Level::grid}),
                     games_.numbers(reading, lambda, {Level::half_grid}), std::nullopt};
    for (int v = -1; v < games_.num_variants(); ++v)
      if (games_.knows({reading, v, lambda, Level::half_grid_unladdered}))
        out.selection =
            games_.numbers(reading, lambda, {Level::half_grid_unladdered, Level::half_grid});
    return out;
  }

  /// Readings weighed by dated events. False: stopped.
  Result<bool> weigh_events() {
    const OnStep on_step = [&](const Step& step) {
      return !options_.on_step || options_.on_step({step.stage, games_.shown()});
    };
    auto found = games_.obtain_document(
        "evidence", evidence::evidence_text(study_), [&]() -> Result<std::optional<std::string>> {
          auto weights = evidence::weigh(
              study_, [&](std::size_t reading) -> const Game& { return games_.game(reading); },
              on_step);
          if (!weights) return std::unexpected(std::move(weights.error()));
          if (!*weights) return std::nullopt;
          return evidence::evidence_json(study_, **weights);
        });
    if (!found) return std::unexpected(std::move(found.error()));
    if (*found) evidence_ = std::move(**found);
    return found->has_value();
  }

  /// Verdicts, and why they differ. False: stopped.
  Result<bool> judge() {
    std::vector<std::vector<ClaimJudgement>> at_own_lambda(study_.readings.size());
    for (std::size_t r = 0; r < study_.readings.size(); ++r) {
      judgements_.emplace_back(study_.claims.size());
      for (std::size_t c = 0; c < study_.claims.size(); ++c) {
        for (std::size_t l = 0; l < study_.solve.report_lambda.size(); ++l)
          judgements_[r][c].push_back(
              judge_claim(study_.claims[c], claims_[c], claim_numbers(r, l)));
        judge_in_solutions(study_, c, claims_[c], games_, r, judgements_[r][c][one_]);
        at_own_lambda[r].push_back(judgements_[r][c][one_]);
      }
    }
    if (study_.solve.reasons) {
      auto found = find_reasons(study_, claims_, at_own_lambda, games_);
      if (!found) return std::unexpected(std::move(found.error()));
      if (!*found) return false;
      reasons_ = std::move(**found);
    }
    return !options_.on_step || options_.on_step({"results", 1.0});
  }

  void write(StudyRun& out) {
    StudyFindings findings;
    for (std::size_t r = 0; r < study_.readings.size(); ++r) {
      StudyFindings::OfReading found;
      found.answer = &games_.piece({r, -1, one_, Level::answer});
      for (std::size_t l = 0; l < study_.solve.report_lambda.size(); ++l)
        found.by_lambda.push_back(&games_.piece({r, -1, l, games_.own_level(-1, l)}));
      for (int v = 0; v < games_.num_variants(); ++v)
        found.variants.push_back(&games_.piece({r, v, one_, Level::grid}));
      found.judgements = judgements_[r];
      const Game& game = games_.game(r);
      BeliefGrid thinned = grid_for(study_, game);
      thinned.thinned = 1;
      findings.half_grids.push_back(games_.on_tree() ? "" : grid_text(game, thinned));
      if (game.shape().horizon == HorizonKind::finite)
        findings.horizon = std::max(findings.horizon, game.shape().rounds);
      findings.readings.push_back(std::move(found));
    }
    findings.reasons = reasons_;
    findings.worlds = over_worlds_;
    findings.evidence = evidence_;
    findings.command = options_.command;
    findings.on_tree = games_.on_tree();
    findings.why_method = games_.why_method();
    for (std::size_t c = 0; c < study_.claims.size(); ++c)
      for (std::size_t r = 0; r < study_.readings.size(); ++r)
        out.verdicts.push_back(summary(c, r));
    judge_certificates(out);
    findings.failures = out.failures;
    count(out);
    findings.pieces = out.pieces;
    findings.from_store = out.from_store;
    findings.seconds = out.seconds;
    out.results = study_results_json(study_, findings);
  }

  [[nodiscard]] ClaimVerdict summary(std::size_t claim, std::size_t reading) const {
    const std::vector<ClaimJudgement>& judged = judgements_[reading][claim];
    const HalfJudgement& shown = judged[one_].halves[judged[one_].deciding];
    ClaimVerdict out{study_.claims[claim].id,
                     study_.readings[reading].id,
                     judged[one_].verdict,
                     shown.value,
                     shown.error(),
                     shown.compared_with.value_or(0.0),
                     true};
    for (const ClaimJudgement& other : judged)
      out.same_for_all_lambda =
          out.same_for_all_lambda && other.verdict == judged[one_].in_answers();
    return out;
  }

  void count(StudyRun& out) const {
    out.pieces = games_.count();
    out.from_store = games_.from_store();
    if (const Store* store = games_.store())
      out.damaged = static_cast<int>(store->damaged().size());
    if (worlds_)
      out.worlds = worlds_->games().count(), out.worlds_from_store = worlds_->games().from_store();
    out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun_).count();
  }

  const Study& study_;
  StudyOptions options_;
  std::vector<ParsedClaim> claims_;
  StudyGames games_;
  std::size_t one_ = games_.own_lambda();
  std::vector<std::vector<std::vector<ClaimJudgement>>> judgements_;  ///< [reading][claim][lambda]
  std::vector<Reason> reasons_;
  std::optional<WorldsRun> worlds_;
  std::optional<WorldsFindings> over_worlds_;
  std::string evidence_;  ///< JSON; empty: the study has none
  std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

}  // namespace

Result<StudyRun> run_study(const Study& study, const StudyOptions& options) {
  MELIAN_EXPECT(study.model.has_value() && !study.readings.empty(),
                "a study as `read_study` gives it");
  auto claims = parse_claims(study);
  if (!claims) return std::unexpected(std::move(claims.error()));
  return Runner(study, options, std::move(*claims)).run();
}

Result<StudyEstimate> estimate_study(const Study& study, const StudyOptions& options) {
  MELIAN_EXPECT(study.model.has_value() && !study.readings.empty(),
                "a study as `read_study` gives it");
  auto claims = parse_claims(study);
  if (!claims) return std::unexpected(std::move(claims.error()));
  return Runner(study, options, std::move(*claims)).estimate();
}

}  // namespace melian
