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

/// A decision's log-probability as solved again, by its index in `Assessment::log_strategy`.
struct StrategyChange {
  /// Decisions reached often are all solved again; of those reached lightly, where there are very
  /// many, two samples.
  enum class Of : std::uint8_t { all, first_sample, second_sample };
  std::int64_t at = 0;
  double log_sigma = 0.0;
  Of of = Of::all;
};

/// What the game's tree says of a grid's answer (docs/methods_certify.md, "The tree as referee").
struct TreeCheck {
  bool checked = false;  ///< Newton's method on the whole tree, from the strategies, came to rest,
                         ///< or the tree's own branch lies within the stated errors
  bool within = false;   ///< an equilibrium of the tree lies within the stated errors
  std::string why_not_checked;    ///< one sentence; empty where checked, or nobody looked
  std::int64_t nodes = 0;         ///< of the tree; 0: nobody looked
  double moved = -1.0;            ///< largest change of a probability that play reaches with 1e-6
  std::string number;             ///< the printed number that is off most, relative to its error
  double ours = 0.0, tree = 0.0;  ///< that number, here and in the equilibrium
  std::map<std::string, double> found;       ///< all printed numbers of the equilibrium come to
  std::map<std::string, double> own_branch;  ///< those of the tree's own branch, where it leads
                                             ///< elsewhere
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
  /// Expected total variation, over a play, between strategies on their nodes and the same
  /// decisions solved again with the cells halved in which posteriors lie; decisions reached.
  double cell_change = -1.0;
  /// Largest probability with which a reached decision reads values from a cell whose ends lie on
  /// different solutions, or bear different marks; what a decision hardly does counts as if the
  /// difference spoke for it.
  double torn = -1.0;
  double not_solved = -1.0;  ///< largest probability of standing where halved cells leave no
                             ///< solution near the strategies'
  std::string where_torn, where_not_solved;  ///< in words
  std::vector<StrategyChange> changed;       ///< at reached decisions; `answer` carries it to every
                                             ///< number and clears it
  std::int64_t cells_one_in = 1;  ///< of the lightly reached decisions, one in so many was solved
                                  ///< again, half of them in each sample
  /// Total variation between what predictions read and decisions solved again at exact beliefs,
  /// summed over the decisions of a play: mean over the plays drawn, and its upper confidence bound
  /// (1e-3). Bounds the error of every probability of an outcome, values ahead being right.
  double path_mean = -1.0, path_bound = -1.0;
  struct Plays {
    std::vector<std::int64_t> endings;  ///< [outcome]
    std::int64_t count = 0;             ///< 0: none were drawn
    double worst = -1.0;                ///< largest difference of a frequency from its prediction
    double smallest = -1.0;  ///< the smallest error that so many plays show for certain, at a
                             ///< probability of one half
    bool within = true;      ///< none lies outside its exact interval, stated errors added
  } plays;
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
  std::vector<std::string> uncertified;  ///< families of printed numbers it does not speak of
  bool settled = true;  ///< false: where play comes back to itself, the checker's own values went
                        ///< on moving: the checks were not done
  bool equations_only = false;  ///< made by `certify_equations`: no best responses, no paths
  TreeCheck tree;               ///< filled by `answer`, where the rest is in doubt
  bool holds = false;
  std::vector<std::string>
      why_not;  ///< one sentence per failed check, with the check's name first: "residual: ..."
  std::string try_next;  ///< one command that may do better where it does not hold
};

struct CertifyOptions {
  double tolerance = 1e-3;  ///< for grid errors (probabilities, and payoffs relative to the stake)
  double residual_tolerance = 1e-6;  ///< logits
  bool again = true;                 ///< solve decisions again along play (cells, paths, plays)
  /// Families of printed numbers that the certificate does not speak of (`information`): their
  /// errors are stated and judge nothing.
  std::vector<std::string> uncertified;
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

/// Holds the plays drawn against the predictions of how play ends, by outcome, each widened by its
/// stated error: exact binomial intervals, of which one in a million holds a wrong refusal, all
/// outcomes together. Can refuse, never support.
void compare_plays(Certificate& certificate, const std::vector<double>& predicted,
                   const std::vector<double>& stated_errors);

/// Is anything in doubt that does not by itself refuse? Whoever can look at the whole game (its
/// tree) should.
[[nodiscard]] bool in_doubt(const Certificate& certificate);

/// Sets `holds` and `why_not` from the numbers; called again once `grid_error` is known.
void judge(Certificate& certificate);

}  // namespace melian
