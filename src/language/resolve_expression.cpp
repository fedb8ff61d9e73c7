/// Expressions: names become what they name, and every operator gets what it works on.

#include <algorithm>
#include <cmath>

#include <fmt/ranges.h>

#include "language/meaning_bench.h"

namespace melian {
namespace {

using Op = Term::Op;
using Written = ast::Expression;

/// Height and size of an expression with its lets expanded: what reads it later goes through it by
/// recursion.
constexpr int greatest_height = 1000;
constexpr double greatest_size = 1e5;

Resolved unknown_at(const ast::Span& span) {
  return {Kind::unknown, make_number(0.0, span), -1, {}};
}

const char* kind_text(Kind kind) {
  switch (kind) {
    case Kind::number: return "a number";
    case Kind::truth: return "a condition";
    case Kind::parameter_word: return "a switch";
    case Kind::variable_word: return "a word";
    case Kind::player: return "a player";
    case Kind::unknown: break;
  }
  return "unknown";
}

class Resolver {
 public:
  explicit Resolver(Bench& bench) : bench_(bench) {}

  Resolved expression(const Written& e) {
    switch (e.kind) {
      case Written::Kind::number: return {Kind::number, make_number(e.number, e.span), -1, {}};
      case Written::Kind::path: return path(e);
      case Written::Kind::call: return call(e);
      case Written::Kind::operation: return operation(e);
    }
    return unknown_at(e.span);
  }

  /// An operand that must be of this kind; a mistake reads as unknown.
  TermPtr want(const Written& e, Kind kind) {
    Resolved found = expression(e);
    if (found.kind != kind && found.kind != Kind::unknown) wrong_kind(e, found, kind);
    return found.kind == kind ? found.term : make_number(0.0, e.span);
  }

 private:
  Resolved path(const Written& e) {
    const std::string name = e.name.text();
    const Symbol* symbol = bench_.find(name);
    if (symbol == nullptr) return unknown_name(e, name);
    switch (symbol->sort) {
      case Sort::player: {
        if (!e.dots.empty())
          bench_.mistakes.error(e.dots.front().span, "M0214",
                                fmt::format("`{}` is a player: nothing follows its name", name),
                                fmt::format("to ask for its type write `{} is TYPE`", name));
        return {e.dots.empty() ? Kind::player : Kind::unknown,
                make_number(0.0, e.span),
                symbol->index,
                {}};
      }
      case Sort::parameter: return parameter(e, symbol->index);
      case Sort::let: return let(e, symbol->index);
      case Sort::variable: break;
    }
    const CheckedVariable& variable =
        bench_.model.variables[static_cast<std::size_t>(symbol->index)];
    const bool number = variable.holds_numbers();
    if (!e.dots.empty())
      bench_.mistakes.error(e.dots.front().span, "M0214",
                            fmt::format("`{}` does not depend on a type", name));
    return {number ? Kind::number : Kind::variable_word,
            make_term(Op::variable, {}, e.span, symbol->index),
            symbol->index,
            {}};
  }

  Resolved parameter(const Written& e, int index) {
    const CheckedParameter& parameter = bench_.model.parameters[static_cast<std::size_t>(index)];
    Resolved out{parameter.words.empty() ? Kind::number : Kind::parameter_word,
                 make_term(Op::parameter, {}, e.span, index),
                 index,
                 {}};
    return fix_types(e, std::move(out), parameter.player < 0 ? 0 : mask_of(parameter.player));
  }

  Resolved let(const Written& e, int index) {
    const LetFacts& facts = bench_.let_facts[static_cast<std::size_t>(index)];
    Resolved out{facts.kind, make_term(Op::let, {}, e.span, index), index, {}};
    if (facts.kind == Kind::unknown) return unknown_at(e.span);
    return fix_types(e, std::move(out), facts.types);
  }

