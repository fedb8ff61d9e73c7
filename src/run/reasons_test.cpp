#include "run/reasons.h"

#include <algorithm>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "melian/run.h"

using namespace melian;
using Json = nlohmann::json;

namespace {

Reading reading(const std::string& id, Settings parameters) {
  Reading out;
  out.id = id;
  out.parameters = std::move(parameters);
  return out;
}

ClaimJudgement judged(Verdict verdict, std::size_t deciding) {
  ClaimJudgement out;
  out.verdict = verdict;
  out.deciding = deciding;
  return out;
}

/// The small war of the goldens with a claim whose threshold lies between its two readings.
Study divided_war() {
  auto study = read_study(std::string(MELIAN_SOURCE_DIR) + "/tests/golden/data/study/war.toml");
  REQUIRE(study.has_value());
  study->readings.front().parameters["collapse"] =
      0.1;  // as the base has it: an assumption that moves nothing
  Claim claim = study->claims.front();
  claim.id = "settles";
  claim.halves = {{"", "", "probability(settlement)", {}, "value > 0.92"}};
  study->claims = {claim};
  study->solve.tolerance = 1.0;
  return std::move(*study);
}

}  // namespace

TEST_CASE(
    "reasons: what two readings assume differently, types of one player together, either way "
    "round") {
  const Reading one = reading(
      "one", {{"cost[A].weak", 0.1}, {"cost[A].tough", 0.2}, {"war", 0.3}, {"talks", "off"}});
  const Reading two = reading("two", {{"war", 0.3}, {"prior[B].weak", 0.4}});
  const auto there = assumptions_between(one, two);
  REQUIRE(there.size() == 3);
  CHECK(there[0].name == "cost[A]");
  CHECK(there[0].parameters.size() == 2);
  CHECK(there[1].name == "prior[B]");
  CHECK(there[1].parameters.empty());
  CHECK(there[2].name == "talks");
  for (const Assumption& assumption : there) {
    const Reading mixed = with_assumptions(two, one, {assumption});
    CHECK(assumptions_between(mixed, two).size() == 1);
  }
  CHECK(with_assumptions(two, one, {there[1]}).parameters == Settings{{"war", 0.3}});
  CHECK(assumptions_between(one, one).empty());
  CHECK(assumptions_between(with_assumptions(two, one, there), one).empty());
}

TEST_CASE("reasons: all cells of a joint prior are one assumption") {
  const Reading one = reading(
      "one",
      {{"prior[A,B].weak.soft", 0.4}, {"prior[A,B].weak.hard", 0.2}, {"belief[A][B].soft", 0.5}});
  const auto there = assumptions_between(one, reading("two", {}));
  REQUIRE(there.size() == 2);
  CHECK(there[0].name == "belief[A][B]");
  CHECK(there[1].name == "prior[A,B]");
  CHECK(there[1].parameters.size() == 2);
}

TEST_CASE("reasons: a reading disagrees with the neutral one, over the half that fails") {
  Study study;
  study.readings = {reading("a", {}), reading("b", {}), reading("c", {})};
  study.readings[1].neutral = true;
  study.claims.resize(1);
  const auto found = disagreements(
      study,
      {{judged(Verdict::fails, 1)}, {judged(Verdict::holds, 0)}, {judged(Verdict::holds, 0)}});
  REQUIRE(found.size() == 1);
  CHECK(found[0].reading == 0);
  CHECK(found[0].against == 1);
  CHECK(found[0].half == 1);
}

TEST_CASE(
    "reasons: the one assumption that differs gives the whole difference and is named; one that is "
    "no difference gives none") {
  const Study study = divided_war();
  const auto run = run_study(study);
  REQUIRE(run.has_value());
  const Json claim = Json::parse(run->results)["claims"][0];
  REQUIRE(claim["base"]["hopeful"]["verdict"] == "holds");
  REQUIRE(claim["base"]["even"]["verdict"] == "fails");
  REQUIRE(claim["reasons"].size() == 1);
  const Json& reason = claim["reasons"][0];
  CHECK(reason["reading"] == "hopeful");
  CHECK(reason["against"] == "even");
  REQUIRE(reason["alone"].size() == 2);
  CHECK(reason["alone"][0]["assumption"] == "prior[D]");
  CHECK(reason["alone"][0]["value"] == reason["to"]);
  CHECK(reason["alone"][0]["verdict"] == "holds");
  CHECK(reason["alone"][1]["assumption"] == "collapse");
  CHECK(reason["alone"][1]["value"] == reason["from"]);
  CHECK(reason["sentence"].get<std::string>().find("one thing alone turns the verdict: prior[D]") !=
        std::string::npos);
}

TEST_CASE("reasons: where nothing turns the verdict alone, the fewest that do together are named") {
  Study study = divided_war();
  study.readings.front().parameters["cost[D].weak"] = 0.08;
  std::string& holds_if = study.claims.front().halves.front().holds_if;
  const auto reason = [&] {
    const auto run = run_study(study);
    REQUIRE(run.has_value());
    return Json::parse(run->results)["claims"][0]["reasons"][0];
  };
  const Json before = reason();
  const double both = before["to"].get<double>(), most = before["alone"][0]["value"].get<double>();
  REQUIRE(both > most);
  REQUIRE(most > before["from"].get<double>());
  holds_if = "value > " + std::to_string(0.5 * (both + most));
  const Json after = reason();
  REQUIRE(after["together"].is_object());
  CHECK(after["together"]["assumptions"].size() == 2);
  CHECK(after["together"]["value"] == after["to"]);
  CHECK(after["together"]["verdict"] == "holds");
}

TEST_CASE("reasons: a study may do without them") {
  Study study = divided_war();
  study.solve.reasons = false;
  const auto run = run_study(study);
  REQUIRE(run.has_value());
  CHECK(Json::parse(run->results)["claims"][0]["reasons"].empty());
}

TEST_CASE("estimate_study: reasons take no more games than it says they may") {
  Study study = divided_war();
  study.readings.front().parameters["cost[D].weak"] = 0.08;
  study.claims.front().halves.front().holds_if =
      "value > 0.99";  // nothing turns it: assumptions are taken together
  const auto estimate = estimate_study(study);
  REQUIRE(estimate.has_value());
  const auto most = std::ranges::find(estimate->at_most, std::string("why readings disagree"),
                                      &StudyEstimate::Part::what);
  REQUIRE(most != estimate->at_most.end());
  CHECK(most->games == 3 + 1);  // three assumptions alone, and two of them together
  CHECK(most->decisions > 0);
  const auto pieces = [&](const Study& of) {
    const auto run = run_study(of);
    REQUIRE(run.has_value());
    return run->pieces;
  };
  Study without = study;
  without.solve.reasons = false;
  const int alone = pieces(without);
  int more = 0;
  for (const char* holds_if : {"value > 0.92", "value > 0.94", "value > 0.99"}) {
    study.claims.front().halves.front().holds_if = holds_if;
    const int taken = pieces(study) - alone;
    CHECK(taken <= most->games);
    more = std::max(more, taken);
  }
  CHECK(more > 0);
}
