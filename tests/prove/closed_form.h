#pragma once
/// Equilibria of a sender and a receiver in one unknown.

#include <vector>

#include "prove/classes.h"

namespace melian::prove {

/// The probability of trust by the analyst's prior in every equilibrium.
///
/// With s the chance of trust after `left` and u = log(s / (1 - s)),
///
///   sigma_t = logistic(lambda (left_t - right_t + s trusted + (1 - s) doubted))
///   log-odds of type 0 after left: log(b / (1 - b)) + log sigma_0 - log sigma_1
///   u = lambda (mu trust_0 + (1 - mu) trust_1)
///
/// The right side lies between lambda trust_0 and lambda trust_1; roots are looked for there on a
/// fine grid of u, each bracketed and halved. After `right` the reply follows.
/// Source: logit agent QRE of a signalling game [McKelveyPalfrey1998, sec. 4].
[[nodiscard]] std::vector<double> probabilities_of_trust(const Signal& game);

}  // namespace melian::prove
