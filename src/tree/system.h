#pragma once
/// The logit equations of all information sets at once, and their sparse Jacobian.
///
/// Unknowns: for every set of a player with two or more actions the log-ratios x_a = log sigma(a) -
/// log sigma(0), a >= 1.
///
///   F_a(x, lambda) = x_a - (log w_a - log w_0) - lambda f (Q_a - Q_0),   f the set's lambda factor
///   Q_a = sum over the set's nodes n of mu(n) v(n a),                      mu by Bayes' rule
///
/// dQ_a / dx of another set is nought unless one set lies below the other, so a row holds ancestors
/// and descendants only. Sets are eliminated from the deepest up, which fills in little where few
/// types meet at a history; or by minimum degree where that fills in less (many types whose sets
/// meet at one of another player).

#include <cstdint>
#include <span>
#include <vector>

#include "melian/tree.h"

namespace melian::tree {

/// A matrix with a dense last row and column around the Jacobian, by columns, rows increasing.
struct Bordered {
  int size = 0;  ///< unknowns + 1
  std::vector<int> column_begin, row;
  std::vector<double> entry;
};

class System {
 public:
  explicit System(const ExtensiveForm& form);

  /// What the pattern takes before it is built, and the whole once it is (an estimate of the
  /// factors included), in bytes.
  [[nodiscard]] static std::int64_t bytes_to_plan(const ExtensiveForm& form);
  [[nodiscard]] std::int64_t bytes_to_solve() const;
  [[nodiscard]] std::int64_t num_entries() const { return entries_; }
  [[nodiscard]] int num_unknowns() const { return unknowns_; }

  /// Adds (1 - lambda / unbiased_at) b to what the log-ratios should be: another start, which the
  /// same curve leads to a solution of the game itself at `unbiased_at`. An empty b takes it away.
  void set_bias(std::vector<double> bias, double unbiased_at);
  /// The log-ratios of uniform play (of the weights; moved by the bias): the solution at lambda 0.
  [[nodiscard]] std::vector<double> start() const;
  /// Strategies, reach, beliefs and values at x; what follows speaks of this x.
  void evaluate(std::span<const double> x);
  /// F at lambda.
  void residual(double lambda, std::span<double> out) const;
  /// dF / dlambda.
  void slope(std::span<double> out) const;
  /// dF / dx at lambda into `matrix`; its last row and column are left as they are.
  void jacobian(double lambda, Bordered& matrix) const;
  /// The matrix's pattern, with nought everywhere.
  [[nodiscard]] Bordered pattern() const;
  /// The set whose probabilities move most in this direction of the log-ratios; -1 where nothing is
  /// chosen.
  [[nodiscard]] int fastest_set(std::span<const double> direction) const;
  /// Natural logs by action; chance actions: log odds.
  [[nodiscard]] const std::vector<double>& log_strategy() const { return log_strategy_; }
  /// Log-ratios of a strategy (natural logs by action).
  [[nodiscard]] std::vector<double> log_ratios(const std::vector<double>& log_strategy) const;
  /// The set of the form that each unknown belongs to.
  [[nodiscard]] std::vector<int> set_of_unknown() const;
  /// Log-ratios that prefer, at each set, the action named there by `bias` in logits; -1 prefers
  /// none. By set of the form.
  [[nodiscard]] std::vector<double> preference(const std::vector<int>& action, double bias) const;

 private:
  struct Choice {
    int set = -1, first_action = 0, num_actions = 0, player = 0;
    double factor = 1.0;
    int first_unknown = 0;
    std::int64_t first_row = 0;  ///< into rows_
    int num_rows = 0,
        diagonal = 0;  ///< rows off the diagonal block, and how many of them come before it
    std::vector<int> nodes;
  };
  [[nodiscard]] static bool has_beliefs(const Choice& choice) { return choice.nodes.size() > 1; }
  /// A choice above a choice, as met on the way up from a node: where their blocks stand in the
  /// columns.
  struct Above {
    int node = -1, action = 0;
    int below_column = 0;  ///< in a column of the lower set: the row of `action` (or, for action 0,
                           ///< of all actions) of the upper
    int above_column = 0;  ///< in a column of the upper set: the first row of the lower
  };

  [[nodiscard]] std::size_t view_of(int player) const {
    return views_ == 1 ? 0 : static_cast<std::size_t>(player);
  }

  void number_choices();
  void climb();
  void reorder();
  void find_rows();
  void place_blocks();
  void play_as(int view);
  void believe();
  [[nodiscard]] int place(const Choice& column, int row) const;

  const ExtensiveForm& form_;
  std::vector<Choice> choices_;            ///< in order of elimination
  std::vector<int> choice_of_;             ///< by node; -1 where nothing is chosen
  std::vector<std::int64_t> above_begin_;  ///< by node of a choice, in the order of `above_nodes_`
  std::vector<int> above_nodes_;
  std::vector<Above> above_;
  std::vector<int> rows_;
  int unknowns_ = 0;
  std::int64_t entries_ = 0;
  double factor_entries_ = 0.0;

  std::vector<double> bias_;
  double unbiased_at_ = 1.0;
  int views_ =
      1;  ///< one for all, or one for each player where they see other odds than the analyst
  std::vector<double> odds_, log_odds_;  ///< [view][action], of chance actions
  std::vector<std::uint8_t> of_chance_;  ///< by action
  std::vector<int> parent_action_;       ///< by node
  std::vector<double> log_reach_;        ///< [view][node]
  std::vector<double>
      by_chance_;               ///< [view][node]: odds of the chance moves in a row that lead here
  std::vector<double> belief_;  ///< by node of a choice
  std::vector<double> log_strategy_, probability_, values_, after_, quality_;
};

}  // namespace melian::tree
