#include "support/nasty_games.h"

#include "game/builder.h"

namespace melian::testing {
namespace {

/// One screening game, its numbers to be spoilt: S offers, D (weak or tough) answers, a battle may
/// end it; two rounds.
struct Screening {
  double prior_tough = 0.4;
  double low = 0.3, high = 0.6;            ///< what D gets of a pie of 1
  double war_weak = 0.2, war_tough = 0.5;  ///< D's payoff of fighting on to the end
  double war_s = 0.3, scale = 1.0;
  double odds_weak = 0.3, odds_tough = 0.6;  ///< of a battle that goes on
  double discount = 0.9;
  int rounds = 2;
  bool duplicate_offers = false;
  bool typed_s = false;
};

Game build(const Screening& n) {
  GameBuilder g("nasty screening");
  const int s = n.typed_s ? g.player("S", {"soft", "hard"}, {0.5, 0.5}) : g.player("S");
  const int d = g.player("D", {"weak", "tough"}, {1.0 - n.prior_tough, n.prior_tough});
  g.discount(s, {n.discount});
  g.discount(d, {n.discount});
  g.rounds(n.rounds);
  const int deal = g.outcome("deal"), collapse = g.outcome("collapse"), late = g.outcome("late");
  std::vector<double> shares{n.low, n.high}, numbers{0.0, 1.0};
  if (n.duplicate_offers) shares = {n.low, n.low, n.high, n.high}, numbers = {0.0, 1.0, 2.0, 3.0};
  const int top = g.state(g.offer("offer", s, numbers)), closing = g.state(g.passage("closing"));
  const int answer = g.choice("answer", d, {"accept", "refuse"}),
            battle = g.state(g.chance("battle", {"on", "collapse"}));
  for (std::size_t k = 0; k < shares.size(); ++k) {
    const int pending = g.state(answer);
    g.branch(top, static_cast<int>(k), pending);
    g.branch(pending, 0, deal).pay(s, n.scale * (1.0 - shares[k])).pay(d, n.scale * shares[k]);
    g.branch(pending, 1, battle);
  }
  const auto war = [n](const TypeProfile& t) {
    return n.scale * (t[1] == 0 ? n.war_weak : n.war_tough);
  };
  const auto war_s = [n](const TypeProfile& t) {
    return n.scale * (n.war_s + (n.typed_s && t[0] == 1 ? 0.2 : 0.0));
  };
  g.branch(battle, 0, top)
      .odds([n](const TypeProfile& t) { return t[1] == 0 ? n.odds_weak : n.odds_tough; })
      .advance(1)
      .time(1);
  g.branch(battle, 1, collapse)
      .odds([n](const TypeProfile& t) { return 1.0 - (t[1] == 0 ? n.odds_weak : n.odds_tough); })
      .pay(s, war_s)
      .pay(d, war);
  g.branch(closing, 0, late).pay(s, war_s).pay(d, war);
  g.entry(top, closing);
  return g.build();
}

}  // namespace

std::vector<NastyGame> nasty_games() {
  std::vector<NastyGame> all;
  const auto add = [&](const char* name, const Screening& numbers, double lambda = 10.0) {
    all.push_back({name, build(numbers), lambda});
  };
  add("exact ties between all offers",
      {.low = 0.5, .high = 0.5, .war_weak = 0.5, .war_tough = 0.5});
  add("ties up to one rounding",
      {.low = 0.5, .high = 0.5 + 1e-16, .war_weak = 0.5 - 1e-16, .war_tough = 0.5});
  add("duplicate offers", {.duplicate_offers = true});
  add("subnormal payoffs", {.scale = 1e-310});
  add("tiny payoffs at enormous precision", {.scale = 1e-300}, 1e301);
  add("payoffs of 1e15", {.scale = 1e15});
  add("one outlier of 1e15 for the tough", {.war_tough = 1e15});
  add("one outlier of -1e15 for the weak", {.war_weak = -1e15});
  add("a prior of 0", {.prior_tough = 0.0});
  add("a prior of 1", {.prior_tough = 1.0});
  add("a prior of 1e-300", {.prior_tough = 1e-300});
  add("a prior one rounding from 1", {.prior_tough = 1.0 - 1.2e-16});
  add("a battle impossible for the weak", {.odds_weak = 0.0});
  add("a battle certain for the tough", {.odds_tough = 1.0});
  add("battles that tell the types apart", {.odds_weak = 0.0, .odds_tough = 1.0});
  add("discount next to 1 and many rounds", {.discount = 1.0 - 1e-12, .rounds = 60});
  add("discount 1", {.discount = 1.0, .rounds = 30});
  add("discount 0", {.discount = 0.0});
  add("precision 0", {}, 0.0);
  add("precision 1e-12", {}, 1e-12);
  add("precision 1e6", {}, 1e6);
  add("two-sided with ties", {.low = 0.5, .high = 0.5, .typed_s = true});
  add("two-sided at high precision", {.typed_s = true}, 1e3);
  return all;
}

}  // namespace melian::testing
