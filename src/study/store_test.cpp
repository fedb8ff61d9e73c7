#include "study/store.h"

#include <sqlite3.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>

using namespace melian;

namespace {

/// A folder that is removed with all that is in it.
struct Folder {
  std::filesystem::path path = std::filesystem::temp_directory_path() / ("melian_store_test_" + std::to_string(::getpid()) + "_" + std::to_string(next++));
  Folder() { std::filesystem::create_directories(path); }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  [[nodiscard]] std::string file() const { return (path / "store.sqlite").string(); }
  static inline int next = 0;
};

Piece some_piece() {
  return {"game", "solution", 2.0, "D=9", "0.1.0", 1.5, R"({"short": {"outcomes": {"war": 0.25}}})", {{"rounds", 3.25}, {"accepted(y)", std::nullopt}}};
}

}  // namespace

TEST_CASE("store: what is saved is found again, by another connection too") {
  const Folder folder;
  {
    auto store = Store::open(folder.file());
    REQUIRE(store.has_value());
    REQUIRE(store->save("key", some_piece()).has_value());
    REQUIRE(store->note_use("key", {"K", "base", "grid"}).has_value());
  }
  auto store = Store::open(folder.file());
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
  const Folder folder;
  {
    auto store = Store::open(folder.file());
    REQUIRE(store->save("key", some_piece()).has_value());
    REQUIRE(store->note_use("key", {"K", "base", "grid"}).has_value());
  }
  sqlite3* handle = nullptr;
  REQUIRE(sqlite3_open(folder.file().c_str(), &handle) == SQLITE_OK);
  const auto one = [&](const char* sql) {
    sqlite3_stmt* statement = nullptr;
    REQUIRE(sqlite3_prepare_v2(handle, sql, -1, &statement, nullptr) == SQLITE_OK);
    REQUIRE(sqlite3_step(statement) == SQLITE_ROW);
    const double out = sqlite3_column_double(statement, 0);
    sqlite3_finalize(statement);
    return out;
  };
  CHECK(one("SELECT value FROM numbers WHERE reading = 'K' AND metric = 'rounds'") == 3.25);
  CHECK(one("SELECT probability FROM outcomes WHERE outcome = 'war' AND lambda_factor = 2") == 0.25);
  sqlite3_close(handle);
}

TEST_CASE("store: a file that is no database is said to be damaged") {
  const Folder folder;
  std::ofstream(folder.file()) << std::string(4096, 'x');
  const auto store = Store::open(folder.file());
  REQUIRE_FALSE(store.has_value());
  CHECK(store.error().front().code == "M0915");
  CHECK(store.error().front().hint.find("move the file away") != std::string::npos);
}

TEST_CASE("store: a database cut short is said to be damaged") {
  const Folder folder;
  {
    auto store = Store::open(folder.file());
    for (int k = 0; k < 50; ++k) REQUIRE(store->save("key" + std::to_string(k), {"g", "solution", 1.0, "", "", 0.0, std::string(5000, 'a'), {}}).has_value());
  }
  std::filesystem::resize_file(folder.file(), std::filesystem::file_size(folder.file()) / 2);
  const auto store = Store::open(folder.file());
  REQUIRE_FALSE(store.has_value());
  CHECK(store.error().front().code == "M0915");
}

TEST_CASE("store: a database of another kind is not written into") {
  const Folder folder;
  sqlite3* handle = nullptr;
  REQUIRE(sqlite3_open(folder.file().c_str(), &handle) == SQLITE_OK);
  REQUIRE(sqlite3_exec(handle, "CREATE TABLE about (name TEXT PRIMARY KEY, content TEXT); INSERT INTO about VALUES ('schema', 'other/7')", nullptr, nullptr,
                       nullptr) == SQLITE_OK);
  sqlite3_close(handle);
  const auto store = Store::open(folder.file());
  REQUIRE_FALSE(store.has_value());
  CHECK(store.error().front().code == "M0915");
}

TEST_CASE("store: a folder that is not there is a diagnostic") {
  const auto store = Store::open("/nowhere/at/all/store.sqlite");
  REQUIRE_FALSE(store.has_value());
  CHECK(store.error().front().code == "M0914");
}

TEST_CASE("store: a full disk is a diagnostic and leaves what was kept") {
  const Folder folder;
  auto store = Store::open(folder.file());
  REQUIRE(store->save("small", some_piece()).has_value());
  store->limit_size(static_cast<std::int64_t>(std::filesystem::file_size(folder.file())));
  Piece large = some_piece();
  large.document = std::string(200000, 'x');
  const auto saved = store->save("large", large);
  REQUIRE_FALSE(saved.has_value());
  CHECK(saved.error().front().code == "M0917");
  CHECK(store->find("small")->has_value());
  CHECK_FALSE(store->find("large")->has_value());
}

TEST_CASE("store: a file held by another program is a diagnostic, not a wait without end") {
  const Folder folder;
  auto store = Store::open(folder.file());
  REQUIRE(store.has_value());
  sqlite3* other = nullptr;
  REQUIRE(sqlite3_open(folder.file().c_str(), &other) == SQLITE_OK);
  REQUIRE(sqlite3_exec(other, "BEGIN EXCLUSIVE", nullptr, nullptr, nullptr) == SQLITE_OK);
  store->wait_at_most(10);
  const auto saved = store->save("key", some_piece());
  REQUIRE_FALSE(saved.has_value());
  CHECK(saved.error().front().code == "M0916");
  sqlite3_close(other);
}
