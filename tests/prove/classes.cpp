#include "prove/classes.h"

#include <algorithm>

#include "prove/any_game.h"
#include "prove/pen.h"

namespace melian::prove {
namespace {

/// How the answer is asked for: half by default, else with some number of belief nodes. Three axes
/// and more cost too much by default to be drawn often.
Drawn asked_somehow(Pen& pen, std::string text, int axes) {
  Drawn out;
  out.text = std::move(text);
  constexpr int few[] = {3, 5, 7}, some[] = {5, 9, 17, 33}, many[] = {17, 33, 65, 257, 1025};
  if (pen.happens(axes < 3 ? 0.5 : 0.15)) return out;
  if (pen.happens(0.3) && axes < 3)
    out.follow = true;
  else
    out.grid = axes == 1 ? many[pen.pick(5)] : axes == 2 ? some[pen.pick(4)] : few[pen.pick(3)];
  return out;
}

Drawn any(std::uint64_t seed, std::uint64_t stream, const auto& settle) {
  Pen pen(seed, stream);
  AnyGame asked;
  settle(pen, asked);
  const int axes = asked.joint ? asked.types * asked.types - 1 : asked.typed * (asked.types - 1);
  std::string text = draw_any_game(pen, asked);
  return asked_somehow(pen, std::move(text), axes);
}

Drawn near(std::uint64_t seed) {
  return any(seed, 1, [](Pen& pen, AnyGame& g) {
    g.typed = pen.happens(0.75) ? 1 : 2;
    g.disagree = 0.9;
    g.rounds = pen.happens(0.7) ? 1 : 2;
    g.most_lambda = 200.0;
  });
}

Drawn far(std::uint64_t seed) {
  return any(seed, 2, [](Pen& pen, AnyGame& g) {
    g.typed = pen.happens(0.75) ? 1 : 2;
    g.disagree = 1.0;
    g.far = 0.9;
    g.least_prior = 1e-12;
    g.most_prior = 1e-2;
    g.rounds = pen.happens(0.7) ? 1 : 2;
    g.most_lambda = 200.0;
  });
}

/// A sender whose two types are believed otherwise by the analyst than by the receiver; solved in
/// one unknown (closed_form.h).
Drawn signal(std::uint64_t seed) {
  Pen pen(seed, 3);
  Signal s;
  s.lambda = pen.happens(0.7) ? pen.scaled(30.0, 400.0) : pen.scaled(1.0, 30.0);
  s.prior = pen.happens(0.7) ? pen.scaled(1e-12, 0.05) : pen.between(0.05, 0.5);
  if (pen.happens(0.5)) s.prior = 1.0 - s.prior;
  s.belief = pen.happens(0.8) ? pen.between(0.1, 0.9) : s.prior;
  // Messages tell a few logits, and hang by a few more on the reply.
  const double telling = pen.scaled(0.5, 6.0) / s.lambda;
  s.left[0] = pen.between(0.0, telling);
  s.right[1] = pen.between(0.0, telling);
  s.trusted = pen.between(-2.0, 2.0) / s.lambda;
  s.doubted = s.trusted + (pen.happens(0.5) ? 1.0 : -1.0) * pen.scaled(1.0, 40.0) / s.lambda;
  s.trust[0] = pen.between(0.1, 1.0);
  s.trust[1] = -pen.between(0.1, 1.0);
  if (pen.happens(0.5)) std::swap(s.trust[0], s.trust[1]);
  const auto text = [](double x) { return Pen::number(x); };
  Drawn out = asked_somehow(
      pen,
      fmt::format(
          "model \"a sender and a receiver\"\nplayer A\nplayer B types {}\n"
          "A believes B: t0 with {}, t1 otherwise\nparam precision = {}\nphase p {{\n"
          "  B chooses m {{ left {{ B gets if(B is t0, {}, {}) }} right {{ B gets if(B is t0, {}, "
          "{}) }} }}\n"
          "  A chooses a {{ trust {{ end trust: A gets if(B is t0, {}, {}), B gets if(m is left, "
          "{}, 0) }}\n"
          "              doubt {{ end doubt: B gets if(m is left, {}, 0) }} }}\n}}\n",
          two_types("t0", "t1", s.prior), number_text(s.belief), number_text(s.lambda),
          text(s.left[0]), text(s.left[1]), text(s.right[0]), text(s.right[1]), text(s.trust[0]),
          text(s.trust[1]), text(s.trusted), text(s.doubted)),
      1);
  out.has_signal = true;
  out.signal = s;
  return out;
}

Drawn precision(std::uint64_t seed) {
  return any(seed, 4, [](Pen& pen, AnyGame& g) {
    g.typed = pen.happens(0.8) ? 1 : 2;
    g.least_lambda = 0.1;
    g.most_lambda = 1e4;
    g.rounds = pen.happens(0.6) ? 1 : 2;
  });
}

Drawn rounds(std::uint64_t seed) {
  return any(seed, 5, [](Pen& pen, AnyGame& g) {
    g.rounds = pen.happens(0.7) ? 2 : 3;
    g.most_moves = g.rounds == 2 ? 3 : 2;
    g.offers = 0.3;
    g.most_offers = 2;
    g.discount = 0.7;
    g.most_lambda = 100.0;
    g.disagree = 0.2;
  });
}

Drawn third(std::uint64_t seed) {
  return any(seed, 6, [](Pen& pen, AnyGame& g) {
    g.players = 3;
    g.typed = pen.happens(0.7) ? 1 : 2;
    g.least_moves = 3;
    g.most_moves = 4;
    g.disagree = 0.3;
    g.far = 0.3;
    g.least_prior = 1e-4;
    g.most_lambda = 100.0;
  });
}

Drawn together(std::uint64_t seed) {
  return any(seed, 7, [](Pen& pen, AnyGame& g) {
    g.typed = pen.happens(0.8) ? 1 : 2;
    g.together = 0.6;
    g.disagree = 0.3;
    g.rounds = pen.happens(0.7) ? 1 : 2;
    g.most_moves = g.rounds == 1 ? 3 : 2;
    g.most_lambda = 60.0;
  });
}

Drawn joint(std::uint64_t seed) {
  return any(seed, 8, [](Pen& pen, AnyGame& g) {
    g.players = pen.happens(0.6) ? 2 : 3;
    g.typed = 2;
    g.joint = true;
    g.least_prior = pen.happens(0.5) ? 0.02 : 1e-6;
    g.most_lambda = 60.0;
    g.least_moves = g.players;
  });
}

Drawn by_chance(std::uint64_t seed) {
  return any(seed, 9, [](Pen& pen, AnyGame& g) {
    g.typed = pen.happens(0.75) ? 1 : 2;
    g.chance = 0.4;
    g.least_moves = 3;
    g.most_moves = 4;
    g.perceived = pen.happens(0.5);
    g.disagree = 0.3;
    g.rounds = pen.happens(0.8) ? 1 : 2;
    g.most_lambda = 100.0;
    g.least_prior = 1e-3;
  });
}

/// Offers and battles without end; the same cut after some rounds serves the tree.
Drawn endless(std::uint64_t seed) {
  Pen pen(seed, 10);
  const double prior = pen.happens(0.6) ? pen.between(0.1, 0.5) : pen.scaled(1e-6, 0.1);
  const std::string players =
      fmt::format("player A\nplayer B types {}\n", two_types("t0", "t1", prior)) +
      (pen.happens(0.4) ? fmt::format("A believes B: t0 with {}, t1 otherwise\n",
                                      number_text(pen.between(0.1, 0.9)))
                        : std::string());
  const double low = pen.between(0.1, 0.5), high = pen.between(0.5, 0.9);
  const std::string body =
      fmt::format("param precision = {}\nparam discount = {}\nparam cost[B]: t0 = {}, t1 = {}\n",
                  number_text(pen.scaled(1.0, 60.0), 5), number_text(pen.between(0.3, 0.7), 3),
                  number_text(pen.between(0.0, 0.5), 3), number_text(pen.between(0.0, 0.5), 3));
  const std::string phase = fmt::format(
      "phase p {{\n  A offers x in {{{}, {}}}\n"
      "  B chooses c {{ accept {{ end settlement: A gets 1 - x, B gets x }}  refuse {{ B pays "
      "cost[B] }} }}\n"
      "  A pays {}\n  time passes\n"
      "  chance battle {{ over with {} {{ end war: A gets {}, B gets if(B is t0, {}, {}) }}  on "
      "otherwise }}\n}}\n",
      number_text(low, 3), number_text(high, 3), number_text(pen.between(0.0, 0.3), 3),
      number_text(pen.between(0.5, 0.8), 3), Pen::number(pen.payoff()), Pen::number(pen.payoff()),
      Pen::number(pen.payoff()));
  const auto with = [&](const std::string& horizon) {
    return "model \"without end\"\n" + players + body + horizon + phase;
  };
  Drawn out = asked_somehow(pen, with("horizon forever\n"), 1);
  out.follow = false;  // a grid can follow play only where it ends
  for (const int rounds : {6, 7})
    out.finite.push_back(with(fmt::format("horizon {} rounds then end cut\n", rounds)));
  return out;
}

Drawn scaled(std::uint64_t seed) {
  return any(seed, 11, [](Pen& pen, AnyGame& g) {
    g.scale = pen.happens(0.5) ? 1e6 : 1e-6;
    g.typed = pen.happens(0.8) ? 1 : 2;
    g.disagree = 0.5;
    g.far = 0.3;
    g.least_prior = 1e-6;
    g.most_lambda = 200.0;
  });
}

Drawn tiny(std::uint64_t seed) {
  return any(seed, 12, [](Pen& pen, AnyGame& g) {
    g.typed = pen.happens(0.8) ? 1 : 2;
    g.least_prior = 1e-12;
    g.most_prior = 1e-3;
    g.guards = 0.3;
    g.rounds = pen.happens(0.6) ? 1 : 2;
    g.most_lambda = 500.0;
  });
}

Drawn precisions(std::uint64_t seed) {
  return any(seed, 13, [](Pen& pen, AnyGame& g) {
    g.players = pen.happens(0.7) ? 2 : 3;
    g.typed = pen.happens(0.7) ? 1 : 2;
    g.by_type = true;
    g.disagree = 0.4;
    g.far = 0.3;
    g.least_prior = 1e-4;
    g.least_lambda = 0.5;
    g.most_lambda = 300.0;
    g.rounds = pen.happens(0.7) ? 1 : 2;
  });
}

/// A message whose meaning is what is made of it, and then perhaps a coordination: built so that
/// decisions have several solutions.
Drawn several(std::uint64_t seed) {
  Pen pen(seed, 14);
  const double prior = pen.happens(0.7) ? pen.between(0.1, 0.5) : pen.scaled(1e-6, 0.1);
  const double prize = pen.between(0.3, 1.0), cost0 = pen.between(0.0, 0.6) * prize,
               cost1 = pen.between(0.2, 1.4) * prize;
  std::string text =
      fmt::format("model \"signals\"\nplayer A types {}\nplayer B\n", two_types("t0", "t1", prior));
  if (pen.happens(0.4))
    text +=
        fmt::format("B believes A: t0 with {}, t1 otherwise\n", number_text(pen.between(0.1, 0.9)));
  text += fmt::format("param precision = {}\nphase p {{\n", number_text(pen.scaled(5.0, 300.0), 5));
  text += fmt::format("  A chooses m {{ mute  loud {{ A pays if(A is t0, {}, {}) }}{} }}\n",
                      number_text(cost0, 3), number_text(cost1, 3),
                      pen.happens(0.3)
                          ? fmt::format("  louder {{ A pays if(A is t0, {}, {}) }}",
                                        number_text(2 * cost0, 3), number_text(2 * cost1, 3))
                          : std::string());
  if (pen.happens(0.3))
    text += fmt::format(
        "  simultaneously {{ A chooses u {{ l r }}  B chooses v {{ l r }} }}\n"
        "  when u is l and v is l {{ A gets {}, B gets {} }}\n"
        "  when u is r and v is r {{ A gets {}, B gets {} }}\n",
        number_text(pen.between(0.1, 0.6), 2), number_text(pen.between(0.1, 0.6), 2),
        number_text(pen.between(0.1, 0.6), 2), number_text(pen.between(0.1, 0.6), 2));
  text += fmt::format(
      "  B chooses reply {{ yield {{ end yielded: A gets {}, B gets if(A is t0, {}, {}) }}\n"
      "                  fight {{ end fought: A gets if(A is t0, {}, {}) }} }}\n}}\n",
      number_text(prize, 3), number_text(pen.between(0.05, 0.8), 3),
      Pen::number(-std::round(pen.between(5.0, 80.0)) / 100.0), Pen::number(pen.payoff() / 2),
      Pen::number(pen.payoff() / 2));
  return asked_somehow(pen, std::move(text), 1);
}

/// Screening in two rounds with a late decision whose solutions lie on sheets over the beliefs; a
/// posterior may come to rest on the edge between two. Half of the games lie close to one of which
/// that is known.
Drawn sheets(std::uint64_t seed) {
  Pen pen(seed, 15);
  const bool close = pen.happens(0.5);
  const auto n = [&](double about, double low, double high) {
    const double x = close ? about + pen.between(-0.06, 0.06) : pen.between(low, high);
    return number_text(std::round(1000.0 * x) / 1000.0);
  };
  const double prior = close              ? pen.between(0.08, 0.3)
                       : pen.happens(0.8) ? pen.between(0.05, 0.5)
                                          : pen.scaled(1e-6, 0.05);
  std::string text =
      "model \"sheets\"\nplayer A  types " + two_types("low", "high", prior) + "\nplayer B\n";
  if (pen.happens(0.3))
    text += fmt::format("B believes A: low with {}, high otherwise\n",
                        number_text(pen.between(0.1, 0.9)));
  text += fmt::format("param cost[A]: low = {}, high = {}\n", n(0.074, 0, 0.3), n(0.179, 0, 0.3));
  text += fmt::format("param cost[B] = {}\n", n(0.268, 0.0, 0.4));
  text +=
      fmt::format("param war[A]: low = {}, high = {}\n", n(0.506, -0.2, 0.7), n(-0.014, -0.2, 0.7));
  text +=
      fmt::format("param war[B] = {}\nparam discount = {}\n", n(0.57, 0.0, 0.8), n(0.8, 0.6, 1.0));
  text += fmt::format("param precision = {}\n", number_text(pen.scaled(20.0, 400.0), 5));
  text += fmt::format("param odds[B] = {}\n", n(0.207, 0.05, 0.5));
  text += fmt::format("param fall[A] = {}\nparam fall[B] = {}\n", n(0.724, 0.0, 1.0),
                      n(0.953, 0.0, 1.0));
  text += fmt::format("param stop[B] = {}\n", n(-0.032, -0.5, 0.5));
  text +=
      "horizon 2 rounds then end finish: A gets war[A] - cost[A], B gets war[B] - cost[B]\n"
      "phase war {\n";
  text += fmt::format("  B offers y in {{{}, {}}}\n", n(0.3, 0.1, 0.45), n(0.7, 0.5, 0.9));
  text +=
      "  A chooses answer { accept { end settlement: B gets 1 - y, A gets y }  refuse { A pays "
      "cost[A] } }\n"
      "  A pays cost[A] / 2\n"
      "  time passes\n"
      "  chance battle { breaks with odds[B] { end collapse: A gets fall[A], B gets fall[B] }  "
      "stands otherwise }\n"
      "  A chooses late { go_on  stop { end late_stop: A gets war[A], B gets stop[B] } }\n"
      "}\n";
  return asked_somehow(pen, text, 1);
}

Drawn three_types(std::uint64_t seed) {
  return any(seed, 16, [](Pen& pen, AnyGame& g) {
    g.types = 3;
    g.disagree = 0.5;
    g.far = pen.happens(0.3) ? 0.5 : 0.0;
    g.least_prior = pen.happens(0.3) ? 1e-6 : 0.02;
    g.most_lambda = 100.0;
  });
}

}  // namespace

const std::vector<Class>& classes() {
  static const std::vector<Class> all{
      {"near", "sides that disagree a little (log-odds within 1.5 of the analyst's)", near},
      {"far", "sides that disagree far: priors of 1e-12 to 1e-2, beliefs that are not small", far},
      {"signal", "one sender and one receiver who disagree; closed form in one unknown", signal},
      {"precision", "precisions of 0.1 to 10,000 per unit of payoff", precision},
      {"rounds", "two and three rounds", rounds},
      {"third", "three players", third},
      {"together", "moves at the same time", together},
      {"joint", "a joint prior over the types of two players", joint},
      {"chance", "chance by type, and odds seen differently", by_chance},
      {"endless", "horizon forever, against long finite horizons", endless},
      {"scaled", "payoffs times 1e6 and 1e-6", scaled},
      {"tiny", "common priors down to 1e-12", tiny},
      {"precisions", "precisions of 0.5 to 300 that differ by player and type", precisions},
      {"several", "signals and coordination: decisions with several solutions", several},
      {"sheets", "screening in two rounds whose solutions lie on sheets over beliefs", sheets},
      {"types", "three types", three_types},
  };
  return all;
}

const Class* find_class(std::string_view name) {
  const auto found = std::ranges::find(classes(), name, &Class::name);
  return found == classes().end() ? nullptr : &*found;
}

}  // namespace melian::prove
