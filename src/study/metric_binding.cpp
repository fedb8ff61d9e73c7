#include "study/metric_plan.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

#include <fmt/core.h>

namespace melian::metric {
namespace {

std::size_t at(int index) { return static_cast<std::size_t>(index); }

class Lookup {
 public:
  Lookup(const Structure& structure, const Surroundings& around, std::vector<Mistake>& mistakes)
      : structure_(structure), around_(around), mistakes_(mistakes) {}

  Plan plan(const Atom& atom) {
    Plan out;
    check_rounds(atom);
    check_lasting(atom);
    switch (atom.quantity) {
      case Quantity::base_rate: base_rate(atom, out); break;
      case Quantity::share:
      case Quantity::times: share(atom, out); break;
      case Quantity::level: level(atom, out); break;
      case Quantity::belief: belief(atom, out); break;
      case Quantity::range:
      case Quantity::range_width: range(atom, out); break;
      case Quantity::information: information(atom, out); break;
      case Quantity::hopeless:
      case Quantity::hopeless_gain: hopeless(atom, out); break;
      default: placed(atom, out);
    }
    return out;
  }

 private:
  void wrong(Span span, std::string message, std::string hint = {}) {
    mistakes_.push_back({span, std::move(message), {}, std::move(hint)});
  }
  void unknown(const Word& word, const std::string& what, const std::vector<std::string>& known) {
    const std::string near = nearest_word(word.text, known);
    std::string hint;
    if (!near.empty()) {
      hint = fmt::format("did you mean `{}`?", near);
    } else if (!known.empty()) {
      hint = "there is";
      for (std::size_t k = 0; k < known.size() && k < 12; ++k)
        hint += (k == 0 ? " " : ", ") + known[k];
      if (known.size() > 12) hint += ", ...";
    }
    wrong(word.span, fmt::format("the model has no {} `{}`", what, word.text), hint);
  }

  static std::optional<int> index_of(const std::vector<std::string>& names,
                                     const std::string& name) {
    const auto found = std::ranges::find(names, name);
    if (found != names.end()) return static_cast<int>(found - names.begin());
    return std::nullopt;
  }
  static std::optional<double> number_of(const std::string& word) {
    double out = 0.0;
    const auto read = std::from_chars(word.data(), word.data() + word.size(), out);
    if (read.ec != std::errc{} || read.ptr != word.data() + word.size()) return std::nullopt;
    return out;
  }
  /// The same for contents and actions, where `0.40` is `0.4`.
  static std::optional<int> content_of(const std::vector<std::string>& contents,
                                       const std::string& text) {
    if (const auto exact = index_of(contents, text)) return exact;
    const auto wanted = number_of(text);
    if (!wanted) return std::nullopt;
    for (std::size_t k = 0; k < contents.size(); ++k)
      if (const auto here = number_of(contents[k]);
          here && std::abs(*here - *wanted) <= 1e-9 * std::max(1.0, std::abs(*wanted)))
        return static_cast<int>(k);
    return std::nullopt;
  }

  std::vector<std::string> player_names() const {
    std::vector<std::string> out;
    for (const Player& player : structure_.players) out.push_back(player.name);
    return out;
  }
  std::optional<int> player(const Word& word) {
    const auto found = index_of(player_names(), word.text);
    if (!found) unknown(word, "player", player_names());
    return found;
  }
  std::optional<int> type(int player, const Word& word) {
    const Player& whose = structure_.players[at(player)];
    const auto found = index_of(whose.types, word.text);
    if (!found) {
      if (whose.types.empty())
        wrong(word.span, fmt::format("{} has no types", whose.name));
      else
        unknown(word, fmt::format("type of {}", whose.name), whose.types);
    }
    return found;
  }

