#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "melian/run.h"
#include "predict/probes.h"
#include "support/folder.h"

using namespace melian;
using Json = nlohmann::json;

namespace {

const std::string study_path = std::string(MELIAN_SOURCE_DIR) + "/tests/golden/data/study/war.toml";

Study war() {
  auto study = read_study(study_path);
  REQUIRE_MESSAGE(study.has_value(), render(study.error()));
  return std::move(*study);
}

StudyRun run(const Study& study, const StudyOptions& options = {}) {
  auto found = run_study(study, options);
  REQUIRE_MESSAGE(found.has_value(), render(found.error()));
  return std::move(*found);
}

/// The document without its times.
std::string timeless(const std::string& results) {
  nlohmann::ordered_json document = nlohmann::ordered_json::parse(results);
  document.erase("timing");
  for (auto& reading : document["readings"]) reading["result"].erase("timing");
  return document.dump();
}

Verdict verdict_on(const StudyRun& run, const std::string& claim, const std::string& reading) {
  for (const ClaimVerdict& verdict : run.verdicts)
    if (verdict.claim == claim && verdict.reading == reading) return verdict.verdict;
  FAIL("no such verdict");
  return Verdict::undecided;
}

}  // namespace

TEST_CASE("run_study: a claim and its opposite get opposite verdicts") {
  Study study = war();
  Claim opposite = study.claims[0];
  opposite.id = "not_C1";
  opposite.halves[0].holds_if = "difference < 0.1";
  study.claims.push_back(opposite);
  const StudyRun found = run(study);
  for (const Reading& reading : study.readings) {
    const Verdict verdict = verdict_on(found, "C1", reading.id);
    CHECK(verdict != Verdict::undecided);
    CHECK(verdict_on(found, "not_C1", reading.id) ==
          (verdict == Verdict::holds ? Verdict::fails : Verdict::holds));
  }
}

TEST_CASE("run_study: results.json carries what the contract names") {
  const Json document = Json::parse(run(war()).results);
  CHECK(document["schema"] == "melian.study/1");
  REQUIRE(document["readings"].size() == 2);
  for (const Json& reading : document["readings"]) {
    for (const char* field : {"game", "method", "values", "outcomes", "rounds", "choices",
                              "tallies", "information", "equilibrium", "strategy_at_start",
                              "certificate", "timing", "paths", "bargaining_ranges"})
      CHECK_MESSAGE(reading["result"].contains(field), field);
    double total = 0.0;
    for (const Json& outcome : reading["result"]["outcomes"])
      total += outcome["probability"].get<double>();
    CHECK(total == doctest::Approx(1.0).epsilon(1e-9));
    CHECK(reading["by_lambda"].size() == 3);
  }
  const Json& claim = document["claims"][0];
  for (const char* reading : {"hopeful", "even"})
    for (const char* field : {"value", "compared_with", "verdict", "opposite_verdict", "by_lambda",
                              "same_for_all_lambda", "error"})
      CHECK(claim["base"][reading].contains(field));
  CHECK(document["variants"][0]["readings"].contains("even"));
  REQUIRE(document["mechanisms"].size() == 3);
  for (const Json& mechanism : document["mechanisms"])
    CHECK(mechanism["text"] ==
          (mechanism["id"] == "E4" ? Json("demands beyond what is held") : Json(nullptr)));
  CHECK_FALSE(document.contains("evidence"));
  CHECK_FALSE(claim.contains("worlds"));
}

TEST_CASE("run_study: every parameter has a source or is called a judgement") {
  const Json document = Json::parse(run(war()).results);
  CHECK(document["parameters"].size() > 8);
  for (const Json& parameter : document["parameters"])
    CHECK(parameter["judgement"].get<bool>() == parameter["source"].is_null());
  for (const Json& parameter : document["parameters"]) {
    if (parameter["name"] == "prior[D].tough")
      CHECK(parameter["readings"]["hopeful"].get<double>() == doctest::Approx(0.2));
    if (parameter["name"] == "prior[D].weak")
      CHECK(parameter["because"]["hopeful"] == "the text calls it exhausted");
    if (parameter["name"] == "cost[D].weak") CHECK(parameter["source"] == "made for tests");
  }
}

