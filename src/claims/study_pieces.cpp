#include "claims/study_pieces.h"

#include <algorithm>
#include <chrono>
#include <map>

#include <fmt/core.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "answer/answer_json.h"
#include "answer/version.h"
#include "claims/piece_solutions.h"
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
Json paths_json(const Game& game, const Simulation& simulation) {
  constexpr double rare = 0.02;
  constexpr std::size_t shown = 6;
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
  out.certify.uncertified = study.solve.uncertified;
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
  if (request.on_tree)
    text += fmt::format("tree, solution {} of {} select {}\n", request.choice.solution,
                        request.named_in ? request.named_in->fingerprint : "the same",
                        request.choice.select);
  if (request.look) text += fmt::format("others looked for, select {}\n", request.choice.select);
  text += fmt::format("grid {} thinned {}\nlambda {} x {}\n",
                      request.on_tree ? "" : grid_text(*request.game, request.grid),
                      request.on_tree ? 0 : request.grid.thinned,
                      options.solve.lambda ? number_text(*options.solve.lambda) : "of the model",
                      number_text(request.lambda_factor));
  text +=
      fmt::format("measure {} discounting {} ladder {}\n", static_cast<int>(options.solve.measure),
                  static_cast<int>(options.solve.discounting), request.ladder || request.on_tree);
  if (request.certified)
    text += fmt::format("tolerance {} residual {} uncertified {}\n",
                        number_text(options.certify.tolerance),
                        number_text(options.certify.residual_tolerance),
                        fmt::join(options.certify.uncertified, ","));
  return sha256(text);
}

std::int64_t count_piece_bytes(const Study& study, const PieceRequest& request,
                               const metric::Surroundings& around) {
  const Structure& structure = request.game->shape();
  if (request.on_tree) {
    // A node, with the numbers of its history and of its row in the system of equations.
    constexpr double bytes_a_node = 2000.0;
    return static_cast<std::int64_t>(
        bytes_a_node *
        std::min(count_tree_nodes(*request.game), static_cast<double>(UnrollOptions{}.max_nodes)));
  }
  const BeliefAxes axes = belief_axes(*request.game, request.grid);
  const std::int64_t reading =
      metric::count_read_bytes(request.atoms, structure, axes, true, false, around);
  return std::max(count_answer_bytes(*request.game, options_for(study, request)),
                  count_strategy_bytes(structure, axes) + reading);
}

namespace {

/// One game of a study solved and read, by grid or by tree.
class PieceMaker {
 public:
  PieceMaker(const PieceRequest& request, const metric::Surroundings& around,
             const AnswerOptions& options)
      : request_(request), game_(*request.game), around_(around), options_(options) {}

  /// Errors: what the solver refuses.
  Result<void> make() {
    Result<void> made = request_.on_tree ? by_tree() : by_grid();
    if (made && !stopped() && request_.look) made = look();
    return made;
  }

  [[nodiscard]] bool stopped() const {
    return answer_.solution.summary.termination == Termination::cancelled;
  }
  [[nodiscard]] Json document() const {
    const Json result = to_json(game_, answer_, options_);
    Json out;
    out["short"] = short_json(result);
    if (request_.look) out["equilibria"] = equilibria_;
    if (!request_.certified) return out;
    out["result"] = result;
    if (request_.look) out["result"]["equilibria"] = equilibria_;
    out["result"]["bargaining_ranges"] =
        request_.on_tree ? Json::array() : ranges_json(game_, answer_);
    out["result"]["paths"] = paths_json(
        game_, request_.on_tree ? simulate_solution(game_, *form_, tree_->log_strategy,
                                                    options_.solve.measure, sampled_plays, 1)
                                : simulate(game_, answer_.solution.assessment, sampled_plays, 1));
    return out;
  }
  /// By metric text, of the answer and of the other solutions.
  [[nodiscard]] std::map<std::string, std::optional<double>> numbers() const { return numbers_; }

