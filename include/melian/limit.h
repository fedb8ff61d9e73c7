#pragma once
/// A second door of `tree`: the limit of an equilibrium as all precisions grow, and whether that
/// limit survives the refinements of signalling games. docs/methods_limit.md.

#include <optional>
#include <string>
#include <vector>

#include "melian/tree.h"

namespace melian {

struct LimitOptions {
  double epsilon = 1e-3;  ///< of probabilities, of log-odds, and of the stake at an information set
  double largest = 1e6;   ///< give up where lambda times the range of payoffs is beyond this
  int max_steps = 3000;   ///< of the branch from one doubling to the next
  std::int64_t max_bytes = std::int64_t{8} << 30;  ///< refuse beyond, with the size
  OnStep on_step;
};

/// What must hold for a limit to count as settled, and what failed first where it is not.
enum class LimitCondition {
  none,          ///< nothing failed
  cancelled,     ///< the caller stopped the work
  solution,      ///< the strategy given solves the logit equations at its lambda
  branch,        ///< the branch can be followed to higher precision
  supports,      ///< the same actions are in use over the last three doublings
  best_replies,  ///< every action in use is a best reply at the limit beliefs
  beliefs        ///< log-odds of beliefs converge or diverge steadily
};

struct LimitBinding {
  LimitCondition condition = LimitCondition::none;
  int set = -1, action = -1;  ///< where; -1: nowhere in particular
  double size = 0.0;  ///< of what failed: a probability, a gain as a share of the stake, logits
  std::string words;  ///< one sentence; empty where nothing failed
};

/// The limit of a branch, extrapolated in 1 / lambda: an assessment, and how far it can be trusted.
struct TreeLimit {
  std::vector<double> factors;  ///< by which all precisions were multiplied: 1, 2, 4, ...
  double lambda = 0.0;          ///< where the walk began; times factors.back(): where it ended
  double epsilon = 0.0;         ///< as asked
  bool settled = false;         ///< "consistent with a sequential equilibrium, to epsilon"
  LimitBinding binding;
  double distance = 0.0;  ///< largest difference of a probability between the solution given and
                          ///< the limit, at the information sets that the limit reaches
  double change = 0.0;    ///< largest change of a limit probability over the last doubling
  double gain = 0.0;      ///< the most that leaving an action in use gains, as a share of the stake
  int steps = 0;
  std::vector<TreeTurn> folds;  ///< passed on the way

  // The assessment. Exact zeros: actions not in use, nodes that are not believed.
  std::vector<double> strategy;  ///< by action; chance: the analyst's odds
  std::vector<double> belief;    ///< by node: of its information set's mover, by its own odds
  std::vector<double> reach;     ///< by information set: probability by the analyst's odds
  std::vector<double> values;  ///< [node][player]: from the node on, what it pays included, by the
                               ///< player's own odds
  std::vector<double> stake;   ///< by information set: range of what its player may get in plays
                               ///< that pass it
};

/// Follows the branch of a solution as all precisions grow by one factor, and extrapolates.
///
/// `log_strategy` is any solution at `lambda` > 0, of the principal branch or not. Precisions that
/// differ between sets stay in proportion.
/// Returns: the assessment also where it has not settled, with the condition that failed.
/// Errors:  M0901 when the system is too large.
/// Source:  [KrepsWilson1982] for what the limit is, [McKelveyPalfrey1998, theorem 4] for why it is
/// one.
[[nodiscard]] Result<TreeLimit> limit_tree(const ExtensiveForm& form,
                                           const std::vector<double>& log_strategy, double lambda,
                                           const LimitOptions& options = {});

/// A message that no type sends in the limit, and what a refinement says of it.
struct MessageVerdict {
  int set = -1;                       ///< the receiver's information set
  std::string message;                ///< the action's label
  std::string after;                  ///< the first sender's set, in words
  std::optional<bool> survives;       ///< none: undecided, or beyond the method
  std::string type;                   ///< whose comparison decides: the sender's information set
  double margin = 0.0;                ///< of that comparison, in the sender's payoff units
  std::vector<std::string> excluded;  ///< types that the criterion rules out
  std::string words;                  ///< one or two sentences with the numbers
};

/// A refinement's verdict on a limit: fails where it fails at one message.
struct Survival {
  std::optional<bool> survives;  ///< none: undecided, or it does not apply
  bool applies = true;           ///< false: there is no sender
  std::string reason;            ///< one sentence
  std::vector<MessageVerdict> messages;
};

struct Refinements {
  Survival intuitive, d1;
};

/// The intuitive criterion and D1 at every message that no type sends in the limit.
///
/// A signalling history: two or more information sets of one player, reached in the limit, whose
/// actions of one label lead to one information set of another player. Sets are the sender's types.
/// Later moves are replaced by best replies where these depend on no belief; elsewhere the verdict
/// is open, with the reason. Margins below epsilon times the stake are undecided.
/// Source: [ChoKreps1987].
[[nodiscard]] Refinements refine_tree(const ExtensiveForm& form, const TreeLimit& limit);

/// A limit with what the refinements say of it.
struct RefinedLimit {
  TreeLimit limit;
  Refinements refinements;
};

/// `limit_tree` and `refine_tree`, for any solution of the form at `lambda`.
[[nodiscard]] Result<RefinedLimit> refined_limit(const ExtensiveForm& form,
                                                 const std::vector<double>& log_strategy,
                                                 double lambda, const LimitOptions& options = {});

}  // namespace melian
