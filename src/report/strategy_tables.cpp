#include "melian/strategy_tables.h"

#include <algorithm>
#include <cmath>

#include <fmt/core.h>
#include <fmt/ranges.h>

#include "answer/answer_json.h"
#include "melian/manuscript.h"
#include "report/table.h"
#include "report/words.h"

namespace melian {
namespace {

using Json = nlohmann::ordered_json;
using Row = InformationSetRow;

std::string type_words(const std::string& type) { return type.empty() ? only_type : type; }

/// Actions by falling probability, those a type does not have left out.
std::vector<std::size_t> likeliest(const Row::OfType& own) {
  std::vector<std::size_t> out;
  for (std::size_t a = 0; a < own.probabilities.size(); ++a)
    if (!std::isnan(own.probabilities[a])) out.push_back(a);
  std::ranges::stable_sort(out, [&](std::size_t a, std::size_t b) {
    return own.probabilities[a] > own.probabilities[b];
  });
  return out;
}

/// "fight 0.9831, yield 0.0169"; the likeliest first where there are many.
std::string action_words(const Row& row, const Row::OfType& own, std::size_t most) {
  if (!own.possible) return "ruled out by the history";
  std::vector<std::size_t> order = likeliest(own);
  const std::size_t shown = std::min(most, order.size());
  double rest = 0.0;
  for (std::size_t k = shown; k < order.size(); ++k) rest += own.probabilities[order[k]];
  if (order.size() <= most) std::ranges::sort(order);  // few: as the model lists them
  std::vector<std::string> words;
  for (std::size_t k = 0; k < shown; ++k)
    words.push_back(
        fmt::format("{} {}", row.actions[order[k]], with_decimals(own.probabilities[order[k]])));
  if (shown < order.size())
    words.push_back(fmt::format("{} more {}", order.size() - shown, with_decimals(rest)));
  return fmt::format("{}", fmt::join(words, ", "));
}

/// Do beliefs about others hang on the mover's own type?
bool by_own_type(const StrategyList& list, const Row& row) {
  constexpr double round_off = 1e-9;
  for (const Row::OfType& own : row.types)
    for (std::size_t j = 0; j < own.beliefs.size(); ++j)
      for (std::size_t k = 0; k < own.beliefs[j].size(); ++k)
        if (own.possible && list.players[j].name != row.player &&
            std::abs(own.beliefs[j][k] - row.believed[j][k]) > round_off)
          return true;
  return false;
}

/// "A is tough 0.1000, weak 0.9000".
std::string belief_words(const StrategyList& list, const Row& row,
                         const std::vector<std::vector<double>>& beliefs) {
  std::vector<std::string> words;
  for (std::size_t j = 0; j < beliefs.size(); ++j) {
    const StrategyList::Named& about = list.players[j];
    if (about.types.size() < 2 || about.name == row.player) continue;
    std::vector<std::string> types;
    for (std::size_t k = 0; k < about.types.size(); ++k)
      types.push_back(fmt::format("{} {}", about.types[k], with_decimals(beliefs[j][k])));
    words.push_back(fmt::format("{} is {}", about.name, fmt::join(types, ", ")));
  }
  return fmt::format("{}", fmt::join(words, "; "));
}

std::string steps_words(const std::vector<HistoryStep>& steps) {
  std::vector<std::string> words;
  for (const HistoryStep& step : steps)
    words.push_back(step.by_name ? step.move + " " + step.action : step.action);
  return fmt::format("{}", fmt::join(words, ", "));
}

/// Beliefs over the nodes of an information set of an `.efg`.
std::string node_words(const Row& row, std::size_t most) {
  std::vector<const Row::Node*> order;
  for (const Row::Node& node : row.nodes) order.push_back(&node);
  std::ranges::stable_sort(order,
                           [](const auto* a, const auto* b) { return a->belief > b->belief; });
  std::vector<std::string> words;
  for (std::size_t k = 0; k < std::min(most, order.size()); ++k)
    words.push_back(
        fmt::format("{} {}", steps_words(order[k]->unseen), with_decimals(order[k]->belief)));
  if (order.size() > most) words.push_back(fmt::format("{} more", order.size() - most));
  return fmt::format("{}", fmt::join(words, "; "));
}

std::string place_words(const Row& row) {
  return (row.round > 0 ? fmt::format("round {}: ", row.round) : "") + row.player + ", " +
         row.label;
}

/// What a walk left out, and how to see it.
std::vector<std::string> left_out_words(const StrategyList& list) {
  std::vector<std::string> out;
  const std::size_t folded = list.rows.size() - list.listed;
  if (folded > 0)
    out.push_back(fmt::format("{} reached with probability below {}. `--reached 0` lists them.",
                              counted(static_cast<long long>(folded), "more information set is",
                                      "more information sets are"),
                              number_text(list.on_path)));
  const HistoryCounts& counts = list.counts;
  if (counts.unlikely > 0)
    out.push_back(fmt::format(
        "Play was not followed to histories reached with probability below {} (in all {}). "
        "`--reached` lowers the limit.",
        number_text(list.limits.reached), number_text(counts.unlikely_reached, 2)));
  if (counts.late > 0)
    out.push_back(
        fmt::format("Play goes on after round {} with probability {}. `--rounds` lists "
                    "more rounds.",
                    list.limits.rounds, number_text(counts.late_reached, 3)));
  if (counts.crowded_out > 0)
    out.push_back(
        fmt::format("The list ends after {} public histories: later ones, reached with "
                    "probability {} in all, are left out. `--reached` or `--rounds` "
                    "makes it shorter.",
                    grouped(list.limits.most), number_text(counts.crowded_out_reached, 3)));
  return out;
}

}  // namespace

std::string strategies_text(const StrategyList& list, const TextStyle& style) {
  constexpr std::size_t most_actions = 6, most_nodes = 6;
  const TextStyle inner{style.colour, style.width - 4};
  std::string out = paint(style, "1", "Strategies and beliefs") + "\n";
  for (std::size_t r = 0; r < list.listed; ++r) {
    const Row& row = list.rows[r];
    out +=
        "\n  " + paint(style, "1", wrap(place_words(row), inner, 4)) + "\n    " +
        paint(style, "2", fmt::format("reached with probability {}", with_decimals(row.reached))) +
        "\n";
    const bool own_beliefs = by_own_type(list, row);
    for (const Row::OfType& own : row.types) {
      std::string words = own.type.empty() ? "" : own.type + ": ";
      words += action_words(row, own, most_actions);
      if (own.possible) words += "; value " + with_decimals(own.value);
      if (own.possible && own_beliefs)
        words += "; believes " + belief_words(list, row, own.beliefs);
      out += "    " + wrap(words, inner, 6) + "\n";
    }
    const std::string believed = own_beliefs         ? ""
                                 : row.nodes.empty() ? belief_words(list, row, row.believed)
                                                     : node_words(row, most_nodes);
    if (!believed.empty()) out += "    " + wrap("believes: " + believed, inner, 6) + "\n";
  }
  if (list.listed == 0)
    out += fmt::format("\n  no information set is reached with probability {} or more\n",
                       number_text(list.on_path));
  out += "\n";
  for (const std::string& words : left_out_words(list))
    out += "  " + paint(style, "2", wrap(words, {style.colour, style.width - 2}, 2)) + "\n";
  return out;
}

namespace {

/// Names that differ may be added without asking whether they are there.
Json::object_t::value_type field(std::string name, Json value) {
  return {std::move(name), std::move(value)};
}

Json steps_json(const std::vector<HistoryStep>& steps) {
  Json out = Json::array();
  for (const HistoryStep& step : steps) out.push_back({step.move, step.action});
  return out;
}

Json beliefs_json(const StrategyList& list, const std::vector<std::vector<double>>& beliefs,
                  const std::string& leave_out) {
  Json out = Json::object();
  for (std::size_t j = 0; j < beliefs.size(); ++j) {
    const StrategyList::Named& about = list.players[j];
    if (about.types.size() < 2 || about.name == leave_out) continue;
    Json types = Json::object();
    for (std::size_t k = 0; k < about.types.size(); ++k)
      types[about.types[k]] = json_number(beliefs[j][k]);
    out[about.name] = std::move(types);
  }
  return out;
}

Json probabilities_json(const Row& row, const Row::OfType& own) {
  Json out = Json::object();
  auto& fields = out.get_ref<Json::object_t&>();
  for (std::size_t a = 0; a < row.actions.size(); ++a)
    if (!std::isnan(own.probabilities[a]))
      fields.push_back(field(row.actions[a], json_number(own.probabilities[a])));
  return out;
}

Json row_json(const StrategyList& list, const Row& row) {
  Json out = {{"player", row.player}, {"label", row.label}};
  if (row.number > 0) {  // as sets of an .efg are listed elsewhere
    out["number"] = row.number;
    out["probabilities"] = probabilities_json(row, row.types.front());
  }
  out["move"] = row.move;
  if (row.round > 0) out["round"] = row.round;
  out["history"] = steps_json(row.history);
  out["reached"] = json_number(row.reached);
  out["on_path"] = row.reached >= list.on_path;
  Json types = Json::object(), values = Json::object(), by_type = Json::object();
  for (const Row::OfType& own : row.types) {
    const std::string type = type_words(own.type);
    types[type] = own.possible ? probabilities_json(row, own) : Json(nullptr);
    values[type] = own.possible ? json_number(own.value) : Json(nullptr);
    by_type[type] = own.possible ? beliefs_json(list, own.beliefs, row.player) : Json(nullptr);
  }
  out["types"] = std::move(types);
  out["beliefs"] = beliefs_json(list, row.believed, row.player);
  if (by_own_type(list, row)) out["beliefs_by_type"] = std::move(by_type);
  if (!row.analyst.empty()) out["analyst"] = beliefs_json(list, row.analyst, "");
  out["values"] = std::move(values);
  if (!row.nodes.empty()) {
    Json nodes = Json::array();
    for (const Row::Node& node : row.nodes)
      nodes.push_back({{"unseen", steps_json(node.unseen)}, {"belief", json_number(node.belief)}});
    out["nodes"] = std::move(nodes);
  }
  return out;
}

}  // namespace

std::string with_information_sets(const std::string& document, const StrategyList& list) {
  Json out = Json::parse(document);
  Json rows = Json::array();
  for (const Row& row : list.rows) rows.push_back(row_json(list, row));
  out["information_sets"] = std::move(rows);
  const HistoryCounts& counts = list.counts;
  out["information_sets_left_out"] = {
      {"reached_below", json_number(list.limits.reached)},
      {"unlikely", counts.unlikely},
      {"unlikely_reached", json_number(counts.unlikely_reached)},
      {"later_rounds", counts.late},
      {"later_rounds_reached", json_number(counts.late_reached)},
      {"beyond_limit", counts.crowded_out},
      {"beyond_limit_reached", json_number(counts.crowded_out_reached)}};
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

namespace {

/// RFC 4180: quoted where it must be.
std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + "\"";
}

std::string csv_number(double number) { return std::isfinite(number) ? number_text(number) : "NA"; }

}  // namespace

std::string strategies_csv(const StrategyList& list) {
  std::string out = "set,round,player,label,history,reached,type,quantity,about,name,number\n";
  for (std::size_t r = 0; r < list.rows.size(); ++r) {
    const Row& row = list.rows[r];
    const std::string place =
        fmt::format("{},{},{},{},{},{}", r + 1, row.round > 0 ? fmt::format("{}", row.round) : "NA",
                    csv_field(row.player), csv_field(row.label),
                    csv_field(steps_words(row.history)), csv_number(row.reached));
    const auto add = [&](const std::string& type, const char* quantity, const std::string& about,
                         const std::string& name, double number) {
      out += fmt::format("{},{},{},{},{},{}\n", place, csv_field(type), quantity, csv_field(about),
                         csv_field(name), csv_number(number));
    };
    for (const Row::OfType& own : row.types) {
      const std::string type = type_words(own.type);
      const double none = std::nan("");
      for (std::size_t a = 0; a < row.actions.size(); ++a)
        if (!std::isnan(own.probabilities[a]))
          add(type, "probability", row.move, row.actions[a],
              own.possible ? own.probabilities[a] : none);
      add(type, "value", row.player, "NA", own.possible ? own.value : none);
      for (std::size_t j = 0; j < own.beliefs.size(); ++j)
        for (std::size_t k = 0; k < list.players[j].types.size(); ++k)
          if (list.players[j].types.size() > 1 && list.players[j].name != row.player)
            add(type, "belief", list.players[j].name, list.players[j].types[k],
                own.possible ? own.beliefs[j][k] : none);
    }
    for (const Row::Node& node : row.nodes)
      add("NA", "belief", "node", steps_words(node.unseen), node.belief);
  }
  return out;
}

std::string strategies_latex(const StrategyList& list, const std::string& title) {
  constexpr std::size_t most_actions = 4, most_nodes = 4;
  constexpr int digits = 3;
  std::string out =
      "% Made by `melian solve --strategies --latex`; needs \\usepackage{booktabs,longtable}.\n"
      "\\begin{longtable}{@{}p{0.27\\linewidth}rp{0.36\\linewidth}rp{0.2\\linewidth}@{}}\n";
  out += fmt::format("\\caption{{Equilibrium of {}: strategies and beliefs.}}\\\\\n",
                     latex_escaped(title.empty() ? "the game" : title));
  out +=
      "\\toprule\nInformation set & Reached & Strategy & Value & Belief "
      "\\\\\n\\midrule\n\\endhead\n"
      "\\bottomrule\n\\endlastfoot\n";
  const auto number = [](double x) { return fmt::format("${}$", with_decimals(x, digits)); };
  for (std::size_t r = 0; r < list.listed; ++r) {
    const Row& row = list.rows[r];
    const bool own_beliefs = by_own_type(list, row);
    bool first = true;
    for (const Row::OfType& own : row.types) {
      if (!own.possible) continue;
      std::vector<std::size_t> order = likeliest(own);
      const std::size_t shown = std::min(most_actions, order.size());
      const std::size_t more = order.size() - shown;
      if (more == 0) std::ranges::sort(order);
      std::vector<std::string> actions;
      for (std::size_t k = 0; k < shown; ++k)
        actions.push_back(fmt::format("{} {}", latex_escaped(row.actions[order[k]]),
                                      number(own.probabilities[order[k]])));
      if (more > 0) actions.push_back(fmt::format("{} more", more));
      const std::string belief = own_beliefs         ? belief_words(list, row, own.beliefs)
                                 : !first            ? ""
                                 : row.nodes.empty() ? belief_words(list, row, row.believed)
                                                     : node_words(row, most_nodes);
      out += fmt::format("{} & {} & {}{} & {} & {} \\\\\n",
                         first ? latex_escaped(place_words(row)) : "",
                         first ? number(row.reached) : "",
                         own.type.empty() ? "" : "\\emph{" + latex_escaped(own.type) + "}: ",
                         fmt::join(actions, ", "), number(own.value), latex_escaped(belief));
      first = false;
    }
    if (r + 1 < list.listed) out += "\\addlinespace\n";
  }
  out += "\\end{longtable}\n";
  for (const std::string& words : left_out_words(list)) out += "% " + words + "\n";
  return out;
}

}  // namespace melian
