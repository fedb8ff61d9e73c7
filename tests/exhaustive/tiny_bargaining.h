#pragma once
/// All tiny bargaining games: payoffs in {0, 1, 2}, two offers, accept or refuse, one or two
/// rounds.

#include <string>
#include <vector>

#include "game/builder.h"

namespace melian::testing {

/// A family: what there is besides offers and answers.
struct Family {
  std::string name;
  int rounds = 1;
  bool battle = false;       ///< a chance move after a refusal may end the war
  bool informative = false;  ///< ... with odds that depend on D's type
  bool two_sided = false;    ///< S has types too
  bool guard = false;        ///< the tough D never accepts the low offer
  bool perceived = false;    ///< D sees the odds of the battle in its own way
  bool disagree = false;     ///< S believes something else about D than the analyst
  bool discount_by_type = false;
  double prior = 0.4;  ///< of the tough
};

/// One member: D's payoffs of war by type, S's payoff of war, all in {0, 1, 2}.
struct Member {
  int war_weak = 0, war_tough = 0, war_s = 0;
};

inline std::vector<Member> all_members() {
  std::vector<Member> out;
  for (int weak = 0; weak < 3; ++weak)
    for (int tough = 0; tough < 3; ++tough)
      for (int s = 0; s < 3; ++s) out.push_back({weak, tough, s});
  return out;
}

inline Game tiny_bargaining(const Family& f, const Member& m) {
  GameBuilder g(f.name);
  const int s = f.two_sided ? g.player("S", {"soft", "hard"}, {0.7, 0.3}) : g.player("S");
  const int d = g.player("D", {"weak", "tough"}, {1.0 - f.prior, f.prior});
  g.discount(s, {0.8});
  g.discount(d, f.discount_by_type ? std::vector<double>{0.6, 0.9} : std::vector<double>{0.8});
  if (f.disagree) g.believes(s, d, {0.3, 0.7});
  g.rounds(f.rounds);
  const int deal = g.outcome("deal"), war = g.outcome("war"), late = g.outcome("late");
  const int top = g.state(g.offer("offer", s, {0.0, 1.0})), closing = g.state(g.passage("closing"));
  const int answer = g.choice("answer", d, {"accept", "refuse"});
  const auto war_d = [m](const TypeProfile& t) { return t[1] == 0 ? m.war_weak : m.war_tough; };
  const auto war_s = [m, f](const TypeProfile& t) {
    return m.war_s + (f.two_sided && t[0] == 1 ? 1 : 0);
  };
  const auto goes_on = [f](double base) {
    return
        [f, base](const TypeProfile& t) { return f.informative && t[1] == 1 ? base + 0.3 : base; };
  };
  int battle = -1;
  if (f.battle) {
    battle = g.state(g.chance("battle", {"on", "over"}));
    for (int o = 0; o < 2; ++o) {
      const auto odds = [o, goes_on](double base) {
        return [=](const TypeProfile& t) {
          return o == 0 ? goes_on(base)(t) : 1.0 - goes_on(base)(t);
        };
      };
      auto& branch = g.branch(battle, o, o == 0 ? top : war).odds(odds(0.5));
      if (f.perceived) branch.perceived(d, odds(0.25));
      o == 0 ? branch.advance(1).time(1) : branch.pay(s, war_s).pay(d, war_d);
    }
  }
  const double to_d[] = {1.0, 2.0};  // of a pie of 3
  for (int k = 0; k < 2; ++k) {
    const int pending = g.state(answer);
    g.branch(top, k, pending);
    auto& accept = g.branch(pending, 0, deal).pay(s, 3.0 - to_d[k]).pay(d, to_d[k]);
    if (f.guard && k == 0) accept.open_to({0});
    auto& refuse = g.branch(pending, 1, f.battle ? battle : top);
    if (!f.battle) refuse.advance(1).time(1);
  }
  g.branch(closing, 0, late).pay(s, war_s).pay(d, war_d);
  g.entry(top, closing);
  return g.build();
}

inline std::vector<Family> all_families() {
  return {
      {.name = "one round"},
      {.name = "one round, prior .8", .prior = 0.8},
      {.name = "one round, guard", .guard = true},
      {.name = "one round, two-sided", .two_sided = true},
      {.name = "one round, disagreement", .disagree = true},
      {.name = "two rounds", .rounds = 2},
      {.name = "two rounds, prior .8", .rounds = 2, .prior = 0.8},
      {.name = "two rounds, battle", .rounds = 2, .battle = true},
      {.name = "two rounds, informative battle", .rounds = 2, .battle = true, .informative = true},
      {.name = "two rounds, perceived battle",
       .rounds = 2,
       .battle = true,
       .informative = true,
       .perceived = true},
      {.name = "two rounds, guard", .rounds = 2, .guard = true},
      {.name = "two-sided, two rounds", .rounds = 2, .two_sided = true},
      {.name = "two-sided, two rounds, informative battle",
       .rounds = 2,
       .battle = true,
       .informative = true,
       .two_sided = true},
      {.name = "two rounds, disagreement", .rounds = 2, .disagree = true},
      {.name = "two rounds, discount by type", .rounds = 2, .discount_by_type = true},
      {.name = "three rounds, battle", .rounds = 3, .battle = true, .informative = true},
  };
}

}  // namespace melian::testing
