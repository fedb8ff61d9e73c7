#pragma once
/// The door of `tree`: games as explicit extensive forms, read from and written to Gambit's `.efg`,
/// and their logit agent quantal response equilibrium on the principal branch, followed over the
/// whole system at once [Turocy2005]. Knows nothing of belief grids: it is the yardstick they are
/// held to. docs/methods_tree.md.

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "melian/base.h"
#include "melian/game.h"

namespace melian {

/// A finite game in extensive form, in flat arrays. Nodes stand in preorder: parents before
/// children, subtrees unbroken. Payoffs stand at outcomes; a node may carry one wherever it lies,
/// and a play earns all that it passes.
struct ExtensiveForm {
  static constexpr int chance = -1;  ///< the "player" of chance moves

  struct Action {
    std::string label;
    double odds = 0.0;  ///< of a chance action
    std::string
        odds_text;  ///< the same as it is written, so that thirds stay thirds; empty elsewhere
    double log_weight =
        0.0;  ///< how the action weighs before payoffs speak (natural log); no `.efg` can say it
    bool operator==(const Action&) const = default;
  };
  /// What one player cannot tell apart; every chance move has one too, which says its odds.
  struct InformationSet {
    int player = chance;
    int number = 0;  ///< unique among the player's own
    std::string label;
    int first_action = 0, num_actions = 0;
    double lambda_factor = 1.0;  ///< multiplies lambda here; no `.efg` can say it
    bool operator==(const InformationSet&) const = default;
  };
  struct Node {
    int set = -1;  ///< its information set; -1 at an end
    int parent = -1;
    int taken = -1;  ///< index of the action at the parent that leads here
    std::int64_t first_child = 0;
    int outcome = -1;  ///< earned on arriving; -1 for none
    bool operator==(const Node&) const = default;
  };
  struct Outcome {
    int number = 0;
    std::string label;
    bool operator==(const Outcome&) const = default;
  };

  std::string title, comment;
  std::vector<std::string> players;
  std::vector<InformationSet> sets;
  std::vector<Action> actions;  ///< of all sets, one set after another
  std::vector<Node> nodes;
  std::vector<std::string> labels;     ///< of nodes
  std::vector<std::int32_t> children;  ///< [first_child + action] -> node
  std::vector<Outcome> outcomes;
  std::vector<double> payoffs;  ///< [outcome][player]
  /// [player][action]: the odds of chance actions as each player sees them; empty where all see the
  /// analyst's. No `.efg` can say it.
  std::vector<double> perceived;

  bool operator==(const ExtensiveForm&) const = default;

