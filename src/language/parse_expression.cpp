#include <algorithm>
#include <array>
#include <utility>

#include "language/parser.h"

namespace melian {
namespace {

using ast::Expression;
using ast::Operator;

constexpr int tallest_expression = 1000;  ///< operations in a row, parentheses included
constexpr std::array functions = {"if", "min", "max", "exp", "ln", "sqrt", "abs"};

bool is_function(std::string_view word) {
  return std::ranges::find(functions, word) != functions.end();
}

bool is_integer(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

/// A formula that may be a condition.
ast::ExpressionPtr Parser::condition() { return expression(); }

/// A formula that is a number: no comparison stands outside parentheses.
ast::ExpressionPtr Parser::amount() {
  ast::ExpressionPtr out = sum();
  for (const std::string_view sign : {"is", "<", ">", "<=", ">=", "and", "or"})
    if (at(sign) && !recovering_) {
      mistake(span_of(at_), "M0114", "a condition cannot stand here, in " + context_, "a number",
              "to let a number depend on a condition, write if(condition, then, else)");
      recovering_ = true;
    }
  return out;
}

Parser::Node Parser::expression() {
  const std::size_t first = at_;
  Node left = conjunction();
  while (accept("or")) left = operation(Operator::logical_or, {left, conjunction()}, first);
  return left;
}

Parser::Node Parser::conjunction() {
  const std::size_t first = at_;
  Node left = negation();
  while (accept("and")) left = operation(Operator::logical_and, {left, negation()}, first);
  return left;
}

Parser::Node Parser::negation() {
  const std::size_t first = at_;
  if (accept("not")) return operation(Operator::logical_not, {comparison()}, first);
  return comparison();
}

Parser::Node Parser::comparison() {
  constexpr std::array<std::pair<std::string_view, Operator>, 4> signs = {
      {{"<", Operator::less},
       {">", Operator::greater},
       {"<=", Operator::at_most},
       {">=", Operator::at_least}}};
  const std::size_t first = at_;
  Node left = sum();
  for (bool compared = false;; compared = true) {
    Operator op = Operator::is;
    const auto sign =
        std::ranges::find_if(signs, [&](const auto& known) { return at(known.first); });
    if (sign == signs.end() && !at("is") && !at("=") && !at("==")) return left;
    if (compared && !recovering_) {
      mistake(span_of(at_), "M0114", "comparisons do not follow one another",
              "`and` between two comparisons", "write a < b and b < c");
      recovering_ = true;
    }
    if (at("=") && !recovering_)
      mistake(span_of(at_), "M0114", "`=` does not compare", "`is`",
              "write `is`; `=` belongs to declarations");
    skip();
    if (sign != signs.end())
      op = sign->second;
    else if (accept("not"))
      op = Operator::is_not;
    left = operation(op, {left, sum()}, first);
  }
}

Parser::Node Parser::sum() {
  const std::size_t first = at_;
  Node left = term();
  while (at("+") || at("-")) {
    const Operator op = at("+") ? Operator::add : Operator::subtract;
    skip();
    left = operation(op, {left, term()}, first);
  }
  return left;
}

Parser::Node Parser::term() {
  const std::size_t first = at_;
  Node left = factor();
  while (at("*") || at("/")) {
    const Operator op = at("*") ? Operator::multiply : Operator::divide;
    skip();
    left = operation(op, {left, factor()}, first);
  }
  return left;
}

Parser::Node Parser::factor() {
  const std::size_t first = at_;
  const Nesting nesting(*this);
  if (accept("-")) return operation(Operator::negate, {factor()}, first);
  Node base = atom();
  if (accept("^")) return operation(Operator::power, {base, factor()}, first);
  return base;
}

Parser::Node Parser::atom() {
  const std::size_t first = at_;
  const Token& token = peek();
  auto out = std::make_shared<Expression>();
  if (token.kind == Token::Kind::number) {
    out->number = token.number;
    out->number_text = std::string(token.text);
    skip();
  } else if (at("(")) {
    return parenthesis();
  } else if (token.kind == Token::Kind::name && at("(", 1)) {
    return call();
  } else if (reads_as_fraction()) {
    return placeholder();
  } else if (token.kind == Token::Kind::name &&
             !((statement_begins() || item_begins()) && token.reserved && at_new_line())) {
    out->kind = Expression::Kind::path;
    name(out->name, "a name");
    dots(out->dots);
  } else {
    expected("a number, a name or `(`");
    return placeholder();
  }
  out->span = span_from(first);
  if (at("(") && !recovering_) {
    mistake(span_of(at_), "M0109", "no sign stands before this `(`", "`+`, `-`, `*`, `/` or `^`",
            "to multiply, write `*`");
    recovering_ = true;
    static_cast<void>(parenthesis());
  }
  return out;
}

Parser::Node Parser::call() {
  const std::size_t first = at_;
  if (!is_function(peek().text) && !recovering_) {
    const std::string near =
        at("log") ? "ln" : nearest_word(peek().text, {functions.begin(), functions.end()});
    mistake(span_of(at_), "M0115",
            "`" + std::string(peek().text.substr(0, 60)) + "` is no function",
            "`if`, `min`, `max`, `exp`, `ln`, `sqrt` or `abs`",
            near.empty() ? "to multiply, write `*`" : "did you mean `" + near + "`?");
  }
  auto out = std::make_shared<Expression>();
  out->kind = Expression::Kind::call;
  out->function = {std::string(peek().text), span_of(at_)};
  skip();
  const std::size_t opener = at_;
  skip();
  do {
    out->operands.push_back(expression());
    out->height = std::max(out->height, 1 + out->operands.back()->height);
  } while (accept(","));
  close(")", opener);
  out->span = span_from(first);
  return out;
}

Parser::Node Parser::parenthesis() {
  const std::size_t opener = at_;
  skip();
  Node out = expression();
  close(")", opener);
  out->parenthesised = true;
  out->span = span_from(opener);
  return out;
}

/// Stands where an operand is missing, so that no later reader meets a null.
Parser::Node Parser::placeholder() const {
  auto out = std::make_shared<Expression>();
  out->number_text = "0";
  out->span = span_of(at_);
  return out;
}

Parser::Node Parser::operation(Operator op, std::vector<ast::ExpressionPtr> operands,
                               std::size_t first) {
  auto out = std::make_shared<Expression>();
  out->kind = Expression::Kind::operation;
  out->op = op;
  for (const ast::ExpressionPtr& operand : operands)
    out->height = std::max(out->height, 1 + operand->height);
  if (out->height > tallest_expression)
    give_up("M0113", "this formula has more than 1000 operations in a row", "a shorter formula",
            "name a part of it with `let`");
  out->operands = std::move(operands);
  out->span = span_from(first);
  return out;
}

void Parser::range(ast::Range& out) {
  const std::size_t first = at_;
  out.listed = accept("{");
  do {
    if (out.listed && at("}")) break;
    range_entry(out.entries.emplace_back(), out.listed);
  } while (out.listed && accept(","));
  if (out.listed) {
    if (out.entries.empty()) expected("a number, a word, or a .. b by c");
    close("}", first);
    const bool bare = std::ranges::all_of(out.entries, [](const ast::RangeEntry& entry) {
      return entry.from->kind == Expression::Kind::path && !entry.to &&
             entry.from->name.indices.empty() && entry.from->dots.empty();
    });
    if (bare)
      for (const ast::RangeEntry& entry : out.entries)
        out.words.push_back({entry.from->name.base, entry.from->span});
  }
  out.span = span_from(first);
}

void Parser::range_entry(ast::RangeEntry& out, bool listed) {
  out.from = sum();
  if (listed && !at("..")) return;
  if (!accept("..")) {
    expected("`..`", "a range is written 0..1, 0..1 by 0.05, or {0, 0.5, 1}");
    out.to = placeholder();
    return;
  }
  out.to = sum();
  if (accept("by"))
    out.by = sum();
  else if (listed)
    expected("`by` and a step", "inside braces every number is an action: {0 .. 1 by 0.05}");
}

void Parser::name(ast::Name& out, std::string_view expected) {
  const std::size_t first = at_;
  ast::Word base;
  word(base, expected);
  out.base = std::move(base.text);
  while (at("[")) {
    const std::size_t opener = at_;
    skip();
    const std::size_t before = out.indices.size();
    do {
      ast::Word index;
      word(index, "a name between the brackets");
      out.indices.push_back(std::move(index.text));
    } while (accept(","));
    out.brackets.push_back(static_cast<int>(out.indices.size() - before));
    close("]", opener);
  }
  out.span = span_from(first);
}

/// `.weak`, or `.12`: the twelfth part of a distribution.
void Parser::dots(std::vector<ast::Word>& out) {
  while (accept(".")) {
    if (peek().kind == Token::Kind::number && is_integer(peek().text)) {
      out.push_back({std::string(peek().text), span_of(at_)});
      skip();
    } else {
      word(out.emplace_back(), "a name after the dot");
    }
  }
}

void Parser::word(ast::Word& out, std::string_view what,
                  std::initializer_list<std::string_view> followers) {
  out.span = span_of(at_);
  const Token& token = peek();
  const bool meant_as_name =
      token.kind == Token::Kind::name && token.reserved &&
      (std::ranges::any_of(followers, [&](std::string_view next) { return at(next, 1); }) ||
       (context_ == "the types of a player" && peek(1).kind == Token::Kind::number));
  const bool begins_anew = (statement_begins() || item_begins()) && at_new_line();
  if (token.kind != Token::Kind::name || (token.reserved && begins_anew && !meant_as_name))
    return expected(what);
  out.text = std::string(token.text);
  if (token.reserved && !recovering_) {
    // Read as the name it was meant to be, unless it plainly goes on with the sentence: then the
    // name is missing.
    const bool goes_on = !meant_as_name && at_ > 0 && !at("{", 1) && !at("=", 1) && !at(",", 1) &&
                         !at(":", 1) && !at("]", 1) && !at("}", 1) &&
                         (at("in") || at("with") || at("otherwise") || at("gets") || at("pays") ||
                          at("then") || at("by") || at("types"));
    if (goes_on) return expected(what);
    mistake(out.span, "M0110", "`" + out.text + "` is a word of the language and cannot be a name",
            std::string(what), "choose another, such as `" + out.text + "_`");
  }
  skip();
}

/// What stands before has no index: `chance risk[C]`, `phase war[2]`.
void Parser::no_index(std::string_view what, std::string_view hint) {
  if (!at("[") || recovering_) return;
  const std::size_t opener = at_;
  while (!at_end() && !at("]") && !at("{") && !at("}")) skip();
  static_cast<void>(accept("]"));
  mistake({file_, lexed_.tokens[opener].begin, lexed_.tokens[at_ - 1].end}, "M0120",
          std::string(what) + " takes no index", "a plain name", std::string(hint));
}

void Parser::words(std::vector<ast::Word>& out, std::string_view expected) {
  do word(out.emplace_back(), expected);
  while (accept(","));
}

}  // namespace melian
