#include <algorithm>
#include <cmath>

#include "predict/backward.h"
#include "predict/collector.h"
#include "predict/forward.h"
#include "predict/predict_accepted.h"

namespace melian {
namespace {

using namespace prediction;

std::size_t at(int index) { return static_cast<std::size_t>(index); }

/// Payoffs at the start, under the players' own beliefs and odds (unless `out` has them), and
/// acceptances that can happen more than once.
void evaluate_backward(const Board& board, Prediction& out, const OnStep& on_step) {
  const Structure& structure = board.structure();
  std::vector<Column> columns;
  const int valued = out.values.empty() ? structure.num_players() : 0;
  for (int j = 0; j < valued; ++j) columns.push_back({Column::Kind::payoff, j, -1, {}});
  std::vector<int> repeated;
  for (const auto& [move, offer] : out.offers)
    if (can_be_accepted_again(board, move)) {
      repeated.push_back(move);
      columns.push_back({Column::Kind::accepted, move, -1, {}});
    }
  if (columns.empty()) return;
  Backward backward(board, columns);
  if (!backward.sweep(
          {}, [&](double done) { return !on_step || on_step({"predict", 0.5 + 0.5 * done}); }))
    return;
  const std::vector<double> start = backward.at_start();
  const Shape& root = board.shape(structure.root);
  for (int j = 0; j < valued; ++j) {
    const int types = structure.players[at(j)].num_types();
    auto& values = out.values.emplace_back(at(types), 0.0);
    const std::vector<double> others = board.profiles_given_own(j, true);
    for (int theta = 0; theta < board.full().count(); ++theta) {
      const int type = types > 1 ? board.full().type_of(theta, j) : 0;
      values[at(type)] += others[at(theta)] *
                          start[at(j) * at(root.profiles) + at(root.profile_of_full[at(theta)])];
    }
  }
  for (std::size_t k = 0; k < repeated.size(); ++k) {
    double probability = 0.0;
    for (int theta = 0; theta < board.full().count(); ++theta)
      probability +=
          out.profile_weight[at(theta)] *
          start[(at(valued) + k) * at(root.profiles) + at(root.profile_of_full[at(theta)])];
    out.offers[repeated[k]].accepted = probability;
  }
}

std::vector<StartStrategy> strategy_at_start(const Board& board) {
  const Structure& structure = board.structure();
  std::vector<StartStrategy> out;
  const Shape& shape = board.shape(structure.root);
  const Move& move = structure.moves[at(structure.states[at(structure.root)].move)];
  const std::vector<Decider>& deciders = board.deciders(structure.root);
  for (std::size_t d = 0; d < deciders.size(); ++d) {
    const Decider& one = deciders[d];
    const double* first = board.assessment().log_strategy.data() +
                          board.assessment().row(structure, 0, structure.root);
    for (int type = 0; type < structure.players[at(one.player)].num_types(); ++type) {
      StartStrategy& strategy = out.emplace_back();
      strategy.player = one.player;
      strategy.type = type;
      strategy.move =
          move.parts.empty() ? structure.states[at(structure.root)].move : move.parts[d];
      strategy.actions = one.actions;
      for (int k = 0; k < one.num_actions(); ++k) {
        const double* row =
            first + std::ptrdiff_t{one.row(shape.has(one.player) ? type : 0, k)} * shape.points;
        double probability = 0.0;
        for (std::size_t n = 0; n < board.start().point.size(); ++n)
          probability += board.start().weight[n] * std::exp(row[board.start().point[n]]);
        strategy.probabilities.push_back(probability);
      }
    }
  }
  return out;
}

}  // namespace

Prediction predict_from(const Game& game, const Assessment& assessment,
                        std::vector<std::vector<double>> values, const OnStep& on_step) {
  const Board board(game, assessment);
  Prediction out;
  out.values = std::move(values);
  Collector collector(board, out);
  ForwardHooks hooks;
  hooks.flow = [&](int round, bool closing, int branch, const Destination& to, const Flow& flow) {
    collector.flow(round, closing, branch, to, flow);
  };
  hooks.left = [&](int round, int state, const Standing& standing) {
    collector.leave(round, state, standing);
  };
  hooks.go_on = [&](double done) { return !on_step || on_step({"predict", 0.5 * done}); };
  sweep_forward(board, {.information = true}, hooks);
  collector.finish();
  evaluate_backward(board, out, on_step);
  out.start = strategy_at_start(board);
  return out;
}

Prediction predict(const Game& game, const Assessment& assessment, const OnStep& on_step) {
  return predict_from(game, assessment, {}, on_step);
}

RoundAcceptance acceptance_in(const OfferPrediction& offer, const std::vector<double>& numbers,
                              int round) {
  const auto r = static_cast<std::size_t>(round) - 1;
  if (round < 1 || r >= offer.reached_by_round.size() || r >= offer.accepted_by_round.size() ||
      offer.reached_by_round[r] <= 0.0)
    return {};
  double accepted = 0.0, sum = 0.0;
  for (std::size_t k = 0; k < numbers.size() && k < offer.accepted_by_round[r].size(); ++k) {
    accepted += offer.accepted_by_round[r][k];
    sum += offer.accepted_by_round[r][k] * numbers[k];
  }
  RoundAcceptance out;
  out.share = accepted / offer.reached_by_round[r];
  if (accepted > 0.0) out.mean = sum / accepted;
  return out;
}

std::map<std::string, double> printed_numbers(const Structure& structure,
                                              const Prediction& prediction) {
  std::map<std::string, double> out;
  for (std::size_t o = 0; o < prediction.outcomes.size(); ++o)
    out["outcomes." + structure.outcomes[o]] = prediction.outcomes[o];
  out["rounds.mean"] = prediction.rounds_mean;
  out["rounds.unfinished"] = prediction.unfinished;
  for (std::size_t k = 0; k < prediction.tallies.size(); ++k)
    out["tallies." + structure.tallies[k]] = prediction.tallies[k];
  for (std::size_t j = 0; j < prediction.values.size(); ++j) {
    const Player& player = structure.players[j];
    if (player.types.empty()) out["values." + player.name] = prediction.values[j].front();
    for (std::size_t k = 0; k < player.types.size(); ++k)
      out["values." + player.name + "." + player.types[k]] = prediction.values[j][k];
  }
  for (const auto& [move, offer] : prediction.offers) {
    const std::string name = "offers." + structure.moves[at(move)].name;
    if (offer.first_round == 0) continue;
    out[name + ".mean"] = offer.mean;
    if (structure.moves[at(move)].kind != MoveKind::offer) continue;
    out[name + ".accepted"] = offer.accepted;
    if (offer.accepted_mean) out[name + ".accepted_mean"] = *offer.accepted_mean;
  }
  for (std::size_t i = 0; i < prediction.information.size(); ++i)
    if (structure.players[i].num_types() > 1)
      out["information." + structure.players[i].name] = prediction.information[i].total;
  return out;
}

}  // namespace melian
