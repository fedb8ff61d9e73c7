#include "certify/equations.h"

#include <algorithm>
#include <cmath>

#include "certify/bayes.h"
#include "certify/settle.h"

namespace melian::checking {
namespace {

/// What one piece of a layer found; joined by maxima, so the order of threads cannot matter.
struct Found {
  Equations worst;
  std::vector<double> low, high;
  explicit Found(int players)
      : low(static_cast<std::size_t>(players), infinity),
        high(static_cast<std::size_t>(players), -infinity) {}
};

/// Values by full profile of live types, [point][player][profile]: exact wherever no decision
/// follows.
class ValueSweep {
 public:
  ValueSweep(const Layout& layout, const Assessment& assessment,
             const std::vector<std::uint8_t>& reached, bool keep_values)
      : layout_(layout),
        assessment_(assessment),
        reached_(reached),
        players_(layout.structure().num_players()),
        size_([&layout, players = players_](int state) {
          const Shape& shape = layout.shape(state);
          return static_cast<std::size_t>(players * shape.profiles) *
                 static_cast<std::size_t>(shape.points);
        }),
        kept_(std::make_shared<Iterates>(layout, size_)),
        values_(*kept_),
        total_(players_) {
    if (keep_values) values_.now.keep_all();
    keep_values_ = keep_values;
  }

  Equations run(const OnStep& on_step) {
    const double all = static_cast<double>(layout_.layers().size());
    const Settled how = sweep_backward(
        layout_, values_,
        [this](const Layout::Layer& layer, Purpose purpose) {
          const std::vector<Piece> pieces = pieces_of(layout_, layer);
          std::vector<Found> found(pieces.size(), Found(players_));
          parallel_for(pieces.size(),
                       [&](std::size_t k) { visit(layer.round, pieces[k], found[k]); });
          if (purpose == Purpose::keep)
            for (const Found& one : found) join(one);
        },
        size_,
        [&](std::size_t done) {
          return !on_step ||
                 on_step({.stage = "certify", .done = 0.5 * static_cast<double>(done) / all});
        });
    total_.worst.finished = how.finished;
    total_.worst.settled = how.settled;
    for (int j = 0; j < players_; ++j)
      total_.worst.stake.push_back(std::max(
          0.0, total_.high[static_cast<std::size_t>(j)] - total_.low[static_cast<std::size_t>(j)]));
    if (keep_values_ && how.finished) total_.worst.values = kept_;
    return total_.worst;
  }

 private:
  /// Numbers of one point: a payoff for each player and profile.
  [[nodiscard]] std::size_t block(const Shape& shape) const {
    return static_cast<std::size_t>(players_ * shape.profiles);
  }

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
    if (!layout_.deciders(piece.state).empty())
      decide(round, piece, found);
    else
      befall(round, piece);
    const Shape& shape = layout_.shape(piece.state);
    const double* value =
        values_.now.at(round, piece.state) + piece.first * static_cast<std::int64_t>(block(shape));
    for (std::int64_t p = piece.first; p < piece.last; ++p)
      for (std::size_t j = 0; j < found.low.size(); ++j)
        for (int profile = 0; profile < shape.profiles; ++profile, ++value) {
          found.low[j] = std::min(found.low[j], *value);
          found.high[j] = std::max(found.high[j], *value);
        }
  }

  /// A branch of the state in hand with all that does not depend on the point; lists are by
  /// [player][profile].
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
          way.from.push_back(j * way.step.shape->profiles +
                             way.step.profile[static_cast<std::size_t>(profile)]);
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

  /// One decider of a decision, and room for its side of one point.
  struct Side {
    const Decider* who;
    Part part;
    std::size_t first;                        ///< of its payoffs in a block
    std::vector<double> lambda;               ///< [type]
    std::vector<std::size_t> type_of;         ///< [profile]
    std::vector<double> seen;                 ///< [profile]: others' types as it believes them
    std::vector<double> sigma, wanted, rise;  ///< [type]: probability of its part of the branch;
                                              ///< payoff of it; what a cell changes of that
  };
  std::vector<Side> sides_of(int round, int state) const {
    const Shape& shape = layout_.shape(state);
    std::vector<Side> sides;
    for (Part& part : parts_of(layout_, state)) {
      const Decider& who = *part.who;
      const auto types = static_cast<std::size_t>(who.types),
                 profiles = static_cast<std::size_t>(shape.profiles);
      Side side{.who = &who,
                .part = std::move(part),
                .first = static_cast<std::size_t>(who.player) * profiles,
                .lambda = {},
                .type_of = {},
                .seen = std::vector<double>(profiles),
                .sigma = std::vector<double>(types),
                .wanted = std::vector<double>(types),
                .rise = std::vector<double>(types)};
      for (int type = 0; type < who.types; ++type)
        side.lambda.push_back(precision_at(layout_, assessment_, round, state, who.player, type));
      for (int q = 0; q < shape.profiles; ++q)
        side.type_of.push_back(static_cast<std::size_t>(shape.type_in(q, who.player)));
      sides.push_back(std::move(side));
    }
    return sides;
  }

