/// The criteria against an enumeration of beliefs and mixed replies on fine grids, and the linear
/// programs against duality.

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>

#include "melian/base.h"
#include "tree/criteria.h"
#include "tree/matrix_game.h"

using namespace melian;
using namespace melian::tree;

namespace {

/// The same numbers on every machine.
class Draws {
 public:
  explicit Draws(std::uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15ULL + 1) {}
  double uniform() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return static_cast<double>((z ^ (z >> 31)) >> 11) / 9007199254740992.0;
  }
  std::size_t below(std::size_t n) {
    return std::min(n - 1, static_cast<std::size_t>(uniform() * static_cast<double>(n)));
  }

 private:
  std::uint64_t state_;
};

/// Every way to split one over `size` in steps of 1 / parts.
void splits(std::size_t size, int parts, const std::function<void(const std::vector<double>&)>& f) {
  std::vector<double> at(size, 0.0);
  const std::function<void(std::size_t, int)> go = [&](std::size_t k, int left) {
    if (k + 1 == size) {
      at[k] = static_cast<double>(left) / parts;
      f(at);
      return;
    }
    for (int n = 0; n <= left; ++n) {
      at[k] = static_cast<double>(n) / parts;
      go(k + 1, left - n);
    }
  };
  go(0, parts);
}

/// The definitions, belief by belief and mixture by mixture. Margins are nought, and replies within
/// `near` of the best count as best: between the two readings that the criteria take.
class Enumeration {
 public:
  Enumeration(const Signal& signal, double near) : signal_(signal), near_(near) {}

  [[nodiscard]] bool intuitive_survives() const {
    std::vector<bool> out(types(), false);
    for (std::size_t t = 0; t < types(); ++t) {
      double most = -1e9;
      for (const auto& best : best_replies(std::vector<bool>(types(), false)))
        for (const std::size_t r : best) most = std::max(most, signal_.sender_at(t, r));
      out[t] = signal_.equilibrium[t] > most;
    }
    if (std::ranges::count(out, false) == 0) return true;
    for (std::size_t t = 0; t < types(); ++t) {
      if (out[t]) continue;
      double least = 1e9;
      for (const auto& best : best_replies(out))
        for (const std::size_t r : best) least = std::min(least, signal_.sender_at(t, r));
      if (least > signal_.equilibrium[t]) return false;
    }
    return true;
  }

  [[nodiscard]] bool d1_survives() const {
    std::vector<bool> out(types(), false);
    const auto all = best_replies(std::vector<bool>(types(), false));
    for (std::size_t t = 0; t < types(); ++t)
      for (std::size_t other = 0; other < types() && !out[t]; ++other) {
        bool within = other != t;
        for (const auto& best : all)
          mixtures(best, [&](const std::vector<double>& mix) {
            if (gain(t, best, mix) >= 0.0 && !(gain(other, best, mix) > 0.0)) within = false;
          });
        out[t] = within;
      }
    if (std::ranges::count(out, false) == 0) return true;
    bool kept = false;
    for (const auto& best : best_replies(out))
      mixtures(best, [&](const std::vector<double>& mix) {
        bool nobody = true;
        for (std::size_t t = 0; t < types(); ++t) nobody = nobody && gain(t, best, mix) <= 0.0;
        kept = kept || nobody;
      });
    return kept;
  }

 private:
  [[nodiscard]] std::size_t types() const { return signal_.num_types(); }

  /// Sets of best replies, each at one belief over the types that are not out.
  [[nodiscard]] std::vector<std::vector<std::size_t>> best_replies(
      const std::vector<bool>& out) const {
    std::vector<std::size_t> left;
    for (std::size_t t = 0; t < types(); ++t)
      if (!out[t]) left.push_back(t);
    std::vector<std::vector<std::size_t>> found;
    splits(left.size(), left.size() > 2 ? 60 : 400, [&](const std::vector<double>& belief) {
      std::vector<double> payoff(signal_.num_replies(), 0.0);
      for (std::size_t r = 0; r < payoff.size(); ++r)
        for (std::size_t k = 0; k < left.size(); ++k)
          payoff[r] += belief[k] * signal_.receiver_at(left[k], r);
      const double most = *std::ranges::max_element(payoff);
      std::vector<std::size_t> best;
      for (std::size_t r = 0; r < payoff.size(); ++r)
        if (payoff[r] >= most - near_) best.push_back(r);
      if (std::ranges::find(found, best) == found.end()) found.push_back(std::move(best));
    });
    return found;
  }