  /// Which moves a quantity is about: any, those whose actions are numbers, or offers, which alone
  /// can be accepted.
  enum class Asked { any, number, offer };
  static bool fits(const Move& move, Asked asked) {
    return asked == Asked::any || (asked == Asked::number && move.is_numeric()) ||
           move.kind == MoveKind::offer;
  }
  std::vector<std::string> move_names(Asked asked) const {
    std::set<std::string> out;
    for (const Move& move : structure_.moves)
      if (!move.name.empty() && move.kind != MoveKind::passage && fits(move, asked))
        out.insert(move.name);
    return {out.begin(), out.end()};
  }
  std::vector<int> moves(const Word& name, const Word& of, Asked asked) {
    std::vector<int> out;
    std::optional<int> whose;
    if (!of.empty() && !(whose = player(of))) return out;
    for (std::size_t m = 0; m < structure_.moves.size(); ++m) {
      const Move& move = structure_.moves[m];
      if (move.name == name.text && move.kind != MoveKind::passage && fits(move, asked) &&
          (!whose || move.player == *whose))
        out.push_back(static_cast<int>(m));
    }
    if (out.empty()) {
      if (whose && !moves_named(name.text).empty())
        wrong(of.span, fmt::format("`{}` is no move of {}", name.text, of.text));
      else if (asked != Asked::any && !moves_named(name.text).empty())
        wrong(name.span,
              fmt::format("`{}` is no {}", name.text,
                          asked == Asked::offer ? "offer" : "offer or number chosen"),
              "a quantity of offers needs the name that stands after `offers`");
      else
        unknown(name,
                asked == Asked::any     ? "move"
                : asked == Asked::offer ? "offer"
                                        : "offer or number chosen",
                move_names(asked));
    }
    return out;
  }
  std::vector<int> moves_named(const std::string& name) const {
    std::vector<int> out;
    for (std::size_t m = 0; m < structure_.moves.size(); ++m)
      if (structure_.moves[m].name == name && structure_.moves[m].kind != MoveKind::passage)
        out.push_back(static_cast<int>(m));
    return out;
  }

  void check_rounds(const Atom& atom) {
    if (structure_.horizon != HorizonKind::finite || atom.quantity == Quantity::base_rate) return;
    const int last = std::max(atom.rounds ? atom.rounds->first : 0, atom.round_argument);
    if (last > structure_.rounds)
      wrong(atom.span,
            fmt::format("round {} lies beyond the horizon of {} rounds", last, structure_.rounds));
  }

  /// Plays are picked by how long they will last only where what is measured is settled at once.
  void check_lasting(const Atom& atom) {
    if (atom.lasting == 0) return;
    if (atom.quantity != Quantity::share && atom.quantity != Quantity::level)
      wrong(atom.span, "only a share or a level can be taken over plays `lasting` beyond a round",
            "other quantities depend on what is still to come");
    if (structure_.horizon == HorizonKind::finite && atom.lasting > structure_.rounds)
      wrong(atom.span, fmt::format("round {} lies beyond the horizon of {} rounds", atom.lasting,
                                   structure_.rounds));
  }

  /// All conditions at this move (-1: at the start).
  std::vector<Given> givens(const Atom& atom, int move) {
    std::vector<Given> out;
    for (const Condition& condition : atom.given)
      if (const auto fact = given(condition, atom, move)) out.push_back(*fact);
    return out;
  }

  std::optional<Given> given(const Condition& condition, const Atom& atom, int move) {
    const auto pick = [&](const std::vector<std::string>& contents, const std::string& what) {
      const auto chosen = content_of(contents, condition.content.text);
      if (!chosen) unknown(condition.content, what, contents);
      return chosen;
    };
    if (const auto who = index_of(player_names(), condition.subject.text)) {
      const auto type = pick(structure_.players[at(*who)].types,
                             fmt::format("type of {}", condition.subject.text));
      return type ? std::optional<Given>(TypeIs{*who, *type, condition.negated}) : std::nullopt;
    }
    if (move >= 0 && structure_.moves[at(move)].name == condition.subject.text) {
      if (!atom.action.empty()) {
        wrong(condition.subject.span,
              fmt::format("`after {} {}` already says which action is taken", atom.move.text,
                          atom.action.text));
        return std::nullopt;
      }
      const auto action = pick(structure_.moves[at(move)].actions,
                               fmt::format("action of `{}`", condition.subject.text));
      return action ? std::optional<Given>(Takes{*action, condition.negated}) : std::nullopt;
    }
    std::vector<std::string> variables;
    for (const Variable& variable : structure_.variables) variables.push_back(variable.name);
    const auto variable = index_of(variables, condition.subject.text);
    if (!variable) {
      for (const std::string& name : player_names()) variables.push_back(name);
      unknown(condition.subject, "player, choice or state", variables);
      return std::nullopt;
    }
    if (move < 0) {
      wrong(condition.subject.span,
            fmt::format("`{}` can be given only at a move", condition.subject.text),
            "at the start only types can be given; add `at MOVE` or `after MOVE ACTION`");
      return std::nullopt;
    }
    if (can_remember(structure_, move, *variable) == 0) {
      wrong(condition.subject.span,
            fmt::format("where `{}` is made, `{}` is not known any more, or not yet",
                        structure_.moves[at(move)].name, condition.subject.text),
            "choices are forgotten at the top of a phase: keep one in a state of the model");
      return std::nullopt;
    }
    const auto content = pick(structure_.variables[at(*variable)].domain,
                              fmt::format("content of `{}`", condition.subject.text));
    return content ? std::optional<Given>(RemembersContent{*variable, *content, condition.negated})
                   : std::nullopt;
  }

