
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "language/parse.h"
#include "support/random_model_text.h"
#include "support/texts.h"
#include "support/tree_text.h"

namespace melian {
namespace {

struct Read {
  ast::File file;
  Diagnostics diagnostics;
};

Read read(const std::string& text) {
  const Sources sources = {{"t.melian", text}};
  Read out;
  out.file = parse(sources, 0, out.diagnostics);
  return out;
}

/// The one item of a model without mistakes.
template <class Item>
Item item(const std::string& text) {
  const Read one = read("model \"t\"\n" + text);
  CHECK_MESSAGE(one.diagnostics.empty(), render(one.diagnostics));
  REQUIRE(one.file.items.size() == 1);
  REQUIRE(std::holds_alternative<Item>(one.file.items[0].what));
  return std::get<Item>(one.file.items[0].what);
}

/// The one statement of a phase without mistakes.
template <class What>
What statement(const std::string& text) {
  const auto phase = item<ast::Phase>("phase p { " + text + " }");
  REQUIRE(phase.body.size() == 1);
  REQUIRE(std::holds_alternative<What>(phase.body[0].what));
  return std::get<What>(phase.body[0].what);
}

/// A formula with every operation in parentheses.
std::string bracketed(const ast::ExpressionPtr& formula) {
  static const char* const signs[] = {"+", "-", "*",  "/",  "^",   "-",  "is",  "is not",
                                      "<", ">", "<=", ">=", "and", "or", "not "};
  if (formula->kind == ast::Expression::Kind::number) return formula->number_text;
  if (formula->kind == ast::Expression::Kind::path) {
    std::string out = formula->name.text();
    for (const ast::Word& dot : formula->dots) out += "." + dot.text;
    return out;
  }
  if (formula->kind == ast::Expression::Kind::call) {
    std::string out = formula->function.text + "(";
    for (const ast::ExpressionPtr& operand : formula->operands)
      out += (out.back() == '(' ? "" : ",") + bracketed(operand);
    return out + ")";
  }
  const std::string sign = signs[static_cast<int>(formula->op)];
  if (formula->operands.size() == 1) return "(" + sign + bracketed(formula->operands[0]) + ")";
  return "(" + bracketed(formula->operands[0]) + " " + sign + " " +
         bracketed(formula->operands[1]) + ")";
}
std::string formula(const std::string& text) {
  return bracketed(item<ast::Let>("let x = " + text).definition);
}

std::string codes(const Diagnostics& diagnostics) {
  std::string out;
  for (const Diagnostic& diagnostic : diagnostics)
    out += (out.empty() ? "" : " ") + diagnostic.code + "@" + std::to_string(diagnostic.line) +
           ":" + std::to_string(diagnostic.column);
  return out;
}
std::string mistakes(const std::string& text) { return codes(read(text).diagnostics); }
std::string mistakes_in_phase(const std::string& text) {
  return mistakes("model \"t\" phase p {\n" + text + "\n}");
}

TEST_CASE("parse: a header names the model, what it extends and its modules") {
  const ast::File model =
      read("model \"M\" extends \"core.melian\" with \"a.melian\", \"b.melian\"").file;
  CHECK(model.title.text == "M");
  CHECK(model.extends->text == "core.melian");
  CHECK(model.with.size() == 2);
  const ast::File module = read("module \"S\" for \"core.melian\"").file;
  CHECK(module.is_module);
  CHECK(module.extends->text == "core.melian");
  CHECK(read("model \"M\" with \"a.melian\"").diagnostics.empty());
}

TEST_CASE("parse: sources and players, on one line or several") {
  const Read one = read(
      "model \"t\" source \"x\" source \"y\"\nplayer A  player B\nplayer C types low 0.4, high "
      "0.6");
  CHECK(one.diagnostics.empty());
  CHECK(one.file.items.size() == 5);
  const auto player = std::get<ast::PlayerDeclaration>(one.file.items[4].what);
  CHECK(player.types[1].name.text == "high");
  CHECK(player.types[1].weight == 0.6);
}

TEST_CASE("parse: types may be cut from distributions, several after commas") {
  const auto player = item<ast::PlayerDeclaration>(
      "player A types war from normal(m, 1) in 30 parts, retreat from uniform(0, C) in n parts");
  REQUIRE(player.types.size() == 2);
  CHECK(player.types[0].numeric->distribution.text == "normal");
  CHECK(bracketed(player.types[1].numeric->second) == "C");
  CHECK(bracketed(player.types[1].numeric->parts) == "n");
  CHECK_FALSE(item<ast::PlayerDeclaration>("player A types weak, tough").types[0].weight);
}

TEST_CASE("parse: priors, joint priors and beliefs") {
  const auto prior = item<ast::Prior>(
      "prior Two, Mediator: weak & heard with (1 - q) * g, tough & unheard otherwise");
  CHECK(prior.players.size() == 2);
  CHECK(prior.cells[0].types[1].text == "heard");
  CHECK(bracketed(prior.cells[0].odds) == "((1 - q) * g)");
  CHECK(prior.cells[1].odds == nullptr);
  const auto belief =
      item<ast::Believes>("Kyiv believes Moscow: flexible with 0.1, maximalist otherwise");
  CHECK(belief.observer.text == "Kyiv");
  CHECK(belief.about.text == "Moscow");
  CHECK(item<ast::Believes>("Extremists believe A: x otherwise").observer.text == "Extremists");
}

TEST_CASE("parse: parameters hold a number, a word, or one content for each type") {
  CHECK(item<ast::Parameter>("param k[S] = -0.10 in 0..1").content->number == -0.1);
  const auto by_type = item<ast::Parameter>("param cost[D]: weak = 0.07, tough = -0.02");
  CHECK(by_type.by_type[1].second.number == -0.02);
  const auto word = item<ast::Parameter>("param talks = on in {off, on}");
  CHECK(word.content->is_word);
  CHECK(word.in->words.size() == 2);
  CHECK(word.in->entries.size() == 2);
}

TEST_CASE("parse: settings reach types, priors and beliefs by their path") {
  const auto set = item<ast::Set>("set k[D].weak = 0.25");
  CHECK(set.name.text() == "k[D]");
  CHECK(set.dots[0].text == "weak");
  CHECK(item<ast::Set>("set prior[D].weak = 0.3").name.base == "prior");
  const auto belief = item<ast::Set>("set belief[Kyiv][Moscow].maximalist = 0.9");
  CHECK(belief.name.indices == std::vector<std::string>{"Kyiv", "Moscow"});
  CHECK(belief.name.brackets == std::vector<int>{1, 1});
  CHECK(item<ast::Set>("set prior[Two,Mediator].weak.heard = 0.3").dots.size() == 2);
}

TEST_CASE("parse: lets, replaced lets and states") {
  CHECK_FALSE(item<ast::Let>("let view[One] = (a + won) / 2").replace);
  CHECK(item<ast::Let>("replace let edge = 1").replace);
  const auto grid = item<ast::State>("state terms in 0..1 by 0.1 = 0");
  CHECK(bracketed(grid.range.entries[0].by) == "0.1");
  CHECK_FALSE(grid.stops);
  CHECK(item<ast::State>("state balance in -1..1 = 0 stops").stops);
  const auto words = item<ast::State>("state deadline in {none, running} = none");
  CHECK(words.range.listed);
  CHECK(words.range.words[1].text == "running");
}

TEST_CASE("parse: braces list exactly these numbers, and stretches of them") {
  const auto offer =
      statement<ast::Offer>("S offers y in {0, 0.05 .. 0.40 by 0.07, n} where y <= left");
  REQUIRE(offer.range.entries.size() == 3);
  CHECK(offer.range.words.empty());
  CHECK(bracketed(offer.range.entries[1].to) == "0.40");
  CHECK(bracketed(offer.where) == "(y <= left)");
}

TEST_CASE("parse: horizons end in an end or a block") {
  CHECK(item<ast::Horizon>("horizon forever").forever);
  const auto end =
      item<ast::Horizon>("horizon n - 1 rounds in war, truce then end X: A gets 1, B pays 2");
  CHECK(end.phases.size() == 2);
  CHECK(bracketed(end.rounds) == "(n - 1)");
  CHECK(std::get<ast::End>(end.closing[0].what).payments[1].pays);
  const auto block = item<ast::Horizon>("horizon 2 rounds then { when x is 1 { end a } end b }");
  CHECK(block.closing_is_block);
  CHECK(block.closing.size() == 2);
}

TEST_CASE("parse: choices with guards, blocks and commas or none") {
  const auto choice = statement<ast::Choice>(
      "A chooses answer { accept when x >= K[A] { end s: A gets x }  fight, wait }");
  REQUIRE(choice.options.size() == 3);
  CHECK(bracketed(choice.options[0].when) == "(x >= K[A])");
  CHECK(choice.options[0].has_block);
  CHECK_FALSE(choice.options[1].has_block);
  CHECK(choice.options[2].name.text == "wait");
  CHECK(statement<ast::Choice>("A chooses a { b when x is y c }").options.size() == 2);
}

TEST_CASE("parse: a number may be chosen that is no offer, alone or at once with others") {
  const auto number = statement<ast::Choice>("D chooses r in 0..1 by 0.1 where r <= most");
  REQUIRE(number.range.has_value());
  CHECK(number.options.empty());
  CHECK(bracketed(number.where) == "(r <= most)");
  CHECK_FALSE(number.range->listed);
  CHECK(statement<ast::Choice>("They choose m in {0, 0.5, 1}").range->listed);
  const auto together = statement<ast::Simultaneously>(
      "simultaneously { A chooses x in 0..1 by 0.5 B chooses b { x, y } }");
  REQUIRE(together.choices.size() == 2);
  CHECK(together.choices[0].range.has_value());
  CHECK_FALSE(together.choices[1].range.has_value());
}

TEST_CASE("parse: verbs may be plural") {
  CHECK(statement<ast::Choice>("Extremists choose plot { attack wait }").options.size() == 2);
  CHECK(statement<ast::Payments>("Extremists pay e, Moderates get 1").payments.size() == 2);
  CHECK(statement<ast::Offer>("They offer x in 0..1").choice.text == "x");
  CHECK(statement<ast::Assignment>("lives fall by 1").kind == ast::Assignment::Kind::falls);
}

TEST_CASE("parse: choices made at once") {
  CHECK(
      statement<ast::Simultaneously>("simultaneously { A chooses a { x y } B chooses b { x, y } }")
          .choices.size() == 2);
}

TEST_CASE("parse: chance with odds, views and the rest") {
  const auto chance = statement<ast::Chance>(
      "chance battle { won with p perceived by One as v[One], by Two as 1 - p { won rises by 1 }, "
      "lost otherwise }");
  REQUIRE(chance.outcomes.size() == 2);
  CHECK(chance.outcomes[0].views.size() == 2);
  CHECK(bracketed(chance.outcomes[0].views[1].odds) == "(1 - p)");
  CHECK(chance.outcomes[1].odds == nullptr);
}

TEST_CASE("parse: payments, changes of states, tallies, time and ways to leave") {
  CHECK(statement<ast::Payments>("A gets gain, B pays blame").payments[1].pays);
  CHECK(statement<ast::Assignment>("terms becomes demand").kind == ast::Assignment::Kind::becomes);
  CHECK(statement<ast::Assignment>("left[D] rises by 2").target.text() == "left[D]");
  CHECK(statement<ast::Count>("count battles").by == nullptr);
  CHECK(bracketed(statement<ast::Count>("count casualties by 20 * n").by) == "(20 * n)");
  CHECK_FALSE(statement<ast::TimePasses>("time passes").rounds);
  CHECK(statement<ast::TimePasses>("time passes 12 rounds").rounds == 12);
  CHECK(statement<ast::GoTo>("go to war").phase.text == "war");
  CHECK(statement<ast::PlaceMark>("place after_the_talks").place.text == "after_the_talks");
  CHECK(statement<ast::End>("end settlement").payments.empty());
  CHECK(statement<ast::End>("end settlement: A gets 1 - x, B gets x").payments.size() == 2);
}

TEST_CASE("parse: when, else when, else") {
  const auto when =
      statement<ast::When>("when a is b { } else when c { time passes } else { time passes }");
  CHECK(when.has_else);
  CHECK(when.else_when);
  const auto& nested = std::get<ast::When>(when.otherwise[0].what);
  CHECK(nested.has_else);
  CHECK_FALSE(nested.else_when);
}

TEST_CASE("parse: a module fills places") {
  CHECK(item<ast::At>("at after_the_talks { time passes }").body.size() == 1);
}

TEST_CASE("parse: operators bind as in print") {
  CHECK(formula("1 + 2 * 3") == "(1 + (2 * 3))");
  CHECK(formula("1 - 2 - 3") == "((1 - 2) - 3)");
  CHECK(formula("a / b * c") == "((a / b) * c)");
  CHECK(formula("-2^2") == "(-(2 ^ 2))");
  CHECK(formula("2^3^2") == "(2 ^ (3 ^ 2))");
  CHECK(formula("2^-1") == "(2 ^ (-1))");
  CHECK(formula("theta^n / 2") == "((theta ^ n) / 2)");
  CHECK(formula("a is b and not c is d or e < 1 + f") ==
        "(((a is b) and (not (c is d))) or (e < (1 + f)))");
  CHECK(formula("a is not -2") == "(a is not (-2))");
  CHECK(formula("if(x is y, min(1, max(0, z)), -v)") == "if((x is y),min(1,max(0,z)),(-v))");
  CHECK(formula("W.tough + cost[D].tough") == "(W.tough + cost[D].tough)");
  CHECK(formula("war[A].12") == "war[A].12");
  CHECK(formula("(1 + 2) * 3") == "((1 + 2) * 3)");
}

TEST_CASE("parse: an expression ends where the next name stands") {
  const auto phase =
      item<ast::Phase>("phase p { A pays k time passes n rises by 1 x becomes 2 A gets 3 }");
  CHECK(phase.body.size() == 5);
}

TEST_CASE(
    "notes: at the end of a line a note belongs to what the line declares, alone to what comes "
    "next") {
  const Read one = read(
      "## the file\nmodel \"t\"\n"
      "param a = 1   param b = 2   ## [E3] both\n"
      "## [E1] [E4] the war\n## in two lines\nphase war {   # no documentation\n"
      "  ## the night\n"
      "  A chooses night { ordinary, heavy { A pays 1 } }   ## all of it\n"
      "  B chooses raid {   ## [E8]\n"
      "    low   ## the option\n"
      "    high {\n      B pays 1   ## the payment\n    }\n"
      "  }\n"
      "}");
  CHECK(one.diagnostics.empty());
  CHECK(one.file.note.text == "the file");
  CHECK(one.file.items[0].note.text == "both");
  CHECK(one.file.items[0].note.labels == std::vector<std::string>{"E3"});
  CHECK(one.file.items[1].note.text == "both");
  CHECK(one.file.items[2].note.text == "the war in two lines");
  CHECK(one.file.items[2].note.labels == std::vector<std::string>{"E1", "E4"});
  const auto& body = std::get<ast::Phase>(one.file.items[2].what).body;
  CHECK(body[0].note.text == "the night all of it");
  CHECK(std::get<ast::Choice>(body[0].what).options[1].note.text.empty());
  CHECK(body[1].note.labels == std::vector<std::string>{"E8"});
  CHECK(body[1].note.text.empty());
  const auto& options = std::get<ast::Choice>(body[1].what).options;
  CHECK(options[0].note.text == "the option");
  CHECK(options[1].note.text.empty());
  CHECK(options[1].block[0].note.text == "the payment");
}

TEST_CASE(
    "parse: an unclosed bracket points its caret at the bracket, not at the end of the file") {
  CHECK(mistakes("model \"t\" phase p {\n  time passes\n") == "M0111@1:19");
  CHECK(mistakes("model \"t\"\nlet x = (1 + 2\nlet y = 2") == "M0111@2:9");
  CHECK(mistakes("model \"t\"\nphase p {\n  A chooses x {\n    a {\n  }\n}\nphase q { }") ==
        "M0111@4:7");
}

TEST_CASE("parse: all mistakes of a file are reported at once") {
  CHECK(mistakes("model \"t\"\npram a = 1\nparam b == 2\nplayer end\nphase p {\n  A ofers x in "
                 "0..1\n  tme passes\n  B chooses y { a b\n}\n}\n}") ==
        "M0107@2:1 M0103@3:9 M0110@4:8 M0107@6:5 M0107@7:3 M0112@11:1");
}

TEST_CASE("parse: a misspelt word of the language is read as it was meant") {
  const Read one = read("model \"t\" phase p { A ofers x in 0..1 }");
  CHECK(one.diagnostics[0].hint == "did you mean `offers`?");
  CHECK(std::holds_alternative<ast::Offer>(
      std::get<ast::Phase>(one.file.items[0].what).body[0].what));
}

TEST_CASE("parse: a reserved word is no name") {
  CHECK(mistakes("model \"t\" param count = 1") == "M0110@1:17");
  CHECK(mistakes("model \"t\" let x = 1 + when") == "M0110@1:23");
  CHECK(mistakes_in_phase("A chooses time { a b }") == "M0110@2:11");
}

TEST_CASE("parse: formulas say what is wrong with them") {
  CHECK(mistakes("model \"t\" let x = 0 < y < 1") == "M0114@1:25");
  CHECK(mistakes("model \"t\" let x = if(a = 1, 2, 3)") == "M0114@1:24");
  CHECK(mistakes_in_phase("A gets x > 1") == "M0114@2:10");
  CHECK(mistakes("model \"t\" let x = .5") == "M0105@1:19");
  CHECK(mistakes("model \"t\" let x = 2 (y)") == "M0109@1:21");
  CHECK(mistakes("model \"t\" let x = sqr(y)") == "M0115@1:19");
  CHECK(mistakes("model \"t\" param x = 1/3") == "M0109@1:22");
}

TEST_CASE("parse: declarations and statements each have their place") {
  CHECK(mistakes("model \"t\"\nphase p {\n  let x = 1\n  time passes\n}") == "M0117@3:3");
  CHECK(mistakes("model \"t\"\ntime passes\ncount x\nparam a = 1") == "M0108@2:1");
  CHECK(mistakes_in_phase("A chooses x { }") == "M0116@2:13");
  CHECK(mistakes_in_phase("simultaneously { A chooses x { a } }") == "M0116@2:1");
  CHECK(mistakes("param a = 1") == "M0106@1:1");
  CHECK(mistakes("") == "M0106@1:1");
}

TEST_CASE("parse: very many mistakes are cut after a hundred, with their number") {
  std::string text = "model \"t\"\n";
  for (int i = 0; i < 150; ++i) text += "param = 1\n";
  const Diagnostics diagnostics = read(text).diagnostics;
  REQUIRE(diagnostics.size() == 101);
  CHECK(diagnostics.back().code == "M0118");
  CHECK(diagnostics.back().message == "and 50 more mistakes in this file");
}

std::string repeated(const std::string& text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

TEST_CASE("parse: deep nesting is a diagnostic, never an overflow") {
  const std::string head = "model \"t\" ";
  for (const std::string& text :
       {head + "let x = " + repeated("(", 400'000),
        head + "let x = " + repeated("-", 400'000) + "1",
        head + "let x = 1" + repeated("^1", 400'000),
        head + "let x = 1" + repeated(" + 1", 200'000),
        head + "let x = " + repeated("min(", 200'000),
        head + "phase p " + repeated("{ when a ", 100'000),
        head + "phase p { when a { }" + repeated(" else when a { }", 60'000) + "}",
        head + "phase p { " + repeated("A chooses b { c { ", 50'000)}) {
    const Diagnostics diagnostics = read(text).diagnostics;
    REQUIRE(!diagnostics.empty());
    CHECK(diagnostics[0].code == "M0113");
    CHECK(diagnostics.size() == 1);
  }
  CHECK(
      read(head + "let x = " + repeated("(", 150) + "1" + repeated(")", 150)).diagnostics.empty());
  CHECK(read(head + "let x = 1" + repeated(" + 1", 900)).diagnostics.empty());
  CHECK(read(head + "phase p {" + repeated("when a {", 150) + repeated("}", 150) + "}")
            .diagnostics.empty());
}

TEST_CASE("parse: every model of the repository is read without a diagnostic") {
  const auto files = test::model_files(MELIAN_SOURCE_DIR);
  CHECK(files.size() >= 34);
  for (const auto& path : files) {
    const Read one = read(test::content_of(path));
    CHECK_MESSAGE(one.diagnostics.empty(), path.string() << "\n" << render(one.diagnostics));
  }
}

TEST_CASE("parse: token soup is read to its end, quickly, with every place inside the text") {
  CHECK(rc::check("soup", [](std::uint64_t seed) {
    const std::string text = test::token_soup(seed, static_cast<int>(seed % 400));
    const Read one = read(text);
    static_cast<void>(test::tree_text(one.file));
    static_cast<void>(render(one.diagnostics));
    const int lines = 1 + static_cast<int>(std::ranges::count(text, '\n'));
    for (const Diagnostic& diagnostic : one.diagnostics)
      RC_ASSERT(diagnostic.code == "M0118" || (diagnostic.line >= 1 && diagnostic.line <= lines &&
                                               diagnostic.column >= 1 && diagnostic.length >= 1));
  }));
}

TEST_CASE(
    "parse: damaged models are read or refused, never a crash, and any text of 1 MiB is read "
    "through") {
  std::vector<std::string> texts;
  for (const auto& path : test::model_files(MELIAN_SOURCE_DIR))
    texts.push_back(test::content_of(path));
  CHECK(rc::check("damage", [&](std::uint64_t seed) {
    for (std::uint64_t i = 0; i < 5; ++i)
      static_cast<void>(
          test::tree_text(read(test::damaged(texts[(seed + i) % texts.size()], seed + i)).file));
  }));
  // A reader that is quadratic in the text would need minutes, and meet the limit on the whole
  // suite.
  for (const std::string& text :
       {repeated("x ", 500'000), repeated("}", 1'000'000), repeated("x[", 500'000),
        repeated("\"", 1'000'000), repeated("\xC3\xA9 ", 300'000),
        "model \"t\" " + repeated("param a = 1 ", 80'000)})
    static_cast<void>(read(text));
}

}  // namespace
}  // namespace melian
