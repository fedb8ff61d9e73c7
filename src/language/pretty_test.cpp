#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>

#include "language/lex.h"
#include "language/parse.h"
#include "melian/language.h"
#include "support/random_model_text.h"
#include "support/texts.h"
#include "support/tree_text.h"

namespace melian {
namespace {

std::string formatted(const std::string& text) {
  const Result<std::string> out = format_model(text, "t.melian");
  REQUIRE_MESSAGE(out, (out ? "" : render(out.error())));
  return *out;
}

std::string tree(const std::string& text) {
  const Sources sources = {{"t.melian", text}};
  Diagnostics diagnostics;
  const std::string out = test::tree_text(parse(sources, 0, diagnostics));
  return diagnostics.empty() ? out : render(diagnostics);
}

std::vector<std::string> comments(const std::string& text) {
  const SourceText source{"t.melian", text};
  std::vector<std::string> out;
  for (const Comment& comment : lex(source, 0).comments)
    out.push_back((comment.documentation ? "## " : "# ") + std::string(comment.text));
  std::ranges::sort(out);
  return out;
}

/// Which law of formatting this text breaks, or "".
std::string broken_law(const std::string& text) {
  const Result<std::string> once = format_model(text, "t.melian");
  if (!once) return "refused";
  if (tree(*once) != tree(text)) return "the tree changed";
  if (comments(*once) != comments(text)) return "a comment was lost or made";
  const Result<std::string> twice = format_model(*once, "t.melian");
  if (!twice || *twice != *once) return "formatting again changes the text";
  return {};
}

TEST_CASE(
    "format: every model of the repository keeps its tree and comments, and is formatted once for "
    "all") {
  for (const auto& path : test::model_files(MELIAN_SOURCE_DIR))
    CHECK_MESSAGE(broken_law(test::content_of(path)).empty(), path.string());
}

TEST_CASE(
    "format: generated texts in any layout keep their tree and comments, and are formatted once "
    "for all") {
  CHECK(rc::check("laws of formatting", [](std::uint64_t seed) {
    for (std::uint64_t i = 0; i < 5; ++i)
      RC_ASSERT(broken_law(test::RandomModelText(seed + i, (seed + i) % 4 != 0).model()).empty());
  }));
}

TEST_CASE("format: blanks, indentation and brackets become canonical") {
  CHECK(formatted("model   \"t\"\nplayer A types low 0.4 , high 0.6\nparam  k [ S ]=0.1   in 0 .. "
                  "1\nlet W=( a+b )*-c/2^n\n"
                  "phase p{ A offers x in {0..1 by 0.1} where x<=- k [ S ]\ntime   passes }") ==
        "model \"t\"\nplayer A  types low 0.4, high 0.6\nparam k[S] = 0.1 in 0..1\nlet W = (a + b) "
        "* -c / 2^n\n"
        "phase p {\n  A offers x in {0 .. 1 by 0.1} where x <= -k[S]\n  time passes\n}\n");
}

TEST_CASE(
    "format: a block stays on one line where it was and fits, and is broken where it does not") {
  const std::string fits =
      "model \"t\"\nphase p {\n  D chooses answer { accept { end s: S gets 1 - y, D gets y }  "
      "refuse }\n}\n";
  CHECK(formatted(fits) == fits);
  CHECK(formatted("model \"t\"\nphase p {\n  Moscow chooses next_of_Moscow { keep, return { end "
                  "second_war_by_Moscow: Moscow gets again[Moscow] - enforcement, "
                  "Kyiv gets again[Kyiv] } }\n}\n") ==
        "model \"t\"\nphase p {\n  Moscow chooses next_of_Moscow {\n    keep\n    return { end "
        "second_war_by_Moscow: Moscow gets again[Moscow] - enforcement, "
        "Kyiv gets again[Kyiv] }\n  }\n}\n");
}

TEST_CASE("format: commas between options are set where an option has no block, nowhere else") {
  CHECK(formatted("model \"t\" phase p { A chooses x { a b { end e }, c } chance y { d with 1, e "
                  "otherwise, } }") ==
        "model \"t\"\nphase p { A chooses x { a, b { end e }  c }  chance y { d with 1  e "
        "otherwise } }\n");
}

TEST_CASE("format: neighbours of a kind are aligned, and so are the notes beside them") {
  CHECK(formatted("model \"t\"\nparam a = 1 ## one\nparam long_name = 22 ## two\nphase p {\n  A "
                  "chooses x {\n    accept { end s }\n    fight { end w }\n  }\n}\n") ==
        "model \"t\"\nparam a = 1           ## one\nparam long_name = 22  ## two\nphase p {\n  A "
        "chooses x {\n    accept { end s }\n    fight  { end w }\n  "
        "}\n}\n");
}

TEST_CASE("format: one blank line stays where the author left any") {
  CHECK(formatted("\n\nmodel \"t\"\n\n\n\nparam a = 1\nparam b = 2\n\n# remark\n\nphase p {\n\n  "
                  "time passes\n\n\n  count x\n\n}\n\n") ==
        "model \"t\"\n\nparam a = 1\nparam b = 2\n\n# remark\n\nphase p {\n  time passes\n\n  "
        "count x\n}\n");
}

TEST_CASE("format: short declarations of one line stay together") {
  const std::string text = "model \"t\"\nplayer A  player B\nparam a = 1   param b = 2\n";
  CHECK(formatted(text) == text);
}

TEST_CASE("format: long lists break after the colon, then between their parts") {
  CHECK(formatted("model \"t\"\nhorizon months rounds in war, truce then end no_end_in_sight: "
                  "Moscow gets line - tail * cost[Moscow], Kyiv gets 1 - line - "
                  "tail * cost[Kyiv]\n") ==
        "model \"t\"\nhorizon months rounds in war, truce then end no_end_in_sight:\n  Moscow gets "
        "line - tail * cost[Moscow], Kyiv gets 1 - line - tail * "
        "cost[Kyiv]\n");
  CHECK(formatted("model \"t\"\nprior Two, Mediator: weak & heard_weak with (1 - q) * g, tough & "
                  "heard_weak with q * (1 - g), tough & heard_tough with q * g\n") ==
        "model \"t\"\nprior Two, Mediator:\n  weak  & heard_weak  with (1 - q) * g,\n  tough & "
        "heard_weak  with q * (1 - g),\n  tough & heard_tough with q * "
        "g\n");
}

TEST_CASE("format: a mistake is reported, not formatted") {
  const Result<std::string> out = format_model("model \"t\" phase {", "t.melian");
  REQUIRE_FALSE(out);
  CHECK(out.error()[0].file == "t.melian");
}

}  // namespace
}  // namespace melian
