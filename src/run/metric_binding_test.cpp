#include "study/metric_binding.h"

#include <doctest/doctest.h>
#include <tbb/task_arena.h>

#include "support/solved_game.h"

using namespace melian;
using namespace melian::metric;

namespace {

constexpr double round_off = 1e-9;

const testing::SolvedGame& war() { return testing::small_war(); }
std::optional<double> number(const std::string& metric) {
  return testing::number_of(war(), metric);
}
double value(const std::string& metric) { return testing::value_of(war(), metric); }
std::string mistake(const std::string& metric) { return testing::mistake_in(war(), metric); }

}  // namespace

TEST_CASE("metric: what is read at the start equals what is measured at the first move") {
  for (const char* text : {"survival(2)", "survival(1)", "probability(settlement)",
                           "probability(settlement, collapse_of_D)", "probability(unfinished)",
                           "tally(battles)", "rounds"}) {
    CHECK(value(text) ==
          doctest::Approx(value(std::string(text) + " at table in round 1")).epsilon(round_off));
    CHECK(value(std::string(text) + " given D is weak") ==
          doctest::Approx(value(std::string(text) + " at table in round 1 given D is weak"))
              .epsilon(round_off));
  }
}

TEST_CASE(
    "metric: without a prediction atoms read the same, all together and on one thread alone") {
  std::vector<Atom> atoms;
  std::vector<std::optional<double>> one_by_one;
  for (const char* text :
       {"survival(2)", "probability(settlement) given D is weak", "probability(unfinished)",
        "tally(battles)", "tally(battles) given D is tough", "hazard(1)", "rounds",
        "rounds after table ask", "tally(battles) after table ask in round 1",
        "value(D.weak) after table ask",
        "tally(battles) after answer refuse then table ask in round 1", "information(D)",
        "belief(D.weak) in round 2", "belief(D.weak) after table ask"}) {
    atoms.push_back(parse_metric(text).value.atom);
    one_by_one.push_back(number(text));
  }
  const testing::SolvedGame& of = war();
  const auto together = read_off(atoms, of.game, of.solution.assessment, {});
  for (std::size_t a = 0; a < atoms.size(); ++a) {
    INFO(text_of(atoms[a]));
    REQUIRE(together[a].has_value() == one_by_one[a].has_value());
    if (together[a]) CHECK(*together[a] == doctest::Approx(*one_by_one[a]).epsilon(1e-12));
  }
  tbb::task_arena alone(1);
  alone.execute([&] { CHECK(read_off(atoms, of.game, of.solution.assessment, {}) == together); });
}

TEST_CASE(
    "metric: ends within some rounds are what does not survive them, and within all rounds what "
    "ever comes") {
  for (const char* place : {"", " at table in round 1", " after table ask in round 1"}) {
    CAPTURE(place);
    const auto within = [&](const std::string& ends, int rounds) {
      return value("probability(" + ends + " within " + std::to_string(rounds) + ")" + place);
    };
    for (int n = 1; n <= 3; ++n)
      CHECK(within("settlement, collapse_of_D", n) ==
            doctest::Approx(1.0 - value("survival(" + std::to_string(n) + ")" + place))
                .epsilon(round_off));
    CHECK(within("settlement", 2) + within("collapse_of_D", 2) ==
          doctest::Approx(within("settlement, collapse_of_D", 2)).epsilon(round_off));
    CHECK(
        within("settlement", 4) ==
        doctest::Approx(value(std::string("probability(settlement)") + place)).epsilon(round_off));
    CHECK(within("settlement", 1) < within("settlement", 2));
  }
  CHECK(mistake("probability(unfinished within 2)").starts_with("`unfinished` stands alone"));
}

TEST_CASE("metric: all ends together are certain") {
  CHECK(value("probability(settlement, collapse_of_D, stalemate)") ==
        doctest::Approx(1.0).epsilon(round_off));
  CHECK(value("probability(settlement) given D is not tough") ==
        doctest::Approx(value("probability(settlement) given D is weak")).epsilon(round_off));
}

TEST_CASE("metric: a whole is the average of its parts, by their odds") {
  for (const char* text : {"probability(settlement)", "tally(battles)", "rounds"})
    CHECK(value(text) == doctest::Approx(0.6 * value(std::string(text) + " given D is weak") +
                                         0.4 * value(std::string(text) + " given D is tough"))
                             .epsilon(round_off));
  const double asked = value("share(table.ask) in round 2");
  CHECK(
      value("rounds at table in round 2") ==
      doctest::Approx(asked * value("rounds at table in round 2 given table is ask") +
                      (1 - asked) * value("rounds at table in round 2 given table is stay_silent"))
          .epsilon(round_off));
}

