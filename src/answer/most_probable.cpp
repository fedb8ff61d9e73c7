#include "answer/most_probable.h"

#include <algorithm>
#include <cmath>

namespace melian {
namespace {

/// Probabilities closer than this count as equal: round-off must not decide which of two is named.
constexpr double tie = 1e-9;

std::size_t largest(const std::vector<double>& probabilities) {
  std::size_t best = 0;
  for (std::size_t k = 1; k < probabilities.size(); ++k)
    if (probabilities[k] > probabilities[best] + tie) best = k;
  return best;
}

}  // namespace

std::vector<MostProbable> most_probable(const Structure& structure, const Prediction& prediction) {
  std::vector<MostProbable> out;
  if (!prediction.outcomes.empty())
    out.push_back({"outcome", structure.outcomes[largest(prediction.outcomes)], 0, false});
  for (const StartStrategy& start : prediction.start) {
    const Player& player = structure.players[static_cast<std::size_t>(start.player)];
    const Move& move = structure.moves[static_cast<std::size_t>(start.move)];
    std::string subject = player.name;
    if (!player.types.empty()) subject += "." + player.types[static_cast<std::size_t>(start.type)];
    const int action = start.actions[largest(start.probabilities)];
    out.push_back({subject + "." + move.name, move.actions[static_cast<std::size_t>(action)],
                   action, move.is_numeric()});
  }
  return out;
}

std::vector<Difference> differences(const std::vector<MostProbable>& left,
                                    const std::vector<MostProbable>& right) {
  std::vector<Difference> out;
  for (const MostProbable& one : left) {
    const auto other = std::ranges::find(right, one.subject, &MostProbable::subject);
    if (other == right.end() || one.what == other->what) continue;
    if (one.is_offer && std::abs(one.position - other->position) <= 1) continue;
    out.push_back({one, *other});
  }
  return out;
}

}  // namespace melian
