#include "study/forward.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "numeric/lanes.h"
#include "study/crossing.h"

namespace melian::prediction {
namespace {

std::size_t at(int index) { return static_cast<std::size_t>(index); }

/// x log(x / y), 0 where x is.
double x_log_ratio(double x, double y) { return x > 0.0 ? x * std::log(x / y) : 0.0; }

/// What plays at all points carry along a branch, by full profile, into one or two points each of the successor.
struct Stream {
  int points, profiles;
  const double* from;
  std::ptrdiff_t from_columns;
  const std::uint8_t* second;  ///< [full profile]
  const double *zero, *one, *odds;
  double* by_profile;
  // Null where play ends.
  double* to;
  std::ptrdiff_t to_columns;
  const int* low;
  const double* weight;
  int step;
};

MELIAN_LANES void pour(const Stream& s) {
  double* __restrict sum = s.by_profile;
  const std::uint8_t* __restrict second = s.second;
  for (int p = 0; p < s.points; ++p) {
    const double* __restrict row = s.from + p * s.from_columns;
    const double zero = s.zero[p], one = s.one[p], drawn = row[s.from_columns - 1] * s.odds[p];
    if (s.to == nullptr) {
      MELIAN_INDEPENDENT
      for (int theta = 0; theta < s.profiles; ++theta) sum[theta] += row[theta] * (second[theta] != 0 ? one : zero);
      continue;
    }
    double* __restrict low = s.to + s.low[p] * s.to_columns;
    if (s.step == 0) {
      MELIAN_INDEPENDENT
      for (int theta = 0; theta < s.profiles; ++theta) {
        const double moved = row[theta] * (second[theta] != 0 ? one : zero);
        sum[theta] += moved;
        low[theta] += moved;
      }
      low[s.to_columns - 1] += drawn;
      continue;
    }
    double* __restrict high = low + s.step * s.to_columns;
    const double above = s.weight[p], below = 1.0 - above;
    MELIAN_INDEPENDENT
    for (int theta = 0; theta < s.profiles; ++theta) {
      const double moved = row[theta] * (second[theta] != 0 ? one : zero);
      sum[theta] += moved;
      low[theta] += below * moved;
      high[theta] += above * moved;
    }
    low[s.to_columns - 1] += below * drawn;
    high[s.to_columns - 1] += above * drawn;
  }
}

class Forward {
 public:
  Forward(const Board& board, bool with_information, const ForwardHooks& hooks, std::vector<int> until = {});
  void run();
  void run_from_arrivals();
  /// Plays that stand here take the action at once.
  void take(int round, int state, const Standing& standing, int move, int action);
  [[nodiscard]] bool stops(int state) const {
    return std::ranges::any_of(until_, [&](int move) { return makes(structure_, state, move); });
  }

 private:
  using RoundAndState = std::pair<int, int>;
  [[nodiscard]] double still_playing() const;
  void leave();
  void play_round(int round, bool closing);
  void gather(int round, const std::vector<int>& level);
  void cross_rounds(int round, bool closing);
  void carry(int round, int branch, const Standing& from, Standing* to, bool with_beliefs, Flow& flow) const;
  void carry_together(const BranchReader& reader, const Crossing& crossing, const Shape& here, const Standing& from, Standing* to, bool with_beliefs,
                      Flow& flow) const;
  void inform(const Shape& here, const BranchReader& reader, const Footing& footing, int point, double mass, double odds, Flow& flow) const;
  [[nodiscard]] double lost_in_sharing(double exact, const Shape::Group& group, const Shape& there, const Footing& footing, int player) const;
  void open(Standing& standing, int state) const;

