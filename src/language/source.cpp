#include "language/source.h"

#include <algorithm>

namespace melian {
namespace {

constexpr int longest_line_shown =
    400;  ///< in characters: longer lines are cut, a caret beyond is not drawn

struct Shown {
  std::string text;
  int characters = 0;
};

Shown show(std::string_view text) {
  Shown shown;
  for (std::size_t at = 0; at < text.size(); ++shown.characters) {
    const std::size_t length = character_length(text, at);
    const bool control =
        length == 1 && static_cast<unsigned char>(text[at]) < 0x20 && text[at] != '\t';
    if (length == 0 || control)
      shown.text += "\xEF\xBF\xBD";
    else
      shown.text.append(text.substr(at, length));
    at += std::max<std::size_t>(length, 1);
  }
  return shown;
}

std::string cut_to_characters(const std::string& text, int characters) {
  std::size_t at = 0;
  while (characters-- > 0 && at < text.size())
    at += std::max<std::size_t>(character_length(text, at), 1);
  return text.substr(0, at);
}

}  // namespace

std::size_t character_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const auto follows = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned first = byte(at), second = byte(at + 1);
  if (first < 0x80) return at < text.size() ? 1 : 0;
  if (first < 0xC2 || first > 0xF4 || !follows(at + 1)) return 0;
  if (first < 0xE0) return 2;
  // Overlong forms, surrogates and what lies beyond U+10FFFF are no characters.
  if ((first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) || !follows(at + 2))
    return 0;
  if (first < 0xF0) return 3;
  if ((first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F) || !follows(at + 3))
    return 0;
  return 4;
}

TextPlace place_of(const Sources& sources, const ast::Span& span) {
  TextPlace out;
  if (span.file < 0 || static_cast<std::size_t>(span.file) >= sources.size()) return out;

  const SourceText& source = sources[static_cast<std::size_t>(span.file)];
  const std::string_view text = source.text;
  const std::size_t begin =
      std::min(text.size(), static_cast<std::size_t>(std::max(span.begin, 0)));
  const std::size_t end =
      std::clamp(static_cast<std::size_t>(std::max(span.end, 0)), begin, text.size());
  out.file = source.name;
  out.line = 1 + static_cast<int>(std::count(
                     text.begin(), text.begin() + static_cast<std::ptrdiff_t>(begin), '\n'));
  const std::size_t newline_before =
      begin == 0 ? std::string_view::npos : text.rfind('\n', begin - 1);
  const std::size_t line_begin = newline_before == std::string_view::npos ? 0 : newline_before + 1;
  std::size_t line_end = std::min(text.find('\n', begin), text.size());
  if (line_end > line_begin && text[line_end - 1] == '\r') --line_end;
  line_end = std::max(line_end, begin);

  const std::string_view before = text.substr(line_begin, begin - line_begin);
  const bool marked =
      line_begin == 0 && before.starts_with("\xEF\xBB\xBF");  // a byte order mark is no column
  out.column = 1 + show(before).characters - (marked ? 1 : 0);
  out.length = std::max(1, show(text.substr(begin, std::min(end, line_end) - begin)).characters);
  if (out.column <= longest_line_shown) {
    const std::size_t from = line_begin + (marked ? 3 : 0);
    const Shown line =
        show(text.substr(from, std::min<std::size_t>(line_end - from, 4 * longest_line_shown)));
    out.source_line = line.characters > longest_line_shown
                          ? cut_to_characters(line.text, longest_line_shown)
                          : line.text;
    out.length = std::min(out.length, std::max(1, longest_line_shown - out.column + 1));
  }
  return out;
}

RelatedPlace related_place(const Sources& sources, const Elsewhere& elsewhere) {
  RelatedPlace out;
  static_cast<TextPlace&>(out) = place_of(sources, elsewhere.span);
  out.message = elsewhere.message;
  return out;
}

Diagnostic diagnostic_at(const Sources& sources, const ast::Span& span, std::string code,
                         std::string message, std::string expected, std::string hint,
                         Severity severity) {
  Diagnostic out;
  static_cast<TextPlace&>(out) = place_of(sources, span);
  out.code = std::move(code);
  out.severity = severity;
  out.message = std::move(message);
  out.expected = std::move(expected);
  out.hint = std::move(hint);
  return out;
}

}  // namespace melian
