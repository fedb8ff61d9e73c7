/// What `solve` promises of every game: invariances, determinism, refusals, the honest summary.

#include <algorithm>
#include <cmath>

#include <doctest/doctest.h>

#include "melian/solve.h"
#include "solve/oracle_games.h"
#include "solve/solved.h"

using namespace melian;
using namespace melian::testing;

namespace {

const std::vector<double> menu{.05, .12, .19, .26, .33, .40};

double largest_difference(const std::vector<double>& a, const std::vector<double>& b) {
  REQUIRE(a.size() == b.size());
  double worst = 0.0;
  for (std::size_t k = 0; k < a.size(); ++k)
    if (a[k] != b[k]) worst = std::max(worst, std::abs(a[k] - b[k]));
  return worst;
}

Game with_numbers(const Game& game, double scale, double shift) {
  Game out = game;
  for (double& reward : out.numbers.rewards) reward = scale * reward;
  // A constant for every play: added where play ends, once.
  const Structure& shape = game.shape();
  for (std::size_t b = 0; b < shape.branches.size(); ++b) {
    if (shape.branches[b].next >= 0) continue;
    const std::int64_t end = b + 1 < shape.branches.size()
                                 ? shape.reward_offset[b + 1]
                                 : static_cast<std::int64_t>(out.numbers.rewards.size());
    for (std::int64_t k = shape.reward_offset[b]; k < end; ++k)
      out.numbers.rewards[static_cast<std::size_t>(k)] += shift;
  }
  return out;
}

/// Sender and receiver: types of the sender may be stubborn (never concede).
Game stubborn(bool private_information) {
  GameBuilder g("stubborn types");
  const int a = private_information ? g.player("A", {"flexible", "stubborn"}, {0.7, 0.3})
                                    : g.player("A", {"flexible"}, {1.0});
  const int b = g.player("B");
  const int end = g.outcome("end");
  const int claim = g.state(g.choice("claim", a, {"concede", "insist"})),
            answer = g.state(g.choice("answer", b, {"yield", "hold"}));
  const int last = g.state(g.choice("last word", a, {"concede", "insist"}));
  auto& concede = g.branch(claim, 0, end).pay(a, 0.3).pay(b, 0.7);
  if (private_information) concede.open_to({0});
  g.branch(claim, 1, answer);
  g.branch(answer, 0, end).pay(a, 0.7).pay(b, 0.3);
  g.branch(answer, 1, last).pay(b, -0.05);
  auto& give_up = g.branch(last, 0, end).pay(a, 0.25).pay(b, 0.75);
  if (private_information) give_up.open_to({0});
  g.branch(last, 1, end).pay(a, 0.0).pay(b, 0.0);
  return g.build();
}

}  // namespace

TEST_CASE("solve: payoffs times c with lambda over c change no probability") {
  const Game game = wartime_screening({}, 0.9, 3, menu);
  const Solution plain = solved(game, with(20.0, 33)),
                 scaled = solved(with_numbers(game, 8.0, 0.0), with(2.5, 33));
  CHECK(largest_difference(plain.assessment.log_strategy, scaled.assessment.log_strategy) < 1e-10);
  CHECK(scaled.start_values[0][0] ==
        doctest::Approx(8.0 * plain.start_values[0][0]).epsilon(1e-12));
}

TEST_CASE("solve: a constant added to every play's payoffs changes no probability") {
  const Game game = insincere_talks(0.6, 0.1, 0.1, 0.3, 0.65, 0.10, 0.04, 0.0, 0.2);
  const Solution plain = solved(game, with(20.0, 65)),
                 shifted = solved(with_numbers(game, 1.0, 3.0), with(20.0, 65));
  CHECK(largest_difference(plain.assessment.log_strategy, shifted.assessment.log_strategy) < 1e-9);
  CHECK(shifted.start_values[0][0] ==
        doctest::Approx(3.0 + plain.start_values[0][0]).epsilon(1e-12));
}

