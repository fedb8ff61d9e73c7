#include <numeric>

#include <doctest/doctest.h>

#include "laws/predict_support.h"
#include "melian/answer.h"

using namespace melian;

namespace {

Answer answered(const Game& game, double lambda, std::vector<int> nodes = {},
                double tolerance = 1e-3) {
  AnswerOptions options;
  options.solve.lambda = lambda;
  options.solve.method = BeliefGrid{.nodes = std::move(nodes)};
  options.certify.tolerance = tolerance;
  Result<Answer> out = answer(game, options);
  REQUIRE(out.has_value());
  return std::move(*out);
}

}  // namespace

TEST_CASE("answer: the crisis of Signorino 1999 has the closed form's outcome probabilities") {
  struct Row {
    bool second;
    double lambda, status_quo, concession, retreat, war;
  };
  // Backward induction of logits, payoffs as in the paper; two sets of payoffs.
  for (const Row& row : {Row{false, 1, .4270069491, .2487522350, .1540211358, .1702196801},
                         Row{false, 5, .2800956562, .2480915127, .1781285318, .2936842993},
                         Row{true, 1, .4622057237, .2024817080, .1551055866, .1802069817},
                         Row{true, 20, .7483684668, .0010022927, .0118863106, .2387429298}}) {
    const Game game = row.second ? test::crisis(.4, .6, .2, .8, .35, .25) : test::crisis();
    const Answer a = answered(game, row.lambda);
    CHECK(a.prediction.outcomes[0] == doctest::Approx(row.status_quo).epsilon(1e-9));
    CHECK(a.prediction.outcomes[1] == doctest::Approx(row.concession).epsilon(1e-9));
    CHECK(a.prediction.outcomes[2] == doctest::Approx(row.war).epsilon(1e-9));
    CHECK(a.prediction.outcomes[3] == doctest::Approx(row.retreat).epsilon(1e-9));
    CHECK(a.certificate.holds);
    for (const auto& [name, error] : a.certificate.grid_error) CHECK(error == 0.0);
    CHECK(a.prediction.start.size() == 1);
    CHECK(a.prediction.start[0].probabilities[0] == doctest::Approx(row.status_quo).epsilon(1e-9));
  }
}

TEST_CASE("answer: the crisis with an audience has the exact logit answer's war") {
  // One-dimensional fixed point, solved without a grid (M11, lambda 5 and 20).
  CHECK(answered(test::audience(), 5, {129}).prediction.outcomes[2] ==
        doctest::Approx(.16973178).epsilon(1e-4));
  CHECK(answered(test::audience(), 20, {129}).prediction.outcomes[2] ==
        doctest::Approx(.24982374).epsilon(1e-3));
}

TEST_CASE(
    "answer: two rounds of screening have the exact value and first offers, within the stated grid "
    "error") {
  const Game game = test::screening(20.0, 0.1);
  const Answer a = answered(game, 20, {129});
  const double exact = .6289125452;
  CHECK(std::abs(a.prediction.values[0][0] - exact) <
        3 * a.certificate.grid_error.at("values.S") + 1e-6);
  const std::vector<double> offers{.04819069, .07741831, .18316906,
                                   .33287742, .25825430, .10009021};
  for (std::size_t k = 0; k < 6; ++k)
    CHECK(a.prediction.start[0].probabilities[k] == doctest::Approx(offers[k]).epsilon(2e-3));
  CHECK(a.certificate.holds);
  CHECK(a.certificate.not_converging.empty());
  // The mean offer is that of the first round; prices .05 to .40 by .07.
  double mean = 0.0;
  for (std::size_t k = 0; k < 6; ++k)
    mean += a.prediction.start[0].probabilities[k] * (0.05 + 0.07 * static_cast<double>(k));
  CHECK(a.prediction.offers.begin()->second.mean == doctest::Approx(mean));
  CHECK(a.prediction.offers.begin()->second.first_round == 1);
}

