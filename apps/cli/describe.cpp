#include <memory>

#include "commands.h"
#include "options.h"
#include "terminal.h"

namespace melian::cli {
namespace {

struct DescribeCommand {
  CommonOptions common;
  GameOptions game;

  [[nodiscard]] int run() const {
    set_threads(common.threads);
    const Result<LoadedGame> loaded = load(game, common.quiet);
    if (!loaded) return fail(loaded.error());
    print(describe(loaded->model, loaded->game, style_of_stdout()));
    return done;
  }
};

}  // namespace

Command add_describe(CLI::App& program) {
  CLI::App* app = program.add_subcommand("describe", "the compiled game in words, and what a solve of it takes");
  app->footer("melian describe powell_2004/cost");
  auto command = std::make_shared<DescribeCommand>();
  command->game.add_to(*app);
  command->common.add_to(*app);
  return {app, [command] { return command->run(); }};
}

}  // namespace melian::cli
