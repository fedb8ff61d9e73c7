#include "study/toml_text.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/core.h>

// Header-only and without exceptions: a mistake in a file is a value here, and the nesting limit is
// ours.
#undef TOML_HEADER_ONLY
#undef TOML_SHARED_LIB
#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#define TOML_MAX_NESTED_VALUES 32
// Its assertions fail on texts such as "[[" and a line's end, which it then refuses properly: they
// must neither abort nor be taken for granted by the compiler (which NDEBUG would make them).
#undef NDEBUG
#define TOML_ASSERT(expression) static_cast<void>(0)
#include <toml++/toml.h>

namespace melian {
namespace {

constexpr std::size_t largest_text =
    std::size_t{1} << 20;  ///< a study fits on a few pages; beyond this it is another kind of file
constexpr int most_dots_a_line =
    200;  ///< each dot of a key is one table deeper, and tables are freed by recursion

bool continues_a_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

LinePlace place_of(const toml::source_region& region) {
  LinePlace place{static_cast<int>(region.begin.line), static_cast<int>(region.begin.column), 1};
  if (region.end.line == region.begin.line && region.end.column > region.begin.column)
    place.length = static_cast<int>(region.end.column - region.begin.column);
  return place;
}

TomlNode convert(const toml::node& node) {
  TomlNode out;
  out.place = place_of(node.source());
  if (const auto* table = node.as_table()) {
    out.kind = TomlNode::Kind::table;
    for (const auto& [key, value] : *table)
      out.entries.push_back({std::string(key.str()), place_of(key.source()), convert(value)});
    std::ranges::stable_sort(out.entries, [](const TomlEntry& a, const TomlEntry& b) {
      return std::pair(a.place.line, a.place.column) < std::pair(b.place.line, b.place.column);
    });
  } else if (const auto* list = node.as_array()) {
    out.kind = TomlNode::Kind::list;
    for (const toml::node& item : *list) out.items.push_back(convert(item));
  } else if (const auto* text = node.as_string()) {
    out.kind = TomlNode::Kind::text;
    out.text = printable_text(text->get());  // `\u001b` would reach the terminal
  } else if (const auto* whole = node.as_integer()) {
    out.kind = TomlNode::Kind::whole;
    out.number = static_cast<double>(whole->get());
  } else if (const auto* number = node.as_floating_point()) {
    out.kind = TomlNode::Kind::number;
    out.number = number->get();
  } else if (const auto* boolean = node.as_boolean()) {
    out.kind = TomlNode::Kind::boolean;
    out.boolean = boolean->get();
  } else if (const auto* date = node.as_date()) {
    out.kind = TomlNode::Kind::date;
    out.text = fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date->get().year),
                           static_cast<int>(date->get().month), static_cast<int>(date->get().day));
  } else if (const auto* moment = node.as_date_time()) {
    out.kind = TomlNode::Kind::date;
    out.text = fmt::format("{:04}-{:02}-{:02}", static_cast<int>(moment->get().date.year),
                           static_cast<int>(moment->get().date.month),
                           static_cast<int>(moment->get().date.day));
  } else {
    out.kind = TomlNode::Kind::text;  // a time of day: no key of a study takes one, so any kind but
                                      // a number will be refused
  }
  return out;
}

/// The first byte of a letter outside ASCII that stands neither in a comment nor plainly in a text;
/// npos when there is none. TOML allows none there, and version 3.3 of the library does not survive
/// looking at some of them.
std::size_t stray_letter(const std::string& text) {
  char quote = '\0';      // of the text we are in
  bool many = false;      // in triple quotes
  bool skipping = false;  // blanks behind a backslash at the end of a line
  const auto triple = [&](std::size_t at, char c) {
    return text.compare(at, 3, std::string(3, c)) == 0;
  };
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    const bool is_ascii = static_cast<unsigned char>(c) < 0x80U;
    if (quote == '\0') {
      if (!is_ascii) return at;
      if (c == '#') {
        at = std::min(text.find('\n', at), text.size()) - 1;
      } else if (c == '"' || c == '\'') {
        quote = c;
        many = triple(at, c);
        if (many) at += 2;
      }
      continue;
    }
    if (!is_ascii && skipping) return at;
    skipping = skipping && (c == ' ' || c == '\t' || c == '\n' || c == '\r');
    if (!many && c == '\n') {
      quote = '\0';  // a mistake, which the library will name
    } else if (quote == '"' && c == '\\') {
      if (at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) >= 0x80U) return at + 1;
      skipping = many && at + 1 < text.size() &&
                 (text[at + 1] == ' ' || text[at + 1] == '\t' || text[at + 1] == '\n' ||
                  text[at + 1] == '\r');
      ++at;
    } else if (c == quote && (!many || triple(at, quote))) {
      if (many) at += 2;
      while (many && at + 1 < text.size() && text[at + 1] == quote)
        ++at;  // quotes just before the closing ones
      quote = '\0';
    }
  }
  return std::string::npos;
}

