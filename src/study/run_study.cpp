#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <set>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "study/claims.h"
#include "study/settings_merge.h"
#include "study/store.h"
#include "study/study_json.h"
#include "study/study_pieces.h"

namespace melian {
namespace {

/// How a game of the study is solved; the words stand in the store.
enum class Level { answer, grid, half_grid, half_grid_unladdered };

const char* word_of(Level level) {
  switch (level) {
    case Level::answer: return "answer";
    case Level::grid: return "grid";
    case Level::half_grid: return "half grid";
    case Level::half_grid_unladdered: return "half grid, ladder not climbed";
  }
  return "";
}

/// Rough shares of the work, for the progress bar.
double weight_of(Level level) { return level == Level::answer ? 40.0 : level == Level::grid ? 8.0 : 1.0; }

/// One game to be solved: a reading in a variant (-1: the base) at a multiple of lambda.
struct Task {
  std::size_t reading = 0;
  int variant = -1;
  std::size_t lambda = 0;  ///< index into report_lambda
  Level level = Level::grid;
  auto operator<=>(const Task&) const = default;
};

class Runner {
 public:
  Runner(const Study& study, const StudyOptions& options) : study_(study), options_(options), around_{&study.base_rates, nullptr} {}

  Result<StudyRun> run() {
    const auto begun = std::chrono::steady_clock::now();
    auto parsed = parse_claims(study_);
    if (!parsed) return std::unexpected(std::move(parsed.error()));
    claims_ = std::move(*parsed);
    one_ = static_cast<std::size_t>(std::ranges::find(study_.solve.report_lambda, 1.0) - study_.solve.report_lambda.begin());
    collect_atoms();
    if (auto ready = compile_all(); !ready) return std::unexpected(std::move(ready.error()));
    if (auto opened = open_store(); !opened) return std::unexpected(std::move(opened.error()));

    StudyRun out;
    auto finished = obtain_all(first_tasks());
    if (finished && *finished) finished = obtain_all(selection_tasks());
    if (!finished) return std::unexpected(std::move(finished.error()));
    if (!*finished) {
      out.cancelled = true;
      count(out, begun);
      return out;
    }
    judge_and_write(out, begun);
    return out;
  }

 private:
  void collect_atoms() {
    for (std::size_t c = 0; c < study_.claims.size(); ++c)
      for_each_use(claims_[c], study_.claims[c], [&](const std::string& variant, const metric::Atom& atom) {
        if (atom.quantity == metric::Quantity::base_rate) return;  // of the study, not of a game
        std::vector<metric::Atom>& atoms = atoms_[variant];
        if (std::ranges::none_of(atoms, [&](const metric::Atom& known) { return metric::text_of(known) == metric::text_of(atom); })) atoms.push_back(atom);
      });
  }

  [[nodiscard]] const Variant* variant(int index) const { return index < 0 ? nullptr : &study_.variants[static_cast<std::size_t>(index)]; }
  [[nodiscard]] std::string variant_name(int index) const { return index < 0 ? "base" : study_.variants[static_cast<std::size_t>(index)].id; }
  [[nodiscard]] bool claimed(int index) const { return atoms_.contains(variant_name(index)); }

  /// Every game of every reading and variant, and whether claims find in it what they name: before anything is solved.
  Result<void> compile_all() {
    CompiledGames plain(*study_.model, {});
    const auto first = plain.at(settings_of(study_, &study_.readings.front()));
    if (!first) return std::unexpected(first.error());
    std::vector<std::string> players, keep;
    for (const Player& player : (*first)->structure().players) players.push_back(player.name);
    for (const auto& [variant, atoms] : atoms_)
      for (const metric::Atom& atom : atoms) metric::collect_remembered(atom, players, keep);
    games_.emplace(*study_.model, keep);
    for (std::size_t r = 0; r < study_.readings.size(); ++r)
      for (int v = -1; v < static_cast<int>(study_.variants.size()); ++v) {
        const Settings settings = settings_of(study_, &study_.readings[r], variant(v));
        const auto compiled = games_->at(settings);
        if (!compiled) return std::unexpected(compiled.error());
        auto game = (*compiled)->bind(settings);
        if (!game) return std::unexpected(std::move(game.error()));
        bound_.emplace(std::pair(r, v), std::move(*game));
        if (auto named = check_names(r, v); !named) return named;
      }
    return {};
  }

