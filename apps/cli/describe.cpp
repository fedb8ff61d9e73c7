#include <cmath>
#include <limits>
#include <memory>

#include "commands.h"
#include "data_files.h"
#include "melian/as_tree.h"
#include "melian/figures.h"
#include "options.h"
#include "terminal.h"
#include "tree.h"

namespace melian::cli {
namespace {

struct DescribeCommand {
  CommonOptions common;
  GameOptions game;
  bool latex = false, round = false, solved = false;
  std::string tree;
  double lambda = std::numeric_limits<double>::quiet_NaN();  ///< not given

  [[nodiscard]] int run() const {
    set_threads(common.threads);
    if (round && tree.empty())
      return fail(complaint(idle_option_code, "`--round` means nothing without a tree",
                            "say `--tree svg --round`"));
    if ((solved || !std::isnan(lambda)) && (tree.empty() || round))
      return fail(complaint(idle_option_code, "`--solved` and `--lambda` go with a whole tree",
                            "say `--tree svg --solved`"));
    if (solved || !std::isnan(lambda)) return from_solution();
    if (latex && !tree.empty())
      return fail(complaint(idle_option_code, "`--latex` and `--tree` are two documents",
                            "ask for one at a time"));
    if (latex || !tree.empty()) return from_text();
    const Result<LoadedGame> loaded = load(game, common.quiet);
    if (!loaded) return fail(loaded.error());
    print(describe(loaded->model, loaded->game, style_of_stdout()));
    return done;
  }

  /// What is drawn and written from the text needs no compiled game.
  [[nodiscard]] int from_text() const {
    const Result<Settings> settings = read_settings(game.set);
    if (!settings) return fail(settings.error());
    const Result<Model> model = read_asked_model(game);
    if (!model) return fail(model.error());
    if (latex) {
      const Result<std::string> text = latex_section(*model, *settings);
      if (!text) return fail(text.error());
      print(*text);
      return done;
    }
    PlayTreeOptions options;
    options.one_round = round;
    const Result<PlayTree> drawn = play_tree(*model, *settings, options);
    if (!drawn) return fail(drawn.error());
    return draw(*drawn, {});
  }

  [[nodiscard]] int draw(const PlayTree& drawn, const TreeMarks& marks) const {
    print(tree == "tikz"   ? tree_tikz(drawn, marks)
          : tree == "text" ? tree_text(drawn, marks)
                           : tree_svg(drawn, marks));
    return done;
  }

  /// Drawn from the game's tree and its equilibrium.
  [[nodiscard]] int from_solution() const {
    if (gambit_format(game.model) != GambitFormat::none) {
      if (std::isnan(lambda))
        return fail(complaint(idle_option_code, "a game of Gambit's states no precision (lambda)",
                              "give `--lambda L`, in 1/payoff units"));
      const Result<ExtensiveForm> form = read_gambit(game.model);
      return form ? draw_solved(*form, lambda, false) : fail(form.error());
    }
    const Result<LoadedGame> loaded = load(game, common.quiet);
    if (!loaded) return fail(loaded.error());
    AsTree asked;
    if (!std::isnan(lambda)) asked.lambda = lambda;
    const Result<TreeRequest> request = tree_request(loaded->game, asked);
    if (!request) return fail(request.error());
    const Result<ExtensiveForm> form = unroll(loaded->game, request->unroll);
    return form ? draw_solved(*form, request->lambda, true) : fail(form.error());
  }

  [[nodiscard]] int draw_solved(const ExtensiveForm& form, double at_lambda, bool unrolled) const {
    TreeOptions options;
    options.lambda = at_lambda;
    const Result<TreeSolution> solution = solve_tree(form, options);
    if (!solution) return fail(solution.error());
    const Result<SolvedTree> drawn =
        solved_tree(form, solution->log_strategy, solution->summary.lambda, unrolled);
    if (!drawn) return fail(drawn.error());
    const int code = draw(drawn->tree, drawn->marks);
    return code == done ? judged(solution->certificate.holds, solution->certificate.why_not, true,
                                 common.quiet)
                        : code;
  }
};

}  // namespace

Command add_describe(CLI::App& program) {
  CLI::App* app = program.add_subcommand(
      "describe", "the compiled game in words, as a paper's model section, or as a picture");
  app->footer(
      "melian describe powell_2004/cost\n"
      "melian describe powell_2004/cost --latex > model.tex\n"
      "melian describe schultz_1999/two_types --tree svg > tree.svg\n"
      "melian describe powell_2004/cost --tree svg --round > round.svg\n"
      "melian describe schultz_1999/two_types --tree svg --solved > solved.svg\n"
      "melian describe game.efg --tree text --lambda 20");
  auto command = std::make_shared<DescribeCommand>();
  command->game.add_to(*app);
  app->add_flag("--latex", command->latex, "the model section of a paper, as LaTeX, on stdout");
  app->add_option("--tree", command->tree, "Draw the tree of play on stdout")
      ->check(CLI::IsMember({"svg", "tikz", "text"}))
      ->type_name("svg|tikz|text");
  app->add_flag("--solved", command->solved,
                "Solve the game by tree and draw its equilibrium: probabilities, beliefs, the most "
                "likely path");
  app->add_option("--lambda", command->lambda, "Solve at this precision (implies --solved)")
      ->check(CLI::NonNegativeNumber)
      ->type_name("L");
  app->add_flag("--round", command->round, "of the tree, one round only");
  command->common.add_to(*app);
  return {app, [command] { return command->run(); }};
}

}  // namespace melian::cli
