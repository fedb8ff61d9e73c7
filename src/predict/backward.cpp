#include "predict/backward.h"

#include <algorithm>
#include <cmath>

#include <tbb/task_arena.h>

#include "numeric/lanes.h"
#include "predict/add_amounts.h"

namespace melian::prediction {
namespace {

std::size_t at(int index) { return static_cast<std::size_t>(index); }

using Kind = Column::Kind;

/// Does this branch accept an offer of the move, and which?
const Structure::Acceptance* acceptance(const Structure& structure, int branch, int move) {
  for (std::int64_t k = structure.acceptance_begin[at(branch)];
       k < structure.acceptance_begin[at(branch) + 1]; ++k)
    if (structure.acceptances[static_cast<std::size_t>(k)].move == move)
      return &structure.acceptances[static_cast<std::size_t>(k)];
  return nullptr;
}

}  // namespace

std::vector<int> add_shorter(std::vector<Column>& columns) {
  std::vector<int> out;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    out.push_back(-1);
    if (columns[c].kind != Kind::ends_within || columns[c].index <= 1) continue;
    Column wanted;
    wanted.kind = Kind::ends_within;
    wanted.index = columns[c].index - 1;
    wanted.outcomes = columns[c].outcomes;
    auto found = std::find(columns.begin(), columns.end(), wanted);
    if (found == columns.end()) found = columns.insert(columns.end(), wanted);
    out[c] = static_cast<int>(found - columns.begin());
  }
  return out;
}

Backward::Backward(const Board& board, std::vector<Column> columns)
    : board_(board),
      structure_(board.structure()),
      columns_(std::move(columns)),
      crossings_(board),
      untimed_(structure_.states.size()),
      order_(solution_order(structure_)),
      last_(structure_.states.size()),
      within_(structure_.states.size()),
      in_depth_(depth_first(board.structure())),
      uses_(structure_.states.size(), 0),
      amounts_(structure_.branches.size()) {
  for (const PublicState& s : structure_.states)
    for (int b = s.first_branch; s.timed && b < s.first_branch + s.num_branches; ++b)
      if (const int next = structure_.branches[at(b)].next; next >= 0 && board_.advance(b) == 0)
        ++uses_[at(next)];
  shorter_ = add_shorter(columns_);
}

std::size_t Backward::slot(int round, int state) const {
  return structure_.states[at(state)].entry ? at(round) % tops_.size() : tops_.size();
}

const Table* Backward::timed(int round, int state) const {
  const std::size_t where = slot(round, state);
  if (round < 0 || held_[where][at(state)] != round) return nullptr;
  return structure_.states[at(state)].entry ? &tops_[where][at(state)] : &within_[at(state)];
}

const Table& Backward::table(int round, int state) const {
  const Table* found =
      structure_.states[at(state)].timed ? timed(round, state) : &untimed_[at(state)];
  MELIAN_EXPECT(
      found != nullptr && !found->empty(),
      "a table that has been computed and not dropped: " + describe_state(structure_, state));
  return *found;
}

bool Backward::sweep(const Visit& visit, const std::function<bool(double)>& go_on, bool far) {
  taken_at_ = {-1, -1};
  int longest_jump = 0;
  for (std::size_t b = 0; b < structure_.branches.size(); ++b)
    longest_jump = std::max(longest_jump, board_.advance(static_cast<int>(b)));
  tops_.assign(at(std::max(1, longest_jump)) + 1, std::vector<Table>(structure_.states.size()));
  held_.assign(tops_.size() + 1, std::vector<int>(structure_.states.size(), -1));
  for (std::size_t stage = 0; stage < order_.stages.size(); ++stage) {
    if (order_.stages[stage].cyclic &&
        !settle(static_cast<int>(stage), [&] { return !go_on || go_on(0.0); }))
      return false;
    for (const auto& level : order_.stages[stage].levels) {
      parallel_for(level.size(), [&](std::size_t k) { compute(-1, level[k]); });
      if (visit)
        for (const int state : level) visit(-1, state);
    }
  }
  for (int round = structure_.timed_levels.empty() ? -1 : structure_.rounds - 1; round >= 0;
       --round) {
    sweep_round(round, visit, far);
    if (go_on && !go_on(1.0 - static_cast<double>(round) / structure_.rounds)) return false;
  }
  return true;
}

