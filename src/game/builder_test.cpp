#include <doctest/doctest.h>

#include "game/builder.h"

using namespace melian;

namespace {

/// Crisis signalling: A challenges or not, B concedes or resists, A fights or backs down; A's war
/// payoff is private.
Game crisis() {
  GameBuilder g("crisis");
  const int a = g.player("A", {"low", "high"}, {0.7, 0.3}), b = g.player("B");
  const int status_quo = g.outcome("status quo"), concession = g.outcome("concession"),
            war = g.outcome("war"), back_down = g.outcome("back down");
  const int challenge = g.state(g.choice("challenge", a, {"no", "yes"}));
  const int answer = g.state(g.choice("answer", b, {"concede", "resist"}));
  const int fight = g.state(g.choice("fight", a, {"back down", "fight"}));
  g.branch(challenge, 0, status_quo).pay(b, 1.0);
  g.branch(challenge, 1, answer);
  g.branch(answer, 0, concession).pay(a, 1.0);
  g.branch(answer, 1, fight);
  g.branch(fight, 0, back_down).pay(a, -0.25).pay(b, 1.0);
  g.branch(fight, 1, war)
      .pay(a, [](const TypeProfile& t) { return t[0] == 0 ? -0.8 : 0.1; })
      .pay(b, -0.5);
  return g.build();
}

/// Offers between battles in two rounds, then a fight to the finish.
Game screening() {
  GameBuilder g("screening");
  const int s = g.player("S"), d = g.player("D", {"weak", "tough"}, {0.9, 0.1});
  g.discount(s, {0.95});
  g.discount(d, {0.95});
  g.rounds(2);
  const int deal = g.outcome("deal"), collapse = g.outcome("collapse"),
            finish = g.outcome("finish");
  const int menu = g.offer("offer", s, {0.05, 0.40});
  const int top = g.state(menu), closing = g.state(g.passage("fight to the finish"));
  const int answers = g.choice("answer", d, {"accept", "refuse"}),
            battle_move = g.chance("battle", {"on", "collapse"});
  const int battle = g.state(battle_move);
  for (int k = 0; k < 2; ++k) {
    const int answer = g.state(answers);
    g.branch(top, k, answer);
    g.branch(answer, 0, deal).pay(s, 0.6).pay(d, 0.4);
    g.branch(answer, 1, battle).pay(s, -0.05).pay(d, [](const TypeProfile& t) {
      return t[1] == 0 ? -0.07 : -0.02;
    });
  }
  g.branch(battle, 0, top).odds(0.9).advance(1).time(1);
  g.branch(battle, 1, collapse).odds(0.1).pay(s, 0.95);
  g.branch(closing, 0, finish).pay(s, 0.2).pay(d, 0.3);
  g.entry(top, closing);
  return g.build();
}

}  // namespace

TEST_CASE("builder: a type is live where a later payoff depends on it") {
  const Game game = crisis();
  const Structure& shape = game.shape();
  REQUIRE(shape.states.size() == 3);
  for (const PublicState& s : shape.states) CHECK(s.live == 1U);
  CHECK(shape.untimed_levels.size() == 3);
  CHECK(shape.untimed_levels[0] == std::vector<int>{2});
  CHECK(game.reward(5, 0, 2)[0] == -0.8);
  CHECK(game.reward(5, 0, 2)[1] == 0.1);
}

TEST_CASE("builder: rounds, closings and levels of a timed game") {
  const Game game = screening();
  const Structure& shape = game.shape();
  CHECK(shape.states[0].timed);
  CHECK(!shape.states[1].timed);
  CHECK(shape.states[1].live == 0U);
  CHECK(shape.states[0].live == 2U);
  CHECK(shape.timed_levels.size() == 3);
  CHECK(shape.timed_levels.back() == std::vector<int>{0});
  for (int t = 0; t < 2; ++t)
    for (const std::size_t s : {0U, 2U, 3U, 4U})
      CHECK(shape.reached[static_cast<std::size_t>(t) * shape.states.size() + s] == 1);
  CHECK(broken_invariants(game).empty());
}

TEST_CASE("builder: odds that do not sum to one are a contract violation naming the state") {
  GameBuilder g;
  const int end = g.outcome("end");
  const int s = g.state(g.chance("battle", {"won", "lost"}));
  (void)g.player("A");
  g.branch(s, 0, end).odds(0.5);
  g.branch(s, 1, end).odds(0.4);
  CHECK_THROWS_AS((void)g.build(), ContractViolation);
}

TEST_CASE(
    "solution_order: cycles stand alone, after what they lead to and before what leads to them") {
  GameBuilder g;
  const int a = g.player("A"), end = g.outcome("end");
  const int first = g.state(g.choice("begin", a, {"war", "peace"})),
            war = g.state(g.choice("fight", a, {"on", "stop"})),
            truce = g.state(g.passage("truce")),
            peace = g.state(g.choice("end", a, {"one", "other"}));
  g.forever();
  g.discount(a, {0.9});
  g.branch(first, 0, war);
  g.branch(first, 1, peace);
  g.branch(war, 0, truce);
  g.branch(war, 1, peace);
  g.branch(truce, 0, war).advance(1).time(1);
  g.branch(peace, 0, end);
  g.branch(peace, 1, end);
  const Game game = g.build();
  const SolutionOrder order = solution_order(game.shape());
  REQUIRE(order.stages.size() == 3);
  CHECK(order.stages[0].levels == std::vector<std::vector<int>>{{peace}});
  CHECK(order.stages[1].cyclic);
  CHECK(order.stages[1].levels == std::vector<std::vector<int>>{{truce}, {war}});
  CHECK(order.heads(game.shape(), 1) == std::vector<int>{war});
  CHECK(order.leads_back(truce, war));
  CHECK_FALSE(order.leads_back(war, truce));
  CHECK(order.stages[2].levels == std::vector<std::vector<int>>{{first}});
}
