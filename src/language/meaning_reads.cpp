/// What expressions read, lets expanded: whose types, which states and choices, which parameters;
/// and what can be said of them before any number is bound.

#include <algorithm>
#include <bit>
#include <cmath>

#include "language/meaning_bench.h"

namespace melian {
namespace {

using Op = Term::Op;

/// True, false, or not to be told from the text.
enum class Truth : std::uint8_t { no, yes, open };

Truth of_bool(bool truth) { return truth ? Truth::yes : Truth::no; }

class Constant {
 public:
  Constant(const Bench& bench, bool defaults) : bench_(bench), defaults_(defaults) {}

  std::optional<double> number(const Term& term) {
    switch (term.op) {
      case Op::number: return term.number;
      case Op::parameter: return parameter(term.index);
      case Op::let: return let(term.index);
      default: break;
    }
    std::vector<double> of;
    if (term.op == Op::either) {
      const Truth condition = truth(*term.args[0]);
      if (condition == Truth::open) return std::nullopt;
      return number(*term.args[condition == Truth::yes ? 1 : 2]);
    }
    for (const TermPtr& arg : term.args) {
      const auto value = number(*arg);
      if (!value) return std::nullopt;
      of.push_back(*value);
    }
    if (of.empty()) return std::nullopt;
    switch (term.op) {
      case Op::negate: return -of[0];
      case Op::add: return of[0] + of[1];
      case Op::subtract: return of[0] - of[1];
      case Op::multiply: return of[0] * of[1];
      case Op::divide: return of[0] / of[1];
      case Op::power: return std::pow(of[0], of[1]);
      case Op::min: return *std::min_element(of.begin(), of.end());
      case Op::max: return *std::max_element(of.begin(), of.end());
      case Op::exp: return std::exp(of[0]);
      case Op::ln: return std::log(of[0]);
      case Op::sqrt: return std::sqrt(of[0]);
      case Op::abs: return std::abs(of[0]);
      default: return std::nullopt;
    }
  }

  /// With the type of `player` known to be `type` (player -1: nobody's).
  Truth truth(const Term& term, int player = -1, int type = -1) {
    switch (term.op) {
      case Op::type_is: return term.index == player ? of_bool(term.content == type) : Truth::open;
      case Op::let:
        return truth(*bench_.model.lets[static_cast<std::size_t>(term.index)].body, player, type);
      case Op::fix_type:
        return term.index == player ? truth(*term.args[0], player, term.content) : Truth::open;
      case Op::logical_not: {
        const Truth of = truth(*term.args[0], player, type);
        return of == Truth::open ? of : of_bool(of == Truth::no);
      }
      case Op::logical_and:
      case Op::logical_or: {
        const Truth decides = term.op == Op::logical_and ? Truth::no : Truth::yes;
        const Truth left = truth(*term.args[0], player, type),
                    right = truth(*term.args[1], player, type);
        if (left == decides || right == decides) return decides;
        return left == Truth::open || right == Truth::open ? Truth::open : left;
      }
      case Op::parameter_is: return word(term);
      case Op::equal:
      case Op::not_equal:
      case Op::less:
      case Op::greater:
      case Op::at_most:
      case Op::at_least: return compared(term);
      default: return Truth::open;
    }
  }

 private:
  [[nodiscard]] std::optional<double> parameter(int index) const {
    const CheckedParameter& parameter = bench_.model.parameters[static_cast<std::size_t>(index)];
    if (!defaults_ || parameter.player >= 0 || parameter.contents.size() != 1) return std::nullopt;
    const double* number = std::get_if<double>(&content_of(parameter));
    return number != nullptr ? std::optional(*number) : std::nullopt;
  }

  [[nodiscard]] const ParameterContent& content_of(const CheckedParameter& parameter) const {
    const auto set = bench_.set_for_parts.find(parameter.name);
    return set == bench_.set_for_parts.end() ? parameter.contents.front() : set->second;
  }

  std::optional<double> let(int index) {
    const TermPtr& body = bench_.model.lets[static_cast<std::size_t>(index)].body;
    return body == nullptr ? std::nullopt : number(*body);
  }

  [[nodiscard]] Truth word(const Term& term) const {
    const CheckedParameter& parameter =
        bench_.model.parameters[static_cast<std::size_t>(term.index)];
    if (!defaults_ || parameter.contents.size() != 1) return Truth::open;
    const std::string* content = std::get_if<std::string>(&content_of(parameter));
    return content == nullptr
               ? Truth::open
               : of_bool(*content == parameter.words[static_cast<std::size_t>(term.content)]);
  }