TEST_CASE("metric: the shares of all options are 1") {
  CHECK(value("share(answer.accept)") + value("share(answer.refuse)") ==
        doctest::Approx(1.0).epsilon(round_off));
  CHECK(value("share(answer.accept) in rounds 1..2 given D is weak") +
            value("share(answer.refuse) in rounds 1..2 given D is weak") ==
        doctest::Approx(1.0).epsilon(round_off));
}

TEST_CASE("metric: beliefs start at the prior and are right on average") {
  CHECK(value("belief(D.tough)") == doctest::Approx(0.4));
  CHECK(value("belief(D.tough) in round 1") == doctest::Approx(0.4));
  CHECK(value("belief(D.weak) in round 2") + value("belief(D.tough) in round 2") ==
        doctest::Approx(1.0).epsilon(round_off));
  CHECK(value("belief(D.tough) in round 2 given D is tough") >
        value("belief(D.tough) in round 2 given D is weak"));
  const double accepted = value("share(answer.accept) in round 1");
  CHECK(accepted * value("belief(D.tough) at answer in round 1 given answer is accept") +
            (1 - accepted) * value("belief(D.tough) at answer in round 1 given answer is refuse") ==
        doctest::Approx(value("belief(D.tough) at answer in round 1")).epsilon(1e-6));
}

TEST_CASE("metric: values, offers, hazards and news are those of the prediction") {
  const testing::SolvedGame& solved = war();
  CHECK(value("value(D.tough)") ==
        doctest::Approx(solved.prediction.values[1][1]).epsilon(round_off));
  CHECK(value("value(S)") == doctest::Approx(solved.prediction.values[0][0]).epsilon(round_off));
  const OfferPrediction& y = solved.prediction.offers.begin()->second;
  CHECK(value("mean(y)") == doctest::Approx(y.mean).epsilon(round_off));
  CHECK(value("mean(y) in round 2") == doctest::Approx(y.mean_by_round[1]).epsilon(round_off));
  CHECK(value("accepted(y)") == doctest::Approx(*y.accepted_mean).epsilon(round_off));
  CHECK(value("acceptance(y)") == doctest::Approx(y.accepted).epsilon(round_off));
  CHECK(value("hazard(2)") == doctest::Approx(solved.prediction.hazard[1]).epsilon(round_off));
  CHECK(value("information(D)") ==
        doctest::Approx(solved.prediction.information[1].total).epsilon(round_off));
  CHECK(value("information(D talk) in round 1") + value("information(D battlefield) in round 1") ==
        doctest::Approx(value("information(D) in round 1")).epsilon(round_off));
  const double range = value("range(S, D)");
  CHECK(range >= 0.0);
  CHECK(range <= 1.0);
  CHECK(range == doctest::Approx(value("range(D, S)")).epsilon(round_off));
}

TEST_CASE("metric: a forced choice averages over the same places whatever is forced") {
  // Forcing the answer teaches what it teaches in equilibrium, so the forced amounts bracket the
  // free one.
  const double free = value("tally(battles) at answer in round 1 given D is weak");
  const double accept = value("tally(battles) after answer accept in round 1 given D is weak"),
               refuse = value("tally(battles) after answer refuse in round 1 given D is weak");
  CHECK(accept == 0.0);
  CHECK(refuse >= free);
  CHECK(refuse >= 1.0);
}

TEST_CASE("metric: chains that differ in the last choice only start from the same places") {
  const double ask = value("tally(battles) after answer refuse then table ask in round 1"),
               silent =
                   value("tally(battles) after answer refuse then table stay_silent in round 1");
  CHECK(silent > ask);
  const double share =
      value("tally(battles) after answer refuse then table ask then answer accept in round 1");
  CHECK(share == 0.0);
}

TEST_CASE("metric: what never happens has no number") {
  CHECK_FALSE(number("rounds after answer refuse then answer accept in round 4").has_value());
}

TEST_CASE("metric: a quantity is refused where it means nothing") {
  CHECK(mistake("hazard(1) at table") == "the hazard is taken at the start of play only");
  CHECK(mistake("information(D) given D is weak") ==
        "information is an average over all plays: it takes no `given`");
  CHECK(mistake("tally(battles) in round 2").starts_with("rounds can be named here only together"));
  CHECK(mistake("value(S.weak)") == "S has no types");
  CHECK(mistake("rounds at table of D") == "`table` is no move of D");
  CHECK(mistake("range(S, D) at answer")
            .starts_with("a bargaining range is taken where offers are made"));
  CHECK(mistake("hopeless(y, 0.1) at answer") ==
        "what an author expects of its offers is taken where it makes them");
}
