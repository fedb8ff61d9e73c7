#pragma once
/// Where the program's own data lie: models, studies and the report's page.

#include <filesystem>
#include <string>
#include <vector>

#include "melian/base.h"

namespace melian::cli {

/// share/melian beside an installed program, else the source tree it was built from.
[[nodiscard]] std::filesystem::path data_folder();

/// The report's page without results.
/// Errors: it has not been built, and how to build it.
[[nodiscard]] Result<std::string> page_template();

/// The file a reader means: as given, or within the shipped catalogue ("powell_2004/cost").
/// Errors: there is no such file, with the nearest name there is.
[[nodiscard]] Result<std::string> find_model(const std::string& given);

/// Writes a file as a whole or not at all; devices and pipes are written to as they are.
/// Errors: M0914; M0917 where there is no space left.
[[nodiscard]] Result<void> write_file(const std::filesystem::path& file, const std::string& text);

/// What was to be written could not be (exit 74); the second where no space is left. The store uses
/// the same codes.
inline constexpr const char* cannot_write_code = "M0914";
inline constexpr const char* no_space_code = "M0917";

[[nodiscard]] Diagnostics complaint(const std::string& code, const std::string& message,
                                    const std::string& hint = {});

}  // namespace melian::cli