  Truth compared(const Term& term) {
    const auto left = number(*term.args[0]), right = number(*term.args[1]);
    if (!left || !right) return Truth::open;
    switch (term.op) {
      case Op::equal: return of_bool(*left == *right);
      case Op::not_equal: return of_bool(*left != *right);
      case Op::less: return of_bool(*left < *right);
      case Op::greater: return of_bool(*left > *right);
      case Op::at_most: return of_bool(*left <= *right);
      default: return of_bool(*left >= *right);
    }
  }

  const Bench& bench_;
  bool defaults_;
};

/// Visits every parameter an expression reads, going into each let once.
template <class Visit>
void each_parameter(const Bench& bench, const Term& term, Bits& lets_seen, Visit& visit) {
  if (term.op == Op::parameter || term.op == Op::parameter_is) visit(term.index);
  if (term.op == Op::let && !lets_seen.has(term.index)) {
    lets_seen.add(term.index);
    const TermPtr& body = bench.model.lets[static_cast<std::size_t>(term.index)].body;
    if (body != nullptr) each_parameter(bench, *body, lets_seen, visit);
  }
  for (const TermPtr& arg : term.args) each_parameter(bench, *arg, lets_seen, visit);
}

}  // namespace

PlayerMask types_read(const Bench& bench, const Term& term) {
  switch (term.op) {
    case Op::parameter:
    case Op::parameter_is: {
      const int player = bench.model.parameters[static_cast<std::size_t>(term.index)].player;
      return player < 0 ? 0 : mask_of(player);
    }
    case Op::type_is: return mask_of(term.index);
    case Op::let: return bench.let_facts[static_cast<std::size_t>(term.index)].types;
    case Op::fix_type: return types_read(bench, *term.args[0]) & ~mask_of(term.index);
    default: break;
  }
  PlayerMask out = 0;
  for (const TermPtr& arg : term.args) out |= types_read(bench, *arg);
  return out;
}

void add_variables_read(const Bench& bench, const Term& term, Bits& variables) {
  if (term.op == Op::variable || term.op == Op::variable_is) variables.add(term.index);
  if (term.op == Op::let)
    variables.unite(bench.let_facts[static_cast<std::size_t>(term.index)].variables);
  for (const TermPtr& arg : term.args) add_variables_read(bench, *arg, variables);
}

bool within_one_group(const Bench& bench, PlayerMask types) {
  if (std::popcount(types) <= 1) return true;
  return (types & ~bench.joint_group[static_cast<std::size_t>(std::countr_zero(types))]) == 0;
}

bool factorises(Bench& bench, const Term& term) {
  if (within_one_group(bench, types_read(bench, term))) return true;
  switch (term.op) {
    case Op::negate:
    case Op::fix_type: return factorises(bench, *term.args[0]);
    case Op::multiply:
    case Op::divide: return factorises(bench, *term.args[0]) && factorises(bench, *term.args[1]);
    case Op::power:
      return types_read(bench, *term.args[1]) == 0 && factorises(bench, *term.args[0]);
    case Op::either:
      return types_read(bench, *term.args[0]) == 0 && factorises(bench, *term.args[1]) &&
             factorises(bench, *term.args[2]);
    case Op::let: break;
    default: return false;
  }
  LetFacts& facts = bench.let_facts[static_cast<std::size_t>(term.index)];
  if (facts.factorises < 0)
    facts.factorises =
        factorises(bench, *bench.model.lets[static_cast<std::size_t>(term.index)].body) ? 1 : 0;
  return facts.factorises == 1;
}

void mark_used(Bench& bench, const Term& term) {
  const auto visit = [&](int parameter) { bench.parameters_used.add(parameter); };
  each_parameter(bench, term, bench.used_lets, visit);
  bench.types_used |= types_read(bench, term);
}

void mark_shaping(Bench& bench, const Term& term) {
  const auto visit = [&](int parameter) {
    bench.model.parameters[static_cast<std::size_t>(parameter)].shapes = true;
  };
  each_parameter(bench, term, bench.shaping_lets, visit);
  mark_used(bench, term);
}

std::optional<double> constant(const Bench& bench, const Term& term, bool defaults) {
  return Constant(bench, defaults).number(term);
}

bool never_true(const Bench& bench, const Term& term, int player, int type) {
  return Constant(bench, false).truth(term, player, type) == Truth::no;
}

}  // namespace melian
