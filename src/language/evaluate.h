#pragma once
/// Formulas ready to be computed: lets expanded, fixed types put in, equal parts shared. A formula
/// is a straight-line program, so computing it costs its length however often a let is used.

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "language/meaning.h"

namespace melian::lowering {

/// One step of a formula; `args` are earlier steps.
struct Step {
  Term::Op op = Term::Op::number;  ///< `parameter` with content >= 0: that number of it; with
                                   ///< content -1: by the type of `player`
  double number = 0.0;
  int index = -1, content = -1, player = -1;
  std::array<int, 3> args{-1, -1, -1};
  friend bool operator==(const Step&, const Step&) = default;
};

struct Formula {
  std::vector<Step> steps;                 ///< the last one is the result
  std::uint32_t types = 0;                 ///< bit i: mentions the type of player i
  std::vector<int> variables, parameters;  ///< mentioned, increasing
  ast::Span span;
  [[nodiscard]] bool mentions(int variable) const;
};

/// What a formula is computed from.
struct Environment {
  const double* parameters = nullptr;  ///< numbers of all parameters, parameter p from offsets[p]
  const int* offsets = nullptr;
  const double* numbers = nullptr;  ///< of variables
  const int* contents = nullptr;    ///< of variables, as words
  const int* types = nullptr;       ///< of players
};

/// All formulas of one model.
class Formulas {
 public:
  explicit Formulas(const Model::Checked& model) : model_(model) {}
  /// The number of the formula for `term` (-1 for null). Equal terms give equal numbers.
  [[nodiscard]] int add(const TermPtr& term);
  [[nodiscard]] const Formula& operator[](int formula) const {
    return formulas_[static_cast<std::size_t>(formula)];
  }
  [[nodiscard]] int size() const { return static_cast<int>(formulas_.size()); }
  /// Whether the texts grew beyond what is sensible (lets that double at every level with fixed
  /// types).
  [[nodiscard]] bool too_large() const { return too_large_; }

 private:
  using Fixed =
      std::vector<std::pair<int, int>>;  ///< players whose type is fixed, and the type; by player
  int node_of(const Term& term, const Fixed& fixed, int depth);
  int node_of_let(int let, const Fixed& fixed, int depth);
  int share(Step step);
  struct HashStep {
    std::size_t operator()(const Step& step) const;
  };

  const Model::Checked& model_;
  std::vector<Step> nodes_;
  std::unordered_map<Step, int, HashStep> known_;
  std::map<std::pair<int, Fixed>, int> lets_;
  std::unordered_map<int, int> formula_of_node_;
  std::vector<Formula> formulas_;
  std::size_t total_steps_ = 0;
  bool too_large_ = false;
};

/// The number a formula comes to. Comparisons of numbers forgive round-off (a relative 1e-12);
/// truth is 1, falsehood 0. `registers` is scratch space.
[[nodiscard]] double compute(const Formula& formula, const Environment& environment,
                             std::vector<double>& registers);

}  // namespace melian::lowering
