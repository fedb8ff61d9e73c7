/// A run that is killed without warning goes on where it was, and says the same in the end.

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>

#include <chrono>
#include <thread>

#include <doctest/doctest.h>
#include <sqlite3.h>
#include <nlohmann/json.hpp>

#include "command_line/program.h"

namespace {

using namespace melian::program;

/// The study of the goldens on a fine grid, so that there is time to kill it.
std::string slow_study() {
  const std::string data = std::string(MELIAN_SOURCE_DIR) + "/tests/golden/data/study/";
  std::filesystem::copy_file(data + "war.melian", folder().file("war.melian"),
                             std::filesystem::copy_options::overwrite_existing);
  std::string text = content(data + "war.toml");
  text.replace(text.find("{ D = 17 }"), 10, "{ D = 513 }");
  return folder().write("slow_war.toml", text);
}

/// Opens it for writing, so that what a killed run left half written is rolled back. 0 where there
/// is no such table yet.
int rows_in(const std::string& store, const std::string& table) {
  sqlite3* handle = nullptr;
  int count = 0;
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_open_v2(store.c_str(), &handle, SQLITE_OPEN_READWRITE, nullptr) == SQLITE_OK &&
      sqlite3_prepare_v2(handle, ("SELECT COUNT(*) FROM " + table).c_str(), -1, &statement,
                         nullptr) == SQLITE_OK &&
      sqlite3_step(statement) == SQLITE_ROW)
    count = sqlite3_column_int(statement, 0);
  sqlite3_finalize(statement);
  sqlite3_close(handle);
  return count;
}

/// Starts a run, silent, on so many threads.
pid_t start_run(const std::string& study, const std::string& out, const std::string& threads) {
  const std::string program = MELIAN_PROGRAM;
  std::vector<std::string> words{program, "run", study, "--out", out, "--threads", threads};
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t quiet;
  posix_spawn_file_actions_init(&quiet);
  for (const int stream : {0, 1, 2})
    posix_spawn_file_actions_addopen(&quiet, stream, "/dev/null", O_RDWR, 0);
  pid_t child = -1;
  REQUIRE(posix_spawn(&child, program.c_str(), &quiet, nullptr, arguments.data(), environ) == 0);
  posix_spawn_file_actions_destroy(&quiet);
  return child;
}

void run_and_kill(const std::string& study, const std::string& out) {
  const pid_t child = start_run(study, out, "1");
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(100);
  while (rows_in(out + "/store.sqlite", "piece") < 3 &&
         std::chrono::steady_clock::now() < give_up && waitpid(child, nullptr, WNOHANG) == 0)
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
}

std::string without_command(const std::string& file) {
  auto document = timeless(file);
  document.erase("reproduce");  // it names the folder
  return document.dump();
}

/// The same study over worlds, each of which takes a while.
std::string study_over_worlds() {
  const std::string data = std::string(MELIAN_SOURCE_DIR) + "/tests/golden/data/study/";
  std::filesystem::copy_file(data + "war.melian", folder().file("war.melian"),
                             std::filesystem::copy_options::overwrite_existing);
  std::string text = content(data + "war.toml");
  text.replace(text.find("{ D = 17 }"), 10, "{ D = 9 }");
  text.replace(text.find("[parameters]"), 12,
               "report_lambda = [1]\nreasons = false\n[worlds]\nnumber = 64\nscrambles = "
               "8\neffects = 8\n[parameters]");
  return folder().write("war_over_worlds.toml", text);
}

/// Starts the program and kills it after a while. True: it had ended by itself.
bool ended_before(std::chrono::milliseconds patience, const std::string& study,
                  const std::string& out) {
  const pid_t child = start_run(study, out, "2");
  std::this_thread::sleep_for(patience);
  const bool ended = waitpid(child, nullptr, WNOHANG) == child;
  if (ended) return true;
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  return false;
}

}  // namespace

TEST_CASE(
    "run: killed without warning, it goes on from what it had and ends with the same results") {
  const std::string study = slow_study(), killed = folder().file("killed"),
                    whole = folder().file("whole");
  run_and_kill(study, killed);
  const int kept = rows_in(killed + "/store.sqlite", "piece");
  CHECK(kept >= 3);
  const Ran resumed = run("run '" + study + "' --out '" + killed + "'");
  REQUIRE((resumed.code == 0 || resumed.code == 3));
  const nlohmann::json timing = nlohmann::json::parse(content(killed + "/results.json"))["timing"];
  CHECK(timing["from_store"] == kept);
  REQUIRE(run("run '" + study + "' --out '" + whole + "'").code == resumed.code);
  CHECK(without_command(killed + "/results.json") == without_command(whole + "/results.json"));
}

