#pragma once
/// One solve after another, with what makes a figure worth reading beside it: lambda, nodes, residual, peak memory.

#include <benchmark/benchmark.h>

#include <fstream>
#include <string>

#include "melian/solve.h"

namespace melian::bench {

/// The most memory this process has held since `forget_peak`, in MiB; 0 where the system does not say.
inline double peak_mib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) / 1024.0;
  return 0.0;
}
inline void forget_peak() { std::ofstream("/proc/self/clear_refs") << "5"; }

/// `counted`: what one solve of the game solves of the thing that is counted; 0: all its decisions.
inline void measure(benchmark::State& state, const Game& game, const SolveOptions& options, int threads, const std::string& what = "decisions",
                    std::int64_t counted = 0) {
  set_threads(threads);
  forget_peak();
  std::int64_t done = 0;
  SolveSummary last;
  for (auto _ : state) {
    auto solution = solve(game, options);
    if (!solution) return state.SkipWithError("refused");
    last = solution->summary;
    done += counted > 0 ? counted : last.decisions;
    benchmark::DoNotOptimize(solution->assessment.log_strategy.data());
  }
  state.counters[what + "/s"] = benchmark::Counter(static_cast<double>(done), benchmark::Counter::kIsRate);
  if (options.lambda) state.counters["lambda"] = *options.lambda;
  state.counters["residual"] = last.residual;
  state.counters["several"] = static_cast<double>(last.several);
  state.counters["unsolved"] = static_cast<double>(last.unsolved);
  state.counters["peak MiB"] = peak_mib();
  set_threads(0);
}

inline SolveOptions on_grid(int nodes, double lambda) {
  SolveOptions out;
  out.method = BeliefGrid{.nodes = {nodes}};
  out.lambda = lambda;
  return out;
}

}  // namespace melian::bench
