#include <algorithm>
#include <numeric>

#include <fmt/core.h>

#include "melian/base.h"

namespace melian {
namespace {

struct Paint {
  bool on;
  [[nodiscard]] std::string operator()(const char* code, const std::string& text) const {
    return on ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : text;
  }
};

bool starts_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }

/// The part of a line around a column that a screen can show, one entry a character; what is no
/// printable text is "?".
struct Window {
  std::vector<std::string> characters;
  std::size_t caret = 0;  ///< index of the column within `characters`
};

/// Bytes of the UTF-8 character that begins at `at`; 0 where none does.
std::size_t character_length(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const std::size_t length = lead < 0x80               ? 1
                             : (lead & 0xE0U) == 0xC0U ? 2
                             : (lead & 0xF0U) == 0xE0U ? 3
                             : (lead & 0xF8U) == 0xF0U ? 4
                                                       : 0;
  bool whole = length > 0 && at + length <= text.size();
  for (std::size_t n = 1; whole && n < length; ++n) whole = !starts_character(text[at + n]);
  return whole ? length : 0;
}

/// Would the character move the cursor, recolour the screen, or turn the direction of writing?
bool steers_a_terminal(std::string_view character) {
  const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(character[k]); };
  if (character.size() == 1) return byte(0) < 0x20 || byte(0) == 0x7F;
  if (character.size() == 2) return byte(0) == 0xC2 && byte(1) < 0xA0;  // C1 controls
  if (character.size() != 3 || byte(0) != 0xE2) return false;
  const bool marks = byte(1) == 0x80 && (byte(2) == 0x8E || byte(2) == 0x8F);
  const bool overrides = byte(1) == 0x80 && byte(2) >= 0xA8 && byte(2) <= 0xAE;
  const bool isolates = byte(1) == 0x81 && byte(2) >= 0xA6 && byte(2) <= 0xA9;
  return marks || overrides || isolates;
}

/// Characters of a UTF-8 text; bytes that are none, and control characters, come as "?".
std::vector<std::string> printable_characters(std::string_view text, std::size_t most) {
  std::vector<std::string> out;
  for (std::size_t k = 0; k < text.size() && out.size() < most;) {
    const std::size_t length = character_length(text, k);
    if (length == 0) {
      // Stray bytes count as the columns the readers of files count: one for each byte that starts
      // a character.
      if (starts_character(text[k]) || out.empty()) out.emplace_back("?");
      ++k;
      continue;
    }
    const std::string_view character = text.substr(k, length);
    const bool shown = character == "\t" || !steers_a_terminal(character);
    out.emplace_back(shown ? character : "?");
    k += length;
  }
  return out;
}

Window window_around(const TextPlace& diagnostic) {
  constexpr std::size_t widest = 160, before = 60;
  const auto column = static_cast<std::size_t>(std::max(1, diagnostic.column)) - 1;
  Window window{printable_characters(diagnostic.source_line, column + widest), column};
  if (column > widest - before) {
    const std::size_t cut = std::min(column - before, window.characters.size());
    window.characters.erase(window.characters.begin(),
                            window.characters.begin() + static_cast<std::ptrdiff_t>(cut));
    window.characters.insert(window.characters.begin(), "…");
    window.caret = column - cut + 1;
  }
  if (window.characters.size() > widest) {
    window.characters.resize(widest);
    window.characters.emplace_back("…");
  }
  return window;
}

std::string caret_lines(const TextPlace& diagnostic, const Paint& paint, const char* colour) {
  const std::string number = fmt::format("{:>5} | ", diagnostic.line);
  const Window window = window_around(diagnostic);
  std::string shown, pad;
  for (const std::string& character : window.characters) shown += character;
  for (std::size_t k = 0; k < window.caret; ++k)
    pad += k < window.characters.size() && window.characters[k] == "\t" ? '\t' : ' ';
  const std::size_t room =
      window.characters.size() > window.caret ? window.characters.size() - window.caret : 1;
  const auto length =
      std::clamp<std::size_t>(static_cast<std::size_t>(std::max(1, diagnostic.length)), 1, room);
  return fmt::format("{}{}\n{}{}{}\n", number, shown, std::string(number.size() - 2, ' ') + "| ",
                     pad, paint(colour, std::string(length, '^')));
}

}  // namespace

Diagnostic placeless(std::string code, std::string message, std::string hint) {
  Diagnostic out;
  out.code = std::move(code);
  out.message = std::move(message);
  out.hint = std::move(hint);
  return out;
}

std::string printable_text(std::string_view text, bool one_line) {
  std::string out;
  for (std::size_t k = 0; k < text.size();) {
    const std::size_t length = character_length(text, k);
    const std::string_view character = text.substr(k, std::max<std::size_t>(length, 1));
    const bool layout = !one_line && (character == "\n" || character == "\t");
    if (length == 0 || (steers_a_terminal(character) && !layout))
      out += "\xEF\xBF\xBD";
    else
      out += character;
    k += character.size();
  }
  return out;
}

std::string one_of(const std::vector<std::string>& words) {
  std::string out;
  for (std::size_t k = 0; k < words.size(); ++k)
    out += (k == 0 ? "`" : k + 1 == words.size() ? " or `" : ", `") + words[k] + "`";
  return out;
}

namespace {

/// "model.melian:3:5", or "" where no file is concerned.
std::string place_words(const TextPlace& place) {
  std::string out = printable_text(place.file, true);
  if (!out.empty() && place.line > 0) out += fmt::format(":{}:{}", place.line, place.column);
  return out;
}

}  // namespace

std::string render(const Diagnostic& diagnostic, bool colour) {
  const Paint paint{colour};
  std::string out = place_words(diagnostic);
  if (!out.empty()) out += ": ";
  const bool is_error = diagnostic.severity == Severity::error;
  const char* red = "1;31";
  const char* blue = "1;34";
  out += paint(is_error ? red : "1;33",
               fmt::format("{} {}", is_error ? "error" : "warning", diagnostic.code));
  out += ": " + printable_text(diagnostic.message) + "\n";
  if (diagnostic.line > 0) out += caret_lines(diagnostic, paint, red);
  if (!diagnostic.expected.empty())
    out += "  expected: " + printable_text(diagnostic.expected) + "\n";
  for (const RelatedPlace& related : diagnostic.related) {
    out += "  " + place_words(related) + ": " + printable_text(related.message) + "\n";
    if (related.line > 0) out += caret_lines(related, paint, blue);
  }
  if (!diagnostic.hint.empty()) out += "  hint: " + printable_text(diagnostic.hint) + "\n";
  return out;
}

std::string render(const Diagnostics& diagnostics, bool colour) {
  std::string out;
  for (const Diagnostic& diagnostic : diagnostics) out += render(diagnostic, colour);
  return out;
}

namespace {

/// Letters to insert, delete, change or swap with their neighbour to make one word of the other
/// (Damerau, neighbours only).
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  std::iota(above.begin(), above.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] =
          std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, above);
    std::swap(above, row);
  }
  return above.back();
}

}  // namespace

std::string nearest_word(std::string_view word, const std::vector<std::string>& candidates) {
  constexpr std::size_t longest = 200;
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
  if (word.size() > longest) return best;
  for (const std::string& candidate : candidates) {
    if (candidate.size() > longest) continue;
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

void contract_violated(const char* condition, const char* file, int line,
                       const std::string& detail) {
  throw ContractViolation(
      fmt::format("{}:{}: broken contract `{}`: {}", file, line, condition, detail));
}

}  // namespace melian