  Result<void> check_names(std::size_t reading, int v) {
    Diagnostics wrong;
    const auto atoms = atoms_.find(variant_name(v));
    if (atoms == atoms_.end()) return {};
    for (const metric::Atom& atom : atoms->second)
      for (const metric::Mistake& mistake : metric::check(atom, bound_.at({reading, v}).shape(), around(reading))) {
        Diagnostic diagnostic;
        diagnostic.code = "M0713";
        diagnostic.file = study_.file;
        diagnostic.message =
            fmt::format("reading {}, variant {}: `{}`: {}", study_.readings[reading].id, variant_name(v), metric::text_of(atom), mistake.message);
        diagnostic.hint = mistake.hint;
        wrong.push_back(std::move(diagnostic));
      }
    if (!wrong.empty()) return std::unexpected(std::move(wrong));
    return {};
  }
  metric::Surroundings around(std::size_t reading) {
    metric::Surroundings out = around_;
    out.base = &bound_.at({reading, -1}).shape();
    return out;
  }

  Result<void> open_store() {
    if (options_.out.empty()) return {};
    std::error_code error;
    std::filesystem::create_directories(options_.out, error);
    auto opened = Store::open((std::filesystem::path(options_.out) / "store.sqlite").string());
    if (!opened) return std::unexpected(std::move(opened.error()));
    store_ = std::move(*opened);
    return {};
  }

  std::vector<Task> first_tasks() {
    std::vector<Task> out;
    for (std::size_t r = 0; r < study_.readings.size(); ++r)
      for (std::size_t l = 0; l < study_.solve.report_lambda.size(); ++l)
        for (int v = -1; v < static_cast<int>(study_.variants.size()); ++v) {
          if (l == one_ || v < 0 || claimed(v)) out.push_back({r, v, l, v < 0 && l == one_ ? Level::answer : Level::grid});
          if (claimed(v)) out.push_back({r, v, l, Level::half_grid});
        }
    // Readings' answers first: they are what a stopped run should already know.
    std::ranges::stable_sort(out, {}, [](const Task& task) { return task.level == Level::answer ? 0 : 1; });
    for (const Task& task : out) total_weight_ += weight_of(task.level);
    return out;
  }

  /// Where several solutions or jumps were met (known only once the others are solved), claims are read off under another
  /// choice among them too.
  std::vector<Task> selection_tasks() {
    std::vector<Task> out;
    for (const auto& [task, key] : keys_) {
      if (task.level != Level::half_grid) continue;
      const nlohmann::json equilibrium = nlohmann::json::parse(pieces_.at(key).document)["short"]["equilibrium"];
      const Task fine{task.reading, task.variant, task.lambda, task.variant < 0 && task.lambda == one_ ? Level::answer : Level::grid};
      const nlohmann::json fine_equilibrium = nlohmann::json::parse(piece(fine).document)["short"]["equilibrium"];
      const auto chosen = [](const nlohmann::json& of) { return of.value("multiple_decisions", 0) + of.value("branch_jumps", 0) > 0; };
      if (chosen(equilibrium) || chosen(fine_equilibrium)) out.push_back({task.reading, task.variant, task.lambda, Level::half_grid_unladdered});
    }
    for (const Task& task : out) total_weight_ += weight_of(task.level);
    return out;
  }

  PieceRequest request(const Task& task) {
    PieceRequest out;
    out.game = &bound_.at({task.reading, task.variant});
    out.certified = task.level == Level::answer;
    out.lambda_factor = study_.solve.report_lambda[task.lambda];
    out.grid = grid_for(study_, *out.game);
    if (task.level == Level::half_grid || task.level == Level::half_grid_unladdered) out.grid.thinned = 1;
    out.ladder = task.level != Level::half_grid_unladdered;
    if (const auto atoms = atoms_.find(variant_name(task.variant)); atoms != atoms_.end()) out.atoms = atoms->second;
    return out;
  }

