#include "study/study_file.h"

#include <algorithm>

#include <doctest/doctest.h>

#include "study/settings_merge.h"
#include "study/study_parameters.h"

using namespace melian;
using study_file::read_draft;

namespace {

std::vector<std::string> codes(const Diagnostics& diagnostics) {
  std::vector<std::string> out;
  for (const Diagnostic& diagnostic : diagnostics) out.push_back(diagnostic.code);
  return out;
}

std::string first_code(const std::string& text) {
  const auto draft = read_draft(text, "a.toml");
  if (!draft) return draft.error().front().code;
  return draft->errors.empty() ? "" : draft->errors.front().code;
}

}  // namespace

TEST_CASE("toml: a binary, a huge or a deeply nested text is refused at once") {
  CHECK(first_code(std::string("title = \"a\0b\"", 13)) == "M0701");
  CHECK(first_code(std::string(std::size_t{100} << 20, 'a')) == "M0701");
  CHECK(first_code("a = " + std::string(100000, '[') + std::string(100000, ']')) == "M0702");
  std::string dotted = "a";
  for (int k = 0; k < 100000; ++k) dotted += ".a";
  CHECK(first_code(dotted + " = 1") == "M0701");
  CHECK(first_code("title = \"\xff\xfe\"") == "M0702");
}

TEST_CASE("toml: a mistake inside a text points into the file, through quotes and escapes") {
  const std::string text =
      "[[claim]]\nid = \"C\"\nby = \"x\"\ntext = \"t\"\nopposite = \"o\"\nholds_if = 'value > "
      "1'\nmetric = \"\"\"\n1 +\n  tallly(n)\"\"\"\n";
  const auto draft = read_draft(text, "a.toml");
  REQUIRE(draft.has_value());
  const auto found =
      std::ranges::find_if(draft->errors, [](const Diagnostic& d) { return d.code == "M0712"; });
  REQUIRE(found != draft->errors.end());
  CHECK(found->line == 9);
  CHECK(found->column == 3);
  CHECK(found->length == 6);
  CHECK(found->source_line == "  tallly(n)\"\"\"");
}

TEST_CASE("toml: columns count characters, not bytes") {
  const auto draft = read_draft("title = \"t\"\n[[claim]]\nmetric = \"1 + é\"\n", "a.toml");
  REQUIRE(draft.has_value());
  const auto found =
      std::ranges::find_if(draft->errors, [](const Diagnostic& d) { return d.code == "M0712"; });
  REQUIRE(found != draft->errors.end());
  CHECK(found->column == 15);
}

TEST_CASE(
    "toml: letters outside ASCII stand in texts and comments, elsewhere they are refused at their "
    "place") {
  CHECK(
      first_code(
          "# é\ntitle = \"é\" # é\ntext = \'\'\'é\n\'é\'\'\'\'\nb = \"\"\"\\n\\\n  x é\"\"\"\n") !=
      "M0702");
  for (const char* text : {"é = 1", "a = é", "a = 1 é", "[é]", "a = \"\\é\"",
                           "a = \"\"\"\\\n  é\"\"\"", "a = 0\"ｽ+S\n\n", "\xef\xbb\xbfé = 1"}) {
    INFO(text);
    CHECK(first_code(text) == "M0702");
  }
  const auto draft = read_draft("a = 1\nb = \"é\"é", "a.toml");
  REQUIRE_FALSE(draft.has_value());
  CHECK(draft.error().front().line == 2);
  CHECK(draft.error().front().column == 8);
}

TEST_CASE("study: all mistakes are found at once") {
  const auto draft = read_draft(
      "titel = \"t\"\nmodel = 3\n[[reading]]\nid = \"a b\"\n[[reading]]\ndate = \"yesterday\"\n",
      "a.toml");
  REQUIRE(draft.has_value());
  const std::vector<std::string> found = codes(draft->errors);
  for (const char* code : {"M0703", "M0704", "M0705", "M0706", "M0710"})
    CHECK(std::ranges::find(found, code) != found.end());
}

TEST_CASE("settings: what is set for all types replaces what was set for one") {
  const Settings base{{"cost[D].weak", 1.0}, {"cost[S]", 2.0}};
  const Settings merged = laid_over(base, {{"cost[D]", 3.0}});
  CHECK(merged == Settings{{"cost[D]", 3.0}, {"cost[S]", 2.0}});
}

TEST_CASE("settings: a prior of one type replaces that of another, which shrinks with it") {
  const Settings merged =
      laid_over({{"prior[D].weak", 0.6}, {"belief[A][D].weak", 0.5}}, {{"prior[D].tough", 0.9}});
  CHECK(merged == Settings{{"prior[D].tough", 0.9}, {"belief[A][D].weak", 0.5}});
  const auto model = read_model_text(
      "model \"m\"\nplayer D types weak 0.6, tough 0.4\nplayer S\nphase p { S chooses a { x, y { D "
      "pays 1 } } end e: D gets if(D is weak, 1, 0) }\n",
      "m.melian");
  REQUIRE(model.has_value());
  for (const ParameterInfo& info : model->parameters())
    if (info.name == "prior[D].weak")
      CHECK(std::get<double>(content_in(*model, merged, info)) == doctest::Approx(0.1));
}
