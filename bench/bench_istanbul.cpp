/// The Istanbul core as the study solves it: read from its text, on the study's coarse grid.

#include "bench/measure.h"
#include "melian/language.h"
#include "melian/run.h"

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
BENCHMARK(istanbul)
    ->Args({3, 1})
    ->Args({3, 2})
    ->Args({5, 1})
    ->Args({5, 2})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

/// At precisions from 28 on some decisions have several solutions, and the ladder is climbed.
/// Arguments: precision; on 3 x 3 x 3 nodes.
void istanbul_ladder(benchmark::State& state) {
  const Game game = istanbul_core();
  SolveOptions options;
  options.method = BeliefGrid{.nodes = {3}};
  options.lambda = static_cast<double>(state.range(0));
  bench::measure(state, game, options, 1);
}
BENCHMARK(istanbul_ladder)
    ->Arg(14)
    ->Arg(30)
    ->Arg(42)
    ->Arg(60)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

/// The same with its certificate, predictions and grid errors: `melian solve` but for reading and
/// writing. Arguments: nodes, threads.
void istanbul_certified(benchmark::State& state) {
  const Game game = istanbul_core();
  AnswerOptions options;
  options.solve.method = BeliefGrid{.nodes = {static_cast<int>(state.range(0))}};
  set_threads(static_cast<int>(state.range(1)));
  bench::forget_peak();
  double solving = 0.0, certifying = 0.0;
  for (auto _ : state) {
    const auto found = answer(game, options);
    if (!found) return state.SkipWithError("refused");
    solving = found->solve_seconds;
    certifying = found->certify_seconds;
  }
  set_threads(0);
  state.counters["peak MiB"] = bench::peak_mib();
  state.counters["solve s"] = solving;
  state.counters["certify s"] = certifying;
}
BENCHMARK(istanbul_certified)
    ->Args({3, 1})
    ->Args({5, 1})
    ->Unit(benchmark::kSecond)
    ->UseRealTime()
    ->Iterations(1);

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
BENCHMARK(istanbul_predict)
    ->Args({3, 1})
    ->Args({5, 1})
    ->Args({5, 2})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
