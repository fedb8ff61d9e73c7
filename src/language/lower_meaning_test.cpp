/// Compiled games against the text itself: an interpreter that plays the checked statements one by
/// one, remembers everything and knows neither public states nor liveness. Everybody chooses each
/// open option with the same odds.

#include <cmath>
#include <map>
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "language/meaning.h"
#include "melian/language.h"

namespace {

using namespace melian;

/// Expectations of one play, for one profile of types.
struct Totals {
  std::vector<double> payoffs;  ///< by player, discounted to the start
  std::map<std::string, double> outcomes;
  double rounds = 0.0, tallies = 0.0, accepted = 0.0;
};

// ---- the text, statement by statement

struct Reader {
  const Model::Checked& model;
  std::vector<int> types;
  double discount = 1.0;
  int rounds = 0;
  Totals totals;

  struct Play {
    std::vector<const CheckedStatement*> todo;  ///< last first
    std::vector<double> numbers;                ///< by variable
    std::vector<int> words;
    std::vector<int> offer_state;  ///< by variable: 0 none, 1 pending, 2 accepted
    int phase = 0, clock = 0, clock_at_top = 0, time = 0;
    double odds = 1.0;
  };

  double value(const Term& t, const Play& play) const {
    using Op = Term::Op;
    const auto arg = [&](std::size_t k) { return value(*t.args[k], play); };
    const auto index = static_cast<std::size_t>(t.index);
    switch (t.op) {
      case Op::number: return t.number;
      case Op::parameter: {
        const CheckedParameter& p = model.parameters[index];
        const auto content =
            p.player < 0 ? 0U : static_cast<std::size_t>(types[static_cast<std::size_t>(p.player)]);
        return std::get<double>(p.contents[content]);
      }
      case Op::variable: return play.numbers[index];
      case Op::let: return value(*model.lets[index].body, play);
      case Op::fix_type: {
        Reader other = *this;
        other.types[index] = t.content;
        return other.value(*t.args[0], play);
      }
      case Op::parameter_is:
        return std::get<std::string>(model.parameters[index].contents[0]) ==
               model.parameters[index].words[static_cast<std::size_t>(t.content)];
      case Op::variable_is: return play.words[index] == t.content;
      case Op::type_is: return types[index] == t.content;
      case Op::negate: return -arg(0);
      case Op::add: return arg(0) + arg(1);
      case Op::subtract: return arg(0) - arg(1);
      case Op::multiply: return arg(0) * arg(1);
      case Op::divide: return arg(0) / arg(1);
      case Op::power: return std::pow(arg(0), arg(1));
      case Op::equal: return std::abs(arg(0) - arg(1)) < 1e-9;
      case Op::not_equal: return std::abs(arg(0) - arg(1)) >= 1e-9;
      case Op::less: return arg(0) < arg(1) - 1e-9;
      case Op::greater: return arg(0) > arg(1) + 1e-9;
      case Op::at_most: return arg(0) <= arg(1) + 1e-9;
      case Op::at_least: return arg(0) >= arg(1) - 1e-9;
      case Op::logical_and: return arg(0) != 0 && arg(1) != 0;
      case Op::logical_or: return arg(0) != 0 || arg(1) != 0;
      case Op::logical_not: return arg(0) == 0;
      case Op::either: return arg(0) != 0 ? arg(1) : arg(2);
      case Op::min: return std::min(arg(0), arg(1));
      case Op::max: return std::max(arg(0), arg(1));
      case Op::exp: return std::exp(arg(0));
      case Op::ln: return std::log(arg(0));
      case Op::sqrt: return std::sqrt(arg(0));
      case Op::abs: return std::abs(arg(0));
    }
    return 0.0;
  }

  void mentioned(const Term& t, std::vector<int>& out) const {
    if (t.op == Term::Op::variable) out.push_back(t.index);
    if (t.op == Term::Op::let) mentioned(*model.lets[static_cast<std::size_t>(t.index)].body, out);
    for (const TermPtr& arg : t.args) mentioned(*arg, out);
  }
  void accept(const Term& t, Play& play) {
    std::vector<int> variables;
    mentioned(t, variables);
    for (const int v : variables) {
      const auto k = static_cast<std::size_t>(v);
      if (model.variables[k].kind != CheckedVariable::Kind::offer || play.offer_state[k] != 1)
        continue;
      play.offer_state[k] = 2;
      totals.accepted += play.odds * play.numbers[k];
    }
  }

  void push(Play& play, const CheckedBlock& block) const {
    for (std::size_t k = block.size(); k-- > 0;) play.todo.push_back(&block[k]);
  }

