#pragma once
/// Small published games, built by hand, whose exact logit equilibria are known to eight digits or
/// more.

#include <vector>

#include "game/builder.h"

namespace melian::testing {

/// Crisis with complete information; payoffs (A, B) of status quo, concession, backing down, war.
inline Game signorino(const std::vector<double>& a_gets, const std::vector<double>& b_gets) {
  GameBuilder g("crisis with complete information");
  const int a = g.player("A"), b = g.player("B");
  std::vector<int> ends;
  for (const char* name : {"status quo", "concession", "back down", "war"})
    ends.push_back(g.outcome(name));
  const int challenge = g.state(g.choice("challenge", a, {"no", "yes"}));
  const int answer = g.state(g.choice("answer", b, {"concede", "resist"}));
  const int fight = g.state(g.choice("fight", a, {"back down", "fight"}));
  const auto end = [&](int state, int action, std::size_t k) {
    g.branch(state, action, ends[k]).pay(a, a_gets[k]).pay(b, b_gets[k]);
  };
  end(challenge, 0, 0);
  g.branch(challenge, 1, answer);
  end(answer, 0, 1);
  g.branch(answer, 1, fight);
  end(fight, 0, 2);
  end(fight, 1, 3);
  return g.build();
}

/// Crisis signalling with an audience cost; A's value of war is private: low, high.
inline Game crisis_signalling(double w_low, double w_high, double high_prior, double w_b,
                              double audience_cost) {
  GameBuilder g("crisis signalling");
  const int a = g.player("A", {"low", "high"}, {1.0 - high_prior, high_prior}), b = g.player("B");
  const int status_quo = g.outcome("status quo"), concession = g.outcome("concession"),
            back_down = g.outcome("back down"), war = g.outcome("war");
  const int challenge = g.state(g.choice("challenge", a, {"no", "yes"}));
  const int answer = g.state(g.choice("answer", b, {"concede", "resist"}));
  const int fight = g.state(g.choice("fight", a, {"back down", "fight"}));
  g.branch(challenge, 0, status_quo).pay(b, 1.0);
  g.branch(challenge, 1, answer);
  g.branch(answer, 0, concession).pay(a, 1.0);
  g.branch(answer, 1, fight);
  g.branch(fight, 0, back_down).pay(a, -audience_cost).pay(b, 1.0);
  g.branch(fight, 1, war)
      .pay(a, [=](const TypeProfile& t) { return t[0] == 0 ? w_low : w_high; })
      .pay(b, w_b);
  return g.build();
}

/// One demand, one answer; B's cost of war is private: low (probability q), high.
inline Game private_cost(double p, double cost_a, double cost_low, double cost_high, double q,
                         int steps) {
  GameBuilder g("one demand under private cost");
  const int a = g.player("A"), b = g.player("B", {"low cost", "high cost"}, {q, 1.0 - q});
  const int deal = g.outcome("deal"), war = g.outcome("war");
  std::vector<double> demands;
  for (int k = 0; k <= steps; ++k) demands.push_back(static_cast<double>(k) / steps);
  const int demand = g.state(g.offer("demand", a, demands));
  const int answers = g.choice("answer", b, {"accept", "refuse"});
  for (int k = 0; k <= steps; ++k) {
    const double x = demands[static_cast<std::size_t>(k)];
    const int answer = g.state(answers);
    g.branch(demand, k, answer);
    g.branch(answer, 0, deal).pay(a, x).pay(b, 1.0 - x);
    g.branch(answer, 1, war).pay(a, p - cost_a).pay(b, [=](const TypeProfile& t) {
      return 1.0 - p - (t[1] == 0 ? cost_low : cost_high);
    });
  }
  return g.build();
}

/// B, losing, may ask for talks; A may grant them; B may sign or walk out having regrouped. B's
/// cost is private: stubborn, weary (probability mu).
inline Game insincere_talks(double p, double cost_a, double cost_stubborn, double cost_weary,
                            double share, double gain, double asking, double pressure, double mu) {
  GameBuilder g("insincere talks");
  const int a = g.player("A"), b = g.player("B", {"stubborn", "weary"}, {1.0 - mu, mu});
  const int war = g.outcome("war"), refused = g.outcome("war after refusal"),
            signed_end = g.outcome("settlement"), walked = g.outcome("war after talks");
  const int ask = g.state(g.choice("ask", b, {"no", "yes"}));
  const int grant = g.state(g.choice("grant", a, {"refuse", "grant"}));
  const int talks = g.state(g.choice("talks", b, {"sign", "walk out"}));
  const auto fights = [=](double odds, double paid) {
    return [=](const TypeProfile& t) {
      return 1.0 - odds - (t[1] == 0 ? cost_stubborn : cost_weary) - paid;
    };
  };
  g.branch(ask, 0, war).pay(a, p - cost_a).pay(b, fights(p, 0.0));
  g.branch(ask, 1, grant);
  g.branch(grant, 0, refused).pay(a, p - cost_a - pressure).pay(b, fights(p, asking));
  g.branch(grant, 1, talks);
  g.branch(talks, 0, signed_end).pay(a, share).pay(b, 1.0 - share - asking);
  g.branch(talks, 1, walked).pay(a, p - gain - cost_a).pay(b, fights(p - gain, asking));
  return g.build();
}

struct Screening {
  double collapse_weak = 0.1, collapse_tough = 0.1, collapse_s = 0.1, cost_s = 0.05,
         cost_weak = 0.07, cost_tough = 0.02, discount = 0.95;
};

/// Offers between battles: S offers, D (weak, tough; privately) answers, refusals are fought over;
/// after `rounds` offers the war is fought to the finish.
inline Game wartime_screening(const Screening& x, double weak, int rounds,
                              const std::vector<double>& menu) {
  GameBuilder g("wartime screening");
  const int s = g.player("S"), d = g.player("D", {"weak", "tough"}, {weak, 1.0 - weak});
  g.discount(s, {x.discount});
  g.discount(d, {x.discount});
  g.rounds(rounds);
  const auto collapse = [=](const TypeProfile& t) {
    return t[1] == 0 ? x.collapse_weak : x.collapse_tough;
  };
  const auto cost = [=](const TypeProfile& t) { return t[1] == 0 ? x.cost_weak : x.cost_tough; };
  const auto lasting = [=](const TypeProfile& t) {
    return 1.0 - x.discount * (1.0 - collapse(t) - x.collapse_s);
  };
  const int deal = g.outcome("deal"), d_falls = g.outcome("D collapses"),
            s_falls = g.outcome("S collapses"), finish = g.outcome("fought out");
  const int top = g.state(g.offer("offer", s, menu)),
            closing = g.state(g.passage("fight to the finish"));
  const int answers = g.choice("answer", d, {"accept", "refuse"});
  const int battle = g.state(g.chance("battle", {"undecided", "D collapses", "S collapses"}));
  for (std::size_t k = 0; k < menu.size(); ++k) {
    const int answer = g.state(answers);
    g.branch(top, static_cast<int>(k), answer);
    g.branch(answer, 0, deal).pay(s, 1.0 - menu[k]).pay(d, menu[k]);
    g.branch(answer, 1, battle).pay(s, -x.cost_s).pay(d, [=](const TypeProfile& t) {
      return -cost(t);
    });
  }
  g.branch(battle, 0, top)
      .odds([=](const TypeProfile& t) { return 1.0 - collapse(t) - x.collapse_s; })
      .advance(1)
      .time(1);
  g.branch(battle, 1, d_falls).odds(collapse).pay(s, x.discount);
  g.branch(battle, 2, s_falls).odds(x.collapse_s).pay(d, x.discount);
  g.branch(closing, 0, finish)
      .pay(s,
           [=](const TypeProfile& t) { return (x.discount * collapse(t) - x.cost_s) / lasting(t); })
      .pay(d, [=](const TypeProfile& t) {
        return (x.discount * x.collapse_s - cost(t)) / lasting(t);
      });
  g.entry(top, closing);
  return g.build();
}

}  // namespace melian::testing
