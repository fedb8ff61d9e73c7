#include "options.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>

#include <fmt/core.h>
#include <fmt/ranges.h>

#include "commands.h"
#include "data_files.h"
#include "file_kind.h"
#include "terminal.h"

namespace melian::cli {
namespace {

/// A finite number from `low` on.
CLI::Validator number_from(double low, const std::string& what) {
  return CLI::Validator(
      [low](std::string& text) {
        double number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        const bool fine = error == std::errc() && end == text.data() + text.size() &&
                          std::isfinite(number) && number >= low;
        return fine ? std::string()
                    : fmt::format("`{}` is no number from {} on", text, number_text(low));
      },
      what);
}

bool is_about_the_command_line(const Diagnostic& diagnostic) {
  const bool about_parameters = diagnostic.code.starts_with("M05") && diagnostic.file.empty();
  return about_parameters || diagnostic.code.starts_with("M08") ||
         diagnostic.code == no_precision_code;
}

}  // namespace

void CommonOptions::add_to(CLI::App& app) {
  constexpr int most_threads = 1024;
  app.add_option("--threads", threads,
                 "at most so many threads (0: as many as the machine has); changes no result")
      ->check(CLI::Range(0, most_threads))
      ->type_name("N");
  app.add_flag("-q,--quiet", quiet, "no talk on stderr but errors");
}

void GameOptions::add_to(CLI::App& app) {
  app.add_option("model", model, "a .melian file, or one of the catalogue such as powell_2004/cost")
      ->required()
      ->type_name("MODEL");
  app.add_option("--set", set,
                 "a parameter, named as in the model: --set 'cost[D].weak=0.07'; repeatable")
      ->allow_extra_args(false)
      ->type_name("NAME=VALUE");
  app.add_option("--with", modules, "a module to add; repeatable")
      ->allow_extra_args(false)
      ->type_name("FILE");
}

void MethodOptions::add_to(CLI::App& app, const std::vector<std::string>& methods) {
  app.add_option("--lambda", lambda, "precision in 1/payoff units, for all players and types")
      ->check(number_from(0.0, ""))
      ->type_name("L");
  app.add_option("--grid", grid,
                 "belief nodes: 33 for everybody, Moscow=9 for one, follow: and the beliefs play "
                 "reaches; repeatable")
      ->allow_extra_args(false)
      ->type_name("N");
  app.add_option("--method", method, "how to solve")
      ->check(CLI::IsMember(methods))
      ->type_name(fmt::format("{}", fmt::join(methods, "|")));
  app.add_option("--measure", measure, "weight of an offer over a continuum: its cell, or 1 each")
      ->check(CLI::IsMember({"cells", "each"}))
      ->type_name("cells|each");
  app.add_flag("--present-value", present_value, "precision meets values discounted to the start");
  app.add_option("--tolerance", tolerance, "largest grid error of a printed number")
      ->check(number_from(0.0, ""))
      ->capture_default_str()
      ->type_name("E");
}

void TimeLimit::add_to(CLI::App& app) {
  app.add_option("--time-limit", seconds,
                 "Stop after so many seconds, print what there is, marked, and exit 3")
      ->check(number_from(0.001, ""))
      ->type_name("SECONDS");
}

void TimeLimit::start() const {
  if (seconds > 0.0) limit_time(seconds);
}

void ChoiceOptions::add_to(CLI::App& app) {
  app.add_option("--solution", choice.solution,
                 "the equilibrium of this name, found by tree (`solve --all` lists them)")
      ->type_name("ID");
  app.add_option("--select", choice.select,
                 "of the equilibria found by tree the principal branch's, the one with the largest "
                 "sum of the players' values, the best for one player, or the first that survives "
                 "the intuitive criterion or D1")
      ->type_name("principal|values|value:PLAYER|intuitive|d1");
}

AsTree MethodOptions::as_tree(const Choice& choice) const {
  AsTree out;
  out.measure = measure == "each" ? Measure::each : Measure::cells;
  out.discounting = present_value ? Discounting::present_value : Discounting::current_value;
  out.choice = choice;
  if (!std::isnan(lambda)) out.lambda = lambda;
  return out;
}

Result<AnswerOptions> MethodOptions::for_game(const Game& game) const {
  AnswerOptions options;
  std::vector<std::string> counts = grid;
  BeliefGrid& axes = std::get<BeliefGrid>(options.solve.method);
  if (std::erase(counts, "follow") > 0) axes.follow.emplace();
  Result<std::vector<int>> nodes = grid_nodes(game.shape(), counts);
  if (!nodes) return std::unexpected(nodes.error());
  axes.nodes = *std::move(nodes);
  if (!std::isnan(lambda)) options.solve.lambda = lambda;
  options.solve.measure = measure == "each" ? Measure::each : Measure::cells;
  options.solve.discounting =
      present_value ? Discounting::present_value : Discounting::current_value;
  options.certify.tolerance = tolerance;
  return options;
}

Result<Model> read_asked_model(const GameOptions& options) {
  const Result<std::string> path = find_model(options.model);
  if (!path) return std::unexpected(path.error());
  if (Diagnostics other = not_a_model(*path); !other.empty()) return std::unexpected(other);
  return read_model(*path, options.modules);
}

Result<LoadedGame> load(const GameOptions& options, bool quiet) {
  const Result<Settings> settings = read_settings(options.set);
  if (!settings) return std::unexpected(settings.error());
  const auto started = std::chrono::steady_clock::now();
  Result<Model> model = read_asked_model(options);
  if (!model) return std::unexpected(model.error());
  if (!quiet) say(model->warnings());
  const Result<CompiledModel> compiled = compile(*model, *settings);
  if (!compiled) return std::unexpected(compiled.error());
  Result<Game> game = compiled->bind(*settings);
  if (!game) return std::unexpected(game.error());
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - started;
  return LoadedGame{*std::move(model), *std::move(game), taken.count()};
}

int fail(Diagnostics diagnostics) {
  for (Diagnostic& diagnostic : diagnostics)
    if (diagnostic.code == no_precision_code)
      diagnostic.hint = "give `--lambda L`, or state `param precision = L` in the model";
  say(diagnostics);
  return exit_code(diagnostics);
}

int exit_code(const Diagnostics& diagnostics) {
  const auto any = [&](const auto& test) { return std::ranges::any_of(diagnostics, test); };
  if (any([](const Diagnostic& diagnostic) {
        return diagnostic.code == too_large_code || diagnostic.code == cannot_solve_code;
      }))
    return refused;
  if (any([](const Diagnostic& diagnostic) {
        return diagnostic.code == cannot_write_code || diagnostic.code == no_space_code;
      }))
    return cannot_write;
  if (std::ranges::all_of(diagnostics, is_about_the_command_line)) return usage;
  return invalid;
}

int stopped() {
  say("melian: stopped; nothing was kept\n");
  return interrupted;
}

bool cut_short() { return was_interrupted() || was_cut_by_clock(); }

int cut_short_code() {
  say(was_interrupted() ? "melian: stopped; this is what there was\n"
                        : "melian: the time is over (cut_by_clock); this is what there was\n");
  return was_interrupted() ? interrupted : misses_tolerance;
}

int judged(bool holds, const std::vector<std::string>& why_not, bool as_document, bool quiet) {
  if (holds) return done;
  if (as_document && !quiet)
    for (const std::string& reason : why_not) say("melian: NOT certified: " + reason + "\n");
  return misses_tolerance;
}

}  // namespace melian::cli
