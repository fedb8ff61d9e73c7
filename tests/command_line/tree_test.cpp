#include <cmath>

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "command_line/program.h"

using namespace melian::program;
using Json = nlohmann::ordered_json;

namespace {

const std::string data = std::string(MELIAN_SOURCE_DIR) + "/tests/trees/data/";

Json without_timing(const std::string& text) {
  Json document = Json::parse(text);
  document.erase("timing");
  return document;
}

}  // namespace

TEST_CASE(
    "solve GAME.efg --json: information sets, lambda and certificate as the contract names them") {
  const Ran ran = run("solve '" + data + "powell_K3_T2_delta1.efg' --lambda 20 --json");
  CHECK(ran.code == 0);
  const Json document = Json::parse(ran.out);
  CHECK(document["schema"] == "melian.result/1");
  CHECK(document["lambda"] == 20.0);
  CHECK(document["method"]["name"] == "tree");
  CHECK(document["method"]["discounting"] == "present value");
  CHECK(document["certificate"]["holds"] == true);
  CHECK(document["certificate"]["residual"].get<double>() < 1e-9);
  CHECK(document["certificate"]["regret"].contains("Responder"));
  REQUIRE(document["information_sets"].size() ==
          document["game"]["information_sets"].get<std::size_t>());
  for (const Json& set : document["information_sets"]) {
    CHECK(set.contains("number"));
    CHECK(set.contains("label"));
    double sum = 0.0;
    for (const auto& [action, probability] : set["probabilities"].items())
      sum += probability.get<double>();
    CHECK(sum == doctest::Approx(1.0));
  }
  CHECK(without_timing(ran.out) ==
        without_timing(
            run("solve '" + data + "powell_K3_T2_delta1.efg' --lambda 20 --json --threads 8").out));
}

TEST_CASE("solve GAME.efg: one screen with values, information sets and the checks") {
  const Ran ran = run("solve '" + data + "ultimatum_K5_2types.efg' --lambda 5");
  CHECK(ran.code == 0);
  for (const char* part : {"Proposer", "present value", "x0 0.2956", "certified:"}) {
    INFO(part);
    CHECK(contains(ran.out, part));
  }
}

TEST_CASE(
    "solve GAME.efg: without lambda, or with what means nothing to an .efg, is a usage error") {
  const std::string game = "solve '" + data + "ultimatum_K5_2types.efg' ";
  const Ran none = run(game);
  CHECK(none.code == 2);
  CHECK(contains(none.err, "--lambda"));
  for (const char* idle :
       {"--grid 9", "--set a=1", "--measure each", "--present-value", "--method grid"}) {
    INFO(idle);
    const Ran ran = run(game + "--lambda 2 " + idle);
    CHECK(ran.code == 2);
    CHECK(contains(ran.err, "M0805"));
  }
}

TEST_CASE("solve GAME.efg: a file that is wrong is refused with its places and exit 1") {
  const std::string file = folder().write("wrong.efg",
                                          "EFG 2 R \"\" { \"A\" }\np \"\" 1 1 \"\" { \"l\" \"r\" } "
                                          "0\nt \"\" 1 \"\" { 1, 2 }\nt \"\" 7\n");
  const Ran ran = run("solve '" + file + "' --lambda 1");
  CHECK(ran.code == 1);
  CHECK(contains(ran.err, "M0933"));
  CHECK(contains(ran.err, "M0938"));
  CHECK(run("solve no_such.efg --lambda 1").code == 1);
}

TEST_CASE(
    "export --efg, then solve it: the same game as --method tree with weights of 1 and present "
    "values") {
  const Ran exported = run("export powell_2004/two_rounds --efg");
  REQUIRE(exported.code == 0);
  const std::string file = folder().write("two_rounds.efg", exported.out);
  const Json there = Json::parse(run("solve '" + file + "' --lambda 3 --json").out);
  const Json here = Json::parse(run("solve powell_2004/two_rounds --method tree --measure each "
                                    "--present-value --lambda 3 --json")
                                    .out);
  CHECK(here["certificate"]["holds"] == true);
  constexpr double odds_as_decimals = 1e-12;
  REQUIRE(there["information_sets"].size() == here["information_sets"].size());
  for (std::size_t h = 0; h < here["information_sets"].size(); ++h)
    for (const auto& [action, probability] : here["information_sets"][h]["probabilities"].items())
      CHECK(std::abs(probability.get<double>() -
                     there["information_sets"][h]["probabilities"][action].get<double>()) <
            odds_as_decimals);
}

TEST_CASE("solve --method tree: agrees with the belief grid on the two rounds of screening") {
  const Json tree = Json::parse(run("solve powell_2004/two_rounds --method tree --json").out);
  const Json grid = Json::parse(run("solve powell_2004/two_rounds --json").out);
  constexpr double grid_error = 1e-5;
  CHECK(std::abs(tree["values"]["S"]["only"].get<double>() -
                 grid["values"]["S"]["only"].get<double>()) < grid_error);
  CHECK(run("solve powell_2004/two_rounds --method tree --grid 9").code == 2);
}

