#pragma once
/// Shorthand of tests: example texts with numbers of their own, solved, and the same with a
/// horizon.

#include <doctest/doctest.h>

#include <string>

#include "melian/run.h"
#include "support/texts.h"

namespace melian::test {

inline std::string text_of(const std::string& name) {
  return content_of(std::filesystem::path(MELIAN_SOURCE_DIR) / "tests/texts" / (name + ".melian"));
}

/// The text with one passage replaced, which must be there.
inline std::string with(std::string text, const std::string& passage, const std::string& by) {
  const auto found = text.find(passage);
  REQUIRE(found != std::string::npos);
  return text.replace(found, passage.size(), by);
}

inline Game game_of(const std::string& text, const Settings& settings = {}) {
  const Result<Model> model = read_model_text(text, "test.melian");
  REQUIRE_MESSAGE(model.has_value(), (model ? "" : render(model.error())));
  const Result<CompiledModel> compiled = compile(*model, settings);
  REQUIRE_MESSAGE(compiled.has_value(), (compiled ? "" : render(compiled.error())));
  const Result<Game> game = compiled->bind(settings);
  REQUIRE_MESSAGE(game.has_value(), (game ? "" : render(game.error())));
  return *game;
}

inline Answer answered(const Game& game, double lambda, int nodes = 129) {
  AnswerOptions options;
  options.solve.lambda = lambda;
  options.solve.method = BeliefGrid{.nodes = {nodes}, .must_have = {}};
  const Result<Answer> out = answer(game, options);
  REQUIRE_MESSAGE(out.has_value(), (out ? "" : render(out.error())));
  return *out;
}

/// Probability of an outcome by name.
inline double chance_of(const Game& game, const Prediction& prediction,
                        const std::string& outcome) {
  const auto& names = game.shape().outcomes;
  return prediction.outcomes[static_cast<std::size_t>(
      std::find(names.begin(), names.end(), outcome) - names.begin())];
}

/// The offer made most often at first under this name, and the chance that it is war in the first
/// round.
inline double first_offer(const Game& game, const Answer& answer, const std::string& move) {
  for (const auto& [index, offer] : answer.prediction.offers)
    if (game.shape().moves[static_cast<std::size_t>(index)].name == move && offer.first_round == 1)
      return offer.mean;
  return -1.0;
}

}  // namespace melian::test