  [[nodiscard]] bool counted(int phase) const {
    const auto& in = model.horizon.phases;
    return in.empty() || std::find(in.begin(), in.end(), phase) != in.end();
  }

  void top(Play play, int phase) {
    play.todo.clear();
    play.phase = phase;
    play.clock_at_top = play.clock;
    std::fill(play.offer_state.begin(), play.offer_state.end(), 0);
    const bool over =
        model.horizon.kind == HorizonKind::finite && counted(phase) && play.clock >= rounds;
    push(play, over ? model.horizon.closing : model.phases[static_cast<std::size_t>(phase)].body);
    run(std::move(play));
  }

  void pay(const std::vector<CheckedPayment>& payments, Play& play) {
    for (const CheckedPayment& p : payments) {
      totals.payoffs[static_cast<std::size_t>(p.player)] +=
          play.odds * std::pow(discount, play.time) * (p.pays ? -1 : 1) * value(*p.amount, play);
      accept(*p.amount, play);
    }
  }

  void run(Play play) {
    while (!play.todo.empty()) {
      const CheckedStatement& statement = *play.todo.back();
      play.todo.pop_back();
      if (const auto* offer = std::get_if<CheckedOffer>(&statement.what))
        return choose(*offer, play);
      if (const auto* choice = std::get_if<CheckedChoice>(&statement.what))
        return choose(*choice, play);
      if (const auto* chance = std::get_if<CheckedChance>(&statement.what))
        return draw(*chance, play);
      if (const auto* paid = std::get_if<CheckedPayments>(&statement.what))
        pay(paid->payments, play);
      if (const auto* assigned = std::get_if<CheckedAssignment>(&statement.what))
        assign(*assigned, play);
      if (const auto* count = std::get_if<CheckedCount>(&statement.what))
        totals.tallies += play.odds * (count->by ? value(*count->by, play) : 1.0);
      if (const auto* time = std::get_if<CheckedTime>(&statement.what)) {
        play.time += time->rounds;
        if (counted(play.phase)) play.clock += time->rounds;
      }
      if (const auto* when = std::get_if<CheckedWhen>(&statement.what))
        push(play, value(*when->condition, play) != 0 ? when->then : when->otherwise);
      if (const auto* go = std::get_if<CheckedGoTo>(&statement.what))
        return top(std::move(play), go->phase);
      if (const auto* end = std::get_if<CheckedEnd>(&statement.what)) {
        pay(end->payments, play);
        totals.outcomes[model.outcomes[static_cast<std::size_t>(end->outcome)]] += play.odds;
        totals.rounds += play.odds * (1 + play.clock_at_top);
        return;
      }
    }
    top(std::move(play), play.phase);
  }

