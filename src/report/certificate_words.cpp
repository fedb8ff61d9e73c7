#include "report/certificate_words.h"

#include <algorithm>

#include <fmt/core.h>

#include "report/table.h"
#include "report/words.h"

namespace melian {
namespace {

/// The type that gains most by deviating, relative to what its precision allows.
Exploitability worst_of(const Certificate& certificate) {
  Exploitability worst;
  for (const auto& of_player : certificate.exploitability)
    for (const Exploitability& of_type : of_player)
      if (of_type.gain > worst.gain) worst = of_type;
  return worst;
}

double largest_grid_error(const Certificate& certificate) {
  double largest = 0;
  for (const auto& [name, error] : certificate.grid_error) largest = std::max(largest, error);
  return largest;
}

/// "within 3e-12 logits", or "exactly" where there is no error at all.
std::string within(double error, const std::string& unit) {
  return error == 0.0 ? "exactly" : "within " + error_text(error) + unit;
}

std::string decisions_words(const SolveSummary& solve) {
  if (solve.several == 0 && solve.jumps == 0 && solve.unsolved == 0)
    return solve.searched == 0
               ? fmt::format("each of {} decisions has exactly one solution",
                             grouped(solve.decisions))
               : fmt::format(
                     "one solution was found for {}; {}others were looked for, which is no proof",
                     solve.decisions == 1
                         ? "the only decision"
                         : fmt::format("each of {} decisions", grouped(solve.decisions)),
                     solve.searched == solve.decisions
                         ? ""
                         : fmt::format("for {} of them ", grouped(solve.searched)));
  return fmt::format("of {} decisions {} had several solutions, {} rest on a jump, {} are unsolved",
                     grouped(solve.decisions), grouped(solve.several), grouped(solve.jumps),
                     grouped(solve.unsolved));
}

std::string follow_words(const SolveSummary::Followed& followed) {
  int beliefs = 0;
  for (const int nodes : followed.nodes) beliefs += nodes;
  std::string out =
      fmt::format("the grid followed play: after {} all {} reached lie on nodes within {}",
                  counted(followed.solves, "solve", "solves"),
                  counted(beliefs, "belief", "beliefs"), error_text(followed.movement));
  if (!followed.settled) out += ", which is short of what was asked for";
  if (followed.left_out > 0)
    out += fmt::format("; {} more had no room", grouped(followed.left_out));
  return out;
}

/// "settlement 0.9183, war 0.0817"
std::string outcomes_of(const std::map<std::string, double>& numbers) {
  constexpr std::string_view prefix = "outcomes.";
  std::string out;
  for (const auto& [name, number] : numbers)
    if (name.starts_with(prefix))
      out += fmt::format("{}{} {}", out.empty() ? "" : ", ", name.substr(prefix.size()),
                         number_text(number, 4));
  return out;
}

/// What the tree said where it was asked; empty where it was not, or could not tell.
std::string tree_check_words(const TreeCheck& tree) {
  if (!tree.checked && tree.own_branch.empty()) return "";
  std::string out;
  if (tree.checked && tree.within)
    out = fmt::format("The game's tree ({} nodes) has an equilibrium within the stated errors.",
                      grouped(tree.nodes));
  else if (tree.checked)
    out = fmt::format("The equilibrium of the game's tree: {}.", outcomes_of(tree.found));
  if (!tree.own_branch.empty())
    out += fmt::format(
        "{}The tree's own branch leads to another equilibrium ({}); `--method tree` "
        "gives it.",
        out.empty() ? "" : " ", outcomes_of(tree.own_branch));
  return out;
}

}  // namespace

std::string certificate_words(const ByTree& tree, const Certificate& certificate,
                              const TextStyle& style) {
  const TextStyle inner{style.colour, style.width - 2};
  if (!certificate.holds) {
    std::string out = paint(style, "31", "NOT certified:") + "\n";
    for (const std::string& reason : certificate.why_not)
      out += "  " + wrap("- " + reason, inner, 4) + "\n";
    return out;
  }
  return paint(style, "32",
               wrap(fmt::format("certified: the logit equations of the whole tree of {} hold "
                                "within {} logits. The tree has no grid error.",
                                counted(static_cast<long long>(tree.nodes), "node", "nodes"),
                                error_text(certificate.residual)),
                    inner, 2)) +
         "\n";
}

std::string certificate_words(const Certificate& certificate, const SolveSummary& solve,
                              const TextStyle& style) {
  const TextStyle inner{style.colour, style.width - 2};
  std::string out;
  if (certificate.holds) {
    const Exploitability worst = worst_of(certificate);
    std::string words = fmt::format(
        "certified: strategies solve their equations {}, beliefs follow Bayes' rule {}",
        within(certificate.residual, " logits"), within(certificate.beliefs, " logits"));
    words += worst.gain > 0
                 ? fmt::format(", no type gains more than {} by deviating (logit play may cost {})",
                               number_text(worst.gain, 2), number_text(worst.ceiling, 2))
                 : ", no type gains by deviating";
    const double grid_error = largest_grid_error(certificate);
    if (grid_error > 0)
      words += fmt::format(", every printed number holds within {}", error_text(grid_error));
    out = paint(style, "32", wrap(words + ".", inner, 2)) + "\n";
  } else if (certificate.why_not.empty()) {
    out = paint(style, "33", "NOT certified: the certificate was not computed.") + "\n";
  } else {
    out = paint(style, "31", "NOT certified:") + "\n";
    for (const std::string& reason : certificate.why_not)
      out += "  " + wrap("- " + reason, inner, 4) + "\n";
    if (!certificate.try_next.empty())
      out += "  " + wrap("Try: " + certificate.try_next, inner, 4) + "\n";
  }
  out += "  " + wrap(decisions_words(solve) + ".", inner, 2) + "\n";
  if (certificate.ladder_error >= 0) {
    const std::string apart =
        fmt::format("Half the steps up the ladder of λ lead {}.",
                    certificate.ladder_error <= certificate.tolerance
                        ? "to the same within " + error_text(certificate.ladder_error)
                        : "elsewhere, by " + error_text(certificate.ladder_error));
    out += "  " + wrap(apart, inner, 2) + "\n";
  }
  if (const std::string told = tree_check_words(certificate.tree); !told.empty())
    out += "  " + wrap(told, inner, 2) + "\n";
  if (solve.followed) out += "  " + wrap(follow_words(*solve.followed) + ".", inner, 2) + "\n";
  if (solve.termination == Termination::converged && solve.sweeps > 0)
    out += "  " + wrap("Stationary: " + solve.message + ".", inner, 2) + "\n";
  if (solve.termination != Termination::converged && solve.termination != Termination::not_run)
    out += "  " + paint(style, "33", wrap(solve.message, inner, 2)) + "\n";
  return out;
}

}  // namespace melian
