#pragma once
/// Where beliefs stand and where a branch takes them: a point of the solver's axes, or between
/// nodes, and the mixture of a successor's points that answers for it. Values are multilinear in
/// beliefs within a cell.

#include <vector>

#include "solve/plan.h"

namespace melian::grid {

/// A belief point as a mixture of points of the solver's axes.
struct Corner {
  std::int64_t point;
  double weight;
};

/// Beliefs on all live axes of a state.
struct Standpoint {
  std::vector<double> u;     ///< [axis] log-odds
  std::vector<Place> place;  ///< [axis] where that lies; weight 0 exactly on a node

  /// At a point of the grid.
  void on_grid(const Plan& plan, const StatePlan& state, std::int64_t point);
  /// At a node of an axis with every cell halved.
  void on_halved(int axis, double log_odds, std::int64_t node) {
    u[ix(axis)] = log_odds;
    place[ix(axis)] = {static_cast<int>(node / 2), node % 2 == 0 ? 0.0 : 0.5};
  }
};

/// How news shifts log-odds; axes that are not `moved` stay exactly where they are.
struct News {
  std::vector<double> shift;        ///< [axis]
  std::vector<std::uint8_t> moved;  ///< [axis]
  void reset(int axes) {
    shift.assign(ix(axes), 0.0);
    moved.assign(ix(axes), 0);
  }
};

/// Where a shift takes log-odds on an axis, and how its weight in that cell changes with them.
struct Landed {
  Place place;
  double slope;
};
[[nodiscard]] Landed landing_place(const Axis& axis, double u, double shift, int near);

struct Landing {
  std::vector<Corner> corners;
  std::vector<int> axes;       ///< that moved within the successor's cells ...
  std::vector<double> slopes;  ///< ... and how the corners' weights change with their log-odds,
                               ///< [index in axes][corner]

  /// Lands on the points of `to`. `with_slopes`: `slopes` too.
  void land(const Plan& plan, const StatePlan& to, const Standpoint& from, const News& news,
            bool with_slopes);

  /// Values of one player and profile; points are `of_point` apart.
  [[nodiscard]] double read(const double* block, std::int64_t of_point) const {
    double sum = 0.0;
    for (const Corner& corner : corners) sum += corner.weight * block[corner.point * of_point];
    return sum;
  }
  [[nodiscard]] double slope(std::size_t k, const double* block, std::int64_t of_point) const {
    const double* own = slopes.data() + k * corners.size();
    double sum = 0.0;
    for (std::size_t c = 0; c < corners.size(); ++c)
      sum += own[c] * block[corners[c].point * of_point];
    return sum;
  }

 private:
  std::vector<double> wider_;
};

}  // namespace melian::grid
