#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include <fmt/core.h>

#include "commands.h"
#include "data_files.h"
#include "options.h"
#include "terminal.h"

namespace melian::cli {
namespace {

/// Gambit wants the labels of a player's information sets to differ.
void tell_apart(ExtensiveForm& form) {
  std::set<std::pair<int, std::string>> used;
  for (ExtensiveForm::InformationSet& set : form.sets) {
    const std::string label = set.label;
    for (int k = 2; !label.empty() && !used.insert({set.player, set.label}).second; ++k)
      set.label = fmt::format("{} ({})", label, k);
  }
}

struct ExportCommand {
  CommonOptions common;
  GameOptions game;
  int rounds = 0;
  bool efg = false, nfg = false;

  [[nodiscard]] int run() const {
    if (efg == nfg)
      return fail(complaint(idle_option_code,
                            efg ? "`--efg` and `--nfg` are two documents" : "no format is named",
                            "say `--efg` for an extensive form, `--nfg` for a strategic form"));
    const Result<LoadedGame> loaded = load(game, common.quiet);
    if (!loaded) return fail(loaded.error());
    UnrollOptions options;
    options.measure = Measure::each;
    options.discounting = Discounting::present_value;
    options.rounds = rounds;
    Result<ExtensiveForm> form = unroll(loaded->game, options);
    if (!form) return fail(form.error());
    if (Diagnostics beyond = nfg ? beyond_nfg(*form) : beyond_efg(*form); !beyond.empty())
      return fail(std::move(beyond));
    tell_apart(*form);
    form->comment =
        "Unrolled by Melian. Payoffs are discounted to the root: lambda meets present values. "
        "Every action weighs 1 (--measure each).";
    print(nfg ? write_nfg(*form) : write_efg(*form));
    const auto& moves = loaded->game.shape().moves;
    if (!common.quiet &&
        std::ranges::any_of(moves, [](const Move& move) { return !move.widths.empty(); }))
      say("melian: numbers of a continuum weigh 1 a point in Gambit's formats; compare with `solve "
          "--measure each --present-value`\n");
    return done;
  }
};

}  // namespace

Command add_export(CLI::App& program) {
  CLI::App* app = program.add_subcommand(
      "export", "a game for other programs: its explicit extensive or strategic form");
  app->footer(
      "melian export powell_2004/two_rounds --efg > two_rounds.efg\nmelian export powell_2004/cost "
      "--set rounds=2 --efg");
  auto command = std::make_shared<ExportCommand>();
  command->game.add_to(*app);
  app->add_flag("--efg", command->efg, "as a Gambit extensive form, on stdout");
  app->add_flag("--nfg", command->nfg,
                "as a Gambit strategic form, on stdout; for games in which each player chooses at "
                "one information set");
  app->add_option("--rounds", command->rounds, "cut a finite horizon after so many rounds")
      ->check(CLI::Range(1, 1'000'000))
      ->type_name("T");
  command->common.add_to(*app);
  return {app, [command] { return command->run(); }};
}

}  // namespace melian::cli
