#pragma once
/// Games beyond two independent types a player: three types that chance tells apart, a joint prior
/// with simultaneous moves.

#include <cmath>

#include "game/builder.h"

namespace melian::testing {

/// S offers low or high over two rounds; D, whose strength is one of three, answers; battles tell
/// strengths apart. Only the strongest may bring up reserves, where `guarded`. S weighs types
/// otherwise than the analyst does, where `disputed`.
struct ThreeTypes {
  double patience = 0.9, toll = 0.05;
  bool guarded = true, disputed = true;
  double widths[2] = {0.25, 0.75};
};
inline Game three_types(const ThreeTypes& x = {}) {
  GameBuilder g("three strengths");
  const int s = g.player("S"), d = g.player("D", {"weak", "middling", "tough"}, {0.4, 0.35, 0.25});
  g.discount(s, {x.patience});
  g.discount(d, {x.patience, x.patience, x.patience});
  if (x.disputed) g.believes(s, d, {0.2, 0.5, 0.3});
  g.rounds(2);
  const int deal = g.outcome("deal"), collapse = g.outcome("collapse"), late = g.outcome("late");
  const int top = g.state(g.offer("offer", s, {0.3, 0.6}, {x.widths[0], x.widths[1]})),
            closing = g.state(g.passage("closing"));
  const int answer = g.choice("answer", d, {"accept", "refuse", "reserves"}),
            battle = g.state(g.chance("battle", {"on", "collapse"}));
  const auto strength = [](const TypeProfile& t) { return 0.2 + 0.15 * t[1]; };
  const auto on = [](const TypeProfile& t) {
    return 0.5 + 0.1 * t[1] + 0.05 * (t[1] == 2 ? 1 : 0);
  };
  for (int k = 0; k < 2; ++k) {
    const double share = 0.3 + 0.3 * k;
    const int pending = g.state(answer);
    g.branch(top, k, pending);
    g.branch(pending, 0, deal).pay(s, 1.0 - share).pay(d, share);
    g.branch(pending, 1, battle).pay(s, -x.toll).pay(d, [](const TypeProfile& t) {
      return -0.1 + 0.03 * t[1];
    });
    auto& reserves = g.branch(pending, 2, battle).pay(s, -0.1).pay(d, -0.08);
    if (x.guarded) reserves.open_to({2});
  }
  g.branch(battle, 0, top).odds(on).advance(1).time(1);
  g.branch(battle, 1, collapse)
      .odds([on](const TypeProfile& t) { return 1.0 - on(t); })
      .pay(s, 0.9)
      .pay(d, 0.0);
  g.branch(closing, 0, late)
      .pay(s, [=](const TypeProfile& t) { return 0.8 - strength(t); })
      .pay(d, strength);
  g.entry(top, closing);
  return g.build();
}

/// Two sides, whose strengths go together, choose at the same time whether to wait or to attack;
/// after they both wait, A asks for a share or walks away, having learnt of B from B's restraint
/// and of its own strength.
struct TwoAtOnce {
  std::vector<double> joint = {
      0.35, 0.15, 0.1,
      0.4};             ///< (A weak, B weak), (A weak, B tough), (A tough, B weak), both tough
  bool tied = true;     ///< else: independent, with the same margins
  bool at_once = true;  ///< else: A chooses first, and is seen
  double sign = 1.0;    ///< of what A gets by attacking
};
inline Game two_at_once(const TwoAtOnce& x = {}) {
  GameBuilder g("two at once");
  const double a_tough = x.joint[2] + x.joint[3], b_tough = x.joint[1] + x.joint[3];
  const int a = g.player("A", {"weak", "tough"}, {1.0 - a_tough, a_tough}),
            b = g.player("B", {"weak", "tough"}, {1.0 - b_tough, b_tough});
  if (x.tied) g.correlate({a, b}, x.joint);
  const int war = g.outcome("war"), deal = g.outcome("deal"), quiet = g.outcome("quiet");
  const auto balance = [](const TypeProfile& t) { return 0.5 + 0.2 * t[0] - 0.25 * t[1]; };
  const auto fight = [&](int state, int action, int attackers) {
    g.branch(state, action, war)
        .pay(a,
             [=](const TypeProfile& t) {
               return x.sign * (balance(t) - 0.1 +
                                (attackers == 1   ? 0.15
                                 : attackers == 2 ? -0.1
                                                  : 0.0));
             })
        .pay(b, [=](const TypeProfile& t) {
          return 1.0 - balance(t) - 0.15 + (attackers == 2 ? 0.12 : attackers == 3 ? 0.06 : 0.0);
        });
  };
  const int ask = g.state(g.choice("ask", a, {"share", "walk away"})),
            reply = g.state(g.choice("reply", b, {"grant", "refuse"}));
  const int as = g.choice("A", a, {"wait", "attack", "feint"}),
            bs = g.choice("B", b, {"wait", "attack"});
  const int both = g.state(x.at_once ? g.simultaneous("both", {as, bs}) : as);
  g.root(both);
  if (x.at_once) {
    g.branch(both, 0, ask);
    fight(both, 1, 2);
    fight(both, 2, 1);
    fight(both, 3, 3);
    g.branch(both, 4, ask).pay(a, -0.02);
    fight(both, 5, 2);
  } else {
    const int after_wait = g.state(bs), after_feint = g.state(bs);
    g.branch(both, 0, after_wait);
    fight(both, 1, 1);
    g.branch(both, 2, after_feint).pay(a, -0.02);
    for (const int state : {after_wait, after_feint}) {
      g.branch(state, 0, ask);
      fight(state, 1, 2);
    }
  }
  g.branch(ask, 0, reply);
  g.branch(ask, 1, quiet).pay(a, 0.4).pay(b, 0.5);
  g.branch(reply, 0, deal).pay(a, 0.6).pay(b, 0.38);
  fight(reply, 1, 0);
  return g.build();
}

/// Every round two sides, whose strengths go together, choose at once whether to press; a
/// mediator's report tells of both strengths together, and each side reads it in its own way. It
/// goes on until somebody gives in or the war burns out.
struct ForEver {
  double discount = 0.8;
  bool both_at_once = true;  ///< else the report tells nothing
  bool guarded = true;       ///< pressing hard is open to the tough alone
};
/// Writes odds that differ by whether two sides are equally strong: no product of one factor a
/// side.
inline void report_on_both(Game& game, int report) {
  const Structure& shape = game.shape();
  for (std::size_t outcome = 0; outcome < 2; ++outcome) {
    const std::size_t branch =
        static_cast<std::size_t>(shape.states[static_cast<std::size_t>(report)].first_branch) +
        outcome;
    for (std::size_t profile = 0; profile < 4; ++profile) {
      const bool even = profile == 0 || profile == 3;
      const double odds = even == (outcome == 0) ? 0.6 : 0.2;
      game.numbers.odds[static_cast<std::size_t>(shape.odds_offset[branch]) + profile] = odds;
      for (std::size_t player = 0; player < 2; ++player)  // A half believes it
        game.numbers.perceived[static_cast<std::size_t>(shape.perceived_offset[branch]) +
                               4 * player + profile] = player == 0 ? 0.5 * odds + 0.2 : odds;
    }
  }
  game.fingerprint = game_fingerprint(shape, game.numbers);
}
inline Game for_ever(const ForEver& x = {}) {
  GameBuilder g("pressing for ever");
  const int a = g.player("A", {"weak", "tough"}), b = g.player("B", {"weak", "tough"});
  g.correlate({a, b}, {0.3, 0.2, 0.1, 0.4});
  g.discount(a, {x.discount, x.discount});
  g.discount(b, {x.discount, x.discount});
  g.forever();
  const int war = g.outcome("burnt out"), deal = g.outcome("deal");
  const int as = g.choice("A", a, {"press", "give in"}),
            bs = g.choice("B", b, {"press", "give in"});
  const int both = g.state(g.simultaneous("both", {as, bs})),
            report = g.state(g.chance("report", {"even", "uneven", "over"}));
  const int reply = g.state(g.choice("reply", b, {"go on", "escalate", "settle"}));
  g.root(both);
  g.entry(both);
  const auto cost = [](int player) {
    return [player](const TypeProfile& t) {
      return t[static_cast<std::size_t>(player)] == 0 ? -0.1 : -0.04;
    };
  };
  g.branch(both, 0, report).pay(a, cost(a)).pay(b, cost(b));
  g.branch(both, 1, deal).pay(a, 0.8).pay(b, 0.2);
  g.branch(both, 2, deal).pay(a, 0.25).pay(b, 0.75);
  g.branch(both, 3, deal).pay(a, 0.5).pay(b, 0.5);
  g.branch(report, 0, reply).odds(0.4).perceived(a, 0.3);
  g.branch(report, 1, both).odds(0.4).perceived(a, 0.5).advance(1).time(1);
  g.branch(report, 2, war)
      .odds(0.2)
      .pay(a, [](const TypeProfile& t) { return 0.3 + 0.2 * (t[0] - t[1]); })
      .pay(b, [](const TypeProfile& t) { return 0.3 - 0.2 * (t[0] - t[1]); });
  g.branch(reply, 0, both).advance(1).time(1);
  auto& escalate = g.branch(reply, 1, both).pay(a, -0.1).pay(b, -0.05).advance(1).time(1);
  if (x.guarded) escalate.open_to({1});
  g.branch(reply, 2, deal).pay(a, 0.45).pay(b, 0.45);
  Game game = g.build();
  if (x.both_at_once) report_on_both(game, report);
  return game;
}

}  // namespace melian::testing
