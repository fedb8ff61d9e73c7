#include "study/crossing.h"

#include <algorithm>
#include <cmath>

#include "numeric/lanes.h"

namespace melian::prediction {
namespace {

std::size_t at(int index) { return static_cast<std::size_t>(index); }

MELIAN_LANES void exponentials(int n, const double* __restrict x, double* __restrict to) {
  for (int i = 0; i < n; ++i) to[i] = lanes::exp_down(x[i]);
}

/// Bayes' rule: the belief `b` (log-odds `u`) after an action of log likelihoods l0 and l1, and what it said.
MELIAN_LANES void learn(int n, const double* __restrict b, const double* __restrict u, const double* __restrict l0, const double* __restrict l1,
                        const double* __restrict zero, const double* __restrict one, double* __restrict odds, double* __restrict belief,
                        double* __restrict entropy, double* __restrict news) {
  MELIAN_INDEPENDENT
  for (int i = 0; i < n; ++i) {
    const double after = u[i] + (l1[i] - l0[i]), size = std::abs(after) < 1e3 ? std::abs(after) : 1e3;
    const double e = lanes::exp_down(-size), large = 1.0 / (1.0 + e), small = e * large;
    belief[i] = after >= 0.0 ? large : small;
    entropy[i] = lanes::log_1_plus(e) + size * small;
    const double first = (1.0 - b[i]) * zero[i], second = b[i] * one[i], both = first + second;
    const double log_odds = -lanes::log_up(1.0 / (both > 1e-300 ? both : 1e-300));
    odds[i] = both;
    news[i] = first * (l0[i] - log_odds) + second * (l1[i] - log_odds);
  }
}

/// The cell of each belief among few nodes, and how far into it.
MELIAN_LANES void find_cells(int n, int nodes, const double* __restrict node, const double* __restrict b, double* __restrict low, double* __restrict per,
                             double* __restrict cell) {
  const double per_first = 1.0 / (node[1] - node[0]), first = node[0];
  for (int i = 0; i < n; ++i) {
    low[i] = first;
    per[i] = per_first;
    cell[i] = 0.0;
  }
  for (int k = 1; k + 1 < nodes; ++k) {
    const double edge = node[k], per_next = 1.0 / (node[k + 1] - node[k]), here = k;
    MELIAN_INDEPENDENT
    for (int i = 0; i < n; ++i) {
      const bool beyond = b[i] >= edge;
      low[i] = beyond ? edge : low[i];
      per[i] = beyond ? per_next : per[i];
      cell[i] = beyond ? here : cell[i];
    }
  }
}

}  // namespace

bool Crossing::read(const Board& board, const Shape& here, const BranchReader& reader) {
  const auto plain = reader.plain();
  if (!plain) return false;
  const int n = here.points;
  for (auto* list : {&zero, &one, &log_zero_, &log_one_, &odds, &weight}) list->resize(at(n));
  low.resize(at(n));
  group = plain->group;
  axis = group < 0 ? -1 : here.groups[at(group)].first;
  step = 0;
  second.assign(at(here.profiles), 0);
  for (int theta = 0; theta < here.profiles && group >= 0; ++theta) second[at(theta)] = here.groups[at(group)].cell[at(theta)] == 0 ? 0 : 1;
  const auto fill = [&](const double* by_point, double constant, std::vector<double>& log, std::vector<double>& probability) {
    if (by_point == nullptr) {
      std::ranges::fill(log, constant);
      std::ranges::fill(probability, std::exp(constant));
    } else {
      std::copy_n(by_point, n, log.data());
      exponentials(n, log.data(), probability.data());
    }
  };
  fill(plain->log_zero, plain->constant[0], log_zero_, zero);
  const Projection* projection = reader.projection();
  if (projection != nullptr) std::copy_n(projection->point.begin(), n, low.begin());
  if (group < 0) {
    one = odds = zero;
    std::ranges::fill(weight, 0.0);
    return true;
  }
  fill(plain->log_one, plain->constant[1], log_one_, one);
  const Shape::Axis& own = here.axes[at(axis)];
  const std::vector<double>&nodes = board.nodes(own.axis), &log_odds = board.node_log_odds(own.axis);
  for (auto* list : {&prior_, &prior_odds_, &belief, &entropy, &news, &place}) list->resize(at(n));
  cell.resize(at(n));
  for (int p = 0; p < n; ++p) {
    prior_[at(p)] = nodes[at(own.node[at(p)])];
    prior_odds_[at(p)] = log_odds[at(own.node[at(p)])];
  }
  learn(n, prior_.data(), prior_odds_.data(), log_zero_.data(), log_one_.data(), zero.data(), one.data(), odds.data(), belief.data(), entropy.data(),
        news.data());
  constexpr std::size_t few = 16;
  if (nodes.size() <= few) {
    auto &from = prior_odds_, &per = log_zero_, &found = log_one_;
    find_cells(n, static_cast<int>(nodes.size()), nodes.data(), belief.data(), from.data(), per.data(), found.data());
    for (int p = 0; p < n; ++p) {
      cell[at(p)] = static_cast<int>(found[at(p)]);
      place[at(p)] = std::clamp((belief[at(p)] - from[at(p)]) * per[at(p)], 0.0, 1.0);
    }
  } else {
    for (int p = 0; p < n; ++p) {
      const Place found = locate(nodes, belief[at(p)]);
      cell[at(p)] = found.cell;
      place[at(p)] = found.weight;
    }
  }
  step = projection == nullptr ? 0 : projection->stride[at(axis)];
  if (step == 0) {
    std::ranges::fill(weight, 0.0);
    return true;
  }
  weight = place;
  for (int p = 0; p < n; ++p) low[at(p)] += (cell[at(p)] - own.node[at(p)]) * step;
  return true;
}

}  // namespace melian::prediction
