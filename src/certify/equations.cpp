#include "certify/equations.h"

#include <algorithm>
#include <cmath>

#include "certify/settle.h"

namespace melian::checking {
namespace {

/// What one piece of a layer found; joined by maxima, so the order of threads cannot matter.
struct Found {
  Equations worst;
  std::vector<double> low, high;
  explicit Found(int players) : low(static_cast<std::size_t>(players), infinity), high(static_cast<std::size_t>(players), -infinity) {}
};

/// Values by full profile of live types, [point][player][profile]: exact wherever no decision follows.
class ValueSweep {
 public:
  ValueSweep(const Layout& layout, const Assessment& assessment, const std::vector<std::uint8_t>& reached)
      : layout_(layout),
        assessment_(assessment),
        reached_(reached),
        players_(layout.structure().num_players()),
        size_([this](int state) { return block(layout_.shape(state)) * static_cast<std::size_t>(layout_.shape(state).points); }),
        values_(layout, size_),
        total_(players_) {}

  Equations run(const OnStep& on_step) {
    const double all = static_cast<double>(layout_.layers().size());
    const Settled how = sweep_backward(
        layout_, values_,
        [this](const Layout::Layer& layer, Purpose purpose) {
          const std::vector<Piece> pieces = pieces_of(layout_, layer);
          std::vector<Found> found(pieces.size(), Found(players_));
          parallel_for(pieces.size(), [&](std::size_t k) { visit(layer.round, pieces[k], found[k]); });
          if (purpose == Purpose::keep)
            for (const Found& one : found) join(one);
        },
        size_, [&](std::size_t done) { return !on_step || on_step({.stage = "certify", .done = 0.5 * static_cast<double>(done) / all}); });
    total_.worst.finished = how.finished;
    total_.worst.settled = how.settled;
    for (int j = 0; j < players_; ++j)
      total_.worst.stake.push_back(std::max(0.0, total_.high[static_cast<std::size_t>(j)] - total_.low[static_cast<std::size_t>(j)]));
    return total_.worst;
  }

 private:
  /// Numbers of one point: a payoff for each player and profile.
  [[nodiscard]] std::size_t block(const Shape& shape) const { return static_cast<std::size_t>(players_ * shape.profiles); }

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
    const double* value = values_.now.at(round, piece.state) + piece.first * static_cast<std::int64_t>(block(shape));
    for (std::int64_t p = piece.first; p < piece.last; ++p)
      for (std::size_t j = 0; j < found.low.size(); ++j)
        for (int profile = 0; profile < shape.profiles; ++profile, ++value) {
          found.low[j] = std::min(found.low[j], *value);
          found.high[j] = std::max(found.high[j], *value);
        }
  }

  /// A branch of the state in hand with all that does not depend on the point; lists are by [player][profile].
  struct Way {
    Step step;
    const double* next = nullptr;  ///< the successor's values
    std::int64_t next_block = 0;
    const double* reward = nullptr;
    std::vector<double> discount;
    std::vector<int> from;  ///< where in the successor's block
    bool aligned = true;    ///< `from` counts 0, 1, 2, ...
  };
  std::vector<Way> ways_from(int round, int state) const {
    const Structure& structure = layout_.structure();
    const PublicState& from = structure.states[static_cast<std::size_t>(state)];
    const Shape& shape = layout_.shape(state);
    std::vector<Way> ways;
    for (int branch = from.first_branch; branch < from.first_branch + from.num_branches; ++branch) {
      Way way;
      way.step = step_along(layout_, round, state, branch);
      way.reward = layout_.game().reward(branch, 0, shape.profiles);  // players follow one another
      if (!way.step.to.ended()) {
        way.next = values_.read(layout_, state, way.step.to);
        way.next_block = static_cast<std::int64_t>(block(*way.step.shape));
      }
      for (int j = 0; j < players_; ++j)
        for (int profile = 0; profile < shape.profiles; ++profile) {
          way.discount.push_back(layout_.discount(branch, j, shape.type_in(profile, j)));
          if (way.next == nullptr) continue;
          way.from.push_back(j * way.step.shape->profiles + way.step.profile[static_cast<std::size_t>(profile)]);
          way.aligned = way.aligned && way.from.back() == static_cast<int>(way.from.size()) - 1;
        }
      ways.push_back(std::move(way));
    }
    return ways;
  }

