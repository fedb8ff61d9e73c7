#include <fmt/core.h>

#include "melian/tree.h"
#include "tree/gambit_read.h"

namespace melian {
namespace {

using tree::quoted;

std::string set_text(const ExtensiveForm& form, const ExtensiveForm::InformationSet& set) {
  std::string out = fmt::format("{} {} {{", set.number, quoted(set.label));
  for (int k = 0; k < set.num_actions; ++k) {
    const ExtensiveForm::Action& action =
        form.actions[static_cast<std::size_t>(set.first_action + k)];
    out += " " + quoted(action.label);
    if (set.player == ExtensiveForm::chance) out += " " + action.odds_text;
  }
  return out + " }";
}

std::string outcome_text(const ExtensiveForm& form, int outcome) {
  if (outcome < 0) return "0";
  const ExtensiveForm::Outcome& given = form.outcomes[static_cast<std::size_t>(outcome)];
  std::string out = fmt::format("{} {} {{", given.number, quoted(given.label));
  for (int i = 0; i < form.num_players(); ++i)
    out += fmt::format("{} {}", i > 0 ? "," : "", number_text(form.payoff(outcome, i)));
  return out + " }";
}

}  // namespace

Diagnostics beyond_efg(const ExtensiveForm& form) {
  Diagnostics out;
  for (int i = 0; i < form.num_players() && !form.perceived.empty(); ++i)
    for (const ExtensiveForm::InformationSet& set : form.sets) {
      if (set.player != ExtensiveForm::chance) continue;
      bool differs = false;
      for (int a = set.first_action; a < set.first_action + set.num_actions; ++a)
        differs = differs || form.odds_for(i, a) != form.actions[static_cast<std::size_t>(a)].odds;
      if (!differs) continue;
      out.push_back(placeless(
          tree_refusal_code,
          fmt::format("{} sees other odds of '{}' than the analyst, and an .efg has one set of "
                      "odds for all",
                      form.players[static_cast<std::size_t>(i)], set.label),
          "let everybody see the same odds and priors, or solve here with `--method tree`"));
      break;
    }
  return out;
}

std::string write_efg(const ExtensiveForm& form) {
  MELIAN_EXPECT(form.perceived.empty(), "an .efg has one set of odds for all");
  std::string out = "EFG 2 R " + quoted(form.title) + " {";
  for (const std::string& player : form.players) out += " " + quoted(player);
  out += " }\n" + quoted(form.comment) + "\n\n";
  for (std::size_t n = 0; n < form.nodes.size(); ++n) {
    const ExtensiveForm::Node& node = form.nodes[n];
    const std::string outcome = outcome_text(form, node.outcome);
    if (node.set < 0) {
      out += fmt::format("t {} {}\n", quoted(form.labels[n]), outcome);
      continue;
    }
    const ExtensiveForm::InformationSet& set = form.sets[static_cast<std::size_t>(node.set)];
    const std::string mover = set.player == ExtensiveForm::chance ? "c" : "p";
    const std::string number =
        set.player == ExtensiveForm::chance ? "" : fmt::format(" {}", set.player + 1);
    out += fmt::format("{} {}{} {} {}\n", mover, quoted(form.labels[n]), number,
                       set_text(form, set), outcome);
  }
  return out;
}

}  // namespace melian
