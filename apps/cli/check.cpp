#include <memory>

#include <fmt/core.h>

#include "commands.h"
#include "data_files.h"
#include "file_kind.h"
#include "options.h"
#include "terminal.h"

namespace melian::cli {
namespace {

/// What a check found: mistakes, or what can be said of a file without any.
struct Checked {
  Diagnostics diagnostics;  ///< warnings among them
  std::string summary;      ///< empty where there are mistakes
};

struct CheckCommand {
  CommonOptions common;
  GameOptions game;
  bool json = false;

  [[nodiscard]] int run() const {
    set_threads(common.threads);
    const Checked found = check();
    if (json) print(diagnostics_json(found.diagnostics));
    if (found.summary.empty()) return json ? exit_code(found.diagnostics) : fail(found.diagnostics);
    if (json) return done;
    say(found.diagnostics);
    if (!common.quiet) say(fmt::format("{}: no mistakes; {}\n", game.model, found.summary));
    return done;
  }

  [[nodiscard]] Checked check() const {
    const Result<std::string> path = find_model(game.model);
    switch (kind_of_file(path ? *path : game.model)) {
      case FileKind::study: return check_study();
      case FileKind::efg:
      case FileKind::nfg: return check_gambit();
      default: return check_model();
    }
  }

  [[nodiscard]] Checked check_model() const {
    const Result<LoadedGame> loaded = load(game, true);
    if (!loaded) return {loaded.error(), {}};
    return {loaded->model.warnings(),
            fmt::format("{} public states", loaded->game.shape().states.size())};
  }

  [[nodiscard]] Checked check_study() const {
    const Result<Study> study = read_study(game.model);
    if (!study) return {study.error(), {}};
    return {study->warnings,
            fmt::format("{} readings, {} claims", study->readings.size(), study->claims.size())};
  }

  [[nodiscard]] Checked check_gambit() const {
    const Result<ExtensiveForm> form = read_gambit(game.model);
    if (!form) return {form.error(), {}};
    return {{},
            fmt::format("{} nodes, {} information sets", form->nodes.size(), form->sets.size())};
  }
};

}  // namespace

Command add_check(CLI::App& program) {
  CLI::App* app = program.add_subcommand(
      "check", "all that is wrong with a model or a study, and nothing else");
  app->footer(
      "melian check my_model.melian\nmelian check studies/istanbul_2025.toml\nmelian check "
      "game.efg");
  auto command = std::make_shared<CheckCommand>();
  command->game.add_to(*app);
  app->add_flag("--json", command->json,
                "print one JSON document to stdout (docs/formats/diagnostics.md)");
  command->common.add_to(*app);
  return {app, [command] { return command->run(); }};
}

}  // namespace melian::cli
