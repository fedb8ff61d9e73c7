/// What papers are given: model sections, trees and figures, as their goldens.
/// MELIAN_UPDATE_GOLDENS=1 writes them anew.

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string_view>

#include <doctest/doctest.h>

#include "melian/figures.h"
#include "support/texts.h"

namespace {

using namespace melian;
namespace fs = std::filesystem;

const fs::path root = MELIAN_SOURCE_DIR;
const fs::path data = root / "tests/golden/data/manuscript";

Model shipped(const std::string& name) {
  Result<Model> model = read_model((root / "models" / name).string());
  REQUIRE_MESSAGE(model.has_value(), (model ? "" : render(model.error())));
  return *std::move(model);
}

PlayTree tree_of(const std::string& name, bool one_round) {
  PlayTreeOptions options;
  options.one_round = one_round;
  Result<PlayTree> tree = play_tree(shipped(name), {}, options);
  REQUIRE_MESSAGE(tree.has_value(), (tree ? "" : render(tree.error())));
  return *std::move(tree);
}

void check(const std::string& name, const std::string& text) {
  if (std::getenv("MELIAN_UPDATE_GOLDENS") != nullptr) {
    fs::create_directories(data);
    std::ofstream(data / name, std::ios::binary) << text;
  }
  REQUIRE_MESSAGE(fs::exists(data / name),
                  "no golden: run with MELIAN_UPDATE_GOLDENS=1 and read what it writes");
  CHECK(text == test::content_of(data / name));
}

/// One demand before war along its prior, with numbers made up so that no solver stands behind the
/// picture.
Sweep made_up(int parameters) {
  Sweep out;
  out.vary = {{"prior[B].low", 0.0, 1.0, 3}};
  if (parameters == 2) out.vary.push_back({"cost[A]", 0.0, 0.4, 2});
  for (int r = 0; r < 3; ++r)
    for (int c = 0; c < (parameters == 2 ? 2 : 1); ++c) {
      SweepPoint point;
      point.at = {0.5 * r};
      if (parameters == 2) point.at.push_back(0.4 * c);
      point.numbers = {{"outcomes.war", 0.25 * (r + c)},
                       {"outcomes.settlement", 1 - 0.25 * (r + c)},
                       {"values.A", 0.6 - 0.1 * r}};
      point.grid_error = {{"outcomes.war", 1e-4}};
      point.most_probable = {{"outcome", r + c > 1 ? "war" : "settlement", 0, false}};
      point.holds = r < 2;
      if (!point.holds) point.why_not = {"grid error: 0.1, more than 1e-6"};
      point.finished = true;
      out.points.push_back(std::move(point));
    }
  out.switches.push_back({0, parameters == 2 ? std::vector{0.75, 0.0} : std::vector{0.75}, 1e-4,
                          "outcome", "settlement", "war"});
  return out;
}

SweepFigure figure_of(int parameters) {
  SweepFigure out;
  out.title = "One demand & what follows";
  out.source = "nobody 2025";
  out.fixed = {"p = 0.5"};
  out.thresholds = {{"q*: safe above", "nobody 2025", 0, {{0.6, 0.0}}}};
  if (parameters == 2) out.thresholds[0].points = {{0.6, 0.0}, {0.7, 0.4}};
  if (parameters == 1) out.shown = {"outcomes.war", "values.A"};
  return out;
}

}  // namespace

TEST_CASE("manuscript: model sections read as their goldens do") {
  for (const char* name : {"powell_2004/cost", "schultz_1999/two_types",
                           "jervis_1978/security_dilemma", "fearon_1995/uniform_cost"}) {
    CAPTURE(name);
    const Result<std::string> text = latex_section(shipped(std::string(name) + ".melian"));
    REQUIRE(text.has_value());
    std::string file = name;
    std::ranges::replace(file, '/', '_');
    check(file + ".tex", *text);
  }
}

TEST_CASE(
    "manuscript: every shipped model has a model section whose braces and environments close") {
  for (const fs::path& file : test::model_files(root)) {
    const Result<Model> model = read_model(file.string());
    if (!model) continue;  // modules
    CAPTURE(file.string());
    const Result<std::string> text = latex_section(*model);
    REQUIRE(text.has_value());
    int braces = 0, open = 0, least = 0;
    for (std::size_t k = 0; k < text->size(); ++k) {
      const bool escaped = k > 0 && (*text)[k - 1] == '\\' && (k < 2 || (*text)[k - 2] != '\\');
      if (!escaped && (*text)[k] == '{') ++braces;
      if (!escaped && (*text)[k] == '}') --braces;
      const std::string_view here = std::string_view(*text).substr(k);
      if (here.starts_with("\\begin{")) ++open;
      if (here.starts_with("\\end{")) --open;
      least = std::min(least, braces);
    }
    CHECK(least == 0);
    CHECK(braces == 0);
    CHECK(open == 0);
    CHECK(std::ranges::count(*text, '$') % 2 == 0);
  }
}

TEST_CASE("manuscript: trees are drawn as their goldens are") {
  check("schultz.svg", tree_svg(tree_of("schultz_1999/two_types.melian", false)));
  check("schultz.tikz", tree_tikz(tree_of("schultz_1999/two_types.melian", false)));
  check("powell_round.svg", tree_svg(tree_of("powell_2004/cost.melian", true)));
  check("dilemma.svg", tree_svg(tree_of("jervis_1978/security_dilemma.melian", false)));
}

TEST_CASE("manuscript: a tree that could not be read is refused with its size in view") {
  const Result<PlayTree> tree = play_tree(shipped("istanbul/core.melian"));
  REQUIRE_FALSE(tree.has_value());
  CHECK(tree.error().front().code == too_large_code);
  CHECK(tree.error().front().hint.find("--round") != std::string::npos);
}

TEST_CASE("figures: curves and regions are drawn as their goldens are, and their numbers tabled") {
  check("curves.svg", sweep_svg(made_up(1), figure_of(1)));
  check("regions.svg", sweep_svg(made_up(2), figure_of(2)));
  check("sweep.csv", sweep_csv(made_up(2)));
  check("sweep.json", sweep_json(made_up(1), figure_of(1)));
}
