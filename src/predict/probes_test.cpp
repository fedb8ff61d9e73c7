#include <doctest/doctest.h>
#include <tbb/task_arena.h>

#include "laws/predict_support.h"
#include "predict/bargaining_range.h"
#include "predict/bargaining_range_sum.h"
#include "predict/probes.h"
#include "support/probes.h"

using namespace melian;
using testing::move_named, testing::probe, testing::value;

namespace {

constexpr double round_off = 1e-11;

/// One side proposes once; the other, of two types, accepts or fights.
Game ultimatum(double fight_weak, double fight_tough, double fight_proposer) {
  GameBuilder g;
  const int s = g.player("S"), d = g.player("D", {"weak", "tough"}, {0.6, 0.4});
  const int deal = g.outcome("deal"), war = g.outcome("war");
  const std::vector<double> numbers{0.0, 0.25, 0.5, 0.75, 1.0};
  const int offer = g.offer("y", s, numbers), answer = g.choice("answer", d, {"accept", "refuse"});
  const int top = g.state(offer);
  for (int x = 0; x < 5; ++x) {
    const int here = g.state(answer);
    g.branch(top, x, here);
    g.branch(here, 0, deal)
        .pay(s, 1.0 - numbers[static_cast<std::size_t>(x)])
        .pay(d, numbers[static_cast<std::size_t>(x)])
        .accepts(offer, x);
    g.branch(here, 1, war).pay(s, fight_proposer).pay(d, [=](const TypeProfile& t) {
      return t[1] == 0 ? fight_weak : fight_tough;
    });
  }
  return g.build();
}

}  // namespace

TEST_CASE("measure: at the start functionals are what predict says") {
  const Game game = test::war_and_truce();
  const Assessment assessment = test::random_assessment(game, 9, 21);
  const Prediction p = predict(game, assessment);
  const int demand = move_named(game, "demand");
  for (int o = 0; o < 5; ++o)
    CHECK(value(game, assessment, probe(OutcomeProbability{{o}})) ==
          doctest::Approx(p.outcomes[static_cast<std::size_t>(o)]).epsilon(round_off));
  CHECK(value(game, assessment, probe(ExpectedRounds{})) ==
        doctest::Approx(p.rounds_mean).epsilon(round_off));
  CHECK(value(game, assessment, probe(CutOff{})) ==
        doctest::Approx(p.unfinished).epsilon(round_off));
  CHECK(value(game, assessment, probe(ExpectedTally{0})) ==
        doctest::Approx(p.tallies[0]).epsilon(round_off));
  CHECK(value(game, assessment, probe(OfferMean{demand})) ==
        doctest::Approx(p.offers.at(demand).mean).epsilon(round_off));
  CHECK(value(game, assessment, probe(OfferAccepted{demand})) ==
        doctest::Approx(p.offers.at(demand).accepted).epsilon(round_off));
  CHECK(value(game, assessment, probe(AcceptedMean{demand})) ==
        doctest::Approx(*p.offers.at(demand).accepted_mean).epsilon(round_off));
  CHECK(value(game, assessment, probe(MeanBelief{0, 1})) == doctest::Approx(0.6));
  CHECK(value(game, assessment, probe(EndsWithin{1})) ==
        doctest::Approx(p.rounds_distribution[0]).epsilon(round_off));
  CHECK(value(game, assessment, probe(Hazard{2})) ==
        doctest::Approx(p.hazard[1]).epsilon(round_off));
  for (int j = 0; j < 2; ++j)
    for (int type = 0; type < 2; ++type)
      CHECK(value(game, assessment, probe(ExpectedPayoff{j}, {}, {}, {TypeIs{j, type}})) ==
            doctest::Approx(p.values[static_cast<std::size_t>(j)][static_cast<std::size_t>(type)])
                .epsilon(round_off));
  const Profiles full(game.shape().players, game.shape().everyone());
  for (int theta = 0; theta < full.count(); ++theta)
    CHECK(value(game, assessment,
                probe(OutcomeProbability{{0}}, {}, {},
                      {TypeIs{0, full.type_of(theta, 0)}, TypeIs{1, full.type_of(theta, 1)}})) ==
          doctest::Approx(p.outcomes_by_profile[0][static_cast<std::size_t>(theta)])
              .epsilon(round_off));
}