  const Board& board_;
  const Structure& structure_;
  const bool with_information_;
  const ForwardHooks& hooks_;
  const std::vector<int> until_;  // moves at which plays stop
  int forced_ = -1;               // the move whose action is taken whatever the types would do
  const int profiles_;
  std::vector<int> source_;                 // [branch]: the state it leaves
  std::vector<std::vector<int>> incoming_;  // [state]: branches that reach it within the round, in order
  const std::vector<Shape::Frozen> believed_;
  std::vector<std::vector<double>> node_entropy_;  // [axis]
  std::map<RoundAndState, Standing> arrivals_;     // at the tops of later rounds
  std::map<int, Standing> closing_arrivals_;       // by state
  std::vector<Standing> standing_;                 // [state], of the round in hand
  std::vector<Flow> flows_;                        // [branch]
};

Forward::Forward(const Board& board, bool with_information, const ForwardHooks& hooks, std::vector<int> until)
    : board_(board),
      structure_(board.structure()),
      with_information_(with_information),
      hooks_(hooks),
      until_(std::move(until)),
      profiles_(board.full().count()),
      source_(structure_.branches.size()),
      incoming_(structure_.states.size()),
      believed_(believed_types(structure_)),
      standing_(structure_.states.size()),
      flows_(structure_.branches.size()) {
  for (std::size_t s = 0; s < structure_.states.size(); ++s)
    for (int b = structure_.states[s].first_branch; b < structure_.states[s].first_branch + structure_.states[s].num_branches; ++b) {
      source_[at(b)] = static_cast<int>(s);
      const int next = structure_.branches[at(b)].next;
      if (next >= 0 && board.advance(b) == 0) incoming_[at(next)].push_back(b);
    }
  for (int axis = 0; axis < board.space().num_axes(); ++axis) {
    node_entropy_.emplace_back();
    for (const double u : board.node_log_odds(axis)) node_entropy_.back().push_back(entropy(u));
  }
}

void Forward::open(Standing& standing, int state) const {
  const Shape& shape = board_.shape(state);
  standing.columns = profiles_ * (1 + static_cast<int>(shape.frozen.size())) + 1;
  standing.mass.assign(at(shape.points) * at(standing.columns), 0.0);
}

void Forward::run() {
  Standing& first = arrivals_[{0, structure_.root}];
  open(first, structure_.root);
  const Shape& shape = board_.shape(structure_.root);
  for (std::size_t k = 0; k < board_.start().point.size(); ++k) {
    double* row = first.row(board_.start().point[k]);
    const double weight = board_.start().weight[k];
    std::fill(row, row + profiles_, weight);
    for (std::size_t f = 0; f < shape.frozen.size(); ++f)
      std::fill_n(row + profiles_ * static_cast<int>(f + 1), profiles_,
                  weight * board_.game().numbers.prior[at(shape.frozen[f].player)][at(shape.frozen[f].type)]);
    row[first.columns - 1] = weight;
  }
  run_from_arrivals();
}

void Forward::run_from_arrivals() {
  const bool forever = structure_.horizon == HorizonKind::forever;
  const double rounds = structure_.horizon == HorizonKind::finite ? structure_.rounds : forever ? most_rounds : 1;
  while (!arrivals_.empty()) {
    const int round = arrivals_.begin()->first.first;
    if (forever && (round >= most_rounds || still_playing() < negligible_play)) return leave();
    play_round(round, false);
    if (hooks_.go_on && !hooks_.go_on(std::min(1.0, (round + 1) / rounds))) return;
  }
  if (!closing_arrivals_.empty()) play_round(structure_.rounds, true);
}

/// The largest probability, given any types, that play has not ended.
double Forward::still_playing() const {
  std::vector<double> sum(at(profiles_), 0.0);
  for (const auto& [place, standing] : arrivals_)
    for (int p = 0; p < board_.shape(place.second).points; ++p)
      for (int theta = 0; theta < profiles_; ++theta) sum[at(theta)] += standing.row(p)[theta];
  return *std::max_element(sum.begin(), sum.end());
}

void Forward::leave() {
  if (hooks_.left)
    for (const auto& [place, standing] : arrivals_) hooks_.left(place.first, place.second, standing);
  arrivals_.clear();
}

void Forward::take(int round, int state, const Standing& standing, int move, int action) {
  const PublicState& from = structure_.states[at(state)];
  forced_ = move;
  for (int b = from.first_branch; b < from.first_branch + from.num_branches; ++b) {
    const Destination to = board_.follow(round, b);
    if (action_of(structure_, state, b, move) != action || to.ended()) continue;
    Standing& target = to.closing ? closing_arrivals_[to.state] : arrivals_[{to.round, to.state}];
    if (target.empty()) open(target, to.state);
    carry(round, b, standing, &target, false, flows_[at(b)]);
  }
  forced_ = -1;
}

void Forward::play_round(int round, bool closing) {
  for (Flow& flow : flows_) flow.used = false;
  for (Standing& standing : standing_) standing.mass.clear();
  if (closing) {
    for (auto& [state, standing] : closing_arrivals_) standing_[at(state)] = std::move(standing);
    closing_arrivals_.clear();
  }
  while (!arrivals_.empty() && arrivals_.begin()->first.first == round) {
    standing_[at(arrivals_.begin()->first.second)] = std::move(arrivals_.begin()->second);
    arrivals_.erase(arrivals_.begin());
  }
  if (!closing && round < structure_.rounds)
    for (auto level = structure_.timed_levels.rbegin(); level != structure_.timed_levels.rend(); ++level) gather(round, *level);
  for (auto level = structure_.untimed_levels.rbegin(); level != structure_.untimed_levels.rend(); ++level) gather(round, *level);
  cross_rounds(round, closing);
  if (hooks_.standing)
    for (std::size_t s = 0; s < standing_.size(); ++s)
      if (!standing_[s].empty()) hooks_.standing(round, closing, static_cast<int>(s), standing_[s]);
  if (hooks_.flow)
    for (std::size_t b = 0; b < flows_.size(); ++b)
      if (flows_[b].used) hooks_.flow(round, closing, static_cast<int>(b), board_.follow(round, static_cast<int>(b)), flows_[b]);
}

void Forward::gather(int round, const std::vector<int>& level) {
  std::vector<int> reached;
  for (const int state : level) {
    const bool inflow = std::any_of(incoming_[at(state)].begin(), incoming_[at(state)].end(),
                                    [&](int b) { return !standing_[at(source_[at(b)])].empty() && !stops(source_[at(b)]); });
    if (!inflow) continue;
    if (standing_[at(state)].empty()) open(standing_[at(state)], state);
    reached.push_back(state);
  }
  parallel_for(reached.size(), [&](std::size_t r) {
    for (const int b : incoming_[at(reached[r])]) {
      const Standing& from = standing_[at(source_[at(b)])];
      if (!from.empty() && !stops(source_[at(b)])) carry(round, b, from, &standing_[at(reached[r])], false, flows_[at(b)]);
    }
  });
}

void Forward::cross_rounds(int round, bool closing) {
  // Branches that end play, and, by destination, those that count rounds.
  std::vector<std::vector<int>> tasks;
  std::vector<Standing*> targets;
  std::map<std::pair<RoundAndState, bool>, std::size_t> task_of;
  for (std::size_t s = 0; s < standing_.size(); ++s) {
    if (standing_[s].empty() || stops(static_cast<int>(s))) continue;
    const PublicState& state = structure_.states[s];
    std::vector<int> ends;
    for (int b = state.first_branch; b < state.first_branch + state.num_branches; ++b) {
      if (structure_.branches[at(b)].next < 0) {
        ends.push_back(b);
        continue;
      }
      if (board_.advance(b) == 0) continue;
      Destination to = board_.follow(round, b);
      const bool to_closing = to.closing || closing;
      const auto [task, fresh] = task_of.try_emplace({{to_closing ? 0 : to.round, to.state}, to_closing}, tasks.size());
      if (fresh) {
        Standing& target = to_closing ? closing_arrivals_[to.state] : arrivals_[{to.round, to.state}];
        if (target.empty()) open(target, to.state);
        tasks.emplace_back();
        targets.push_back(&target);
      }
      tasks[task->second].push_back(b);
    }
    if (!ends.empty()) {
      tasks.push_back(std::move(ends));
      targets.push_back(nullptr);
    }
  }
  parallel_for(tasks.size(), [&](std::size_t t) {
    for (const int b : tasks[t]) carry(round, b, standing_[at(source_[at(b)])], targets[t], targets[t] != nullptr, flows_[at(b)]);
  });
}

void Forward::carry(int round, int branch, const Standing& from, Standing* to, bool with_beliefs, Flow& flow) const {
  const int state = source_[at(branch)];
  const BranchReader reader(board_, round, state, branch - structure_.states[at(state)].first_branch);
  if (!reader.possible()) return;
  const Shape& here = board_.shape(state);
  const std::size_t players = structure_.players.size();
  flow.used = true;
  flow.by_profile.assign(at(profiles_), 0.0);
  flow.belief.assign(with_beliefs ? believed_.size() * at(profiles_) : 0, 0.0);
  flow.news.assign(players, 0.0);
  flow.end_entropy.assign(players, 0.0);
  flow.splitting.assign(players, 0.0);

  static thread_local Crossing crossing;
  if (forced_ < 0 && crossing.read(board_, here, reader)) return carry_together(reader, crossing, here, from, to, with_beliefs, flow);

  // Columns of the target's frozen beliefs: those frozen here keep their column, those who stop being live start one.
  struct Frozen {
    int to_column, from_column, player, type;
  };
  std::vector<Frozen> frozen;
  if (to != nullptr) {
    const Shape& there = board_.shape(reader.destination().state);
    for (const auto& [player, type] : there.frozen)
      frozen.push_back({frozen_column(board_, there, player, type), frozen_column(board_, here, player, type), player, type});
  }
  Footing footing;
  std::vector<double> moved(at(profiles_));
  for (int p = 0; p < here.points; ++p) {
    const double* row = from.row(p);
    const double drawn = row[from.columns - 1];
    if (drawn == 0.0 && std::all_of(row, row + profiles_, [](double m) { return m == 0.0; })) continue;
    reader.read(p, footing);
    if (forced_ >= 0) reader.force(p, forced_, footing.odds);
    double odds = 0.0;  // by the coordinate's own law of types
    const double* law = here.law.data() + std::ptrdiff_t{p} * here.profiles;
    for (int theta = 0; theta < here.profiles; ++theta) odds += law[theta] * footing.odds[at(theta)];
    for (int theta = 0; theta < profiles_; ++theta) {
      moved[at(theta)] = row[theta] * footing.odds[at(here.profile_of_full[at(theta)])];
      flow.by_profile[at(theta)] += moved[at(theta)];
    }
    if (with_information_) inform(here, reader, footing, p, drawn, odds, flow);
    if (with_beliefs)
      for (std::size_t n = 0; n < believed_.size(); ++n) {
        const auto [player, type] = believed_[n];
        const int column = frozen_column(board_, here, player, type);
        const double belief = column < 0 ? board_.belief(here, footing.log_odds, player, type) : 0.0;
        for (int theta = 0; theta < profiles_; ++theta)
          flow.belief[n * at(profiles_) + at(theta)] +=
              column < 0 ? moved[at(theta)] * belief : row[column + theta] * footing.odds[at(here.profile_of_full[at(theta)])];
      }
    if (to == nullptr) continue;
    for (std::size_t n = 0; n < footing.point.size(); ++n) {
      double* target = to->row(footing.point[n]);
      const double share = footing.weight[n];
      for (int theta = 0; theta < profiles_; ++theta) target[theta] += share * moved[at(theta)];
      for (const Frozen& f : frozen) {
        const double belief = f.from_column >= 0 ? 0.0 : board_.belief(here, footing.log_odds, f.player, f.type);
        for (int theta = 0; theta < profiles_; ++theta)
          target[f.to_column + theta] +=
              share * (f.from_column >= 0 ? row[f.from_column + theta] * footing.odds[at(here.profile_of_full[at(theta)])] : moved[at(theta)] * belief);
      }
      target[to->columns - 1] += share * drawn * odds;
    }
  }
}

/// The same as the rest of `carry`, at all points at once.
void Forward::carry_together(const BranchReader& reader, const Crossing& crossing, const Shape& here, const Standing& from, Standing* to, bool with_beliefs,
                             Flow& flow) const {
  std::vector<std::uint8_t> second(at(profiles_));
  for (int theta = 0; theta < profiles_; ++theta) second[at(theta)] = crossing.second[at(here.profile_of_full[at(theta)])];
  pour({here.points, profiles_, from.mass.data(), from.columns, second.data(), crossing.zero.data(), crossing.one.data(), crossing.odds.data(),
        flow.by_profile.data(), to == nullptr ? nullptr : to->mass.data(), to == nullptr ? 0 : to->columns, crossing.low.data(), crossing.weight.data(),
        crossing.step});
  const auto odds = [&](int p, int theta) { return second[at(theta)] != 0 ? crossing.one[at(p)] : crossing.zero[at(p)]; };
  // The analyst's belief in the second type of a group that is live here, afterwards.
  const auto believed = [&](int player, int type, int p) {
    const int group = here.group_of_player[at(player)];
    if (group == crossing.group) return crossing.belief[at(p)];
    if (const Shape::Group& own = here.groups[at(group)]; own.count == 1) {
      const Shape::Axis& axis = here.axes[at(own.first)];
      return board_.nodes(axis.axis)[at(axis.node[at(p)])];
    }
    std::vector<double> log_odds;
    board_.log_odds_at(here, p, log_odds);
    return board_.belief(here, log_odds, player, type);
  };
  if (with_beliefs)
    for (std::size_t n = 0; n < believed_.size(); ++n) {
      const auto [player, type] = believed_[n];
      const int column = frozen_column(board_, here, player, type);
      double* const sum = flow.belief.data() + n * at(profiles_);
      for (int p = 0; p < here.points; ++p) {
        const double* row = from.row(p);
        const double belief = column < 0 ? believed(player, type, p) : 0.0;
        for (int theta = 0; theta < profiles_; ++theta) sum[theta] += odds(p, theta) * (column < 0 ? row[theta] * belief : row[column + theta]);
      }
    }
  if (to != nullptr) {
    const Shape& there = board_.shape(reader.destination().state);
    for (const auto& [player, type] : there.frozen) {
      const int column = frozen_column(board_, here, player, type), into = frozen_column(board_, there, player, type);
      for (int p = 0; p < here.points; ++p) {
        const double* row = from.row(p);
        const double belief = column < 0 ? believed(player, type, p) : 0.0, above = crossing.weight[at(p)];
        double *low = to->row(crossing.low[at(p)]) + into, *high = low + std::ptrdiff_t{crossing.step} * to->columns;
        for (int theta = 0; theta < profiles_; ++theta) {
          const double moved = odds(p, theta) * (column < 0 ? row[theta] * belief : row[column + theta]);
          low[theta] += (1.0 - above) * moved;
          if (above > 0.0) high[theta] += above * moved;
        }
      }
    }
  }
  if (!with_information_) return;
  const Shape* there = reader.destination().ended() ? nullptr : &board_.shape(reader.destination().state);
  for (std::size_t g = 0; g < here.groups.size(); ++g)
    for (const int player : board_.space().groups()[at(here.groups[g].group)].players) {
      const bool stays = there != nullptr && there->has(player), moves = static_cast<int>(g) == crossing.group;
      if (!moves && stays) continue;
      double news = 0.0, end_entropy = 0.0, splitting = 0.0;
      for (int p = 0; p < here.points; ++p) {
        const double drawn = from.row(p)[from.columns - 1], carried = drawn * crossing.odds[at(p)];
        if (carried <= 0.0) continue;
        if (!moves) {
          end_entropy += carried * here.entropy[at(player)][at(p)];
          continue;
        }
        news += drawn * crossing.news[at(p)];
        const double exact = crossing.entropy[at(p)];
        if (!stays) {
          end_entropy += carried * exact;
          continue;
        }
        const double* node = node_entropy_[at(here.axes[at(crossing.axis)].axis)].data() + crossing.cell[at(p)];
        const double above = crossing.place[at(p)];
        splitting += carried * (exact - (1.0 - above) * node[0] - (above > 0.0 ? above * node[1] : 0.0));
      }
      flow.news[at(player)] += news;
      flow.end_entropy[at(player)] += end_entropy;
      flow.splitting[at(player)] += splitting;
    }
}

void Forward::inform(const Shape& here, const BranchReader& reader, const Footing& footing, int point, double mass, double odds, Flow& flow) const {
  const double carried = mass * odds;
  if (carried <= 0.0) return;
  const Shape* there = reader.destination().ended() ? nullptr : &board_.shape(reader.destination().state);
  constexpr std::size_t most_types = 64;
  for (std::size_t g = 0; g < here.groups.size(); ++g) {
    const Shape::Group& group = here.groups[g];
    for (const int player : board_.space().groups()[at(group.group)].players) {
      const std::size_t i = at(player);
      const bool stays = there != nullptr && there->has(player);
      if (!reader.moves(g)) {
        if (!stays) flow.end_entropy[i] += carried * here.entropy[i][at(point)];
        continue;
      }
      // The joint law of the branch and this player's type; its posterior is the exact one also where odds do not
      // factorise, which only branches that end play may do.
      const auto types = at(structure_.players[i].num_types());
      std::array<double, most_types> joint, prior;
      std::fill_n(joint.begin(), types, 0.0);
      std::fill_n(prior.begin(), types, 0.0);
      for (int theta = 0; theta < here.profiles; ++theta) {
        const double weight = here.law[at(point) * at(here.profiles) + at(theta)];
        const auto type = at(here.type_in(theta, player));
        joint[type] += weight * footing.odds[at(theta)];
        prior[type] += weight;
      }
      double news = 0.0;
      for (std::size_t k = 0; k < types; ++k) news += x_log_ratio(joint[k], prior[k] * odds);
      flow.news[i] += mass * news;
      double exact = 0.0;
      if (types == 2) {
        exact = entropy(joint[0] == 0.0 ? infinity : std::log(joint[1]) - std::log(joint[0]));
      } else {
        for (std::size_t k = 0; k < types; ++k) exact -= x_log_ratio(joint[k] / odds, 1.0);
      }
      if (!stays) {
        flow.end_entropy[i] += carried * exact;
        continue;
      }
      flow.splitting[i] += carried * lost_in_sharing(exact, group, *there, footing, player);
    }
  }
}

/// How much more entropy a player's posterior has than what the nodes that take it up say of the player.
double Forward::lost_in_sharing(double exact, const Shape::Group& group, const Shape& there, const Footing& footing, int player) const {
  if (group.count > 1) {
    for (std::size_t n = 0; n < footing.point.size(); ++n) exact -= footing.weight[n] * there.entropy[at(player)][at(footing.point[n])];
    return exact;
  }
  const int axis = board_.space().only_axis(player);
  const Place place = locate(board_.nodes(axis), logistic(footing.log_odds[at(group.first)]));
  const double low = node_entropy_[at(axis)][at(place.cell)];
  const double high = place.weight > 0.0 ? node_entropy_[at(axis)][at(place.cell + 1)] : 0.0;
  return exact - (1.0 - place.weight) * low - place.weight * high;
}

}  // namespace

struct Onward::Plays {
  ForwardHooks hooks;
  Forward forward;
  Plays(const Board& board, std::vector<int> until) : forward(board, false, hooks, std::move(until)) {}
};

Onward::Onward(const Board& board, std::vector<int> until) : plays_(std::make_unique<Plays>(board, std::move(until))) {}
Onward::~Onward() = default;

void Onward::take(int round, int state, const Standing& standing, int move, int action) { plays_->forward.take(round, state, standing, move, action); }

void Onward::run(const std::function<void(int, int, const Standing&)>& seen) {
  plays_->hooks.standing = [&](int round, bool closing, int state, const Standing& standing) {
    if (!closing && plays_->forward.stops(state)) seen(round, state, standing);
  };
  plays_->forward.run_from_arrivals();
}

void sweep_forward(const Board& board, bool with_information, const ForwardHooks& hooks) { Forward(board, with_information, hooks).run(); }

std::vector<Shape::Frozen> believed_types(const Structure& structure) {
  std::vector<Shape::Frozen> out;
  for (int i = 0; i < structure.num_players(); ++i)
    for (int type = 1; type < structure.players[at(i)].num_types(); ++type) out.push_back({i, type});
  return out;
}

int frozen_column(const Board& board, const Shape& shape, int player, int type) {
  for (std::size_t f = 0; f < shape.frozen.size(); ++f)
    if (shape.frozen[f].player == player && shape.frozen[f].type == type) return board.full().count() * static_cast<int>(f + 1);
  return -1;
}

}  // namespace melian::prediction