  /// A probe for every move of that name (whose action it is, if one is forced).
  void add_probes(const Atom& atom, const Functional& what, const std::vector<int>& at_moves,
                  Plan& out) {
    for (int move : at_moves) {
      Probe probe;
      probe.what = what;
      if (move >= 0) probe.move = move;
      if (!atom.action.empty() && move >= 0) {
        probe.forced_action = content_of(structure_.moves[at(move)].actions, atom.action.text);
        if (!probe.forced_action) continue;
      }
      if (atom.rounds)
        probe.first_round = atom.rounds->first, probe.last_round = atom.rounds->second;
      probe.lasting = atom.lasting;
      probe.given = givens(atom, move);
      probe.then = steps(atom);
      if (probe.then.size() == atom.then.size()) out.probes.push_back(std::move(probe));
    }
  }

  /// The further actions forced one after the other; shorter than asked for when one is unknown.
  std::vector<std::map<int, int>> steps(const Atom& atom) {
    std::vector<std::map<int, int>> out;
    for (const Forced& next : atom.then) {
      std::map<int, int> action_of_move;
      for (int move : with_action(next.move, next.player, next.action))
        if (const auto action = content_of(structure_.moves[at(move)].actions, next.action.text))
          action_of_move[move] = *action;
      if (!action_of_move.empty()) out.push_back(std::move(action_of_move));
    }
    return out;
  }

  /// Where the atom is taken: its moves, or {-1} for the start.
  std::vector<int> places(const Atom& atom) {
    if (atom.move.empty()) return {-1};
    return atom.action.empty() ? moves(atom.move, atom.move_player, Asked::any)
                               : with_action(atom.move, atom.move_player, atom.action);
  }

  /// The moves of that name, if any of them has the action.
  std::vector<int> with_action(const Word& name, const Word& of, const Word& action) {
    std::vector<int> found = moves(name, of, Asked::any);
    if (found.empty()) return found;
    std::vector<std::string> actions;
    for (int move : found)
      actions.insert(actions.end(), structure_.moves[at(move)].actions.begin(),
                     structure_.moves[at(move)].actions.end());
    if (content_of(actions, action.text)) return found;
    std::ranges::sort(actions);
    actions.erase(std::ranges::unique(actions).begin(), actions.end());
    unknown(action, fmt::format("action of `{}`", name.text), actions);
    return {};
  }

  void start_only(const Atom& atom, const char* what) {
    if (!atom.move.empty())
      wrong(atom.move.span, fmt::format("{} is taken at the start of play only", what));
  }
  void no_rounds(const Atom& atom) {
    if (atom.rounds && atom.move.empty())
      wrong(atom.span,
            "rounds can be named here only together with `at MOVE` or `after MOVE ACTION`");
  }

