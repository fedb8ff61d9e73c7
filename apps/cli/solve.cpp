#include <memory>

#include "commands.h"
#include "options.h"
#include "terminal.h"

namespace melian::cli {
namespace {

struct SolveCommand {
  CommonOptions common;
  GameOptions game;
  MethodOptions method;
  bool json = false;

  [[nodiscard]] int run() const {
    set_threads(common.threads);
    const Result<LoadedGame> loaded = load(game, common.quiet);
    if (!loaded) return fail(loaded.error());
    Result<AnswerOptions> options = method.for_game(loaded->game);
    if (!options) return fail(options.error());
    catch_interrupts();
    Progress progress(common.quiet);
    options->solve.on_step = options->certify.on_step = progress.callback();
    Result<Answer> found = answer(loaded->game, *options);
    progress.clear();
    if (was_interrupted()) {
      say("melian: stopped; nothing was kept\n");
      return interrupted;
    }
    if (!found) return fail(found.error());
    found->compile_seconds = loaded->compile_seconds;
    print(json ? results_json(loaded->game, *found, *options) : summary(loaded->game, *found, style_of_stdout()));
    if (found->certificate.holds) return done;
    if (json && !common.quiet)
      for (const std::string& reason : found->certificate.why_not) say("melian: NOT certified: " + reason + "\n");
    return misses_tolerance;
  }
};

}  // namespace

Command add_solve(CLI::App& program) {
  CLI::App* app = program.add_subcommand("solve", "one game: equilibrium, predictions, certificate");
  app->footer(
      "melian solve models/powell_2004/cost.melian --lambda 200\n"
      "melian solve powell_2004/cost --set 'prior[D].weak=0.9' --grid 257 --json");
  auto command = std::make_shared<SolveCommand>();
  command->game.add_to(*app);
  command->method.add_to(*app);
  app->add_flag("--json", command->json, "one JSON document on stdout (docs/formats/results.md)");
  command->common.add_to(*app);
  return {app, [command] { return command->run(); }};
}

}  // namespace melian::cli
