#pragma once
/// What plausible worlds say, as parts of results.json (docs/formats/study_results.md).

#include <nlohmann/json.hpp>

#include "worlds/worlds.h"

namespace melian {

[[nodiscard]] nlohmann::ordered_json worlds_json(const Study& study,
                                                 const WorldsFindings& findings);

/// Adds `worlds`, `decided_by` and `box` to a claim.
void add_worlds_to_claim(const Study& study, const WorldsFindings& findings, std::size_t claim,
                         nlohmann::ordered_json& out);

}  // namespace melian
