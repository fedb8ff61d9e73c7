#include "predict/forward.h"

#include <algorithm>
#include <tuple>

#include <tbb/task_arena.h>

#include "predict/forward_carry.h"

namespace melian::prediction {
namespace {

std::size_t at(int index) { return static_cast<std::size_t>(index); }

/// Plays in *layers*: first those of the equilibrium itself, then those of each detour. All layers
/// go along a branch together, so that it is read once.
class Forward {
 public:
  Forward(const Board& board, const Carried& carried, const ForwardHooks& hooks,
          std::span<const Detour> detours);
  void run();

 private:
  using Place = std::tuple<int, int, std::size_t>;  // round, state, layer
  /// Plays of one layer that are made to take an action here, and go on in another.
  struct Entry {
    std::size_t from, into;
    int move, action;
  };
  [[nodiscard]] double still_playing() const;
  void leave();
  void play_round(int round, bool closing);
  void gather(int round, bool closing, int state);
  void open(Standing& standing, int state);
  template <class Visit>
  void for_each_exit(int round, bool closing, int state, const Visit& visit);
  void exit_all(int round, bool closing, const std::vector<int>& states);
  void play_alone(int round);
  void show(int round, bool closing, int state) const;
  [[nodiscard]] bool stops(std::size_t layer, int state) const { return stops_[layer][at(state)]; }
  /// Calls `visit` with the layer that plays leave, the one they go on in, and the move that is
  /// forced (-1: none).
  template <class Visit>
  void for_each_way(int round, bool closing, int branch, const Visit& visit) const;

