#pragma once
/// One branch read at all belief points of its state at once, where that is plain: one mover or a chance outcome that moves one
/// belief of two types at most. What `BranchReader` reads point by point is then a few loops over points.

#include "study/forward_board.h"

namespace melian::prediction {

class Crossing {
 public:
  /// False where the branch has to be read point by point; nothing else may be asked then.
  /// Requires: the reader's branch has odds (`possible`).
  bool read(const Board& board, const Shape& here, const BranchReader& reader);

  int group = -1;                    ///< index in the shape's groups of the one that moves; -1: none does
  int axis = -1;                     ///< its axis in the shape
  std::vector<std::uint8_t> second;  ///< [profile of the state]: does the group have its second type there?
  // [point]
  std::vector<double> zero, one;  ///< probability of the branch, given the first and the second type of the group
  std::vector<double> odds;       ///< by the coordinate's own law of types
  std::vector<double> belief;     ///< that the group has its second type, afterwards ...
  std::vector<double> entropy;    ///< ... its entropy, in nats ...
  std::vector<double> news;       ///< ... and what the branch said of it: nats times odds
  std::vector<int> low;           ///< where the successor's grid takes it up: here ...
  std::vector<double> weight;     ///< ... and `step` points further, in these shares
  std::vector<int> cell;          ///< of the belief on its own axis ...
  std::vector<double> place;      ///< ... and how far into it, whether or not the successor has that axis
  int step = 0;                   ///< 0: at `low` alone

 private:
  std::vector<double> log_zero_, log_one_, prior_, prior_odds_;
};

}  // namespace melian::prediction
