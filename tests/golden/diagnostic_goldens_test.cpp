/// Every mistake as people see it: beside each file of data/syntax, meaning, lower, study and efg
/// stand the diagnostics it gets. MELIAN_UPDATE_GOLDENS=1 writes them anew.

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>

#include <doctest/doctest.h>

#include "melian/run.h"
#include "melian/tree.h"
#include "support/texts.h"

namespace {

using namespace melian;
namespace fs = std::filesystem;

const fs::path data = fs::path(MELIAN_SOURCE_DIR) / "tests/golden/data";

std::string of_syntax(const fs::path& input) {
  const auto out = format_model(test::content_of(input), input.filename().string());
  return out ? "" : render(out.error());
}

std::string of_meaning(const fs::path& input) {
  const auto model = read_model(input.string());
  return render(model ? model->warnings() : model.error());
}

/// Found when a model is compiled or bound.
std::string of_lower(const fs::path& input) {
  CompileOptions small;
  small.max_bytes = 64 << 20;  // so that what is too large is so quickly
  const auto model = read_model(input.string());
  if (!model) return render(model.error());
  const auto compiled = compile(*model, {}, small);
  if (!compiled) return render(compiled.error());
  const auto game = compiled->bind({});
  return game ? "" : render(game.error());
}

std::string of_study(const fs::path& input) {
  const auto study = read_study(input.string());
  return render(study ? study->warnings : study.error());
}

std::string of_efg(const fs::path& input) {
  const auto form = read_efg(input.string());
  return form ? "" : render(form.error());
}

struct Golden {
  fs::path input;
  std::string told;  ///< without the folder this tree happens to lie in
};

std::vector<Golden> goldens() {
  struct Family {
    const char *name, *extension;
    std::string (*told)(const fs::path&);
  };
  std::vector<Golden> out;
  for (const Family& family :
       {Family{"syntax", ".melian", of_syntax}, Family{"meaning", ".melian", of_meaning},
        Family{"lower", ".melian", of_lower}, Family{"study", ".toml", of_study},
        Family{"efg", ".efg", of_efg}}) {
    const std::string folder = (data / family.name).string() + "/";
    for (const auto& entry : fs::directory_iterator(folder)) {
      if (entry.path().extension() != family.extension) continue;
      std::string told = family.told(entry.path());
      for (std::size_t at = told.find(folder); at != std::string::npos; at = told.find(folder, at))
        told.erase(at, folder.size());
      out.push_back({entry.path(), std::move(told)});
    }
  }
  std::ranges::sort(out, {}, &Golden::input);
  return out;
}

}  // namespace

TEST_CASE("diagnostics: every mistake is told as its golden says") {
  const bool update = std::getenv("MELIAN_UPDATE_GOLDENS") != nullptr;
  for (const auto& [input, told] : goldens()) {
    CAPTURE(input.string());
    fs::path expected = input;
    expected.replace_extension(".txt");
    if (update) std::ofstream(expected) << told;
    REQUIRE_MESSAGE(fs::exists(expected),
                    "no golden: run with MELIAN_UPDATE_GOLDENS=1 and read what it writes");
    CHECK(told == test::content_of(expected));
  }
}

TEST_CASE("diagnostics: a file named after a code is told that code") {
  for (const auto& [input, told] : goldens()) {
    const std::string name = input.stem().string();
    if (!name.starts_with("M0")) continue;
    CAPTURE(name);
    CHECK(std::regex_search(told, std::regex("(error|warning) " + name.substr(0, 5))));
  }
}

TEST_CASE("diagnostics: every code that is told stands in the table of diagnostics") {
  std::string tables;
  for (const auto& entry : fs::directory_iterator(fs::path(MELIAN_SOURCE_DIR) / "docs/formats"))
    if (entry.path().filename().string().starts_with("diagnostics"))
      tables += test::content_of(entry.path());
  std::set<std::string> listed, told_codes;  // rows may list several codes in their first cell
  static const std::regex code("M0[0-9]{3}"), first_cell("\\n\\|[^|\\n]*\\|");
  const auto codes = [](const std::string& text, std::set<std::string>& out) {
    for (std::sregex_iterator found(text.begin(), text.end(), code), end; found != end; ++found)
      out.insert(found->str());
  };
  for (std::sregex_iterator cell(tables.begin(), tables.end(), first_cell), end; cell != end;
       ++cell)
    codes(cell->str(), listed);
  for (const auto& [input, told] : goldens()) codes(told, told_codes);
  for (const std::string& one : told_codes) CHECK_MESSAGE(listed.contains(one), one);
}
