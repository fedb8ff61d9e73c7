#pragma once
/// A model's game solved and predicted once, and metrics read off it.

#include <optional>
#include <string>

#include <doctest/doctest.h>

#include "melian/language.h"
#include "melian/run.h"
#include "melian/solve.h"
#include "study/metric_binding.h"

namespace melian::testing {

struct SolvedGame {
  Game game;
  Solution solution;
  Prediction prediction;
};

inline SolvedGame solved_game(const Result<Model>& model, const Settings& settings = {},
                              const SolveOptions& options = {}) {
  REQUIRE_MESSAGE(model.has_value(), (model ? "" : render(model.error())));
  const auto compiled = compile(*model, settings);
  REQUIRE_MESSAGE(compiled.has_value(), (compiled ? "" : render(compiled.error())));
  SolvedGame out{*compiled->bind(settings), {}, {}};
  out.solution = *solve(out.game, options);
  out.prediction = predict(out.game, out.solution.assessment);
  return out;
}

/// The small war of the goldens.
inline const SolvedGame& small_war() {
  static const SolvedGame solved = solved_game(
      read_model(std::string(MELIAN_SOURCE_DIR) + "/tests/golden/data/study/war.melian"));
  return solved;
}

/// The mistake in a metric's text, or nothing.
inline std::string mistake_in(const SolvedGame& here, const std::string& metric) {
  const auto parsed = metric::parse_metric(metric);
  if (!parsed.mistakes.empty()) return parsed.mistakes.front().message;
  const auto found = metric::check(parsed.value.atom, here.game.shape(), {});
  return found.empty() ? "" : found.front().message;
}

/// The number of a single quantity; nothing where it has none.
inline std::optional<double> number_of(const SolvedGame& here, const std::string& metric) {
  const auto parsed = metric::parse_metric(metric);
  REQUIRE(parsed.mistakes.empty());
  REQUIRE(parsed.value.kind == metric::Expression::Kind::atom);
  INFO(metric);
  for (const metric::Mistake& mistake : metric::check(parsed.value.atom, here.game.shape(), {}))
    FAIL(mistake.message);
  return metric::read_off({parsed.value.atom}, here.game, here.solution.assessment, here.prediction,
                          {})
      .front();
}

inline double value_of(const SolvedGame& here, const std::string& metric) {
  const auto found = number_of(here, metric);
  REQUIRE_MESSAGE(found.has_value(), metric);
  return *found;
}

}  // namespace melian::testing
