#include "support/random_games.h"

#include <string>
#include <vector>

#include "game/builder.h"

namespace melian::testing {
namespace {

class Generator {
 public:
  Generator(std::uint64_t seed, const RandomGameOptions& options)
      : o_(options), random_(seed, 0), g_("random game " + std::to_string(seed)) {}

  Game make() {
    make_players();
    for (int k = 0; k < 3; ++k) outcomes_.push_back(g_.outcome("end " + std::to_string(k)));
    const int start = g_.state(g_.passage("start"));
    std::vector<std::vector<int>> layers;
    for (int level = 0; level < o_.levels; ++level) {
      layers.emplace_back();
      const int width = level == 0 ? 1 : 1 + pick(o_.width);
      for (int k = 0; k < width; ++k) layers.back().push_back(make_state());
    }
    auto& first = g_.branch(start, 0, layers[0][0]);
    for (int j = 0; j < o_.players; ++j)
      if (o_.payoff_shift != 0.0) first.pay(j, o_.payoff_shift);
    if (o_.rounds > 0) {
      const int closing = g_.state(g_.passage("closing"));
      auto& last = g_.branch(closing, 0, outcomes_[0]);
      for (int j = 0; j < o_.players; ++j) last.pay(j, amount());
      g_.rounds(o_.rounds);
      g_.entry(layers[0][0], closing);
    }
    g_.root(start);
    for (int level = 0; level < o_.levels; ++level)
      for (const int state : layers[static_cast<std::size_t>(level)])
        make_branches(state,
                      level + 1 < o_.levels ? layers[static_cast<std::size_t>(level) + 1]
                                            : std::vector<int>{},
                      layers[0][0]);
    return g_.build();
  }

 private:
  struct Sketch {
    int player = -1;
    int actions = 2;
    MoveKind kind = MoveKind::choice;
  };

  int pick(int below) { return static_cast<int>(random_.uniform() * below); }
  bool happens(double probability) { return random_.uniform() < probability; }
  double between(double low, double high) { return low + (high - low) * random_.uniform(); }

  /// A number per type of one player, as the law under test wants types to be.
  std::vector<double> by_type(double first, double second) const {
    if (o_.untyped) return {first};
    if (o_.types > 2) {
      std::vector<double> out;
      for (int k = 0; k < o_.types; ++k)
        out.push_back(first + (second - first) * k / (o_.types - 1));
      return out;
    }
    if (o_.identical_types) return {first, first};
    return o_.swap_types ? std::vector<double>{second, first} : std::vector<double>{first, second};
  }
  /// Types as the game was first written.
  static int original(const RandomGameOptions& o, int type) {
    return o.identical_types || o.untyped ? 0 : o.swap_types ? 1 - type : type;
  }

  /// Odds of as many things, none of them below a tenth of another.
  std::vector<double> some_odds(int count) {
    std::vector<double> out;
    double total = 0.0;
    for (int k = 0; k < count; ++k) total += out.emplace_back(between(0.1, 1.0));
    for (double& p : out) p /= total;
    return out;
  }

  void make_many_types() {
    std::vector<std::string> names;
    for (int k = 0; k < o_.types; ++k) names.push_back("t" + std::to_string(k));
    std::vector<std::vector<double>> priors;
    for (int i = 0; i < o_.players; ++i) {
      const std::string name(1, static_cast<char>('A' + i));
      i < o_.typed_players ? g_.player(name, names, priors.emplace_back(some_odds(o_.types)))
                           : g_.player(name);
      const double own = between(0.8, 1.0), other = between(0.8, 1.0);
      g_.discount(i, i < o_.typed_players && o_.types_discount ? by_type(own, other)
                                                               : std::vector<double>{own});
    }
    if (o_.tied && o_.product) {
      std::vector<double> joint;
      for (const double p : priors[0])
        for (const double q : priors[1]) joint.push_back(p * q);
      g_.correlate({0, 1}, joint);
    } else if (o_.tied) {
      g_.correlate({0, 1}, some_odds(o_.types * o_.types));
    }
    for (int j = 0; j < o_.players; ++j)
      for (int i = 0; i < o_.typed_players; ++i)
        if (o_.disagreement && i != j) g_.believes(j, i, some_odds(o_.types));
  }

  void make_players() {
    if (o_.types > 2 || o_.tied || o_.product) return make_many_types();
    for (int i = 0; i < o_.players; ++i) {
      const double second = between(0.1, 0.9), own_discount = between(0.8, 1.0),
                   other_discount = between(0.8, 1.0);
      const bool typed = i < o_.typed_players && !o_.untyped;
      const std::vector<std::string> names = o_.swap_types
                                                 ? std::vector<std::string>{"one", "zero"}
                                                 : std::vector<std::string>{"zero", "one"};
      const std::vector<double> prior = o_.swap_types ? std::vector<double>{second, 1.0 - second}
                                                      : std::vector<double>{1.0 - second, second};
      typed ? g_.player(std::string(1, static_cast<char>('A' + i)), names, prior)
            : g_.player(std::string(1, static_cast<char>('A' + i)));
      g_.discount(i, typed && o_.types_discount ? by_type(own_discount, other_discount)
                                                : std::vector<double>{own_discount});
    }
    for (int j = 0; j < o_.players; ++j)
      for (int i = 0; i < o_.typed_players; ++i) {
        const double second = between(0.1, 0.9);
        if (o_.disagreement && i != j && !o_.untyped)
          g_.believes(j, i,
                      o_.swap_types ? std::vector<double>{second, 1.0 - second}
                                    : std::vector<double>{1.0 - second, second});
      }
  }

