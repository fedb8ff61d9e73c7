/// Information sets as JSON and as tidy CSV.

#include "melian/strategy_tables.h"

#include <algorithm>
#include <cmath>

#include <fmt/core.h>

#include "answer/answer_json.h"
#include "report/strategy_words.h"

namespace melian {
namespace {

using Json = nlohmann::ordered_json;
using Row = InformationSetRow;

std::string type_words(const std::string& type) { return type.empty() ? only_type : type; }

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
  if (!row.together.empty()) out["together_with"] = row.together;
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
  if (has_beliefs_by_type(list, row)) out["beliefs_by_type"] = std::move(by_type);
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

}  // namespace melian
