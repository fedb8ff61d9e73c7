#include "language/term_text.h"

#include <array>
#include <string_view>

#include <fmt/core.h>
#include <fmt/ranges.h>

#include "melian/manuscript.h"

namespace melian {
namespace {

using Op = Term::Op;

std::size_t at(int index) { return static_cast<std::size_t>(index); }

/// Binding strength; operands that bind less stand in brackets.
int strength(Op op) {
  switch (op) {
    case Op::logical_or: return 1;
    case Op::logical_and: return 2;
    case Op::logical_not: return 3;
    case Op::parameter_is:
    case Op::variable_is:
    case Op::type_is:
    case Op::equal:
    case Op::not_equal:
    case Op::less:
    case Op::greater:
    case Op::at_most:
    case Op::at_least: return 4;
    case Op::add:
    case Op::subtract: return 5;
    case Op::multiply:
    case Op::divide: return 6;
    case Op::negate: return 7;
    case Op::power: return 8;
    default: return 9;
  }
}

/// Words of both ways of writing.
struct Signs {
  bool latex;
  [[nodiscard]] std::string binary(Op op) const {
    switch (op) {
      case Op::add: return " + ";
      case Op::subtract: return " - ";
      case Op::multiply: return latex ? " \\, " : " * ";
      case Op::equal: return latex ? " = " : " is ";
      case Op::not_equal: return latex ? " \\neq " : " is not ";
      case Op::less: return " < ";
      case Op::greater: return " > ";
      case Op::at_most: return latex ? " \\le " : " <= ";
      case Op::at_least: return latex ? " \\ge " : " >= ";
      case Op::logical_and: return latex ? " \\text{ and } " : " and ";
      case Op::logical_or: return latex ? " \\text{ or } " : " or ";
      default: return " ";
    }
  }
};

class Writer {
 public:
  Writer(const Model::Checked& model, bool latex) : model_(model), signs_{latex} {}

  [[nodiscard]] std::string text(const Term& term) const {
    switch (term.op) {
      case Op::number: return number_text(term.number);
      case Op::parameter: return parameter(term.index, "");
      case Op::variable: return symbol(model_.variables[at(term.index)].name);
      case Op::let: return symbol(model_.lets[at(term.index)].name);
      case Op::fix_type: return fixed(term);
      case Op::parameter_is:
        return is(model_.parameters[at(term.index)].name,
                  model_.parameters[at(term.index)].words[at(term.content)]);
      case Op::variable_is:
        return is(model_.variables[at(term.index)].name,
                  model_.variables[at(term.index)].range.words[at(term.content)]);
      case Op::type_is: return type_is(term);
      case Op::negate: return "-" + inner(*term.args[0], strength(Op::negate));
      case Op::logical_not:
        return (signs_.latex ? "\\text{not } " : "not ") +
               inner(*term.args[0], strength(Op::logical_not));
      case Op::divide:
        if (signs_.latex)
          return fmt::format("\\frac{{{}}}{{{}}}", text(*term.args[0]), text(*term.args[1]));
        return inner(*term.args[0], strength(term.op)) + " / " +
               inner(*term.args[1], strength(term.op) + 1);
      case Op::power: {
        const std::string base = inner(*term.args[0], strength(term.op) + 1);
        return signs_.latex ? fmt::format("{}^{{{}}}", base, text(*term.args[1]))
                            : base + "^" + inner(*term.args[1], strength(term.op));
      }
      case Op::either:
        if (signs_.latex)
          return fmt::format("\\bigl({} \\text{{ if }} {} \\text{{, else }} {}\\bigr)",
                             text(*term.args[1]), text(*term.args[0]), text(*term.args[2]));
        return call("if", term);
      case Op::min: return call("min", term);
      case Op::max: return call("max", term);
      case Op::exp: return call("exp", term);
      case Op::ln: return call("ln", term);
      case Op::sqrt:
        return signs_.latex ? fmt::format("\\sqrt{{{}}}", text(*term.args[0])) : call("sqrt", term);
      case Op::abs:
        return signs_.latex ? fmt::format("\\lvert {} \\rvert", text(*term.args[0]))
                            : call("abs", term);
      default: return binary(term);
    }
  }

  [[nodiscard]] std::string symbol(const std::string& name) const {
    return signs_.latex ? latex_symbol(name) : name;
  }

