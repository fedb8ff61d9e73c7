#include "language/expand.h"

#include "melian/numeric.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include <fmt/core.h>

namespace melian::lowering {

namespace {

constexpr double grid_tolerance =
    1e-9;  // a step must divide its interval, a number must lie on its grid, to this part of a step
constexpr std::int64_t most_points = 100'000;  // of one range

}  // namespace

double clean(double number) {
  char text[40];
  std::snprintf(text, sizeof text, "%.12g", number);
  return std::strtod(text, nullptr) + 0.0;  // + 0.0: no negative zero
}

int Domain::find(double number) const {
  const auto above = std::lower_bound(numbers.begin(), numbers.end(), number);
  int best = -1;
  double nearest = infinity;
  double gap = infinity;
  for (auto it = above == numbers.begin() ? above : above - 1; it != numbers.end() && it <= above;
       ++it) {
    if (std::abs(*it - number) < nearest) {
      nearest = std::abs(*it - number);
      best = static_cast<int>(it - numbers.begin());
    }
    if (it + 1 != numbers.end()) gap = std::min(gap, it[1] - it[0]);
  }
  const double scale = std::isfinite(gap) ? gap : std::max(1.0, std::abs(number));
  return best >= 0 && nearest <= grid_tolerance * std::max(scale, std::abs(number)) ? best : -1;
}

void Shape::error(const ast::Span& span, const char* code, const std::string& message,
                  const std::string& expected, const std::string& hint) {
  diagnostics_.push_back(diagnostic_at(model_.sources, span, code, message, expected, hint));
}

int Shape::shaping(const TermPtr& term) {
  const int formula = formulas_.add(term);
  if (formula >= 0)
    for (const int parameter : formulas_[formula].parameters)
      read_[static_cast<std::size_t>(parameter)] = 1;
  return formula;
}

double Shape::number(int formula, const std::vector<int>& contents,
                     const std::vector<double>& numbers, const std::vector<int>& types) {
  const Environment environment{parameters_.numbers.data(), parameters_.offsets.data(),
                                numbers.data(), contents.data(), types.data()};
  return compute(formulas_[formula], environment, registers_);
}

std::optional<double> Shape::number(const TermPtr& term, const char* what) {
  const int formula = shaping(term);
  if (formula < 0) return std::nullopt;
  const Formula& f = formulas_[formula];
  if (f.types != 0 || !f.variables.empty()) {
    error(term->span, "M0320", fmt::format("{} may read parameters only", what));
    return std::nullopt;
  }
  const double number = this->number(formula, none_, zeros_, types_);
  if (!std::isfinite(number)) {
    error(term->span, "M0321",
          fmt::format("{} comes to {}, which is no number", what, number_text(number)));
    return std::nullopt;
  }
  return number;
}

bool Shape::add_points(const CheckedRange& range, const CheckedRange::Entry& entry,
                       const std::string& name, Points& points) {
  const auto from = number(entry.from, "a range");
  if (!from) return false;
  if (!entry.to) {
    points.numbers.push_back(clean(*from));
    return true;
  }
  const auto to = number(entry.to, "a range");
  const auto by = entry.by ? number(entry.by, "a range") : std::optional<double>(1.0);
  if (!to || !by) return false;
  if (*to < *from || *by <= 0) {
    error(range.span, "M0322",
          fmt::format("the range of '{}' runs from {} to {} by {}", name, number_text(*from),
                      number_text(*to), number_text(*by)),
          "a range upwards, with a step above 0");
    return false;
  }
  const double steps = (*to - *from) / *by;
  if (!(steps <= static_cast<double>(most_points))) {
    error(range.span, too_large_code,
          fmt::format("the range of '{}' has {:.0f} points", name, steps + 1),
          fmt::format("at most {} points", most_points),
          fmt::format("a coarser step than {}", number_text(*by)));
    return false;
  }
  const double count = std::round(steps);
  if (std::abs(steps - count) > grid_tolerance * std::max(1.0, count)) {
    error(
        range.span, "M0323",
        fmt::format("the step {} does not divide {} .. {}", number_text(*by), number_text(*from),
                    number_text(*to)),
        "a step that meets both ends",
        count > 0 ? fmt::format("{} would", number_text((*to - *from) / count, 6)) : std::string{});
    return false;
  }
  const auto n = static_cast<int>(count);
  for (int k = 0; k <= n; ++k)
    points.numbers.push_back(n == 0 ? clean(*from) : clean((*from * (n - k) + *to * k) / n));
  if (!range.listed && n > 0) {
    const double step = (*to - *from) / n;
    for (int k = 0; k <= n; ++k) points.widths.push_back(k == 0 || k == n ? step / 2 : step);
  }
  return true;
}

std::optional<Points> Shape::points(const CheckedRange& range, const std::string& name) {
  Points points;
  bool sound = true;
  for (const CheckedRange::Entry& entry : range.entries)
    sound = add_points(range, entry, name, points) && sound;
  if (!sound) return std::nullopt;
  std::vector<double> sorted = points.numbers;
  std::sort(sorted.begin(), sorted.end());
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
  if (twice != sorted.end()) {
    error(range.span, "M0324",
          fmt::format("the range of '{}' names {} twice", name, number_text(*twice)));
    return std::nullopt;
  }
  if (points.numbers.empty()) {
    error(range.span, "M0322", fmt::format("the range of '{}' is empty", name));
    return std::nullopt;
  }
  for (const double x : points.numbers) points.texts.push_back(number_text(x));
  return points;
}

}  // namespace melian::lowering
