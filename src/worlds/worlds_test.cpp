/// Studies over plausible worlds, from the text to results.json.

#include <sqlite3.h>

#include <filesystem>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "melian/run.h"
#include "support/folder.h"

using namespace melian;
using Json = nlohmann::json;

namespace {

Study read(const std::string& text, const std::string& beside) {
  auto study = read_study_text(text, std::string(MELIAN_SOURCE_DIR) + beside);
  REQUIRE_MESSAGE(study.has_value(), render(study.error()));
  return std::move(*study);
}

const std::string even =
    "\n[[reading]]\nid = \"even\"\nby = \"the analyst\"\nneutral = true\ntext = \"even odds\"\n";

/// Without a table a war goes on beyond its first battle unless D collapses: with chance 1 -
/// collapse, exactly.
Study war(const std::string& worlds = "number = 256\nscrambles = 8\neffects = 32",
          const std::string& more = "") {
  return read(R"(
title = "war"
model = "war.melian"
[solve]
grid = { D = 3 }
reasons = false
report_lambda = [1]
[parameters]
"collapse" = { value = 0.1, plausible = [0.05, 0.2] }
"cost[D].weak" = { value = 0.1, plausible = [0.05, 0.2] }
"rounds_allowed" = 2
[worlds]
)" + worlds + even +
                  R"(
[[variant]]
id = "without_talks"
text = "no table"
parameters = { talks = "off" }
[[claim]]
id = "short"
by = "even"
text = "Without talks the war often ends at once."
opposite = "It rarely does."
metric = "survival(1) in without_talks"
holds_if = "value < 0.87"
[[claim]]
id = "long"
by = "even"
text = "Without talks the war rarely ends at once."
opposite = "It often does."
metric = "survival(1) in without_talks"
holds_if = "value > 0.87"
[[base_rate]]
id = "other_wars"
text = "wars of other sides"
source = "made for tests"
shape = 1
median = 4
age = 10
round_length = 1
)" + more,
              "/tests/golden/data/study/in_memory.toml");
}

Json run(const Study& study, const StudyOptions& options = {}) {
  auto found = run_study(study, options);
  REQUIRE_MESSAGE(found.has_value(), render(found.error()));
  return Json::parse(found->results);
}

Json timeless(Json document) {
  document.erase("timing");
  for (Json& reading : document["readings"]) reading["result"].erase("timing");
  return document;
}

int count_in(const std::filesystem::path& store, const char* sql) {
  sqlite3* handle = nullptr;
  sqlite3_stmt* statement = nullptr;
  int out = -1;
  if (sqlite3_open_v2(store.c_str(), &handle, SQLITE_OPEN_READONLY, nullptr) == SQLITE_OK &&
      sqlite3_prepare_v2(handle, sql, -1, &statement, nullptr) == SQLITE_OK &&
      sqlite3_step(statement) == SQLITE_ROW)
    out = sqlite3_column_int(statement, 0);
  sqlite3_finalize(statement);
  sqlite3_close(handle);
  return out;
}

/// The study as it stands, run once for all who only look.
const Json& of_the_war() {
  static const Json document = run(war());
  return document;
}

}  // namespace

TEST_CASE(
    "run_study: over worlds a claim holds as often as its closed form says, and the interval "
    "contains that") {
  const Json& document = of_the_war();
  const double closed = (0.2 - 0.13) / 0.15;  // collapse above .13, of .05 to .2
  const Json& worlds = document["claims"][0]["worlds"];
  CHECK(worlds["solved"] == 256);
  CHECK(worlds["failed"] == 0);
  CHECK(worlds["undecided"] == 0);  // no belief matters: the finer grid says the same
  CHECK(worlds["holds"].get<int>() + worlds["fails"].get<int>() == 256);
  CHECK(worlds["share"].get<double>() == doctest::Approx(closed).epsilon(0.02));
  CHECK(worlds["interval"][0].get<double>() <=
        closed + 1.0 / 256);  // a net cannot do better than one point
  CHECK(worlds["interval"][1].get<double>() >= closed - 1.0 / 256);
  CHECK(worlds["median"].get<double>() == doctest::Approx(0.875).epsilon(0.005));
  CHECK(worlds["by_number"].size() == 4);  // 4, 8, 16, 32 of each of 8 scrambles
}

TEST_CASE("run_study: over worlds a claim and its opposite share the worlds out") {
  const Json& document = of_the_war();
  const Json &one = document["claims"][0]["worlds"], &other = document["claims"][1]["worlds"];
  CHECK(one["holds"] == other["fails"]);
  CHECK(one["fails"] == other["holds"]);
  CHECK(one["opposite"]["share"] == other["share"]);
  CHECK(one["opposite"]["interval"] == other["interval"]);
}