  void decide(int round, const Piece& piece, Found& found) {
    const Shape& shape = layout_.shape(piece.state);
    const std::vector<Decider>& deciders = layout_.deciders(piece.state);
    const StrategyBlock strategy = strategy_block(layout_, assessment_, round, piece.state);
    const std::vector<Way> ways = ways_from(round, piece.state);
    const std::int64_t marks = assessment_.mark_offset[layout_.slot(round, piece.state)];
    const auto profiles = static_cast<std::size_t>(shape.profiles), n = block(shape);
    double* value = values_.now.at(round, piece.state) + piece.first * static_cast<std::int64_t>(n);

    std::vector<Side> sides = sides_of(round, piece.state);
    std::vector<double> answer(static_cast<std::size_t>(
        num_rows(deciders)));  // payoffs, then S of design.md, then its logit: by row
    std::vector<double> amount(n), odds(n), alone(profiles);
    Listener listener(layout_, piece.state);
    Bayes bayes(layout_, piece.state);
    PointWalk walk(shape, piece.first);
    for (std::int64_t p = piece.first; p < piece.last; ++p, walk.next(), value += n) {
      const bool is_reached = reached_[static_cast<std::size_t>(marks + p)] != 0;
      for (Side& side : sides) layout_.weigh(side.who->player, shape, walk, side.seen);
      std::fill(value, value + n, 0.0);
      std::fill(answer.begin(), answer.end(), 0.0);
      for (std::size_t a = 0; a < ways.size(); ++a) {
        const Way& way = ways[a];
        const int branch = static_cast<int>(a);
        const auto log_sigma = [&](int row) { return strategy.at(row, p); };
        if (way.next == nullptr)
          payoffs_along(way, {}, amount);
        else
          payoffs_along(way, bayes.land(walk, way.step, listener.hear(branch, log_sigma)), amount);

        for (Side& side : sides)
          for (int type = 0; type < side.who->types; ++type)
            side.sigma[static_cast<std::size_t>(type)] =
                std::exp(log_sigma(side.part.row(branch, type)));
        for (std::size_t q = 0; q < profiles; ++q) odds[q] = of_actions(sides, nullptr, q);
        for (std::size_t i = profiles; i < n; ++i) odds[i] = odds[i - profiles];
        for (std::size_t i = 0; i < n; ++i) value[i] += odds[i] * amount[i];

        for (Side& side : sides) {
          const std::vector<double>& weight = as_seen(sides, side, alone);
          std::ranges::fill(side.wanted, 0.0);
          for (std::size_t q = 0; q < profiles; ++q)
            side.wanted[side.type_of[q]] += weight[q] * amount[side.first + q];
          for (int type = 0; type < side.who->types; ++type)
            answer[static_cast<std::size_t>(side.part.row(branch, type))] +=
                side.wanted[static_cast<std::size_t>(type)];
        }
        if (is_reached && way.next != nullptr)
          step_over_cells(way, bayes, sides, alone, found.worst.cell_step);
      }
      for (const Side& side : sides) compare(strategy, side, p, is_reached, answer, found.worst);
    }
  }

  /// Probability that all deciders but one do their parts of the branch in hand, were the types
  /// those of a profile.
  static double of_actions(const std::vector<Side>& sides, const Side* but, std::size_t profile) {
    if (sides.size() == 1 && but == nullptr)
      return sides.front().sigma[sides.front().type_of[profile]];
    double odds = 1.0;
    for (const Side& side : sides)
      if (&side != but) odds *= side.sigma[side.type_of[profile]];
    return odds;
  }

  /// [profile]: probability of others' types and of their parts of the branch in hand, as one
  /// decider sees them.
  static const std::vector<double>& as_seen(const std::vector<Side>& sides, const Side& side,
                                            std::vector<double>& room) {
    if (sides.size() == 1) return side.seen;
    for (std::size_t q = 0; q < room.size(); ++q)
      room[q] = side.seen[q] * of_actions(sides, &side, q);
    return room;
  }

  /// What a decider's score changes over the cells that the posterior of the branch in hand lies
  /// in, axis by axis.
  void step_over_cells(const Way& way, Bayes& bayes, std::vector<Side>& sides,
                       std::vector<double>& room, double& worst) const {
    for (std::size_t axis = 0; axis < way.step.stride.size(); ++axis) {
      if (!bayes.within_cell(axis)) continue;
      const Stencil low = bayes.beside(axis, 0);
      const Stencil& high = bayes.beside(axis, 1);
      for (Side& side : sides) {
        const std::vector<double>& weight = as_seen(sides, side, room);
        std::ranges::fill(side.rise, 0.0);
        for (std::size_t q = 0; q < weight.size(); ++q) {
          const std::size_t i = side.first + q;
          const double rise =
              read_block(way, high, way.from[i]) - read_block(way, low, way.from[i]);
          side.rise[side.type_of[q]] += weight[q] * way.discount[i] * rise;
        }
        for (std::size_t type = 0; type < side.rise.size(); ++type)
          keep_worst(worst, side.lambda[type] * std::abs(side.rise[type]));
      }
    }
  }