/// Alone, states are taken in the order that keeps successors at hand, and tables are left as soon
/// as nobody reads them; amounts and the order of visits are the same.
void Backward::sweep_round(int round, const Visit& visit, bool far) {
  const auto reached = [&](int state) {
    return structure_.reached.empty() ||
           structure_.reached[at(round) * structure_.states.size() + at(state)] != 0;
  };
  const bool alone = tbb::this_task_arena::max_concurrency() == 1;
  if (!alone)
    for (const auto& level : structure_.timed_levels)
      parallel_for(level.size(), [&](std::size_t k) {
        if (reached(level[k])) compute(round, level[k]);
      });
  unread_ = uses_;
  for (std::size_t k = 0; k < in_depth_.size(); ++k) {
    const int state = in_depth_[k];
    if (!reached(state)) continue;
    if (alone && k + 1 < in_depth_.size() && reached(in_depth_[k + 1]))
      board_.expect(round, in_depth_[k + 1]);
    if (alone) compute(round, state);
    if (visit) visit(round, state);
    if (alone && !far) leave(state);
  }
}

/// A state's branches are followed for good: tables that only they were still to read give up their
/// room.
void Backward::leave(int state) {
  const PublicState& s = structure_.states[at(state)];
  for (int b = s.first_branch; b < s.first_branch + s.num_branches; ++b) {
    const int next = structure_.branches[at(b)].next;
    if (next < 0 || board_.advance(b) > 0 || !structure_.states[at(next)].timed ||
        structure_.states[at(next)].entry || --unread_[at(next)] > 0)
      continue;
    spare_.push_back(std::move(within_[at(next)]));
    held_[slot(0, next)][at(next)] = -1;
  }
}