  void choose(const CheckedOffer& offer, const Play& play) {
    std::vector<Play> open;
    const auto v = static_cast<std::size_t>(offer.variable);
    std::vector<double> points;
    for (const auto& entry : offer.range.entries) {
      const double from = value(*entry.from, play);
      if (!entry.to) {
        points.push_back(from);
        continue;
      }
      const double to = value(*entry.to, play), by = entry.by ? value(*entry.by, play) : 1.0;
      for (int k = 0; from + k * by < to + by / 2; ++k) points.push_back(from + k * by);
    }
    for (const double x : points) {
      Play next = play;
      next.numbers[v] = x;
      next.offer_state[v] = 1;
      if (!offer.where || value(*offer.where, next) != 0) open.push_back(std::move(next));
    }
    for (Play& next : open) {
      next.odds /= static_cast<double>(open.size());
      run(std::move(next));
    }
  }
  void choose(const CheckedChoice& choice, const Play& play) {
    std::vector<Play> open;
    for (const CheckedOption& option : choice.options) {
      if (option.when && value(*option.when, play) == 0) continue;
      Play next = play;
      next.words[static_cast<std::size_t>(choice.variable)] = option.word;
      push(next, option.block);
      open.push_back(std::move(next));
    }
    for (Play& next : open) {
      next.odds /= static_cast<double>(open.size());
      run(std::move(next));
    }
  }
  void draw(const CheckedChance& chance, const Play& play) {
    double rest = 1.0;
    for (const CheckedOutcome& outcome : chance.outcomes)
      if (outcome.odds) rest -= value(*outcome.odds, play);
    for (const CheckedOutcome& outcome : chance.outcomes) {
      Play next = play;
      next.odds *= outcome.odds ? value(*outcome.odds, play) : rest;
      next.words[static_cast<std::size_t>(chance.variable)] = outcome.word;
      push(next, outcome.block);
      run(std::move(next));
    }
  }
  void assign(const CheckedAssignment& assigned, Play& play) {
    const auto v = static_cast<std::size_t>(assigned.variable);
    if (assigned.word >= 0) {
      play.words[v] = assigned.word;
      return;
    }
    const double amount = value(*assigned.amount, play);
    if (assigned.kind == ast::Assignment::Kind::becomes) accept(*assigned.amount, play);
    double& number = play.numbers[v];
    number = assigned.kind == ast::Assignment::Kind::becomes ? amount
             : assigned.kind == ast::Assignment::Kind::rises ? number + amount
                                                             : number - amount;
    if (!model.variables[v].stops) return;
    const auto& range = model.variables[v].range.entries.front();
    number = std::clamp(number, value(*range.from, play), value(*range.to, play));
  }
};

Totals read_text(const Model& model, const std::vector<int>& types) {
  const Model::Checked& checked = model.checked();
  Reader reader{checked, types, 1.0, 0, {}};
  Reader::Play play;
  play.numbers.assign(checked.variables.size(), 0.0);
  play.words.assign(checked.variables.size(), -1);
  play.offer_state.assign(checked.variables.size(), 0);
  for (std::size_t v = 0; v < checked.variables.size(); ++v) {
    if (checked.variables[v].start)
      play.numbers[v] = reader.value(*checked.variables[v].start, play);
    play.words[v] = checked.variables[v].start_word;
  }
  if (checked.discount_parameter >= 0)
    reader.discount = std::get<double>(
        checked.parameters[static_cast<std::size_t>(checked.discount_parameter)].contents[0]);
  if (checked.horizon.rounds)
    reader.rounds = static_cast<int>(reader.value(*checked.horizon.rounds, play));
  reader.totals.payoffs.assign(checked.players.size(), 0.0);
  reader.top(std::move(play), 0);
  return reader.totals;
}

// ---- the compiled game, branch by branch

struct Walker {
  const Game& game;
  std::vector<int> types;
  Totals totals;
  bool all_reached = true;

  void walk(int state, int round, int clock, int time, double odds) {
    const Structure& s = game.shape();
    const PublicState& from = s.states[static_cast<std::size_t>(state)];
    const Move& move = s.moves[static_cast<std::size_t>(from.move)];
    const Profiles profiles(s.players, from.live);
    const int profile = profiles.index(types), count = profiles.count();
    const auto open = [&](const Branch& b) {
      return move.player < 0 ||
             (b.open_to >> types[static_cast<std::size_t>(move.player)] & 1U) != 0;
    };
    int num_open = 0;
    for (int b = from.first_branch; b < from.first_branch + from.num_branches; ++b)
      num_open += open(s.branches[static_cast<std::size_t>(b)]) ? 1 : 0;
    for (int b = from.first_branch; b < from.first_branch + from.num_branches; ++b) {
      const auto k = static_cast<std::size_t>(b);
      const Branch& branch = s.branches[k];
      if (!open(branch)) continue;
      const double p =
          odds * (move.kind == MoveKind::chance ? game.odds(b)[profile] : 1.0 / num_open);
      if (p == 0.0) continue;
      for (int j = 0; j < s.num_players(); ++j)
        totals.payoffs[static_cast<std::size_t>(j)] +=
            p * std::pow(game.numbers.discount[static_cast<std::size_t>(j)][0], time) *
            game.reward(b, j, count)[profile];
      for (auto c = s.count_begin[k]; c < s.count_begin[k + 1]; ++c)
        totals.tallies += p * game.numbers.amounts[static_cast<std::size_t>(
                                  s.counts[static_cast<std::size_t>(c)].amount_offset + profile)];
      for (auto a = s.acceptance_begin[k]; a < s.acceptance_begin[k + 1]; ++a) {
        const auto& accepted = s.acceptances[static_cast<std::size_t>(a)];
        totals.accepted += p * s.moves[static_cast<std::size_t>(accepted.move)]
                                   .numbers[static_cast<std::size_t>(accepted.action)];
      }
      if (branch.next < 0) {
        totals.outcomes[s.outcomes[static_cast<std::size_t>(-1 - branch.next)]] += p;
        totals.rounds += p * (1 + clock);
        continue;
      }
      const PublicState& next = s.states[static_cast<std::size_t>(branch.next)];
      const bool over = next.timed && next.entry && round + branch.advance >= s.rounds;
      const bool known =
          over ? next.closing >= 0
               : !next.timed ||
                     s.reached[static_cast<std::size_t>(round + branch.advance) * s.states.size() +
                               static_cast<std::size_t>(branch.next)] == 1;
      all_reached = all_reached && known;
      if (!known) continue;
      walk(over ? next.closing : branch.next, round + branch.advance, clock + branch.advance,
           time + branch.time, p);
    }
  }
};

Totals walk_game(const Game& game, const std::vector<int>& types) {
  Walker walker{game, types, {}, true};
  walker.totals.payoffs.assign(game.shape().players.size(), 0.0);
  walker.walk(game.shape().root, 0, 0, 0, 1.0);
  CHECK(walker.all_reached);
  return walker.totals;
}

constexpr double round_off = 1e-10;  // sums of some thousand products of numbers near 1

void check_same(const Totals& a, const Totals& b) {
  for (std::size_t j = 0; j < a.payoffs.size(); ++j)
    CHECK(std::abs(a.payoffs[j] - b.payoffs[j]) < round_off);
  std::map<std::string, double> difference = a.outcomes;
  for (const auto& [name, odds] : b.outcomes) difference[name] -= odds;
  for (const auto& [name, gap] : difference) {
    CAPTURE(name);
    CHECK(std::abs(gap) < round_off);
  }
  CHECK(std::abs(a.rounds - b.rounds) < round_off);
  CHECK(std::abs(a.tallies - b.tallies) < round_off);
  CHECK(std::abs(a.accepted - b.accepted) < round_off);
}

void check_model(const Model& model, const CompileOptions& options = {}) {
  const auto compiled = compile(model, {}, options);
  REQUIRE_MESSAGE(compiled.has_value(), (compiled ? "" : render(compiled.error())));
  const auto game = compiled->bind({});
  REQUIRE_MESSAGE(game.has_value(), (game ? "" : render(game.error())));
  const Profiles everybody(game->shape().players, game->shape().everyone());
  for (int profile = 0; profile < everybody.count(); ++profile) {
    std::vector<int> types;
    for (int i = 0; i < game->shape().num_players(); ++i)
      types.push_back(everybody.type_of(profile, i));
    check_same(read_text(model, types), walk_game(*game, types));
  }
}

// ---- texts at random

class Writer {
 public:
  explicit Writer(std::uint32_t seed) : random_(seed) {}

