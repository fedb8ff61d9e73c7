#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "command_line/program.h"

using namespace melian::program;
using Json = nlohmann::json;

namespace {

const std::string crisis = "sweep schultz_1999/two_types --lambda 20 --grid 33 ";

}  // namespace

TEST_CASE(
    "sweep: prints a tidy table, one row a point and number, the same for any number of threads") {
  const Ran one = run(crisis + "--vary audience=0.1:0.5:3 --uncertified --threads 1");
  INFO(one.err);
  REQUIRE(one.code == 0);
  CHECK(one.out.starts_with("audience,number,value,grid_error,certified,reason\n0.1,"));
  CHECK(contains(one.out, "\n0.5,outcomes.war,"));
  CHECK(run(crisis + "--vary audience=0.1:0.5:3 --uncertified --threads 3").out == one.out);
}

TEST_CASE("sweep: with certificates every printed number has a grid error") {
  const Ran ran = run("sweep fearon_1995/two_costs --vary 'prior[B].low=0.3:0.9:4' --json --quiet");
  REQUIRE(ran.code == 0);
  const Json document = Json::parse(ran.out);
  CHECK(document["schema"] == "melian.sweep/1");
  CHECK(document["points"].size() == 4);
  for (const Json& point : document["points"])
    for (const auto& [name, number] : point["numbers"].items()) {
      INFO(name);
      CHECK(number["grid_error"].is_number());
    }
  // The published threshold stands beside the computed switch: (cH - cL) / (cH + cA) = 2/3.
  REQUIRE(document["thresholds"].size() == 1);
  CHECK(document["thresholds"][0]["points"][0][0].get<double>() == doctest::Approx(2.0 / 3));
  CHECK_FALSE(document["switches"].empty());
}

TEST_CASE("sweep: two parameters give regions as a picture that stands alone") {
  const std::string file = folder().file("regions.svg");
  const Ran ran = run(
      crisis + "--vary audience=0.1:0.5:3 --vary 'prior[A].hard=0.2:0.8:3' --uncertified --svg '" +
      file + "'");
  INFO(ran.err);
  REQUIRE(ran.code == 0);
  const std::string svg = content(file);
  CHECK(svg.starts_with("<svg xmlns="));
  CHECK(contains(svg, "prefers-color-scheme:dark"));
  CHECK(contains(svg, "published threshold"));
  CHECK_FALSE(contains(svg, "href"));
}

TEST_CASE(
    "sweep: by tree games are swept that no belief grid holds, and what belongs to grids is "
    "refused") {
  const Ran ran =
      run("sweep fearon_1994/audience_costs --method tree --lambda 200 --vary audience=0.2:0.4:2 "
          "--json --quiet");
  INFO(ran.err);
  REQUIRE(ran.code == 0);
  const Json document = Json::parse(ran.out);
  CHECK(document["points"][0]["certified"] == true);
  CHECK(document["points"][0]["numbers"]["outcomes.war"]["value"].get<double>() > 0.0);
  CHECK(document["points"][0]["numbers"]["outcomes.war"]["grid_error"] == 0.0);
  CHECK(run("sweep fearon_1994/audience_costs --method grid --lambda 200 "
            "--vary audience=0.2:0.4:2")
            .code == 4);
  CHECK(contains(
      run("sweep fearon_1994/audience_costs --method tree --grid 9 --vary audience=0.2:0.4:2").err,
      "`--grid` means nothing"));
}

TEST_CASE("sweep: a bad point is one row of NA with its reason, and the sweep goes on past it") {
  const std::string model = folder().write("beyond.melian", R"(model "A crisis"
player A
player B  types weak 0.5, tough 0.5
param cost[A] = 0.1
param cost[B]: weak = 0.3, tough = 0.05
param precision = 20
phase crisis {
  A offers x in 0..1 by 0.1
  B chooses answer {
    accept { end settlement: A gets x, B gets 1 - x }
    fight  { end war: A gets 0.5 - cost[A], B gets 0.5 - cost[B] + 0 * ln(cost[A] - 0.12) }
  }
}
)");
  const std::string command =
      "sweep '" + model + "' --vary 'cost[A]=0.1:0.2:6' --uncertified --quiet";
  const Ran ran = run(command);
  INFO(ran.err);
  CHECK(ran.code == 3);
  CHECK(contains(ran.out, "\n0.1,NA,NA,NA,0,"));
  CHECK(contains(ran.out, "\n0.14,outcomes.war,"));
  const Json document = Json::parse(run(command + " --json").out);
  CHECK(document["complete"] == true);
  CHECK(document["points"].size() == 6);
  CHECK(document["points"][0]["failure"].is_string());
  CHECK(document["points"][2]["failure"].is_null());
  // Where no point has a game there is nothing to go on to.
  CHECK(run("sweep '" + model + "' --vary 'cost[A]=0.01:0.02:3'").code != 0);
}

