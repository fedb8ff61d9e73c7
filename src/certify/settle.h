#pragma once
/// Sweeps over the layers of a game: those of a cycle again and again, until what is read where
/// play comes back moves no more. Behind it stands that discounted values of fixed strategies exist
/// and are unique.

#include <functional>

#include "certify/tables.h"
#include "melian/numeric.h"

namespace melian::checking {

/// The tables of a sweep: of the iterate in hand, and of the last one where play comes back to a
/// state.
struct Iterates {
  Tables now, last;
  Iterates(const Layout& layout, const std::function<std::size_t(int)>& size)
      : now(layout, size), last(layout, size) {}
  /// What a branch between two places of the game reads.
  [[nodiscard]] const double* read(const Layout& layout, int from, const Destination& to) const {
    return layout.leads_back(from, to.state) ? last.at(0, to.state) : now.at(to.round, to.state);
  }
};

struct Settled {
  bool finished = true;  ///< false when cancelled
  bool settled = true;   ///< false when some cycle's values went on moving
};

/// What one sweep over a layer is for.
enum class Purpose : std::uint8_t {
  seek,     ///< values of a cycle on their way
  confirm,  ///< likewise, once more from the start of the search, with what was chosen on the last
            ///< sweep held fixed
  keep,     ///< the last sweep: what is found counts
};

/// `visit(layer, purpose)` computes a layer's tables, of `size(state)` numbers each; `seen(done)`,
/// with the number of layers that are done, says whether to go on. `confirmed`: cycles are also
/// swept to `confirm`.
[[nodiscard]] Settled sweep_backward(
    const Layout& layout, Iterates& tables,
    const std::function<void(const Layout::Layer&, Purpose)>& visit,
    const std::function<std::size_t(int)>& size, const std::function<bool(std::size_t done)>& seen,
    bool confirmed = false);

}  // namespace melian::checking
