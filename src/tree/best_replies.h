#pragma once
/// A receiver's best replies to beliefs over some of the sender's types.

#include <vector>

#include "tree/signals.h"

namespace melian::tree {

class BestReplies {
 public:
  /// Replies that fall short of the best by `tolerance` (the receiver's payoff units) count as best
  /// too.
  BestReplies(const Signal& signal, std::vector<std::size_t> types, double tolerance);

  /// Replies that are best at some belief over the types, in order.
  [[nodiscard]] const std::vector<std::size_t>& replies() const { return replies_; }
  /// Is there one belief over the types at which all of these are best?
  [[nodiscard]] bool together(const std::vector<std::size_t>& replies) const;

  struct Support {
    double share = 0.0;    ///< how much every type at least loses by the message, as a share of its
                           ///< stake; negative: what some type gains
    bool complete = true;  ///< false: too many sets of replies to look at
  };
  /// The mixed best reply that keeps all types of the signal from the message best; the search ends
  /// at `enough`.
  [[nodiscard]] Support support(double enough) const;

 private:
  void extend(std::vector<std::size_t>& chosen, std::size_t from, double enough, int& left,
              Support& out) const;
  [[nodiscard]] double loss(const std::vector<std::size_t>& replies) const;

  const Signal& signal_;
  std::vector<std::size_t> types_;
  double tolerance_;
  std::vector<std::size_t> replies_;
};

}  // namespace melian::tree
