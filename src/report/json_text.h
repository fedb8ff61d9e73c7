#pragma once
/// Is a text JSON that says one thing? Looked at before a document is built of it.

#include <string>

#include "melian/base.h"

namespace melian {

/// Why the text cannot be taken as a document: no JSON, numbers too large for a double (both with
/// line and column), a key that stands twice in one object, or nesting beyond `deepest`; none where
/// it can. Convention: of a key that stands twice a JSON library silently keeps the last.
/// Requires: nothing; the text may be anything.
[[nodiscard]] Diagnostics trouble_with_json(const std::string& text, const std::string& file,
                                            const char* code, int deepest);

}  // namespace melian
