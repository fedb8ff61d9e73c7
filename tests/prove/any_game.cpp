#include "prove/any_game.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace melian::prove {
namespace {

class Writer {
 public:
  Writer(Pen& pen, const AnyGame& asked) : pen_(pen), o_(asked) {}

  std::string write() {
    out_ = "model \"drawn\"\n";
    write_players();
    write_beliefs();
    write_numbers();
    if (o_.rounds > 1)
      out_ += fmt::format("horizon {} rounds then end e0: {}\n", o_.rounds, payments());
    out_ += "phase p {\n";
    const int moves = o_.least_moves + pen_.pick(o_.most_moves - o_.least_moves + 1);
    for (int k = 0; k < moves; ++k) write_move(k + 1 == moves && o_.rounds <= 1);
    if (o_.rounds > 1)
      out_ += "  time passes\n";
    else
      out_ += fmt::format("  end e0: {}\n", payments());
    return out_ + "}\n";
  }

 private:
  static std::string name(int player) { return std::string(1, static_cast<char>('A' + player)); }
  static std::string type(int k) { return "t" + std::to_string(k); }
  [[nodiscard]] bool typed(int player) const { return player < o_.typed; }

  /// Odds of all types; one of them rare.
  std::vector<double> odds() {
    std::vector<double> out(static_cast<std::size_t>(o_.types));
    const double rare = pen_.scaled(o_.least_prior, o_.most_prior);
    double rest = 1.0 - rare;
    const int which = pen_.pick(o_.types);
    int left = o_.types - 1;
    for (int k = 0; k < o_.types; ++k) {
      double& p = out[static_cast<std::size_t>(k)];
      if (k == which) {
        p = rare;
        continue;
      }
      p = --left == 0 ? rest : rest * pen_.between(0.2, 0.8);
      rest -= p;
    }
    return out;
  }
  static std::string listed(const std::vector<double>& odds, const char* between) {
    std::string out;
    for (std::size_t k = 0; k < odds.size(); ++k)
      out += fmt::format("{}{}{}{}", k == 0 ? "" : ", ", type(static_cast<int>(k)), between,
                         number_text(odds[k]));
    return out;
  }

  void write_players() {
    for (int i = 0; i < o_.players; ++i) {
      out_ += "player " + name(i);
      if (typed(i)) {
        priors_.push_back(odds());
        if (o_.joint && i < 2)
          out_ += o_.types == 2 ? "  types t0, t1" : "  types t0, t1, t2";
        else
          out_ += "  types " + listed(priors_.back(), " ");
      }
      out_ += "\n";
    }
    if (o_.joint) write_joint();
  }

  void write_joint() {
    std::vector<double> cells;
    double sum = 0.0;
    for (int k = 0; k < o_.types * o_.types; ++k)
      sum += cells.emplace_back(pen_.scaled(std::max(0.02, o_.least_prior), 1.0));
    out_ += "prior A, B: ";
    for (int k = 0; k < o_.types * o_.types; ++k) {
      const std::string odds =
          k + 1 == o_.types * o_.types
              ? "otherwise"
              : "with " + number_text(cells[static_cast<std::size_t>(k)] / sum);
      out_ += fmt::format("{}{} & {} {}", k == 0 ? "" : ", ", type(k / o_.types),
                          type(k % o_.types), odds);
    }
    out_ += "\n";
  }

  void write_beliefs() {
    for (int j = 0; j < o_.players; ++j)
      for (int i = 0; i < o_.typed; ++i) {
        if (i == j || !pen_.happens(o_.disagree)) continue;
        const std::vector<double>& prior = priors_[static_cast<std::size_t>(i)];
        std::vector<double> own(prior.size());
        double sum = 0.0;
        for (std::size_t k = 0; k < own.size(); ++k) {
          const double near = pen_.happens(o_.far) ? 0.0 : 1.0;  // far: whatever the prior is
          sum += own[k] = std::pow(prior[k], near) * std::exp(pen_.between(-1.5, 1.5));
        }
        out_ += fmt::format("{} believes {}: ", name(j), name(i));
        for (std::size_t k = 0; k < own.size(); ++k)
          out_ +=
              fmt::format("{}{} {}", k == 0 ? "" : ", ", type(static_cast<int>(k)),
                          k + 1 == own.size() ? "otherwise" : "with " + number_text(own[k] / sum));
        out_ += "\n";
      }
  }

  void write_numbers() {
    const auto lambda = [&] {
      return number_text(pen_.scaled(o_.least_lambda, o_.most_lambda) / o_.scale, 6);
    };
    if (!o_.by_type) {
      out_ += "param precision = " + lambda() + "\n";
    } else {
      for (int i = 0; i < o_.players; ++i) {
        out_ += fmt::format("param precision[{}]", name(i));
        if (!typed(i)) {
          out_ += " = " + lambda() + "\n";
          continue;
        }
        for (int k = 0; k < o_.types; ++k)
          out_ += fmt::format("{} {} = {}", k == 0 ? ":" : ",", type(k), lambda());
        out_ += "\n";
      }
    }
    if (o_.rounds > 1)
      out_ += "param discount = " + number_text(pen_.between(o_.discount, 1.0), 4) + "\n";
  }

