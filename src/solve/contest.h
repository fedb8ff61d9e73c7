#pragma once
/// One curved branch against the rest, for many priors at once: the same arithmetic in every lane.
///
/// With posterior u of the branch (log-odds; b its probability) and x_theta = log rest_theta -
/// S_theta(b), linear in b within a cell, the prior is explicit: u_0 = u + log(1 + e^{x_1}) - log(1
/// + e^{x_0}). Newton's correction with the second derivative (Chebyshev's) triples the number of
/// right digits; its last step needs no new exponentials.

#include <vector>

#include "numeric/lanes.h"
#include "solve/line.h"

namespace melian::grid {

/// Many priors with the cells of their posteriors, and what becomes of them. Lanes beyond `count`
/// repeat the last one.
struct ContestLanes {
  static constexpr int size = 64;
  int count = 0;
  int target[size];  ///< which prior of the line
  int cell[size];
  int steps[size];  ///< taken so far
  // Given: prior, where Newton starts; x_theta at the lower end of the cell, what it gains over the
  // cell, the cell.
  double prior[size], u[size], base[2][size], gain[2][size], low[size], per_width[size],
      centre[size];
  // By `search`: how far into the cell, b (1 - b) over the last step, x_theta, its e^{-|x|}, the
  // last step and its size in logits of whatever moves most.
  double share[size], p[size], x[2][size], e[2][size], step[size], moved[size];
  // By `settle`: logs and probabilities of the branch and of the rest, by type; how far into the
  // cell; residual, or infinity where the posterior left the cell.
  double log_branch[2][size], log_rest[2][size], branch[2][size], rest[2][size], weight[size],
      residual[size];

  /// Takes over a lane of another, its last step taken.
  void take(const ContestLanes& other, int lane);
  /// Whether the targets are neighbours, in order.
  [[nodiscard]] bool in_a_row() const { return target[count - 1] - target[0] == count - 1; }
};

/// The prior at which each node is the posterior, and what follows for every cell.
struct ContestTable {
  std::vector<double> x[2], lift;       ///< per node: x_theta; log(1 + e^{x_1}) - log(1 + e^{x_0})
  std::vector<double> prior, share[2];  ///< per node: u_0; by type the probability of the rest
  std::vector<double> gain[2];          ///< per cell: what x_theta gains over it
  std::vector<double> margin;           ///< per cell: a lower bound on du_0/du throughout
  /// Per cell, with z = (u_0 - start) per_rise: u is about from + z (turn_0 + z (turn_1 + z
  /// turn_2)).
  std::vector<double> start, from, per_rise, turn[3];

  void fill(const Line& line);
  [[nodiscard]] double guess(int cell, double target) const {
    const auto i = ix(cell);
    const double z = (target - start[i]) * per_rise[i];
    return from[i] + z * (turn[0][i] + z * (turn[1][i] + z * turn[2][i]));
  }
};

/// Fills lanes 0 to `count` - 1 for priors `first`, `first` + 1, ... of the line; `cell`: of each
/// of its priors.
void load(const ContestTable& table, const Axis& axis, const double* prior, const int* cell,
          int first, int count, ContestLanes& out);
/// One step of Newton's method from `u` in every lane, left in `step`.
void search(ContestLanes& at);
/// Strategies after the last step, and by how much they miss, read as anybody would who is given
/// them alone.
void settle(ContestLanes& at);

}  // namespace melian::grid
