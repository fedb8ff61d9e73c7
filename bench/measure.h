#pragma once
/// One solve after another, with what makes a figure worth reading beside it: lambda, nodes,
/// residual, grid error, peak memory.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <string>

#include "melian/solve.h"

namespace melian::bench {

/// The most memory this process has held since `forget_peak`, in MiB; 0 where the system does not
/// say.
inline double peak_mib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) / 1024.0;
  return 0.0;
}
inline void forget_peak() { std::ofstream("/proc/self/clear_refs") << "5"; }

/// How far the values at the start of play move when every axis loses half of its cells; 0 where an
/// axis is too short for that.
inline double grid_error(const Game& game, SolveOptions options, const Solution& fine) {
  auto& grid = std::get<BeliefGrid>(options.method);
  for (int& nodes : grid.nodes) {
    if (nodes < 5) return 0.0;
    nodes = (nodes + 1) / 2;
  }
  const auto coarse = solve(game, options);
  if (!coarse) return 0.0;
  double error = 0.0;
  for (std::size_t i = 0; i < fine.start_values.size(); ++i)
    for (std::size_t k = 0; k < fine.start_values[i].size(); ++k)
      error = std::max(error, std::abs(fine.start_values[i][k] - coarse->start_values[i][k]));
  return error;
}

/// `counted`: what one solve of the game solves of the thing that is counted; 0: all its decisions.
inline void measure(benchmark::State& state, const Game& game, const SolveOptions& options,
                    int threads, const std::string& what = "decisions", std::int64_t counted = 0) {
  set_threads(threads);
  forget_peak();
  std::int64_t done = 0;
  Solution last;
  for (auto _ : state) {
    last = Solution();  // or two would be held at once
    auto solution = solve(game, options);
    if (!solution) return state.SkipWithError("refused");
    last = std::move(*solution);
    done += counted > 0 ? counted : last.summary.decisions;
    benchmark::DoNotOptimize(last.assessment.log_strategy.data());
  }
  state.counters["peak MiB"] = peak_mib();
  state.counters["counted MiB"] =
      static_cast<double>(count_bytes(game.shape(), last.assessment.axes, options.refined)) /
      1048576.0;
  state.counters[what + "/s"] =
      benchmark::Counter(static_cast<double>(done), benchmark::Counter::kIsRate);
  if (options.lambda) state.counters["lambda"] = *options.lambda;
  state.counters["residual"] = last.summary.residual;
  state.counters["grid error"] = grid_error(game, options, last);
  state.counters["several"] = static_cast<double>(last.summary.several);
  state.counters["unsolved"] = static_cast<double>(last.summary.unsolved);
  set_threads(0);
}

inline SolveOptions on_grid(int nodes, double lambda) {
  SolveOptions out;
  out.method = BeliefGrid{.nodes = {nodes}};
  out.lambda = lambda;
  return out;
}

}  // namespace melian::bench
