#pragma once
/// A game and an answer written by hand, whose every number a test may know.

#include "game/builder.h"
#include "melian/report.h"

namespace melian::hand_made {

/// A demands one of two shares of B, who is weak (0.6) or tough (0.4) and accepts or fights; one
/// round.
inline Game ultimatum() {
  GameBuilder g("An ultimatum <for tests>");
  const int a = g.player("A"), b = g.player("B", {"weak", "tough"}, {0.6, 0.4});
  const int settlement = g.outcome("settlement"), war = g.outcome("war");
  g.tally("battles");
  const int demand = g.state(g.offer("demand", a, {0.5, 0.8}));
  const int answer = g.choice("answer", b, {"accept", "fight"});
  g.root(demand);
  for (int k = 0; k < 2; ++k) {
    const int reply = g.state(answer);
    const double share = k == 0 ? 0.5 : 0.8;
    g.branch(demand, k, reply);
    g.branch(reply, 0, settlement).pay(a, share).pay(b, 1.0 - share);
    g.branch(reply, 1, war).pay(a, 0.4).pay(b, [](const TypeProfile& types) {
      return types[1] == 0 ? 0.1 : 0.4;
    });
  }
  return g.build();
}

/// Not an equilibrium: numbers that are easy to tell apart.
inline Answer answer_to(const Game& game) {
  Answer answer;
  Prediction& p = answer.prediction;
  p.outcomes = {0.7, 0.3};
  p.outcomes_by_profile = {{0.9, 0.4}, {0.1, 0.6}};
  p.profile_weight = {0.6, 0.4};
  p.rounds_mean = 1.0;
  p.rounds_distribution = {1.0};
  p.hazard = {1.0};
  p.hazard_by_profile = {{1.0}, {1.0}};
  p.tallies = {0.3};
  OfferPrediction demand;
  demand.mean = 0.74;
  demand.first_round = 1;
  demand.accepted = 0.7;
  demand.accepted_mean = 0.7;
  demand.mean_by_round = {0.74};
  demand.reached_by_round = {1.0};
  p.offers[0] = demand;
  p.choices_by_round[1] = {{0.7, 0.3}};
  p.information.resize(2);
  p.information[1].talk = {0.25};
  p.information[1].battlefield = {0.0};
  p.information[1].per_round_reached = {0.25};
  p.information[1].total = 0.25;
  p.information[1].prior_entropy = 0.97;
  p.information[1].end_entropy = 0.72;
  p.belief_by_round = {{{{1.0}}}, {{{0.6}, {0.6}}, {{0.4}, {0.4}}}};
  p.reached_by_round = {1.0};
  p.values = {{0.61}, {0.33, 0.44}};
  p.start = {{0, 0, 0, {0.2, 0.8}, {0, 1}}};

  Solution& s = answer.solution;
  s.assessment.game_fingerprint = game.fingerprint;
  s.assessment.axes = {{{0.0, 0.4, 1.0}}, {2U}};
  s.assessment.lambda = {{50.0}, {50.0, 50.0}};
  s.summary.termination = Termination::converged;
  s.summary.message = "converged";
  s.summary.method = "belief grid";
  s.summary.nodes = {1, 3};
  s.summary.decisions = 9;

  Certificate& c = answer.certificate;
  c.residual = c.residual_reached = 1e-12;
  c.beliefs = 2e-12;
  c.exploitability = {{{0.001, 0.01}}, {{0.0, 0.01}, {0.0, 0.01}}};
  c.grid_error = {{"outcomes.settlement", 2e-5}, {"outcomes.war", 2e-5}, {"values.A", 1e-5}};
  c.cell_step = 0.1;
  c.path_error = 1e-6;
  c.tolerance = 1e-3;
  c.residual_tolerance = 1e-6;
  c.holds = true;
  return answer;
}

}  // namespace melian::hand_made
