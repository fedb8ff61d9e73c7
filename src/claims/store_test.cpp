#include "claims/store.h"

#include <sqlite3.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>

#include "support/folder.h"

using namespace melian;

namespace {

Piece some_piece() {
  return {"game",
          "solution",
          2.0,
          "D=9",
          "0.1.0",
          1.5,
          R"({"short": {"outcomes": {"war": 0.25}}})",
          {{"rounds", 3.25}, {"accepted(y)", std::nullopt}}};
}

WorldGame some_world(const std::string& key) {
  WorldGame out;
  out.key = key;
  out.parameters = R"({"cost": 0.5})";
  out.grid = "D=5";
  out.kind = "world";
  out.decisions = 12;
  out.several = 3;
  out.metrics = {"rounds", "accepted(y)"};
  out.numbers = {3.25, std::nullopt};
  return out;
}

double one_number(const std::string& file, const char* sql) {
  sqlite3* handle = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &handle) == SQLITE_OK);
  sqlite3_stmt* statement = nullptr;
  REQUIRE(sqlite3_prepare_v2(handle, sql, -1, &statement, nullptr) == SQLITE_OK);
  REQUIRE(sqlite3_step(statement) == SQLITE_ROW);
  const double out = sqlite3_column_double(statement, 0);
  sqlite3_finalize(statement);
  sqlite3_close(handle);
  return out;
}

}  // namespace

TEST_CASE("store: what is saved is found again, by another connection too") {
  const testing::Folder folder;
  {
    auto store = Store::open(folder.file("store.sqlite"));
    REQUIRE(store.has_value());
    REQUIRE(store->save("key", some_piece()).has_value());
    REQUIRE(store->note_use("key", {"K", "base", "grid"}).has_value());
  }
  auto store = Store::open(folder.file("store.sqlite"));
  REQUIRE(store.has_value());
  const auto found = store->find("key");
  REQUIRE(found.has_value());
  REQUIRE(found->has_value());
  CHECK((*found)->document == some_piece().document);
  CHECK((*found)->numbers == some_piece().numbers);
  CHECK((*found)->lambda_factor == 2.0);
  CHECK_FALSE(store->find("another key")->has_value());
}

TEST_CASE("store: its views are tidy, one number a row") {
  const testing::Folder folder;
  {
    auto store = Store::open(folder.file("store.sqlite"));
    REQUIRE(store->save("key", some_piece()).has_value());
    REQUIRE(store->note_use("key", {"K", "base", "grid"}).has_value());
  }
  sqlite3* handle = nullptr;
  REQUIRE(sqlite3_open(folder.file("store.sqlite").c_str(), &handle) == SQLITE_OK);
  const auto one = [&](const char* sql) {
    sqlite3_stmt* statement = nullptr;
    REQUIRE(sqlite3_prepare_v2(handle, sql, -1, &statement, nullptr) == SQLITE_OK);
    REQUIRE(sqlite3_step(statement) == SQLITE_ROW);
    const double out = sqlite3_column_double(statement, 0);
    sqlite3_finalize(statement);
    return out;
  };
  CHECK(one("SELECT value FROM numbers WHERE reading = 'K' AND metric = 'rounds'") == 3.25);
  CHECK(one("SELECT probability FROM outcomes WHERE outcome = 'war' AND lambda_factor = 2") ==
        0.25);
  sqlite3_close(handle);
}

TEST_CASE("store: a file that is no database is said to be damaged") {
  const testing::Folder folder;
  std::ofstream(folder.file("store.sqlite")) << std::string(4096, 'x');
  const auto store = Store::open(folder.file("store.sqlite"));
  REQUIRE_FALSE(store.has_value());
  CHECK(store.error().front().code == "M0915");
  CHECK(store.error().front().hint.find("move the file away") != std::string::npos);
}

