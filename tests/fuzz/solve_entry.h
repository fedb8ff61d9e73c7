#pragma once
/// What a small game drawn from an input is put through: answered by grid and by tree, and both
/// held to what they say of themselves and of each other. The games are those of tests/prove.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>

#include <fmt/core.h>

#include "melian/answer.h"
#include "melian/language.h"
#include "prove/any_game.h"

namespace melian::test {

/// An input as settings of the generator: a byte each, then the seed.
class GameBytes {
 public:
  explicit GameBytes(const std::string& input) : input_(input) {}

  [[nodiscard]] std::string draw() {
    prove::AnyGame asked;
    asked.players = 2 + (byte() % 8 == 0 ? 1 : 0);
    asked.typed = 1 + (byte() % 4 == 0 ? 1 : 0);
    asked.types = 2 + (byte() % 8 == 0 ? 1 : 0);
    asked.rounds = 1 + byte() % 2;
    asked.least_moves = 1 + byte() % 2;
    asked.most_moves = asked.least_moves + byte() % 2;
    asked.most_offers = 2 + byte() % 3;
    asked.offers = share();
    asked.chance = 0.5 * share();
    asked.together = byte() % 3 == 0 ? share() : 0.0;
    asked.guards = byte() % 3 == 0 ? share() : 0.0;
    asked.disagree = byte() % 2 == 0 ? share() : 0.0;
    asked.least_prior = 0.5 * std::pow(10.0, -6.0 * share());
    asked.most_prior = 0.5;
    asked.joint = byte() % 8 == 0 && asked.typed == 2;
    if (asked.joint) asked.disagree = 0.0;  // beliefs about one player alone would say nothing
    asked.perceived = byte() % 4 == 0;
    asked.most_lambda = std::pow(10.0, 3.0 * share());
    asked.least_lambda = std::min(0.5, asked.most_lambda);
    asked.by_type = byte() % 4 == 0;
    asked.scale = std::pow(10.0, 6.0 * (share() - 0.5));
    asked.discount = 0.5 + 0.5 * share();
    prove::Pen pen(seed(), 100);
    return prove::draw_any_game(pen, asked);
  }
  /// Belief nodes; 0: the default. Few, mostly: what a certificate says must hold of any grid.
  [[nodiscard]] int draw_nodes() {
    constexpr int few[] = {5, 9, 9, 17, 33, 0};
    return few[byte() % 6];
  }

