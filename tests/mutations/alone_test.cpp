/// For each check, a way of being wrong that this check and no other catches, so that none of them
/// is idle.

#include <cmath>
#include <set>
#include <string>

#include <doctest/doctest.h>

#include "game/builder.h"
#include "melian/beliefs.h"
#include "mutations/wide_games.h"
#include "support/solved.h"

using namespace melian;
using namespace melian::testing;

namespace {

constexpr double lambda = 8.0;
constexpr int nodes = 17;

/// The checks that a certificate names.
std::set<std::string> blamed(const Certificate& certificate) {
  std::set<std::string> out;
  for (const std::string& reason : certificate.why_not)
    out.insert(reason.substr(0, reason.find(':')));
  return out;
}
using Checks = std::set<std::string>;

/// What D, strong or weak, answers to one offer of S; a war is worth more to the strong.
Game one_offer(bool by_cells = true) {
  GameBuilder g("one offer");
  const int s = g.player("S"), d = g.player("D", {"weak", "strong"}, {0.5, 0.5});
  const int deal = g.outcome("deal"), war = g.outcome("war");
  const int offer = g.state(g.offer(
      "offer", s, {0.2, 0.5}, by_cells ? std::vector<double>{0.2, 0.8} : std::vector<double>{}));
  for (int k = 0; k < 2; ++k) {
    const double share = k == 0 ? 0.2 : 0.5;
    const int answer = g.state(g.choice("answer", d, {"accept", "refuse"})),
              again = g.state(g.choice("last word", d, {"accept", "fight"}));
    g.branch(offer, k, answer);
    const auto strength = [](const TypeProfile& t) { return t[1] == 0 ? 0.1 : 0.4; };
    g.branch(answer, 0, deal).pay(s, 1.0 - share).pay(d, share);
    g.branch(answer, 1, again).pay(d, -0.02);
    g.branch(again, 0, deal).pay(s, 1.0 - share).pay(d, share);
    g.branch(again, 1, war).pay(s, 0.4).pay(d, strength);
  }
  return g.build();
}

/// Rows of the first answer at one belief point.
struct Answer {
  Assessment& of;
  std::int64_t points, first, marks;
  Answer(const Game& game, Assessment& assessment) : of(assessment) {
    int state = 0;
    while (describe_state(game.shape(), state) != "answer of D") ++state;
    points = of.axes.num_points(game.shape().states[static_cast<std::size_t>(state)].live);
    first = of.row(game.shape(), 0, state);
    marks = of.mark_offset[static_cast<std::size_t>(state)];
  }
  [[nodiscard]] std::int64_t node(double belief) const {
    std::int64_t k = 0;
    while (of.axes.nodes.front()[static_cast<std::size_t>(k)] < belief) ++k;
    return k;
  }
  double& log_sigma(int type, int action, std::int64_t point) const {
    return of.log_strategy[static_cast<std::size_t>(first + (2 * type + action) * points + point)];
  }
  /// Moves probability from one action to the other; `of` stays a distribution.
  void move(int type, std::int64_t point, double amount) const {
    double &from = log_sigma(type, 0, point), &to = log_sigma(type, 1, point);
    if (from < to) amount = -amount;
    from = std::log(std::exp(from) - amount);
    to = std::log(std::exp(to) + amount);
  }
  std::uint8_t& mark(std::int64_t point) const {
    return of.marks[static_cast<std::size_t>(marks + point)];
  }
};

Solution answered() { return solved(one_offer(), lambda, nodes); }

}  // namespace

TEST_CASE("certify: the unspoilt answer is blamed for nothing") {
  CHECK(blamed(certified(one_offer(), answered())) == Checks{});
}

TEST_CASE(
    "certify: a strategy nudged by 0.0001 where play never stands is caught by the residual "
    "alone") {
  Solution solution = answered();
  const Answer at(one_offer(), solution.assessment);
  at.move(0, at.node(0.5) + 3, 1e-4);
  CHECK(blamed(certified(one_offer(), solution)) == Checks{"residual"});
}

TEST_CASE(
    "certify: the same error of both types on the path tells nothing, and is caught by the two "
    "residuals alone") {
  Solution solution = answered();
  const Answer at(one_offer(), solution.assessment);
  // Both types' odds of refusing, multiplied alike: likelihood ratios stay.
  for (int type = 0; type < 2; ++type)
    for (int action = 0; action < 2; ++action) at.log_sigma(type, action, at.node(0.5)) -= 1e-5;
  CHECK(blamed(certified(one_offer(), solution)) == Checks{"residual", "residual_reached"});
}

TEST_CASE(
    "certify: errors too small for the residual that push posteriors apart are caught by beliefs "
    "alone") {
  Solution solution = answered();
  const Answer at(one_offer(), solution.assessment);
  at.log_sigma(0, 1, at.node(0.5)) += 0.8e-6;
  at.log_sigma(1, 1, at.node(0.5)) -= 0.8e-6;
  CHECK(blamed(certified(one_offer(), solution)) == Checks{"beliefs"});
}

