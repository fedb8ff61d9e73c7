/// Information sets as a table for a paper.

#include <cmath>

#include <fmt/core.h>
#include <fmt/ranges.h>

#include "melian/manuscript.h"
#include "melian/strategy_tables.h"
#include "report/strategy_words.h"
#include "report/table.h"

namespace melian {
namespace {

using Row = InformationSetRow;

constexpr int decimals = 3;
constexpr std::size_t most_actions = 5, most_nodes = 4;

std::string number(double x) {
  return std::isnan(x) ? "--" : fmt::format("${}$", with_decimals(x, decimals));
}

/// "leave $0.776$, challenge $0.224$"; of numbers "$y = 0.36$: $0.645$".
std::string actions_latex(const Row& row, const Row::OfType& own, const ShownActions& shown) {
  std::vector<std::string> words;
  for (const std::size_t a : shown.actions)
    if (!std::isnan(own.probabilities[a]))
      words.push_back(fmt::format("{}{} {}", latex_escaped(row.actions[a]), row.numeric ? ":" : "",
                                  number(own.probabilities[a])));
  if (shown.others > 0)
    words.push_back(fmt::format("{} others{} {}", shown.others, row.numeric ? ":" : "",
                                number(probability_of_others(own, shown))));
  return fmt::format("{}", fmt::join(words, ", "));
}

/// Strategy, value and belief of every type, the belief said once where it is everybody's.
std::vector<TypeCells> cells_of(const StrategyList& list, const Row& row) {
  const ShownActions shown = shown_actions(row, most_actions, decimals);
  const bool own_beliefs = has_beliefs_by_type(list, row);
  const std::string all = own_beliefs         ? ""
                          : row.nodes.empty() ? belief_words(list, row, row.believed, decimals)
                                              : node_words(row, most_nodes, decimals);
  std::vector<TypeCells> out;
  for (const Row::OfType& own : row.types)
    if (own.possible)
      out.push_back(
          {own.type,
           {actions_latex(row, own, shown), number(own.value),
            latex_escaped(own_beliefs ? belief_words(list, row, own.beliefs, decimals) : all)}});
  if (out.size() > most_actions) out = without_repeats(out);
  if (!own_beliefs)
    for (std::size_t k = 1; k < out.size(); ++k) out[k].cells.back().clear();
  return out;
}

std::string caption(const StrategyList& list, const std::string& title) {
  std::string out = fmt::format("{}: strategies and beliefs in equilibrium.",
                                latex_escaped(title.empty() ? "The game" : title));
  if (const std::size_t folded = list.rows.size() - list.listed; folded > 0)
    out += fmt::format(
        " {} reached with probability below {} left out.",
        folded == 1 ? "One information set" : fmt::format("{} information sets", folded),
        number_text(list.on_path) + (folded == 1 ? " is" : " are"));
  if (list.counts.unlikely > 0)
    out += fmt::format(" Histories reached with probability below {} are not followed.",
                       number_text(list.limits.reached));
  if (list.counts.late > 0)
    out += fmt::format(" Rounds after {} are left out.", list.limits.rounds);
  return out;
}

}  // namespace

std::string strategies_latex(const StrategyList& list, const std::string& title) {
  std::string out =
      "% Made by `melian solve --strategies --latex`; needs "
      "\\usepackage{array,booktabs,longtable}.\n"
      "{\\small\\setlength{\\tabcolsep}{4pt}\n"
      "\\begin{longtable}{@{}>{\\raggedright\\arraybackslash}p{0.24\\linewidth}r"
      ">{\\raggedright\\arraybackslash}p{0.32\\linewidth}r"
      ">{\\raggedright\\arraybackslash}p{0.18\\linewidth}@{}}\n";
  out += fmt::format("\\caption{{{}}}\\\\\n", caption(list, title));
  out +=
      "\\toprule\nInformation set & Reached & Strategy & Value & Belief \\\\\n\\midrule\n"
      "\\endhead\n\\bottomrule\n\\endlastfoot\n";
  for (std::size_t r = 0; r < list.listed; ++r) {
    const Row& row = list.rows[r];
    const std::string place =
        (row.round > 0 ? fmt::format("Round {}, ", row.round) : "") + row.player + ": " + row.label;
    bool first = true;
    for (const TypeCells& type : cells_of(list, row)) {
      out += fmt::format("{} & {} & {}{} & {} & {} \\\\\n", first ? latex_escaped(place) : "",
                         first ? number(row.reached) : "",
                         type.types.empty() ? "" : "\\emph{" + latex_escaped(type.types) + "}: ",
                         type.cells[0], type.cells[1], type.cells[2]);
      first = false;
    }
    if (r + 1 < list.listed) out += "\\addlinespace\n";
  }
  out += "\\end{longtable}}\n";
  for (const std::string& words : left_out_words(list)) out += "% " + words + "\n";
  return out;
}

}  // namespace melian
