#pragma once
/// What a hostile .nfg is put through: read, written, read again.

#include <cmath>
#include <string>

#include "fuzz/diagnostics_law.h"
#include "melian/tree.h"

namespace melian::test {

/// Payoffs of all ends in order of nodes: what a written form keeps (outcomes are numbered anew).
inline std::vector<double> payoffs_at_ends(const ExtensiveForm& form) {
  std::vector<double> out;
  for (std::size_t n = 0; n < form.nodes.size(); ++n)
    if (form.is_end(static_cast<int>(n)))
      for (int player = 0; player < form.num_players(); ++player) {
        const int outcome = form.nodes[n].outcome;
        out.push_back(outcome < 0 ? 0.0 : form.payoff(outcome, player));
      }
  return out;
}

/// Returns "" or the law the text breaks.
inline std::string read_hostile_nfg(const std::string& text) {
  const Result<ExtensiveForm> form = read_nfg_text(text, "fuzz.nfg");
  if (!form) {
    for (const Diagnostic& error : form.error())
      if (error.file != "fuzz.nfg") return "a reason without its file";
    return broken_refusal(form.error(), Places::lines, lines_of(text));
  }
  for (const double payoff : form->payoffs)
    if (!std::isfinite(payoff)) return "a payoff that is no number";
  if (Diagnostics beyond = beyond_nfg(*form); !beyond.empty())
    return "what an .nfg says no .nfg can say: " + render(beyond);
  const std::string written = write_nfg(*form);
  const Result<ExtensiveForm> again = read_nfg_text(written, "again.nfg");
  if (!again) return "what was written is not read: " + render(again.error());
  if (write_nfg(*again) != written) return "what was written is written differently";
  if (again->players != form->players || again->title != form->title ||
      again->comment != form->comment || again->sets.size() != form->sets.size() ||
      again->nodes.size() != form->nodes.size())
    return "what was written reads differently";
  if (payoffs_at_ends(*again) != payoffs_at_ends(*form)) return "other payoffs";
  // The same game as a tree.
  const Result<ExtensiveForm> tree = read_efg_text(write_efg(*form), "again.efg");
  if (!tree) return "the tree of what was read is not read: " + render(tree.error());
  return payoffs_at_ends(*tree) != payoffs_at_ends(*form) ? "other payoffs in the tree" : "";
}

}  // namespace melian::test
