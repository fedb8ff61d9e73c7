#include "certify/equations.h"

#include <algorithm>
#include <cmath>

#include "certify/tables.h"

namespace melian::checking {
namespace {

/// What one piece of a layer found; joined by maxima, so the order of threads cannot matter.
struct Found {
  Equations worst;
  std::vector<double> low, high;
  explicit Found(int players) : low(static_cast<std::size_t>(players), infinity), high(static_cast<std::size_t>(players), -infinity) {}
};

/// Values by full profile of live types, [player][profile][point]: exact wherever no decision follows.
class ValueSweep {
 public:
  ValueSweep(const Layout& layout, const Assessment& assessment, const std::vector<std::uint8_t>& reached)
      : layout_(layout),
        assessment_(assessment),
        reached_(reached),
        players_(layout.structure().num_players()),
        values_(layout, [&layout](int state) {
          const Shape& shape = layout.shape(state);
          return static_cast<std::size_t>(layout.structure().num_players() * shape.profiles * shape.points);
        }),
        total_(players_) {}

  Equations run(const OnStep& on_step) {
    const auto& layers = layout_.layers();
    for (std::size_t n = 0; n < layers.size(); ++n) {
      values_.open(layers[n]);
      const std::vector<Piece> pieces = pieces_of(layout_, layers[n]);
      std::vector<Found> found(pieces.size(), Found(players_));
      parallel_for(pieces.size(), [&](std::size_t k) { visit(layers[n].round, pieces[k], found[k]); });
      for (const Found& one : found) join(one);
      if (layers[n].last_of_round) values_.close_round(layers[n].round);
      if (on_step && !on_step({.stage = "certify", .done = 0.5 * static_cast<double>(n + 1) / static_cast<double>(layers.size())})) {
        total_.worst.finished = false;
        break;
      }
    }
    for (int j = 0; j < players_; ++j) total_.worst.stake.push_back(std::max(0.0, total_.high[static_cast<std::size_t>(j)] - total_.low[static_cast<std::size_t>(j)]));
    return total_.worst;
  }

 private:
  void join(const Found& one) {
    keep_worst(total_.worst.residual, one.worst.residual);
    keep_worst(total_.worst.residual_reached, one.worst.residual_reached);
    keep_worst(total_.worst.beliefs, one.worst.beliefs);
    keep_worst(total_.worst.cell_step, one.worst.cell_step);
    for (std::size_t j = 0; j < one.low.size(); ++j) {
      total_.low[j] = std::min(total_.low[j], one.low[j]);
      total_.high[j] = std::max(total_.high[j], one.high[j]);
    }
  }

  void visit(int round, const Piece& piece, Found& found) {
    if (layout_.structure().is_decision(piece.state))
      decide(round, piece, found);
    else
      befall(round, piece);
    const Shape& shape = layout_.shape(piece.state);
    const double* values = values_.at(round, piece.state);
    for (int j = 0; j < players_; ++j)
      for (int profile = 0; profile < shape.profiles; ++profile) {
        const double* row = values + (static_cast<std::int64_t>(j) * shape.profiles + profile) * shape.points;
        const auto [low, high] = std::minmax_element(row + piece.first, row + piece.last);
        found.low[static_cast<std::size_t>(j)] = std::min(found.low[static_cast<std::size_t>(j)], *low);
        found.high[static_cast<std::size_t>(j)] = std::max(found.high[static_cast<std::size_t>(j)], *high);
      }
  }

  /// A branch of the state in hand with all that does not depend on the point.
  struct Way {
    Step step;
    const double* next = nullptr;       ///< the successor's values
    std::vector<const double*> reward;  ///< per player, by profile
    std::vector<double> discount;       ///< [player][profile]
  };
  std::vector<Way> ways_from(int round, int state) const {
    const Structure& structure = layout_.structure();
    const PublicState& from = structure.states[static_cast<std::size_t>(state)];
    const Shape& shape = layout_.shape(state);
    std::vector<Way> ways;
    for (int branch = from.first_branch; branch < from.first_branch + from.num_branches; ++branch) {
      Way way{.step = step_along(layout_, round, state, branch), .next = nullptr, .reward = {}, .discount = {}};
      if (!way.step.to.ended()) way.next = values_.at(way.step.to.round, way.step.to.state);
      for (int j = 0; j < players_; ++j) {
        way.reward.push_back(layout_.game().reward(branch, j, shape.profiles));
        for (int profile = 0; profile < shape.profiles; ++profile) way.discount.push_back(layout_.discount(branch, j, shape.type_in(profile, j)));
      }
      ways.push_back(std::move(way));
    }
    return ways;
  }

  /// Player j's payoff along a way for one profile, given where the way leads.
  double payoff(const Way& way, const Shape& shape, int j, int profile, const Stencil& at) const {
    const double now = way.reward[static_cast<std::size_t>(j)][profile];
    if (way.next == nullptr) return now;
    const Shape& there = *way.step.shape;
    const double* row = way.next + (static_cast<std::int64_t>(j) * there.profiles + way.step.profile[static_cast<std::size_t>(profile)]) * there.points;
    return now + way.discount[static_cast<std::size_t>(j * shape.profiles + profile)] * at.read(row);
  }

