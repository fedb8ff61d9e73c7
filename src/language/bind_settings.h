#pragma once
/// From settings by name to the numbers of all parameters.

#include <optional>
#include <string>
#include <vector>

#include "language/expand.h"
#include "language/meaning.h"
#include "melian/language.h"

namespace melian::lowering {

/// The numbers of all parameters under `settings`, defaults where unnamed; priors and beliefs
/// written as numbers are among them, shrunk in proportion where some were set. Numeric types get
/// theirs from their distribution. Every mistake in `settings` is reported.
[[nodiscard]] ParameterNumbers apply_settings(const Model::Checked& model, const Settings& settings,
                                              Diagnostics& diagnostics);

/// Do the settings cut the types of some distribution into another number of parts than the model
/// was checked with? Then what it must be checked with (all settings), else nothing.
[[nodiscard]] std::optional<Settings> other_parts(const Model::Checked& model,
                                                  const Settings& settings);

/// What to call number `content` of a parameter: "cost[D].weak".
[[nodiscard]] std::string number_name(const Model::Checked& model, int parameter, int content);

}  // namespace melian::lowering