  static void mixtures(const std::vector<std::size_t>& best,
                       const std::function<void(const std::vector<double>&)>& f) {
    splits(best.size(), best.size() > 3 ? 24 : 50, f);
  }
  [[nodiscard]] double gain(std::size_t type, const std::vector<std::size_t>& best,
                            const std::vector<double>& mix) const {
    double out = -signal_.equilibrium[type];
    for (std::size_t k = 0; k < best.size(); ++k) out += mix[k] * signal_.sender_at(type, best[k]);
    return out;
  }

  const Signal& signal_;
  double near_;
};

/// An unused message of a random equilibrium: its reply is best at its belief, and no type gains.
Signal random_signal(std::uint64_t seed) {
  Draws draw(seed);
  const std::size_t types = 2 + draw.below(2), replies = 2 + draw.below(3);
  Signal out;
  out.message = "m";
  out.receiver_set = 0;
  out.receiver_stake = 1.0;
  double sum = 0.0;
  for (std::size_t t = 0; t < types; ++t) {
    out.type_sets.push_back(static_cast<int>(t));
    out.types.push_back("t" + std::to_string(t));
    out.stake.push_back(1.0);
    out.belief.push_back(draw.uniform() < 0.3 ? 0.0 : draw.uniform());
    sum += out.belief.back();
  }
  if (sum == 0.0) sum = out.belief[0] = 1.0;
  for (double& one : out.belief) one /= sum;
  for (std::size_t r = 0; r < replies; ++r) out.replies.push_back("r" + std::to_string(r));
  for (std::size_t k = 0; k < types * replies; ++k) {
    out.sender_gets.push_back(draw.uniform());
    out.receiver_gets.push_back(draw.uniform());
  }
  std::size_t best = 0;
  double most = -1.0;
  for (std::size_t r = 0; r < replies; ++r) {
    double payoff = 0.0;
    for (std::size_t t = 0; t < types; ++t) payoff += out.belief[t] * out.receiver_at(t, r);
    if (payoff > most) most = payoff, best = r;
  }
  out.reply.assign(replies, 0.0);
  out.reply[best] = 1.0;
  const double slack = 0.2 + 0.6 * draw.uniform();
  for (std::size_t t = 0; t < types; ++t)
    out.equilibrium.push_back(out.sender_at(t, best) + slack * draw.uniform());
  return out;
}

/// A random game of one sender with two types and one receiver, by hand: what the form must say.
struct SignallingGame {
  std::size_t messages = 2, replies = 2;
  double prior = 0.5;           ///< of the first type
  std::vector<double> pays[2];  ///< [player]: [type][message][reply]
  ExtensiveForm form;

