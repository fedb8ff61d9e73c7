#pragma once
/// Priors, beliefs, discounts and precisions of a game from its parameters.

#include "language/lower_program.h"

namespace melian {

/// Fills `prior`, `beliefs`, `discount` and `precision` of `numbers`; every mistake is reported.
void bind_beliefs(const CompiledModel::Program& program,
                  const lowering::ParameterNumbers& parameters, Numbers& numbers,
                  Diagnostics& diagnostics);

}  // namespace melian
