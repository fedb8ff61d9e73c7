#include <doctest/doctest.h>

#include "command_line/program.h"

using namespace melian::program;

TEST_CASE("melian: says its version and its commands, and unbuilt commands do not exist") {
  CHECK(run("--version").out.starts_with("melian "));
  const Ran help = run("--help");
  CHECK(help.code == 0);
  for (const char* command :
       {"run", "solve", "check", "fmt", "describe", "simulate", "sweep", "models"})
    CHECK(contains(help.out, std::string("\n  ") + command + " "));
  for (const char* command : {"export", "merge"}) CHECK(run(command).code == 2);
  CHECK(run("").code == 2);
}

TEST_CASE("melian: every command explains itself") {
  for (const char* command :
       {"run", "solve", "check", "fmt", "describe", "simulate", "sweep", "models"}) {
    const Ran help = run(std::string(command) + " --help");
    INFO(command);
    CHECK(help.code == 0);
    CHECK(contains(help.out, "melian " + std::string(command)));
    CHECK(contains(help.out, "--threads"));
    std::istringstream lines(help.out);
    for (std::string line; std::getline(lines, line);)
      if (!line.starts_with("melian "))
        CHECK_MESSAGE(line.size() <= 80, line);  // examples are commands, and stay whole
    CHECK(help.err.empty());
  }
}

TEST_CASE("melian: unknown commands, options, models and parameters get the nearest name") {
  CHECK(contains(run("slove x").err, "did you mean `solve`?"));
  CHECK(contains(run("solve signorino_1999/baseline --lamda 5").err, "did you mean `--lambda`?"));
  CHECK(contains(run("solve signorino_1999/basline").err,
                 "did you mean `signorino_1999/baseline.melian`?"));
  CHECK(contains(run("models signorino_199").err, "did you mean `signorino_1999`?"));
  const Ran parameter = run("solve powell_2004/cost --set 'cost[D].wek=1'");
  CHECK(parameter.code == 2);
  CHECK(contains(parameter.err, "cost[D].weak"));
}

TEST_CASE("melian: wrong options are usage errors, all of them") {
  for (const char* arguments :
       {"solve", "solve signorino_1999/baseline --lambda -1",
        "solve signorino_1999/baseline --lambda nan", "solve signorino_1999/baseline --lambda x",
        "solve signorino_1999/baseline --measure some", "solve signorino_1999/baseline --set",
        "solve signorino_1999/baseline --set x", "solve signorino_1999/baseline --set x=",
        "solve signorino_1999/baseline --threads -2", "solve powell_2004/cost --grid 0",
        "solve powell_2004/cost --grid Z=9", "solve powell_2004/cost --method guess",
        "simulate powell_2004/cost --plays 0", "simulate powell_2004/cost --plays 100000000000",
        "models no_such_model", "fmt --write --check a.melian"}) {
    const Ran ran = run(arguments);
    INFO(arguments, "\n", ran.err);
    CHECK(ran.code == 2);
    CHECK(ran.out.empty());
    CHECK_FALSE(ran.err.empty());
  }
}

TEST_CASE("melian: files that are no models are refused quickly") {
  const std::string huge = folder().write("huge.melian", "");
  std::filesystem::resize_file(huge, std::uintmax_t{100} << 20);
  const std::string binary =
      folder().write("binary.melian", std::string("\x7F\x45LF\0\x01\xFF\xFE", 8));
  std::string deep =
      "model \"deep\" player A player B phase p { A offers x in {0, 1} end e: A gets ";
  for (int k = 0; k < 100000; ++k) deep += '(';
  const std::string nested = folder().write("nested.melian", deep);
  const std::string blocks = [] {
    std::string text = "model \"deep\" player A phase p { ";
    for (int k = 0; k < 100000; ++k) text += "when 1 > 0 { ";
    return folder().write("blocks.melian", text);
  }();
  for (const std::string& file :
       {huge, binary, nested, blocks, folder().file("not there.melian"), folder().file("")}) {
    for (const char* command : {"check", "solve", "describe", "fmt"}) {
      INFO(command, " ", file);
      const Ran ran = run(std::string(command) + " '" + file + "'");
      CHECK(ran.code == 1);
      CHECK(ran.out.empty());
      CHECK(contains(ran.err, "error M"));
      CHECK(ran.err.size() < 100000);
    }
  }
  CHECK(run("check '" + folder().write("broken.toml", "model = ") + "'").code == 1);
  CHECK(run("run '" + folder().file("not there.toml") + "'").code == 1);
}

TEST_CASE("melian: all mistakes of a file are shown at once, with exit 1") {
  const Ran ran = run(
      "check '" +
      folder().write(
          "wrong.melian",
          "model \"wrong\"\nplayer A\nphase p {\n  A choses c { a, b }\n  end e: C gets x\n}\n") +
      "'");
  CHECK(ran.code == 1);
  CHECK(contains(ran.err, ":4:"));
}
