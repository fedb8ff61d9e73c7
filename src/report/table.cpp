#include "report/table.h"

#include <algorithm>
#include <cmath>

#include <fmt/core.h>

namespace melian {
namespace {

bool starts_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }

std::string padded(const std::string& text, std::size_t width, bool right) {
  const std::size_t used = text_width(text);
  const std::string pad(width > used ? width - used : 0, ' ');
  return right ? pad + text : text + pad;
}

std::vector<std::string> lines_of(const std::string& text, std::size_t width) {
  std::vector<std::string> lines{""};
  for (char c : wrap(text, {false, static_cast<int>(width)}, 0)) {
    if (c == '\n')
      lines.emplace_back();
    else
      lines.back() += c;
  }
  return lines;
}

std::string without_trailing_blanks(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

}  // namespace

std::size_t text_width(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, starts_character));
}

std::string paint(const TextStyle& style, const char* code, const std::string& text) {
  return style.colour ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : text;
}

std::string shorten(const std::string& text, std::size_t width) {
  if (text_width(text) <= width || width == 0) return text;
  std::string out;
  std::size_t columns = 0;
  for (char c : text) {
    if (starts_character(c) && ++columns >= width) break;
    out += c;
  }
  return out + "…";
}

std::string wrap(const std::string& text, const TextStyle& style, std::size_t indent) {
  const auto width = static_cast<std::size_t>(std::max(20, style.width));
  std::string out, line;
  const auto flush = [&] {
    if (!out.empty()) out += "\n" + std::string(indent, ' ');
    out += line;
    line.clear();
  };
  std::size_t from = 0;
  while (from < text.size()) {
    std::size_t end = text.find(' ', from);
    if (end == std::string::npos) end = text.size();
    const std::string word = text.substr(from, end - from);
    from = end + 1;
    if (word.empty()) continue;
    const std::size_t before = out.empty() ? 0 : indent;
    if (!line.empty() && before + text_width(line) + 1 + text_width(word) > width) flush();
    if (!line.empty()) line += ' ';
    line += word;
  }
  flush();
  return out;
}

Table& Table::align_right(const std::vector<std::size_t>& columns) {
  for (std::size_t column : columns) right_[column] = true;
  return *this;
}

Table& Table::wrap(const std::vector<std::size_t>& columns) {
  for (std::size_t column : columns) wraps_[column] = true;
  return *this;
}

Table& Table::keep_first() {
  keeps_first_ = true;
  return *this;
}

void Table::add(std::vector<std::string> row) {
  row.resize(header_.size());
  rows_.push_back(std::move(row));
}

std::string Table::text(const TextStyle& style, std::size_t indent) const {
  std::vector<std::size_t> width(header_.size(), 0);
  for (std::size_t c = 0; c < header_.size(); ++c) {
    width[c] = text_width(header_[c]);
    for (const auto& row : rows_) width[c] = std::max(width[c], text_width(row[c]));
  }
  const auto total = [&] {
    std::size_t sum = indent + 2 * (width.empty() ? 0 : width.size() - 1);
    for (std::size_t w : width) sum += w;
    return sum;
  };
  constexpr std::size_t narrowest = 8, narrowest_wrapped = 24;
  const auto too_wide = [&] {
    return total() > static_cast<std::size_t>(std::max(20, style.width));
  };
  for (std::size_t c = width.size(); c-- > 0;)
    while (wraps_[c] && width[c] > narrowest_wrapped && too_wide()) --width[c];
  while (too_wide()) {
    const auto widest = std::max_element(width.begin() + (keeps_first_ ? 1 : 0), width.end());
    if (widest == width.end() || *widest <= narrowest) break;
    --*widest;
  }
  const auto line_of = [&](const std::vector<std::string>& row) {
    std::vector<std::vector<std::string>> cells;
    std::size_t height = 1;
    for (std::size_t c = 0; c < row.size(); ++c) {
      cells.push_back(wraps_[c] ? lines_of(row[c], width[c])
                                : std::vector<std::string>{shorten(row[c], width[c])});
      height = std::max(height, cells.back().size());
    }
    std::string lines;
    for (std::size_t k = 0; k < height; ++k) {
      std::string line(indent, ' ');
      for (std::size_t c = 0; c < row.size(); ++c)
        line += (c > 0 ? "  " : "") +
                padded(k < cells[c].size() ? cells[c][k] : "", width[c], right_[c]);
      lines += (k > 0 ? "\n" : "") + without_trailing_blanks(std::move(line));
    }
    return lines;
  };
  std::string out;
  if (std::ranges::any_of(header_, [](const std::string& title) { return !title.empty(); }))
    out += paint(style, "2", line_of(header_)) + "\n";
  for (const auto& row : rows_) out += line_of(row) + "\n";
  return out;
}

std::string bar(double share, std::size_t width) {
  const double filled = std::clamp(share, 0.0, 1.0) * static_cast<double>(width);
  constexpr const char* parts[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const auto whole = static_cast<std::size_t>(filled);
  std::string out;
  for (std::size_t k = 0; k < whole; ++k) out += "█";
  return out + parts[static_cast<std::size_t>((filled - static_cast<double>(whole)) * 8)];
}

std::string with_decimals(double number, int decimals) {
  const std::string text = fmt::format("{:.{}f}", number, decimals);
  const bool is_zero = text.find_first_not_of("-0.") == std::string::npos;
  return is_zero && text.front() == '-' ? text.substr(1) : text;
}

std::string error_text(double error) { return error == 0.0 ? "0" : fmt::format("{:.0e}", error); }

}  // namespace melian