  explicit SignallingGame(std::uint64_t seed) {
    Draws draw(seed);
    messages = 2 + draw.below(2);
    replies = 2 + draw.below(2);
    prior = std::round(20.0 * (0.1 + 0.8 * draw.uniform())) / 20.0;
    for (auto& of_player : pays)
      for (std::size_t k = 0; k < 2 * messages * replies; ++k)
        of_player.push_back(std::round(1000.0 * draw.uniform()) / 1000.0);
    std::string text = "EFG 2 R \"\" { \"S\" \"R\" }\nc \"\" 1 \"\" { \"t0\" " +
                       number_text(prior) + " \"t1\" " + number_text(1.0 - prior) + " } 0\n";
    int outcome = 0;
    for (std::size_t t = 0; t < 2; ++t) {
      text += "p \"\" 1 " + std::to_string(t + 1) + " \"t" + std::to_string(t) + "\" {";
      for (std::size_t m = 0; m < messages; ++m) text += " \"m" + std::to_string(m) + "\"";
      text += " } 0\n";
      for (std::size_t m = 0; m < messages; ++m) {
        text += "p \"\" 2 " + std::to_string(m + 1) + " \"\" {";
        for (std::size_t r = 0; r < replies; ++r) text += " \"r" + std::to_string(r) + "\"";
        text += " } 0\n";
        for (std::size_t r = 0; r < replies; ++r)
          text += "t \"\" " + std::to_string(++outcome) + " \"\" { " + number_text(at(0, t, m, r)) +
                  ", " + number_text(at(1, t, m, r)) + " }\n";
      }
    }
    auto read = read_efg_text(text, "random.efg");
    REQUIRE_MESSAGE(read.has_value(), (read ? "" : render(read.error())));
    form = std::move(*read);
    // One type errs more: else beliefs off the path are always the ones that refinements like.
    for (ExtensiveForm::InformationSet& set : form.sets)
      if (set.label == "t0") set.lambda_factor = 0.2;
  }

  [[nodiscard]] double at(int player, std::size_t t, std::size_t m, std::size_t r) const {
    return pays[player][(t * messages + m) * replies + r];
  }
  /// Place of an action: a type's message, or the reply to one.
  [[nodiscard]] std::size_t action(const std::string& label, int number, int player) const {
    for (const ExtensiveForm::InformationSet& set : form.sets)
      for (int a = set.first_action; a < set.first_action + set.num_actions; ++a)
        if (set.player == player && set.number == number &&
            form.actions[static_cast<std::size_t>(a)].label == label)
          return static_cast<std::size_t>(a);
    FAIL("no action ", label);
    return 0;
  }
  [[nodiscard]] std::size_t message(std::size_t t, std::size_t m) const {
    return action("m" + std::to_string(m), static_cast<int>(t) + 1, 0);
  }
  [[nodiscard]] std::size_t reply(std::size_t m, std::size_t r) const {
    return action("r" + std::to_string(r), static_cast<int>(m) + 1, 1);
  }
};

/// What the limit says, from the payoffs by hand: every type's value of every message.
double worth(const SignallingGame& game, const TreeLimit& limit, std::size_t t, std::size_t m) {
  double out = 0.0;
  for (std::size_t r = 0; r < game.replies; ++r)
    out += limit.strategy[game.reply(m, r)] * game.at(0, t, m, r);
  return out;
}

/// Range of what the receiver may get after a message.
double game_stake(const SignallingGame& game, std::size_t m) {
  double low = 1e9, high = -1e9;
  for (std::size_t t = 0; t < 2; ++t)
    for (std::size_t r = 0; r < game.replies; ++r) {
      low = std::min(low, game.at(1, t, m, r));
      high = std::max(high, game.at(1, t, m, r));
    }
  return high - low;
}

/// The message as a game of its own, by hand; every type has stake one there.
Signal by_hand(const SignallingGame& game, const TreeLimit& limit, std::size_t m) {
  Signal out;
  out.type_sets = {0, 1};
  out.types = {"t0", "t1"};
  out.stake = {1.0, 1.0};
  out.replies.assign(game.replies, "r");
  for (std::size_t t = 0; t < 2; ++t) {
    double value = 0.0;
    for (std::size_t other = 0; other < game.messages; ++other)
      value += limit.strategy[game.message(t, other)] * worth(game, limit, t, other);
    out.equilibrium.push_back(value);
    for (std::size_t r = 0; r < game.replies; ++r) {
      out.sender_gets.push_back(game.at(0, t, m, r));
      out.receiver_gets.push_back(game.at(1, t, m, r));
    }
  }
  return out;
}

}  // namespace