  /// False: stopped on the way.
  Result<bool> obtain_all(const std::vector<Task>& tasks) {
    for (const Task& task : tasks)
      if (auto solved = obtain(task); !solved || !*solved) return solved;
    return true;
  }

  /// From this run, from the store, or solved now. False: stopped.
  Result<bool> obtain(const Task& task) {
    const PieceRequest asked = request(task);
    const std::string key = key_of(study_, asked);
    keys_[task] = key;
    const auto complete = [&](const Piece& piece) {
      return std::ranges::all_of(asked.atoms, [&](const metric::Atom& atom) { return piece.numbers.contains(metric::text_of(atom)); });
    };
    const auto known = pieces_.find(key);
    const bool fresh = known == pieces_.end();
    Piece kept;
    if (!fresh) kept = known->second;
    if (fresh && store_) {
      auto found = store_->find(key);
      if (!found) return std::unexpected(std::move(found.error()));
      if (*found && complete(**found)) {
        pieces_[key] = std::move(**found);
        ++from_store_;
        return note(task, key);
      }
      if (*found) kept = std::move(**found);
    }
    if (!fresh && complete(kept)) return note(task, key);

    auto solved = solve_piece(study_, asked, around(task.reading), step_for(task));
    if (!solved) return std::unexpected(std::move(solved.error()));
    if (!*solved) return false;
    for (const auto& [metric, value] : kept.numbers) (*solved)->numbers.emplace(metric, value);
    if (store_)
      if (auto saved = store_->save(key, **solved); !saved) return std::unexpected(std::move(saved.error()));
    pieces_[key] = std::move(**solved);
    return note(task, key);
  }

  Result<bool> note(const Task& task, const std::string& key) {
    done_weight_ += weight_of(task.level);
    if (store_)
      if (auto noted = store_->note_use(key, {study_.readings[task.reading].id, variant_name(task.variant), word_of(task.level)}); !noted)
        return std::unexpected(std::move(noted.error()));
    shown_ = std::max(shown_, std::min(1.0, done_weight_ / total_weight_));
    return !options_.on_step || options_.on_step({stage_of(task), shown_});
  }

  std::string_view stage_of(const Task& task) {
    stage_ = fmt::format("reading {}{}", study_.readings[task.reading].id, task.variant < 0 ? "" : ", " + variant_name(task.variant));
    return stage_;
  }

  OnStep step_for(const Task& task) {
    if (!options_.on_step) return {};
    const std::string stage(stage_of(task));
    return [this, stage, weight = weight_of(task.level)](const Step& step) {
      // A game is solved, predicted and certified one after the other, each from 0 to 1: the bar only goes forward.
      shown_ = std::max(shown_, std::min(1.0, (done_weight_ + weight * std::clamp(step.done, 0.0, 1.0)) / total_weight_));
      return options_.on_step({stage, shown_});
    };
  }

  [[nodiscard]] const Piece& piece(const Task& task) const { return pieces_.at(keys_.at(task)); }

  AtomNumbers numbers(std::size_t reading, std::size_t lambda, bool coarse, bool selection) {
    return [=, this](const std::string& name, const metric::Atom& atom) -> std::optional<double> {
      if (atom.quantity == metric::Quantity::base_rate) return base_rate(atom);
      int v = -1;
      for (std::size_t k = 0; k < study_.variants.size(); ++k)
        if (study_.variants[k].id == name) v = static_cast<int>(k);
      Task task{reading, v, lambda, coarse ? Level::half_grid : v < 0 && lambda == one_ ? Level::answer : Level::grid};
      if (selection && keys_.contains({reading, v, lambda, Level::half_grid_unladdered})) task.level = Level::half_grid_unladdered;
      const auto& known = piece(task).numbers;
      const auto found = known.find(metric::text_of(atom));
      MELIAN_EXPECT(found != known.end(), "a number that was asked for: " + metric::text_of(atom));
      return found->second;
    };
  }
  [[nodiscard]] std::optional<double> base_rate(const metric::Atom& atom) const {
    for (const BaseRate& rate : study_.base_rates)
      if (rate.id == atom.names[0].text) return rate.survival(atom.round_argument);
    return std::nullopt;
  }

