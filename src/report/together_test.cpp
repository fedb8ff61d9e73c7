#include <cmath>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "game/builder.h"
#include "melian/report.h"
#include "predict/probes.h"
#include "support/probes.h"

// Models of the literature in which players move at the same time or know something of each other's
// types.

using namespace melian;
using testing::move_named, testing::probe;

namespace {

Game text(const std::string& name, const Settings& settings = {}) {
  const Result<Game> game =
      load_game(std::string(MELIAN_SOURCE_DIR) + "/tests/texts/" + name + ".melian", settings);
  REQUIRE_MESSAGE(game.has_value(), (game ? std::string() : render(game.error())));
  return *game;
}

AnswerOptions at(double lambda, int nodes = 5) {
  AnswerOptions options;
  options.solve.lambda = lambda;
  options.solve.method = BeliefGrid{.nodes = {nodes}};
  options.with_certificate = false;
  return options;
}

Answer answered(const Game& game, const AnswerOptions& options) {
  Result<Answer> found = answer(game, options);
  REQUIRE_MESSAGE(found.has_value(), (found ? std::string() : render(found.error())));
  return *std::move(found);
}

double number(const Game& game, const Answer& answer, const std::string& name) {
  const Result<double> found = quantity(game.shape(), answer.prediction, name);
  REQUIRE_MESSAGE(found.has_value(), (found ? std::string() : render(found.error())));
  return *found;
}

/// Both wait: P; a lone attacker: F; the attacked: S; both attack: W. How often each attacks on the
/// branch from lambda 0.
struct Dilemma {
  double p, f, s, w;
  [[nodiscard]] double attacking(double often) const { return often * w + (1.0 - often) * f; }
  [[nodiscard]] double waiting(double often) const { return often * s + (1.0 - often) * p; }
  [[nodiscard]] double attack(double lambda) const {
    double often = 0.5;
    for (int step = 1; step <= 1000; ++step)
      for (int newton = 0; newton < 4; ++newton) {
        const double l = lambda * step / 1000.0,
                     reply = logistic(l * (attacking(often) - waiting(often)));
        const double slope = l * reply * (1.0 - reply) * (w - f - s + p);
        often -= (often - reply) / (1.0 - slope);
      }
    return often;
  }
};

}  // namespace

TEST_CASE("the security dilemma: how often both attack is known exactly") {
  const Game game = text("m21_security_dilemma");
  const double known[][2] = {{1.0, .5064931272}, {5.0, .5383685180}, {10.0, .5979478646}};
  for (const auto& [lambda, attack] : known) {
    const Answer found = answered(game, at(lambda));
    CHECK(number(game, found, "outcomes.peace") ==
          doctest::Approx((1 - attack) * (1 - attack)).epsilon(1e-9));
    CHECK(number(game, found, "outcomes.war") == doctest::Approx(attack * attack).epsilon(1e-9));
    CHECK(number(game, found, "outcomes.strike_by_A") ==
          doctest::Approx(attack * (1 - attack)).epsilon(1e-9));
    CHECK(number(game, found, "choice.a.attack") == doctest::Approx(attack).epsilon(1e-9));
    CHECK(number(game, found, "start.B.b=attack") == doctest::Approx(attack).epsilon(1e-9));
    const Dilemma dilemma{.p = 0.5, .f = 0.45, .s = 0.1, .w = 0.2};
    CHECK(number(game, found, "values.A") == doctest::Approx(attack * dilemma.attacking(attack) +
                                                             (1 - attack) * dilemma.waiting(attack))
                                                 .epsilon(1e-9));

    // One of two choices made at the same time, taken or forced: the other player goes on as
    // before.
    const int a = move_named(game, "a");
    const Probe probes[] = {probe(ActionShare{1}, a), probe(ExpectedPayoff{0}, a, 1),
                            probe(ExpectedPayoff{1}, a, {}, {Takes{0}}), probe(MoveMade{a, 1}, {})};
    const std::vector<Measured> measured =
        measure(game, found.solution.assessment, probes, &found.prediction);
    CHECK(measured[0].value.value() == doctest::Approx(attack).epsilon(1e-9));
    CHECK(measured[1].value.value() == doctest::Approx(dilemma.attacking(attack)).epsilon(1e-9));
    CHECK(measured[2].value.value() ==
          doctest::Approx(attack * dilemma.f + (1 - attack) * dilemma.p).epsilon(1e-9));
    CHECK(measured[3].value.value() == doctest::Approx(attack).epsilon(1e-9));
  }
}

