/// The modules of the shipped Istanbul model: each fits its budget, and with its numbers at nought
/// changes nothing.

#include <algorithm>

#include <doctest/doctest.h>

#include "support/solved_game.h"

using namespace melian;

namespace {

const std::string folder = std::string(MELIAN_SOURCE_DIR) + "/models/istanbul/";

struct Module {
  std::string name;
  Settings nought;  ///< what switches it off; the core gets those it knows
};

std::vector<Module> modules() {
  return {{"learning", {{"lesson[Moscow]", 0.0}, {"lesson[Kyiv]", 0.0}, {"sting", 0.0}}},
          {"peace", {{"later_years", std::string("off")}, {"ruin", 0.2}}},
          {"escalation",
           {{"levy[Moscow]", 0.0},
            {"levy[Kyiv]", 0.0},
            {"burden[Moscow]", 0.0},
            {"burden[Kyiv]", 0.0},
            {"spread", 0.0}}},
          {"pressing",
           {{"plea[Moscow]", 0.0},
            {"plea[Kyiv]", 0.0},
            {"effort[Moscow]", 0.0},
            {"effort[Kyiv]", 0.0},
            {"give[Moscow]", 0.0},
            {"give[Kyiv]", 0.0}}},
          {"eve",
           {{"anger[Moscow]", 0.0},
            {"anger[Kyiv]", 0.0},
            {"blow[Moscow]", 0.0},
            {"blow[Kyiv]", 0.0},
            {"strike[Moscow]", 0.0},
            {"strike[Kyiv]", 0.0},
            {"harm[Moscow]", 0.0},
            {"harm[Kyiv]", 0.0}}}};
}

/// A small one: no deadlines, few months.
Settings small(Settings more = {}) {
  more["threats"] = std::string("off");
  more["months"] = 2.0;
  return more;
}

/// So many nodes for each of the two belligerents; nobody's belief in Washington matters without
/// deadlines.
BeliefGrid coarse(int nodes) { return BeliefGrid{{nodes, nodes, nodes}}; }

testing::SolvedGame solved(const Model& model, const Settings& settings) {
  SolveOptions options;
  options.method = coarse(3);
  return testing::solved_game(model, settings, options);
}

}  // namespace

TEST_CASE(
    "Istanbul: every module compiles with the core, solves, and stays within three million "
    "decisions") {
  for (const Module& module : modules()) {
    INFO(module.name);
    const auto model = read_model(folder + "core.melian", {folder + module.name + ".melian"});
    REQUIRE(model.has_value());
    const testing::SolvedGame here = solved(*model, small());
    CHECK(here.solution.summary.unsolved == 0);
    const Settings whole{{"threats", std::string("off")}};
    const auto compiled = compile(*model, whole);
    REQUIRE(compiled.has_value());
    const auto game = compiled->bind(whole);
    REQUIRE(game.has_value());
    CHECK(count_decisions(game->shape(), belief_axes(*game, coarse(5))) < 3'000'000);
  }
}

TEST_CASE("Istanbul: a module with its numbers at nought leaves the core's numbers as they are") {
  for (const Module& module : modules()) {
    INFO(module.name);
    const auto core = read_model(folder + "core.melian");
    const auto more = read_model(folder + "core.melian", {folder + module.name + ".melian"});
    REQUIRE(more.has_value());
    Settings known;
    for (const auto& setting : module.nought)
      for (const ParameterInfo& info : core->parameters())
        if (info.name == setting.first || info.name.starts_with(setting.first + ".")) {
          known.insert(setting);
          break;
        }
    const testing::SolvedGame without = solved(*core, small(known)),
                              with = solved(*more, small(module.nought));
    for (std::size_t player = 0; player < 2; ++player)
      for (std::size_t type = 0; type < 2; ++type)
        CHECK(with.prediction.values[player][type] ==
              doctest::Approx(without.prediction.values[player][type]).epsilon(1e-7));
    const Structure &a = without.game.shape(), &b = with.game.shape();
    for (std::size_t k = 0; k < a.outcomes.size(); ++k) {
      const auto same = std::ranges::find(b.outcomes, a.outcomes[k]);
      REQUIRE(same != b.outcomes.end());
      CHECK(with.prediction.outcomes[static_cast<std::size_t>(same - b.outcomes.begin())] ==
            doctest::Approx(without.prediction.outcomes[k]).epsilon(1e-6));
    }
  }
}
