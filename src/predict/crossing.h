#pragma once
/// One branch read at all belief points of its state at once, where that is plain: one mover or a
/// chance outcome that moves one belief of two types at most. What `BranchReader` reads point by
/// point is then a few loops over points.

#include <map>

#include "numeric/pack.h"
#include "predict/forward_board.h"

namespace melian::prediction {

/// What of a branch is the same in every round: log likelihoods of the branch by the two types of
/// one group alone, all others alike.
struct PlainBranch {
  bool possible = true;  ///< false: chance gives it no odds at all
  bool plain = false;    ///< is it as simple as that, and does every type have it?
  int group = -1;        ///< index in the shape's groups; -1: alike for all types
  std::ptrdiff_t
      zero = -1,
      one = -1;  ///< where in the strategy of a round and state they start, by point; -1: constants
  double constant[2] = {0.0, 0.0},
         odds[2] = {1.0, 1.0};  ///< log likelihoods and likelihoods otherwise
};
[[nodiscard]] PlainBranch plain_branch(const Board& board, int state, int k);

/// A plain branch in one round. What stands behind its pointers is its own, the board's, or that of
/// `Crossings`.
struct Crossing {
  Crossing() = default;
  Crossing(const Crossing&) = delete;
  Crossing& operator=(const Crossing&) = delete;

  int group = -1;  ///< index in the shape's groups of the one that moves; -1: none does
  int axis = -1;   ///< its axis in the shape
  // Does the group have its second type there (`lanes::chosen`)? By profile of the state, and by
  // full profile.
  const double *second = nullptr, *second_by_full = nullptr;
  // [point]
  const double *
      log_zero = nullptr,
     *log_one = nullptr;  ///< log likelihoods, given the first and the second type of the group ...
  const double *zero = nullptr, *one = nullptr;  ///< ... and likelihoods
  /// That the group has its second type, afterwards. Where it moves a belief that the successor
  /// has, or with what the branch says.
  std::vector<double> belief;
  const int* low =
      nullptr;  ///< where the successor's grid takes it up: here (null where play ends) ...
  const double* weight = nullptr;  ///< ... and `step` points further, in these shares
  std::vector<int> cell;           ///< of the belief on its own axis ...
  std::vector<double>
      place;     ///< ... and how far into it, whether or not the successor has that axis
  int step = 0;  ///< 0: at `low` alone
  // Only where it is read with what it says:
  const double* odds = nullptr;  ///< by the coordinate's own law of types
  std::vector<double> entropy;   ///< of the belief afterwards, in nats ...
  std::vector<double> news;      ///< ... and what the branch said of it: nats times odds

  /// The likelihood at a point, given the types.
  [[nodiscard]] double likelihood(int point, int profile) const {
    return lanes::is_chosen(second[profile]) ? one[point] : zero[point];
  }

  struct Room {
    std::vector<double> logs[2], likelihoods[2], odds, from, per;
    std::vector<int> low;
  } room;
};

/// All branches of a board, laid out once.
class Crossings {
 public:
  explicit Crossings(const Board& board);

  [[nodiscard]] const PlainBranch& branch(int branch) const {
    return branches_[static_cast<std::size_t>(branch)];
  }
  [[nodiscard]] int source(int branch) const { return source_[static_cast<std::size_t>(branch)]; }
  /// Null where play ends.
  [[nodiscard]] const Projection* projection(int branch, const Destination& to) const;
  /// `saying`: with what the branch says of its group.
  /// Requires: the branch is plain and possible; in this round there is a strategy.
  void read(int round, int branch, const Projection* projection, bool saying, Crossing& out) const;

 private:
  struct Priors {  // [point]
    std::vector<double> belief, log_odds;
  };
  struct Seconds {  // `Crossing::second`
    lanes::Row by_profile, by_full;
  };
  const Board& board_;
  std::vector<PlainBranch> branches_;
  std::vector<int> source_;                                  // [branch]
  std::vector<const Projection*> projection_;                // [branch]
  std::map<const Shape*, std::vector<Priors>> priors_;       // [axis of the shape]
  std::vector<const std::vector<Priors>*> priors_of_state_;  // [state]
  std::map<const Shape*, std::vector<Seconds>> seconds_;     // [group of the shape + 1]
  std::vector<const Seconds*> seconds_of_branch_;            // [branch]
  std::vector<double> zeros_;                                // [point]
};

}  // namespace melian::prediction
