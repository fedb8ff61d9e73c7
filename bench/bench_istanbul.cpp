/// The Istanbul core as the study solves it: read from its text, on the study's coarse grid.

#include "bench/measure.h"
#include "melian/language.h"
#include "melian/study.h"

namespace {

using namespace melian;

Game istanbul_core() {
  const auto model = read_model(std::string(MELIAN_SOURCE_DIR) + "/models/istanbul/core.melian");
  MELIAN_EXPECT(model.has_value(), "the model is one of ours");
  const auto compiled = compile(*model);
  MELIAN_EXPECT(compiled.has_value(), "it compiles");
  auto game = compiled->bind({});
  MELIAN_EXPECT(game.has_value(), "it binds");
  return std::move(*game);
}

/// Arguments: nodes for Moscow and Kyiv (Washington has 3), threads. At the model's own lambda.
void istanbul(benchmark::State& state) {
  const Game game = istanbul_core();
  const int nodes = static_cast<int>(state.range(0));
  SolveOptions options;
  options.method = BeliefGrid{.nodes = {nodes, nodes, 3}};
  bench::measure(state, game, options, static_cast<int>(state.range(1)));
}
BENCHMARK(istanbul)->Args({3, 1})->Args({5, 1})->Args({5, 2})->Unit(benchmark::kMillisecond)->UseRealTime();

/// What a study needs of each world besides its solution: everything `predict` counts.
void istanbul_predict(benchmark::State& state) {
  const Game game = istanbul_core();
  const int nodes = static_cast<int>(state.range(0));
  SolveOptions options;
  options.method = BeliefGrid{.nodes = {nodes, nodes, 3}};
  const auto solution = solve(game, options);
  if (!solution) return state.SkipWithError("refused");
  set_threads(static_cast<int>(state.range(1)));
  double settled = 0.0;
  for (auto _ : state) settled = predict(game, *solution).outcomes.front();
  set_threads(0);
  state.counters["first outcome"] = settled;
}
BENCHMARK(istanbul_predict)->Args({3, 1})->Args({5, 1})->Args({5, 2})->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
