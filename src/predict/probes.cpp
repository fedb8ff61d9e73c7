#include "predict/probes.h"

#include <algorithm>
#include <map>
#include <memory>
#include <tuple>

#include "predict/bargaining_range_sum.h"
#include "predict/hopeless_offers.h"
#include "predict/probes_places.h"
#include "predict/probes_reader.h"

namespace melian {
namespace {

using namespace prediction;
using Kind = Column::Kind;

std::size_t at(int index) { return static_cast<std::size_t>(index); }

template <class... Cases>
struct Overload : Cases... {
  using Cases::operator()...;
};

Column column(Kind kind, int index = 0, int detail = -1) { return {kind, index, detail, {}}; }

constexpr double round_off = 1e-12;  ///< of payoffs in the units of the model: a tie is no mistake

/// Adds up one probe over its places.
/// How many more rounds a play must see out from this round (from 0) to go on beyond `lasting`; 0:
/// it has.
int still_to_last(int lasting, int round) { return std::max(0, lasting - round); }

class Sum {
 public:
  Sum(const Board& board, const Probe& probe);
  void read(int round, int state, int table_round, const Places& places, const Backward* backward,
            const std::vector<int>& column);
  [[nodiscard]] Measured result() const;
  [[nodiscard]] bool holds_at(int state) const { return facts_.hold_at(state); }

 private:
  /// The move looked at in this public state, and the action forced there: -1 for none.
  [[nodiscard]] std::pair<int, int> forced_at(int state) const {
    if (probe_.then.empty()) return {*probe_.move, probe_.forced_action.value_or(-1)};
    for (const auto& forced : probe_.then.back())
      if (makes(board_.structure(), state, forced.first)) return forced;
    return {-1, -1};
  }
  struct Total {
    double amount = 0.0, divisor = 0.0, weight = 0.0;
  };
  void at_state(int round, int state, int table_round, const Places& places,
                const Backward* backward, const std::vector<int>& column);
  /// Odds of the wanted action by live profile, cut down to what is asked for.
  void share_at(int round, int state, int table_round, int point, const Backward* backward,
                const std::vector<int>& column, const double* going_on,
                std::vector<double>& share) const;
  /// The column of the backward sweep that says how likely play ends too soon; -1: it lasts anyway.
  [[nodiscard]] int ends_too_soon(int round, const std::vector<int>& column) const;
  void after_plain(int round, int state, int table_round, int branch, const Places& places,
                   const Backward& backward, const std::vector<int>& column);
  void after_branch(int round, int state, int table_round, int k, const Places& places,
                    const Backward* backward, const std::vector<int>& column);
  /// Adds a place: `amounts` [column][live profile] of the backward sweep, and how likely the place
  /// is by full profile.
  void add(Total& total, int round, const Shape& shape, const std::vector<double>& weights,
           const double* row, const double* odds, const std::vector<const double*>& amounts,
           std::span<const double> log_odds, const double* own_odds) const;

