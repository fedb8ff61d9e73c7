/// A play tree as a picture: from left to right, one column a move, one row an end.

#include <algorithm>
#include <map>

#include <fmt/core.h>
#include <fmt/ranges.h>

#include "melian/figures.h"
#include "report/svg.h"
#include "report/table.h"

namespace melian {
namespace {

std::size_t at(std::int64_t index) { return static_cast<std::size_t>(index); }

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

std::string belief_at(const TreeMarks& marks, std::size_t node) {
  return node < marks.beliefs.size() ? marks.beliefs[node] : std::string();
}

/// Lengths in a picture's own unit; words are measured in ems of the letters they are set in.
struct Measures {
  double narrowest = 0, bend = 0, em = 0, small_em = 0, room = 0, lane = 0;
};

/// What a branch is called, if need be cut short.
std::string label_of(const PlayNode::Branch& branch) {
  constexpr std::size_t most = 40;
  return shorten(branch.label, most);
}

/// Dashed lines through the nodes that a mover cannot tell apart run beside the nodes' column, each
/// in a lane of its own where they pass one another.
struct Lanes {
  struct Line {
    std::vector<int> nodes;  ///< from the top down
    int lane = 0;            ///< 0 nearest to the nodes
  };
  std::vector<Line> lines;
  std::vector<int> of_column;  ///< [column]: how many
};

Lanes lanes_of(const std::vector<std::vector<int>>& unseen, const Layout& layout) {
  Lanes out;
  out.of_column.assign(at(layout.columns), 0);
  for (const std::vector<int>& nodes : unseen) {
    // Nodes of one set may stand in several columns; each column is a line of its own.
    std::map<int, std::vector<int>> by_column;
    for (const int n : nodes) by_column[layout.column[at(n)]].push_back(n);
    std::vector<int> line;
    for (auto& [column, here] : by_column) {
      std::ranges::sort(here, {}, [&](int n) { return layout.row[at(n)]; });
      line.insert(line.end(), here.begin(), here.end());
    }
    out.lines.push_back({std::move(line), 0});
  }
  const auto spans = [&](const Lanes::Line& line) {
    const auto [low, high] =
        std::ranges::minmax(line.nodes, {}, [&](int n) { return layout.row[at(n)]; });
    return std::pair{layout.row[at(low)], layout.row[at(high)]};
  };
  for (std::size_t k = 0; k < out.lines.size(); ++k) {
    const auto [low, high] = spans(out.lines[k]);
    const int column = layout.column[at(out.lines[k].nodes.front())];
    bool taken = true;
    while (taken) {
      taken = false;
      for (std::size_t j = 0; j < k && !taken; ++j) {
        const auto [from, to] = spans(out.lines[j]);
        taken = layout.column[at(out.lines[j].nodes.front())] == column && from <= high &&
                low <= to && out.lines[j].lane == out.lines[k].lane;
      }
      if (taken) ++out.lines[k].lane;
    }
    for (const int n : out.lines[k].nodes) {
      int& lanes = out.of_column[at(layout.column[at(n)])];
      lanes = std::max(lanes, out.lines[k].lane + 1);
    }
  }
  return out;
}

/// Where columns stand: each far enough from the one before for the words along its branches and at
/// its nodes, and for its lanes.
std::vector<double> column_places(const PlayTree& tree, const TreeMarks& marks,
                                  const Layout& layout, const Lanes& lanes,
                                  const Measures& measures) {
  std::vector<double> width(at(layout.columns), measures.narrowest);
  for (std::size_t n = 0; n < tree.nodes.size(); ++n)
    for (const PlayNode::Branch& branch : tree.nodes[n].branches) {
      const PlayNode& next = tree.nodes[at(branch.node)];
      const bool ends = next.branches.empty();
      const double name = ends ? 0.0 : measures.em * ems_of(who(tree, next)),
                   belief = measures.small_em * ems_of(belief_at(marks, at(branch.node)));
      const double along = std::max(measures.small_em * ems_of(label_of(branch)) + name,
                                    measures.small_em * ems_of(branch.detail) + belief);
      const int column = layout.column[at(branch.node)];
      width[at(column)] =
          std::max(width[at(column)], measures.bend + along + measures.room +
                                          measures.lane * lanes.of_column[at(column)]);
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
        lanes_(lanes_of(unseen(tree, marks), layout_)),
        columns_(column_places(tree, marks, layout_, lanes_,
                               {150, bend, letters, small_letters, 20, lane_width})) {
    if (!tree.nodes.empty())
      left_ = std::max(40.0, 20 + letters * ems_of(who(tree, tree.nodes.front())));
  }

  [[nodiscard]] std::string text() const {
    constexpr double margin = 16, narrowest = 420;
    double right = margin + large_letters * ems_of(tree_.title);
    for (std::size_t n = 0; n < tree_.nodes.size(); ++n)
      if (tree_.nodes[n].branches.empty())
        right = std::max(right, place(static_cast<int>(n)).first + 10 +
                                    letters * ems_of(end_words(tree_.nodes[n])));
    const double width = std::max(right + margin, narrowest);
    std::vector<std::string> below;
    for (const std::string& note : notes(tree_, marks_))
      for (std::string& line :
           lines_of(note, static_cast<std::size_t>((width - 2 * margin) / (0.6 * small_letters))))
        below.push_back(std::move(line));
    const double bottom = top + layout_.rows * row_height + 12;
    Svg svg(width, bottom + 16 * static_cast<double>(below.size()) + 8, tree_.title,
            "the tree of play, from left to right");
    svg.text({margin, 24}, "start", "title", tree_.title);
    svg.text({margin, 41}, "start", "small", tree_.source);
    for (const Lanes::Line& line : lanes_.lines) svg.polyline(through(line), "rule");
    for (std::size_t n = 0; n < tree_.nodes.size(); ++n) draw_branches(svg, static_cast<int>(n));
    for (std::size_t n = 0; n < tree_.nodes.size(); ++n) draw_node(svg, static_cast<int>(n));
    for (std::size_t n = 0; n < tree_.nodes.size(); ++n) write_at(svg, static_cast<int>(n));
    for (std::size_t k = 0; k < below.size(); ++k)
      svg.text({margin, bottom + 16 * static_cast<double>(k)}, "start", "small", below[k]);
    return svg.finished();
  }

 private:
  static constexpr double top = 84, row_height = 44, bend = 38, lane_width = 9, slant = 13;
  static constexpr double large_letters = 15, letters = 12, small_letters = 11;

  [[nodiscard]] double x(int column) const { return left_ + columns_[at(column)]; }
  [[nodiscard]] SvgPoint place(int node) const {
    return {x(layout_.column[at(node)]), top + row_height * layout_.row[at(node)]};
  }

  [[nodiscard]] std::string end_words(const PlayNode& node) const {
    const std::string payoffs = payoff_words(tree_, node);
    return (node.kind == PlayNode::Kind::onward ? "→ " : "") + node.name +
           (payoffs.empty() ? "" : " · " + payoffs);
  }

  /// From node to node along the lane.
  [[nodiscard]] std::vector<SvgPoint> through(const Lanes::Line& line) const {
    std::vector<SvgPoint> out;
    for (std::size_t k = 0; k < line.nodes.size(); ++k) {
      const auto [px, py] = place(line.nodes[k]);
      const double x = px - slant - lane_width * line.lane;
      if (k > 0) out.emplace_back(x, py - slant);
      out.emplace_back(px, py);
      if (k + 1 < line.nodes.size()) out.emplace_back(x, py + slant);
    }
    return out;
  }

  void draw_branches(Svg& svg, int n) const {
    const PlayNode& node = tree_.nodes[at(n)];
    const auto [px, py] = place(n);
    for (std::size_t k = 0; k < node.branches.size(); ++k) {
      const bool likely = is_likely(marks_, at(n), k);
      const auto [cx, cy] = place(node.branches[k].node);
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
    }
  }

  void draw_node(Svg& svg, int n) const {
    const PlayNode& node = tree_.nodes[at(n)];
    const auto [px, py] = place(n);
    if (node.kind == PlayNode::Kind::onward) return;
    if (node.kind == PlayNode::Kind::end)
      svg.circle({px, py}, 3.5, "end");
    else if (node.kind == PlayNode::Kind::chance || node.kind == PlayNode::Kind::condition)
      svg.box({px - 5, py - 5}, 10, 10, "chance");
    else
      svg.circle({px, py}, 5.5, "node");
  }

  /// Words come last, so that no line runs through them.
  void write_at(Svg& svg, int n) const {
    const PlayNode& node = tree_.nodes[at(n)];
    const auto [px, py] = place(n);
    for (const PlayNode::Branch& branch : node.branches) {
      const double turn = px + bend, cy = place(branch.node).second;
      svg.text({turn + 5, cy - 5}, "start", "tick halo", label_of(branch));
      if (!branch.detail.empty())
        svg.text({turn + 5, cy + 13}, "start", "small halo", branch.detail);
    }
    if (node.branches.empty()) {
      svg.text({px + 10, py + 4}, "start",
               node.kind == PlayNode::Kind::onward ? "small halo" : "label halo", end_words(node));
      return;
    }
    // To the left of the node and its lanes, off the branches that leave it.
    const int lanes = lanes_.of_column[at(layout_.column[at(n)])];
    const double left = px - (lanes > 0 ? slant + lane_width * (lanes - 1) + 5 : 4);
    svg.text({left, py - 7}, "end", "label halo", who(tree_, node));
    if (const std::string belief = belief_at(marks_, at(n)); !belief.empty())
      svg.text({left, py + 14}, "end", "small halo", belief);
  }

  const PlayTree& tree_;
  const TreeMarks& marks_;
  Layout layout_;
  Lanes lanes_;
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
  constexpr double lane_width = 0.16, slant = 0.22, letters = 0.29, small_letters = 0.25;
  const Layout layout = laid_out(tree);
  const Lanes lanes = lanes_of(unseen(tree, marks), layout);
  const std::vector<double> columns = column_places(
      tree, marks, layout, lanes, {2.4, bend, letters, small_letters, 0.45, lane_width});
  const auto place = [&](int node, double right = 0.0, double up = 0.0) {
    return fmt::format("({}, {})", tikz_number(columns[at(layout.column[at(node)])] + right),
                       tikz_number(up - row_height * layout.row[at(node)]));
  };
  std::string out =
      "% Made from the model's file by `melian describe --tree tikz`; needs \\usepackage{tikz}. "
      "Shrunk where it is wider than the text, or higher.\n"
      "\\par{\\noindent\\sbox0{%\n\\begin{tikzpicture}[font=\\footnotesize]\n";
  for (const Lanes::Line& line : lanes.lines) {
    const double left = -slant - lane_width * line.lane;
    for (std::size_t k = 1; k < line.nodes.size(); ++k)
      out += fmt::format("  \\draw[dashed] {} -- {} -- {} -- {};\n", place(line.nodes[k - 1]),
                         place(line.nodes[k - 1], left, -slant), place(line.nodes[k], left, slant),
                         place(line.nodes[k]));
  }
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
    // To the left of the node and its lanes, off the branches that leave it.
    const int beside = lanes.of_column[at(layout.column[n])];
    const double left = beside > 0 ? -slant - lane_width * (beside - 1) : 0.0;
    out += fmt::format("  \\node[above left, inner sep=2pt] at {} {{{}}};\n",
                       place(here, left, 0.06), latex_escaped(who(tree, node)));
    if (const std::string belief = belief_at(marks, n); !belief.empty())
      out += fmt::format("  \\node[below left, inner sep=2pt, font=\\scriptsize] at {} {{{}}};\n",
                         place(here, left, 0.0), latex_escaped(belief));
  }
  return out +
         "\\end{tikzpicture}}%\n\\ifdim\\wd0>\\linewidth\\sbox0{\\resizebox{\\linewidth}{!}{"
         "\\usebox0}}\\fi\n"
         "\\ifdim\\ht0>0.9\\textheight\\sbox0{\\resizebox{!}{0.9\\textheight}{\\usebox0}}"
         "\\fi\n\\usebox0}\n";
}

}  // namespace melian
