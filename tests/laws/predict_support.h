#pragma once
/// Games built by hand and strategies drawn at random, for the laws of prediction: these hold for
/// any strategies.

#include <cmath>
#include <memory>

#include "game/builder.h"
#include "melian/beliefs.h"
#include "melian/numeric.h"

namespace melian::test {

/// Strategies with logits that are random but smooth in beliefs, on axes of `nodes` nodes.
inline Assessment random_assessment(const Game& game, int nodes, std::uint64_t seed,
                                    double strength = 2.0) {
  const Structure& structure = game.shape();
  Assessment out;
  out.game_fingerprint = game.fingerprint;
  const BeliefSpace space(structure);
  std::vector<std::vector<double>> axes;
  for (const double start : start_beliefs(game, space))
    axes.push_back(belief_axis(nodes, std::vector<double>{start}));
  out.axes = space.on(std::move(axes));
  for (const Player& player : structure.players)
    out.lambda.emplace_back(static_cast<std::size_t>(player.num_types()), 1.0);
  const std::size_t states = structure.states.size();
  const int rounds = structure.horizon == HorizonKind::finite ? structure.rounds : 1;
  out.offset.assign(static_cast<std::size_t>(rounds) * states, -1);
  out.mark_offset = out.offset;
  for (int round = 0; round < rounds; ++round)
    for (std::size_t s = 0; s < states; ++s) {
      const PublicState& state = structure.states[s];
      const std::vector<Decider> movers = deciders(structure, static_cast<int>(s), Measure::cells);
      if (movers.empty() || (!state.timed && round > 0)) continue;
      const std::int64_t points = out.axes.num_points(state.live & structure.everyone());
      out.offset[static_cast<std::size_t>(round) * states + s] =
          static_cast<std::int64_t>(out.log_strategy.size());
      out.mark_offset[static_cast<std::size_t>(round) * states + s] =
          static_cast<std::int64_t>(out.marks.size());
      out.marks.insert(out.marks.end(), static_cast<std::size_t>(points), 0);
      const std::size_t first = out.log_strategy.size();
      out.log_strategy.resize(first + static_cast<std::size_t>(num_rows(movers) * points));
      for (std::size_t d = 0; d < movers.size(); ++d)
        for (int type = 0; type < movers[d].types; ++type)
          for (std::int64_t p = 0; p < points; ++p) {
            std::vector<double> logits;
            for (int k = 0; k < movers[d].num_actions(); ++k) {
              // The same coefficients at every point: smooth in beliefs.
              constexpr std::uint64_t far_off = 1'000'003;
              RandomStream random(
                  seed,
                  far_off * d +
                      static_cast<std::uint64_t>(
                          ((round * static_cast<int>(states) + static_cast<int>(s)) * 2 + type) *
                              16 +
                          k));
              double logit = strength * (random.uniform() - 0.5);
              std::int64_t rest = p;
              for (std::size_t i = out.axes.nodes.size(); i-- > 0;) {
                if ((state.live & out.axes.players[i]) == 0) continue;
                const auto& axis = out.axes.nodes[i];
                const auto size = static_cast<std::int64_t>(axis.size());
                logit += strength * (random.uniform() - 0.5) *
                         axis[static_cast<std::size_t>(rest % size)];
                rest /= size;
              }
              logits.push_back(movers[d].types == 1 || movers[d].is_open(k, type) ? logit
                                                                                  : -infinity);
            }
            const double total = log_sum_exp(logits);
            for (int k = 0; k < movers[d].num_actions(); ++k)
              out.log_strategy[first +
                               static_cast<std::size_t>(movers[d].row(type, k) * points + p)] =
                  logits[static_cast<std::size_t>(k)] - total;
          }
    }
  return out;
}

/// M12: a crisis under complete information; oracles/models, set 1.
inline Game crisis(double status_quo_a = 0.0, double status_quo_b = 1.0, double retreat_a = -0.3,
                   double retreat_b = 1.0, double war_a = -0.2, double war_b = -0.4) {
  GameBuilder g("Strategic choice in a crisis");
  const int a = g.player("A"), b = g.player("B");
  const int quo = g.outcome("status_quo"), gain = g.outcome("concession"), war = g.outcome("war"),
            back = g.outcome("retreat");
  const int start = g.state(g.choice("start", a, {"leave", "challenge"}));
  const int reply = g.state(g.choice("reply", b, {"concede", "resist"}));
  const int finish = g.state(g.choice("finish", a, {"fight", "back_down"}));
  g.branch(start, 0, quo).pay(a, status_quo_a).pay(b, status_quo_b);
  g.branch(start, 1, reply);
  g.branch(reply, 0, gain).pay(a, 1.0);
  g.branch(reply, 1, finish);
  g.branch(finish, 0, war).pay(a, war_a).pay(b, war_b);
  g.branch(finish, 1, back).pay(a, retreat_a).pay(b, retreat_b);
  return g.build();
}

/// M11, two types: -0.8 and 0.1 from war, audience cost 0.25; oracles/models.
inline Game audience() {
  GameBuilder g("A crisis with an audience: two types");
  const int a = g.player("A", {"soft", "hard"}, {0.7, 0.3}), b = g.player("B");
  const int quo = g.outcome("status_quo"), gain = g.outcome("concession"), war = g.outcome("war"),
            back = g.outcome("retreat");
  const int start = g.state(g.choice("start", a, {"leave", "challenge"}));
  const int reply = g.state(g.choice("reply", b, {"concede", "resist"}));
  const int finish = g.state(g.choice("finish", a, {"fight", "back_down"}));
  g.branch(start, 0, quo).pay(b, 1.0);
  g.branch(start, 1, reply);
  g.branch(reply, 0, gain).pay(a, 1.0);
  g.branch(reply, 1, finish);
  g.branch(finish, 0, war)
      .pay(a, [](const TypeProfile& t) { return t[0] == 0 ? -0.8 : 0.1; })
      .pay(b, -0.5);
  g.branch(finish, 1, back).pay(a, -0.25).pay(b, 1.0);
  return g.build();
}

/// M23, cost version: two rounds of screening with six prices.
inline Game screening(double precision = 20.0, double prior_tough = 0.1, int rounds = 2) {
  GameBuilder g("Two rounds of screening");
  const int s = g.player("S"),
            d = g.player("D", {"weak", "tough"}, {1.0 - prior_tough, prior_tough});
  const double k_s = 0.1, k_d = 0.1, cost_s = 0.05, discount = 0.95;
  const auto cost_d = [](const TypeProfile& t) { return t[1] == 0 ? 0.07 : 0.02; };
  const double rho = discount * (1.0 - k_s - k_d);
  const auto w = [=](const TypeProfile& t) { return (discount * k_s - cost_d(t)) / (1.0 - rho); };
  const double f = (discount * k_d - cost_s) / (1.0 - rho);
  for (const int player : {s, d}) g.discount(player, {discount}), g.precision(player, {precision});
  g.rounds(rounds);
  const int deal = g.outcome("settlement"), d_out = g.outcome("D_collapses"),
            s_out = g.outcome("S_collapses"), finish = g.outcome("fight_to_the_finish");
  const int battles = g.tally("battles");
  const std::vector<double> prices{0.05, 0.12, 0.19, 0.26, 0.33, 0.40};
  const int offer = g.offer("y", s, prices), answer = g.choice("answer", d, {"accept", "refuse"});
  const int battle = g.state(g.chance("battle", {"D_collapses", "S_collapses", "both_stand"}));
  const int closing = g.state(g.passage("closing"));
  g.branch(closing, 0, finish).pay(s, f).pay(d, w);
  const int top = g.state(offer);
  g.entry(top, closing);
  g.root(top);
  for (int x = 0; x < 6; ++x) {
    const int here = g.state(answer);
    g.branch(top, x, here);
    g.branch(here, 0, deal)
        .pay(s, 1.0 - prices[static_cast<std::size_t>(x)])
        .pay(d, prices[static_cast<std::size_t>(x)])
        .accepts(offer, x);
    g.branch(here, 1, battle)
        .pay(s, -cost_s)
        .pay(d, [=](const TypeProfile& t) { return -cost_d(t); })
        .count(battles, 1.0);
  }
  // Time passes before the battle is decided: its payoffs are discounted to the beginning of the
  // branch.
  g.branch(battle, 0, d_out).odds(k_d).pay(s, discount).time(1);
  g.branch(battle, 1, s_out).odds(k_s).pay(d, discount).time(1);
  g.branch(battle, 2, top).odds(1.0 - k_s - k_d).time(1).advance(1);
  return g.build();
}

/// A war with private strength on both sides: offers by either, an informative battle on each side,
/// a truce that can be broken, a peace outside the clock that forgets types, and one stubborn type.
/// Beliefs and odds are seen differently.
inline Game war_and_truce(int rounds = 4, int truce_rounds = 1) {
  GameBuilder g("War, truce, peace");
  const int m = g.player("M", {"flexible", "maximalist"}, {0.4, 0.6}),
            k = g.player("K", {"strained", "steadfast"}, {0.7, 0.3});
  const int w = g.player("W");
  for (const int player : {m, k, w}) g.discount(player, {0.95}), g.precision(player, {5.0});
  g.believes(k, m, {0.25, 0.75});
  g.rounds(rounds);
  const int deal = g.outcome("peace_holds"), second = g.outcome("second_war"),
            fall_k = g.outcome("K_falls"), fall_m = g.outcome("M_falls"),
            open = g.outcome("unfinished");
  const int months = g.tally("months");
  const int asked = g.variable("asked", {"no", "yes"});
  const auto cost_m = [](const TypeProfile& t) { return t[0] == 0 ? 0.06 : 0.02; };
  const auto cost_k = [](const TypeProfile& t) { return t[1] == 0 ? 0.07 : 0.03; };

  const int closing = g.state(g.passage("closing"));
  g.branch(closing, 0, open)
      .pay(m, [=](const TypeProfile& t) { return 0.4 - 3 * cost_m(t); })
      .pay(k, [=](const TypeProfile& t) { return 0.6 - 3 * cost_k(t); });

  const int shift = g.chance("shift", {"to_M", "none"}),
            keep = g.choice("keep", m, {"keep", "return"});
  const std::vector<double> terms{0.3, 0.5, 0.7};
  const int offer = g.offer("demand", m, terms, {0.5, 1.0, 0.5}),
            answer = g.choice("answer", k, {"accept", "pause", "refuse"});
  const int ask = g.choice("ask", k, {"silent", "ask"});
  const int assault = g.chance("assault", {"falls", "gains", "stalls"}),
            counter = g.chance("counterattack", {"falls", "stalls"});
  const int hold = g.choice("hold", m, {"hold", "break"});

  const int war = g.state(ask), truce = g.state(hold);
  g.entry(war, closing);
  g.entry(truce, closing);
  g.root(war);
  const int battle = g.state(assault), stand = g.state(counter);
  std::vector<int> peace;
  for (const double share : terms) {
    const int top = g.state(shift), next = g.state(keep);
    g.entry(top);
    g.branch(top, 0, next).odds(0.3).time(3);
    g.branch(top, 1, next).odds(0.7).time(3);
    g.branch(next, 0, deal).pay(m, share).pay(k, 1.0 - share).pay(w, 0.5);
    g.branch(next, 1, second).pay(m, share - 0.1).pay(k, 0.8 - share);
    peace.push_back(top);
  }
  for (int yes = 0; yes < 2; ++yes) {
    const int table = g.state(offer);
    g.remember(table, asked, yes);
    g.branch(war, yes, table).pay(k, yes == 1 ? -0.01 : 0.0);
    for (int x = 0; x < 3; ++x) {
      const int here = g.state(answer);
      g.remember(here, asked, yes);
      g.branch(table, x, here);
      // A steadfast K never takes the highest demand.
      auto& yielding = g.branch(here, 0, peace[static_cast<std::size_t>(x)]).accepts(offer, x);
      if (x == 2) yielding.open_to({0});
      g.branch(here, 1, truce).advance(truce_rounds).time(truce_rounds);
      g.branch(here, 2, battle)
          .pay(m, [=](const TypeProfile& t) { return -cost_m(t); })
          .pay(k, [=](const TypeProfile& t) { return -cost_k(t); })
          .count(months, 1.0);
    }
  }
  const auto gain = [](const TypeProfile& t) { return t[0] == 0 ? 0.10 : 0.25; };
  g.branch(battle, 0, fall_k)
      .odds([=](const TypeProfile& t) { return gain(t) * 0.5; })
      .perceived(m, [=](const TypeProfile& t) { return gain(t) * 0.8; })
      .pay(m, 1.0);
  g.branch(battle, 1, stand)
      .odds([=](const TypeProfile& t) { return gain(t) * 0.5; })
      .perceived(m, [=](const TypeProfile& t) { return gain(t) * 0.8; });
  g.branch(battle, 2, stand)
      .odds([=](const TypeProfile& t) { return 1.0 - gain(t); })
      .perceived(m, [=](const TypeProfile& t) { return 1.0 - 1.6 * gain(t); });
  const auto push = [](const TypeProfile& t) { return t[1] == 0 ? 0.05 : 0.12; };
  g.branch(stand, 0, fall_m).odds(push).pay(k, 1.0);
  g.branch(stand, 1, war)
      .odds([=](const TypeProfile& t) { return 1.0 - push(t); })
      .advance(1)
      .time(1);
  g.branch(truce, 0, truce).advance(1).time(1).pay(m, 0.01).pay(k, 0.01);
  g.branch(truce, 1, war).pay(m, -0.02);
  return g.build();
}

/// Rounds without a horizon: a crisis that drags on, the types of one side stop to matter halfway.
inline Game untimed_delay() {
  GameBuilder g("Delay without a clock");
  const int a = g.player("A", {"soft", "hard"}, {0.6, 0.4}),
            b = g.player("B", {"calm", "nervous"}, {0.5, 0.5});
  const int yes = g.outcome("yes"), no = g.outcome("no");
  const int talk = g.choice("talk", a, {"press", "wait"}),
            reply = g.choice("reply", b, {"yield", "stay"});
  const int noise = g.chance("news", {"good", "bad"});
  const int first = g.state(talk), chance = g.state(noise), later = g.state(reply),
            last = g.state(g.choice("last", b, {"yield", "stay"}));
  g.entry(first);
  g.entry(chance);
  g.entry(later);
  g.entry(last);
  g.root(first);
  g.branch(first, 0, yes)
      .pay(a, [](const TypeProfile& t) { return t[0] == 0 ? 0.2 : 0.5; })
      .pay(b, 0.1);
  g.branch(first, 1, chance).advance(1).time(1);
  // Odds that end play need not factorise.
  g.branch(chance, 0, later)
      .odds([](const TypeProfile& t) { return t[0] == 0 ? 0.2 : 0.5; })
      .advance(2)
      .time(2);
  g.branch(chance, 1, no)
      .odds([](const TypeProfile& t) { return t[0] == 0 ? 0.8 : 0.5; })
      .pay(a, [](const TypeProfile& t) { return t[1] == 0 ? 0.0 : 0.3; });
  g.branch(later, 0, yes)
      .pay(b, [](const TypeProfile& t) { return t[1] == 0 ? 0.4 : 0.6; })
      .pay(a, 1.0);
  g.branch(later, 1, last).advance(1).time(1);
  g.branch(last, 0, yes).pay(b, [](const TypeProfile& t) { return t[1] == 0 ? 0.3 : 0.1; });
  g.branch(last, 1, no).pay(b, 0.2);
  return g.build();
}

}  // namespace melian::test
