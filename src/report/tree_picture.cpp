/// A play tree as a picture: from left to right, one column a move, one row an end.

#include <algorithm>
#include <map>

#include <fmt/core.h>
#include <fmt/ranges.h>

#include "melian/figures.h"
#include "report/svg.h"

namespace melian {
namespace {

std::size_t at(int index) { return static_cast<std::size_t>(index); }

/// Places in columns and rows: ends are spaced evenly, a move stands midway between its first and
/// its last branch.
struct Layout {
  std::vector<double> row;  ///< [node]
  std::vector<int> column;  ///< [node]
  int columns = 1;
  double rows = 0;
};

void lay_out(const PlayTree& tree, int node, int column, Layout& layout) {
  layout.column[at(node)] = column;
  layout.columns = std::max(layout.columns, column + 1);
  const auto& branches = tree.nodes[at(node)].branches;
  if (branches.empty()) {
    layout.row[at(node)] = layout.rows;
    layout.rows += 1;
    return;
  }
  for (const PlayNode::Branch& branch : branches) lay_out(tree, branch.node, column + 1, layout);
  layout.row[at(node)] =
      (layout.row[at(branches.front().node)] + layout.row[at(branches.back().node)]) / 2;
}

Layout laid_out(const PlayTree& tree) {
  Layout layout{std::vector<double>(tree.nodes.size(), 0.0), std::vector<int>(tree.nodes.size(), 0),
                1, 0};
  if (!tree.nodes.empty()) lay_out(tree, 0, 0, layout);
  return layout;
}

std::string who(const PlayTree& tree, const PlayNode& node) {
  switch (node.kind) {
    case PlayNode::Kind::chance: return "chance";
    case PlayNode::Kind::condition: return node.name + "?";
    default: return node.player >= 0 ? tree.players[at(node.player)] : "";
  }
}

std::string payoff_words(const PlayTree& tree, const PlayNode& node) {
  std::vector<std::string> words;
  for (const PlayAmount& amount : node.payoffs)
    words.push_back(tree.players[at(amount.player)] + ": " + amount.plain);
  return fmt::format("{}", fmt::join(words, ", "));
}

/// How wide words are, in a picture's own unit.
struct Measures {
  double narrowest = 0, bend = 0, letter = 0, small_letter = 0, room = 0;
};

/// What a branch is called, if need be cut short.
std::string label_of(const PlayNode::Branch& branch) {
  constexpr std::size_t most = 40;
  return branch.label.size() <= most ? branch.label : branch.label.substr(0, most - 1) + "…";
}

/// Where columns stand: each far enough from the one before for the words along its branches and at
/// its nodes.
std::vector<double> column_places(const PlayTree& tree, const Layout& layout,
                                  const Measures& measures) {
  std::vector<double> width(at(layout.columns), measures.narrowest);
  for (std::size_t n = 0; n < tree.nodes.size(); ++n)
    for (const PlayNode::Branch& branch : tree.nodes[n].branches) {
      const PlayNode& next = tree.nodes[at(branch.node)];
      const double name = next.branches.empty()
                              ? 0.0
                              : measures.letter * static_cast<double>(who(tree, next).size());
      const double along =
          std::max(measures.letter * static_cast<double>(label_of(branch).size()) + name,
                   measures.small_letter * static_cast<double>(branch.detail.size()));
      double& here = width[at(layout.column[at(branch.node)])];
      here = std::max(here, measures.bend + along + measures.room);
    }
  std::vector<double> out(at(layout.columns), 0.0);
  for (std::size_t c = 1; c < out.size(); ++c) out[c] = out[c - 1] + width[c];
  return out;
}

/// Nodes that their mover cannot tell apart: of one simultaneous move, those that differ only in
/// what the other has chosen at the same time; of a solved tree, its information sets.
std::vector<std::vector<int>> unseen(const PlayTree& tree, const TreeMarks& marks) {
  std::map<std::pair<int, std::string>, std::vector<int>> together;
  for (std::size_t n = 0; n < tree.nodes.size(); ++n)
    if (tree.nodes[n].together >= 0)
      together[{tree.nodes[n].together, tree.nodes[n].name}].push_back(static_cast<int>(n));
  std::vector<std::vector<int>> out = marks.unseen;
  for (auto& [move, nodes] : together)
    if (nodes.size() > 1) out.push_back(std::move(nodes));
  return out;
}

bool is_likely(const TreeMarks& marks, std::size_t node, std::size_t branch) {
  return node < marks.likely.size() && branch < marks.likely[node].size() &&
         marks.likely[node][branch] != 0;
}

std::string belief_at(const TreeMarks& marks, std::size_t node) {
  return node < marks.beliefs.size() ? marks.beliefs[node] : std::string();
}

std::vector<std::string> notes(const PlayTree& tree, const TreeMarks& marks) {
  std::vector<std::string> out = tree.private_information;
  const auto any = [&](PlayNode::Kind kind) {
    return std::ranges::any_of(tree.nodes, [&](const PlayNode& node) { return node.kind == kind; });
  };
  const bool offers = any(PlayNode::Kind::offer), amounts = any(PlayNode::Kind::amount);
  if (offers || amounts)
    out.push_back(fmt::format("A fan is {}: one branch stands for its range.",
                              !amounts  ? "an offer"
                              : !offers ? "a number chosen"
                                        : "an offer or another number chosen"));
  if (!unseen(tree, {}).empty())
    out.push_back("Dashed: moves made at the same time, neither seeing the other.");
  out.insert(out.end(), marks.notes.begin(), marks.notes.end());
  if (any(PlayNode::Kind::onward))
    out.push_back("Arrows lead on; amounts beside them are what has been paid so far.");
  return out;
}

class SvgTree {
 public:
  explicit SvgTree(const PlayTree& tree, const TreeMarks& marks)
      : tree_(tree),
        marks_(marks),
        layout_(laid_out(tree)),
        columns_(column_places(tree, layout_, {150, bend, 6.0, 5.2, 16})) {
    if (!tree.nodes.empty())
      left_ = std::max(40.0, 14 + 6.6 * static_cast<double>(who(tree, tree.nodes.front()).size()));
  }

