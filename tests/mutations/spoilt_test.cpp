/// Each way of spoiling a good assessment must be caught, and by the check that is there for it.

#include <cmath>
#include <functional>

#include <doctest/doctest.h>

#include "game/builder.h"
#include "support/solved.h"

using namespace melian;
using namespace melian::testing;

namespace {

constexpr double lambda = 8.0;
constexpr int nodes = 65;

/// Two rounds: S offers low or high, D (weak or tough) answers, a battle that tells something about
/// D may end the war.
Game screening(double prior_tough = 0.4, double patience = 0.9) {
  GameBuilder g("screening");
  const int s = g.player("S"),
            d = g.player("D", {"weak", "tough"}, {1.0 - prior_tough, prior_tough});
  g.discount(s, {patience});
  g.discount(d, {patience});
  g.rounds(2);
  const int deal = g.outcome("deal"), collapse = g.outcome("collapse"), late = g.outcome("late");
  const int top = g.state(g.offer("offer", s, {0.3, 0.6})), closing = g.state(g.passage("closing"));
  const int answer = g.choice("answer", d, {"accept", "refuse"}),
            battle = g.state(g.chance("battle", {"on", "collapse"}));
  const double share[] = {0.3, 0.6};
  for (int k = 0; k < 2; ++k) {
    const int pending = g.state(answer);
    g.branch(top, k, pending);
    g.branch(pending, 0, deal).pay(s, 1.0 - share[k]).pay(d, share[k]);
    g.branch(pending, 1, battle).pay(s, -0.05).pay(d, [](const TypeProfile& t) {
      return t[1] == 0 ? -0.1 : -0.02;
    });
  }
  const auto on = [](const TypeProfile& t) { return t[1] == 0 ? 0.6 : 0.8; };
  g.branch(battle, 0, top).odds(on).advance(1).time(1);
  g.branch(battle, 1, collapse)
      .odds([on](const TypeProfile& t) { return 1.0 - on(t); })
      .pay(s, 0.9)
      .pay(d, 0.0);
  g.branch(closing, 0, late).pay(s, 0.35).pay(d, [](const TypeProfile& t) {
    return t[1] == 0 ? 0.2 : 0.5;
  });
  g.entry(top, closing);
  return g.build();
}

/// The strategies of the answer to the high offer, the state in which spoilers work.
struct Decision {
  int state = 2, branches = 2;
  std::int64_t points = 0, row = 0, prior = 0;
  double* log_sigma(Assessment& a, int type, int branch, std::int64_t point) const {
    return &a.log_strategy[static_cast<std::size_t>(
        row + (std::int64_t{type} * branches + branch) * points + point)];
  }
};
Decision answer_of(const Game& game, const Assessment& assessment, int round) {
  const Structure& shape = game.shape();
  Decision out;
  for (std::size_t s = 0; s < shape.states.size(); ++s)
    if (describe_state(shape, static_cast<int>(s)) == "answer of D")
      out.state = static_cast<int>(s);
  out.points = assessment.axes.num_points(shape.states[static_cast<std::size_t>(out.state)].live);
  out.row = assessment.row(shape, round, out.state);
  const auto& axis = assessment.axes.nodes.front();  // about D alone
  for (std::size_t k = 0; k < axis.size(); ++k)
    if (axis[k] == game.numbers.prior[1][1]) out.prior = static_cast<std::int64_t>(k);
  return out;
}

/// Moves probability from the likelier to the less likely of two actions.
void shift_probability(const Decision& at, Assessment& assessment, int type, std::int64_t point,
                       double amount) {
  double* from = at.log_sigma(assessment, type, 0, point);
  double* to = at.log_sigma(assessment, type, 1, point);
  if (*from < *to) std::swap(from, to);
  *from = std::log(std::exp(*from) - amount);
  *to = std::log(std::exp(*to) + amount);
}

}  // namespace

TEST_CASE("certify: a solved screening game holds, with every check far inside its limit") {
  const Game game = screening();
  const Certificate certificate = certified(game, solved(game, lambda, nodes));
  CHECK_MESSAGE(certificate.holds,
                (certificate.why_not.empty() ? "" : certificate.why_not.front()));
  CHECK(certificate.residual < 1e-9);
  CHECK(certificate.residual_reached <= certificate.residual);
  CHECK(certificate.beliefs < 1e-9);
  CHECK(certificate.unsolved == 0);
  for (const auto& player : certificate.exploitability)
    for (const Exploitability& e : player) {
      CHECK(e.gain > 0.0);
      CHECK(e.gain <= e.ceiling);
      CHECK(e.slack < 1e-3);
    }
  CHECK(certificate.cell_step > 0.0);
  CHECK(certificate.cell_step < 1.0);
  CHECK(certificate.path_error < 1e-2);
  CHECK(certificate.stake.size() == 2);
}

