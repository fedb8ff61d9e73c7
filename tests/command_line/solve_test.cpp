#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "command_line/program.h"

using namespace melian::program;
using Json = nlohmann::ordered_json;

namespace {

Json without_timing(const std::string& text) {
  Json document = Json::parse(text);
  document.erase("timing");
  return document;
}

}  // namespace

TEST_CASE("solve --json: prints exactly one document with the fields of the contract") {
  const Ran ran = run("solve powell_2004/cost --grid 33 --json");
  const Json document = Json::parse(ran.out);
  CHECK(document["schema"] == "melian.result/1");
  for (const char* field :
       {"game", "method", "values", "outcomes", "rounds", "choices", "tallies", "information",
        "equilibrium", "strategy_at_start", "certificate", "timing"}) {
    INFO(field);
    CHECK(document.contains(field));
  }
  double sum = 0;
  for (const auto& [name, outcome] : document["outcomes"].items())
    sum += outcome["probability"].get<double>();
  CHECK(sum == doctest::Approx(1.0));
  CHECK(ran.code == (document["certificate"]["holds"].get<bool>() ? 0 : 3));
}

TEST_CASE("solve: the same bytes with one, two and eight threads") {
  const std::string one =
      without_timing(run("solve powell_2004/cost --grid 33 --json --threads 1").out).dump();
  CHECK(one ==
        without_timing(run("solve powell_2004/cost --grid 33 --json --threads 2").out).dump());
  CHECK(one ==
        without_timing(run("solve powell_2004/cost --grid 33 --json --threads 8").out).dump());
}

TEST_CASE(
    "solve: an answer that misses its tolerance is printed all the same, marked, with exit 3") {
  const Ran ran = run("solve powell_2004/cost --grid 9 --tolerance 0");
  CHECK(ran.code == 3);
  CHECK(contains(ran.out, "NOT certified"));
  CHECK(contains(ran.out, "settlement"));
}

TEST_CASE("solve: the screen carries no colours where stdout is no terminal") {
  const Ran ran = run("solve signorino_1999/baseline --lambda 5");
  CHECK(ran.code == 0);
  CHECK_FALSE(contains(ran.out, "\x1b["));
  CHECK_FALSE(contains(ran.err, "\x1b["));
  CHECK(contains(ran.out, "certified:"));
}

TEST_CASE("solve: what was asked about the grid and lambda is in the results") {
  const Json document = Json::parse(
      run("solve powell_2004/cost --grid D=17 --lambda 20 --measure each --present-value --json")
          .out);
  CHECK(document["method"]["lambda"] == 20.0);
  CHECK(document["method"]["grid"]["D"] == 17);
  CHECK(document["method"]["measure"] == "each");
  CHECK(document["method"]["discounting"] == "present value");
}

TEST_CASE("solve: a game outside the present methods is refused with the reason and exit 4") {
  const std::string model =
      folder().write("endless.melian",
                     "model \"Without a clock\"\nplayer A\nparam precision = 5\nparam discount = "
                     "0.9\nhorizon forever\nphase p {\n"
                     "  A chooses a { stop { end over: A gets 1 }  go_on }\n  time passes\n}\n");
  CHECK(run("check '" + model + "'").code == 0);
  const Ran ran = run("solve '" + model + "' --present-value");
  CHECK(ran.code == 4);
  CHECK(contains(ran.err, "M0902"));
}

TEST_CASE("solve: a game too large is refused with its size and what to coarsen, exit 4, quickly") {
  std::string text = "model \"Too large\"\nplayer A\nparam precision = 5\n";
  for (int k = 0; k < 6; ++k) text += "state s" + std::to_string(k) + " in 0..99 = 0 stops\n";
  text += "horizon 100 rounds then end over: A gets s0 + s1 + s2 + s3 + s4 + s5\nphase p {\n";
  for (int k = 0; k < 6; ++k)
    text += "  A chooses c" + std::to_string(k) + " { up { s" + std::to_string(k) +
            " rises by 1 }  down { s" + std::to_string(k) + " falls by 1 } }\n";
  text += "  time passes\n}\n";
  const Ran ran = run("solve '" + folder().write("large.melian", text) + "'");
  CHECK(ran.code == 4);
  CHECK(contains(ran.err, "M0901"));
}

TEST_CASE("solve: a model without precision asks for one") {
  const std::string model = folder().write("plain.melian",
                                           "model \"Plain\"\nplayer A\nphase p {\n  A chooses c { "
                                           "a { end x: A gets 1 }  b { end y } }\n}\n");
  const Ran ran = run("solve '" + model + "'");
  CHECK(ran.code == 2);
  CHECK(contains(ran.err, "--lambda"));
  CHECK(run("solve '" + model + "' --lambda 3").code == 0);
}

TEST_CASE(
    "simulate: the same seed gives the same plays for any number of threads, one row a move") {
  const std::string one =
      run("simulate powell_2004/cost --grid 33 --plays 200 --seed 7 --csv --threads 1").out;
  CHECK(one ==
        run("simulate powell_2004/cost --grid 33 --plays 200 --seed 7 --csv --threads 8").out);
  CHECK(one != run("simulate powell_2004/cost --grid 33 --plays 200 --seed 8 --csv").out);
  CHECK(
      one.starts_with("play,round,step,move,player,action,belief_before,belief_after,type_of_D,"
                      "outcome,last_round,unfinished\n1,1,1,y,S,"));
}

TEST_CASE("fmt: the canonical layout is its own canonical layout") {
  const Ran first = run("fmt powell_2004/cost");
  REQUIRE(first.code == 0);
  const std::string file = folder().write("laid_out.melian", first.out);
  CHECK(run("fmt '" + file + "'").out == first.out);
  CHECK(run("fmt --check '" + file + "'").code == 0);
  const std::string untidy = folder().write(
      "untidy.melian",
      "model \"x\"   player A\nphase p { A chooses c { a { end x: A gets 1 } b { end y } } }\n");
  CHECK(run("fmt --check '" + untidy + "'").code == 1);
  CHECK(run("fmt --write '" + untidy + "'").code == 0);
  CHECK(run("fmt --check '" + untidy + "'").code == 0);
}

TEST_CASE("describe: players, moves, public states, outcomes and the decision budget") {
  const Ran ran = run("describe powell_2004/cost");
  CHECK(ran.code == 0);
  for (const char* part :
       {"Players", "weak 0.6, tough 0.4", "S offers y", "D chooses answer: accept, refuse",
        "public states", "settlement", "cost[D].weak", "Decisions a solve takes"}) {
    INFO(part);
    CHECK(contains(ran.out, part));
  }
}

TEST_CASE("models: one entry with its paper, its claim, its condition and its checks run now") {
  const Ran ran = run("models signorino_1999");
  CHECK(ran.code == 0);
  CHECK(contains(ran.out, "Signorino"));
  CHECK(contains(ran.out, "checks pass"));
  CHECK_FALSE(contains(ran.out, "FAIL"));
  CHECK(contains(run("models --list").out, "powell_2004"));
}
