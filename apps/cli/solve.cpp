#include <initializer_list>
#include <memory>
#include <optional>

#include <fmt/core.h>

#include "commands.h"
#include "data_files.h"
#include "options.h"
#include "strategy_options.h"
#include "terminal.h"
#include "tree.h"

namespace melian::cli {
namespace {

struct SolveCommand {
  CommonOptions common;
  GameOptions game;
  MethodOptions method;
  StrategyOptions strategies;
  bool json = false, all = false, check_path = false;
  CLI::App* app = nullptr;

  /// What is said of options that mean nothing here; they are refused, not passed over.
  [[nodiscard]] Diagnostics idle_options(std::initializer_list<const char*> options,
                                         const std::string& here) const {
    Diagnostics out;
    for (const char* option : options)
      if (app->count(option) > 0) {
        const Diagnostics one = complaint(
            idle_option_code, fmt::format("`{}` means nothing {}", option, here), "leave it out");
        out.insert(out.end(), one.begin(), one.end());
      }
    return out;
  }

  [[nodiscard]] int run_efg() const {
    const Diagnostics idle = idle_options({"--set", "--with", "--grid", "--measure",
                                           "--present-value", "--tolerance", "--check-path"},
                                          "to an .efg, which is solved as it stands");
    if (!idle.empty()) return fail(idle);
    if (app->count("--method") > 0 && method.method != "tree")
      return fail(complaint(idle_option_code,
                            "an .efg has no public states to lay a belief grid over",
                            "leave `--method` out, or say `--method tree`"));
    return solve_efg(game.model, method.lambda, all, json, strategies, common.quiet);
  }

  [[nodiscard]] int run_tree(const Game& loaded) const {
    const Diagnostics idle = idle_options({"--grid", "--tolerance", "--check-path"},
                                          "to the method tree, which has no grid");
    return idle.empty() ? solve_unrolled(loaded, method, all, json, strategies, common.quiet)
                        : fail(idle);
  }

  [[nodiscard]] int run() const {
    set_threads(common.threads);
    if (const Diagnostics wrong = strategies.mistakes(*app, json); !wrong.empty())
      return fail(wrong);
    if (is_efg(game.model)) return run_efg();
    const Result<LoadedGame> loaded = load(game, common.quiet);
    if (!loaded) return fail(loaded.error());
    if (method.method == "tree") return run_tree(loaded->game);
    Result<AnswerOptions> options = method.for_game(loaded->game);
    if (!options) return fail(options.error());
    options->solve.list_solutions = all;
    options->check_ladder = all || check_path;
    catch_interrupts();
    Progress progress(common.quiet);
    options->solve.on_step = options->certify.on_step = progress.callback();
    Result<Answer> found = answer(loaded->game, *options);
    std::optional<StrategyList> list;
    if (found && strategies.asked && !was_interrupted())
      list = strategies_of(loaded->game, found->solution.assessment, progress);
    progress.clear();
    if (was_interrupted()) return stopped();
    if (!found) return fail(found.error());
    found->compile_seconds = loaded->compile_seconds;
    strategies.print_with(list, loaded->game.shape().title, json, [&] {
      return json ? results_json(loaded->game, *found, *options)
                  : summary(loaded->game, *found, style_of_stdout());
    });
    return judged(found->certificate.holds, found->certificate.why_not,
                  json || strategies.document(), common.quiet);
  }

  [[nodiscard]] StrategyList strategies_of(const Game& solved, const Assessment& assessment,
                                           Progress& progress) const {
    GridStrategies source(solved, assessment);
    StrategyListOptions how = strategies.for_list();
    how.on_step = progress.callback();
    return list_strategies(solved, source, how);
  }
};

}  // namespace

Command add_solve(CLI::App& program) {
  CLI::App* app =
      program.add_subcommand("solve", "one game: equilibrium, predictions, certificate");
  app->footer(
      "melian solve models/powell_2004/cost.melian --lambda 200\n"
      "melian solve powell_2004/cost --set 'prior[D].weak=0.9' --grid 257 --json\n"
      "melian solve powell_2004/two_rounds --method tree --measure each\n"
      "melian solve kydd_2000/reassurance --strategies --reached 0.01\n"
      "melian solve game.efg --lambda 20      (Gambit's extensive forms, by tree)");
  auto command = std::make_shared<SolveCommand>();
  command->game.add_to(*app);
  command->method.add_to(*app, {"grid", "tree"});
  command->app = app;
  app->add_flag("--all", command->all,
                "list the solutions at this lambda: of the first decision and others with several; "
                "by tree of the whole game");
  app->add_flag("--check-path", command->check_path,
                "where solutions are followed up a ladder of lambda: climb it again in half the "
                "steps (part of --all)");
  command->strategies.add_to(*app);
  app->add_flag("--json", command->json, "one JSON document on stdout (docs/formats/results.md)");
  command->common.add_to(*app);
  return {app, [command] { return command->run(); }};
}

}  // namespace melian::cli