  [[nodiscard]] int num_players() const { return static_cast<int>(players.size()); }
  [[nodiscard]] bool is_end(int node) const {
    return nodes[static_cast<std::size_t>(node)].set < 0;
  }
  [[nodiscard]] int child(int node, int action) const {
    return children[static_cast<std::size_t>(nodes[static_cast<std::size_t>(node)].first_child +
                                             action)];
  }
  [[nodiscard]] double odds_for(int player, int action) const {
    return perceived.empty() ? actions[static_cast<std::size_t>(action)].odds
                             : perceived[static_cast<std::size_t>(player) * actions.size() +
                                         static_cast<std::size_t>(action)];
  }
  [[nodiscard]] double payoff(int outcome, int player) const {
    return payoffs[static_cast<std::size_t>(outcome) * players.size() +
                   static_cast<std::size_t>(player)];
  }
};

/// Does every player remember what it knew and did? True when all nodes of every set have seen the
/// same own sets and actions. Agent QRE does not need it; reading the agents of a player as one
/// player does.
[[nodiscard]] bool has_perfect_recall(const ExtensiveForm& form);

/// Outside what the method solves (exit 4); the same code that `solve` refuses with.
inline constexpr const char* tree_refusal_code = "M0902";

// ---- Gambit's .efg
// -------------------------------------------------------------------------------------------------

/// An extensive form from Gambit's file format.
/// Errors: all that is wrong, with places: M0931 to M0938; M0901 when it is absurdly large.
/// Source: Gambit's documentation of the format, "The extensive game (.efg) file format";
/// docs/formats/efg.md.
[[nodiscard]] Result<ExtensiveForm> read_efg(const std::string& path);
[[nodiscard]] Result<ExtensiveForm> read_efg_text(std::string_view text, const std::string& file);

/// Why no `.efg` can say the form (M0902): players see other odds or priors than the analyst. Empty
/// where it can.
[[nodiscard]] Diagnostics beyond_efg(const ExtensiveForm& form);

/// The form as an `.efg`; reading it gives the same form, weights and lambda factors apart (the
/// format has none). Requires: beyond_efg(form) is empty.
[[nodiscard]] std::string write_efg(const ExtensiveForm& form);

// ---- From a compiled game
// ------------------------------------------------------------------------------------------

struct UnrollOptions {
  std::vector<std::vector<double>> lambda;  ///< [player][type]; relative to the largest these
                                            ///< become `lambda_factor`; empty: all alike
  Measure measure = Measure::cells;
  Discounting discounting = Discounting::current_value;
  int rounds = 0;  ///< of a finite horizon, instead of the game's own; 0: the game's own
  std::int64_t max_nodes = 5'000'000;  ///< refuse beyond
};

/// The game unrolled: types drawn first, then every public history; an information set is a public
/// history and an own type. Who moves at once moves one after the other, the later ones not seeing
/// what the earlier ones did. Payoffs are discounted to the root. With Discounting::current_value
/// each set's `lambda_factor` undoes the discount.
///
/// Errors: M0902 where no tree can say the game: no finite horizon; M0901 when the tree has too
/// many nodes.
[[nodiscard]] Result<ExtensiveForm> unroll(const Game& game, const UnrollOptions& options = {});

// ---- Solving
// -------------------------------------------------------------------------------------------------------

struct TreeOptions {
  double lambda = 0.0;     ///< the target, in 1/payoff units, on payoffs at the root
  int max_steps = 20'000;  ///< of the path, corrections that failed included
  std::int64_t max_bytes = std::int64_t{8} << 30;  ///< refuse beyond, with the size
  bool all = false;  ///< look for further solutions at the target: docs/methods_tree.md, "Several
                     ///< solutions"
  int starts = 48;   ///< how many further places to start from, where `all`
  /// Where `all`: at most so many points corrected, each counted as the tree's nodes and 300 more;
  /// fewer starts where it is short.
  std::int64_t search_work = std::numeric_limits<std::int64_t>::max();
  /// Log strategy of a solution nearby: Newton's method at `lambda` from there, instead of the
  /// principal branch. Empty: none.
  std::vector<double> near;
  OnStep on_step;
};

/// The work that a search nobody asked for may take (`TreeOptions::search_work`).
inline constexpr std::int64_t default_search_work = 2'000'000;
/// Trees beyond are not searched unless asked for: too few starts would be left.
inline constexpr std::int64_t most_nodes_searched = 2'000;

enum class TreeTermination { not_run, reached, step_too_small, step_limit, cancelled };

/// A place where a branch turns or is crossed.
struct TreeTurn {
  double lambda = 0.0;
  int set = -1;  ///< the information set whose probabilities move most there (of a crossing: along
                 ///< the other branch)
};

/// What happened on the way, and the honest lambda.
struct TreeSummary {
  TreeTermination termination = TreeTermination::not_run;
  std::string message = "melian::solve_tree has not been called";
  double lambda_asked = 0.0;
  double lambda =
      0.0;  ///< that of the strategy given: the one asked for only where `termination` is reached
  int steps = 0, rejected = 0;
  std::vector<TreeTurn> folds;          ///< where the branch turned back or forth
  std::vector<TreeTurn> branch_points;  ///< near which another branch crosses this one
  int starts = 0;                 ///< of the search for further solutions: places started from,
  int starts_arrived = 0;         ///< and those that led to a solution at the target
  std::int64_t search_steps = 0;  ///< points corrected along branches of that search
  bool search_cut = false;        ///< a branch was left at the budget of work
  int unknowns = 0;
  std::int64_t entries = 0;  ///< of the sparse Jacobian
  double seconds = 0.0;
};

/// The checks of a behaviour strategy against the form alone, and what they need not to be doubted.
struct TreeCertificate {
  std::vector<double> values;   ///< by player: expected payoff at the root
  double residual = -1.0;       ///< largest |log sigma - (log w + lambda Q - log Z)|, in logits
  double tolerance = 1e-6;      ///< of the residual
  std::vector<double> regret;   ///< by player: most that one information set gains by another
                                ///< action, at its belief; payoff units
  std::vector<double> ceiling;  ///< by player: what logit play at this lambda can cost at most
                                ///< there; infinite at lambda 0
  bool perfect_recall = true;
  bool holds = false;
  std::vector<std::string> why_not;
};

/// One of several solutions at the lambda asked for, and how it was found.
struct TreeFound {
  enum class Origin {
    principal,  ///< the principal branch first came to it
    continued,  ///< further along the branch of another one, round a fold
    started,    ///< a curve from another start led to it
    crossing    ///< on a branch that crosses the branch of another one
  };
  Origin origin = Origin::principal;
  int from = -1;   ///< continued, crossing: index of the other one; started: number of the start
  std::string id;  ///< solution_id
  double crossed_at = 0.0;  ///< crossing: lambda of the crossing
  std::vector<double> log_strategy;
  TreeCertificate certificate;
};

/// A name for a solution that does not hang on the order in which solutions are found: three
/// numbers that its probabilities add up to with fixed weights, to three hexadecimal digits each.
/// Round-off moves them by far less than a digit; names that differ by two in the last digit of a
/// number are one (`find_solution`).
[[nodiscard]] std::string solution_id(const ExtensiveForm& form,
                                      const std::vector<double>& log_strategy);

struct TreeSolution {
  std::vector<double> log_strategy;  ///< by action, natural logs; chance actions: log odds
  TreeSummary summary;
  TreeCertificate certificate;
  std::vector<TreeFound> all;  ///< where TreeOptions::all: the solutions found, the principal
                               ///< branch's first; never proved complete
  std::size_t chosen = 0;      ///< which of `all` the strategy above is, where there are some
};

/// A solution of one game followed to another of the same shape, as payoffs, odds and lambda move
/// in a straight line; no probability moves by more than a tenth in a step. Errors: M0808 where the
/// shapes differ, or the solution ends on the way.
[[nodiscard]] Result<TreeSolution> carry(const ExtensiveForm& from,
                                         const std::vector<double>& log_strategy,
                                         double from_lambda, const ExtensiveForm& to,
                                         const TreeOptions& options);

/// Which of several solutions is meant.
struct Choice {
  std::string solution;              ///< the id of one; empty: by `select`
  std::string select = "principal";  ///< or `values` (the largest sum over players), or
                                     ///< `value:PLAYER`; each by its own odds, in its own unit
  [[nodiscard]] bool is_default() const { return solution.empty() && select == "principal"; }
  bool operator==(const Choice&) const = default;
};

inline constexpr const char* no_such_solution_code = "M0808";

/// Which of the solutions found the id names; the nearest within two in the last digit of each
/// number; -1 where none does.
[[nodiscard]] int find_solution(const std::vector<TreeFound>& found, const std::string& id);

/// Makes the solution that `choice` means the answer: strategy, certificate, `chosen`.
/// Requires: solved with TreeOptions::all.
/// Errors:   M0808 no such solution (with those that were found), no such player or rule.
[[nodiscard]] Result<void> choose(const ExtensiveForm& form, TreeSolution& solution,
                                  const Choice& choice);

/// The logit agent QRE of the principal branch at the lambda asked for: where the branch that
/// starts from uniform play at lambda 0 first comes to it. Predictor and corrector on all
/// information sets at once, in log-ratios; folds are passed.
///
/// Returns:  the last point of the branch that was found, with its own lambda, where the target was
/// not reached. Errors:   M0901 when the system is too large; M0902 when a play passes one
/// information set twice, or chance never lets
///           it be reached (no belief follows from Bayes' rule).
/// Source:   [McKelveyPalfrey1998], [Turocy2005], [Turocy2010], step control after
/// [AllgowerGeorg1990].
[[nodiscard]] Result<TreeSolution> solve_tree(const ExtensiveForm& form,
                                              const TreeOptions& options);

/// Checks a behaviour strategy at lambda against the form; shares no code with the solver.
/// Requires: every action of positive odds has a finite log, every set can be reached.
[[nodiscard]] TreeCertificate certify_tree(const ExtensiveForm& form,
                                           const std::vector<double>& log_strategy, double lambda);

/// What a behaviour strategy makes likely, by the analyst's odds.
struct TreePrediction {
  struct End {
    std::string outcome;  ///< label of the last outcome on the way; ends that share a label are one
    double probability = 0.0;
    std::vector<double> payoffs;  ///< by player: expected at the root, given that play ends so
    std::vector<double> by_draw;  ///< probability given each of `draws`
  };
  std::vector<End> ends;           ///< in order of first appearance in the tree
  std::vector<std::string> draws;  ///< actions of chance at the root, where it moves there: of a
                                   ///< game unrolled, the types
  std::vector<double> payoffs;  ///< by player: expected at the root by the analyst's odds, which a
                                ///< player need not share
};
[[nodiscard]] TreePrediction predict_tree(const ExtensiveForm& form,
                                          const std::vector<double>& log_strategy);

/// One play of a tree: the nodes passed, the end last.
using TreePlay = std::vector<int>;

/// Plays drawn by the analyst's odds; the same seed gives the same plays, for any number of
/// threads.
[[nodiscard]] std::vector<TreePlay> simulate_tree(const ExtensiveForm& form,
                                                  const std::vector<double>& log_strategy,
                                                  std::int64_t plays, std::uint64_t seed);

}  // namespace melian
