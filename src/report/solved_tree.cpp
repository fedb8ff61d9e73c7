/// A solved extensive form as a play tree with marks, and play trees as text.

#include <algorithm>
#include <cmath>

#include <fmt/core.h>
#include <fmt/ranges.h>

#include "melian/figures.h"
#include "melian/information_sets.h"
#include "melian/tree_sums.h"
#include "report/table.h"
#include "tree/shape.h"

namespace melian {
namespace {

std::size_t at(std::int64_t index) { return static_cast<std::size_t>(index); }

constexpr int digits = 3;

/// Marks the way to the likeliest end.
void mark_likeliest(const ExtensiveForm& form, const NodeSums& sums, TreeMarks& marks) {
  int best = -1;
  for (int n = 0; n < static_cast<int>(form.nodes.size()); ++n)
    if (form.is_end(n) && (best < 0 || sums.reach[at(n)] > sums.reach[at(best)])) best = n;
  for (int n = best; n >= 0 && form.nodes[at(n)].parent >= 0; n = form.nodes[at(n)].parent)
    marks.likely[at(form.nodes[at(n)].parent)][at(form.nodes[at(n)].taken)] = 1;
}

/// Information sets of several nodes, with the mover's belief at each.
void mark_sets(const ExtensiveForm& form, const NodeSums& sums, TreeMarks& marks) {
  const std::vector<std::vector<int>> nodes = tree::nodes_of_sets(form);
  for (std::size_t h = 0; h < form.sets.size(); ++h) {
    if (form.sets[h].player < 0 || nodes[h].size() < 2) continue;
    const std::vector<double> beliefs = node_beliefs(sums, form.sets[h].player, nodes[h]);
    for (std::size_t k = 0; k < nodes[h].size(); ++k)
      marks.beliefs[at(nodes[h][k])] = beliefs.empty()
                                           ? "[not defined]"
                                           : fmt::format("[{}]", with_decimals(beliefs[k], digits));
    marks.unseen.push_back(nodes[h]);
  }
}

std::string end_name(const ExtensiveForm& form, int outcome) {
  if (outcome < 0) return "end";
  const ExtensiveForm::Outcome& given = form.outcomes[at(outcome)];
  return given.label.empty() ? fmt::format("outcome {}", given.number) : given.label;
}

}  // namespace

Result<SolvedTree> solved_tree(const ExtensiveForm& form, const std::vector<double>& log_strategy,
                               double lambda, bool unrolled, int most_ends) {
  SolvedTree out;
  PlayTree& tree = out.tree;
  for (int n = 0; n < static_cast<int>(form.nodes.size()); ++n) tree.ends += form.is_end(n) ? 1 : 0;
  if (tree.ends > most_ends)
    return std::unexpected(Diagnostics{placeless(
        too_large_code,
        fmt::format("the solved tree has {} ends, more than the {} that can be read in a picture",
                    tree.ends, most_ends),
        "list its strategies instead: `melian solve --strategies`")});
  tree.title = form.title;
  tree.source = fmt::format("agent QRE at λ = {}", number_text(lambda));
  tree.players = distinct_names(form.players, "player");
  const NodeSums sums = node_sums(form, log_strategy);
  for (std::size_t n = 0; n < form.nodes.size(); ++n) {
    const ExtensiveForm::Node& node = form.nodes[n];
    PlayNode& drawn = tree.nodes.emplace_back();
    if (node.set < 0) {
      drawn.name = end_name(form, node.outcome);
      for (int i = 0; i < form.num_players(); ++i) {
        const std::string number = number_text(sums.earned_at(static_cast<int>(n), i), 4);
        drawn.payoffs.push_back({i, number, number});
      }
      continue;
    }
    const ExtensiveForm::InformationSet& set = form.sets[at(node.set)];
    drawn.kind = set.player < 0 ? PlayNode::Kind::chance : PlayNode::Kind::choice;
    drawn.player = set.player;
    drawn.name = set.label;
    // Of a game unrolled: the type stands on chance's branch.
    if (unrolled && set.player >= 0)
      drawn.name.resize(
          std::min(drawn.name.size(), drawn.name.find(" of " + tree.players[at(set.player)])));
    for (int a = 0; a < set.num_actions; ++a) {
      const int action = set.first_action + a;
      const std::string& label = form.actions[at(action)].label;
      const bool by_name = set.player >= 0 && is_number(label) && !drawn.name.empty();
      drawn.branches.push_back({label.empty() ? fmt::format("action {}", a + 1)
                                : by_name     ? step_words({drawn.name, label, "", true})
                                              : label,
                                with_decimals(set.player < 0 ? form.actions[at(action)].odds
                                                             : std::exp(log_strategy[at(action)]),
                                              digits),
                                form.child(static_cast<int>(n), a)});
    }
  }
  out.marks.beliefs.resize(form.nodes.size());
  for (const PlayNode& node : tree.nodes)
    out.marks.likely.emplace_back(node.branches.size(), std::uint8_t{0});
  mark_likeliest(form, sums, out.marks);
  mark_sets(form, sums, out.marks);
  out.marks.notes.push_back(
      "Numbers below branches are their probabilities; strong: the most "
      "likely path.");
  if (!out.marks.unseen.empty())
    out.marks.notes.push_back(
        "Dashed: nodes that their mover cannot tell apart; in brackets, what "
        "it believes.");
  if (unrolled)
    out.marks.notes.push_back("Payoffs are discounted to the start, payments on the way included.");
  return out;
}

std::string tree_text(const PlayTree& tree, const TreeMarks& marks) {
  std::string out = tree.title + "\n" + tree.source + "\n\n";
  struct Open {
    int node;
    std::size_t depth;
    std::string arrived;
    bool likely;
  };
  std::vector<Open> open{{0, 0, "", true}};
  while (!open.empty() && !tree.nodes.empty()) {
    const Open here = open.back();
    open.pop_back();
    const PlayNode& node = tree.nodes[at(here.node)];
    std::string line(2 * here.depth, ' ');
    if (here.depth > 0) line += fmt::format("{} {}: ", here.likely ? "=" : "-", here.arrived);
    if (node.kind == PlayNode::Kind::end || node.kind == PlayNode::Kind::onward) {
      std::vector<std::string> payoffs;
      for (const PlayAmount& amount : node.payoffs)
        payoffs.push_back(fmt::format("{} {}", tree.players[at(amount.player)], amount.plain));
      line += (node.kind == PlayNode::Kind::onward ? "to " : "") + node.name;
      if (!payoffs.empty()) line += fmt::format(" ({})", fmt::join(payoffs, ", "));
    } else {
      const bool mover = node.player >= 0;
      line += mover ? tree.players[at(node.player)] : "";
      if (!node.name.empty()) line += (mover ? ", " : "") + node.name;
      if (!mover && node.name.empty()) line += "chance";
      if (at(here.node) < marks.beliefs.size() && !marks.beliefs[at(here.node)].empty())
        line += ", believed " + marks.beliefs[at(here.node)];
    }
    out += line + "\n";
    for (std::size_t k = node.branches.size(); k-- > 0;) {
      const PlayNode::Branch& branch = node.branches[k];
      const bool likely = at(here.node) < marks.likely.size() &&
                          k < marks.likely[at(here.node)].size() &&
                          marks.likely[at(here.node)][k] != 0;
      open.push_back({branch.node, here.depth + 1,
                      branch.label + (branch.detail.empty() ? "" : " " + branch.detail), likely});
    }
  }
  if (!marks.likely.empty()) out += "\n= is the most likely path.";
  for (std::size_t k = 0; k < marks.unseen.size(); ++k)
    if (k == 0) out += " Numbers in brackets: what a mover believes of nodes it cannot tell apart.";
  return out + "\n";
}

}  // namespace melian
