#include <algorithm>

#include <doctest/doctest.h>

#include "language/term_text.h"
#include "melian/manuscript.h"

using namespace melian;

namespace {

Model model_of(const std::string& text) {
  Result<Model> model = read_model_text(text, "here.melian");
  REQUIRE_MESSAGE(model.has_value(), (model ? "" : render(model.error())));
  return *std::move(model);
}

PlayTree tree_of(const std::string& text, const PlayTreeOptions& options = {}) {
  Result<PlayTree> tree = play_tree(model_of(text), {}, options);
  REQUIRE_MESSAGE(tree.has_value(), (tree ? "" : render(tree.error())));
  return *std::move(tree);
}

std::vector<std::string> ends_of(const PlayTree& tree) {
  std::vector<std::string> out;
  for (const PlayNode& node : tree.nodes) {
    if (!node.branches.empty()) continue;
    std::string words = node.name + ":";
    for (const PlayAmount& amount : node.payoffs)
      words += " " + tree.players[static_cast<std::size_t>(amount.player)] + " " + amount.plain;
    out.push_back(words);
  }
  return out;
}

}  // namespace

TEST_CASE(
    "play tree: conditions on what was done in the round are decided, and what is paid on the way "
    "is added up") {
  const PlayTree tree = tree_of(R"(
model "t" player A player B
param c = 0.1  param precision = 1
phase p {
  A chooses a { hold, strike { A pays c } }
  B chooses b { hold, strike }
  when a is hold and b is hold { end peace: A gets 1, B gets 1 }
  end war: A gets 0.5 - c, B gets 0.2
})");
  CHECK(ends_of(tree) == std::vector<std::string>{"peace: A 1 B 1", "war: A 0.5 - c B 0.2",
                                                  "war: A -c + 0.5 - c B 0.2",
                                                  "war: A -c + 0.5 - c B 0.2"});
}

TEST_CASE(
    "play tree: an offer is one branch, time discounts what is paid later, and a round leads on") {
  const PlayTree tree = tree_of(R"(
model "t" player A player B
param discount = 0.9  param precision = 1
horizon 3 rounds then end late
phase p {
  A offers x in 0..1 by 0.5
  B chooses answer { accept { end deal: A gets x, B gets 1 - x }  refuse }
  time passes
  chance battle { won with 0.4 { end victory: A gets 1 }  lost otherwise }
})");
  CHECK(tree.nodes.front().kind == PlayNode::Kind::offer);
  CHECK(tree.nodes.front().branches.front().label == "x in 0 .. 1 by 0.5");
  CHECK(ends_of(tree) ==
        std::vector<std::string>{"deal: A x B 1 - x", "victory: A δ B 0", "next round:"});
}

TEST_CASE("play tree: what nothing decides branches, each condition once on a way") {
  const PlayTree tree = tree_of(R"(
model "t" player A
param precision = 1
state n in 0..3 = 0
phase p {
  A chooses a { go_on { n rises by 1 }, halt { end halted } }
  when n > 2 { end full }
  when n > 2 { end never }
})");
  CHECK(ends_of(tree) == std::vector<std::string>{"full: A 0", "p again:", "halted: A 0"});
}

TEST_CASE(
    "play tree: phases are followed the first time they are met, or not at all in one round") {
  const std::string text = R"(
model "t" player A
param discount = 0.9  param precision = 1
horizon forever
phase war { A chooses a { stay, talk { go to peace } }  time passes }
phase peace { A chooses b { keep { end kept }, return { time passes go to war } } }
)";
  CHECK(ends_of(tree_of(text)) == std::vector<std::string>{"next round:", "kept: A 0", "to war:"});
  PlayTreeOptions round;
  round.one_round = true;
  CHECK(ends_of(tree_of(text, round)) == std::vector<std::string>{"next round:", "to peace:"});
}

TEST_CASE("play tree: too many ends are refused") {
  std::string text = "model \"t\" player A\nparam precision = 1\nphase p {\n";
  for (int k = 0; k < 12; ++k) text += "A chooses a" + std::to_string(k) + " { b, c }\n";
  text += "end over\n}\n";
  const Result<PlayTree> tree = play_tree(model_of(text));
  REQUIRE_FALSE(tree.has_value());
  CHECK(tree.error().front().code == too_large_code);
}

TEST_CASE("latex: names become symbols, and special characters are made harmless") {
  CHECK(latex_symbol("discount") == "\\delta");
  CHECK(latex_symbol("k[S]") == "k_{\\mathrm{S}}");
  CHECK(latex_symbol("p1") == "p_{1}");
  CHECK(latex_symbol("offers_allowed") == "\\mathit{offers\\_allowed}");
  CHECK(latex_escaped("50% of A_B & {c}") == "50\\% of A\\_B \\& \\{c\\}");
}

TEST_CASE("latex: a model that says whom it comes after, or that it is its own, says so once") {
  const auto section = [](const std::string& source) {
    return *latex_section(
        model_of("model \"t\" source \"" + source +
                 "\" player A\nphase p { A chooses c { x { end e: A gets 1 } y { end f } } }\n"));
  };
  CHECK(section("Powell 2004").find("\nAfter Powell 2004.\n") != std::string::npos);
  CHECK(section("after Powell 2004").find("\nAfter Powell 2004.\n") != std::string::npos);
  CHECK(section("own model").find("\nOwn model.\n") != std::string::npos);
}

TEST_CASE("latex: brackets stand where an expression needs them") {
  const Model model = model_of(R"(
model "t" player A
param a = 1  param b = 2  param precision = 1
let difference = a - (b - 1)
let product = (a + b) * a / (b + 1)
let power = (a + b)^2
phase p { A chooses c { x { end e: A gets difference + product + power }, y { end f } } }
)");
  const Result<std::string> text = latex_section(model);
  REQUIRE(text.has_value());
  CHECK(text->find("\\mathit{difference} &= a - (b - 1)") != std::string::npos);
  CHECK(text->find("\\mathit{product} &= \\frac{(a + b) \\, a}{b + 1}") != std::string::npos);
  CHECK(text->find("\\mathit{power} &= (a + b)^{2}") != std::string::npos);
}
