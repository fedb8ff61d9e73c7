/// The tree of play as the text gives it.

#include <algorithm>
#include <map>
#include <optional>

#include <fmt/core.h>
#include <fmt/ranges.h>

#include "language/term_text.h"
#include "melian/manuscript.h"

namespace melian {
namespace {

std::size_t at(int index) { return static_cast<std::size_t>(index); }

/// A payment on the way, and how many rounds had passed.
struct Paid {
  int player;
  bool pays;
  TermPtr amount;
  int time;
};

/// What is known where play stands.
struct Standing {
  std::map<int, int> words;  ///< by variable: what was chosen, or what a state holds
  std::vector<std::pair<std::string, bool>> conditions;  ///< decided on the way
  std::vector<Paid> paid;
  std::vector<bool> entered;  ///< [phase]
  int phase = 0, time = 0;
};

/// What comes after the end of a block: the rest of the enclosing blocks, innermost last.
struct Rest {
  const CheckedBlock* block;
  std::size_t next;
};
using Continuation = std::vector<Rest>;

class Unfolder {
 public:
  Unfolder(const Model& model, std::map<std::string, double> numbers,
           const PlayTreeOptions& options)
      : checked_(model.checked()), numbers_(std::move(numbers)), options_(options) {}

  [[nodiscard]] Result<PlayTree> run() {
    out_.title = checked_.title;
    if (!checked_.citations.empty()) out_.source = checked_.citations.front();
    for (const Player& player : checked_.players) out_.players.push_back(player.name);
    tell_types();
    Standing standing;
    standing.entered.assign(checked_.phases.size(), false);
    standing.entered[0] = true;
    for (std::size_t v = 0; v < checked_.variables.size(); ++v)
      if (checked_.variables[v].kind == CheckedVariable::Kind::state_words)
        standing.words[static_cast<int>(v)] = checked_.variables[v].start_word;
    go_on({{&checked_.phases[0].body, 0}}, standing);
    if (out_.ends > options_.most_ends)
      return std::unexpected(Diagnostics{placeless(
          too_large_code,
          fmt::format("the tree has more than {} ends and could not be read", options_.most_ends),
          options_.one_round
              ? "draw a smaller model; `melian describe MODEL` says the whole in words"
              : "draw one round of it (--round)")});
    return std::move(out_);
  }

 private:
  void tell_types() {
    for (const Player& player : checked_.players) {
      if (player.types.empty()) continue;
      constexpr std::size_t most = 6;
      std::vector<std::string> types;
      for (std::size_t k = 0; k < player.types.size() && k < most; ++k) {
        const auto prior = numbers_.find(fmt::format("prior[{}].{}", player.name, player.types[k]));
        types.push_back(player.types[k] +
                        (prior == numbers_.end() ? "" : " " + number_text(prior->second, 4)));
      }
      if (player.types.size() > most)
        types.push_back(fmt::format("... ({} in all)", player.types.size()));
      out_.private_information.push_back(
          fmt::format("{} alone knows its type: {}", player.name, fmt::join(types, ", ")));
    }
  }

  /// Too many ends already: what more there is need not be built.
  [[nodiscard]] bool full() const { return out_.ends > options_.most_ends; }

  int add(PlayNode node) {
    out_.nodes.push_back(std::move(node));
    return static_cast<int>(out_.nodes.size()) - 1;
  }

  /// Does what is left; returns the node where it begins.
  int go_on(Continuation rest, Standing standing) {
    while (!rest.empty()) {
      if (full()) return add({});
      Rest& top = rest.back();
      if (top.next == top.block->size()) {
        rest.pop_back();
        continue;
      }
      const CheckedStatement& statement = (*top.block)[top.next++];
      if (const auto* payments = std::get_if<CheckedPayments>(&statement.what)) {
        pay(standing, payments->payments);
      } else if (const auto* assignment = std::get_if<CheckedAssignment>(&statement.what)) {
        if (assignment->word >= 0) standing.words[assignment->variable] = assignment->word;
      } else if (const auto* time = std::get_if<CheckedTime>(&statement.what)) {
        standing.time += time->rounds;
      } else if (std::holds_alternative<CheckedCount>(statement.what)) {
        continue;
      } else if (const auto* when = std::get_if<CheckedWhen>(&statement.what)) {
        if (const int node = condition(*when, rest, standing); node >= 0) return node;
      } else if (const auto* go = std::get_if<CheckedGoTo>(&statement.what)) {
        if (options_.one_round || standing.entered[at(go->phase)])
          return onward(standing, "to " + checked_.phases[at(go->phase)].name);
        standing.phase = go->phase;
        standing.entered[at(go->phase)] = true;
        forget_round(standing);
        rest = {{&checked_.phases[at(go->phase)].body, 0}};
      } else if (const auto* end = std::get_if<CheckedEnd>(&statement.what)) {
        pay(standing, end->payments);
        return finish(standing, PlayNode::Kind::end, checked_.outcomes[at(end->outcome)]);
      } else {
        return move(statement, rest, standing);
      }
    }
    const bool loops = checked_.horizon.kind != HorizonKind::none;
    return onward(standing,
                  loops ? "next round" : checked_.phases[at(standing.phase)].name + " again");
  }

