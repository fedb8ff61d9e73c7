#pragma once
/// What claims measure: functionals of a solved game, exact on the grid, at the start, at a move,
/// or after a choice forced there. One forward and one backward sweep serve all probes together.
///
///   // value(Kyiv) after reply decline - value(Kyiv) after reply agree, given overture is ask
///   const Given asked = RemembersContent{overture, ask};
///   const Probe decline{.what = ExpectedPayoff{kyiv}, .move = reply, .forced_action = 1, .given =
///   {asked}}; const Probe agree{.what = ExpectedPayoff{kyiv}, .move = reply, .forced_action = 0,
///   .given = {asked}}; const auto measured = measure(game, assessment, {{decline, agree}}); if
///   (measured[0].value && measured[1].value) difference = *measured[0].value - *measured[1].value;
///
/// The average of a probe at a move weighs every (round, public state, belief point, true types) in
/// which that move is reached by its probability, by the analyst's prior and odds; forcing a choice
/// does not change the weights. Probes of the same move, rounds and facts hence weigh the same
/// places and compare like with like. Convention: the type law of the weights is the analyst's of
/// true play. The mover's own belief law after a forced choice moves as everybody sees it, by
/// Bayes' rule at the solved strategy.

#include <limits>
#include <map>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "melian/game.h"
#include "melian/predict.h"

