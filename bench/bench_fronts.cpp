/// Complete information without an end: front positions between two defeats, as `bench/peers` poses
/// them, solved by dynamic programming; beside the time, how far the answer is from value iteration
/// at the same lambda written out here.

#include <fmt/core.h>

#include <array>
#include <cmath>

#include "bench/measure.h"
#include "melian/language.h"

namespace {

using namespace melian;

constexpr double round_discount = 0.9, battle_cost = 0.05;

/// Offers on multiples of 1 / (K - 1), both ends included.
double offered(int k, int offers) { return static_cast<double>(k) / (offers - 1); }

Game fronts(int positions, int offers) {
  std::string menu;
  for (int k = 0; k < offers; ++k)
    menu += fmt::format("{}{:.17g}", k == 0 ? "" : ", ", offered(k, offers));
  const std::string text =
      fmt::format(R"(
model "Front positions"
player A
player B
param discount = {0:.17g}
state front in 0..{1} = {2}
horizon forever
phase war {{
  A offers y in {{{3}}}
  time passes
  B chooses answer {{ accept {{ end settlement: A gets 1 - y, B gets y }}  refuse }}
  A pays {4}, B pays {4}
  time passes
  chance battle {{ A_gains with 0.5 {{ front rises by 1 }}  B_gains otherwise {{ front falls by 1 }} }}
  when front is {1} {{ end A_wins: A gets 1 }}
  when front is 0 {{ end B_wins: B gets 1 }}
}}
)",
                  std::sqrt(round_discount), positions, positions / 2, menu, battle_cost);
  return *compile(*read_model_text(text, "fronts.melian"))->bind({});
}

/// Values of A and B at the middle of the front: v <- F(v) with logit choices, from nothing, until
/// nothing moves.
std::array<double, 2> by_value_iteration(int positions, int offers, double lambda) {
  const double half = std::sqrt(round_discount);
  std::vector<std::array<double, 2>> now(static_cast<std::size_t>(positions) + 1, {0.0, 0.0}),
      next = now;
  next.front() = now.front() = {0.0, 1.0};
  next.back() = now.back() = {1.0, 0.0};
  for (int sweep = 0; sweep < 100'000; ++sweep) {
    double change = 0.0;
    for (std::size_t n = 1; n + 1 < now.size(); ++n) {
      std::array<double, 2> fight{}, total{};
      for (const std::size_t i : {0UL, 1UL})
        fight[i] = -battle_cost + half * 0.5 * (now[n - 1][i] + now[n + 1][i]);
      // Weights relative to an offer that brings 0: payoffs lie within [-1, 1], so nothing
      // overflows up to lambda 700.
      double weights = 0.0;
      for (int k = 0; k < offers; ++k) {
        const double y = offered(k, offers),
                     accept = 1.0 / (1.0 + std::exp(lambda * (fight[1] - y)));
        const std::array<double, 2> value = {
            half * (accept * (1.0 - y) + (1.0 - accept) * fight[0]),
            half * (accept * y + (1.0 - accept) * fight[1])};
        const double weight = std::exp(lambda * value[0]);
        weights += weight;
        for (const std::size_t i : {0UL, 1UL}) total[i] += weight * value[i];
      }
      for (const std::size_t i : {0UL, 1UL}) {
        next[n][i] = total[i] / weights;
        change = std::max(change, std::abs(next[n][i] - now[n][i]));
      }
    }
    now.swap(next);
    if (change < 1e-15) break;
  }
  return now[static_cast<std::size_t>(positions) / 2];
}

/// Arguments: positions, offers, lambda, threads.
void front_game(benchmark::State& state) {
  const int positions = static_cast<int>(state.range(0)), offers = static_cast<int>(state.range(1));
  const Game game = fronts(positions, offers);
  SolveOptions options;
  options.lambda = static_cast<double>(state.range(2));
  options.measure = Measure::each;
  set_threads(static_cast<int>(state.range(3)));
  Solution last;
  for (auto _ : state) {
    auto solution = solve(game, options);
    if (!solution) return state.SkipWithError("refused");
    last = std::move(*solution);
  }
  set_threads(0);
  const std::array<double, 2> expected = by_value_iteration(positions, offers, *options.lambda);
  state.counters["lambda"] = *options.lambda;
  state.counters["states"] = (positions - 1.0) * (offers + 1.0) + 1.0;
  state.counters["residual"] = last.summary.residual;
  state.counters["sweeps"] = last.summary.sweeps;
  state.counters["unsolved"] = static_cast<double>(last.summary.unsolved);
  state.counters["difference"] = std::max(std::abs(last.start_values[0][0] - expected[0]),
                                          std::abs(last.start_values[1][0] - expected[1]));
}
BENCHMARK(front_game)
    ->ArgNames({"positions", "offers", "lambda", "threads"})
    ->Args({40, 60, 10, 1})
    ->Args({40, 60, 50, 1})
    ->Args({40, 60, 200, 1})
    ->Args({40, 60, 50, 2})
    ->Args({4, 5, 200, 1})
    ->Args({20, 60, 50, 1})
    ->Args({80, 60, 50, 1})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
