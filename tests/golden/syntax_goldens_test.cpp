/// Every mistake of syntax as people see it: for each file of data/syntax the diagnostics beside it.
/// MELIAN_UPDATE_GOLDENS=1 writes them anew.

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>

#include "melian/language.h"
#include "support/texts.h"

namespace {

using namespace melian;
namespace fs = std::filesystem;

const fs::path folder = fs::path(MELIAN_SOURCE_DIR) / "tests/golden/data/syntax";

std::vector<fs::path> inputs() {
  std::vector<fs::path> out;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".melian") out.push_back(entry.path());
  std::ranges::sort(out);
  return out;
}

}  // namespace

TEST_CASE("syntax: every mistake is told as its golden says") {
  const bool update = std::getenv("MELIAN_UPDATE_GOLDENS") != nullptr;
  for (const fs::path& input : inputs()) {
    CAPTURE(input.filename().string());
    const auto out = format_model(test::content_of(input), input.filename().string());
    REQUIRE_FALSE(out.has_value());
    fs::path expected = input;
    expected.replace_extension(".txt");
    const std::string told = render(out.error());
    if (update) std::ofstream(expected) << told;
    REQUIRE_MESSAGE(fs::exists(expected), "no golden: run with MELIAN_UPDATE_GOLDENS=1 and read what it writes");
    CHECK(told == test::content_of(expected));
  }
}

TEST_CASE("syntax: a file named after a code is told that code") {
  for (const fs::path& input : inputs()) {
    const std::string name = input.stem().string();
    if (!name.starts_with("M0")) continue;
    CAPTURE(name);
    const auto out = format_model(test::content_of(input), "t.melian");
    REQUIRE_FALSE(out.has_value());
    CHECK(std::ranges::any_of(out.error(), [&](const Diagnostic& diagnostic) { return diagnostic.code == name.substr(0, 5); }));
  }
}

TEST_CASE("syntax: every code that is told stands in the table of diagnostics") {
  const std::string table = test::content_of(fs::path(MELIAN_SOURCE_DIR) / "docs/formats/diagnostics.md") +
                            test::content_of(fs::path(MELIAN_SOURCE_DIR) / "docs/formats/diagnostics_syntax.md");
  for (const fs::path& input : inputs()) {
    const auto out = format_model(test::content_of(input), "t.melian");
    REQUIRE_FALSE(out.has_value());
    for (const Diagnostic& diagnostic : out.error()) CHECK_MESSAGE(table.find("| " + diagnostic.code + " |") != std::string::npos, diagnostic.code);
  }
}