namespace melian {

// ---- What is measured
// -----------------------------------------------------------------------------------------------

/// P(play ends in one of these outcomes), the closing's included.
struct OutcomeProbability {
  std::vector<int> outcomes;
};
/// Expected last round of the play, from 1, counted from the start of play; cut off by the horizon
/// counts the horizon.
struct ExpectedRounds {};
/// P(play ends in this round or the next `rounds` - 1), in one of these outcomes if any are named;
/// plays cut off by the horizon never end.
struct EndsWithin {
  int rounds = 1;
  std::vector<int> outcomes{};
};
/// P(the horizon cuts play off).
struct CutOff {};
/// Expected amount still to be counted, undiscounted (at the start: the whole tally).
struct ExpectedTally {
  int tally = 0;
};
/// Payoff of `player` from here on, discounted to here, by its own odds and its own belief about
/// others, in payoff units. At a move: averaged over the player's types as the weights have them;
/// for one type add `TypeIs`. After a choice or chance outcome: the player has seen it (its belief
/// is the posterior).
struct ExpectedPayoff {
  int player = 0;
};
/// Mean of the offers of `move`: at the start, of those made in the first round that reaches it; at
/// a move, of the next one made from there on. Empty where none is ever made.
struct OfferMean {
  int move = 0;
};
/// Mean of the offers of `move` that are accepted from here on. Empty where none ever is.
struct AcceptedMean {
  int move = 0;
};
/// P(an offer of `move` is accepted, from here on).
struct OfferAccepted {
  int move = 0;
};
/// The analyst's belief in a type, averaged (after a choice: the posterior).
struct MeanBelief {
  int player = 0, type = 1;
};
/// P(the move is made, from here on with this action, at least once). `action` -1: any.
struct MoveMade {
  int move = 0, action = -1;
};
/// P(this action | the probed move is made): how often a choice falls on it. At a move only,
/// without forced action. `mistaken`: only where another action open to the type that chooses is
/// worth more to it, by its own belief and odds: what is left of the choice when precision is
/// perfect is the rest. Not of moves made together with others.
struct ActionShare {
  int action = 0;
  bool mistaken = false;
};
/// Mean of what a variable holds, a number. At a move that always remembers it, without forced
/// action.
struct ContentMean {
  int variable = 0;
};
/// P(this action | the move is made from here on, the next time it is). Empty where it never is.
struct NextAction {
  int move = 0, action = 0;
};
/// Of the offers of `move`: the share that their own author expects to be accepted in the same
/// round with less than `most`, and that it makes more often than the base measure would. With
/// `least`: the payoff to the author of the best offer expected below `most`, less that of the best
/// one expected above `least`, over places and types that have both. Takes the probe's rounds and
/// `given`; `move` of the probe is left empty.
struct HopelessOffers {
  int move = 0;
  double most = 0.1;
  std::optional<double> least{};
};
/// P(T = round | T >= round). At the start only; may be given types.
struct Hazard {
  int round = 1;
};
/// Bits about a player's type, summed over the probe's rounds; `per_round_reached`: their mean per
/// round, each round's bits divided by the probability that it is reached. At the start only; takes
/// no `given`.
struct News {
  int player = 0;
  bool talk = true, battlefield = true;
  bool per_round_reached = false;
};
/// Share of type pairs (weighed like everything else, at the offer move `offer`) that have a
/// bargaining range, see bargaining_range.h. Takes the probe's rounds and `given`; `move` is left
/// empty.
struct RangeShare {
  int offer = 0;
};
/// Mean width of that range, 0 where empty, in units of the offer.
struct RangeWidth {
  int offer = 0;
};

using Functional = std::variant<OutcomeProbability, ExpectedRounds, EndsWithin, CutOff,
                                ExpectedTally, ExpectedPayoff, OfferMean, AcceptedMean,
                                OfferAccepted, MeanBelief, MoveMade, ActionShare, ContentMean,
                                NextAction, HopelessOffers, Hazard, News, RangeShare, RangeWidth>;

// ---- Where it is measured
// -------------------------------------------------------------------------------------------

/// "given Moscow is maximalist": only plays in which the player has this type.
/// Every fact may be negated ("is not").
struct TypeIs {
  int player = 0, type = 0;
  bool negated = false;
};
/// "given asked is yes": only public states that remember this content of a variable
/// (`Structure::remembered`). The compiler drops what nobody reads: compile with
/// `CompileOptions::keep`, and see `can_remember`.
struct RemembersContent {
  int variable = 0, content = 0;
  bool negated = false;
};
/// Only plays that take this action at the probed move itself, weighed by how likely it is: "after"
/// in equilibrium, where `forced_action` weighs every place alike. What is measured is then taken
/// after that action.
struct Takes {
  int action = 0;
  bool negated = false;
};
using Given = std::variant<TypeIs, RemembersContent, Takes>;

struct Probe {
  Functional what;
  std::optional<int> move;           ///< empty: at the start of play
  std::optional<int> forced_action;  ///< of that move; its index in `Move::actions`
  int first_round = 1;
  int last_round = std::numeric_limits<int>::max();
  std::vector<Given> given;
  /// Then, the next time play comes to one of these moves, their action is forced too; and so on.
  /// What is measured is taken after the last of them. Rounds and facts are about the first move.
  std::vector<std::map<int, int>> then{};  ///< per step: action by move
  /// Only plays that go on beyond this round (0: all): each place weighs as often as that happens
  /// from there on, and an action share counts what those plays do. Of `ActionShare` and
  /// `ContentMean` only.
  int lasting = 0;
};

struct Measured {
  std::optional<double> value;  ///< empty where what it is conditional on has probability zero
  double weight = 0.0;  ///< of the conditioning event: expected number of times the place is
                        ///< reached (at the start: probability of the types)
};

/// Every probe, in order.
///
/// Requires: indices within the structure; `prediction`, where given, is `predict` of the same
/// assessment (it saves the
///           sweep that `Hazard` and `News` need).
/// `ends`:   where not null, filled with outcomes, rounds, hazards and tallies of the same forward
/// sweep; `Hazard` then needs no more. Errors:   ContractViolation on indices out of range or a
/// functional asked for where it is not defined. Cost:     one forward sweep where a move is
/// probed, one backward sweep with as many columns as distinct functionals.
[[nodiscard]] std::vector<Measured> measure(const Game& game, const Assessment& assessment,
                                            std::span<const Probe> probes,
                                            const Prediction* prediction = nullptr,
                                            Prediction* ends = nullptr);

/// Do the public states of `move` remember this variable? 0: none does, 1: some, 2: all.
[[nodiscard]] int can_remember(const Structure& structure, int move, int variable);

}  // namespace melian
