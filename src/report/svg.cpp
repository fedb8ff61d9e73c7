#include "report/svg.h"

#include <algorithm>
#include <cmath>

#include <fmt/core.h>

namespace melian {
namespace {

/// Okabe and Ito's palette, lighter on dark paper; dashes tell lines apart without colour.
constexpr const char* style = R"(<style>
.paper{fill:#ffffff}text{font-family:system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif;font-size:12px;fill:#1a1a1a}
.title{font-size:15px;font-weight:600}.small{font-size:11px;fill:#444444}.tick{font-size:11px}
.axis,.edge{stroke:#1a1a1a;stroke-width:1;fill:none}.grid{stroke:#d9d9d9;stroke-width:.7;fill:none}
.strong{stroke-width:2.8}.rule{stroke:#5b5b5b;stroke-width:1.3;stroke-dasharray:6 4;fill:none}.mark{stroke:#b3261e;stroke-width:1.3;fill:none}.dot{fill:#b3261e;stroke:none}
.node{fill:#ffffff;stroke:#1a1a1a;stroke-width:1.2}.chance{fill:#ffffff;stroke:#1a1a1a;stroke-width:1.2}.end{fill:#1a1a1a;stroke:none}
.halo{paint-order:stroke;stroke:#ffffff;stroke-width:3.5px;stroke-linejoin:round}
polyline{stroke-linejoin:round;stroke-linecap:round}
.s0,.s1,.s2,.s3,.s4,.s5,.s6,.s7{stroke-width:2;fill:none}
.s0{stroke:#0072b2}.s1{stroke:#d55e00;stroke-dasharray:8 3}.s2{stroke:#007a5a;stroke-dasharray:2 3}.s3{stroke:#a0508a;stroke-dasharray:10 3 2 3}
.s4{stroke:#8a6d00}.s5{stroke:#2f7fb5;stroke-dasharray:5 5}.s6{stroke:#5b5b5b;stroke-dasharray:1 4}.s7{stroke:#1a1a1a;stroke-dasharray:12 4}
.f0{fill:#9cc9e6}.f1{fill:#f2b48a}.f2{fill:#9ad6c1}.f3{fill:#dcb3cd}.f4{fill:#ead98b}.f5{fill:#c5dff0}.f6{fill:#cfcfcf}.f7{fill:#efefef}.shade{fill:#0072b2}rect{shape-rendering:crispEdges}
@media (prefers-color-scheme:dark){
.paper{fill:#16181c}.halo{stroke:#16181c}text{fill:#ececec}.small{fill:#bdbdbd}.axis,.edge{stroke:#ececec}.grid{stroke:#3a3d43}.rule{stroke:#b5b5b5}.mark{stroke:#ff8a80}.dot{fill:#ff8a80}
.node,.chance{fill:#16181c;stroke:#ececec}.end{fill:#ececec}
.s0{stroke:#56b4e9}.s1{stroke:#ff9d5c}.s2{stroke:#3fd1a4}.s3{stroke:#e39bce}.s4{stroke:#f0e442}.s5{stroke:#9cd3f5}.s6{stroke:#bdbdbd}.s7{stroke:#ececec}
.f0{fill:#1f4e6b}.f1{fill:#7a4218}.f2{fill:#155c47}.f3{fill:#62385a}.f4{fill:#5f5418}.f5{fill:#2d4a5c}.f6{fill:#4a4a4a}.f7{fill:#2a2d32}.shade{fill:#56b4e9}}
</style>
)";

std::string number(double x) { return fmt::format("{:.2f}", std::abs(x) < 0.005 ? 0.0 : x); }

}  // namespace

Svg::Svg(double width, double height, std::string title, std::string description)
    : width_(width),
      height_(height),
      title_(std::move(title)),
      description_(std::move(description)) {}

void Svg::line(SvgPoint from, SvgPoint to, const std::string& classes) {
  body_ +=
      fmt::format("<line class=\"{}\" x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"/>\n", classes,
                  number(from.first), number(from.second), number(to.first), number(to.second));
}

void Svg::polyline(const std::vector<SvgPoint>& points, const std::string& classes) {
  std::string path;
  for (const SvgPoint& point : points)
    path += (path.empty() ? "" : " ") + number(point.first) + "," + number(point.second);
  body_ += fmt::format("<polyline class=\"{}\" points=\"{}\"/>\n", classes, path);
}

void Svg::box(SvgPoint corner, double width, double height, const std::string& classes,
              double opacity) {
  body_ += fmt::format("<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"", classes,
                       number(corner.first), number(corner.second), number(width), number(height));
  body_ += opacity < 1.0 ? fmt::format(" fill-opacity=\"{:.3f}\"/>\n", opacity) : "/>\n";
}

void Svg::circle(SvgPoint centre, double radius, const std::string& classes) {
  body_ += fmt::format("<circle class=\"{}\" cx=\"{}\" cy=\"{}\" r=\"{}\"/>\n", classes,
                       number(centre.first), number(centre.second), number(radius));
}

void Svg::text(SvgPoint place, const std::string& anchor, const std::string& classes,
               const std::string& content, double turn) {
  const std::string turned = turn == 0.0 ? ""
                                         : fmt::format(" transform=\"rotate({:.0f} {} {})\"", turn,
                                                       number(place.first), number(place.second));
  body_ +=
      fmt::format("<text class=\"{}\" x=\"{}\" y=\"{}\" text-anchor=\"{}\"{}>{}</text>\n", classes,
                  number(place.first), number(place.second), anchor, turned, xml_escaped(content));
}

std::string Svg::finished() const {
  std::string out = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} "
      "{1}\" role=\"img\">\n<title>{2}</title>\n<desc>{3}</desc>\n",
      number(width_), number(height_), xml_escaped(title_), xml_escaped(description_));
  out += style;
  out += fmt::format("<rect class=\"paper\" width=\"{}\" height=\"{}\"/>\n", number(width_),
                     number(height_));
  return out + body_ + "</svg>\n";
}

double ems_of(std::string_view text) {
  constexpr double narrow = 0.4, ordinary = 0.63, wide = 1.0, capital = 0.78;
  double out = 0.0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0U) == 0x80U) continue;  // inside a character
    if (byte >= 0xE3U || std::string_view("mwMW%@").find(c) != std::string_view::npos)
      out += wide;  // from U+3000 on: as wide as high
    else if (std::string_view(" iljtfI.,:;'|![]()-").find(c) != std::string_view::npos)
      out += narrow;
    else
      out += c >= 'A' && c <= 'Z' ? capital : ordinary;
  }
  return out;
}

std::string xml_escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else
      out += c;
  }
  return out;
}

std::vector<double> ticks(double low, double high, int wanted) {
  if (!(low < high)) return {low};
  const double rough = (high - low) / std::max(1, wanted),
               power = std::pow(10.0, std::floor(std::log10(rough))), scaled = rough / power;
  const double step = power * (scaled <= 1.0   ? 1.0
                               : scaled <= 2.0 ? 2.0
                               : scaled <= 5.0 ? 5.0
                                               : 10.0);
  constexpr double slack = 1e-9;  // of a step: ends that are round numbers belong
  std::vector<double> out;
  for (double k = std::ceil(low / step - slack); k * step <= high + slack * step; ++k)
    out.push_back(k * step);
  return out;
}

std::vector<std::string> lines_of(const std::string& text, std::size_t width) {
  std::vector<std::string> lines;
  std::string current;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string word = text.substr(at, end - at);
    if (!current.empty() && current.size() + 1 + word.size() > width) {
      lines.push_back(current);
      current.clear();
    }
    current += (current.empty() ? "" : " ") + word;
    at = end + 1;
  }
  if (!current.empty()) lines.push_back(current);
  return lines;
}

}  // namespace melian
