#pragma once
/// Resolved expressions as text: plain, as a file would write them, and as mathematics.

#include <string>

#include "language/meaning.h"

namespace melian {

/// `1 - y`, `cost[D].tough`.
[[nodiscard]] std::string plain_text(const Model::Checked& model, const Term& term);
/// `1 - y`, `c_{D}(\mathrm{tough})`; without dollar signs.
[[nodiscard]] std::string latex_text(const Model::Checked& model, const Term& term);

/// The symbol of a name: `\delta` for discount, `k_{S}` for k[S], `\mathit{cost}_{D}` for cost[D].
[[nodiscard]] std::string latex_symbol(const std::string& name);
/// A range: "0..1 by 0.05", and as a set.
[[nodiscard]] std::string plain_range(const Model::Checked& model, const CheckedRange& range);
[[nodiscard]] std::string latex_range(const Model::Checked& model, const CheckedRange& range);

}  // namespace melian
