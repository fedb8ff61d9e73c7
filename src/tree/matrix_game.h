#pragma once
/// The value of a matrix game: small linear programs in one shape.

#include <cstddef>
#include <vector>

namespace melian::tree {

/// max over mixtures x of columns of min over rows r of sum_c matrix[r][c] x_c. All linear programs
/// of the refinements are of this shape: "is there a belief at which these replies are best?", "is
/// there a mixture of replies at which no type gains?".
///
/// Requires: at least one column; no rows: infinity.
/// Source: simplex method on a condensed tableau with Bland's rule [Bland1977], which never cycles.
[[nodiscard]] double matrix_game_value(const std::vector<double>& matrix, std::size_t columns);

}  // namespace melian::tree