  [[nodiscard]] std::string text() const {
    const std::vector<std::string> below = notes(tree_, marks_);
    std::size_t longest = 0;
    for (const PlayNode& node : tree_.nodes)
      if (node.branches.empty())
        longest = std::max(longest, node.name.size() + payoff_words(tree_, node).size() + 3);
    for (const std::string& note : below)
      longest = std::max(longest, note.size() > 110 ? 110 : note.size() / 3);
    const double width = x(layout_.columns - 1) + 24 + 6.6 * static_cast<double>(longest);
    const double bottom = top + layout_.rows * row_height + 12;
    Svg svg(std::max(width, 420.0), bottom + 16 * static_cast<double>(below.size()) + 8,
            tree_.title, "the tree of play, from left to right");
    svg.text({16, 24}, "start", "title", tree_.title);
    svg.text({16, 41}, "start", "small", tree_.source);
    for (const std::vector<int>& nodes : unseen(tree_, marks_))
      for (std::size_t k = 1; k < nodes.size(); ++k)
        svg.line(place(nodes[k - 1]), place(nodes[k]), "rule");
    for (std::size_t n = 0; n < tree_.nodes.size(); ++n) draw_branches(svg, static_cast<int>(n));
    for (std::size_t n = 0; n < tree_.nodes.size(); ++n) draw_node(svg, static_cast<int>(n));
    for (std::size_t k = 0; k < below.size(); ++k)
      svg.text({16, bottom + 16 * static_cast<double>(k)}, "start", "small", below[k]);
    return svg.finished();
  }

 private:
  static constexpr double top = 84, row_height = 44, bend = 38;

  [[nodiscard]] double x(int column) const { return left_ + columns_[at(column)]; }
  [[nodiscard]] SvgPoint place(int node) const {
    return {x(layout_.column[at(node)]), top + row_height * layout_.row[at(node)]};
  }

  void draw_branches(Svg& svg, int n) const {
    const PlayNode& node = tree_.nodes[at(n)];
    const auto [px, py] = place(n);
    for (std::size_t k = 0; k < node.branches.size(); ++k) {
      const PlayNode::Branch& branch = node.branches[k];
      const bool likely = is_likely(marks_, at(n), k);
      const auto [cx, cy] = place(branch.node);
      // A short slope, then level: labels stand on the level part.
      const double turn = px + bend;
      if (node.is_numeric()) {
        svg.polyline({{px, py}, {turn, cy - 15}}, "edge");
        svg.polyline({{px, py}, {turn, cy + 15}}, "edge");
        svg.polyline({{turn, cy - 15}, {turn, cy + 15}}, "edge");
        svg.polyline({{turn, cy}, {cx, cy}}, "edge");
      } else {
        svg.polyline({{px, py}, {turn, cy}, {cx, cy}}, likely ? "edge strong" : "edge");
      }
      svg.text({turn + 5, cy - 5}, "start", "tick", label_of(branch));
      if (!branch.detail.empty()) svg.text({turn + 5, cy + 13}, "start", "small", branch.detail);
    }
  }

  void draw_node(Svg& svg, int n) const {
    const PlayNode& node = tree_.nodes[at(n)];
    const auto [px, py] = place(n);
    if (node.kind == PlayNode::Kind::end || node.kind == PlayNode::Kind::onward) {
      const bool onward = node.kind == PlayNode::Kind::onward;
      if (!onward) svg.circle({px, py}, 3.5, "end");
      const std::string payoffs = payoff_words(tree_, node);
      svg.text({px + 10, py + 4}, "start", onward ? "small" : "label",
               (onward ? "→ " : "") + node.name + (payoffs.empty() ? "" : " · " + payoffs));
      return;
    }
    if (node.kind == PlayNode::Kind::chance || node.kind == PlayNode::Kind::condition)
      svg.box({px - 5, py - 5}, 10, 10, "chance");
    else
      svg.circle({px, py}, 5.5, "node");
    // To the left of the node, off the branches that leave it.
    svg.text({px + 8, py - 12}, "end", "label", who(tree_, node));
    if (const std::string belief = belief_at(marks_, at(n)); !belief.empty())
      svg.text({px - 9, py + 16}, "end", "small", belief);
  }

