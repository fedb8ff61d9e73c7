#pragma once
/// The section [worlds] of a study: read, and checked against the model.

#include "study/study_fields.h"
#include "study/study_file.h"

namespace melian::study_file {

/// How the section is called where it sets parameters.
inline constexpr const char* worlds_section = "[worlds]";

void read_worlds(const TomlNode& table, Draft& draft, Pen& pen);

/// `scale` beside a plausible range: "linear" or "log".
void read_scale(Fields& fields, StudyParameter& parameter, Draft& draft, Pen& pen);

/// Ranges that worlds cannot draw from, groups and weights that name what is not there.
void check_worlds(Draft& draft, Pen& pen);

}  // namespace melian::study_file
