#include <cstdio>
#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "melian/figures.h"

using namespace melian;

namespace {

namespace fs = std::filesystem;

/// A folder with one tiny model and the expected.json under test.
class Entry {
 public:
  explicit Entry(const std::string& expected)
      : folder_(fs::temp_directory_path() / "melian_catalogue_test") {
    fs::create_directories(folder_);
    std::ofstream(folder_ / "coin.melian") << R"(model "A coin"
player A
param p = 0.25 in 0..1
param precision = 1
phase toss { chance coin { heads with p { end heads: A gets 1 }  tails otherwise { end tails: A gets 0 } } }
)";
    std::ofstream(folder_ / "expected.json") << expected;
  }
  ~Entry() { fs::remove_all(folder_); }
  Entry(const Entry&) = delete;
  Entry& operator=(const Entry&) = delete;
  [[nodiscard]] Result<CatalogueEntry> read() const {
    return read_expected(folder_ / "expected.json");
  }

 private:
  fs::path folder_;
};

const std::string head =
    R"({"title": "t", "citation": "Nobody, N. (2025). t.", "claim": "c", "mechanism": "m", "status": "s", "tags": ["screening"],)";

std::string checks(const std::string& more) {
  return head +
         R"("checks": [{"name": "heads", "model": "coin.melian", "quantity": "outcomes.heads", "expected": 0.25, "tolerance": 0, "because": "given"})" +
         more + "]";
}

}  // namespace

TEST_CASE(
    "catalogue: a condition is a text with numbers and a verdict, both worked out from the "
    "parameters") {
  const Entry entry(checks("") + R"(, "conditions": [
    {"text": "heads likelier iff p > half = {half}: here {p}", "model": "coin.melian", "where": {"half": "one / 2", "one": "1"}, "holds_if": "p > half", "holds": false},
    {"text": "p = {p}", "model": "coin.melian", "settings": {"p": 0.75}, "holds_if": "p > 0.5", "holds": false},
    {"text": "{q}", "model": "coin.melian"}]})");
  const Result<CatalogueEntry> read = entry.read();
  REQUIRE_MESSAGE(read.has_value(), (read ? "" : render(read.error())));
  const std::vector<ConditionResult> found = judge_conditions(*read);
  REQUIRE(found.size() == 3);
  CHECK(found[0].text == "heads likelier iff p > half = 0.5: here 0.25");
  CHECK(found[0].holds == std::optional(false));
  CHECK(found[0].as_stated);
  CHECK(found[1].holds == std::optional(true));
  CHECK_FALSE(found[1].as_stated);
  CHECK(found[2].why_not.find("nothing is named `q`") != std::string::npos);
}

TEST_CASE("catalogue: bounds, signs and trees are checked, and what fails is told with how much") {
  const Entry entry(checks(R"(,
    {"name": "below", "model": "coin.melian", "quantity": "outcomes.heads", "at_most": "p + slack", "where": {"slack": "0.01"}, "tolerance": 0, "because": "given"},
    {"name": "not below", "model": "coin.melian", "quantity": "outcomes.heads", "at_most": "p / 2", "tolerance": 0, "because": "given"},
    {"name": "by tree", "model": "coin.melian", "method": "tree", "quantity": "values.A", "expected": 0.25, "tolerance": 1e-12, "because": "given"})") +
                    R"(, "signs": [
    {"model": "coin.melian", "parameter": "p", "from": 0.2, "to": 0.4, "number": "values.A", "sign": "+", "tolerance": 0.1, "because": "given"},
    {"model": "coin.melian", "parameter": "p", "from": 0.2, "to": 0.4, "number": "values.A", "sign": "0", "tolerance": 0.1, "because": "given"}]})");
  const Result<CatalogueEntry> read = entry.read();
  REQUIRE_MESSAGE(read.has_value(), (read ? "" : render(read.error())));
  const std::vector<CheckResult> results = run_checks(*read);
  REQUIRE(results.size() == 6);
  const std::vector<bool> expected{true, true, false, true, true, false};
  for (std::size_t k = 0; k < results.size(); ++k) {
    INFO(k, " ", results[k].why_not);
    CHECK(results[k].passed == expected[k]);
  }
  const std::string text = entry_text(*read, results);
  CHECK(text.find("not below: computed 0.25, expected at most 0.125: off by 0.125, tolerance 0") !=
        std::string::npos);
  CHECK(text.find("4 of 6 checks pass") != std::string::npos);
  const auto document = nlohmann::json::parse(catalogue_json({*read}, {results}));
  CHECK(document["entries"][0]["checks"][2]["bound"] == 0.125);
  CHECK(document["entries"][0]["signs"][0]["at_to"] == 0.4);
}

TEST_CASE("catalogue: unknown keys, tags and signs are mistakes, all told at once") {
  const Entry entry(
      R"({"title": "t", "citation": "c", "claim": "c", "mechanism": "m", "status": "s", "tags": ["screaming"], "cheks": [],
    "signs": [{"model": "coin.melian", "parameter": "p", "from": 0, "to": 1, "number": "values.A", "sign": "up", "tolerance": 0, "because": "b"}]})");
  const Result<CatalogueEntry> read = entry.read();
  REQUIRE_FALSE(read.has_value());
  const std::string told = render(read.error());
  for (const char* part : {"did you mean \"screening\"?", "did you mean \"checks\"?",
                           "none of \"+\", \"-\", \"0\"", "there are no \"checks\""}) {
    INFO(part, "\n", told);
    CHECK(told.find(part) != std::string::npos);
  }
}

TEST_CASE(
    "catalogue: a threshold moves with the other parameters and is drawn where it lies within the "
    "sweep") {
  const Entry entry(
      checks("") +
      R"(, "thresholds": [{"model": "coin.melian", "parameter": "precision", "value": "4 * p", "what": "w", "source": "s"}]})");
  const Result<CatalogueEntry> read = entry.read();
  REQUIRE_MESSAGE(read.has_value(), (read ? "" : render(read.error())));
  const Result<Model> model = read_model((read->folder / "coin.melian").string());
  REQUIRE(model.has_value());
  SweepOptions asked;
  asked.vary = {{"precision", 0.5, 2.5, 5}};
  CHECK(drawn_thresholds(read->thresholds, *model, asked).front().points.front().first == 1.0);
  asked.settings["p"] = 0.5;
  CHECK(drawn_thresholds(read->thresholds, *model, asked).front().points.front().first == 2.0);
  asked.settings["p"] = 1.0;
  CHECK(drawn_thresholds(read->thresholds, *model, asked).empty());
  asked.settings.clear();
  asked.vary.push_back({"p", 0.25, 0.5, 3});
  const std::vector<DrawnThreshold> curve = drawn_thresholds(read->thresholds, *model, asked);
  CHECK(curve.front().points.front() == std::pair{1.0, 0.25});
  CHECK(curve.front().points.back() == std::pair{2.0, 0.5});
}
