#include "language/evaluate.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>

namespace melian::lowering {

namespace {

constexpr int deepest = 4000;  // nested lets; far beyond any text meant to be read
constexpr std::size_t most_nodes = 1'000'000;
constexpr std::size_t most_steps = 20'000'000;  // of all formulas together
constexpr double comparison_tolerance =
    1e-12;  // round-off of the few operations that make a bound or a grid point

bool same(double a, double b) {
  return a == b ||
         std::abs(a - b) <= comparison_tolerance * std::max({1.0, std::abs(a), std::abs(b)});
}

double apply(const Step& step, double a, double b, double c) {
  using Op = Term::Op;
  switch (step.op) {
    case Op::negate: return -a;
    case Op::add: return a + b;
    case Op::subtract: return a - b;
    case Op::multiply: return a * b;
    case Op::divide: return a / b;
    case Op::power: return std::pow(a, b);
    case Op::equal: return same(a, b) ? 1.0 : 0.0;
    case Op::not_equal: return same(a, b) ? 0.0 : 1.0;
    case Op::less: return a < b && !same(a, b) ? 1.0 : 0.0;
    case Op::greater: return a > b && !same(a, b) ? 1.0 : 0.0;
    case Op::at_most: return a < b || same(a, b) ? 1.0 : 0.0;
    case Op::at_least: return a > b || same(a, b) ? 1.0 : 0.0;
    case Op::logical_and: return a != 0.0 && b != 0.0 ? 1.0 : 0.0;
    case Op::logical_or: return a != 0.0 || b != 0.0 ? 1.0 : 0.0;
    case Op::logical_not: return a != 0.0 ? 0.0 : 1.0;
    case Op::either: return a != 0.0 ? b : c;
    case Op::min: return std::min(a, b);
    case Op::max: return std::max(a, b);
    case Op::exp: return std::exp(a);
    case Op::ln: return std::log(a);
    case Op::sqrt: return std::sqrt(a);
    case Op::abs: return std::abs(a);
    default: return 0.0;
  }
}

}  // namespace

bool Formula::mentions(int variable) const {
  return std::binary_search(variables.begin(), variables.end(), variable);
}

std::size_t Formulas::HashStep::operator()(const Step& step) const {
  std::size_t hash = static_cast<std::size_t>(step.op);
  const auto mix = [&hash](std::size_t x) {
    hash = (hash ^ x) * 0x9E3779B97F4A7C15ULL + (hash >> 29);
  };
  std::uint64_t bits = 0;
  std::memcpy(&bits, &step.number, sizeof bits);
  mix(bits);
  for (const int x :
       {step.index, step.content, step.player, step.args[0], step.args[1], step.args[2]})
    mix(static_cast<std::size_t>(x) + 7);
  return hash;
}

int Formulas::share(Step step) {
  using Op = Term::Op;
  const auto is_number = [this](int node) {
    return node < 0 || nodes_[static_cast<std::size_t>(node)].op == Op::number;
  };
  const bool leaf = step.args[0] < 0;
  if (!leaf && is_number(step.args[0]) && is_number(step.args[1]) && is_number(step.args[2])) {
    const auto number = [this](int node) {
      return node < 0 ? 0.0 : nodes_[static_cast<std::size_t>(node)].number;
    };
    Step folded;
    folded.number = apply(step, number(step.args[0]), number(step.args[1]), number(step.args[2]));
    step = folded;
  }
  const auto [at, fresh] = known_.try_emplace(step, static_cast<int>(nodes_.size()));
  if (fresh) nodes_.push_back(step);
  if (nodes_.size() > most_nodes) too_large_ = true;
  return at->second;
}

int Formulas::node_of_let(int let, const Fixed& fixed, int depth) {
  const auto found = lets_.find({let, fixed});
  if (found != lets_.end()) return found->second;
  const TermPtr& body = model_.lets[static_cast<std::size_t>(let)].body;
  const int node = body ? node_of(*body, fixed, depth + 1) : share(Step{});
  lets_.emplace(std::pair{let, fixed}, node);
  return node;
}

int Formulas::node_of(const Term& term, const Fixed& fixed, int depth) {
  using Op = Term::Op;
  if (depth > deepest) too_large_ = true;
  if (too_large_) return share(Step{});
  const auto fixed_type = [&fixed](int player) {
    for (const auto& [who, type] : fixed)
      if (who == player) return type;
    return -1;
  };
  Step step;
  step.op = term.op;
  switch (term.op) {
    case Op::number: step.number = term.number; return share(step);
    case Op::parameter: {
      const int player = model_.parameters[static_cast<std::size_t>(term.index)].player;
      step.index = term.index;
      step.content = player < 0 ? 0 : fixed_type(player);
      step.player = step.content < 0 ? player : -1;
      return share(step);
    }
    case Op::variable: step.index = term.index; return share(step);
    case Op::variable_is:
    case Op::parameter_is:
      step.index = term.index;
      step.content = term.content;
      return share(step);
    case Op::type_is: {
      const int type = fixed_type(term.index);
      if (type >= 0) {
        step.op = Op::number;
        step.number = type == term.content ? 1.0 : 0.0;
      } else {
        step.index = term.index;
        step.content = term.content;
      }
      return share(step);
    }
    case Op::let: return node_of_let(term.index, fixed, depth);
    case Op::fix_type: {
      Fixed inner = fixed;
      std::erase_if(inner, [&](const auto& entry) { return entry.first == term.index; });
      inner.emplace_back(term.index, term.content);
      std::sort(inner.begin(), inner.end());
      return node_of(*term.args[0], inner, depth + 1);
    }
    case Op::either:
      for (std::size_t k = 0; k < 3 && k < term.args.size(); ++k)
        step.args[k] = node_of(*term.args[k], fixed, depth + 1);
      return share(step);
    default: break;
  }
  int node = node_of(*term.args[0], fixed, depth + 1);
  if (term.args.size() == 1 && term.op != Op::min && term.op != Op::max &&
      term.op != Op::logical_and && term.op != Op::logical_or) {
    step.args[0] = node;
    return share(step);
  }
  for (std::size_t k = 1; k < term.args.size(); ++k) {
    Step pair = step;
    pair.args = {node, node_of(*term.args[k], fixed, depth + 1), -1};
    node = share(pair);
  }
  return node;
}

int Formulas::add(const TermPtr& term) {
  if (!term) return -1;
  const int root = node_of(*term, {}, 0);
  const auto [at, fresh] = formula_of_node_.try_emplace(root, static_cast<int>(formulas_.size()));
  if (!fresh) return at->second;
  Formula formula;
  formula.span = term->span;
  std::set<int> needed{root};
  for (auto it = needed.rbegin(); it != needed.rend();
       ++it)  // arguments come before what uses them
    for (const int arg : nodes_[static_cast<std::size_t>(*it)].args)
      if (arg >= 0) needed.insert(arg);
  std::unordered_map<int, int> place;
  std::set<int> variables, parameters;
  for (const int node : needed) {
    Step step = nodes_[static_cast<std::size_t>(node)];
    for (int& arg : step.args)
      if (arg >= 0) arg = place.at(arg);
    place[node] = static_cast<int>(formula.steps.size());
    if (step.op == Term::Op::variable || step.op == Term::Op::variable_is)
      variables.insert(step.index);
    if (step.op == Term::Op::parameter || step.op == Term::Op::parameter_is)
      parameters.insert(step.index);
    if (step.op == Term::Op::type_is) formula.types |= 1U << step.index;
    if (step.op == Term::Op::parameter && step.content < 0) formula.types |= 1U << step.player;
    formula.steps.push_back(step);
  }
  total_steps_ += formula.steps.size();
  if (total_steps_ > most_steps) too_large_ = true;
  formula.variables.assign(variables.begin(), variables.end());
  formula.parameters.assign(parameters.begin(), parameters.end());
  formulas_.push_back(std::move(formula));
  return at->second;
}

double compute(const Formula& formula, const Environment& environment,
               std::vector<double>& registers) {
  using Op = Term::Op;
  if (registers.size() < formula.steps.size()) registers.resize(formula.steps.size());
  double* const r = registers.data();
  double* place = r;
  double result = 0.0;
  for (const Step& step : formula.steps) {
    switch (step.op) {
      case Op::number: result = step.number; break;
      case Op::parameter: {
        const int content = step.content >= 0 ? step.content : environment.types[step.player];
        result = environment.parameters[environment.offsets[step.index] + content];
        break;
      }
      case Op::parameter_is:
        result =
            environment.parameters[environment.offsets[step.index]] == step.content ? 1.0 : 0.0;
        break;
      case Op::variable: result = environment.numbers[step.index]; break;
      case Op::variable_is:
        result = environment.contents[step.index] == step.content ? 1.0 : 0.0;
        break;
      case Op::type_is: result = environment.types[step.index] == step.content ? 1.0 : 0.0; break;
      default:
        result = apply(step, r[step.args[0]], step.args[1] < 0 ? 0.0 : r[step.args[1]],
                       step.args[2] < 0 ? 0.0 : r[step.args[2]]);
    }
    *place++ = result;
  }
  return result;
}

}  // namespace melian::lowering