 private:
  [[nodiscard]] std::string inner(const Term& term, int least) const {
    const bool fraction = signs_.latex && term.op == Op::divide;
    return strength(term.op) < least && !fraction ? "(" + text(term) + ")" : text(term);
  }
  [[nodiscard]] std::string binary(const Term& term) const {
    const bool left_leaning = term.op == Op::subtract;
    return inner(*term.args[0], strength(term.op)) + signs_.binary(term.op) +
           inner(*term.args[1], strength(term.op) + (left_leaning ? 1 : 0));
  }
  [[nodiscard]] std::string call(const char* name, const Term& term) const {
    std::vector<std::string> arguments;
    for (const TermPtr& argument : term.args) arguments.push_back(text(*argument));
    return fmt::format("{}{}({})", signs_.latex ? "\\" : "", name, fmt::join(arguments, ", "));
  }
  /// A number by type depends on the type drawn, which the argument says.
  [[nodiscard]] std::string parameter(int index, const std::string& type) const {
    const CheckedParameter& p = model_.parameters[at(index)];
    if (!signs_.latex) return p.name + (type.empty() ? "" : "." + type);
    if (p.player < 0) return latex_symbol(p.name);
    if (p.role == CheckedParameter::Role::numeric_type) return latex_symbol(p.name);
    return latex_symbol(p.name) +
           (type.empty() ? fmt::format("(\\theta_{{\\mathrm{{{}}}}})",
                                       latex_escaped(model_.players[at(p.player)].name))
                         : fmt::format("(\\mathrm{{{}}})", latex_escaped(type)));
  }
  [[nodiscard]] std::string fixed(const Term& term) const {
    const Player& player = model_.players[at(term.index)];
    const std::string type =
        at(term.content) < player.types.size() ? player.types[at(term.content)] : "";
    const Term& what = *term.args[0];
    if (what.op == Op::parameter) return parameter(what.index, type);
    return signs_.latex ? fmt::format("{}(\\mathrm{{{}}})", text(what), latex_escaped(type))
                        : text(what) + "." + type;
  }
  [[nodiscard]] std::string is(const std::string& name, const std::string& word) const {
    return signs_.latex
               ? fmt::format("{} = \\mathrm{{{}}}", latex_symbol(name), latex_escaped(word))
               : name + " is " + word;
  }
  [[nodiscard]] std::string type_is(const Term& term) const {
    const Player& player = model_.players[at(term.index)];
    const std::string& type = player.types[at(term.content)];
    return signs_.latex ? fmt::format("\\theta_{{\\mathrm{{{}}}}} = \\mathrm{{{}}}",
                                      latex_escaped(player.name), latex_escaped(type))
                        : player.name + " is " + type;
  }

  const Model::Checked& model_;
  Signs signs_;
};

std::string range_text(const Model::Checked& model, const CheckedRange& range, bool latex) {
  const Writer writer(model, latex);
  std::vector<std::string> parts;
  for (const std::string& word : range.words)
    parts.push_back(latex ? fmt::format("\\mathrm{{{}}}", latex_escaped(word)) : word);
  for (const CheckedRange::Entry& entry : range.entries) {
    std::string part = writer.text(*entry.from);
    if (entry.to && latex && entry.by)
      part += fmt::format(", {} + {}, \\ldots, {}", writer.text(*entry.from),
                          writer.text(*entry.by), writer.text(*entry.to));
    else if (entry.to)
      part += (latex ? ", \\ldots, " : " .. ") + writer.text(*entry.to) +
              (entry.by ? " by " + writer.text(*entry.by) : "");
    // "0, 0 + 0.05, ..., 1" is said "0, 0.05, ..., 1".
    if (latex && entry.to && entry.by && entry.from->op == Op::number && entry.from->number == 0.0)
      part = fmt::format("0, {}, \\ldots, {}", writer.text(*entry.by), writer.text(*entry.to));
    parts.push_back(std::move(part));
  }
  const std::string inside = fmt::format("{}", fmt::join(parts, ", "));
  if (latex) return "\\{" + inside + "\\}";
  return range.listed || !range.words.empty() ? "{" + inside + "}" : inside;
}

}  // namespace

std::string plain_text(const Model::Checked& model, const Term& term) {
  return Writer(model, false).text(term);
}
std::string latex_text(const Model::Checked& model, const Term& term) {
  return Writer(model, true).text(term);
}
std::string plain_range(const Model::Checked& model, const CheckedRange& range) {
  return range_text(model, range, false);
}
std::string latex_range(const Model::Checked& model, const CheckedRange& range) {
  return range_text(model, range, true);
}

std::string latex_symbol(const std::string& name) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 2> known{
      {{"discount", "\\delta"}, {"precision", "\\lambda"}}};
  constexpr std::array<std::string_view, 10> greek{"alpha", "beta", "gamma", "delta", "theta",
                                                   "kappa", "mu",   "rho",   "sigma", "tau"};
  const std::size_t bracket = name.find('[');
  const std::string base = name.substr(0, bracket);
  std::string out;
  for (const auto& [word, symbol] : known)
    if (base == word) out = symbol;
  for (const std::string_view letter : greek)
    if (base == letter) out = fmt::format("\\{}", letter);
  const bool letter_and_digits =
      base.size() > 1 && base.find_first_not_of("0123456789", 1) == std::string::npos;
  if (out.empty() && base.size() == 1) out = base;
  if (out.empty() && letter_and_digits)
    out = fmt::format("{}_{{{}}}", base.substr(0, 1), base.substr(1));
  if (out.empty()) out = fmt::format("\\mathit{{{}}}", latex_escaped(base));
  if (bracket == std::string::npos) return out;
  std::string index;
  for (const char c : name.substr(bracket)) index += c == '[' || c == ']' ? "" : std::string(1, c);
  return fmt::format("{}_{{\\mathrm{{{}}}}}", letter_and_digits ? "{" + out + "}" : out,
                     latex_escaped(index));
}

std::string latex_escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view("#$%&_{}").find(c) != std::string_view::npos)
      out += std::string("\\") + c;
    else if (c == '\\')
      out += "\\textbackslash{}";
    else if (c == '~')
      out += "\\textasciitilde{}";
    else if (c == '^')
      out += "\\textasciicircum{}";
    else if (c == '<' || c == '>')
      out += fmt::format("${}$", c);
    else
      out += c;
  }
  return out;
}

}  // namespace melian