  std::string model() {
    std::string text =
        "model \"m\"\nplayer A types soft 0.5, hard 0.5\nplayer B types poor 0.5, rich 0.5\nparam "
        "cost[A]: soft = 0.3, hard = 0.7\n"
        "param rate[B]: poor = 0.2, rich = 0.6\nparam discount = 0.9\nparam precision = 1\nparam "
        "mode = on in {off, on}\n"
        "state n in 0..3 = 1 stops\nstate m in 0..1 by 0.5 = 0 stops\nstate w in {x, y, z} = "
        "x\nlet blend = n + if(w is y, cost[A], m)\n";
    text += pick(2) == 0 ? "horizon 2 rounds" : "horizon 3 rounds";
    const int which = pick(3);
    if (which == 0) text += " in P";
    if (which == 1) text += " in Q";
    text += pick(2) == 0 ? " then end over: A gets blend, B pays n\n"
                         : " then { A gets m  chance coin { head with 0.25 { end over } tail "
                           "otherwise { end late: B gets n } } }\n";
    for (const char* phase : {"P", "Q"}) {
      std::vector<std::string> made;
      text += std::string("phase ") + phase + " {\n" + block(2, made, 4) +
              (pick(3) > 0 ? "time passes\n" : "") + (pick(4) == 0 ? "go to Q\n" : "") + "}\n";
    }
    return text;
  }

 private:
  int pick(int n) { return static_cast<int>(random_() % static_cast<std::uint32_t>(n)); }
  std::string name(const char* kind) { return kind + std::to_string(++names_); }

  std::string number(const std::vector<std::string>& made) {
    switch (pick(made.empty() ? 6 : 9)) {
      case 0: return "n";
      case 1: return "m + 0.1";
      case 2: return "cost[A]";
      case 3: return "rate[B] * n";
      case 4: return "blend";
      case 5: return "0.5";
      default: {
        const std::string& m = made[static_cast<std::size_t>(pick(static_cast<int>(made.size())))];
        return m[0] == 'o' ? m : "if(" + m + " is a, 1, n)";
      }
    }
  }
  std::string condition(const std::vector<std::string>& made) {
    switch (pick(made.empty() ? 4 : 6)) {
      case 0: return "n > 1";
      case 1: return "w is x";
      case 2: return "m is 0.5 or w is z";
      case 3: return "mode is on and n < 3";
      default: {
        const std::string& m = made[static_cast<std::size_t>(pick(static_cast<int>(made.size())))];
        return m[0] == 'o' ? m + " >= 0.5" : m + " is b";
      }
    }
  }