/// Sweeps a cycle until what its heads hold moves no more. Payoffs are discounted and settle;
/// amounts that are not may grow for as long as play goes on, and are counted over as many rounds
/// as plays are followed.
bool Backward::settle(int stage, const std::function<bool()>& go_on) {
  constexpr double unmoved = 1e-14;  // of the largest amount: round-off
  const SolutionOrder::Stage& cycle = order_.stages[at(stage)];
  const std::vector<int> heads = order_.heads(structure_, stage);
  const auto each = [&](const auto& does) {  // head, number in its table, is it a payoff?
    for (const int head : heads) {
      const auto profiles = at(board_.shape(head).profiles);
      for (std::size_t n = 0; n + most_packed < last_[at(head)].size(); ++n)
        does(head, n, columns_[n / profiles % columns_.size()].kind == Kind::payoff);
    }
  };
  for (const int head : heads)
    last_[at(head)].assign(
        table_size(at(board_.shape(head).points), columns_.size(), at(board_.shape(head).profiles)),
        0.0);
  std::vector<double> x, fx;
  each([&](int, std::size_t, bool payoff) {
    if (payoff) x.push_back(0.0);
  });
  FixedPoint search;
  bool payoffs_move = !x.empty(), others_move = true;
  for (int sweep = 1; payoffs_move || others_move; ++sweep) {
    for (const auto& level : cycle.levels)
      parallel_for(level.size(), [&](std::size_t k) { compute(-1, level[k]); });
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
  return !structure_.states[at(from)].timed && order_.leads_back(from, to) ? last_[at(to)]
                                                                           : untimed_[at(to)];
}

Backward::Effect Backward::effect(const BranchReader& reader, int round, int state) const {
  Effect out;
  effect(reader.branch(), reader.destination(), round, state, out);
  return out;
}

void Backward::effect(int b, const Destination& to, int round, int state, Effect& out) const {
  out.there = nullptr;
  out.successor = nullptr;
  if (!to.ended()) {
    out.there = &board_.shape(to.state);
    out.successor = structure_.states[at(to.state)].timed ? timed(to.round, to.state)
                                                          : &untimed(state, to.state);
    MELIAN_EXPECT(out.successor != nullptr && !out.successor->empty(),
                  "successors are computed first: " + describe_state(structure_, to.state));
  }
  out.known = nullptr;
  if (to.closing) return find_amounts(b, to, round, state, out.own);
  out.known = &amounts_[at(b)];
  if (out.known->plain.empty()) find_amounts(b, to, round, state, amounts_[at(b)]);
}

void Backward::find_amounts(int b, const Destination& to, int round, int state,
                            Amounts& out) const {
  const Shape& here = board_.shape(state);
  const auto profiles = at(here.profiles);
  const Branch& branch = structure_.branches[at(b)];
  const PublicState& from = structure_.states[at(state)];
  const Move& move = structure_.moves[at(from.move)];
  out.at_once.assign(columns_.size() * profiles, 0.0);
  out.factor.assign(columns_.size() * profiles, 1.0);
  out.column.resize(columns_.size());
  out.plain.assign(columns_.size(), 0);
  const auto ends_in = [&](const Column& column) {
    return std::ranges::find(column.outcomes, -1 - to.state) != column.outcomes.end();
  };
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    const Column& column = columns_[c];
    double* at_once = out.at_once.data() + c * profiles;
    const auto add = [&](double amount) { std::fill_n(at_once, profiles, amount); };
    bool goes_on = !to.ended();
    int next = static_cast<int>(c);
    switch (column.kind) {
      case Kind::ends_in:
        if (to.ended() && ends_in(column)) add(1.0);
        break;
      case Kind::rounds_left:
        if (to.closing) {
          add(structure_.rounds - 1 - round);
          goes_on = false;
        } else if (!to.ended()) {
          add(board_.advance(b));
        }
        break;
      case Kind::ends_within:
        if (to.ended() && (column.outcomes.empty() || ends_in(column))) add(1.0);
        if (to.closing) goes_on = false;
        for (int passed = to.ended() ? 0 : board_.advance(b); passed > 0 && next >= 0; --passed)
          next = shorter_[at(next)];
        break;
      case Kind::cut_off:
        if (to.closing) {
          add(1.0);
          goes_on = false;
        }
        break;
      case Kind::tally:
        for (std::int64_t k = structure_.count_begin[at(b)]; k < structure_.count_begin[at(b) + 1];
             ++k) {
          const Structure::Count& count = structure_.counts[static_cast<std::size_t>(k)];
          if (count.tally != column.index) continue;
          for (std::size_t theta = 0; theta < profiles; ++theta)
            at_once[theta] +=
                board_.game()
                    .numbers.amounts[static_cast<std::size_t>(count.amount_offset) + theta];
        }
        break;
      case Kind::payoff: {
        const double* reward = board_.game().reward(b, column.index, here.profiles);
        for (std::size_t theta = 0; theta < profiles; ++theta) {
          at_once[theta] = reward[theta];
          const double discount = board_.game().numbers.discount[at(column.index)][at(
              here.type_in(static_cast<int>(theta), column.index))];
          if (branch.time > 0)
            out.factor[c * profiles + theta] =
                branch.time == 1 ? discount : std::pow(discount, branch.time);
        }
        break;
      }
      case Kind::offer_sum:
        if (from.move == column.index) {
          add(move.numbers[at(branch.action)]);
          goes_on = false;
        }
        break;
      case Kind::next_action:
        if (makes(structure_, state, column.index)) {
          if (column.detail == action_of(structure_, state, b, column.index)) add(1.0);
          goes_on = false;
        }
        break;
      case Kind::move_made:
        if (makes(structure_, state, column.index) &&
            (column.detail < 0 || column.detail == action_of(structure_, state, b, column.index))) {
          add(1.0);
          goes_on = false;
        }
        break;
      case Kind::accepted_in_round:
        if (acceptance(structure_, b, column.index) != nullptr) {
          add(1.0);
          goes_on = false;
        } else if (!to.ended() &&
                   (board_.advance(b) > 0 || structure_.states[at(to.state)].entry)) {
          goes_on = false;
        }
        break;
      case Kind::accepted:
      case Kind::accepted_count:
      case Kind::accepted_sum:
        if (const auto* accepted = acceptance(structure_, b, column.index)) {
          add(column.kind == Kind::accepted_sum
                  ? structure_.moves[at(column.index)].numbers[at(accepted->action)]
                  : 1.0);
          if (column.kind == Kind::accepted) goes_on = false;
        }
        break;
    }
    out.column[c] = goes_on ? next : -1;
    out.plain[c] =
        std::all_of(at_once, at_once + profiles, [](double x) { return x == 0.0; }) &&
        std::all_of(out.factor.data() + c * profiles, out.factor.data() + (c + 1) * profiles,
                    [](double x) { return x == 1.0; });
  }
  if (std::ranges::all_of(out.plain, [](std::uint8_t plain) { return plain != 0; }))
    out.at_once = out.factor = {};
  find_runs(structure_.moves[at(from.move)].kind == MoveKind::chance, out);
}

