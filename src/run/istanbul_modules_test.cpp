/// The modules of the Istanbul model: small enough, solved, and nothing but the core where they are
/// switched off.

#include <cmath>

#include <doctest/doctest.h>

#include "claims/study_pieces.h"
#include "study/settings_merge.h"

using namespace melian;

namespace {

const std::string folder = std::string(MELIAN_SOURCE_DIR) + "/models/istanbul/";

/// Solved for two months on three nodes a player, at the model's own parameters but for these.
Answer solved(const std::vector<std::string>& modules, Settings settings) {
  std::vector<std::string> paths;
  for (const std::string& module : modules) paths.push_back(folder + module + ".melian");
  const auto model = read_model(folder + "core.melian", paths);
  REQUIRE_MESSAGE(model.has_value(), render(model.error()));
  settings["months"] = 2.0;
  const auto compiled = compile(*model, settings);
  REQUIRE_MESSAGE(compiled.has_value(), render(compiled.error()));
  const auto game = compiled->bind(settings);
  REQUIRE_MESSAGE(game.has_value(), render(game.error()));
  Study study;
  study.solve.grid = {{"", 3}};
  AnswerOptions options;
  options.solve.method = grid_for(study, *game);
  options.with_certificate = false;
  auto found = answer(*game, options);
  REQUIRE_MESSAGE(found.has_value(), render(found.error()));
  CHECK(found->solution.summary.unsolved == 0);
  return std::move(*found);
}

}  // namespace

TEST_CASE("istanbul: a module switched off leaves the core's numbers") {
  const Answer core = solved({}, {});
  const std::vector<std::pair<std::string, Settings>> off{
      {"patrons", {{"aid", 0.0}, {"neglect", 0.0}}},
      {"suppliers", {{"supplies", "off"}, {"wear", 0.0}, {"want", 0.0}}},
      {"mediator_terms", {{"tabled", "modest"}}},
      {"audience", {{"heed", 0.0}, {"unseemly", 0.0}}},
  };
  for (const auto& [module, settings] : off) {
    const Answer without = solved({module}, settings);
    CAPTURE(module);
    for (std::size_t i = 0; i < core.prediction.values.size(); ++i)
      for (std::size_t t = 0; t < core.prediction.values[i].size(); ++t)
        CHECK(without.prediction.values[i][t] ==
              doctest::Approx(core.prediction.values[i][t]).epsilon(1e-7));
    CHECK(without.prediction.rounds_mean ==
          doctest::Approx(core.prediction.rounds_mean).epsilon(1e-7));
  }
}

TEST_CASE("istanbul: modules at the model's own numbers leave no decision unsolved, together too") {
  for (const char* module : {"patrons", "suppliers", "mediator_terms", "audience"})
    static_cast<void>(solved({module}, {}));
  static_cast<void>(solved({"patrons", "audience"}, {}));
}

TEST_CASE(
    "istanbul: every game of the study stays within about three million decisions on the coarse "
    "grid") {
  const auto study = read_study(std::string(MELIAN_SOURCE_DIR) + "/studies/istanbul_2025.toml");
  REQUIRE_MESSAGE(study.has_value(), render(study.error()));
  for (const Variant& variant : study->variants) {
    const auto compiled =
        compile(model_of(*study, &variant), settings_of(*study, nullptr, &variant));
    REQUIRE_MESSAGE(compiled.has_value(), render(compiled.error()));
    const Structure& structure = compiled->structure();
    double decisions = 0.0;
    for (std::size_t s = 0; s < structure.states.size(); ++s)
      if (structure.is_decision(static_cast<int>(s)))
        decisions += (structure.states[s].timed ? structure.rounds : 1) * 5.0 * 5.0 * 3.0;
    CAPTURE(variant.id);
    CHECK(decisions < 3.1e6);
  }
}
