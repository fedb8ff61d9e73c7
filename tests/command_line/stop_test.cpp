/// Long work hears signals and limits of time, and prints what it has.

#include <chrono>

#include <doctest/doctest.h>

#include "command_line/program.h"

using namespace melian::program;

namespace {

/// Stopped by a signal after so long; the exit code is the program's own.
Ran stopped_by(const std::string& signal, const std::string& arguments) {
  const std::string out = folder().file("stdout"), err = folder().file("stderr");
  const std::string command = "timeout --preserve-status -s " + signal + " 1 '" +
                              std::string(MELIAN_PROGRAM) + "' " + arguments + " >'" + out +
                              "' 2>'" + err + "' </dev/null";
  const int status = std::system(command.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), content(out),
          content(err)};
}

}  // namespace

TEST_CASE("melian: whatever takes long hears SIGINT and SIGTERM, and exits 130") {
  constexpr double patience = 10.0;  // seconds: a machine may be busy
  for (const std::string& arguments :
       {std::string("solve istanbul/core --grid 33 --json"),
        std::string("solve istanbul/core --method tree"),
        std::string("sweep istanbul/core --vary 'discount=0.8:0.9:50' --uncertified"),
        std::string("simulate istanbul/core --grid 33"), std::string("models"),
        "run '" + std::string(MELIAN_SOURCE_DIR) + "/studies/istanbul_2025.toml' --out '" +
            folder().file("stopped") + "'"})
    for (const char* signal : {"INT", "TERM"}) {
      CAPTURE(arguments);
      CAPTURE(signal);
      const auto begun = std::chrono::steady_clock::now();
      const Ran ran = stopped_by(signal, arguments);
      const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begun;
      CAPTURE(ran.err);
      // What is refused or done within the second needs no stopping.
      if (ran.code != 130) CHECK((ran.code == 4 || ran.code == 0 || ran.code == 3));
      if (ran.code == 130) CHECK(contains(ran.err, "stopped"));
      CHECK(taken.count() < patience);
    }
}

TEST_CASE("solve: a limit of time gives one document, marked, and exits 3") {
  const Ran ran = run("solve istanbul/core --grid 33 --json --time-limit 0.3");
  CHECK(ran.code == 3);
  const auto document = nlohmann::json::parse(ran.out);
  CHECK(document["cut_by_clock"] == true);
  CHECK(document["certificate"]["holds"] == false);
  const Ran enough = run("solve signorino_1999/baseline --json --time-limit 600");
  CHECK(enough.code == 0);
  CHECK_FALSE(nlohmann::json::parse(enough.out).contains("cut_by_clock"));
  CHECK(run("solve signorino_1999/baseline --time-limit 0").code == 2);
}