/// Players may see other odds of chance than the analyst: then their payoffs are columns by
/// themselves.
void Backward::find_runs(bool chance, Amounts& out) const {
  out.runs.clear();
  for (int c = 0; c < static_cast<int>(columns_.size()); ++c) {
    const bool by_itself =
        out.plain[at(c)] == 0 || (chance && columns_[at(c)].kind == Kind::payoff);
    const int from = out.column[at(c)];
    const auto kind = by_itself  ? ColumnRun::Kind::other
                      : from < 0 ? ColumnRun::Kind::nothing
                                 : ColumnRun::Kind::follows;
    ColumnRun* const last = out.runs.empty() ? nullptr : &out.runs.back();
    if (last != nullptr && !by_itself && last->kind == kind &&
        (from < 0 || from == last->from + c - last->first))
      last->end = c + 1;
    else
      out.runs.push_back({kind, c, c + 1, from});
  }
}

void Backward::after(const Effect& effect, const BranchReader& reader, const Footing& footing,
                     double* out) const {
  const Projection* projection = reader.projection();
  const std::size_t profiles = footing.odds.size();
  const Amounts& amounts = effect.amounts();
  const bool plain = amounts.at_once.empty();
  if (plain)
    std::fill_n(out, columns_.size() * profiles, 0.0);
  else
    std::ranges::copy(amounts.at_once, out);
  if (projection == nullptr) return;
  const auto there = at(effect.there->profiles);
  for (std::size_t n = 0; n < footing.point.size(); ++n) {
    const double* row = effect.successor->data() + at(footing.point[n]) * columns_.size() * there;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      if (amounts.column[c] < 0) continue;
      const double* next = row + at(amounts.column[c]) * there;
      for (std::size_t theta = 0; theta < profiles; ++theta)
        out[c * profiles + theta] +=
            footing.weight[n] * (plain ? 1.0 : amounts.factor[c * profiles + theta]) *
            next[projection->same_profiles ? theta : at(projection->profile[theta])];
    }
  }
}

void Backward::compute(int round, int state) {
  const Shape& here = board_.shape(state);
  const auto profiles = at(here.profiles);
  const PublicState& s = structure_.states[at(state)];
  const bool chance = structure_.moves[at(s.move)].kind == MoveKind::chance;
  Table& table = !s.timed  ? untimed_[at(state)]
                 : s.entry ? tops_[slot(round, state)][at(state)]
                           : within_[at(state)];
  if (s.timed) held_[slot(round, state)][at(state)] = round;
  if (table.empty() && !spare_.empty() && s.timed &&
      !s.entry) {  // never where states are computed side by side
    table = std::move(spare_.back());
    spare_.pop_back();
  }
  table.resize(table_size(at(here.points), columns_.size(), profiles));
  static thread_local Effect now;
  static thread_local Crossing crossing;
  bool fresh = true;
  for (int b = s.first_branch; b < s.first_branch + s.num_branches; ++b) {
    // An untimed state's branches lead to untimed states whatever the round.
    const Destination to = board_.follow(std::max(round, 0), b);
    const PlainBranch& plain = crossings_.branch(b);
    bool some = plain.possible;
    for (const Column& column : columns_)
      if (!some && chance && column.kind == Kind::payoff) {
        const double* own = board_.game().odds_for(b, column.index, here.profiles);
        some = std::any_of(own, own + profiles, [](double odds) { return odds > 0.0; });
      }
    if (!some) continue;
    effect(b, to, round, state, now);
    if (plain.plain && plain.possible) {
      const Projection* projection = crossings_.projection(b, to);
      crossings_.read(std::max(round, 0), b, projection, false, crossing);
      add_together(now, crossing, b, projection, here, chance, fresh, table);
    } else {
      if (fresh) std::ranges::fill(table, 0.0);
      add_by_point(now, BranchReader(board_, std::max(round, 0), state, b - s.first_branch), here,
                   chance, table);
    }
    fresh = false;
  }
  if (fresh) std::ranges::fill(table, 0.0);
}