  const Board& board_;
  const Structure& structure_;
  const ForwardHooks& hooks_;
  const std::span<const Detour> detours_;
  const std::size_t layers_;
  const bool carries_beliefs_;
  const bool coordinate_;
  const Carrier carrier_;
  std::vector<std::vector<int>>
      incoming_;  // [state]: branches that reach it within the round, in order
  std::vector<std::vector<bool>> stops_;                              // [layer][state]
  std::vector<std::vector<Entry>> entries_;                           // [state]
  std::map<Place, Standing> arrivals_;                                // at the tops of later rounds
  std::map<std::pair<int, std::size_t>, Standing> closing_arrivals_;  // by state and layer
  std::vector<std::vector<Standing>> standing_;  // [layer][state], of the round in hand
  std::vector<Flow> flows_;                      // [branch]
  std::vector<int> in_depth_;                    // timed states, predecessors first
  std::vector<int> untimed_;
  std::vector<int> uses_,
      left_;  // [state]: branches that go on within the round; those that plays have not taken yet
  std::vector<lanes::Row>
      spare_;  // room that plays have given up, the last given last; used alone only
  std::vector<Carrier::Way> ways_;  // of the exit in hand
};

Forward::Forward(const Board& board, const Carried& carried, const ForwardHooks& hooks,
                 std::span<const Detour> detours)
    : board_(board),
      structure_(board.structure()),
      hooks_(hooks),
      detours_(detours),
      layers_(1 + detours.size()),
      carries_beliefs_(carried.beliefs),
      coordinate_(carried.coordinate),
      carrier_(board, carried),
      incoming_(structure_.states.size()),
      stops_(layers_, std::vector<bool>(structure_.states.size(), false)),
      entries_(structure_.states.size()),
      standing_(layers_, std::vector<Standing>(structure_.states.size())),
      flows_(structure_.branches.size()),
      in_depth_(depth_first(board.structure())),
      uses_(structure_.states.size(), 0) {
  std::ranges::reverse(in_depth_);
  for (std::size_t s = 0; s < structure_.states.size(); ++s) {
    const int state = static_cast<int>(s);
    for (int b = structure_.states[s].first_branch;
         b < structure_.states[s].first_branch + structure_.states[s].num_branches; ++b) {
      const int next = structure_.branches[at(b)].next;
      if (next < 0 || board.advance(b) > 0) continue;
      incoming_[at(next)].push_back(b);
      ++uses_[s];
    }
    if (!structure_.states[s].timed) untimed_.push_back(state);
    for (std::size_t d = 0; d < detours.size(); ++d) {
      const Detour& detour = detours[d];
      MELIAN_EXPECT(detour.from < static_cast<int>(d), "a detour starts from an earlier one");
      stops_[d + 1][s] = std::ranges::any_of(
          detour.until, [&](int move) { return makes(structure_, state, move); });
      const auto taken = std::ranges::find_if(detour.forced, [&](const auto& forced) {
        return makes(structure_, state, forced.first);
      });
      if (taken != detour.forced.end())
        entries_[s].push_back({at(detour.from + 1), d + 1, taken->first, taken->second});
    }
  }
}

void Forward::run() {
  Standing& first = arrivals_[{0, structure_.root, 0}];
  carrier_.open(first, structure_.root);
  const Shape& shape = board_.shape(structure_.root);
  const int profiles = board_.full().count();
  for (std::size_t k = 0; k < board_.start().point.size(); ++k) {
    double* row = first.row(board_.start().point[k]);
    const double weight = board_.start().weight[k];
    std::fill(row, row + profiles, weight);
    for (std::size_t f = 0; carries_beliefs_ && f < shape.frozen.size(); ++f)
      std::fill_n(
          row + profiles * static_cast<int>(f + 1), profiles,
          weight *
              board_.game().numbers.prior[at(shape.frozen[f].player)][at(shape.frozen[f].type)]);
    if (coordinate_) row[first.columns - 1] = weight;
  }
  const bool forever = structure_.horizon == HorizonKind::forever;
  const double rounds = structure_.horizon == HorizonKind::finite ? structure_.rounds
                        : forever                                 ? most_rounds
                                                                  : 1;
  while (!arrivals_.empty()) {
    const int round = std::get<0>(arrivals_.begin()->first);
    if (forever && (round >= most_rounds || still_playing() < negligible_play)) return leave();
    play_round(round, false);
    if (hooks_.go_on && !hooks_.go_on(std::min(1.0, (round + 1) / rounds))) return;
  }
  if (!closing_arrivals_.empty()) play_round(structure_.rounds, true);
}

/// The largest probability, given any types and in any layer, that play has not ended.
double Forward::still_playing() const {
  const auto profiles = at(board_.full().count());
  std::vector<double> sum(layers_ * profiles, 0.0);
  for (const auto& [place, standing] : arrivals_)
    for (int p = 0; p < board_.shape(std::get<1>(place)).points; ++p)
      for (std::size_t theta = 0; theta < profiles; ++theta)
        sum[std::get<2>(place) * profiles + theta] += standing.row(p)[theta];
  return *std::ranges::max_element(sum);
}

void Forward::leave() {
  if (hooks_.left)
    for (const auto& [place, standing] : arrivals_)
      if (std::get<2>(place) == 0) hooks_.left(std::get<0>(place), std::get<1>(place), standing);
  arrivals_.clear();
}

template <class Visit>
void Forward::for_each_way(int round, bool closing, int branch, const Visit& visit) const {
  const int state = carrier_.crossings().source(branch);
  for (std::size_t layer = 0; layer < layers_; ++layer)
    if (!standing_[layer][at(state)].empty() && !stops(layer, state)) visit(layer, layer, -1);
  if (closing || structure_.branches[at(branch)].next < 0) return;
  for (const Entry& entry : entries_[at(state)]) {
    if (standing_[entry.from][at(state)].empty() ||
        action_of(structure_, state, branch, entry.move) != entry.action)
      continue;
    const Detour& detour = detours_[entry.into - 1];
    if (!detour.starts || detour.starts(round, state)) visit(entry.from, entry.into, entry.move);
  }
}

void Forward::play_round(int round, bool closing) {
  for (Flow& flow : flows_) flow.used = false;
  for (auto& layer : standing_)
    for (Standing& standing : layer) standing.mass.clear();
  if (closing) {
    for (auto& [place, standing] : closing_arrivals_)
      standing_[place.second][at(place.first)] = std::move(standing);
    closing_arrivals_.clear();
  }
  while (!arrivals_.empty() && std::get<0>(arrivals_.begin()->first) == round) {
    const auto [when, state, layer] = arrivals_.begin()->first;
    standing_[layer][at(state)] = std::move(arrivals_.begin()->second);
    arrivals_.erase(arrivals_.begin());
  }
  const auto play_levels = [&](const std::vector<std::vector<int>>& levels,
                               const std::vector<int>& states) {
    for (auto level = levels.rbegin(); level != levels.rend(); ++level)
      parallel_for(level->size(), [&](std::size_t k) { gather(round, closing, (*level)[k]); });
    exit_all(round, closing, states);
    for (const int state : states) show(round, closing, state);
  };
  if (!closing && round < structure_.rounds) {
    if (tbb::this_task_arena::max_concurrency() == 1)
      play_alone(round);
    else
      play_levels(structure_.timed_levels, in_depth_);
  }
  play_levels(structure_.untimed_levels, untimed_);
  if (hooks_.flow)
    for (std::size_t b = 0; b < flows_.size(); ++b)
      if (flows_[b].used)
        hooks_.flow(round, closing, static_cast<int>(b), board_.follow(round, static_cast<int>(b)),
                    flows_[b]);
}

void Forward::show(int round, bool closing, int state) const {
  if (hooks_.standing && !standing_[0][at(state)].empty())
    hooks_.standing(round, closing, state, standing_[0][at(state)]);
  for (std::size_t d = 0; !closing && hooks_.stopped && d < detours_.size(); ++d)
    if (const Standing& here = standing_[d + 1][at(state)]; !here.empty() && stops(d + 1, state))
      hooks_.stopped(d, round, state, here);
}

void Forward::gather(int round, bool closing, int state) {
  static thread_local std::vector<Carrier::Way> ways;
  for (const int b : incoming_[at(state)]) {
    ways.clear();
    const auto source = at(carrier_.crossings().source(b));
    for_each_way(round, closing, b, [&](std::size_t from, std::size_t into, int forced) {
      const bool counted =
          hooks_.flow && into == 0 && (hooks_.counted.empty() || hooks_.counted[at(b)]);
      Standing& target = standing_[into][at(state)];
      if (target.empty()) open(target, state);
      ways.push_back(
          {&standing_[from][source], &target, forced, counted ? &flows_[at(b)] : nullptr, false});
    });
    if (!ways.empty()) carrier_.carry(round, b, board_.follow(round, b), ways);
  }
}

/// Where a state's branches that end play or count rounds go: calls `visit` with the branch, where
/// it leads, and its ways.
template <class Visit>
void Forward::for_each_exit(int round, bool closing, int state, const Visit& visit) {
  const PublicState& s = structure_.states[at(state)];
  for (int b = s.first_branch; b < s.first_branch + s.num_branches; ++b) {
    const bool ends_play = structure_.branches[at(b)].next < 0,
               counted = hooks_.flow && (hooks_.counted.empty() || hooks_.counted[at(b)]);
    if (ends_play ? !counted : board_.advance(b) == 0) continue;
    const Destination to = board_.follow(round, b);
    const bool to_closing = to.closing || closing;
    ways_.clear();
    for_each_way(round, closing, b, [&](std::size_t from, std::size_t into, int forced) {
      Standing* target = nullptr;
      if (!ends_play) {
        target = to_closing ? &closing_arrivals_[{to.state, into}]
                            : &arrivals_[{to.round, to.state, into}];
        if (target->empty()) carrier_.open(*target, to.state);
      } else if (into > 0) {
        return;  // nobody asks how plays of a detour end
      }
      ways_.push_back({&standing_[from][at(state)], target, forced,
                       counted && into == 0 ? &flows_[at(b)] : nullptr,
                       !ends_play && carries_beliefs_});
    });
    if (!ways_.empty()) visit(b, to, to_closing);
  }
}

/// Room for plays at a state, taken from what others have given up where there is some: never side
/// by side.
void Forward::open(Standing& standing, int state) {
  if (standing.mass.capacity() == 0 && !spare_.empty()) {
    standing.mass = std::move(spare_.back());
    spare_.pop_back();
  }
  carrier_.open(standing, state);
}

/// Side by side: branches that lead to the same place one after another, in the order of states.
void Forward::exit_all(int round, bool closing, const std::vector<int>& states) {
  struct Step {
    int branch;
    std::vector<Carrier::Way> ways;
  };
  std::vector<std::vector<Step>> tasks;
  std::map<std::tuple<int, int, bool>, std::size_t> task_of;
  for (const int state : states) {
    std::vector<Step> ends;
    for_each_exit(round, closing, state, [&](int branch, const Destination& to, bool to_closing) {
      if (to.ended()) return ends.push_back({branch, ways_});
      const auto [task, fresh] =
          task_of.try_emplace({to_closing ? 0 : to.round, to.state, to_closing}, tasks.size());
      if (fresh) tasks.emplace_back();
      tasks[task->second].push_back({branch, ways_});
    });
    if (!ends.empty()) tasks.push_back(std::move(ends));
  }
  parallel_for(tasks.size(), [&](std::size_t t) {
    for (const Step& step : tasks[t])
      carrier_.carry(round, step.branch, board_.follow(round, step.branch), step.ways);
  });
}

/// One state after another, in the order that keeps what is read at hand; plays that have gone on
/// give up their room.
void Forward::play_alone(int round) {
  left_ = uses_;
  const auto leave = [&](int state) {
    for (auto& layer : standing_)
      if (!layer[at(state)].empty()) spare_.push_back(std::move(layer[at(state)].mass));
  };
  for (const int state : in_depth_) {
    board_.expect(round, state);  // read when plays go on from here
    gather(round, false, state);
    for_each_exit(round, false, state, [&](int branch, const Destination& to, bool) {
      carrier_.carry(round, branch, to, ways_);
    });
    show(round, false, state);
    for (const int b : incoming_[at(state)])
      if (const int source = carrier_.crossings().source(b); --left_[at(source)] == 0)
        leave(source);
    if (left_[at(state)] == 0) leave(state);
  }
}

}  // namespace

void sweep_forward(const Board& board, const Carried& carried, const ForwardHooks& hooks,
                   std::span<const Detour> detours) {
  Forward(board, carried, hooks, detours).run();
}

std::vector<Shape::Frozen> believed_types(const Structure& structure) {
  std::vector<Shape::Frozen> out;
  for (int i = 0; i < structure.num_players(); ++i)
    for (int type = 1; type < structure.players[at(i)].num_types(); ++type)
      out.push_back({i, type});
  return out;
}

int frozen_column(const Board& board, const Shape& shape, int player, int type) {
  for (std::size_t f = 0; f < shape.frozen.size(); ++f)
    if (shape.frozen[f].player == player && shape.frozen[f].type == type)
      return board.full().count() * static_cast<int>(f + 1);
  return -1;
}

}  // namespace melian::prediction
