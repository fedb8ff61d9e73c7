#include <cstdint>
#include <memory>

#include <fmt/core.h>

#include "commands.h"
#include "data_files.h"
#include "melian/tree_answer.h"
#include "options.h"
#include "terminal.h"

namespace melian::cli {
namespace {

constexpr std::int64_t most_plays = 10'000'000;

/// Who moves; several at the same time as "A & B".
std::string mover_words(const Structure& structure, const Move& move) {
  if (move.player >= 0) return structure.players[static_cast<std::size_t>(move.player)].name;
  std::string out;
  for (const int part : move.parts)
    out += (out.empty() ? "" : " & ") +
           mover_words(structure, structure.moves[static_cast<std::size_t>(part)]);
  return out.empty() ? "chance" : out;
}

/// One row a move, tidy: every row says which play it belongs to and how that play ends.
std::string plays_csv(const Structure& structure, const Simulation& simulation) {
  std::string out = "play,round,step,move,player,action,belief_before,belief_after";
  for (const Player& player : structure.players)
    if (!player.types.empty()) out += ",type_of_" + player.name;
  out += ",outcome,last_round,unfinished\n";
  const auto at = [](int index) { return static_cast<std::size_t>(index); };
  for (const Play& play : simulation.plays) {
    std::string ending;
    for (std::size_t i = 0; i < structure.players.size(); ++i)
      if (!structure.players[i].types.empty())
        ending += "," + structure.players[i].types[at(play.types[i])];
    ending +=
        fmt::format(",{},{},{}\n", play.outcome >= 0 ? structure.outcomes[at(play.outcome)] : "",
                    play.last_round, play.unfinished ? 1 : 0);
    int step_number = 0;
    for (const PlayStep& step : play.steps) {
      const Move& move = structure.moves[at(structure.states[at(step.state)].move)];
      if (move.kind == MoveKind::passage) continue;
      out += fmt::format("{},{},{},{},{},{}", step.play, step.round, ++step_number, move.name,
                         mover_words(structure, move),
                         move.actions[at(structure.branches[at(step.branch)].action)]);
      const bool teaches = move.player < 0 ? structure.everyone() != 0
                                           : structure.players[at(move.player)].num_types() > 1;
      out += teaches ? fmt::format(",{},{}", number_text(step.belief_before),
                                   number_text(step.belief_after))
                     : ",,";
      out += ending;
    }
  }
  return out;
}

std::string shares_header() {
  return fmt::format("{:<28} {:>9} {:>19} {:>10}\n", "outcome", "simulated", "95 % interval",
                     "predicted");
}

std::string share_row(const std::string& outcome, std::int64_t ended, std::int64_t plays,
                      double predicted) {
  const Interval interval = binomial_interval(ended, plays);
  return fmt::format("{:<28} {:>9.4f} {:>19} {:>10.4f}\n", outcome,
                     static_cast<double>(ended) / static_cast<double>(plays),
                     fmt::format("{:.4f} to {:.4f}", interval.low, interval.high), predicted);
}

/// Simulated shares beside what is predicted exactly.
std::string shares(const Structure& structure, const Prediction& prediction,
                   const Simulation& simulation) {
  std::vector<std::int64_t> ended(structure.outcomes.size(), 0);
  for (const Play& play : simulation.plays)
    if (play.outcome >= 0) ++ended[static_cast<std::size_t>(play.outcome)];
  const auto plays = static_cast<std::int64_t>(simulation.plays.size());
  std::string out = shares_header();
  for (std::size_t o = 0; o < structure.outcomes.size(); ++o)
    out += share_row(structure.outcomes[o], ended[o], plays, prediction.outcomes[o]);
  return out;
}

struct SimulateCommand {
  CommonOptions common;
  GameOptions game;
  MethodOptions method;
  ChoiceOptions which;
  std::int64_t plays = 1000;
  std::uint64_t seed = 1;
  bool csv = false;
  CLI::App* app = nullptr;

  [[nodiscard]] int show(const Game& played, const Prediction& prediction,
                         const Simulation& simulation) const {
    print(csv ? plays_csv(played.shape(), simulation)
              : shares(played.shape(), prediction, simulation));
    return done;
  }

  /// By tree: a solution that is chosen, or a small game.
  [[nodiscard]] int run_tree(const Game& played) const {
    const bool asked = method.method == "tree" || !which.choice.is_default();
    for (const char* option : {"--grid", "--tolerance"})
      if (asked && app->count(option) > 0)
        return fail(complaint(
            idle_option_code,
            fmt::format("`{}` means nothing to the method tree, which has no grid", option),
            "leave it out"));
    Result<AnswerOptions> options = method.for_game(played);
    if (!options) return fail(options.error());
    Progress progress(common.quiet);
    options->solve.on_step = progress.callback();
    const Result<TreeAnswer> found = answer_on_tree(played, *options, {.choice = which.choice});
    progress.clear();
    if (was_interrupted()) return stopped();
    if (!found) return fail(found.error());
    const int shown = show(played, found->answer.prediction,
                           simulate_solution(played, found->form, found->solution.log_strategy,
                                             options->solve.measure, plays, seed));
    const Certificate& certificate = found->answer.certificate;
    return certificate.holds ? shown : judged(false, certificate.why_not, true, common.quiet);
  }

  [[nodiscard]] int run() const {
    set_threads(common.threads);
    const Result<LoadedGame> loaded = load(game, common.quiet);
    if (!loaded) return fail(loaded.error());
    const bool chooses = method.method == "auto" && app->count("--grid") == 0;
    if (method.method == "tree" || !which.choice.is_default() ||
        (chooses && count_tree_nodes(loaded->game) <= most_tree_nodes))
      return run_tree(loaded->game);
    Result<AnswerOptions> options = method.for_game(loaded->game);
    if (!options) return fail(options.error());
    if (chooses) options->method = MethodName::automatic;
    options->with_certificate = chooses;  // which tells whether a method serves
    Progress progress(common.quiet);
    options->solve.on_step = options->certify.on_step = progress.callback();
    const Result<Answer> found = answer_by_method(loaded->game, *options);
    progress.clear();
    if (was_interrupted()) return stopped();
    if (!found) return fail(found.error());
    const int shown = show(loaded->game, found->prediction,
                           simulate(loaded->game, found->solution.assessment, plays, seed));
    const bool holds = !chooses || found->certificate.holds;
    return holds ? shown : judged(false, found->certificate.why_not, true, common.quiet);
  }
};

}  // namespace

Command add_simulate(CLI::App& program) {
  CLI::App* app = program.add_subcommand("simulate", "plays of the solved game, at true beliefs");
  app->footer(
      "melian simulate powell_2004/cost --plays 10000 --seed 7\nmelian simulate powell_2004/cost "
      "--plays 100 --csv > plays.csv");
  auto command = std::make_shared<SimulateCommand>();
  command->game.add_to(*app);
  app->add_option("--plays", command->plays, "how many plays")
      ->check(CLI::Range(std::int64_t{1}, most_plays))
      ->capture_default_str()
      ->type_name("N");
  app->add_option("--seed", command->seed, "the same seed gives the same plays")
      ->capture_default_str()
      ->type_name("S");
  app->add_flag("--csv", command->csv, "one row a move on stdout, instead of shares of outcomes");
  command->app = app;
  command->method.method = "auto";
  command->method.add_to(*app, {"auto", "grid", "tree"});
  command->which.add_to(*app);
  command->common.add_to(*app);
  return {app, [command] { return command->run(); }};
}

}  // namespace melian::cli
