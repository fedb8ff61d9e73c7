#pragma once
/// Draws numbers and writes the text of a model.

#include <cmath>
#include <string>
#include <vector>

#include <fmt/core.h>

#include "melian/base.h"

namespace melian::prove {

class Pen {
 public:
  Pen(std::uint64_t seed, std::uint64_t stream) : random_(seed, stream) {}

  [[nodiscard]] int pick(int below) { return static_cast<int>(random_.uniform() * below); }
  [[nodiscard]] bool happens(double probability) { return random_.uniform() < probability; }
  [[nodiscard]] double between(double low, double high) {
    return low + (high - low) * random_.uniform();
  }
  /// Uniform in its logarithm.
  [[nodiscard]] double scaled(double low, double high) {
    return low * std::pow(high / low, random_.uniform());
  }
  /// A payoff in [-1, 1] of two digits.
  [[nodiscard]] double payoff() { return std::round(between(-100.0, 100.0)) / 100.0; }

  /// A number as a term: negative ones in brackets.
  static std::string number(double x) {
    return x < 0.0 ? fmt::format("(0 - {})", number_text(-x)) : number_text(x);
  }

 private:
  RandomStream random_;
};

/// Odds of two types, the first as given, written so that they sum to 1.
inline std::string two_types(const char* first, const char* second, double odds) {
  return fmt::format("{} {}, {} {}", first, number_text(odds), second, number_text(1.0 - odds));
}

}  // namespace melian::prove