TEST_CASE("run_study: the same bytes with 1, 2 and 8 threads") {
  set_threads(1);
  const std::string one = timeless(run(war()).results);
  for (int threads : {2, 8}) {
    set_threads(threads);
    CHECK(timeless(run(war()).results) == one);
  }
  set_threads(0);
}

TEST_CASE("run_study: a repeated run solves nothing and says the same") {
  const testing::Folder folder;
  const Study study = war();
  const StudyRun first = run(study, {folder.path.string(), "", {}});
  const StudyRun second = run(study, {folder.path.string(), "", {}});
  CHECK(first.from_store == 0);
  CHECK(second.from_store == second.pieces);
  CHECK(second.pieces == first.pieces);
  CHECK(timeless(first.results) == timeless(second.results));
}

TEST_CASE("run_study: a stopped run resumes where it stopped") {
  const testing::Folder folder;
  const Study study = war();
  int steps = 0;
  const StudyRun stopped = run(study, {folder.path.string(), "", [&](const Step& step) {
                                         return ++steps < 400 && step.done < 0.5;
                                       }});
  CHECK(stopped.cancelled);
  CHECK(stopped.pieces > 0);
  const StudyRun resumed = run(study, {folder.path.string(), "", {}});
  CHECK(resumed.from_store > 0);
  CHECK(resumed.from_store < resumed.pieces);
  CHECK(timeless(resumed.results) == timeless(run(study).results));
}

TEST_CASE("run_study: a changed threshold costs nothing, a changed metric only what it needs") {
  const testing::Folder folder;
  Study study = war();
  static_cast<void>(run(study, {folder.path.string(), "", {}}));
  study.claims[0].halves[0].holds_if = "difference > 0.2";
  const StudyRun threshold = run(study, {folder.path.string(), "", {}});
  CHECK(threshold.from_store == threshold.pieces);
  study.claims[2].halves[0].metric = "rounds";
  const StudyRun metric = run(study, {folder.path.string(), "", {}});
  CHECK(metric.from_store > 0);
  CHECK(metric.from_store < metric.pieces);
}

TEST_CASE("run_study: a damaged store is a diagnostic") {
  const testing::Folder folder;
  folder.write("store.sqlite", "not a database, and long enough to be looked at");
  const auto found = run_study(war(), {folder.path.string(), "", {}});
  REQUIRE_FALSE(found.has_value());
  CHECK(found.error().front().code == "M0915");
}

TEST_CASE("run_study: progress never falls and ends at 1") {
  double last = 0.0;
  bool rising = true;
  static_cast<void>(run(war(), {"", "", [&](const Step& step) {
                                  rising = rising && step.done >= last - 1e-12;
                                  last = step.done;
                                  return true;
                                }}));
  CHECK(rising);
  CHECK(last == doctest::Approx(1.0));
}

TEST_CASE(
    "measure: a forced choice followed by the next one equals that choice forced where it comes") {
  // In this model an offer always follows asking, and S has no types: the places are the same.
  const Study study = war();
  const auto compiled = compile(*study.model, {});
  REQUIRE(compiled.has_value());
  const auto game = compiled->bind({});
  REQUIRE(game.has_value());
  const auto solution = solve(*game, {});
  REQUIRE(solution.has_value());
  const Structure& structure = game->shape();
  const auto move = [&](const std::string& name) {
    for (std::size_t m = 0; m < structure.moves.size(); ++m)
      if (structure.moves[m].name == name) return static_cast<int>(m);
    return -1;
  };
  const int table = move("table"), y = move("y"), answer = move("answer");
  const Probe direct{ExpectedTally{0}, y, 2, 1, 1, {}, {}};
  const Probe then{ExpectedTally{0}, table, 0, 1, 1, {}, {{{y, 2}}}};
  // Refusing and then being asked again: the second asking is a round later, so battles were fought
  // in between.
  const Probe later{ExpectedRounds{}, answer, 1, 1, 1, {}, {{{table, 0}}}};
  const std::vector<Probe> probes{direct, then, later};
  const std::vector<Measured> measured = measure(*game, solution->assessment, probes);
  REQUIRE(measured[0].value.has_value());
  REQUIRE(measured[1].value.has_value());
  CHECK(*measured[1].value == doctest::Approx(*measured[0].value).epsilon(1e-12));
  REQUIRE(measured[2].value.has_value());
  CHECK(*measured[2].value >= 2.0);
}
