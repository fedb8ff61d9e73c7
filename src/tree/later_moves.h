#pragma once
/// What follows a node where later moves are best replies that depend on no belief.

#include <optional>
#include <string>
#include <vector>

#include "melian/tree.h"

namespace melian::tree {

/// Backward induction as far as it goes without beliefs: a set's move is found where one action is
/// best at each of its nodes, by more than a margin or with nothing else at stake for anybody.
class LaterMoves {
 public:
  /// `margins` by information set, in its player's payoff units.
  LaterMoves(const ExtensiveForm& form, std::vector<double> margins);

  /// By player: expected payoff from the node on, what it pays included, by its own odds of chance.
  /// Nothing where some later move depends on beliefs; `why_not` says which.
  [[nodiscard]] const std::vector<double>* values(int node);
  [[nodiscard]] const std::string& why_not() const { return why_not_; }

 private:
  enum class State : unsigned char { unseen, open, known, unknown };

  void visit(int node);
  void decide(int set);
  [[nodiscard]] int best_action(int set);
  [[nodiscard]] const std::vector<double>& child_value(int node, int action) const;
  [[nodiscard]] bool same_for_all(int node, int a, int b) const;

  const ExtensiveForm& form_;
  std::vector<double> margins_;
  std::vector<std::vector<int>> nodes_;
  std::vector<State> state_;                 ///< by node
  std::vector<State> set_state_;             ///< by information set
  std::vector<std::vector<double>> values_;  ///< by node
  std::string why_not_;
};

}  // namespace melian::tree