 private:
  int byte() { return at_ < input_.size() ? static_cast<unsigned char>(input_[at_++]) : 1; }
  double share() { return byte() / 255.0; }
  std::uint64_t seed() {
    std::uint64_t out = 0;
    for (; at_ < input_.size(); ++at_)
      out = out * 257 + static_cast<unsigned char>(input_[at_]) + 1;
    return out;
  }
  const std::string& input_;
  std::size_t at_ = 0;
};

constexpr double sum_round_off = 1e-9;

/// Probabilities that must sum to one: of how play ends, of rounds, of what types do first.
inline std::string broken_sums(const Answer& answer) {
  const Prediction& prediction = answer.prediction;
  double outcomes = prediction.unfinished, rounds = 0.0;
  for (const double probability : prediction.outcomes) {
    if (!(probability >= -sum_round_off && probability <= 1.0 + sum_round_off))
      return fmt::format("an outcome of probability {}", probability);
    outcomes += probability;
  }
  for (const double probability : prediction.rounds_distribution) rounds += probability;
  // What the horizon's closing reaches is an outcome of its own where the model names one.
  double named = outcomes - prediction.unfinished;
  if (std::abs(named - 1.0) > sum_round_off && std::abs(outcomes - 1.0) > sum_round_off)
    return fmt::format("outcomes that sum to {}", outcomes);
  if (std::abs(rounds - 1.0) > sum_round_off &&
      std::abs(rounds + prediction.unfinished - 1.0) > sum_round_off)
    return fmt::format("rounds that sum to {}", rounds);
  for (const StartStrategy& start : prediction.start) {
    double sum = 0.0;
    for (const double probability : start.probabilities) sum += probability;
    if (std::abs(sum - 1.0) > sum_round_off) return fmt::format("a strategy that sums to {}", sum);
  }
  return {};
}

/// A verdict with its reasons; stated errors that are numbers.
inline std::string broken_certificate(const Answer& answer) {
  const Certificate& certificate = answer.certificate;
  if (certificate.holds != certificate.why_not.empty())
    return certificate.holds ? "certified, with reasons against it" : "refused without a reason";
  for (const auto& [name, error] : certificate.grid_error)
    if (certificate.holds && !(error >= 0.0 && std::isfinite(error)))
      return fmt::format("certified, with an error of {} in {}", error, name);
  return {};
}

/// Two certified answers of which one says that there is no other: they agree within what both
/// state, or within the certificate's tolerance (smaller excesses of a stated error are counted by
/// `make prove`).
inline std::string broken_agreement(const Game& game, const Answer& grid, const Answer& tree) {
  const bool alone = proved_unique(game, grid.solution).value_or(false);
  if (!grid.certificate.holds || !tree.certificate.holds || !alone) return {};
  const auto ours = printed_numbers(game.shape(), grid.prediction),
             theirs = printed_numbers(game.shape(), tree.prediction);
  const auto stated = [](const Answer& answer, const std::string& name) {
    const auto found = answer.certificate.grid_error.find(name);
    return found == answer.certificate.grid_error.end() ? 0.0 : found->second;
  };
  constexpr double round_off = 1e-6;
  for (const auto& [name, number] : ours) {
    const auto other = theirs.find(name);
    if (other == theirs.end() || !grid.certificate.grid_error.contains(name)) continue;
    const auto scale = grid.certificate.scale.find(name);
    const double unit = std::max(scale == grid.certificate.scale.end() ? 1.0 : scale->second,
                                 1e-6 * std::abs(number)),
                 allowed = std::max(stated(grid, name) + stated(tree, name),
                                    grid.certificate.tolerance * unit) +
                           round_off * unit;
    if (!(std::abs(number - other->second) <= allowed))
      return fmt::format("{} is {} +- {} by grid and {} +- {} by tree", name, number,
                         stated(grid, name), other->second, stated(tree, name));
  }
  return {};
}

/// Returns "" or the law the game breaks.
inline std::string solve_small_game(const std::string& text, int nodes) {
  constexpr double most_decisions = 2500, most_nodes = 500;
  const Result<Model> model = read_model_text(text, "drawn.melian");
  if (!model) return "a drawn game is not read: " + render(model.error());
  const Result<CompiledModel> compiled = compile(*model);
  if (!compiled) return compiled.error().empty() ? "not compiled without a reason" : "";
  const Result<Game> game = compiled->bind({});
  if (!game) return "a drawn game is not bound: " + render(game.error());
  AnswerOptions options;
  if (nodes > 0) options.solve.method = BeliefGrid{.nodes = {nodes}};
  const BeliefAxes axes = belief_axes(*game, std::get<BeliefGrid>(options.solve.method));
  if (static_cast<double>(count_decisions(game->shape(), axes)) > most_decisions ||
      count_tree_nodes(*game) > most_nodes)
    return {};
  const Result<Answer> grid = answer(*game, options);
  if (!grid) return grid.error().empty() ? "refused without a reason" : "";
  if (std::string broken = broken_sums(*grid); !broken.empty()) return broken;
  if (std::string broken = broken_certificate(*grid); !broken.empty()) return broken;
  options.method = MethodName::tree;
  const Result<Answer> tree = answer_by_method(*game, options);
  if (!tree) return tree.error().empty() ? "refused by tree without a reason" : "";
  if (std::string broken = broken_sums(*tree); !broken.empty()) return "by tree: " + broken;
  if (std::string broken = broken_certificate(*tree); !broken.empty()) return "by tree: " + broken;
  return broken_agreement(*game, *grid, *tree);
}

/// Returns "" or the law the drawn game breaks, with the game's text.
inline std::string solve_hostile_game(const std::string& input) {
  GameBytes bytes(input);
  const int nodes = bytes.draw_nodes();
  const std::string text = bytes.draw(), broken = solve_small_game(text, nodes);
  return broken.empty() ? "" : fmt::format("{} ({} nodes)\n{}", broken, nodes, text);
}

}  // namespace melian::test
