#include "study/metric.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/core.h>

namespace melian::metric {
namespace {

const char* word_of(Quantity quantity) {
  switch (quantity) {
    case Quantity::probability: return "probability";
    case Quantity::rounds: return "rounds";
    case Quantity::tally: return "tally";
    case Quantity::payoff: return "value";
    case Quantity::mean: return "mean";
    case Quantity::accepted: return "accepted";
    case Quantity::acceptance: return "acceptance";
    case Quantity::share: return "share";
    case Quantity::times: return "times";
    case Quantity::level: return "level";
    case Quantity::belief: return "belief";
    case Quantity::information: return "information";
    case Quantity::hazard: return "hazard";
    case Quantity::survival: return "survival";
    case Quantity::range: return "range";
    case Quantity::range_width: return "range_width";
    case Quantity::hopeless: return "hopeless";
    case Quantity::hopeless_gain: return "hopeless_gain";
    case Quantity::base_rate: return "base_rate";
  }
  return "";
}

/// 1 or 0; not a number where a side is none.
double truth(const Comparison& comparison, const Numbers& numbers) {
  const double left = evaluate(comparison.left, numbers),
               right = evaluate(comparison.right, numbers);
  if (std::isnan(left) || std::isnan(right)) return std::numeric_limits<double>::quiet_NaN();
  const bool so = comparison.greater ? (comparison.or_equal ? left >= right : left > right)
                                     : (comparison.or_equal ? left <= right : left < right);
  return so ? 1.0 : 0.0;
}

}  // namespace

std::string text_of(const Atom& atom) {
  std::string out = word_of(atom.quantity);
  std::string inside;
  for (const Word& name : atom.names) inside += (inside.empty() ? "" : ", ") + name.text;
  if (!atom.part.empty())
    inside += (atom.quantity == Quantity::information ? " " : ".") + atom.part.text;
  if (atom.mistaken) inside += " mistaken";
  if (atom.quantity == Quantity::probability && atom.round_argument > 0)
    inside += fmt::format(" within {}", atom.round_argument);
  else if (atom.round_argument > 0)
    inside += (inside.empty() ? "" : ", ") + std::to_string(atom.round_argument);
  for (const double level : atom.levels) inside += ", " + number_text(level);
  if (!inside.empty()) out += "(" + inside + ")";
  if (!atom.move.empty()) {
    out += (atom.action.empty() ? " at " : " after ") + atom.move.text;
    if (!atom.move_player.empty()) out += " of " + atom.move_player.text;
    if (!atom.action.empty()) out += " " + atom.action.text;
    for (const Forced& next : atom.then)
      out += " then " + next.move.text + (next.player.empty() ? "" : " of " + next.player.text) +
             " " + next.action.text;
  }
  if (atom.rounds) out += fmt::format(" in rounds {}..{}", atom.rounds->first, atom.rounds->second);
  if (atom.lasting > 0) out += fmt::format(" lasting {}", atom.lasting);
  std::vector<std::string> given;
  for (const Condition& condition : atom.given)
    given.push_back(condition.subject.text + (condition.negated ? " is not " : " is ") +
                    condition.content.text);
  std::ranges::sort(given);
  given.erase(std::ranges::unique(given).begin(), given.end());
  for (std::size_t k = 0; k < given.size(); ++k) out += (k == 0 ? " given " : " and ") + given[k];
  return out;
}

void for_each_atom(const Expression& expression, const std::function<void(const Atom&)>& visit) {
  if (expression.kind == Expression::Kind::atom) visit(expression.atom);
  for (const Expression& arg : expression.args) for_each_atom(arg, visit);
  for_each_atom(expression.when, visit);
}

void for_each_atom(const std::vector<Comparison>& comparisons,
                   const std::function<void(const Atom&)>& visit) {
  for (const Comparison& comparison : comparisons) {
    for_each_atom(comparison.left, visit);
    for_each_atom(comparison.right, visit);
  }
}

double evaluate(const Expression& expression, const Numbers& numbers) {
  const auto arg = [&](std::size_t k) { return evaluate(expression.args[k], numbers); };
  switch (expression.kind) {
    case Expression::Kind::number: return expression.number;
    case Expression::Kind::atom: return numbers.atom(expression.atom);
    case Expression::Kind::role: return numbers.role(expression.role);
    case Expression::Kind::negate: return -arg(0);
    case Expression::Kind::add: return arg(0) + arg(1);
    case Expression::Kind::subtract: return arg(0) - arg(1);
    case Expression::Kind::multiply: return arg(0) * arg(1);
    case Expression::Kind::divide: return arg(0) / arg(1);
    case Expression::Kind::abs: return std::abs(arg(0));
    case Expression::Kind::log: return std::log(arg(0));
    case Expression::Kind::min:
    case Expression::Kind::max: {
      double out = arg(0);
      for (std::size_t k = 1; k < expression.args.size(); ++k) {
        const double next = arg(k);
        if (std::isnan(out) || std::isnan(next)) return std::numeric_limits<double>::quiet_NaN();
        out = expression.kind == Expression::Kind::min ? std::min(out, next) : std::max(out, next);
      }
      return out;
    }
    case Expression::Kind::either: {
      double all = 1.0;
      for (const Comparison& comparison : expression.when) all *= truth(comparison, numbers);
      return std::isnan(all) ? all : all > 0 ? arg(0) : arg(1);
    }
  }
  return std::numeric_limits<double>::quiet_NaN();
}

double reach(const Expression& expression, const Reaching& at) {
  const auto size = [&](std::size_t k) {
    return std::abs(evaluate(expression.args[k], at.numbers));
  };
  const auto of = [&](std::size_t k) { return reach(expression.args[k], at); };
  switch (expression.kind) {
    case Expression::Kind::number: return std::abs(expression.number);
    case Expression::Kind::atom: return std::abs(at.numbers.atom(expression.atom));
    case Expression::Kind::role: return at.role(expression.role);
    case Expression::Kind::negate:
    case Expression::Kind::abs: return of(0);
    case Expression::Kind::add:
    case Expression::Kind::subtract: return of(0) + of(1);
    case Expression::Kind::multiply: return size(0) * of(1) + size(1) * of(0);
    case Expression::Kind::divide: return (of(0) + size(0) / size(1) * of(1)) / size(1);
    case Expression::Kind::log: return of(0) / size(0);
    case Expression::Kind::min:
    case Expression::Kind::max: {
      double out = of(0);
      for (std::size_t k = 1; k < expression.args.size(); ++k) {
        const double next = of(k);
        if (std::isnan(out) || std::isnan(next)) return std::numeric_limits<double>::quiet_NaN();
        out = std::max(out, next);
      }
      return out;
    }
    case Expression::Kind::either: {
      double all = 1.0;
      for (const Comparison& comparison : expression.when) all *= truth(comparison, at.numbers);
      return std::isnan(all) ? all : all > 0 ? of(0) : of(1);
    }
  }
  return std::numeric_limits<double>::quiet_NaN();
}

}  // namespace melian::metric
