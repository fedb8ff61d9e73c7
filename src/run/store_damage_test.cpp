/// A store may be damaged in any way: a run then says so and leaves the file alone, or solves again
/// what does not match. It never ends in a crash, and never in another number.

#include <array>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include <doctest/doctest.h>
#include <sqlite3.h>
#include <nlohmann/json.hpp>

#include "melian/run.h"
#include "support/folder.h"

using namespace melian;

namespace {

constexpr const char* model_text = R"(model "An ultimatum"
player A
player B  types weak 0.6, tough 0.4
param war[B]: weak = 0.1, tough = 0.4
param precision = 20
phase crisis {
  A offers x in {0.5, 0.8}
  B chooses answer { accept { end settlement: A gets x, B gets 1 - x }  fight { end war: A gets 0.3, B gets war[B] } }
}
)";

constexpr const char* study_text = R"toml(title = "A small study"
model = "small.melian"
[solve]
grid = 9
tolerance = 0.02
[worlds]
number = 8
scrambles = 4
effects = 4
checked = 2
certified = 2
[parameters]
"war[B].weak" = { value = 0.1, plausible = [0.05, 0.2], judgement = "for the test" }
[[reading]]
id = "even"
by = "the analyst"
neutral = true
text = "even odds"
[[reading]]
id = "dark"
by = "a pessimist"
date = 2025-05-16
text = "the other side is tough"
[reading.parameters]
"prior[B].tough" = { value = 0.9, because = "it says so" }
[[claim]]
id = "C1"
by = "dark"
text = "War is likely."
opposite = "War is unlikely."
metric = "probability(war)"
holds_if = "value > 0.5"
)toml";

