#include <algorithm>

#include <doctest/doctest.h>

#include "language/meaning.h"
#include "melian/language.h"
#include "support/folder.h"

namespace {

using namespace melian;
namespace fs = std::filesystem;

/// A small model with room for declarations before its only phase and statements at its top.
std::string crisis(const std::string& declarations = {}, const std::string& statements = {}) {
  return "model \"Crisis\"\nplayer A\nplayer B  types weak 0.6, tough 0.4\nparam cost[B]: weak = "
         "0.3, tough = 0.1\nparam precision = 10\n" +
         declarations + "\nphase crisis {\n" + statements +
         "\n  A offers x in 0..1 by 0.1\n  B chooses answer { accept { end settlement: A gets x, B "
         "gets 1 - x }  fight { end war: B pays cost[B] } }\n}\n";
}

Model read(const std::string& text) {
  auto model = read_model_text(text, "crisis.melian");
  if (!model) FAIL(render(model.error()));
  return *model;
}

/// The codes told of a text, errors or else warnings, in order.
std::vector<std::string> codes_of(const std::string& text) {
  const auto model = read_model_text(text, "crisis.melian");
  std::vector<std::string> out;
  for (const Diagnostic& diagnostic : model ? model->warnings() : model.error())
    out.push_back(diagnostic.code);
  return out;
}

const ParameterInfo* info_of(const Model& model, const std::string& name) {
  const auto& all = model.parameters();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const ParameterInfo& info) { return info.name == name; });
  return found == all.end() ? nullptr : &*found;
}

double number_of(const Model& model, const std::string& name) {
  const ParameterInfo* info = info_of(model, name);
  REQUIRE_MESSAGE(info != nullptr, name);
  return std::get<double>(info->content);
}

using Codes = std::vector<std::string>;

}  // namespace

TEST_CASE("meaning: the texts of every example check without a word") {
  int count = 0;
  for (const auto& entry : fs::directory_iterator(fs::path(MELIAN_SOURCE_DIR) / "tests/texts")) {
    if (entry.path().extension() != ".melian") continue;
    CAPTURE(entry.path().filename().string());
    const auto model = read_model(entry.path().string());
    CHECK_MESSAGE(model.has_value(), (model ? "" : render(model.error())));
    if (model) CHECK(render(model->warnings()).empty());
    ++count;
  }
  CHECK(count >= 34);
}

TEST_CASE("meaning: numbers after types are a parameter that settings reach") {
  const Model model = read(crisis());
  CHECK(number_of(model, "prior[B].weak") == 0.6);
  CHECK(number_of(model, "prior[B].tough") == 0.4);
  CHECK(info_of(model, "prior[B].weak")->line == 3);
}

TEST_CASE("meaning: a prior written with parameters is set through them") {
  const Model model = read(
      "model \"Crisis\"\nplayer A\nplayer B  types weak, tough\nprior B: weak with q, tough "
      "otherwise\nparam q = 0.3\nphase p { end e: A gets if(B is weak, 1, "
      "0) }\n");
  CHECK(info_of(model, "prior[B].weak") == nullptr);
  CHECK(model.checked().priors.size() == 1);
}

TEST_CASE("meaning: setting one type's prior shrinks the others in proportion") {
  const testing::Folder folder;
  folder.write("base.melian",
               "model \"Base\"\nplayer A\nplayer B  types low 0.5, middle 0.3, high 0.2\nA "
               "believes B: low with 0.2, middle with 0.4, high otherwise\nphase p "
               "{ end e: A gets if(B is low, 1, 0) }\n");
  const auto model = read_model(folder.write(
      "set.melian", "model \"Set\" extends \"base.melian\"\nset belief[A][B].low = 0.6\n"));
  REQUIRE_MESSAGE(model.has_value(), render(model.error()));
  CHECK(number_of(*model, "belief[A][B].low") == doctest::Approx(0.6));
  CHECK(number_of(*model, "belief[A][B].middle") == doctest::Approx(0.2));
  CHECK(number_of(*model, "belief[A][B].high") == doctest::Approx(0.2));
}

TEST_CASE("meaning: a joint prior in numbers is set cell by cell") {
  const Model model = read(
      "model \"Crisis\"\nplayer A types a, b\nplayer B  types c, d\nprior A, B: a & c with 0.5, b "
      "& d otherwise\nphase p { end e: A gets if(B is c, 1, 0) }\n");
  CHECK(number_of(model, "prior[A,B].a.c") == 0.5);
  CHECK(number_of(model, "prior[A,B].b.d") == 0.5);
}

TEST_CASE(
    "meaning: parameters read by conditions, ranges and assignments shape the game, others do "
    "not") {
  const Model model = read(crisis(
      "param least = 0.1\nparam top = 2\nparam jump = 1\nparam gain = 1\nstate front in 0..top = "
      "0\nlet bar = least\n",
      "when front > bar { end out: A gets gain }\n when front is 0 { front rises by jump }"));
  for (const char* name : {"least", "top", "jump"}) CHECK(info_of(model, name)->shapes);
  for (const char* name : {"gain", "cost[B].weak", "precision"})
    CHECK_FALSE(info_of(model, name)->shapes);
}