TEST_CASE(
    "certify: moving 0.001 of probability at a reached decision is caught by residual, reached "
    "residual and beliefs") {
  const Game game = screening();
  Solution solution = solved(game, lambda, nodes);
  const Decision at = answer_of(game, solution.assessment, 0);
  shift_probability(at, solution.assessment, 0, at.prior, 0.001);
  const Certificate certificate = certified(game, solution);
  CHECK(!certificate.holds);
  CHECK(blames(certificate, "residual"));
  CHECK(blames(certificate, "residual_reached"));
  CHECK(blames(certificate, "beliefs"));
  CHECK(certificate.residual_reached > 0.001);
}

TEST_CASE("certify: swapping the strategies of two types is caught by beliefs") {
  const Game game = screening();
  Solution solution = solved(game, lambda, nodes);
  for (Assessment* spoilt : {&solution.assessment, &*solution.refined}) {
    const Decision at = answer_of(game, *spoilt, 0);
    for (std::int64_t p = 0; p < at.points; ++p)
      for (int branch = 0; branch < at.branches; ++branch)
        std::swap(*at.log_sigma(*spoilt, 0, branch, p), *at.log_sigma(*spoilt, 1, branch, p));
  }
  const Certificate certificate = certified(game, solution);
  CHECK(!certificate.holds);
  CHECK(blames(certificate, "beliefs"));
  CHECK(certificate.beliefs > 0.1);
}

TEST_CASE("certify: an assessment that claims another lambda is caught by the residual") {
  const Game game = screening();
  Solution solution = solved(game, lambda, nodes);
  for (Assessment* spoilt : {&solution.assessment, &*solution.refined})
    for (auto& row : spoilt->lambda)
      for (double& number : row) number *= 1.01;
  const Certificate certificate = certified(game, solution);
  CHECK(!certificate.holds);
  CHECK(blames(certificate, "residual"));
  CHECK(blames(certificate, "residual_reached"));
}

TEST_CASE("certify: claiming a much higher lambda puts the gain above its ceiling") {
  const Game game = screening();
  Solution solution = solved(game, lambda, nodes);
  for (Assessment* spoilt : {&solution.assessment, &*solution.refined})
    for (auto& row : spoilt->lambda)
      for (double& number : row) number *= 100.0;
  const Certificate certificate = certified(game, solution);
  CHECK(blames(certificate, "exploitability"));
}

TEST_CASE(
    "certify: one spoilt decision that is never reached fails the residual and not the reached "
    "one") {
  const Game game = screening();
  Solution solution = solved(game, lambda, nodes);
  const Decision at = answer_of(game, solution.assessment, 0);
  const std::int64_t elsewhere = at.prior + 7;  // in the first round play stands at the prior
  REQUIRE(elsewhere < at.points);
  shift_probability(at, solution.assessment, 1, elsewhere, 0.01);
  const Certificate certificate = certified(game, solution);
  CHECK(!certificate.holds);
  CHECK(blames(certificate, "residual"));
  CHECK(!blames(certificate, "residual_reached"));
  CHECK(!blames(certificate, "beliefs"));
}

TEST_CASE("certify: the strategy of the same game at other patience is caught by the residual") {
  const Game game = screening(), other = screening(0.4, 0.5);
  Solution solution = solved(other, lambda, nodes);
  solution.assessment.game_fingerprint = solution.refined->game_fingerprint = game.fingerprint;
  const Certificate certificate = certified(game, solution);
  CHECK(!certificate.holds);
  CHECK(blames(certificate, "residual_reached"));
}

TEST_CASE(
    "certify: strategies solved under another belief of the proposer are caught by the residual") {
  const auto with_belief = [](double tough) {
    Game game = screening();
    game.numbers.beliefs[0][1] = {1.0 - tough, tough};
    game.fingerprint = game_fingerprint(game.shape(), game.numbers);
    return game;
  };
  const Game game = with_belief(0.4), other = with_belief(0.7);
  REQUIRE(game.fingerprint != other.fingerprint);
  Solution solution = solved(other, lambda, nodes);
  solution.assessment.game_fingerprint = solution.refined->game_fingerprint = game.fingerprint;
  const Certificate certificate = certified(game, solution);
  CHECK(!certificate.holds);
  CHECK(blames(certificate, "residual_reached"));
}