  std::string block(int depth, std::vector<std::string> made, int length) {
    std::string text;
    const int count = 1 + pick(length);
    for (int k = 0; k < count; ++k) text += statement(depth, made);
    return text;
  }
  std::string inner(int depth, const std::vector<std::string>& made) {
    if (depth == 0 || pick(3) == 0) return "";
    std::string text = "{ " + block(depth - 1, made, 2);
    const int last = pick(8);
    if (last == 0) text += "go to Q ";
    if (last == 1) text += "time passes go to P ";
    if (last == 2)
      text += "end " + name("e") + ": A gets " + number(made) + ", B gets " + number(made) + " ";
    return text + "}";
  }

  std::string statement(int depth, std::vector<std::string>& made) {
    if (moves_ > 9) return "A gets 0.1\n";
    switch (pick(9)) {
      case 0:
      case 1: {
        ++moves_;
        const std::string c = name("c"), who = pick(2) == 0 ? "A" : "B";
        std::vector<std::string> after = made;
        std::string guard =
            pick(4) == 0 ? std::string(" when ") + (who == "A" ? "A is hard" : "B is rich or n > 0")
                         : "";
        std::string text = who + " chooses " + c + " { a " + inner(depth, made) + ", b" + guard +
                           " " + inner(depth, made) + " }\n";
        made.push_back(c);
        return text;
      }
      case 2: {
        ++moves_;
        const std::string o = name("o");
        const std::string text =
            std::string(pick(2) == 0 ? "A" : "B") + " offers " + o +
            (pick(2) == 0 ? " in 0..1 by 0.5" : " in {0.5, 1} where n > 0 or " + o + " is 1") +
            "\n";
        made.push_back(o);
        return text;
      }
      case 3: {
        ++moves_;
        const std::string h = name("h");
        const char* odds[] = {"0.3", "if(A is soft, 0.2, 0.6)", "rate[B]", "0.1 + 0.2 * n"};
        return "chance " + h + " { a with " + odds[pick(4)] + " " + inner(depth, made) +
               ", b otherwise " + inner(depth, made) + " }\n";
      }
      case 4: return "A gets " + number(made) + ", B pays " + number(made) + "\n";
      case 5: {
        const char* changes[] = {"n rises by 1\n", "n falls by 1\n", "m becomes 0.5\n",
                                 "w becomes y\n",  "w becomes z\n",  "m rises by 0.5\n"};
        for (const std::string& m : made)
          if (m[0] == 'o' && pick(2) == 0) return "m becomes " + m + "\n";
        return changes[pick(6)];
      }
      case 6: return "count losses by " + number(made) + "\n";
      case 7: return pick(2) == 0 ? "time passes\n" : "A gets 0.2\n";
      default:
        if (depth == 0) return "A gets 0.3\n";
        return "when " + condition(made) + " { " + block(depth - 1, made, 2) + "} else { " +
               block(depth - 1, made, 2) + "}\n";
    }
  }

  std::mt19937 random_;
  int names_ = 0, moves_ = 0;
};

}  // namespace

TEST_CASE(
    "lower: published models pay, end, count and accept as their text says when everybody chooses "
    "at random") {
  for (const char* name : {"m01b_fearon_two_costs", "m01f_private_power", "m03_indivisible_issue",
                           "m11b_audience_two_types", "m12_signorino", "m14_learning_raises_aims",
                           "m15_insincere_talks", "m16_show_for_patron", "m18b_ratifier_private",
                           "m19_spoilers", "m23_two_round_screening"}) {
    CAPTURE(name);
    const auto model =
        read_model(std::string(MELIAN_SOURCE_DIR) + "/tests/texts/" + name + ".melian");
    REQUIRE(model.has_value());
    check_model(*model);
  }
}

TEST_CASE(
    "lower: random texts pay, end, count and accept as written, whatever is dropped and whatever "
    "is kept") {
  int compiled = 0;
  for (std::uint32_t seed = 1; seed <= 80; ++seed) {
    const std::string text = Writer(seed).model();
    CAPTURE(seed);
    CAPTURE(text);
    const auto model = read_model_text(text, "random.melian");
    if (!model || !compile(*model)) continue;
    if (compile(*model)->structure().branches.size() > 400)
      continue;  // the interpreter remembers everything and takes its time
    ++compiled;
    check_model(*model);
    CompileOptions everything;
    for (const CheckedVariable& variable : model->checked().variables)
      everything.keep.push_back(variable.name);
    check_model(*model, everything);
  }
  CHECK(compiled > 20);
}
