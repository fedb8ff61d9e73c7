#pragma once
/// Scenario boxes: where in the space of parameters a claim holds (docs/methods_worlds.md). The
/// patient rule induction method, PRIM.

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace melian {

/// Worlds as points of the unit cube, and which of them are sought.
struct MarkedPoints {
  std::vector<std::vector<double>> points;  ///< [world][parameter], in 0 .. 1
  std::vector<char> sought;                 ///< [world]
};

struct BoxOptions {
  double peel = 0.05;  ///< share of the points in the box that one step of peeling may take
  double significance =
      0.05;  ///< a side stays only if without it so many hits would be less likely than this
  std::size_t fewest =
      20;  ///< points in a box, and points sought, below which no box is looked for
  int resamples = 20;
};

/// A box of the unit cube.
struct FoundBox {
  std::vector<std::pair<double, double>> sides;  ///< [parameter]; (0, 1) where it is free
  std::vector<bool> restricted;                  ///< [parameter]
  double coverage = 0.0;                         ///< share of the sought points that lie in it
  double density = 0.0;                          ///< share of its points that are sought
  double support = 0.0;                          ///< share of all points that lie in it
  std::vector<double>
      resampled;  ///< [parameter]: share of bootstrap resamples whose box restricts it
};

/// Peels slices off the cube while the share of sought points rises, pastes back what does no harm,
/// keeps of all boxes on the way the one with the highest harmonic mean of coverage and density,
/// and frees the sides that chance would explain. Nothing where too few points are sought or not,
/// or no box beats the whole cube.
///
/// Cost:     O(steps * parameters * points), times 1 + resamples.
/// Source:   [FriedmanFisher1999]; coverage, density and resampling after [BryantLempert2010].
[[nodiscard]] std::optional<FoundBox> find_box(const MarkedPoints& points, std::uint64_t seed,
                                               const BoxOptions& options = {});

}  // namespace melian
