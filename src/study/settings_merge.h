#pragma once
/// Parameters laid over parameters (model, study, reading, variant), and the games compiled for
/// them.

#include <list>
#include <map>
#include <string>
#include <vector>

#include "melian/language.h"
#include "melian/study.h"

namespace melian {

/// `over` wins. A parameter set for all types ("cost[D]") replaces what was set for single ones; a
/// prior or belief about one type replaces those about the others, which shrink or grow with it.
[[nodiscard]] Settings laid_over(Settings base, const Settings& over);

/// The model of a variant (null: the base): the study's, with the variant's modules.
///
/// Requires: a study as `read_study` gives it.
[[nodiscard]] const Model& model_of(const Study& study, const Variant* variant);

/// Does the model have this parameter, by its whole name or for all types ("cost[D]")?
[[nodiscard]] bool has_parameter(const Model& model, const std::string& name);

/// The numbers a name stands for ("cost[D]": one per type), in the study's model or else in that of
/// a variant's modules.
[[nodiscard]] std::vector<const ParameterInfo*> parameters_named(const Study& study,
                                                                 const std::string& name);

/// Leaves out what a variant's model (null: the base's) does not have.
[[nodiscard]] Settings known_to(const Study& study, const Variant* variant, Settings settings);

/// What a reading says in a variant (null: the base), with the variant's own parameters or in its
/// files as they are. Parameters that only other variants' modules have are left out.
[[nodiscard]] Settings settings_of(const Study& study, const Reading* reading,
                                   const Variant* variant = nullptr, bool own_parameters = true);

/// Structures compiled once for every model and every setting of the parameters that shape them.
class CompiledGames {
 public:
  /// `keep`: names to remember to the end of the round, in models that have them.
  explicit CompiledGames(std::vector<std::string> keep) : keep_(std::move(keep)) {}
  /// The compiled model that fits; stays valid as long as this object and `model`.
  [[nodiscard]] Result<const CompiledModel*> at(const Model& model, const Settings& settings);

 private:
  std::vector<std::string> keep_;
  std::map<std::string, std::list<CompiledModel>> compiled_;  ///< by the model's fingerprint
};

}  // namespace melian
