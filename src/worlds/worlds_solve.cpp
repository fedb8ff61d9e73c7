#include "worlds/worlds_solve.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <utility>

#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <fmt/core.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "answer/answer_json.h"
#include "answer/version.h"
#include "claims/piece_solutions.h"
#include "claims/study_pieces.h"
#include "study/metric_binding.h"

namespace melian {
namespace {

using Json = nlohmann::ordered_json;

constexpr double no_number = std::numeric_limits<double>::quiet_NaN();
constexpr double decisions_a_transaction =
    4e6;  ///< cheap worlds are kept by the hundred, dear ones one by one
constexpr std::int64_t most_bytes = std::int64_t{12} << 30;

const char* word_of(WorldLevel level) {
  return level == WorldLevel::finer       ? "finer"
         : level == WorldLevel::certified ? "certified"
                                          : "world";
}

std::string design_of(const WorldTask& task) {
  if (task.level == WorldLevel::finer) return "finer";
  if (task.level == WorldLevel::certified) return "certified";
  return task.draw.group < 0 ? "worlds" : "effects";
}

std::string text_of(const ParameterContent& content) {
  if (const double* number = std::get_if<double>(&content)) return number_text(*number);
  return std::get<std::string>(content);
}

/// What of a certificate is kept of a world: whether it holds, why not, and the checks in one
/// number each.
std::string short_certificate(const Json& certificate) {
  Json out;
  for (const char* field : {"holds", "why_not", "residual", "beliefs", "unsolved_decisions"})
    if (certificate.contains(field)) out[field] = certificate[field];
  return out.dump();
}

/// As `answer`; without a certificate there is no prediction either, which is dearer than what
/// claims take.
Result<Answer> solved(const Game& game, const AnswerOptions& options) {
  if (options.with_certificate) return answer(game, options);
  Answer out;
  Result<Solution> solution = melian::solve(game, options.solve);
  if (!solution) return std::unexpected(std::move(solution.error()));
  out.solution = std::move(*solution);
  return out;
}

std::string first_message(const Diagnostics& why) {
  return why.empty() ? "no reason given" : why.front().code + ": " + why.front().message;
}

}  // namespace

double SolvedWorld::seconds() const {
  double out = 0.0;
  for (const SolvedGame& game : games) out += game.seconds;
  return out;
}

std::int64_t SolvedWorld::sum(std::int64_t SolvedGame::* count) const {
  std::int64_t out = 0;
  for (const SolvedGame& game : games) out += game.*count;
  return out;
}

WorldGames::WorldGames(const Study& study, const StudyOptions& options, const WorldsPlan& plan,
                       Wanted wanted, Store* store)
    : study_(study), options_(options), plan_(plan), wanted_(std::move(wanted)), store_(store) {}

Result<void> WorldGames::prepare() {
  const World neutral;
  if (options_.on_tree)
    for (const Reading& reading : study_.readings)
      if (choice_of(study_, reading).needs_tree())
        return std::unexpected(Diagnostics{placeless(
            cannot_solve_code,
            "plausible worlds are solved on the principal branch; equilibria are chosen in the "
            "readings alone",
            "leave `solution` and `select` out, or draw no worlds (--worlds 0)")});
  CompiledGames plain({});
  const auto first = plain.at(*study_.model, plan_.settings(neutral, nullptr));
  if (!first) return std::unexpected(first.error());
  std::vector<std::string> players, keep;
  for (const Player& player : (*first)->structure().players) players.push_back(player.name);
  for (const auto& [variant, atoms] : wanted_)
    for (const metric::Atom& atom : atoms) metric::collect_remembered(atom, players, keep);
  remembered_ = fmt::format("{}", fmt::join(keep, ","));
  games_.emplace(keep);
  Diagnostics wrong;
  for (int v = -1; v < static_cast<int>(study_.variants.size()); ++v) {
    const std::string name = v < 0 ? "base" : variant(v)->id;
    const auto atoms = wanted_.find(name);
    if (v >= 0 && atoms == wanted_.end()) continue;
    Slot slot{v, name, {}, {}};
    if (atoms != wanted_.end()) slot.atoms = atoms->second;
    const Settings settings = plan_.settings(neutral, variant(v));
    const Model& model = model_of(study_, variant(v));
    const auto compiled = games_->at(model, settings);
    if (!compiled) return std::unexpected(compiled.error());
    slot.compiled = *compiled;
    const auto as_written = games_->at(model, plan_.as_written(neutral, variant(v)));
    if (!as_written) return std::unexpected(as_written.error());
    slot.as_written = &(*as_written)->structure();
    auto game = slot.compiled->bind(settings);
    if (!game) return std::unexpected(std::move(game.error()));
    if (v < 0) neutral_ = *game;
    for (const metric::Atom& atom : slot.atoms) {
      slot.texts.push_back(metric::text_of(atom));
      places_[name][slot.texts.back()] = slot.texts.size() - 1;
      for (const metric::Mistake& mistake :
           metric::check(atom, slot.compiled->structure(), {&study_.base_rates, slot.as_written}))
        wrong.push_back(placeless("M0713",
                                  fmt::format("in a plausible world, {}: `{}`: {}", name,
                                              slot.texts.back(), mistake.message),
                                  mistake.hint));
    }
    slot.decisions = static_cast<double>(
        count_decisions(game->shape(), belief_axes(*game, grid(*game, WorldLevel::world))));
    slot.finer_decisions = static_cast<double>(
        count_decisions(game->shape(), belief_axes(*game, grid(*game, WorldLevel::finer))));
    if (options_.on_tree) slot.decisions = slot.finer_decisions = count_tree_nodes(*game);
    for (const bool ladder : {false, true})
      if (wrong.empty())
        bytes_[ladder ? 1 : 0] = std::max(bytes_[ladder ? 1 : 0], count_bytes(slot, *game, ladder));
    slots_.push_back(std::move(slot));
  }
  if (!wrong.empty()) return std::unexpected(std::move(wrong));
  const std::int64_t bytes = bytes_at_once(true);
  if (bytes > most_bytes)
    return std::unexpected(
        Diagnostics{placeless(too_large_code,
                              fmt::format("{} worlds at a time, some on the finer grid that their "
                                          "error is measured with, take {:.1f} GiB",
                                          num_threads(), static_cast<double>(bytes) / (1 << 30)),
                              "use fewer belief nodes in [worlds].grid, fewer rounds in "
                              "[worlds].parameters, or fewer --threads")});
  double dearest = 1.0;
  for (const Slot& slot : slots_) dearest = std::max(dearest, slot.decisions);
  batch_ = static_cast<std::size_t>(std::clamp(decisions_a_transaction / dearest, 1.0, 256.0));
  return {};
}

std::size_t WorldGames::numbers_a_game() const {
  std::size_t out = 0;
  for (const Slot& slot : slots_) out += slot.atoms.size();
  return out / slots_.size() + 1;
}

/// The neutral world's: the numbers of others change no size, unless they shape the game.
std::int64_t WorldGames::count_bytes(const Slot& slot, const Game& game, bool ladder) const {
  std::int64_t most = 0;
  if (options_.on_tree) {
    PieceRequest request;
    request.game = &game;
    request.on_tree = true;
    return count_piece_bytes(study_, request, {&study_.base_rates, slot.as_written});
  }
  for (const WorldLevel level : {WorldLevel::world, WorldLevel::finer, WorldLevel::certified}) {
    if (level == WorldLevel::certified && slot.variant >= 0) continue;
    PieceRequest request;
    request.game = &game;
    request.certified = level == WorldLevel::certified;
    request.grid = grid(game, level);
    request.ladder = ladder;
    const BeliefAxes axes = belief_axes(game, request.grid);
    const AnswerOptions options = options_for(study_, request);
    const metric::Surroundings around{&study_.base_rates, slot.as_written};
    const std::int64_t solving = request.certified
                                     ? count_answer_bytes(game, options)
                                     : count_solve_bytes(game.shape(), axes, options.solve);
    const std::int64_t reading =
        count_strategy_bytes(game.shape(), axes) +
        metric::count_read_bytes(slot.atoms, game.shape(), axes, false, true, around);
    most = std::max({most, solving, reading});
  }
  return most;
}

std::int64_t WorldGames::bytes_at_once(bool ladder) const {
  return num_threads() * bytes_[ladder ? 1 : 0];
}

BeliefGrid WorldGames::grid(const Game& game, WorldLevel level) const {
  BeliefGrid out = grid_for(study_, game);
  for (std::size_t i = 0; i < out.nodes.size(); ++i) {
    const Player& player = game.shape().players[i];
    if (player.num_types() < 2) continue;
    for (const auto& [name, nodes] : plan_.asked().grid)
      if (name.empty() || name == player.name) out.nodes[i] = nodes;
    if (level == WorldLevel::finer) out.nodes[i] = 2 * out.nodes[i] - 1;
  }
  return out;
}

std::string WorldGames::key_of(const WorldTask& task, const Slot& slot, const Settings& settings,
                               double lambda_factor) const {
  std::string text = fmt::format(
      "melian {} world {}\n{}\nremembers {}\n{}\n", program_version, piece_generation,
      model_of(study_, variant(slot.variant)).text_fingerprint(), remembered_,
      // A tree has no finer grid: these are the same games.
      options_.on_tree && task.level == WorldLevel::finer ? "world" : word_of(task.level));
  if (options_.on_tree) text += "by tree\n";
  for (const auto& grid : {study_.solve.grid, plan_.asked().grid}) {
    text += "grid";
    for (const auto& [player, nodes] : grid) text += fmt::format(" {}={}", player, nodes);
    text += "\n";
  }
  text += fmt::format("lambda {} x {}\nmeasure {}\n",
                      study_.solve.lambda ? number_text(*study_.solve.lambda) : "of the model",
                      number_text(lambda_factor), static_cast<int>(study_.solve.measure));
  if (task.level == WorldLevel::certified)
    text += fmt::format("tolerance {} residual {}\n", number_text(study_.solve.tolerance),
                        number_text(study_.solve.residual_tolerance));
  for (const auto& [name, content] : settings)
    text += fmt::format("{} = {}\n", name, text_of(content));
  return sha256(text);
}

/// Which games are not known yet; those that are, are taken from the store.
Result<std::vector<WorldGames::Job>> WorldGames::jobs_for(const std::vector<WorldTask>& tasks) {
  std::vector<Job> out;
  for (const WorldTask& task : tasks) {
    if (solved_.contains(task)) continue;
    solved_[task].games.resize(slots_.size());
    const World world = plan_.world(task.draw);
    Job job{task, {}, {}, {}, {}};
    for (std::size_t s = 0; s < slots_.size(); ++s) {
      if (task.level == WorldLevel::certified && slots_[s].variant >= 0) continue;
      const Settings settings = plan_.settings(world, variant(slots_[s].variant));
      const std::string key = key_of(task, slots_[s], settings, world.lambda_factor);
      const std::string changed =
          task.draw.group < 0 ? "" : plan_.groups()[static_cast<std::size_t>(task.draw.group)].name;
      uses_.push_back(
          {design_of(task), task.draw.scramble, task.draw.index, changed, slots_[s].name, key});
      // A group of parameters that a variant does not have leaves its game as it is.
      if (const auto [first, fresh] = first_.try_emplace(key, Place{task, s}); !fresh) {
        same_.emplace_back(Place{task, s}, &first->second);
        continue;
      }
      ++count_;
      auto found = known(task, s, key);
      if (!found) return std::unexpected(std::move(found.error()));
      if (*found) continue;
      const auto compiled = games_->at(model_of(study_, variant(slots_[s].variant)), settings);
      job.slots.push_back(s);
      job.compiled.push_back(compiled ? *compiled : nullptr);
      job.why.push_back(compiled ? "" : first_message(compiled.error()));
      job.keys.push_back(key);
    }
    if (!job.slots.empty()) out.push_back(std::move(job));
  }
  return out;
}

Result<bool> WorldGames::known(const WorldTask& task, std::size_t s, const std::string& key) {
  if (!store_) return false;
  auto found = store_->find_world(key);
  if (!found) return std::unexpected(std::move(found.error()));
  if (!*found) return false;
  const WorldGame& game = **found;
  const auto has = [&](const std::string& text) {
    return std::ranges::find(game.metrics, text) != game.metrics.end();
  };
  const bool weighed = slots_[s].variant >= 0 || !weighs_events() ||
                       task.level != WorldLevel::world ||
                       has("event_log_likelihood " + options_.event_weight->fingerprint);
  if (game.failed.empty() && (!weighed || !std::ranges::all_of(slots_[s].texts, has))) return false;
  take(task, s, game);
  ++from_store_;
  return true;
}

/// Puts a game's numbers where its world's are.
void WorldGames::take(const WorldTask& task, std::size_t s, const WorldGame& game) {
  SolvedGame& out = solved_.at(task).games[s];
  out.failed = game.failed;
  out.decisions = game.decisions;
  out.several = game.several;
  out.jumps = game.jumps;
  out.unsolved = game.unsolved;
  out.seconds = game.seconds;
  out.certificate = game.certificate;
  out.numbers.assign(slots_[s].atoms.size(), no_number);
  for (std::size_t k = 0; k < game.metrics.size(); ++k) {
    if (const auto place = places_[slots_[s].name].find(game.metrics[k]);
        place != places_[slots_[s].name].end())
      out.numbers[place->second] = game.numbers[k].value_or(no_number);
    else if (options_.event_weight &&
             game.metrics[k] == "event_log_likelihood " + options_.event_weight->fingerprint)
      out.event_log_weight = game.numbers[k];
  }
}

/// Gives games that are the same as others, now solved, what those have.
void WorldGames::take_over() {
  for (const auto& [to, from] : same_) {
    SolvedGame& game = solved_.at(to.task).games[to.slot] =
        solved_.at(from->task).games[from->slot];
    game.seconds = 0.0;
  }
  same_.clear();
}

Result<bool> WorldGames::obtain(const std::vector<WorldTask>& tasks) {
  const auto jobs = jobs_for(tasks);
  if (!jobs) return std::unexpected(jobs.error());
  kept_ = 0;
  expected_ = jobs->size();
  if (!report()) return false;
  // In the order of the list, whoever is free: the first worlds of every scramble are there early.
  std::atomic<std::size_t> next = 0;
  tbb::parallel_for(std::size_t{0}, jobs->size(), [&](std::size_t) {
    if (const std::size_t job = next++; !stop_) solve((*jobs)[job]);
  });
  keep(std::exchange(unsaved_, {}), std::exchange(unsaved_worlds_, 0));
  if (!stop_) take_over();
  if (trouble_) return std::unexpected(*trouble_);
  return !stop_;
}

/// One world, with all loops inside it on this thread alone.
void WorldGames::solve(const Job& job) {
  tbb::task_arena alone(1);
  std::vector<WorldGame> games;
  alone.execute([&] {
    for (std::size_t k = 0; k < job.slots.size(); ++k) {
      auto game = solve(job, k);
      if (!game) return;
      games.push_back(std::move(*game));
    }
  });
  if (games.size() < job.slots.size()) return;  // stopped: nothing of a half-solved world is kept
  {
    const std::scoped_lock lock(mutex_);
    for (std::size_t k = 0; k < games.size(); ++k) take(job.task, job.slots[k], games[k]);
  }
  deliver(std::move(games));
}

/// On the principal branch. Says why there is no solution; nothing where it was stopped.
std::optional<std::string> WorldGames::solve_on_tree(const Slot& slot, const PieceRequest& request,
                                                     WorldGame& out) {
  const Game& game = *request.game;
  const AnswerOptions options =
      options_for(study_, request, [this](const Step&) { return go_on(); });
  const Result<TreeAnswer> found = answer_on_tree(game, options, {});
  if (!found) return first_message(found.error());
  const SolveSummary& summary = found->answer.solution.summary;
  if (summary.termination == Termination::cancelled) return std::nullopt;
  if (summary.termination != Termination::converged) return summary.message;
  out.decisions = static_cast<std::int64_t>(found->form.nodes.size());
  // Where its branch turned or was crossed there are others, or have been.
  const TreeSummary& branch = found->solution.summary;
  out.several = static_cast<std::int64_t>(branch.folds.size() + branch.branch_points.size());
  out.metrics = slot.texts;
  out.numbers = numbers_on_tree(slot.atoms, game, found->form, found->solution.log_strategy,
                                options.solve.measure, {&study_.base_rates, slot.as_written});
  if (request.certified)
    out.certificate = short_certificate(to_json(game, found->answer, options)["certificate"]);
  return std::string();
}

std::optional<WorldGame> WorldGames::solve(const Job& job, std::size_t k) {
  const auto begun = std::chrono::steady_clock::now();
  const Slot& slot = slots_[job.slots[k]];
  const World world = plan_.world(job.task.draw);
  WorldGame out;
  out.key = job.keys[k];
  out.kind = word_of(job.task.level);
  Json varied = Json::object();
  for (std::size_t d = 0; d < plan_.varied().size(); ++d)
    varied[plan_.varied()[d].name] = plan_.varied()[d].at(world.unit[d]);
  out.parameters = varied.dump();
  const auto finish = [&](std::string failed) {
    out.failed = std::move(failed);
    out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    return std::move(out);
  };
  if (!job.compiled[k]) return finish(job.why[k]);
  const auto game = job.compiled[k]->bind(plan_.settings(world, variant(slot.variant)));
  if (!game) return finish(first_message(game.error()));
  PieceRequest request;
  request.game = &*game;
  request.certified = job.task.level == WorldLevel::certified;
  request.lambda_factor = world.lambda_factor;
  if (options_.on_tree) {
    std::optional<std::string> failed = solve_on_tree(slot, request, out);
    if (!failed) return std::nullopt;
    return finish(*std::move(failed));
  }
  request.grid = grid(*game, job.task.level);
  out.grid = grid_text(*game, request.grid);
  const AnswerOptions options =
      options_for(study_, request, [this](const Step&) { return go_on(); });
  const Result<Answer> found = solved(*game, options);
  if (!found) return finish(first_message(found.error()));
  const SolveSummary& summary = found->solution.summary;
  if (summary.termination == Termination::cancelled) return std::nullopt;
  if (summary.termination == Termination::not_settled) return finish(summary.message);
  out.decisions = summary.decisions;
  out.several = summary.several;
  out.jumps = summary.jumps;
  out.unsolved = summary.unsolved;
  out.metrics = slot.texts;
  out.numbers = metric::read_off(slot.atoms, *game, found->solution.assessment,
                                 {&study_.base_rates, slot.as_written});
  if (weighs_events() && slot.variant < 0 && job.task.level == WorldLevel::world) {
    out.metrics.push_back("event_log_likelihood " + options_.event_weight->fingerprint);
    out.numbers.push_back(options_.event_weight->log_likelihood(*game, found->solution.assessment));
  }
  if (request.certified)
    out.certificate = short_certificate(to_json(*game, *found, options)["certificate"]);
  return finish("");
}

/// Solved games go into the store together: whoever finds enough of them, and nobody at it, writes
/// while others solve.
void WorldGames::deliver(std::vector<WorldGame> games) {
  std::unique_lock lock(mutex_);
  for (WorldGame& game : games) unsaved_.push_back(std::move(game));
  ++unsaved_worlds_;
  while (!saving_ && !trouble_ && unsaved_.size() >= batch_) {
    saving_ = true;
    std::vector<WorldGame> now = std::exchange(unsaved_, {});
    const std::size_t worlds = std::exchange(unsaved_worlds_, 0);
    lock.unlock();
    keep(std::move(now), worlds);
    lock.lock();
    saving_ = false;
  }
}

void WorldGames::keep(std::vector<WorldGame> games, std::size_t worlds) {
  if (store_)
    if (auto saved = store_->save_worlds(games); !saved) {
      const std::scoped_lock lock(mutex_);
      trouble_ = std::move(saved.error());
      stop_ = true;
      return;
    }
  {
    const std::scoped_lock lock(mutex_);
    kept_ += worlds;
  }
  if (!report()) stop_ = true;
}

/// Says how many worlds are kept; one thread at a time.
bool WorldGames::report() {
  if (!options_.on_step) return true;
  const std::scoped_lock speaking(speaking_);
  std::size_t kept = 0;
  {
    const std::scoped_lock lock(mutex_);
    kept = kept_;
  }
  const std::string stage = fmt::format("worlds: {} of {}", kept, expected_);
  return options_.on_step(
      {stage, expected_ == 0 ? 1.0 : static_cast<double>(kept) / static_cast<double>(expected_)});
}

/// Asked from inside a solve: dear worlds must not make a run deaf.
bool WorldGames::go_on() {
  if (!stop_ && options_.on_step && speaking_.try_lock()) {
    speaking_.unlock();
    if (!report()) stop_ = true;
  }
  return !stop_;
}

AtomNumbers WorldGames::numbers(const SolvedWorld& world) const {
  return
      [this, &world](const std::string& name, const metric::Atom& atom) -> std::optional<double> {
        if (atom.quantity == metric::Quantity::base_rate) {
          for (const BaseRate& rate : study_.base_rates)
            if (rate.id == atom.names[0].text) return rate.survival(atom.round_argument);
          return std::nullopt;
        }
        const auto slot = std::ranges::find(slots_, name, &Slot::name);
        if (slot == slots_.end()) return std::nullopt;
        const std::vector<double>& numbers =
            world.games[static_cast<std::size_t>(slot - slots_.begin())].numbers;
        if (numbers.empty()) return std::nullopt;
        const double number = numbers[places_.at(name).at(metric::text_of(atom))];
        return std::isfinite(number) ? std::optional(number) : std::nullopt;
      };
}

std::string WorldGames::failure(const SolvedWorld& world,
                                const std::set<std::string>& variants) const {
  for (std::size_t s = 0; s < world.games.size(); ++s)
    if (!world.games[s].failed.empty() && (variants.empty() || variants.contains(slots_[s].name)))
      return slots_[s].name + ": " + world.games[s].failed;
  return "";
}

bool WorldGames::several(const SolvedWorld& world, const std::set<std::string>& variants) const {
  for (std::size_t s = 0; s < world.games.size(); ++s)
    if (world.games[s].several + world.games[s].jumps > 0 && variants.contains(slots_[s].name))
      return true;
  return false;
}

Result<void> WorldGames::note() { return store_ ? store_->note_worlds(uses_) : Result<void>{}; }

Result<WorldGames::Missing> WorldGames::missing(const std::vector<WorldTask>& tasks) {
  const int before = from_store_;
  const auto jobs = jobs_for(tasks);
  if (!jobs) return std::unexpected(jobs.error());
  Missing out;
  out.in_store = from_store_ - before;
  for (const Job& job : *jobs)
    for (const std::size_t s : job.slots) {
      ++out.games;
      out.decisions +=
          job.task.level == WorldLevel::world
              ? slots_[s].decisions
              : slots_[s].finer_decisions * (job.task.level == WorldLevel::certified ? 2.0 : 1.0);
    }
  return out;
}

/// One game of each world in turn, another variant every time, until they have taken long enough:
/// precisions at which decisions have several solutions take longest, and so do some variants.
Result<double> WorldGames::decisions_a_second() {
  constexpr double seconds_enough = 3.0;
  tbb::task_arena alone(1);
  double decisions = 0.0, seconds = 0.0;
  std::string failed = "stopped";
  const std::vector<Draw> worlds = plan_.worlds();
  alone.execute([&] {
    for (std::size_t n = 0; n < worlds.size() && seconds < seconds_enough; ++n) {
      const WorldTask task{worlds[n], WorldLevel::world};
      const std::size_t s = n % slots_.size();
      const Slot& slot = slots_[s];
      const auto compiled =
          games_->at(model_of(study_, variant(slot.variant)),
                     plan_.settings(plan_.world(task.draw), variant(slot.variant)));
      const Job job{task,
                    {s},
                    {compiled ? *compiled : nullptr},
                    {""},
                    {compiled ? "" : first_message(compiled.error())}};
      const auto game = solve(job, 0);
      if (!game) return;
      if (!game->failed.empty()) {
        failed = game->failed;
        continue;
      }
      decisions += slot.decisions;
      seconds += game->seconds;
    }
  });
  if (decisions > 0.0) return decisions / std::max(seconds, 1e-9);
  return std::unexpected(Diagnostics{
      placeless("M0902", fmt::format("the first plausible worlds have no solution: {}", failed))});
}

}  // namespace melian