TEST_CASE("measure: what follows the actions taken at a move adds up to what follows the move") {
  const Game game = test::war_and_truce();
  const Assessment assessment = test::random_assessment(game, 9, 22);
  const int answer = move_named(game, "answer"), ask = move_named(game, "ask"), k = 1;
  for (const Functional& what :
       {Functional{OutcomeProbability{{0, 2}}}, Functional{ExpectedRounds{}},
        Functional{ExpectedTally{0}}, Functional{EndsWithin{2}}, Functional{CutOff{}},
        Functional{ExpectedPayoff{k}}, Functional{OfferAccepted{move_named(game, "demand")}}}) {
    std::vector<Probe> probes{probe(what, answer)};
    for (int action = 0; action < 3; ++action)
      probes.push_back(probe(what, answer, {}, {Takes{action}}));
    const std::vector<Measured> measured = measure(game, assessment, probes);
    double sum = 0.0, weight = 0.0;
    for (std::size_t n = 1; n < 4; ++n) {
      sum += measured[n].weight * measured[n].value.value();
      weight += measured[n].weight;
    }
    CHECK(weight == doctest::Approx(measured[0].weight).epsilon(round_off));
    CHECK(sum == doctest::Approx(measured[0].weight * *measured[0].value).epsilon(round_off));
  }
  // Beliefs after the first choice of the play average to the prior.
  Probe first = probe(MeanBelief{k, 1}, ask);
  first.last_round = 1;
  std::vector<Probe> probes{first, first, first};
  probes[1].given = {Takes{0}};
  probes[2].given = {Takes{0, true}};
  const std::vector<Measured> measured = measure(game, assessment, probes);
  CHECK(*measured[0].value == doctest::Approx(0.3));
  CHECK(measured[1].weight * *measured[1].value + measured[2].weight * *measured[2].value ==
        doctest::Approx(0.3));
}

TEST_CASE(
    "measure: alone, where tables give up their room early, as side by side, to the last digit") {
  const Game game = test::war_and_truce();
  const Assessment assessment = test::random_assessment(game, 9, 25);
  const int answer = move_named(game, "answer"), ask = move_named(game, "ask"),
            demand = move_named(game, "demand");
  std::vector<Probe> probes{probe(OutcomeProbability{{0, 2}}, answer),
                            probe(ExpectedRounds{}, ask),
                            probe(ExpectedTally{0}, answer, {}, {Takes{1}}),
                            probe(EndsWithin{3}, answer, 1),
                            probe(ExpectedPayoff{1}),
                            probe(MeanBelief{1, 1}, ask),
                            probe(OfferAccepted{demand}, answer),
                            probe(RangeShare{demand}),
                            probe(RangeWidth{demand}),
                            probe(HopelessOffers{demand}),
                            probe(ActionShare{1}, answer),
                            probe(OfferMean{demand}),
                            probe(AcceptedMean{demand})};
  Probe in_a_row = probe(ExpectedPayoff{0}, ask, 0);
  in_a_row.then = {{{answer, 1}}};
  probes.push_back(in_a_row);
  const auto with = [&](int threads) {
    std::vector<Measured> out;
    tbb::task_arena(threads).execute([&] { out = measure(game, assessment, probes); });
    return out;
  };
  const std::vector<Measured> alone = with(1), together = with(2);
  for (std::size_t k = 0; k < probes.size(); ++k) {
    CAPTURE(k);
    CHECK(alone[k].weight > 0.0);
    CHECK(alone[k].weight == together[k].weight);
    CHECK(alone[k].value == together[k].value);
  }
}

