/// Plausible worlds that have no solution are counted, told, and replaced where errors come from.

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "melian/run.h"
#include "support/folder.h"

using namespace melian;
using Json = nlohmann::json;

namespace {

/// Worlds in which A's cost is below 0.12 have no game: payoffs are no numbers there.
constexpr const char* model_text = R"(model "A crisis"
player A
player B  types weak 0.5, tough 0.5
param cost[A] = 0.15
param cost[B]: weak = 0.3, tough = 0.05
param precision = 20
phase crisis {
  A offers x in 0..1 by 0.1
  B chooses answer {
    accept { end settlement: A gets x, B gets 1 - x }
    fight  { end war: A gets 0.5 - cost[A], B gets 0.5 - cost[B] + 0 * ln(cost[A] - 0.12) }
  }
}
)";

constexpr const char* study_text = R"toml(title = "A small study"
model = "beyond.melian"
[solve]
grid = 9
[parameters]
"cost[A]" = { value = 0.15, plausible = [0.05, 0.2], judgement = "a guess" }
"cost[B].weak" = { value = 0.3, plausible = [0.2, 0.4], judgement = "a guess" }
[worlds]
number = 32
scrambles = 4
seed = 1
grid = 5
effects = 0
checked = 4
[[reading]]
id = "even"
by = "the analyst"
neutral = true
text = "even odds"
[[claim]]
id = "C1"
by = "even"
text = "War is rare."
opposite = "War is common."
metric = "probability(war)"
holds_if = "value < 0.9"
)toml";

Result<Study> study(const testing::Folder& folder, const std::string& text) {
  (void)folder.write("beyond.melian", model_text);
  return read_study(folder.write("study.toml", text));
}

std::string replaced(std::string text, const std::string& part, const std::string& by) {
  return text.replace(text.find(part), part.size(), by);
}

}  // namespace

TEST_CASE("worlds: a checked world without a solution is replaced, and failures are told") {
  const testing::Folder folder;
  const auto read = study(folder, study_text);
  REQUIRE_MESSAGE(read.has_value(), render(read.error()));
  const auto found = run_study(*read, {});
  REQUIRE_MESSAGE(found.has_value(), render(found.error()));
  const Json document = Json::parse(found->results);
  const Json& worlds = document["worlds"];
  const int failed = worlds["failed"];
  CHECK(failed > 4);
  CHECK(failed < 32);
  CHECK(worlds["failures"][0]["worlds"] == failed);
  CHECK(worlds["checked"]["worlds"].get<int>() > 4);
  const Json& claim = document["claims"][0]["worlds"];
  CHECK(claim["bands"]["moved"]["checked"] == 4);
  CHECK(claim["bands"]["moved"]["factor"].is_number());
  CHECK(claim["holds"].get<int>() + claim["fails"].get<int>() > 0);
}

TEST_CASE("read_study: numbers that are none are refused where they stand") {
  const testing::Folder folder;
  const auto refused = [&](const std::string& part, const std::string& by, const char* code) {
    CAPTURE(by);
    const auto read = study(folder, replaced(study_text, part, by));
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().front().code == code);
    CHECK(read.error().front().line > 0);
  };
  refused("[0.05, 0.2]", "[0.05, inf]", "M0716");
  refused("[0.05, 0.2]", "[-inf, 0.2]", "M0716");
  refused("value = 0.15", "value = nan", "M0716");
  refused("[0.05, 0.2]", "[-1e308, 1e308]", "M0740");
  refused("grid = 9", "grid = 9\nlambda = inf", "M0716");
  for (const char* metric : {"1/0", "0/0", "probability(war) + log(0)", "-1/0",
                             "max(probability(war), 1 - 1/0)", "if(1 > 2, 1/0, rounds)"})
    refused("\"probability(war)\"", "\"" + std::string(metric) + "\"", "M0712");
  refused("value < 0.9", "value < 1/0", "M0712");
}
