#include <cmath>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "melian/run.h"

using namespace melian;
using Json = nlohmann::json;

namespace {

Study war_events() {
  auto study =
      read_study(std::string(MELIAN_SOURCE_DIR) + "/tests/golden/data/study/war_events.toml");
  REQUIRE_MESSAGE(study.has_value(), render(study.error()));
  return std::move(*study);
}

Json evidence_of(const Study& study) {
  auto found = run_study(study);
  REQUIRE_MESSAGE(found.has_value(), render(found.error()));
  const Json document = Json::parse(found->results);
  REQUIRE(document.contains("evidence"));
  return document["evidence"];
}

constexpr double round_off = 1e-9;

}  // namespace

TEST_CASE(
    "run_study: what events and silences add up to is the log likelihood, and calibration and test "
    "are its parts") {
  const Json evidence = evidence_of(war_events());
  for (const char* reading : {"hopeful", "even"}) {
    double sum = 0.0;
    for (const char* part : {"events", "silence"})
      for (const Json& row : evidence[part]) sum += row["log_likelihood"][reading].get<double>();
    CHECK(sum ==
          doctest::Approx(evidence["log_likelihood"][reading].get<double>()).epsilon(round_off));
    CHECK(evidence["calibration"][reading].get<double>() +
              evidence["test"][reading].get<double>() ==
          doctest::Approx(evidence["log_likelihood"][reading].get<double>()).epsilon(round_off));
    CHECK(evidence["grid_error"][reading].get<double>() < 0.05);
  }
  // A neutral reading was fitted to nothing; the other one's text was written when two reports were
  // known.
  CHECK(evidence["calibration"]["even"] == 0.0);
  CHECK(evidence["calibration"]["hopeful"].get<double>() != 0.0);
  REQUIRE(evidence["events"].size() == 4);
  CHECK(evidence["events"][0]["phase"]["hopeful"] == "calibration");
  CHECK(evidence["events"][3]["phase"]["hopeful"] == "test");
  CHECK(evidence["events"][0]["phase"]["even"] == "test");
  CHECK(evidence["events"][2]["counted"] == false);
  CHECK(evidence["events"][2]["log_likelihood"]["even"] == 0.0);
  CHECK(evidence["events"][1]["what"] == "S offers \"a quarter\"");
}

TEST_CASE("run_study: what is nothing in the model, or before play, is said with the reason") {
  const Json evidence = evidence_of(war_events());
  REQUIRE(evidence["unmapped"].size() == 2);
  CHECK(evidence["unmapped"][0]["why"] == "before play begins");
  CHECK(evidence["unmapped"][1]["why"] == "the model has no move for exchanges of prisoners");
}

TEST_CASE(
    "run_study: the posterior is prior times likelihood, and precision is integrated over by its "
    "weights") {
  const Json evidence = evidence_of(war_events());
  const double hopeful = evidence["log_likelihood"]["hopeful"],
               even = evidence["log_likelihood"]["even"];
  const double odds = 0.25 * std::exp(hopeful) / (0.25 * std::exp(hopeful) + 0.75 * std::exp(even));
  CHECK(evidence["posterior"]["hopeful"].get<double>() == doctest::Approx(odds).epsilon(round_off));
  CHECK(evidence["bayes_factors"][0]["log10"].get<double>() ==
        doctest::Approx((hopeful - even) / std::log(10.0)).epsilon(round_off));
  const Json& lambda = evidence["lambda"];
  REQUIRE(lambda.size() == 2);
  CHECK(0.25 * std::exp(lambda[0]["log_likelihood"]["even"].get<double>()) +
            0.75 * std::exp(lambda[1]["log_likelihood"]["even"].get<double>()) ==
        doctest::Approx(std::exp(even)).epsilon(round_off));
  REQUIRE(evidence["by_calendar"].size() == 3);
  CHECK(evidence["by_calendar"][0]["log_likelihood"]["even"] == evidence["log_likelihood"]["even"]);
  CHECK(evidence["by_calendar"][1]["start"] == "2025-04-25");
  CHECK(evidence["by_calendar"][2]["log_likelihood"]["even"] != evidence["log_likelihood"]["even"]);
}

TEST_CASE("run_study: power obeys the laws of Bayes factors and stands beside its sampling error") {
  const Json power = evidence_of(war_events())["power"];
  CHECK(power["plays"] == 100);
  REQUIRE(power["table"].size() == 2);
  for (const Json& row : power["table"]) {
    CHECK(row["strong_share"].get<double>() >= row["strong_interval"][0].get<double>());
    CHECK(row["misleading_share"].get<double>() <=
          0.1 + row["misleading_interval"][1].get<double>());
    CHECK(row["bits"].get<double>() >= -3.0 * row["bits_error"].get<double>());
  }
  CHECK(power["laws"]["mean_factor_at_most_one"] == true);
  CHECK(power["laws"]["misleading_at_most_one_in_threshold"] == true);
}

TEST_CASE(
    "run_study: the same evidence for any number of threads, and for readings in another order") {
  set_threads(1);
  const Json one = evidence_of(war_events());
  set_threads(4);
  Study study = war_events();
  CHECK(evidence_of(study) == one);
  set_threads(0);
  std::swap(study.readings[0], study.readings[1]);
  std::swap(study.evidence->prior[0], study.evidence->prior[1]);
  CHECK(evidence_of(study)["log_likelihood"] == one["log_likelihood"]);
}

TEST_CASE("run_study: a report of a day that nobody watches counts, its absence would not") {
  Study study = war_events();
  for (EventKind& kind : study.evidence->kinds) kind.watch.clear();
  const Json unwatched = evidence_of(study);
  CHECK(unwatched["silence"].empty());
  CHECK(unwatched["log_likelihood"]["even"].get<double>() < 0.0);
  CHECK(unwatched["beware"].size() == 5);
  study.evidence->events.clear();
  const Json nothing = evidence_of(study);
  CHECK(nothing["log_likelihood"]["even"].get<double>() == doctest::Approx(0.0).epsilon(round_off));
  CHECK(nothing["posterior"]["even"].get<double>() == doctest::Approx(0.75).epsilon(round_off));
}
