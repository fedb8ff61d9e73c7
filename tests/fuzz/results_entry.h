#pragma once
/// What hostile results are put through where they are read back: the rows of a sweep that another
/// goes on from, and the results that a report's page carries.

#include <cmath>
#include <string>
#include <vector>

#include "fuzz/diagnostics_law.h"
#include "melian/figures.h"
#include "melian/report.h"

namespace melian::test {

using SweepPoints = std::map<std::size_t, SweepPoint>;

inline bool same_number(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

inline bool same_numbers(const std::map<std::string, double>& a,
                         const std::map<std::string, double>& b) {
  return std::ranges::equal(a, b, [](const auto& x, const auto& y) {
    return x.first == y.first && same_number(x.second, y.second);
  });
}

inline bool same_point(const SweepPoint& a, const SweepPoint& b) {
  return a.finished == b.finished && a.holds == b.holds && a.why_not == b.why_not &&
         same_numbers(a.numbers, b.numbers) && same_numbers(a.grid_error, b.grid_error);
}

/// The rows of these points in their order, and after them one point without a solution, so that
/// the last one is known to be whole.
inline std::string written_rows(const std::vector<VariedParameter>& vary, SweepPoints points) {
  const int columns = vary.size() == 2 ? vary[1].points : 1;
  const auto place = [&](std::size_t k) {
    std::vector<double> out{vary[0].at(static_cast<int>(k) / columns)};
    if (vary.size() == 2) out.push_back(vary[1].at(static_cast<int>(k) % columns));
    return out;
  };
  std::string out = sweep_csv_head(vary);
  for (auto& [index, point] : points) {
    point.at = place(index);
    out += sweep_csv_rows(point);
  }
  SweepPoint none;
  none.finished = true;
  none.failure = "no solution";
  for (std::size_t k = 0; none.at.empty(); ++k)
    if (!points.contains(k)) none.at = place(k);
  return out + sweep_csv_rows(none);
}

/// A sweep over one parameter (`two`: over two) goes on from this text.
inline std::string broken_sweep(const std::string& rows, bool two) {
  std::vector<VariedParameter> vary{{"cost[D].weak", 0.0, 1.0, 5, false}};
  if (two) vary.push_back({"discount", 0.5, 8.0, 5, true});
  const std::string text = sweep_csv_head(vary) + rows;
  const auto points = read_sweep_csv(text, vary);
  if (!points) return broken_refusal(points.error(), Places::some, 0);
  const std::size_t all = two ? 25 : 5;
  for (const auto& [index, point] : *points)
    if (index >= all) return "a point that is not of the sweep";
  if (points->size() == all) return {};
  const std::string written = written_rows(vary, *points);
  const auto again = read_sweep_csv(written, vary);
  if (!again) return "what was written is not read: " + render(again.error());
  if (again->size() != points->size()) return "points were lost";
  for (const auto& [index, point] : *points)
    if (!same_point(again->at(index), point)) return "a point reads differently";
  // Cut anywhere, as by a stopped sweep or a full disk.
  for (std::size_t k = 1; k < 8; ++k) {
    const std::size_t end = written.size() * k / 8;
    const auto part = read_sweep_csv(written.substr(0, end), vary);
    if (!part) return "a part of what was written is not read: " + render(part.error());
    for (const auto& [index, point] : *part)
      if (!points->contains(index) || !same_point(points->at(index), point))
        return "a cut text gives another point";
  }
  return {};
}

/// Whatever the results say, the page's script element ends where the template says.
inline std::string broken_page(const std::string& results) {
  const std::string before = "<html><script type=\"application/json\">", after = "</script></html>";
  const auto page = html_page(before + "\"MELIAN_RESULTS\"" + after, results);
  if (!page) return broken_refusal(page.error(), Places::some, 0);
  if (!page->starts_with(before) || !page->ends_with(after)) return "a page that lost its frame";
  const std::string inside =
      page->substr(before.size(), page->size() - before.size() - after.size());
  return inside.find('<') != std::string::npos ? "results that open an element" : "";
}

/// Returns "" or the law the text breaks. The first byte: over one parameter or two.
inline std::string read_hostile_results(const std::string& input) {
  if (input.empty()) return {};
  if (std::string broken = broken_sweep(input.substr(1), input.front() == '2'); !broken.empty())
    return broken;
  return broken_page(input);
}

}  // namespace melian::test