TEST_CASE("the armed peace: backward from the last battle, decision by decision") {
  constexpr int most = 3;
  constexpr double theta = 0.9, g = 0.5, cost = 0.05, lambda = 5.0;
  const Game game = text("m10_armed_peace", {{"most", static_cast<double>(most)}});
  const Answer found = answered(game, at(lambda));
  double value = std::pow(theta, most) / 2, rounds = 0.0;
  for (int n = most - 1; n >= 0; --n) {
    const double seized = g * std::pow(theta, n + 1);
    const Dilemma here{.p = std::pow(theta, n) / 2,
                       .f = value - cost + seized,
                       .s = value - cost - seized,
                       .w = value - cost};
    const double attack = here.attack(lambda);
    rounds = attack;
    value = attack * here.attacking(attack) + (1 - attack) * here.waiting(attack);
  }
  CHECK(number(game, found, "values.A") == doctest::Approx(value).epsilon(1e-8));
  CHECK(number(game, found, "values.B") == doctest::Approx(value).epsilon(1e-8));
  CHECK(number(game, found, "start.A.a=attack") == doctest::Approx(rounds).epsilon(1e-8));
  CHECK(number(game, found, "outcomes.peace") == doctest::Approx(1.0));
}

TEST_CASE("the mediator: on the principal branch its message says nothing, and says it exactly") {
  const Game game = text("m09_kydd_mediator");
  const Answer found = answered(game, at(20.0));
  for (const StartStrategy& start : found.prediction.start)
    for (const double probability : start.probabilities)
      CHECK(probability == doctest::Approx(0.5).epsilon(1e-9));
  REQUIRE(found.prediction.start.size() == 2);
  const int message = move_named(game, "message");
  std::vector<Probe> probes;
  for (int sent = 0; sent < 2; ++sent) {
    probes.push_back(probe(MeanBelief{1, 1}, message, {}, {Takes{sent}}));
    probes.push_back(probe(MeanBelief{2, 1}, message, {}, {Takes{sent}}));
  }
  const std::vector<Measured> measured =
      measure(game, found.solution.assessment, probes, &found.prediction);
  for (std::size_t sent = 0; sent < 2; ++sent) {
    CHECK(measured[2 * sent].value.value() == doctest::Approx(0.4).epsilon(1e-9));
    CHECK(measured[2 * sent + 1].value.value() ==
          doctest::Approx(0.6 * 0.2 + 0.4 * 0.8).epsilon(1e-9));
  }
  // Two's answer says something of what the mediator has heard, for it tells of Two.
  CHECK(found.prediction.information[1].total > 0.01);
  CHECK(found.prediction.information[2].total > 0.001);
  CHECK(found.prediction.information[2].total < found.prediction.information[1].total);
}

