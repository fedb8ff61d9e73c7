#pragma once
/// One decision's equations at one belief, and their solution near a given one.

#include <functional>
#include <vector>

#include "certify/bayes.h"

namespace melian::checking {

/// x = log softmax (log w + lambda Q(x)), x the log-probabilities of all deciders by row; Q as in
/// the residual (docs/methods_certify.md), beliefs anywhere.
class DecisionAgain {
 public:
  /// Payoffs along a branch (counted from 0 at the state) by where it leaves beliefs:
  /// [player][profile] here, payoff units at this moment.
  using Payoffs = std::function<void(std::size_t branch, const std::vector<double>& posterior,
                                     std::vector<double>& out)>;

  /// `beliefs`: the analyst's log-odds by axis of the belief space. `seen`: [decider][profile],
  /// others' types as each decider believes them. Keeps references.
  DecisionAgain(const Layout& layout, const Assessment& assessment, int round, int state,
                const std::vector<double>& beliefs, std::vector<std::vector<double>> seen,
                Payoffs payoffs);

  /// Newton's method from `x`; false where no solution within `solved_within` logits was found, `x`
  /// then being the best point met.
  [[nodiscard]] bool solve(std::vector<double>& x);
  [[nodiscard]] std::vector<double> posterior(std::size_t branch, const std::vector<double>& x);
  /// Expected payoffs of all players, [player][profile], where play goes on by `x`.
  [[nodiscard]] std::vector<double> values(const std::vector<double>& x);

  static constexpr double solved_within = 1e-9;

 private:
  struct Row {
    std::size_t decider, type, action;
    bool open;
  };
  void score_branch(std::size_t branch, const std::vector<double>& x, std::vector<double>& out);
  /// F(x) and |x - F(x)|.
  double reply(const std::vector<double>& x, std::vector<double>& out);
  void answer_to_scores(std::vector<double>& out) const;
  [[nodiscard]] bool newton_step(const std::vector<double>& x, const std::vector<double>& fx,
                                 std::vector<double>& step);
  [[nodiscard]] bool step_of_one(const std::vector<double>& slopes, const std::vector<double>& fx,
                                 const std::vector<double>& gap, std::vector<double>& step) const;
  [[nodiscard]] bool step_of_several(const std::vector<double>& slopes,
                                     const std::vector<double>& fx, const std::vector<double>& gap,
                                     std::vector<double>& step) const;

  const Shape& shape_;
  const std::vector<double>& beliefs_;
  std::vector<Part> parts_;
  std::vector<std::vector<double>> seen_;
  std::vector<std::vector<double>> lambda_;  ///< [decider][type]
  Payoffs payoffs_;
  Listener listener_;
  Bayes bayes_;
  std::size_t branches_, rows_count_;
  std::vector<Row> rows_;
  std::vector<std::vector<double>> scores_;  ///< [branch][row]: what it adds to the row's Q
  std::vector<double> posterior_, amount_;
};

}  // namespace melian::checking