TEST_CASE(
    "solve: one, two and eight threads give the same bytes, also on the ladder and on refined "
    "axes") {
  const Game game = insincere_talks(0.6, 0.1, 0.1, 0.3, 0.65, 0.10, 0.04, 0.0, 0.2),
             long_game = wartime_screening({}, 0.9, 4, menu);
  for (const Game* one : {&game, &long_game}) {
    std::vector<Solution> solutions;
    for (const int threads : {1, 2, 8}) {
      set_threads(threads);
      SolveOptions options = with(150.0, 129);
      options.refined = true;
      solutions.push_back(solved(*one, options));
    }
    set_threads(0);
    for (std::size_t k = 1; k < solutions.size(); ++k) {
      CHECK(solutions[k].assessment.log_strategy == solutions[0].assessment.log_strategy);
      CHECK(solutions[k].assessment.marks == solutions[0].assessment.marks);
      CHECK(solutions[k].refined->log_strategy == solutions[0].refined->log_strategy);
      CHECK(solutions[k].start_values == solutions[0].start_values);
    }
  }
}

TEST_CASE(
    "solve: a stubborn type never does what it cannot, and conceding reveals the flexible type") {
  const Game game = stubborn(true);
  const Solution solution = solved(game, with(5.0, 33));
  const Assessment& a = solution.assessment;
  const std::int64_t points = a.axes.num_points(1U), row = a.row(game.shape(), 0, 0);
  for (std::int64_t p = 0; p < points; ++p) {
    CHECK(a.log_strategy[static_cast<std::size_t>(row + 2 * points + p)] == -infinity);
    CHECK(a.log_strategy[static_cast<std::size_t>(row + 3 * points + p)] == 0.0);
    CHECK(std::isfinite(a.log_strategy[static_cast<std::size_t>(row + p)]));
  }
  CHECK(solution.summary.residual < 1e-12);
}

TEST_CASE("solve: with one type left the answer is that of complete information") {
  Game certain = stubborn(true);
  certain.numbers.prior[0] = {1.0, 0.0};
  certain.numbers.beliefs = {{{1.0, 0.0}, {1.0}}, {{1.0, 0.0}, {1.0}}};
  const Game complete = stubborn(false);
  const Solution a = solved(certain, with(5.0, 17)), b = solved(complete, with(5.0, 17));
  CHECK(a.start_values[0][0] == doctest::Approx(b.start_values[0][0]).epsilon(1e-12));
  CHECK(a.start_values[1][0] == doctest::Approx(b.start_values[1][0]).epsilon(1e-12));
}

TEST_CASE("solve: refined strategies agree with the grid at its own nodes") {
  SolveOptions options = with(20.0, 33);
  options.refined = true;
  const Game game = wartime_screening({.25, .10, .10, .05, .03, .03, .95}, 0.6, 2, menu);
  const Solution solution = solved(game, options);
  REQUIRE(solution.refined.has_value());
  const Structure& shape = game.shape();
  double worst = 0.0;
  for (int s = 0; s < static_cast<int>(shape.states.size()); ++s) {
    if (!shape.is_decision(s)) continue;
    const std::int64_t coarse = solution.assessment.row(shape, 0, s),
                       fine = solution.refined->row(shape, 0, s);
    const int types =
        shape
            .players[static_cast<std::size_t>(
                shape
                    .moves[static_cast<std::size_t>(shape.states[static_cast<std::size_t>(s)].move)]
                    .player)]
            .num_types();
    for (int block = 0; block < types * shape.states[static_cast<std::size_t>(s)].num_branches;
         ++block)
      for (int p = 0; p < 33; ++p)
        worst = std::max(
            worst,
            std::abs(solution.assessment
                         .log_strategy[static_cast<std::size_t>(coarse + block * 33 + p)] -
                     solution.refined
                         ->log_strategy[static_cast<std::size_t>(fine + block * 65 + 2 * p)]));
  }
  CHECK(worst < 1e-10);
}

