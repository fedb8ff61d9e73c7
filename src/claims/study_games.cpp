#include "claims/study_games.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include <fmt/core.h>

#include "answer/version.h"

namespace melian {
namespace {

/// As it stands in the store.
const char* word_of(Level level) {
  switch (level) {
    case Level::answer: return "answer";
    case Level::grid: return "grid";
    case Level::half_grid: return "half grid";
    case Level::half_grid_unladdered: return "half grid, ladder not climbed";
  }
  return "";
}

/// Rough shares of the work, in thinned games.
double weight_of(Level level) {
  return level == Level::answer ? 40.0 : level == Level::grid ? 4.0 : 1.0;
}

}  // namespace

void want(Wanted& wanted, const std::string& variant, const metric::Atom& atom) {
  if (atom.quantity == metric::Quantity::base_rate) return;
  std::vector<metric::Atom>& atoms = wanted[variant];
  const std::string text = metric::text_of(atom);
  if (std::ranges::none_of(
          atoms, [&](const metric::Atom& known) { return metric::text_of(known) == text; }))
    atoms.push_back(atom);
}

StudyGames::StudyGames(const Study& study, const StudyOptions& options, Wanted wanted)
    : study_(study), options_(options), readings_(study.readings), wanted_(std::move(wanted)) {
  one_ = static_cast<std::size_t>(std::ranges::find(study.solve.report_lambda, 1.0) -
                                  study.solve.report_lambda.begin());
}

Result<void> StudyGames::prepare(bool look_only) {
  CompiledGames plain({});
  const auto first = plain.at(*study_.model, settings_of(study_, &study_.readings.front()));
  if (!first) return std::unexpected(first.error());
  std::vector<std::string> players, keep;
  for (const Player& player : (*first)->structure().players) players.push_back(player.name);
  for (const auto& [variant, atoms] : wanted_)
    for (const metric::Atom& atom : atoms) metric::collect_remembered(atom, players, keep);
  games_.emplace(keep);
  for (std::size_t r = 0; r < study_.readings.size(); ++r)
    for (int v = -1; v < num_variants(); ++v) {
      if (auto bound = bind(r, v); !bound) return bound;
      if (auto named = check_names(r, v); !named) return named;
    }
  if (auto chosen = choose_method(); !chosen) return chosen;
  return open_store(look_only);
}

/// Does something that the study states belong to a belief grid?
bool StudyGames::needs_grid() const {
  const bool worlds_grid = study_.worlds && !study_.worlds->grid.empty();
  if (!study_.solve.grid.empty() || worlds_grid || study_.evidence) return true;
  for (const auto& [variant, atoms] : wanted_)
    if (std::ranges::any_of(atoms, metric::needs_grid)) return true;
  return false;
}

Result<void> StudyGames::choose_method() {
  double nodes = 0.0;
  std::pair<std::size_t, int> largest{0, -1};
  for (const auto& [where, game] : bound_)
    if (const double here = count_tree_nodes(game); here > nodes) {
      nodes = here;
      largest = where;
    }
  const StudySolve& solve = study_.solve;
  const bool chosen = std::ranges::any_of(study_.readings, [&](const Reading& reading) {
    return choice_of(study_, reading).needs_tree();
  });
  if (solve.method == StudyMethod::grid) {
    why_method_ = "the study says so";
  } else if (solve.method == StudyMethod::tree || chosen) {
    on_tree_ = true;
    why_method_ = solve.method == StudyMethod::tree ? "the study says so"
                                                    : "the study chooses among equilibria";
    if (const auto most = static_cast<double>(UnrollOptions{}.max_nodes); !(nodes <= most))
      return std::unexpected(Diagnostics{placeless(
          too_large_code,
          fmt::format("reading {}, variant {}: {}", study_.readings[largest.first].id,
                      variant_name(largest.second),
                      std::isinf(nodes) ? "play has no end that a tree could reach"
                                        : fmt::format("the tree has {} nodes, more than {}",
                                                      number_text(nodes, 4), number_text(most))),
          "write method = \"grid\" in [solve], or give the game fewer rounds or actions")});
  } else if (needs_grid()) {
    why_method_ = "the study states a belief grid, or what is measured on one";
  } else {
    on_tree_ = nodes <= most_tree_nodes;
    why_method_ = fmt::format("the largest tree of its games has {} nodes{}",
                              std::isinf(nodes) ? "no end of" : number_text(nodes, 4),
                              on_tree_ ? " at most" : "");
  }
  return {};
}

std::size_t StudyGames::named_in(const Reading& reading) const {
  for (std::size_t r = 0; r < study_.readings.size() && !reading.choice.empty(); ++r)
    if (study_.readings[r].choice.solution == reading.choice.solution) return r;
  const auto neutral = std::ranges::find_if(study_.readings, &Reading::neutral);
  return neutral == study_.readings.end()
             ? 0
             : static_cast<std::size_t>(neutral - study_.readings.begin());
}

std::optional<std::size_t> StudyGames::add_mixture(Reading reading, const Wanted& wanted) {
  const auto known = std::ranges::find(readings_, reading.id, &Reading::id);
  const auto index = static_cast<std::size_t>(known - readings_.begin());
  if (known == readings_.end()) readings_.push_back(std::move(reading));
  for (const auto& [variant, atoms] : wanted)
    for (const metric::Atom& atom : atoms) want(mixtures_[index], variant, atom);
  for (int v = -1; v < num_variants(); ++v)
    if ((v < 0 || wanted.contains(variant_name(v))) && !bind(index, v)) return std::nullopt;
  return index;
}

Result<void> StudyGames::bind(std::size_t reading, int v) {
  if (bound_.contains({reading, v})) return {};
  const Settings settings = settings_of(study_, &readings_[reading], variant(v));
  const Model& model = model_of(study_, variant(v));
  const auto compiled = games_->at(model, settings);
  if (!compiled) return std::unexpected(compiled.error());
  const auto as_written =
      games_->at(model, settings_of(study_, &readings_[reading], variant(v), false));
  if (!as_written) return std::unexpected(as_written.error());
  as_written_[{reading, v}] = &(*as_written)->structure();
  auto game = (*compiled)->bind(settings);
  if (!game) return std::unexpected(std::move(game.error()));
  bound_.emplace(std::pair(reading, v), std::move(*game));
  return {};
}

Result<void> StudyGames::check_names(std::size_t reading, int v) const {
  Diagnostics wrong;
  const auto atoms = wanted_.find(variant_name(v));
  if (atoms == wanted_.end()) return {};
  for (const metric::Atom& atom : atoms->second)
    for (const metric::Mistake& mistake :
         metric::check(atom, bound_.at({reading, v}).shape(), around(reading, v))) {
      Diagnostic diagnostic;
      diagnostic.code = "M0713";
      diagnostic.file = study_.file;
      diagnostic.message =
          fmt::format("reading {}, variant {}: `{}`: {}", study_.readings[reading].id,
                      variant_name(v), metric::text_of(atom), mistake.message);
      diagnostic.hint = mistake.hint;
      wrong.push_back(std::move(diagnostic));
    }
  if (!wrong.empty()) return std::unexpected(std::move(wrong));
  return {};
}

metric::Surroundings StudyGames::around(std::size_t reading, int variant) const {
  return {&study_.base_rates, as_written_.at({reading, variant})};
}

Result<void> StudyGames::open_store(bool look_only) {
  if (options_.out.empty()) return {};
  std::error_code error;
  const std::filesystem::path path = std::filesystem::path(options_.out) / "store.sqlite";
  if (look_only &&
      (!std::filesystem::exists(path, error) || (std::filesystem::is_regular_file(path, error) &&
                                                 std::filesystem::file_size(path, error) == 0)))
    return {};
  if (!look_only) std::filesystem::create_directories(options_.out, error);
  auto opened = look_only ? Store::open_to_read(path.string()) : Store::open(path.string());
  if (!opened) return std::unexpected(std::move(opened.error()));
  store_ = std::move(*opened);
  return {};
}

std::vector<Task> StudyGames::known() const {
  std::vector<Task> out;
  for (const auto& [task, key] : keys_) out.push_back(task);
  return out;
}

PieceRequest StudyGames::request(const Task& task) const {
  PieceRequest out;
  out.game = &bound_.at({task.reading, task.variant});
  out.certified = task.level == Level::answer;
  out.lambda_factor = study_.solve.report_lambda[task.lambda];
  if (!on_tree_) out.grid = grid_for(study_, *out.game);
  if (task.level == Level::half_grid || task.level == Level::half_grid_unladdered)
    out.grid.thinned = 1;
  out.ladder = task.level != Level::half_grid_unladdered;
  const Wanted& wanted =
      task.reading < study_.readings.size() ? wanted_ : mixtures_.at(task.reading);
  if (const auto atoms = wanted.find(variant_name(task.variant)); atoms != wanted.end())
    out.atoms = atoms->second;
  const bool own = task.lambda == one_ && task.reading < study_.readings.size();
  const Reading& reading = readings_[task.reading];
  out.choice = choice_of(study_, reading);
  out.on_tree = on_tree_;
  // On a tree all levels are one: there is no coarser grid.
  if (on_tree_) out.certified = own && task.variant < 0;
  out.look = own && (task.variant < 0 || claimed(task.variant)) &&
             (on_tree_ || task.level == Level::answer || task.level == Level::grid);
  if (on_tree_ && !out.choice.solution.empty()) {
    const std::size_t home = named_in(reading);
    if (home != task.reading || task.variant >= 0 || task.lambda != one_)
      out.named_in = &bound_.at({home, -1});
  }
  return out;
}

Result<bool> StudyGames::obtain(const std::vector<Task>& tasks) {
  for (const Task& task : tasks) expected_ += weight_of(task.level);
  for (const Task& task : tasks)
    if (auto solved = obtain(task); !solved || !*solved) return solved;
  return true;
}

Result<StudyGames::Missing> StudyGames::missing(const std::vector<Task>& tasks) {
  Missing out;
  std::map<std::string, bool> seen;
  for (const Task& task : tasks) {
    const PieceRequest asked = request(task);
    const std::string key = key_of(study_, asked);
    if (!seen.emplace(key, true).second) continue;
    if (store_) {
      const auto found = store_->find(key);
      if (!found) return std::unexpected(found.error());
      if (*found && is_complete(**found, asked)) {
        ++out.in_store;
        continue;
      }
    }
    if (asked.on_tree) {
      ++out.games;
      out.decisions += count_tree_nodes(*asked.game);
      out.bytes =
          std::max(out.bytes, count_piece_bytes(study_, asked, around(task.reading, task.variant)));
      out.bytes_without_ladder = out.bytes;
      continue;
    }
    const BeliefAxes axes = belief_axes(*asked.game, asked.grid);
    // A certified answer takes the game on its grid, halved, thinned once and thinned twice, and
    // the checks on the halved one.
    constexpr double of_a_certificate = 18.0;
    ++out.games;
    out.decisions += static_cast<double>(count_decisions(asked.game->shape(), axes)) *
                     (asked.certified ? of_a_certificate : 1.0);
    out.bytes =
        std::max(out.bytes, count_piece_bytes(study_, asked, around(task.reading, task.variant)));
    PieceRequest unladdered = asked;
    unladdered.ladder = false;
    out.bytes_without_ladder =
        std::max(out.bytes_without_ladder,
                 count_piece_bytes(study_, unladdered, around(task.reading, task.variant)));
  }
  return out;
}

double StudyGames::thinned_decisions(const std::string& name) const {
  for (int v = -1; v < num_variants(); ++v) {
    if (variant_name(v) != name) continue;
    const Game& game = bound_.at({0, v});
    BeliefGrid grid = grid_for(study_, game);
    grid.thinned = 1;
    return static_cast<double>(count_decisions(game.shape(), belief_axes(game, grid)));
  }
  return 0.0;
}

/// Does a piece hold all that is asked of it, in its other solutions too?
bool StudyGames::is_complete(const Piece& piece, const PieceRequest& asked) const {
  std::vector<std::string> others;
  if (asked.look) {
    const std::optional<PieceSolutions> known = solutions_of(piece);
    if (!known) return false;
    for (const OtherSolution& one : known->found)
      if (!one.chosen) others.push_back(one.id);
  }
  return std::ranges::all_of(asked.atoms, [&](const metric::Atom& atom) {
    const std::string text = metric::text_of(atom);
    return piece.numbers.contains(text) && std::ranges::all_of(others, [&](const std::string& id) {
             return piece.numbers.contains(number_in_solution(id, text));
           });
  });
}

/// From this run, from the store, or solved now. False: stopped.
Result<bool> StudyGames::obtain(const Task& task) {
  const PieceRequest asked = request(task);
  const std::string key = key_of(study_, asked);
  keys_[task] = key;
  const auto complete = [&](const Piece& piece) { return is_complete(piece, asked); };
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

  auto solved = solve_piece(study_, asked, around(task.reading, task.variant), step_for(task));
  if (!solved) return std::unexpected(std::move(solved.error()));
  if (!*solved) return false;
  for (const auto& [metric, value] : kept.numbers) (*solved)->numbers.emplace(metric, value);
  if (store_)
    if (auto saved = store_->save(key, **solved); !saved)
      return std::unexpected(std::move(saved.error()));
  pieces_[key] = std::move(**solved);
  return note(task, key);
}

std::string StudyGames::document_key(const std::string& kind, const std::string& text) const {
  std::string all = kind + "\n" + text + "\n";
  for (std::size_t r = 0; r < study_.readings.size(); ++r)
    all += key_of(study_, request({r, -1, one_, Level::grid})) + "\n";
  return sha256(all);
}

Result<bool> StudyGames::has_document(const std::string& kind, const std::string& text) {
  if (!store_) return false;
  const auto found = store_->find(document_key(kind, text));
  if (!found) return std::unexpected(found.error());
  return found->has_value();
}

Result<std::optional<std::string>> StudyGames::obtain_document(
    const std::string& kind, const std::string& text,
    const std::function<Result<std::optional<std::string>>()>& make) {
  const std::string key = document_key(kind, text);
  if (store_) {
    auto found = store_->find(key);
    if (!found) return std::unexpected(std::move(found.error()));
    if (*found) {
      pieces_[key] = std::move(**found);
      ++from_store_;
      return pieces_[key].document;
    }
  }
  auto made = make();
  if (!made || !*made) return made;
  Piece piece;
  piece.game = bound_.at({0, -1}).fingerprint;
  piece.kind = kind;
  piece.grid = grid_text(bound_.at({0, -1}), grid_for(study_, bound_.at({0, -1})));
  piece.program = program_version;
  piece.document = **made;
  if (store_)
    if (auto saved = store_->save(key, piece); !saved)
      return std::unexpected(std::move(saved.error()));
  pieces_[key] = std::move(piece);
  return made;
}

Result<bool> StudyGames::note(const Task& task, const std::string& key) {
  done_ += weight_of(task.level);
  if (store_)
    if (auto noted = store_->note_use(
            key, {readings_[task.reading].id, variant_name(task.variant), word_of(task.level)});
        !noted)
      return std::unexpected(std::move(noted.error()));
  shown_ = std::max(shown_, std::min(1.0, done_ / (expected_ + reserved_)));
  return !options_.on_step || options_.on_step({stage_of(task), shown_});
}

std::string StudyGames::stage_of(const Task& task) const {
  return fmt::format("reading {}{}", readings_[task.reading].id,
                     task.variant < 0 ? "" : ", " + variant_name(task.variant));
}

OnStep StudyGames::step_for(const Task& task) {
  if (!options_.on_step) return {};
  return [this, stage = stage_of(task), weight = weight_of(task.level)](const Step& step) {
    // A game is solved, predicted and certified one after the other, each from 0 to 1: the bar only
    // goes forward.
    shown_ = std::max(shown_, std::min(1.0, (done_ + weight * std::clamp(step.done, 0.0, 1.0)) /
                                                (expected_ + reserved_)));
    return options_.on_step({stage, shown_});
  };
}

AtomNumbers StudyGames::numbers(std::size_t reading, std::size_t lambda,
                                std::vector<Level> levels) const {
  return [=, this, levels = std::move(levels)](const std::string& name,
                                               const metric::Atom& atom) -> std::optional<double> {
    if (atom.quantity == metric::Quantity::base_rate) return base_rate(atom);
    const int v = variant_index(name);
    const auto level = std::ranges::find_if(
        levels, [&](Level wanted) { return knows({reading, v, lambda, wanted}); });
    MELIAN_EXPECT(level != levels.end(), "a game that was asked for");
    const auto& known = piece({reading, v, lambda, *level}).numbers;
    const auto found = known.find(metric::text_of(atom));
    MELIAN_EXPECT(found != known.end(), "a number that was asked for: " + metric::text_of(atom));
    return found->second;
  };
}

int StudyGames::variant_index(const std::string& name) const {
  for (int v = 0; v < num_variants(); ++v)
    if (variant_name(v) == name) return v;
  return -1;
}

PieceSolutions StudyGames::solutions(std::size_t reading, int variant) const {
  return solutions_of(piece({reading, variant, one_, own_level(variant, one_)}))
      .value_or(PieceSolutions{false, "nothing is claimed of this game", {}});
}

AtomNumbers StudyGames::numbers_in(std::size_t reading, std::vector<Level> levels,
                                   std::map<std::string, std::string> solutions) const {
  return [answer = numbers(reading, one_, std::move(levels)), this, reading,
          solutions = std::move(solutions)](const std::string& name,
                                            const metric::Atom& atom) -> std::optional<double> {
    const auto other = solutions.find(name);
    if (other == solutions.end() || atom.quantity == metric::Quantity::base_rate)
      return answer(name, atom);
    const int v = variant_index(name);
    return piece({reading, v, one_, own_level(v, one_)})
        .numbers.at(number_in_solution(other->second, metric::text_of(atom)));
  };
}

std::optional<double> StudyGames::base_rate(const metric::Atom& atom) const {
  for (const BaseRate& rate : study_.base_rates)
    if (rate.id == atom.names[0].text) return rate.survival(atom.round_argument);
  return std::nullopt;
}

}  // namespace melian