  void decide(int round, const Piece& piece, Found& found) {
    const Structure& structure = layout_.structure();
    const PublicState& from = structure.states[static_cast<std::size_t>(piece.state)];
    const Shape& shape = layout_.shape(piece.state);
    const int mover = structure.moves[static_cast<std::size_t>(from.move)].player;
    const int axis = shape.axis_of_player[static_cast<std::size_t>(mover)], types = shape.types(mover);
    const StrategyBlock strategy = strategy_block(layout_, assessment_, round, piece.state);
    const std::vector<Way> ways = ways_from(round, piece.state);
    const std::vector<double> measure = log_measure(structure, piece.state, assessment_.measure);
    const std::int64_t marks = assessment_.mark_offset[layout_.slot(round, piece.state)];
    double* values = values_.at(round, piece.state);
    const auto branches = static_cast<std::size_t>(from.num_branches);
    std::array<double, 2> lambda{};
    for (int type = 0; type < types; ++type) lambda[static_cast<std::size_t>(type)] = precision_at(layout_, assessment_, round, piece.state, mover, type);

    std::vector<double> answer(2 * branches);  // S of design.md, then its logit: [type][branch]
    std::vector<double> payoffs(static_cast<std::size_t>(players_ * shape.profiles));
    std::vector<double> seen(static_cast<std::size_t>(shape.profiles));  // the mover's belief about the others, by profile
    PointWalk walk(shape, piece.first);
    for (std::int64_t p = piece.first; p < piece.last; ++p, walk.next()) {
      const bool is_reached = reached_[static_cast<std::size_t>(marks + p)] != 0;
      others_as_seen_by(mover, shape, walk, seen);
      std::fill(payoffs.begin(), payoffs.end(), 0.0);
      for (std::size_t a = 0; a < branches; ++a) {
        const double log_zero = strategy.at(0, static_cast<int>(a), p), log_one = types == 2 ? strategy.at(1, static_cast<int>(a), p) : log_zero;
        Stencil at;
        at.start(0);
        Place place;
        for (std::size_t k = 0; k < shape.axes.size(); ++k)
          if (static_cast<int>(k) != axis) at.index[0] += walk.node(static_cast<int>(k)) * ways[a].step.stride[k];
        const std::int64_t across = axis >= 0 ? ways[a].step.stride[static_cast<std::size_t>(axis)] : 0;
        const std::int64_t base = at.index[0];
        if (across != 0) {
          const double before = layout_.node_log_odds(mover)[static_cast<std::size_t>(walk.node(axis))];
          place = locate(layout_.nodes(mover), logistic(shifted(before, log_ratio(log_one, log_zero))));
          at.spread(across, place);
        }
        const bool enters_cell = is_reached && across != 0 && place.weight > 0.0 && place.weight < 1.0;
        std::array<double, 2> wanted{}, rise{};
        for (int profile = 0; profile < shape.profiles; ++profile) {
          const int type = shape.type_in(profile, mover);
          const double probability = std::exp(type == 0 ? log_zero : log_one);
          for (int j = 0; j < players_; ++j) {
            const double amount = payoff(ways[a], shape, j, profile, at);
            payoffs[static_cast<std::size_t>(j * shape.profiles + profile)] += probability * amount;
            if (j == mover) wanted[static_cast<std::size_t>(type)] += seen[static_cast<std::size_t>(profile)] * amount;
          }
          if (enters_cell) {
            const Shape& there = *ways[a].step.shape;
            const double* row = ways[a].next + (static_cast<std::int64_t>(mover) * there.profiles + ways[a].step.profile[static_cast<std::size_t>(profile)]) * there.points;
            const std::int64_t low = base + place.cell * across;
            rise[static_cast<std::size_t>(type)] += seen[static_cast<std::size_t>(profile)] * ways[a].discount[static_cast<std::size_t>(mover * shape.profiles + profile)] * (row[low + across] - row[low]);
          }
        }
        for (int type = 0; type < types; ++type) {
          const auto k = static_cast<std::size_t>(type);
          const bool open = is_open(structure.branches[static_cast<std::size_t>(ways[a].step.branch)], type);
          answer[k * branches + a] = open ? measure[a] + lambda[k] * wanted[k] : -infinity;
          if (enters_cell) keep_worst(found.worst.cell_step, lambda[k] * std::abs(rise[k]));
        }
      }
      for (int j = 0; j < players_; ++j)
        for (int profile = 0; profile < shape.profiles; ++profile)
          values[(static_cast<std::int64_t>(j) * shape.profiles + profile) * shape.points + p] = payoffs[static_cast<std::size_t>(j * shape.profiles + profile)];
      compare(strategy, types, p, is_reached, answer, found);
    }
  }

