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
  TimeLimit time;
  ChoiceOptions which;
  StrategyOptions strategies;
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

  [[nodiscard]] int run_gambit() const {
    const Diagnostics idle = idle_options({"--set", "--with", "--grid", "--measure",
                                           "--present-value", "--tolerance", "--check-path"},
                                          "to a game of Gambit's, which is solved as it stands");
    if (!idle.empty()) return fail(idle);
    if (app->count("--method") > 0 && method.method != "tree")
      return fail(complaint(idle_option_code,
                            "a game of Gambit's has no public states to lay a belief grid over",
                            "leave `--method` out, or say `--method tree`"));
    return solve_gambit(game.model, method.lambda, wishes(), strategies);
  }

  [[nodiscard]] TreeWishes wishes() const { return {all, limit, which.choice, json, common.quiet}; }

  [[nodiscard]] int run_tree(const Game& loaded) const {
    const Diagnostics idle =
        idle_options({"--grid", "--tolerance", "--check-path"},
                     which.choice.is_default() ? "to the method tree, which has no grid"
                                               : "to a choice of solutions, which the tree makes");
    return idle.empty() ? solve_unrolled(loaded, method, wishes(), strategies) : fail(idle);
  }

  /// No method was asked for, neither by name nor by saying how fine a grid is to be.
  [[nodiscard]] bool leaves_choice() const {
    return method.method == "auto" && app->count("--grid") == 0;
  }
  [[nodiscard]] bool tree_serves(const Game& loaded) const {
    return leaves_choice() && count_tree_nodes(loaded) <= most_tree_nodes;
  }

  /// What was solved before the work was stopped.
  [[nodiscard]] int show_part(const Game& loaded, Answer& found,
                              const AnswerOptions& options) const {
    found.cut_by_clock = was_cut_by_clock();
    if (strategies.document()) return cut_short_code();  // a list cut short would read as whole
    if (!found.prediction.values.empty())
      print(json ? results_json(loaded, found, options)
                 : summary(loaded, found, style_of_stdout()));
    else if (json)
      print(unfinished_json("the solve was stopped before its end; there is nothing to show",
                            found.cut_by_clock));
    return cut_short_code();
  }

  [[nodiscard]] int run() const {
    set_threads(common.threads);
    if (const Diagnostics wrong = strategies.mistakes(*app, json); !wrong.empty())
      return fail(wrong);
    time.start();
    if (gambit_format(game.model) != GambitFormat::none) return run_gambit();
    const Result<LoadedGame> loaded = load(game, common.quiet);
    if (!loaded) return fail(loaded.error());
    if (limit && app->count("--method") > 0 && method.method != "tree")
      return fail(complaint(idle_option_code,
                            "`--limit` follows the whole game as a tree, not a belief grid",
                            "leave `--method` out, or say `--method tree`"));
    if (limit || method.method == "tree" || !which.choice.is_default() ||
        (all && tree_serves(loaded->game)))
      return run_tree(loaded->game);
    Result<AnswerOptions> options = method.for_game(loaded->game);
    if (!options) return fail(options.error());
    if (leaves_choice() && !all && !check_path) options->method = MethodName::automatic;
    options->solve.list_solutions = all;
    options->check_ladder = all || check_path;
    Progress progress(common.quiet);
    progress.stage("solve");
    options->solve.on_step = options->certify.on_step = progress.callback();
    Result<Answer> found = answer_by_method(loaded->game, *options);
    Equilibria beside;
    if (found && !cut_short())
      beside = look_beside(loaded->game, *found, *options, {all, progress.callback()});
    std::optional<StrategyList> list;
    if (found && strategies.asked && !cut_short()) {
      Result<StrategyList> listed = strategies_of(loaded->game, *found, *options, progress);
      progress.clear();
      if (!listed) return fail(listed.error());
      list = *std::move(listed);
    }
    progress.clear();
    if (!found) return was_interrupted() ? stopped() : fail(found.error());
    if (cut_short()) return show_part(loaded->game, *found, *options);
    found->compile_seconds = loaded->compile_seconds;
    strategies.print_with(list, loaded->game.shape().title, json, [&] {
      return json ? results_json(loaded->game, *found, *options, &beside)
                  : summary(loaded->game, *found, style_of_stdout(), &beside, all);
    });
    return judged(found->certificate.holds, found->certificate.why_not,
                  json || strategies.document(), common.quiet);
  }

  [[nodiscard]] Result<StrategyList> strategies_of(const Game& solved, const Answer& answer,
                                                   const AnswerOptions& options,
                                                   Progress& progress) const {
    StrategyListOptions how = strategies.for_list();
    how.on_step = progress.callback();
    return list_strategies(solved, answer, options, how);
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
      "melian solve kydd_2003/mediator --strategies --reached 0.01\n"
      "melian solve game.efg --lambda 20      (Gambit's extensive forms, by tree)\n"
      "melian solve game.nfg --lambda 20      (and strategic forms)");
  auto command = std::make_shared<SolveCommand>();
  command->game.add_to(*app);
  command->method.method = "auto";
  command->method.add_to(*app, {"auto", "grid", "tree"});
  command->app = app;
  command->time.add_to(*app);
  command->which.add_to(*app);
  app->add_flag("--all", command->all,
                "Look for other equilibria of the whole game without a bound on the work, and list "
                "them; on a grid also the solutions of single decisions");
  app->add_flag("--limit", command->limit,
                "Let all precisions grow by one factor and report the limit: whether it is "
                "consistent with a sequential equilibrium, and whether it survives the intuitive "
                "criterion and D1 (by tree)");
  app->add_flag("--check-path", command->check_path,
                "where solutions are followed up a ladder of lambda: climb it again in half the "
                "steps (part of --all)");
  command->strategies.add_to(*app);
  app->add_flag("--json", command->json, "one JSON document on stdout (docs/formats/results.md)");
  command->common.add_to(*app);
  return {app, [command] { return command->run(); }};
}

}  // namespace melian::cli
