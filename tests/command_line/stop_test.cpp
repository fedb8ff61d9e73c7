/// Long work hears signals and limits of time, and prints what it has.

#include <chrono>

#include <doctest/doctest.h>

#include "command_line/program.h"

using namespace melian::program;

namespace {

/// Stopped by one signal after so long (a second one ends the program at once); the exit code is
/// the program's own.
Ran stopped_by(const std::string& signal, const std::string& arguments) {
  const std::string out = folder().file("stdout"), err = folder().file("stderr");
  const std::string command = "timeout --foreground --preserve-status -s " + signal + " 1 '" +
                              std::string(MELIAN_PROGRAM) + "' " + arguments + " >'" + out +
                              "' 2>'" + err + "' </dev/null";
  const int status = std::system(command.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), content(out),
          content(err)};
}

std::string many_offers() {
  std::string numbers;
  for (int k = 0; k < 60000; ++k) numbers += (k > 0 ? ", " : "") + std::to_string(k);
  return folder().write("offers.melian", R"(model "Many offers"
player A
player B  types weak 0.6, tough 0.4
param war[B]: weak = 0.1, tough = 0.4
param precision = 1
phase crisis {
  A offers x in {)" + numbers + R"(}
  B chooses answer { accept { end settlement: A gets x }  fight { end war: B gets war[B] } }
}
)");
}

std::string many_states() {
  return folder().write("states.melian", R"(model "Many states"
player A
param precision = 1
state a in 0..100 = 0 stops
state b in 0..100 = 0 stops
state c in 0..100 = 0 stops
state d in 0..100 = 0 stops
horizon 1000 rounds then end last: A gets 0
phase p {
  A chooses x {
    north { a rises by 1 } east { b rises by 1 } south { c rises by 1 } west { d rises by 1 }
    stop { end arrived: A gets a + b + c + d }
  }
  time passes
}
)");
}

}  // namespace

TEST_CASE("melian: whatever takes long hears SIGINT and SIGTERM, and exits 130") {
  constexpr double patience = 10.0;  // seconds: a machine may be busy
  for (const std::string& arguments :
       {std::string("solve istanbul/core --json"), "solve '" + many_offers() + "'",
        "check '" + many_states() + "'",
        std::string("sweep istanbul/core --vary 'discount=0.94:0.99:50' --uncertified"),
        std::string("simulate istanbul/core"), std::string("models"),
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
  const Ran ran = run("solve istanbul/core --json --time-limit 2");
  CHECK(ran.code == 3);
  const auto document = nlohmann::json::parse(ran.out);
  CHECK(document["cut_by_clock"] == true);
  CHECK(document["certificate"]["holds"] == false);
  const Ran enough = run("solve signorino_1999/baseline --json --time-limit 600");
  CHECK(enough.code == 0);
  CHECK_FALSE(nlohmann::json::parse(enough.out).contains("cut_by_clock"));
  CHECK(run("solve signorino_1999/baseline --time-limit 0").code == 2);
}
