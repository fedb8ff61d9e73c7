#include "claims/study_pieces.h"

#include <algorithm>
#include <chrono>
#include <map>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "answer/answer_json.h"
#include "answer/version.h"
#include "predict/bargaining_range.h"

namespace melian {
namespace {

using Json = nlohmann::ordered_json;

std::size_t at(int index) { return static_cast<std::size_t>(index); }

/// What variants and other lambdas show: a selection of the fields of an answer.
Json short_json(const Json& result) {
  Json out;
  out["lambda"] = result["method"]["lambda"];
  out["fingerprint"] = result["game"]["fingerprint"];
  out["outcomes"] = Json::object();
  for (const auto& [name, outcome] : result["outcomes"].items())
    out["outcomes"][name] = outcome["probability"];
  out["rounds_mean"] = result["rounds"]["mean"];
  out["unfinished"] = result["rounds"]["unfinished"];
  out["reached"] = result["rounds"]["reached"];
  out["tallies"] = result["tallies"];
  out["values"] = result["values"];
  out["equilibrium"] = result["equilibrium"];
  return out;
}

/// Who may accept an offer of this move, -1 when nobody.
int responder_to(const Structure& structure, int offer) {
  for (const PublicState& state : structure.states)
    for (int branch = state.first_branch; branch < state.first_branch + state.num_branches;
         ++branch)
      for (std::int64_t k = structure.acceptance_begin[at(branch)];
           k < structure.acceptance_begin[at(branch) + 1]; ++k)
        if (structure.acceptances[static_cast<std::size_t>(k)].move == offer &&
            structure.moves[at(state.move)].player >= 0)
          return structure.moves[at(state.move)].player;
  return -1;
}

Json ranges_json(const Game& game, const Answer& answer) {
  const Structure& structure = game.shape();
  Json out = Json::array();
  for (const auto& [offer, prediction] : answer.prediction.offers) {
    const int proposer = structure.moves[at(offer)].player,
              responder = responder_to(structure, offer);
    if (prediction.first_round < 1 || proposer < 0 || responder < 0) continue;
    Json pairs = Json::array();
    double weight = 0.0, with_range = 0.0;
    for (const BargainingRange& range :
         bargaining_range(game, answer.solution.assessment, offer, prediction.first_round,
                          prediction.first_round)) {
      Json types = Json::object();
      types[structure.players[at(proposer)].name] =
          type_name(structure.players[at(proposer)], range.proposer_type);
      types[structure.players[at(responder)].name] =
          type_name(structure.players[at(responder)], range.responder_type);
      pairs.push_back({{"types", std::move(types)},
                       {"low", range.low ? json_number(*range.low) : Json(nullptr)},
                       {"high", range.high ? json_number(*range.high) : Json(nullptr)},
                       {"empty", !range.low.has_value()},
                       {"share", json_number(range.share)},
                       {"width", json_number(range.width)},
                       {"weight", json_number(range.weight)}});
      weight += range.weight;
      with_range += range.weight * range.share;
    }
    if (!(weight > 0)) continue;
    out.push_back({{"proposer", structure.players[at(proposer)].name},
                   {"responder", structure.players[at(responder)].name},
                   {"offer", structure.moves[at(offer)].name},
                   {"round", prediction.first_round},
                   {"pairs", std::move(pairs)},
                   {"share_with_range", json_number(with_range / weight)}});
  }
  return out;
}

Json path_json(const Structure& structure, const Play& play, double frequency) {
  Json types = Json::object(), steps = Json::array();
  for (std::size_t i = 0; i < structure.players.size(); ++i)
    if (structure.players[i].num_types() > 1)
      types[structure.players[i].name] = type_name(structure.players[i], play.types[i]);
  for (const PlayStep& step : play.steps) {
    const Move& move = structure.moves[at(structure.states[at(step.state)].move)];
    if (move.kind == MoveKind::passage) continue;
    steps.push_back({{"round", step.round},
                     {"move", move.name},
                     {"player", move.player < 0 ? Json(nullptr)
                                                : Json(structure.players[at(move.player)].name)},
                     {"action", move.actions[at(structure.branches[at(step.branch)].action)]},
                     {"belief_before", json_number(step.belief_before)},
                     {"belief_after", json_number(step.belief_after)}});
  }
  return {
      {"types", std::move(types)},
      {"outcome", play.outcome < 0 ? Json(nullptr) : Json(structure.outcomes[at(play.outcome)])},
      {"last_round", play.last_round},
      {"unfinished", play.unfinished},
      {"frequency", json_number(frequency)},
      {"steps", std::move(steps)}};
}

/// For each outcome that is not rare, the sampled play of median length.
Json paths_json(const Game& game, const Answer& answer) {
  constexpr double rare = 0.02;
  constexpr std::size_t shown = 6;
  const Simulation simulation = simulate(game, answer.solution.assessment, sampled_plays, 1);
  std::map<int, std::vector<const Play*>> by_outcome;
  for (const Play& play : simulation.plays) by_outcome[play.outcome].push_back(&play);
  std::vector<std::vector<const Play*>> groups;
  for (auto& [outcome, plays] : by_outcome) {
    if (static_cast<double>(plays.size()) < rare * sampled_plays) continue;
    std::ranges::stable_sort(plays, {}, [](const Play* play) { return play->last_round; });
    groups.push_back(std::move(plays));
  }
  std::ranges::stable_sort(groups, std::ranges::greater{},
                           [](const auto& group) { return group.size(); });
  Json out = Json::array();
  for (std::size_t g = 0; g < std::min(shown, groups.size()); ++g)
    out.push_back(
        path_json(game.shape(), *groups[g][groups[g].size() / 2],
                  static_cast<double>(groups[g].size()) / static_cast<double>(sampled_plays)));
  return out;
}

}  // namespace

AnswerOptions options_for(const Study& study, const PieceRequest& request, const OnStep& on_step) {
  AnswerOptions out;
  out.solve.method = request.grid;
  out.solve.lambda = study.solve.lambda;
  out.solve.lambda_factor = request.lambda_factor;
  out.solve.measure = study.solve.measure;
  out.solve.ladder = request.ladder;
  out.solve.on_step = on_step;
  out.certify.tolerance = study.solve.tolerance;
  out.certify.residual_tolerance = study.solve.residual_tolerance;
  out.certify.on_step = on_step;
  out.with_certificate = request.certified;
  return out;
}

BeliefGrid grid_for(const Study& study, const Game& game) {
  BeliefGrid out;
  out.nodes = nodes_by_player(game.shape(), belief_axes(game, {}));
  for (const auto& [player, nodes] : study.solve.grid)
    for (std::size_t i = 0; i < out.nodes.size(); ++i)
      if ((player.empty() || game.shape().players[i].name == player) &&
          game.shape().players[i].num_types() > 1)
        out.nodes[i] = nodes;
  return out;
}

std::string grid_text(const Game& game, const BeliefGrid& grid) {
  const std::vector<Player>& players = game.shape().players;
  const std::vector<int> nodes = nodes_by_player(
      game.shape(),
      belief_axes(game, grid));  // the prior must be a node, so there may be more than asked for
  std::string out;
  for (std::size_t i = 0; i < players.size(); ++i)
    if (players[i].num_types() > 1)
      out += fmt::format("{}{}={}", out.empty() ? "" : ",", players[i].name, nodes[i]);
  return out;
}

std::string key_of(const Study& study, const PieceRequest& request) {
  const AnswerOptions options = options_for(study, request);
  std::string text =
      fmt::format("melian {} piece {}\n{}\n{}\n", program_version, piece_generation,
                  request.game->fingerprint, request.certified ? "answer" : "solution");
  text += fmt::format("grid {} thinned {}\nlambda {} x {}\n",
                      grid_text(*request.game, request.grid), request.grid.thinned,
                      options.solve.lambda ? number_text(*options.solve.lambda) : "of the model",
                      number_text(request.lambda_factor));
  text +=
      fmt::format("measure {} discounting {} ladder {}\n", static_cast<int>(options.solve.measure),
                  static_cast<int>(options.solve.discounting), request.ladder);
  if (request.certified)
    text += fmt::format("tolerance {} residual {}\n", number_text(options.certify.tolerance),
                        number_text(options.certify.residual_tolerance));
  return sha256(text);
}

std::int64_t count_piece_bytes(const Study& study, const PieceRequest& request,
                               const metric::Surroundings& around) {
  const Structure& structure = request.game->shape();
  const BeliefAxes axes = belief_axes(*request.game, request.grid);
  const std::int64_t reading =
      metric::count_read_bytes(request.atoms, structure, axes, true, false, around);
  return std::max(count_answer_bytes(*request.game, options_for(study, request)),
                  count_strategy_bytes(structure, axes) + reading);
}

Result<std::optional<Piece>> solve_piece(const Study& study, const PieceRequest& request,
                                         const metric::Surroundings& around,
                                         const OnStep& on_step) {
  const auto begun = std::chrono::steady_clock::now();
  bool stopped = false;
  const AnswerOptions options = options_for(study, request, [&](const Step& step) {
    stopped = stopped || (on_step && !on_step(step));
    return !stopped;
  });
  const Result<Answer> found = answer(*request.game, options);
  if (!found) return std::unexpected(found.error());
  if (stopped || found->solution.summary.termination == Termination::cancelled) return std::nullopt;

  const Json result = to_json(*request.game, *found, options);
  Json document;
  document["short"] = short_json(result);
  if (request.certified) {
    document["result"] = result;
    document["result"]["bargaining_ranges"] = ranges_json(*request.game, *found);
    document["result"]["paths"] = paths_json(*request.game, *found);
  }
  Piece out;
  out.game = request.game->fingerprint;
  out.kind = request.certified ? "answer" : "solution";
  out.lambda_factor = request.lambda_factor;
  out.grid = grid_text(*request.game, request.grid);
  out.program = program_version;
  out.document = document.dump();
  const auto numbers = metric::read_off(request.atoms, *request.game, found->solution.assessment,
                                        found->prediction, around);
  for (std::size_t a = 0; a < request.atoms.size(); ++a)
    out.numbers[metric::text_of(request.atoms[a])] = numbers[a];
  out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  return out;
}

}  // namespace melian