TEST_CASE("meaning: W.tough fixes the type, so what reads it is public") {
  CHECK(codes_of(crisis("let W = 2 * cost[B]\n", "when W.tough > 0.1 { A pays W }")).empty());
  CHECK(codes_of(crisis("let W = 2 * cost[B]\n", "when W > 0.1 { A pays W }")) == Codes{"M0218"});
}

TEST_CASE("meaning: right of is, a word is looked up in what stands left of it") {
  CHECK(codes_of(crisis("state weak in {weak, low} = low\n", "when weak is weak { A pays 1 }"))
            .empty());
  CHECK(codes_of(crisis("let low = if(mood is low, 1, 0)\nstate mood in {low, high} = low\n",
                        "A pays low"))
            .empty());
}

TEST_CASE("meaning: a choice made on both sides of a when may be read after it") {
  const std::string both =
      "when p > 0 { A chooses start { wait, press } } else { A chooses start { wait } }\n when "
      "start is press { A pays 1 }";
  CHECK(codes_of(crisis("param p = 1\n", both)).empty());
  CHECK(codes_of(crisis(
            "param p = 1\n",
            "when p > 0 { A chooses start { wait, press } }\n when start is press { A pays 1 }")) ==
        Codes{"M0209"});
}

TEST_CASE("meaning: a choice not made where play has ended may be read after it") {
  CHECK(codes_of(crisis("param p = 1\n",
                        "when p > 0 { A chooses start { wait, press } } else { end out }\n when "
                        "start is press { A pays 1 }"))
            .empty());
}

TEST_CASE("meaning: choices of other phases may share a name") {
  CHECK(codes_of(crisis("phase talks { B chooses answer { accept, refuse }  when answer is refuse "
                        "{ end out }  go to crisis }\n"))
            .empty());
}

TEST_CASE("meaning: odds that are products of one factor per player keep beliefs separate") {
  const std::string two =
      "player C types mild 0.5, grim 0.5\nparam q[B]: weak = 0.5, tough = 0.6\nparam r[C]: mild = "
      "0.5, grim = 0.4\nlet s = q[B] * (2 * r[C])\n";
  CHECK(codes_of(crisis(two, "chance news { yes with s  no with (1 - q[B]) * r[C] / 2 }")).empty());
  CHECK(codes_of(crisis(two, "chance news { yes with s  no otherwise }")) == Codes{"M0431"});
  CHECK(codes_of(crisis(two,
                        "chance news { yes with q[B]  no otherwise }  chance more { good with r[C] "
                        " bad otherwise }  A pays s"))
            .empty());
}

TEST_CASE("meaning: a joint prior allows odds that depend on both types") {
  const std::string text =
      "model \"Crisis\"\nplayer A types a, b\nplayer B  types c, d\nprior A, B: a & c with 0.5, b "
      "& d otherwise\nphase p { chance news { yes with if(A is a "
      "and B is c, 1, 0)  no otherwise }  end e: A gets 1 }\n";
  CHECK(codes_of(text).empty());
}

TEST_CASE("meaning: of an unknown name the first mention is told, and no echo of it") {
  CHECK(codes_of(crisis("let a = gone + 1\nlet b = a * 2\n",
                        "A pays gone + b + if(gone is low, 1, 0)")) == Codes{"M0201"});
}

TEST_CASE("meaning: warnings are not told beside errors they may rest on") {
  CHECK(codes_of(crisis("param spare = 1\nparam other = nowhere\n")) == Codes{"M0507"});
  CHECK(codes_of(crisis("param spare = 1\n")) == Codes{"M0232"});
}

TEST_CASE("meaning: places are filled in the order the modules are named") {
  const testing::Folder folder;
  folder.write("base.melian", crisis("", "place top"));
  const std::string one = folder.write(
      "one.melian", "module \"One\" for \"base.melian\"\nat top { A chooses first { on, off } }\n");
  const std::string two = folder.write(
      "two.melian",
      "module \"Two\" for \"base.melian\"\nat top { when first is on { A pays 1 } }\n");
  const std::string base = folder.write("main.melian", "model \"Main\" extends \"base.melian\"\n");
  CHECK(read_model(base, {one, two}).has_value());
  const auto reversed = read_model(base, {two, one});
  REQUIRE_FALSE(reversed.has_value());
  CHECK(reversed.error().front().code == "M0209");
}

TEST_CASE("meaning: a module is checked with the model it is for") {
  const testing::Folder folder;
  folder.write("base.melian", crisis("let share = 1\n", "A pays share  place top"));
  const auto model = read_model(folder.write(
      "module.melian", "module \"Half\" for \"base.melian\"\nreplace let share = 0.5\n"));
  REQUIRE_MESSAGE(model.has_value(), render(model.error()));
  CHECK(model->title() == "Crisis");
}

