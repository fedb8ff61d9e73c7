/// The figures of comparative statics: curves along one parameter, regions over two.

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/core.h>
#include <fmt/ranges.h>

#include "melian/figures.h"
#include "report/svg.h"

namespace melian {
namespace {

constexpr double width = 760, left = 74, plot_width = 440, line_height = 15;
constexpr std::size_t caption_width = 116;  // characters

/// Where numbers of the two axes lie on the paper.
struct Frame {
  double x0 = 0, x1 = 1, y0 = 0, y1 = 1;  ///< numbers at the edges
  double top = 0, height = 0;
  bool log_x = false, log_y = false;
  [[nodiscard]] double x(double number) const {
    return left + part(number, x0, x1, log_x) * plot_width;
  }
  [[nodiscard]] double y(double number) const {
    return top + height - part(number, y0, y1, log_y) * height;
  }
  /// How far along an axis a number lies, 0 to 1.
  [[nodiscard]] static double part(double number, double from, double to, bool logs) {
    return logs ? std::log(number / from) / std::log(to / from) : (number - from) / (to - from);
  }
};

/// Round numbers along an axis; powers of ten and their halves and fifths where it is logarithmic.
std::vector<double> axis_ticks(double from, double to, bool logs) {
  if (!logs) return ticks(from, to);
  constexpr double several_decades = 2.5, slack = 1e-9;
  const bool coarse = std::log10(to / from) > several_decades;
  const int skip = std::max(1, static_cast<int>(std::log10(to / from) / 8.0));
  std::vector<double> out;
  for (int power = static_cast<int>(std::floor(std::log10(from)));
       power <= static_cast<int>(std::ceil(std::log10(to))); power += skip)
    for (const double digit : {1.0, 2.0, 5.0}) {
      const double tick = digit * std::pow(10.0, power);
      if ((digit == 1.0 || !coarse) && tick >= from * (1 - slack) && tick <= to * (1 + slack))
        out.push_back(tick);
    }
  return out;
}

std::string axis_label(const Sweep& sweep, const SweepFigure& figure, std::size_t axis) {
  const std::string note = axis < figure.axis_notes.size() ? figure.axis_notes[axis] : "";
  return sweep.vary[axis].name + (note.empty() ? "" : ": " + note);
}

void draw_axes(Svg& svg, const Frame& frame, const std::string& below, const std::string& beside) {
  for (const double tick : axis_ticks(frame.x0, frame.x1, frame.log_x)) {
    svg.line({frame.x(tick), frame.top}, {frame.x(tick), frame.top + frame.height}, "grid");
    svg.text({frame.x(tick), frame.top + frame.height + 16}, "middle", "tick",
             number_text(tick, 6));
  }
  for (const double tick : axis_ticks(frame.y0, frame.y1, frame.log_y)) {
    svg.line({left, frame.y(tick)}, {left + plot_width, frame.y(tick)}, "grid");
    svg.text({left - 7, frame.y(tick) + 4}, "end", "tick", number_text(tick, 6));
  }
  svg.polyline({{left, frame.top},
                {left, frame.top + frame.height},
                {left + plot_width, frame.top + frame.height}},
               "axis");
  svg.text({left + plot_width / 2, frame.top + frame.height + 34}, "middle", "label", below);
  svg.text({18, frame.top + frame.height / 2}, "middle", "label", beside, -90);
}

/// Title above; words and caption below.
std::vector<std::string> caption_lines(const Sweep& sweep, const SweepFigure& figure) {
  std::vector<std::string> out;
  const auto add = [&](const std::string& text) {
    for (const std::string& line : lines_of(text, caption_width)) out.push_back(line);
  };
  for (const std::string& words : sweep_words(sweep, figure)) add(words);
  if (!figure.fixed.empty()) add(fmt::format("Parameters: {}.", fmt::join(figure.fixed, ", ")));
  const auto missing =
      std::ranges::count_if(sweep.points, [](const SweepPoint& point) { return !point.holds; });
  const auto failed = std::ranges::count_if(
      sweep.points, [](const SweepPoint& point) { return !point.failure.empty(); });
  if (missing > failed)
    add(fmt::format("{} of {} points miss their tolerance.", missing - failed,
                    sweep.points.size()));
  if (failed > 0)
    add(fmt::format("{} of {} points have no solution.", failed, sweep.points.size()));
  return out;
}

void draw_caption(Svg& svg, const std::vector<std::string>& lines, double top) {
  for (std::size_t k = 0; k < lines.size(); ++k)
    svg.text({left, top + line_height * static_cast<double>(k)}, "start", "small", lines[k]);
}

void draw_title(Svg& svg, const SweepFigure& figure) {
  svg.text({left, 24}, "start", "title", figure.title);
  svg.text({left, 41}, "start", "small", figure.source);
}

// ---- Curves
// --------------------------------------------------------------------------------------------------------

/// The numbers of the first point that has any.
const std::map<std::string, double>& some_numbers(const Sweep& sweep) {
  static const std::map<std::string, double> none;
  const auto found = std::ranges::find_if(
      sweep.points, [](const SweepPoint& point) { return point.failure.empty(); });
  return found == sweep.points.end() ? none : found->numbers;
}

std::vector<std::string> shown_numbers(const Sweep& sweep, const SweepFigure& figure) {
  if (!figure.shown.empty()) return figure.shown;
  std::vector<std::string> out;
  for (const auto& [name, value] : some_numbers(sweep))
    if (name.starts_with("outcomes.")) out.push_back(name);
  return out;
}

class Curves {
 public:
  Curves(const Sweep& sweep, const SweepFigure& figure) : sweep_(sweep), figure_(figure) {
    for (const std::string& name : shown_numbers(sweep, figure)) {
      const std::string unit = unit_of(name);
      const auto panel =
          std::ranges::find_if(panels_, [&](const auto& one) { return one.first == unit; });
      if (panel == panels_.end())
        panels_.push_back({unit, {name}});
      else
        panel->second.push_back(name);
    }
  }