TEST_CASE("solve: the ladder keeps the branch that frozen continuations lose") {
  // At lambda 200 three equilibria exist; tracing the first decision alone, with the answers to it
  // held at their final form, ends at hardly any talks (grant 4.6e-5), while the game's own branch
  // grants with probability .378.
  const Game game = insincere_talks(0.6, 0.1, 0.1, 0.3, 0.65, 0.10, 0.04, 0.0, 0.2);
  SolveOptions options = with(200.0, 1025);
  const Solution climbed = solved(game, options);
  options.ladder = false;
  const Solution frozen = solved(game, options);
  const auto start = [&](const Solution& solution, int type) {
    const Assessment& a = solution.assessment;
    const auto& nodes = a.axes.nodes.front();
    const auto node = std::lower_bound(nodes.begin(), nodes.end(), 0.2) - nodes.begin();
    return std::exp(a.log_strategy[static_cast<std::size_t>(
        a.row(game.shape(), 0, 0) + (2 * type + 1) * static_cast<int>(nodes.size()) + node)]);
  };
  CHECK(climbed.summary.several > 0);
  CHECK(climbed.summary.ladder.size() > 1);
  CHECK(start(climbed, 0) == doctest::Approx(0.391019624).epsilon(1e-3));
  CHECK(start(frozen, 0) < 0.01);
  CHECK(frozen.summary.ladder.empty());
  CHECK(frozen.summary.message.find("frozen") != std::string::npos);
  CHECK(!climbed.summary.places.empty());
}

TEST_CASE("solve: refuses what it cannot do, with the reason") {
  GameBuilder many;
  std::vector<std::string> types;
  for (int k = 0; k < 40; ++k) types.push_back("t" + std::to_string(k));
  const int a = many.player("A", types), end = many.outcome("end");
  const int s = many.state(many.choice("act", a, {"one", "two"}));
  many.branch(s, 0, end).pay(a, [](const TypeProfile& t) { return static_cast<double>(t[0]); });
  many.branch(s, 1, end);
  const auto refused = solve(many.build(), with(1.0, 9));
  REQUIRE(!refused);
  CHECK(refused.error().front().code == "M0901");
  CHECK(refused.error().front().hint.find("method tree") != std::string::npos);

  const Game game = wartime_screening({}, 0.9, 2, menu);
  const auto without = solve(game);
  REQUIRE(!without);
  CHECK(without.error().front().code == "M0903");
  SolveOptions negative = with(-1.0, 9);
  CHECK(solve(game, negative).error().front().code == "M0903");

  SolveOptions small = with(1.0, 129);
  small.max_bytes = 1000;
  const auto large = solve(game, small);
  REQUIRE(!large);
  CHECK(large.error().front().code == "M0901");
  CHECK(large.error().front().message.find("1806 decisions") != std::string::npos);
  CHECK(large.error().front().hint.find("nodes") != std::string::npos);

  GameBuilder endless;
  const int b = endless.player("B"), over = endless.outcome("over"),
            loop = endless.state(endless.choice("go on", b, {"yes", "no"}));
  endless.forever();
  endless.branch(loop, 0, loop).advance(1).time(1);
  endless.branch(loop, 1, over);
  const auto undiscounted = solve(endless.build(), with(1.0, 9));
  REQUIRE(!undiscounted);
  CHECK(undiscounted.error().front().code == "M0902");
  CHECK(undiscounted.error().front().message.find("does not discount") != std::string::npos);
}

