/// The laws of every fuzzer in every build: over its committed seeds and damaged copies of them.

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "fuzz/events_entry.h"
#include "fuzz/expected_entry.h"
#include "fuzz/extends_entry.h"
#include "fuzz/formula_entry.h"
#include "fuzz/metric_entry.h"
#include "fuzz/nfg_entry.h"
#include "fuzz/results_entry.h"
#include "fuzz/settings_entry.h"
#include "fuzz/solve_entry.h"
#include "fuzz/store_entry.h"
#include "support/random_model_text.h"
#include "support/texts.h"

namespace {

using namespace melian::test;

using Law = std::string (*)(const std::string&);

std::vector<std::string> seeds_of(const std::string& target) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(MELIAN_SOURCE_DIR) +
                                                               "/tests/fuzz/" + target + "_seeds"))
    paths.push_back(entry.path());
  std::ranges::sort(paths);
  std::vector<std::string> out;
  for (const auto& path : paths) out.push_back(content_of(path));
  return out;
}

/// Every seed as it is, and so many damaged copies of all of them.
void hold(const std::string& target, Law law, std::uint64_t copies) {
  const std::vector<std::string> seeds = seeds_of(target);
  REQUIRE(!seeds.empty());
  for (const std::string& seed : seeds) {
    CAPTURE(seed);
    CHECK(law(seed) == "");
  }
  for (std::uint64_t n = 0; n < copies; ++n) {
    CAPTURE(n);
    CHECK(law(damaged(seeds[n % seeds.size()], n)) == "");
  }
}

}  // namespace

TEST_CASE("hostile inputs: logs of events are read or refused at places, and read back the same") {
  hold("events", read_hostile_events, 2000);
}

TEST_CASE("hostile inputs: a damaged store gives what was saved, or nothing, or is left alone") {
  hold("store", read_hostile_store, 600);
}

TEST_CASE("hostile inputs: rows of a sweep read back the same, cut or whole") {
  hold("results", read_hostile_results, 2000);
}

TEST_CASE("hostile inputs: expected.json gives the numbers that stand in it, or reasons") {
  hold("expected", read_hostile_expected, 1500);
}

TEST_CASE("hostile inputs: words of --set and --vary are bound as they were given, or refused") {
  hold("settings", read_hostile_settings, 2000);
}

TEST_CASE("hostile inputs: metrics are read back the same and give numbers") {
  hold("metric", read_hostile_metric, 2000);
}

TEST_CASE("hostile inputs: formulas give the same number twice, or a reason at a place") {
  hold("formula", read_hostile_formula, 2000);
}

TEST_CASE("hostile inputs: models of several files are the same model wherever they lie") {
  hold("extends", read_hostile_files, 1000);
}

TEST_CASE("hostile inputs: strategic forms are read back with the same payoffs") {
  hold("nfg", read_hostile_nfg, 2000);
}

TEST_CASE("hostile inputs: small games are answered with probabilities that sum to one") {
  hold("solve", solve_hostile_game, 100);
}
