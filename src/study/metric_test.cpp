#include "study/metric.h"

#include <cmath>

#include <doctest/doctest.h>

using namespace melian;
using namespace melian::metric;

namespace {

Expression sound(const std::string& text, const ParseOptions& options = {}) {
  auto parsed = parse_metric(text, options);
  INFO(text);
  for (const Mistake& mistake : parsed.mistakes) INFO(mistake.message);
  REQUIRE(parsed.mistakes.empty());
  return parsed.value;
}

std::vector<Atom> atoms_of(const Expression& expression) {
  std::vector<Atom> out;
  for_each_atom(expression, [&](const Atom& atom) { out.push_back(atom); });
  return out;
}

std::string first_mistake(const std::string& text, const ParseOptions& options = {}) {
  const auto parsed = parse_metric(text, options);
  return parsed.mistakes.empty() ? "" : parsed.mistakes.front().message;
}

double number_of(const std::string& text) {
  return evaluate(sound(text), {[](const Atom&) { return 7.0; }, {}});
}

}  // namespace

TEST_CASE("metric: arithmetic follows the usual order") {
  CHECK(number_of("1 + 2 * 3 - 4 / 2") == 5.0);
  CHECK(number_of("-(2 - 5) * 2") == 6.0);
  CHECK(number_of("max(1, 2, 3) - min(4, 5) + abs(-1)") == 0.0);
  CHECK(number_of("log(1)") == 0.0);
  CHECK(number_of("if(2 > 1 and 1 < 0, 10, 20)") == 20.0);
  CHECK(number_of("2 * rounds") == 14.0);
}

TEST_CASE("metric: what is no number stays no number through min, max and if") {
  const Numbers nothing{[](const Atom&) { return std::nan(""); }, {}};
  for (const char* text :
       {"rounds", "min(rounds, 1)", "max(1, rounds)", "if(rounds > 1, 2, 3)", "rounds / 2"})
    CHECK(std::isnan(evaluate(sound(text), nothing)));
}

TEST_CASE("metric: every quantity of the language is read") {
  for (const char* text : {"probability(settlement)",
                           "probability(settlement, war)",
                           "rounds",
                           "rounds.mean",
                           "tally(battles)",
                           "tally(casualties[Moscow])",
                           "value(Kyiv)",
                           "value(Kyiv.strained)",
                           "mean(y)",
                           "accepted(y)",
                           "acceptance(y)",
                           "share(night.heavy)",
                           "belief(Moscow.maximalist)",
                           "information(Moscow)",
                           "information(Moscow talk)",
                           "information(Moscow battlefield)",
                           "information(Moscow reached)",
                           "hazard(3)",
                           "survival(12)",
                           "probability(deal, defeat within 3)",
                           "range(Moscow, Kyiv)",
                           "range_width(Moscow, Kyiv)",
                           "base_rate(wars, 12)",
                           "share(keep.return mistaken)",
                           "times(keep.return)",
                           "times(keep.return mistaken)",
                           "level(rung)"})
    CHECK(atoms_of(sound(text)).size() == 1);
}

TEST_CASE("metric: a quantity says where, when, given what and in which variant it is taken") {
  ParseOptions options;
  options.variants = {"without_talks"};
  const Expression expression = sound(
      "value(Kyiv.strained) after reply of Kyiv decline in rounds 2..4 given overture is ask and "
      "Moscow is not maximalist in without_talks",
      options);
  REQUIRE(expression.kind == Expression::Kind::atom);
  const Atom& atom = expression.atom;
  CHECK(atom.move.text == "reply");
  CHECK(atom.move_player.text == "Kyiv");
  CHECK(atom.action.text == "decline");
  CHECK(atom.rounds == std::pair(2, 4));
  REQUIRE(atom.given.size() == 2);
  CHECK(atom.given[1].negated);
  CHECK(atom.variant.text == "without_talks");
  CHECK(text_of(atom) ==
        "value(Kyiv.strained) after reply of Kyiv decline in rounds 2..4 given Moscow is not "
        "maximalist and overture is ask");
}

TEST_CASE(
    "metric: what is written the same is asked the same, mistakes and lasting plays included") {
  CHECK(text_of(sound("share(keep.return mistaken) in rounds 1..3 lasting 12 given M is flexible")
                    .atom) ==
        "share(keep.return mistaken) in rounds 1..3 lasting 12 given M is flexible");
  const std::vector<Atom> atoms = atoms_of(
      sound("(level(rung) at step in round 9 - level(rung) at step in round 1) lasting 12"));
  REQUIRE(atoms.size() == 2);
  CHECK(atoms[0].lasting == 12);
  CHECK(text_of(sound("probability(deal, defeat within 3) after reply decline").atom) ==
        "probability(deal, defeat within 3) after reply decline");
  CHECK(text_of(atoms[1]) == "level(rung) at step in rounds 1..1 lasting 12");
}