/// The text with an ASCII letter for every other one (different ones for different ones, as far as
/// they reach): what is wrong with this is wrong with the text, at the same line and column.
std::string in_ascii(std::string_view text) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  std::map<std::string_view, char> letter_of;
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at + 1;
    if (static_cast<unsigned char>(text[at]) < 0x80U) {
      out += text[at];
    } else {
      while (end < text.size() && continues_a_character(text[end])) ++end;
      out +=
          letter_of.emplace(text.substr(at, end - at), letters[letter_of.size() % letters.size()])
              .first->second;
    }
    at = end;
  }
  return out;
}

LinePlace place_of_byte(const std::string& text, std::size_t byte) {
  LinePlace place{1, 1, 1};
  for (std::size_t k = 0; k < byte; ++k) {
    if (text[k] == '\n')
      ++place.line, place.column = 1;
    else if (!continues_a_character(text[k]))
      ++place.column;
  }
  return place;
}

/// No number of a study may be infinite or undefined, though TOML writes both.
void refuse_beyond_numbers(const TomlNode& node, const TextLines& lines, Diagnostics& wrong) {
  if (node.is_number() && !std::isfinite(node.number))
    wrong.push_back(lines.at(node.place, "M0716",
                             fmt::format("`{}` is not a finite number", number_text(node.number)),
                             "a finite number"));
  for (const TomlNode& item : node.items) refuse_beyond_numbers(item, lines, wrong);
  for (const TomlEntry& entry : node.entries) refuse_beyond_numbers(entry.node, lines, wrong);
}

Diagnostics refused(const std::string& file, std::string message, std::string hint) {
  Diagnostic diagnostic = placeless("M0701", std::move(message), std::move(hint));
  diagnostic.file = file;
  return {diagnostic};
}

}  // namespace

TextLines::TextLines(std::string file, const std::string& text) : file_(std::move(file)) {
  std::size_t begin = 0;
  while (begin <= text.size()) {
    std::size_t end = text.find('\n', begin);
    if (end == std::string::npos) end = text.size();
    std::string line = text.substr(begin, end - begin);
    if (!line.empty() && line.back() == '\r') line.pop_back();
    lines_.push_back(std::move(line));
    begin = end + 1;
  }
}

const std::string& TextLines::line(int number) const {
  static const std::string none;
  return number >= 1 && number <= count() ? lines_[static_cast<std::size_t>(number - 1)] : none;
}

Diagnostic TextLines::at(const LinePlace& place, std::string code, std::string message,
                         std::string expected, std::string hint) const {
  constexpr std::size_t longest_line = 400;
  Diagnostic out;
  out.code = std::move(code);
  out.message = std::move(message);
  out.file = file_;
  out.line = place.line;
  out.column = place.column;
  out.length = place.length;
  out.source_line = line(place.line).size() <= longest_line
                        ? line(place.line)
                        : line(place.line).substr(0, longest_line);
  out.expected = std::move(expected);
  out.hint = std::move(hint);
  return out;
}

const TomlEntry* TomlNode::find(std::string_view key) const {
  const auto found =
      std::ranges::find_if(entries, [&](const TomlEntry& entry) { return entry.key == key; });
  return found == entries.end() ? nullptr : &*found;
}

const char* kind_word(TomlNode::Kind kind) {
  switch (kind) {
    case TomlNode::Kind::text: return "a text";
    case TomlNode::Kind::whole: return "a whole number";
    case TomlNode::Kind::number: return "a number";
    case TomlNode::Kind::boolean: return "true or false";
    case TomlNode::Kind::date: return "a date";
    case TomlNode::Kind::list: return "a list";
    case TomlNode::Kind::table: return "a table";
  }
  return "something";
}

