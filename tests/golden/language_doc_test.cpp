/// The reference of the language keeps its word: every model in docs/language.md is read, formatted
/// and compiled.

#include <filesystem>
#include <sstream>

#include <doctest/doctest.h>

#include "melian/language.h"
#include "support/folder.h"
#include "support/texts.h"

namespace {

using namespace melian;
namespace fs = std::filesystem;

struct Example {
  std::string name, text;
  bool is_module = false;
};

/// The fenced blocks marked `melian`. One that begins `# NAME.melian` is the file of that name for
/// the others.
std::vector<Example> examples() {
  std::istringstream page(test::content_of(fs::path(MELIAN_SOURCE_DIR) / "docs/language.md"));
  std::vector<Example> out;
  bool inside = false;
  for (std::string line; std::getline(page, line);) {
    if (line == "```melian") {
      inside = true;
      out.push_back({"example_" + std::to_string(out.size()) + ".melian", {}, false});
    } else if (line == "```") {
      inside = false;
    } else if (inside) {
      Example& example = out.back();
      if (example.text.empty() && line.starts_with("# ") && line.ends_with(".melian"))
        example.name = line.substr(2);
      example.is_module = example.is_module || line.starts_with("module ");
      example.text += line + "\n";
    }
  }
  return out;
}

}  // namespace

TEST_CASE("language.md: every example is formatted without a complaint") {
  CHECK(examples().size() >= 30);
  for (const Example& example : examples()) {
    const auto formatted = format_model(example.text, example.name);
    CHECK_MESSAGE(formatted.has_value(), (formatted ? "" : render(formatted.error())));
  }
}

TEST_CASE("language.md: every example compiles to a game, without a warning") {
  const std::vector<Example> all = examples();
  const testing::Folder folder;
  for (const Example& example : all) folder.write(example.name, example.text);
  for (const Example& example : all) {
    if (example.is_module) continue;  // compiled with the model that names it
    CAPTURE(example.text);
    const auto model = read_model(folder.file(example.name));
    REQUIRE_MESSAGE(model.has_value(), (model ? "" : render(model.error())));
    CHECK_MESSAGE(model->warnings().empty(), render(model->warnings()));
    const auto compiled = compile(*model);
    REQUIRE_MESSAGE(compiled.has_value(), (compiled ? "" : render(compiled.error())));
    const auto game = compiled->bind({});
    CHECK_MESSAGE(game.has_value(), (game ? "" : render(game.error())));
  }
}