TEST_CASE("measure: forced choices of one move weigh the same places") {
  const Game game = test::war_and_truce();
  const Assessment assessment = test::random_assessment(game, 9, 23);
  const int answer = move_named(game, "answer");
  const std::vector<Probe> probes{
      probe(ExpectedPayoff{1}, answer, 1), probe(ExpectedPayoff{1}, answer, 2),
      probe(ExpectedPayoff{1}, answer), probe(ExpectedPayoff{1}, answer, 0),
      probe(ExpectedPayoff{1}, answer, 0, {TypeIs{1, 0}})};
  const std::vector<Measured> measured = measure(game, assessment, probes);
  CHECK(measured[0].weight == measured[1].weight);
  CHECK(measured[0].weight == doctest::Approx(measured[2].weight));
  // The steadfast cannot accept the highest demand: they are left out there.
  CHECK(measured[3].weight < measured[0].weight);
  CHECK(measured[4].weight < measured[3].weight);
}

TEST_CASE("measure: forcing a choice of a game without types leaves the later ones as they are") {
  const Game game = test::crisis();
  const Assessment assessment = test::random_assessment(game, 3, 24);
  const auto odds = [&](int state, int branch) {
    return std::exp(assessment.log_strategy[static_cast<std::size_t>(
        assessment.row(game.shape(), 0, state) + branch)]);
  };
  CHECK(value(game, assessment, probe(OutcomeProbability{{2}}, 0, 1)) ==
        doctest::Approx(odds(1, 1) * odds(2, 0)));
  CHECK(value(game, assessment, probe(OutcomeProbability{{2}}, 1, 1)) ==
        doctest::Approx(odds(2, 0)));
  CHECK(value(game, assessment, probe(ExpectedPayoff{0}, 2, 1)) == doctest::Approx(-0.3));
  CHECK(value(game, assessment, probe(ActionShare{1}, 1)) == doctest::Approx(odds(1, 1)));
  CHECK(value(game, assessment, probe(MoveMade{2, 0})) ==
        doctest::Approx(odds(0, 1) * odds(1, 1) * odds(2, 0)));
}

TEST_CASE("measure: choices forced in a row are followed by what play does from there") {
  const Game game = test::crisis();
  const Assessment assessment = test::random_assessment(game, 3, 24);
  const auto odds = [&](int state, int branch) {
    return std::exp(assessment.log_strategy[static_cast<std::size_t>(
        assessment.row(game.shape(), 0, state) + branch)]);
  };
  Probe both = probe(OutcomeProbability{{2}}, 0, 1);
  both.then = {{{1, 1}}};
  CHECK(value(game, assessment, both) == doctest::Approx(odds(2, 0)));
  both.then = {{{2, 0}}};
  const std::vector<Measured> resisted = measure(game, assessment, {&both, 1});
  CHECK(*resisted[0].value == doctest::Approx(1.0));
  CHECK(resisted[0].weight ==
        doctest::Approx(odds(1, 1)));  // how often play comes to the second choice
}

TEST_CASE("measure: what states remember splits a move without remainder") {
  const Game game = test::war_and_truce();
  const Assessment assessment = test::random_assessment(game, 7, 25);
  const int answer = move_named(game, "answer"), hold = move_named(game, "hold");
  CHECK(can_remember(game.shape(), answer, 0) == 2);
  CHECK(can_remember(game.shape(), hold, 0) == 0);
  const std::vector<Probe> probes{
      probe(ExpectedTally{0}, answer),
      probe(ExpectedTally{0}, answer, {}, {RemembersContent{0, 1}}),
      probe(ExpectedTally{0}, answer, {}, {RemembersContent{0, 1, true}}),
      probe(ExpectedTally{0}, hold, {}, {RemembersContent{0, 1}})};
  const std::vector<Measured> measured = measure(game, assessment, probes);
  CHECK(measured[1].weight + measured[2].weight == doctest::Approx(measured[0].weight));
  CHECK(measured[1].weight * *measured[1].value + measured[2].weight * *measured[2].value ==
        doctest::Approx(measured[0].weight * *measured[0].value));
  CHECK_FALSE(measured[3].value.has_value());
  CHECK(measured[3].weight == 0.0);
}

