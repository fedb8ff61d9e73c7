#pragma once
/// Text -> tree. Knows no meaning; recovers after a mistake so that all of them are reported.

#include "language/ast.h"
#include "language/source.h"

namespace melian {

/// Parses source number `file` of `sources`. Appends every mistake to `diagnostics` (codes M01..);
/// the tree holds what could be read. Never throws; nesting deeper than 200 and texts beyond 1 MiB
/// are diagnostics.
[[nodiscard]] ast::File parse(const Sources& sources, int file, Diagnostics& diagnostics);

}  // namespace melian
