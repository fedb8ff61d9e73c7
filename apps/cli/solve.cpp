#include <initializer_list>
#include <memory>

#include <fmt/core.h>

#include "commands.h"
#include "data_files.h"
#include "options.h"
#include "terminal.h"
#include "tree.h"

namespace melian::cli {
namespace {

struct SolveCommand {
  CommonOptions common;
  GameOptions game;
  MethodOptions method;
  ChoiceOptions which;
  bool json = false, all = false, limit = false, check_path = false;
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
    return solve_efg(game.model, method.lambda, wishes());
  }

  [[nodiscard]] TreeWishes wishes() const { return {all, which.choice, json, common.quiet, limit}; }

  [[nodiscard]] int run_tree(const Game& loaded) const {
    const Diagnostics idle =
        idle_options({"--grid", "--tolerance", "--check-path"},
                     which.choice.is_default() ? "to the method tree, which has no grid"
                                               : "to a choice of solutions, which the tree makes");
    return idle.empty() ? solve_unrolled(loaded, method, wishes()) : fail(idle);
  }

  [[nodiscard]] int run() const {
    set_threads(common.threads);
    if (is_efg(game.model)) return run_efg();
    const Result<LoadedGame> loaded = load(game, common.quiet);
    if (!loaded) return fail(loaded.error());
    if (limit && app->count("--method") > 0 && method.method != "tree")
      return fail(complaint(idle_option_code,
                            "`--limit` follows the whole game as a tree, not a belief grid",
                            "leave `--method` out, or say `--method tree`"));
    if (limit || method.method == "tree" || !which.choice.is_default())
      return run_tree(loaded->game);
    Result<AnswerOptions> options = method.for_game(loaded->game);
    if (!options) return fail(options.error());
    options->solve.list_solutions = all;
    options->check_ladder = all || check_path;
    catch_interrupts();
    Progress progress(common.quiet);
    options->solve.on_step = options->certify.on_step = progress.callback();
    Result<Answer> found = answer(loaded->game, *options);
    if (found && !was_interrupted()) found->compile_seconds = loaded->compile_seconds;
    Equilibria beside;
    if (found && !was_interrupted())
      beside = look_beside(loaded->game, *found, *options, {all, progress.callback()});
    progress.clear();
    if (was_interrupted()) return stopped();
    if (!found) return fail(found.error());
    print(json ? results_json(loaded->game, *found, *options, &beside)
               : summary(loaded->game, *found, style_of_stdout(), &beside, all));
    return judged(found->certificate.holds, found->certificate.why_not, json, common.quiet);
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
      "melian solve game.efg --lambda 20      (Gambit's extensive forms, by tree)");
  auto command = std::make_shared<SolveCommand>();
  command->game.add_to(*app);
  command->method.add_to(*app, {"grid", "tree"});
  command->app = app;
  command->which.add_to(*app);
  app->add_flag("--all", command->all,
                "look for other equilibria of the whole game without a bound on the work, and list "
                "them; on a grid also the solutions of single decisions");
  app->add_flag("--limit", command->limit,
                "Let all precisions grow by one factor and report the limit: whether it is "
                "consistent with a sequential equilibrium, and whether it survives the intuitive "
                "criterion and D1 (by tree)");
  app->add_flag("--check-path", command->check_path,
                "where solutions are followed up a ladder of lambda: climb it again in half the "
                "steps (part of --all)");
  app->add_flag("--json", command->json, "one JSON document on stdout (docs/formats/results.md)");
  command->common.add_to(*app);
  return {app, [command] { return command->run(); }};
}

}  // namespace melian::cli
