#include "worlds/worlds_plan.h"

#include <cmath>

#include <doctest/doctest.h>

#include "worlds/worlds_weights.h"

using namespace melian;

namespace {

Study study_with(const std::string& parameters, const std::string& worlds) {
  const std::string path =
      std::string(MELIAN_SOURCE_DIR) + "/tests/golden/data/study/in_memory.toml";
  auto study = read_study_text("title = \"t\"\nmodel = \"war.melian\"\n[parameters]\n" +
                                   parameters + "\n[worlds]\n" + worlds +
                                   "\n[[reading]]\nid = \"even\"\nby = \"the analyst\"\nneutral = "
                                   "true\ntext = \"even odds\"\n",
                               path);
  REQUIRE_MESSAGE(study.has_value(), render(study.error()));
  return std::move(*study);
}

double number(const Settings& settings, const std::string& name) {
  return std::get<double>(settings.at(name));
}

}  // namespace

TEST_CASE("worlds: every parameter with a range varies within it, and the precision always does") {
  const Study study = study_with(
      "\"cost[D].weak\" = { value = 0.1, plausible = [0.05, 0.2], scale = \"log\" }\ncollapse = { "
      "value = 0.1, plausible = [0.1, 0.3] }",
      "number = 64");
  const WorldsPlan plan(study, std::nullopt);
  REQUIRE(plan.varied().size() == 3);
  CHECK(plan.varied()[2].name == "precision");
  CHECK(plan.varied()[2].assumed);
  double logs = 0.0, sum = 0.0, factors = 0.0;
  for (const Draw& draw : plan.worlds()) {
    const World world = plan.world(draw);
    const double cost = number(world.parameters, "cost[D].weak"),
                 collapse = number(world.parameters, "collapse");
    CHECK((cost > 0.05 && cost < 0.2));
    CHECK((collapse > 0.1 && collapse < 0.3));
    CHECK((world.lambda_factor > 0.5 && world.lambda_factor < 2.0));
    logs += std::log(cost) / 64, sum += collapse / 64,
        factors += std::log(world.lambda_factor) / 64;
  }
  CHECK(logs ==
        doctest::Approx(std::log(0.1)).epsilon(0.02));  // the middle of the range in logarithms
  CHECK(sum == doctest::Approx(0.2).epsilon(0.02));
  CHECK(std::abs(factors) < 0.05);
}

TEST_CASE(
    "worlds: a precision with a range of its own varies as that parameter; under [solve].lambda as "
    "a multiple of it") {
  const WorldsPlan own(
      study_with("precision = { value = 30, plausible = [15, 60] }", "number = 64"), std::nullopt);
  REQUIRE(own.varied().size() == 1);
  CHECK_FALSE(own.varied()[0].factor);
  CHECK(own.world({0, 0}).lambda_factor == 1.0);
  Study overridden = study_with("precision = { value = 30, plausible = [15, 60] }", "number = 64");
  overridden.solve.lambda = 30;
  const WorldsPlan plan(overridden, std::nullopt);
  CHECK(plan.varied()[0].factor);
  CHECK(plan.varied()[0].low == doctest::Approx(0.5));
  CHECK(plan.varied()[0].high == doctest::Approx(2.0));
}

TEST_CASE("worlds: what belongs together is a group unless the study groups it otherwise") {
  const std::string parameters =
      "\"cost[D].weak\" = { value = 0.1, plausible = [0.05, 0.2] }\n\"cost[D].tough\" = { value = "
      "0.02, plausible = [0.01, 0.04] }\ncollapse = { value = 0.1, "
      "plausible = "
      "[0.05, 0.2] }";
  const WorldsPlan plain(study_with(parameters, "number = 64"), std::nullopt);
  REQUIRE(plain.groups().size() == 3);
  CHECK(plain.groups()[0].name == "cost[D]");
  CHECK(plain.groups()[0].parameters.size() == 2);
  const WorldsPlan named(
      study_with(parameters,
                 "number = 64\n[worlds.groups]\nwar = [\"cost[D].weak\", \"collapse\"]"),
      std::nullopt);
  REQUIRE(named.groups().size() == 3);
  CHECK(named.groups()[0].name == "war");
  CHECK(named.groups()[1].parameters == std::vector<std::string>{"cost[D].tough"});
}

