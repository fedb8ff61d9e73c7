#pragma once
/// Every decision of an assessment, one call a (round, public state, belief point).

#include <cmath>
#include <functional>
#include <vector>

#include "melian/beliefs.h"
#include "melian/game.h"
#include "melian/numeric.h"

namespace melian::testing {

struct DecisionView {
  int round = 0, state = 0, mover = 0;
  std::int64_t point = 0;
  double belief =
      0.0;  ///< the analyst's in the mover's second type; 0 where it has one (live) type
  std::vector<std::vector<double>> log_strategy;  ///< [type][branch]
};

inline void for_each_decision(const Game& game, const Assessment& assessment,
                              const std::function<void(const DecisionView&)>& look) {
  const Structure& shape = game.shape();
  for (int round = 0; round < shape.rounds; ++round)
    for (int state = 0; state < static_cast<int>(shape.states.size()); ++state) {
      const PublicState& s = shape.states[static_cast<std::size_t>(state)];
      if (!shape.is_decision(state) || (!s.timed && round > 0) ||
          !assessment.decided(shape, round, state))
        continue;
      const int mover = shape.moves[static_cast<std::size_t>(s.move)].player;
      const bool live = (s.live >> mover & 1U) != 0;
      const int types = live ? shape.players[static_cast<std::size_t>(mover)].num_types() : 1;
      const std::int64_t points = assessment.axes.num_points(s.live),
                         row = assessment.row(shape, round, state);
      std::int64_t stride = 1;
      const int own = BeliefSpace(shape).only_axis(mover);
      for (std::size_t k = static_cast<std::size_t>(own + 1); k < assessment.axes.nodes.size(); ++k)
        if ((s.live & assessment.axes.players[k]) != 0)
          stride *= static_cast<std::int64_t>(assessment.axes.nodes[k].size());
      const std::vector<double> axis =
          own < 0 ? std::vector<double>{0.0} : assessment.axes.nodes[static_cast<std::size_t>(own)];
      for (std::int64_t point = 0; point < points; ++point) {
        DecisionView view{.round = round,
                          .state = state,
                          .mover = mover,
                          .point = point,
                          .belief = 0.0,
                          .log_strategy = {}};
        if (types == 2)
          view.belief = axis[static_cast<std::size_t>(point / stride %
                                                      static_cast<std::int64_t>(axis.size()))];
        for (int type = 0; type < types; ++type) {
          view.log_strategy.emplace_back();
          for (int k = 0; k < s.num_branches; ++k)
            view.log_strategy.back().push_back(assessment.log_strategy[static_cast<std::size_t>(
                row + (std::int64_t{type} * s.num_branches + k) * points + point)]);
        }
        look(view);
      }
    }
}

}  // namespace melian::testing