TEST_CASE("solve --method tree: a tree too large is refused with its size, exit 4, quickly") {
  const Ran ran = run("solve powell_2004/cost --method tree");
  CHECK(ran.code == 4);
  CHECK(contains(ran.err, "M0901"));
}

TEST_CASE(
    "solve --method tree --all: lists every solution found with values, regret and residual, and "
    "says that the list is what was found") {
  const std::string model =
      "solve '" + std::string(MELIAN_SOURCE_DIR) +
      "/tests/texts/m15_insincere_talks.melian' --method tree --lambda 200 --all";
  const Ran ran = run(model);
  CHECK(ran.code == 0);
  for (const char* part : {"found by", "residual", "regret", "proved", "principal", "fold of 2"}) {
    INFO(part);
    CHECK(contains(ran.out, part));
  }
  const Json document = Json::parse(run(model + " --json").out);
  CHECK(document["solutions"]["complete"] == false);
  const Json& found = document["solutions"]["found"];
  REQUIRE(found.size() == 3);
  CHECK(found[0]["found_by"] == "principal");
  for (const Json& one : found) {
    CHECK(one["certificate"]["holds"] == true);
    CHECK(one["certificate"].contains("regret"));
    CHECK(one["information_sets"].size() == document["information_sets"].size());
  }
  CHECK(found[0]["information_sets"] == document["information_sets"]);
  CHECK(without_timing(run(model + " --json").out) ==
        without_timing(run(model + " --json --threads 8").out));
}

TEST_CASE("solve --limit: the limit of every solution found, and which refinements it survives") {
  const std::string model =
      "solve '" + std::string(MELIAN_SOURCE_DIR) +
      "/tests/texts/beer_quiche.melian' --set 'precision[Newcomer].weak=4' --set "
      "'precision[Newcomer].tough=20' --set 'precision[Bully]=20' --limit --all";
  const Ran ran = run(model);
  CHECK(ran.code == 0);
  for (const char* part : {"consistent with a sequential equilibrium", "intuitive criterion", "D1",
                           "settled", "survives", "fails"}) {
    INFO(part);
    CHECK(contains(ran.out, part));
  }
  const Json document = Json::parse(run(model + " --json").out);
  const Json& limit = document["limit"];
  CHECK(limit["settled"] == true);
  CHECK(limit["binding"].is_null());
  CHECK(limit["factors"][0] == 1.0);
  CHECK(limit["epsilon"].get<double>() > 0.0);
  CHECK(limit["distance"].get<double>() < 0.1);
  REQUIRE(limit["assessment"].size() == document["information_sets"].size());
  CHECK(limit["assessment"][0]["probabilities"]["beer"] == 1.0);
  CHECK(limit["assessment"][2]["beliefs"].size() == 2);
  CHECK(document["survives"]["intuitive"] == true);
  CHECK(document["survives"]["d1"] == true);
  int fails = 0;
  for (const Json& one : document["solutions"]["found"]) {
    REQUIRE(one.contains("survives"));
    if (one["survives"]["intuitive"] != false) continue;
    ++fails;
    const Json& message = one["refinements"]["intuitive"]["messages"][0];
    CHECK(message["message"] == "beer");
    CHECK(message["type"] == "breakfast of Newcomer tough");
    CHECK(message["margin"].get<double>() == doctest::Approx(1.0));
  }
  CHECK(fails >= 1);
  CHECK(without_timing(run(model + " --json").out) ==
        without_timing(run(model + " --json --threads 8").out));
  CHECK_FALSE(Json::parse(run(model.substr(0, model.size() - 14) + " --method tree --json").out)
                  .contains("limit"));
}

TEST_CASE("solve --select intuitive|d1: the first equilibrium found whose limit survives") {
  const std::string texts = "'" + std::string(MELIAN_SOURCE_DIR) + "/tests/";
  const std::string model = "solve " + texts + "texts/sinking_costs.melian' --json";
  const Json principal = Json::parse(run(model + " --limit").out);
  CHECK(principal["survives"]["intuitive"] == false);
  CHECK(principal["outcomes"]["war"]["probability"].get<double>() > 0.2);
  for (const std::string rule : {"intuitive", "d1"}) {
    CAPTURE(rule);
    const Ran ran = run(model + " --limit --select " + rule);
    CHECK(ran.code == 0);
    const Json selected = Json::parse(ran.out);
    CHECK(selected["survives"][rule] == true);
    CHECK(selected["outcomes"]["war"]["probability"].get<double>() < 0.05);
    int surviving = 0;
    for (const Json& one : selected["equilibria"]["found"])
      surviving += one["survives"][rule] == true ? 1 : 0;
    CHECK(surviving >= 1);
  }
  const Ran no_sender =
      run("solve " + texts + "trees/data/ultimatum_K5_2types.efg' --lambda 5 --select d1");
  CHECK(no_sender.code == 2);
  CHECK(contains(no_sender.err, "does not apply"));
}