  /// `W.tough`, `cost[D].tough`: the type after the dot instead of the true one.
  Resolved fix_types(const Written& e, Resolved&& what, PlayerMask types) {
    for (const ast::Word& dot : e.dots) {
      std::vector<int> players;
      std::vector<std::string> names;
      for (int p = 0; p < static_cast<int>(bench_.model.players.size()); ++p) {
        if ((types & mask_of(p)) == 0) continue;
        const auto& of = bench_.model.players[static_cast<std::size_t>(p)].types;
        names.insert(names.end(), of.begin(), of.end());
        if (bench_.type_names[static_cast<std::size_t>(p)].contains(dot.text)) players.push_back(p);
      }
      if (players.size() != 1) {
        cannot_fix(e, dot, players, names, types);
        return unknown_at(e.span);
      }
      const int type = bench_.type_names[static_cast<std::size_t>(players.front())].at(dot.text);
      what.term = make_term(Op::fix_type, {what.term}, e.span, players.front(), type);
      what.fixed.push_back({players.front(), type});
      types &= ~mask_of(players.front());
    }
    return std::move(what);
  }

  void cannot_fix(const Written& e, const ast::Word& dot, const std::vector<int>& players,
                  const std::vector<std::string>& names, PlayerMask types) {
    const std::string name = e.name.text();
    if (players.size() > 1) {
      PlayerMask mask = 0;
      for (int p : players) mask |= mask_of(p);
      bench_.mistakes.error(
          dot.span, "M0215",
          fmt::format("`{}` is a type of {}: whose is meant?", dot.text, bench_.players_in(mask)),
          "give the types of one of them other names");
    } else if (types == 0) {
      bench_.mistakes.error(dot.span, "M0214", fmt::format("`{}` does not depend on a type", name),
                            fmt::format("write `{}` without `.{}`", name, dot.text));
    } else {
      bench_.mistakes.error(dot.span, "M0214",
                            fmt::format("`{}` is no type of {}, on whose type `{}` depends",
                                        dot.text, bench_.players_in(types), name),
                            bench_.mistakes.nearest(dot.text, names), list_of(names));
    }
  }

  Resolved unknown_name(const Written& e, const std::string& name) {
    if (!bench_.mistakes.first("name " + name)) return unknown_at(e.span);
    std::string hint = bench_.mistakes.nearest(
        name, bench_.names_of({Sort::parameter, Sort::let, Sort::variable}));
    if (name == "belief" || name.starts_with("belief["))
      hint = "beliefs cannot be read: expectations use them by themselves";
    else if (name == "discount" || name == "precision")
      hint = fmt::format("declare it: param {} = ...", name);
    else if (hint.empty())
      hint = owner_of_word(name);
    if (hint.empty())
      hint = fmt::format("declare it: param {0} = ..., let {0} = ... or state {0} in ...", name);
    bench_.mistakes.error(e.span, "M0201", fmt::format("`{}` is not known", name), hint)
        .about(name);
    return unknown_at(e.span);
  }

  /// Somebody wrote `accept` and meant `answer is accept`.
  [[nodiscard]] std::string owner_of_word(const std::string& name) const {
    if (bench_.mistakes.no_more_hints()) return {};
    for (std::size_t v = 0; v < bench_.variable_words.size(); ++v)
      if (bench_.variable_words[v].contains(name))
        return fmt::format("did you mean `{} is {}`?", bench_.model.variables[v].name, name);
    for (std::size_t p = 0; p < bench_.type_names.size(); ++p)
      if (bench_.type_names[p].contains(name))
        return fmt::format("did you mean `{} is {}`?", bench_.model.players[p].name, name);
    return {};
  }

  void wrong_kind(const Written& e, const Resolved& found, Kind wanted) {
    const std::string name = e.kind == Written::Kind::path ? e.name.text() : "";
    std::string hint;
    if (found.kind == Kind::player)
      hint = fmt::format("to ask for its type write `{} is TYPE`", name);
    if (found.kind == Kind::parameter_word || found.kind == Kind::variable_word) {
      const auto& words =
          found.kind == Kind::parameter_word
              ? bench_.model.parameters[static_cast<std::size_t>(found.index)].words
              : bench_.model.variables[static_cast<std::size_t>(found.index)].range.words;
      const std::string word = words.empty() ? "WORD" : words.front();
      hint = wanted == Kind::truth
                 ? fmt::format("write `{} is {}`", name, word)
                 : fmt::format("to make a number of it write if({} is {}, ..., ...)", name, word);
    }
    if (wanted == Kind::number && found.kind == Kind::truth)
      hint = "to make a number of it write if(CONDITION, ..., ...)";
    if (wanted == Kind::truth && found.kind == Kind::number)
      hint = "compare it: `is`, `<`, `>`, `<=` or `>=`";
    bench_.mistakes.error(
        e.span, wanted == Kind::truth ? "M0212" : "M0211",
        fmt::format("{} stands where {} is needed", kind_text(found.kind), kind_text(wanted)), hint,
        kind_text(wanted));
  }

