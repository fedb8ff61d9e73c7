/// Games without an end against their closed forms: on the right side of each threshold, and values
/// within what the precision and the grid of offers allow.

#include "support/stationary.h"

using namespace melian;
using namespace melian::test;

namespace {

/// Each decision of logit play costs at most log(number of actions) / lambda; every period has one
/// offer and one answer.
double logit_cost(double actions, double lambda, double discount) {
  return (std::log(actions) + std::log(2.0)) / lambda / (1.0 - discount);
}

}  // namespace

TEST_CASE(
    "stationary: a preventive war comes at once if and only if the shift outweighs its cost, d p2 "
    "- p1 > cB (1 - d)^2") {
  struct Row {
    double discount, p1, p2, cost_a, cost_b;
    bool war;
    double value_a, value_b;
  };
  // Offers are cut in hundredths, a tenth of what most rows need: the rows nearest to the threshold
  // take thousandths.
  for (const Row& row : {Row{0.9, 0.3, 0.7, 0.2, 0.2, true, 2.8, 6.8},
                         Row{0.9, 0.55, 0.6, 0.2, 0.2, false, 5.7, 4.3},
                         Row{0.8, 0.4, 0.6, 0.1, 0.5, true, 1.9, 2.5},
                         Row{0.8, 0.5, 0.6, 0.1, 0.5, false, 3.0, 2.0}}) {
    const Game game = game_of(text_of("m02_preventive_war"), {{"discount", row.discount},
                                                              {"p1", row.p1},
                                                              {"p2", row.p2},
                                                              {"cost[A]", row.cost_a},
                                                              {"cost[B]", row.cost_b}});
    const double lambda = 400;
    const Answer found = answered(game, lambda);
    INFO("p1 = ", row.p1, ", p2 = ", row.p2, ", discount = ", row.discount, ": ",
         found.solution.summary.message);
    CHECK(found.certificate.holds);
    CHECK(found.prediction.rounds_distribution[0] ==
          doctest::Approx(row.war ? 1.0 : 0.0).epsilon(0.05));
    const double tolerance =
        row.war ? 1e-3 : logit_cost(101, lambda, row.discount) + 0.01 / (1.0 - row.discount);
    CHECK(std::abs(found.prediction.values[0][0] - row.value_a) < tolerance);
    CHECK(std::abs(found.prediction.values[1][0] - row.value_b) < tolerance);
  }
}

TEST_CASE(
    "stationary: strength that is rare and temporary means war, e < e* = (p - (1 - d) c - (1 - d)) "
    "/ d") {
  struct Row {
    double p, cost, discount, e;
    bool war;
    double offer;
  };
  for (const Row& row :
       {Row{0.5, 0.5, 0.9, 0.3, true, 0}, Row{0.5, 0.5, 0.9, 0.7, false, 0.616438356},
        Row{0.4, 0.2, 0.8, 0.15, true, 0}, Row{0.4, 0.2, 0.8, 0.25, false, 0.9},
        Row{0.6, 1.0, 0.95, 0.6, false, 0.887096774}}) {
    const Game game =
        game_of(text_of("m08_temporary_strength"),
                {{"p", row.p}, {"cost", row.cost}, {"discount", row.discount}, {"e", row.e}});
    const double lambda = 1000;
    const Answer found = answered(game, lambda);
    INFO("p = ", row.p, ", e = ", row.e, ": ", found.solution.summary.message);
    CHECK(found.certificate.holds);
    const auto& rounds = found.prediction.rounds_distribution;
    CHECK(rounds[0] == doctest::Approx(row.war ? row.e : 0.0).epsilon(0.02));
    if (row.war) {
      // War in the first period in which the rebels are strong: the values are exact.
      const double weak = 1.0 - row.discount * (1.0 - row.e);
      const double rebels = row.e * (row.p / (1.0 - row.discount) - row.cost) / weak;
      CHECK(found.prediction.values[1][0] == doctest::Approx(rebels).epsilon(1e-6));
    } else {
      // A step of the menu, and a few times 1 / lambda.
      CHECK(std::abs(first_offer(game, found, "x") - row.offer) < 0.005 + 8.0 / lambda);
    }
  }
}

TEST_CASE(
    "stationary: promised resupply causes war when it comes fast, rho > (1 - d)(p1 + (1 - d) cB) / "
    "(d (p2 - p1))") {
  for (const auto& [arrival, war, value] :
       {std::tuple{0.2, true, 3.8}, std::tuple{0.1, false, 4.3}}) {
    const Game game = game_of(text_of("m22_resupply_race"), {{"arrival", arrival}});
    const double lambda = 400;
    const Answer found = answered(game, lambda);
    INFO("arrival = ", arrival, ": ", found.solution.summary.message);
    CHECK(found.certificate.holds);
    CHECK(found.prediction.rounds_distribution[0] ==
          doctest::Approx(war ? 1.0 : 0.0).epsilon(0.05));
    CHECK(std::abs(found.prediction.values[0][0] - value) <
          (war ? 1e-3 : logit_cost(101, lambda, 0.9) + 0.01 / 0.1));
  }
}

