#pragma once
/// Solves a line: one decision of a typed mover at many priors.

#include <functional>
#include <vector>

#include "solve/contest.h"
#include "solve/curve.h"
#include "solve/follow.h"
#include "solve/line.h"
#include "solve/readout.h"

namespace melian::grid {

/// Which solution to take where a prior has several.
enum class Selection : std::uint8_t {
  certain,  ///< none: the caller only asks where one solution is proved without a search
  first,    ///< any: the caller only asks whether there are several
  follow,   ///< the one that continues the solution on the rung below
  nearest,  ///< the one nearest to a given strategy
};

struct Guide {
  Selection selection = Selection::first;
  /// With `follow`: whether to count solutions at all. On rungs below the target only the followed
  /// one matters.
  bool counting = true;
  /// Whether the solution to continue already rests on a jump; empty: none does.
  std::function<bool(int target)> jumped;
  /// The rung below (or lambda 0): its scores along this line; asked for at most once a line.
  std::function<const Line&()> from;
  /// Log-likelihood ratios, log sigma_1 - log sigma_0 per branch, of the solution to continue or to
  /// be near to.
  std::function<void(int target, std::vector<double>& ratio)> ratio;
};

/// One cell of a line with one curved branch: that branch's scores at the lower end, and their
/// slopes in b; b there, and the centre of the cell.
struct CurvedCell {
  int index;
  double s0, s1, slope0, slope1, b, centre;
};

class Kernel {
 public:
  /// `targets`: prior log-odds, increasing; -infinity and +infinity are the corners.
  void solve(const Line& line, const std::vector<double>& targets, const Guide& guide,
             LineAnswer& answer);

 private:
  [[nodiscard]] bool rises_everywhere(const Line& line);
  void find_cells(const Line& line, const std::vector<double>& targets, const Guide& guide,
                  LineAnswer& answer);
  void advance(const Line& line, ContestLanes& lanes, LineAnswer& answer);
  void bracket(const Line& line, int cell, double prior, int target, LineAnswer& answer) const;
  void corner(const Line& line, bool upper, int target, LineAnswer& answer) const;
  void write(const Line& line, const ContestLanes& lanes, LineAnswer& answer) const;
  void one_curved(const Line& line, const std::vector<double>& targets, const Guide& guide,
                  LineAnswer& answer);
  bool many_curved(const Line& line, const std::vector<double>& targets, LineAnswer& answer);
  void all_solutions(const Line& line, double prior, int target, const Guide& guide,
                     LineAnswer& answer);
  void choose(const Line& line, double prior, int target, const Guide& guide, LineAnswer& answer);
  bool follow(const Line& line, double prior, int target, const Guide& guide, LineAnswer& answer);
  bool approach(const Line& line, double prior, int target, const Guide& guide, LineAnswer& answer);
  void take(const Line& line, double prior, std::vector<double> u, DecisionMark mark, int target,
            LineAnswer& answer);
  [[nodiscard]] const Curve::Root* nearest_root(const Line& line,
                                                const std::vector<double>& posterior) const;
  void list_roots(const Line& line, double prior, bool all);

  // One curved branch.
  ContestTable table_;
  ContestLanes lanes_, slow_;  ///< after their first step; those that need more
  std::vector<int> cells_;     ///< per target
  bool duel_ = false;          ///< two branches, the other of which has no consequences for beliefs
  std::vector<std::uint8_t> rising_;  ///< per cell: the prior increases throughout
  Readout readout_;
  // Many curved branches.
  std::vector<double> u_, before_;
  Arrow arrow_;
  Curve curve_;
  Follower follower_;
  std::vector<Curve::Root> roots_;
  std::vector<double> ratio_, posterior_;
  const std::vector<double>* targets_ = nullptr;  ///< of the line in hand
  int listed_ = 0;  ///< solutions a prior that `curve_` has traced for; 0: not traced
};

}  // namespace melian::grid
