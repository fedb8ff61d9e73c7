#pragma once
/// A compiled model: the structure, and for every number of it the formula and contents it comes
/// from.

#include <memory>
#include <string>
#include <vector>

#include "language/lower_play.h"

namespace melian {

struct CompiledModel::Program {
  explicit Program(Model read) : model(std::move(read)), formulas(model.checked()) {}

  Model model;
  lowering::Formulas formulas;
  lowering::ParameterNumbers parameters;  ///< at compiling
  std::vector<std::uint8_t> shapes;       ///< by parameter: it shaped the structure
  lowering::Graph graph;
  std::shared_ptr<const Structure> structure;

  // By branch of the structure; payments and counts up to the next branch's first.
  std::vector<std::int64_t> first_payment;
  std::vector<lowering::Payment> payments;
  std::vector<lowering::Counted> counts;  ///< in the order of Structure::counts
  std::vector<int> odds;                  ///< entry, or -1: the rest
  std::vector<lowering::PlayView> views;  ///< by increasing branch of the structure
  std::vector<lowering::Entry> entries;
  std::vector<int> entry_contents;
  std::int64_t num_rewards = 0, num_odds = 0, num_perceived = 0, num_amounts = 0;

  // What numbers of the whole game come from.
  struct Cell {
    std::vector<int> types;
    int formula = -1;
  };  ///< formula -1: the rest
  struct PriorSource {
    int observer = -1;
    std::vector<int> players;
    std::vector<Cell> cells;
    ast::Span span;
    int parameter = -1;  ///< numbers only: the parameter that carries them, "prior[D]"
  };
  std::vector<PriorSource> priors;
  struct NumericSource {
    int first = -1, second = -1;
  };
  std::vector<NumericSource> numeric;    ///< like Model::Checked::numeric_types
  std::vector<int> discount, precision;  ///< by player: parameter, or -1
};

namespace lowering {

/// Fills `structure` and the tables that bind it from what play reached.
/// Returns nothing where it is too large. A game that goes round is a diagnostic, and its structure
/// is fit only to be bound, which tells what is wrong with its numbers.
[[nodiscard]] std::shared_ptr<const Structure> build_structure(CompiledModel::Program& program,
                                                               Play play,
                                                               const CompileOptions& options,
                                                               Diagnostics& diagnostics);

}  // namespace lowering
}  // namespace melian
