#pragma once
/// The door of `predict`: what a solved game says. Predictions exact on the grid, and simulated
/// plays.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "melian/base.h"
#include "melian/game.h"

namespace melian {

// ---- Predictions: exact on the grid, no sampling (docs/methods.md, "Prediction")
// -----------------------------------

/// What one player's behaviour and the battlefield reveal about its type, in bits, as the analyst
/// learns it.
struct Information {
  std::vector<double> talk, battlefield;  ///< by round, unconditional
  std::vector<double> per_round_reached;  ///< (talk + battlefield) / P(round reached)
  double total = 0.0;                     ///< sum of talk and battlefield
  double prior_entropy = 0.0, end_entropy = 0.0;
  double splitting = 0.0;  ///< what interpolation added: prior - end entropy = total + splitting
};

/// Of an offer, or of another number chosen: of that nothing is ever accepted.
struct OfferPrediction {
  double mean = 0.0;      ///< of the offers made in the first round in which the move is reached
  int first_round = 0;    ///< that round, from 1
  double accepted = 0.0;  ///< probability that an offer of this move is accepted
  std::optional<double>
      accepted_mean;  ///< mean of the accepted ones; none when nothing is ever accepted
  std::vector<double> mean_by_round;     ///< given that the move is reached in the round; 0 where
                                         ///< `reached_by_round` is
  std::vector<double> reached_by_round;  ///< expected number of times the move is made
  std::vector<std::vector<double>>
      expected_by_round;  ///< [r - 1][offer]: expected number of times this offer is made
  std::vector<std::vector<double>>
      accepted_by_round;  ///< [r - 1][offer]: expected number of times it is accepted
};

/// Of the offers made in one round: how many are accepted, and the mean of those.
struct RoundAcceptance {
  double share = 0.0;
  std::optional<double> mean;  ///< none where none is accepted
};
/// `numbers`: of the move; `round` from 1.
[[nodiscard]] RoundAcceptance acceptance_in(const OfferPrediction& offer,
                                            const std::vector<double>& numbers, int round);

/// What one type of one mover does at the first public state.
struct StartStrategy {
  int player = 0, type = 0;
  int move = 0;                       ///< its own: of choices made at the same time, one of them
  std::vector<double> probabilities;  ///< [k]: of action `actions[k]` of the move
  std::vector<int> actions;
};

struct Prediction {
  std::vector<double> outcomes;                          ///< [outcome], by the analyst's prior
  std::vector<std::vector<double>> outcomes_by_profile;  ///< [outcome][full profile]
  /// [player][outcome], of `horizon forever` only: expected discount^(rounds before the one in
  /// which play ends so), by the analyst's odds. What is missing from 1 is how much going on
  /// weighs.
  std::vector<std::vector<double>> discounted_outcomes;
  std::vector<double> profile_weight;  ///< [full profile], the analyst's prior
  double rounds_mean = 0.0;  ///< rounds played; a play cut off by the horizon counts the horizon
  std::vector<double> rounds_distribution;             ///< [r - 1]: play ends in round r
  double unfinished = 0.0;                             ///< horizon's closing reached
  std::vector<double> hazard;                          ///< P(T = t) / P(T >= t)
  std::vector<std::vector<double>> hazard_by_profile;  ///< [full profile][t - 1]
  std::vector<double> tallies;
  std::vector<std::vector<double>> tallies_by_profile;  ///< [tally][full profile]
  std::vector<std::vector<double>> reached_by_profile;  ///< [full profile][t - 1]: P(T >= t)
  std::map<int, OfferPrediction> offers;                ///< by move, numbers chosen among them
  std::map<int, std::vector<std::vector<double>>>
      choices_by_round;  ///< by choice move: [round][action], expected number of times
  std::vector<Information> information;  ///< [player]
  /// [player][type][true type][round]: mean of the analyst's belief in the type at the top of the
  /// round, given reached.
  std::vector<std::vector<std::vector<std::vector<double>>>> belief_by_round;
  std::vector<double> reached_by_round;  ///< P(T >= t)
  std::vector<std::vector<double>>
      values;  ///< [player][type], at the start, own belief and own odds
  std::vector<StartStrategy>
      start;  ///< at the first public state, at the prior, mover by mover (empty when it is chance)
};

/// Forward distribution over (round, public state, belief point) per true type profile, the adjoint
/// of backward evaluation; information by the analyst's beliefs.
[[nodiscard]] Prediction predict(const Game& game, const Assessment& assessment,
                                 const OnStep& on_step = {});

/// The same, with the values at the start, [player][type], where they are known already (empty:
/// they are found).
[[nodiscard]] Prediction predict_from(const Game& game, const Assessment& assessment,
                                      std::vector<std::vector<double>> values,
                                      const OnStep& on_step = {});

/// The numbers of a prediction that are printed, by name ("outcomes.settlement", "rounds.mean",
/// "values.D.weak", ...): the list whose grid error a certificate gives.
[[nodiscard]] std::map<std::string, double> printed_numbers(const Structure& structure,
                                                            const Prediction& prediction);

// ---- Simulation
// ----------------------------------------------------------------------------------------------------

struct PlayStep {
  int play = 0, round = 0;  ///< from 1
  int state = 0, branch = 0;
  double belief_before =
      0.0;  ///< true analyst's belief in the mover's second type (of chance and of several movers:
            ///< of the player about whom the step says most), not the grid's
  double belief_after = 0.0;
};
struct Play {
  std::vector<int> types;
  std::vector<PlayStep> steps;
  int outcome = -1;
  int last_round = 0;
  bool unfinished = false;
};
struct Simulation {
  std::vector<Play> plays;
};
/// Plays of the solved game at true beliefs (log-odds carried exactly, strategies interpolated in
/// belief). The same seed gives the same plays for any number of threads.
[[nodiscard]] Simulation simulate(const Game& game, const Assessment& assessment,
                                  std::int64_t plays, std::uint64_t seed);

}  // namespace melian
