#include "predict/forward_board.h"

#include <algorithm>

namespace melian::prediction {
namespace {

std::size_t at(int index) { return static_cast<std::size_t>(index); }

/// What nodes on the axes of a group say of its cells.
void cells_at(const BeliefSpace& space, int group, const double* nodes, std::vector<double>& out) {
  const BeliefSpace::Group& g = space.groups()[at(group)];
  out.assign(at(g.cells), 1.0);
  for (int k = 0; k < g.num_axes; ++k) {
    const BeliefSpace::Axis& axis = space.axes()[at(g.first_axis + k)];
    for (int c = axis.first_cell; c < axis.end_cell; ++c)
      out[at(c)] *= c < axis.middle_cell ? 1.0 - nodes[k] : nodes[k];
  }
}

class ShapeMaker {
 public:
  ShapeMaker(const Structure& structure, const BeliefSpace& space, const BeliefAxes& axes,
             const Profiles& full, std::uint32_t live)
      : structure_(structure), space_(space), axes_(axes), profiles_(structure.players, live) {
    lay_out_types(full, live);
    lay_out_axes(live);
    for (int p = 0; p < out_.points; ++p) say_at(p);
  }
  Shape take() { return std::move(out_); }

 private:
  void lay_out_types(const Profiles& full, std::uint32_t live) {
    out_.profiles = profiles_.count();
    for (int theta = 0; theta < out_.profiles; ++theta)
      for (int i = 0; i < structure_.num_players(); ++i)
        out_.type.push_back(profiles_.type_of(theta, i));
    for (int theta = 0; theta < full.count(); ++theta) {
      int profile = 0;
      for (int i = 0; i < structure_.num_players(); ++i)
        profile += full.type_of(theta, i) * profiles_.stride(i);
      out_.profile_of_full.push_back(profile);
    }
    for (int i = 0; i < structure_.num_players(); ++i)
      for (int type = 1; (live >> i & 1U) == 0 && type < structure_.players[at(i)].num_types();
           ++type)
        out_.frozen.push_back({i, type});
  }

  void lay_out_axes(std::uint32_t live) {
    out_.group_of_player.assign(structure_.players.size(), -1);
    for (std::size_t g = 0; g < space_.groups().size(); ++g) {
      const BeliefSpace::Group& group = space_.groups()[g];
      if ((group.mask & live) == 0) continue;
      MELIAN_EXPECT((group.mask & ~live) == 0, "players whose types are tied are live together");
      for (const int player : group.players)
        out_.group_of_player[at(player)] = static_cast<int>(out_.groups.size());
      Shape::Group& here = out_.groups.emplace_back();
      here.group = static_cast<int>(g);
      here.first = static_cast<int>(out_.axes.size());
      here.count = group.num_axes;
      for (int theta = 0; theta < out_.profiles; ++theta)
        here.cell.push_back(space_.cell(here.group, profiles_, theta));
      for (int k = group.first_axis; k < group.first_axis + group.num_axes; ++k)
        out_.axes.push_back({.axis = k,
                             .size = static_cast<int>(axes_.nodes[at(k)].size()),
                             .stride = 0,
                             .node = {}});
    }
    for (auto axis = out_.axes.rbegin(); axis != out_.axes.rend(); ++axis) {
      axis->stride = out_.points;
      out_.points *= axis->size;
    }
    for (Shape::Axis& axis : out_.axes)
      for (int p = 0; p < out_.points; ++p) axis.node.push_back(p / axis.stride % axis.size);
    out_.entropy.resize(structure_.players.size());
  }

  /// What a point says of types.
  void say_at(int point) {
    std::vector<double> law(at(out_.profiles), 1.0), nodes, cells;
    for (const Shape::Group& group : out_.groups) {
      nodes.clear();
      for (int k = group.first; k < group.first + group.count; ++k)
        nodes.push_back(
            axes_.nodes[at(out_.axes[at(k)].axis)][at(out_.axes[at(k)].node[at(point)])]);
      cells_at(space_, group.group, nodes.data(), cells);
      for (int theta = 0; theta < out_.profiles; ++theta)
        law[at(theta)] *= cells[at(group.cell[at(theta)])];
      for (const int player : space_.groups()[at(group.group)].players)
        out_.entropy[at(player)].push_back(
            group.count == 1 ? entropy(log_odds_at(out_.axes[at(group.first)], point))
                             : entropy(margin(group.group, cells, player)));
    }
    out_.law.insert(out_.law.end(), law.begin(), law.end());
  }

