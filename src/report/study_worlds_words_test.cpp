#include "report/study_worlds_words.h"

#include <fstream>
#include <iterator>
#include <sstream>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "report/table.h"

using namespace melian;

namespace {

/// The invented numbers that show the format of results.json.
nlohmann::ordered_json example() {
  std::ifstream file(std::string(MELIAN_SOURCE_DIR) + "/docs/formats/study_results_example.json");
  return nlohmann::ordered_json::parse(std::string(std::istreambuf_iterator<char>(file), {}));
}

}  // namespace

TEST_CASE(
    "worlds_words: claim and opposite side by side, what decides, where it holds, in a hundred "
    "columns") {
  const std::string golden = R"(
in how many of 4,096 plausible worlds
  claim                                                  holds        opposite  open  by [1]  by [2]
  C5 Talks only prolong the war and give time…  31% (30 to 38)  63% (62 to 70)  6.3%     36%     42%
  C7 When the enemy asks to talk, he is weak:…  22% (21 to 40)  61% (60 to 79)   17%     13%     10%
  C11 After an ultimatum is renounced, the ne…  47% (46 to 59)  42% (41 to 54)   11%     44%     52%
  C13 Neither side can offer what the other w…  64% (63 to 65)  36% (35 to 37)  0.3%     81%     77%
  holds, opposite: shares of worlds, in which a claim or its opposite holds; their 95 % intervals
  reach as far as what is open, that is, undecided or not solved.
  14 of 4,096 worlds could not be solved: a decision has no solution that the solver can find (14)
  by [1]: holds, likelier worlds counting more: inter_state_wars (worth 2,210 that count alike)
  by [2]: holds, likelier worlds counting more: events (worth 312 that count alike)

what decides
  C5 is decided mostly by costs of fighting, time gained by talks
  C7 is decided mostly by time gained by talks, costs of fighting
  C11 is decided mostly by price of enforcing, precision
  C13 is decided mostly by costs of fighting, claim[Moscow]
  C5 holds mostly where lull is above 0.17 and cost[Moscow].flexible is below 0.019: 71% of the
    worlds in which it holds lie there, and it holds in 83% of the worlds that lie there.
  C11 holds mostly where toll[Washington].bluffer is above 0.09: 78% of the worlds in which it holds
    lie there, and it holds in 75% of the worlds that lie there.
  C13 fails mostly where cost[Moscow].flexible is above 0.019 and claim[Moscow] is below 0.74: 71%
    of the worlds in which it fails lie there, and it fails in 84% of the worlds that lie there.
)";
  const std::string text = worlds_words(example(), {.colour = false, .width = 100});
  CHECK(text == golden);
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) CHECK(text_width(line) <= 100);
}

TEST_CASE(
    "worlds_words: a claim that holds nearly everywhere is settled, unless it does not once "
    "likelier worlds count more") {
  nlohmann::ordered_json results = example();
  nlohmann::ordered_json& worlds = results["claims"][0]["worlds"];
  const double all = worlds["solved"].get<double>() + worlds["failed"].get<double>();
  worlds["share"] = 0.95;
  worlds["holds"] = 0.95 * all;
  worlds["fails"] = 0.05 * all;
  const std::string decided = "C5 is decided mostly by";
  for (auto& weight : worlds["weighted"]) weight["share"] = 0.92;
  CHECK(worlds_words(results, {}).find(decided) == std::string::npos);
  worlds["weighted"]["events"]["share"] = 0.5;
  CHECK(worlds_words(results, {}).find(decided) != std::string::npos);
}

TEST_CASE("worlds_words: nothing where no claim was judged in worlds") {
  nlohmann::ordered_json results = example();
  for (auto& claim : results["claims"]) claim.erase("worlds");
  CHECK(worlds_words(results, {}).empty());
  results.erase("worlds");
  CHECK(worlds_words(results, {}).empty());
}

TEST_CASE("study_summary: tells the shares between verdicts and reasons") {
  const std::string text = study_summary(example().dump(), {.colour = false, .width = 80});
  const std::size_t verdicts = text.find("claim, by reading"), worlds = text.find("what decides"),
                    reasons = text.find("why readings disagree");
  CHECK(verdicts < worlds);
  CHECK(worlds < reasons);
  CHECK(reasons < text.size());
}
