/// Comparative statics as CSV, JSON and words.

#include <algorithm>
#include <cmath>
#include <functional>

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

std::string sweep_csv(const Sweep& sweep) {
  std::string out;
  for (const VariedParameter& varied : sweep.vary) out += varied.name + ",";
  out += "number,value,grid_error,certified\n";
  for (const SweepPoint& point : sweep.points) {
    std::string place;
    for (const double number : point.at) place += number_text(number, place_digits) + ",";
    for (const auto& [name, value] : point.numbers) {
      const auto error = point.grid_error.find(name);
      const std::string cell = name.find(',') == std::string::npos ? name : "\"" + name + "\"";
      out += fmt::format("{}{},{},{},{}\n", place, cell, number_text(value),
                         error == point.grid_error.end() ? "NA" : number_text(error->second),
                         point.holds ? 1 : 0);
    }
  }
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
                                {"points", varied.points}});
  document["points"] = Json::array();
  for (const SweepPoint& point : sweep.points) {
    Json numbers = Json::object();
    for (const auto& [name, value] : point.numbers) {
      const auto error = point.grid_error.find(name);
      numbers[name] =
          Json{{"value", value},
               {"grid_error", error == point.grid_error.end() ? Json() : Json(error->second)},
               {"unit", unit_of(name)}};
    }
    Json probable = Json::object();
    for (const MostProbable& one : point.most_probable) probable[one.subject] = one.what;
    document["points"].push_back({{"at", point.at},
                                  {"numbers", numbers},
                                  {"most_probable", probable},
                                  {"certified", point.holds},
                                  {"why_not", point.why_not}});
  }
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
