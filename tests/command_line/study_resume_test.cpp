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
  std::filesystem::copy_file(data + "war.melian", folder().file("war.melian"), std::filesystem::copy_options::overwrite_existing);
  std::string text = content(data + "war.toml");
  text.replace(text.find("{ D = 17 }"), 10, "{ D = 513 }");
  return folder().write("slow_war.toml", text);
}

int pieces_in(const std::string& store) {
  sqlite3* handle = nullptr;
  int count = 0;
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_open_v2(store.c_str(), &handle, SQLITE_OPEN_READONLY, nullptr) == SQLITE_OK &&
      sqlite3_prepare_v2(handle, "SELECT COUNT(*) FROM piece", -1, &statement, nullptr) == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW)
    count = sqlite3_column_int(statement, 0);
  sqlite3_finalize(statement);
  sqlite3_close(handle);
  return count;
}

void run_and_kill(const std::string& study, const std::string& out) {
  const std::string program = MELIAN_PROGRAM;
  std::vector<std::string> words{program, "run", study, "--out", out, "--threads", "1"};
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t quiet;
  posix_spawn_file_actions_init(&quiet);
  for (const int stream : {0, 1, 2}) posix_spawn_file_actions_addopen(&quiet, stream, "/dev/null", O_RDWR, 0);
  pid_t child = -1;
  REQUIRE(posix_spawn(&child, program.c_str(), &quiet, nullptr, arguments.data(), environ) == 0);
  posix_spawn_file_actions_destroy(&quiet);
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(100);
  while (pieces_in(out + "/store.sqlite") < 3 && std::chrono::steady_clock::now() < give_up && waitpid(child, nullptr, WNOHANG) == 0)
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
}

std::string without_command(const std::string& file) {
  auto document = timeless(file);
  document.erase("reproduce");  // it names the folder
  return document.dump();
}

}  // namespace

TEST_CASE("run: killed without warning, it goes on from what it had and ends with the same results") {
  const std::string study = slow_study(), killed = folder().file("killed"), whole = folder().file("whole");
  run_and_kill(study, killed);
  const int kept = pieces_in(killed + "/store.sqlite");
  CHECK(kept >= 3);
  const Ran resumed = run("run '" + study + "' --out '" + killed + "'");
  REQUIRE((resumed.code == 0 || resumed.code == 3));
  const nlohmann::json timing = nlohmann::json::parse(content(killed + "/results.json"))["timing"];
  CHECK(timing["from_store"] == kept);
  REQUIRE(run("run '" + study + "' --out '" + whole + "'").code == resumed.code);
  CHECK(without_command(killed + "/results.json") == without_command(whole + "/results.json"));
}
