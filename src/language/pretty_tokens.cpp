#include "language/pretty_tokens.h"

#include <algorithm>
#include <array>

namespace melian {
namespace {

constexpr std::array functions = {"if", "min", "max", "exp", "ln", "sqrt", "abs"};

bool is_sign(const Token& token, std::string_view sign) {
  return token.kind == Token::Kind::sign && token.text == sign;
}
bool is_word(const Token& token, std::string_view word) {
  return token.kind == Token::Kind::name && token.text == word;
}

const Token& token_at(const std::vector<Token>& tokens, int token) {
  return tokens[static_cast<std::size_t>(std::max(token, 0))];
}

/// Something a binary operator can follow.
bool ends_operand(const Token& token) {
  return token.kind == Token::Kind::number ||
         (token.kind == Token::Kind::name && !token.reserved) || is_sign(token, ")") ||
         is_sign(token, "]");
}

bool is_operator(const Token& token) {
  return token.kind == Token::Kind::sign &&
         (token.text == "+" || token.text == "-" || token.text == "*" || token.text == "/" ||
          token.text == "^");
}

bool is_unary(const std::vector<Token>& tokens, int token) {
  return is_sign(token_at(tokens, token), "-") &&
         (token == 0 || !ends_operand(token_at(tokens, token - 1)));
}

bool belongs_to_sum(const Token& token) {
  return token.kind == Token::Kind::number ||
         (token.kind == Token::Kind::name && !token.reserved) || is_operator(token) ||
         is_sign(token, "(") || is_sign(token, ")") || is_sign(token, "[") || is_sign(token, "]") ||
         is_sign(token, ".");
}

/// `0..1` stands close; `a + 1 .. b` and what stands in braces does not.
bool wide_dots(const std::vector<Token>& tokens, int dots) {
  constexpr int furthest = 40;  // tokens looked at on either side
  for (int i = dots - 1; i > 0 && i > dots - furthest; --i) {
    if (is_sign(token_at(tokens, i), "{") || is_sign(token_at(tokens, i), ",")) return true;
    if (!belongs_to_sum(token_at(tokens, i))) break;
    if (is_operator(token_at(tokens, i)) && !is_unary(tokens, i)) return true;
  }
  for (int i = dots + 1; i < static_cast<int>(tokens.size()) && i < dots + furthest &&
                         belongs_to_sum(token_at(tokens, i));
       ++i)
    if (is_operator(token_at(tokens, i)) && !is_unary(tokens, i)) return true;
  return false;
}

/// A `}` that ends a list of numbers or words.
bool closes_list(const std::vector<Token>& tokens, int brace) {
  for (int i = brace - 1; i > 0; --i) {
    if (is_sign(token_at(tokens, i), "}")) return false;
    if (is_sign(token_at(tokens, i), "{")) return !opens_block(tokens, i);
  }
  return false;
}

bool is_call(const std::vector<Token>& tokens, int parenthesis) {
  const Token& before = token_at(tokens, parenthesis - 1);
  if (before.kind != Token::Kind::name) return false;
  const bool distribution = parenthesis > 1 && is_word(token_at(tokens, parenthesis - 2), "from");
  return distribution || std::ranges::find(functions, before.text) != functions.end();
}

}  // namespace

std::string written(const Token& token) {
  return token.kind == Token::Kind::text ? "\"" + std::string(token.text) + "\""
                                         : std::string(token.text);
}

bool opens_block(const std::vector<Token>& tokens, int token) {
  return is_sign(token_at(tokens, token), "{") && !is_word(token_at(tokens, token - 1), "in");
}

int gap_before(const std::vector<Token>& tokens, int token) {
  const Token& here = token_at(tokens, token);
  const Token& before = token_at(tokens, token - 1);
  if (token == 0) return 0;
  if (is_word(here, "types") || is_word(here, "extends")) return 2;
  if (is_sign(here, ".") && before.kind == Token::Kind::number) return 1;  // `.1 .2` is no number
  for (const std::string_view sign : {"(", "[", ".", "^"})
    if (is_sign(before, sign)) return 0;
  for (const std::string_view sign : {")", "]", ",", ":", ".", "[", "^"})
    if (is_sign(here, sign)) return 0;
  if (is_unary(tokens, token - 1)) return 0;
  if (is_sign(here, "(")) return is_call(tokens, token) ? 0 : 1;
  if (is_sign(here, "..")) return wide_dots(tokens, token) ? 1 : 0;
  if (is_sign(before, "..")) return wide_dots(tokens, token - 1) ? 1 : 0;
  if (is_sign(before, "{")) return opens_block(tokens, token - 1) ? 1 : 0;
  if (is_sign(here, "}")) return closes_list(tokens, token) ? 0 : 1;
  return 1;
}

int break_before(const std::vector<Token>& tokens, int token, int depth) {
  const Token& here = token_at(tokens, token);
  const Token& before = token_at(tokens, token - 1);
  if (is_sign(before, ":") && depth == 0) return 0;
  if (is_sign(before, ",")) return depth == 0 ? 1 : 4;
  if (is_word(here, "and") || is_word(here, "or")) return depth == 0 ? 2 : 5;
  if ((is_sign(here, "+") || is_sign(here, "-")) && !is_unary(tokens, token))
    return depth == 0 ? 3 : 5;
  return -1;
}

}  // namespace melian
