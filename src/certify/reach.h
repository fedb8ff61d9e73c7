#pragma once
/// Where play can be expected to stand: the forward distribution over (round, public state, belief
/// point).

#include <cstdint>
#include <vector>

#include "certify/bayes.h"

namespace melian::checking {

/// Which decisions are reached with at least `reached_probability`, laid out like the assessment's
/// marks (one a point). The probability of a point is the mass of the analyst's belief process
/// there: it starts at the prior, moves by Bayes' rule and is shared between neighbouring nodes so
/// that its mean does not move. Where play can come back to a decision, it is reached when that
/// holds of any one time round.
[[nodiscard]] std::vector<std::uint8_t> reached_decisions(const Layout& layout,
                                                          const Assessment& assessment);

/// The same, and how often play is expected to stand at each decision (of play that comes back:
/// over all times round).
struct Reach {
  std::vector<std::uint8_t> reached;
  std::vector<double> mass;
};
[[nodiscard]] Reach reach_of(const Layout& layout, const Assessment& assessment);

/// The prior as a point between nodes of the root state's axes.
[[nodiscard]] Stencil start_point(const Layout& layout);

}  // namespace melian::checking
