/// Comparative statics over a prior: every point solved by itself, and as `sweep` does it, once for
/// all.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>

#include "melian/comparative_statics.h"

namespace {

using namespace melian;

const Model& screening() {
  static const Model model =
      *read_model(std::string(MELIAN_SOURCE_DIR) + "/models/powell_2004/cost.melian");
  return model;
}

SweepOptions over_prior(int points) {
  SweepOptions options;
  options.vary = {{"prior[D].weak", 0.1, 0.9, points}};
  options.answer.with_certificate = false;
  options.find_switches = false;
  return options;
}

/// Arguments: points, threads.
void sweep_prior(benchmark::State& state) {
  const SweepOptions options = over_prior(static_cast<int>(state.range(0)));
  set_threads(static_cast<int>(state.range(1)));
  std::int64_t solves = 0;
  for (auto _ : state) {
    const auto found = sweep(screening(), options);
    if (!found) return state.SkipWithError("refused");
    solves = found->solves;
  }
  set_threads(0);
  state.counters["solves"] = static_cast<double>(solves);
}
BENCHMARK(sweep_prior)
    ->ArgNames({"points", "threads"})
    ->Args({21, 1})
    ->Args({21, 2})
    ->Args({101, 1})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

/// The same points, each bound and answered by itself.
void every_prior(benchmark::State& state) {
  const SweepOptions options = over_prior(static_cast<int>(state.range(0)));
  const auto compiled = compile(screening());
  set_threads(static_cast<int>(state.range(1)));
  for (auto _ : state)
    for (int k = 0; k < options.vary[0].points; ++k) {
      const auto game = compiled->bind({{options.vary[0].name, options.vary[0].at(k)}});
      const auto found = answer(*game, options.answer);
      if (!found) return state.SkipWithError("refused");
      benchmark::DoNotOptimize(found->prediction.outcomes.data());
    }
  set_threads(0);
}
BENCHMARK(every_prior)
    ->ArgNames({"points", "threads"})
    ->Args({21, 1})
    ->Args({101, 1})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
