#include "melian/game.h"

#include <cmath>
#include <limits>

#include <fmt/core.h>

namespace melian {

int Structure::num_profiles(std::uint32_t live) const {
  int count = 1;
  for (int i = 0; i < num_players(); ++i)
    if ((live >> i & 1U) != 0) count *= players[static_cast<std::size_t>(i)].num_types();
  return count;
}

std::uint32_t Structure::everyone() const {
  std::uint32_t mask = 0;
  for (int i = 0; i < num_players(); ++i)
    if (players[static_cast<std::size_t>(i)].num_types() > 1) mask |= 1U << i;
  return mask;
}

std::uint32_t Structure::with_correlated(std::uint32_t players) const {
  for (const std::vector<int>& group : correlated) {
    std::uint32_t mask = 0;
    for (const int member : group) mask |= 1U << member;
    if ((players & mask) != 0) players |= mask;
  }
  return players;
}

bool Structure::is_decision(int state) const {
  return moves[static_cast<std::size_t>(states[static_cast<std::size_t>(state)].move)]
      .is_decision();
}

bool Structure::decides(int state) const {
  return is_decision(state) ||
         moves[static_cast<std::size_t>(states[static_cast<std::size_t>(state)].move)].kind ==
             MoveKind::simultaneous;
}

Profiles::Profiles(const std::vector<Player>& players, std::uint32_t live)
    : stride_(players.size(), 0), radix_(players.size(), 1) {
  for (std::size_t i = players.size(); i-- > 0;) {
    if ((live >> i & 1U) == 0) continue;
    radix_[i] = players[i].num_types();
    stride_[i] = count_;
    count_ *= radix_[i];
  }
}

int Profiles::index(const std::vector<int>& types) const {
  int at = 0;
  for (std::size_t i = 0; i < stride_.size(); ++i) at += stride_[i] * types[i];
  return at;
}

BeliefAxis BeliefAxes::axis(int k) const {
  const auto at = static_cast<std::size_t>(k);
  if (at >= centre.size() || centre[at].empty()) return {.nodes = nodes[at]};
  MELIAN_EXPECT(
      log_odds[at].size() == nodes[at].size() && centre[at].size() + 1 == nodes[at].size(),
      "log-odds of every node, a centre of every cell");
  return {.nodes = nodes[at], .log_odds = log_odds[at], .centre = centre[at]};
}

double BeliefAxes::log_odds_at(int axis, std::int64_t node) const {
  const auto at = static_cast<std::size_t>(axis), n = static_cast<std::size_t>(node);
  return at < centre.size() && !centre[at].empty() ? log_odds[at][n]
                                                   : melian::log_odds(nodes[at][n]);
}

void BeliefAxes::put(int k, BeliefAxis axis) {
  const auto at = static_cast<std::size_t>(k);
  if (!axis.plain() && centre.empty()) {
    log_odds.resize(nodes.size());
    centre.resize(nodes.size());
  }
  nodes[at] = std::move(axis.nodes);
  if (centre.empty()) return;
  log_odds[at] = std::move(axis.log_odds);
  centre[at] = std::move(axis.centre);
}

std::int64_t BeliefAxes::num_points(std::uint32_t live) const {
  constexpr std::int64_t beyond = std::int64_t{1} << 56;  // more than any machine holds
  std::int64_t count = 1;
  for (std::size_t k = 0; k < nodes.size(); ++k)
    if ((live & players[k]) != 0)
      count = count >= beyond ? beyond : count * static_cast<std::int64_t>(nodes[k].size());
  return count;
}

std::int64_t Assessment::row(const Structure& structure, int round, int state) const {
  const auto s = static_cast<std::size_t>(state);
  const auto at =
      static_cast<std::size_t>(structure.states[s].timed ? round : 0) * structure.states.size() + s;
  return at < offset.size() ? offset[at] : -1;
}

bool Assessment::decided(const Structure& structure, int round, int state) const {
  return row(structure, round, state) >= 0;
}

std::vector<double> log_measure(const Structure& structure, int state, Measure measure) {
  const PublicState& s = structure.states[static_cast<std::size_t>(state)];
  const Move& move = structure.moves[static_cast<std::size_t>(s.move)];
  std::vector<double> logs(static_cast<std::size_t>(s.num_branches), 0.0);
  if (measure == Measure::each || move.widths.empty()) return logs;
  for (int k = 0; k < s.num_branches; ++k) {
    const Branch& branch = structure.branches[static_cast<std::size_t>(s.first_branch + k)];
    logs[static_cast<std::size_t>(k)] =
        std::log(move.widths[static_cast<std::size_t>(branch.action)]);
  }
  return logs;
}

std::string describe_state(const Structure& structure, int state) {
  const auto s = static_cast<std::size_t>(state);
  const Move& move = structure.moves[static_cast<std::size_t>(structure.states[s].move)];
  std::string out = move.name;
  if (move.player >= 0)
    out += " of " + structure.players[static_cast<std::size_t>(move.player)].name;
  if (structure.memory.size() <= s + 1) return out;
  for (std::int64_t k = structure.memory[s]; k < structure.memory[s + 1]; ++k) {
    const auto [variable, content] = structure.remembered[static_cast<std::size_t>(k)];
    const Variable& named = structure.variables[static_cast<std::size_t>(variable)];
    out += fmt::format("{} {} {}", k == structure.memory[s] ? ":" : ",", named.name,
                       named.domain[static_cast<std::size_t>(content)]);
  }
  return out;
}

}  // namespace melian
