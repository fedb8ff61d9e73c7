#pragma once
/// Decisions that no single curve answers: a mover with three or more types, one whose types are
/// tied to another's, or several movers at once. One belief point at a time, Newton's method on the
/// whole decision:
///
///   x_d(a | theta) = log sigma,   x = log softmax over a of S,   S_d(theta; a) = lambda Q_d(theta;
///   a) + log w_a, Q_d(theta; a) = sum over others' types and actions of their odds x (payoff +
///   discount U_d at the posterior),
///
/// where posteriors move with x. For one mover S(theta; a) depends on x(. | a) alone, so the matrix
/// is an arrow: one block of types for each action, tied through the normalisers (O(actions
/// types^3) a step, by Woodbury's formula); for several it is dense. The principal branch is
/// followed from x = log w (lambda 0), or from the rung below, by continuation in t of (1 - t)
/// S_below + t S, as long as the determinant keeps its sign. docs/methods_solve.md, "Decisions
/// without a curve".

#include <span>
#include <utility>
#include <vector>

#include "solve/here.h"

namespace melian::grid {

/// Scores of a decision at one belief point, and how they change with strategies.
class JointScores {
 public:
  /// Holds references.
  JointScores(const Here& here, const Standpoint& at);
  /// At another point; `here` stays.
  void stand_at(const Standpoint& at);

  /// S at x; with `slopes`, dS / dx as well.
  void evaluate(const double* x, bool with_slopes);
  /// Values U_j of all players at strategies x: [player][profile].
  void values(const double* x, double* out);

  [[nodiscard]] const std::vector<double>& scores() const { return scores_; }
  /// [row of S][column]: by x of the same action and the column's type where one decides, by the
  /// column's row of x where several do.
  [[nodiscard]] const std::vector<double>& slopes() const { return slopes_; }
  [[nodiscard]] int columns() const { return columns_; }

 private:
  /// Of a decider whose types a group's cells tell apart.
  struct Told {
    std::size_t decider = 0;
    std::vector<int> type, first_row;  ///< [cell]
  };
  void move_beliefs(const double* x, int branch, const Here::Way& way, bool with_slopes);
  void raise_sides(int group, int branch);
  [[nodiscard]] double odds_of_others(int branch, int profile, std::size_t own) const;
  void take(const double* x);
  void add_branch(const double* x, int branch, bool with_slopes);
  void add_moves(std::size_t d, int branch);
  [[nodiscard]] int type_of(const Decider& one, int profile) const {
    return one.types > 1 ? state_.type_of(profile, one.player) : 0;
  }
  [[nodiscard]] int row(std::size_t d, int branch, int profile) const {
    const Decider& one = state_.deciders[d];
    return one.row(type_of(one, profile), one.own_action(branch));
  }
  [[nodiscard]] int column(const Decider& one, int type, int branch) const {
    return state_.deciders.size() == 1 ? type : one.row(type, one.own_action(branch));
  }

  const Here& here_;
  const StatePlan& state_;
  const Standpoint* at_;
  int columns_;
  std::vector<std::vector<Told>> told_;       ///< [group]: by the deciders whose types it holds
  std::vector<std::vector<double>> weights_;  ///< [decider][profile]
  std::vector<double> scores_, slopes_;
  News news_;
  Landing landing_;
  std::vector<double> shift_slopes_;        ///< [axis][column]: how an axis' shift changes with x
  std::vector<double> likelihood_, share_;  ///< by cell
  std::vector<double> taken_;               ///< [row]: exp x
  std::vector<double> pulls_;  ///< [type of a decider][axis that moved]: dS / d log-odds there
};

/// What a decision at one point came to.
struct JointAnswer {
  std::vector<double> x;  ///< log strategies by row
  DecisionMark mark = DecisionMark::unsolved;
  double residual = 0.0;
  bool fresh_jump = false;
};

class JointSolver {
 public:
  explicit JointSolver(const StatePlan& state);

  /// Follows the decision's solution from `start`, that of `below` (null: lambda 0), to `target`;
  /// the determinant stays positive.
  void follow(JointScores* below, JointScores& target, std::span<const double> start,
              JointAnswer& answer);
  /// The solution near `start`; false where Newton's method leads elsewhere or nowhere.
  [[nodiscard]] bool approach(JointScores& target, std::span<const double> start,
                              JointAnswer& answer);
  /// Looks for a solution other than the answer's from a few starts; true where one is found.
  [[nodiscard]] bool finds_another(JointScores& target, const JointAnswer& answer);
  /// What Newton's method finds from `taken` and from many starts; duplicates among them, each with
  /// whether its determinant is positive.
  [[nodiscard]] std::vector<std::pair<std::vector<double>, bool>> search(
      JointScores& target, const std::vector<double>& taken);
  /// Strategies at lambda 0.
  [[nodiscard]] const std::vector<double>& indifferent() const { return indifferent_; }

 private:
  /// A point of the path of solutions (x, t), and which way it goes on; t grows where the
  /// determinant is positive.
  struct Spot {
    std::vector<double> x;
    double t = 0.0;
  };
  struct Heading {
    std::vector<double> x;
    double t = 1.0;
  };
  bool newton(JointScores* below, JointScores& target, double t, std::vector<double>& x, int steps);
  void residual_at(JointScores* below, JointScores& target, double t, const std::vector<double>& x,
                   bool with_slopes);
  bool solve(std::vector<double>& right) {
    return state_.deciders.size() == 1 ? solve_arrow(right) : solve_dense(right);
  }
  bool solve_dense(std::vector<double>& right);
  bool solve_arrow(std::vector<double>& right);
  [[nodiscard]] double size_of(const std::vector<double>& step) const;
  bool pass_folds(JointScores* below, JointScores& target, double t, std::vector<double>& x);
  bool find_heading(Heading& heading);
  bool back_on_path(JointScores* below, JointScores& target, const Heading& heading, Spot& at);
  bool any_solution(JointScores& target, std::vector<double>& x);
  [[nodiscard]] std::vector<std::vector<double>> starts(JointScores& target);
  [[nodiscard]] std::vector<std::vector<double>> drawn_starts() const;
  void finish(JointScores& target, JointAnswer& answer);
  bool leads_elsewhere(JointScores& target, std::vector<double>& x, const JointAnswer& answer);

  const StatePlan& state_;
  std::vector<int> rows_;  ///< open ones
  std::vector<int> first_of_,
      width_of_;  ///< [row]: the first row of its decider and type, and how many
  std::vector<double> indifferent_;
  // Of (1 - t) below + t target, by row:
  std::vector<double> scores_, slopes_, sigma_;
  std::vector<double> flow_;  ///< what the scores gain as t grows, less its mean
  std::vector<double> gap_;   ///< x - log softmax
  double scale_ = 1.0;        ///< of the scores
  double sign_ = 1.0;         ///< of the determinant of the last matrix
  // Workspace of Newton's method and its linear algebra.
  std::vector<double> step_, before_, matrix_, sides_, spread_, mean_, small_;
  std::vector<int> open_;
};

}  // namespace melian::grid
