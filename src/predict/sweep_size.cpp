#include "predict/sweep_size.h"

#include <algorithm>
#include <variant>

#include "predict/crossing.h"
#include "predict/probes_reader.h"

namespace melian::prediction {
namespace {

std::size_t at(int index) { return static_cast<std::size_t>(index); }
std::int64_t bytes_of(std::size_t numbers) {
  return static_cast<std::int64_t>(sizeof(double) * numbers);
}

constexpr std::int64_t bytes_a_node = 48;  ///< of a map, besides what it holds

/// Sizes of one game on its axes.
class Counter {
 public:
  /// `alone`: sweeps take states one after another, and give up room early.
  Counter(const Structure& structure, const BeliefAxes& axes, bool alone)
      : structure_(structure), alone_(alone) {
    full_ = structure.num_profiles(structure.everyone());
    for (const PublicState& state : structure.states) {
      const std::uint32_t live = state.live & structure.everyone();
      points_.push_back(static_cast<std::size_t>(axes.num_points(live)));
      profiles_.push_back(at(structure.num_profiles(live)));
      int frozen = 0;
      for (int i = 0; i < structure.num_players(); ++i)
        if ((live >> i & 1U) == 0) frozen += std::max(0, structure.players[at(i)].num_types() - 1);
      frozen_.push_back(frozen);
    }
    for (const Branch& branch : structure.branches)
      if (branch.next >= 0) longest_jump_ = std::max(longest_jump_, branch.advance);
  }

  /// Shapes are few; a branch is laid out once by either sweep.
  [[nodiscard]] std::int64_t laid_out() const {
    std::int64_t out = 0;
    for (std::size_t s = 0; s < structure_.states.size(); ++s)
      out +=
          static_cast<std::int64_t>(sizeof(std::vector<Decider>) + sizeof(Decider) + sizeof(void*));
    constexpr std::size_t a_branch =
        sizeof(PlainBranch) + sizeof(int) + sizeof(void*) + 4 * sizeof(int);
    return out + static_cast<std::int64_t>(a_branch * structure_.branches.size());
  }

  /// Plays at these states, with what stands at the tops of rounds to come.
  [[nodiscard]] std::int64_t standing(const std::vector<bool>& reached,
                                      const Carried& carried) const {
    std::int64_t out = static_cast<std::int64_t>(structure_.states.size() * sizeof(Standing));
    for (std::size_t s = 0; s < structure_.states.size(); ++s)
      if (reached[s])
        out += ((structure_.states[s].entry ? 1 + longest_jump_ : 0) + (gives_up(s) ? 0 : 1)) *
               row(s, carried);
    return out +
           most_at_once(true, [&](std::size_t s) { return reached[s] ? row(s, carried) : 0; });
  }

  /// Plays at one state in one round: all points.
  [[nodiscard]] std::int64_t row(std::size_t s, const Carried& carried) const {
    return bytes_of(points_[s] * at(standing_columns(full_, frozen_[s], carried)));
  }

  /// Flows of all branches; of those counted by type.
  [[nodiscard]] std::int64_t flows(bool by_type, const Carried& carried) const {
    std::size_t numbers = by_type ? at(full_) : 0;
    if (carried.information)
      numbers += 3 * structure_.players.size() +
                 (carried.beliefs ? believed_types(structure_).size() * at(full_) : 0);
    constexpr std::size_t a_source = 2 * sizeof(int);
    return static_cast<std::int64_t>(structure_.branches.size()) *
           (static_cast<std::int64_t>(sizeof(Flow) + a_source) + bytes_of(numbers));
  }

  /// What is recorded of a state in one round.
  [[nodiscard]] std::int64_t place(std::size_t s, const Carried& carried) const {
    return row(s, carried) + static_cast<std::int64_t>(points_[s] * sizeof(int) + sizeof(Places)) +
           bytes_a_node;
  }
  [[nodiscard]] bool reached(int round, std::size_t s) const {
    if (!structure_.states[s].timed) return round == 0;
    return structure_.reached.empty() ||
           structure_.reached[at(round) * structure_.states.size() + s] != 0;
  }