TEST_CASE("measure: the belief in a type that has stopped to matter stays what it was") {
  const Game game = test::untimed_delay();
  const Assessment assessment = test::random_assessment(game, 9, 26);
  // Behind the news nothing depends on A's type; B's moves do not change the belief in it.
  const int reply = move_named(game, "reply"), last = move_named(game, "last");
  const double before = value(game, assessment, probe(MeanBelief{0, 1}, reply));
  CHECK(
      value(game, assessment, probe(MeanBelief{0, 1}, last, {}, {TypeIs{1, 0}})) ==
      doctest::Approx(value(game, assessment, probe(MeanBelief{0, 1}, reply, {}, {TypeIs{1, 0}}))));
  CHECK(before > 0.0);
  CHECK(before + value(game, assessment, probe(MeanBelief{0, 0}, reply)) == doctest::Approx(1.0));
}

TEST_CASE("bargaining range: between what the responder and the proposer get without a deal") {
  const Game game = ultimatum(0.1, 0.4, 0.3);
  const Assessment assessment = test::random_assessment(game, 5, 27);
  const auto ranges = bargaining_range(game, assessment, 0);
  REQUIRE(ranges.size() == 2);
  for (const BargainingRange& range : ranges) {
    CHECK(range.share == 1.0);
    CHECK(*range.low == doctest::Approx(range.responder_type == 0 ? 0.1 : 0.4));
    CHECK(*range.high == doctest::Approx(0.7));
    CHECK(range.weight == doctest::Approx(range.responder_type == 0 ? 0.6 : 0.4));
  }
}

TEST_CASE(
    "bargaining range: empty for a type that would rather fight than take what the other would "
    "rather fight than give") {
  const Game game = ultimatum(0.1, 0.9, 0.3);
  const Assessment assessment = test::random_assessment(game, 5, 28);
  const auto ranges = bargaining_range(game, assessment, 0);
  REQUIRE(ranges.size() == 2);
  CHECK(ranges[0].share == 1.0);
  CHECK(ranges[1].share == 0.0);
  CHECK_FALSE(ranges[1].low.has_value());
  CHECK(value(game, assessment, probe(RangeShare{0})) == doctest::Approx(0.6));
  CHECK(value(game, assessment, probe(RangeWidth{0})) == doctest::Approx(0.6 * 0.6));
}

TEST_CASE("both_at_least_zero: finds ranges narrower than a cell and leaves out what is unknown") {
  const std::vector<double> x{0.0, 1.0, 2.0};
  const auto inside = prediction::both_at_least_zero(x, std::vector<double>{-1.0, 3.0, 3.0},
                                                     std::vector<double>{1.0, -1.0, -1.0});
  CHECK(inside.low == doctest::Approx(0.25));
  CHECK(inside.high == doctest::Approx(0.5));
  CHECK(prediction::both_at_least_zero(x, std::vector<double>{-1.0, 1.0, 3.0},
                                       std::vector<double>{3.0, -2.0, -3.0})
            .empty() == false);
  CHECK(prediction::both_at_least_zero(x, std::vector<double>{-3.0, 1.0, 3.0},
                                       std::vector<double>{1.0, -2.0, -3.0})
            .empty());
  const double none = std::nan("");
  const auto beside = prediction::both_at_least_zero(x, std::vector<double>{none, 1.0, 1.0},
                                                     std::vector<double>{1.0, 1.0, 1.0});
  CHECK(beside.low == 1.0);
  CHECK(beside.high == 2.0);
}
