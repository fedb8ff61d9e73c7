/// Mistakes found when a model is compiled or bound, as people see them: for each file of data/lower the diagnostics beside it.
/// MELIAN_UPDATE_GOLDENS=1 writes them anew.

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>

#include "melian/language.h"

namespace {

using namespace melian;
namespace fs = std::filesystem;

const fs::path folder = fs::path(MELIAN_SOURCE_DIR) / "tests/golden/data/lower";

std::vector<fs::path> inputs() {
  std::vector<fs::path> out;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".melian") out.push_back(entry.path());
  std::sort(out.begin(), out.end());
  return out;
}

/// Without the folder this tree happens to lie in.
std::string without_folder(std::string text) {
  const std::string prefix = folder.string() + "/";
  for (std::size_t at = text.find(prefix); at != std::string::npos; at = text.find(prefix, at)) text.erase(at, prefix.size());
  return text;
}

std::string told_of(const fs::path& input) {
  CompileOptions small;
  small.max_bytes = 64 << 20;  // so that what is too large is so quickly
  const auto model = read_model(input.string());
  if (!model) return without_folder(render(model.error()));
  const auto compiled = compile(*model, {}, small);
  if (!compiled) return without_folder(render(compiled.error()));
  const auto game = compiled->bind({});
  return game ? "" : without_folder(render(game.error()));
}

}  // namespace

TEST_CASE("compile and bind: every mistake is told as its golden says") {
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

TEST_CASE("compile and bind: a file named after a code is told that code") {
  for (const fs::path& input : inputs()) {
    const std::string name = input.stem().string();
    CAPTURE(name);
    CHECK(told_of(input).find("error " + name.substr(0, 5)) != std::string::npos);
  }
}