  void placed(const Atom& atom, Plan& out) {
    std::vector<int> where = places(atom);
    if (atom.quantity != Quantity::mean) no_rounds(atom);
    switch (atom.quantity) {
      case Quantity::probability: probability(atom, where, out); return;
      case Quantity::rounds: add_probes(atom, ExpectedRounds{}, where, out); return;
      case Quantity::survival:
        out.complement = true;
        if (atom.move.empty()) return at_start(atom, {}, out);
        add_probes(atom, EndsWithin{atom.round_argument}, where, out);
        return;
      case Quantity::hazard:
        start_only(atom, "the hazard");
        add_probes(atom, Hazard{atom.round_argument}, {-1}, out);
        return;
      case Quantity::tally:
        if (const auto tally = index_of(structure_.tallies, atom.names[0].text)) {
          if (!atom.move.empty()) return add_probes(atom, ExpectedTally{*tally}, where, out);
          at_start(atom, {}, out);
          out.at_start->tally = *tally;
        } else if (around_.base && index_of(around_.base->tallies, atom.names[0].text))
          out.number = 0.0;
        else
          unknown(atom.names[0], "tally", structure_.tallies);
        return;
      case Quantity::payoff: payoff(atom, where, out); return;
      default: offers(atom, where, out);
    }
  }

  void probability(const Atom& atom, const std::vector<int>& where, Plan& out) {
    OutcomeProbability ends;
    for (const Word& name : atom.names) {
      if (name.text == "unfinished") {
        if (atom.names.size() > 1 || atom.round_argument > 0)
          wrong(name.span,
                "`unfinished` stands alone: it overlaps with the ends of the horizon's closing, "
                "which comes after all rounds");
        add_probes(atom, CutOff{}, where, out);
        return;
      }
      if (const auto end = index_of(structure_.outcomes, name.text))
        ends.outcomes.push_back(*end);
      else if (!around_.base || !index_of(around_.base->outcomes, name.text))
        unknown(name, "end", structure_.outcomes);
    }
    if (ends.outcomes.empty())
      out.number = 0.0;
    else if (atom.round_argument > 0)
      add_probes(atom, EndsWithin{atom.round_argument, ends.outcomes}, where, out);
    else if (atom.move.empty())
      at_start(atom, ends.outcomes, out);
    else
      add_probes(atom, ends, where, out);
  }

  void at_start(const Atom& atom, std::vector<int> ends, Plan& out) {
    Plan::AtStart wanted{std::move(ends), atom.round_argument, std::nullopt, {}};
    for (const Given& fact : givens(atom, -1))
      if (const auto* type = std::get_if<TypeIs>(&fact)) wanted.given.push_back(*type);
    out.at_start = std::move(wanted);
  }

  void payoff(const Atom& atom, const std::vector<int>& where, Plan& out) {
    const auto who = player(atom.names[0]);
    if (!who) return;
    std::optional<int> of_type;
    if (!atom.part.empty() && !(of_type = type(*who, atom.part))) return;
    add_probes(atom, ExpectedPayoff{*who}, where, out);
    if (of_type)
      for (Probe& probe : out.probes) probe.given.emplace_back(TypeIs{*who, *of_type});
  }

  void offers(const Atom& atom, const std::vector<int>& where, Plan& out) {
    const std::vector<int> named =
        moves(atom.names[0], {}, atom.quantity == Quantity::mean ? Asked::number : Asked::offer);
    if (atom.quantity == Quantity::mean && atom.rounds && atom.move.empty()) {
      for (int offer : named) add_probes(atom, OfferMean{offer}, {offer}, out);
      return;
    }
    for (int offer : named) {
      const Functional what = atom.quantity == Quantity::mean ? Functional{OfferMean{offer}}
                              : atom.quantity == Quantity::accepted
                                  ? Functional{AcceptedMean{offer}}
                                  : Functional{OfferAccepted{offer}};
      const std::size_t before = out.probes.size();
      add_probes(atom, what, where, out);
      out.offers.resize(before, -1);
      out.offers.resize(out.probes.size(), offer);
    }
  }

