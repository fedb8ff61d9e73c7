#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/core.h>
#include <fmt/ranges.h>

#include "answer/answer_json.h"
#include "melian/comparative_statics.h"
#include "melian/report.h"

namespace melian {
namespace {

std::size_t at(int index) { return static_cast<std::size_t>(index); }

std::unexpected<Diagnostics> unknown(const std::string& message, const std::string& word = {},
                                     const std::vector<std::string>& candidates = {}) {
  Diagnostic diagnostic;
  diagnostic.code = "M0922";
  diagnostic.message = message;
  if (!candidates.empty())
    diagnostic.expected = fmt::format("one of: {}", fmt::join(candidates, ", "));
  const std::string near = nearest_word(word, candidates);
  if (!near.empty()) diagnostic.hint = fmt::format("did you mean `{}`?", near);
  return std::unexpected(Diagnostics{diagnostic});
}

/// The name is right, but this answer has no such number.
std::unexpected<Diagnostics> absent(const std::string& message) {
  return std::unexpected(Diagnostics{placeless(absent_quantity_code, message)});
}

std::vector<std::string> split(const std::string& text, const std::string& separator) {
  std::vector<std::string> parts;
  std::size_t from = 0;
  for (std::size_t found = text.find(separator); found != std::string::npos;
       found = text.find(separator, from)) {
    parts.push_back(text.substr(from, found - from));
    from = found + separator.size();
  }
  parts.push_back(text.substr(from));
  return parts;
}

std::optional<double> as_number(const std::string& text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(number)
                                                                  : std::nullopt;
}

std::vector<std::string> player_names(const Structure& structure) {
  std::vector<std::string> names;
  for (const Player& player : structure.players) names.push_back(player.name);
  return names;
}

Result<int> player_named(const Structure& structure, const std::string& name) {
  const std::vector<std::string> names = player_names(structure);
  const auto found = std::ranges::find(names, name);
  if (found == names.end())
    return unknown(fmt::format("the game has no player `{}`", name), name, names);
  return static_cast<int>(found - names.begin());
}

Result<int> type_named(const Player& player, const std::string& name) {
  if (player.types.empty() && name == only_type) return 0;
  const auto found = std::ranges::find(player.types, name);
  if (found == player.types.end())
    return unknown(fmt::format("{} has no type `{}`", player.name, name), name, player.types);
  return static_cast<int>(found - player.types.begin());
}

/// The wanted type of each player; -1 where `given` leaves it open.
using Given = std::vector<int>;

Result<Given> read_given(const Structure& structure, const std::string& text) {
  Given given(at(structure.num_players()), -1);
  for (const std::string& condition : split(text, " and ")) {
    const std::vector<std::string> sides = split(condition, " is ");
    if (sides.size() != 2)
      return unknown(fmt::format("`{}` is no condition: expected PLAYER is TYPE", condition));
    const Result<int> player = player_named(structure, sides[0]);
    if (!player) return std::unexpected(player.error());
    const Result<int> type = type_named(structure.players[at(*player)], sides[1]);
    if (!type) return std::unexpected(type.error());
    given[at(*player)] = *type;
  }
  return given;
}

bool is_open(const Given& given) {
  return std::ranges::all_of(given, [](int type) { return type < 0; });
}

/// Mean of `by_profile` over the profiles that agree with `given`, by the analyst's prior.
Result<double> mean_given(const Structure& structure, const Prediction& prediction,
                          const std::vector<double>& by_profile, const Given& given) {
  const Profiles profiles(structure.players, structure.everyone());
  double weight = 0, sum = 0;
  for (int p = 0; p < profiles.count(); ++p) {
    bool agrees = true;
    for (int i = 0; i < structure.num_players(); ++i)
      agrees = agrees && (given[at(i)] < 0 || profiles.type_of(p, i) == given[at(i)]);
    if (!agrees) continue;
    weight += prediction.profile_weight[at(p)];
    sum += prediction.profile_weight[at(p)] * by_profile[at(p)];
  }
  if (weight <= 0) return absent("no type profile with positive prior agrees with what is given");
  return sum / weight;
}

Result<double> outcome_quantity(const Structure& structure, const Prediction& prediction,
                                const std::string& name, const Given& given) {
  const auto found = std::ranges::find(structure.outcomes, name);
  if (found == structure.outcomes.end())
    return unknown(fmt::format("the game has no outcome `{}`", name), name, structure.outcomes);
  const auto outcome = static_cast<std::size_t>(found - structure.outcomes.begin());
  if (is_open(given)) return prediction.outcomes[outcome];
  return mean_given(structure, prediction, prediction.outcomes_by_profile[outcome], given);
}

/// "S" of a player with one type, or "D.weak".
Result<double> value_quantity(const Structure& structure, const Prediction& prediction,
                              const std::string& name) {
  const std::vector<std::string> path = split(name, ".");
  const Result<int> player = player_named(structure, path[0]);
  if (!player) return std::unexpected(player.error());
  const std::vector<double>& values = prediction.values[at(*player)];
  const Player& who = structure.players[at(*player)];
  if (path.size() == 2) {
    const Result<int> type = type_named(who, path[1]);
    if (!type) return std::unexpected(type.error());
    return values[at(*type)];
  }
  if (values.size() != 1)
    return unknown(
        fmt::format("{} has {} types: say whose value is meant", who.name, values.size()), {},
        who.types);
  return values[0];
}

std::vector<int> moves_named(const Structure& structure, const std::string& name) {
  std::vector<int> found;
  for (std::size_t m = 0; m < structure.moves.size(); ++m)
    if (structure.moves[m].name == name) found.push_back(static_cast<int>(m));
  return found;
}

std::vector<std::string> move_names(const Structure& structure) {
  std::vector<std::string> names;
  for (const Move& move : structure.moves)
    if (move.is_decision()) names.push_back(move.name);
  return names;
}

Result<std::vector<int>> some_moves_named(const Structure& structure, const std::string& name) {
  std::vector<int> moves = moves_named(structure, name);
  if (moves.empty())
    return unknown(fmt::format("the game has no move `{}`", name), name, move_names(structure));
  return moves;
}

/// The action written `text`; numbers compare as numbers.
std::optional<std::size_t> action_named(const Move& move, const std::string& text) {
  const std::optional<double> number = as_number(text);
  constexpr double same_number = 1e-9;  // offers are decimal texts; their grids are computed
  for (std::size_t a = 0; a < move.actions.size(); ++a) {
    if (move.actions[a] == text) return a;
    if (number && a < move.numbers.size() && std::abs(move.numbers[a] - *number) <= same_number)
      return a;
  }
  return std::nullopt;
}

/// Probability of each action at a move made in the first public state, for one type or (type -1)
/// over types by the prior.
Result<std::vector<double>> start_probabilities(const Structure& structure,
                                                const Prediction& prediction, int move, int type) {
  const Move& named = structure.moves[at(move)];
  if (std::ranges::find(prediction.start, move, &StartStrategy::move) == prediction.start.end())
    return unknown(fmt::format("`{}` is not the first move of the game", named.name));
  std::vector<double> by_action(named.actions.size(), 0.0);
  const Profiles profiles(structure.players, structure.everyone());
  for (const StartStrategy& start : prediction.start) {
    if (start.move != move || (type >= 0 && start.type != type)) continue;
    double weight = type >= 0 ? 1.0 : 0.0;
    if (type < 0)
      for (int p = 0; p < profiles.count(); ++p)
        if (profiles.type_of(p, start.player) == start.type)
          weight += prediction.profile_weight[at(p)];
    for (std::size_t k = 0; k < start.probabilities.size(); ++k)
      by_action[at(start.actions[k])] += weight * start.probabilities[k];
  }
  return by_action;
}

/// "S.y=0.26" or "D.weak.answer=accept".
Result<double> start_quantity(const Structure& structure, const Prediction& prediction,
                              const std::string& name) {
  const std::size_t equals = name.find('=');
  if (equals == std::string::npos)
    return unknown(
        fmt::format("`start.{}` names no action: expected start.PLAYER.MOVE=ACTION", name));
  const std::vector<std::string> path = split(name.substr(0, equals), ".");
  if (path.size() < 2 || path.size() > 3)
    return unknown(fmt::format(
        "`start.{}`: expected start.PLAYER.MOVE=ACTION or start.PLAYER.TYPE.MOVE=ACTION", name));
  const Result<int> player = player_named(structure, path[0]);
  if (!player) return std::unexpected(player.error());
  int type = -1;
  if (path.size() == 3) {
    const Result<int> named = type_named(structure.players[at(*player)], path[1]);
    if (!named) return std::unexpected(named.error());
    type = *named;
  }
  // Of choices made at the same time, any may be meant.
  const int root = structure.states[at(structure.root)].move;
  const auto meant = [&](int candidate) {
    return structure.moves[at(candidate)].name == path.back() &&
           structure.moves[at(candidate)].player == *player;
  };
  const std::vector<int>& parts = structure.moves[at(root)].parts;
  const auto part = std::ranges::find_if(parts, meant);
  const int move = part == parts.end() ? root : *part;
  const Move& first = structure.moves[at(move)];
  if (!meant(move))
    return unknown(fmt::format("`{}` of {} is not the first move of the game: that is `{}`",
                               path.back(), path[0], first.name));
  const std::optional<std::size_t> action = action_named(first, name.substr(equals + 1));
  if (!action)
    return unknown(fmt::format("`{}` has no action `{}`", first.name, name.substr(equals + 1)),
                   name.substr(equals + 1), first.actions);
  const Result<std::vector<double>> probabilities =
      start_probabilities(structure, prediction, move, type);
  if (!probabilities) return std::unexpected(probabilities.error());
  return (*probabilities)[*action];
}

/// "reply.resist": expected number of times the action is taken by expected number of times the
/// move is made.
Result<double> choice_quantity(const Structure& structure, const Prediction& prediction,
                               const std::string& name, const Given& given) {
  const std::size_t dot = name.find('.');
  if (dot == std::string::npos)
    return unknown(fmt::format("`choice.{}`: expected choice.MOVE.ACTION", name));
  const Result<std::vector<int>> moves = some_moves_named(structure, name.substr(0, dot));
  if (!moves) return std::unexpected(moves.error());
  double taken = 0, made = 0;
  for (int move : *moves) {
    const Move& named = structure.moves[at(move)];
    const std::optional<std::size_t> action = action_named(named, name.substr(dot + 1));
    if (!action)
      return unknown(fmt::format("`{}` has no action `{}`", named.name, name.substr(dot + 1)),
                     name.substr(dot + 1), named.actions);
    if (!is_open(given)) {
      for (int i = 0; i < structure.num_players(); ++i)
        if (given[at(i)] >= 0 && i != named.player)
          return unknown(fmt::format("`{}` is known by the mover's own type only", named.name));
      const Result<std::vector<double>> probabilities =
          start_probabilities(structure, prediction, move, given[at(named.player)]);
      if (!probabilities) return std::unexpected(probabilities.error());
      return (*probabilities)[*action];
    }
    const auto counted = prediction.choices_by_round.find(move);
    if (counted == prediction.choices_by_round.end()) {
      if (!named.is_numeric()) continue;
      const Result<std::vector<double>> probabilities =
          start_probabilities(structure, prediction, move, -1);
      if (!probabilities) return std::unexpected(probabilities.error());
      return (*probabilities)[*action];
    }
    for (const std::vector<double>& row : counted->second) {
      taken += row[*action];
      for (double times : row) made += times;
    }
  }
  if (made <= 0) return absent(fmt::format("`{}` is never reached", name.substr(0, dot)));
  return taken / made;
}

/// "y.mean", "y.mode", "y.accepted", "y.accepted_mean".
Result<double> offer_quantity(const Structure& structure, const Prediction& prediction,
                              const std::string& name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string::npos)
    return unknown(fmt::format(
        "`choices.{}`: expected choices.OFFER.mean, .mode, .accepted or .accepted_mean", name));
  const Result<std::vector<int>> moves = some_moves_named(structure, name.substr(0, dot));
  if (!moves) return std::unexpected(moves.error());
  if (moves->size() > 1)
    return unknown(fmt::format("several moves are called `{}`", name.substr(0, dot)));
  const int move = moves->front();
  const std::string wanted = name.substr(dot + 1);
  if (wanted == "mode") {
    const Result<std::vector<double>> probabilities =
        start_probabilities(structure, prediction, move, -1);
    if (!probabilities) return std::unexpected(probabilities.error());
    const auto most =
        static_cast<std::size_t>(std::ranges::max_element(*probabilities) - probabilities->begin());
    if (most >= structure.moves[at(move)].numbers.size())
      return unknown(fmt::format("`{}` is no offer of numbers", name.substr(0, dot)));
    return structure.moves[at(move)].numbers[most];
  }
  const auto offer = prediction.offers.find(move);
  if (offer == prediction.offers.end())
    return absent(fmt::format("`{}` is no offer that is ever made", name.substr(0, dot)));
  if (wanted == "mean") return offer->second.mean;
  if (structure.moves[at(move)].kind != MoveKind::offer)
    return unknown(fmt::format("`{}` is a number chosen, and nothing of it is accepted or refused",
                               name.substr(0, dot)),
                   wanted, {"mean", "mode"});
  if (wanted == "accepted") return offer->second.accepted;
  if (wanted == "accepted_mean" && offer->second.accepted_mean) return *offer->second.accepted_mean;
  if (wanted == "accepted_mean")
    return absent(fmt::format("no offer of `{}` is ever accepted", name.substr(0, dot)));
  return unknown(fmt::format("an offer has no `{}`", wanted), wanted,
                 {"mean", "mode", "accepted", "accepted_mean"});
}

Result<double> rounds_quantity(const Prediction& prediction, const std::string& name) {
  if (name == "mean") return prediction.rounds_mean;
  if (name == "unfinished") return prediction.unfinished;
  const std::optional<double> round = as_number(name);
  if (!round || *round < 1 || *round != std::floor(*round))
    return unknown(fmt::format("there is no `rounds.{}`", name), name,
                   {"mean", "unfinished", "1, 2, ..."});
  const auto r = static_cast<std::size_t>(*round) - 1;
  return r < prediction.rounds_distribution.size() ? prediction.rounds_distribution[r] : 0.0;
}

Result<double> information_quantity(const Structure& structure, const Prediction& prediction,
                                    const std::string& name) {
  const std::vector<std::string> path = split(name, ".");
  const Result<int> player = player_named(structure, path[0]);
  if (!player) return std::unexpected(player.error());
  if (path.size() != 2 || path[1] != "total" || at(*player) >= prediction.information.size())
    return unknown(fmt::format("there is no `information.{}`", name), {},
                   {"information.PLAYER.total"});
  return prediction.information[at(*player)].total;
}

}  // namespace

