#pragma once
/// An answer as JSON: the one form in which results are shown, stored and read back
/// (docs/formats/results.md). It lives here and not in `report` because studies put the same object
/// under each of their readings.

#include <string>

#include <nlohmann/json.hpp>

#include "melian/answer.h"
#include "melian/equilibria.h"

namespace melian {

/// The fields of `melian.result/1` without the schema line: game, method, values, outcomes, ...
/// certificate, timing.
///
/// Units:      as in `Prediction` and `Certificate`.
/// Convention: a player without private information has one type, called `only_type`; what was not
/// computed or does not
///             exist is null or left out, never NaN or -1. Everything but `timing` is the same for
///             the same inputs.
[[nodiscard]] nlohmann::ordered_json to_json(const Game& game, const Answer& answer,
                                             const AnswerOptions& asked = {});

/// The `equilibria` of `melian.result/1`.
[[nodiscard]] nlohmann::ordered_json to_json(const Equilibria& equilibria);

/// The key under which the one type of a player without private information stands.
inline constexpr const char* only_type = "only";

/// The name of a type as results show it.
[[nodiscard]] std::string type_name(const Player& player, int type);

/// A number, or null where it is not finite.
[[nodiscard]] nlohmann::ordered_json json_number(double number);

/// {player: nodes} of "Moscow=9,Kyiv=9", as `grid_text` writes it.
[[nodiscard]] nlohmann::ordered_json grid_json(const std::string& text);

}  // namespace melian