TEST_CASE(
    "stationary: alternating offers give 1 / (1 + d); a ratifier who needs more than d / (1 + d) "
    "gives 1 - d (1 - K)") {
  struct Row {
    double discount, k, first, second;
  };
  for (const Row& row :
       {Row{0.9, 0.0, 0.526315789, 0.473684211}, Row{0.9, 0.3, 0.526315789, 0.473684211},
        Row{0.9, 0.6, 0.64, 0.6}, Row{0.9, 0.8, 0.82, 0.8}, Row{0.8, 0.5, 0.6, 0.5},
        Row{0.95, 0.55, 0.5725, 0.55}}) {
    const Game game =
        game_of(text_of("m18a_ratifier_alternating"), {{"discount", row.discount}, {"K", row.k}});
    const double lambda = 2000;
    const Answer found = answered(game, lambda);
    INFO("K = ", row.k, ", discount = ", row.discount, ": ", found.solution.summary.message);
    CHECK(found.certificate.holds);
    // Two steps of the menu: an exactly indifferent responder makes the proposer concede one, in
    // each player's turn.
    CHECK(std::abs(found.prediction.values[0][0] - row.first) < 0.02);
    CHECK(std::abs(first_offer(game, found, "x") - row.first) < 0.02);
    CHECK(found.prediction.rounds_distribution[0] > 0.9);
  }
}

TEST_CASE(
    "stationary: with known power the war ends at once, each fort worth what fighting on would "
    "bring") {
  struct Row {
    int forts, held;
    double p, cost_one, cost_two, discount, share;
  };
  for (const Row& row : {Row{4, 1, 0.5, 0.02, 0.02, 0.95, 0.305552392},
                         Row{4, 2, 0.5, 0.02, 0.02, 0.95, 0.504100228},
                         Row{4, 3, 0.5, 0.02, 0.02, 0.95, 0.780552392},
                         Row{4, 1, 0.6, 0.02, 0.03, 0.95, 0.463050459},
                         Row{4, 2, 0.6, 0.02, 0.03, 0.95, 0.680839802},
                         Row{4, 3, 0.6, 0.02, 0.03, 0.95, 0.905366972}}) {
    const std::string text = with(text_of("m05a_slantchev_complete"), "state held in 0..forts = 2",
                                  "state held in 0..forts = " + std::to_string(row.held));
    const Game game = game_of(text, {{"forts", static_cast<double>(row.forts)},
                                     {"p", row.p},
                                     {"cost[One]", row.cost_one},
                                     {"cost[Two]", row.cost_two},
                                     {"discount", row.discount}});
    const Answer found = answered(game, 2000);
    INFO("held = ", row.held, ", p = ", row.p, ": ", found.solution.summary.message);
    CHECK(found.certificate.holds);
    CHECK(chance_of(game, found.prediction, "settlement") > 0.99);
    // Two steps of the menu of 0.005, as with the ratifier, and a few times 1 / lambda.
    CHECK(std::abs(first_offer(game, found, "x") - row.share) < 0.01 + 4.0 / 2000);
  }
}

TEST_CASE(
    "stationary: screening while fighting without a deadline steps down the prices of its closed "
    "form") {
  const std::string forever =
      with(with(text_of("m04_powell_cost"),
                "horizon offers_allowed rounds then end fight_to_the_finish: S gets F, D gets W",
                "horizon forever"),
           "y in 0..1 by 0.0125", "y in 0..0.5 by 0.0025");
  struct Row {
    double weak, value_s, offer;
  };
  // Reservation prices are ties by their nature: a logit proposer offers about log(lambda) / lambda
  // and a step of the menu more, every round; what is conceded tomorrow raises the price today, by
  // rho = .76, so all of it counts 1 / (1 - rho) times.
  const double lambda = 2000, tolerance = (0.0025 + std::log(lambda) / lambda) / (1.0 - 0.76);
  for (const Row& row : {Row{0.6, 0.6875, 0.3125}, Row{0.9, 0.7205, 0.2625}}) {
    const Game game =
        game_of(forever, {{"prior[D].weak", row.weak}, {"prior[D].tough", 1.0 - row.weak}});
    const Answer found = answered(game, lambda, 129);
    INFO("weak = ", row.weak, ": ", found.solution.summary.message);
    CHECK(std::abs(found.prediction.values[0][0] - row.value_s) < tolerance);
    CHECK(std::abs(first_offer(game, found, "y") - row.offer) < tolerance);
    CHECK(std::abs(chance_of(game, found.prediction, "settlement") -
                   (row.weak == 0.6 ? 1.0 : 0.98)) < 0.01);
    CHECK(found.solution.summary.termination == Termination::converged);
    CHECK(found.certificate.residual < 1e-6);
    CHECK(found.certificate.settled);
  }
}
