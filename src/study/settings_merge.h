#pragma once
/// Parameters laid over parameters (model, study, reading, variant), and the games compiled for them.

#include <list>
#include <string>
#include <vector>

#include "melian/language.h"
#include "melian/study.h"

namespace melian {

/// `over` wins. A parameter set for all types ("cost[D]") replaces what was set for single ones; a prior or belief
/// about one type replaces those about the others, which shrink or grow with it.
[[nodiscard]] Settings laid_over(Settings base, const Settings& over);

/// What a reading says in a variant (null: the base).
[[nodiscard]] Settings settings_of(const Study& study, const Reading* reading, const Variant* variant = nullptr);

/// Structures compiled once for every setting of the parameters that shape them.
class CompiledGames {
 public:
  CompiledGames(const Model& model, std::vector<std::string> keep) : model_(model), keep_(std::move(keep)) {}
  /// The compiled model that fits; stays valid as long as this object.
  [[nodiscard]] Result<const CompiledModel*> at(const Settings& settings);

 private:
  const Model& model_;
  std::vector<std::string> keep_;
  std::list<CompiledModel> compiled_;
};

}  // namespace melian