  ClaimNumbers claim_numbers(std::size_t reading, std::size_t lambda) {
    ClaimNumbers out{numbers(reading, lambda, false, false), numbers(reading, lambda, true, false), std::nullopt};
    for (int v = -1; v < static_cast<int>(study_.variants.size()); ++v)
      if (keys_.contains({reading, v, lambda, Level::half_grid_unladdered})) out.selection = numbers(reading, lambda, true, true);
    return out;
  }

  void judge_and_write(StudyRun& out, std::chrono::steady_clock::time_point begun) {
    StudyFindings findings;
    for (std::size_t r = 0; r < study_.readings.size(); ++r) {
      StudyFindings::OfReading found;
      found.settings = settings_of(study_, &study_.readings[r]);
      found.answer = &piece({r, -1, one_, Level::answer});
      for (std::size_t l = 0; l < study_.solve.report_lambda.size(); ++l)
        found.by_lambda.push_back(&piece({r, -1, l, l == one_ ? Level::answer : Level::grid}));
      for (int v = 0; v < static_cast<int>(study_.variants.size()); ++v) found.variants.push_back(&piece({r, v, one_, Level::grid}));
      for (std::size_t c = 0; c < study_.claims.size(); ++c) {
        found.judgements.emplace_back();
        for (std::size_t l = 0; l < study_.solve.report_lambda.size(); ++l)
          found.judgements.back().push_back(judge_claim(study_.claims[c], claims_[c], claim_numbers(r, l)));
      }
      const Game& game = bound_.at({r, -1});
      BeliefGrid thinned = grid_for(study_, game);
      thinned.thinned = 1;
      findings.half_grids.push_back(grid_text(game, thinned));
      if (game.shape().horizon == HorizonKind::finite) findings.horizon = std::max(findings.horizon, game.shape().rounds);
      findings.readings.push_back(std::move(found));
    }
    findings.command = options_.command;
    for (std::size_t c = 0; c < study_.claims.size(); ++c)
      for (std::size_t r = 0; r < study_.readings.size(); ++r) out.verdicts.push_back(summary(c, r, findings.readings[r].judgements[c]));
    out.failures = certificate_failures(study_, findings);
    out.certified = out.failures.empty();
    count(out, begun);
    findings.pieces = out.pieces;
    findings.from_store = out.from_store;
    findings.seconds = out.seconds;
    out.results = study_results_json(study_, findings);
  }

  [[nodiscard]] ClaimVerdict summary(std::size_t claim, std::size_t reading, const std::vector<ClaimJudgement>& judged) const {
    const HalfJudgement& shown = judged[one_].halves[judged[one_].deciding];
    ClaimVerdict out{
        study_.claims[claim].id, study_.readings[reading].id, judged[one_].verdict, shown.value, shown.error(), shown.compared_with.value_or(0.0), true};
    for (const ClaimJudgement& other : judged) out.same_for_all_lambda = out.same_for_all_lambda && other.verdict == out.verdict;
    return out;
  }

  void count(StudyRun& out, std::chrono::steady_clock::time_point begun) const {
    out.pieces = static_cast<int>(pieces_.size());
    out.from_store = from_store_;
    out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  }

  const Study& study_;
  const StudyOptions& options_;
  metric::Surroundings around_;
  std::vector<ParsedClaim> claims_;
  std::map<std::string, std::vector<metric::Atom>> atoms_;  ///< by variant
  std::size_t one_ = 0;                                     ///< where 1 stands in report_lambda
  std::optional<CompiledGames> games_;
  std::map<std::pair<std::size_t, int>, Game> bound_;  ///< by (reading, variant)
  std::optional<Store> store_;
  std::map<Task, std::string> keys_;
  std::map<std::string, Piece> pieces_;  ///< by key
  int from_store_ = 0;
  double done_weight_ = 0.0, total_weight_ = 0.0, shown_ = 0.0;
  std::string stage_;
};

}  // namespace

Result<StudyRun> run_study(const Study& study, const StudyOptions& options) {
  MELIAN_EXPECT(study.model.has_value() && !study.readings.empty(), "a study as `read_study` gives it");
  return Runner(study, options).run();
}

}  // namespace melian
