/// Equilibria as papers quote them: information sets as text, CSV, LaTeX and JSON, solved trees as
/// text and pictures, as their goldens. MELIAN_UPDATE_GOLDENS=1 writes them anew.

#include <cctype>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>

#include "melian/as_tree.h"
#include "melian/figures.h"
#include "melian/strategy_tables.h"
#include "support/texts.h"

namespace {

using namespace melian;
namespace fs = std::filesystem;

const fs::path root = MELIAN_SOURCE_DIR;
const fs::path data = root / "tests/golden/data/strategies";

/// The last digits of a number may differ from machine to machine.
constexpr double last_digits = 1.5e-4;  // of a number printed to four decimals; relative above 1

/// Texts are equal but for the last digits of their numbers.
bool same(const std::string& a, const std::string& b) {
  std::size_t i = 0, j = 0;
  const auto number_at = [](const std::string& text, std::size_t k) {
    return std::isdigit(static_cast<unsigned char>(text[k])) != 0;
  };
  while (i < a.size() && j < b.size()) {
    if (number_at(a, i) && number_at(b, j)) {
      char *end_a = nullptr, *end_b = nullptr;
      const double x = std::strtod(a.c_str() + i, &end_a), y = std::strtod(b.c_str() + j, &end_b);
      if (std::abs(x - y) > last_digits * std::max(1.0, std::abs(x))) return false;
      i = static_cast<std::size_t>(end_a - a.c_str());
      j = static_cast<std::size_t>(end_b - b.c_str());
    } else if (a[i++] != b[j++]) {
      return false;
    }
  }
  return i == a.size() && j == b.size();
}

void check(const std::string& name, const std::string& text) {
  if (std::getenv("MELIAN_UPDATE_GOLDENS") != nullptr) {
    fs::create_directories(data);
    std::ofstream(data / name, std::ios::binary) << text;
  }
  REQUIRE_MESSAGE(fs::exists(data / name),
                  "no golden: run with MELIAN_UPDATE_GOLDENS=1 and read what it writes");
  const std::string golden = test::content_of(data / name);
  CHECK_MESSAGE(same(text, golden), name << ": now\n" << text);
}

void check_all(const std::string& name, const StrategyList& list, const std::string& title,
               bool with_document) {
  check(name + ".txt", strategies_text(list, {false, 80}));
  check(name + ".csv", strategies_csv(list));
  check(name + ".tex", strategies_latex(list, title));
  if (with_document) check(name + ".json", with_information_sets("{}", list));
}

struct Solved {
  Game game;
  ExtensiveForm form;
  TreeSolution solution;
};

Solved shipped(const std::string& name) {
  const Result<Model> model = read_model((root / "models" / name).string());
  REQUIRE_MESSAGE(model.has_value(), (model ? "" : render(model.error())));
  const Result<Game> game = compile(*model, {})->bind({});
  REQUIRE(game.has_value());
  const Result<TreeRequest> request = tree_request(*game, AsTree{});
  REQUIRE(request.has_value());
  const Result<ExtensiveForm> form = unroll(*game, request->unroll);
  REQUIRE(form.has_value());
  TreeOptions how;
  how.lambda = request->lambda;
  const Result<TreeSolution> solution = solve_tree(*form, how);
  REQUIRE(solution.has_value());
  return {*game, *form, *solution};
}

StrategyList list_of(const Solved& solved) {
  TreeStrategies source(solved.game, solved.form, solved.solution.log_strategy, Measure::cells);
  return list_strategies(solved.game, source);
}

}  // namespace

TEST_CASE("strategies: a crisis with an audience as text, CSV, LaTeX and JSON") {
  const Solved solved = shipped("schultz_1999/two_types.melian");
  check_all("schultz_1999", list_of(solved), solved.form.title, true);
  const auto tree =
      solved_tree(solved.form, solved.solution.log_strategy, solved.solution.summary.lambda, true);
  REQUIRE(tree.has_value());
  check("schultz_1999_tree.txt", tree_text(tree->tree, tree->marks));
  check("schultz_1999_tree.svg", tree_svg(tree->tree, tree->marks));
  check("schultz_1999_tree.tex", tree_tikz(tree->tree, tree->marks));
}

TEST_CASE("strategies: a mediator's messages as text, CSV and LaTeX") {
  const Solved solved = shipped("kydd_2003/mediator.melian");
  check_all("kydd_2003", list_of(solved), solved.form.title, false);
}

TEST_CASE("strategies: simultaneous moves as text, CSV, LaTeX and JSON") {
  const Solved solved = shipped("jervis_1978/security_dilemma.melian");
  check_all("jervis_1978", list_of(solved), solved.form.title, true);
}

TEST_CASE("strategies: an extensive form of Gambit's as text, CSV, LaTeX, JSON and a picture") {
  const auto form = read_efg((data / "cards.efg").string());
  REQUIRE_MESSAGE(form.has_value(), (form ? "" : render(form.error())));
  TreeOptions how;
  how.lambda = 2.0;
  const auto solution = solve_tree(*form, how);
  REQUIRE(solution.has_value());
  check_all("cards", list_strategies(*form, solution->log_strategy), form->title, true);
  const auto tree = solved_tree(*form, solution->log_strategy, 2.0, false);
  REQUIRE(tree.has_value());
  check("cards_tree.txt", tree_text(tree->tree, tree->marks));
  check("cards_tree.svg", tree_svg(tree->tree, tree->marks));
}