TEST_CASE(
    "run: killed again and again at any moment, worlds that were kept stay, and the results are "
    "those of a run left alone") {
  const std::string study = study_over_worlds(), killed = folder().file("killed_worlds"),
                    whole = folder().file("whole_worlds");
  int kept = 0, kills = 0;
  constexpr int most = 25;  // each at another moment, so that some fall into writing
  for (int k = 0; k < most; ++k) {
    if (ended_before(std::chrono::milliseconds(15 + 37 * k % 160), study, killed)) break;
    ++kills;
    const int now = rows_in(killed + "/store.sqlite", "world");
    CHECK(now >= kept);
    kept = now;
  }
  CHECK(kills > 0);
  const Ran resumed = run("run '" + study + "' --out '" + killed + "'");
  REQUIRE_MESSAGE((resumed.code == 0 || resumed.code == 3), resumed.err);
  const auto timing = nlohmann::json::parse(content(killed + "/results.json"))["timing"];
  CHECK(timing["world_games_from_store"].get<int>() >= kept);
  REQUIRE(run("run '" + study + "' --out '" + whole + "'").code == resumed.code);
  CHECK(without_command(killed + "/results.json") == without_command(whole + "/results.json"));
}

TEST_CASE("run: parts of a run on stores of their own, merged, give the results of the whole") {
  const std::string study = study_over_worlds(), whole = folder().file("whole_again"),
                    merged = folder().file("merged");
  std::string stores;
  int code_of_readings = 0;  // the first part solves them, and answers for their certificates
  for (int part = 1; part <= 3; ++part) {
    const std::string out = folder().file("part" + std::to_string(part));
    const Ran ran =
        run("run '" + study + "' --out '" + out + "' --shard " + std::to_string(part) + "/3");
    REQUIRE_MESSAGE((ran.code == 0 || (part == 1 && ran.code == 3)), ran.err);
    if (part == 1) code_of_readings = ran.code;
    CHECK_FALSE(std::filesystem::exists(out + "/results.json"));
    stores += "'" + out + "/store.sqlite' ";
  }
  const Ran joined = run("merge " + stores + "--out '" + merged + "/store.sqlite'");
  REQUIRE_MESSAGE(joined.code == 0, joined.err);
  const int code = run("run '" + study + "' --out '" + merged + "'").code;
  CHECK(code == code_of_readings);
  const auto timing = nlohmann::json::parse(content(merged + "/results.json"))["timing"];
  CHECK(timing["world_games_from_store"] == timing["world_games"]);
  CHECK(timing["solved"] == 0);
  REQUIRE(run("run '" + study + "' --out '" + whole + "'").code == code);
  CHECK(without_command(merged + "/results.json") == without_command(whole + "/results.json"));
}

TEST_CASE("run: --dry-run says what a run takes and makes nothing") {
  const std::string study = study_over_worlds(), out = folder().file("dry");
  const Ran ran = run("run '" + study + "' --out '" + out + "' --dry-run");
  CHECK(ran.code == 0);
  for (const char* part : {"readings", "plausible worlds", "decisions", "memory", "disk"})
    CHECK_MESSAGE(contains(ran.out, part), part);
  CHECK_FALSE(std::filesystem::exists(out));
}

TEST_CASE(
    "merge: a store of another version of the program is refused, and so is a file that is no "
    "store") {
  const std::string study = study_over_worlds(), out = folder().file("old");
  REQUIRE(run("run '" + study + "' --out '" + out + "' --shard 3/3").code == 0);
  const std::string store = out + "/store.sqlite";
  sqlite3* handle = nullptr;
  REQUIRE(sqlite3_open(store.c_str(), &handle) == SQLITE_OK);
  REQUIRE(sqlite3_exec(handle, "UPDATE about SET content = '0.0.1' WHERE name = 'program'", nullptr,
                       nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(handle);
  const Ran old = run("merge '" + store + "' --out '" + folder().file("new.sqlite") + "'");
  CHECK(old.code == 1);
  CHECK(contains(old.err, "M0918"));
  const Ran none = run("merge '" + study + "' --out '" + folder().file("new.sqlite") + "'");
  CHECK(none.code == 1);
  CHECK(contains(none.err, "M0915"));
}

TEST_CASE("run: --shard and --worlds that mean nothing are usage, with what would be right") {
  const std::string study = study_over_worlds();
  for (const char* wrong :
       {"--shard 3", "--shard 3/2", "--shard 0/2", "--shard 1/2x", "--shard 1/100000",
        "--shard 100000/100000", "--worlds 1", "--worlds -4"}) {
    CAPTURE(wrong);
    CHECK(run("run '" + study + "' " + wrong).code == 2);
  }
}