TEST_CASE(
    "run_study: what decides a claim over worlds is the parameter that its number depends on, and "
    "nothing else") {
  const Json& document = of_the_war();
  const Json& decided = document["claims"][0]["decided_by"];
  REQUIRE(decided.size() == 3);
  CHECK(decided[0]["parameter"] == "collapse");
  CHECK(decided[0]["total_effect"].get<double>() == doctest::Approx(1.0).epsilon(0.35));  // 32 rows
  CHECK(decided[0]["interval"][0].get<double>() <= 1.0);
  CHECK(decided[0]["interval"][1].get<double>() >= 1.0);
  for (const std::size_t k : {1U, 2U})
    CHECK(decided[k]["total_effect"].get<double>() == doctest::Approx(0.0));
  const Json& box = document["claims"][0]["box"];
  REQUIRE(box.is_object());
  CHECK(box["of"] == "holds");
  REQUIRE(box["parameters"].size() == 1);
  CHECK(box["parameters"]["collapse"][0].get<double>() == doctest::Approx(0.13).epsilon(0.03));
  CHECK(box["parameters"]["collapse"][1].get<double>() == doctest::Approx(0.2));
  CHECK(box["resampled"]["collapse"].get<double>() == doctest::Approx(1.0));
}

TEST_CASE("run_study: a base rate makes worlds in which wars end at once weigh less") {
  // Other wars outlast a round with chance .84; with the table, plays of this war seldom do.
  const Json document =
      run(war("number = 128\nscrambles = 8\neffects = 0\n[worlds.weights]\nbase_rate = { id = "
              "\"other_wars\", round = 1 }\nevents = true"));
  const Json& worlds = document["worlds"];
  REQUIRE(worlds["weights"].size() == 1);
  CHECK(worlds["weights"][0]["id"] == "base_rate");
  const double effective = worlds["effective_number"]["base_rate"];
  CHECK(effective > 1.0);
  CHECK(effective < 128.0);
  REQUIRE(document["claims"][0]["worlds"]["weighted"].contains("base_rate"));
  CHECK(worlds["unused_weights"][0]["id"] == "events");
}

TEST_CASE("run_study: a likelihood of events weighs worlds where one is given") {
  const Study study =
      war("number = 128\nscrambles = 8\neffects = 0\n[worlds.weights]\nevents = true");
  StudyOptions options;
  // Only worlds with a table that ends the war late: all the weight on one side of a number of the
  // game.
  options.event_weight =
      EventWeight{"half", [](const Game& game, const Assessment&) {
                    return std::optional(game.fingerprint[0] < '8' ? 0.0 : -50.0);
                  }};
  const Json document = run(study, options);
  const double effective = document["worlds"]["effective_number"]["events"];
  CHECK(effective == doctest::Approx(64).epsilon(0.3));
  CHECK(document["claims"][0]["worlds"]["weighted"].contains("events"));
}

TEST_CASE("run_study: worlds are the same for 1, 2 and 5 threads, to the last byte") {
  const Study study = war("number = 32\nscrambles = 4\neffects = 8");
  set_threads(1);
  const std::string one = timeless(run(study)).dump();
  for (const int threads : {2, 5}) {
    set_threads(threads);
    CHECK(timeless(run(study)).dump() == one);
  }
  set_threads(0);
}

TEST_CASE(
    "run_study: a repeated run over worlds solves nothing and says the same; more worlds take the "
    "old ones along") {
  const testing::Folder folder;
  const Study study = war("number = 32\nscrambles = 4\neffects = 8");
  StudyOptions options;
  options.out = folder.path.string();
  const Json first = run(study, options), second = run(study, options);
  CHECK(timeless(first) == timeless(second));
  CHECK(first["timing"]["world_games_from_store"] == 0);
  CHECK(second["timing"]["world_games_from_store"] == second["timing"]["world_games"]);
  options.worlds = 64;
  const Json more = run(study, options);
  CHECK(more["worlds"]["number"] == 64);
  CHECK(more["timing"]["world_games_from_store"].get<int>() > 32);
}

