#pragma once
/// docs/prove.md, made from the file of counts.

#include <string>
#include <vector>

#include "prove/counts.h"

namespace melian::prove {

/// The page: a table for each engine that the file names, the latest first.
[[nodiscard]] std::string page(const std::vector<Record>& records);

}  // namespace melian::prove
