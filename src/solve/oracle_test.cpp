/// Games whose logit equilibria are known exactly: closed forms, and equilibria computed without
/// any belief grid.

#include <algorithm>
#include <cmath>

#include <doctest/doctest.h>

#include "melian/beliefs.h"
#include "melian/solve.h"
#include "solve/oracle_games.h"

using namespace melian;
using namespace melian::testing;

namespace {

Solution solved(const Game& game, double lambda, int nodes, Measure measure = Measure::each) {
  SolveOptions options;
  options.method = BeliefGrid{.nodes = {nodes}};
  options.lambda = lambda;
  options.measure = measure;
  auto solution = solve(game, options);
  REQUIRE(solution.has_value());
  CHECK(solution->summary.termination == Termination::converged);
  return std::move(*solution);
}

/// Probability of an action at a belief about the only player with private information,
/// interpolated; type 0 where the mover's type does not matter.
double probability(const Game& game, const Solution& solution, int state, int branch, double belief,
                   int type = 0) {
  const Assessment& a = solution.assessment;
  const PublicState& s = game.shape().states[static_cast<std::size_t>(state)];
  std::int64_t points = a.axes.num_points(s.live);
  Place at;
  for (int i = 0; i < game.shape().num_players(); ++i)
    if ((s.live >> i & 1U) != 0)
      at = locate(a.axes.nodes[static_cast<std::size_t>(BeliefSpace(game.shape()).only_axis(i))],
                  belief);
  const double* row = a.log_strategy.data() + a.row(game.shape(), 0, state) +
                      (std::int64_t{type} * s.num_branches + branch) * points;
  const double low = std::exp(row[at.cell]);
  return at.weight == 0.0 ? low : low + at.weight * (std::exp(row[at.cell + 1]) - low);
}

}  // namespace

TEST_CASE("solve: crisis with complete information has its closed form") {
  constexpr double round_off = 1e-8;  // the table is printed to ten digits
  const Game one = signorino({0, 1, -0.3, -0.2}, {1, 0, 1, -0.4}),
             two = signorino({0.4, 1, 0.2, 0.35}, {0.6, 0, 0.8, 0.25});
  struct Row {
    const Game* game;
    double lambda, challenge, resist, fight;
  };
  for (const Row& row : {Row{&one, 1, .5729930509, .5658721609, .5249791875},
                         Row{&one, 5, .7199043438, .6553826701, .6224593312},
                         Row{&one, 20, .9999999974, .0093561780, .8807970780},
                         Row{&two, 1, .5377942763, .6234959781, .5374298453},
                         Row{&two, 5, .4698844965, .8939992320, .6791786992},
                         Row{&two, 20, .2516315332, .9960168238, .9525741268}}) {
    const Solution solution = solved(*row.game, row.lambda, 3);
    CHECK(std::abs(probability(*row.game, solution, 0, 1, 0) - row.challenge) < round_off);
    CHECK(std::abs(probability(*row.game, solution, 1, 1, 0) - row.resist) < round_off);
    CHECK(std::abs(probability(*row.game, solution, 2, 1, 0) - row.fight) < round_off);
  }
}

TEST_CASE("solve: one demand under private cost has its closed form at every precision") {
  constexpr double printed = 1e-6;
  const Game game = private_cost(0.5, 0.1, 0.075, 0.325, 0.4, 20);
  struct Row {
    double lambda, demand, war, value;
  };
  for (const Row& row :
       {Row{1, .54743645, .45690621, .45848334}, Row{10, .69832479, .46343051, .51984116},
        Row{50, .74205888, .42797680, .59228078}, Row{200, .79982884, .40400199, .63829651},
        Row{1000, .80, .40, .64}}) {
    const Solution solution = solved(game, row.lambda, 33);
    double demand = 0.0, war = 0.0;
    for (int k = 0; k <= 20; ++k) {
      const double chosen = probability(game, solution, 0, k, 0.6);
      demand += chosen * k / 20.0;
      war += chosen * (0.4 * probability(game, solution, 1 + k, 1, 0.6, 0) +
                       0.6 * probability(game, solution, 1 + k, 1, 0.6, 1));
    }
    CHECK(std::abs(demand - row.demand) < printed);
    CHECK(std::abs(war - row.war) < printed);
    CHECK(std::abs(solution.start_values[0][0] - row.value) < printed);
  }
}