TEST_CASE("matrix_game_value: closed forms of two by two, and what both players can secure") {
  CHECK(matrix_game_value({1, -1, -1, 1}, 2) == doctest::Approx(0.0));
  CHECK(matrix_game_value({3, 0, 1, 2}, 2) == doctest::Approx(1.5));
  CHECK(matrix_game_value({5, 7}, 2) == doctest::Approx(7.0));
  CHECK(matrix_game_value({5, 7}, 1) == doctest::Approx(5.0));
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    Draws draw(seed);
    const std::size_t rows = 1 + draw.below(6), columns = 1 + draw.below(6);
    std::vector<double> matrix(rows * columns), turned(rows * columns);
    const double unit = std::pow(10.0, 12.0 * draw.uniform() - 6.0);
    for (std::size_t k = 0; k < matrix.size(); ++k) {
      // Ties are as common as not.
      const double one = draw.uniform() - 0.5;
      matrix[k] = unit * (seed % 2 == 0 ? one : std::round(3.0 * one));
      turned[k % columns * rows + k / columns] = -matrix[k];
    }
    CAPTURE(seed);
    CHECK(matrix_game_value(matrix, columns) / unit ==
          doctest::Approx(-matrix_game_value(turned, rows) / unit).epsilon(1e-9));
  }
}

TEST_CASE("criteria: every verdict on random messages is what enumeration finds") {
  constexpr double epsilon = 0.05;
  constexpr int games = 600;
  int decided[2] = {0, 0}, failed[2] = {0, 0};
  for (std::uint64_t seed = 1; seed <= games; ++seed) {
    const Signal signal = random_signal(seed);
    const Enumeration all(signal, 0.6 * epsilon);
    const MessageVerdict verdicts[2] = {intuitive_criterion(signal, epsilon),
                                        d1_criterion(signal, epsilon)};
    for (int which = 0; which < 2; ++which) {
      const MessageVerdict& verdict = verdicts[which];
      CAPTURE(seed);
      CAPTURE(which);
      CAPTURE(verdict.words);
      CHECK_FALSE(verdict.words.empty());
      if (!verdict.survives) continue;
      ++decided[which];
      failed[which] += *verdict.survives ? 0 : 1;
      CHECK_FALSE(verdict.type.empty());
      CHECK(*verdict.survives == (which == 0 ? all.intuitive_survives() : all.d1_survives()));
    }
    // What the intuitive criterion throws out, D1 throws out.
    if (verdicts[0].survives == false) CHECK(verdicts[1].survives == false);
  }
  for (int which = 0; which < 2; ++which) {
    MESSAGE("decided ", decided[which], " of ", games, ", failed ", failed[which]);
    CHECK(decided[which] > games / 2);
    CHECK(failed[which] > games / 100);
  }
}

TEST_CASE("criteria: a tie is undecided, and too many replies are refused by D1 alone") {
  Signal signal = random_signal(1);
  signal.belief = {0.5, 0.5};
  signal.type_sets = {0, 1};
  signal.types = {"a", "b"};
  signal.stake = {1.0, 1.0};
  signal.replies = {"r"};
  signal.reply = {1.0};
  signal.sender_gets = {0.5, 0.5};
  signal.receiver_gets = {0.0, 0.0};
  signal.equilibrium = {0.9, 0.5};  // a would never send it; b does not care
  CHECK_FALSE(intuitive_criterion(signal, 1e-3).survives.has_value());
  signal.equilibrium = {0.9, 0.4};
  CHECK(intuitive_criterion(signal, 1e-3).survives == false);
  CHECK(intuitive_criterion(signal, 1e-3).type == "b");
  CHECK(intuitive_criterion(signal, 1e-3).margin == doctest::Approx(0.1));
  CHECK(intuitive_criterion(signal, 1e-3).excluded == std::vector<std::string>{"a"});
  signal.equilibrium = {0.9, 0.6};
  CHECK(intuitive_criterion(signal, 1e-3).survives == true);

  signal.equilibrium = {0.9, 0.4};
  const std::size_t many = most_replies + 1;
  signal.replies.assign(many, "r");
  signal.reply.assign(many, 1.0 / static_cast<double>(many));
  signal.sender_gets.assign(2 * many, 0.5);
  signal.receiver_gets.assign(2 * many, 0.0);
  CHECK(intuitive_criterion(signal, 1e-3).survives == false);
  CHECK_FALSE(d1_criterion(signal, 1e-3).survives.has_value());
}

