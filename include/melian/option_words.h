#pragma once
/// A second door of `report`: words of the command line (`--set`, `--vary`) as what the doors take.

#include <string>
#include <vector>

#include "melian/comparative_statics.h"
#include "melian/language.h"

namespace melian {

inline constexpr const char* settings_code = "M0802";
inline constexpr const char* vary_code = "M0807";

/// "name=value" words as settings; a value that reads as a number is one, else it is a word.
/// Errors: words without "=", the same name twice, numbers that are not finite (all M0802).
[[nodiscard]] Result<Settings> read_settings(const std::vector<std::string>& words);

/// "name=LOW:HIGH:POINTS" or "name=LOW:HIGH:POINTS:log"; two to 100,000 points.
/// Errors: M0807, for every word that says something else.
[[nodiscard]] Result<std::vector<VariedParameter>> read_varied(
    const std::vector<std::string>& words);

}  // namespace melian
