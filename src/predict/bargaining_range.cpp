#include "predict/bargaining_range.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "predict/bargaining_range_sum.h"

namespace melian {
namespace prediction {
namespace {

std::size_t at(int index) { return static_cast<std::size_t>(index); }
constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

bool accepts(const Structure& structure, int branch, int move, int action) {
  for (std::int64_t k = structure.acceptance_begin[at(branch)];
       k < structure.acceptance_begin[at(branch) + 1]; ++k) {
    const Structure::Acceptance& accepted = structure.acceptances[static_cast<std::size_t>(k)];
    if (accepted.move == move && accepted.action == action) return true;
  }
  return false;
}

/// Can the offer still be accepted on this branch or behind it in the same round?
bool leads_to_acceptance(const Board& board, int branch, int move, int action,
                         std::vector<signed char>& known) {
  const Structure& structure = board.structure();
  if (accepts(structure, branch, move, action)) return true;
  const int next = structure.branches[at(branch)].next;
  if (next < 0 || board.advance(branch) > 0 || structure.states[at(next)].entry ||
      structure.states[at(next)].move == move)
    return false;
  if (known[at(next)] >= 0) return known[at(next)] == 1;
  const PublicState& state = structure.states[at(next)];
  bool found = false;
  for (int b = state.first_branch; b < state.first_branch + state.num_branches && !found; ++b)
    found = leads_to_acceptance(board, b, move, action, known);
  known[at(next)] = found ? 1 : 0;
  return found;
}

}  // namespace

AnswerTo answer_to(const Board& board, int state, int k) {
  const Structure& structure = board.structure();
  AnswerTo out;
  int branch = structure.states[at(state)].first_branch + k;
  const int offer = structure.states[at(state)].move,
            action = structure.branches[at(branch)].action;
  out.way.push_back(state);
  for (;;) {
    if (accepts(structure, branch, offer, action)) return {};  // nobody is asked
    if (structure.branches[at(branch)].next < 0 || board.advance(branch) > 0) return {};
    state = structure.branches[at(branch)].next;
    out.way.push_back(state);
    const PublicState& here = structure.states[at(state)];
    if (structure.is_decision(state)) break;
    if (here.num_branches != 1) return {};
    branch = here.first_branch;
  }
  const PublicState& here = structure.states[at(state)];
  for (int j = 0; j < here.num_branches && out.accepting < 0; ++j)
    if (accepts(structure, here.first_branch + j, offer, action)) out.accepting = j;
  std::vector<signed char> known(structure.states.size(), -1);
  for (int j = 0; j < here.num_branches && out.accepting < 0; ++j)
    if (leads_to_acceptance(board, here.first_branch + j, offer, action, known)) out.accepting = j;
  if (out.accepting < 0) return {};
  out.state = state;
  return out;
}

Span both_at_least_zero(std::span<const double> number, std::span<const double> one,
                        std::span<const double> other) {
  Span out{infinity, -infinity};
  const auto include = [&](double x) {
    out.low = std::min(out.low, x);
    out.high = std::max(out.high, x);
  };
  for (std::size_t k = 0; k < number.size(); ++k) {
    if (one[k] >= 0.0 && other[k] >= 0.0) include(number[k]);
    if (k + 1 == number.size()) break;
    double low = 0.0, high = 1.0;  // in this cell
    bool known = true;
    for (const auto& f : {one, other}) {
      const double a = f[k], b = f[k + 1];
      known = known && std::isfinite(a) && std::isfinite(b);
      if (a < 0.0 && b < 0.0) known = false;
      if (a < 0.0 && b >= 0.0) low = std::max(low, a / (a - b));
      if (a >= 0.0 && b < 0.0) high = std::min(high, a / (a - b));
    }
    if (!known || high < low) continue;
    include(number[k] + low * (number[k + 1] - number[k]));
    include(number[k] + high * (number[k + 1] - number[k]));
  }
  return out;
}

RangeSum::RangeSum(const Board& board, int offer, std::span<const Given> given)
    : board_(board), offer_(offer), facts_(board, given) {
  const Structure& structure = board.structure();
  MELIAN_EXPECT(offer >= 0 && at(offer) < structure.moves.size() &&
                    structure.moves[at(offer)].kind == MoveKind::offer,
                "a bargaining range belongs to an offer");
  MELIAN_EXPECT(!facts_.taking(), "a bargaining range is judged before the offer is made");
  proposer_ = structure.moves[at(offer)].player;
  for (std::size_t s = 0; s < structure.states.size(); ++s) {
    if (structure.states[s].move != offer) continue;
    for (int k = 0; k < structure.states[s].num_branches; ++k) {
      const AnswerTo answer = answer_to(board, static_cast<int>(s), k);
      if (answer.state < 0) continue;
      const int responder = structure.moves[at(structure.states[at(answer.state)].move)].player;
      if (std::find(responders_.begin(), responders_.end(), responder) == responders_.end())
        responders_.push_back(responder);
    }
  }
}

std::vector<Column> RangeSum::columns(const Structure& structure, int offer) {
  std::vector<Column> out{{Column::Kind::payoff, structure.moves[at(offer)].player, -1, {}}};
  for (int i = 0; i < structure.num_players(); ++i)
    if (i != structure.moves[at(offer)].player) out.push_back({Column::Kind::payoff, i, -1, {}});
  return out;
}

Reader RangeSum::reader(int first_round, int last_round) {
  Reader out;
  out.far = true;
  out.move = offer_;
  out.first_round = first_round;
  out.last_round = last_round;
  out.columns.push_back({Column::Kind::payoff, proposer_, -1, {}});
  for (const int responder : responders_)
    out.columns.push_back({Column::Kind::payoff, responder, -1, {}});
  out.read = [this](int round, int state, int table_round, const Places& places,
                    const Backward* backward, const std::vector<int>& column) {
    if (facts_.hold_at(state)) read(round, state, table_round, places, *backward, column);
  };
  return out;
}

void RangeSum::weigh(int round, int state, int table_round, int k, const AnswerTo& answer,
                     const Places& places, const Backward& backward, const std::vector<int>& column,
                     Gains& gains) const {
  const Structure& structure = board_.structure();
  const PublicState& from = structure.states[at(answer.state)];
  const Shape& shape = board_.shape(answer.state);
  const auto responder_column =
      column[1 + at(static_cast<int>(
                     std::find(responders_.begin(), responders_.end(), gains.responder) -
                     responders_.begin()))];
  const int answer_table_round = structure.states[at(answer.state)].timed ? table_round : -1;
  gains.number.push_back(structure.moves[at(offer_)].numbers[at(
      structure.branches[at(structure.states[at(state)].first_branch + k)].action)]);
  const auto owns = types_of(proposer_), types = types_of(gains.responder);
  // Expectations by branch of the answer: [branch][place][type], the proposer's and the
  // responder's.
  std::vector<std::vector<double>> proposer(at(from.num_branches)),
      responder(at(from.num_branches));
  std::vector<double> after(backward.columns().size() * at(shape.profiles));
  Footing footing;
  for (int j = 0; j < from.num_branches; ++j) {
    const BranchReader reader(board_, round, answer.state, j);
    const Backward::Effect effect = backward.effect(reader, answer_table_round, answer.state);
    for (const int place : places.point) {
      int p = place;
      for (std::size_t step = 0; step + 1 < answer.way.size(); ++step)
        p = board_.projection(answer.way[step], answer.way[step + 1]).point[at(p)];
      reader.read(p, footing);
      backward.after(effect, reader, footing, after.data());
      for (std::size_t own = 0; own < owns; ++own)
        proposer[at(j)].push_back(own_expectation(
            board_, shape, proposer_, shape.has(proposer_) ? static_cast<int>(own) : 0,
            after.data() + at(column[0]) * at(shape.profiles), footing.log_odds));
      for (std::size_t type = 0; type < types; ++type)
        responder[at(j)].push_back(own_expectation(
            board_, shape, gains.responder, shape.has(gains.responder) ? static_cast<int>(type) : 0,
            after.data() + at(responder_column) * at(shape.profiles), footing.log_odds));
    }
  }
  const auto has = [&](std::size_t type, int j) {
    return !shape.has(gains.responder) ||
           (structure.branches[at(from.first_branch + j)].open_to >> type & 1U) != 0;
  };
  gains.responder_gain.resize(types * places.point.size());
  gains.proposer_gain.resize(types * owns * places.point.size());
  for (std::size_t n = 0; n < places.point.size(); ++n)
    for (std::size_t type = 0; type < types; ++type) {
      int best = -1;
      const std::size_t here = types * n + type;
      for (int j = 0; j < from.num_branches; ++j)
        if (j != answer.accepting && has(type, j) &&
            (best < 0 || responder[at(j)][here] > responder[at(best)][here]))
          best = j;
      // A type that cannot accept, or can do nothing else, compares nothing.
      const auto accepting = at(answer.accepting);
      const bool compares = best >= 0 && has(type, answer.accepting);
      gains.responder_gain[here].push_back(
          compares ? responder[accepting][here] - responder[at(best)][here] : unknown);
      for (std::size_t own = 0; own < owns; ++own)
        gains.proposer_gain[(n * owns + own) * types + type].push_back(
            compares ? proposer[accepting][owns * n + own] - proposer[at(best)][owns * n + own]
                     : unknown);
    }
}

void RangeSum::read(int round, int state, int table_round, const Places& places,
                    const Backward& backward, const std::vector<int>& column) {
  const Structure& structure = board_.structure();
  const PublicState& from = structure.states[at(state)];
  std::map<int, Gains> by_responder;
  std::vector<std::pair<double, int>> offers;
  for (int k = 0; k < from.num_branches; ++k)
    offers.emplace_back(structure.moves[at(offer_)]
                            .numbers[at(structure.branches[at(from.first_branch + k)].action)],
                        k);
  std::sort(offers.begin(), offers.end());
  for (const auto& [number, k] : offers) {
    const AnswerTo answer = answer_to(board_, state, k);
    if (answer.state < 0) continue;
    const int responder = structure.moves[at(structure.states[at(answer.state)].move)].player;
    Gains& gains = by_responder[responder];
    gains.responder = responder;
    weigh(round, state, table_round, k, answer, places, backward, column, gains);
  }
  const std::size_t owns = types_of(proposer_);
  for (const auto& [responder, gains] : by_responder) {
    const std::size_t types = types_of(responder);
    for (std::size_t n = 0; n < places.point.size(); ++n) {
      const std::vector<double> weights = facts_.weights(places.row(n));
      std::vector<double> by_pair(owns * types, 0.0);
      for (std::size_t theta = 0; theta < weights.size(); ++theta)
        by_pair[at(board_.full().type_of(static_cast<int>(theta), proposer_)) * types +
                at(board_.full().type_of(static_cast<int>(theta), responder))] += weights[theta];
      for (std::size_t own = 0; own < owns; ++own)
        for (std::size_t type = 0; type < types; ++type) {
          const double weight = by_pair[own * types + type];
          if (weight == 0.0) continue;
          const Span range =
              both_at_least_zero(gains.number, gains.responder_gain[types * n + type],
                                 gains.proposer_gain[(n * owns + own) * types + type]);
          Total& total = total_[{responder, static_cast<int>(own), static_cast<int>(type)}];
          total.weight += weight;
          if (range.empty()) continue;
          total.non_empty += weight;
          total.low += weight * range.low;
          total.high += weight * range.high;
          total.width += weight * (range.high - range.low);
        }
    }
  }
}

std::size_t RangeSum::types_of(int player) const {
  return at(board_.structure().players[at(player)].num_types());
}

std::vector<BargainingRange> RangeSum::pairs() const {
  std::vector<BargainingRange> out;
  for (const auto& [key, total] : total_) {
    BargainingRange pair;
    std::tie(pair.responder, pair.proposer_type, pair.responder_type) = key;
    pair.weight = total.weight;
    pair.share = total.non_empty / total.weight;
    pair.width = total.width / total.weight;
    if (total.non_empty > 0.0) {
      pair.low = total.low / total.non_empty;
      pair.high = total.high / total.non_empty;
    }
    out.push_back(pair);
  }
  return out;
}

Measured RangeSum::share() const {
  Measured out;
  double sum = 0.0;
  for (const auto& [key, total] : total_) {
    out.weight += total.weight;
    sum += total.non_empty;
  }
  if (out.weight > 0.0) out.value = sum / out.weight;
  return out;
}

Measured RangeSum::width() const {
  Measured out;
  double sum = 0.0;
  for (const auto& [key, total] : total_) {
    out.weight += total.weight;
    sum += total.width;
  }
  if (out.weight > 0.0) out.value = sum / out.weight;
  return out;
}

}  // namespace prediction

std::vector<BargainingRange> bargaining_range(const Game& game, const Assessment& assessment,
                                              int offer, int first_round, int last_round,
                                              std::span<const Given> given) {
  using namespace prediction;
  const Board board(game, assessment);
  RangeSum sum(board, offer, given);
  Reader reader = sum.reader(first_round, last_round);
  sweep_places(board, {&reader, 1});
  return sum.pairs();
}

}  // namespace melian
