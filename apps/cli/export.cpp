#include <algorithm>
#include <cmath>
#include <memory>
#include <set>
#include <utility>

#include <fmt/core.h>

#include "commands.h"
#include "data_files.h"
#include "melian/as_tree.h"
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

/// A behaviour profile as Gambit writes it: the information sets of the exported form in order,
/// player by player.
std::string profile_line(const ExtensiveForm& form, const std::vector<double>& log_strategy) {
  std::vector<const ExtensiveForm::InformationSet*> sets;
  for (const ExtensiveForm::InformationSet& set : form.sets)
    if (set.player >= 0) sets.push_back(&set);
  std::ranges::stable_sort(sets, {}, [](const ExtensiveForm::InformationSet* set) {
    return std::pair(set->player, set->number);
  });
  std::string out = "NE";
  for (const ExtensiveForm::InformationSet* set : sets)
    for (int a = set->first_action; a < set->first_action + set->num_actions; ++a)
      out += "," + number_text(std::exp(log_strategy[static_cast<std::size_t>(a)]));
  return out + "\n";
}

struct ExportCommand {
  CommonOptions common;
  GameOptions game;
  MethodOptions method;
  ChoiceOptions which;
  int rounds = 0;
  bool efg = false, nfg = false, profile = false;
  CLI::App* app = nullptr;

  /// The solution that is meant, at its lambda.
  [[nodiscard]] int run_profile(const Game& solved) const {
    for (const char* option : {"--grid", "--tolerance", "--rounds"})
      if (app->count(option) > 0)
        return fail(
            complaint(idle_option_code,
                      fmt::format("`{}` means nothing to a profile of the whole tree", option),
                      "leave it out"));
    Progress progress(common.quiet);
    const Result<SolvedAsTree> found =
        solve_tree_of(solved, method.as_tree(which.choice), progress.callback());
    progress.clear();
    if (was_interrupted()) return stopped();
    if (!found) return fail(found.error());
    print(profile_line(found->form, found->solution.log_strategy));
    return judged(found->solution.certificate.holds, found->solution.certificate.why_not, true,
                  common.quiet);
  }

  [[nodiscard]] int run() const {
    const bool of_a_solution = profile || !which.choice.is_default();
    const int documents = (efg ? 1 : 0) + (nfg ? 1 : 0) + (of_a_solution ? 1 : 0);
    if (documents != 1)
      return fail(complaint(
          idle_option_code,
          documents == 0 ? "no format is named"
          : efg && nfg   ? "`--efg` and `--nfg` are two documents"
                         : "a game and a solution of it are two documents",
          "say `--efg` for an extensive form, `--nfg` for a strategic form, `--profile` for a "
          "solution"));
    const Result<LoadedGame> loaded = load(game, common.quiet);
    if (!loaded) return fail(loaded.error());
    if (of_a_solution) return run_profile(loaded->game);
    for (const char* option :
         {"--lambda", "--grid", "--method", "--measure", "--present-value", "--tolerance"})
      if (app->count(option) > 0)
        return fail(
            complaint(idle_option_code,
                      fmt::format("`{}` means nothing to a game that is not solved", option),
                      "leave it out, or add `--profile`"));
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
      "--set rounds=2 --efg\nmelian export powell_2004/cost --set rounds=2 --solution 3fa-0b1-77c");
  auto command = std::make_shared<ExportCommand>();
  command->game.add_to(*app);
  app->add_flag("--efg", command->efg, "as a Gambit extensive form, on stdout");
  app->add_flag("--nfg", command->nfg,
                "as a Gambit strategic form, on stdout; for games in which each player chooses at "
                "one information set");
  app->add_flag(
      "--profile", command->profile,
      "a solution as Gambit writes one, on stdout: one line of probabilities, in the order "
      "of the information sets that `--efg` writes");
  command->app = app;
  command->method.method = "auto";
  command->method.add_to(*app, {"auto", "tree"});
  command->which.add_to(*app);
  app->add_option("--rounds", command->rounds, "cut a finite horizon after so many rounds")
      ->check(CLI::Range(1, 1'000'000))
      ->type_name("T");
  command->common.add_to(*app);
  return {app, [command] { return command->run(); }};
}

}  // namespace melian::cli