  /// What somebody gets, which may depend on types and on the number of an offer made before.
  std::string amount() {
    std::string out = Pen::number(o_.scale * pen_.payoff());
    for (int i = 0; i < o_.typed; ++i)
      if (pen_.happens(0.5))
        out += fmt::format(" + if({} is {}, {}, 0)", name(i), type(pen_.pick(o_.types)),
                           Pen::number(o_.scale * pen_.payoff()));
    if (!offer_.empty() && pen_.happens(0.6))
      out += fmt::format(" + {} * {}", offer_,
                         Pen::number(o_.scale * (pen_.happens(0.5) ? 1.0 : -1.0)));
    return out;
  }
  std::string payments() {
    std::string out;
    for (int i = 0; i < o_.players; ++i)
      out += fmt::format("{}{} gets {}", i == 0 ? "" : ", ", name(i), amount());
    return out;
  }
  std::string end() { return fmt::format("end e{}: {}", 1 + pen_.pick(3), payments()); }
  /// What an option leads to: an end, a payment, or nothing.
  std::string after(double ends) {
    if (pen_.happens(ends)) return " { " + end() + " }";
    return pen_.happens(0.4)
               ? fmt::format(" {{ {} gets {} }}", name(pen_.pick(o_.players)), amount())
               : std::string();
  }

  void write_move(bool last) {
    const int number = count_++;
    const double kind = pen_.between(0.0, 1.0);
    if (kind < o_.chance) return write_chance(number);
    if (kind < o_.chance + o_.together) return write_together(number);
    if (kind < o_.chance + o_.together + o_.offers && !last) return write_offer(number);
    write_choice(number, pen_.pick(o_.players));
  }

  std::string options(int player, double ends) {
    std::string out;
    const int count = pen_.happens(0.8) ? 2 : 3;
    const int guarded = typed(player) && pen_.happens(o_.guards) ? 1 + pen_.pick(count - 1) : -1;
    for (int k = 0; k < count; ++k) {
      out += fmt::format("{}o{}", k == 0 ? " " : ",  ", k);
      if (k == guarded) out += fmt::format(" when {} is {}", name(player), type(pen_.pick(2)));
      out += after(k == 0 ? std::min(0.1, ends) : ends);  // none among moves at once
    }
    return out;
  }
  void write_choice(int number, int player) {
    out_ += fmt::format("  {} chooses c{} {{{} }}\n", name(player), number, options(player, 0.5));
  }
  void write_together(int number) {
    const int first = pen_.pick(o_.players), second = (first + 1) % o_.players;
    out_ += fmt::format("  simultaneously {{ {} chooses c{}a {{{} }}  {} chooses c{}b {{{} }} }}\n",
                        name(first), number, options(first, 0.0), name(second), number,
                        options(second, 0.0));
    out_ += fmt::format("  when c{}a is o1 and c{}b is o1 {{ {} }}\n", number, number, end());
    if (pen_.happens(0.7))
      out_ += fmt::format("  when c{}a is o0 and c{}b is o1 {{ {} gets {} }}\n", number, number,
                          name(pen_.pick(o_.players)), amount());
  }
  void write_offer(int number) {
    const int player = pen_.pick(o_.players), numbers = 2 + pen_.pick(o_.most_offers - 1);
    std::vector<double> offers;
    for (int k = 0; k < numbers; ++k)
      offers.push_back(std::round(100.0 * (k + pen_.between(0.1, 0.9)) / numbers) / 100.0);
    offer_ = "x" + std::to_string(number);
    std::string list;
    for (const double x : offers) list += (list.empty() ? "" : ", ") + number_text(x);
    out_ += fmt::format("  {} offers {} in {{{}}}\n", name(player), offer_, list);
    const int other = (player + 1) % o_.players;
    if (pen_.happens(0.7))
      out_ += fmt::format("  {} chooses c{} {{ accept {{ {} }}  refuse{} }}\n", name(other), number,
                          end(), after(0.0));
  }
  /// Odds by the type of one player, or (seen differently) the same whatever the types.
  void write_chance(int number) {
    const auto odds = [&] { return number_text(pen_.between(0.05, 0.95), 2); };
    const bool seen = o_.perceived && pen_.happens(0.6);
    const std::string with =
        seen || o_.typed == 0
            ? odds()
            : fmt::format("if({} is t0, {}, {})", name(pen_.pick(o_.typed)), odds(), odds());
    const std::string perceived =
        seen ? fmt::format(" perceived by {} as {}", name(pen_.pick(o_.players)), odds())
             : std::string();
    const std::string up = pen_.happens(0.5)
                               ? end()
                               : fmt::format("{} gets {}", name(pen_.pick(o_.players)), amount());
    out_ += fmt::format("  chance c{} {{ up with {}{} {{ {} }}  down otherwise }}\n", number, with,
                        perceived, up);
  }

  Pen& pen_;
  const AnyGame& o_;
  std::string out_;
  std::vector<std::vector<double>> priors_;
  std::string offer_;  ///< an offer that every play has passed
  int count_ = 1;
};

}  // namespace

std::string draw_any_game(Pen& pen, const AnyGame& asked) { return Writer(pen, asked).write(); }

}  // namespace melian::prove
