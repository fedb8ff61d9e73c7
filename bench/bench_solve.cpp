/// How many decisions a second the belief grid solves, with lambda, nodes and residual beside each figure.

#include <benchmark/benchmark.h>

#include "melian/solve.h"
#include "solve/oracle_games.h"

namespace {

using namespace melian;
using namespace melian::testing;

std::vector<double> menu(int offers) {
  std::vector<double> out;
  for (int k = 0; k < offers; ++k) out.push_back((k + 0.5) / offers);
  return out;
}

/// Both sides have a private cost of fighting; A offers, B answers, refusals are fought over.
Game two_sided(int rounds, int offers) {
  GameBuilder g("two-sided screening");
  const int a = g.player("A", {"weak", "tough"}, {0.5, 0.5}), b = g.player("B", {"weak", "tough"}, {0.5, 0.5});
  g.discount(a, {0.95});
  g.discount(b, {0.95});
  g.rounds(rounds);
  const auto cost = [](int player) { return [player](const TypeProfile& t) { return t[static_cast<std::size_t>(player)] == 0 ? -0.08 : -0.02; }; };
  const auto finish = [](int player) { return [player](const TypeProfile& t) { return t[static_cast<std::size_t>(player)] == 0 ? 0.15 : 0.35; }; };
  const int deal = g.outcome("deal"), falls = g.outcome("collapse"), fought = g.outcome("fought out");
  const std::vector<double> numbers = menu(offers);
  const int top = g.state(g.offer("offer", a, numbers)), closing = g.state(g.passage("fight to the finish"));
  const int answers = g.choice("answer", b, {"accept", "refuse"});
  const int battle = g.state(g.chance("battle", {"undecided", "A collapses", "B collapses"}));
  for (int k = 0; k < offers; ++k) {
    const double y = numbers[static_cast<std::size_t>(k)];
    const int answer = g.state(answers);
    g.branch(top, k, answer);
    g.branch(answer, 0, deal).pay(a, 1.0 - y).pay(b, y);
    g.branch(answer, 1, battle).pay(a, cost(a)).pay(b, cost(b));
  }
  g.branch(battle, 0, top).odds(0.8).advance(1).time(1);
  g.branch(battle, 1, falls).odds(0.1).pay(b, 0.95);
  g.branch(battle, 2, falls).odds(0.1).pay(a, 0.95);
  g.branch(closing, 0, fought).pay(a, finish(a)).pay(b, finish(b));
  g.entry(top, closing);
  return g.build();
}

void measure(benchmark::State& state, const Game& game, double lambda, int nodes, int threads) {
  set_threads(threads);
  SolveOptions options;
  options.method = BeliefGrid{.nodes = {nodes}};
  options.lambda = lambda;
  std::int64_t decisions = 0;
  SolveSummary last;
  for (auto _ : state) {
    auto solution = solve(game, options);
    if (!solution) return state.SkipWithError("refused");
    last = solution->summary;
    decisions += last.decisions;
    benchmark::DoNotOptimize(solution->assessment.log_strategy.data());
  }
  state.counters["decisions/s"] = benchmark::Counter(static_cast<double>(decisions), benchmark::Counter::kIsRate);
  state.counters["lambda"] = lambda;
  state.counters["nodes"] = nodes;
  state.counters["residual"] = last.residual;
  state.counters["several"] = static_cast<double>(last.several);
  state.counters["unsolved"] = static_cast<double>(last.unsolved);
  set_threads(0);
}

/// Arguments: lambda, nodes, threads.
void answers_one_sided(benchmark::State& state) {
  const Game game = wartime_screening({}, 0.9, 12, menu(21));
  measure(state, game, static_cast<double>(state.range(0)), static_cast<int>(state.range(1)), static_cast<int>(state.range(2)));
}
BENCHMARK(answers_one_sided)
    ->Args({50, 129, 1})
    ->Args({50, 129, 2})
    ->Args({50, 33, 2})
    ->Args({200, 129, 1})
    ->Args({50, 1025, 1})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

void long_one_sided(benchmark::State& state) {
  const Game game = wartime_screening({}, 0.9, 100, menu(101));
  measure(state, game, static_cast<double>(state.range(0)), static_cast<int>(state.range(1)), static_cast<int>(state.range(2)));
}
BENCHMARK(long_one_sided)->Args({50, 129, 1})->Args({50, 129, 2})->Unit(benchmark::kMillisecond)->UseRealTime();

void offers_two_sided(benchmark::State& state) {
  const Game game = two_sided(10, 21);
  measure(state, game, static_cast<double>(state.range(0)), static_cast<int>(state.range(1)), static_cast<int>(state.range(2)));
}
BENCHMARK(offers_two_sided)->Args({20, 33, 1})->Args({20, 33, 2})->Args({50, 33, 1})->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