  [[nodiscard]] static double read_block(const Way& way, const Stencil& at, int from) {
    double sum = 0.0;
    for (int k = 0; k < at.count; ++k)
      sum += at.weight[static_cast<std::size_t>(k)] *
             way.next[at.index[static_cast<std::size_t>(k)] * way.next_block + from];
    return sum;
  }

  /// The stored log-probabilities of one decider against its logit answer, type by type, and what
  /// both tell about its types. `answer`: by row, what the decider gets.
  static void compare(const StrategyBlock& strategy, const Side& side, std::int64_t point,
                      bool is_reached, std::vector<double>& answer, Equations& found) {
    const Decider& who = *side.who;
    const auto actions = static_cast<std::size_t>(who.num_actions());
    double worst = 0.0;
    for (int type = 0; type < who.types; ++type) {
      const int first = who.row(type, 0);
      const double lambda = side.lambda[static_cast<std::size_t>(type)];
      double* logit = answer.data() + first;
      for (std::size_t a = 0; a < actions; ++a)
        logit[a] = who.is_open(static_cast<int>(a), type) ? who.log_weight[a] + lambda * logit[a]
                                                          : -infinity;
      const double normaliser = log_sum_exp({logit, actions});
      for (std::size_t a = 0; a < actions; ++a) {
        logit[a] -= normaliser;
        const double stored = strategy.at(first + static_cast<int>(a), point);
        if (logit[a] == -infinity && stored == -infinity) continue;  // not open, and never taken
        keep_worst(worst, std::abs(stored - logit[a]));
      }
    }
    keep_worst(found.residual, worst);
    if (!is_reached) return;
    keep_worst(found.residual_reached, worst);
    const auto row = [&](int type, std::size_t a) { return who.row(type, static_cast<int>(a)); };
    for (std::size_t a = 0; a < actions; ++a)
      for (int type = 1; type < who.types; ++type)
        for (int other = 0; other < type; ++other) {
          const double implied =
              log_ratio(strategy.at(row(type, a), point), strategy.at(row(other, a), point));
          const double recomputed = log_ratio(answer[static_cast<std::size_t>(row(type, a))],
                                              answer[static_cast<std::size_t>(row(other, a))]);
          if (std::isinf(implied) && implied == recomputed) continue;  // both tell the types apart
          keep_worst(found.beliefs, std::abs(implied - recomputed));
        }
  }

  /// Chance and passages: each player's own odds weigh, the analyst's odds move beliefs.
  void befall(int round, const Piece& piece) {
    const Structure& structure = layout_.structure();
    const PublicState& from = structure.states[static_cast<std::size_t>(piece.state)];
    const Shape& shape = layout_.shape(piece.state);
    const bool chance =
        structure.moves[static_cast<std::size_t>(from.move)].kind == MoveKind::chance;
    MELIAN_EXPECT(chance || from.num_branches == 1, "a passage has one branch");
    const std::vector<Way> ways = ways_from(round, piece.state);
    const std::size_t n = block(shape);
    std::vector<ChanceNews> news;
    std::vector<std::vector<double>> odds;  // per branch, [player][profile]
    for (const Way& way : ways) {
      news.push_back(news_of_outcome(layout_, piece.state, way.step.branch));
      odds.emplace_back(n, 1.0);
      for (int j = 0; chance && j < players_; ++j) {
        const double* own = layout_.game().odds_for(way.step.branch, j, shape.profiles);
        std::copy(own, own + shape.profiles, odds.back().begin() + j * shape.profiles);
      }
    }
    double* value = values_.now.at(round, piece.state) + piece.first * static_cast<std::int64_t>(n);
    std::vector<double> amount(n);
    Bayes bayes(layout_, piece.state);
    PointWalk walk(shape, piece.first);
    for (std::int64_t p = piece.first; p < piece.last; ++p, walk.next(), value += n) {
      std::fill(value, value + n, 0.0);
      for (std::size_t o = 0; o < ways.size(); ++o) {
        payoffs_along(ways[o], bayes.land(walk, ways[o].step, news[o]), amount);
        for (std::size_t i = 0; i < n; ++i) value[i] += odds[o][i] * amount[i];
      }
    }
  }

  const Layout& layout_;
  const Assessment& assessment_;
  const std::vector<std::uint8_t>& reached_;
  int players_;
  std::function<std::size_t(int)> size_;
  std::shared_ptr<Iterates> kept_;
  Iterates& values_;
  bool keep_values_ = false;
  Found total_;
};

}  // namespace

Equations check_equations(const Layout& layout, const Assessment& assessment,
                          const std::vector<std::uint8_t>& reached, const OnStep& on_step,
                          bool keep_values) {
  return ValueSweep(layout, assessment, reached, keep_values).run(on_step);
}

}  // namespace melian::checking