  const PlayTree& tree_;
  const TreeMarks& marks_;
  Layout layout_;
  std::vector<double> columns_;
  double left_ = 40;  ///< room for the words at the first node
};

std::string tikz_number(double number) { return fmt::format("{:.2f}", number); }

}  // namespace

std::string tree_svg(const PlayTree& tree, const TreeMarks& marks) {
  return SvgTree(tree, marks).text();
}

std::string tree_tikz(const PlayTree& tree, const TreeMarks& marks) {
  constexpr double row_height = 0.95, bend = 0.7, fan = 0.28;  // centimetres
  const Layout layout = laid_out(tree);
  const std::vector<double> columns = column_places(tree, layout, {2.4, bend, 0.155, 0.125, 0.35});
  const auto place = [&](int node, double right = 0.0, double up = 0.0) {
    return fmt::format("({}, {})", tikz_number(columns[at(layout.column[at(node)])] + right),
                       tikz_number(up - row_height * layout.row[at(node)]));
  };
  std::string out =
      "% Made from the model's file by `melian describe --tree tikz`; needs \\usepackage{tikz}. "
      "Shrunk where it is wider than the text, or higher.\n"
      "\\par{\\noindent\\sbox0{%\n\\begin{tikzpicture}[font=\\footnotesize]\n";
  for (const std::vector<int>& nodes : unseen(tree, marks))
    for (std::size_t k = 1; k < nodes.size(); ++k)
      out += fmt::format("  \\draw[dashed] {} -- {};\n", place(nodes[k - 1]), place(nodes[k]));
  for (std::size_t n = 0; n < tree.nodes.size(); ++n) {
    const PlayNode& node = tree.nodes[n];
    const auto here = static_cast<int>(n);
    for (std::size_t k = 0; k < node.branches.size(); ++k) {
      const PlayNode::Branch& branch = node.branches[k];
      const char* width = is_likely(marks, n, k) ? "[very thick]" : "";
      const double drop = -row_height * (layout.row[at(branch.node)] - layout.row[n]);
      const std::string turn = place(here, bend, drop);
      if (node.is_numeric())
        out += fmt::format("  \\draw {} -- {} -- {} -- cycle;\n  \\draw {} -- {};\n", place(here),
                           place(here, bend, drop + fan), place(here, bend, drop - fan), turn,
                           place(branch.node));
      else
        out += fmt::format("  \\draw{} {} -- {} -- {};\n", width, place(here), turn,
                           place(branch.node));
      out += fmt::format("  \\node[above right, inner sep=1.5pt] at {} {{{}}};\n", turn,
                         latex_escaped(label_of(branch)));
      if (!branch.detail.empty())
        out +=
            fmt::format("  \\node[below right, inner sep=1.5pt, font=\\scriptsize] at {} {{{}}};\n",
                        turn, latex_escaped(branch.detail));
    }
  }
  for (std::size_t n = 0; n < tree.nodes.size(); ++n) {
    const PlayNode& node = tree.nodes[n];
    const auto here = static_cast<int>(n);
    if (node.branches.empty()) {
      std::vector<std::string> payoffs;
      for (const PlayAmount& amount : node.payoffs)
        payoffs.push_back(
            fmt::format("{}: ${}$", latex_escaped(tree.players[at(amount.player)]), amount.latex));
      const bool onward = node.kind == PlayNode::Kind::onward;
      if (!onward) out += fmt::format("  \\fill {} circle (1.5pt);\n", place(here));
      out +=
          fmt::format("  \\node[right] at {} {{{}{}{}}};\n", place(here), onward ? "$\\to$ " : "",
                      latex_escaped(node.name),
                      payoffs.empty() ? "" : fmt::format(" \\quad {}", fmt::join(payoffs, ", ")));
      continue;
    }
    const bool square =
        node.kind == PlayNode::Kind::chance || node.kind == PlayNode::Kind::condition;
    out += fmt::format("  \\node[draw, fill=white, {}, inner sep=1.8pt] at {} {{}};\n",
                       square ? "rectangle" : "circle", place(here));
    // Above and to the left of the node, off the branches that leave it.
    out += fmt::format("  \\node[above left, inner sep=2pt] at {} {{{}}};\n",
                       place(here, 0.15, 0.08), latex_escaped(who(tree, node)));
    if (const std::string belief = belief_at(marks, n); !belief.empty())
      out += fmt::format("  \\node[below left, inner sep=2pt, font=\\scriptsize] at {} {{{}}};\n",
                         place(here), latex_escaped(belief));
  }
  return out +
         "\\end{tikzpicture}}%\n\\ifdim\\wd0>\\linewidth\\sbox0{\\resizebox{\\linewidth}{!}{"
         "\\usebox0}}\\fi\n"
         "\\ifdim\\ht0>0.9\\textheight\\sbox0{\\resizebox{!}{0.9\\textheight}{\\usebox0}}"
         "\\fi\n\\usebox0}\n";
}

}  // namespace melian
