#include "predict/crossing.h"

#include <algorithm>
#include <cmath>

#include "numeric/lanes.h"

namespace melian::prediction {
namespace {

std::size_t at(int index) { return static_cast<std::size_t>(index); }

MELIAN_LANES void exponentials(int n, const double* __restrict x, double* __restrict to) {
  const int all = lanes::whole(n);
  for (int i = 0; i < all; ++i) to[i] = lanes::exp_down(x[i]);
  for (int i = all; i < n; ++i) to[i] = lanes::exp_down(x[i]);
}

/// Bayes' rule: the belief `b` (log-odds `u`) after an action of log likelihoods l0 and l1, and
/// what it said.
MELIAN_LANES void learn(int n, const double* __restrict b, const double* __restrict u,
                        const double* __restrict l0, const double* __restrict l1,
                        const double* __restrict zero, const double* __restrict one,
                        double* __restrict odds, double* __restrict belief,
                        double* __restrict entropy, double* __restrict news) {
  MELIAN_INDEPENDENT
  for (int i = 0; i < n; ++i) {
    const double after = u[i] + (l1[i] - l0[i]),
                 size = std::abs(after) < 1e3 ? std::abs(after) : 1e3;
    const double e = lanes::exp_down(-size), large = 1.0 / (1.0 + e), small = e * large;
    belief[i] = after >= 0.0 ? large : small;
    entropy[i] = lanes::log_1_plus(e) + size * small;
    const double first = (1.0 - b[i]) * zero[i], second = b[i] * one[i], both = first + second;
    const double log_odds = -lanes::log_up(1.0 / (both > 1e-300 ? both : 1e-300));
    odds[i] = both;
    news[i] = first * (l0[i] - log_odds) + second * (l1[i] - log_odds);
  }
}

inline double updated(double u, double l0, double l1) {
  const double after = u + (l1 - l0), size = std::abs(after) < 1e3 ? std::abs(after) : 1e3;
  const double e = lanes::exp_down(-size), large = 1.0 / (1.0 + e), small = e * large;
  return after >= 0.0 ? large : small;
}

/// The belief alone.
MELIAN_LANES void update(int n, const double* __restrict u, const double* __restrict l0,
                         const double* __restrict l1, double* __restrict belief) {
  const int all = lanes::whole(n);
  MELIAN_INDEPENDENT
  for (int i = 0; i < all; ++i) belief[i] = updated(u[i], l0[i], l1[i]);
  for (int i = all; i < n; ++i) belief[i] = updated(u[i], l0[i], l1[i]);
}

constexpr int few_nodes = 16;

/// The cell of each belief among few nodes, and how far into it.
MELIAN_LANES void find_cells(int n, int nodes, const double* __restrict node,
                             const double* __restrict b, double* __restrict low,
                             double* __restrict per, int* __restrict cell,
                             double* __restrict place) {
  const double per_first = 1.0 / (node[1] - node[0]), first = node[0];
  for (int i = 0; i < n; ++i) {
    low[i] = first;
    per[i] = per_first;
    cell[i] = 0;
  }
  for (int k = 1; k + 1 < nodes; ++k) {
    const double edge = node[k], per_next = 1.0 / (node[k + 1] - node[k]);
    MELIAN_INDEPENDENT
    for (int i = 0; i < n; ++i) {
      const bool beyond = b[i] >= edge;
      low[i] = beyond ? edge : low[i];
      per[i] = beyond ? per_next : per[i];
      cell[i] += beyond ? 1 : 0;
    }
  }
  MELIAN_INDEPENDENT
  for (int i = 0; i < n; ++i) {
    const double into = (b[i] - low[i]) * per[i], least = into > 0.0 ? into : 0.0;
    place[i] = least < 1.0 ? least : 1.0;
  }
}

/// Where the successor's grid takes up each point whose own node on the axis gives way to a cell.
MELIAN_LANES void find_lows(int n, int step, const int* __restrict from, const int* __restrict node,
                            const int* __restrict cell, int* __restrict low) {
  MELIAN_INDEPENDENT
  for (int i = 0; i < n; ++i) low[i] = from[i] + (cell[i] - node[i]) * step;
}

}  // namespace

PlainBranch plain_branch(const Board& board, int state, int k) {
  const Structure& structure = board.structure();
  const Shape& here = board.shape(state);
  const PublicState& s = structure.states[at(state)];
  const int branch = s.first_branch + k;
  const auto of_two = [&](const Shape::Group& group) {
    return group.count == 1 && board.space().groups()[at(group.group)].players.size() == 1;
  };
  PlainBranch out;
  if (const std::vector<Decider>& deciders = board.deciders(state); !deciders.empty()) {
    const Decider& only = deciders.front();
    if (deciders.size() > 1) return out;
    const int action = only.own_action(k);
    out.zero = out.one = std::ptrdiff_t{only.row(0, action)} * here.points;
    out.plain = true;
    if (!here.has(only.player)) return out;
    out.group = here.group_of_player[at(only.player)];
    out.one += std::ptrdiff_t{only.num_actions()} * here.points;
    out.plain =
        of_two(here.groups[at(out.group)]) && only.is_open(action, 0) && only.is_open(action, 1);
    return out;
  }
  if (structure.moves[at(s.move)].kind != MoveKind::chance) {
    out.plain = true;
    return out;
  }
  const double* odds = board.game().odds(branch);
  out.possible = std::any_of(odds, odds + here.profiles, [](double one) { return one > 0.0; });
  if (std::any_of(odds, odds + here.profiles, [](double one) { return one <= 0.0; })) return out;
  const auto by_cell_of = [&](int group) {  // do the odds depend on this group alone?
    double by_cell[2] = {-1.0, -1.0};
    for (int theta = 0; theta < here.profiles; ++theta) {
      double& known = by_cell[group < 0 ? 0 : here.groups[at(group)].cell[at(theta)]];
      if (known >= 0.0 && known != odds[theta]) return false;
      known = odds[theta];
    }
    for (const int cell : {0, 1})
      if (by_cell[cell] > 0.0)
        out.odds[cell] = by_cell[cell], out.constant[cell] = std::log(by_cell[cell]);
    out.group = group;
    return true;
  };
  out.plain = by_cell_of(-1);
  // Odds of an outcome that ends play and tells types apart need not factorise.
  for (std::size_t g = 0;
       g < here.groups.size() && !out.plain && structure.branches[at(branch)].next >= 0; ++g)
    out.plain = of_two(here.groups[g]) && by_cell_of(static_cast<int>(g));
  return out;
}

Crossings::Crossings(const Board& board) : board_(board) {
  const Structure& structure = board.structure();
  branches_.resize(structure.branches.size());
  source_.resize(structure.branches.size());
  projection_.resize(structure.branches.size(), nullptr);
  seconds_of_branch_.resize(structure.branches.size(), nullptr);
  for (int s = 0; s < static_cast<int>(structure.states.size()); ++s) {
    const Shape& shape = board.shape(s);
    if (zeros_.size() < at(shape.points)) zeros_.resize(at(shape.points), 0.0);
    std::vector<Priors>& priors = priors_[&shape];
    priors_of_state_.push_back(&priors);
    for (std::size_t a = priors.size(); a < shape.axes.size(); ++a) {
      Priors& here = priors.emplace_back();
      for (const int node : shape.axes[a].node) {
        here.belief.push_back(board.nodes(shape.axes[a].axis)[at(node)]);
        here.log_odds.push_back(board.node_log_odds(shape.axes[a].axis)[at(node)]);
      }
      here.log_odds.resize(at(lanes::padded(shape.points)), 0.0);
    }
    std::vector<Seconds>& seconds = seconds_[&shape];
    for (std::size_t g = seconds.size(); g <= shape.groups.size(); ++g) {
      Seconds& here = seconds.emplace_back();
      const auto is_second = [&](int theta) {
        return lanes::chosen(g > 0 && shape.groups[g - 1].cell[at(theta)] != 0);
      };
      for (int theta = 0; theta < shape.profiles; ++theta)
        here.by_profile.push_back(is_second(theta));
      for (const int theta : shape.profile_of_full) here.by_full.push_back(is_second(theta));
    }
    const PublicState& state = structure.states[at(s)];
    for (int b = state.first_branch; b < state.first_branch + state.num_branches; ++b) {
      branches_[at(b)] = plain_branch(board, s, b - state.first_branch);
      source_[at(b)] = s;
      seconds_of_branch_[at(b)] = &seconds[at(branches_[at(b)].group + 1)];
      if (structure.branches[at(b)].next >= 0)
        projection_[at(b)] = &board.projection(s, structure.branches[at(b)].next);
    }
  }
}

const Projection* Crossings::projection(int branch, const Destination& to) const {
  if (to.ended()) return nullptr;
  return to.state == board_.structure().branches[at(branch)].next
             ? projection_[at(branch)]
             : &board_.projection(source(branch), to.state);
}

void Crossings::read(int round, int branch, const Projection* projection, bool saying,
                     Crossing& out) const {
  const PlainBranch& plain = branches_[at(branch)];
  const int state = source(branch), n = board_.shape(state).points;
  const Shape& here = board_.shape(state);
  out.group = plain.group;
  out.axis = plain.group < 0 ? -1 : here.groups[at(plain.group)].first;
  out.step = 0;
  out.second = seconds_of_branch_[at(branch)]->by_profile.data();
  out.second_by_full = seconds_of_branch_[at(branch)]->by_full.data();
  const std::vector<double>& logs = board_.assessment().log_strategy;
  const std::int64_t strategy =
      plain.zero < 0 ? 0 : board_.assessment().row(board_.structure(), round, state);
  // Loops run over whole packs: what stands behind a row is read too where there is something, and
  // left alone.
  const bool room = strategy + std::max(plain.zero, plain.one) + lanes::padded(n) <=
                    static_cast<std::ptrdiff_t>(logs.size());
  const int some = room ? lanes::padded(n) : n;
  const auto likelihood = [&](int type, std::ptrdiff_t row, const double*& log,
                              const double*& probability) {
    std::vector<double>& numbers = out.room.likelihoods[type];
    numbers.resize(at(lanes::padded(n)));
    if (row < 0) {
      out.room.logs[type].assign(at(lanes::padded(n)), plain.constant[type]);
      log = out.room.logs[type].data();
      std::ranges::fill(numbers, plain.odds[type]);
    } else {
      log = logs.data() + strategy + row;
      exponentials(some, log, numbers.data());
    }
    probability = numbers.data();
  };
  likelihood(0, plain.zero, out.log_zero, out.zero);
  out.low = projection == nullptr ? nullptr : projection->point.data();
  out.weight = zeros_.data();
  if (plain.group < 0) {
    out.log_one = out.log_zero;
    out.one = out.zero;
    out.odds = out.zero;
    return;
  }
  likelihood(1, plain.one, out.log_one, out.one);
  const Shape::Axis& own = here.axes[at(out.axis)];
  out.step = projection == nullptr ? 0 : projection->stride[at(out.axis)];
  if (!saying && out.step == 0) return;
  const Priors& prior = (*priors_of_state_[at(state)])[at(out.axis)];
  const std::vector<double>& nodes = board_.nodes(own.axis);
  for (auto* list : {&out.belief, &out.place, &out.room.from, &out.room.per})
    list->resize(at(lanes::padded(n)));
  out.cell.resize(at(lanes::padded(n)));
  if (saying) {
    for (auto* list : {&out.room.odds, &out.entropy, &out.news}) list->resize(at(n));
    learn(n, prior.belief.data(), prior.log_odds.data(), out.log_zero, out.log_one, out.zero,
          out.one, out.room.odds.data(), out.belief.data(), out.entropy.data(), out.news.data());
    out.odds = out.room.odds.data();
  } else {
    update(some, prior.log_odds.data(), out.log_zero, out.log_one, out.belief.data());
  }
  if (const LaidAxis& axis = board_.axis(own.axis); !axis.plain()) {
    for (int p = 0; p < n; ++p) {
      const Place found =
          axis.locate(prior.log_odds[at(p)] + (out.log_one[at(p)] - out.log_zero[at(p)]));
      out.cell[at(p)] = found.cell;
      out.place[at(p)] = found.weight;
    }
  } else if (nodes.size() <= few_nodes) {
    find_cells(n, static_cast<int>(nodes.size()), nodes.data(), out.belief.data(),
               out.room.from.data(), out.room.per.data(), out.cell.data(), out.place.data());
  } else {
    for (int p = 0; p < n; ++p) {
      const Place found = locate(nodes, out.belief[at(p)]);
      out.cell[at(p)] = found.cell;
      out.place[at(p)] = found.weight;
    }
  }
  if (out.step == 0) return;
  out.weight = out.place.data();
  out.room.low.resize(at(n));
  find_lows(n, out.step, out.low, own.node.data(), out.cell.data(), out.room.low.data());
  out.low = out.room.low.data();
}

}  // namespace melian::prediction