TEST_CASE("store: a database cut short is said to be damaged") {
  const testing::Folder folder;
  {
    auto store = Store::open(folder.file("store.sqlite"));
    for (int k = 0; k < 50; ++k)
      REQUIRE(store
                  ->save("key" + std::to_string(k),
                         {"g", "solution", 1.0, "", "", 0.0, std::string(5000, 'a'), {}})
                  .has_value());
  }
  std::filesystem::resize_file(folder.file("store.sqlite"),
                               std::filesystem::file_size(folder.file("store.sqlite")) / 2);
  const auto store = Store::open(folder.file("store.sqlite"));
  REQUIRE_FALSE(store.has_value());
  CHECK(store.error().front().code == "M0915");
}

TEST_CASE("store: a database of another kind is not written into") {
  const testing::Folder folder;
  sqlite3* handle = nullptr;
  REQUIRE(sqlite3_open(folder.file("store.sqlite").c_str(), &handle) == SQLITE_OK);
  REQUIRE(sqlite3_exec(handle,
                       "CREATE TABLE about (name TEXT PRIMARY KEY, content TEXT); INSERT INTO "
                       "about VALUES ('schema', 'other/7')",
                       nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(handle);
  const auto store = Store::open(folder.file("store.sqlite"));
  REQUIRE_FALSE(store.has_value());
  CHECK(store.error().front().code == "M0915");
}

TEST_CASE("store: a folder that is not there is a diagnostic") {
  const auto store = Store::open("/nowhere/at/all/store.sqlite");
  REQUIRE_FALSE(store.has_value());
  CHECK(store.error().front().code == "M0914");
}

TEST_CASE("store: a full disk is a diagnostic and leaves what was kept") {
  const testing::Folder folder;
  auto store = Store::open(folder.file("store.sqlite"));
  REQUIRE(store->save("small", some_piece()).has_value());
  store->limit_size(
      static_cast<std::int64_t>(std::filesystem::file_size(folder.file("store.sqlite"))));
  Piece large = some_piece();
  large.document = std::string(200000, 'x');
  const auto saved = store->save("large", large);
  REQUIRE_FALSE(saved.has_value());
  CHECK(saved.error().front().code == "M0917");
  CHECK(store->find("small")->has_value());
  CHECK_FALSE(store->find("large")->has_value());
}

TEST_CASE("store: a file held by another program is a diagnostic, not a wait without end") {
  const testing::Folder folder;
  auto store = Store::open(folder.file("store.sqlite"));
  REQUIRE(store.has_value());
  sqlite3* other = nullptr;
  REQUIRE(sqlite3_open(folder.file("store.sqlite").c_str(), &other) == SQLITE_OK);
  REQUIRE(sqlite3_exec(other, "BEGIN EXCLUSIVE", nullptr, nullptr, nullptr) == SQLITE_OK);
  store->wait_at_most(10);
  const auto saved = store->save("key", some_piece());
  REQUIRE_FALSE(saved.has_value());
  CHECK(saved.error().front().code == "M0916");
  sqlite3_close(other);
}

TEST_CASE("store: worlds are kept by batches and found again, and their views are tidy") {
  const testing::Folder folder;
  auto store = Store::open(folder.file("store.sqlite"));
  REQUIRE(store->save_worlds({some_world("a"), some_world("b")}).has_value());
  WorldGame failed = some_world("c");
  failed.failed = "it cannot be";
  failed.metrics.clear(), failed.numbers.clear();
  REQUIRE(store->save_worlds({failed}).has_value());
  REQUIRE(store
              ->note_worlds(
                  {{"worlds", 2, 7, "", "base", "a"}, {"effects", 2, 7, "costs", "base", "b"}})
              .has_value());
  const auto found = store->find_world("a");
  REQUIRE((found.has_value() && found->has_value()));
  CHECK((*found)->metrics == some_world("a").metrics);
  CHECK((*found)->numbers == some_world("a").numbers);
  CHECK((*found)->several == 3);
  CHECK((*store->find_world("c"))->failed == "it cannot be");
  CHECK_FALSE(store->find_world("d")->has_value());
  CHECK(one_number(folder.file("store.sqlite"),
                   "SELECT value FROM world_numbers WHERE design = 'worlds' AND scramble = 2 AND "
                   "number = 7 AND metric = 'rounds'") == 3.25);
  CHECK(one_number(
            folder.file("store.sqlite"),
            "SELECT value FROM world_parameters WHERE changed = 'costs' AND parameter = 'cost'") ==
        0.5);
  CHECK(one_number(folder.file("store.sqlite"),
                   "SELECT decisions FROM worlds WHERE design = 'worlds'") == 12);
}

TEST_CASE("store: a full disk keeps nothing of a batch of worlds and all that was kept before") {
  const testing::Folder folder;
  auto store = Store::open(folder.file("store.sqlite"));
  REQUIRE(store->save_worlds({some_world("before")}).has_value());
  store->limit_size(
      static_cast<std::int64_t>(std::filesystem::file_size(folder.file("store.sqlite"))));
  std::vector<WorldGame> batch{some_world("small")};
  for (int k = 0; k < 50; ++k) {
    batch.push_back(some_world("large" + std::to_string(k)));
    batch.back().certificate = std::string(5000, 'x');
  }
  const auto saved = store->save_worlds(batch);
  REQUIRE_FALSE(saved.has_value());
  CHECK(saved.error().front().code == "M0917");
  CHECK(store->find_world("before")->has_value());
  CHECK_FALSE(store->find_world("small")->has_value());
}

TEST_CASE(
    "store: merging takes what is not there, counts what is, and says where numbers contradict "
    "each other") {
  const testing::Folder folder;
  const std::string one = folder.file("one.sqlite"), two = folder.file("two.sqlite"),
                    both = folder.file("both.sqlite");
  {
    auto store = Store::open(one);
    REQUIRE(store->save("key", some_piece()).has_value());
    REQUIRE(store->save_worlds({some_world("a"), some_world("b")}).has_value());
    auto other = Store::open(two);
    REQUIRE(other->save("key", some_piece()).has_value());
    WorldGame changed = some_world("b");
    changed.numbers[0] = 4.0;
    changed.metrics[1] = "another metric, so that ids differ";
    REQUIRE(other->save_worlds({some_world("c"), changed}).has_value());
  }
  const auto merged = merge_stores({one, two}, both);
  REQUIRE_MESSAGE(merged.has_value(), render(merged.error()));
  CHECK(merged->pieces == 1);
  CHECK(merged->worlds == 3);
  CHECK(merged->known == 2);
  REQUIRE(merged->conflicts.size() == 1);
  CHECK(merged->conflicts[0].find("rounds") != std::string::npos);
  auto store = Store::open(both);
  const auto rounds = [&](const std::string& key) {
    const WorldGame game = **store->find_world(key);
    return game.numbers[static_cast<std::size_t>(std::ranges::find(game.metrics, "rounds") -
                                                 game.metrics.begin())];
  };
  CHECK(rounds("b") == 3.25);  // the first stays
  CHECK(rounds("c") == 3.25);
  const auto again = merge_stores({one}, both);
  CHECK(again->pieces + again->worlds == 0);
}

TEST_CASE(
    "store: merging refuses a store that is not there, damaged, or of another kind, before it "
    "writes anything") {
  const testing::Folder folder;
  const std::string good = folder.file("good.sqlite"), bad = folder.file("bad.sqlite"),
                    both = folder.file("both.sqlite");
  {
    REQUIRE(Store::open(good)->save_worlds({some_world("a")}).has_value());
  }
  std::ofstream(bad) << std::string(4096, 'x');
  const auto merged = merge_stores({good, bad, folder.file("none.sqlite")}, both);
  REQUIRE_FALSE(merged.has_value());
  CHECK(merged.error().size() == 2);
  CHECK(merged.error()[0].code == "M0915");
  CHECK(merged.error()[1].code == "M0911");
  CHECK_FALSE(std::filesystem::exists(both));
}