  Resolved call(const Written& e) {
    const std::string& name = e.function.text;
    const std::size_t count = e.operands.size();
    if (name == "if") {
      if (count != 3)
        return wrong_count(e, "three: a condition, what holds if it is true, what holds if not");
      TermPtr condition = want(*e.operands[0], Kind::truth);
      return {Kind::number,
              make_term(Op::either,
                        {condition, want(*e.operands[1], Kind::number),
                         want(*e.operands[2], Kind::number)},
                        e.span),
              -1,
              {}};
    }
    const bool many = name == "min" || name == "max";
    if (many ? count == 0 : count != 1)
      return wrong_count(e, many ? "one or more numbers" : "one number");
    const Op op = name == "min"    ? Op::min
                  : name == "max"  ? Op::max
                  : name == "exp"  ? Op::exp
                  : name == "ln"   ? Op::ln
                  : name == "sqrt" ? Op::sqrt
                                   : Op::abs;
    std::vector<TermPtr> args;
    for (const auto& operand : e.operands) args.push_back(want(*operand, Kind::number));
    return {Kind::number, make_term(op, std::move(args), e.span), -1, {}};
  }

  Resolved wrong_count(const Written& e, const char* wanted) {
    bench_.mistakes.error(
        e.span, "M0225", fmt::format("`{}` is given {} things", e.function.text, e.operands.size()),
        {}, wanted);
    return unknown_at(e.span);
  }

  Resolved operation(const Written& e) {
    using Operator = ast::Operator;
    const auto numbers = [&](Op op, Kind kind) -> Resolved {
      std::vector<TermPtr> args;
      for (const auto& operand : e.operands) args.push_back(want(*operand, Kind::number));
      return {kind, make_term(op, std::move(args), e.span), -1, {}};
    };
    const auto truths = [&](Op op) -> Resolved {
      std::vector<TermPtr> args;
      for (const auto& operand : e.operands) args.push_back(want(*operand, Kind::truth));
      return {Kind::truth, make_term(op, std::move(args), e.span), -1, {}};
    };
    switch (e.op) {
      case Operator::add: return numbers(Op::add, Kind::number);
      case Operator::subtract: return numbers(Op::subtract, Kind::number);
      case Operator::multiply: return numbers(Op::multiply, Kind::number);
      case Operator::divide: return numbers(Op::divide, Kind::number);
      case Operator::power: return numbers(Op::power, Kind::number);
      case Operator::negate: return numbers(Op::negate, Kind::number);
      case Operator::less: return numbers(Op::less, Kind::truth);
      case Operator::greater: return numbers(Op::greater, Kind::truth);
      case Operator::at_most: return numbers(Op::at_most, Kind::truth);
      case Operator::at_least: return numbers(Op::at_least, Kind::truth);
      case Operator::logical_and: return truths(Op::logical_and);
      case Operator::logical_or: return truths(Op::logical_or);
      case Operator::logical_not: return truths(Op::logical_not);
      case Operator::is: return comparison(e, false);
      case Operator::is_not: return comparison(e, true);
    }
    return unknown_at(e.span);
  }

