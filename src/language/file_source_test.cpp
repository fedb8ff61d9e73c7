#include <doctest/doctest.h>

#include "melian/file_source.h"
#include "support/folder.h"

using namespace melian;

namespace {

constexpr const char* base = R"(model "Base"
player A
param p = 0.25 in 0..1
param precision = 1
phase toss { chance coin { heads with p { end heads: A gets 1 }  tails otherwise { end tails: A gets 0 } } }
)";
constexpr const char* top = "model \"Top\"\nextends \"../lib/base.melian\" with \"more.melian\"\n";
constexpr const char* more = "module \"More\" for \"../lib/base.melian\"\nset p = 0.5\n";

}  // namespace

TEST_CASE("files: a model of several files is the same in memory as on the disk") {
  const testing::Folder folder;
  std::filesystem::create_directories(folder.path / "a");
  std::filesystem::create_directories(folder.path / "lib");
  (void)folder.write("lib/base.melian", base);
  (void)folder.write("a/more.melian", more);
  const Result<Model> there = read_model(folder.write("a/top.melian", top));
  REQUIRE_MESSAGE(there.has_value(), render(there.error()));
  const FileSource memory = files_in_memory(
      {{"a/top.melian", top}, {"a/more.melian", more}, {"a/../lib/base.melian", base}});
  const Result<Model> here = read_model_from(memory, "a/top.melian");
  REQUIRE_MESSAGE(here.has_value(), render(here.error()));
  CHECK(here->text_fingerprint() == there->text_fingerprint());
  CHECK(parameter_numbers(*here, {})->at("p") == 0.5);
}

TEST_CASE("files: what memory lacks is not looked for on the disk; the nearest name is a hint") {
  const FileSource memory = files_in_memory(
      {{"top.melian", "model \"Top\"\nextends \"bas.melian\"\n"}, {"base.melian", base}});
  const Result<Model> found = read_model_from(memory, "top.melian");
  REQUIRE_FALSE(found.has_value());
  CHECK(found.error().front().code == "M0601");
  CHECK(found.error().front().line == 2);
  CHECK(found.error().front().hint == "did you mean \"base.melian\"?");
  const Result<Model> none = read_model_from(memory, "/proc/self/cmdline");
  REQUIRE_FALSE(none.has_value());
  CHECK(none.error().front().code == "M0911");
}

TEST_CASE("files: a folder named after `extends` is refused as such") {
  const testing::Folder folder;
  const Result<Model> found =
      read_model(folder.write("top.melian", "model \"Top\"\nextends \".\"\n"));
  REQUIRE_FALSE(found.has_value());
  CHECK(found.error().front().code == "M0601");
  CHECK(found.error().front().message.find("is a folder") != std::string::npos);
}