TEST_CASE("run_study: whatever is reported of worlds is in the store by then") {
  const testing::Folder folder;
  StudyOptions options;
  options.out = folder.path.string();
  int reports = 0;
  bool all_there = true;
  options.on_step = [&](const Step& step) {
    int kept = 0, of = 0;
    if (std::sscanf(std::string(step.stage).c_str(), "worlds: %d of %d", &kept, &of) != 2)
      return true;
    ++reports;
    // Every world is a game with talks and one without; certified ones have the first alone.
    all_there = all_there && count_in(folder.path / "store.sqlite", "SELECT COUNT(*) FROM world") >=
                                 2 * kept - 1;
    return true;
  };
  static_cast<void>(run(war("number = 32\nscrambles = 4\neffects = 8\ncertified = 1"), options));
  CHECK(reports > 1);
  CHECK(all_there);
}

TEST_CASE(
    "run_study: stopped while worlds are solved, it keeps what it had, and goes on from there") {
  const testing::Folder folder;
  const Study study = war("number = 128\nscrambles = 8\neffects = 0");
  StudyOptions options;
  options.out = folder.path.string();
  options.on_step = [&](const Step& step) {
    return !step.stage.starts_with("worlds") || step.done < 0.2;
  };
  const auto stopped = run_study(study, options);
  REQUIRE(stopped.has_value());
  CHECK(stopped->cancelled);
  const int kept = count_in(folder.path / "store.sqlite", "SELECT COUNT(*) FROM world");
  CHECK(kept > 0);
  options.on_step = {};
  const Json whole = run(study, options);
  CHECK(whole["timing"]["world_games_from_store"] == kept);
  CHECK(timeless(whole) == timeless(run(study)));
}

TEST_CASE("run_study: a store of worlds cut short is said to be damaged, and left as it is") {
  const testing::Folder folder;
  const Study study = war("number = 32\nscrambles = 4\neffects = 0");
  StudyOptions options;
  options.out = folder.path.string();
  static_cast<void>(run(study, options));
  const std::filesystem::path store = folder.path / "store.sqlite";
  const auto half = std::filesystem::file_size(store) / 2;
  std::filesystem::resize_file(store, half);
  const auto found = run_study(study, options);
  REQUIRE_FALSE(found.has_value());
  CHECK(found.error().front().code == "M0915");
  CHECK(std::filesystem::file_size(store) == half);
}

TEST_CASE(
    "run_study: a store that another program holds stops a run over worlds with the reason, and "
    "keeps what it had") {
  const testing::Folder folder;
  const Study study = war("number = 128\nscrambles = 8\neffects = 0");
  StudyOptions options;
  options.out = folder.path.string();
  sqlite3* other = nullptr;
  options.on_step = [&](const Step& step) {
    if (!other && step.stage.starts_with("worlds") && step.done > 0.2) {
      sqlite3_open((folder.path / "store.sqlite").c_str(), &other);
      CHECK(sqlite3_exec(other, "BEGIN EXCLUSIVE", nullptr, nullptr, nullptr) == SQLITE_OK);
    }
    return true;
  };
  const auto found = run_study(study, options);
  sqlite3_close(other);
  REQUIRE_FALSE(found.has_value());
  CHECK(found.error().front().code == "M0916");
  options.on_step = {};
  const Json whole = run(study, options);
  CHECK(whole["timing"]["world_games_from_store"].get<int>() > 0);
  CHECK(timeless(whole) == timeless(run(study)));
}

TEST_CASE("run_study: parts of a run, merged, are the whole run") {
  const testing::Folder one, two, both;
  const Study study = war("number = 32\nscrambles = 4\neffects = 8");
  StudyOptions options;
  for (const auto& [folder, part] : {std::pair(&one, 1), std::pair(&two, 2)}) {
    options.out = folder->path.string();
    options.shard = {part, 2};
    const auto found = run_study(study, options);
    REQUIRE(found.has_value());
    CHECK(found->results.empty());
  }
  const auto merged =
      merge_stores({(one.path / "store.sqlite").string(), (two.path / "store.sqlite").string()},
                   (both.path / "store.sqlite").string());
  REQUIRE_MESSAGE(merged.has_value(), render(merged.error()));
  CHECK(merged->conflicts.empty());
  options.out = both.path.string();
  options.shard.reset();
  const Json whole = run(study, options);
  CHECK(whole["timing"]["world_games_from_store"] == whole["timing"]["world_games"]);
  CHECK(whole["timing"]["from_store"] == whole["timing"]["pieces"]);
  CHECK(timeless(whole) == timeless(run(study)));
}

