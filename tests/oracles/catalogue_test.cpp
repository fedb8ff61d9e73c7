#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

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

TEST_CASE("catalogue: every check and every sign of every shipped model passes") {
  const Result<std::vector<CatalogueEntry>> catalogue = read_catalogue(models);
  REQUIRE(catalogue.has_value());
  for (const CatalogueEntry& entry : *catalogue)
    for (const CheckResult& result : run_checks(entry)) {
      const bool is_sign = result.check >= entry.checks.size();
      const std::string name = is_sign ? entry.signs[result.check - entry.checks.size()].because
                                       : entry.checks[result.check].name;
      INFO(entry.name, ": ", name, ": expected ", result.expected.value_or(-1.0), ", computed ",
           result.computed.value_or(-1.0), " ", result.why_not);
      CHECK(result.passed);
    }
}

TEST_CASE(
    "catalogue: every entry states a condition, which comes out as it says, and thresholds that "
    "have a number") {
  const Result<std::vector<CatalogueEntry>> catalogue = read_catalogue(models);
  REQUIRE(catalogue.has_value());
  for (const CatalogueEntry& entry : *catalogue) {
    INFO(entry.name);
    CHECK_FALSE(entry.conditions.empty());
    for (const ConditionResult& condition : judge_conditions(entry)) {
      INFO(condition.text, " ", condition.why_not);
      CHECK(condition.as_stated);
    }
    for (const Threshold& threshold : entry.thresholds) {
      INFO(threshold.what);
      const Result<Model> model = read_model((entry.folder / threshold.model).string());
      REQUIRE(model.has_value());
      CHECK(threshold_value(threshold, *model, {}).has_value());
      CHECK(parameter_numbers(*model, {})->contains(threshold.parameter));
    }
  }
}

TEST_CASE("catalogue: every text of the language's examples is shipped in a folder of its own") {
  // The oracle models, by number and version, and where they are shipped.
  const std::vector<std::pair<const char*, const char*>> shipped{
      {"m01a", "fearon_1995/uniform_cost"},
      {"m01b", "fearon_1995/two_costs"},
      {"m01c", "powell_1999/status_quo"},
      {"m01f", "fearon_1995/private_power"},
      {"m02", "powell_2006/preventive_war"},
      {"m03", "fearon_1995/indivisible_issue"},
      {"m04", "powell_2004/cost"},
      {"m04", "powell_2004/power"},
      {"m05a", "slantchev_2003/known_power"},
      {"m05b", "slantchev_2003/private_power"},
      {"m06", "filson_werner_2002/finite_resources"},
      {"m07", "smith_stam_2004/disagreement"},
      {"m08", "fearon_2004/temporary_strength"},
      {"m09", "kydd_2003/mediator"},
      {"m10", "leventoglu_slantchev_2007/armed_peace"},
      {"m11a", "fearon_1994/audience_costs"},
      {"m11b", "schultz_1999/two_types"},
      {"m12", "signorino_1999/baseline"},
      {"m13", "abreu_gul_2000/attrition"},
      {"m14", "wolford_reiter_carrubba_2011/learning_raises_aims"},
      {"m15", "min_2025/insincere_talks"},
      {"m16", "groseclose_mccarty_2001/show_for_patron"},
      {"m17", "sobel_takahashi_1983/deadline"},
      {"m18a", "putnam_1988/alternating_offers"},
      {"m18b", "putnam_1988/private_ratifier"},
      {"m18c", "putnam_1988/known_ratifier"},
      {"m19", "kydd_walter_2002/spoilers"},
      {"m20", "horner_morelli_squintani_2015/protocol"},
      {"m21", "jervis_1978/security_dilemma"},
      {"m22", "after_powell_2006/resupply_race"},
      {"m23", "powell_2004/two_rounds"},
      {"m24", "lewis_schultz_2003/normal_payoffs"}};
  const std::filesystem::path texts = std::filesystem::path(MELIAN_SOURCE_DIR) / "tests/texts";
  for (const auto& file : std::filesystem::directory_iterator(texts)) {
    const std::string name = file.path().filename().string(),
                      number = name.substr(0, name.find('_'));
    if (!name.starts_with("m") || name.size() < 4 || name[1] < '0' || name[1] > '9') continue;
    INFO(name);
    const auto found =
        std::ranges::find_if(shipped, [&](const auto& one) { return number == one.first; });
    REQUIRE(found != shipped.end());
    CHECK(std::filesystem::exists(models / (std::string(found->second) + ".melian")));
  }
}

TEST_CASE("catalogue: a broken expected.json is told everything that is wrong with it") {
  const std::filesystem::path file =
      std::filesystem::temp_directory_path() / "melian_broken_expected.json";
  std::FILE* out = std::fopen(file.c_str(), "wb");
  REQUIRE(out != nullptr);
  std::fputs(
      R"({"title": 3, "checks": [{"name": "one", "quantity": "outcomes.war", "expected": "x"}, 5]})",
      out);
  std::fclose(out);
  const Result<CatalogueEntry> entry = read_expected(file);
  std::filesystem::remove(file);
  REQUIRE_FALSE(entry.has_value());
  CHECK(entry.error().size() >= 6);
  for (const Diagnostic& diagnostic : entry.error()) CHECK(diagnostic.code == "M0923");
}