TEST_CASE(
    "solve: crisis signalling approaches its exact equilibrium as the square of the cell width") {
  constexpr double printed = 1e-8;
  struct Row {
    double lambda, resist, high, low;
    int coarse, fine;
    double tolerance;
  };
  const Game game = crisis_signalling(-0.8, 0.1, 0.3, -0.5, 0.25);
  for (const Row& row : {Row{1, .58529639, .59593367, .53757975, 33, 129, 1e-6},
                         Row{5, .86509299, .70743337, .36591599, 257, 2049, 1e-6},
                         Row{20, .83984465, .99244109, .26967533, 257, 2049, 1e-5},
                         Row{100, .80995192, 1, .22374229, 257, 2049, 1e-5},
                         Row{1000, .80103517, 1, .21518232, 1025, 8193, 1e-5}}) {
    CAPTURE(row.lambda);
    const auto error = [&](int nodes) {
      const Solution solution = solved(game, row.lambda, nodes);
      CHECK(solution.summary.several == 0);
      const double high = probability(game, solution, 0, 1, 0.3, 1),
                   low = probability(game, solution, 0, 1, 0.3, 0);
      const double resist =
          probability(game, solution, 1, 1, 0.3 * high / (0.3 * high + 0.7 * low));
      return std::max(
          {std::abs(high - row.high), std::abs(low - row.low), std::abs(resist - row.resist)});
    };
    const double coarse = error(row.coarse), fine = error(row.fine);
    CHECK(fine < row.tolerance);
    CHECK((coarse < 100 * printed || fine < coarse / 8));
  }
}

TEST_CASE("solve: insincere talks follow the game's own branch, not that of frozen continuations") {
  const Game game = insincere_talks(0.6, 0.1, 0.1, 0.3, 0.65, 0.10, 0.04, 0.0, 0.2);
  struct Row {
    double lambda, grant, weary, stubborn, belief;
  };
  for (const Row& row : {Row{1, .506105903, .512849683, .499568548, .204231136},
                         Row{10, .555557120, .697805825, .512668392, .253887959},
                         Row{50, .419615604, .962437228, .504624826, .322864046},
                         Row{100, .367310606, .994418849, .416007291, .374059919},
                         Row{200, .377857162, .999981410, .391019624, .389999238},
                         Row{1000, .395005754, 1, .377675899, .398294726}}) {
    CAPTURE(row.lambda);
    const Solution solution = solved(game, row.lambda, 1025);
    const double weary = probability(game, solution, 0, 1, 0.2, 1),
                 stubborn = probability(game, solution, 0, 1, 0.2, 0);
    const double belief = 0.2 * weary / (0.2 * weary + 0.8 * stubborn);
    const double grant = probability(game, solution, 1, 1, belief);
    constexpr double grid_error = 2e-4;  // 1025 nodes; falls as their inverse square
    CHECK(std::abs(weary - row.weary) < grid_error);
    CHECK(std::abs(stubborn - row.stubborn) < grid_error);
    CHECK(std::abs(belief - row.belief) < grid_error);
    // A's answer at that belief is read off the line between two nodes, where it turns from
    // refusing to granting.
    if (row.lambda <= 200) CHECK(std::abs(grant - row.grant) < 0.01);
    CHECK((solution.summary.several > 0) == (row.lambda >= 100));
  }
}