  [[nodiscard]] std::string text() const {
    constexpr double head = 58, panel_height = 220, gap = 62;
    const std::vector<std::string> caption = caption_lines(sweep_, figure_);
    const double below = head + static_cast<double>(panels_.size()) * (panel_height + gap);
    Svg svg(width, below + line_height * static_cast<double>(caption.size()) + 6, figure_.title,
            fmt::format("{} along {}", fmt::join(shown_numbers(sweep_, figure_), ", "),
                        sweep_.vary[0].name));
    draw_title(svg, figure_);
    for (std::size_t k = 0; k < panels_.size(); ++k)
      draw(svg, panels_[k].first, panels_[k].second,
           head + static_cast<double>(k) * (panel_height + gap), panel_height);
    draw_caption(svg, caption, below + 4);
    return svg.finished();
  }

 private:
  /// From nought to one for probabilities, else the range of what is drawn with a little air.
  [[nodiscard]] Frame frame_for(const std::string& unit, const std::vector<std::string>& names,
                                double top, double height) const {
    Frame frame{sweep_.vary[0].low,      sweep_.vary[0].high, 0.0, 1.0, top, height,
                sweep_.vary[0].log_scale};
    if (unit == "probability") return frame;
    double low = INFINITY, high = -INFINITY;
    for (const SweepPoint& point : sweep_.points)
      for (const std::string& name : names)
        if (const auto found = point.numbers.find(name);
            found != point.numbers.end() && std::isfinite(found->second)) {
          low = std::min(low, found->second);
          high = std::max(high, found->second);
        }
    if (!(low <= high)) low = 0.0, high = 1.0;
    constexpr double air = 0.06;
    const double span = high > low ? high - low : std::max(1e-6, std::abs(high));
    frame.y0 = low - air * span;
    frame.y1 = high + air * span;
    return frame;
  }

  void draw(Svg& svg, const std::string& unit, const std::vector<std::string>& names, double top,
            double height) const {
    const Frame frame = frame_for(unit, names, top, height);
    draw_axes(svg, frame, axis_label(sweep_, figure_, 0), unit);
    for (const DrawnThreshold& threshold : figure_.thresholds)
      svg.line({frame.x(threshold.points.front().first), top},
               {frame.x(threshold.points.front().first), top + height}, "rule");
    for (const SweepSwitch& one : sweep_.switches) {
      const double x = frame.x(one.at[0]);
      svg.line({x, top}, {x, top + height}, "mark");
      svg.polyline({{x - 4, top - 7}, {x + 4, top - 7}, {x, top}, {x - 4, top - 7}}, "mark");
    }
    double legend = top + 6;
    for (std::size_t s = 0; s < names.size(); ++s) {
      const std::string kind = fmt::format("s{}", s % Svg::series);
      std::vector<SvgPoint> run;
      for (const SweepPoint& point : sweep_.points) {
        const auto found = point.numbers.find(names[s]);
        if (found != point.numbers.end() && std::isfinite(found->second)) {
          run.emplace_back(frame.x(point.at[0]), frame.y(found->second));
          continue;
        }
        if (run.size() > 1) svg.polyline(run, kind);  // a gap where the number does not exist
        run.clear();
      }
      if (!run.empty()) svg.polyline(run, kind);
      legend = key(svg, legend, kind, names[s]);
    }
    if (!sweep_.switches.empty())
      legend = key(svg, legend, "mark", "computed: something else is most probable");
    if (!figure_.thresholds.empty()) key(svg, legend, "rule", "published threshold");
  }

