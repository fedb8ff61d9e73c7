#pragma once
/// All solutions of one decision: the solutions for all priors at once are curves, one *strand* for
/// each choice of a monotone piece of every h_a. A strand is cut into segments on which the prior
/// u_0 is monotone; a prior has as many solutions as segments that pass it.
///
/// The parameter t of a strand is c; with a single curved branch it is that branch's posterior u,
/// in which folds of h are no obstacle.

#include <vector>

#include "solve/arrow.h"
#include "solve/enclosure.h"

namespace melian::grid {

class Curve {
 public:
  /// One solution: c, the posteriors of the curved branches, the sign of the system's determinant.
  struct Root {
    double c = 0.0, sign = 1.0;
    std::vector<double> u;
  };

  /// Cuts all strands of the line into segments. At most `largest_strands` strands; see `complete`.
  /// With `targets`, stretches that no target's prior lies on are not cut further: `roots` is then
  /// exact at these priors only. Ends, incomplete, once every target has `enough` solutions.
  void trace(const Line& line, const std::vector<double>& targets = {}, int enough = all);
  static constexpr int all = 1 << 30;
  /// Whether u_0 increases on the whole stretch between two solutions (posteriors `low` and `high`
  /// of the curved branches, at `c_low` < `c_high`) of a regular line: a certificate of uniqueness
  /// there.
  [[nodiscard]] bool increases(const Line& line, double c_low, const double* low, double c_high,
                               const double* high);
  /// The same over one cell of the posterior of a line's only curved branch.
  [[nodiscard]] bool increases_in_cell(const Line& line, int cell);
  /// Cuts a line with one curved branch, given the priors at its nodes and which cells are known to
  /// increase throughout.
  void trace_cells(const Line& line, const std::vector<double>& prior,
                   const std::vector<std::uint8_t>& rising, const std::vector<double>& targets);
  /// For each target the increasing cell that holds the only solution there; -1 where there may be
  /// others, or it lies in no such cell.
  void only_cells(const Line& line, const std::vector<double>& prior,
                  const std::vector<std::uint8_t>& rising, const std::vector<double>& targets,
                  std::vector<int>& cells);
  /// All solutions at a prior.
  void roots(const Line& line, double target, std::vector<Root>& out);
  [[nodiscard]] bool complete() const { return complete_; }

 private:
  struct Knot {
    double u, h;
    int cell;
  };  ///< `cell` holds the stretch from here to the next knot
  struct Piece {
    int first, last;
    double h_low, h_high;
  };  ///< knots first ... last, h strictly monotone
  struct Segment {
    int strand;
    double t_low, t_high, prior_low, prior_high;
  };
  struct Point {
    double t = 0.0, prior = 0.0;
    std::vector<double> u;
  };

  void keep_targets(const std::vector<double>& targets);
  void find_pieces(const Line& line);
  [[nodiscard]] double invert(const Line& line, std::size_t curved, const Piece& piece,
                              double c) const;
  void place(const Line& line, int strand, double t, Point& out);
  void place_between(const Line& line, const Point& low, const Point& high, Point& out);
  void assess(const Line& line, double c, Point& out);
  [[nodiscard]] Verdict judge(const Line& line, const Point& low, const Point& high);
  [[nodiscard]] bool wanted(const Range& prior) const;
  [[nodiscard]] bool all_have_enough();
  void cut(const Line& line, int strand, std::size_t low, std::size_t high, int depth);
  void add_strands(const Line& line, std::size_t curved, double c_low, double c_high);
  void add_segment(int strand, const Point& low, const Point& high);
  void add_root(const Line& line, const Segment& segment, double t, double target,
                std::vector<Root>& out);
  bool certify(const Line& line, std::size_t low, std::size_t high, int depth);
  Point& point(std::size_t i);

  std::vector<double> targets_;  ///< finite, increasing; empty: every prior
  std::vector<int> found_;       ///< per target: solutions on the segments counted so far
  std::size_t counted_ = 0;      ///< segments
  int enough_ = all, judged_ = 0;
  std::vector<Knot> knots_;
  std::vector<std::vector<Piece>> pieces_;  ///< per curved branch
  std::vector<int> chosen_;                 ///< of the strand being added
  std::vector<std::vector<int>> strands_;   ///< piece per curved branch
  std::vector<Segment> segments_;
  std::vector<Point> points_;
  Arrow arrow_;
  Enclosure enclosure_;
  bool by_posterior_ = false, complete_ = true, traced_pieces_ = false;
};

}  // namespace melian::grid