  int make_state() {
    Sketch sketch;
    const double kind = random_.uniform();
    sketch.player = pick(o_.players);
    sketch.actions = 2 + pick(o_.max_branches - 1);
    std::string name = "m";
    name += std::to_string(sketches_.size());
    int move = 0;
    if (o_.together && o_.players > 1 && happens(0.4)) {
      const int other = (sketch.player + 1) % o_.players, others_actions = 2 + pick(2);
      std::vector<std::string> own_names, other_names;
      for (int k = 0; k < sketch.actions; ++k)
        own_names.push_back(std::string(1, static_cast<char>('a' + k)));
      for (int k = 0; k < others_actions; ++k)
        other_names.push_back(std::string(1, static_cast<char>('a' + k)));
      const int one = g_.choice(name + " first", sketch.player, own_names),
                two = g_.choice(name + " second", other, other_names);
      move = g_.simultaneous(name, {one, two});
      sketch = {-1, sketch.actions * others_actions, MoveKind::simultaneous};
    } else if (kind < 0.2) {
      sketch = {-1, 2, MoveKind::chance};
      move = g_.chance(name, {"up", "down"});
    } else if (kind < 0.55) {
      sketch.kind = MoveKind::offer;
      std::vector<double> numbers, widths;
      for (int k = 0; k < sketch.actions; ++k)
        numbers.push_back(k), widths.push_back(k == 0 || k + 1 == sketch.actions ? 0.5 : 1.0);
      move = g_.offer(name, sketch.player, numbers, happens(0.5) ? widths : std::vector<double>{});
    } else {
      std::vector<std::string> names;
      for (int k = 0; k < sketch.actions; ++k)
        names.push_back(std::string(1, static_cast<char>('a' + k)));
      move = g_.choice(name, sketch.player, names);
    }
    sketches_.push_back(sketch);
    return g_.state(move);
  }

  /// A payoff that may depend on anybody's type.
  Amount amount() {
    const double base = between(-1.0, 1.0);
    std::vector<double> slope;
    for (int i = 0; i < o_.players; ++i)
      slope.push_back(i < o_.typed_players && happens(0.5) ? between(-1.0, 1.0) : 0.0);
    return [o = o_, base, slope](const TypeProfile& types) {
      double sum = base;
      for (std::size_t i = 0; i < slope.size(); ++i)
        if (static_cast<int>(i) < o.typed_players)
          sum += slope[i] * original(o, types[i]) +
                 (o.identical_types && slope[i] != 0.0 ? o.type_gap * types[i] : 0.0);
      return o.payoff_scale * sum;
    };
  }

  void make_branches(int state, const std::vector<int>& below, int top) {
    const Sketch sketch =
        sketches_[static_cast<std::size_t>(state) - 1];  // the start passage comes first
    const int informed = sketch.kind == MoveKind::chance && o_.typed_players > 0 && happens(0.7)
                             ? pick(o_.typed_players)
                             : -1;
    const double odds_zero = between(0.2, 0.8), odds_one = between(0.2, 0.8),
                 seen_zero = between(0.2, 0.8), seen_one = between(0.2, 0.8);
    const int perceiver = informed >= 0 ? informed : pick(o_.players);
    const bool perceives = happens(0.6);
    const int guarded = happens(0.4) ? pick(2) : -1;
    for (int k = 0; k < sketch.actions; ++k) {
      int next = below.empty()
                     ? top
                     : below[static_cast<std::size_t>(pick(static_cast<int>(below.size())))];
      bool ends = happens(below.empty() ? 0.5 : 0.3) || (below.empty() && o_.rounds == 0);
      const int outcome =
          outcomes_[static_cast<std::size_t>(pick(static_cast<int>(outcomes_.size())))];
      auto& branch = g_.branch(state, k, ends ? outcome : next);
      if (!ends && below.empty()) branch.advance(1).time(1);
      if (sketch.kind == MoveKind::chance) {
        const auto odds = [&, k, informed](double zero, double one) {
          return Amount([o = o_, k, informed, zero, one](const TypeProfile& types) {
            const int type =
                informed < 0 ? 0 : original(o, types[static_cast<std::size_t>(informed)]);
            const double up = type == 0 ? zero : type + 1 == o.types ? one : (zero + one) / 2;
            return k == 0 ? up : 1.0 - up;
          });
        };
        branch.odds(odds(odds_zero, odds_one));
        if (o_.perceived_odds && perceives) branch.perceived(perceiver, odds(seen_zero, seen_one));
      } else if (o_.guards && k == 0 && guarded >= 0 && sketch.player >= 0 &&
                 sketch.player < o_.typed_players && !o_.untyped) {
        branch.open_to({original(o_, guarded)});
      }
      for (int j = 0; j < o_.players; ++j)
        if (happens(ends ? 1.0 : 0.3)) branch.pay(j, amount());
    }
  }

  RandomGameOptions o_;
  RandomStream random_;
  GameBuilder g_;
  std::vector<int> outcomes_;
  std::vector<Sketch> sketches_;
};

}  // namespace

Game random_game(std::uint64_t seed, const RandomGameOptions& options) {
  return Generator(seed, options).make();
}

}  // namespace melian::testing