  double log_odds_at(const Shape::Axis& axis, int point) const {
    return axes_.log_odds_at(axis.axis, axis.node[at(point)]);
  }

  std::vector<double> margin(int group, const std::vector<double>& cells, int player) const {
    std::vector<double> out(at(structure_.players[at(player)].num_types()), 0.0);
    for (std::size_t c = 0; c < cells.size(); ++c)
      out[at(space_.type_in_cell(group, static_cast<int>(c), player))] += cells[c];
    return out;
  }

  const Structure& structure_;
  const BeliefSpace& space_;
  const BeliefAxes& axes_;
  Profiles profiles_;
  Shape out_;
};

Projection make_projection(const Structure& structure, const Shape& here, const Shape& there) {
  Projection out;
  out.same_profiles = here.profiles == there.profiles;
  for (const Shape::Axis& axis : here.axes) {
    const auto same = std::ranges::find(there.axes, axis.axis, &Shape::Axis::axis);
    out.stride.push_back(same == there.axes.end() ? 0 : same->stride);
  }
  for (int p = 0; p < here.points; ++p) {
    int point = 0;
    for (std::size_t a = 0; a < here.axes.size(); ++a)
      point += here.axes[a].node[at(p)] * out.stride[a];
    out.point.push_back(point);
  }
  std::vector<int> stride(structure.players.size(), 0);
  for (std::size_t i = structure.players.size(), count = 1; i-- > 0;)
    if (there.has(static_cast<int>(i))) {
      stride[i] = static_cast<int>(count);
      count *= at(structure.players[i].num_types());
    }
  for (int theta = 0; theta < here.profiles; ++theta) {
    int profile = 0;
    for (int i = 0; i < structure.num_players(); ++i)
      profile += here.type_in(theta, i) * stride[at(i)];
    out.profile.push_back(profile);
  }
  return out;
}

}  // namespace

double entropy(double log_odds) {
  if (std::isinf(log_odds)) return 0.0;
  // H = log(1 + e^-|u|) + |u| / (1 + e^|u|): no cancellation at either corner.
  const double u = std::abs(log_odds);
  return std::log1p(std::exp(-u)) + u * logistic(-u);
}

double entropy(const std::vector<double>& odds) {
  double sum = 0.0;
  for (const double p : odds)
    if (p > 0.0) sum -= p * std::log(p);
  return sum;
}

Board::Board(const Game& game, const Assessment& assessment)
    : game_(game),
      assessment_(assessment),
      full_(game.shape().players, game.shape().everyone()),
      space_(game.shape()) {
  const Structure& structure = game.shape();
  MELIAN_EXPECT(assessment.game_fingerprint == game.fingerprint, "strategies of another game");
  MELIAN_EXPECT(static_cast<int>(assessment.axes.nodes.size()) == space_.num_axes(),
                "nodes of every belief axis");
  for (std::size_t s = 0; s < structure.states.size(); ++s) {
    const std::uint32_t live = structure.states[s].live & structure.everyone();
    auto found = shapes_.find(live);
    if (found == shapes_.end())
      found =
          shapes_.emplace(live, ShapeMaker(structure, space_, assessment.axes, full_, live).take())
              .first;
    shape_of_state_.push_back(&found->second);
    deciders_.push_back(melian::deciders(structure, static_cast<int>(s), assessment.measure));
    strategy_size_.push_back(std::int64_t{num_rows(deciders_.back())} * found->second.points);
  }
  for (const auto& [from_mask, from] : shapes_)
    for (const auto& [to_mask, to] : shapes_)
      if ((to_mask & ~from_mask) == 0)
        projections_.emplace(std::make_pair(&from, &to), make_projection(structure, from, to));
  for (int axis = 0; axis < space_.num_axes(); ++axis)
    axes_.emplace_back(assessment.axes.axis(axis));
  for (std::size_t b = 0; b < structure.branches.size(); ++b) {
    const int next = structure.branches[b].next;
    const PublicState* const to = next < 0 ? nullptr : &structure.states[at(next)];
    ways_.push_back({next, rounds_counted(structure, static_cast<int>(b)),
                     to != nullptr && to->timed, to == nullptr ? -1 : to->closing});
  }
  find_disagreement();
  weigh_profiles();
  find_start();
}

void Board::find_disagreement() {
  const Structure& structure = game_.shape();
  disagreement_.resize(structure.players.size());
  for (int j = 0; j < structure.num_players(); ++j)
    for (std::size_t g = 0; g < space_.groups().size(); ++g) {
      std::vector<double>& here = disagreement_[at(j)].emplace_back();
      const BeliefSpace::Group& group = space_.groups()[g];
      if (group.num_axes == 1) {
        const double own = game_.numbers.beliefs[at(j)][at(group.players.front())][1],
                     analyst = game_.numbers.prior[at(group.players.front())][1];
        if (own == analyst) continue;
        // Probabilities near one hold too few digits of what is left of them.
        constexpr double moderate = 1e-2;
        const bool exact = std::min({own, 1.0 - own, analyst, 1.0 - analyst}) >= moderate;
        const std::vector<double> by_cell = disagreement(game_, space_, j, static_cast<int>(g));
        here = {exact ? log_odds(own) - log_odds(analyst) : by_cell[1] - by_cell[0]};
      } else {
        here = disagreement(game_, space_, j, static_cast<int>(g));
        if (std::ranges::all_of(here, [](double x) { return x == 0.0; })) here.clear();
      }
    }
}

void Board::weigh_profiles() {
  for (int theta = 0; theta < full_.count(); ++theta) {
    double weight = 1.0;
    for (std::size_t g = 0; g < space_.groups().size(); ++g)
      weight *= start_odds(static_cast<int>(g))[at(space_.cell(static_cast<int>(g), full_, theta))];
    profile_weight_.push_back(weight);
  }
}

const std::vector<double>& Board::start_odds(int group) const {
  const std::vector<int>& players = space_.groups()[at(group)].players;
  const auto joint = std::ranges::find(structure().correlated, players);
  return joint == structure().correlated.end()
             ? game_.numbers.prior[at(players.front())]
             : game_.numbers
                   .joint[static_cast<std::size_t>(joint - structure().correlated.begin())];
}

void Board::find_start() {
  const std::vector<double> beliefs = start_beliefs(game_, space_);
  start_log_odds_ = melian::start_log_odds(game_, space_);
  start_.point = {0};
  start_.weight = {1.0};
  for (const Shape::Axis& axis : shape(structure().root).axes) {
    const LaidAxis& laid = this->axis(axis.axis);
    const Place place = laid.plain() ? locate(laid.nodes(), beliefs[at(axis.axis)])
                                     : laid.locate(start_log_odds_[at(axis.axis)]);
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

void Board::expect(int round, int state) const {
  if (strategy_size_[at(state)] == 0) return;
  constexpr std::int64_t in_a_line = 8, most = 512;  // numbers
  const double* first =
      assessment_.log_strategy.data() + assessment_.row(structure(), round, state);
  const std::int64_t numbers = std::min(most, strategy_size_[at(state)]);
  for (std::int64_t k = 0; k < numbers; k += in_a_line) __builtin_prefetch(first + k);
}

void Board::log_odds_at(const Shape& shape, int point, std::vector<double>& out) const {
  out.resize(shape.axes.size());
  for (std::size_t a = 0; a < shape.axes.size(); ++a)
    out[a] = node_log_odds(shape.axes[a].axis)[at(shape.axes[a].node[at(point)])];
}

double Board::belief(const Shape& shape, std::span<const double> log_odds, int player,
                     int type) const {
  const Shape::Group& group = shape.groups[at(shape.group_of_player[at(player)])];
  if (group.count == 1) return logistic(log_odds[at(group.first)]);
  return belief(group.group, log_odds.data() + group.first, player, type);
}

double Board::belief(int group, const double* log_odds, int player, int type) const {
  if (space_.groups()[at(group)].num_axes == 1)
    return logistic(type == 1 ? log_odds[0] : -log_odds[0]);
  const std::vector<double> cells = space_.cell_odds(group, log_odds);
  double sum = 0.0;
  for (std::size_t c = 0; c < cells.size(); ++c)
    if (space_.type_in_cell(group, static_cast<int>(c), player) == type) sum += cells[c];
  return sum;
}

void Board::cells_for(int observer, int group, const double* log_odds,
                      std::vector<double>& out) const {
  const BeliefSpace::Group& g = space_.groups()[at(group)];
  const bool own = (g.mask >> observer & 1U) != 0;
  const std::vector<double>& differing = disagreement_[at(observer)][at(group)];
  if (own && g.players.size() == 1) return out.assign(at(g.cells), 1.0);
  if (g.num_axes == 1) {
    const double u = log_odds[0] + (differing.empty() ? 0.0 : differing.front());
    out.assign({logistic(-u), logistic(u)});
    return;
  }
  std::vector<double> believed(log_odds, log_odds + g.num_axes), shift(at(g.num_axes), 0.0);
  if (!differing.empty()) {
    space_.shifts(group, differing.data(), believed.data(), shift.data());
    for (std::size_t k = 0; k < believed.size(); ++k)
      believed[k] = moved_log_odds(believed[k], shift[k]);
  }
  out = space_.cell_odds(group, believed.data(), own ? observer : -1);
}

std::vector<double> Board::cells_for(int observer, int group, const double* log_odds) const {
  std::vector<double> out;
  cells_for(observer, group, log_odds, out);
  return out;
}

std::vector<double> Board::profiles_given_own(int player, bool own_beliefs) const {
  std::vector<double> out(at(full_.count()), 1.0);
  for (std::size_t g = 0; g < space_.groups().size(); ++g) {
    const BeliefSpace::Group& group = space_.groups()[g];
    const int number = static_cast<int>(g);
    const bool own = (group.mask >> player & 1U) != 0, tied = group.players.size() > 1;
    if (own && !tied) continue;
    const double* prior = start_log_odds_.data() + group.first_axis;
    const std::vector<double> cells =
        !tied         ? own_beliefs ? game_.numbers.beliefs[at(player)][at(group.players.front())]
                                    : start_odds(number)
                : own_beliefs ? cells_for(player, number, prior)
                      : space_.cell_odds(number, prior, own ? player : -1);
    for (int theta = 0; theta < full_.count(); ++theta)
      out[at(theta)] *= cells[at(space_.cell(number, full_, theta))];
  }
  return out;
}

const Projection& Board::projection(int state, int next) const {
  return projections_.at({&shape(state), &shape(next)});
}

int rounds_counted(const Structure& structure, int branch) {
  const Branch& own = structure.branches[at(branch)];
  if (own.next < 0) return 0;
  const PublicState& to = structure.states[at(own.next)];
  return to.timed && !to.entry ? 0 : own.advance;
}

std::vector<int> depth_first(const Structure& structure) {
  std::vector<int> out;
  std::vector<bool> seen(structure.states.size(), false);
  std::vector<std::pair<int, int>> way;  // state, its branches looked at so far
  const auto enter = [&](int state) {
    if (seen[at(state)]) return;
    seen[at(state)] = true;
    way.emplace_back(state, 0);
  };
  for (auto level = structure.timed_levels.rbegin(); level != structure.timed_levels.rend();
       ++level)
    for (const int first : *level) {
      enter(first);
      while (!way.empty()) {
        const PublicState& state = structure.states[at(way.back().first)];
        if (way.back().second == state.num_branches) {
          out.push_back(way.back().first);
          way.pop_back();
          continue;
        }
        const int branch = state.first_branch + way.back().second++;
        const int next = structure.branches[at(branch)].next;
        if (next >= 0 && structure.states[at(next)].timed && rounds_counted(structure, branch) == 0)
          enter(next);
      }
    }
  return out;
}

bool makes(const Structure& structure, int state, int move) {
  const int here = structure.states[at(state)].move;
  return here == move || std::ranges::count(structure.moves[at(here)].parts, move) > 0;
}

int action_of(const Structure& structure, int state, int branch, int move) {
  const int action = structure.branches[at(branch)].action;
  const std::vector<int>& parts = structure.moves[at(structure.states[at(state)].move)].parts;
  int stride = 1;
  for (std::size_t k = parts.size(); k-- > 0;
       stride *= static_cast<int>(structure.moves[at(parts[k])].actions.size()))
    if (parts[k] == move)
      return action / stride % static_cast<int>(structure.moves[at(move)].actions.size());
  return action;
}

}  // namespace melian::prediction
