#include "study/backward.h"

#include <algorithm>
#include <cmath>

#include "numeric/lanes.h"
#include "study/crossing.h"

namespace melian::prediction {
namespace {

std::size_t at(int index) { return static_cast<std::size_t>(index); }

using Kind = Column::Kind;

/// Does this branch accept an offer of the move, and which?
const Structure::Acceptance* acceptance(const Structure& structure, int branch, int move) {
  for (std::int64_t k = structure.acceptance_begin[at(branch)]; k < structure.acceptance_begin[at(branch) + 1]; ++k)
    if (structure.acceptances[static_cast<std::size_t>(k)].move == move) return &structure.acceptances[static_cast<std::size_t>(k)];
  return nullptr;
}

/// What a branch adds to the amounts at all points.
struct Addition {
  int points, width;         ///< of a row: columns times profiles
  std::ptrdiff_t row_there;  ///< of the successor's table
  const double *at_once, *factor;
  const double* successor;  ///< null where play ends
  const int *low, *index;   ///< by point; by place in a row here: the place in a row there
  const double* weight;
  int step;
  const double *zero, *one;
  const double* second;  ///< by place in a row: 0 or 1, the type whose odds count; -1: `own`
  const double* own;     ///< by place in a row: odds whatever the point
};

MELIAN_LANES void add_all(const Addition& a, double* __restrict to) {
  const double* __restrict at_once = a.at_once, * __restrict factor = a.factor, * __restrict second = a.second, * __restrict own = a.own;
  for (int p = 0; p < a.points; ++p, to += a.width) {
    const double zero = a.zero[p], one = a.one[p];
    if (a.successor == nullptr) {
      MELIAN_INDEPENDENT
      for (int x = 0; x < a.width; ++x) {
        const double odds = second[x] < 0.0 ? own[x] : second[x] > 0.0 ? one : zero;
        to[x] += odds * at_once[x];
      }
      continue;
    }
    const double* __restrict low = a.successor + a.low[p] * a.row_there, * __restrict high = low + a.step * a.row_there;
    const double above = a.weight[p], below = 1.0 - above;
    if (a.index == nullptr) {
      MELIAN_INDEPENDENT
      for (int x = 0; x < a.width; ++x) {
        const double odds = second[x] < 0.0 ? own[x] : second[x] > 0.0 ? one : zero;
        to[x] += odds * (at_once[x] + factor[x] * (below * low[x] + above * high[x]));
      }
      continue;
    }
    for (int x = 0; x < a.width; ++x) {
      const double odds = second[x] < 0.0 ? own[x] : second[x] > 0.0 ? one : zero;
      const double next = a.index[x] < 0 ? 0.0 : below * low[a.index[x]] + above * high[a.index[x]];
      to[x] += odds * (at_once[x] + factor[x] * next);
    }
  }
}

}  // namespace

Backward::Backward(const Board& board, std::vector<Column> columns)
    : board_(board),
      structure_(board.structure()),
      columns_(std::move(columns)),
      untimed_(structure_.states.size()),
      order_(solution_order(structure_)),
      last_(structure_.states.size()) {
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    shorter_.push_back(-1);
    if (columns_[c].kind != Kind::ends_within || columns_[c].index <= 1) continue;
    Column wanted;
    wanted.kind = Kind::ends_within;
    wanted.index = columns_[c].index - 1;
    auto found = std::find(columns_.begin(), columns_.end(), wanted);
    if (found == columns_.end()) found = columns_.insert(columns_.end(), wanted);
    shorter_[c] = static_cast<int>(found - columns_.begin());
  }
}

const Table& Backward::table(int round, int state) const {
  const Table& found = structure_.states[at(state)].timed ? timed_.at(round)[at(state)] : untimed_[at(state)];
  MELIAN_EXPECT(!found.empty(), "a table that has been computed and not dropped: " + describe_state(structure_, state));
  return found;
}

