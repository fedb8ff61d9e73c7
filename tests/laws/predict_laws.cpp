#include <cmath>
#include <numeric>

#include <doctest/doctest.h>

#include "laws/predict_support.h"
#include "melian/run.h"
#include "predict/backward.h"
#include "predict/forward.h"
#include "support/random_games.h"

using namespace melian;
using namespace melian::prediction;

namespace {

constexpr double round_off = 1e-12;  // sums of up to a few thousand terms of order one

struct Case {
  std::string name;
  Game game;
  /// Belief points grow fast with the number of axes.
  [[nodiscard]] int nodes(int wanted) const {
    return BeliefSpace(game.shape()).num_axes() > 2 ? 3 : wanted;
  }
};
std::vector<Case> cases() {
  std::vector<Case> out;
  out.push_back({"crisis", test::crisis()});
  out.push_back({"audience", test::audience()});
  out.push_back({"screening", test::screening()});
  out.push_back({"screening over five rounds", test::screening(20.0, 0.3, 5)});
  out.push_back({"screening of a type nobody thinks possible", test::screening(20.0, 0.0, 3)});
  out.push_back({"screening of a type nobody doubts", test::screening(20.0, 1.0, 3)});
  out.push_back({"war and truce", test::war_and_truce()});
  out.push_back({"war with long truces", test::war_and_truce(5, 3)});
  out.push_back({"delay without a clock", test::untimed_delay()});
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    testing::RandomGameOptions options{
        .guards = true, .disagreement = true, .perceived_odds = true, .types_discount = true};
    const auto add = [&](const std::string& what) {
      out.push_back({what + ", " + std::to_string(seed), testing::random_game(seed, options)});
    };
    options.types = 3;
    add("three types");
    options.together = true;
    add("three types, decisions at the same time");
    options.types = 2;
    add("decisions at the same time");
    options.tied = true;
    add("types with a joint prior, decisions at the same time");
    options.together = false;
    options.players = 3;
    add("types with a joint prior before a third player");
    options.types = 3;
    options.players = 2;
    options.typed_players = 1;
    options.tied = false;
    options.rounds = 0;
    add("three types without a clock");
  }
  return out;
}

double sum(const std::vector<double>& x) { return std::accumulate(x.begin(), x.end(), 0.0); }

}  // namespace

TEST_CASE("predict: outcomes sum to one for every type profile, rounds and horizon too") {
  for (const Case& c : cases())
    for (const std::uint64_t seed : {1U, 2U, 3U}) {
      INFO(c.name << ", seed " << seed);
      const Prediction p = predict(c.game, test::random_assessment(c.game, c.nodes(7), seed));
      CHECK(sum(p.outcomes) == doctest::Approx(1.0).epsilon(round_off));
      for (std::size_t theta = 0; theta < p.profile_weight.size(); ++theta) {
        double total = 0.0;
        for (const auto& outcome : p.outcomes_by_profile) total += outcome[theta];
        CHECK(total == doctest::Approx(1.0).epsilon(round_off));
      }
      CHECK(sum(p.rounds_distribution) + p.unfinished == doctest::Approx(1.0).epsilon(round_off));
      double going = 1.0;
      for (std::size_t r = 0; r < p.reached_by_round.size(); ++r) {
        CHECK(p.reached_by_round[r] == doctest::Approx(going).epsilon(1e-11));
        going -= p.rounds_distribution[r];
      }
      CHECK(going == doctest::Approx(p.unfinished).epsilon(1e-10));
    }
}

TEST_CASE("predict: the forward distribution is the adjoint of backward evaluation") {
  using Kind = Column::Kind;
  for (const Case& c : cases())
    for (const int nodes : {3, 9}) {
      INFO(c.name << ", nodes " << nodes);
      const Assessment assessment = test::random_assessment(c.game, c.nodes(nodes), 11);
      const Prediction p = predict(c.game, assessment);
      const Board board(c.game, assessment);
      std::vector<Column> columns;
      const auto outcomes = static_cast<int>(p.outcomes.size()),
                 tallies = static_cast<int>(p.tallies.size());
      for (int o = 0; o < outcomes; ++o) columns.push_back({Kind::ends_in, 0, -1, {o}});
      for (int k = 0; k < tallies; ++k) columns.push_back({Kind::tally, k, -1, {}});
      columns.push_back({Kind::rounds_left, 0, -1, {}});
      columns.push_back({Kind::cut_off, 0, -1, {}});
      columns.push_back({Kind::ends_within, 2, -1, {}});
      Backward backward(board, columns);
      CHECK(backward.sweep());
      const std::vector<double> start = backward.at_start();
      const Shape& root = board.shape(c.game.shape().root);
      const auto mean = [&](int column) {
        double total = 0.0;
        for (int theta = 0; theta < board.full().count(); ++theta)
          total +=
              p.profile_weight[static_cast<std::size_t>(theta)] *
              start[static_cast<std::size_t>(
                  column * root.profiles + root.profile_of_full[static_cast<std::size_t>(theta)])];
        return total;
      };
      for (int o = 0; o < outcomes; ++o)
        CHECK(mean(o) ==
              doctest::Approx(p.outcomes[static_cast<std::size_t>(o)]).epsilon(round_off));
      for (int k = 0; k < tallies; ++k)
        CHECK(mean(outcomes + k) ==
              doctest::Approx(p.tallies[static_cast<std::size_t>(k)]).epsilon(round_off));
      CHECK(mean(outcomes + tallies) + 1.0 == doctest::Approx(p.rounds_mean).epsilon(round_off));
      CHECK(mean(outcomes + tallies + 1) == doctest::Approx(p.unfinished).epsilon(round_off));
      double within = p.rounds_distribution[0];
      if (p.rounds_distribution.size() > 1) within += p.rounds_distribution[1];
      CHECK(mean(outcomes + tallies + 2) == doctest::Approx(within).epsilon(round_off));
    }
}

