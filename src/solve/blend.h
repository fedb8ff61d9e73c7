#pragma once
/// Scores on the way from one line to another, S_t = (1 - t) S_from + t S_to, without copying
/// either.

#include "solve/line.h"

namespace melian::grid {

struct Blend {
  const Line* from = nullptr;
  const Line* to = nullptr;
  double t = 0.0;
  std::vector<int> curved;  ///< all branches open to both types
  double rest[2] = {0.0, 0.0};
  double scale = 0.0;

  void join(const Line& first, const Line& last) {
    from = &first;
    to = &last;
    scale = std::max(first.scale, last.scale);
    curved.clear();
    for (int a = 0; a < last.branches; ++a)
      if (last.open[ix(a)] == 3) curved.push_back(a);
  }
  void move_to(double share) {
    t = share;
    for (int type = 0; type < 2; ++type) {
      double top = -infinity, sum = 0.0;
      for (int a = 0; a < to->branches; ++a)
        if (to->open[ix(a)] == type + 1)
          top = std::max(top, mix(from->fixed(a, type), to->fixed(a, type)));
      for (int a = 0; a < to->branches; ++a)
        if (to->open[ix(a)] == type + 1)
          sum += std::exp(mix(from->fixed(a, type), to->fixed(a, type)) - top);
      rest[type] = sum > 0.0 ? top + std::log(sum) : -infinity;
    }
  }
  [[nodiscard]] Score at(int branch, double u, double b, double p, int& cell) const {
    const Score a = from->at(branch, u, b, p, cell);
    Score out = to->at(branch, u, b, p, cell);
    for (int type = 0; type < 2; ++type) {
      out.s[type] = mix(a.s[type], out.s[type]);
      out.slope[type] = mix(a.slope[type], out.slope[type]);
    }
    return out;
  }

 private:
  [[nodiscard]] double mix(double a, double b) const { return t == 1.0 ? b : a + t * (b - a); }
};

}  // namespace melian::grid