void Backward::add_by_point(const Effect& effect, const BranchReader& reader, const Shape& here,
                            bool chance, Table& table) const {
  const auto profiles = at(here.profiles);
  const std::size_t width = columns_.size() * profiles;
  Footing footing;
  std::vector<double> amounts(width);
  for (int p = 0; p < here.points; ++p) {
    reader.read(p, footing);
    after(effect, reader, footing, amounts.data());
    double* out = table.data() + at(p) * width;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      const double* odds =
          chance && columns_[c].kind == Kind::payoff
              ? board_.game().odds_for(reader.branch(), columns_[c].index, here.profiles)
              : footing.odds.data();
      for (std::size_t theta = 0; theta < profiles; ++theta)
        if (odds[theta] > 0.0)
          out[c * profiles + theta] += odds[theta] * amounts[c * profiles + theta];
    }
  }
}

/// Adds a plain branch at all points.
void Backward::add_together(const Effect& effect, const Crossing& crossing, int branch,
                            const Projection* projection, const Shape& here, bool chance,
                            bool first, Table& table) const {
  static thread_local std::vector<const double*> own;
  own.assign(columns_.size(), nullptr);
  for (std::size_t c = 0; c < columns_.size(); ++c)
    if (chance && columns_[c].kind == Kind::payoff)
      own[c] = board_.game().odds_for(branch, columns_[c].index, here.profiles);
  add(effect, crossing, crossing.zero, crossing.one, own, projection, here, first, table);
}

void Backward::add(const Effect& effect, const Crossing& crossing, const double* zero,
                   const double* one, const std::vector<const double*>& own,
                   const Projection* projection, const Shape& here, bool first,
                   Table& table) const {
  static thread_local std::vector<std::int64_t> profile;
  const bool same = projection == nullptr || projection->same_profiles;
  if (!same) profile.assign(projection->profile.begin(), projection->profile.end());
  const Amounts& amounts = effect.amounts();
  add_amounts({here.points, static_cast<int>(columns_.size()), here.profiles,
               effect.there == nullptr ? 0 : effect.there->profiles, amounts.at_once.data(),
               amounts.factor.data(), amounts.plain.data(),
               effect.there == nullptr ? nullptr : effect.successor->data(), amounts.column.data(),
               same ? nullptr : profile.data(), crossing.low, crossing.weight, crossing.step, zero,
               one, crossing.second, own.data(), amounts.runs, first},
              table.data());
}

const Backward::Taken& Backward::taken(int round, int state, int table_round, int branch) const {
  if (taken_at_ != std::pair(round, state)) {
    taken_.clear();
    taken_at_ = {round, state};
  }
  const auto [found, fresh] = taken_.try_emplace(branch);
  Taken& out = found->second;
  if (!fresh) return out;
  const Shape& here = board_.shape(state);
  const Destination to = board_.follow(round, branch);
  const Projection* projection = crossings_.projection(branch, to);
  Effect now;
  effect(branch, to, table_round, state, now);
  crossings_.read(round, branch, projection, false, out.crossing);
  out.amounts.resize(at(here.points) * columns_.size() * at(here.profiles));
  const std::vector<double> certain(at(here.points), 1.0);
  add(now, out.crossing, certain.data(), certain.data(),
      std::vector<const double*>(columns_.size(), nullptr), projection, here, true, out.amounts);
  return out;
}

std::vector<double> Backward::at_start() const {
  const Shape& shape = board_.shape(structure_.root);
  const Table& root = table(0, structure_.root);
  const std::size_t width = columns_.size() * at(shape.profiles);
  std::vector<double> out(width, 0.0);
  for (std::size_t k = 0; k < board_.start().point.size(); ++k)
    for (std::size_t x = 0; x < width; ++x)
      out[x] += board_.start().weight[k] * root[at(board_.start().point[k]) * width + x];
  return out;
}

}  // namespace melian::prediction
