/// Every mistake of a study as people see it: for each file of data/study the diagnostics beside it.
/// MELIAN_UPDATE_GOLDENS=1 writes them anew.

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>

#include "melian/study.h"

namespace {

using namespace melian;
namespace fs = std::filesystem;

const fs::path folder = fs::path(MELIAN_SOURCE_DIR) / "tests/golden/data/study";

std::vector<fs::path> inputs() {
  std::vector<fs::path> out;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".toml") out.push_back(entry.path());
  std::ranges::sort(out);
  return out;
}

/// Without the folder this tree happens to lie in.
std::string without_folder(std::string text) {
  const std::string prefix = folder.string() + "/";
  for (std::size_t at = text.find(prefix); at != std::string::npos; at = text.find(prefix, at)) text.erase(at, prefix.size());
  return text;
}

std::string told_of(const fs::path& input) {
  const auto study = read_study(input.string());
  return without_folder(render(study ? study->warnings : study.error()));
}

}  // namespace

TEST_CASE("study: every mistake is told as its golden says") {
  const bool update = std::getenv("MELIAN_UPDATE_GOLDENS") != nullptr;
  for (const fs::path& input : inputs()) {
    CAPTURE(input.filename().string());
    fs::path expected = input;
    expected.replace_extension(".txt");
    const std::string told = told_of(input);
    if (update) std::ofstream(expected) << told;
    const auto golden = read_file(expected.string());
    REQUIRE_MESSAGE(golden.has_value(), "no golden: run with MELIAN_UPDATE_GOLDENS=1 and read what it writes");
    CHECK(told == *golden);
  }
}

TEST_CASE("study: a file named after a code is told that code") {
  for (const fs::path& input : inputs()) {
    const std::string name = input.stem().string();
    if (!name.starts_with("M0")) continue;
    CAPTURE(name);
    const std::string told = told_of(input), code = name.substr(0, 5);
    CHECK((told.find("error " + code) != std::string::npos || told.find("warning " + code) != std::string::npos));
  }
}