TEST_CASE("meaning: a chain of too many files is refused") {
  const testing::Folder folder;
  folder.write("f0.melian", crisis());
  std::string last;
  for (int i = 1; i <= 40; ++i)
    last = folder.write("f" + std::to_string(i) + ".melian",
                        "model \"F\" extends \"f" + std::to_string(i - 1) + ".melian\"\n");
  const auto model = read_model(last);
  REQUIRE_FALSE(model.has_value());
  CHECK(model.error().front().code == "M0603");
}

TEST_CASE("meaning: blocks that fill places within blocks are refused when too deep") {
  const auto deep = [](int depth, const std::string& inside) {
    std::string out;
    for (int i = 0; i < depth; ++i) out += "when p > 0 { ";
    return out + inside + std::string(static_cast<std::size_t>(depth), '}');
  };
  std::string text = crisis("param p = 1\n", "place p0");
  for (int i = 0; i < 12; ++i)
    text += "at p" + std::to_string(i) + " { " +
            deep(90, i < 11 ? "place p" + std::to_string(i + 1) : "A pays 1") + " }\n";
  CHECK(codes_of(text) == Codes{"M0308"});
}

TEST_CASE("meaning: labels list the names they stand beside") {
  const Model model =
      read(crisis("param gain = 1  ## [E1] what is won\n## [E2] fighting on\nlet more = gain\n",
                  "## [E1] the start\nA pays more\n"));
  REQUIRE(model.labels().size() == 2);
  CHECK(model.labels()[0].label == "E1");
  CHECK(model.labels()[0].names == Codes{"gain", "x"});
  CHECK(model.labels()[1].names == Codes{"more"});
}

TEST_CASE("meaning: the fingerprint follows the text and not where it lies") {
  const auto here = read_model_text(crisis(), "here.melian"),
             there = read_model_text(crisis(), "elsewhere/there.melian"),
             other = read_model_text(crisis("# a word\n"), "here.melian");
  REQUIRE((here && there && other));
  CHECK(here->text_fingerprint() == there->text_fingerprint());
  CHECK(here->text_fingerprint() != other->text_fingerprint());
}

TEST_CASE("meaning: order of declarations changes nothing but places") {
  const Model first = read(crisis("param a = 1\nlet b = a\n", "A pays b")),
              second = read(crisis("let b = a\nparam a = 1\n", "A pays b"));
  CHECK(first.checked().parameters.size() == second.checked().parameters.size());
  CHECK(first.checked().lets.front().body->op == second.checked().lets.front().body->op);
}

TEST_CASE("meaning: texts with any one word replaced or removed are read or refused, never worse") {
  const auto text =
      read_file((fs::path(MELIAN_SOURCE_DIR) / "tests/texts/m07_smith_stam.melian").string());
  REQUIRE(text.has_value());
  const std::vector<std::string> others = {"",
                                           "One",
                                           "forever",
                                           "won",
                                           "1e9",
                                           "{",
                                           "}",
                                           "[Two]",
                                           "otherwise",
                                           "perceived by One as won",
                                           "time passes",
                                           "view[One]"};
  std::size_t at = 0, turn = 0, read_well = 0;
  while ((at = text->find(' ', at)) != std::string::npos) {
    const std::size_t end = std::min(text->find(' ', at + 1), text->size());
    std::string changed = *text;
    changed.replace(at + 1, end - at - 1, others[turn++ % others.size()]);
    const auto model = read_model_text(changed, "changed.melian");
    if (model)
      ++read_well;
    else
      CHECK_FALSE(model.error().empty());
    at = end;
  }
  CHECK(read_well > 0);
}

TEST_CASE("meaning: long texts full of mistakes are refused in little time") {
  std::string lets = "model \"Long\"\nplayer A\n", names = lets, doubles = lets;
  for (int i = 0; i < 20000; ++i) {
    lets += "let l" + std::to_string(i) + " = l" + std::to_string(i + 1) + " + 1\n";
    names += "set s" + std::to_string(i) + " = 1\n";
    doubles += "param p = 1\n";
  }
  for (const std::string& text : {lets, names, doubles})
    CHECK_FALSE(read_model_text(text, "long.melian").has_value());
}

TEST_CASE(
    "parameters: the note of a prior or a belief says whose chance it is, before what was written "
    "beside it") {
  const auto model = read_model_text(R"(model "notes"
player A
player B types weak 0.4, tough 0.6  ## its cost is private
param cost[B]: weak = 0.1, tough = 0.2
A believes B: weak with 0.9, tough otherwise  ## an optimist
phase crisis {
  A offers x in 0..1 by 0.5
  B chooses answer { accept { end settled: A gets x, B gets 1 - x }  fight { end war: A gets 0, B gets 0 - cost[B] } }
}
)",
                                     "notes.melian");
  REQUIRE(model);
  CHECK(info_of(*model, "prior[B].weak")->note == "chance that B is weak");
  CHECK(info_of(*model, "belief[A][B].weak")->note ==
        "chance, as A sees it, that B is weak; an optimist");
}