bool Backward::sweep(const Visit& visit, const std::function<bool(double)>& go_on) {
  int longest_jump = 0;
  for (std::size_t b = 0; b < structure_.branches.size(); ++b) longest_jump = std::max(longest_jump, board_.advance(static_cast<int>(b)));
  for (std::size_t stage = 0; stage < order_.stages.size(); ++stage) {
    if (order_.stages[stage].cyclic && !settle(static_cast<int>(stage), [&] { return !go_on || go_on(0.0); })) return false;
    for (const auto& level : order_.stages[stage].levels) {
      parallel_for(level.size(), [&](std::size_t k) { compute(-1, level[k]); });
      if (visit)
        for (const int state : level) visit(-1, state);
    }
  }
  for (int round = structure_.timed_levels.empty() ? -1 : structure_.rounds - 1; round >= 0; --round) {
    timed_[round].resize(structure_.states.size());
    for (const auto& level : structure_.timed_levels) {
      std::vector<int> reached;
      for (const int state : level)
        if (structure_.reached.empty() || structure_.reached[at(round) * structure_.states.size() + at(state)] != 0) reached.push_back(state);
      parallel_for(reached.size(), [&](std::size_t k) { compute(round, reached[k]); });
      if (visit)
        for (const int state : reached) visit(round, state);
    }
    // Later only the tops of this round's phases are read.
    for (std::size_t s = 0; s < structure_.states.size(); ++s)
      if (!structure_.states[s].entry && !(round == 0 && static_cast<int>(s) == structure_.root)) timed_[round][s] = {};
    timed_.erase(round + std::max(1, longest_jump));
    if (go_on && !go_on(1.0 - static_cast<double>(round) / structure_.rounds)) return false;
  }
  return true;
}

/// Sweeps a cycle until what its heads hold moves no more. Payoffs are discounted and settle; amounts that are not may
/// grow for as long as play goes on, and are counted over as many rounds as plays are followed.
bool Backward::settle(int stage, const std::function<bool()>& go_on) {
  constexpr double unmoved = 1e-14;  // of the largest amount: round-off
  const SolutionOrder::Stage& cycle = order_.stages[at(stage)];
  const std::vector<int> heads = order_.heads(structure_, stage);
  const auto each = [&](const auto& does) {  // head, number in its table, is it a payoff?
    for (const int head : heads) {
      const auto profiles = at(board_.shape(head).profiles);
      for (std::size_t n = 0; n < last_[at(head)].size(); ++n) does(head, n, columns_[n / profiles % columns_.size()].kind == Kind::payoff);
    }
  };
  for (const int head : heads) last_[at(head)].assign(at(board_.shape(head).points) * columns_.size() * at(board_.shape(head).profiles), 0.0);
  std::vector<double> x, fx;
  each([&](int, std::size_t, bool payoff) {
    if (payoff) x.push_back(0.0);
  });
  FixedPoint search;
  bool payoffs_move = !x.empty(), others_move = true;
  for (int sweep = 1; payoffs_move || others_move; ++sweep) {
    for (const auto& level : cycle.levels) parallel_for(level.size(), [&](std::size_t k) { compute(-1, level[k]); });
    double moved = 0.0, size = 0.0;
    fx.clear();
    each([&](int head, std::size_t n, bool payoff) {
      const double now = untimed_[at(head)][n];
      if (payoff) return fx.push_back(now);
      double& before = last_[at(head)][n];
      moved = std::max(moved, std::abs(now - before));
      size = std::max(size, std::abs(now));
      if (others_move) before = now;
    });
    others_move = others_move && moved > unmoved * size && sweep < most_rounds;
    if (payoffs_move) {
      payoffs_move = search.step(x, fx) == FixedPoint::Ending::none;
      auto from = x.begin();
      each([&](int head, std::size_t n, bool payoff) {
        if (payoff) last_[at(head)][n] = *from++;
      });
    }
    if (!go_on()) return false;
  }
  return true;
}

const Table& Backward::untimed(int from, int to) const {
  return !structure_.states[at(from)].timed && order_.leads_back(from, to) ? last_[at(to)] : untimed_[at(to)];
}