  static double key(Svg& svg, double y, const std::string& classes, const std::string& words) {
    const double x = left + plot_width + 18;
    svg.line({x, y}, {x + 28, y}, classes);
    constexpr std::size_t key_width = 32;
    for (const std::string& line : lines_of(words, key_width)) {
      svg.text({x + 35, y + 4}, "start", "tick", line);
      y += line_height;
    }
    return y + 5;
  }

  const Sweep& sweep_;
  const SweepFigure& figure_;
  std::vector<std::pair<std::string, std::vector<std::string>>> panels_;  ///< unit, numbers
};

// ---- Regions
// -------------------------------------------------------------------------------------------------------

class Regions {
 public:
  Regions(const Sweep& sweep, const SweepFigure& figure) : sweep_(sweep), figure_(figure) {
    name_regions();
    if (!figure.shown.empty()) shaded_ = figure.shown.front();
    if (shaded_.empty() && names_.size() < 2) shaded_ = most_moved();
  }

  [[nodiscard]] std::string text() const {
    constexpr double head = 58, height = 400;
    const std::vector<std::string> caption = caption_lines(sweep_, figure_);
    const double below = head + height + 62;
    Svg svg(width, below + line_height * static_cast<double>(caption.size()) + 6, figure_.title,
            fmt::format("{} over {} and {}", shaded_.empty() ? "what is most probable" : shaded_,
                        sweep_.vary[0].name, sweep_.vary[1].name));
    draw_title(svg, figure_);
    const Frame frame{sweep_.vary[0].low,
                      sweep_.vary[0].high,
                      sweep_.vary[1].low,
                      sweep_.vary[1].high,
                      head,
                      height,
                      sweep_.vary[0].log_scale,
                      sweep_.vary[1].log_scale};
    const auto [least, largest] = range_of_shade();
    for (std::size_t k = 0; k < sweep_.points.size(); ++k) cell(svg, frame, k, least, largest);
    draw_axes(svg, frame, axis_label(sweep_, figure_, 0), axis_label(sweep_, figure_, 1));
    for (const DrawnThreshold& threshold : figure_.thresholds) {
      std::vector<SvgPoint> curve;
      for (const auto& [number, other] : threshold.points)
        curve.emplace_back(threshold.axis == 0 ? SvgPoint{frame.x(number), frame.y(other)}
                                               : SvgPoint{frame.x(other), frame.y(number)});
      svg.polyline(curve, "rule");
    }
    for (const SweepSwitch& one : sweep_.switches)
      svg.circle({frame.x(one.at[0]), frame.y(one.at[1])}, 2.2, "dot");
    legend(svg, head, least, largest);
    draw_caption(svg, caption, below + 4);
    return svg.finished();
  }

 private:
  /// A region's name: what is most probable there, of all that differs anywhere; offers slide and
  /// make no regions.
  void name_regions() {
    std::map<std::string, std::vector<std::string>> seen;
    for (const SweepPoint& point : sweep_.points)
      for (const MostProbable& one : point.most_probable)
        if (!one.is_offer &&
            std::ranges::find(seen[one.subject], one.what) == seen[one.subject].end())
          seen[one.subject].push_back(one.what);
    const auto name_of = [&](const SweepPoint& point, bool outcomes_only) {
      std::string name;
      for (const MostProbable& one : point.most_probable) {
        if (one.is_offer ||
            (one.subject != "outcome" && (outcomes_only || seen[one.subject].size() < 2)))
          continue;
        name += (name.empty() ? "" : "; ") +
                (one.subject == "outcome" ? one.what : one.subject + " " + one.what);
      }
      return name;
    };
    for (const bool outcomes_only : {false, true}) {
      names_.clear();
      region_.clear();
      for (const SweepPoint& point : sweep_.points) {
        if (!point.failure.empty()) {
          region_.push_back(0);
          continue;
        }
        const std::string name = name_of(point, outcomes_only);
        const auto found = std::ranges::find(names_, name);
        region_.push_back(static_cast<std::size_t>(found - names_.begin()));
        if (found == names_.end()) names_.push_back(name);
      }
      if (names_.size() <= static_cast<std::size_t>(Svg::series)) return;
    }
  }