  /// `is`: the word on the right is looked up in what stands on the left.
  Resolved comparison(const Written& e, bool negated) {
    const Written &left = *e.operands[0], &right = *e.operands[1];
    Resolved subject = expression(left);
    TermPtr term;
    switch (subject.kind) {
      case Kind::unknown: return unknown_at(e.span);
      case Kind::truth: wrong_kind(left, subject, Kind::number); return unknown_at(e.span);
      case Kind::number:
        if (const std::string* word = bare_word(right);
            word != nullptr && bench_.find(*word) == nullptr)
          return number_is_word(left, right, *word);
        term = make_term(Op::equal, {subject.term, want(right, Kind::number)}, e.span);
        break;
      case Kind::player: term = type_test(subject.index, left, right, e.span); break;
      case Kind::parameter_word: {
        const auto& words = bench_.parameter_words[static_cast<std::size_t>(subject.index)];
        term = word_test(Op::parameter_is, subject, words,
                         bench_.model.parameters[static_cast<std::size_t>(subject.index)].words,
                         left, right, e.span);
        break;
      }
      case Kind::variable_word: {
        const auto& words = bench_.variable_words[static_cast<std::size_t>(subject.index)];
        term =
            word_test(Op::variable_is, subject, words,
                      bench_.model.variables[static_cast<std::size_t>(subject.index)].range.words,
                      left, right, e.span);
        break;
      }
    }
    if (term == nullptr) return unknown_at(e.span);
    return {Kind::truth, negated ? make_term(Op::logical_not, {term}, e.span) : term, -1, {}};
  }

  Resolved number_is_word(const Written& left, const Written& right, const std::string& word) {
    if (bench_.mistakes.first("name " + word)) {
      std::string hint = bench_.mistakes.nearest(
          word, bench_.names_of({Sort::parameter, Sort::let, Sort::variable}));
      if (hint.empty() && left.kind == Written::Kind::path)
        hint = fmt::format("`{}` is a number and has no words", left.name.text());
      bench_.mistakes
          .error(right.span, "M0201", fmt::format("`{}` is not known", word), hint, "a number")
          .about(word);
    }
    return unknown_at(right.span);
  }

  TermPtr type_test(int player, const Written& left, const Written& right, const ast::Span& span) {
    const Player& of = bench_.model.players[static_cast<std::size_t>(player)];
    if (bench_.numeric_types[static_cast<std::size_t>(player)]) {
      bench_.mistakes.error(
          left.span, "M0213",
          fmt::format("the types of `{}` are parts of a distribution and have no names", of.name),
          "compare the number: NAME[PLAYER] < 0.1");
      return nullptr;
    }
    if (of.types.empty()) {
      bench_.mistakes.error(left.span, "M0213", fmt::format("`{}` has no types", of.name),
                            fmt::format("declare them: player {} types ...", of.name));
      return nullptr;
    }
    const std::string* word = bare_word(right);
    if (word == nullptr) return not_a_word(right, of.types);
    const int type = need_word(bench_, bench_.type_names[static_cast<std::size_t>(player)],
                               of.types, of.name, *word, right.span);
    return type < 0 ? nullptr : make_term(Op::type_is, {}, span, player, type);
  }

  TermPtr word_test(Op op, const Resolved& subject,
                    const std::unordered_map<std::string, int>& words,
                    const std::vector<std::string>& listed, const Written& left,
                    const Written& right, const ast::Span& span) {
    const std::string* word = bare_word(right);
    if (word == nullptr) return not_a_word(right, listed);
    const int content = need_word(bench_, words, listed, left.name.text(), *word, right.span);
    if (content < 0) return nullptr;
    TermPtr term = make_term(op, {}, span, subject.index, content);
    for (const Resolved::Fixed& fixed : subject.fixed)
      term = make_term(Op::fix_type, {term}, span, fixed.player, fixed.type);
    return term;
  }

  TermPtr not_a_word(const Written& right, const std::vector<std::string>& listed) {
    bench_.mistakes.error(right.span, "M0213", "a word is needed right of `is` here", {},
                          list_of(listed));
    return nullptr;
  }

