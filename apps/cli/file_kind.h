#pragma once
/// What a file is, by its text, so that a command that cannot use it says what the file is and
/// which command can.

#include <string>

#include "melian/base.h"

namespace melian::cli {

enum class FileKind { model, study, efg, nfg, compressed, unknown };

/// By the first words of its text; by its name where it cannot be read or nothing else tells.
[[nodiscard]] FileKind kind_of_file(const std::string& path);

/// Why a command that wants a model, or a study, cannot use the file, and which command can; empty
/// where it can, or where nothing is known of the file.
[[nodiscard]] Diagnostics not_a_model(const std::string& path);
[[nodiscard]] Diagnostics not_a_study(const std::string& path);

}  // namespace melian::cli
