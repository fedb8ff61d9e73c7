#pragma once
/// Newton's method for x = f(x) where f is dear and few of its numbers depend on each other: slopes
/// by probes shared between numbers that no number of f depends on together, then Broyden's
/// corrections.

#include <cstdint>
#include <vector>

namespace melian::grid {

/// Which numbers of f move with which of x.
struct Dependence {
  int probes = 0;  ///< evaluations that show all slopes; 0: not known, or too many to be worth it
  std::vector<int> probe;               ///< [number of x]
  std::vector<std::vector<int>> moves;  ///< [number of x]: numbers of f

  /// x and f in blocks that begin at `first`, `size` numbers in all; `moved_by`: for every block of
  /// f, blocks of x.
  static Dependence by_block(const std::vector<int>& first, int size,
                             const std::vector<std::vector<int>>& moved_by);
};

class Tangent {
 public:
  enum class Ending : std::uint8_t { none, converged, failed };

  explicit Tangent(const Dependence& dependence) : dependence_(dependence) {}
  /// Begins where f is `fx` at `x`, and replaces `x` by the first point to take f at.
  void begin(std::vector<double>& x, const std::vector<double>& fx);
  /// Hears of f at `x` and replaces `x` by the next point, or by the best one where it has
  /// converged. It converges only where plain iteration of f would stay: where the slopes draw
  /// every change in.
  [[nodiscard]] Ending step(std::vector<double>& x, const std::vector<double>& fx);
  [[nodiscard]] double change() const { return best_; }  ///< the largest |f(x) - x| at x

 private:
  void set_probe(std::vector<double>& x) const;
  [[nodiscard]] bool draws_in() const;
  bool invert();
  void advance(std::vector<double>& x) const;
  void correct(const std::vector<double>& x, const std::vector<double>& gap);

  const Dependence& dependence_;
  int probe_ = 0, idle_ = 0;
  double size_ = 0.0, best_ = 0.0, last_change_ = 0.0;
  std::vector<double> x_, fx_, gap_, best_x_, slope_, inverse_;
};

}  // namespace melian::grid