  /// Choices of the round are forgotten at the top of a phase.
  void forget_round(Standing& standing) const {
    std::erase_if(standing.words, [&](const auto& one) {
      return checked_.variables[at(one.first)].kind != CheckedVariable::Kind::state_words;
    });
  }

  static void pay(Standing& standing, const std::vector<CheckedPayment>& payments) {
    for (const CheckedPayment& payment : payments)
      standing.paid.push_back({payment.player, payment.pays, payment.amount, standing.time});
  }

  int onward(const Standing& standing, const std::string& where) {
    return finish(standing, PlayNode::Kind::onward, where);
  }

  int finish(const Standing& standing, PlayNode::Kind kind, const std::string& name) {
    ++out_.ends;
    PlayNode node;
    node.kind = kind;
    node.name = name;
    for (std::size_t i = 0; i < checked_.players.size(); ++i) {
      PlayAmount amount{static_cast<int>(i), "", ""};
      for (const Paid& paid : standing.paid)
        if (at(paid.player) == i) append(amount, paid);
      if (amount.plain.empty() && kind == PlayNode::Kind::end) amount.plain = amount.latex = "0";
      if (!amount.plain.empty()) node.payoffs.push_back(std::move(amount));
    }
    return add(std::move(node));
  }

  void append(PlayAmount& amount, const Paid& paid) const {
    if (paid.amount->op == Term::Op::number && paid.amount->number == 0.0) return;
    std::string plain = plain_text(checked_, *paid.amount),
                latex = latex_text(checked_, *paid.amount);
    const bool is_sum = paid.amount->op == Term::Op::add || paid.amount->op == Term::Op::subtract ||
                        paid.amount->op == Term::Op::negate;
    if (is_sum && (paid.pays || paid.time > 0)) {
      plain = "(" + plain + ")";
      latex = "(" + latex + ")";
    }
    if (paid.time > 0) {
      const std::string power = paid.time == 1 ? "" : std::to_string(paid.time);
      const bool one = paid.amount->op == Term::Op::number && paid.amount->number == 1.0;
      plain = "δ" + (power.empty() ? "" : "^" + power) + (one ? "" : " " + plain);
      latex = "\\delta" + (power.empty() ? "" : "^{" + power + "}") + (one ? "" : " " + latex);
    }
    const char* sign =
        paid.pays ? (amount.plain.empty() ? "-" : " - ") : (amount.plain.empty() ? "" : " + ");
    amount.plain += sign + plain;
    amount.latex += sign + latex;
  }

  // ---- Conditions
  // --------------------------------------------------------------------------------------------------

  /// True or false where what was done decides it; nothing where a number or an unknown state would
  /// have to be known.
  [[nodiscard]] std::optional<bool> truth(const Term& term, const Standing& standing) const {
    using Op = Term::Op;
    const auto arg = [&](std::size_t k) { return truth(*term.args[k], standing); };
    switch (term.op) {
      case Op::variable_is: {
        const auto found = standing.words.find(term.index);
        return found == standing.words.end() ? std::nullopt
                                             : std::optional(found->second == term.content);
      }
      case Op::parameter_is: {
        const auto found = numbers_.find(checked_.parameters[at(term.index)].name);
        return found == numbers_.end() ? std::nullopt
                                       : std::optional(found->second == term.content);
      }
      case Op::logical_not: {
        const auto one = arg(0);
        return one ? std::optional(!*one) : std::nullopt;
      }
      case Op::logical_and:
      case Op::logical_or: {
        const bool decisive = term.op == Op::logical_or;
        const auto one = arg(0), other = arg(1);
        if ((one && *one == decisive) || (other && *other == decisive)) return decisive;
        return one && other ? std::optional(!decisive) : std::nullopt;
      }
      default: return std::nullopt;
    }
  }

  /// Goes into the branch that is taken (and returns -1), or branches where nothing decides.
  int condition(const CheckedWhen& when, Continuation& rest, Standing& standing) {
    const std::string text = plain_text(checked_, *when.condition);
    std::optional<bool> known = truth(*when.condition, standing);
    for (const auto& [decided, how] : standing.conditions)
      if (!known && decided == text) known = how;
    if (known) {
      const CheckedBlock& taken = *known ? when.then : when.otherwise;
      if (!taken.empty()) rest.push_back({&taken, 0});
      return -1;
    }
    const int node = add({PlayNode::Kind::condition, -1, text, -1, {}, {}});
    for (const bool yes : {true, false}) {
      Continuation into = rest;
      const CheckedBlock& taken = yes ? when.then : when.otherwise;
      if (!taken.empty()) into.push_back({&taken, 0});
      Standing then = standing;
      then.conditions.emplace_back(text, yes);
      const int child = go_on(std::move(into), std::move(then));
      out_.nodes[at(node)].branches.push_back({yes ? "yes" : "no", "", child});
    }
    return node;
  }

