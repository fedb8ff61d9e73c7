#pragma once
/// Sums over branches where values lie in rows (solve/values.h): a packed row of players and
/// profiles at a time, in registers.

#include <cstdint>
#include <vector>

#include "numeric/pack.h"
#include "solve/axis.h"

namespace melian::grid {

/// Where a table is read: between two of its rows or, where `above` is 0, at one.
struct RowSpot {
  std::int64_t low = 0, high = 0;   ///< where the rows begin
  double below = 1.0, above = 0.0;  ///< what they weigh
};

/// Values of a state's points from those of its successors,
///   v[l, t] = sum over branches of sigma (constant + factor (below low + above high)),
/// by line l and target t along it. A point by itself is a line with one target.
class RowSum {
 public:
  struct Branch {
    const double* table = nullptr;  ///< null where play ends: constants only
    const std::int64_t* place =
        nullptr;             ///< of each place of the row in those of `table`; null: the same
    std::int64_t width = 0;  ///< of the rows of `table`
    const double
        *zero = nullptr,
        *one = nullptr;  ///< the odds of the mover's types, [target], `odds_width` apart, by line
  };
  /// Rows of `width` places; no branch yet.
  void begin(std::int64_t width, int lines, int targets);
  /// A branch more, with constants and factors of 0. Pointers into it stand until the next.
  Branch& add();
  [[nodiscard]] double* constant() {
    return rows_.data() + ix((2 * count() - 1) * width_);
  }  ///< of the last branch, by place
  [[nodiscard]] double* factor() { return rows_.data() + ix(2 * count() * width_); }
  [[nodiscard]] RowSpot* spots() {
    return spots_.data() + ix((count() - 1) * lines_ * targets_);
  }  ///< [line][target]
  [[nodiscard]] double* second() {
    return rows_.data();
  }  ///< by place: is it of the mover's second type? (`lanes::chosen`)
  /// Writes the sums into the rows of `table` that begin at start[line] + target step.
  void write(std::int64_t odds_width, const std::int64_t* start, std::int64_t step,
             double* table) const;

 private:
  [[nodiscard]] std::int64_t count() const { return static_cast<std::int64_t>(branches_.size()); }

  std::int64_t width_ = 0, lines_ = 0, targets_ = 0;
  lanes::Row rows_;  ///< `second`, then constants and factors of each branch
  std::vector<RowSpot> spots_;
  std::vector<Branch> branches_;
};

/// What a branch scores, by line and node of the mover's axis. Profiles come in pairs: the mover's
/// first type, then its second, the others' types the same.
struct RowScores {
  int profiles = 0, lines = 0, nodes = 0, corners = 0;
  bool moving = false;                                  ///< does it matter what is believed?
  const double *reward = nullptr, *discount = nullptr;  ///< [profile]
  const double* beliefs = nullptr;                      ///< [line][profile]
  const double* shares =
      nullptr;                    ///< [corner][line][profile]: beliefs times what the corner weighs
  const double* table = nullptr;  ///< the mover's values; null where play ends
  const std::int64_t* place = nullptr;  ///< [profile]: in the successor's row
  bool near = false;                    ///< are the first `profiles` places of the row theirs?
  const std::int64_t* first = nullptr;  ///< [corner][line]: where the line's first row begins
  std::int64_t step = 0;                ///< from one node to the next
  double precision[2] = {0.0, 0.0}, log_weight = 0.0;
  double *zero = nullptr,
         *one = nullptr;  ///< scores of the mover's types, [node], `width` apart, by line
  std::int64_t width = 0;
};
void score_rows(const RowScores& scores);

}  // namespace melian::grid
