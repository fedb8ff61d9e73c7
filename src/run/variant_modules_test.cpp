/// Variants that add modules: their games, their parameters, and what is wrong with them.

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "melian/run.h"
#include "support/folder.h"

using namespace melian;
using Json = nlohmann::json;

namespace {

constexpr const char* core =
    "model \"a crisis\"\nplayer A types soft 0.7, hard 0.3\nplayer B\n"
    "param loss[A]: soft = 0.8, hard = 0.1\nparam precision = 5\n"
    "phase crisis {\n A chooses start { leave { end status_quo: B gets 1 } challenge }\n place "
    "in_between\n"
    " B chooses reply { concede { end concession: A gets 1 } resist { end war: A pays loss[A], B "
    "pays 0.5 } }\n}\n";

constexpr const char* patron =
    "module \"a patron\" for \"core.melian\"\nplayer Patron\nparam worth = 0.2 in 0..1   ## [E5] "
    "to A\n"
    "at in_between { Patron chooses stance { back { A gets worth  Patron gets if(A is hard, 1, -1) "
    " count backed } stay } }\n";

constexpr const char* head =
    "title = \"t\"\nmodel = \"core.melian\"\n[solve]\ngrid = 9\nreport_lambda = [1]\n"
    "[mechanisms.E5]\ntext = \"a patron\"\nparagraph = \"it watches\"\nnearest = "
    "\"blame\"\nsimplified = \"one patron\"\n"
    "[[reading]]\nid = \"even\"\nby = \"a\"\nneutral = true\ntext = \"x\"\n"
    "[[reading]]\nid = \"K\"\nby = \"b\"\ndate = 2025\ntext = \"y\"\n[reading.parameters]\nworth = "
    "{ value = 0.6, because = \"it is said to matter\" }\n";

constexpr const char* variants =
    "[[variant]]\nid = \"with_patron\"\ntext = \"a patron watches\"\nmodules = "
    "[\"patron.melian\"]\n"
    "[[variant]]\nid = \"worthless\"\ntext = \"its backing is worth nothing\"\nmodules = "
    "[\"patron.melian\"]\nparameters = { worth = 0 }\n";

std::string claim(const std::string& metric) {
  return "[[claim]]\nid = \"C\"\nby = \"b\"\ntext = \"c\"\nopposite = \"o\"\nmechanisms = "
         "[\"E5\"]\nmetric = \"" +
         metric + "\"\nholds_if = \"value > 0\"\n";
}

/// The core and its module, and studies beside them.
struct Files : testing::Folder {
  Files() {
    write("core.melian", core);
    write("patron.melian", patron);
  }
  [[nodiscard]] Result<Study> read(const std::string& text) const {
    return read_study_text(text, file("study.toml"));
  }
};

std::string mistakes(const Files& folder, const std::string& text) {
  const auto study = folder.read(text);
  return study ? "" : render(study.error());
}

}  // namespace

TEST_CASE(
    "variant: a module is in its own variant's game alone, and a reading sets what only modules "
    "have") {
  const Files folder;
  const std::string text =
      std::string(head) + variants +
      claim("probability(war) in with_patron - probability(war) in worthless") +
      "[[claim]]\nid = \"same\"\nby = \"b\"\ntext = \"c\"\nopposite = \"o\"\nmetric = "
      "\"probability(war) in worthless - probability(war)\"\n"
      "holds_if = \"value < 1e-6 and value > -1e-6\"\n";
  const auto study = folder.read(text);
  REQUIRE_MESSAGE(study.has_value(), render(study.error()));
  const auto run = run_study(*study);
  REQUIRE_MESSAGE(run.has_value(), render(run.error()));
  const Json document = Json::parse(run->results);
  const auto value = [&](int c, const char* reading) {
    return document["claims"][c]["base"][reading]["value"].get<double>();
  };
  CHECK(value(0, "even") > 1e-6);            // backing makes challenging pay, and war likelier
  CHECK(value(0, "K") > value(0, "even"));   // the more so the more it is worth
  CHECK(std::abs(value(1, "even")) < 1e-9);  // worth nothing, it changes nothing
  CHECK(std::abs(value(1, "K")) < 1e-9);
  CHECK(document["variants"][0]["modules"] == Json{"patron.melian"});
  CHECK(document["variants"][0]["readings"]["even"]["tallies"].contains("backed"));
  CHECK_FALSE(document["readings"][0]["result"]["tallies"].contains("backed"));
  const auto& parameters = document["parameters"];
  const auto worth = std::find_if(parameters.begin(), parameters.end(),
                                  [](const Json& row) { return row["name"] == "worth"; });
  REQUIRE(worth != parameters.end());
  CHECK((*worth)["modules"] == Json{"patron.melian"});
  CHECK((*worth)["readings"] == Json{{"even", 0.2}, {"K", 0.6}});
}

TEST_CASE("mechanisms: a table says how the model does it, and a module's label lists the module") {
  const Files folder;
  const auto study =
      folder.read(std::string(head) + variants + claim("probability(war) in with_patron"));
  REQUIRE_MESSAGE(study.has_value(), render(study.error()));
  const auto run = run_study(*study);
  REQUIRE(run.has_value());
  const Json said = Json::parse(run->results)["mechanisms"][0];
  CHECK(said["id"] == "E5");
  CHECK(said["paragraph"] == "it watches");
  CHECK(said["nearest"] == "blame");
  CHECK(said["simplified"] == "one patron");
  CHECK(said["where"] == Json{"worth"});
  CHECK(said["modules"] == Json{"patron.melian"});
}

TEST_CASE("variant: everything wrong with its modules is told before anything is solved") {
  const Files folder;
  const std::string lost =
      "[[variant]]\nid = \"lost\"\ntext = \"l\"\nmodules = [\"nowhere.melian\"]\n";
  const std::string strange =
      "[[variant]]\nid = \"strange\"\ntext = \"s\"\nmodules = [\"patron.melian\"]\nparameters = { "
      "wrth = 1, worth = 2 }\n";
  const std::string found =
      mistakes(folder, std::string(head) + variants + lost + strange +
                           "[[variant]]\nid = \"empty\"\ntext = \"e\"\n" + claim("rounds"));
  CHECK(found.find("M0717: the modules of variant lost cannot be used") != std::string::npos);
  CHECK(found.find("cannot read") != std::string::npos);
  CHECK(found.find("M0707: the game of variant strange has no parameter `wrth`") !=
        std::string::npos);
  CHECK(found.find("M0708: worth is 2") != std::string::npos);
  CHECK(found.find("M0705: a variant needs `parameters`") != std::string::npos);
}

TEST_CASE(
    "variant: a claim that names what another variant's modules bring is a mistake at its place") {
  const Files folder;
  const std::string found = mistakes(
      folder, std::string(head) + variants + claim("tally(backed) - tally(backed) in with_patron"));
  CHECK(found.find("M0713: the model has no tally `backed`") != std::string::npos);
  CHECK(mistakes(folder, std::string(head) + variants + claim("tally(backed) in worthless")) == "");
}

TEST_CASE("variant: a parameter that neither the model nor any variant's module has is a mistake") {
  const Files folder;
  const std::string without =
      std::string(head) +
      claim("rounds");  // a reading sets `worth`, and no variant brings the module
  CHECK(mistakes(folder, without).find("M0707: the model has no parameter `worth`") !=
        std::string::npos);
}
