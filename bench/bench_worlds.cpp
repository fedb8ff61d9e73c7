/// Plausible worlds of the Istanbul study, as `melian run` solves them: bound, solved and read off,
/// base and variants.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <numeric>

#include <tbb/task_arena.h>

#include "melian/run.h"
#include "study/metric_binding.h"
#include "worlds/worlds.h"

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
  std::vector<double> with_one,
      with_several;  // seconds of a world, by whether a decision had several solutions
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
    for (const WorldTask& task : tasks) {
      const SolvedWorld& world = run.games().at(task);
      decisions += world.sum(&SolvedGame::decisions);
      (world.sum(&SolvedGame::several) > 0 ? with_several : with_one).push_back(world.seconds());
    }
    done += static_cast<std::int64_t>(tasks.size());
  }
  state.counters["worlds/s"] =
      benchmark::Counter(static_cast<double>(done), benchmark::Counter::kIsRate);
  state.counters["decisions/s"] =
      benchmark::Counter(static_cast<double>(decisions), benchmark::Counter::kIsRate);
  const auto mean = [](const std::vector<double>& of) {
    return std::accumulate(of.begin(), of.end(), 0.0) /
           static_cast<double>(std::max<std::size_t>(1, of.size()));
  };
  state.counters["several"] = static_cast<double>(with_several.size());
  state.counters["s, one"] = mean(with_one);
  state.counters["s, several"] = mean(with_several);
  set_threads(0);
}

/// The neutral world of the base, 3 x 3 x 3 nodes: solved, and what claims take of it read off.
struct OneWorld {
  Study study;
  std::vector<metric::Atom> atoms;
  std::optional<Game> game;
  SolveOptions options;

  OneWorld()
      : study(read_study(std::string(MELIAN_SOURCE_DIR) + "/studies/istanbul_2025.toml").value()) {
    const auto claims = parse_claims(study);
    MELIAN_EXPECT(claims.has_value(), "its claims parse");
    Wanted wanted;
    for (std::size_t c = 0; c < claims->size(); ++c) {
      Wanted here;
      for_each_use(
          (*claims)[c], study.claims[c],
          [&](const std::string& variant, const metric::Atom& atom) { want(here, variant, atom); });
      if (here.size() != 1 || !here.contains("base")) continue;  // claims about the base alone
      for (const metric::Atom& atom : here["base"]) want(wanted, "base", atom);
    }
    atoms = wanted["base"];
    const WorldsPlan plan(study, 2);
    CompiledGames games({});
    const Settings settings = plan.settings(World{}, nullptr);
    const auto compiled = games.at(*study.model, settings);
    MELIAN_EXPECT(compiled.has_value(), "the base compiles");
    game = (*compiled)->bind(settings).value();
    options.method = BeliefGrid{.nodes = {3, 3, 3}};
  }
};

void solving_a_world(benchmark::State& state) {
  const OneWorld world;
  set_threads(1);
  for (auto _ : state)
    benchmark::DoNotOptimize(solve(*world.game, world.options)->summary.decisions);
  set_threads(0);
}
BENCHMARK(solving_a_world)->Unit(benchmark::kMillisecond);

void reading_off_a_world(benchmark::State& state) {
  const OneWorld world;
  const auto solution = solve(*world.game, world.options);
  MELIAN_EXPECT(solution.has_value(), "it has a solution");
  set_threads(1);
  tbb::task_arena alone(1);
  for (auto _ : state)
    alone.execute([&] {
      benchmark::DoNotOptimize(metric::read_off(world.atoms, *world.game, solution->assessment,
                                                {&world.study.base_rates, nullptr}));
    });
  set_threads(0);
}
BENCHMARK(reading_off_a_world)->Unit(benchmark::kMillisecond);

BENCHMARK(worlds_of_istanbul)
    ->Args({64, 1, 0})
    ->Args({64, 2, 0})
    ->Args({4, 2, 1})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
