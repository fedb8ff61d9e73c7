/// docs/tutorial.md is true: its files are written as it gives them, its commands run in its order.

#include <regex>
#include <vector>

#include <doctest/doctest.h>

#include "command_line/program.h"

using namespace melian::program;

namespace {

std::vector<std::string> lines_of(const std::string& file) {
  std::vector<std::string> lines;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// As a shell in `folder` runs it.
Ran run_there(const std::filesystem::path& where, const std::string& arguments) {
  const std::string out = (where / "stdout").string(), err = (where / "stderr").string();
  const std::string command = "cd '" + where.string() + "' && ('" + MELIAN_PROGRAM + "' " +
                              arguments + ") >'" + out + "' 2>'" + err + "' </dev/null";
  const int status = std::system(command.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), content(out),
          content(err)};
}

}  // namespace

TEST_CASE("tutorial: every file it gives and every command it names works in its order") {
  const std::filesystem::path where = folder().file("tutorial");
  std::filesystem::create_directories(where);
  const std::regex saved("Save this as `([^`]+)`");
  std::string name;
  int files = 0, commands = 0;
  const std::vector<std::string> lines =
      lines_of(std::string(MELIAN_SOURCE_DIR) + "/docs/tutorial.md");
  for (std::size_t k = 0; k < lines.size(); ++k) {
    std::smatch found;
    if (std::regex_search(lines[k], found, saved)) name = found[1];
    if (lines[k].starts_with("```") && lines[k].size() > 3) {
      REQUIRE_FALSE(name.empty());
      std::ofstream file(where / name, std::ios::binary);
      for (++k; !lines[k].starts_with("```"); ++k) file << lines[k] << "\n";
      name.clear();
      ++files;
    } else if (lines[k].starts_with("    melian ")) {
      const std::string arguments = lines[k].substr(std::string("    melian ").size());
      const Ran ran = run_there(where, arguments);
      INFO(arguments, "\n", ran.err);
      CHECK(ran.code == 0);
      ++commands;
    }
  }
  CHECK(files == 3);
  CHECK(commands == 14);
  for (const char* made : {"risk.svg", "risk.csv", "regions.svg", "regions.csv", "round.svg",
                           "out/results.json", "out/report.html"})
    CHECK_MESSAGE(std::filesystem::file_size(where / made) > 0, made);
}
