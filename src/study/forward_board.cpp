#include "study/forward_board.h"

#include <algorithm>

#include <fmt/core.h>

#include "melian/beliefs.h"

namespace melian::prediction {
namespace {

std::size_t at(int index) { return static_cast<std::size_t>(index); }

Shape make_shape(const Structure& structure, const std::vector<std::vector<double>>& nodes, const Profiles& full, std::uint32_t live) {
  Shape shape;
  shape.axis_of_player.assign(structure.players.size(), -1);
  for (int i = 0; i < structure.num_players(); ++i) {
    if ((structure.everyone() >> i & 1U) == 0) continue;
    if ((live >> i & 1U) == 0) {
      shape.frozen.push_back(i);
      continue;
    }
    MELIAN_EXPECT(structure.players[at(i)].num_types() == 2, "beliefs about more than two types are not predicted on a grid");
    shape.axis_of_player[at(i)] = static_cast<int>(shape.axes.size());
    shape.axes.push_back({.player = i, .size = static_cast<int>(nodes[at(i)].size()), .node = {}});
  }
  for (auto axis = shape.axes.rbegin(); axis != shape.axes.rend(); ++axis) {
    axis->stride = shape.points;
    axis->profile_stride = shape.profiles;
    shape.points *= axis->size;
    shape.profiles *= 2;
  }
  for (Shape::Axis& axis : shape.axes)
    for (int p = 0; p < shape.points; ++p) axis.node.push_back(p / axis.stride % axis.size);
  for (int theta = 0; theta < full.count(); ++theta) {
    int profile = 0;
    for (const Shape::Axis& axis : shape.axes) profile += full.type_of(theta, axis.player) * axis.profile_stride;
    shape.profile_of_full.push_back(profile);
  }
  for (int p = 0; p < shape.points; ++p)
    for (int theta = 0; theta < shape.profiles; ++theta) {
      double weight = 1.0;
      for (const Shape::Axis& axis : shape.axes) {
        const double node = nodes[at(axis.player)][at(axis.node[at(p)])];
        weight *= shape.type_in(theta, axis.player) == 1 ? node : 1.0 - node;
      }
      shape.law.push_back(weight);
    }
  return shape;
}

Projection make_projection(const Shape& here, const Shape& there) {
  Projection out;
  out.same_profiles = here.profiles == there.profiles;
  for (const Shape::Axis& axis : here.axes) out.stride.push_back(there.has(axis.player) ? there.axes[at(there.axis_of_player[at(axis.player)])].stride : 0);
  for (const Shape::Axis& axis : there.axes) MELIAN_EXPECT(here.has(axis.player), "live players contain those of every successor");
  for (int p = 0; p < here.points; ++p) {
    int point = 0;
    for (std::size_t a = 0; a < here.axes.size(); ++a) point += here.axes[a].node[at(p)] * out.stride[a];
    out.point.push_back(point);
  }
  for (int theta = 0; theta < here.profiles; ++theta) {
    int profile = 0;
    for (const Shape::Axis& axis : there.axes) profile += here.type_in(theta, axis.player) * axis.profile_stride;
    out.profile.push_back(profile);
  }
  return out;
}

}  // namespace

Board::Board(const Game& game, const Assessment& assessment) : game_(game), assessment_(assessment), full_(game.shape().players, game.shape().everyone()) {
  const Structure& structure = game.shape();
  const int players = structure.num_players();
  MELIAN_EXPECT(assessment.game_fingerprint == game.fingerprint, "strategies of another game");
  const BeliefSpace space(structure);
  MELIAN_EXPECT(static_cast<int>(assessment.axes.nodes.size()) == space.num_axes(), "nodes of every belief axis");
  for (int i = 0; i < players; ++i) nodes_.push_back(space.only_axis(i) < 0 ? std::vector<double>{0.0} : assessment.axes.nodes[at(space.only_axis(i))]);
  for (const PublicState& state : structure.states) {
    MELIAN_EXPECT(structure.moves[at(state.move)].kind != MoveKind::simultaneous, "simultaneous moves are not predicted yet");
    const std::uint32_t live = state.live & structure.everyone();
    auto found = shapes_.find(live);
    if (found == shapes_.end()) found = shapes_.emplace(live, make_shape(structure, nodes_, full_, live)).first;
    shape_of_state_.push_back(&found->second);
  }
  for (const auto& [from_mask, from] : shapes_)
    for (const auto& [to_mask, to] : shapes_)
      if ((to_mask & ~from_mask) == 0) projections_.emplace(std::make_pair(&from, &to), make_projection(from, to));

  for (int i = 0; i < players; ++i) {
    node_log_odds_.emplace_back();
    for (const double node : nodes(i)) node_log_odds_.back().push_back(log_odds(node));
  }
  disagreement_.assign(at(players), std::vector<double>(at(players), 0.0));
  for (int j = 0; j < players; ++j)
    for (int i = 0; i < players; ++i) {
      if (structure.players[at(i)].num_types() != 2) continue;
      const double own = game.numbers.beliefs[at(j)][at(i)][1], analyst = game.numbers.prior[at(i)][1];
      if (own != analyst) disagreement_[at(j)][at(i)] = log_odds(own) - log_odds(analyst);
    }
  for (int theta = 0; theta < full_.count(); ++theta) {
    double weight = 1.0;
    for (int i = 0; i < players; ++i)
      if (structure.players[at(i)].num_types() > 1) weight *= game.numbers.prior[at(i)][at(full_.type_of(theta, i))];
    profile_weight_.push_back(weight);
  }
  start_.point = {0};
  start_.weight = {1.0};
  for (const Shape::Axis& axis : shape(structure.root).axes) {
    const Place place = locate(nodes(axis.player), game.numbers.prior[at(axis.player)][1]);
    const std::size_t before = start_.point.size();
    for (std::size_t k = 0; k < before; ++k) {
      const double whole = start_.weight[k];
      const int low = start_.point[k] + place.cell * axis.stride;
      start_.point[k] = place.weight == 1.0 ? low + axis.stride : low;
      if (place.weight == 0.0 || place.weight == 1.0) continue;
      start_.weight[k] = whole * (1.0 - place.weight);
      start_.point.push_back(low + axis.stride);
      start_.weight.push_back(whole * place.weight);
    }
  }
}

const Projection& Board::projection(int state, int next) const { return projections_.at({&shape(state), &shape(next)}); }

int Board::advance(int branch) const {
  const Branch& b = structure().branches[at(branch)];
  if (b.next < 0) return 0;
  const PublicState& next = structure().states[at(b.next)];
  return next.timed && !next.entry ? 0 : b.advance;
}

Destination Board::follow(int round, int branch) const {
  const Branch& b = structure().branches[at(branch)];
  if (b.next < 0) return {b.next, round, false};
  const int later = round + advance(branch);
  const PublicState& next = structure().states[at(b.next)];
  if (!next.timed || later < structure().rounds) return {b.next, later, false};
  MELIAN_EXPECT(next.closing >= 0, "a timed top of a phase has a closing");
  return {next.closing, structure().rounds, true};
}

double chance_shift(const double* odds, int profiles, int stride) {
  for (int profile = 0; profile < profiles; ++profile) {
    if (profile / stride % 2 != 0) continue;
    const double zero = odds[profile], one = odds[profile + stride];
    if (zero > 0.0 || one > 0.0) return std::log(one) - std::log(zero);
  }
  return 0.0;
}

BranchReader::BranchReader(const Board& board, int round, int state, int k) : board_(board), here_(board.shape(state)) {
  const Structure& structure = board.structure();
  const PublicState& s = structure.states[at(state)];
  const Move& move = structure.moves[at(s.move)];
  branch_ = s.first_branch + k;
  to_ = board.follow(round, branch_);
  if (!to_.ended()) projection_ = &board.projection(state, to_.state);
  moves_.assign(here_.axes.size(), false);
  if (move.kind == MoveKind::offer || move.kind == MoveKind::choice) {
    const std::int64_t row = board.assessment().row(structure, round, state);
    MELIAN_EXPECT(row >= 0, "a strategy for every decision: " + describe_state(structure, state));
    const double* first = board.assessment().log_strategy.data() + row + std::int64_t{k} * here_.points;
    mover_axis_ = here_.axis_of_player[at(move.player)];
    log_sigma_[0] = first;
    log_sigma_[1] = mover_axis_ < 0 ? first : first + std::int64_t{s.num_branches} * here_.points;
    if (mover_axis_ >= 0) moves_[at(mover_axis_)] = true;
  } else if (move.kind == MoveKind::chance) {
    chance_ = board.game().odds(branch_);
    possible_ = std::any_of(chance_, chance_ + here_.profiles, [](double odds) { return odds > 0.0; });
    for (const Shape::Axis& axis : here_.axes) {
      shift_.push_back(chance_shift(chance_, here_.profiles, axis.profile_stride));
      // Odds of an outcome that ends play need not factorise: no single shift says what it reveals.
      moves_[shift_.size() - 1] = to_.ended() || shift_.back() != 0.0;
    }
  }
}

void BranchReader::spread(int stride, const Place& place, Footing& out) const {
  const std::size_t before = out.point.size();
  for (std::size_t i = 0; i < before; ++i) {
    const int low = out.point[i] + place.cell * stride;
    if (place.weight == 0.0 || place.weight == 1.0) {
      out.point[i] = place.weight == 0.0 ? low : low + stride;
      continue;
    }
    const double whole = out.weight[i];
    out.point[i] = low;
    out.weight[i] = whole * (1.0 - place.weight);
    out.point.push_back(low + stride);
    out.weight.push_back(whole * place.weight);
  }
}

void BranchReader::read(int point, Footing& out) const {
  out.odds.resize(at(here_.profiles));
  out.log_odds.resize(here_.axes.size());
  for (std::size_t a = 0; a < here_.axes.size(); ++a) out.log_odds[a] = board_.node_log_odds(here_.axes[a].player)[at(here_.axes[a].node[at(point)])];
  if (log_sigma_[0] != nullptr) {
    const double log_zero = log_sigma_[0][point];
    const double zero = std::exp(log_zero);
    if (mover_axis_ < 0) {
      std::fill(out.odds.begin(), out.odds.end(), zero);
    } else {
      const double log_one = log_sigma_[1][point];
      const double one = std::exp(log_one);
      const int stride = here_.axes[at(mover_axis_)].profile_stride;
      for (int theta = 0; theta < here_.profiles; ++theta) out.odds[at(theta)] = theta / stride % 2 == 0 ? zero : one;
      if (zero > 0.0 || one > 0.0 || log_zero != log_one) out.log_odds[at(mover_axis_)] = shifted(out.log_odds[at(mover_axis_)], log_one - log_zero);
    }
  } else if (chance_ != nullptr) {
    std::copy(chance_, chance_ + here_.profiles, out.odds.begin());
    for (std::size_t a = 0; a < here_.axes.size(); ++a)
      if (moves_[a]) out.log_odds[a] = shifted(out.log_odds[a], shift_[a]);
  } else {
    std::fill(out.odds.begin(), out.odds.end(), 1.0);
  }
  out.point.clear();
  out.weight.clear();
  if (projection_ == nullptr) return;
  out.point.push_back(projection_->point[at(point)]);
  out.weight.push_back(1.0);
  for (std::size_t a = 0; a < here_.axes.size(); ++a) {
    const int stride = projection_->stride[a];
    if (!moves_[a] || stride == 0) continue;
    const int node = here_.axes[a].node[at(point)];
    out.point.front() -= node * stride;
    for (std::size_t i = 1; i < out.point.size(); ++i) out.point[i] -= node * stride;
    spread(stride, locate(board_.nodes(here_.axes[a].player), logistic(out.log_odds[a])), out);
  }
}

}  // namespace melian::prediction
