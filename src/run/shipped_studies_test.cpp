/// The studies that come with the program.

#include <filesystem>
#include <set>

#include <doctest/doctest.h>

#include "melian/run.h"
#include "worlds/worlds_plan.h"

using namespace melian;

TEST_CASE(
    "shipped studies: are read without a complaint, and every number they state as a range is "
    "drawn in one group of worlds") {
  int read = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(MELIAN_SOURCE_DIR) + "/studies")) {
    if (entry.path().extension() != ".toml") continue;
    CAPTURE(entry.path().string());
    const auto study = read_study(entry.path().string());
    REQUIRE_MESSAGE(study.has_value(), render(study.error()));
    CHECK_MESSAGE(study->warnings.empty(), render(study->warnings));
    REQUIRE(study->worlds.has_value());
    const WorldsPlan plan(*study, {});
    CHECK_FALSE(plan.checked().empty());
    CHECK(plan.rows().size() >= 8);  // fewer give no effects
    std::multiset<std::string> grouped;
    for (const WorldsGroup& group : plan.groups())
      grouped.insert(group.parameters.begin(), group.parameters.end());
    std::size_t ranges = 0;
    for (const StudyParameter& parameter : study->parameters) {
      if (!parameter.plausible) continue;
      ++ranges;
      CAPTURE(parameter.name);
      CHECK(grouped.count(parameter.name) == 1);
    }
    CHECK(ranges >= 12);
    ++read;
  }
  CHECK(read >= 2);
}
