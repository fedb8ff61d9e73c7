#pragma once
/// What a study says about one parameter of its model, in each reading.

#include <string>

#include "melian/study.h"

namespace melian {

/// "cost[D]" of "cost[D].weak", "prior[A,B]" of "prior[A,B].weak.soft"; the name itself where it
/// has no group.
[[nodiscard]] std::string group_of(const std::string& name);

/// What the study's base says of a parameter, by its own name or that of its group ("cost[D]" for
/// "cost[D].weak").
[[nodiscard]] const StudyParameter* stated_parameter(const Study& study, const std::string& name);

/// Why a reading sets it, or null.
[[nodiscard]] const std::string* reason_in(const Reading& reading, const std::string& name);

/// What it is under these settings. Of a prior or belief, the types not named shrink or grow in
/// proportion.
[[nodiscard]] ParameterContent content_in(const Model& model, const Settings& settings,
                                          const ParameterInfo& info);

}  // namespace melian