  const Board& board_;
  const Probe& probe_;
  Facts facts_;
  std::map<int, Total> by_round_;
};

Sum::Sum(const Board& board, const Probe& probe)
    : board_(board), probe_(probe), facts_(board, probe.given) {
  MELIAN_EXPECT(probe.move || (!probe.forced_action && !facts_.taking()),
                "an action is forced or taken at a move");
  MELIAN_EXPECT(probe.then.empty() || probe.forced_action,
                "a first action is forced before others");
  const bool share = std::holds_alternative<ActionShare>(probe.what),
             content = std::holds_alternative<ContentMean>(probe.what);
  MELIAN_EXPECT(!(share || content) || (probe.move && !probe.forced_action && !facts_.taking()),
                "shares of actions and contents are taken at a move");
  MELIAN_EXPECT(probe.lasting == 0 || share || content,
                "only shares of actions and contents pick plays that last");
}

void Sum::read(int round, int state, int table_round, const Places& places,
               const Backward* backward, const std::vector<int>& column) {
  if (probe_.then.empty() && !facts_.hold_at(state)) return;
  if (!probe_.forced_action && !facts_.taking())
    return at_state(round, state, table_round, places, backward, column);
  const PublicState& from = board_.structure().states[at(state)];
  const auto [move, forced] = forced_at(state);
  for (int k = 0; k < from.num_branches; ++k) {
    const int action = action_of(board_.structure(), state, from.first_branch + k, move);
    if (probe_.forced_action ? action == forced : facts_.takes(action))
      after_branch(round, state, table_round, k, places, backward, column);
  }
}

int Sum::ends_too_soon(int round, const std::vector<int>& column) const {
  const int rounds = probe_.lasting == 0 ? 0 : still_to_last(probe_.lasting, round);
  if (rounds == 0) return -1;
  // Behind the functional's own columns: those of 1, 2, ... rounds.
  return column[columns_for(probe_.what, board_.structure(), probe_.move).size() + at(rounds - 1)];
}

void Sum::share_at(int round, int state, int table_round, int point, const Backward* backward,
                   const std::vector<int>& column, const double* going_on,
                   std::vector<double>& share) const {
  const Structure& structure = board_.structure();
  const Shape& shape = board_.shape(state);
  const PublicState& from = structure.states[at(state)];
  const ActionShare& wanted = std::get<ActionShare>(probe_.what);
  const int mover = structure.moves[at(*probe_.move)].player;
  const int ends = ends_too_soon(round, column);
  const auto profiles = at(shape.profiles);
  std::fill(share.begin(), share.end(), 0.0);
  std::vector<double> best(wanted.mistaken ? at(shape.types(structure, mover)) : 0,
                           -std::numeric_limits<double>::infinity());
  std::vector<double> own = best,
                      after(backward != nullptr ? backward->columns().size() * profiles : 0);
  struct Mine {
    std::vector<double> odds, worth;  // by profile; to the mover, by type
  };
  std::vector<Mine> mine;  // branches with the action
  Footing footing;
  for (int k = 0; k < from.num_branches; ++k) {
    const bool taken =
        action_of(structure, state, from.first_branch + k, *probe_.move) == wanted.action;
    if (!taken && !wanted.mistaken) continue;
    const BranchReader reader(board_, round, state, k);
    reader.read(point, footing);
    if (backward != nullptr)
      backward->after(backward->effect(reader, table_round, state), reader, footing, after.data());
    for (std::size_t type = 0; type < best.size(); ++type) {
      bool open = false;
      for (std::size_t theta = 0; theta < profiles; ++theta)
        open = open || (shape.type_in(static_cast<int>(theta), mover) == static_cast<int>(type) &&
                        footing.odds[theta] > 0.0);
      own[type] = open ? own_expectation(board_, shape, mover, static_cast<int>(type),
                                         after.data() + at(column[0]) * profiles, footing.log_odds)
                       : -std::numeric_limits<double>::infinity();
      best[type] = std::max(best[type], own[type]);
    }
    if (!taken) continue;
    std::vector<double>& odds = mine.emplace_back(footing.odds, own).odds;
    if (ends >= 0)
      for (std::size_t theta = 0; theta < profiles; ++theta)
        odds[theta] *= going_on[theta] > 0.0
                           ? (1.0 - after[at(ends) * profiles + theta]) / going_on[theta]
                           : 0.0;
  }
  for (const auto& [odds, worth] : mine)
    for (std::size_t theta = 0; theta < profiles; ++theta) {
      const auto type = wanted.mistaken ? at(shape.type_in(static_cast<int>(theta), mover)) : 0;
      if (!wanted.mistaken || worth[type] < best[type] - round_off) share[theta] += odds[theta];
    }
}

void Sum::at_state(int round, int state, int table_round, const Places& places,
                   const Backward* backward, const std::vector<int>& column) {
  const Shape& shape = board_.shape(state);
  const auto* content = std::get_if<ContentMean>(&probe_.what);
  const bool share = std::holds_alternative<ActionShare>(probe_.what);
  const int ends = ends_too_soon(round, column);
  std::vector<double> at_once(
      at(shape.profiles),
      content != nullptr ? content_at(board_.structure(), state, content->variable) : 0.0);
  std::vector<double> going_on(at(shape.profiles), 1.0), log_odds(shape.axes.size());
  for (std::size_t n = 0; n < places.point.size(); ++n) {
    const int p = places.point[n];
    const auto amounts_of = [&](int c) {
      return backward->table(table_round, state).data() +
             (at(p) * backward->columns().size() + at(c)) * at(shape.profiles);
    };
    std::vector<double> weights = facts_.weights(places.row(n));
    if (ends >= 0) {
      for (std::size_t theta = 0; theta < going_on.size(); ++theta)
        going_on[theta] = std::max(0.0, 1.0 - amounts_of(ends)[theta]);
      for (std::size_t theta = 0; theta < weights.size(); ++theta)
        weights[theta] *= going_on[at(shape.profile_of_full[theta])];
    }
    std::vector<const double*> amounts;
    if (share) share_at(round, state, table_round, p, backward, column, going_on.data(), at_once);
    if (share || content != nullptr)
      amounts.push_back(at_once.data());
    else
      for (const int c : column) amounts.push_back(amounts_of(c));
    board_.log_odds_at(shape, p, log_odds);
    add(by_round_[round], round, shape, weights, places.row(n), nullptr, amounts, log_odds,
        nullptr);
  }
}

/// After a plain branch: what comes of it at all points at once, for all who ask.
void Sum::after_plain(int round, int state, int table_round, int branch, const Places& places,
                      const Backward& backward, const std::vector<int>& column) {
  const Structure& structure = board_.structure();
  const Shape& shape = board_.shape(state);
  const Backward::Taken& taken = backward.taken(round, state, table_round, branch);
  const Crossing& crossing = taken.crossing;
  const auto* payoff = std::get_if<ExpectedPayoff>(&probe_.what);
  const bool chance =
      structure.moves[at(structure.states[at(state)].move)].kind == MoveKind::chance;
  // What ended play is weighed by the odds themselves: they need not factorise.
  const double* own_odds = payoff != nullptr && chance && structure.branches[at(branch)].next < 0
                               ? board_.game().odds_for(branch, payoff->player, shape.profiles)
                               : nullptr;
  std::vector<double> weights, log_odds, odds(at(shape.profiles), 1.0);
  std::vector<const double*> amounts(column.size());
  Total& total = by_round_[round];
  for (std::size_t n = 0; n < places.point.size(); ++n) {
    const int p = places.point[n];
    for (std::size_t theta = 0; theta < odds.size() && !probe_.forced_action; ++theta)
      odds[theta] = crossing.likelihood(p, static_cast<int>(theta));
    facts_.weights(places.row(n), weights);
    for (std::size_t theta = 0; theta < weights.size(); ++theta)
      weights[theta] *= odds[at(shape.profile_of_full[theta])];
    for (std::size_t c = 0; c < column.size(); ++c)
      amounts[c] = taken.amounts.data() +
                   (at(p) * backward.columns().size() + at(column[c])) * at(shape.profiles);
    board_.log_odds_at(shape, p, log_odds);
    if (own_odds == nullptr && crossing.axis >= 0)
      log_odds[at(crossing.axis)] =
          moved_log_odds(log_odds[at(crossing.axis)], crossing.log_one[p] - crossing.log_zero[p]);
    add(total, round, shape, weights, places.row(n), odds.data(), amounts, log_odds, own_odds);
  }
}

void Sum::after_branch(int round, int state, int table_round, int k, const Places& places,
                       const Backward* backward, const std::vector<int>& column) {
  const Structure& structure = board_.structure();
  if (const int branch = structure.states[at(state)].first_branch + k; backward != nullptr) {
    const PlainBranch& plain = backward->crossings().branch(branch);
    if (plain.plain && plain.possible)
      return after_plain(round, state, table_round, branch, places, *backward, column);
  }
  const Shape& shape = board_.shape(state);
  const Move& move = structure.moves[at(structure.states[at(state)].move)];
  const BranchReader reader(board_, round, state, k);
  Backward::Effect effect;
  std::vector<double> after;
  if (backward != nullptr) {
    effect = backward->effect(reader, table_round, state);
    after.resize(backward->columns().size() * at(shape.profiles));
  }
  // What ended play is weighed by the odds themselves: they need not factorise.
  const auto* payoff = std::get_if<ExpectedPayoff>(&probe_.what);
  const double* own_odds =
      payoff != nullptr && move.kind == MoveKind::chance && reader.destination().ended()
          ? board_.game().odds_for(reader.branch(), payoff->player, shape.profiles)
          : nullptr;
  Footing footing;
  std::vector<double> forced;  // what is left to others, by those who have this action
  for (std::size_t n = 0; n < places.point.size(); ++n) {
    reader.read(places.point[n], footing);
    if (probe_.forced_action) reader.force(places.point[n], forced_at(state).first, forced);
    const std::vector<double>& odds = probe_.forced_action ? forced : footing.odds;
    std::vector<double> weights = facts_.weights(places.row(n));
    for (std::size_t theta = 0; theta < weights.size(); ++theta)
      weights[theta] *= odds[at(shape.profile_of_full[theta])];
    std::vector<const double*> amounts;
    if (backward != nullptr) {
      backward->after(effect, reader, footing, after.data());
      for (const int c : column) amounts.push_back(after.data() + at(c) * at(shape.profiles));
    }
    std::vector<double> log_odds = footing.log_odds;
    if (own_odds != nullptr) board_.log_odds_at(shape, places.point[n], log_odds);
    add(by_round_[round], round, shape, weights, places.row(n), odds.data(), amounts, log_odds,
        own_odds);
  }
}

void Sum::add(Total& total, int round, const Shape& shape, const std::vector<double>& weights,
              const double* row, const double* odds, const std::vector<const double*>& amounts,
              std::span<const double> log_odds, const double* own_odds) const {
  for (const double weight : weights) total.weight += weight;
  if (const auto* belief = std::get_if<MeanBelief>(&probe_.what)) {
    // Of all types but the first; what is left is the first's.
    const int types = board_.structure().players[at(belief->player)].num_types();
    for (int type = std::max(1, belief->type); type < (belief->type > 0 ? belief->type + 1 : types);
         ++type) {
      const int frozen = frozen_column(board_, shape, belief->player, type);
      const double now = frozen < 0 ? board_.belief(shape, log_odds, belief->player, type) : 0.0;
      for (std::size_t theta = 0; theta < weights.size(); ++theta) {
        if (weights[theta] == 0.0) continue;
        const double believed =
            frozen < 0 ? weights[theta] * now
                       : board_.profile_weight()[theta] * row[frozen + static_cast<int>(theta)] *
                             (odds != nullptr ? odds[shape.profile_of_full[theta]] : 1.0);
        const double rest = type == 1 ? weights[theta] - believed : -believed;
        total.amount += belief->type > 0 ? believed : rest;
      }
    }
    return;
  }
  if (const auto* payoff = std::get_if<ExpectedPayoff>(&probe_.what)) {
    static thread_local std::vector<double> expected;
    own_expectations(board_, shape, payoff->player, amounts[0], log_odds, own_odds, expected);
    for (std::size_t theta = 0; theta < weights.size(); ++theta)
      if (weights[theta] > 0.0)
        total.amount += weights[theta] *
                        expected[at(shape.type_in(shape.profile_of_full[theta], payoff->player))];
    return;
  }
  const double begun = std::holds_alternative<ExpectedRounds>(probe_.what) ? round + 1 : 0.0;
  for (std::size_t theta = 0; theta < weights.size(); ++theta) {
    total.amount += weights[theta] * (begun + amounts[0][shape.profile_of_full[theta]]);
    if (amounts.size() > 1)
      total.divisor += weights[theta] * amounts[1][shape.profile_of_full[theta]];
  }
}

Measured Sum::result() const {
  // The mean offer at the start is that of the first round in which any is made.
  const bool first_only = std::holds_alternative<OfferMean>(probe_.what) && !probe_.move;
  Total total;
  for (const auto& [round, part] : by_round_) {
    if (first_only && total.weight > 0.0) break;
    total.amount += part.amount;
    total.divisor += part.divisor;
    total.weight += part.weight;
  }
  const bool ratio = columns_for(probe_.what, board_.structure(), probe_.move).size() > 1;
  const double divisor = ratio ? total.divisor : total.weight;
  Measured out;
  out.weight = total.weight;
  if (divisor > 0.0) out.value = total.amount / divisor;
  return out;
}

}  // namespace

std::vector<Column> prediction::columns_for(const Functional& what, const Structure& structure,
                                            std::optional<int> move) {
  if (const auto* share = std::get_if<ActionShare>(&what); share != nullptr && share->mistaken)
    return {column(Kind::payoff, structure.moves[at(*move)].player)};
  return std::visit(
      Overload{
          [](const OutcomeProbability& f) {
            return std::vector<Column>{{Kind::ends_in, 0, -1, f.outcomes}};
          },
          [](const ExpectedRounds&) { return std::vector{column(Kind::rounds_left)}; },
          [](const EndsWithin& f) {
            return std::vector<Column>{{Kind::ends_within, f.rounds, -1, f.outcomes}};
          },
          [](const CutOff&) { return std::vector{column(Kind::cut_off)}; },
          [](const ExpectedTally& f) { return std::vector{column(Kind::tally, f.tally)}; },
          [](const ExpectedPayoff& f) { return std::vector{column(Kind::payoff, f.player)}; },
          [](const OfferMean& f) {
            return std::vector{column(Kind::offer_sum, f.move), column(Kind::move_made, f.move)};
          },
          [](const AcceptedMean& f) {
            return std::vector{column(Kind::accepted_sum, f.move),
                               column(Kind::accepted_count, f.move)};
          },
          [](const OfferAccepted& f) { return std::vector{column(Kind::accepted, f.move)}; },
          [](const NextAction& f) {
            return std::vector{column(Kind::next_action, f.move, f.action),
                               column(Kind::move_made, f.move)};
          },
          [](const MoveMade& f) { return std::vector{column(Kind::move_made, f.move, f.action)}; },
          [](const auto&) { return std::vector<Column>{}; },
      },
      what);
}

double prediction::content_at(const Structure& structure, int state, int variable) {
  for (std::int64_t k = structure.memory[at(state)]; k < structure.memory[at(state) + 1]; ++k)
    if (const auto [which, content] = structure.remembered[static_cast<std::size_t>(k)];
        which == variable)
      return std::stod(structure.variables[at(variable)].domain[at(content)]);
  MELIAN_EXPECT(false, "the variable is remembered: " + describe_state(structure, state));
  return 0.0;
}

Measured prediction::from_prediction(const Game& game, const Prediction& prediction,
                                     const Probe& probe) {
  MELIAN_EXPECT(!probe.move, "hazards and news are taken at the start");
  Measured out;
  if (const auto* hazard = std::get_if<Hazard>(&probe.what)) {
    const Profiles full(game.shape().players, game.shape().everyone());
    double ended = 0.0;
    for (std::size_t theta = 0; theta < prediction.profile_weight.size(); ++theta) {
      double going = prediction.profile_weight[theta];
      for (const Given& fact : probe.given) {
        const auto* type = std::get_if<TypeIs>(&fact);
        MELIAN_EXPECT(type != nullptr, "hazards may be given types only");
        if ((full.type_of(static_cast<int>(theta), type->player) == type->type) == type->negated)
          going = 0.0;
      }
      const std::vector<double>& by_round = prediction.hazard_by_profile[theta];
      if (hazard->round < 1 || at(hazard->round) > by_round.size()) continue;
      for (int r = 1; r < hazard->round; ++r) going *= 1.0 - by_round[at(r - 1)];
      out.weight += going;
      ended += going * by_round[at(hazard->round - 1)];
    }
    if (out.weight > 0.0) out.value = ended / out.weight;
    return out;
  }
  const News& news = std::get<News>(probe.what);
  MELIAN_EXPECT(probe.given.empty(), "news takes no facts");
  const Information& about = prediction.information[at(news.player)];
  const int last = std::min(probe.last_round, static_cast<int>(about.talk.size()));
  double bits = 0.0;
  int reached = 0;
  for (int r = std::max(1, probe.first_round); r <= last; ++r) {
    const double here = (news.talk ? about.talk[at(r - 1)] : 0.0) +
                        (news.battlefield ? about.battlefield[at(r - 1)] : 0.0);
    const double probability = prediction.reached_by_round[at(r - 1)];
    out.weight += probability;
    if (probability <= 0.0) continue;
    ++reached;
    bits += news.per_round_reached ? here / probability : here;
  }
  if (!news.per_round_reached) out.value = bits;
  if (news.per_round_reached && reached > 0) out.value = bits / reached;
  return out;
}

bool prediction::same_way(const Probe& one, const Probe& two) {
  const auto moves_of = [](const std::map<int, int>& step) {
    std::vector<int> out;
    for (const auto& [move, action] : step) out.push_back(move);
    return out;
  };
  const auto remembered = [](const Probe& probe) {
    std::vector<std::tuple<int, int, bool>> out;
    for (const Given& fact : probe.given)
      if (const auto* content = std::get_if<RemembersContent>(&fact))
        out.emplace_back(content->variable, content->content, content->negated);
    return out;
  };
  return !one.then.empty() && one.move == two.move && one.forced_action == two.forced_action &&
         one.first_round == two.first_round && one.last_round == two.last_round &&
         one.then.size() == two.then.size() &&
         std::equal(one.then.begin(), one.then.end() - 1, two.then.begin()) &&
         moves_of(one.then.back()) == moves_of(two.then.back()) &&
         remembered(one) == remembered(two);
}

Reader prediction::reader_for(const Probe& probe, const Structure& structure) {
  Reader out;
  out.first_round = probe.first_round;
  out.last_round = probe.last_round;
  if (const auto* hopeless = std::get_if<HopelessOffers>(&probe.what)) {
    out.move = hopeless->move;
    out.columns = HopelessSum::columns(structure, hopeless->move);
    return out;
  }
  const auto* share = std::get_if<RangeShare>(&probe.what);
  const auto* width = std::get_if<RangeWidth>(&probe.what);
  if (share != nullptr || width != nullptr) {
    out.move = share != nullptr ? share->offer : width->offer;
    out.columns = RangeSum::columns(structure, out.move);
    out.far = true;
    return out;
  }
  const auto* mean = std::get_if<OfferMean>(&probe.what);
  out.move = probe.move ? *probe.move : mean != nullptr ? mean->move : -1;
  out.beliefs = std::holds_alternative<MeanBelief>(probe.what);
  out.columns = columns_for(probe.what, structure, probe.move);
  for (int rounds = 1; rounds <= probe.lasting; ++rounds)
    out.columns.push_back(column(Kind::ends_within, rounds));
  if (!probe.then.empty()) {
    out.forced.push_back({{*probe.move, *probe.forced_action}});
    out.forced.insert(out.forced.end(), probe.then.begin(), probe.then.end());
  }
  return out;
}

std::vector<Measured> measure(const Game& game, const Assessment& assessment,
                              std::span<const Probe> probes, const Prediction* prediction,
                              Prediction* ends) {
  const Board board(game, assessment);
  std::optional<Prediction> own;
  std::vector<std::unique_ptr<Sum>> sums(probes.size());
  std::vector<std::unique_ptr<RangeSum>> ranges(probes.size());
  std::vector<std::unique_ptr<HopelessSum>> hopeless(probes.size());
  std::vector<Reader> readers;
  std::vector<int> reader_of(probes.size(), -1);  // of probes that force their way
  std::vector<Measured> out(probes.size());
  readers.reserve(probes.size());
  for (std::size_t k = 0; k < probes.size(); ++k) {
    const Probe& probe = probes[k];
    MELIAN_EXPECT(!probe.move || (*probe.move >= 0 && at(*probe.move) < game.shape().moves.size()),
                  "a move of the game");
    if (std::holds_alternative<Hazard>(probe.what) || std::holds_alternative<News>(probe.what)) {
      if (prediction == nullptr && (ends == nullptr || std::holds_alternative<News>(probe.what)))
        prediction = &own.emplace(predict(game, assessment));
      continue;
    }
    const auto* share = std::get_if<RangeShare>(&probe.what);
    const auto* width = std::get_if<RangeWidth>(&probe.what);
    if (share != nullptr || width != nullptr) {
      MELIAN_EXPECT(!probe.move, "a bargaining range is taken where its offer is made");
      ranges[k] = std::make_unique<RangeSum>(board, share != nullptr ? share->offer : width->offer,
                                             probe.given);
      readers.push_back(ranges[k]->reader(probe.first_round, probe.last_round));
      continue;
    }
    if (std::holds_alternative<HopelessOffers>(probe.what)) {
      MELIAN_EXPECT(!probe.move, "hopeless offers are looked for where they are made");
      hopeless[k] = std::make_unique<HopelessSum>(board, probe.what, probe.given);
      readers.push_back(hopeless[k]->reader(probe.first_round, probe.last_round));
      continue;
    }
    sums[k] = std::make_unique<Sum>(board, probe);
    Reader& reader = readers.emplace_back(reader_for(probe, game.shape()));
    if (!reader.forced.empty()) {
      for (std::size_t earlier = 0; earlier < k && reader.same_detour < 0; ++earlier)
        if (reader_of[earlier] >= 0 && same_way(probes[earlier], probe))
          reader.same_detour = reader_of[earlier];
      reader_of[k] = static_cast<int>(readers.size()) - 1;
      reader.starts_at = [sum = sums[k].get()](int state) { return sum->holds_at(state); };
    }
    reader.read = [sum = sums[k].get()](int round, int state, int table_round, const Places& places,
                                        const Backward* backward, const std::vector<int>& column) {
      sum->read(round, state, table_round, places, backward, column);
    };
  }
  std::optional<PlayCount> count;
  if (ends != nullptr) count.emplace(board);
  if (count || !readers.empty()) sweep_places(board, readers, count ? &*count : nullptr);
  if (count) count->finish(*ends);
  for (std::size_t k = 0; k < probes.size(); ++k) {
    if (std::holds_alternative<Hazard>(probes[k].what) ||
        std::holds_alternative<News>(probes[k].what))
      out[k] = from_prediction(game, prediction != nullptr ? *prediction : *ends, probes[k]);
    if (sums[k]) out[k] = sums[k]->result();
    if (hopeless[k]) out[k] = hopeless[k]->result();
    if (ranges[k])
      out[k] = std::holds_alternative<RangeShare>(probes[k].what) ? ranges[k]->share()
                                                                  : ranges[k]->width();
  }
  return out;
}

int can_remember(const Structure& structure, int move, int variable) {
  bool some = false, all = true;
  for (std::size_t s = 0; s < structure.states.size(); ++s) {
    if (structure.states[s].move != move) continue;
    bool here = false;
    for (std::int64_t k = structure.memory[s]; k < structure.memory[s + 1]; ++k)
      here = here || structure.remembered[static_cast<std::size_t>(k)].variable == variable;
    some = some || here;
    all = all && here;
  }
  return !some ? 0 : all ? 2 : 1;
}

}  // namespace melian
