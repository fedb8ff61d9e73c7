#pragma once
/// The door of `certify`: checks strategies against the game alone, knowing nothing of how they
/// were found. Shares with `solve` only `numeric` (interpolation on belief axes, log-sum-exp) and
/// `beliefs.h` (what the axes mean).

#include <map>
#include <string>
#include <vector>

#include "melian/base.h"
#include "melian/game.h"

namespace melian {

struct Exploitability {
  double gain =
      0.0;  ///< most the type gains by any deviation, belief updates held fixed; payoff units
  double ceiling = 0.0;  ///< what logit play at this precision can cost at most along that
                         ///< deviation; payoff units
  double slack = 0.0;    ///< how far the grid puts the gain off: |gain here - gain on the solver's
                         ///< axes|, and round-off; excuses at most tolerance x stake
};

struct Certificate {
  double residual = -1.0;  ///< largest |log sigma - (log w + lambda Q - log Z)|, logits, all
                           ///< decisions, values recomputed on the strategies' own axes
  double residual_reached = -1.0;  ///< the same over decisions reached with probability >= 1e-6
  double beliefs = -1.0;  ///< largest difference of posterior log-odds: implied by the strategies /
                          ///< by recomputed logit answers
  std::vector<std::vector<Exploitability>> exploitability;  ///< [player][type], on the refined axes
  std::map<std::string, double> grid_error;  ///< of every reported number; filled by `answer`
  std::map<std::string, double>
      scale;  ///< what a number's grid error is compared relative to, where not 1 (e.g. the stake)
  std::vector<std::string> not_converging;  ///< numbers whose grid error does not fall
  double cell_step = -1.0;  ///< lambda * largest |V(b_k+1) - V(b_k)| of a mover over cells that its
                            ///< posteriors enter on reached paths, solver's axes
  double path_error = -1.0;  ///< sampled true-belief paths: largest difference of log sigma,
                             ///< solver's axes / refined axes, both interpolated
  double ladder_error =
      -1.0;  ///< largest difference of a reached strategy's probability, or of a value relative to
             ///< the stake, from an answer whose ladder of lambda was climbed in half the steps;
             ///< filled by `answer` where asked for
  std::int64_t unsolved = 0, several = 0, jumps = 0;  ///< decisions
  std::int64_t unsolved_reached = 0, several_reached = 0,
               jumps_reached = 0;  ///< with probability >= 1e-6
  std::vector<double> stake;  ///< [player]: range of continuation values in the game, payoff units
  std::vector<std::vector<std::string>> names;  ///< [player][type], for sentences
  double tolerance = -1.0;                      ///< for the grid error of probabilities and values
  double residual_tolerance = -1.0;
  bool settled = true;  ///< false: where play comes back to itself, the checker's own values went
                        ///< on moving: the checks were not done
  bool equations_only = false;  ///< made by `certify_equations`: no best responses, no paths
  bool holds = false;
  std::vector<std::string>
      why_not;  ///< one sentence per failed check, with the check's name first: "residual: ..."
};

struct CertifyOptions {
  double tolerance = 1e-3;  ///< for grid errors (probabilities, and payoffs relative to the stake)
  double residual_tolerance = 1e-6;  ///< logits
  OnStep on_step;
};

/// Recomputes Bayes' rule, values and best responses from the strategies alone.
///
/// `strategies` on the solver's own axes are checked as equations (residual, beliefs); `refined`,
/// the same strategy on axes twice as fine, is checked by best responses (exploitability with its
/// ceiling). Requires: both carry the game's fingerprint. Returns:  the certificate without
/// `grid_error` (that needs other solutions); `holds` judges what is there. Errors:
/// ContractViolation on a foreign fingerprint. Source:   docs/methods.md, "Certificates";
/// [McKelveyPalfrey1998]; [HendonJacobsenSloth1996].
[[nodiscard]] Certificate certify(const Game& game, const Assessment& strategies,
                                  const Assessment& refined, const CertifyOptions& options = {});

/// The same, the refined strategies handed over layer by layer: backward once (best responses),
/// then forward where sampled plays stand, so that no more than a layer of them need be in memory.
/// Where play comes back to itself a layer is asked for again and again.
[[nodiscard]] Certificate certify(const Game& game, const Assessment& strategies,
                                  StrategyLayers& refined, const CertifyOptions& options = {});

/// The part that many worlds can afford: residual, beliefs, cell step and the counts of decisions,
/// from one sweep.
[[nodiscard]] Certificate certify_equations(const Game& game, const Assessment& strategies,
                                            const CertifyOptions& options = {});

/// How far two answers to one game, on the same axes, are apart: the largest difference of a
/// probability at decisions that play by `strategies` reaches with at least 1e-6.
[[nodiscard]] double reached_difference(const Game& game, const Assessment& strategies,
                                        const Assessment& others);

/// Memory that `certify` needs besides the strategies, in bytes: its own values on these axes and
/// on the refined ones.
[[nodiscard]] std::int64_t count_certify_bytes(const Structure& structure, const BeliefAxes& axes,
                                               const BeliefAxes& refined);

/// Sets `holds` and `why_not` from the numbers; called again once `grid_error` is known.
void judge(Certificate& certificate);

}  // namespace melian
