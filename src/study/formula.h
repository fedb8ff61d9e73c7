#pragma once
/// Arithmetic over a model's parameters, as expected.json writes conditions and thresholds:
/// "(cost[B].high - cost[B].low) / (cost[B].high + cost[A])", "prior[B].low < q_star". Not the
/// language of models: nothing here is played.

#include <map>
#include <string>

#include "melian/base.h"

namespace melian {

inline constexpr const char* formula_code = "M0942";

/// The number a formula stands for; of a comparison 1 where it holds and 0 where not.
///
/// Numbers, names as in the model, + - * / ^, < <= > >= = !=, and, or, not, parentheses; min, max,
/// abs, ln, exp, sqrt, ceil, floor, and if(condition, then, else). Shapes:   `numbers`: by name,
/// parameters and what the caller has worked out before. Returns:  a finite number. Errors:   M0942
/// with the place in the formula: what cannot be read, a name nobody knows (with the nearest), a
/// result
///           that is not finite.
[[nodiscard]] Result<double> evaluate_formula(const std::string& formula,
                                              const std::map<std::string, double>& numbers);

}  // namespace melian