TEST_CASE(
    "answer: offers by round are the strategy's in the first, add up to how often the move is "
    "made, and those accepted to the share and mean accepted") {
  const Answer a = answered(test::screening(20.0, 0.1), 20, {33});
  double accepted = 0.0;
  for (const auto& [move, offer] : a.prediction.offers) {
    REQUIRE(offer.expected_by_round.size() == offer.reached_by_round.size());
    REQUIRE(offer.accepted_by_round.size() == offer.reached_by_round.size());
    for (std::size_t r = 0; r < offer.reached_by_round.size(); ++r) {
      const std::vector<double>& made = offer.expected_by_round[r];
      CHECK(std::accumulate(made.begin(), made.end(), 0.0) ==
            doctest::Approx(offer.reached_by_round[r]).epsilon(1e-12));
      for (std::size_t k = 0; k < made.size(); ++k) {
        CHECK(offer.accepted_by_round[r][k] <= made[k] + 1e-12);
        accepted += offer.accepted_by_round[r][k];
      }
    }
    CHECK(accepted == doctest::Approx(offer.accepted).epsilon(1e-12));
    for (std::size_t k = 0; k < 6; ++k)
      CHECK(offer.expected_by_round[0][k] ==
            doctest::Approx(a.prediction.start[0].probabilities[k]).epsilon(1e-12));
  }
  CHECK(accepted > 0.5);
}

TEST_CASE("answer: payoffs of prediction are those the solver found") {
  for (const Game& game :
       {test::audience(), test::screening(20.0, 0.3, 3), test::war_and_truce(3)}) {
    AnswerOptions options;
    options.solve.lambda = 4.0;
    options.solve.method = BeliefGrid{.nodes = {9}};
    options.with_certificate = false;
    const Result<Answer> a = answer(game, options);
    REQUIRE(a.has_value());
    CHECK_FALSE(a->certificate.holds);
    for (std::size_t j = 0; j < a->prediction.values.size(); ++j)
      for (std::size_t k = 0; k < a->prediction.values[j].size(); ++k)
        CHECK(a->prediction.values[j][k] ==
              doctest::Approx(a->solution.start_values[j][k]).epsilon(1e-9));
  }
}

TEST_CASE("answer: a war on both sides' private strength is certified, and its grid error falls") {
  const Game game = test::war_and_truce(3);
  const Answer coarse = answered(game, 4.0, {9}, 0.05), fine = answered(game, 4.0, {17}, 0.05);
  for (const std::string& why : fine.certificate.why_not) INFO(why);
  CHECK(fine.certificate.holds);
  double sum_coarse = 0.0, sum_fine = 0.0;
  for (const auto& [name, error] : coarse.certificate.grid_error) sum_coarse += error;
  for (const auto& [name, error] : fine.certificate.grid_error) sum_fine += error;
  CHECK(sum_fine < sum_coarse);
}

TEST_CASE("answer: a grid of three nodes still gets an estimate of its error") {
  const Answer a = answered(test::screening(5.0, 0.5), 5, {3}, 1.0);
  CHECK(a.certificate.grid_error.at("values.S") > 0.0);
}

TEST_CASE("answer: what the solver refuses comes back as its diagnostics") {
  GameBuilder g;
  const int a = g.player("A");
  const int end = g.outcome("end");
  const int top = g.state(g.choice("go", a, {"left", "right"}));
  g.branch(top, 0, end);
  g.branch(top, 1, end);
  const Result<Answer> out = answer(g.build());
  REQUIRE_FALSE(out.has_value());
  CHECK(out.error().front().code == no_precision_code);
}

TEST_CASE("answer: stopped at any stage it says cancelled and does not hold") {
  const Game game = test::screening(20.0, 0.3, 3);
  for (const char* stage : {"solve", "predict", "grid error"}) {
    AnswerOptions options;
    options.solve.on_step = [&](const Step& step) { return step.stage != stage; };
    const Result<Answer> out = answer(game, options);
    INFO(stage);
    REQUIRE(out.has_value());
    CHECK(out->solution.summary.termination == Termination::cancelled);
    CHECK_FALSE(out->certificate.holds);
  }
}