TEST_CASE("solve --limit: needs a tree, and a precision to start from") {
  CHECK(run("solve powell_2004/two_rounds --limit --method grid").code == 2);
  CHECK(run("solve powell_2004/two_rounds --limit --grid 9").code == 2);
  CHECK(run("solve powell_2004/two_rounds --limit --lambda 0").code == 2);
  // Who refuses in the first round is answered only after a battle: no verdict, and why.
  const Ran refusals = run("solve powell_2004/two_rounds --limit");
  CHECK(refusals.code == 0);
  CHECK(contains(refusals.out, "undecided"));
  const Ran no_sender = run("solve '" + std::string(MELIAN_SOURCE_DIR) +
                            "/tests/trees/data/ultimatum_K5_2types.efg' --lambda 5 --limit");
  CHECK(no_sender.code == 0);
  CHECK(contains(no_sender.out, "does not apply"));
}

TEST_CASE(
    "solve --all: on a belief grid, lists the solutions of the first decision, proved to be all, "
    "and which one is the answer") {
  const std::string model =
      "solve '" + std::string(MELIAN_SOURCE_DIR) +
      "/tests/texts/m15_insincere_talks.melian' --lambda 200 --grid 257 --all";
  const Json document = Json::parse(run(model + " --json").out);
  const Json& listed = document["equilibrium"]["solutions"][0];
  CHECK(listed["all"] == true);
  REQUIRE(listed["solutions"].size() == 3);
  int followed = 0;
  for (const Json& one : listed["solutions"]) followed += one["followed"].get<bool>() ? 1 : 0;
  CHECK(followed == 1);
  CHECK(document["equilibrium"]["unique"].is_null());
  CHECK(contains(run(model).out, "3 solutions and no more"));
  CHECK(contains(run("solve powell_2004/two_rounds --method grid --all").out,
                 "1 solution and no more"));
}

TEST_CASE(
    "solve --method tree: prints who ends where with what probability, the same as the belief grid "
    "does") {
  const Json tree = Json::parse(run("solve powell_2004/two_rounds --method tree --json").out);
  const Json grid = Json::parse(run("solve powell_2004/two_rounds --json").out);
  constexpr double grid_error = 1e-4;
  double sum = 0.0;
  for (const auto& [outcome, there] : tree["outcomes"].items()) {
    CAPTURE(outcome);
    REQUIRE(grid["outcomes"].contains(outcome));
    sum += there["probability"].get<double>();
    CHECK(std::abs(there["probability"].get<double>() -
                   grid["outcomes"][outcome]["probability"].get<double>()) < grid_error);
    for (const Json& by_type : grid["outcomes"][outcome]["by_types"])
      CHECK(
          std::abs(there["by_draw"]["D " + by_type["types"]["D"].get<std::string>()].get<double>() -
                   by_type["probability"].get<double>()) < grid_error);
  }
  CHECK(sum == doctest::Approx(1.0));
  CHECK(contains(run("solve powell_2004/two_rounds --method tree").out, "settlement"));
}

TEST_CASE(
    "export --efg: players who see other odds than the analyst cannot be written, with the reason "
    "and exit 4") {
  const std::string model = std::string(MELIAN_SOURCE_DIR) + "/tests/texts/m07_smith_stam.melian";
  const Ran ran = run("export '" + model + "' --set lives=1 --efg");
  CHECK(ran.code == 4);
  CHECK(contains(ran.err, "M0902"));
  CHECK(contains(ran.err, "battle"));
  const Ran solved = run("solve '" + model + "' --set lives=1 --method tree --json");
  CHECK(solved.code == 0);
}

TEST_CASE(
    "export --efg: simultaneous moves and a joint prior are written as a tree that solves to the "
    "same play") {
  for (const char* name : {"m21_security_dilemma", "m09_kydd_mediator", "m20_mediation_protocol"}) {
    CAPTURE(name);
    const std::string model =
        "'" + std::string(MELIAN_SOURCE_DIR) + "/tests/texts/" + name + ".melian'";
    const Ran exported = run("export " + model + " --efg");
    REQUIRE(exported.code == 0);
    const std::string file = folder().write("at_once.efg", exported.out);
    const Json there = Json::parse(run("solve '" + file + "' --lambda 3 --json").out);
    const Json here = Json::parse(
        run("solve " + model + " --method tree --measure each --present-value --lambda 3 --json")
            .out);
    CHECK(here["certificate"]["holds"] == true);
    constexpr double odds_as_decimals = 1e-12;
    REQUIRE(there["information_sets"].size() == here["information_sets"].size());
    for (std::size_t h = 0; h < here["information_sets"].size(); ++h)
      for (const auto& [action, probability] : here["information_sets"][h]["probabilities"].items())
        CHECK(std::abs(probability.get<double>() -
                       there["information_sets"][h]["probabilities"][action].get<double>()) <
              odds_as_decimals);
  }
}

TEST_CASE(
    "solve GAME.efg: a lambda that cannot be certified for round-off is reached, and the answer "
    "says what is wrong with it") {
  const Ran ran = run("solve '" + data + "powell_K3_T2_delta1.efg' --lambda 1e7 --json");
  const Json document = Json::parse(ran.out);
  CHECK(document["method"]["termination"] == "reached");
  CHECK(document["certificate"].contains("regret"));
  CHECK(ran.code == (document["certificate"]["holds"].get<bool>() ? 0 : 3));
}
