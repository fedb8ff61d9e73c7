#include "certify/layout.h"

#include <algorithm>
#include <cmath>

#include "melian/beliefs.h"

namespace melian::checking {
namespace {

Shape make_shape(const Structure& structure, const std::vector<std::vector<double>>& nodes, std::uint32_t live) {
  Shape shape;
  shape.axis_of_player.assign(structure.players.size(), -1);
  for (int i = 0; i < structure.num_players(); ++i) {
    if ((live >> i & 1U) == 0) continue;
    shape.axis_of_player[static_cast<std::size_t>(i)] = static_cast<int>(shape.axes.size());
    shape.axes.push_back({.player = i, .size = static_cast<int>(nodes[static_cast<std::size_t>(i)].size())});
  }
  for (auto axis = shape.axes.rbegin(); axis != shape.axes.rend(); ++axis) {
    axis->stride = shape.points;
    axis->profile_stride = shape.profiles;
    shape.points *= axis->size;
    shape.profiles *= 2;
  }
  return shape;
}

}  // namespace

Layout::Layout(const Game& game, const BeliefAxes& axes) : game_(game), order_(solution_order(game.shape())) {
  const Structure& structure = game.shape();
  const int players = structure.num_players();
  const BeliefSpace space(structure);
  MELIAN_EXPECT(static_cast<int>(axes.nodes.size()) == space.num_axes(), "nodes of every belief axis");
  for (int i = 0; i < players; ++i)
    nodes_.push_back(space.only_axis(i) < 0 ? std::vector<double>{0.0} : axes.nodes[static_cast<std::size_t>(space.only_axis(i))]);
  typed_ = structure.everyone();
  for (int i = 0; i < players; ++i) {
    const auto& nodes = nodes_[static_cast<std::size_t>(i)];
    const bool typed = (typed_ >> i & 1U) != 0;
    MELIAN_EXPECT(structure.players[static_cast<std::size_t>(i)].num_types() <= 2, "the checker knows one or two types a player");
    MELIAN_EXPECT(!nodes.empty() && std::is_sorted(nodes.begin(), nodes.end(), std::less_equal<>()), "belief nodes increase strictly");
    MELIAN_EXPECT(!typed || (nodes.size() >= 2 && nodes.front() == 0.0 && nodes.back() == 1.0), "a belief axis runs from 0 to 1");
    node_log_odds_.emplace_back();
    for (const double node : nodes) node_log_odds_.back().push_back(log_odds(node));
  }
  for (int j = -1; j < players; ++j) {
    believed_.emplace_back();
    for (int i = 0; i < players; ++i) {
      believed_.back().emplace_back();
      const double difference = j < 0 || (typed_ >> i & 1U) == 0 ? 0.0 : disagreement(j, i);
      const auto& nodes = nodes_[static_cast<std::size_t>(i)];
      for (std::size_t k = 0; k < nodes.size(); ++k)
        believed_.back().back().push_back(difference == 0.0 ? nodes[k] : logistic(shifted(node_log_odds_[static_cast<std::size_t>(i)][k], difference)));
    }
  }
  for (const PublicState& state : structure.states)
    if (!shapes_.contains(state.live & typed_)) shapes_.emplace(state.live & typed_, make_shape(structure, nodes_, state.live & typed_));

  for (const Branch& branch : structure.branches) {
    if (branch.next < 0) continue;
    const PublicState& next = structure.states[static_cast<std::size_t>(branch.next)];
    if (next.timed && next.entry) longest_jump_ = std::max(longest_jump_, branch.advance);
  }
  for (std::size_t stage = 0; stage < order_.stages.size(); ++stage) {
    const bool cyclic = order_.stages[stage].cyclic;
    any_cycle_ = any_cycle_ || cyclic;
    for (const auto& level : order_.stages[stage].levels)
      layers_.push_back({.round = 0, .timed = false, .last_of_round = false, .cycle = cyclic ? static_cast<int>(stage) : -1, .states = level});
  }
  if (!structure.timed_levels.empty())
    for (int round = structure.rounds - 1; round >= 0; --round) {
      for (const auto& level : structure.timed_levels) {
        Layer layer{.round = round, .timed = true, .last_of_round = false, .cycle = -1, .states = {}};
        for (const int state : level)
          if (exists(round, state)) layer.states.push_back(state);
        layers_.push_back(std::move(layer));
      }
      layers_.back().last_of_round = true;
    }
  measure_time();
}

double Layout::disagreement(int observer, int subject) const {
  const auto i = static_cast<std::size_t>(subject);
  const double own = game_.numbers.beliefs[static_cast<std::size_t>(observer)][i][1], analyst = game_.numbers.prior[i][1];
  return own == analyst ? 0.0 : log_odds(own) - log_odds(analyst);
}

bool Layout::exists(int round, int state) const {
  const Structure& s = structure();
  if (!s.states[static_cast<std::size_t>(state)].timed || s.reached.empty()) return true;
  return s.reached[static_cast<std::size_t>(round) * s.states.size() + static_cast<std::size_t>(state)] != 0;
}

Destination Layout::follow(int round, int branch) const {
  const Branch& b = structure().branches[static_cast<std::size_t>(branch)];
  if (b.next < 0) return {b.next, 0};
  const PublicState& next = structure().states[static_cast<std::size_t>(b.next)];
  if (!next.timed) return {b.next, 0};
  if (!next.entry) return {b.next, round};
  const int later = round + b.advance;
  if (later < structure().rounds) return {b.next, later};
  MELIAN_EXPECT(next.closing >= 0, "a timed top of a phase has a closing");
  return {next.closing, 0};
}

double Layout::discount(int branch, int player, int type) const {
  const int time = structure().branches[static_cast<std::size_t>(branch)].time;
  if (time == 0) return 1.0;
  return std::pow(game_.numbers.discount[static_cast<std::size_t>(player)][static_cast<std::size_t>(type)], time);
}

void Layout::measure_time() {
  const Structure& s = structure();
  const int rounds = s.timed_levels.empty() ? 1 : s.rounds;
  elapsed_unique_ = !any_cycle_;
  elapsed_.assign(static_cast<std::size_t>(rounds) * s.states.size(), -1);
  elapsed_[slot(0, s.root)] = 0;
  for (auto layer = layers_.rbegin(); layer != layers_.rend(); ++layer)
    for (const int state : layer->states) {
      const int here = elapsed_[slot(layer->round, state)];
      if (here < 0) continue;
      const PublicState& from = s.states[static_cast<std::size_t>(state)];
      for (int branch = from.first_branch; branch < from.first_branch + from.num_branches; ++branch) {
        const Destination to = follow(layer->round, branch);
        if (to.ended()) continue;
        int& there = elapsed_[slot(to.round, to.state)];
        const int then = here + s.branches[static_cast<std::size_t>(branch)].time;
        if (there >= 0 && there != then) elapsed_unique_ = false;
        there = then;
      }
    }
}

PointWalk::PointWalk(const Shape& shape, std::int64_t point) : shape_(shape) {
  for (std::size_t a = 0; a < shape.axes.size(); ++a) node_[a] = static_cast<int>(point / shape.axes[a].stride % shape.axes[a].size);
}

void PointWalk::next() {
  for (std::size_t a = shape_.axes.size(); a-- > 0;) {
    if (++node_[a] < shape_.axes[a].size) return;
    node_[a] = 0;
  }
}

Step step_along(const Layout& layout, int round, int state, int branch) {
  Step step{.branch = branch, .to = layout.follow(round, branch), .shape = nullptr, .stride = {}, .profile = {}};
  if (step.to.ended()) return step;
  const Shape& here = layout.shape(state);
  step.shape = &layout.shape(step.to.state);
  for (std::size_t a = 0; a < here.axes.size(); ++a) step.stride[a] = step.shape->stride(here.axes[a].player);
  for (int profile = 0; profile < here.profiles; ++profile) {
    int there = 0;
    for (const Shape::Axis& axis : step.shape->axes) there += here.type_in(profile, axis.player) * axis.profile_stride;
    step.profile.push_back(there);
  }
  for (const Shape::Axis& axis : step.shape->axes) MELIAN_EXPECT(here.has(axis.player), "a state's live players contain its successors'");
  return step;
}

void Stencil::spread(std::int64_t stride, const Place& place) {
  const int before = count;
  for (int k = 0; k < before; ++k) index[static_cast<std::size_t>(k)] += place.cell * stride;
  if (stride == 0 || place.weight == 0.0) return;
  if (place.weight == 1.0) {
    for (int k = 0; k < before; ++k) index[static_cast<std::size_t>(k)] += stride;
    return;
  }
  MELIAN_EXPECT(2 * static_cast<std::size_t>(before) <= index.size(), "beliefs about at most eight players move at once");
  for (int k = 0; k < before; ++k) {
    const auto low = static_cast<std::size_t>(k), high = static_cast<std::size_t>(before + k);
    index[high] = index[low] + stride;
    weight[high] = weight[low] * place.weight;
    weight[low] *= 1.0 - place.weight;
  }
  count = 2 * before;
}

ChanceNews chance_news(const Game& game, const Shape& shape, int branch) {
  const double* odds = game.odds(branch);
  ChanceNews news;
  for (int profile = 0; profile < shape.profiles; ++profile) news.possible = news.possible || odds[profile] > 0.0;
  for (std::size_t a = 0; a < shape.axes.size(); ++a) {
    const int stride = shape.axes[a].profile_stride;
    for (int profile = 0; profile < shape.profiles; ++profile) {
      if ((profile & stride) != 0) continue;
      const double zero = odds[profile], one = odds[profile + stride];
      if (zero <= 0.0 && one <= 0.0) continue;
      news.shift[a] = std::log(one) - std::log(zero);
      break;
    }
  }
  return news;
}

Stencil after_news(const Layout& layout, const Shape& shape, const PointWalk& walk, const Step& step, const ChanceNews& news) {
  Stencil at;
  at.start(0);
  for (std::size_t k = 0; k < shape.axes.size(); ++k) {
    const int player = shape.axes[k].player, node = walk.node(static_cast<int>(k));
    if (news.shift[k] == 0.0 || step.stride[k] == 0)
      at.spread(step.stride[k], {node, 0.0});
    else
      at.spread(step.stride[k], locate(layout.nodes(player), logistic(shifted(layout.node_log_odds(player)[static_cast<std::size_t>(node)], news.shift[k]))));
  }
  return at;
}

StrategyBlock strategy_block(const Layout& layout, const Assessment& assessment, int round, int state) {
  const PublicState& s = layout.structure().states[static_cast<std::size_t>(state)];
  const Shape& shape = layout.shape(state);
  const std::int64_t row = assessment.row(layout.structure(), round, state);
  const int types = shape.types(layout.structure().moves[static_cast<std::size_t>(s.move)].player);
  MELIAN_EXPECT(row >= 0 && row + types * s.num_branches * shape.points <= static_cast<std::int64_t>(assessment.log_strategy.size()),
                "a strategy for every decision: " + describe_state(layout.structure(), state));
  return {assessment.log_strategy.data() + row, shape.points, s.num_branches};
}

double precision_at(const Layout& layout, const Assessment& assessment, int round, int state, int player, int type) {
  const double lambda = assessment.lambda[static_cast<std::size_t>(player)][static_cast<std::size_t>(type)];
  if (assessment.discounting == Discounting::current_value) return lambda;
  const double per_round = layout.game().numbers.discount[static_cast<std::size_t>(player)][static_cast<std::size_t>(type)];
  return lambda * std::pow(per_round, std::max(0, layout.elapsed(round, state)));
}

std::vector<Piece> pieces_of(const Layout& layout, const Layout::Layer& layer) {
  constexpr std::int64_t points_a_piece = 256;  // small enough to share out, large enough to repay its start
  std::vector<Piece> pieces;
  for (const int state : layer.states) {
    const std::int64_t points = layout.shape(state).points;
    for (std::int64_t first = 0; first < points; first += points_a_piece) pieces.push_back({state, first, std::min(points, first + points_a_piece)});
  }
  return pieces;
}

}  // namespace melian::checking
