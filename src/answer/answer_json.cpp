#include "answer/answer_json.h"

#include <algorithm>
#include <cmath>

#include "melian/beliefs.h"

namespace melian {
namespace {

using Json = nlohmann::ordered_json;

std::size_t at(int index) { return static_cast<std::size_t>(index); }

Json numbers_json(const std::vector<double>& numbers) {
  Json out = Json::array();
  for (double number : numbers) out.push_back(json_number(number));
  return out;
}

Json rows_json(const std::vector<std::vector<double>>& rows) {
  Json out = Json::array();
  for (const std::vector<double>& row : rows) out.push_back(numbers_json(row));
  return out;
}

/// A number that is -1 while nobody has computed it.
Json computed(double number) { return number < 0 ? Json(nullptr) : json_number(number); }

template <class Body>
Json by_player(const Structure& structure, const Body& body) {
  Json out = Json::object();
  for (int i = 0; i < structure.num_players(); ++i) {
    Json entry = body(i);
    if (!entry.is_null()) out[structure.players[at(i)].name] = std::move(entry);
  }
  return out;
}

Json by_type(const Player& player, const std::vector<double>& numbers) {
  Json out = Json::object();
  for (std::size_t k = 0; k < numbers.size(); ++k)
    out[type_name(player, static_cast<int>(k))] = json_number(numbers[k]);
  return out;
}

/// The types of a full profile, of those players who have some.
Json profile_json(const Structure& structure, const Profiles& profiles, int profile) {
  Json out = Json::object();
  for (int i = 0; i < structure.num_players(); ++i)
    if (structure.players[at(i)].num_types() > 1)
      out[structure.players[at(i)].name] =
          type_name(structure.players[at(i)], profiles.type_of(profile, i));
  return out;
}

/// A move's key among the results: its name; "answer of Kyiv" where other moves share the name;
/// numbered where the same player has several such moves.
std::string move_key(const Structure& structure, int move) {
  const Move& named = structure.moves[at(move)];
  int sharing = 0, before = 0;
  for (std::size_t m = 0; m < structure.moves.size(); ++m) {
    const Move& other = structure.moves[m];
    if (!other.is_decision() || other.name != named.name) continue;
    ++sharing;
    if (other.player == named.player && m < at(move)) ++before;
  }
  std::string key = named.name;
  if (sharing > 1 && named.player >= 0) key += " of " + structure.players[at(named.player)].name;
  if (before > 0) key += " (" + std::to_string(before + 1) + ")";
  return key;
}

const char* horizon_word(HorizonKind kind) {
  switch (kind) {
    case HorizonKind::none: return "none";
    case HorizonKind::finite: return "finite";
    case HorizonKind::forever: return "forever";
  }
  return "none";
}

/// The prior of types that are tied, profile by profile.
Json joint_priors_json(const Game& game) {
  const Structure& structure = game.shape();
  Json out = Json::array();
  for (std::size_t g = 0; g < structure.correlated.size(); ++g) {
    Json players = Json::array(), prior = Json::array();
    for (const int player : structure.correlated[g])
      players.push_back(structure.players[at(player)].name);
    for (std::size_t cell = 0; cell < game.numbers.joint[g].size(); ++cell) {
      Json types = Json::object();
      std::size_t rest = cell;
      for (std::size_t k = structure.correlated[g].size(); k-- > 0;) {
        const Player& player = structure.players[at(structure.correlated[g][k])];
        types[player.name] = player.types[rest % player.types.size()];
        rest /= player.types.size();
      }
      prior.push_back(
          {{"types", std::move(types)}, {"probability", json_number(game.numbers.joint[g][cell])}});
    }
    out.push_back({{"players", std::move(players)}, {"prior", std::move(prior)}});
  }
  return out;
}

/// `on_grid`: whether a grid answered.
Json game_json(const Game& game, const Assessment& assessment, bool on_grid) {
  const Structure& structure = game.shape();
  Json players = Json::array();
  for (int i = 0; i < structure.num_players(); ++i) {
    const Player& player = structure.players[at(i)];
    Json entry = {{"name", player.name}, {"types", player.types}};
    entry["prior"] = player.types.empty() ? Json::array() : numbers_json(game.numbers.prior[at(i)]);
    if (!player.note.empty()) entry["note"] = player.note;
    players.push_back(std::move(entry));
  }
  Json out;
  out["name"] = structure.title;
  out["fingerprint"] = game.fingerprint;
  out["sources"] = structure.sources;
  out["players"] = std::move(players);
  if (!structure.correlated.empty()) out["joint_priors"] = joint_priors_json(game);
  out["public_states"] = structure.states.size();
  out["belief_points"] =
      on_grid ? Json(assessment.axes.num_points(structure.everyone())) : Json(nullptr);
  out["horizon"] = horizon_word(structure.horizon);
  out["rounds"] = structure.horizon == HorizonKind::finite ? Json(structure.rounds) : Json(nullptr);
  return out;
}

/// One number where all players and types share it, else by player and type.
Json lambda_json(const Structure& structure, const Assessment& assessment) {
  std::vector<double> all;
  for (const auto& of_player : assessment.lambda)
    all.insert(all.end(), of_player.begin(), of_player.end());
  if (!all.empty() &&
      std::ranges::all_of(all, [&](double lambda) { return lambda == all.front(); }))
    return json_number(all.front());
  return by_player(structure, [&](int i) {
    return i < static_cast<int>(assessment.lambda.size())
               ? by_type(structure.players[at(i)], assessment.lambda[at(i)])
               : Json(nullptr);
  });
}

Json grid_json(const Structure& structure, const std::vector<int>& nodes) {
  return by_player(structure, [&](int i) -> Json {
    if (structure.players[at(i)].num_types() < 2 || i >= static_cast<int>(nodes.size()))
      return nullptr;
    return nodes[at(i)];
  });
}

/// What was asked for, where it differs from what was used.
Json asked_json(const Structure& structure, const Solution& solution, const AnswerOptions& asked) {
  Json out = Json::object();
  const std::vector<int>& nodes = std::get<BeliefGrid>(asked.solve.method).nodes;
  if (!nodes.empty()) {
    std::vector<int> wanted = nodes;
    if (wanted.size() == 1) wanted.assign(at(structure.num_players()), nodes.front());
    const Json grid = grid_json(structure, wanted);
    if (grid != grid_json(structure, solution.summary.nodes)) out["grid"] = grid;
  }
  return out;
}

const char* method_word(MethodName name) {
  switch (name) {
    case MethodName::automatic: return "auto";
    case MethodName::grid: return "grid";
    case MethodName::tree: return "tree";
  }
  return "grid";
}

Json method_json(const Structure& structure, const Answer& answer, const AnswerOptions& asked) {
  const Solution& solution = answer.solution;
  const Assessment& assessment = solution.assessment;
  Json out;
  out["name"] = solution.summary.method;
  out["chosen_by"] = method_word(answer.method.asked);
  if (!answer.method.why.empty()) out["why"] = answer.method.why;
  if (!answer.method.tried.empty()) out["tried"] = answer.method.tried;
  if (answer.tree) {
    out["nodes"] = answer.tree->nodes;
    out["steps"] = answer.tree->summary.steps;
    out["unknowns"] = answer.tree->summary.unknowns;
  }
  out["lambda"] = lambda_json(structure, assessment);
  out["grid"] = grid_json(structure, solution.summary.nodes);
  out["measure"] = assessment.measure == Measure::cells ? "cells" : "each";
  out["discounting"] =
      assessment.discounting == Discounting::current_value ? "current value" : "present value";
  const Json differing = asked_json(structure, solution, asked);
  if (!differing.empty()) out["asked"] = differing;
  out["termination"] = solution.summary.termination == Termination::converged ? "converged"
                       : solution.summary.termination == Termination::unsolved_decisions
                           ? "unsolved decisions"
                       : solution.summary.termination == Termination::not_settled ? "not settled"
                       : solution.summary.termination == Termination::cancelled   ? "cancelled"
                                                                                  : "not run";
  out["message"] = solution.summary.message;
  if (const auto& followed = solution.summary.followed)
    out["follow"] = {{"solves", followed->solves},
                     {"reached_beliefs", followed->nodes},
                     {"movement", computed(followed->movement)},
                     {"change", computed(followed->change)},
                     {"left_out", followed->left_out},
                     {"settled", followed->settled}};
  return out;
}

Json outcomes_json(const Structure& structure, const Prediction& prediction) {
  const Profiles profiles(structure.players, structure.everyone());
  JsonFields out;
  for (std::size_t o = 0; o < prediction.outcomes.size(); ++o) {
    Json by_types = Json::array();
    for (std::size_t p = 0; p < prediction.outcomes_by_profile[o].size(); ++p)
      by_types.push_back({{"types", profile_json(structure, profiles, static_cast<int>(p))},
                          {"probability", json_number(prediction.outcomes_by_profile[o][p])}});
    Json entry{{"probability", json_number(prediction.outcomes[o])},
               {"by_types", std::move(by_types)}};
    for (std::size_t j = 0; j < prediction.discounted_outcomes.size(); ++j)
      entry["discounted"][structure.players[j].name] =
          json_number(prediction.discounted_outcomes[j][o]);
    out.add(structure.outcomes[o], std::move(entry));
  }
  return std::move(out).object();
}

Json rounds_json(const Structure& structure, const Prediction& prediction) {
  const Profiles profiles(structure.players, structure.everyone());
  Json out;
  out["mean"] = json_number(prediction.rounds_mean);
  out["distribution"] = numbers_json(prediction.rounds_distribution);
  out["unfinished"] = json_number(prediction.unfinished);
  out["reached"] = numbers_json(prediction.reached_by_round);
  out["hazard"] = numbers_json(prediction.hazard);
  Json hazard_by_types = Json::array();
  for (std::size_t p = 0; p < prediction.hazard_by_profile.size(); ++p)
    hazard_by_types.push_back({{"types", profile_json(structure, profiles, static_cast<int>(p))},
                               {"hazard", numbers_json(prediction.hazard_by_profile[p])}});
  out["hazard_by_types"] = std::move(hazard_by_types);
  return out;
}

Json offers_json(const Structure& structure, const Prediction& prediction) {
  Json out = Json::object();
  for (const auto& [move, offer] : prediction.offers) {
    Json by_round = Json::array();
    for (std::size_t t = 0; t < offer.mean_by_round.size(); ++t)
      by_round.push_back(t < offer.reached_by_round.size() && offer.reached_by_round[t] > 0
                             ? json_number(offer.mean_by_round[t])
                             : Json(nullptr));
    const Move& made = structure.moves[at(move)];
    const bool is_offer = made.kind == MoveKind::offer;
    Json entry;
    entry[is_offer ? "proposer" : "player"] =
        made.player < 0 ? Json(nullptr) : Json(structure.players[at(made.player)].name);
    entry["mean"] = offer.first_round > 0 ? json_number(offer.mean) : Json(nullptr);
    entry["first_round"] = offer.first_round > 0 ? Json(offer.first_round) : Json(nullptr);
    if (is_offer) {
      const RoundAcceptance first = acceptance_in(offer, made.numbers, offer.first_round);
      entry["accepted"] = json_number(offer.accepted);
      entry["accepted_mean"] =
          offer.accepted_mean ? json_number(*offer.accepted_mean) : Json(nullptr);
      entry["first_round_accepted"] =
          offer.first_round > 0 ? json_number(first.share) : Json(nullptr);
      entry["first_round_accepted_mean"] = first.mean ? json_number(*first.mean) : Json(nullptr);
    }
    entry["mean_by_round"] = std::move(by_round);
    entry["reached_by_round"] = numbers_json(offer.reached_by_round);
    entry[is_offer ? "offers" : "numbers"] = numbers_json(made.numbers);
    entry["expected_by_round"] = rows_json(offer.expected_by_round);
    if (is_offer) entry["accepted_by_round"] = rows_json(offer.accepted_by_round);
    out[move_key(structure, move)] = std::move(entry);
  }
  return out;
}

/// How often each option of each choice is taken, by round.
Json actions_json(const Structure& structure, const Prediction& prediction) {
  Json out = Json::object();
  for (const auto& [move, by_round] : prediction.choices_by_round) {
    const Move& named = structure.moves[at(move)];
    out[move_key(structure, move)] = {
        {"player",
         named.player < 0 ? Json(nullptr) : Json(structure.players[at(named.player)].name)},
        {"actions", named.actions},
        {"expected_by_round", rows_json(by_round)}};
  }
  return out;
}

Json information_json(const Structure& structure, const Prediction& prediction) {
  return by_player(structure, [&](int i) -> Json {
    if (structure.players[at(i)].num_types() < 2 ||
        i >= static_cast<int>(prediction.information.size()))
      return nullptr;
    const Information& information = prediction.information[at(i)];
    Json out;
    out["talk"] = numbers_json(information.talk);
    out["battlefield"] = numbers_json(information.battlefield);
    out["per_round_reached"] = numbers_json(information.per_round_reached);
    out["total"] = json_number(information.total);
    out["prior_entropy"] = json_number(information.prior_entropy);
    out["end_entropy"] = json_number(information.end_entropy);
    out["splitting"] = json_number(information.splitting);
    return out;
  });
}

/// The analyst's mean belief in one type at the top of each round, by the player's true type.
Json belief_json(const Player& player, const Prediction& prediction,
                 const std::vector<std::vector<double>>& by_true_type) {
  Json given = Json::object();
  for (std::size_t k = 0; k < by_true_type.size(); ++k) {
    Json row = Json::array();
    const std::vector<double>& means = by_true_type[k];
    for (std::size_t t = 0; t < means.size(); ++t)
      row.push_back(t < prediction.reached_by_round.size() && prediction.reached_by_round[t] > 0
                        ? json_number(means[t])
                        : Json(nullptr));
    given[type_name(player, static_cast<int>(k))] = std::move(row);
  }
  return given;
}

/// Beliefs in each player's second type; in all of them where there are more.
Json beliefs_json(const Structure& structure, const Prediction& prediction) {
  return by_player(structure, [&](int i) -> Json {
    const Player& player = structure.players[at(i)];
    if (player.num_types() < 2 || i >= static_cast<int>(prediction.belief_by_round.size()))
      return nullptr;
    const auto& believed = prediction.belief_by_round[at(i)];
    Json out = {{"in", player.types[1]}, {"given", belief_json(player, prediction, believed[1])}};
    if (player.num_types() == 2) return out;
    Json all = Json::object();
    for (std::size_t k = 0; k < believed.size(); ++k)
      all[player.types[k]] = belief_json(player, prediction, believed[k]);
    out["by_type"] = std::move(all);
    return out;
  });
}

Json start_json(const Structure& structure, const Prediction& prediction) {
  Json out = Json::array();
  for (const StartStrategy& start : prediction.start) {
    const Move& move = structure.moves[at(start.move)];
    JsonFields probabilities;
    for (std::size_t k = 0; k < start.probabilities.size(); ++k)
      probabilities.add(move.actions[at(start.actions[k])], json_number(start.probabilities[k]));
    out.push_back({{"player", structure.players[at(start.player)].name},
                   {"type", type_name(structure.players[at(start.player)], start.type)},
                   {"move", move.name},
                   {"probabilities", std::move(probabilities).object()}});
  }
  return out;
}

Json solutions_json(const Structure& structure, const Solution& solution) {
  Json out = Json::array();
  for (const DecisionSolutions& decision : solution.several) {
    const Move& move = structure.moves[at(structure.states[at(decision.state)].move)];
    const std::vector<Decider> movers =
        deciders(structure, decision.state, solution.assessment.measure);
    Json listed = Json::array();
    for (const DecisionSolutions::One& one : decision.solutions) {
      Json strategies = Json::array();
      for (std::size_t d = 0; d < movers.size(); ++d)
        for (int type = 0; type < movers[d].types; ++type) {
          const Move& single = move.parts.empty() ? move : structure.moves[at(move.parts[d])];
          JsonFields probabilities;
          for (int a = 0; a < movers[d].num_actions(); ++a)
            probabilities.add(single.actions[at(movers[d].actions[at(a)])],
                              json_number(std::exp(one.log_strategy[at(movers[d].row(type, a))])));
          const Player& player = structure.players[at(movers[d].player)];
          strategies.push_back(
              {{"player", player.name},
               {"type", movers[d].types > 1 ? Json(player.types[at(type)]) : Json(nullptr)},
               {"probabilities", std::move(probabilities).object()}});
        }
      listed.push_back({{"followed", one.followed},
                        {"determinant_positive", one.stable},
                        {"strategies", std::move(strategies)}});
    }
    out.push_back(
        {{"place", decision.place}, {"all", decision.all}, {"solutions", std::move(listed)}});
  }
  return out;
}

Json equilibrium_json(const Game& game, const Solution& solution, bool on_grid) {
  const Structure& structure = game.shape();
  const SolveSummary& summary = solution.summary;
  Json out;
  out["unique"] = on_grid && proved_unique(game, solution) ? Json(true) : Json(nullptr);
  if (summary.searched > 0) out["searched_decisions"] = summary.searched;
  out["multiple_decisions"] = summary.several;
  out["branch_jumps"] = summary.jumps;
  out["unsolved_decisions"] = summary.unsolved;
  out["ladder"] = numbers_json(summary.ladder);
  out["places"] = summary.places;
  if (!solution.several.empty()) out["solutions"] = solutions_json(structure, solution);
  return out;
}

/// What the tree says; null where nobody asked it.
Json tree_check_json(const TreeCheck& tree) {
  if (tree.nodes == 0) return nullptr;
  const auto numbers = [](const std::map<std::string, double>& from) -> Json {
    if (from.empty()) return nullptr;
    Json out = Json::object();
    for (const auto& [name, number] : from) out[name] = json_number(number);
    return out;
  };
  return {{"nodes", tree.nodes},
          {"within", tree.checked ? Json(tree.within) : Json(nullptr)},
          {"moved", computed(tree.moved)},
          {"equilibrium", numbers(tree.found)},
          {"own_branch", numbers(tree.own_branch)}};
}

Json certificate_json(const Structure& structure, const Answer& answer,
                      const AnswerOptions& asked) {
  const Certificate& certificate = answer.certificate;
  Json exploitability = by_player(structure, [&](int i) -> Json {
    if (i >= static_cast<int>(certificate.exploitability.size())) return nullptr;
    Json out = Json::object();
    const std::vector<Exploitability>& of_player = certificate.exploitability[at(i)];
    for (std::size_t k = 0; k < of_player.size(); ++k)
      out[type_name(structure.players[at(i)], static_cast<int>(k))] = {
          {"gain", json_number(of_player[k].gain)}, {"ceiling", json_number(of_player[k].ceiling)}};
    return out;
  });
  JsonFields grid_error;
  for (const auto& [name, error] : certificate.grid_error) grid_error.add(name, json_number(error));
  Json out;
  out["checked"] = asked.with_certificate;
  out["residual"] = computed(certificate.residual);
  out["residual_reached"] = computed(certificate.residual_reached);
  out["beliefs"] = computed(certificate.beliefs);
  out["exploitability"] = std::move(exploitability);
  out["grid_error"] = std::move(grid_error).object();
  out["not_converging"] = certificate.not_converging;
  out["cell_step"] = computed(certificate.cell_step);
  out["path_error"] = computed(certificate.path_error);
  out["cell_change"] = computed(certificate.cell_change);
  out["torn"] = computed(certificate.torn);
  out["path"] = {{"mean", computed(certificate.path_mean)},
                 {"bound", computed(certificate.path_bound)}};
  out["plays"] = {
      {"count", certificate.plays.count},
      {"worst", computed(certificate.plays.worst)},
      {"smallest", computed(certificate.plays.smallest)},
      {"within", certificate.plays.count > 0 ? Json(certificate.plays.within) : Json(nullptr)}};
  if (certificate.ladder_error >= 0.0) out["ladder_error"] = json_number(certificate.ladder_error);
  out["unsolved_decisions"] = certificate.unsolved;
  out["reached"] = {{"unsolved_decisions", certificate.unsolved_reached},
                    {"multiple_decisions", certificate.several_reached},
                    {"branch_jumps", certificate.jumps_reached}};
  out["tolerance"] = computed(certificate.tolerance);
  out["residual_tolerance"] = computed(certificate.residual_tolerance);
  out["uncertified"] = certificate.uncertified;
  out["tree_checked"] = certificate.tree.checked;
  out["tree"] = tree_check_json(certificate.tree);
  out["holds"] = certificate.holds;
  out["why_not"] = certificate.why_not;
  if (answer.tree) {
    const TreeCertificate& tree = answer.tree->certificate;
    const auto by_name = [&](const std::vector<double>& numbers) {
      return by_player(structure, [&](int i) { return json_number(numbers[at(i)]); });
    };
    out["regret"] = by_name(tree.regret);
    out["ceiling"] = by_name(tree.ceiling);
  }
  out["try"] = certificate.try_next.empty() ? Json(nullptr) : Json(certificate.try_next);
  return out;
}

}  // namespace

nlohmann::ordered_json json_number(double number) {
  return std::isfinite(number) ? Json(number) : Json(nullptr);
}

nlohmann::ordered_json grid_json(const std::string& text) {
  Json out = Json::object();
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t equals = text.find('=', begin),
                      end = std::min(text.find(',', begin), text.size());
    out[text.substr(begin, equals - begin)] = std::stoi(text.substr(equals + 1, end - equals - 1));
    begin = end + 1;
  }
  return out;
}

