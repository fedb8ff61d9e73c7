#include "certify/layout.h"

#include <algorithm>
#include <cmath>

namespace melian::checking {
namespace {

bool has(std::uint32_t mask, int bit) { return (mask >> bit & 1U) != 0; }

}  // namespace

Layout::Layout(const Game& game, const BeliefAxes& axes, Measure measure)
    : game_(game),
      space_(game.shape()),
      typed_(game.shape().everyone()),
      order_(solution_order(game.shape())) {
  const Structure& structure = game.shape();
  MELIAN_EXPECT(static_cast<int>(axes.nodes.size()) == space_.num_axes(),
                "nodes of every belief axis");
  group_stride_.assign(axes.nodes.size(), 1);
  for (int k = 0; k < space_.num_axes(); ++k) {
    const std::vector<double>& nodes = axes_.emplace_back(axes.axis(k)).log_odds();
    MELIAN_EXPECT(nodes.size() >= 2 && nodes.front() == -infinity && nodes.back() == infinity,
                  "a belief axis runs from 0 to 1");
    MELIAN_EXPECT(std::is_sorted(nodes.begin(), nodes.end(), std::less_equal<>()),
                  "belief nodes increase strictly");
  }
  for (int observer = -1; observer < structure.num_players(); ++observer) {
    view_of_.emplace_back();
    for (std::size_t g = 0; g < space_.groups().size(); ++g)
      add_view(observer, static_cast<int>(g));
  }
  for (std::size_t s = 0; s < structure.states.size(); ++s) {
    add_shape(structure.states[s].live & typed_);
    deciders_.push_back(melian::deciders(structure, static_cast<int>(s), measure));
  }

  for (const Branch& branch : structure.branches) {
    if (branch.next < 0) continue;
    const PublicState& next = structure.states[static_cast<std::size_t>(branch.next)];
    if (next.timed && next.entry) longest_jump_ = std::max(longest_jump_, branch.advance);
  }
  for (std::size_t stage = 0; stage < order_.stages.size(); ++stage) {
    const bool cyclic = order_.stages[stage].cyclic;
    any_cycle_ = any_cycle_ || cyclic;
    for (const auto& level : order_.stages[stage].levels)
      layers_.push_back({.round = 0,
                         .timed = false,
                         .last_of_round = false,
                         .cycle = cyclic ? static_cast<int>(stage) : -1,
                         .states = level});
  }
  if (!structure.timed_levels.empty())
    for (int round = structure.rounds - 1; round >= 0; --round) {
      for (const auto& level : structure.timed_levels) {
        Layer layer{
            .round = round, .timed = true, .last_of_round = false, .cycle = -1, .states = {}};
        for (const int state : level)
          if (exists(round, state)) layer.states.push_back(state);
        layers_.push_back(std::move(layer));
      }
      layers_.back().last_of_round = true;
    }
  measure_time();
}

void Layout::add_shape(std::uint32_t live) {
  const auto [found, fresh] = shapes_.try_emplace(live);
  if (!fresh) return;
  const Structure& structure = game_.shape();
  MELIAN_EXPECT(structure.with_correlated(live) == live,
                "players with a joint prior are live together");
  const Profiles profiles(structure.players, live);
  Shape& shape = found->second;
  shape.profiles = profiles.count();
  shape.place_of_axis.assign(axes_.size(), -1);
  shape.group_of_player.assign(structure.players.size(), -1);
  for (int i = 0; i < structure.num_players(); ++i) {
    shape.num_types.push_back(
        has(live, i) ? structure.players[static_cast<std::size_t>(i)].num_types() : 1);
    shape.profile_stride.push_back(profiles.stride(i));
    shape.type.emplace_back();
    shape.with_type.emplace_back(static_cast<std::size_t>(shape.num_types.back()));
    for (int q = 0; q < shape.profiles; ++q) {
      shape.type.back().push_back(profiles.type_of(q, i));
      shape.with_type.back()[static_cast<std::size_t>(profiles.type_of(q, i))].push_back(q);
    }
  }
  for (std::size_t g = 0; g < space_.groups().size(); ++g) {
    const BeliefSpace::Group& group = space_.groups()[g];
    if ((group.mask & live) == 0) continue;
    for (const int player : group.players)
      shape.group_of_player[static_cast<std::size_t>(player)] =
          static_cast<int>(shape.groups.size());
    shape.groups.push_back({.group = static_cast<int>(g),
                            .first_axis = static_cast<int>(shape.axes.size()),
                            .axes = group.num_axes,
                            .cells = group.cells,
                            .cell = {}});
    for (int q = 0; q < shape.profiles; ++q)
      shape.groups.back().cell.push_back(space_.cell(static_cast<int>(g), profiles, q));
    for (int k = group.first_axis; k < group.first_axis + group.num_axes; ++k) {
      shape.place_of_axis[static_cast<std::size_t>(k)] = static_cast<int>(shape.axes.size());
      shape.axes.push_back({.axis = k, .size = static_cast<int>(axis(k).nodes().size())});
    }
  }
  for (auto axis = shape.axes.rbegin(); axis != shape.axes.rend(); ++axis) {
    axis->stride = shape.points;
    shape.points *= axis->size;
  }
}

/// Tables of those who think alike are shared: observers whose priors are the analyst's, about
/// groups not their own.
void Layout::add_view(int observer, int number) {
  const BeliefSpace::Group& group = space_.groups()[static_cast<std::size_t>(number)];
  const bool knows_a_part = observer >= 0 && has(group.mask, observer) && group.players.size() > 1;
  const std::vector<double> differing =
      observer < 0 ? std::vector<double>(static_cast<std::size_t>(group.cells), 0.0)
                   : melian::disagreement(game_, space_, observer, number);
  const bool agrees =
      std::ranges::all_of(differing, [](double difference) { return difference == 0.0; });
  if (observer >= 0 && agrees && !knows_a_part) {
    view_of_.back().push_back(view_of_.front()[static_cast<std::size_t>(number)]);
    return;
  }
  view_of_.back().push_back(static_cast<int>(views_.size()));
  std::vector<double>& view = views_.emplace_back();
  const auto axes = static_cast<std::size_t>(group.num_axes);
  int points = 1;
  for (std::size_t k = axes; k-- > 0;) {
    group_stride_[static_cast<std::size_t>(group.first_axis) + k] = points;
    points *= static_cast<int>(axis(group.first_axis + static_cast<int>(k)).nodes().size());
  }
  std::vector<double> believed(axes), logs(axes), shift(axes, 0.0),
      cells(static_cast<std::size_t>(group.cells));
  for (int point = 0; point < points; ++point) {
    for (std::size_t k = 0; k < axes; ++k) {
      const auto axis = static_cast<std::size_t>(group.first_axis) + k;
      const std::vector<double>& nodes = axes_[axis].nodes();
      const auto node = static_cast<std::size_t>(point / group_stride_[axis]) % nodes.size();
      believed[k] = nodes[node];
      logs[k] = axes_[axis].log_odds()[node];
    }
    if (!agrees) {
      space_.shifts(number, differing.data(), logs.data(), shift.data());
      for (std::size_t k = 0; k < axes; ++k) {
        logs[k] = moved_log_odds(logs[k], shift[k]);
        believed[k] = logistic(logs[k]);
      }
    }
    if (knows_a_part) {
      cells = space_.cell_odds(number, logs.data(), observer);
    } else {
      std::ranges::fill(cells, 1.0);
      for (std::size_t k = 0; k < axes; ++k) {
        const BeliefSpace::Axis& axis =
            space_.axes()[static_cast<std::size_t>(group.first_axis) + k];
        for (int c = axis.first_cell; c < axis.end_cell; ++c)
          cells[static_cast<std::size_t>(c)] *=
              c < axis.middle_cell ? 1.0 - believed[k] : believed[k];
      }
    }
    view.insert(view.end(), cells.begin(), cells.end());
  }
}

const double* Layout::cells(int observer, const Shape::Group& group, const PointWalk& walk) const {
  const auto& view = views_[static_cast<std::size_t>(
      view_of_[static_cast<std::size_t>(observer + 1)][static_cast<std::size_t>(group.group)])];
  const int first = space_.groups()[static_cast<std::size_t>(group.group)].first_axis;
  std::int64_t point = 0;
  for (int k = 0; k < group.axes; ++k)
    point += std::int64_t{walk.node(group.first_axis + k)} *
             group_stride_[static_cast<std::size_t>(first + k)];
  return view.data() + point * group.cells;
}

void Layout::weigh(int observer, const Shape& shape, const PointWalk& walk,
                   std::vector<double>& out) const {
  std::fill_n(out.begin(), shape.profiles, 1.0);
  for (const Shape::Group& group : shape.groups) {
    const BeliefSpace::Group& members = space_.groups()[static_cast<std::size_t>(group.group)];
    if (observer >= 0 && members.players.size() == 1 && members.players.front() == observer)
      continue;
    const double* odds = cells(observer, group, walk);
    for (std::size_t q = 0; q < group.cell.size(); ++q) out[q] *= odds[group.cell[q]];
  }
}

bool Layout::exists(int round, int state) const {
  const Structure& s = structure();
  if (!s.states[static_cast<std::size_t>(state)].timed || s.reached.empty()) return true;
  return s.reached[static_cast<std::size_t>(round) * s.states.size() +
                   static_cast<std::size_t>(state)] != 0;
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
  return std::pow(
      game_.numbers.discount[static_cast<std::size_t>(player)][static_cast<std::size_t>(type)],
      time);
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
      for (int branch = from.first_branch; branch < from.first_branch + from.num_branches;
           ++branch) {
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
  for (const Shape::Axis& axis : shape.axes)
    node_.push_back(static_cast<int>(point / axis.stride % axis.size));
}

void PointWalk::next() {
  for (std::size_t a = shape_.axes.size(); a-- > 0;) {
    if (++node_[a] < shape_.axes[a].size) return;
    node_[a] = 0;
  }
}

Step step_along(const Layout& layout, int round, int state, int branch) {
  const Shape& here = layout.shape(state);
  Step step{.branch = branch,
            .to = layout.follow(round, branch),
            .shape = nullptr,
            .stride = std::vector<std::int64_t>(here.axes.size(), 0),
            .profile = {}};
  if (step.to.ended()) return step;
  step.shape = &layout.shape(step.to.state);
  for (std::size_t a = 0; a < here.axes.size(); ++a)
    step.stride[a] = step.shape->stride(here.axes[a].axis);
  for (int profile = 0; profile < here.profiles; ++profile) {
    int there = 0;
    for (int i = 0; i < layout.structure().num_players(); ++i)
      there += here.type_in(profile, i) * step.shape->profile_stride[static_cast<std::size_t>(i)];
    step.profile.push_back(there);
  }
  for (const Shape::Axis& axis : step.shape->axes)
    MELIAN_EXPECT(here.place_of_axis[static_cast<std::size_t>(axis.axis)] >= 0,
                  "a state's live players contain its successors'");
  return step;
}

StrategyBlock strategy_block(const Layout& layout, const Assessment& assessment, int round,
                             int state) {
  const Shape& shape = layout.shape(state);
  const std::int64_t row = assessment.row(layout.structure(), round, state);
  MELIAN_EXPECT(row >= 0 && row + num_rows(layout.deciders(state)) * shape.points <=
                                static_cast<std::int64_t>(assessment.log_strategy.size()),
                "a strategy for every decision: " + describe_state(layout.structure(), state));
  return {assessment.log_strategy.data() + row, shape.points};
}

std::vector<int> decisions_of(const Layout& layout, const Layout::Layer& layer) {
  std::vector<int> states;
  std::ranges::copy_if(layer.states, std::back_inserter(states),
                       [&](int state) { return !layout.deciders(state).empty(); });
  return states;
}

double precision_at(const Layout& layout, const Assessment& assessment, int round, int state,
                    int player, int type) {
  const double lambda =
      assessment.lambda[static_cast<std::size_t>(player)][static_cast<std::size_t>(type)];
  if (assessment.discounting == Discounting::current_value) return lambda;
  const double per_round =
      layout.game()
          .numbers.discount[static_cast<std::size_t>(player)][static_cast<std::size_t>(type)];
  return lambda * std::pow(per_round, std::max(0, layout.elapsed(round, state)));
}

std::vector<Piece> pieces_of(const Layout& layout, const Layout::Layer& layer) {
  constexpr std::int64_t points_a_piece =
      256;  // small enough to share out, large enough to repay its start
  std::vector<Piece> pieces;
  for (const int state : layer.states) {
    const std::int64_t points = layout.shape(state).points;
    for (std::int64_t first = 0; first < points; first += points_a_piece)
      pieces.push_back({state, first, std::min(points, first + points_a_piece)});
  }
  return pieces;
}

}  // namespace melian::checking
