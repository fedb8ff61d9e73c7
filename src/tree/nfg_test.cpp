/// Strategic forms: both versions of Gambit's format, against fixed points and against each other.

#include <cmath>
#include <fstream>
#include <random>

#include <doctest/doctest.h>
#include <fmt/core.h>

#include "melian/tree.h"

using namespace melian;

namespace {

ExtensiveForm form_of(const std::string& text) {
  auto form = read_nfg_text(text, "game.nfg");
  REQUIRE_MESSAGE(form.has_value(), (form ? "" : render(form.error())));
  return std::move(*form);
}

std::string code_of(const std::string& text) {
  const auto form = read_nfg_text(text, "game.nfg");
  return form ? "" : form.error().front().code;
}

std::vector<double> strategy(const ExtensiveForm& form, double lambda) {
  TreeOptions options;
  options.lambda = lambda;
  const auto found = solve_tree(form, options);
  REQUIRE(found.has_value());
  CHECK(found->certificate.holds);
  std::vector<double> out;
  for (const double log : found->log_strategy) out.push_back(std::exp(log));
  return out;
}

const std::string payoffs = R"(NFG 1 R "asymmetric" { "A" "B" }
{ { "up" "down" } { "left" "middle" "right" } }
"A's strategy runs fastest"
4 1  0 2   1 3  2 0   0 0  3 1
)";

}  // namespace

TEST_CASE("nfg: payoffs are listed with the first player's strategy fastest") {
  const ExtensiveForm form = form_of(payoffs);
  REQUIRE(form.nodes.size() == 9);
  CHECK(form.sets.size() == 2);
  CHECK(has_perfect_recall(form));
  const double expected[2][3][2] = {{{4, 1}, {1, 3}, {0, 0}}, {{0, 2}, {2, 0}, {3, 1}}};
  for (int a = 0; a < 2; ++a)
    for (int b = 0; b < 3; ++b)
      for (int player = 0; player < 2; ++player) {
        const int end = form.child(form.child(0, a), b);
        const int outcome = form.nodes[static_cast<std::size_t>(end)].outcome;
        CHECK(form.payoff(outcome, player) == expected[a][b][player]);
      }
  CHECK(form.outcomes[2].label == "up & middle");
}

TEST_CASE("nfg: its logit equilibrium is the fixed point of two logits") {
  const double A[2][3] = {{4, 1, 0}, {0, 2, 3}}, B[2][3] = {{1, 3, 0}, {2, 0, 1}}, lambda = 0.7;
  double p[2] = {0.5, 0.5}, q[3] = {1 / 3.0, 1 / 3.0, 1 / 3.0};
  for (int k = 0; k < 5000; ++k) {
    double u[2] = {}, v[3] = {}, sum = 0.0;
    for (int a = 0; a < 2; ++a)
      for (int b = 0; b < 3; ++b) u[a] += q[b] * A[a][b], v[b] += p[a] * B[a][b];
    for (double& one : u) sum += one = std::exp(lambda * one);
    for (int a = 0; a < 2; ++a) p[a] = 0.5 * p[a] + 0.5 * u[a] / sum;
    sum = 0.0;
    for (double& one : v) sum += one = std::exp(lambda * one);
    for (int b = 0; b < 3; ++b) q[b] = 0.5 * q[b] + 0.5 * v[b] / sum;
  }
  const std::vector<double> found = strategy(form_of(payoffs), lambda);
  for (int a = 0; a < 2; ++a) CHECK(std::abs(found[static_cast<std::size_t>(a)] - p[a]) < 1e-8);
  for (int b = 0; b < 3; ++b) CHECK(std::abs(found[static_cast<std::size_t>(2 + b)] - q[b]) < 1e-8);
}

TEST_CASE("nfg: outcomes, counts of strategies, commas and fractions say the same game") {
  const ExtensiveForm listed = form_of(payoffs);
  const ExtensiveForm outcomes = form_of(R"(NFG 1 R "t" { "A" "B" } { { "up" "down" }
{ "left" "middle" "right" } }
{ { "" 4, 1 } { "" 0, 2 } { "x" 1, 3 } { "" 4/2 0 } { "" 3, 1 } }
1 2 3 4 0 5)");
  const ExtensiveForm counted =
      form_of("NFG 1 D \"t\" { \"A\" \"B\" } { 2 3 }\n4 1, 0 2, 1 3, 2 0, 0 0, 3 1");
  CHECK(strategy(listed, 1.5) == strategy(outcomes, 1.5));
  CHECK(strategy(listed, 1.5) == strategy(counted, 1.5));
  CHECK(counted.actions[4].label == "3");
  const int end = outcomes.child(outcomes.child(0, 0), 2);
  CHECK(outcomes.nodes[static_cast<std::size_t>(end)].outcome == -1);
}