TEST_CASE("worlds: a row of the design of effects changes one group and nothing else") {
  const Study study = study_with(
      "\"cost[D].weak\" = { value = 0.1, plausible = [0.05, 0.2] }\ncollapse = { value = 0.1, "
      "plausible = [0.05, 0.2] }",
      "number = 256\neffects = 32");
  const WorldsPlan plan(study, std::nullopt);
  const auto rows = plan.rows();
  REQUIRE(rows.size() == 32);
  for (const auto& row : rows) {
    const World a = plan.world(row.a), b = plan.world(row.b),
                changed = plan.world({row.a.scramble, row.a.index, 1});
    CHECK(changed.unit[0] == a.unit[0]);
    CHECK(changed.unit[1] == b.unit[1]);
    CHECK(changed.unit[2] == a.unit[2]);
  }
}

TEST_CASE(
    "worlds: fewer worlds than the study asks for are the first of the same, and effects shrink "
    "with them") {
  const Study study = study_with("collapse = { value = 0.1, plausible = [0.05, 0.2] }",
                                 "number = 1024\neffects = 128");
  const WorldsPlan whole(study, std::nullopt), part(study, 256);
  CHECK(part.number() == 256);
  CHECK(part.scrambles() == 16);
  CHECK(part.rows().size() == 32);
  CHECK(part.world({3, 5}).unit == whole.world({3, 5}).unit);
  CHECK(WorldsPlan(study, 100).number() == 112);  // a multiple of the scrambles
  CHECK(WorldsPlan(study, 6).scrambles() == 3);   // two worlds a scramble at least
}

TEST_CASE("worlds: a parameter that shapes the game takes its whole numbers about equally often") {
  const WorldsPlan plan(study_with("rounds_allowed = { value = 4, plausible = [2, 5] }",
                                   "number = 64\nscrambles = 4"),
                        std::nullopt);
  std::map<double, int> counts;
  for (const Draw& draw : plan.worlds())
    ++counts[number(plan.world(draw).parameters, "rounds_allowed")];
  CHECK(counts == std::map<double, int>{{2, 16}, {3, 16}, {4, 16}, {5, 16}});
}

TEST_CASE(
    "weights: a base rate's is the binomial likelihood, highest where the world agrees with it") {
  // Ten wars of which half go on: .5 log(.8/.5) + .5 log(.2/.5), ten times.
  CHECK(log_weight_by_base_rate(0.8, 0.5, 10) ==
        doctest::Approx(10 * (0.5 * std::log(1.6) + 0.5 * std::log(0.4))));
  CHECK(log_weight_by_base_rate(0.54, 0.54, 10) == doctest::Approx(0.0));
  CHECK(log_weight_by_base_rate(0.2, 0.54, 10) < log_weight_by_base_rate(0.4, 0.54, 10));
  CHECK(log_weight_by_base_rate(0.0, 0.0, 10) == 0.0);
  CHECK(std::isinf(log_weight_by_base_rate(0.0, 0.5, 10)));
}

TEST_CASE(
    "weights: they have mean one; a world without one has none; where all vanish all count alike") {
  const auto weights = normalised_weights({-1000.0, -1000.0 + std::log(3.0), std::nullopt});
  CHECK(*weights[0] == doctest::Approx(0.5));
  CHECK(*weights[1] == doctest::Approx(1.5));
  CHECK_FALSE(weights[2].has_value());
  const double never = -std::numeric_limits<double>::infinity();
  CHECK(*normalised_weights({never, never})[0] == doctest::Approx(1.0));
}
