/// Studies of games with several equilibria, and studies solved by tree.

#include <algorithm>
#include <cmath>
#include <set>

#include <doctest/doctest.h>
#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "melian/run.h"
#include "support/folder.h"

using namespace melian;
using Json = nlohmann::json;

namespace {

/// A strong type may pay for a signal that a weak one would not: pooling and separation both are
/// equilibria.
constexpr const char* signal_model =
    "model \"a signal\"\nsource \"after Fearon 1997\"\n"
    "player Defender types weak, strong\nplayer Challenger\n"
    "param s = 0.3 in 0.01..0.99\nprior Defender: strong with s, weak otherwise\n"
    "param value[Defender]: weak = 0.4, strong = 2\nparam fight[Challenger] = -0.5\n"
    "param precision = 60\n"
    "phase crisis {\n Defender offers m in 0..1 by 0.25\n Defender pays m\n"
    " Challenger chooses move { attack  stay { end deterred: Defender gets value[Defender] } }\n"
    " Defender chooses reply {\n  fight { end war: Defender gets 0.5 * value[Defender] - 0.5, "
    "Challenger gets fight[Challenger] }\n  yield { end retreat: Challenger gets 1 }\n }\n}\n";

/// The war of three rounds, one side of many types.
std::string many_types() {
  std::string types, prior;
  for (int k = 0; k < 8; ++k) {
    types += fmt::format("{}t{} 0.125", k == 0 ? "" : ", ", k);
    if (k > 0) prior += fmt::format("{}t{} = {}", k == 1 ? "" : ", ", k, 0.1 + 0.1 * k);
  }
  return fmt::format(
      "model \"many types\"\nsource \"made for tests\"\nplayer A types {}\nplayer B types {}\n"
      "param loss[A]: t0 = 0.05, {}\nparam loss[B]: t0 = 0.05, {}\nparam precision = 5\n"
      "phase crisis {{\n A chooses start {{ leave {{ end status_quo: B gets 1 }} challenge }}\n"
      " B chooses reply {{ concede {{ end concession: A gets 1 }} resist {{ end war: A pays "
      "loss[A], B pays loss[B] }} }}\n}}\n",
      types, types, prior, prior);
}

std::string head(const std::string& model, const std::string& solve) {
  return fmt::format(
      "title = \"t\"\nmodel = \"{}\"\n[solve]\nreport_lambda = [1]\n{}\n"
      "[[reading]]\nid = \"even\"\nby = \"a\"\nneutral = true\ntext = \"x\"\n",
      model, solve);
}

std::string claim(const std::string& id, const std::string& metric, const std::string& holds_if) {
  return fmt::format(
      "[[claim]]\nid = \"{}\"\nby = \"b\"\ntext = \"c\"\nopposite = \"o\"\nmetric = \"{}\"\n"
      "holds_if = \"{}\"\n",
      id, metric, holds_if);
}

/// War is below a half in every equilibrium, and next to nothing in some of them.
std::string two_claims() {
  return claim("agree", "probability(war)", "value < 0.5") +
         claim("differ", "probability(war)", "value < 0.1");
}

struct Files : testing::Folder {
  Files() {
    write("signal.melian", signal_model);
    write("many.melian", many_types());
  }
  [[nodiscard]] Study read(const std::string& text) const {
    auto study = read_study_text(text, file("study.toml"));
    REQUIRE_MESSAGE(study.has_value(), render(study.error()));
    return std::move(*study);
  }
  [[nodiscard]] Json run(const std::string& text, const StudyOptions& options = {}) const {
    const auto found = run_study(read(text), options);
    REQUIRE_MESSAGE(found.has_value(), render(found.error()));
    return Json::parse(found->results);
  }
  [[nodiscard]] std::string mistakes(const std::string& text) const {
    const auto study = read_study_text(text, file("study.toml"));
    return study ? "" : render(study.error());
  }
};

const Json& judged(const Json& results, const std::string& id) {
  for (const Json& claim : results["claims"])
    if (claim["id"] == id) return claim["base"]["even"];
  FAIL("no such claim");
  return results;
}

std::string verdict(const Json& results, const std::string& id) {
  return judged(results, id)["verdict"];
}

const Json& found_in(const Json& results) {
  return results["readings"][0]["result"]["equilibria"]["found"];
}

}  // namespace