 private:
  Result<void> by_grid() {
    Result<Answer> found = answer(game_, options_);
    if (!found) return std::unexpected(found.error());
    answer_ = *std::move(found);
    if (!stopped())
      keep({}, metric::read_off(request_.atoms, game_, answer_.solution.assessment,
                                answer_.prediction, around_));
    return {};
  }

  Result<void> by_tree() {
    TreeChoice choice;
    choice.choice.solution = request_.choice.solution;
    if (!request_.choice.select.empty()) choice.choice.select = request_.choice.select;
    choice.named_in = request_.named_in;
    choice.look = request_.look;
    Result<TreeAnswer> found = answer_on_tree(game_, options_, choice);
    if (!found) return std::unexpected(found.error());
    answer_ = std::move(found->answer);
    form_ = std::move(found->form);
    tree_ = std::move(found->solution);
    if (!stopped()) keep({}, on_tree(tree_->log_strategy));
    return {};
  }

  /// The equilibria beside the answer, and what claims measure there.
  Result<void> look() {
    Equilibria equilibria;
    if (request_.on_tree) {
      equilibria = equilibria_of(*form_, *tree_);
      if (request_.named_in != nullptr && !request_.choice.solution.empty())
        equilibria.how =
            "the solution is followed here from the game in which it is named; others were not "
            "looked for";
    } else {
      LookOptions how;
      how.on_step = options_.solve.on_step;
      LookedBeside beside = look_with_strategies(game_, answer_, options_, how);
      equilibria = std::move(beside.equilibria);
      form_ = std::move(beside.form);
      tree_ = std::move(beside.solution);
    }
    if (tree_ && tree_->summary.termination == TreeTermination::cancelled) {
      answer_.solution.summary.termination = Termination::cancelled;
      return {};
    }
    for (std::size_t k = 0; tree_ && k < equilibria.found.size(); ++k)
      if (!equilibria.found[k].chosen)
        keep(equilibria.found[k].id, on_tree(tree_->all[k].log_strategy));
    Result<Json> kept = kept_solutions(request_, std::move(equilibria), form_ ? &*form_ : nullptr,
                                       tree_ ? &*tree_ : nullptr);
    if (!kept) return std::unexpected(kept.error());
    equilibria_ = *std::move(kept);
    return {};
  }

  [[nodiscard]] std::vector<std::optional<double>> on_tree(
      const std::vector<double>& log_strategy) const {
    return numbers_on_tree(request_.atoms, game_, *form_, log_strategy, options_.solve.measure,
                           around_);
  }

  void keep(const std::string& solution, const std::vector<std::optional<double>>& numbers) {
    for (std::size_t a = 0; a < request_.atoms.size(); ++a) {
      const std::string text = metric::text_of(request_.atoms[a]);
      numbers_[solution.empty() ? text : number_in_solution(solution, text)] = numbers[a];
    }
  }

  const PieceRequest& request_;
  const Game& game_;
  const metric::Surroundings& around_;
  const AnswerOptions& options_;
  Answer answer_;
  std::optional<ExtensiveForm> form_;
  std::optional<TreeSolution> tree_;
  Json equilibria_;
  std::map<std::string, std::optional<double>> numbers_;
};

}  // namespace

Result<std::optional<Piece>> solve_piece(const Study& study, const PieceRequest& request,
                                         const metric::Surroundings& around,
                                         const OnStep& on_step) {
  const auto begun = std::chrono::steady_clock::now();
  bool stopped = false;
  const AnswerOptions options = options_for(study, request, [&](const Step& step) {
    stopped = stopped || (on_step && !on_step(step));
    return !stopped;
  });
  PieceMaker maker(request, around, options);
  if (const Result<void> made = maker.make(); !made) return std::unexpected(made.error());
  if (stopped || maker.stopped()) return std::nullopt;
  Piece out;
  out.game = request.game->fingerprint;
  out.kind = request.certified ? "answer" : "solution";
  out.lambda_factor = request.lambda_factor;
  out.grid = request.on_tree ? "" : grid_text(*request.game, request.grid);
  out.program = program_version;
  out.document = maker.document().dump();
  out.numbers = maker.numbers();
  out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  return out;
}

}  // namespace melian