  // ---- Moves
  // -------------------------------------------------------------------------------------------------------

  int move(const CheckedStatement& statement, const Continuation& rest, const Standing& standing) {
    if (const auto* offer = std::get_if<CheckedOffer>(&statement.what))
      return number(*offer, {}, -1, rest, standing);
    if (const auto* choice = std::get_if<CheckedChoice>(&statement.what))
      return choose(*choice, {}, -1, rest, standing);
    if (const auto* together = std::get_if<CheckedSimultaneously>(&statement.what)) {
      Together choices;
      for (const auto& choice : together->choices) choices.push_back(&choice);
      return at_once(choices, together_++, rest, standing);
    }
    return chance(std::get<CheckedChance>(statement.what), rest, standing);
  }

  /// Choices made at the same time that are yet to be told.
  using Together = std::vector<const std::variant<CheckedChoice, CheckedOffer>*>;

  /// The first of the choices, then those made at the same time, then what they bring.
  int at_once(Together choices, int together, const Continuation& rest, const Standing& standing) {
    if (choices.empty()) return go_on(rest, standing);
    const auto& first = *choices.front();
    choices.erase(choices.begin());
    if (const auto* choice = std::get_if<CheckedChoice>(&first))
      return choose(*choice, choices, together, rest, standing);
    return number(std::get<CheckedOffer>(first), choices, together, rest, standing);
  }

  /// An offer, or another number chosen.
  int number(const CheckedOffer& offer, const Together& others, int together,
             const Continuation& rest, const Standing& standing) {
    const CheckedVariable& variable = checked_.variables[at(offer.variable)];
    const auto kind = variable.kind == CheckedVariable::Kind::offer ? PlayNode::Kind::offer
                                                                    : PlayNode::Kind::amount;
    const int node = add({kind, offer.player, variable.name, together, {}, {}});
    const int child = at_once(others, together, rest, standing);
    out_.nodes[at(node)].branches.push_back(
        {fmt::format("{} in {}", variable.name, plain_range(checked_, offer.range)),
         offer.where ? "where " + plain_text(checked_, *offer.where) : "", child});
    return node;
  }

  int choose(const CheckedChoice& choice, const Together& others, int together,
             const Continuation& rest, const Standing& standing) {
    const CheckedVariable& variable = checked_.variables[at(choice.variable)];
    const int node = add({PlayNode::Kind::choice, choice.player, variable.name, together, {}, {}});
    for (const CheckedOption& option : choice.options) {
      if (option.when && truth(*option.when, standing) == std::optional(false)) continue;
      Standing then = standing;
      then.words[choice.variable] = option.word;
      Continuation into = rest;
      if (!option.block.empty()) into.push_back({&option.block, 0});
      const int child = at_once(others, together, into, then);
      out_.nodes[at(node)].branches.push_back(
          {variable.range.words[at(option.word)],
           option.when ? "if " + plain_text(checked_, *option.when) : "", child});
    }
    return node;
  }

  int chance(const CheckedChance& chance, const Continuation& rest, const Standing& standing) {
    const CheckedVariable& variable = checked_.variables[at(chance.variable)];
    const int node = add({PlayNode::Kind::chance, -1, variable.name, -1, {}, {}});
    for (const CheckedOutcome& outcome : chance.outcomes) {
      Standing then = standing;
      then.words[chance.variable] = outcome.word;
      Continuation into = rest;
      if (!outcome.block.empty()) into.push_back({&outcome.block, 0});
      const int child = go_on(std::move(into), std::move(then));
      out_.nodes[at(node)].branches.push_back(
          {variable.range.words[at(outcome.word)],
           outcome.odds ? plain_text(checked_, *outcome.odds) : "otherwise", child});
    }
    return node;
  }

  const Model::Checked& checked_;
  std::map<std::string, double> numbers_;
  PlayTreeOptions options_;
  PlayTree out_;
  int together_ = 0;
};

}  // namespace

Result<PlayTree> play_tree(const Model& model, const Settings& settings,
                           const PlayTreeOptions& options) {
  Result<std::map<std::string, double>> numbers = parameter_numbers(model, settings);
  if (!numbers) return std::unexpected(numbers.error());
  return Unfolder(model, *std::move(numbers), options).run();
}

}  // namespace melian
