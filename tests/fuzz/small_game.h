#pragma once
/// A small model of offers, types, a switch and two rounds, read, compiled and solved once: what
/// names, parameters and metrics of hostile inputs are looked up in.

#include <string>

#include "melian/answer.h"
#include "melian/language.h"

namespace melian::test {

inline constexpr const char* small_model_text = R"(model "Two rounds of offers"
player A
player B  types weak 0.6, tough 0.4
param cost[B]: weak = 0.1, tough = 0.4 in 0..1
param discount = 0.9 in 0..1
param rounds_allowed = 2
param talk = on in {on, off}
param precision = 20
state mood in {calm, angry} = calm
horizon rounds_allowed rounds then end war: A gets 0.3, B gets 0.6 - cost[B]
phase crisis {
  when talk is on {
    B chooses word {
      threaten { mood becomes angry }
      wait
    }
  }
  A offers x in {0.5, 0.8}
  B chooses reply {
    accept { end settlement: A gets x, B gets 1 - x }
    fight
  }
  count battles
  chance battle {
    lost with 0.2 { end war: A gets 0.3, B gets 0.6 - cost[B] }
    drawn otherwise
  }
  time passes
}
)";

inline const Model& small_model() {
  static const Model model = [] {
    auto read = read_model_text(small_model_text, "small.melian");
    MELIAN_EXPECT(read.has_value(), read ? "" : render(read.error()));
    return *read;
  }();
  return model;
}

struct SmallGame {
  CompiledModel compiled;
  Game game;
  Solution solution;
  Prediction prediction;
};

inline const SmallGame& small_game() {
  static const SmallGame made = [] {
    auto compiled = compile(small_model());
    MELIAN_EXPECT(compiled.has_value(), compiled ? "" : render(compiled.error()));
    auto game = compiled->bind({});
    MELIAN_EXPECT(game.has_value(), game ? "" : render(game.error()));
    SolveOptions options;
    options.method = BeliefGrid{.nodes = {9}};
    auto solution = solve(*game, options);
    MELIAN_EXPECT(solution.has_value(), "the small game is solved");
    Prediction prediction = predict(*game, *solution);
    return SmallGame{*compiled, *game, std::move(*solution), std::move(prediction)};
  }();
  return made;
}

}  // namespace melian::test