  /// `far`: what follows behind successors is read too, so that no table leaves early.
  [[nodiscard]] std::int64_t tables(std::vector<Column> columns, bool far) const {
    if (columns.empty()) return 0;
    static_cast<void>(add_shorter(columns));
    const std::size_t width = columns.size();
    std::int64_t out = static_cast<std::int64_t>(structure_.states.size() *
                                                 (at(longest_jump_) + 5) * sizeof(Table));
    for (std::size_t s = 0; s < structure_.states.size(); ++s) {
      const PublicState& state = structure_.states[s];
      const bool kept = state.entry && (state.timed || structure_.horizon == HorizonKind::forever);
      if (kept || far || !gives_up(s))
        out += (kept ? (state.timed ? 1 + std::max(1, longest_jump_) : 2) : 1) *
               bytes_of(table_size(points_[s], width, profiles_[s]));
      const std::size_t amounts = 2 * width * profiles_[s] * sizeof(double) +
                                  width * (sizeof(int) + sizeof(std::uint8_t)) +
                                  sizeof(Backward::Amounts);
      out += static_cast<std::int64_t>(at(state.num_branches) * amounts);
    }
    if (far) return out;
    return out + most_at_once(false, [&](std::size_t s) {
             return structure_.states[s].entry
                        ? 0
                        : bytes_of(table_size(points_[s], width, profiles_[s]));
           });
  }

  [[nodiscard]] bool gives_up(std::size_t s) const { return alone_ && structure_.states[s].timed; }

  /// Sizes of timed states that stand at a time in a round, where states are taken in the order of
  /// a sweep and give up their room once all that read them are done.
  template <class Size>
  [[nodiscard]] std::int64_t most_at_once(bool forward, const Size& size) const {
    if (!alone_) return 0;
    std::vector<int> order = depth_first(structure_);
    if (forward) std::ranges::reverse(order);
    std::vector<std::vector<int>> reads(structure_.states.size());
    std::vector<int> unread(structure_.states.size(), 0);
    for (const int from : order)
      for (int b = first(from); b < last(from); ++b) {
        const int to = structure_.branches[at(b)].next;
        if (to < 0 || rounds_counted(structure_, b) > 0) continue;
        reads[at(forward ? to : from)].push_back(forward ? from : to);
        ++unread[at(forward ? from : to)];
      }
    std::int64_t standing = 0, most = 0;
    for (const int state : order) {
      standing += size(at(state));
      most = std::max(most, standing);
      for (const int read : reads[at(state)])
        if (--unread[at(read)] == 0) standing -= size(at(read));
      if (forward && unread[at(state)] == 0) standing -= size(at(state));
    }
    return most;
  }

  /// Where plays of a detour may stand, from those of the layer it leaves.
  [[nodiscard]] std::vector<bool> reached_by(const Detour& detour, const std::vector<bool>& before,
                                             const std::vector<bool>& stopped_before) const {
    std::vector<bool> out(structure_.states.size(), false);
    std::vector<int> open;
    const auto visit = [&](int state) {
      if (state < 0 || out[at(state)]) return;
      out[at(state)] = true;
      open.push_back(state);
    };
    const auto follow = [&](int branch) {
      const int next = structure_.branches[at(branch)].next;
      visit(next);
      if (next >= 0) visit(structure_.states[at(next)].closing);
    };
    for (std::size_t s = 0; s < structure_.states.size(); ++s) {
      const int state = static_cast<int>(s);
      if (!before[s] || (detour.from >= 0 && !stopped_before[s])) continue;
      for (const auto& [move, action] : detour.forced) {
        if (!makes(structure_, state, move)) continue;
        for (int b = first(state); b < last(state); ++b)
          if (action_of(structure_, state, b, move) == action) follow(b);
        break;
      }
    }
    while (!open.empty()) {
      const int state = open.back();
      open.pop_back();
      if (stops(detour, state)) continue;
      for (int b = first(state); b < last(state); ++b) follow(b);
    }
    return out;
  }
  [[nodiscard]] bool stops(const Detour& detour, int state) const {
    return std::ranges::any_of(detour.until,
                               [&](int move) { return makes(structure_, state, move); });
  }