Backward::Effect Backward::effect(const BranchReader& reader, int round, int state) const {
  const Shape& here = board_.shape(state);
  const auto profiles = at(here.profiles);
  const Branch& branch = structure_.branches[at(reader.branch())];
  const PublicState& from = structure_.states[at(state)];
  const Move& move = structure_.moves[at(from.move)];
  const Destination& to = reader.destination();
  Effect out;
  out.at_once.assign(columns_.size() * profiles, 0.0);
  out.factor.assign(columns_.size() * profiles, 1.0);
  out.column.resize(columns_.size());
  if (!to.ended()) {
    out.there = &board_.shape(to.state);
    out.successor = structure_.states[at(to.state)].timed ? &timed_.at(to.round)[at(to.state)] : &untimed(state, to.state);
    MELIAN_EXPECT(!out.successor->empty(), "successors are computed first: " + describe_state(structure_, to.state));
  }
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    const Column& column = columns_[c];
    double* at_once = out.at_once.data() + c * profiles;
    const auto add = [&](double amount) { std::fill_n(at_once, profiles, amount); };
    bool goes_on = !to.ended();
    int next = static_cast<int>(c);
    switch (column.kind) {
      case Kind::ends_in:
        if (to.ended() && std::find(column.outcomes.begin(), column.outcomes.end(), -1 - to.state) != column.outcomes.end()) add(1.0);
        break;
      case Kind::rounds_left:
        if (to.closing) {
          add(structure_.rounds - 1 - round);
          goes_on = false;
        } else if (!to.ended()) {
          add(board_.advance(reader.branch()));
        }
        break;
      case Kind::ends_within:
        if (to.ended()) add(1.0);
        if (to.closing) goes_on = false;
        for (int passed = to.ended() ? 0 : board_.advance(reader.branch()); passed > 0 && next >= 0; --passed) next = shorter_[at(next)];
        break;
      case Kind::cut_off:
        if (to.closing) {
          add(1.0);
          goes_on = false;
        }
        break;
      case Kind::tally:
        for (std::int64_t k = structure_.count_begin[at(reader.branch())]; k < structure_.count_begin[at(reader.branch()) + 1]; ++k) {
          const Structure::Count& count = structure_.counts[static_cast<std::size_t>(k)];
          if (count.tally != column.index) continue;
          for (std::size_t theta = 0; theta < profiles; ++theta)
            at_once[theta] += board_.game().numbers.amounts[static_cast<std::size_t>(count.amount_offset) + theta];
        }
        break;
      case Kind::payoff: {
        const double* reward = board_.game().reward(reader.branch(), column.index, here.profiles);
        for (std::size_t theta = 0; theta < profiles; ++theta) {
          at_once[theta] = reward[theta];
          const double discount = board_.game().numbers.discount[at(column.index)][at(here.type_in(static_cast<int>(theta), column.index))];
          if (branch.time > 0) out.factor[c * profiles + theta] = std::pow(discount, branch.time);
        }
        break;
      }
      case Kind::offer_sum:
        if (from.move == column.index) {
          add(move.numbers[at(branch.action)]);
          goes_on = false;
        }
        break;
      case Kind::move_made:
        if (makes(structure_, state, column.index) && (column.detail < 0 || column.detail == action_of(structure_, state, reader.branch(), column.index))) {
          add(1.0);
          goes_on = false;
        }
        break;
      case Kind::accepted:
      case Kind::accepted_count:
      case Kind::accepted_sum:
        if (const auto* accepted = acceptance(structure_, reader.branch(), column.index)) {
          add(column.kind == Kind::accepted_sum ? structure_.moves[at(column.index)].numbers[at(accepted->action)] : 1.0);
          if (column.kind == Kind::accepted) goes_on = false;
        }
        break;
    }
    out.column[c] = goes_on ? next : -1;
  }
  return out;
}

void Backward::after(const Effect& effect, const BranchReader& reader, const Footing& footing, double* out) const {
  const Projection* projection = reader.projection();
  const std::size_t profiles = footing.odds.size();
  std::copy(effect.at_once.begin(), effect.at_once.end(), out);
  if (projection == nullptr) return;
  const auto there = at(effect.there->profiles);
  for (std::size_t n = 0; n < footing.point.size(); ++n) {
    const double* row = effect.successor->data() + at(footing.point[n]) * columns_.size() * there;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      if (effect.column[c] < 0) continue;
      const double* next = row + at(effect.column[c]) * there;
      const double* factor = effect.factor.data() + c * profiles;
      if (projection->same_profiles) {
        for (std::size_t theta = 0; theta < profiles; ++theta) out[c * profiles + theta] += footing.weight[n] * factor[theta] * next[theta];
        continue;
      }
      for (std::size_t theta = 0; theta < profiles; ++theta) out[c * profiles + theta] += footing.weight[n] * factor[theta] * next[projection->profile[theta]];
    }
  }
}

