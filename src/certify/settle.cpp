#include "certify/settle.h"

#include <algorithm>

namespace melian::checking {

Settled sweep_backward(const Layout& layout, Iterates& tables,
                       const std::function<void(const Layout::Layer&, Purpose)>& visit,
                       const std::function<std::size_t(int)>& size,
                       const std::function<bool(std::size_t)>& seen, bool confirmed) {
  Settled out;
  const auto& layers = layout.layers();
  for (std::size_t first = 0; first < layers.size();) {
    const int cycle = layers[first].cycle;
    std::size_t last = first + 1;
    while (cycle >= 0 && last < layers.size() && layers[last].cycle == cycle) ++last;
    for (std::size_t n = first; n < last; ++n) tables.now.open(layers[n]);
    if (cycle >= 0) {
      const std::vector<int> heads = layout.order().heads(layout.structure(), cycle);
      tables.last.open(
          {.round = 0, .timed = false, .last_of_round = false, .cycle = cycle, .states = heads});
      const auto copy = [&](Tables& from, std::vector<double>& to) {
        to.clear();
        for (const int head : heads)
          to.insert(to.end(), from.at(0, head), from.at(0, head) + size(head));
      };
      std::vector<double> x, fx;
      copy(tables.last, x);
      for (const Purpose purpose : {Purpose::seek, Purpose::confirm}) {
        if (purpose == Purpose::confirm && !confirmed) break;
        FixedPoint search;
        auto ending = FixedPoint::Ending::none;
        while (ending == FixedPoint::Ending::none) {
          for (std::size_t n = first; n < last; ++n) visit(layers[n], purpose);
          copy(tables.now, fx);
          ending = search.step(x, fx);
          auto from = x.begin();
          for (const int head : heads) {
            std::copy_n(from, size(head), tables.last.at(0, head));
            from += static_cast<std::ptrdiff_t>(size(head));
          }
          if (!seen(first)) return {.finished = false, .settled = out.settled};
        }
        out.settled = out.settled && ending == FixedPoint::Ending::converged;
      }
    }
    for (std::size_t n = first; n < last; ++n) {
      visit(layers[n], Purpose::keep);
      if (layers[n].last_of_round) tables.now.close_round(layers[n].round);
      if (!seen(n + 1)) return {.finished = false, .settled = out.settled};
    }
    first = last;
  }
  return out;
}

}  // namespace melian::checking