  const Structure& structure() const { return structure_; }

 private:
  [[nodiscard]] int first(int state) const { return structure_.states[at(state)].first_branch; }
  [[nodiscard]] int last(int state) const {
    return first(state) + structure_.states[at(state)].num_branches;
  }

  const Structure& structure_;
  const bool alone_;
  int full_ = 1, longest_jump_ = 0;
  std::vector<std::size_t> points_, profiles_;  // [state]
  std::vector<int> frozen_;                     // [state]
};

std::vector<Reader> readers_of(const Structure& structure, std::span<const Probe> probes) {
  std::vector<Reader> out;
  std::vector<int> reader_of(probes.size(), -1);
  for (std::size_t k = 0; k < probes.size(); ++k) {
    if (std::holds_alternative<Hazard>(probes[k].what) ||
        std::holds_alternative<News>(probes[k].what))
      continue;
    Reader& reader = out.emplace_back(reader_for(probes[k], structure));
    if (reader.forced.empty()) continue;
    for (std::size_t earlier = 0; earlier < k && reader.same_detour < 0; ++earlier)
      if (reader_of[earlier] >= 0 && same_way(probes[earlier], probes[k]))
        reader.same_detour = reader_of[earlier];
    reader_of[k] = static_cast<int>(out.size()) - 1;
  }
  return out;
}

}  // namespace

SweepBytes count_sweep_bytes(const Structure& structure, const BeliefAxes& axes,
                             std::span<const Probe> probes, bool with_ends, bool alone) {
  const std::vector<Reader> readers = readers_of(structure, probes);
  const Asked asked(structure, readers);
  const Detours detours(readers);
  const Counter counter(structure, axes, alone);
  SweepBytes out;
  out.laid_out = counter.laid_out();
  if (asked.forward || with_ends) {
    // Layer by layer: the equilibrium's own plays, then every detour's.
    std::vector<std::vector<bool>> layers{std::vector<bool>(structure.states.size(), true)};
    out.forward = counter.standing(layers.front(), asked.carried()) +
                  counter.flows(with_ends, asked.carried());
    for (std::size_t d = 0; d < detours.legs.size(); ++d) {
      const Detour& detour = detours.legs[d];
      std::vector<bool> stopped(structure.states.size(), false);
      for (std::size_t s = 0; detour.from >= 0 && s < stopped.size(); ++s)
        stopped[s] = counter.stops(detours.legs[at(detour.from)], static_cast<int>(s));
      layers.push_back(counter.reached_by(detour, layers[at(detour.from + 1)], stopped));
      out.forward += counter.standing(layers.back(), asked.carried());
      if (!detours.last.contains(d)) continue;
      for (std::size_t s = 0; s < structure.states.size(); ++s)
        for (int round = 0; layers.back()[s] && counter.stops(detour, static_cast<int>(s)) &&
                            round < structure.rounds;
             ++round)
          if (counter.reached(round, s)) out.places += counter.place(s, asked.carried());
    }
    for (std::size_t s = 0; s < structure.states.size(); ++s)
      for (int round = 0; round < structure.rounds; ++round)
        if (counter.reached(round, s) && asked.looked_at(structure, round, static_cast<int>(s)))
          out.places += counter.place(s, asked.carried());
  }
  out.backward = counter.tables(asked.columns, std::ranges::any_of(readers, &Reader::far));
  return out;
}

SweepBytes count_predict_bytes(const Structure& structure, const BeliefAxes& axes) {
  const Counter counter(structure, axes, false);
  const Carried all{.information = true};
  std::vector<Column> columns;
  for (int j = 0; j < structure.num_players(); ++j)
    columns.push_back({Column::Kind::payoff, j, -1, {}});
  SweepBytes out;
  out.laid_out = counter.laid_out();
  out.forward = counter.standing(std::vector<bool>(structure.states.size(), true), all) +
                counter.flows(true, all);
  out.backward = counter.tables(std::move(columns), false);
  return out;
}

}  // namespace melian::prediction