std::string bytes_of(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

void put(const std::string& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

/// The document without its times.
std::string timeless(const std::string& results) {
  nlohmann::ordered_json document = nlohmann::ordered_json::parse(results);
  document.erase("timing");
  for (auto& reading : document["readings"]) reading["result"].erase("timing");
  if (document["worlds"].is_object()) document["worlds"].erase("seconds_a_world");
  return document.dump();
}

/// A real store of a small study, and what its run says.
struct Kept {
  testing::Folder folder;
  Study study;
  std::string store = folder.file("store.sqlite"), bytes, results;

  Kept() {
    (void)folder.write("small.melian", model_text);
    auto read = read_study(folder.write("small.toml", study_text));
    REQUIRE_MESSAGE(read.has_value(), render(read.error()));
    study = std::move(*read);
    const auto found = run();
    REQUIRE_MESSAGE(found.has_value(), render(found.error()));
    results = timeless(found->results);
    bytes = bytes_of(store);
  }
  [[nodiscard]] Result<StudyRun> run() const {
    StudyOptions options;
    options.out = folder.path.string();
    return run_study(study, options);
  }
  void execute(const std::string& sql) const {
    sqlite3* handle = nullptr;
    REQUIRE(sqlite3_open(store.c_str(), &handle) == SQLITE_OK);
    INFO(sql);
    CHECK(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
    sqlite3_close(handle);
  }
};

using Random = std::mt19937_64;

std::size_t below(Random& random, std::size_t count) { return random() % count; }

std::string flipped(std::string bytes, Random& random) {
  for (std::size_t n = 1 + below(random, 8); n > 0; --n)
    bytes[below(random, bytes.size())] ^= static_cast<char>(1U << below(random, 8));
  return bytes;
}

std::string zeroed(std::string bytes, Random& random) {
  constexpr std::size_t page = 4096;
  const std::size_t first = below(random, bytes.size() / page) * page;
  const std::size_t length = below(random, 2) == 0 ? page : 1 + below(random, page);
  std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(first), length, '\0');
  return bytes;
}

std::string scrawled(std::string bytes, Random& random) {
  const std::size_t length = 1 + below(random, 64);
  const std::size_t first = below(random, bytes.size() - length);
  for (std::size_t k = 0; k < length; ++k) bytes[first + k] = static_cast<char>(random());
  return bytes;
}

/// What a hand with the sqlite3 shell may do.
std::string statement(Random& random) {
  const std::array<const char*, 7> tables{"about", "piece",  "number",      "use",
                                          "world", "metric", "world_number"};
  const std::array<const char*, 9> changes{
      "UPDATE number SET value = value + 0.25 WHERE rowid % 3 = {}",
      "UPDATE number SET value = NULL WHERE rowid % 3 = {}",
      "UPDATE piece SET document = replace(document, '0.', '1.') WHERE rowid % 3 = {}",
      "UPDATE piece SET document = '{' WHERE rowid % 3 = {}",
      "UPDATE piece SET document = '[]', kind = 'answer' WHERE rowid % 3 = {}",
      "UPDATE world SET certificate = 'no JSON', several = 7 WHERE id % 3 = {}",
      "UPDATE world SET failed = 'somebody says so' WHERE id % 3 = {}",
      "UPDATE world_number SET value = 1 - value WHERE world % 3 = {}",
      "UPDATE metric SET metric = metric || '?' WHERE id % 3 = {}"};
  if (below(random, 2) == 0) {
    const std::string table = tables[below(random, tables.size())];
    return "DELETE FROM " + table + " WHERE abs(random()) % 3 = 0";
  }
  std::string out = changes[below(random, changes.size())];
  const std::size_t place = out.rfind("{}");
  return out.replace(place, 2, std::to_string(below(random, 3)));
}

}  // namespace

TEST_CASE("store: of a thousand damages none ends in a crash, another number, or a changed file") {
  const Kept kept;
  Random random(20261130);
  int refused = 0, solved_again = 0, whole = 0;
  for (int n = 0; n < 1000; ++n) {
    CAPTURE(n);
    std::filesystem::remove(kept.store + "-journal");
    put(kept.store, kept.bytes);
    switch (n % 5) {
      case 0: put(kept.store, flipped(kept.bytes, random)); break;
      case 1: put(kept.store, kept.bytes.substr(0, below(random, kept.bytes.size()))); break;
      case 2: put(kept.store, zeroed(kept.bytes, random)); break;
      case 3: put(kept.store, scrawled(kept.bytes, random)); break;
      default: kept.execute(statement(random));
    }
    const std::string before = bytes_of(kept.store);
    Result<StudyRun> found;
    REQUIRE_NOTHROW(found = kept.run());
    if (!found) {
      ++refused;
      CHECK_MESSAGE(found.error().front().code == "M0915", render(found.error()));
      CHECK(bytes_of(kept.store) == before);
      continue;
    }
    REQUIRE(timeless(found->results) == kept.results);
    ++(found->damaged > 0 ? solved_again : whole);
  }
  MESSAGE(refused, " refused, ", solved_again, " solved again in part, ", whole, " harmless");
  CHECK(refused > 200);
  CHECK(solved_again > 100);
}

TEST_CASE("store: what was damaged and solved again is sound afterwards") {
  const Kept kept;
  kept.execute("UPDATE number SET value = value + 0.25; UPDATE world_number SET value = 0.5");
  const auto first = kept.run();
  REQUIRE(first.has_value());
  CHECK(first->damaged > 2);
  CHECK(timeless(first->results) == kept.results);
  const auto second = kept.run();
  REQUIRE(second.has_value());
  CHECK(second->damaged == 0);
  CHECK(second->from_store == second->pieces);
  CHECK(second->worlds_from_store == second->worlds);
}

TEST_CASE("store: files of another kind, version or program are refused and left as they are") {
  const Kept kept;
  const auto refused = [&](const char* what) {
    CAPTURE(what);
    const std::string before = bytes_of(kept.store);
    const auto found = kept.run();
    REQUIRE_FALSE(found.has_value());
    CHECK(found.error().front().code == "M0915");
    CHECK(bytes_of(kept.store) == before);
    put(kept.store, kept.bytes);
  };
  put(kept.store, "a diary\n");
  refused("a text");
  put(kept.store, std::string(8192, '\0'));
  refused("zeros");
  kept.execute("PRAGMA user_version = 3");
  refused("a newer version");
  kept.execute("PRAGMA application_id = 0");
  refused("an earlier version");
  kept.execute("CREATE TABLE diary (day TEXT)");
  refused("a table more");
  kept.execute("PRAGMA journal_mode = WAL");
  refused("another kind of journal");
  std::filesystem::remove(kept.store);
  kept.execute("CREATE TABLE diary (day TEXT); INSERT INTO diary VALUES ('monday')");
  refused("another program's file");
}

TEST_CASE("store: merging leaves out what does not match and keeps what does") {
  const Kept kept;
  const std::string merged = kept.folder.file("merged.sqlite");
  kept.execute("UPDATE world_number SET value = 0.5 WHERE world = 1");
  kept.execute("UPDATE piece SET document = '{' WHERE rowid = 1");
  const std::string before = bytes_of(kept.store);
  const auto found = merge_stores({kept.store}, merged);
  REQUIRE_MESSAGE(found.has_value(), render(found.error()));
  CHECK(found->damaged == 2);
  CHECK(found->pieces > 0);
  CHECK(found->worlds > 0);
  CHECK(bytes_of(kept.store) == before);
  put(kept.store, bytes_of(merged));
  const auto ran = kept.run();
  REQUIRE(ran.has_value());
  CHECK(ran->damaged == 0);
  CHECK(ran->pieces - ran->from_store == 1);
  CHECK(ran->worlds - ran->worlds_from_store == 1);
  CHECK(timeless(ran->results) == kept.results);
}
