#pragma once
/// Strategies, posteriors and residuals of one line for many priors at once, given the posteriors
/// of its curved branches: what `finish` does for one prior, row by row.

#include <vector>

#include "solve/line.h"

namespace melian::grid {

class Readout {
 public:
  void start(const Line& line);
  /// `u`: posteriors of the curved branches, in the order of `line.curved`.
  void add(const Line& line, int target, double prior, const double* u, LineAnswer& answer);
  /// Writes what is left.
  void flush(const Line& line, LineAnswer& answer);

 private:
  static constexpr int size = 64;
  struct Lanes {
    double prior[size];
    double u[size], base[2][size], gain[2][size], low[size], centre[size],
        per_width[size];                  ///< of the branch in hand: where it is read ...
    double score[2][size], weight[size];  ///< ... and what stands there
    double top[2][size], sum[2][size], log_z[2][size], per_sum[2][size];
    double mean[2][size], least[2][size], most[2][size], residual[size];
  };
  static void read(Lanes& at, int lanes);
  static void open(Lanes& at, int lanes);
  static void raise(Lanes& at, int lanes, int type, const double* score);
  static void weigh(Lanes& at, int lanes, int type, double* score_to_weight);
  static void normalise(Lanes& at, int lanes, int type, double* log, double* sigma);
  static void settle(const Lanes& at, int lanes, const double* u, double* zero, double* one);
  static void imply(Lanes& at, int lanes, const double* zero, const double* one);
  static void compare(Lanes& at, int lanes, int type, const double* log, const double* sigma);
  static void judge(Lanes& at, int lanes, bool one, bool two);

  void locate(const Line& line, int branch, std::int32_t* cell);
  void fixed_scores(const Line& line, int branch);
  [[nodiscard]] double* row(std::vector<double>& rows, int type, int branch) {
    return rows.data() + ix((std::int64_t{type} * branches_ + branch) * size);
  }

  Lanes at_;
  int count_ = 0, branches_ = 0;
  int target_[size];
  std::int32_t cell_[size];
  std::vector<double> u_;            ///< [curved][lane]
  std::vector<double> log_, sigma_;  ///< [type][branch][lane]
};

}  // namespace melian::grid
