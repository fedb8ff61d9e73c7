#pragma once
/// Many lines of decisions of one shape side by side, on axes with few nodes: where a line holds
/// too few beliefs to fill vector lanes, lines of other beliefs and of other public states do.
/// Solves what one cheap certificate proves to have one solution; the rest is left to `Kernel`.
///
/// With posteriors u_a of the branches that move with beliefs, h_a(u) = u - D_a(u), kappa = log Z_1
/// - log Z_0 and the prior t:
///   F_a = h_a(u_a) - (t - kappa) = 0,
/// whose Newton matrix is diagonal but for one rank (docs/methods_solve.md, "The decision of a
/// typed mover").

#include <algorithm>
#include <cstdint>
#include <vector>

#include "numeric/lanes.h"
#include "solve/line.h"
#include "solve/values.h"

namespace melian::grid {

class Bundle {
 public:
  static constexpr int most_columns = 64, most_nodes = most_nodes_in_rows;

  /// Lines along `axis`, all with these branches (see `Line::open`, `Line::moved`).
  void reset(const Axis& axis, const std::vector<std::uint8_t>& open,
             const std::vector<std::uint8_t>& moved, int columns);
  /// Scores of a branch at a node of the axis, by column.
  [[nodiscard]] double* row(int branch, int type, int node) {
    return score_.data() + ix(((std::int64_t{branch} * 2 + type) * nodes_ + node) * width_);
  }
  /// After all rows are filled: which columns are certain to have exactly one solution at every
  /// prior.
  void prepare();

  /// Makes room for answers at prior log-odds `targets`, increasing; -infinity and +infinity are
  /// the corners.
  void aim(const std::vector<double>& targets);
  /// Where to look first: posterior log-odds after a branch, by column; then which columns have
  /// been `told` where. Others start from the answer to unmoved beliefs.
  [[nodiscard]] double* start(int branch, int target) {
    return posterior_.data() + place(branch, target);
  }
  void told(int from, int to) { std::fill(told_.begin() + from, told_.begin() + to, 1); }
  void solve();

  /// Instead of all that: log strategies known already, filled in by column at every target; then
  /// what they imply.
  [[nodiscard]] double* stored(int type, int branch, int target) {
    return log_sigma_.data() + index(type, branch, target);
  }
  void read_back();

  /// By column, where `sure`: the only solution, within the tolerance.
  [[nodiscard]] bool sure(int column) const { return sure_[ix(column)] != 0; }
  [[nodiscard]] const double* log_sigma(int type, int branch, int target) const {
    return log_sigma_.data() + index(type, branch, target);
  }
  [[nodiscard]] const double* sigma(int type, int branch, int target) const {
    return sigma_.data() + index(type, branch, target);
  }
  /// The posterior, as a probability.
  [[nodiscard]] const double* belief(int branch, int target) const {
    return belief_.data() + place(branch, target);
  }
  /// Largest over all targets.
  [[nodiscard]] double residual(int column) const { return residual_[ix(column)]; }
  [[nodiscard]] std::int64_t width() const { return width_; }  ///< of a row of columns
  [[nodiscard]] int targets() const { return static_cast<int>(targets_.size()); }

 private:
  [[nodiscard]] std::size_t index(int type, int branch, int target) const {
    return ix(
        ((std::int64_t{type} * branches_ + branch) * static_cast<std::int64_t>(targets_.size()) +
         target) *
        width_);
  }
  [[nodiscard]] std::size_t place(int branch, int target) const {
    return ix((std::int64_t{branch} * static_cast<std::int64_t>(targets_.size()) + target) *
              width_);
  }
  void solve_inner(int target);
  void evaluate(int target);
  void read_out(int target);
  void solve_corner(int target, bool upper);

  const Axis* axis_ = nullptr;
  int branches_ = 0, nodes_ = 0, columns_ = 0;
  std::int64_t width_ = 0;
  std::vector<std::uint8_t> open_, moved_;
  std::vector<int> curved_;  ///< branches open to both types after which beliefs matter
  std::vector<double> targets_;
  std::vector<double> score_;  ///< [branch][type][node][column]
  std::vector<double> rest_[2],
      scale_;  ///< [column]: log sum of exp S over the branches that are not curved; largest |S|
  std::vector<std::uint8_t> certain_, told_, sure_;
  std::vector<double> posterior_, belief_;  ///< [branch][target][column]
  std::vector<double> log_sigma_, sigma_;   ///< [type][branch][target][column]
  std::vector<double> residual_;            ///< [column]
  // One evaluation: per curved branch and column, then per column.
  std::vector<double> h_, pull_[2], steep_, s_[2], weight_[2];
  std::vector<double> top_[2], sum_[2], lean_[2], drift_[2], c_, step_, miss_;
};

}  // namespace melian::grid