Result<TomlNode> read_toml(const std::string& text, const std::string& file) {
  if (text.size() > largest_text)
    return std::unexpected(refused(
        file,
        fmt::format("{} holds {} bytes; a study holds at most {}", file, text.size(), largest_text),
        "is this the right file?"));
  if (text.find('\0') != std::string::npos)
    return std::unexpected(refused(file, fmt::format("{} is not a text file", file),
                                   "a study is a TOML text: docs/formats/study.md"));
  const TextLines lines(file, text);
  for (int number = 1; number <= lines.count(); ++number)
    if (std::ranges::count(lines.line(number), '.') > most_dots_a_line)
      return std::unexpected(Diagnostics{lines.at(
          {number, 1, 1}, "M0701",
          fmt::format(
              "this line has more than {} dots: too deep a nesting of tables, or not a study",
              most_dots_a_line))});
  const bool marked = text.starts_with("\xef\xbb\xbf");
  const auto not_toml = [&](const toml::parse_error& error) {
    std::string message(error.description());
    if (message.size() > 300) message = message.substr(0, 300) + " ...";
    return std::unexpected(Diagnostics{
        lines.at(place_of(error.source()), "M0702", "this is not TOML: " + message, {},
                 "https://toml.io shows the format; docs/formats/study.md has an example")});
  };
  // Where its quotes do not match, the library would look at letters it does not survive: hence the
  // same in ASCII first.
  if (const toml::parse_result plain = toml::parse(
          in_ascii(std::string_view(text).substr(marked ? 3 : 0)), std::string_view(file));
      !plain)
    return not_toml(plain.error());
  if (const std::size_t stray = stray_letter(marked ? "   " + text.substr(3) : text);
      stray != std::string::npos)
    return std::unexpected(Diagnostics{lines.at(
        place_of_byte(text, stray), "M0702", "this letter can stand here only within quotes", {},
        "put names and texts with such letters in \"...\"")});
  const toml::parse_result parsed = toml::parse(std::string_view(text), std::string_view(file));
  if (!parsed) return not_toml(parsed.error());
  TomlNode out = convert(parsed.table());
  Diagnostics wrong;
  refuse_beyond_numbers(out, lines, wrong);
  if (!wrong.empty()) return std::unexpected(std::move(wrong));
  return out;
}

std::vector<LinePlace> places_of(const TomlNode& value, const TextLines& lines) {
  const std::vector<LinePlace> fallback(value.text.size() + 1, value.place);
  const std::string& first = lines.line(value.place.line);
  int line = value.place.line, column = value.place.column;
  std::size_t byte = 0;  // of the character at `column` of `line`
  for (int skipped = 1; skipped < column && byte < first.size(); ++skipped) do
      ++byte;
    while (byte < first.size() && continues_a_character(first[byte]));
  if (byte >= first.size() || (first[byte] != '"' && first[byte] != '\'')) return fallback;
  const char quote = first[byte];
  const bool many = first.compare(byte, 3, std::string(3, quote)) == 0;
  byte += many ? 3 : 1;
  column += many ? 3 : 1;
  if (many && byte >= first.size()) ++line, byte = 0, column = 1;
  std::vector<LinePlace> out;
  for (std::size_t k = 0; k < value.text.size(); ++k) {
    const std::string& now = lines.line(line);
    out.push_back({line, column, 1});
    if (byte >= now.size()) {
      if (value.text[k] == '\r') continue;
      if (value.text[k] != '\n') return fallback;
      ++line, byte = 0, column = 1;
      continue;
    }
    if (quote == '"' && now[byte] == '\\') {
      if (byte + 1 >= now.size() || now[byte + 1] == 'u' || now[byte + 1] == 'U' ||
          now[byte + 1] == ' ')
        return fallback;
      byte += 2, column += 2;
      continue;
    }
    if (now[byte] != value.text[k]) return fallback;
    ++byte;
    if (byte >= now.size() || !continues_a_character(now[byte])) ++column;
  }
  out.push_back({line, column, 1});
  return out;
}

}  // namespace melian
