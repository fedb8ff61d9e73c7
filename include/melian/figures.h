#pragma once
/// A second door of `report`: figures and tables for papers. Comparative statics as tidy CSV, JSON
/// and SVG; the game tree as SVG and TikZ.

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "melian/comparative_statics.h"
#include "melian/manuscript.h"
#include "melian/report.h"

namespace melian {

// ---- Comparative statics
// -------------------------------------------------------------------------------------------

/// A published threshold where the sweep can show it: along one parameter a number, over two a
/// curve.
struct DrawnThreshold {
  std::string what, source;
  std::size_t axis = 0;  ///< the varied parameter it is a number of
  /// Along one parameter: one entry, its second number unused. Over two: (number of `axis`, number
  /// of the other axis).
  std::vector<std::pair<double, double>> points;
};

/// What a sweep's figure and caption say beside the numbers.
struct SweepFigure {
  std::vector<std::string> shown;  ///< numbers drawn; empty: the probabilities of outcomes
  std::vector<DrawnThreshold> thresholds;
  std::vector<std::string> fixed;       ///< what goes into the caption: "precision = 200"
  std::vector<std::string> axis_notes;  ///< by varied parameter: what it is; may be empty
  std::string title, source;
};

/// The entry's thresholds that lie along what is varied, worked out at every point of the other
/// parameter; those whose formula has no number there are left out.
[[nodiscard]] std::vector<DrawnThreshold> drawn_thresholds(const std::vector<Threshold>& thresholds,
                                                           const Model& model,
                                                           const SweepOptions& asked);

/// Tidy: one row a point and number; columns: the varied parameters, number, value, grid_error,
/// certified, reason (why it is not). NA where there is none; a point without a solution is one row
/// of NA.
[[nodiscard]] std::string sweep_csv(const Sweep& sweep);
/// The same piece by piece, as points are solved.
[[nodiscard]] std::string sweep_csv_head(const std::vector<VariedParameter>& vary);
[[nodiscard]] std::string sweep_csv_rows(const SweepPoint& point);
/// The points of a sweep over `vary` that such a text has to the end, by index; of the last one it
/// cannot be told whether it is whole, unless a point without a solution follows. Points without a
/// solution are left out: they are tried again.
/// Errors: M0944 where the text is of another sweep, or gives a point two numbers.
[[nodiscard]] Result<std::map<std::size_t, SweepPoint>> read_sweep_csv(
    const std::string& text, const std::vector<VariedParameter>& vary);
/// One document, schema "melian.sweep/1" (docs/formats/sweep.md), ending in a newline.
[[nodiscard]] std::string sweep_json(const Sweep& sweep, const SweepFigure& figure);
/// Curves along one parameter, one panel for each unit; a region diagram over two. Stands alone,
/// follows the reader's light or dark setting, and tells its lines apart without colour.
[[nodiscard]] std::string sweep_svg(const Sweep& sweep, const SweepFigure& figure);
/// Switches and thresholds in words, a line each.
[[nodiscard]] std::vector<std::string> sweep_words(const Sweep& sweep, const SweepFigure& figure);
/// The unit of a printed number: "probability", "payoff units", "rounds", "bits", "offer",
/// "expected number".
[[nodiscard]] std::string unit_of(const std::string& number);

// ---- Pictures and papers
// -------------------------------------------------------------------------------------------

/// What a solved game adds to its tree.
struct TreeMarks {
  std::vector<std::string> beliefs;  ///< [node]: the mover's probability of being at it, where it
                                     ///< cannot tell nodes apart; may be empty
  std::vector<std::vector<std::uint8_t>> likely;  ///< [node][branch]: on the most likely path
  std::vector<std::vector<int>> unseen;           ///< nodes that their mover cannot tell apart
  std::vector<std::string> notes;
};

/// A play tree (melian/manuscript.h) as a picture: from left to right, who moves, what can be done,
/// how it ends, payoffs.
[[nodiscard]] std::string tree_svg(const PlayTree& tree, const TreeMarks& marks = {});
/// The same for LaTeX: a tikzpicture, payoffs as mathematics; needs the package tikz only.
[[nodiscard]] std::string tree_tikz(const PlayTree& tree, const TreeMarks& marks = {});
/// The same as text: one line a branch, indented.
[[nodiscard]] std::string tree_text(const PlayTree& tree, const TreeMarks& marks = {});

/// An extensive form with what a behaviour strategy does in it: probabilities on branches, beliefs
/// at information sets, the most likely path.
struct SolvedTree {
  PlayTree tree;
  TreeMarks marks;
};
/// Errors: M0901 where it has more ends than are readable.
[[nodiscard]] Result<SolvedTree> solved_tree(const ExtensiveForm& form,
                                             const std::vector<double>& log_strategy, double lambda,
                                             bool unrolled, int most_ends = 64);

}  // namespace melian