TEST_CASE("sweep: goes on from the rows of one that was stopped, to the same bytes") {
  const std::string command =
      "sweep fearon_1995/two_costs --vary 'prior[B].low=0.3:0.9:5' --quiet --no-switches ";
  const Ran whole = run(command);
  REQUIRE(whole.code == 0);
  const std::string file = folder().file("rows.csv");
  for (const double part : {0.0, 0.02, 0.3, 0.55, 0.999, 1.0}) {
    CAPTURE(part);
    std::ofstream(file, std::ios::binary | std::ios::trunc) << whole.out.substr(
        0, static_cast<std::size_t>(part * static_cast<double>(whole.out.size())));
    const Ran again = run(command + "--resume '" + file + "'");
    INFO(again.err);
    CHECK(again.code == 0);
    CHECK(again.out == whole.out);
  }
  CHECK(run(command + "--resume '" + folder().file("not there.csv") + "'").out == whole.out);
  std::ofstream(file, std::ios::binary | std::ios::trunc) << whole.out;
  const Ran other = run(command + "--set 'cost[A]=0.02' --resume '" + file + "'");
  CHECK(other.code == 1);
  CHECK(contains(other.err, "M0944"));
  CHECK(run("sweep fearon_1995/two_costs --vary 'prior[B].low=0.3:0.8:5' --quiet --resume '" +
            file + "'")
            .code == 1);
}

TEST_CASE("sweep: numbers of a range may lie evenly in their logarithms") {
  const Ran ran = run(
      "sweep schultz_1999/two_types --grid 9 --vary precision=1:100:3:log --uncertified --quiet "
      "--no-switches");
  REQUIRE(ran.code == 0);
  for (const char* place : {"\n1,outcomes.war,", "\n10,outcomes.war,", "\n100,outcomes.war,"})
    CHECK_MESSAGE(contains(ran.out, place), place);
  CHECK(run("sweep schultz_1999/two_types --vary precision=0:100:3:log").code == 1);
  CHECK(run("sweep schultz_1999/two_types --vary precision=1:100:3:lin").code == 2);
}

TEST_CASE("sweep: a limit of time marks what it leaves out, and exits 3") {
  const Ran ran = run("sweep powell_2004/cost --vary 'cost[S]=0.01:0.2:400' --time-limit 0.5");
  CHECK(ran.code == 3);
  CHECK(contains(ran.out, ",NA,NA,NA,0,cut_by_clock\n"));
  CHECK(contains(ran.err, "the time is over"));
}

TEST_CASE("sweep: mistakes of the command line are told before anything is solved") {
  for (const char* arguments :
       {"sweep schultz_1999/two_types", "sweep schultz_1999/two_types --vary audience",
        "sweep schultz_1999/two_types --vary audience=1:2",
        "sweep schultz_1999/two_types --vary audience=0.1:0.5:1",
        "sweep schultz_1999/two_types --vary audience=0.1:0.5:2.5"}) {
    INFO(arguments);
    CHECK(run(arguments).code == 2);
  }
  CHECK(contains(run("sweep schultz_1999/two_types --vary audiense=0.1:0.5:3").err,
                 "did you mean 'audience'?"));
  CHECK(contains(run("sweep schultz_1999/two_types --vary audience=0.1:0.5:3 --number outcomes.wra "
                     "--uncertified")
                     .err,
                 "did you mean `war`?"));
  CHECK(run("sweep schultz_1999/two_types --vary audience=0:1:400 --vary precision=1:9:400").code ==
        4);
}

TEST_CASE(
    "models: are listed by mechanism, found by part of their name, and given as one document") {
  const Ran list = run("models --list");
  CHECK(list.code == 0);
  CHECK(contains(list.out, "commitment problem"));
  CHECK(contains(run("models powel").err, "`powell_1999` or `powell_2004` or `powell_2006`"));
  CHECK(contains(run("models --tag screning").err, "did you mean `screening`?"));
  const Ran entry = run("models fearon_1995 --list");
  CHECK(contains(entry.out,
                 "Condition, holds: private cost: risky demand iff q < q* = (cH - cL) / (cH +"));
  const Json document = Json::parse(run("models schultz_1999 --list --json").out);
  CHECK(document["schema"] == "melian.catalogue/1");
  CHECK(document["entries"].size() == 1);
  CHECK(document["entries"][0]["conditions"][0]["holds"] == true);
}

TEST_CASE("describe: gives a model section or a picture, and refuses what could not be read") {
  CHECK(contains(run("describe powell_2004/cost --latex").out, "\\paragraph{Sequence of moves.}"));
  CHECK(run("describe schultz_1999/two_types --tree svg").out.starts_with("<svg"));
  CHECK(contains(run("describe schultz_1999/two_types --tree tikz").out, "\\begin{tikzpicture}"));
  CHECK(run("describe istanbul/core --tree svg --round").code == 4);
  CHECK(run("describe schultz_1999/two_types --round").code == 2);
  CHECK(run("describe schultz_1999/two_types --latex --tree svg").code == 2);
}