TEST_CASE(
    "certify: a decision marked unsolved fails where it is reached and is counted where it is "
    "not") {
  const Game game = screening();
  Solution solution = solved(game, lambda, nodes);
  const Decision at = answer_of(game, solution.assessment, 0);
  const auto mark = [&](std::int64_t point, DecisionMark as) {
    Solution spoilt = solution;
    spoilt.assessment.marks[static_cast<std::size_t>(
        spoilt.assessment.mark_offset[static_cast<std::size_t>(at.state)] + point)] =
        static_cast<std::uint8_t>(as);
    return certified(game, spoilt);
  };
  const Certificate reached = mark(at.prior, DecisionMark::unsolved),
                    unreached = mark(at.prior + 7, DecisionMark::unsolved);
  CHECK(!reached.holds);
  CHECK(blames(reached, "unsolved"));
  CHECK(reached.unsolved_reached == 1);
  CHECK(unreached.holds);
  CHECK(unreached.unsolved == 1);
  CHECK(unreached.unsolved_reached == 0);
  CHECK(blames(mark(at.prior, DecisionMark::jump), "jumps"));
  const Certificate several = mark(at.prior, DecisionMark::several);
  CHECK(several.holds);
  CHECK(several.several_reached == 1);
}

TEST_CASE("certify: an action dropped from a decision is caught by the residual") {
  const Game game = screening();
  Solution solution = solved(game, lambda, nodes);
  const Decision at = answer_of(game, solution.assessment, 0);
  for (int type = 0; type < 2; ++type) {
    *at.log_sigma(solution.assessment, type, 0, at.prior) = -infinity;
    *at.log_sigma(solution.assessment, type, 1, at.prior) = 0.0;
  }
  const Certificate certificate = certified(game, solution);
  CHECK(!certificate.holds);
  CHECK(blames(certificate, "residual"));
  CHECK(std::isinf(certificate.residual));
}

TEST_CASE("certify: probabilities that are no numbers fail and do not crash") {
  const Game game = screening();
  Solution solution = solved(game, lambda, nodes);
  const Decision at = answer_of(game, solution.assessment, 1);
  *at.log_sigma(solution.assessment, 0, 0, 3) = std::nan("");
  const Certificate certificate = certified(game, solution);
  CHECK(!certificate.holds);
  CHECK(blames(certificate, "residual"));
}

TEST_CASE("certify: a deviator exploits refined strategies that are far from logit") {
  const Game game = screening();
  Solution solution = solved(game, 200.0, nodes);
  for (Assessment* spoilt : {&solution.assessment, &*solution.refined})
    for (double& log : spoilt->log_strategy) log = std::log(0.5);
  const Certificate certificate = certified(game, solution);
  CHECK(blames(certificate, "exploitability"));
}

TEST_CASE(
    "certify: a grid error above tolerance fails by its number's name, and is judged relative to "
    "its scale") {
  const Game game = screening();
  Certificate certificate = certified(game, solved(game, lambda, nodes));
  REQUIRE(certificate.holds);
  certificate.grid_error["values.D.weak"] = 5e-3;
  judge(certificate);
  CHECK(!certificate.holds);
  CHECK(certificate.why_not.front().find("values.D.weak") != std::string::npos);
  certificate.scale["values.D.weak"] = 10.0;
  judge(certificate);
  CHECK(certificate.holds);
  certificate.not_converging.push_back("rounds.mean");
  judge(certificate);
  CHECK(blames(certificate, "not_converging"));
}

TEST_CASE("certify: a coarse grid at high precision shows itself in cell step and path error") {
  const Game game = screening();
  const Certificate coarse = certified(game, solved(game, 200.0, 9)),
                    fine = certified(game, solved(game, 200.0, 257));
  CHECK(coarse.cell_step > 1.0);
  CHECK(fine.cell_step < coarse.cell_step / 8.0);
  CHECK(fine.path_error < coarse.path_error);
}

TEST_CASE("certify: strategies of a foreign game are a broken contract") {
  const Game game = screening(), other = screening(0.5);
  const Solution solution = solved(other, lambda, nodes);
  CHECK_THROWS_AS((void)certify(game, solution.assessment, *solution.refined), ContractViolation);
  CHECK_THROWS_AS((void)certify_equations(game, solution.assessment), ContractViolation);
  Solution cut = solved(game, lambda, nodes);
  cut.assessment.log_strategy.resize(cut.assessment.log_strategy.size() / 2);
  CHECK_THROWS_AS((void)certified(game, cut), ContractViolation);
}

TEST_CASE("certify: cancelled checks never hold") {
  const Game game = screening();
  const Solution solution = solved(game, lambda, nodes);
  const Certificate certificate =
      certify(game, solution.assessment, *solution.refined,
              {.uncertified = {}, .on_step = [](const Step&) { return false; }});
  CHECK(!certificate.holds);
  CHECK(blames(certificate, "incomplete"));
}

TEST_CASE("certify_equations: carries residual, beliefs and counts, and says so") {
  const Game game = screening();
  const Solution solution = solved(game, lambda, nodes, false);
  const Certificate certificate = certify_equations(game, solution.assessment);
  CHECK(certificate.holds);
  CHECK(certificate.equations_only);
  CHECK(certificate.exploitability.empty());
}
