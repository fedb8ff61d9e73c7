#include "tree/matrix_game.h"

#include <algorithm>

#include "melian/numeric.h"

namespace melian::tree {
namespace {

/// maximise c x subject to A x <= b, x >= 0, with b >= 0: basic variables are written in terms of
/// the others, row by row; the last row is the objective, the last column the constants.
class Tableau {
 public:
  Tableau(std::size_t rows, std::size_t columns)
      : rows_(rows), columns_(columns), entry_((rows + 1) * (columns + 1), 0.0) {
    for (std::size_t k = 0; k < rows + columns; ++k) (k < columns ? out_ : in_).push_back(k);
  }
  double& at(std::size_t row, std::size_t column) { return entry_[row * (columns_ + 1) + column]; }

  double maximise() {
    constexpr double nought = 1e-12;
    constexpr int most = 100'000;  // Bland's rule ends; round-off alone might keep it going
    for (int n = 0; n < most; ++n) {
      const std::size_t enters = entering(nought);
      if (enters == columns_) break;
      const std::size_t leaves = leaving(enters, nought);
      if (leaves == rows_) break;
      pivot(leaves, enters);
    }
    return at(rows_, columns_);
  }

 private:
  /// Of the columns that raise the objective, that of the variable with the smallest number.
  std::size_t entering(double nought) {
    std::size_t best = columns_;
    for (std::size_t c = 0; c < columns_; ++c)
      if (at(rows_, c) > nought && (best == columns_ || out_[c] < out_[best])) best = c;
    return best;
  }
  std::size_t leaving(std::size_t enters, double nought) {
    std::size_t best = rows_;
    double least = infinity;
    for (std::size_t r = 0; r < rows_; ++r) {
      if (!(at(r, enters) > nought)) continue;
      const double ratio = at(r, columns_) / at(r, enters);
      const bool tied = best < rows_ && ratio <= least + nought && in_[r] < in_[best];
      if (ratio < least - nought || tied) best = r, least = std::min(least, ratio);
    }
    return best;
  }
  void pivot(std::size_t leaves, std::size_t enters) {
    const double by = at(leaves, enters);
    for (std::size_t c = 0; c <= columns_; ++c) at(leaves, c) /= by;
    at(leaves, enters) = 1.0 / by;
    for (std::size_t r = 0; r <= rows_; ++r) {
      if (r == leaves) continue;
      const double times = at(r, enters);
      if (times == 0.0) continue;
      at(r, enters) = 0.0;
      const double sign = r == rows_ ? -1.0 : 1.0;
      for (std::size_t c = 0; c < columns_; ++c) at(r, c) -= times * at(leaves, c);
      at(r, columns_) -= sign * times * at(leaves, columns_);
    }
    std::swap(in_[leaves], out_[enters]);
  }

  std::size_t rows_, columns_;
  std::vector<double> entry_;
  std::vector<std::size_t> out_, in_;  ///< variables at nought by column; basic ones by row
};

}  // namespace

double matrix_game_value(const std::vector<double>& matrix, std::size_t columns) {
  if (matrix.empty()) return infinity;
  const std::size_t rows = matrix.size() / columns;
  // Entries are raised to be positive, so that the value is, and x may sum to less than one;
  // scaled, so that round-off is the same for every unit.
  const auto [low, high] = std::ranges::minmax(matrix);
  const double scale = high > low ? high - low : 1.0;
  Tableau tableau(rows + 1, columns + 1);  // the last unknown is the raised value
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = 0; c < columns; ++c)
      tableau.at(r, c) = -((matrix[r * columns + c] - low) / scale + 1.0);
    tableau.at(r, columns) = 1.0;
  }
  for (std::size_t c = 0; c < columns; ++c) tableau.at(rows, c) = 1.0;
  tableau.at(rows, columns + 1) = 1.0;
  tableau.at(rows + 1, columns) = 1.0;
  return (tableau.maximise() - 1.0) * scale + low;
}

}  // namespace melian::tree