void Backward::compute(int round, int state) {
  const Shape& here = board_.shape(state);
  const auto profiles = at(here.profiles);
  const PublicState& s = structure_.states[at(state)];
  const bool chance = structure_.moves[at(s.move)].kind == MoveKind::chance;
  Table& table = s.timed ? timed_.at(round)[at(state)] : untimed_[at(state)];
  const std::size_t width = columns_.size() * profiles;
  table.assign(at(here.points) * width, 0.0);
  Footing footing;
  std::vector<double> amounts(width);
  for (int k = 0; k < s.num_branches; ++k) {
    // An untimed state's branches lead to untimed states whatever the round.
    const BranchReader reader(board_, std::max(round, 0), state, k);
    bool some = reader.possible();
    for (const Column& column : columns_)
      if (chance && column.kind == Kind::payoff) {
        const double* own = board_.game().odds_for(reader.branch(), column.index, here.profiles);
        some = some || std::any_of(own, own + profiles, [](double odds) { return odds > 0.0; });
      }
    if (!some) continue;
    const Effect now = effect(reader, round, state);
    if (compute_together(now, reader, here, chance, table)) continue;
    for (int p = 0; p < here.points; ++p) {
      reader.read(p, footing);
      after(now, reader, footing, amounts.data());
      double* out = table.data() + at(p) * width;
      for (std::size_t c = 0; c < columns_.size(); ++c) {
        const double* odds =
            chance && columns_[c].kind == Kind::payoff ? board_.game().odds_for(reader.branch(), columns_[c].index, here.profiles) : footing.odds.data();
        for (std::size_t theta = 0; theta < profiles; ++theta)
          if (odds[theta] > 0.0) out[c * profiles + theta] += odds[theta] * amounts[c * profiles + theta];
      }
    }
  }
}

/// Adds a branch at all points at once; false where it has to be read point by point.
bool Backward::compute_together(const Effect& effect, const BranchReader& reader, const Shape& here, bool chance, Table& table) const {
  static thread_local Crossing crossing;
  if (!reader.possible() || !crossing.read(board_, here, reader)) return false;
  const auto profiles = at(here.profiles);
  const std::size_t width = columns_.size() * profiles;
  std::vector<double> second(width), own(width, 0.0);
  std::vector<int> index;
  bool in_place = effect.there == nullptr || effect.there->profiles == here.profiles;
  const Projection* projection = reader.projection();
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    in_place = in_place && effect.column[c] == static_cast<int>(c);
    const bool by_own = chance && columns_[c].kind == Kind::payoff;
    const double* odds = by_own ? board_.game().odds_for(reader.branch(), columns_[c].index, here.profiles) : nullptr;
    for (std::size_t theta = 0; theta < profiles; ++theta) {
      second[c * profiles + theta] = by_own ? -1.0 : crossing.second[theta];
      if (by_own) own[c * profiles + theta] = odds[theta];
    }
  }
  const std::size_t row_there = effect.there == nullptr ? 0 : columns_.size() * at(effect.there->profiles);
  if (effect.there != nullptr && !in_place)
    for (std::size_t c = 0; c < columns_.size(); ++c)
      for (std::size_t theta = 0; theta < profiles; ++theta)
        index.push_back(effect.column[c] < 0
                            ? -1
                            : effect.column[c] * effect.there->profiles + (projection->same_profiles ? static_cast<int>(theta) : projection->profile[theta]));
  add_all({here.points, static_cast<int>(width), static_cast<std::ptrdiff_t>(row_there), effect.at_once.data(), effect.factor.data(),
           effect.there == nullptr ? nullptr : effect.successor->data(), crossing.low.data(), index.empty() ? nullptr : index.data(), crossing.weight.data(),
           crossing.step, crossing.zero.data(), crossing.one.data(), second.data(), own.data()},
          table.data());
  return true;
}

std::vector<double> Backward::at_start() const {
  const Shape& shape = board_.shape(structure_.root);
  const Table& root = table(0, structure_.root);
  const std::size_t width = columns_.size() * at(shape.profiles);
  std::vector<double> out(width, 0.0);
  for (std::size_t k = 0; k < board_.start().point.size(); ++k)
    for (std::size_t x = 0; x < width; ++x) out[x] += board_.start().weight[k] * root[at(board_.start().point[k]) * width + x];
  return out;
}

}  // namespace melian::prediction