  void share(const Atom& atom, Plan& out) {
    out.total = atom.quantity == Quantity::times;
    if (!atom.move.empty() && (out.total || atom.mistaken || atom.lasting > 0))
      return wrong(
          atom.move.span,
          "times, mistakes and shares of lasting plays are taken where the choice itself is made");
    const std::vector<int> named = moves(atom.names[0], {}, Asked::any);
    if (atom.mistaken)
      for (int move : named)
        if (structure_.moves[at(move)].kind == MoveKind::chance || joins_others(move)) {
          wrong(
              atom.names[0].span,
              fmt::format("who makes `{}` does not choose alone, so it is not known what is better",
                          atom.names[0].text));
          return;
        }
    std::vector<std::string> actions;
    for (int move : named) {
      const std::vector<std::string>& of_move = structure_.moves[at(move)].actions;
      actions.insert(actions.end(), of_move.begin(), of_move.end());
      // A move of that name without the option counts too: there it is never taken.
      const int action = content_of(of_move, atom.part.text).value_or(-1);
      if (atom.move.empty())
        add_probes(atom, ActionShare{action, atom.mistaken}, {move}, out);
      else
        add_probes(atom, NextAction{move, action}, places(atom), out);
    }
    if (!named.empty() && !content_of(actions, atom.part.text))
      unknown(atom.part, fmt::format("action of `{}`", atom.names[0].text), actions);
  }

  /// Is the move made together with others at some public state?
  bool joins_others(int move) const {
    return std::ranges::any_of(structure_.moves, [&](const Move& other) {
      return std::ranges::find(other.parts, move) != other.parts.end();
    });
  }

  void level(const Atom& atom, Plan& out) {
    if (atom.move.empty() || !atom.action.empty()) {
      wrong(atom.span, "a level is taken at a move",
            "for example: level(front) at answer in round 12");
      return;
    }
    std::vector<std::string> known;
    for (const Variable& variable : structure_.variables) known.push_back(variable.name);
    const auto variable = index_of(known, atom.names[0].text);
    if (!variable) return unknown(atom.names[0], "state", known);
    for (const std::string& content : structure_.variables[at(*variable)].domain)
      if (!number_of(content))
        return wrong(atom.names[0].span,
                     fmt::format("`{}` holds words, so it has no level", atom.names[0].text));
    const std::vector<int> where = places(atom);
    for (int move : where)
      if (can_remember(structure_, move, *variable) != 2)
        return wrong(atom.names[0].span,
                     fmt::format("where `{}` is made, `{}` is not always known",
                                 structure_.moves[at(move)].name, atom.names[0].text),
                     "what no later statement reads is dropped; take the level at an earlier move");
    add_probes(atom, ContentMean{*variable}, where, out);
  }

  void belief(const Atom& atom, Plan& out) {
    const auto who = player(atom.names[0]);
    if (!who) return;
    const auto which = type(*who, atom.part);
    if (!which) return;
    out.player = *who;
    out.type = *which;
    if (!atom.rounds || !atom.move.empty()) {
      add_probes(atom, MeanBelief{*who, *which}, places(atom), out);
      return;
    }
    if (atom.rounds->first != atom.rounds->second)
      wrong(atom.span, "a belief at the top of a round needs one round");
    out.belief_round = atom.rounds->first;
    for (const Condition& condition : atom.given) {
      const auto about = player(condition.subject);
      if (!about) continue;
      const auto given_type = type(*about, condition.content);
      if (*about != *who || condition.negated || atom.given.size() > 1)
        wrong(condition.subject.span,
              "a belief at the top of a round can be given the player's own type only");
      out.given_own_type = given_type;
    }
  }

  void information(const Atom& atom, Plan& out) {
    start_only(atom, "information");
    if (!atom.given.empty())
      wrong(atom.given[0].subject.span,
            "information is an average over all plays: it takes no `given`");
    const auto who = player(atom.names[0]);
    if (!who) return;
    News news{*who};
    if (atom.part.text.starts_with("talk")) news.battlefield = false;
    if (atom.part.text.starts_with("battlefield")) news.talk = false;
    if (atom.part.text.ends_with("reached")) news.per_round_reached = true;
    Atom plain = atom;
    plain.given.clear();
    add_probes(plain, news, {-1}, out);
  }

