#include "report/study_worlds_words.h"

#include <algorithm>
#include <cmath>

#include <fmt/core.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "report/table.h"
#include "report/words.h"

namespace melian {
namespace {

using Json = nlohmann::ordered_json;

/// The report's page draws the same lines: an effect this far from nought decides something, and
/// two are told.
constexpr double effect_worth_telling = 0.05;
constexpr std::size_t deciders_told = 2;
/// From this share on a claim, or its opposite, holds nearly everywhere.
constexpr double nearly_all = 0.9;
/// A side of a box this near the end of the plausible range, as a share of the range, cuts nothing
/// off.
constexpr double cuts_nothing_off = 0.01;

/// Whether the claim, or its opposite, holds nearly everywhere, worlds counting alike and weighed
/// in every way there is: then nothing decides it.
bool is_settled(double share, double opposite, const Json& weighted) {
  const auto nearly_everywhere = [&](double alike, auto of_weight) {
    return alike >= nearly_all && std::ranges::all_of(weighted, [&](const Json& weight) {
             return of_weight(weight) >= nearly_all;
           });
  };
  const auto holds = [](const Json& weight) { return weight.value("share", 0.0); };
  const auto fails = [&](const Json& weight) {
    return 1.0 - holds(weight) - weight.value("undecided_share", 0.0);
  };
  return nearly_everywhere(share, holds) || nearly_everywhere(opposite, fails);
}

struct Row {
  double share = 0.0, low = 0.0, high = 1.0;
  double opposite = 0.0, undecided = 0.0;
};

/// Shares of all worlds; one that could not be solved decides nothing.
Row row_of(const Json& worlds) {
  Row row;
  row.share = worlds.value("share", 0.0);
  row.low = worlds["interval"][0].get<double>();
  row.high = worlds["interval"][1].get<double>();
  const double all = worlds.value("solved", 0.0) + worlds.value("failed", 0.0);
  row.opposite = all > 0.0 ? worlds.value("fails", 0.0) / all : 0.0;
  row.undecided = std::max(0.0, 1.0 - row.share - row.opposite);
  return row;
}

std::string with_interval(double share, double low, double high) {
  return fmt::format("{:.0f}% ({:.0f} to {:.0f})", 100.0 * share, 100.0 * low, 100.0 * high);
}

std::vector<std::string> weights_of(const Json& results) {
  std::vector<std::string> ids;
  for (const Json& weight : results["worlds"].value("weights", Json::array()))
    ids.push_back(weight["id"].get<std::string>());
  return ids;
}

std::string deciders(const Json& claim) {
  std::vector<std::pair<double, std::string>> told;
  for (const Json& effect : claim.value("decided_by", Json::array()))
    if (effect["interval"][0].get<double>() > effect_worth_telling)
      told.emplace_back(effect["total_effect"].get<double>(),
                        effect["parameter"].get<std::string>());
  std::ranges::stable_sort(told, [](const auto& a, const auto& b) { return a.first > b.first; });
  std::string out;
  for (std::size_t k = 0; k < std::min(told.size(), deciders_told); ++k)
    out += (k > 0 ? ", " : "") + told[k].second;
  return out;
}

/// "cost is below 0.4"; empty where the side cuts nothing off the plausible range.
std::string side_words(const Json& results, const std::string& name, double low, double high) {
  for (const Json& varied : results["worlds"].value("varied", Json::array())) {
    if (varied["parameter"] != name) continue;
    const double from = varied["lo"], to = varied["hi"], slack = cuts_nothing_off * (to - from);
    const bool below = high<to - slack, above = low> from + slack;
    if (below && above) return fmt::format("{} lies between {:.2g} and {:.2g}", name, low, high);
    if (below) return fmt::format("{} is below {:.2g}", name, high);
    return above ? fmt::format("{} is above {:.2g}", name, low) : "";
  }
  return fmt::format("{} lies between {:.2g} and {:.2g}", name, low, high);
}

std::string box_words(const Json& results, const Json& claim) {
  if (!claim.contains("box") || claim["box"].is_null()) return "";
  const Json& box = claim["box"];
  std::vector<std::string> sides;
  for (const auto& [name, range] : box["parameters"].items()) {
    std::string side = side_words(results, name, range[0], range[1]);
    if (!side.empty()) sides.push_back(std::move(side));
  }
  if (sides.empty()) return "";
  const std::string verb = box.value("of", "holds");
  return fmt::format(
      "{} {} mostly where {}: {} of the worlds in which it {} lie there, and it {} in {} of the "
      "worlds that lie there.",
      claim.value("id", ""), verb, fmt::join(sides, " and "), percent(box["coverage"]), verb, verb,
      percent(box["density"]));
}

/// How many worlds could not be solved, and why: a line for each of the most frequent reasons.
std::string failures_words(const Json& worlds, const TextStyle& inner) {
  constexpr std::size_t shown = 3;
  std::string out;
  const auto tell = [&](const std::string& what, const Json& failures) {
    if (!failures.is_array() || failures.empty()) return;
    double all = 0.0;
    for (const Json& failure : failures) all += failure.value("worlds", 0.0);
    std::string words = fmt::format("{} {}:", grouped(std::llround(all)), what);
    for (std::size_t k = 0; k < std::min(shown, failures.size()); ++k)
      words += fmt::format("{} {} ({})", k > 0 ? ";" : "", failures[k].value("why", ""),
                           grouped(std::llround(failures[k].value("worlds", 0.0))));
    if (failures.size() > shown)
      words += fmt::format("; and {} more reasons in results.json", failures.size() - shown);
    out += "  " + wrap(words, inner, 4) + "\n";
  };
  tell(fmt::format("of {} worlds could not be solved",
                   grouped(std::llround(worlds.value("number", 0.0)))),
       worlds.value("failures", Json::array()));
  const Json checked = worlds.value("checked", Json::object());
  tell(fmt::format("of {} worlds checked on a finer grid have no solution there",
                   grouped(std::llround(checked.value("worlds", 0.0)))),
       checked.value("failures", Json::array()));
  return out;
}

}  // namespace

std::string worlds_words(const Json& results, const TextStyle& style) {
  if (!results.contains("worlds") || results["worlds"].is_null() || !results.contains("claims"))
    return "";
  const std::vector<std::string> weights = weights_of(results);
  const double number = results["worlds"].value("number", 0.0);
  std::vector<std::string> header{"claim", "holds", "opposite", "open"};
  for (std::size_t w = 0; w < weights.size(); ++w) header.push_back(fmt::format("by [{}]", w + 1));
  Table table(std::move(header));
  std::vector<std::size_t> numbers;
  for (std::size_t c = 1; c < 4 + weights.size(); ++c) numbers.push_back(c);
  table.align_right(numbers);
  const TextStyle inner{style.colour, style.width - 2};
  std::string decided, boxes;
  for (const Json& claim : results["claims"]) {
    if (!claim.contains("worlds") || claim["worlds"].is_null()) continue;
    const Row row = row_of(claim["worlds"]);
    std::vector<std::string> cells{
        fmt::format("{} {}", claim.value("id", ""), claim.value("text", "")),
        with_interval(row.share, row.low, row.high),
        with_interval(row.opposite, 1.0 - row.high, 1.0 - row.low), percent(row.undecided)};
    const Json weighted = claim["worlds"].value("weighted", Json::object());
    for (const std::string& id : weights)
      cells.push_back(weighted.contains(id) ? percent(weighted[id]["share"]) : "");
    table.add(std::move(cells));
    const std::string by = deciders(claim), box = box_words(results, claim);
    if (!by.empty() && !is_settled(row.share, row.opposite, weighted))
      decided +=
          "  " +
          wrap(fmt::format("{} is decided mostly by {}", claim.value("id", ""), by), inner, 4) +
          "\n";
    if (!box.empty()) boxes += "  " + wrap(box, inner, 4) + "\n";
  }
  if (table.empty()) return "";
  std::string out = "\n" +
                    paint(style, "1",
                          fmt::format("in how many of {} plausible worlds",
                                      grouped(static_cast<long long>(number)))) +
                    "\n" + table.text(style);
  out += "  " +
         wrap(
             "holds, opposite: shares of worlds, in which a claim or its opposite holds; their 95 "
             "% intervals reach as far as what is open, that is, undecided "
             "or not solved.",
             inner, 2) +
         "\n";
  out += failures_words(results["worlds"], inner);
  const Json effective = results["worlds"].value("effective_number", Json::object());
  for (std::size_t w = 0; w < weights.size(); ++w) {
    const std::string worth =
        effective.contains(weights[w])
            ? fmt::format(" (worth {} that count alike)",
                          grouped(std::llround(effective[weights[w]].get<double>())))
            : "";
    out += "  " +
           wrap(fmt::format("by [{}]: holds, likelier worlds counting more: {}{}", w + 1,
                            weights[w], worth),
                inner, 4) +
           "\n";
  }
  if (!decided.empty()) out += "\n" + paint(style, "1", "what decides") + "\n" + decided + boxes;
  return out;
}

}  // namespace melian
