#include "predict/forward_carry.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "numeric/lanes.h"
#include "numeric/pack.h"

namespace melian::prediction {
namespace {

std::size_t at(int index) { return static_cast<std::size_t>(index); }

/// x log(x / y), 0 where x is.
double x_log_ratio(double x, double y) { return x > 0.0 ? x * std::log(x / y) : 0.0; }

/// What plays at all points carry along a branch, by full profile, into one or two points each of
/// the successor.
struct Stream {
  int points, profiles;
  const double* from;
  std::ptrdiff_t from_columns;
  const double* second;  ///< [full profile]: does the group have its second type? (`lanes::chosen`)
  const double *zero, *one;
  const double* odds;  ///< of the coordinate column; null: there is none
  double* by_profile;  ///< null: nobody asks
  // Null where play ends.
  double* to;
  std::ptrdiff_t to_columns;
  const int* low;
  const double* weight;
  int step;
};

/// For a number of profiles that is known when compiled.
template <int profiles>
[[gnu::always_inline]] inline void pour_rows(const Stream& s) {
  using Pack = lanes::Pack<profiles>;
  const Pack second = Pack::load(s.second);
  Pack sum = Pack::all(0.0);
  for (int p = 0; p < s.points; ++p) {
    const double* __restrict row = s.from + p * s.from_columns;
    const Pack moved =
        Pack::load(row) * Pack::choose(second, Pack::all(s.zero[p]), Pack::all(s.one[p]));
    sum = sum + moved;
    if (s.to == nullptr) continue;
    double* low = s.to + s.low[p] * s.to_columns;
    if (s.step == 0) {
      (Pack::load(low) + moved).store(low);
      if (s.odds != nullptr) low[s.to_columns - 1] += row[s.from_columns - 1] * s.odds[p];
      continue;
    }
    double* high = low + s.step * s.to_columns;
    const double above = s.weight[p], below = 1.0 - above;
    (Pack::load(low) + Pack::all(below) * moved).store(low);
    (Pack::load(high) + Pack::all(above) * moved).store(high);
    if (s.odds != nullptr) {
      const double drawn = row[s.from_columns - 1] * s.odds[p];
      low[s.to_columns - 1] += below * drawn;
      high[s.to_columns - 1] += above * drawn;
    }
  }
  if (s.by_profile != nullptr) (Pack::load(s.by_profile) + sum).store(s.by_profile);
}

/// For any number.
void pour_any(const Stream& s) {
  for (int p = 0; p < s.points; ++p) {
    const double* row = s.from + p * s.from_columns;
    const double above = s.step == 0 ? 0.0 : s.weight[p], below = 1.0 - above;
    double* low = s.to == nullptr ? nullptr : s.to + s.low[p] * s.to_columns;
    const auto hand_on = [&](std::ptrdiff_t column, double moved) {
      if (low == nullptr) return;
      low[column] += below * moved;
      if (s.step != 0) low[s.step * s.to_columns + column] += above * moved;
    };
    for (int theta = 0; theta < s.profiles; ++theta) {
      const double moved = row[theta] * (lanes::is_chosen(s.second[theta]) ? s.one[p] : s.zero[p]);
      if (s.by_profile != nullptr) s.by_profile[theta] += moved;
      hand_on(theta, moved);
    }
    if (s.odds != nullptr) hand_on(s.to_columns - 1, row[s.from_columns - 1] * s.odds[p]);
  }
}

MELIAN_LANES void pour(const Stream& s) {
  switch (s.profiles) {
    case 1: return pour_rows<1>(s);
    case 2: return pour_rows<2>(s);
    case 4: return pour_rows<4>(s);
    case 8: return pour_rows<8>(s);
    default: return pour_any(s);
  }
}

}  // namespace

Carrier::Carrier(const Board& board, const Carried& carried)
    : board_(board),
      structure_(board.structure()),
      carried_(carried),
      profiles_(board.full().count()),
      crossings_(board),
      believed_(believed_types(structure_)) {
  MELIAN_EXPECT(carried.coordinate || !carried.information,
                "information is counted by the coordinate");
  for (int axis = 0; axis < board.space().num_axes(); ++axis) {
    node_entropy_.emplace_back();
    for (const double u : board.node_log_odds(axis)) node_entropy_.back().push_back(entropy(u));
  }
  std::size_t points = 0;
  for (std::size_t s = 0; s < structure_.states.size(); ++s)
    points = std::max(points, at(board.shape(static_cast<int>(s)).points));
  ones_.assign(points, 1.0);
}

void Carrier::open(Standing& standing, int state) const {
  const Shape& shape = board_.shape(state);
  standing.columns = standing_columns(profiles_, static_cast<int>(shape.frozen.size()), carried_);
  standing.mass.assign(at(shape.points) * at(standing.columns), 0.0);
}

void Carrier::begin(Flow& flow, bool with_beliefs) const {
  const std::size_t players = structure_.players.size();
  flow.used = true;
  flow.by_profile.assign(at(profiles_), 0.0);
  flow.belief.assign(with_beliefs ? believed_.size() * at(profiles_) : 0, 0.0);
  if (!carried_.information) return;
  flow.news.assign(players, 0.0);
  flow.end_entropy.assign(players, 0.0);
  flow.splitting.assign(players, 0.0);
}

void Carrier::carry(int round, int branch, const Destination& to, std::span<const Way> ways) const {
  const PlainBranch& plain = crossings_.branch(branch);
  if (!plain.possible) return;
  const int state = crossings_.source(branch);
  for (const Way& way : ways)
    if (way.flow != nullptr) begin(*way.flow, way.with_beliefs);
  if (plain.plain) {
    static thread_local Crossing crossing;
    crossings_.read(round, branch, crossings_.projection(branch, to),
                    carried_.coordinate || carried_.beliefs, crossing);
    for (const Way& way : ways) carry_together(crossing, state, to, way);
    return;
  }
  const BranchReader reader(board_, round, state,
                            branch - structure_.states[at(state)].first_branch);
  for (const Way& way : ways) carry_by_point(reader, state, way);
}

void Carrier::carry_by_point(const BranchReader& reader, int state, const Way& way) const {
  const Shape& here = board_.shape(state);
  const Standing& from = *way.from;
  // Columns of the target's frozen beliefs: those frozen here keep their column, those who stop
  // being live start one.
  struct Frozen {
    int to_column, from_column, player, type;
  };
  std::vector<Frozen> frozen;
  if (way.to != nullptr && carried_.beliefs) {
    const Shape& there = board_.shape(reader.destination().state);
    for (const auto& [player, type] : there.frozen)
      frozen.push_back({frozen_column(board_, there, player, type),
                        frozen_column(board_, here, player, type), player, type});
  }
  Footing footing;
  std::vector<double> moved(at(profiles_));
  for (int p = 0; p < here.points; ++p) {
    const double* row = from.row(p);
    const double drawn = carried_.coordinate ? row[from.columns - 1] : 0.0;
    if (drawn == 0.0 && std::all_of(row, row + profiles_, [](double m) { return m == 0.0; }))
      continue;
    reader.read(p, footing);
    if (way.forced >= 0) reader.force(p, way.forced, footing.odds);
    double odds = 0.0;  // by the coordinate's own law of types
    const double* law = here.law.data() + std::ptrdiff_t{p} * here.profiles;
    for (int theta = 0; theta < here.profiles; ++theta)
      odds += law[theta] * footing.odds[at(theta)];
    for (int theta = 0; theta < profiles_; ++theta)
      moved[at(theta)] = row[theta] * footing.odds[at(here.profile_of_full[at(theta)])];
    if (way.flow != nullptr) {
      for (int theta = 0; theta < profiles_; ++theta)
        way.flow->by_profile[at(theta)] += moved[at(theta)];
      if (carried_.information) inform(here, reader, footing, p, drawn, odds, *way.flow);
      for (std::size_t n = 0; way.with_beliefs && n < believed_.size(); ++n) {
        const auto [player, type] = believed_[n];
        const int column = frozen_column(board_, here, player, type);
        const double belief =
            column < 0 ? board_.belief(here, footing.log_odds, player, type) : 0.0;
        for (int theta = 0; theta < profiles_; ++theta)
          way.flow->belief[n * at(profiles_) + at(theta)] +=
              column < 0 ? moved[at(theta)] * belief
                         : row[column + theta] * footing.odds[at(here.profile_of_full[at(theta)])];
      }
    }
    if (way.to == nullptr) continue;
    for (std::size_t n = 0; n < footing.point.size(); ++n) {
      double* target = way.to->row(footing.point[n]);
      const double share = footing.weight[n];
      for (int theta = 0; theta < profiles_; ++theta) target[theta] += share * moved[at(theta)];
      for (const Frozen& f : frozen) {
        const double belief =
            f.from_column >= 0 ? 0.0 : board_.belief(here, footing.log_odds, f.player, f.type);
        for (int theta = 0; theta < profiles_; ++theta)
          target[f.to_column + theta] +=
              share * (f.from_column >= 0 ? row[f.from_column + theta] *
                                                footing.odds[at(here.profile_of_full[at(theta)])]
                                          : moved[at(theta)] * belief);
      }
      if (carried_.coordinate) target[way.to->columns - 1] += share * drawn * odds;
    }
  }
}

void Carrier::carry_together(const Crossing& crossing, int state, const Destination& to,
                             const Way& way) const {
  const Shape& here = board_.shape(state);
  const Standing& from = *way.from;
  const double* const second = crossing.second_by_full;
  const double *zero = way.forced < 0 ? crossing.zero : ones_.data(),
               *one = way.forced < 0 ? crossing.one : ones_.data();
  const double* drawn_odds = !carried_.coordinate ? nullptr
                             : way.forced < 0     ? crossing.odds
                                                  : ones_.data();
  pour({here.points, profiles_, from.mass.data(), from.columns, second, zero, one, drawn_odds,
        way.flow != nullptr ? way.flow->by_profile.data() : nullptr,
        way.to == nullptr ? nullptr : way.to->mass.data(), way.to == nullptr ? 0 : way.to->columns,
        crossing.low, crossing.weight, crossing.step});
  const auto odds = [&](int p, int theta) {
    return lanes::is_chosen(second[theta]) ? one[p] : zero[p];
  };
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
  for (std::size_t n = 0; way.flow != nullptr && way.with_beliefs && n < believed_.size(); ++n) {
    const auto [player, type] = believed_[n];
    const int column = frozen_column(board_, here, player, type);
    double* const sum = way.flow->belief.data() + n * at(profiles_);
    for (int p = 0; p < here.points; ++p) {
      const double* row = from.row(p);
      const double belief = column < 0 ? believed(player, type, p) : 0.0;
      for (int theta = 0; theta < profiles_; ++theta)
        sum[theta] += odds(p, theta) * (column < 0 ? row[theta] * belief : row[column + theta]);
    }
  }
  const Shape* there = to.ended() ? nullptr : &board_.shape(to.state);
  if (way.to != nullptr && carried_.beliefs)
    for (const auto& [player, type] : there->frozen) {
      const int column = frozen_column(board_, here, player, type),
                into = frozen_column(board_, *there, player, type);
      for (int p = 0; p < here.points; ++p) {
        const double* row = from.row(p);
        const double belief = column < 0 ? believed(player, type, p) : 0.0,
                     above = crossing.weight[p];
        double *low = way.to->row(crossing.low[p]) + into,
               *high = low + std::ptrdiff_t{crossing.step} * way.to->columns;
        for (int theta = 0; theta < profiles_; ++theta) {
          const double moved =
              odds(p, theta) * (column < 0 ? row[theta] * belief : row[column + theta]);
          low[theta] += (1.0 - above) * moved;
          if (above > 0.0) high[theta] += above * moved;
        }
      }
    }
  if (carried_.information && way.flow != nullptr) inform_together(crossing, here, there, way);
}

void Carrier::inform_together(const Crossing& crossing, const Shape& here, const Shape* there,
                              const Way& way) const {
  const Standing& from = *way.from;
  for (std::size_t g = 0; g < here.groups.size(); ++g)
    for (const int player : board_.space().groups()[at(here.groups[g].group)].players) {
      const bool stays = there != nullptr && there->has(player),
                 moves = static_cast<int>(g) == crossing.group;
      if (!moves && stays) continue;
      double news = 0.0, end_entropy = 0.0, splitting = 0.0;
      for (int p = 0; p < here.points; ++p) {
        const double drawn = from.row(p)[from.columns - 1], carried = drawn * crossing.odds[p];
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
        const double* node =
            node_entropy_[at(here.axes[at(crossing.axis)].axis)].data() + crossing.cell[at(p)];
        const double above = crossing.place[at(p)];
        splitting +=
            carried * (exact - (1.0 - above) * node[0] - (above > 0.0 ? above * node[1] : 0.0));
      }
      way.flow->news[at(player)] += news;
      way.flow->end_entropy[at(player)] += end_entropy;
      way.flow->splitting[at(player)] += splitting;
    }
}

void Carrier::inform(const Shape& here, const BranchReader& reader, const Footing& footing,
                     int point, double mass, double odds, Flow& flow) const {
  const double carried = mass * odds;
  if (carried <= 0.0) return;
  const Shape* there =
      reader.destination().ended() ? nullptr : &board_.shape(reader.destination().state);
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
      // The joint law of the branch and this player's type; its posterior is the exact one also
      // where odds do not factorise, which only branches that end play may do.
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

/// How much more entropy a player's posterior has than what the nodes that take it up say of the
/// player.
double Carrier::lost_in_sharing(double exact, const Shape::Group& group, const Shape& there,
                                const Footing& footing, int player) const {
  if (group.count > 1) {
    for (std::size_t n = 0; n < footing.point.size(); ++n)
      exact -= footing.weight[n] * there.entropy[at(player)][at(footing.point[n])];
    return exact;
  }
  const int axis = board_.space().only_axis(player);
  const Place place = board_.axis(axis).locate(footing.log_odds[at(group.first)]);
  const double low = node_entropy_[at(axis)][at(place.cell)];
  const double high = place.weight > 0.0 ? node_entropy_[at(axis)][at(place.cell + 1)] : 0.0;
  return exact - (1.0 - place.weight) * low - place.weight * high;
}

}  // namespace melian::prediction
