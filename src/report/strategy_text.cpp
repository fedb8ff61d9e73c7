/// Information sets for a terminal: one small table each, the mover's types side by side.

#include <algorithm>
#include <cmath>

#include <fmt/core.h>
#include <fmt/ranges.h>

#include "melian/strategy_tables.h"
#include "report/strategy_words.h"
#include "report/table.h"

namespace melian {
namespace {

using Row = InformationSetRow;

constexpr int decimals = 4;
constexpr std::size_t most_actions = 8, most_nodes = 6, most_types_beside = 4;
constexpr const char* absent = "–";

/// The names of what a type's cells say: actions, the others, its value, its beliefs.
std::vector<std::string> cell_names(const StrategyList& list, const Row& row,
                                    const ShownActions& shown) {
  std::vector<std::string> out;
  for (const std::size_t a : shown.actions) out.push_back(row.actions[a]);
  if (shown.others > 0) out.push_back(fmt::format("{} others", shown.others));
  out.emplace_back("value");
  if (has_beliefs_by_type(list, row))
    for (const std::size_t j : believed_about(list, row))
      for (const std::string& type : list.players[j].types)
        out.push_back(fmt::format("belief: {} {}", list.players[j].name, type));
  return out;
}

std::vector<std::string> cells_of(const StrategyList& list, const Row& row,
                                  const ShownActions& shown, const Row::OfType& own) {
  std::vector<std::string> out;
  const auto add = [&](double number) {
    out.push_back(std::isnan(number) ? absent : with_decimals(number, decimals));
  };
  if (!own.possible) return std::vector<std::string>(cell_names(list, row, shown).size(), absent);
  for (const std::size_t a : shown.actions) add(own.probabilities[a]);
  if (shown.others > 0) add(probability_of_others(own, shown));
  add(own.value);
  if (has_beliefs_by_type(list, row))
    for (const std::size_t j : believed_about(list, row))
      for (const double belief : own.beliefs[j]) add(belief);
  return out;
}

/// Named rows of cells under named columns, in as many blocks as the width asks for.
std::string blocks(const std::string& corner, const std::vector<std::string>& columns,
                   const std::vector<TypeCells>& rows, const TextStyle& style) {
  constexpr std::size_t indent = 4, gap = 2;
  std::size_t first = text_width(corner);
  for (const TypeCells& row : rows) first = std::max(first, text_width(row.types));
  std::string out;
  for (std::size_t from = 0; from < columns.size();) {
    std::size_t used = indent + first, to = from;
    while (to < columns.size()) {
      std::size_t width = text_width(columns[to]);
      for (const TypeCells& row : rows) width = std::max(width, text_width(row.cells[to]));
      if (to > from && used + gap + width > static_cast<std::size_t>(style.width)) break;
      used += gap + width;
      ++to;
    }
    std::vector<std::string> header{corner};
    std::vector<std::size_t> right;
    for (std::size_t c = from; c < to; ++c) {
      right.push_back(header.size());
      header.push_back(columns[c]);
    }
    Table table(header);
    table.align_right(right).keep_first();
    for (const TypeCells& row : rows) {
      std::vector<std::string> line{row.types};
      for (std::size_t c = from; c < to; ++c) line.push_back(row.cells[c]);
      table.add(std::move(line));
    }
    out += table.text(style, indent);
    from = to;
  }
  return out;
}

std::string table_of(const StrategyList& list, const Row& row, const TextStyle& style) {
  const ShownActions shown = shown_actions(row, most_actions, decimals);
  const std::vector<std::string> names = cell_names(list, row, shown);
  std::vector<TypeCells> by_type;
  for (const Row::OfType& own : row.types)
    by_type.push_back({own.type, cells_of(list, row, shown, own)});
  const bool one = by_type.size() == 1;
  if (by_type.size() > most_types_beside)
    return blocks(row.numeric ? row.move : "", names, without_repeats(by_type), style);
  std::vector<TypeCells> by_cell;
  std::vector<std::string> types;
  for (const TypeCells& type : by_type)
    types.push_back(!one ? type.types : row.numeric ? "probability" : "");
  for (std::size_t k = 0; k < names.size(); ++k) {
    by_cell.push_back({names[k], {}});
    for (const TypeCells& type : by_type) by_cell.back().cells.push_back(type.cells[k]);
  }
  return blocks(row.numeric ? row.move : "", types, by_cell, style);
}

/// "round 2, reached with probability 0.0163; B moves at the same time".
std::string reached_words(const Row& row) {
  std::string out = row.round > 0 ? fmt::format("round {}, ", row.round) : "";
  out += "reached with probability " + with_decimals(row.reached, decimals);
  if (!row.together.empty())
    out += fmt::format("; {} {} at the same time", fmt::join(row.together, " and "),
                       row.together.size() > 1 ? "move" : "moves");
  return out;
}

std::string belief_line(const StrategyList& list, const Row& row) {
  if (!row.nodes.empty())
    return "belief over what it has not seen: " + node_words(row, most_nodes, decimals);
  if (has_beliefs_by_type(list, row)) return "";
  const std::string words = belief_words(list, row, row.believed, decimals);
  return words.empty() ? "" : "belief: " + words;
}

bool has_absent(const Row& row) {
  return std::ranges::any_of(row.types, [](const Row::OfType& own) {
    return !own.possible ||
           std::ranges::any_of(own.probabilities, [](double p) { return std::isnan(p); });
  });
}

}  // namespace

std::string strategies_text(const StrategyList& list, const TextStyle& style) {
  const auto inner = [&](int indent) { return TextStyle{style.colour, style.width - indent}; };
  std::string out = paint(style, "1", "Strategies and beliefs") + "\n";
  bool marked = false;
  for (std::size_t r = 0; r < list.listed; ++r) {
    const Row& row = list.rows[r];
    out += "\n  " + paint(style, "1", wrap(row.player + ": " + row.label, inner(2), 4)) + "\n    " +
           paint(style, "2", wrap(reached_words(row), inner(4), 4)) + "\n";
    out += table_of(list, row, style);
    if (const std::string belief = belief_line(list, row); !belief.empty())
      out += "    " + wrap(belief, inner(4), 6) + "\n";
    marked = marked || has_absent(row);
  }
  if (list.listed == 0)
    out += fmt::format("\n  No information set is reached with probability {} or more.\n",
                       number_text(list.on_path));
  out += "\n";
  std::vector<std::string> notes = left_out_words(list);
  if (marked)
    notes.insert(notes.begin(), fmt::format("{}: the history rules the type out, or the type does "
                                            "not have the action.",
                                            absent));
  for (const std::string& words : notes)
    out += "  " + paint(style, "2", wrap(words, inner(2), 2)) + "\n";
  if (notes.empty()) out.pop_back();
  return out;
}

}  // namespace melian
