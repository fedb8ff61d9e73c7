#pragma once
/// Readings weighed by a study's dated events: likelihoods under every calendar and precision, and
/// how much such events could tell at all.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "melian/claims.h"
#include "study/evidence.h"

namespace melian::evidence {

/// What has been computed of a reading.
struct Weighed {
  std::vector<std::vector<double>>
      prefixes;  ///< [lambda][number of cells known]: log likelihood on the study's own calendar
  std::vector<std::vector<double>> calendars;  ///< [lambda][other calendar]
  double on_half_grid = 0.0;                   ///< the whole record, lambda integrated over
};

/// One reading told from another by records simulated under the first.
struct PowerRow {
  std::size_t under = 0, against = 0;
  int strong = 0, misleading = 0;  ///< plays whose Bayes factor reaches the threshold, either way
  double bits = 0.0,
         bits_error = 0.0;  ///< mean log2 of the Bayes factor for the truth, standard error
  double factor = 0.0,
         factor_error =
             0.0;       ///< mean Bayes factor against the truth: 1 up to sampling and grid error
  double events = 0.0;  ///< reports a play leaves, on average
};

struct Weights {
  Record record;
  std::vector<Weighed> readings;
  std::vector<PowerRow> power;
  std::string grid, power_grid;
  double power_lambda = 1.0;  ///< multiple of lambda: the likeliest of those stated
};

/// log sum of exp(log likelihood) over multiples of lambda with their weights.
[[nodiscard]] double over_lambda(const StudyEvidence& evidence,
                                 const std::vector<double>& by_lambda);

/// Solves the readings' games and weighs them. Nothing when `on_step` stopped it.
/// Errors: M0768, M0769 where a kind is not in a reading's game; M0901 ... M0903.
[[nodiscard]] Result<std::optional<Weights>> weigh(
    const Study& study, const std::function<const Game&(std::size_t)>& game_of,
    const OnStep& on_step);

/// `evidence` of results.json, as text.
[[nodiscard]] std::string evidence_json(const Study& study, const Weights& weights);

/// How plausible worlds are weighed by a study's events: the likelihood of the record at the
/// world's own precision, as far as the rounds that worlds are played. Nothing where a world's game
/// lacks a kind of event.
///
/// Requires: the study has events, and outlives what is returned.
[[nodiscard]] EventWeight event_weight(const Study& study);

/// All that the weights depend on, for the key they are kept under.
[[nodiscard]] std::string evidence_text(const Study& study);

}  // namespace melian::evidence