TEST_CASE("study: a claim is undecided where the equilibria found disagree about it") {
  const Files folder;
  const Json results = folder.run(head("signal.melian", "") + two_claims());
  CHECK(results["reproduce"]["options"]["method"]["name"] == "tree");
  CHECK(results["reproduce"]["options"]["method"]["asked"] == "auto");
  REQUIRE(found_in(results).size() > 2);
  CHECK(verdict(results, "agree") == "holds");
  CHECK(verdict(results, "differ") == "undecided");
  CHECK(judged(results, "differ")["why"].dump().find("equilibria of the game disagree") !=
        std::string::npos);

  // Counts are those of the equilibria themselves.
  const Json& equilibria = judged(results, "differ")["equilibria"];
  int below = 0, above = 0;
  for (const Json& one : found_in(results))
    ++(one["outcomes"]["war"].get<double>() < 0.1 ? below : above);
  CHECK(below > 0);
  CHECK(above > 0);
  CHECK(equilibria["holds"] == below);
  CHECK(equilibria["fails"] == above);
  CHECK(equilibria["looked_for"] == true);
  CHECK(equilibria["others"].size() + 1 == found_in(results).size());
  for (const Json& other : equilibria["others"])
    for (const Json& one : found_in(results))
      if (one["id"] == other["solutions"]["base"])
        CHECK(other["value"].get<double>() ==
              doctest::Approx(one["outcomes"]["war"].get<double>()).epsilon(1e-9));
}

TEST_CASE("study: a choice among equilibria decides claims, and is recorded") {
  const Files folder;
  const Json open = folder.run(head("signal.melian", "") + two_claims());
  const Json principal = folder.run(head("signal.melian", "select = \"principal\"") + two_claims());
  const Json intuitive = folder.run(head("signal.melian", "select = \"intuitive\"") + two_claims());
  CHECK(verdict(open, "differ") == "undecided");
  CHECK(verdict(principal, "differ") != "undecided");
  CHECK(verdict(intuitive, "differ") != verdict(open, "differ"));
  CHECK(intuitive["reproduce"]["options"]["select"] == "intuitive");
  CHECK(intuitive["readings"][0]["select"] == "intuitive");
  int left = 0;
  for (const Json& one : found_in(intuitive)) {
    CHECK(one["kept"] == (one["survives"]["intuitive"] != false));
    left += one["kept"] == true ? 1 : 0;
  }
  const Json& judged_here = judged(intuitive, "differ")["equilibria"];
  CHECK(judged_here["holds"].get<int>() + judged_here["fails"].get<int>() +
            judged_here["undecided"].get<int>() ==
        left);
  // The others are reported all the same.
  CHECK(judged_here["others"].size() == judged(open, "differ")["equilibria"]["others"].size());

  // Each of them can be named, by the study and by a reading.
  for (const Json& one : found_in(open)) {
    const std::string id = one["id"];
    CAPTURE(id);
    const Json named =
        folder.run(head("signal.melian", "solution = \"" + id + "\"") + two_claims());
    const double war = one["outcomes"]["war"];
    CHECK(named["readings"][0]["result"]["outcomes"]["war"]["probability"].get<double>() ==
          doctest::Approx(war).epsilon(1e-9));
    CHECK(verdict(named, "differ") == (war < 0.1 ? "holds" : "fails"));
    CHECK(named["readings"][0]["solution"] == id);
  }
}

TEST_CASE("study: a reading's own solution stands above the study's choice, and is followed") {
  const Files folder;
  const Json open = folder.run(head("signal.melian", "") + two_claims());
  std::string separating;
  for (const Json& one : found_in(open))
    if (one["outcomes"]["war"].get<double>() < 0.01) separating = one["id"];
  REQUIRE(!separating.empty());
  const std::string variant =
      "[[variant]]\nid = \"dearer\"\ntext = \"war costs more\"\nparameters = { "
      "\"fight[Challenger]\" = -0.52 }\n" +
      claim("dearer", "probability(war) in dearer", "value < 0.1");
  const Json results = folder.run(head("signal.melian", "select = \"principal\"") +
                                  "solution = \"" + separating + "\"\n" + two_claims() + variant);
  CHECK(verdict(results, "differ") == "holds");
  CHECK(verdict(results, "dearer") == "holds");
  CHECK(judged(results, "dearer")["equilibria"]["looked_for"] == false);

  const auto unknown = run_study(
      folder.read(head("signal.melian", "solution = \"000-000-000\"") + two_claims()), {});
  REQUIRE(!unknown.has_value());
  CHECK(unknown.error().front().code == "M0808");
}

