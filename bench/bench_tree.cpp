/// How long a tree takes to its principal branch's solution, with lambda, size and residual beside
/// each figure.

#include <benchmark/benchmark.h>

#include <fmt/core.h>

#include "melian/language.h"
#include "melian/tree.h"

namespace {

using namespace melian;

/// Screening after Powell with three offers: 1 + 2 sum over rounds of 3^t (1 + 5 x 3) + 2 x 3^T
/// nodes, as in the games that Gambit's timings are known for.
ExtensiveForm screening(int rounds) {
  const std::string text = fmt::format(R"(
model "Screening"
player S
player D types weak 0.6, tough 0.4
param cost[D]: weak = 0.07, tough = 0.02
horizon {} rounds then end fight_to_the_finish: S gets 0.25, D gets 0.5 - 5 * cost[D]
phase war {{
  S offers y in {{0.1, 0.25, 0.4}}
  D chooses answer {{ accept {{ end settlement: S gets 1 - y, D gets y }}  refuse }}
  S pays 0.05, D pays cost[D]
  time passes
  chance battle {{
    D_collapses with 0.1 {{ end D_collapses: S gets 1 }}
    S_collapses with 0.1 {{ end S_collapses: D gets 1 }}
    both_stand  otherwise
  }}
}}
)",
                                       rounds);
  return *unroll(*compile(*read_model_text(text, "screening.melian"))->bind({}));
}

void tree(benchmark::State& state) {
  const ExtensiveForm form = screening(static_cast<int>(state.range(0)));
  TreeOptions options;
  options.lambda = static_cast<double>(state.range(1));
  TreeSolution last;
  for (auto _ : state) last = *solve_tree(form, options);
  state.counters["lambda"] = last.summary.lambda;
  state.counters["nodes"] = static_cast<double>(form.nodes.size());
  state.counters["unknowns"] = last.summary.unknowns;
  state.counters["steps"] = last.summary.steps;
  state.counters["residual"] = last.certificate.residual;
  state.counters["regret"] = last.certificate.regret[0];
}
BENCHMARK(tree)
    ->Name("tree/screening")
    ->ArgNames({"rounds", "lambda"})
    ->Args({2, 1000})
    ->Args({3, 1000})
    ->Args({3, 100'000})
    ->Args({5, 1000})
    ->Unit(benchmark::kMillisecond);

}  // namespace
