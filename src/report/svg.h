#pragma once
/// A small writer of SVG: lines, boxes, text, and a palette that follows the reader's light or dark
/// setting.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace melian {

using SvgPoint = std::pair<double, double>;

class Svg {
 public:
  Svg(double width, double height, std::string title, std::string description);

  /// Classes: "axis", "grid", "tick", "label", "small", "title", "rule" (thresholds), "mark"
  /// (switches), "edge", "node", "halo" (of words: lines end short of them), and "s0" ... "s7"
  /// (lines), "f0" ... "f7" (areas).
  void line(SvgPoint from, SvgPoint to, const std::string& classes);
  void polyline(const std::vector<SvgPoint>& points, const std::string& classes);
  void box(SvgPoint corner, double width, double height, const std::string& classes,
           double opacity = 1.0);
  void circle(SvgPoint centre, double radius, const std::string& classes);
  /// `anchor`: "start", "middle", "end". `turn`: degrees about the place.
  void text(SvgPoint place, const std::string& anchor, const std::string& classes,
            const std::string& content, double turn = 0.0);
  [[nodiscard]] std::string finished() const;

  static constexpr int series = 8;  ///< classes s0 ... s7

 private:
  double width_, height_;
  std::string title_, description_, body_;
};

/// How wide words are in a sans-serif face, in ems: an estimate from above, letter by letter.
[[nodiscard]] double ems_of(std::string_view text);

[[nodiscard]] std::string xml_escaped(const std::string& text);

/// Round numbers from `low` to `high`, about `wanted` of them.
[[nodiscard]] std::vector<double> ticks(double low, double high, int wanted = 5);

/// Words in lines of at most `width` characters.
[[nodiscard]] std::vector<std::string> lines_of(const std::string& text, std::size_t width);

}  // namespace melian
