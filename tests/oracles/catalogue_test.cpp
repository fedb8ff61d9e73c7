#include <doctest/doctest.h>

#include "melian/report.h"

using namespace melian;

namespace {

const std::filesystem::path models = std::filesystem::path(MELIAN_SOURCE_DIR) / "models";

}  // namespace

TEST_CASE("catalogue: every expected.json can be read, and its models are there") {
  const Result<std::vector<CatalogueEntry>> catalogue = read_catalogue(models);
  INFO((catalogue ? std::string() : render(catalogue.error())));
  REQUIRE(catalogue.has_value());
  CHECK_FALSE(catalogue->empty());
  for (const CatalogueEntry& entry : *catalogue)
    for (const Check& check : entry.checks) {
      INFO(entry.name, ": ", check.name);
      CHECK(std::filesystem::exists(entry.folder / check.model));
      CHECK(check.tolerance >= 0);
    }
}

TEST_CASE("catalogue: every check of every shipped model passes") {
  const Result<std::vector<CatalogueEntry>> catalogue = read_catalogue(models);
  REQUIRE(catalogue.has_value());
  for (const CatalogueEntry& entry : *catalogue)
    for (const CheckResult& result : run_checks(entry)) {
      const Check& check = entry.checks[result.check];
      INFO(entry.name, ": ", check.name, ": expected ", check.expected, ", computed ", result.computed.value_or(-1.0), ", tolerance ", check.tolerance, " ",
           result.why_not);
      CHECK(result.passed);
    }
}

TEST_CASE("catalogue: a broken expected.json is told everything that is wrong with it") {
  const std::filesystem::path file = std::filesystem::temp_directory_path() / "melian_broken_expected.json";
  std::FILE* out = std::fopen(file.c_str(), "wb");
  REQUIRE(out != nullptr);
  std::fputs(R"({"title": 3, "checks": [{"name": "one", "quantity": "outcomes.war", "expected": "x"}, 5]})", out);
  std::fclose(out);
  const Result<CatalogueEntry> entry = read_expected(file);
  std::filesystem::remove(file);
  REQUIRE_FALSE(entry.has_value());
  CHECK(entry.error().size() >= 6);
  for (const Diagnostic& diagnostic : entry.error()) CHECK(diagnostic.code == "M0923");
}
