#include "tree/best_replies.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "melian/numeric.h"
#include "tree/matrix_game.h"

namespace melian::tree {

BestReplies::BestReplies(const Signal& signal, std::vector<std::size_t> types, double tolerance)
    : signal_(signal), types_(std::move(types)), tolerance_(tolerance) {
  constexpr double round_off = 1e-12;  // where nothing is at stake, all replies are best
  for (const double payoff : signal.receiver_gets)
    tolerance_ = std::max(tolerance_, round_off * std::abs(payoff));
  for (std::size_t r = 0; r < signal.num_replies(); ++r)
    if (together({r})) replies_.push_back(r);
}

bool BestReplies::together(const std::vector<std::size_t>& replies) const {
  std::vector<double> ahead;  // [one of the replies, another][type]
  for (const std::size_t r : replies)
    for (std::size_t other = 0; other < signal_.num_replies(); ++other)
      for (std::size_t k = 0; k < types_.size() && other != r; ++k)
        ahead.push_back(signal_.receiver_at(types_[k], r) - signal_.receiver_at(types_[k], other));
  return matrix_game_value(ahead, types_.size()) >= -tolerance_;
}

/// What every type at least loses at the mixture of these replies that is best at deterring.
double BestReplies::loss(const std::vector<std::size_t>& replies) const {
  std::vector<double> rows;
  for (std::size_t t = 0; t < signal_.num_types(); ++t)
    for (std::size_t k = 0; k < replies.size() && signal_.stake[t] > 0.0; ++k)
      rows.push_back((signal_.equilibrium[t] - signal_.sender_at(t, replies[k])) /
                     signal_.stake[t]);
  return matrix_game_value(rows, replies.size());
}

BestReplies::Support BestReplies::support(double enough) const {
  constexpr int most_sets = 20'000;
  Support out{-infinity, true};
  for (const std::size_t r : replies_) out.share = std::max(out.share, loss({r}));
  int left = most_sets;
  std::vector<std::size_t> chosen;
  if (out.share < enough) extend(chosen, 0, enough, left, out);
  return out;
}

/// Mixtures of two replies or more. One more than there are types suffices: a basic solution of the
/// program has no more.
void BestReplies::extend(std::vector<std::size_t>& chosen, std::size_t from, double enough,
                         int& left, Support& out) const {
  for (std::size_t k = from; k < replies_.size() && out.share < enough; ++k) {
    chosen.push_back(replies_[k]);
    const bool alone = chosen.size() == 1;
    if (!alone && --left < 0) {
      out.complete = false;
    } else if (alone || together(chosen)) {
      if (!alone) out.share = std::max(out.share, loss(chosen));
      if (chosen.size() <= signal_.num_types()) extend(chosen, k + 1, enough, left, out);
    }
    chosen.pop_back();
    if (!out.complete) return;
  }
}

}  // namespace melian::tree