Result<double> quantity(const Structure& structure, const Prediction& prediction,
                        const std::string& name) {
  const std::vector<std::string> parts = split(name, " given ");
  Given given(at(structure.num_players()), -1);
  if (parts.size() > 2)
    return unknown(fmt::format("`{}` says `given` twice: join conditions with `and`", name));
  if (parts.size() == 2) {
    Result<Given> read = read_given(structure, parts[1]);
    if (!read) return std::unexpected(read.error());
    given = *std::move(read);
  }
  const std::size_t dot = parts[0].find('.');
  const std::string family = parts[0].substr(0, dot);
  const std::string rest = dot == std::string::npos ? "" : parts[0].substr(dot + 1);
  const bool takes_given = family == "outcomes" || family == "choice";
  if (!is_open(given) && !takes_given)
    return unknown(
        fmt::format("`{}` is not known by type: `given` goes with outcomes and choice", parts[0]));
  if (family == "outcomes") return outcome_quantity(structure, prediction, rest, given);
  if (family == "values") return value_quantity(structure, prediction, rest);
  if (family == "start") return start_quantity(structure, prediction, rest);
  if (family == "choice") return choice_quantity(structure, prediction, rest, given);
  if (family == "choices") return offer_quantity(structure, prediction, rest);
  if (family == "rounds") return rounds_quantity(prediction, rest);
  if (family == "information") return information_quantity(structure, prediction, rest);
  if (family == "tallies") {
    const auto found = std::ranges::find(structure.tallies, rest);
    if (found == structure.tallies.end())
      return unknown(fmt::format("the game has no tally `{}`", rest), rest, structure.tallies);
    return prediction.tallies[static_cast<std::size_t>(found - structure.tallies.begin())];
  }
  return unknown(
      fmt::format("there is no number called `{}`", name), family,
      {"outcomes", "values", "start", "choice", "choices", "rounds", "tallies", "information"});
}

}  // namespace melian
