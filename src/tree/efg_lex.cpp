#include "tree/efg_lex.h"

#include <algorithm>

#include <fmt/core.h>

namespace melian::tree {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool begins_number(char c) { return is_digit(c) || c == '-' || c == '+' || c == '.'; }
bool ends_word(char c) { return is_blank(c) || c == '{' || c == '}' || c == ',' || c == '"'; }
int characters(std::string_view bytes) {
  return static_cast<int>(std::ranges::count_if(
      bytes, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace

EfgToken EfgLexer::next() {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (at_ == 0 && text_.starts_with(byte_order_mark)) at_ = byte_order_mark.size();
  while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
  EfgToken token;
  token.begin = at_;
  if (at_ == text_.size()) return token;
  const char first = text_[at_];
  if (first == '{' || first == '}' || first == ',') {
    token.kind = first == '{' ? EfgKind::open : first == '}' ? EfgKind::close : EfgKind::comma;
    token.content = first;
    token.length = 1;
    ++at_;
    return token;
  }
  if (first == '"') {
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      const bool escapes = text_[at_] == '\\' && at_ + 1 < text_.size() &&
                           (text_[at_ + 1] == '"' || text_[at_ + 1] == '\\');
      if (escapes) ++at_;
      token.content += text_[at_];
    }
    token.content = printable_text(token.content);  // labels reach the terminal
    token.kind = at_ < text_.size() ? EfgKind::text : EfgKind::stray;
    if (at_ < text_.size()) ++at_;
    token.length = at_ - token.begin;
    return token;
  }
  while (at_ < text_.size() && !ends_word(text_[at_])) ++at_;
  token.length = at_ - token.begin;
  token.content = text_.substr(token.begin, token.length);
  token.kind = begins_number(first) ? EfgKind::number : EfgKind::word;
  return token;
}

Diagnostic EfgLexer::at(const EfgToken& token, std::string code, std::string message,
                        std::string expected, std::string hint) const {
  Diagnostic out;
  out.code = std::move(code);
  out.message = std::move(message);
  out.expected = std::move(expected);
  out.hint = std::move(hint);
  out.file = file_;
  const std::size_t place = std::min(token.begin, text_.size());
  const std::string_view before = text_.substr(0, place);
  const std::size_t line_begin =
      before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  const std::size_t line_end = std::min(text_.find('\n', place), text_.size());
  constexpr std::size_t longest_line = 10'000;  // bytes a reader could make use of
  out.line = 1 + static_cast<int>(std::ranges::count(before, '\n'));
  out.column = 1 + characters(before.substr(line_begin));
  const std::string_view line = text_.substr(line_begin, line_end - line_begin);
  out.source_line = line.substr(0, longest_line);
  if (out.source_line.ends_with('\r')) out.source_line.pop_back();
  out.length =
      std::max(1, characters(text_.substr(place, std::min(token.length, line_end - place))));
  return out;
}

std::string EfgLexer::named(const EfgToken& token) const {
  constexpr std::size_t longest = 40;
  if (token.kind == EfgKind::end) return "the end of the file";
  if (token.kind == EfgKind::stray) return "a text without its closing quote";
  std::string written(text_.substr(token.begin, std::min(token.length, longest)));
  if (token.length > longest) written += "…";
  written = printable_text(written);
  return fmt::format("`{}`", written);
}

}  // namespace melian::tree