  /// Payoffs along a way, [player][profile], given where the way leads.
  static void payoffs_along(const Way& way, const Stencil& at, std::vector<double>& amount) {
    const std::size_t n = amount.size();
    if (way.next == nullptr) {
      std::copy(way.reward, way.reward + n, amount.begin());
      return;
    }
    std::fill(amount.begin(), amount.end(), 0.0);
    for (int k = 0; k < at.count; ++k) {
      const double* point = way.next + at.index[static_cast<std::size_t>(k)] * way.next_block;
      const double weight = at.weight[static_cast<std::size_t>(k)];
      if (way.aligned)
        for (std::size_t i = 0; i < n; ++i) amount[i] += weight * point[i];
      else
        for (std::size_t i = 0; i < n; ++i) amount[i] += weight * point[way.from[i]];
    }
    for (std::size_t i = 0; i < n; ++i) amount[i] = way.reward[i] + way.discount[i] * amount[i];
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
    const auto branches = static_cast<std::size_t>(from.num_branches), profiles = static_cast<std::size_t>(shape.profiles), n = block(shape);
    const std::size_t own = static_cast<std::size_t>(mover) * profiles;  // start of the mover's payoffs in a block
    double* value = values_.now.at(round, piece.state) + piece.first * static_cast<std::int64_t>(n);
    std::array<double, 2> lambda{};
    for (int type = 0; type < types; ++type) lambda[static_cast<std::size_t>(type)] = precision_at(layout_, assessment_, round, piece.state, mover, type);
    std::vector<std::size_t> type_of(n);  // the mover's, [player][profile]
    for (std::size_t i = 0; i < n; ++i) type_of[i] = static_cast<std::size_t>(shape.type_in(static_cast<int>(i % profiles), mover));

    std::vector<double> answer(2 * branches);  // S of design.md, then its logit: [type][branch]
    std::vector<double> amount(n), seen(profiles);
    PointWalk walk(shape, piece.first);
    for (std::int64_t p = piece.first; p < piece.last; ++p, walk.next(), value += n) {
      const bool is_reached = reached_[static_cast<std::size_t>(marks + p)] != 0;
      others_as_seen_by(mover, shape, walk, seen);
      std::fill(value, value + n, 0.0);
      for (std::size_t a = 0; a < branches; ++a) {
        const Way& way = ways[a];
        const double log_zero = strategy.at(0, static_cast<int>(a), p), log_one = types == 2 ? strategy.at(1, static_cast<int>(a), p) : log_zero;
        Stencil at;
        at.start(0);
        for (std::size_t k = 0; k < shape.axes.size(); ++k)
          if (static_cast<int>(k) != axis) at.index[0] += walk.node(static_cast<int>(k)) * way.step.stride[k];
        const std::int64_t across = axis >= 0 ? way.step.stride[static_cast<std::size_t>(axis)] : 0;
        if (across != 0) {
          const double before = layout_.node_log_odds(mover)[static_cast<std::size_t>(walk.node(axis))];
          at.spread(across, locate(layout_.nodes(mover), logistic(shifted(before, log_ratio(log_one, log_zero)))));
        }
        payoffs_along(way, at, amount);
        const std::array<double, 2> probability{std::exp(log_zero), types == 2 ? std::exp(log_one) : 0.0};
        for (std::size_t i = 0; i < n; ++i) value[i] += probability[type_of[i]] * amount[i];
        std::array<double, 2> wanted{}, rise{};
        for (std::size_t profile = 0; profile < profiles; ++profile) wanted[type_of[profile]] += seen[profile] * amount[own + profile];
        for (int type = 0; type < types; ++type) {
          const auto k = static_cast<std::size_t>(type);
          const bool open = is_open(structure.branches[static_cast<std::size_t>(way.step.branch)], type);
          answer[k * branches + a] = open ? measure[a] + lambda[k] * wanted[k] : -infinity;
        }
        if (!is_reached || at.count != 2) continue;  // the posterior enters no cell
        const double *low = way.next + at.index[0] * way.next_block, *high = way.next + at.index[1] * way.next_block;
        for (std::size_t profile = 0; profile < profiles; ++profile) {
          const auto there = static_cast<std::size_t>(way.from[own + profile]);
          rise[type_of[profile]] += seen[profile] * way.discount[own + profile] * (high[there] - low[there]);
        }
        for (std::size_t type = 0; type < static_cast<std::size_t>(types); ++type) keep_worst(found.worst.cell_step, lambda[type] * std::abs(rise[type]));
      }
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
    const std::size_t n = block(shape);
    std::vector<ChanceNews> news;
    std::vector<std::vector<double>> odds;  // per branch, [player][profile]
    for (const Way& way : ways) {
      news.push_back(chance ? chance_news(layout_.game(), shape, way.step.branch) : ChanceNews{});
      odds.emplace_back(n, 1.0);
      for (int j = 0; chance && j < players_; ++j) {
        const double* own = layout_.game().odds_for(way.step.branch, j, shape.profiles);
        std::copy(own, own + shape.profiles, odds.back().begin() + j * shape.profiles);
      }
    }
    double* value = values_.now.at(round, piece.state) + piece.first * static_cast<std::int64_t>(n);
    std::vector<double> amount(n);
    PointWalk walk(shape, piece.first);
    for (std::int64_t p = piece.first; p < piece.last; ++p, walk.next(), value += n) {
      std::fill(value, value + n, 0.0);
      for (std::size_t o = 0; o < ways.size(); ++o) {
        payoffs_along(ways[o], after_news(layout_, shape, walk, ways[o].step, news[o]), amount);
        for (std::size_t i = 0; i < n; ++i) value[i] += odds[o][i] * amount[i];
      }
    }
  }

  const Layout& layout_;
  const Assessment& assessment_;
  const std::vector<std::uint8_t>& reached_;
  int players_;
  std::function<std::size_t(int)> size_;
  Iterates values_;
  Found total_;
};

}  // namespace

Equations check_equations(const Layout& layout, const Assessment& assessment, const std::vector<std::uint8_t>& reached, const OnStep& on_step) {
  return ValueSweep(layout, assessment, reached).run(on_step);
}

}  // namespace melian::checking