TEST_CASE("predict: information and what interpolation adds account for all entropy lost") {
  for (const Case& c : cases())
    for (const std::uint64_t seed : {4U, 5U}) {
      INFO(c.name << ", seed " << seed);
      const Prediction p = predict(c.game, test::random_assessment(c.game, c.nodes(9), seed));
      for (const Information& about : p.information) {
        CHECK(about.total + about.splitting ==
              doctest::Approx(about.prior_entropy - about.end_entropy).epsilon(1e-11));
        CHECK(about.splitting >= -round_off);
        for (std::size_t r = 0; r < about.talk.size(); ++r) {
          CHECK(about.talk[r] >= -round_off);
          CHECK(about.battlefield[r] >= -round_off);
        }
      }
    }
}

TEST_CASE("predict: beliefs are a martingale under the coordinate's own law of types") {
  for (const Case& c : cases()) {
    INFO(c.name);
    const Assessment assessment = test::random_assessment(c.game, c.nodes(7), 6);
    const Board board(c.game, assessment);
    ForwardHooks hooks;
    hooks.standing = [&](int round, bool, int state, const Standing& standing) {
      const Shape& shape = board.shape(state);
      const PublicState& s = c.game.shape().states[static_cast<std::size_t>(state)];
      Footing footing;
      for (const auto& [player, type] : believed_types(c.game.shape())) {
        if (!shape.has(player)) continue;
        for (int p = 0; p < shape.points; ++p) {
          if (standing.row(p)[standing.columns - 1] == 0.0) continue;
          double before = 0.0, after = 0.0;
          for (int theta = 0; theta < shape.profiles; ++theta)
            if (shape.type_in(theta, player) == type)
              before += shape.law[static_cast<std::size_t>(p * shape.profiles + theta)];
          for (int k = 0; k < s.num_branches; ++k) {
            const BranchReader reader(board, round, state, k);
            reader.read(p, footing);
            double odds = 0.0, joint = 0.0;
            for (int theta = 0; theta < shape.profiles; ++theta) {
              const double weight =
                  shape.law[static_cast<std::size_t>(p * shape.profiles + theta)] *
                  footing.odds[static_cast<std::size_t>(theta)];
              odds += weight;
              if (shape.type_in(theta, player) == type) joint += weight;
            }
            if (!reader.destination().ended())
              CHECK(odds * board.belief(shape, footing.log_odds, player, type) ==
                    doctest::Approx(joint).epsilon(1e-10));
            after += joint;
          }
          CHECK(after == doctest::Approx(before).epsilon(1e-11));
        }
      }
    };
    sweep_forward(board, {}, hooks);
  }
}

TEST_CASE("predict: beliefs by round average to the prior while all plays go on") {
  const Game game = test::war_and_truce();
  const Prediction p = predict(game, test::random_assessment(game, 9, 7));
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(p.belief_by_round[i][1][0][0] == doctest::Approx(game.numbers.prior[i][1]));
    CHECK(p.belief_by_round[i][1][1][0] == doctest::Approx(game.numbers.prior[i][1]));
    // The true type is believed more often than a false one.
    CHECK(p.belief_by_round[i][1][1][2] > p.belief_by_round[i][1][0][2]);
  }
}

TEST_CASE("predict: any number of threads gives the same bits") {
  const Game game = test::war_and_truce(5, 2);
  const Assessment assessment = test::random_assessment(game, 9, 8);
  std::vector<Prediction> all;
  for (const int threads : {1, 2, 4}) {
    set_threads(threads);
    all.push_back(predict(game, assessment));
  }
  set_threads(0);
  for (const Prediction& p : all) {
    CHECK(p.outcomes_by_profile == all[0].outcomes_by_profile);
    CHECK(p.values == all[0].values);
    CHECK(p.rounds_mean == all[0].rounds_mean);
    CHECK(p.belief_by_round == all[0].belief_by_round);
    CHECK(p.information[0].total == all[0].information[0].total);
    CHECK(p.tallies == all[0].tallies);
  }
}

TEST_CASE("predict: a truce of three rounds skips rounds; the horizon cuts off at its last round") {
  const Game game = test::war_and_truce(2, 3);
  const Prediction p = predict(game, test::random_assessment(game, 5, 9));
  // The truce begins three rounds on, beyond a horizon of two: always cut off, and counted as two
  // rounds.
  CHECK(p.rounds_distribution.size() == 2);
  CHECK(p.unfinished == doctest::Approx(p.outcomes.back()));
  CHECK(p.rounds_mean == doctest::Approx(p.rounds_distribution[0] + 2 * p.rounds_distribution[1] +
                                         2 * p.unfinished));
}

TEST_CASE("predict: without a clock rounds count what has been passed on the way") {
  const Game game = test::untimed_delay();
  const Prediction p = predict(game, test::random_assessment(game, 5, 10));
  CHECK(p.rounds_distribution.size() == 5);
  CHECK(p.rounds_distribution[2] == 0.0);  // from round 2 two rounds pass at once
  CHECK(p.reached_by_round[2] == doctest::Approx(p.reached_by_round[3]));
  CHECK(p.unfinished == 0.0);
}