TEST_CASE("metric: a forced choice may be followed by others") {
  const std::vector<Atom> atoms = atoms_of(sound(
      "value(M) after threat announce then word of W renounce then threat announce in round 1"));
  REQUIRE(atoms.size() == 1);
  REQUIRE(atoms[0].then.size() == 2);
  CHECK(atoms[0].then[0].player.text == "W");
  CHECK(
      text_of(atoms[0]) ==
      "value(M) after threat announce then word of W renounce then threat announce in rounds 1..1");
}

TEST_CASE("metric: qualifiers belong to the quantity they follow, behind a bracket to all in it") {
  const std::vector<Atom> tight = atoms_of(sound("rounds - rounds given A is x"));
  CHECK(tight[0].given.empty());
  CHECK(tight[1].given.size() == 1);
  const std::vector<Atom> wide = atoms_of(sound("(1 - tally(n) / rounds) given A is x"));
  REQUIRE(wide.size() == 2);
  CHECK(wide[0].given.size() == 1);
  CHECK(wide[1].given.size() == 1);
  CHECK(first_mistake("(rounds at answer) at reply") ==
        "what stands in the bracket already says where it is taken");
}

TEST_CASE("metric: `and` after a condition goes on with it only before NAME is") {
  const auto parsed = parse_conditions("rounds given A is x and B is y > 1 and rounds < 9");
  REQUIRE(parsed.mistakes.empty());
  REQUIRE(parsed.value.size() == 2);
  CHECK(parsed.value[0].left.atom.given.size() == 2);
}

TEST_CASE("metric: equal texts measure the same thing whatever the order of conditions") {
  CHECK(text_of(sound("rounds given A is x and B is y").atom) ==
        text_of(sound("rounds  given B is y and A is x").atom));
  CHECK(text_of(sound("rounds at m in round 2").atom) ==
        text_of(sound("rounds in rounds 2..2 at m").atom));
  CHECK(text_of(sound("rounds given front is 0.40").atom) ==
        text_of(sound("rounds given front is 0.4").atom));
}

TEST_CASE("metric: a text of more operators than anybody writes is refused, however it is nested") {
  const auto row = [](int terms) {
    std::string out;
    for (int k = 0; k < terms; ++k) out += k % 2 == 0 ? "*1" : "+1";
    return out;
  };
  CHECK(parse_metric("rounds" + row(1000)).mistakes.empty());
  CHECK(first_mistake("rounds" + row(1001)) == "more than 1000 operators in one metric");
  std::string nested = std::string(25, '(') + "rounds";
  for (int k = 0; k < 25; ++k) nested += row(2000) + ")";
  CHECK(first_mistake(nested) == "more than 1000 operators in one metric");
}

TEST_CASE("metric: names of a claim's numbers are known in holds_if only") {
  ParseOptions roles;
  roles.roles = true;
  CHECK(parse_conditions("difference > 0.1 and value < first", roles).mistakes.empty());
  CHECK(parse_conditions("value(D) > value", roles).mistakes.empty());
  CHECK_FALSE(parse_metric("difference").mistakes.empty());
}

TEST_CASE("metric: a mistake is said where it is") {
  const auto parsed = parse_metric("1 + tallly(n)");
  REQUIRE(parsed.mistakes.size() == 1);
  CHECK(parsed.mistakes[0].span.begin == 4);
  CHECK(parsed.mistakes[0].span.end == 10);
  CHECK(parsed.mistakes[0].hint == "did you mean `tally`?");
}

TEST_CASE("metric: wrong texts are mistakes, never crashes") {
  for (const char* text : {"",
                           "1 +",
                           "tally",
                           "tally(",
                           "tally()",
                           "value(K.)",
                           "rounds at",
                           "rounds after reply",
                           "rounds in",
                           "rounds in rounds 3..1",
                           "rounds in round 0",
                           "rounds given",
                           "rounds given A",
                           "rounds given A is",
                           "3 given A is x",
                           "hazard(x)",
                           "hazard(1.5)",
                           "range(A)",
                           "share(a)",
                           "abs(1, 2)",
                           "max(1)",
                           "if(1, 2, 3)",
                           "rounds.median",
                           "information(A gossip)",
                           "1 2",
                           "$",
                           "\xff\xfe",
                           "rounds > 1",
                           "1e999",
                           "rounds in nowhere",
                           "rounds after a b then",
                           "((((",
                           "))))"}) {
    INFO(text);
    CHECK_FALSE(parse_metric(text).mistakes.empty());
  }
  CHECK_FALSE(parse_metric(std::string(100000, '(')).mistakes.empty());
  CHECK_FALSE(parse_metric(std::string(100000, '-') + "1").mistakes.empty());
}