TEST_CASE(
    "run_study: worlds that cannot be are counted as failed, never dropped, and widen the "
    "interval") {
  Study study = war("number = 64\nscrambles = 4\neffects = 0");
  for (StudyParameter& parameter : study.parameters)
    if (parameter.name == "collapse")
      parameter.plausible = {0.05, 0.8};  // the model allows .5 at most
  const Json document = run(study);
  const Json& worlds = document["worlds"];
  CHECK(worlds["failed"].get<int>() == doctest::Approx(64 * 0.3 / 0.75).epsilon(0.05));
  CHECK(worlds["failed"].get<int>() + worlds["solved"].get<int>() == 64);
  REQUIRE(worlds["failures"].size() >= 1);
  const Json& claim = document["claims"][1]["worlds"];
  CHECK(claim["share"].get<double>() == claim["holds"].get<double>() / 64);
  CHECK(claim["interval"][1].get<double>() >=
        claim["share"].get<double>() + worlds["failed"].get<double>() / 64);
}

TEST_CASE(
    "run_study: more worlds than memory holds are refused with their number before any is drawn") {
  StudyOptions options;
  options.worlds = 100'000'000;
  const auto found = run_study(war(), options);
  REQUIRE_FALSE(found.has_value());
  CHECK(found.error().front().code == too_large_code);
  CHECK(found.error().front().message.find("GiB") != std::string::npos);
}

TEST_CASE(
    "run_study: worlds whose sweeps do not fit into memory are refused before anything is solved, "
    "by the count that an estimate gives") {
  const Study large =
      war("number = 16\nscrambles = 2\ngrid = 100000\nparameters = { rounds_allowed = 400 }");
  bool solved = false;
  StudyOptions options;
  options.on_step = [&](const Step&) { return !(solved = true); };
  const auto found = run_study(large, options);
  REQUIRE_FALSE(found.has_value());
  CHECK(found.error().front().code == too_large_code);
  CHECK(found.error().front().message.find("finer grid") != std::string::npos);
  CHECK_FALSE(solved);
  CHECK(estimate_study(large, {}).error().front().message == found.error().front().message);
}

TEST_CASE(
    "estimate_study: memory grows with the ladder, and with the grid that worlds are checked on") {
  const auto small = estimate_study(war("number = 16\nscrambles = 2\ngrid = 3"), {});
  const auto large = estimate_study(war("number = 16\nscrambles = 2\ngrid = 20001"), {});
  REQUIRE(small.has_value());
  REQUIRE(large.has_value());
  CHECK(small->memory_without_ladder_bytes <= small->memory_bytes);
  CHECK(large->memory_without_ladder_bytes < large->memory_bytes);
  // Values and strategies of every round on twice as many cells: some kilobytes a node.
  CHECK(large->memory_bytes - small->memory_bytes > 40'000 * 100);
}

TEST_CASE("read_study: so few checked worlds that nothing would be decided are told") {
  const auto warned = [](const Study& study) {
    return std::ranges::any_of(study.warnings, [](const Diagnostic& warning) {
      return warning.code == "M0743" && warning.message.find("checked") != std::string::npos;
    });
  };
  CHECK(warned(war("number = 16\nscrambles = 2\nchecked = 3")));
  CHECK_FALSE(warned(war("number = 16\nscrambles = 2\nchecked = 4")));
}

TEST_CASE("estimate_study: counts the games of a run, and afterwards finds them in the store") {
  const testing::Folder folder;
  const Study study = war("number = 32\nscrambles = 4\neffects = 8\nchecked = 4\ncertified = 1");
  StudyOptions options;
  options.out = folder.path.string();
  const auto before = estimate_study(study, options);
  REQUIRE_MESSAGE(before.has_value(), render(before.error()));
  CHECK_FALSE(std::filesystem::exists(folder.path / "store.sqlite"));
  REQUIRE(before->parts.size() == 2);
  // Base and variant of 32 worlds, of 4 on the finer grid, of 8 rows for each of 3 groups; one
  // certificate.
  CHECK(before->parts[1].games == 2 * (32 + 4 + 8 * 3) + 1);
  CHECK(before->decisions_a_second > 0);
  static_cast<void>(run(study, options));
  const auto after = estimate_study(study, options);
  REQUIRE(after.has_value());
  for (const auto& part : after->parts) CHECK(part.games == 0);
  CHECK(after->parts[1].in_store == before->parts[1].games);
}

namespace {

/// A variant that has its own number for a group of parameters, so that the group leaves its games
/// as they are.
const std::string settled = R"(
[[variant]]
id = "settled"
text = "collapse and costs as they are"
parameters = { talks = "off", collapse = 0.1, "cost[D].weak" = 0.1 }
[[claim]]
id = "settled"
by = "even"
text = "The war rarely ends at once where collapse is rare."
opposite = "It often does."
metric = "survival(1) in settled"
holds_if = "value > 0.87"
)";

}  // namespace

