/// Plausible worlds of the Istanbul study, as `melian run` solves them: bound, solved and read off, base and variants.

#include <benchmark/benchmark.h>

#include "melian/study.h"
#include "study/worlds.h"

namespace {

using namespace melian;

/// Arguments: worlds, threads, whether variants too. On the study's own worlds' grid.
void worlds_of_istanbul(benchmark::State& state) {
  auto study = read_study(std::string(MELIAN_SOURCE_DIR) + "/studies/istanbul_2025.toml");
  MELIAN_EXPECT(study.has_value(), "the study is one of ours");
  study->worlds->variants = state.range(2) != 0;
  const auto claims = parse_claims(*study);
  MELIAN_EXPECT(claims.has_value(), "its claims parse");
  const auto count = static_cast<std::size_t>(state.range(0));
  StudyOptions options;
  options.worlds = static_cast<int>(2 * count);
  set_threads(static_cast<int>(state.range(1)));
  std::int64_t decisions = 0, done = 0;
  for (auto _ : state) {
    state.PauseTiming();
    WorldsRun run(*study, options, *claims, nullptr);
    const auto ready = run.prepare();
    MELIAN_EXPECT(ready.has_value(), "worlds can be solved");
    std::vector<WorldTask> tasks;
    for (const Draw& draw : run.plan().worlds())
      if (tasks.size() < count) tasks.push_back({draw, WorldLevel::world});
    state.ResumeTiming();
    const auto solved = run.games().obtain(tasks);
    if (!solved || !*solved) return state.SkipWithError("refused");
    for (const WorldTask& task : tasks) decisions += run.games().at(task).decisions;
    done += static_cast<std::int64_t>(tasks.size());
  }
  state.counters["worlds/s"] = benchmark::Counter(static_cast<double>(done), benchmark::Counter::kIsRate);
  state.counters["decisions/s"] = benchmark::Counter(static_cast<double>(decisions), benchmark::Counter::kIsRate);
  set_threads(0);
}
BENCHMARK(worlds_of_istanbul)->Args({64, 1, 0})->Args({64, 2, 0})->Args({4, 2, 1})->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