TEST_CASE("study: a grid's claims are judged in the equilibria of its tree too") {
  const Files folder;
  const Json results =
      folder.run(head("signal.melian", "grid = 33\ntolerance = 0.9\nlambda = 10") + two_claims());
  CHECK(results["reproduce"]["options"]["method"]["name"] == "grid");
  CHECK(judged(results, "differ")["equilibria"]["looked_for"] == true);
}

TEST_CASE("study: a game too large to search says so, and counts nothing") {
  const Files folder;
  folder.write(
      "long.melian",
      std::string(signal_model).replace(std::string(signal_model).find("by 0.25"), 7, "by 0.004"));
  const Json results = folder.run(
      head("long.melian", "select = \"principal\"\nmethod = \"tree\"\nlambda = 5") + two_claims());
  const Json& equilibria = judged(results, "differ")["equilibria"];
  CHECK(equilibria["looked_for"] == false);
  CHECK(equilibria["games"][0]["how"].get<std::string>().find("more than 2,000 nodes") !=
        std::string::npos);
  CHECK(equilibria["others"].empty());
  CHECK(found_in(results).empty());
}

TEST_CASE("study: a game of many types is judged by tree, worlds included") {
  const Files folder;
  const std::string text =
      head("many.melian", "lambda = 5") +
      claim("C", "probability(war) given A is t7", "value > 0.2") +
      "[parameters]\n\"loss[A].t3\" = { value = 0.4, plausible = [0.3, 0.6], judgement = \"j\" }\n"
      "[worlds]\nnumber = 16\nscrambles = 4\n";
  testing::Folder out;
  StudyOptions options;
  options.out = out.file("run");
  const Study study = folder.read(text);
  const auto first = run_study(study, options);
  REQUIRE_MESSAGE(first.has_value(), render(first.error()));
  const Json results = Json::parse(first->results);
  CHECK(results["reproduce"]["options"]["method"]["name"] == "tree");
  CHECK(first->certified);
  CHECK(results["claims"][0]["worlds"]["solved"] == 16);
  CHECK(results["claims"][0]["worlds"]["failed"] == 0);

  // Everything is in the store.
  const auto again = run_study(study, options);
  REQUIRE(again.has_value());
  CHECK(again->from_store == again->pieces);
  CHECK(again->worlds_from_store == again->worlds);
  Json before = results, after = Json::parse(again->results);
  before.erase("timing");
  after.erase("timing");
  CHECK(before == after);
}

TEST_CASE("study: worlds do not choose among equilibria, and say so before anything is solved") {
  const Files folder;
  const Study study =
      folder.read(head("signal.melian", "select = \"values\"") + two_claims() +
                  "[parameters]\ns = { value = 0.3, plausible = [0.2, 0.4], judgement = \"j\" }\n"
                  "[worlds]\nnumber = 16\nscrambles = 4\n");
  StudyOptions options;
  bool worked = false;
  options.on_step = [&](const Step&) { return worked = true; };
  const auto found = run_study(study, options);
  REQUIRE(!found.has_value());
  CHECK(render(found.error()).find("plausible worlds are solved on the principal branch") !=
        std::string::npos);
  CHECK(!worked);
  options.worlds = 0;
  CHECK(run_study(study, options).has_value());
}

TEST_CASE("study: by tree and by grid a claim has the same number") {
  const Files folder;
  const std::string claims =
      claim("war", "probability(war)", "value > 0.5") +
      claim("strong", "value(Defender) given Defender is strong", "value > 0.5") +
      claim("m", "mean(m)", "value > 0.5") + claim("attack", "share(move.attack)", "value > 0.5") +
      claim("forced", "probability(war) after move attack", "value > 0.5") +
      claim("belief", "belief(Defender.strong) at move", "value > 0.5") +
      claim("taken", "value(Challenger) after move attack", "value > 0");
  const Json tree = folder.run(head("signal.melian", "method = \"tree\"\nlambda = 4") + claims);
  const Json grid = folder.run(head("signal.melian", "grid = 65\nlambda = 4") + claims);
  for (const Json& one : tree["claims"]) {
    const std::string id = one["id"];
    CAPTURE(id);
    CHECK(judged(tree, id)["error"] == 0.0);
    CHECK(judged(tree, id)["value"].get<double>() ==
          doctest::Approx(judged(grid, id)["value"].get<double>()).epsilon(2e-3));
  }
}