TEST_CASE(
    "three types: what an action tells of each of them averages to the prior, in metrics as in "
    "results") {
  const double strength[] = {0.3, 0.5, 0.75};
  const std::vector<double> prior{0.3, 0.45, 0.25};
  GameBuilder g("an informed sender");
  const int a = g.player("A", {"weak", "middling", "strong"}, prior), b = g.player("B");
  const int deal = g.outcome("deal"), war = g.outcome("war");
  const int ask = g.choice("ask", a, {"little", "some", "much"});
  const int first = g.state(ask);
  for (int k = 0; k < 3; ++k) {
    const double share = 0.3 + 0.2 * k;
    const int reply = g.state(g.choice("answer", b, {"give in", "fight"}));
    g.branch(first, k, reply);
    g.branch(reply, 0, deal).pay(a, share).pay(b, 1.0 - share);
    g.branch(reply, 1, war)
        .pay(a, [=](const TypeProfile& t) { return strength[t[0]] - 0.1; })
        .pay(b, [=](const TypeProfile& t) { return 0.8 - strength[t[0]]; });
  }
  const Game game = g.build();
  const AnswerOptions options = at(20.0, 17);
  const Answer found = answered(game, options);
  std::vector<Probe> probes;
  for (int action = 0; action < 3; ++action) {
    probes.push_back(probe(ActionShare{action}, ask));
    for (int type = 0; type < 3; ++type)
      probes.push_back(probe(MeanBelief{a, type}, ask, {}, {Takes{action}}));
  }
  const std::vector<Measured> measured =
      measure(game, found.solution.assessment, probes, &found.prediction);
  double mean[3] = {0.0, 0.0, 0.0};
  for (std::size_t action = 0; action < 3; ++action) {
    double sum = 0.0;
    for (std::size_t type = 0; type < 3; ++type) {
      const double belief = measured[4 * action + 1 + type].value.value();
      sum += belief;
      mean[type] += measured[4 * action].value.value() * belief;
      // Bayes' rule by hand.
      const double likelihood = found.prediction.start[type].probabilities[action];
      CHECK(belief == doctest::Approx(prior[type] * likelihood / measured[4 * action].value.value())
                          .epsilon(1e-9));
    }
    CHECK(sum == doctest::Approx(1.0));
  }
  for (std::size_t type = 0; type < 3; ++type)
    CHECK(mean[type] == doctest::Approx(prior[type]).epsilon(1e-9));
  CHECK(measured[3].value.value() < prior[2]);  // who asks little is seldom strong
  CHECK(measured[4 + 4 + 3].value.value() > prior[2]);

  const nlohmann::json document = nlohmann::json::parse(results_json(game, found, options));
  const nlohmann::json& beliefs = document.at("beliefs").at("A");
  CHECK(beliefs.at("in") == "middling");
  CHECK(beliefs.at("given").at("weak")[0].get<double>() == doctest::Approx(0.45));
  CHECK(beliefs.at("by_type").at("strong").at("weak")[0].get<double>() == doctest::Approx(0.25));
  CHECK(document.at("game").at("players")[0].at("types").size() == 3);
  CHECK(document.at("values").at("A").size() == 3);
  CHECK(document.at("strategy_at_start").size() == 3);
}

TEST_CASE("results: movers at the same time and tied types read as such") {
  const Game dilemma = text("m21_security_dilemma"), mediator = text("m09_kydd_mediator");
  const AnswerOptions options = at(5.0, 3);
  const Answer of_dilemma = answered(dilemma, options), of_mediator = answered(mediator, options);
  const nlohmann::json one = nlohmann::json::parse(results_json(dilemma, of_dilemma, options));
  REQUIRE(one.at("strategy_at_start").size() == 2);
  CHECK(one.at("strategy_at_start")[1].at("player") == "B");
  CHECK(one.at("strategy_at_start")[1].at("move") == "b");
  CHECK(one.at("strategy_at_start")[1].at("probabilities").at("attack").get<double>() ==
        doctest::Approx(.5383685180).epsilon(1e-9));
  CHECK(one.at("actions").at("a").at("expected_by_round")[0][1].get<double>() ==
        doctest::Approx(.5383685180).epsilon(1e-9));
  CHECK(narrate(dilemma, of_dilemma.prediction).front() ==
        "A and B move first, at the same time: A's most frequent choice is a attack (54%); B's "
        "most frequent choice is b attack (54%).");
  const nlohmann::json other = nlohmann::json::parse(results_json(mediator, of_mediator, options));
  const nlohmann::json& tied = other.at("game").at("joint_priors")[0];
  CHECK(tied.at("players") == nlohmann::json::array({"Two", "Mediator"}));
  CHECK(tied.at("prior")[1].at("types").at("Mediator") == "heard_tough");
  CHECK(tied.at("prior")[1].at("probability").get<double>() == doctest::Approx(0.12));
  CHECK(summary(mediator, of_mediator).find("the types of Two and Mediator have a joint prior") !=
        std::string::npos);
}
