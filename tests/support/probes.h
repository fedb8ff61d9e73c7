#pragma once
/// Shorthand of tests that measure: one probe, its number, and the move of a name.

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "predict/probes.h"

namespace melian::testing {

inline Probe probe(Functional what, std::optional<int> move = {}, std::optional<int> forced = {},
                   std::vector<Given> given = {}) {
  Probe out;
  out.what = std::move(what);
  out.move = move;
  out.forced_action = forced;
  out.given = std::move(given);
  return out;
}

/// What is measured, or the test fails where there is nothing to measure.
inline double value(const Game& game, const Assessment& assessment, Probe probe) {
  const std::vector<Measured> measured = measure(game, assessment, {&probe, 1});
  REQUIRE(measured[0].value.has_value());
  return *measured[0].value;
}

inline int move_named(const Game& game, const std::string& name) {
  const auto found = std::ranges::find(game.shape().moves, name, &Move::name);
  REQUIRE_MESSAGE(found != game.shape().moves.end(), name);
  return static_cast<int>(found - game.shape().moves.begin());
}

}  // namespace melian::testing