TEST_CASE(
    "estimate_study: games that a group of parameters leaves as they are count once, as a run "
    "solves them once") {
  const Study study =
      war("number = 32\nscrambles = 4\neffects = 8\nchecked = 4\ncertified = 1", settled);
  const auto before = estimate_study(study, {});
  REQUIRE_MESSAGE(before.has_value(), render(before.error()));
  // Worlds of the settled variant differ in their precision alone: of its 8 rows for each of 3
  // groups, two groups change nothing, and the third makes a game of another world.
  CHECK(before->parts[1].games == 3 * (32 + 4) + 2 * 8 * 3 + 1);
  const auto alone = run_study(study, {});
  REQUIRE(alone.has_value());
  CHECK(alone->worlds == before->parts[1].games);
  const testing::Folder folder;
  StudyOptions options;
  options.out = folder.path.string();
  const auto kept = run_study(study, options);
  REQUIRE(kept.has_value());
  CHECK(kept->worlds == before->parts[1].games);
  CHECK(kept->worlds_from_store == 0);
  CHECK(timeless(Json::parse(kept->results)) == timeless(Json::parse(alone->results)));
}

TEST_CASE("run_study: a variant that fails in a world leaves claims alone that do not take it") {
  Study study = war("number = 64\nscrambles = 4\neffects = 0", settled);
  for (StudyParameter& parameter : study.parameters)
    if (parameter.name == "collapse")
      parameter.plausible = {0.05, 0.8};  // the model allows .5 at most
  const Json document = run(study);
  const int failed = document["worlds"]["failed"].get<int>();
  CHECK(failed == doctest::Approx(64 * 0.3 / 0.75).epsilon(0.05));
  CHECK(document["claims"][0]["worlds"]["failed"] == failed);
  const Json& claim = document["claims"][2]["worlds"];
  CHECK(claim["failed"] == 0);
  CHECK(claim["holds"] == 64);  // survival .9 in all of them
}

TEST_CASE(
    "run_study: with the base alone a claim is judged whose contrasts alone take variants, and "
    "they have no number") {
  const Study study = war("number = 16\nscrambles = 4\neffects = 0\nvariants = false", R"toml(
[[claim]]
id = "talks"
by = "even"
text = "The war ends at once."
opposite = "It does not."
[[claim.half]]
name = "base"
text = "as it is"
metric = "survival(1)"
holds_if = "value < 2"
[[claim.half]]
name = "without talks"
text = "for comparison"
metric = "survival(1) in without_talks"
holds_if = "value < 0.87"
contrast = true
)toml");
  const Json document = run(study);
  CHECK(document["claims"][0]["worlds"].is_null());
  const Json& claim = document["claims"][2]["worlds"];
  REQUIRE(claim.is_object());
  CHECK(claim["holds"] == 16);
  CHECK(claim["halves"][0]["no_number"] == 0);
  CHECK(claim["halves"][1]["no_number"] == 16);
}

TEST_CASE(
    "run_study: Powell's war of costs over worlds, with counts that add up and a certificate for "
    "the sample") {
  const Study study = read(R"toml(
title = "screening"
model = "cost.melian"
[solve]
grid = { D = 9 }
reasons = false
report_lambda = [1]
[parameters]
"cost[D].weak" = { value = 0.07, plausible = [0.04, 0.1] }
"prior[D].weak" = { value = 0.6, plausible = [0.3, 0.8] }
"precision" = { value = 60, plausible = [30, 120], scale = "log" }
"offers_allowed" = 3
[worlds]
number = 16
scrambles = 2
effects = 0
certified = 1
parameters = { offers_allowed = 2 }
)toml" + even + R"toml(
[[claim]]
id = "cheap"
by = "even"
text = "Peace is cheap."
opposite = "Peace is dear."
metric = "mean(y)"
holds_if = "value < 0.3"
)toml",
                           "/models/powell_2004/in_memory.toml");
  const Json document = run(study);
  const Json &worlds = document["worlds"], &claim = document["claims"][0]["worlds"];
  CHECK(worlds["parameters"]["offers_allowed"] == 2);
  CHECK(worlds["certified"]["worlds"] == 1);
  CHECK(claim["holds"].get<int>() + claim["fails"].get<int>() + claim["undecided"].get<int>() ==
        claim["solved"].get<int>());
  CHECK(claim["solved"].get<int>() + claim["failed"].get<int>() == 16);
  CHECK(claim["error"].get<double>() > 0);  // beliefs matter here, so the grid has an error
}
