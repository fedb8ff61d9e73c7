/// What was to be written and could not be is said, with exit 74: on stdout and in files.

#include <map>

#include <doctest/doctest.h>

#include "command_line/program.h"

using namespace melian::program;

namespace {

constexpr int cannot_write = 74;

const std::string model_text = R"(model "An ultimatum"
player A
player B  types weak 0.6, tough 0.4
param war[B]: weak = 0.1, tough = 0.4
param precision = 20
phase crisis {
  A offers x in {0.5, 0.8}
  B chooses answer { accept { end settlement: A gets x, B gets 1 - x }  fight { end war: A gets 0.3, B gets war[B] } }
}
)";

const std::string study_text = R"toml(title = "A small study"
model = "small.melian"
[solve]
grid = 17
tolerance = 0.02
[[reading]]
id = "even"
by = "the analyst"
neutral = true
text = "even odds"
[[claim]]
id = "C1"
by = "even"
text = "War is likely."
opposite = "War is unlikely."
metric = "probability(war)"
holds_if = "value > 0.5"
)toml";

/// The program with its stdout sent to `target`.
Ran run_into(const std::string& target, const std::string& arguments) {
  const std::string err = folder().file("stderr");
  const std::string command = std::string("'") + MELIAN_PROGRAM + "' " + arguments + " >" + target +
                              " 2>'" + err + "' </dev/null";
  const int status = std::system(command.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), "", content(err)};
}

/// The names of all commands, from the program's own help.
std::vector<std::string> commands() {
  std::vector<std::string> out;
  std::istringstream lines(run("--help").out);
  bool listed = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("SUBCOMMANDS") || line.starts_with("Subcommands")) listed = true;
    if (listed && line.size() > 2 && line.starts_with("  ") && line[2] != ' ')
      out.push_back(line.substr(2, line.find(' ', 2) - 2));
  }
  return out;
}

/// One way to call each command so that it prints on stdout.
std::map<std::string, std::vector<std::string>> calls() {
  const std::string model = "'" + folder().write("small.melian", model_text) + "'";
  const std::string study = "'" + folder().write("small.toml", study_text) + "'";
  const std::string efg = "'" + folder().file("small.efg") + "'";
  const std::string store = "'" + folder().file("to_merge") + "/store.sqlite'";
  REQUIRE(run_into(efg, "export " + model + " --efg").code == 0);
  (void)run("run " + study + " --out '" + folder().file("to_merge") + "'");
  return {
      {"run",
       {"run " + study + " --out '" + folder().file("full_run") + "'",
        "run " + study + " --out '" + folder().file("full_run") + "' --dry-run"}},
      {"solve",
       {"solve " + model, "solve " + model + " --json", "solve " + model + " --method tree",
        "solve " + model + " --method tree --json", "solve " + efg + " --lambda 5"}},
      {"fmt", {"fmt " + model}},
      {"describe",
       {"describe " + model, "describe " + model + " --latex", "describe " + model + " --tree svg",
        "describe " + model + " --tree tikz"}},
      {"export", {"export " + model + " --efg"}},
      {"simulate",
       {"simulate " + model + " --plays 10", "simulate " + model + " --plays 10 --csv"}},
      {"sweep",
       {"sweep " + model + " --vary 'war[B].weak=0.1:0.2:2'",
        "sweep " + model + " --vary 'war[B].weak=0.1:0.2:2' --json"}},
      {"models", {"models --list", "models signorino_1999 --list", "models --list --json"}},
      {"merge", {"merge " + store + " --out '" + folder().file("merged.sqlite") + "'"}},
      {"check", {}},  // prints nothing on stdout
  };
}

}  // namespace

TEST_CASE("melian: every command whose stdout is full says so and exits 74") {
  const auto known = calls();
  REQUIRE(commands().size() >= known.size());
  for (const std::string& command : commands()) {
    CAPTURE(command);
    REQUIRE_MESSAGE(known.contains(command), "this test does not know the command");
    std::vector<std::string> all = known.at(command);
    all.push_back(command + " --help");
    for (const std::string& arguments : all) {
      CAPTURE(arguments);
      const Ran ran = run_into("/dev/full", arguments);
      CHECK(ran.code == cannot_write);
      CHECK_MESSAGE(contains(ran.err, "cannot write to standard output: No space left"), ran.err);
    }
  }
  for (const char* arguments : {"--help", "--version"})
    CHECK(run_into("/dev/full", arguments).code == cannot_write);
}

TEST_CASE("melian: a closed stdout matters to those alone that print") {
  const std::string model = "'" + folder().write("small.melian", model_text) + "'";
  CHECK(run_into("&-", "fmt " + model).code == cannot_write);
  CHECK(run_into("&-", "check " + model).code == 0);
}

TEST_CASE("melian: a file that cannot be written is said, exits 74, and leaves nothing behind") {
  const std::string model = "'" + folder().write("small.melian", model_text) + "'";
  const std::string sweep = "sweep " + model + " --vary 'war[B].weak=0.1:0.2:2' --svg ";
  const std::string blocked = folder().write("a file", "kept");
  for (const std::string& file : {std::string("/dev/full"), blocked + "/under.svg",
                                  std::string("/proc/nowhere/x.svg"), folder().file("")}) {
    CAPTURE(file);
    const Ran ran = run(sweep + "'" + file + "'");
    CHECK(ran.code == cannot_write);
    CHECK_MESSAGE(contains(ran.err, "cannot write"), ran.err);
  }
  CHECK(content(blocked) == "kept");
  CHECK(std::filesystem::is_character_file("/dev/full"));
  const std::string study = "'" + folder().write("small.toml", study_text) + "'";
  const Ran ran = run("run " + study + " --out '" + blocked + "/out'");
  CHECK(ran.code == cannot_write);
}

TEST_CASE("melian: a file that outgrows its disk is taken away again and the disk is named") {
  const std::string model = "'" + folder().write("small.melian", model_text) + "'";
  const std::string file = folder().file("limited.svg"), err = folder().file("stderr");
  // A limit on the size of files stands for a full disk; SIGXFSZ is ignored, so writing fails.
  const std::string command = "trap '' XFSZ; ulimit -f 1; '" + std::string(MELIAN_PROGRAM) +
                              "' sweep " + model + " --vary 'war[B].weak=0.1:0.2:9' --svg '" +
                              file + "' >/dev/null 2>'" + err + "'";
  const int status = std::system(("sh -c \"" + command + "\"").c_str());
  CHECK(WEXITSTATUS(status) == cannot_write);
  CHECK_MESSAGE(contains(content(err), "make room on the disk"), content(err));
  CHECK_FALSE(std::filesystem::exists(file));
  CHECK_FALSE(std::filesystem::exists(file + ".unfinished"));
}