TEST_CASE(
    "solve: all three equilibria of insincere talks are listed from lambda 110 on, and which one "
    "the answer is") {
  const Game game = insincere_talks(0.6, 0.1, 0.1, 0.3, 0.65, 0.10, 0.04, 0.0, 0.2);
  for (const double lambda : {50.0, 100.0, 110.0, 200.0}) {
    CAPTURE(lambda);
    SolveOptions options;
    options.method = BeliefGrid{.nodes = {1025}};
    options.lambda = lambda;
    options.list_solutions = true;
    const auto found = solve(game, options);
    REQUIRE(found.has_value());
    REQUIRE(!found->several.empty());
    const DecisionSolutions& start = found->several.front();
    CHECK(start.round == 0);
    CHECK(start.state == game.shape().root);
    CHECK(start.all);
    CHECK(start.solutions.size() == (lambda < 110 ? 1 : 3));
    if (lambda != 200.0) continue;
    // A grants with these probabilities after each: the branch from lambda 0, one between, and
    // hardly ever.
    std::vector<double> grants;
    for (const DecisionSolutions::One& one : start.solutions) {
      const double stubborn = std::exp(one.log_strategy[1]), weary = std::exp(one.log_strategy[3]);
      const double belief = 0.2 * weary / (0.2 * weary + 0.8 * stubborn);
      grants.push_back(1.0 / (1.0 + std::exp(lambda * (0.10 - belief * (0.65 - 0.5 + 0.10)))));
      if (one.followed) CHECK(std::abs(grants.back() - 0.377857162) < 0.01);
    }
    std::ranges::sort(grants);
    CHECK(grants[0] == doctest::Approx(4.6e-5).epsilon(0.02));
    CHECK(grants[1] == doctest::Approx(0.0217).epsilon(0.02));
  }
}

TEST_CASE("solve: two-round screening meets the equilibrium computed without a belief grid") {
  const std::vector<double> menu{.05, .12, .19, .26, .33, .40};
  const Screening cost, power{.25, .10, .10, .05, .03, .03, .95};
  struct Row {
    const Screening* set;
    double lambda, weak, value;
    std::vector<double> offers;
  };
  const std::vector<Row> rows{{&cost,
                               5,
                               .6,
                               .5772933187,
                               {.16361045, .17545660, .18090623, .17690608, .16267971, .14044094}},
                              {&cost,
                               5,
                               .9,
                               .6110188928,
                               {.17264095, .18267518, .18420174, .17490198, .15558941, .12999073}},
                              {&cost,
                               20,
                               .6,
                               .5638258666,
                               {.04169044, .05063085, .08307131, .18730442, .35220832, .28509466}},
                              {&cost,
                               20,
                               .9,
                               .6289125452,
                               {.04819069, .07741831, .18316906, .33287742, .25825430, .10009021}},
                              {&cost,
                               60,
                               .9,
                               .6794185299,
                               {.00637686, .01071931, .70937706, .20719112, .06293415, .00340150}},
                              {&power,
                               5,
                               .6,
                               .6180990890,
                               {.17583957, .18333251, .18330378, .17356601, .15454754, .12941060}},
                              {&power,
                               20,
                               .9,
                               .6444637376,
                               {.06677501, .09578599, .19463984, .33412267, .23123789, .07743859}},
                              {&power,
                               60,
                               .9,
                               .6634284542,
                               {.01322169, .01355274, .03381928, .52722732, .40379701, .00838196}}};
  for (const Row& row : rows) {
    const Game game = wartime_screening(*row.set, row.weak, 2, menu);
    const auto miss = [&](int nodes) {
      const Solution solution = solved(game, row.lambda, nodes);
      CHECK(solution.summary.several == 0);
      CHECK(solution.summary.residual < 1e-10);
      double offers = 0.0;
      for (int k = 0; k < 6; ++k)
        offers = std::max(offers, std::abs(probability(game, solution, 0, k, 1.0 - row.weak) -
                                           row.offers[static_cast<std::size_t>(k)]));
      return std::pair{std::abs(solution.start_values[0][0] - row.value), offers};
    };
    constexpr double printed = 1e-8;
    const auto [coarse_value, coarse_offers] = miss(129);
    const auto [fine_value, fine_offers] = miss(4097);
    CHECK(fine_value < 1e-7);
    CHECK(fine_offers < 1e-6);
    // 32 times the nodes: a thousandth of the error, and somewhat more where nodes of the coarse
    // grid fall well by chance.
    CHECK((fine_value < 8 * printed || coarse_value > 300 * fine_value));
    CHECK((fine_offers < 8 * printed || coarse_offers > 300 * fine_offers));
  }
}