  /// The outcome whose probability varies most, where nothing else divides the plane.
  [[nodiscard]] std::string most_moved() const {
    std::string best;
    double most = 0.0;
    for (const auto& [name, value] : some_numbers(sweep_)) {
      if (!name.starts_with("outcomes.")) continue;
      double low = value, high = value;
      for (const SweepPoint& point : sweep_.points) {
        const double here = point.numbers.contains(name) ? point.numbers.at(name) : value;
        low = std::min(low, here);
        high = std::max(high, here);
      }
      if (best.empty() || high - low > most) {
        best = name;
        most = high - low;
      }
    }
    return best;
  }

  [[nodiscard]] std::pair<double, double> range_of_shade() const {
    if (shaded_.empty() || unit_of(shaded_) == "probability") return {0.0, 1.0};
    double low = INFINITY, high = -INFINITY;
    for (const SweepPoint& point : sweep_.points)
      if (const auto found = point.numbers.find(shaded_);
          found != point.numbers.end() && std::isfinite(found->second)) {
        low = std::min(low, found->second);
        high = std::max(high, found->second);
      }
    return low < high ? std::pair{low, high} : std::pair{low - 0.5, low + 0.5};
  }

  /// The part of the plane nearer to this point than to others.
  void cell(Svg& svg, const Frame& frame, std::size_t k, double least, double largest) const {
    const auto side = [&](std::size_t axis, double number) {
      const VariedParameter& varied = sweep_.vary[axis];
      if (varied.log_scale) {
        const double factor = std::pow(varied.high / varied.low, 0.5 / (varied.points - 1));
        return std::pair{std::max(varied.low, number / factor),
                         std::min(varied.high, number * factor)};
      }
      const double half = (varied.high - varied.low) / (varied.points - 1) / 2;
      return std::pair{std::max(varied.low, number - half), std::min(varied.high, number + half)};
    };
    if (!sweep_.points[k].failure.empty()) return;  // the paper shows where there is no answer
    const auto [x0, x1] = side(0, sweep_.points[k].at[0]);
    const auto [y0, y1] = side(1, sweep_.points[k].at[1]);
    const double w = frame.x(x1) - frame.x(x0), h = frame.y(y0) - frame.y(y1);
    if (shaded_.empty()) {
      svg.box({frame.x(x0), frame.y(y1)}, w, h, fmt::format("f{}", region_[k] % Svg::series));
      return;
    }
    const auto found = sweep_.points[k].numbers.find(shaded_);
    if (found == sweep_.points[k].numbers.end() || !std::isfinite(found->second)) return;
    const double share = std::clamp((found->second - least) / (largest - least), 0.0, 1.0);
    svg.box({frame.x(x0), frame.y(y1)}, w, h, "shade", 0.04 + 0.8 * share);
  }

  void legend(Svg& svg, double top, double least, double largest) const {
    const double x = left + plot_width + 18;
    double y = top + 8;
    constexpr std::size_t key_width = 32;
    const auto words = [&](const std::string& text) {
      for (const std::string& line : lines_of(text, key_width)) {
        svg.text({x + 35, y + 4}, "start", "tick", line);
        y += line_height;
      }
      y += 6;
    };
    if (shaded_.empty()) {
      for (std::size_t r = 0; r < names_.size(); ++r) {
        svg.box({x, y - 7}, 28, 14, fmt::format("f{}", r % Svg::series));
        words(names_[r]);
      }
    } else {
      words(fmt::format("{} ({})", shaded_, unit_of(shaded_)));
      constexpr int steps = 5;
      for (int k = steps; k >= 0; --k) {
        const double share = static_cast<double>(k) / steps;
        svg.box({x, y - 7}, 28, 14, "shade", 0.04 + 0.8 * share);
        svg.text({x + 35, y + 4}, "start", "tick",
                 number_text(least + share * (largest - least), 3));
        y += line_height;
      }
      y += 6;
    }
    if (!sweep_.switches.empty()) {
      svg.circle({x + 14, y}, 2.2, "dot");
      words("computed: something else is most probable");
    }
    if (!figure_.thresholds.empty()) {
      svg.line({x, y}, {x + 28, y}, "rule");
      words("published threshold");
    }
  }

  const Sweep& sweep_;
  const SweepFigure& figure_;
  std::vector<std::string> names_;
  std::vector<std::size_t> region_;  ///< [point]
  std::string shaded_;               ///< the number that shades the plane; empty: regions
};

}  // namespace

std::string sweep_svg(const Sweep& sweep, const SweepFigure& figure) {
  MELIAN_EXPECT(!sweep.points.empty() && !sweep.cancelled,
                "a figure is drawn of a sweep that was finished");
  return sweep.vary.size() == 1 ? Curves(sweep, figure).text() : Regions(sweep, figure).text();
}

}  // namespace melian
