#include <cstdint>
#include <map>
#include <memory>

#include <fmt/core.h>

#include "commands.h"
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

/// A set's label says whose it is; without one, its number does.
std::string set_name(const ExtensiveForm& form, const ExtensiveForm::InformationSet& set) {
  if (!set.label.empty()) return set.label;
  return set.player < 0
             ? std::string("chance")
             : fmt::format("{} {}", form.players[static_cast<std::size_t>(set.player)], set.number);
}

std::string ending_of(const ExtensiveForm& form, const TreePlay& play) {
  std::string out;
  for (const int node : play)
    if (const int outcome = form.nodes[static_cast<std::size_t>(node)].outcome; outcome >= 0)
      out = form.outcomes[static_cast<std::size_t>(outcome)].label;
  return out;
}

/// Plays of a tree, one row a move.
std::string tree_plays_csv(const ExtensiveForm& form, const std::vector<TreePlay>& plays) {
  std::string out = "play,step,move,player,action,outcome\n";
  for (std::size_t p = 0; p < plays.size(); ++p) {
    const std::string ending = ending_of(form, plays[p]);
    for (std::size_t k = 1; k < plays[p].size(); ++k) {
      const auto before = static_cast<std::size_t>(plays[p][k - 1]);
      const ExtensiveForm::InformationSet& set =
          form.sets[static_cast<std::size_t>(form.nodes[before].set)];
      const int action = set.first_action + form.nodes[static_cast<std::size_t>(plays[p][k])].taken;
      out += fmt::format("{},{},{},{},{},{}\n", p + 1, k, set_name(form, set),
                         set.player < 0 ? std::string("chance")
                                        : form.players[static_cast<std::size_t>(set.player)],
                         form.actions[static_cast<std::size_t>(action)].label, ending);
    }
  }
  return out;
}

/// Simulated shares of a tree's outcomes beside what is predicted exactly.
std::string tree_shares(const ExtensiveForm& form, const std::vector<double>& log_strategy,
                        const std::vector<TreePlay>& plays) {
  std::map<std::string, std::int64_t> ended;
  for (const TreePlay& play : plays) ++ended[ending_of(form, play)];
  const auto all = static_cast<std::int64_t>(plays.size());
  std::string out = shares_header();
  for (const TreePrediction::End& end : predict_tree(form, log_strategy).ends)
    out += share_row(end.outcome, ended[end.outcome], all, end.probability);
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

  /// Plays of a chosen solution, which the tree holds.
  [[nodiscard]] int run_tree(const Game& chosen) const {
    catch_interrupts();
    Progress progress(common.quiet);
    const Result<SolvedAsTree> found =
        solve_tree_of(chosen, method.as_tree(which.choice), progress.callback());
    progress.clear();
    if (was_interrupted()) return stopped();
    if (!found) return fail(found.error());
    const std::vector<double>& strategy = found->solution.log_strategy;
    const std::vector<TreePlay> drawn = simulate_tree(found->form, strategy, plays, seed);
    print(csv ? tree_plays_csv(found->form, drawn) : tree_shares(found->form, strategy, drawn));
    return judged(found->solution.certificate.holds, found->solution.certificate.why_not, true,
                  common.quiet);
  }

  [[nodiscard]] int run() const {
    set_threads(common.threads);
    const Result<LoadedGame> loaded = load(game, common.quiet);
    if (!loaded) return fail(loaded.error());
    if (!which.choice.is_default()) return run_tree(loaded->game);
    Result<AnswerOptions> options = method.for_game(loaded->game);
    if (!options) return fail(options.error());
    options->with_certificate = false;
    catch_interrupts();
    Progress progress(common.quiet);
    options->solve.on_step = progress.callback();
    const Result<Answer> found = answer(loaded->game, *options);
    progress.clear();
    if (was_interrupted()) return stopped();
    if (!found) return fail(found.error());
    const Simulation simulation = simulate(loaded->game, found->solution.assessment, plays, seed);
    print(csv ? plays_csv(loaded->game.shape(), simulation)
              : shares(loaded->game.shape(), found->prediction, simulation));
    return done;
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
  command->method.add_to(*app);
  command->which.add_to(*app);
  command->common.add_to(*app);
  return {app, [command] { return command->run(); }};
}

}  // namespace melian::cli
