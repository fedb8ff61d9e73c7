#include <cmath>

#include "melian/tree.h"
#include "tree/shape.h"

namespace melian {
namespace {

using tree::ix;

TreePlay one_play(const ExtensiveForm& form, const std::vector<double>& log_strategy,
                  RandomStream random) {
  TreePlay out{0};
  while (!form.is_end(out.back())) {
    const ExtensiveForm::InformationSet& set = form.sets[ix(form.nodes[ix(out.back())].set)];
    double left = random.uniform();
    int taken = 0;
    for (int a = 0; a < set.num_actions; ++a) {
      const double chance = std::exp(log_strategy[ix(set.first_action + a)]);
      if (chance <= 0.0) continue;
      taken = a;
      if (left < chance) break;
      left -= chance;
    }
    out.push_back(form.child(out.back(), taken));
  }
  return out;
}

}  // namespace

std::vector<TreePlay> simulate_tree(const ExtensiveForm& form,
                                    const std::vector<double>& log_strategy, std::int64_t plays,
                                    std::uint64_t seed) {
  std::vector<TreePlay> out(ix(plays));
  parallel_for(out.size(), [&](std::size_t k) {
    out[k] = one_play(form, log_strategy, RandomStream(seed, k));
  });
  return out;
}

}  // namespace melian