TEST_CASE("nfg: what is written reads back as the same game, for one to three players") {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    const auto draw = [&](int below) {
      return static_cast<int>(random() % static_cast<unsigned>(below));
    };
    const int players = 1 + draw(3);
    std::string names, counts;
    int profiles = 1;
    for (int i = 0; i < players; ++i) {
      const int count = 1 + draw(3);
      profiles *= count;
      names += fmt::format(" \"P{}\"", i);
      counts += fmt::format(" {}", count);
    }
    std::string text = fmt::format("NFG 1 R \"t\" {{{} }} {{{} }}\n", names, counts);
    for (int k = 0; k < profiles * players; ++k) text += fmt::format(" {}", draw(100) / 7.0);
    const ExtensiveForm form = form_of(text);
    REQUIRE(beyond_nfg(form).empty());
    const ExtensiveForm again = form_of(write_nfg(form));
    CHECK(again.payoffs == form.payoffs);
    CHECK(again.nodes == form.nodes);
    for (std::size_t a = 0; a < form.actions.size(); ++a)
      CHECK(again.actions[a].label == form.actions[a].label);
  }
}

TEST_CASE("nfg: chance is averaged out, and players who choose twice have no strategic form") {
  const auto drawn = read_efg_text(R"(EFG 2 R "t" { "A" "B" }
c "" 1 "" { "x" 1/4 "y" 3/4 } 0
p "" 1 1 "" { "L" "R" } 0
t "" 1 "" { 4, 1 }
t "" 2 "" { 0, 8 }
p "" 1 1 0
t "" 3 "" { 8, 0 }
t "" 4 "" { 4, 4 }
)",
                                   "t.efg");
  REQUIRE(drawn.has_value());
  const ExtensiveForm averaged = form_of(write_nfg(*drawn));
  CHECK(averaged.payoffs == std::vector<double>{7, 0.25, 3, 5});
  const auto twice = read_efg_text(R"(EFG 2 R "t" { "A" }
p "" 1 1 "" { "L" "R" } 0
t "" 1 "" { 4 }
p "" 1 2 "" { "l" "r" } 0
t "" 2 "" { 8 }
t "" 3 "" { 4 }
)",
                                   "t.efg");
  REQUIRE(twice.has_value());
  REQUIRE(beyond_nfg(*twice).size() == 1);
  CHECK(beyond_nfg(*twice).front().code == tree_refusal_code);
}

TEST_CASE("nfg: what is wrong with a file is told") {
  const std::string head = "NFG 1 R \"t\" { \"A\" \"B\" } ";
  CHECK(code_of("EFG 2 R \"t\" { \"A\" }") == "M0931");
  CHECK(code_of("NFG 2 R \"t\" { \"A\" }") == "M0931");
  CHECK(code_of(head + "{ 2 2 } 1 2 3 4 5 6 7") == "M0932");
  CHECK(code_of(head + "{ 2 2 } 1 2 3 4 5 6 7 8 9") == "M0932");
  CHECK(code_of(head + "{ 2 2 } 1 2 3 4 5 6 7 x") == "M0931");
  CHECK(code_of(head + "{ 2 2 } 1 2 3 4 5 6 7 1/0") == "M0934");
  CHECK(code_of(head + "{ 2 } 1 2") == "M0937");
  CHECK(code_of(head + "{ { \"a\" } } 1 2") == "M0937");
  CHECK(code_of(head + "{ 2 0 }") == "M0936");
  CHECK(code_of(head + "{ { } { \"a\" } }") == "M0936");
  CHECK(code_of(head + "{ 1 1 } { { \"\" 1 } } 1") == "M0933");
  CHECK(code_of(head + "{ 1 1 } { { \"\" 1, 2 } } 2") == "M0938");
  CHECK(code_of(head + "{ 1 1 } { { \"\" 1, 2 } }") == "M0932");
  CHECK(code_of(head + "{ 100000 100000 } 1") == "M0901");
  CHECK(code_of(head + "{ 99999999 2 } 1") == "M0901");
  CHECK(code_of("") == "M0931");
}

TEST_CASE("gambit: the format is known by the first word of the text, then by the name") {
  const std::string path = "nfg_test_kind.dat";
  const auto written = [&](const std::string& text) {
    std::ofstream(path) << text;
    return gambit_format(path);
  };
  CHECK(written("\n  NFG 1 R") == GambitFormat::nfg);
  CHECK(written("\xEF\xBB\xBF"
                "EFG 2 R") == GambitFormat::efg);
  CHECK(written("model \"EFG\"") == GambitFormat::none);
  CHECK(written("") == GambitFormat::none);
  std::remove(path.c_str());
  CHECK(gambit_format("nowhere/GAME.EFG") == GambitFormat::efg);
  CHECK(gambit_format("nowhere/game.nfg") == GambitFormat::nfg);
}

TEST_CASE("labels: no text of a file brings control characters along") {
  for (const std::string& code :
       {std::string("\x1b[31m"), std::string("\x1b]0;t\x07"),
        std::string("\xC2\x9B"
                    "2J"),
        std::string("\xE2\x80\xAE"), std::string("\x7F"), std::string("\r")}) {
    const auto form = read_efg_text("EFG 2 R \"t" + code + "\" { \"A" + code + "\" } \"" + code +
                                        "\" p \"" + code + "\" 1 1 \"" + code + "\" { \"L" + code +
                                        "\" } 0 t \"\" 1 \"x" + code + "\" { 1 }",
                                    "t.efg");
    REQUIRE(form.has_value());
    const std::string all = form->title + form->comment + form->players[0] + form->labels[0] +
                            form->sets[0].label + form->actions[0].label + form->outcomes[0].label;
    CHECK(all.find(code) == std::string::npos);
    CHECK(all == printable_text(all, true));
  }
}