std::string type_name(const Player& player, int type) {
  return player.types.empty() ? only_type : player.types[at(type)];
}

nlohmann::ordered_json to_json(const Game& game, const Answer& answer, const AnswerOptions& asked) {
  const Structure& structure = game.shape();
  const Prediction& prediction = answer.prediction;
  Json out;
  out["game"] = game_json(game, answer.solution.assessment, !answer.tree);
  out["method"] = method_json(structure, answer, asked);
  out["values"] = by_player(structure, [&](int i) {
    return by_type(structure.players[at(i)], prediction.values[at(i)]);
  });
  out["outcomes"] = outcomes_json(structure, prediction);
  out["rounds"] = rounds_json(structure, prediction);
  out["choices"] = offers_json(structure, prediction);
  out["actions"] = actions_json(structure, prediction);
  out["tallies"] = Json::object();
  for (std::size_t k = 0; k < prediction.tallies.size(); ++k)
    out["tallies"][structure.tallies[k]] = json_number(prediction.tallies[k]);
  out["information"] = information_json(structure, prediction);
  out["beliefs"] = beliefs_json(structure, prediction);
  out["equilibrium"] = equilibrium_json(game, answer.solution, !answer.tree);
  out["strategy_at_start"] = start_json(structure, prediction);
  out["certificate"] = certificate_json(structure, answer, asked);
  out["timing"] = {{"compile_seconds", json_number(answer.compile_seconds)},
                   {"solve_seconds", json_number(answer.solve_seconds)},
                   {"certify_seconds", json_number(answer.certify_seconds)},
                   {"decisions_solved", answer.solution.summary.decisions},
                   {"threads", num_threads()}};
  return out;
}

nlohmann::ordered_json to_json(const Equilibria& equilibria) {
  const auto verdict = [](const std::optional<bool>& holds) {
    return holds ? Json(*holds) : Json(nullptr);
  };
  Json found = Json::array();
  for (const Equilibrium& one : equilibria.found) {
    Json outcomes = Json::object(), values = Json::object();
    // Keys differ: looking each up first would take quadratic time.
    auto& fields = outcomes.get_ref<Json::object_t&>();
    for (const auto& [name, probability] : one.outcomes)
      fields.emplace_back(name, json_number(probability));
    for (const auto& [name, number] : one.values) values[name] = json_number(number);
    found.push_back(
        {{"id", one.id},
         {"outcomes", std::move(outcomes)},
         {"values", std::move(values)},
         {"survives",
          {{"intuitive", verdict(one.survives_intuitive)}, {"d1", verdict(one.survives_d1)}}},
         {"chosen", one.chosen}});
  }
  return {{"looked_for", equilibria.looked_for},
          {"how", equilibria.how},
          {"others_at_least", equilibria.others},
          {"found", std::move(found)},
          {"complete", false}};
}

}  // namespace melian