TEST_CASE("solve: a public state that comes back to itself has its stationary value") {
  // Alone, A waits (0 now) or stops (1): V = sigma 1 + (1 - sigma) d V with sigma = logistic(lambda
  // (1 - d V)).
  GameBuilder endless;
  const int a = endless.player("A"), over = endless.outcome("over"),
            loop = endless.state(endless.choice("wait", a, {"yes", "no"}));
  endless.forever();
  endless.discount(a, {0.9});
  endless.branch(loop, 0, loop).advance(1).time(1);
  endless.branch(loop, 1, over).pay(a, 1.0);
  const Solution solution = solved(endless.build(), with(5.0, 9));
  const double value = solution.start_values[0][0], stop = logistic(5.0 * (1.0 - 0.9 * value));
  CHECK(value == doctest::Approx(stop + (1.0 - stop) * 0.9 * value).epsilon(1e-12));
  CHECK(solution.summary.termination == Termination::converged);
  CHECK(solution.summary.sweeps > 2);
}

TEST_CASE(
    "solve: present-value precision falls with the clock, and is refused where the clock is no "
    "function of the state") {
  const Game game = wartime_screening({}, 0.9, 2, {0.1, 0.3});
  SolveOptions options = with(20.0, 17);
  options.discounting = Discounting::present_value;
  const Solution solution = solved(game, options);
  // Last offers at lambda * discount equal those of a one-round game at that lambda.
  const Solution last = solved(wartime_screening({}, 0.9, 1, {0.1, 0.3}), with(19.0, 17));
  const auto row = [&](const Solution& from, const Game& of, int round) {
    return from.assessment
        .log_strategy[static_cast<std::size_t>(from.assessment.row(of.shape(), round, 0) + 5)];
  };
  CHECK(row(solution, game, 1) ==
        doctest::Approx(row(last, wartime_screening({}, 0.9, 1, {0.1, 0.3}), 0)).epsilon(1e-12));

  GameBuilder g;
  const int a = g.player("A"), end = g.outcome("end");
  const int first = g.state(g.choice("wait", a, {"long", "short"})),
            then = g.state(g.choice("act", a, {"one", "two"}));
  g.branch(first, 0, then).time(2);
  g.branch(first, 1, then).time(1);
  g.branch(then, 0, end).pay(a, 1.0);
  g.branch(then, 1, end);
  CHECK(solve(g.build(), options).error().front().code == "M0902");
}

TEST_CASE("solve: progress is told and cancelling is honoured") {
  const Game game = wartime_screening({}, 0.9, 10, menu);
  SolveOptions options = with(10.0, 33);
  double last = -1.0;
  int calls = 0;
  options.on_step = [&](const Step& step) {
    CHECK(step.done >= last);
    CHECK(step.done <= 1.0);
    last = step.done;
    return ++calls < 1000;
  };
  CHECK(solved(game, options).summary.termination == Termination::converged);
  CHECK(last > 0.8);
  options.on_step = [](const Step& step) { return step.done < 0.5; };
  const Solution cancelled = solved(game, options);
  CHECK(cancelled.summary.termination == Termination::cancelled);
  CHECK(!cancelled.assessment.decided(game.shape(), 0, 0));
}

TEST_CASE(
    "solve: different own beliefs move values and offers, and shift by a constant in log-odds") {
  const Game common = private_cost(0.5, 0.1, 0.075, 0.325, 0.4, 20);
  Game own = common;
  own.numbers.beliefs[0][1] = {
      0.7, 0.3};  // A thinks B more likely to be of low cost than the analyst does
  const Solution shifted = solved(own, with(50.0, 33)),
                 same = solved(private_cost(0.5, 0.1, 0.075, 0.325, 0.7, 20), with(50.0, 33));
  CHECK(shifted.start_values[0][0] == doctest::Approx(same.start_values[0][0]).epsilon(1e-12));
}

TEST_CASE("solve: huge payoffs are solved to round-off or marked") {
  for (const double size : {1e6, 1e12, 1e15}) {
    const Solution solution =
        solved(with_numbers(wartime_screening({}, 0.9, 2, menu), size, 0.0), with(1.0, 17));
    CHECK(std::isfinite(solution.summary.residual));
    CHECK((solution.summary.residual < 1e-9 + 1e-11 * size || solution.summary.unsolved > 0));
    CHECK((solution.summary.termination == Termination::converged) ==
          (solution.summary.unsolved == 0));
  }
}
