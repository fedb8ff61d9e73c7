/// Tables of information sets: text, JSON, CSV and LaTeX say the same, whatever names they carry.

#include <cmath>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "melian/strategy_tables.h"
#include "report/table.h"
#include "support/random_games.h"

using namespace melian;
using namespace melian::testing;

namespace {

/// RFC 4180, by itself.
std::vector<std::vector<std::string>> read_csv(const std::string& text) {
  std::vector<std::vector<std::string>> out(1, std::vector<std::string>(1));
  bool quoted = false;
  for (std::size_t k = 0; k < text.size(); ++k) {
    const char c = text[k];
    std::string& field = out.back().back();
    if (quoted && c == '"' && k + 1 < text.size() && text[k + 1] == '"')
      field += text[++k];
    else if (c == '"')
      quoted = !quoted;
    else if (c == ',' && !quoted)
      out.back().emplace_back();
    else if (c == '\n' && !quoted)
      out.emplace_back(1);
    else
      field += c;
  }
  out.pop_back();
  return out;
}

StrategyList list_of(std::uint64_t seed) {
  RandomGameOptions options;
  options.players = seed % 3 == 0 ? 3 : 2;
  options.levels = 2;
  options.together = seed % 4 == 0;
  options.guards = seed % 2 == 0;
  options.tied = seed % 5 == 0;
  const Game game = random_game(seed, options);
  const auto form = unroll(game, {.lambda = {}, .max_nodes = 4000});
  if (!form) return {};
  TreeOptions how;
  how.lambda = 1.5;
  const auto solution = solve_tree(*form, how);
  REQUIRE(solution.has_value());
  TreeStrategies source(game, *form, solution->log_strategy, Measure::cells);
  return list_strategies(game, source, {});
}

/// Names that every format has to escape, in one list.
StrategyList awkward() {
  const std::string name = "50% & \"more\", #1_a {x} \\ ~ ^ $ <b> é λ 和";
  StrategyList out;
  out.players = {{name, {name, "weak"}}, {"B", {}}};
  InformationSetRow row;
  row.player = "B";
  row.move = name;
  row.history = {{name, name, name, false}};
  row.label = history_label(row.move, row.history);
  row.reached = 0.5;
  row.actions = {name, "stay"};
  InformationSetRow::OfType own;
  own.probabilities = {0.25, 0.75};
  own.value = -0.00001;
  own.beliefs = {{0.1, 0.9}, {1.0}};
  row.types = {own};
  row.believed = row.analyst = own.beliefs;
  out.rows = {row};
  out.listed = 1;
  return out;
}

int count_of(const std::string& text, const std::string& part) {
  int out = 0;
  for (std::size_t k = text.find(part); k != std::string::npos; k = text.find(part, k + 1)) ++out;
  return out;
}

}  // namespace

TEST_CASE("strategies_csv: tidy, and the same numbers as the document") {
  int numbers = 0;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    CAPTURE(seed);
    const StrategyList list = list_of(seed);
    const auto rows = read_csv(strategies_csv(list));
    REQUIRE(rows.front() == std::vector<std::string>{"set", "round", "player", "label", "history",
                                                     "reached", "type", "quantity", "about", "name",
                                                     "number"});
    const nlohmann::ordered_json sets =
        nlohmann::ordered_json::parse(with_information_sets("{}", list)).at("information_sets");
    CHECK(sets.size() == list.rows.size());
    std::map<std::vector<std::string>, int> seen;
    for (std::size_t r = 1; r < rows.size(); ++r) {
      const auto& row = rows[r];
      REQUIRE(row.size() == rows.front().size());
      CHECK(++seen[{row[0], row[6], row[7], row[8], row[9]}] == 1);
      const auto& set = sets.at(std::stoul(row[0]) - 1);
      CHECK(set.at("label") == row[3]);
      CHECK(set.at("player") == row[2]);
      if (row[10] == "NA") continue;
      const double number = std::stod(row[10]);
      CHECK(std::isfinite(number));
      ++numbers;
      if (row[7] == "probability") CHECK(set.at("types").at(row[6]).at(row[9]) == number);
      if (row[7] == "value") CHECK(set.at("values").at(row[6]) == number);
      if (row[7] != "belief") continue;
      const bool own = set.contains("beliefs_by_type");
      const auto& beliefs = own ? set.at("beliefs_by_type").at(row[6]) : set.at("beliefs");
      CHECK(std::abs(beliefs.at(row[8]).at(row[9]).get<double>() - number) < 1e-9);
    }
  }
  CHECK(numbers >= 2000);
}

TEST_CASE("strategies_text: shows the listed sets, with the document's numbers, in the width") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    const StrategyList list = list_of(seed);
    for (const int width : {44, 80, 160}) {
      const std::string text = strategies_text(list, {false, width});
      CHECK(count_of(text, "reached with probability") >= static_cast<int>(list.listed));
      for (std::size_t r = 0; r < list.listed; ++r)
        for (const auto& own : list.rows[r].types)
          if (own.possible) CHECK(text.find(with_decimals(own.value)) != std::string::npos);
      std::istringstream lines(text);
      for (std::string line; std::getline(lines, line);)
        CHECK_MESSAGE(text_width(line) <= static_cast<std::size_t>(width), line);
    }
  }
}

TEST_CASE("strategies: names that formats must escape") {
  const StrategyList list = awkward();
  const auto rows = read_csv(strategies_csv(list));
  REQUIRE(rows.size() == 6);  // header, two actions, a value, two beliefs
  CHECK(rows[1][9] == list.rows[0].actions[0]);
  const auto document = nlohmann::json::parse(with_information_sets("{}", list));
  CHECK(document["information_sets"][0]["types"]["only"][list.rows[0].actions[0]] == 0.25);
  CHECK(document["information_sets"][0]["beliefs"][list.players[0].name]["weak"] == 0.9);
  const std::string latex = strategies_latex(list, list.players[0].name);
  // Every special character of LaTeX stands escaped or in a command of the table's own.
  CHECK(count_of(latex, "50\\% \\& ") > 4);
  CHECK(count_of(latex, "50% ") == 0);
  CHECK(count_of(latex,
                 "\\#1\\_a \\{x\\} \\textbackslash{} \\textasciitilde{} "
                 "\\textasciicircum{} \\$ $<$b$>$ é λ 和") > 4);
  int depth = 0;
  std::istringstream lines(latex);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("%")) continue;
    for (std::size_t k = 0; k < line.size(); ++k) {
      if (line[k] == '\\') {
        ++k;
        continue;
      }
      depth += line[k] == '{' ? 1 : line[k] == '}' ? -1 : 0;
      CHECK(depth >= 0);
    }
    if (line.ends_with("\\\\") && line.find("caption") == std::string::npos) {
      int cells = 0;
      for (std::size_t k = 0; k < line.size(); ++k)
        cells += line[k] == '&' && (k == 0 || line[k - 1] != '\\') ? 1 : 0;
      CHECK_MESSAGE(cells == 4, line);
    }
  }
  CHECK(depth == 0);
  CHECK(strategies_text(list).find("-0.0000") == std::string::npos);
}
