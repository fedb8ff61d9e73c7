/// Files of every kind given to every command that wants another: what the file is and which
/// command reads it, and never a wait, a crash or a screen that a label has recoloured.

#include <sys/stat.h>

#include <cmath>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "command_line/program.h"

using namespace melian::program;

namespace {

const std::string small_model =
    "model \"m\"\nplayer A\nplayer B\nparam precision = 3\nphase p {\n  simultaneously { A chooses "
    "x in {0, 1} B chooses y { u, v } }\n  end over: A gets x, B gets if(y is u, x, 0)\n}\n";
const std::string small_nfg =
    "NFG 1 R \"g\" { \"A\" \"B\" } { { \"u\" \"d\" } { \"l\" \"r\" } }\n4 1 0 2 1 3 2 0\n";
const std::string small_efg =
    "EFG 2 R \"g\x1b[31m\" { \"A\" }\np \"\" 1 1 \"s\" { \"L\x1b[2J\" \"R\" } 0\nt \"\" 1 \"x\" { "
    "1 }\nt \"\" 2 \"y\" { 2 }\n";
const std::string small_study = "model = \"m.melian\"\ntitle = \"t\"\n";

/// One word after "melian".
const std::vector<std::string> want_models = {
    "solve", "describe", "fmt", "export --efg", "simulate --plays 3 --seed 1", "describe --latex"};

}  // namespace

TEST_CASE("kinds: a study, a compressed file or a game of Gambit's is not read as a model") {
  struct Kind {
    const char *name, *says;
    std::string text;
    bool solved;
  };
  for (const Kind& kind :
       {Kind{"study.toml", "a study", small_study, false},
        Kind{"study.txt", "a study", small_study, false},
        Kind{"packed.melian", "compressed", std::string("\x1f\x8b\x08\x00\x01", 5), false},
        Kind{"packed.efg.gz", "compressed", std::string("\x1f\x8b\x08\x00\x01", 5), false},
        Kind{"game.efg", "extensive form", small_efg, true},
        Kind{"GAME.DAT", "strategic form", small_nfg, true}}) {
    const std::string file = folder().write(kind.name, kind.text);
    for (const std::string& command : want_models) {
      if (kind.solved && command == "solve") continue;
      CAPTURE(file);
      CAPTURE(command);
      const Ran ran = run(command + " '" + file + "'");
      CHECK(ran.code == 2);
      CHECK(ran.out.empty());
      CHECK_MESSAGE(contains(ran.err, "M0810"), ran.err);
      CHECK_MESSAGE(contains(ran.err, kind.says), ran.err);
    }
  }
}

TEST_CASE("kinds: a model or a game given to run is told what reads it") {
  const std::vector<std::pair<std::string, std::string>> files = {{"model.melian", small_model},
                                                                  {"model.txt", small_model},
                                                                  {"run.efg", small_efg},
                                                                  {"run.nfg", small_nfg}};
  for (const auto& [name, text] : files) {
    const Ran ran = run("run '" + folder().write(name, text) + "'");
    CAPTURE(name);
    CHECK(ran.code == 2);
    CHECK_MESSAGE(contains(ran.err, "M0810"), ran.err);
    CHECK_MESSAGE(contains(ran.err, "melian solve"), ran.err);
  }
}

TEST_CASE("kinds: games of Gambit's are solved whatever the file is called") {
  const Ran strategic =
      run("solve '" + folder().write("strategic.txt", small_nfg) + "' --lambda 0.7 --json");
  REQUIRE_MESSAGE(strategic.code == 0, strategic.err);
  const auto json = nlohmann::json::parse(strategic.out);
  CHECK(json["information_sets"].size() == 2);
  const Ran extensive =
      run("solve '" + folder().write("EXTENSIVE.EFG", small_efg) + "' --lambda 1");
  REQUIRE_MESSAGE(extensive.code == 0, extensive.err);
  CHECK_FALSE(contains(extensive.out, "\x1b"));
  CHECK(run("check '" + folder().file("EXTENSIVE.EFG") + "'").code == 0);
}

TEST_CASE("kinds: a one-shot game exported as an .nfg has the equilibrium of its model") {
  const std::string model = folder().write("one_shot.melian", small_model);
  const Ran written = run("export '" + model + "' --nfg");
  REQUIRE_MESSAGE(written.code == 0, written.err);
  const Ran read = run("solve '" + folder().write("one_shot.nfg", written.out) +
                       "' --lambda 3 --json"),
            own = run("solve '" + model + "' --method tree --json");
  REQUIRE(read.code == 0);
  REQUIRE(own.code == 0);
  const auto left = nlohmann::json::parse(read.out)["information_sets"],
             right = nlohmann::json::parse(own.out)["information_sets"];
  for (const char* action : {"0", "1"})
    CHECK(std::abs(left[0]["probabilities"][action].get<double>() -
                   right[0]["probabilities"][action].get<double>()) < 1e-9);
  CHECK(run("export '" + model + "'").code == 2);
  CHECK(run("export '" + model + "' --nfg --efg").code == 2);
}

TEST_CASE("kinds: pipes, folders and zero bytes are refused at once by every command") {
  const std::string pipe = folder().file("pipe.melian");
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  const std::string zeros = folder().write("zeros.melian", std::string("model \"m\"\0\n", 11));
  std::vector<std::string> commands = want_models;
  commands.emplace_back("check");
  commands.emplace_back("run");
  for (const std::string& command : commands)
    for (const std::string& file : {pipe, zeros, folder().file("")}) {
      CAPTURE(command);
      CAPTURE(file);
      const Ran ran = run(command + " '" + file + "'");
      CHECK((ran.code == 1 || ran.code == 2));
      CHECK(ran.out.empty());
      CHECK_FALSE(ran.err.empty());
    }
}

TEST_CASE("check --json: one document with places, expected words and related places") {
  const std::string file = folder().write(
      "mistakes.melian",
      "model \"m\"\nplayer A\nparam p = 1\nparam p = 2\nphase one { A receives 1  end out }\n");
  const Ran ran = run("check '" + file + "' --json");
  CHECK(ran.code == 1);
  CHECK(ran.err.empty());
  const auto json = nlohmann::json::parse(ran.out);
  CHECK(json["schema"] == "melian.diagnostics/1");
  bool twice = false, verb = false;
  for (const auto& one : json["diagnostics"]) {
    for (const char* key : {"code", "severity", "message", "file", "line", "column", "length",
                            "expected", "hint", "related"})
      CHECK_MESSAGE(one.contains(key), key);
    CHECK(one["expected"].is_array());
    if (one["code"] == "M0203") {
      twice = true;
      CHECK(one["line"] == 4);
      CHECK(one["related"][0]["line"] == 3);
    }
    if (one["code"] == "M0108") {
      verb = true;
      CHECK(one["expected"].size() > 3);
      CHECK(one["expected"][0] == "offers");
    }
  }
  CHECK(twice);
  CHECK(verb);
  const Ran fine = run("check '" + folder().write("fine.melian", small_model) + "' --json");
  CHECK(fine.code == 0);
  CHECK(nlohmann::json::parse(fine.out)["diagnostics"].empty());
  const Ran other = run("solve '" + folder().write("other.toml", small_study) + "'");
  CHECK(contains(other.err, "melian run"));
}