  /// The stored log-probabilities against the logit answer, type by type, and the posteriors both imply.
  static void compare(const StrategyBlock& strategy, int types, std::int64_t point, bool is_reached, std::vector<double>& answer, Found& found) {
    const auto branches = static_cast<std::size_t>(strategy.branches);
    double worst = 0.0;
    for (std::size_t type = 0; type < static_cast<std::size_t>(types); ++type) {
      const double normaliser = log_sum_exp({answer.data() + type * branches, branches});
      for (std::size_t a = 0; a < branches; ++a) {
        double& logit = answer[type * branches + a];
        logit -= normaliser;
        const double stored = strategy.at(static_cast<int>(type), static_cast<int>(a), point);
        if (logit == -infinity && stored == -infinity) continue;  // not open, and never taken
        keep_worst(worst, std::abs(stored - logit));
      }
    }
    keep_worst(found.worst.residual, worst);
    if (!is_reached) return;
    keep_worst(found.worst.residual_reached, worst);
    for (std::size_t a = 0; types == 2 && a < branches; ++a) {
      const double implied = log_ratio(strategy.at(1, static_cast<int>(a), point), strategy.at(0, static_cast<int>(a), point));
      const double recomputed = log_ratio(answer[branches + a], answer[a]);
      if (std::isinf(implied) && implied == recomputed) continue;  // both know the type
      keep_worst(found.worst.beliefs, std::abs(implied - recomputed));
    }
  }

  /// seen[profile]: probability of the others' types in `profile` as the mover believes them.
  void others_as_seen_by(int mover, const Shape& shape, const PointWalk& walk, std::vector<double>& seen) const {
    for (int profile = 0; profile < shape.profiles; ++profile) {
      double weight = 1.0;
      for (std::size_t k = 0; k < shape.axes.size(); ++k) {
        const Shape::Axis& axis = shape.axes[k];
        if (axis.player == mover) continue;
        const double belief = layout_.believed(mover, axis.player)[static_cast<std::size_t>(walk.node(static_cast<int>(k)))];
        weight *= (profile & axis.profile_stride) != 0 ? belief : 1.0 - belief;
      }
      seen[static_cast<std::size_t>(profile)] = weight;
    }
  }

  /// Chance and passages: each player's own odds weigh, the analyst's odds move beliefs.
  void befall(int round, const Piece& piece) {
    const Structure& structure = layout_.structure();
    const PublicState& from = structure.states[static_cast<std::size_t>(piece.state)];
    const Shape& shape = layout_.shape(piece.state);
    const bool chance = structure.moves[static_cast<std::size_t>(from.move)].kind == MoveKind::chance;
    MELIAN_EXPECT(chance || from.num_branches == 1, "simultaneous moves are refused by solve and unknown to certify");
    const std::vector<Way> ways = ways_from(round, piece.state);
    std::vector<ChanceNews> news;
    for (const Way& way : ways) news.push_back(chance ? chance_news(layout_.game(), shape, way.step.branch) : ChanceNews{});
    double* values = values_.at(round, piece.state);
    PointWalk walk(shape, piece.first);
    for (std::int64_t p = piece.first; p < piece.last; ++p, walk.next()) {
      for (int j = 0; j < players_; ++j)
        for (int profile = 0; profile < shape.profiles; ++profile) values[(static_cast<std::int64_t>(j) * shape.profiles + profile) * shape.points + p] = 0.0;
      for (std::size_t o = 0; o < ways.size(); ++o) {
        Stencil at;
        at.start(0);
        for (std::size_t k = 0; k < shape.axes.size(); ++k) {
          const int player = shape.axes[k].player;
          const int node = walk.node(static_cast<int>(k));
          const bool moves = news[o].shift[k] != 0.0 && ways[o].step.stride[k] != 0;
          at.spread(ways[o].step.stride[k], moves ? locate(layout_.nodes(player), logistic(shifted(layout_.node_log_odds(player)[static_cast<std::size_t>(node)], news[o].shift[k]))) : Place{node, 0.0});
        }
        for (int j = 0; j < players_; ++j) {
          const double* odds = chance ? layout_.game().odds_for(ways[o].step.branch, j, shape.profiles) : nullptr;
          for (int profile = 0; profile < shape.profiles; ++profile) {
            const double weight = chance ? odds[profile] : 1.0;
            if (weight == 0.0) continue;
            values[(static_cast<std::int64_t>(j) * shape.profiles + profile) * shape.points + p] += weight * payoff(ways[o], shape, j, profile, at);
          }
        }
      }
    }
  }

  const Layout& layout_;
  const Assessment& assessment_;
  const std::vector<std::uint8_t>& reached_;
  int players_;
  Tables values_;
  Found total_;
};

}  // namespace

Equations check_equations(const Layout& layout, const Assessment& assessment, const std::vector<std::uint8_t>& reached, const OnStep& on_step) {
  return ValueSweep(layout, assessment, reached).run(on_step);
}

}  // namespace melian::checking
