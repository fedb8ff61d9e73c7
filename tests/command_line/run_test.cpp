#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "command_line/program.h"

using namespace melian::program;
using Json = nlohmann::ordered_json;

namespace {

const std::string model_text = R"(model "An ultimatum"
player A
player B  types weak 0.6, tough 0.4
param war[B]: weak = 0.1, tough = 0.4
param precision = 20
phase crisis {
  A offers x in {0.5, 0.8}
  B chooses answer { accept { end settlement: A gets x, B gets 1 - x }  fight { end war: A gets 0.3, B gets war[B] } }
}
)";

const std::string study_text = R"toml(title = "A small study"
model = "small.melian"
sources = ["nobody"]
[solve]
grid = 17
tolerance = 0.02
[parameters]
"war[B].weak" = { value = 0.1, plausible = [0.05, 0.2], judgement = "for the test" }
[[reading]]
id = "even"
by = "the analyst"
neutral = true
text = "even odds"
[[reading]]
id = "dark"
by = "a pessimist"
date = 2025-05-16
text = "the other side is tough"
[reading.parameters]
"prior[B].tough" = { value = 0.9, because = "it says so" }
[[claim]]
id = "C1"
by = "dark"
text = "War is likely."
opposite = "War is unlikely."
metric = "probability(war)"
holds_if = "value > 0.5"
)toml";

std::string study_file() {
  (void)folder().write("small.melian", model_text);
  return folder().write("small.toml", study_text);
}

Json results_of(const std::string& name) { return timeless(folder().file(name) + "/results.json"); }

}  // namespace

TEST_CASE("run: writes results and store, prints verdicts, and a second run solves nothing again") {
  const std::string study = study_file();
  const Ran first = run("run '" + study + "' --out '" + folder().file("first") + "'");
  INFO(first.err, first.out);
  CHECK(contains(first.out, "A small study"));
  CHECK(contains(first.out, "C1 War is likely."));
  const Json results = results_of("first");
  CHECK(results["schema"] == "melian.study/1");
  CHECK(results["readings"].size() == 2);
  for (const char* field : {"game", "method", "values", "outcomes", "rounds", "information",
                            "equilibrium", "strategy_at_start", "certificate"})
    CHECK(results["readings"][0]["result"].contains(field));
  CHECK(std::filesystem::exists(folder().file("first") + "/store.sqlite"));
  const Ran again = run("run '" + study + "' --out '" + folder().file("first") + "'");
  CHECK(again.code == first.code);
  CHECK(Json::parse(content(folder().file("first") + "/results.json"))["timing"]["solved"] == 0);
  CHECK(results_of("first") == results);
}

TEST_CASE("run: the same results with one and with eight threads") {
  const std::string study = study_file();
  (void)run("run '" + study + "' --out '" + folder().file("one") + "' --threads 1");
  (void)run("run '" + study + "' --out '" + folder().file("eight") + "' --threads 8");
  Json one = results_of("one"), eight = results_of("eight");
  one.erase("reproduce");
  eight.erase("reproduce");
  CHECK(one == eight);
}

TEST_CASE("run: a study that names what the model lacks is told so, with exit 1") {
  (void)study_file();
  std::string wrong = study_text;
  wrong.replace(wrong.find("war[B].weak"), 11, "war[B].wek");
  wrong.replace(wrong.find("probability(war)"), 16, "probability(wur)");
  const Ran ran = run("run '" + folder().write("wrong.toml", wrong) + "' --out '" +
                      folder().file("wrong") + "'");
  CHECK(ran.code == 1);
  CHECK(contains(ran.err, "war[B].wek"));
  CHECK(contains(ran.err, "wur"));
}
