#include <memory>

#include "commands.h"
#include "data_files.h"
#include "melian/figures.h"
#include "options.h"
#include "terminal.h"

namespace melian::cli {
namespace {

struct DescribeCommand {
  CommonOptions common;
  GameOptions game;
  bool latex = false, round = false;
  std::string tree;

  [[nodiscard]] int run() const {
    set_threads(common.threads);
    if (round && tree.empty())
      return fail(complaint(idle_option_code, "`--round` means nothing without a tree",
                            "say `--tree svg --round`"));
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
    print(tree == "tikz" ? tree_tikz(*drawn) : tree_svg(*drawn));
    return done;
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
      "melian describe powell_2004/cost --tree svg --round > round.svg");
  auto command = std::make_shared<DescribeCommand>();
  command->game.add_to(*app);
  app->add_flag("--latex", command->latex, "the model section of a paper, as LaTeX, on stdout");
  app->add_option("--tree", command->tree, "a picture of play on stdout")
      ->check(CLI::IsMember({"svg", "tikz"}))
      ->type_name("svg|tikz");
  app->add_flag("--round", command->round, "of the tree, one round only");
  command->common.add_to(*app);
  return {app, [command] { return command->run(); }};
}

}  // namespace melian::cli
