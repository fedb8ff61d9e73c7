/// Where on belief axes somebody may be in doubt. docs/methods.md, "Belief axes".

#include <algorithm>
#include <cmath>
#include <utility>

#include "melian/beliefs.h"

namespace melian {
namespace {

constexpr double moderate = 4.6;  ///< logits: beliefs between .01 and .99
constexpr double alike = 0.5;     ///< logits: observers this near each other share a centre
constexpr double reach = 4.5;     ///< logits from its centre that an observer's nodes serve well
constexpr double filler_weight = 0.25;  ///< of centres where nobody is in doubt at the start
/// Logits beyond an observer's centre that are resolved. Its choice moves with lambda (payoff at
/// stake) b; below b = step / (lambda stake) a whole tail moves it by less than a step, so that
/// doubt ends at log(lambda stake / step): 11.5 for lambda stake 10^4 and a step of a tenth.
constexpr double doubt_ends = 11.5;
/// ... and where the player the belief is about moves again: a move may shift log-odds by
/// lambda times what it has at stake; more than this is of no weight at doubles.
constexpr double signal_reach = 18.0;

std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

/// Players who decide somewhere, and how many moves each has.
std::vector<int> moves_of_players(const Structure& structure) {
  std::vector<int> moves(structure.players.size(), 0);
  const auto add = [&](int move) {
    if (structure.moves[at(move)].player >= 0) ++moves[at(structure.moves[at(move)].player)];
  };
  std::vector<std::uint8_t> seen(structure.moves.size(), 0);
  for (std::size_t s = 0; s < structure.states.size(); ++s) {
    const int move = structure.states[s].move;
    if (!structure.decides(static_cast<int>(s)) || std::exchange(seen[at(move)], 1) != 0) continue;
    add(move);
    for (const int part : structure.moves[at(move)].parts) add(part);
  }
  return moves;
}

/// How far an observer's log-odds on an axis may lie from the analyst's: at the start, and over all
/// beliefs below the axis.
struct Offset {
  double start, low, high;
};

/// `likelihood`: by cell of the group, what turns the analyst's belief into the observer's.
Offset offset_of(const BeliefSpace& space, int axis, const std::vector<double>& likelihood,
                 const std::vector<double>& start) {
  const BeliefSpace::Axis& split = space.axes()[at(axis)];
  const BeliefSpace::Group& group = space.groups()[at(split.group)];
  std::vector<double> shift(at(group.num_axes), 0.0);
  space.shifts(split.group, likelihood.data(), start.data() + group.first_axis, shift.data());
  double least[2] = {infinity, infinity}, most[2] = {-infinity, -infinity};
  for (int c = split.first_cell; c < split.end_cell; ++c) {
    const int side = c < split.middle_cell ? 0 : 1;
    if (!std::isfinite(likelihood[at(c)])) continue;
    least[side] = std::min(least[side], likelihood[at(c)]);
    most[side] = std::max(most[side], likelihood[at(c)]);
  }
  return {shift[at(axis - group.first_axis)], least[1] - most[0], most[1] - least[0]};
}

/// What an observer knows of the cells of its own group from its type.
std::vector<double> given_type(const BeliefSpace& space, int group, int observer, int type,
                               std::vector<double> likelihood) {
  for (std::size_t c = 0; c < likelihood.size(); ++c)
    if (space.type_in_cell(group, static_cast<int>(c), observer) != type) likelihood[c] = -infinity;
  return likelihood;
}

/// Offsets that lie together share a centre, halfway between the outermost.
std::vector<DoubtCentre> merged(std::vector<DoubtCentre> all) {
  std::ranges::sort(all, {}, &DoubtCentre::at);
  std::vector<DoubtCentre> out;
  for (std::size_t k = 0; k < all.size();) {
    std::size_t end = k + 1;
    double weight = all[k].weight;
    for (; end < all.size() && all[end].at - all[k].at <= alike; ++end)
      weight = std::max(weight, all[end].weight);
    const double spread = all[end - 1].at - all[k].at;
    out.push_back({all[k].at + 0.5 * spread, weight});
    k = end;
  }
  return out;
}

/// Centres of less weight, so that from `low` to `high` none is further than `reach` away.
std::vector<DoubtCentre> filled(const std::vector<DoubtCentre>& centres, double low, double high) {
  std::vector<DoubtCentre> out;
  for (double at = centres.front().at; at - reach > low;)
    out.push_back({at -= 2.0 * reach, filler_weight});
  std::ranges::reverse(out);
  for (std::size_t k = 0; k < centres.size(); ++k) {
    out.push_back(centres[k]);
    if (k + 1 == centres.size()) break;
    const double gap = centres[k + 1].at - centres[k].at;
    const int parts = static_cast<int>(std::ceil(gap / (2.0 * reach)));
    for (int n = 1; n < parts; ++n) out.push_back({centres[k].at + gap * n / parts, filler_weight});
  }
  for (double at = centres.back().at; at + reach < high;)
    out.push_back({at += 2.0 * reach, filler_weight});
  return out;
}

}  // namespace

std::vector<double> start_log_odds(const Game& game, const BeliefSpace& space) {
  const std::vector<double> beliefs = start_beliefs(game, space);
  std::vector<double> out;
  for (std::size_t k = 0; k < beliefs.size(); ++k) {
    out.push_back(log_odds(beliefs[k]));
    if (std::abs(out.back()) <= moderate) continue;
    const BeliefSpace::Axis& split = space.axes()[k];
    const std::vector<double>& cells = start_cells(game, space, split.group);
    double left = 0.0, right = 0.0;
    for (int c = split.first_cell; c < split.end_cell; ++c)
      (c < split.middle_cell ? left : right) += cells[at(c)];
    if (left > 0.0 && right > 0.0) out.back() = std::log(right) - std::log(left);
  }
  return out;
}

std::vector<DoubtCentre> doubt_centres(const Game& game, const BeliefSpace& space, int axis) {
  const Structure& structure = game.shape();
  const int number = space.axes()[at(axis)].group;
  const BeliefSpace::Group& group = space.groups()[at(number)];
  const std::vector<double> start = start_log_odds(game, space);
  const std::vector<int> moves = moves_of_players(structure);
  // 1. Where observers who decide are at one half.
  std::vector<DoubtCentre> centres;
  bool plain = !(std::isfinite(start[at(axis)]) && std::abs(start[at(axis)]) > moderate);
  const auto add = [&](const std::vector<double>& likelihood) {
    const Offset offset = offset_of(space, axis, likelihood, start);
    if (!std::isfinite(offset.start)) return;  // certain
    centres.push_back({-offset.start});
    for (const double end : {offset.low, offset.high})
      if (std::isfinite(end) && std::abs(end - offset.start) > alike)
        centres.push_back({-end, 0.5});
  };
  for (int observer = 0; observer < structure.num_players(); ++observer) {
    if (moves[at(observer)] == 0) continue;
    const bool own = (group.mask >> observer & 1U) != 0;
    if (own && group.players.size() == 1) continue;
    const std::vector<double> differing = disagreement(game, space, observer, number);
    const Offset offset = offset_of(space, axis, differing, start);
    for (const double one : {offset.start, offset.low, offset.high})
      plain = plain && !(std::isfinite(one) && std::abs(one) > alike);
    if (!own) {
      add(differing);
      continue;
    }
    for (int type = 0; type < structure.players[at(observer)].num_types(); ++type)
      add(given_type(space, number, observer, type, differing));
  }
  if (plain || centres.empty()) return {};
  centres = merged(std::move(centres));
  // 2. How far beyond play may lead.
  const bool again =
      structure.rounds > 1 || structure.horizon == HorizonKind::forever ||
      std::ranges::any_of(group.players, [&](int player) { return moves[at(player)] > 1; });
  const double beyond = doubt_ends + (again ? signal_reach : 0.0);
  double low = centres.front().at - beyond, high = centres.back().at + beyond;
  if (std::isfinite(start[at(axis)])) {
    low = std::min(low, start[at(axis)]);
    high = std::max(high, start[at(axis)]);
  }
  return filled(centres, low, high);
}

}  // namespace melian
