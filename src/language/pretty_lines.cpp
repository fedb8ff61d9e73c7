#include <algorithm>

#include "language/pretty.h"

namespace melian {
namespace {

constexpr int most_padding = 6;           ///< neighbours that differ by more are not aligned
constexpr int most_comment_padding = 40;  ///< the same for comments at the ends of lines

/// Calls align(begin, end) for each stretch of `places` (greedily the longest) whose columns differ
/// by at most `most`.
template <class Align>
void in_stretches(const std::vector<int>& columns, int most, const Align& align) {
  for (std::size_t begin = 0; begin < columns.size();) {
    int low = columns[begin], high = low;
    std::size_t end = begin + 1;
    for (; end < columns.size(); ++end) {
      low = std::min(low, columns[end]);
      high = std::max(high, columns[end]);
      if (high - low > most) break;
    }
    align(begin, end,
          *std::max_element(columns.begin() + static_cast<std::ptrdiff_t>(begin),
                            columns.begin() + static_cast<std::ptrdiff_t>(end)));
    begin = end;
  }
}

void align_mark(const std::vector<Line*>& run, std::size_t mark) {
  std::vector<Line*> marked;
  std::vector<int> columns;
  for (Line* line : run)
    if (line->marks.size() > mark) {
      marked.push_back(line);
      columns.push_back(width(std::string_view(line->text).substr(0, line->marks[mark])));
    }
  in_stretches(columns, most_padding, [&](std::size_t begin, std::size_t end, int widest) {
    for (std::size_t i = begin; i < end; ++i) {
      const auto padding = static_cast<std::size_t>(widest - columns[i]);
      marked[i]->text.insert(marked[i]->marks[mark], padding, ' ');
      for (std::size_t later = mark; later < marked[i]->marks.size(); ++later)
        marked[i]->marks[later] += padding;
    }
  });
}

void align_marks(std::vector<Line>& lines) {
  for (std::size_t begin = 0; begin < lines.size();) {
    std::vector<Line*> run = {&lines[begin]};
    std::size_t end = begin + 1;
    while (end < lines.size() && !lines[end].blank_before &&
           lines[end].indent == lines[begin].indent && lines[end].kind == lines[begin].kind)
      run.push_back(&lines[end++]);
    std::size_t num_marks = 0;
    for (const Line* line : run) num_marks = std::max(num_marks, line->marks.size());
    if (!lines[begin].kind.empty())
      for (std::size_t mark = 0; mark < num_marks; ++mark) align_mark(run, mark);
    begin = end;
  }
}

void align_comments(std::vector<Line>& lines) {
  for (std::size_t begin = 0; begin < lines.size();) {
    std::size_t end = begin + 1;
    while (end < lines.size() && !lines[end].blank_before) ++end;
    std::vector<Line*> commented;
    std::vector<int> columns;
    for (std::size_t i = begin; i < end; ++i)
      if (!lines[i].comment.empty()) {
        commented.push_back(&lines[i]);
        columns.push_back(lines[i].indent + width(lines[i].text));
      }
    in_stretches(columns, most_comment_padding,
                 [&](std::size_t first, std::size_t last, int widest) {
                   for (std::size_t i = first; i < last; ++i)
                     commented[i]->text +=
                         std::string(static_cast<std::size_t>(widest - columns[i] + 2), ' ') +
                         commented[i]->comment;
                 });
    begin = end;
  }
}

}  // namespace

int width(std::string_view text) {
  return static_cast<int>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string put_together(std::vector<Line> lines) {
  align_marks(lines);
  align_comments(lines);
  std::string out;
  for (const Line& line : lines) {
    if (line.blank_before && !out.empty()) out += '\n';
    if (!line.text.empty())
      out += std::string(static_cast<std::size_t>(line.indent), ' ') + line.text;
    out += '\n';
  }
  return out;
}

}  // namespace melian
