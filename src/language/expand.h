#pragma once
/// Texts to numbers that shape a game: contents of parameters, points of ranges, contents of
/// states.

#include <optional>
#include <string>
#include <vector>

#include "language/evaluate.h"
#include "language/meaning.h"

namespace melian::lowering {

/// The numbers of all parameters; words by their place among the parameter's words.
struct ParameterNumbers {
  std::vector<int> offsets;
  std::vector<double> numbers;
};

/// The points of a range.
struct Points {
  std::vector<double> numbers;
  std::vector<double> widths;  ///< of a continuum with at least two points; else empty
  std::vector<std::string> texts;
};

/// Finds the content that a number stands for.
struct Domain {
  std::vector<double> numbers;  ///< increasing for numeric states; of words: 0, 1, ...
  std::vector<std::string> texts;
  /// Nearest content within round-off, or -1.
  [[nodiscard]] int find(double number) const;
};

/// Evaluates what shapes a game, and remembers which parameters it read.
class Shape {
 public:
  Shape(const Model::Checked& model, Formulas& formulas, const ParameterNumbers& parameters,
        Diagnostics& diagnostics)
      : model_(model),
        formulas_(formulas),
        parameters_(parameters),
        diagnostics_(diagnostics),
        read_(model.parameters.size(), 0),
        none_(model.variables.size(), 0),
        zeros_(model.variables.size(), 0.0),
        types_(model.players.size(), 0) {}

  /// The formula of a shaping term: its parameters now shape the structure.
  [[nodiscard]] int shaping(const TermPtr& term);
  /// A number read from parameters alone; a diagnostic when it is not finite or reads more than
  /// parameters.
  [[nodiscard]] std::optional<double> number(const TermPtr& term, const char* what);
  /// A formula's number at these contents of variables and types.
  [[nodiscard]] double number(int formula, const std::vector<int>& contents,
                              const std::vector<double>& numbers, const std::vector<int>& types);
  [[nodiscard]] std::optional<Points> points(const CheckedRange& range, const std::string& name);
  [[nodiscard]] const std::vector<std::uint8_t>& read() const { return read_; }
  void error(const ast::Span& span, const char* code, const std::string& message,
             const std::string& expected = {}, const std::string& hint = {});

 private:
  bool add_points(const CheckedRange& range, const CheckedRange::Entry& entry,
                  const std::string& name, Points& points);

  const Model::Checked& model_;
  Formulas& formulas_;
  const ParameterNumbers& parameters_;
  Diagnostics& diagnostics_;
  std::vector<std::uint8_t> read_;
  std::vector<int> none_;
  std::vector<double> zeros_;
  std::vector<int> types_;
  std::vector<double> registers_;
};

/// A number rounded to 12 significant digits where that changes nothing but round-off, so that 3 *
/// 0.1 is 0.3.
[[nodiscard]] double clean(double number);

}  // namespace melian::lowering
