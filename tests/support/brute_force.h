#pragma once
/// A yardstick that shares nothing with the belief grid: the game unrolled into the explicit tree
/// of its public histories, beliefs by Bayes' rule along each history, and the agent QRE solved as
/// one system of equations.

#include <vector>

#include "melian/game.h"

namespace melian::testing {

/// One public history: a decision, chance move or passage after everything that has been seen.
struct TreeNode {
  int round = 0, state = 0;
  int elapsed = 0;              ///< rounds of time passed since the start
  int parent = -1, taken = -1;  ///< the branch (index at the parent) that leads here
  std::vector<int>
      children;  ///< per branch; -1 - outcome where play ends, missing outcomes of chance likewise
  std::vector<double>
      log_odds;  ///< the analyst's belief in each player's second type (0 for players of one type)
  std::vector<std::vector<double>>
      log_strategy;  ///< [type of mover][branch]; empty outside decisions
};

struct BruteForceOptions {
  std::vector<std::vector<double>> lambda;  ///< [player][type]
  Measure measure = Measure::cells;
  Discounting discounting = Discounting::current_value;
  bool follow_branch =
      false;  ///< always trace the principal branch from lambda 0, even if iteration converges
  int max_histories = 5000;
};

struct BruteForceSolution {
  bool solved = false;
  double residual = -1.0;      ///< largest error of a logit equation, logits
  int information_sets = 0;    ///< (public history, type of mover)
  std::vector<TreeNode> tree;  ///< the first is the empty history
  std::vector<std::vector<double>>
      values;                    ///< [player][type] at the start, own beliefs and own odds
  std::vector<double> outcomes;  ///< by the analyst's prior and odds
};

[[nodiscard]] BruteForceSolution brute_force(const Game& game, const BruteForceOptions& options);

/// The same lambda for every player and type.
[[nodiscard]] std::vector<std::vector<double>> same_lambda(const Game& game, double lambda);

}  // namespace melian::testing
