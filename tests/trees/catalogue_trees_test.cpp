/// The catalogue by tree and by belief grid, where both can: the same values wherever every
/// decision has one solution.

#include <regex>
#include <set>

#include "melian/beliefs.h"
#include "melian/solve.h"
#include "support/solved.h"
#include "trees/model_trees.h"

using namespace melian;
using namespace melian::testing;

namespace {

/// A model cut to two rounds, endless ones too; nothing where the file is no model of its own.
/// `coarse`: with few offers.
std::optional<Game> cut_to_two_rounds(const std::filesystem::path& path, bool coarse) {
  std::string text = std::regex_replace(test::content_of(path),
                                        std::regex("(horizon )[a-z_0-9]+( rounds)"), "$012$2");
  text = std::regex_replace(text, std::regex("horizon forever"),
                            "horizon 2 rounds then end cut_short");
  if (coarse) text = std::regex_replace(text, std::regex("by 0\\.0[0-9]+"), "by 0.25");
  const auto model = read_model_text(text, path.string());
  if (!model) return std::nullopt;
  const auto compiled = compile(*model);
  if (!compiled) return std::nullopt;
  auto game = compiled->bind({});
  if (!game) return std::nullopt;
  return std::move(*game);
}

std::optional<ExtensiveForm> small_tree(const Game& game) {
  UnrollOptions options;
  options.max_nodes = 50'000;
  auto form = unroll(game, options);
  if (!form) return std::nullopt;
  return std::move(*form);
}

constexpr double lambda = 5.0;

/// Values before types are known on a grid of so many nodes; empty where it refuses, or some
/// decision has several solutions.
std::vector<double> by_grid(const Game& game, int nodes) {
  SolveOptions how;
  how.method = grid_of(game, nodes);
  how.lambda = lambda;
  const auto grid = solve(game, how);
  if (!grid || grid->summary.several + grid->summary.unsolved > 0) return {};
  std::vector<double> out;
  for (std::size_t i = 0; i < grid->start_values.size(); ++i) {
    out.push_back(0.0);
    for (std::size_t k = 0; k < grid->start_values[i].size(); ++k)
      out.back() += (grid->start_values[i].size() == 1 ? 1.0 : game.numbers.prior[i][k]) *
                    grid->start_values[i][k];
  }
  return out;
}

}  // namespace

TEST_CASE(
    "tree: equals the belief grid on every model that both can solve, cut to two rounds, where "
    "every decision has one solution") {
  constexpr double round_off = 1e-9;
  std::set<std::string> compared;
  for (const std::filesystem::path& path : test::model_files(MELIAN_SOURCE_DIR)) {
    const std::string name = path.parent_path().filename().string() + "/" + path.stem().string();
    CAPTURE(name);
    std::optional<Game> game = cut_to_two_rounds(path, false);
    std::optional<ExtensiveForm> form = game ? small_tree(*game) : std::nullopt;
    if (!form) game = cut_to_two_rounds(path, true);
    if (!form && game) form = small_tree(*game);
    if (!form || form->actions.empty()) continue;
    const int axes = BeliefSpace(game->shape()).num_axes(), cells = axes <= 1   ? 128
                                                                    : axes == 2 ? 64
                                                                                : 16;
    const double most_of_the_grid = axes <= 2 ? 1e-3 : 1e-2;
    const std::vector<double> coarsest = by_grid(*game, cells / 4 + 1),
                              coarse = by_grid(*game, cells / 2 + 1),
                              fine = by_grid(*game, cells + 1);
    if (coarsest.empty() || coarse.empty() || fine.empty()) continue;
    TreeOptions how;
    how.lambda = lambda;
    const auto tree = solve_tree(*form, how);
    REQUIRE(tree.has_value());
    CHECK(tree->certificate.holds);
    compared.insert(name);
    for (std::size_t i = 0; i < fine.size(); ++i) {
      const double grid_error =
          std::max(std::abs(fine[i] - coarse[i]), 0.5 * std::abs(coarse[i] - coarsest[i]));
      CHECK(std::abs(fine[i] - tree->certificate.values[i]) <= 2.0 * grid_error + round_off);
      CHECK(grid_error < most_of_the_grid);
    }
  }
  CAPTURE(compared.size());
  CHECK(compared.size() >= 28);
}
