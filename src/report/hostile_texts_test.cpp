/// Texts that are read back and are damaged, or say two things at once: never another number.

#include <limits>

#include <doctest/doctest.h>

#include "melian/figures.h"
#include "melian/option_words.h"
#include "melian/report.h"

using namespace melian;

namespace {

Diagnostic refusal_of(const std::string& expected) {
  const Result<CatalogueEntry> entry = read_expected_text(expected, "expected.json");
  REQUIRE_MESSAGE(!entry.has_value(), expected.substr(0, 80));
  CHECK(entry.error().front().code == "M0923");
  CHECK(entry.error().front().file == "expected.json");
  return entry.error().front();
}

std::string with_check(const std::string& fields) {
  return R"({"title": "T", "citation": "C", "claim": "C", "mechanism": "M", "status": "S", "tags": ["screening"],
"checks": [{"name": "n", "model": "m.melian", "quantity": "outcomes.war", "because": "b", )" +
         fields + "}]}";
}

std::string nested(std::size_t depth) {
  return R"({"tags": )" + std::string(depth, '[') + std::string(depth, ']') + "}";
}

}  // namespace

TEST_CASE("expected.json: whole numbers of belief nodes are kept as they are written") {
  const auto grid_of = [](const std::string& nodes) {
    const Result<CatalogueEntry> entry = read_expected_text(
        with_check(R"("expected": 0.25, "tolerance": 0, "grid": )" + nodes), "expected.json");
    REQUIRE_MESSAGE(entry.has_value(), render(entry.error()));
    return entry->checks.front().grid;
  };
  CHECK(grid_of("9") == std::vector<std::string>{"9"});
  CHECK(grid_of("4294967305") == std::vector<std::string>{"4294967305"});
  CHECK(grid_of(R"({"B": 4294967305})") == std::vector<std::string>{"B=4294967305"});
}

TEST_CASE("expected.json: a key given twice, deep nesting, and mistakes of syntax are refused") {
  const std::string twice =
      refusal_of(with_check(R"("tolerance": 0, "expected": 0.25, "expected": 0.75)")).message;
  CHECK(twice == "\"expected\" stands twice in one table");
  CHECK(refusal_of(nested(1'000'000)).message ==
        "tables and lists stand more than 16 deep in each other");
  const Diagnostic syntax = refusal_of("{\"title\":\n  \"T\",\n  oops }");
  CHECK(syntax.message == "this is no JSON");
  CHECK(syntax.line == 3);
  CHECK(syntax.column >= 3);
  CHECK(syntax.source_line == "  oops }");
  const Diagnostic large = refusal_of("{\"title\": 1e999}");
  CHECK(large.message == "this number is too large");
  CHECK(large.line == 1);
  CHECK(refusal_of("[]").message == "this is no JSON object");
  CHECK(refusal_of("").message == "this is no JSON");
}

TEST_CASE("sweep: rows that are no numbers, or give a point two, are refused") {
  const std::vector<VariedParameter> vary{{"p", 0.0, 1.0, 3, false}};
  const auto read = [&](const std::string& rows) {
    return read_sweep_csv(sweep_csv_head(vary) + rows, vary);
  };
  const std::string next = "1,NA,NA,NA,0,no solution\n";
  REQUIRE(read("0,outcomes.war,0.25,NA,1,NA\n" + next).has_value());
  CHECK(read("0,outcomes.war,0.25,NA,1,NA\n" + next)->at(0).numbers.at("outcomes.war") == 0.25);
  for (const char* row : {"0,outcomes.war,inf,NA,1,NA\n", "0,outcomes.war,nan,NA,1,NA\n",
                          "0,outcomes.war,0.25,-inf,1,NA\n", "0,outcomes.war,0.25,NA,,NA\n",
                          "0,outcomes.war,0.25,NA,10,NA\n",
                          "0,outcomes.war,0.25,NA,0,why\n0,rounds.mean,0.75,NA,1,NA\n",
                          "0,outcomes.war,0.25,NA,1,NA\n0,outcomes.war,0.75,NA,1,NA\n"}) {
    CAPTURE(row);
    const auto found = read(row + next);
    REQUIRE_FALSE(found.has_value());
    CHECK(found.error().front().code == "M0944");
  }
}

TEST_CASE("--set: numbers that no double holds are refused, not taken for words") {
  for (const char* text : {"1e999", "-1e999", "1e-999", "inf", "nan"}) {
    CAPTURE(text);
    const auto found = read_settings({std::string("cost=") + text});
    REQUIRE_FALSE(found.has_value());
    CHECK(found.error().front().code == settings_code);
  }
  const auto words = read_settings({"talks=on", "cost[B].weak=0x10", "p=.5"});
  REQUIRE(words.has_value());
  CHECK(words->at("talks") == ParameterContent("on"));
  CHECK(words->at("cost[B].weak") == ParameterContent("0x10"));
  CHECK(words->at("p") == ParameterContent(0.5));
}

TEST_CASE("--vary: every point of a range that is swept is a number within it") {
  const VariedParameter wide{"p", 0.0, 1e308, 100'000, false}, ratio{"p", 1e-300, 1e300, 5, true},
      fine{"p", 1e-3, 10.0, 5, true};
  CHECK_FALSE(wide.in_reach());
  CHECK_FALSE(ratio.in_reach());
  CHECK(fine.in_reach());
  for (int k = 0; k < fine.points; ++k) CHECK((fine.at(k) >= fine.low && fine.at(k) <= fine.high));
}
