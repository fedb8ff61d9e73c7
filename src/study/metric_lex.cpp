#include "study/metric_lex.h"

#include <cctype>
#include <charconv>

#include <fmt/core.h>

namespace melian::metric {
namespace {

bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

class Lexer {
 public:
  Lexer(std::string_view text, std::vector<Mistake>& mistakes) : text_(text), mistakes_(mistakes) {}

  std::vector<Token> run() {
    std::vector<Token> out;
    while (true) {
      while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
      if (at_ >= text_.size()) break;
      const std::size_t begin = at_;
      Token token = next();
      if (token.kind == Token::Kind::end) {
        while (at_ < text_.size() && (static_cast<unsigned char>(text_[at_]) & 0xC0U) == 0x80U)
          ++at_;
        mistakes_.push_back({{static_cast<int>(begin), static_cast<int>(at_)},
                             "a metric has no such sign",
                             "a name, a number or one of + - * / ( ) , . < > <= >=",
                             ""});
        continue;
      }
      token.span = {static_cast<int>(begin), static_cast<int>(at_)};
      out.push_back(std::move(token));
    }
    out.push_back({Token::Kind::end,
                   "",
                   0.0,
                   {static_cast<int>(text_.size()), static_cast<int>(text_.size())}});
    return out;
  }

 private:
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  Token next() {
    if (is_letter(peek())) return name();
    if (is_digit(peek())) return number();
    for (std::string_view sign :
         {"..", "<=", ">=", "+", "-", "*", "/", "(", ")", ",", ".", "<", ">"}) {
      if (!text_.substr(at_).starts_with(sign)) continue;
      at_ += sign.size();
      return {Token::Kind::sign, std::string(sign), 0.0, {}};
    }
    ++at_;
    return {};
  }

  Token name() {
    Token token{Token::Kind::name, {}, 0.0, {}};
    while (is_letter(peek()) || is_digit(peek())) token.text += text_[at_++];
    if (peek() == '[') {  // an index is part of the name
      std::size_t ahead = 0;
      std::string index;
      while (at_ + ahead < text_.size() && peek(ahead) != ']' && ahead < 200) {
        if (!is_blank(peek(ahead))) index += peek(ahead);
        ++ahead;
      }
      if (peek(ahead) == ']') {
        token.text += index + "]";
        at_ += ahead + 1;
      }
    }
    return token;
  }

  Token number() {
    const std::size_t begin = at_;
    while (is_digit(peek())) ++at_;
    if (peek() == '.' && is_digit(peek(1))) {
      ++at_;
      while (is_digit(peek())) ++at_;
    }
    if ((peek() == 'e' || peek() == 'E') &&
        (is_digit(peek(1)) || ((peek(1) == '+' || peek(1) == '-') && is_digit(peek(2))))) {
      at_ += 2;
      while (is_digit(peek())) ++at_;
    }
    Token token{Token::Kind::number, std::string(text_.substr(begin, at_ - begin)), 0.0, {}};
    const auto read =
        std::from_chars(token.text.data(), token.text.data() + token.text.size(), token.number);
    if (read.ec != std::errc{})
      mistakes_.push_back({{static_cast<int>(begin), static_cast<int>(at_)},
                           fmt::format("{} is not a number that can be represented", token.text),
                           "",
                           ""});
    return token;
  }

  std::string_view text_;
  std::vector<Mistake>& mistakes_;
  std::size_t at_ = 0;
};

}  // namespace

std::vector<Token> tokens_of(std::string_view text, std::vector<Mistake>& mistakes) {
  return Lexer(text, mistakes).run();
}

}  // namespace melian::metric