TEST_CASE("criteria: a receiver who does not care may give any reply") {
  Signal signal = random_signal(1);
  signal.belief = {0.5, 0.5};
  signal.type_sets = {0, 1};
  signal.types = {"a", "b"};
  signal.stake = {1.0, 1.0};
  signal.replies = {"r", "s"};
  signal.reply = {0.0, 1.0};
  signal.sender_gets = {0.5, 0.0, 0.5, 0.0};
  signal.receiver_gets = {0.1 + 0.2, 0.3, 0.7 - 0.4, 0.3};  // the same but for round-off
  signal.receiver_stake = 0.0;
  signal.equilibrium = {0.9, 0.4};
  CHECK(intuitive_criterion(signal, 1e-3).survives == true);
  CHECK(d1_criterion(signal, 1e-3).survives == true);
}

TEST_CASE("limits and refinements of random signalling games: equilibria, and verdicts, by hand") {
  constexpr double epsilon = 0.03;
  int limits = 0, settled = 0, decided = 0, failed = 0;
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    const SignallingGame game(seed);
    TreeOptions how;
    how.lambda = 60.0;
    how.all = true;
    how.starts = 12;
    const auto solution = solve_tree(game.form, how);
    REQUIRE(solution.has_value());
    for (const TreeFound& found : solution->all) {
      auto limit = limit_tree(game.form, found.log_strategy, how.lambda);
      REQUIRE(limit.has_value());
      CAPTURE(seed);
      ++limits;
      if (!limit->settled) continue;
      ++settled;
      // No type gains by another message; no reply that is given loses at Bayes' belief.
      for (std::size_t t = 0; t < 2; ++t) {
        double best = -1.0;
        for (std::size_t m = 0; m < game.messages; ++m)
          best = std::max(best, worth(game, *limit, t, m));
        for (std::size_t m = 0; m < game.messages; ++m)
          if (limit->strategy[game.message(t, m)] > 0.0)
            CHECK(worth(game, *limit, t, m) > best - 2e-3);
      }
      for (std::size_t m = 0; m < game.messages; ++m) {
        const double first = game.prior * limit->strategy[game.message(0, m)],
                     second = (1.0 - game.prior) * limit->strategy[game.message(1, m)];
        if (first + second <= 0.0) continue;
        std::vector<double> payoff;
        for (std::size_t r = 0; r < game.replies; ++r)
          payoff.push_back((first * game.at(1, 0, m, r) + second * game.at(1, 1, m, r)) /
                           (first + second));
        const double best = *std::ranges::max_element(payoff);
        for (std::size_t r = 0; r < game.replies; ++r)
          if (limit->strategy[game.reply(m, r)] > 0.0) CHECK(payoff[r] > best - 2e-3);
      }
      limit->epsilon = epsilon;
      const Refinements refinements = refine_tree(game.form, *limit);
      for (const Survival* survival : {&refinements.intuitive, &refinements.d1})
        for (const MessageVerdict& verdict : survival->messages) {
          if (!verdict.survives) continue;
          const auto m = static_cast<std::size_t>(verdict.message[1] - '0');
          const Signal signal = by_hand(game, *limit, m);
          const Enumeration all(signal, 0.4 * epsilon * game_stake(game, m));
          ++decided;
          failed += *verdict.survives ? 0 : 1;
          CAPTURE(verdict.words);
          CHECK(*verdict.survives == (survival == &refinements.intuitive ? all.intuitive_survives()
                                                                         : all.d1_survives()));
        }
    }
  }
  MESSAGE(limits, " limits, ", settled, " settled, ", decided, " verdicts, ", failed, " fail");
  CHECK(settled > 9 * limits / 10);
  CHECK(decided > 50);
  CHECK(failed > 5);
}
