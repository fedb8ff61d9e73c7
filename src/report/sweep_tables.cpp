/// Comparative statics as CSV, JSON and words.

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <limits>
#include <optional>
#include <string_view>

#include <fmt/core.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "melian/figures.h"

namespace melian {
namespace {

/// "outcome: war gives way to settlement", "first demand of A jumps".
std::string switch_words(const SweepSwitch& one) {
  return one.subject == "outcome"
             ? fmt::format("most probable outcome: {} gives way to {}", one.from, one.to)
             : fmt::format("most probable at first, {}: {} gives way to {}", one.subject, one.from,
                           one.to);
}

/// Over two parameters: which boundaries there are, and by how many places each is marked.
std::vector<std::string> boundaries(const Sweep& sweep) {
  std::vector<std::pair<std::string, int>> counted;
  for (const SweepSwitch& one : sweep.switches) {
    const auto found =
        std::ranges::find(counted, switch_words(one), &std::pair<std::string, int>::first);
    if (found == counted.end())
      counted.emplace_back(switch_words(one), 1);
    else
      ++found->second;
  }
  std::ranges::stable_sort(counted, std::greater<>(), &std::pair<std::string, int>::second);
  std::vector<std::string> out;
  constexpr std::size_t most = 6;
  for (const auto& [words, places] : counted) {
    if (out.size() == most) {
      out.push_back(fmt::format("computed: {} further kinds of boundary", counted.size() - most));
      break;
    }
    out.push_back(
        fmt::format("computed, at {} {}: {}", places, places == 1 ? "place" : "places", words));
  }
  return out;
}

}  // namespace

std::string unit_of(const std::string& number) {
  const auto is = [&](std::string_view start) { return number.starts_with(start); };
  if (is("outcomes.") || is("start.")) return "probability";
  if (is("values.")) return "payoff units";
  if (is("rounds."))
    return number == "rounds.mean" ? "rounds" : "probability";  // that play ends in round n
  if (is("information.")) return "bits";
  if (is("offers.") || is("choices."))
    return number.ends_with(".accepted") ? "probability" : "offer";
  return "expected number";
}

std::vector<DrawnThreshold> drawn_thresholds(const std::vector<Threshold>& thresholds,
                                             const Model& model, const SweepOptions& asked) {
  constexpr int curve_points = 60;
  std::vector<DrawnThreshold> out;
  for (const Threshold& threshold : thresholds) {
    const auto found = std::ranges::find(asked.vary, threshold.parameter, &VariedParameter::name);
    if (found == asked.vary.end()) continue;
    DrawnThreshold drawn{
        threshold.what, threshold.source, static_cast<std::size_t>(found - asked.vary.begin()), {}};
    const auto add = [&](const Settings& settings, double other) {
      const Result<double> number = threshold_value(threshold, model, settings);
      if (number && *number >= found->low && *number <= found->high)
        drawn.points.emplace_back(*number, other);
    };
    if (asked.vary.size() == 1) {
      add(asked.settings, 0.0);
    } else {
      const VariedParameter& other = asked.vary[1 - drawn.axis];
      for (int k = 0; k <= curve_points; ++k) {
        Settings settings = asked.settings;
        const double number = other.low + (other.high - other.low) * k / curve_points;
        settings[other.name] = number;
        add(settings, number);
      }
    }
    if (!drawn.points.empty()) out.push_back(std::move(drawn));
  }
  return out;
}

/// Digits of a place: all but the last, in which steps along a range leave round-off
/// ("0.15000000000000002").
constexpr int place_digits = 15;

namespace {

std::string csv_number(double number) { return std::isfinite(number) ? number_text(number) : "NA"; }

std::string csv_text(const std::string& text) {
  if (text.find_first_of(",\"\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c == '\n' ? ' ' : c;
  }
  return out + "\"";
}

/// The cells of one line; nothing where quotes do not close.
std::optional<std::vector<std::string>> csv_cells(std::string_view line) {
  std::vector<std::string> out(1);
  bool quoted = false;
  for (std::size_t k = 0; k < line.size(); ++k) {
    const char c = line[k];
    if (quoted && c == '"' && k + 1 < line.size() && line[k + 1] == '"')
      out.back() += '"', ++k;
    else if (c == '"')
      quoted = !quoted;
    else if (c == ',' && !quoted)
      out.emplace_back();
    else
      out.back() += c;
  }
  return quoted ? std::nullopt : std::optional(std::move(out));
}

std::optional<double> number_of(const std::string& text) {
  if (text == "NA") return std::numeric_limits<double>::quiet_NaN();
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_number =
      error == std::errc() && end == text.data() + text.size() && std::isfinite(number);
  return is_number ? std::optional(number) : std::nullopt;
}

std::string place_text(const std::vector<double>& at) {
  std::string out;
  for (const double number : at) out += number_text(number, place_digits) + ",";
  return out;
}

}  // namespace

std::string sweep_csv_head(const std::vector<VariedParameter>& vary) {
  std::string out;
  for (const VariedParameter& varied : vary) out += varied.name + ",";
  return out + "number,value,grid_error,certified,reason\n";
}

std::string sweep_csv_rows(const SweepPoint& point) {
  const std::string place = place_text(point.at);
  if (point.numbers.empty())
    return fmt::format("{}NA,NA,NA,0,{}\n", place,
                       csv_text(!point.failure.empty()  ? point.failure
                                : point.why_not.empty() ? ""
                                                        : point.why_not.front()));
  const std::string reason =
      point.holds ? "NA" : csv_text(point.why_not.empty() ? "" : point.why_not.front());
  std::string out;
  for (const auto& [name, value] : point.numbers) {
    const auto error = point.grid_error.find(name);
    out += fmt::format("{}{},{},{},{},{}\n", place, csv_text(name), csv_number(value),
                       error == point.grid_error.end() ? "NA" : csv_number(error->second),
                       point.holds ? 1 : 0, reason);
  }
  return out;
}

std::string sweep_csv(const Sweep& sweep) {
  std::string out = sweep_csv_head(sweep.vary);
  for (const SweepPoint& point : sweep.points)
    if (point.finished) out += sweep_csv_rows(point);
  return out;
}

Result<std::map<std::size_t, SweepPoint>> read_sweep_csv(const std::string& text,
                                                         const std::vector<VariedParameter>& vary) {
  const auto refuse = [](const std::string& why) {
    return std::unexpected(Diagnostics{placeless(
        other_sweep_code, fmt::format("the rows to go on from are of another sweep: {}", why),
        "repeat the command that wrote them, with `--resume` and the file")});
  };
  std::map<std::string, std::size_t> index;
  std::vector<double> where(vary.size());
  const int columns = vary.size() == 2 ? vary[1].points : 1;
  for (int k = 0; k < vary.front().points * columns; ++k) {
    where[0] = vary[0].at(k / columns);
    if (vary.size() == 2) where[1] = vary[1].at(k % columns);
    index.emplace(place_text(where), static_cast<std::size_t>(k));
  }
  const std::string head = sweep_csv_head(vary);
  if (text.size() < head.size() && head.starts_with(text))
    return std::map<std::size_t, SweepPoint>{};  // stopped before the first point
  if (!text.starts_with(head))
    return refuse(fmt::format("they begin with `{}`, not with `{}`",
                              text.substr(0, std::min<std::size_t>(text.find('\n'), 80)),
                              head.substr(0, head.size() - 1)));
  std::map<std::size_t, SweepPoint> out;
  std::optional<std::size_t> last;
  const std::size_t last_whole_line = text.rfind('\n');
  for (std::size_t begin = head.size(); begin <= last_whole_line;) {
    const std::size_t end = text.find('\n', begin);
    const auto cells = csv_cells(std::string_view(text).substr(begin, end - begin));
    begin = end + 1;
    if (!cells || cells->size() != vary.size() + 5) return refuse("a row has other columns");
    std::string place;
    for (std::size_t a = 0; a < vary.size(); ++a) place += (*cells)[a] + ",";
    const auto found = index.find(place);
    if (found == index.end())
      return refuse(fmt::format("the point {} is not among the {}",
                                place.substr(0, place.size() - 1), index.size()));
    last = found->second;
    const std::string* cell = &(*cells)[vary.size()];
    const auto value = number_of(cell[1]), error = number_of(cell[2]);
    if (!value || !error) return refuse("a row has no number where one is expected");
    if (cell[3] != "0" && cell[3] != "1") return refuse("a row is neither certified nor not");
    if (cell[0] == "NA") continue;
    const auto [place_of_point, first_row] = out.try_emplace(*last);
    SweepPoint& point = place_of_point->second;
    const bool holds = cell[3] == "1";
    const std::vector<std::string> why_not =
        holds ? std::vector<std::string>{} : std::vector<std::string>{cell[4]};
    if (!first_row && (holds != point.holds || why_not != point.why_not))
      return refuse("the rows of a point differ in whether it is certified, or why not");
    point.finished = true;
    point.holds = holds;
    point.why_not = why_not;
    if (!point.numbers.emplace(cell[0], *value).second)
      return refuse(fmt::format("a point has two numbers for {}", cell[0]));
    if (cell[2] != "NA") point.grid_error[cell[0]] = *error;
  }
  if (last) out.erase(*last);  // it may have been cut short
  return out;
}

std::string sweep_json(const Sweep& sweep, const SweepFigure& figure) {
  using Json = nlohmann::ordered_json;
  Json document{{"schema", "melian.sweep/1"},
                {"model", figure.title},
                {"source", figure.source},
                {"fixed", figure.fixed},
                {"vary", Json::array()}};
  for (const VariedParameter& varied : sweep.vary)
    document["vary"].push_back({{"parameter", varied.name},
                                {"low", varied.low},
                                {"high", varied.high},
                                {"points", varied.points},
                                {"scale", varied.log_scale ? "log" : "linear"}});
  document["points"] = Json::array();
  for (const SweepPoint& point : sweep.points) {
    if (!point.finished) continue;
    Json numbers = Json::object();
    for (const auto& [name, value] : point.numbers) {
      const auto error = point.grid_error.find(name);
      numbers[name] =
          Json{{"value", std::isfinite(value) ? Json(value) : Json()},
               {"grid_error", error == point.grid_error.end() ? Json() : Json(error->second)},
               {"unit", unit_of(name)}};
    }
    Json probable = Json::object();
    for (const MostProbable& one : point.most_probable) probable[one.subject] = one.what;
    document["points"].push_back(
        {{"at", point.at},
         {"numbers", numbers},
         {"most_probable", probable},
         {"certified", point.holds},
         {"why_not", point.why_not},
         {"failure", point.failure.empty() ? Json() : Json(point.failure)}});
  }
  document["complete"] = std::ranges::all_of(sweep.points, &SweepPoint::finished);
  document["switches"] = Json::array();
  for (const SweepSwitch& one : sweep.switches)
    document["switches"].push_back({{"along", sweep.vary[static_cast<std::size_t>(one.axis)].name},
                                    {"at", one.at},
                                    {"half_width", one.half_width},
                                    {"subject", one.subject},
                                    {"from", one.from},
                                    {"to", one.to}});
  document["thresholds"] = Json::array();
  for (const DrawnThreshold& one : figure.thresholds) {
    Json points = Json::array();
    for (const auto& [number, other] : one.points)
      points.push_back(sweep.vary.size() == 1 ? Json{number} : Json{number, other});
    document["thresholds"].push_back({{"parameter", sweep.vary[one.axis].name},
                                      {"what", one.what},
                                      {"source", one.source},
                                      {"points", points}});
  }
  document["cost"] = Json{{"points", sweep.cost.points},
                          {"games_built", sweep.cost.structures},
                          {"decisions", sweep.cost.decisions},
                          {"further_solves", sweep.further_solves}};
  return document.dump(1) + "\n";
}

std::vector<std::string> sweep_words(const Sweep& sweep, const SweepFigure& figure) {
  constexpr std::size_t most = 12;
  std::vector<std::string> out;
  if (sweep.vary.size() == 2) out = boundaries(sweep);
  for (const SweepSwitch& one : sweep.switches) {
    if (sweep.vary.size() == 2) break;
    if (out.size() == most) {
      out.push_back(fmt::format("computed: {} further places", sweep.switches.size() - most));
      break;
    }
    const auto axis = static_cast<std::size_t>(one.axis);
    const std::string place =
        fmt::format("{} = {} ± {}", sweep.vary[axis].name, number_text(one.at[axis], 5),
                    number_text(one.half_width, 1));
    out.push_back(fmt::format("computed: at {} {}", place, switch_words(one)));
  }
  for (const DrawnThreshold& one : figure.thresholds) {
    const std::string place = sweep.vary.size() == 1
                                  ? fmt::format("{} = {}", sweep.vary[one.axis].name,
                                                number_text(one.points.front().first, 5))
                                  : fmt::format("a curve of {}", sweep.vary[one.axis].name);
    out.push_back(fmt::format("published: {}, {} ({})", place, one.what, one.source));
  }
  return out;
}

}  // namespace melian