  void hopeless(const Atom& atom, Plan& out) {
    if (!atom.move.empty()) {
      wrong(atom.move.span, "what an author expects of its offers is taken where it makes them");
      return;
    }
    for (int offer : moves(atom.names[0], {}, Asked::offer)) {
      Probe probe;
      probe.what =
          HopelessOffers{offer, atom.levels[0],
                         atom.levels.size() > 1 ? std::optional(atom.levels[1]) : std::nullopt};
      if (atom.rounds)
        probe.first_round = atom.rounds->first, probe.last_round = atom.rounds->second;
      probe.given = givens(atom, offer);
      out.probes.push_back(std::move(probe));
    }
  }

  void range(const Atom& atom, Plan& out) {
    if (!atom.move.empty()) {
      wrong(atom.move.span, "a bargaining range is taken where offers are made",
            "name the rounds instead: range(A, B) in round 1");
      return;
    }
    const auto one = player(atom.names[0]), two = player(atom.names[1]);
    if (!one || !two) return;
    for (int offer : offers_between(*one, *two)) {
      Probe probe;
      probe.what = atom.quantity == Quantity::range ? Functional{RangeShare{offer}}
                                                    : Functional{RangeWidth{offer}};
      if (atom.rounds)
        probe.first_round = atom.rounds->first, probe.last_round = atom.rounds->second;
      probe.given = givens(atom, offer);
      out.probes.push_back(std::move(probe));
    }
    if (offers_between(*one, *two).empty())
      wrong(atom.span, fmt::format("neither of {} and {} makes an offer that the other may accept",
                                   atom.names[0].text, atom.names[1].text));
  }

  std::vector<int> offers_between(int one, int two) const {
    std::set<int> out;
    for (const PublicState& state : structure_.states) {
      if (state.move < 0) continue;
      const int responder = structure_.moves[at(state.move)].player;
      if (responder != one && responder != two) continue;
      for (int branch = state.first_branch; branch < state.first_branch + state.num_branches;
           ++branch)
        for (std::int64_t k = structure_.acceptance_begin[at(branch)];
             k < structure_.acceptance_begin[at(branch) + 1]; ++k) {
          const int offer = structure_.acceptances[static_cast<std::size_t>(k)].move;
          if (structure_.moves[at(offer)].player == (responder == one ? two : one))
            out.insert(offer);
        }
    }
    return {out.begin(), out.end()};
  }

  void base_rate(const Atom& atom, Plan& out) {
    if (!atom.move.empty() || atom.rounds || !atom.given.empty())
      wrong(atom.span, "a base rate depends on nothing in the model");
    std::vector<std::string> known;
    if (around_.base_rates)
      for (const BaseRate& rate : *around_.base_rates) {
        if (rate.id == atom.names[0].text) out.number = rate.survival(atom.round_argument);
        known.push_back(rate.id);
      }
    if (!out.number) {
      const std::string near = nearest_word(atom.names[0].text, known);
      wrong(atom.names[0].span, fmt::format("the study has no base rate `{}`", atom.names[0].text),
            near.empty() ? "" : fmt::format("did you mean `{}`?", near));
    }
  }

  const Structure& structure_;
  const Surroundings& around_;
  std::vector<Mistake>& mistakes_;
};

}  // namespace

Plan plan_of(const Atom& atom, const Structure& structure, const Surroundings& around,
             std::vector<Mistake>& mistakes) {
  return Lookup(structure, around, mistakes).plan(atom);
}

std::vector<Mistake> check(const Atom& atom, const Structure& structure,
                           const Surroundings& around) {
  std::vector<Mistake> mistakes;
  static_cast<void>(plan_of(atom, structure, around, mistakes));
  return mistakes;
}

void collect_remembered(const Atom& atom, const std::vector<std::string>& players,
                        std::vector<std::string>& names) {
  for (const Condition& condition : atom.given)
    if (std::ranges::find(players, condition.subject.text) == players.end() &&
        condition.subject.text != atom.move.text &&
        std::ranges::find(names, condition.subject.text) == names.end())
      names.push_back(condition.subject.text);
  if (atom.quantity == Quantity::level &&
      std::ranges::find(names, atom.names[0].text) == names.end())
    names.push_back(atom.names[0].text);
}

}  // namespace melian::metric
