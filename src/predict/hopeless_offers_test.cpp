#include "predict/hopeless_offers.h"

#include <cmath>

#include <doctest/doctest.h>

#include "support/solved_game.h"

using namespace melian;
using namespace melian::metric;
using prediction::hopeless_gain;
using prediction::hopeless_share;
using prediction::OfferView;

namespace {

constexpr double round_off = 1e-9;
constexpr double same_side =
    1e-4;  // places so rare that an offer is on the other side of a level there

/// Two rounds in which A tables one of three terms before a third side that pays for refusals; only
/// its own type knows the pay.
constexpr const char* text =
    "model \"a show\"\nplayer A types modest 0.5, showy 0.5\nplayer B types soft 0.6, hard 0.4\n"
    "param show[A]: modest = 0.1, showy = 1\nparam war[B]: soft = 0.2, hard = 0.6\nparam precision "
    "= 12\n"
    "horizon 2 rounds then end no_end: A gets 0.3\n"
    "phase talks {\n A offers y in {0, 0.5, 1}\n B chooses answer { accept { end settlement: A "
    "gets y, B gets 1 - y } refuse { A gets show[A], B gets war[B] / "
    "2 } }\n"
    " time passes\n}\n";

const testing::SolvedGame& show() {
  static const testing::SolvedGame solved =
      testing::solved_game(read_model_text(text, "show.melian"));
  return solved;
}

double value(const std::string& metric) { return testing::value_of(show(), metric); }

}  // namespace

TEST_CASE("hopeless: only offers expected below the level and made more often than by lot count") {
  const OfferView view{{0.5, 0.1, 0.4}, {0.25, 0.25, 0.5}, {0.05, 0.01, 0.9}, {0.3, 0.2, 0.6}};
  CHECK(hopeless_share(view, 0.1) ==
        doctest::Approx(0.5));               // the second is made less often than by lot
  CHECK(hopeless_share(view, 0.02) == 0.0);  // nothing expected so low is made often
  CHECK(hopeless_gain(view, 0.1, 0.5).value() == doctest::Approx(0.3 - 0.6));
  CHECK_FALSE(hopeless_gain(view, 0.1, 0.95).has_value());   // no offer is that welcome
  CHECK_FALSE(hopeless_gain(view, 0.001, 0.5).has_value());  // none that unwelcome
}

TEST_CASE("hopeless: in play it is what forced offers say, type by type") {
  for (const char* type : {"modest", "showy"}) {
    const std::string given = std::string(" in round 2 given A is ") + type;
    // In the last round acceptance is that of the offer on the table alone.
    double hopeless = 0.0, best_hopeless = -1e9, best_hopeful = -1e9;
    for (const char* offer : {"0", "0.5", "1"}) {
      const double expected = value(std::string("acceptance(y) after y ") + offer + given);
      const double made = value(std::string("share(y.") + offer + ")" + given);
      const double payoff = value(std::string("value(A) after y ") + offer + given);
      if (expected < 0.3 && made > 1.0 / 3.0) hopeless += made;
      if (expected < 0.3) best_hopeless = std::max(best_hopeless, payoff);
      if (expected > 0.5) best_hopeful = std::max(best_hopeful, payoff);
    }
    // Averages over places agree with averages of each only where all are on the same side of the
    // levels: here, nearly.
    CHECK(value("hopeless(y, 0.3)" + given) == doctest::Approx(hopeless).epsilon(same_side));
    CHECK(value("hopeless_gain(y, 0.3, 0.5)" + given) ==
          doctest::Approx(best_hopeless - best_hopeful).epsilon(same_side));
  }
  CHECK(value("hopeless(y, 0.3) in round 2 given A is showy") > 0.5);
}

TEST_CASE(
    "metric: what a choice falls on next, after another, are shares of one, and in its own round "
    "agree with those taken there") {
  double sum = 0.0;
  for (const char* offer : {"0", "0.5", "1"})
    sum += value(std::string("share(y.") + offer + ") after answer refuse in round 1");
  CHECK(sum == doctest::Approx(1.0).epsilon(round_off));
  const double there = value("share(answer.accept) in round 2");
  CHECK(value("share(answer.accept) at y in round 2") == doctest::Approx(there).epsilon(round_off));
}

TEST_CASE("metric: news of talk by round reached is that of all news where nothing else tells") {
  CHECK(value("information(B talk reached) in round 1") ==
        doctest::Approx(value("information(B reached) in round 1")).epsilon(round_off));
  CHECK(value("information(B battlefield reached) in round 1") ==
        doctest::Approx(0.0).epsilon(round_off));
}

TEST_CASE("metric: hopeless offers need an offer and probabilities") {
  CHECK_FALSE(parse_metric("hopeless(y)").mistakes.empty());
  CHECK_FALSE(parse_metric("hopeless(y, 2)").mistakes.empty());
  CHECK_FALSE(parse_metric("hopeless_gain(y, 0.1)").mistakes.empty());
  CHECK(text_of(parse_metric("hopeless_gain(y, 0.10, 0.5)").value.atom) ==
        "hopeless_gain(y, 0.1, 0.5)");
  CHECK_FALSE(
      check(parse_metric("hopeless(answer, 0.1)").value.atom, show().game.shape(), {}).empty());
}