TEST_CASE("certify: refined strategies that are not best are caught by exploitability alone") {
  const Game game = one_offer();
  Solution solution = solved(game, 200.0, nodes);
  REQUIRE(certified(game, solution).holds);
  const Answer at(game, *solution.refined);
  for (std::int64_t p = 0; p < at.points; ++p)
    for (int type = 0; type < 2; ++type)
      std::swap(at.log_sigma(type, 0, p), at.log_sigma(type, 1, p));
  CHECK(blamed(certified(game, solution)) == Checks{"exploitability"});
}

TEST_CASE(
    "certify: a decision that hides that it is unsolved is caught by its residual; one that says "
    "so, by the mark alone") {
  Solution solution = answered();
  const Answer at(one_offer(), solution.assessment);
  at.mark(at.node(0.5)) = static_cast<std::uint8_t>(DecisionMark::unsolved);
  CHECK(blamed(certified(one_offer(), solution)) == Checks{"unsolved"});
  at.move(1, at.node(0.5), 1e-4);
  at.mark(at.node(0.5)) = static_cast<std::uint8_t>(DecisionMark::unique);
  CHECK(blamed(certified(one_offer(), solution)).contains("residual_reached"));
}

TEST_CASE("certify: a decision resting on a jump is caught by its mark alone") {
  Solution solution = answered();
  const Answer at(one_offer(), solution.assessment);
  at.mark(at.node(0.5)) = static_cast<std::uint8_t>(DecisionMark::jump);
  CHECK(blamed(certified(one_offer(), solution)) == Checks{"jumps"});
}

TEST_CASE(
    "certify: a number known too badly is caught by its grid error alone, and one that does not "
    "settle by not_converging alone") {
  Certificate certificate = certified(one_offer(), answered());
  certificate.grid_error["outcomes.war"] = 2e-3;
  judge(certificate);
  CHECK(blamed(certificate) == Checks{"grid_error"});
  certificate.grid_error.clear();
  certificate.not_converging = {"outcomes.war"};
  judge(certificate);
  CHECK(blamed(certificate) == Checks{"not_converging"});
}

TEST_CASE("certify: a discount dropped where play comes back for ever is caught by settled") {
  GameBuilder g("for ever");
  const int a = g.player("A");
  g.discount(a, {0.5});
  g.forever();
  const int end = g.outcome("end");
  const int choice = g.state(g.choice("choice", a, {"on", "leave"}));
  g.branch(choice, 0, choice).pay(a, 1.0).advance(1).time(1);
  g.branch(choice, 1, end).pay(a, 0.5);
  g.entry(choice);
  Game game = g.build();
  Solution solution = solved(game, lambda, nodes);
  REQUIRE(certified(game, solution).holds);
  for (Assessment* spoilt :
       {&solution.assessment,
        &*solution.refined}) {  // for ever on: only the discount makes that finite
    spoilt->log_strategy = {0.0, -745.0};
    spoilt->game_fingerprint = "undiscounted";
  }
  game.numbers.discount[0] = {1.0};
  game.fingerprint = "undiscounted";
  const Certificate certificate = certified(game, solution);
  CHECK(!certificate.holds);
  CHECK(blamed(certificate).contains("settled"));
}

TEST_CASE("certify: a base measure dropped is caught by the residuals") {
  Solution solution = answered();
  solution.assessment.measure = solution.refined->measure = Measure::each;
  CHECK(blamed(certified(one_offer(), solution)) == Checks{"residual", "residual_reached"});
}

TEST_CASE(
    "certify: a prior that only the analyst changes is caught by the residual of those who now "
    "disagree") {
  Game game = one_offer();
  Solution solution = answered();
  game.numbers.prior[1] = {0.25, 0.75};
  game.fingerprint = solution.assessment.game_fingerprint = solution.refined->game_fingerprint =
      "another prior";
  CHECK(blamed(certified(game, solution)).contains("residual"));
}

TEST_CASE("certify: payoffs with their sign flipped are caught by residual and exploitability") {
  Game game = one_offer();
  Solution solution = solved(game, 100.0, nodes);
  for (double& reward : game.numbers.rewards) reward = -reward;
  game.fingerprint = solution.assessment.game_fingerprint = solution.refined->game_fingerprint =
      "signs flipped";
  const Checks found = blamed(certified(game, solution));
  CHECK(found.contains("residual"));
  CHECK(found.contains("exploitability"));
}

TEST_CASE(
    "certify: a discount dropped is caught by the residual, and so is a precision that does not "
    "fit") {
  const Game game = three_types(), patient = three_types({.patience = 1.0});
  Solution solution = solved(patient, lambda, 9);
  solution.assessment.game_fingerprint = solution.refined->game_fingerprint = game.fingerprint;
  CHECK(blamed(certified(game, solution)).contains("residual_reached"));
  Solution other = solved(game, lambda, 9);
  other.assessment.lambda[1] = {lambda, lambda * 1.01, lambda};  // of the middling type alone
  CHECK(blamed(certified(game, other)).contains("residual_reached"));
}