  Bench& bench_;
};

/// Refuses what reads more than may be read where it stands.
bool check_reading(Bench& bench, const Term& term, const MayRead& may) {
  if (const PlayerMask out_of_place = types_read(bench, term) & ~may.types; out_of_place != 0) {
    const bool own = may.types != 0;
    bench.mistakes.error(term.span, own ? "M0219" : "M0218",
                         fmt::format("{} may not depend on the type of {}", may.where,
                                     bench.players_in(out_of_place)),
                         may.hint);
    return false;
  }
  if (may.variables) return true;
  Bits variables;
  add_variables_read(bench, term, variables);
  int first = -1;
  variables.each([&](int v) {
    if (first < 0) first = v;
  });
  if (first < 0) return true;
  bench.mistakes.error(term.span, "M0220",
                       fmt::format("{} may read parameters only, and this reads `{}`", may.where,
                                   bench.model.variables[static_cast<std::size_t>(first)].name),
                       may.hint);
  return false;
}

TermPtr resolve_as(Bench& bench, const ast::ExpressionPtr& expression, Kind kind,
                   const MayRead& may) {
  if (expression == nullptr) return make_number(0.0, {});
  TermPtr term = Resolver(bench).want(*expression, kind);
  if (!check_extent(bench, extent_with_lets(bench, *term), expression->span))
    return make_number(0.0, expression->span);
  return check_reading(bench, *term, may) ? term : make_number(0.0, expression->span);
}

}  // namespace

Extent extent_with_lets(const Bench& bench, const Term& term) {
  Extent out;
  if (term.op == Op::let) {
    const LetFacts& facts = bench.let_facts[static_cast<std::size_t>(term.index)];
    return {facts.height + 1, facts.size + 1};
  }
  for (const TermPtr& arg : term.args) {
    const Extent of = extent_with_lets(bench, *arg);
    out.height = std::max(out.height, of.height + 1);
    out.size += of.size;
  }
  return out;
}

bool check_extent(Bench& bench, const Extent& extent, const ast::Span& span) {
  if (extent.height <= greatest_height && extent.size <= greatest_size) return true;
  bench.mistakes.error(span, "M0217",
                       fmt::format("with its lets expanded this holds {} operations, {} deep",
                                   number_text(std::min(extent.size, 1e12)), extent.height),
                       fmt::format("at most {} operations, {} deep, can be read",
                                   static_cast<int>(greatest_size), greatest_height));
  return false;
}

TermPtr make_term(Term::Op op, std::vector<TermPtr> args, const ast::Span& span, int index,
                  int content) {
  auto term = std::make_shared<Term>();
  term->op = op;
  term->index = index;
  term->content = content;
  term->args = std::move(args);
  term->span = span;
  return term;
}

TermPtr make_number(double number, const ast::Span& span) {
  auto term = std::make_shared<Term>();
  term->number = number;
  term->span = span;
  return term;
}

const std::string* bare_word(const ast::Expression& e) {
  return e.kind == ast::Expression::Kind::path && e.name.indices.empty() && e.dots.empty()
             ? &e.name.base
             : nullptr;
}

bool names_words(const Bench& bench, const ast::Expression& e) {
  if (e.kind != ast::Expression::Kind::path) return false;
  const Symbol* symbol = bench.find(e.name.text());
  if (symbol == nullptr || symbol->sort == Sort::let) return false;
  const auto index = static_cast<std::size_t>(symbol->index);
  if (symbol->sort == Sort::player) return true;
  if (symbol->sort == Sort::parameter) return !bench.model.parameters[index].words.empty();
  return !bench.model.variables[index].holds_numbers();
}

int need_word(Bench& bench, const std::unordered_map<std::string, int>& words,
              const std::vector<std::string>& listed, const std::string& owner,
              const std::string& word, const ast::Span& span) {
  const auto found = words.find(word);
  if (found != words.end()) return found->second;
  if (bench.mistakes.first("word " + owner + " " + word))
    bench.mistakes.error(span, "M0210", fmt::format("`{}` is never `{}`", owner, word),
                         bench.mistakes.nearest(word, listed), list_of(listed));
  return -1;
}

TermPtr resolve_number(Bench& bench, const ast::ExpressionPtr& expression, const MayRead& may) {
  return resolve_as(bench, expression, Kind::number, may);
}

TermPtr resolve_condition(Bench& bench, const ast::ExpressionPtr& expression, const MayRead& may) {
  return resolve_as(bench, expression, Kind::truth, may);
}

Resolved resolve(Bench& bench, const ast::Expression& expression) {
  return Resolver(bench).expression(expression);
}

}  // namespace melian
