#include <filesystem>
#include <memory>

#include <fmt/core.h>

#include "commands.h"
#include "data_files.h"
#include "options.h"
#include "terminal.h"

namespace melian::cli {
namespace {

struct CheckCommand {
  CommonOptions common;
  GameOptions game;

  [[nodiscard]] int run() const {
    set_threads(common.threads);
    return std::filesystem::path(game.model).extension() == ".toml" ? check_study() : check_model();
  }

  [[nodiscard]] int check_model() const {
    const Result<LoadedGame> loaded = load(game, false);
    if (!loaded) return fail(loaded.error());
    if (!common.quiet)
      say(fmt::format("{}: no mistakes; {} public states\n", game.model,
                      loaded->game.shape().states.size()));
    return done;
  }

  [[nodiscard]] int check_study() const {
    const Result<Study> study = read_study(game.model);
    if (!study) return fail(study.error());
    say(study->warnings);
    if (!common.quiet)
      say(fmt::format("{}: no mistakes; {} readings, {} claims\n", game.model,
                      study->readings.size(), study->claims.size()));
    return done;
  }
};

}  // namespace

Command add_check(CLI::App& program) {
  CLI::App* app = program.add_subcommand(
      "check", "all that is wrong with a model or a study, and nothing else");
  app->footer("melian check my_model.melian\nmelian check studies/istanbul_2025.toml");
  auto command = std::make_shared<CheckCommand>();
  command->game.add_to(*app);
  command->common.add_to(*app);
  return {app, [command] { return command->run(); }};
}

}  // namespace melian::cli
