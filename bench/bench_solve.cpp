/// How many decisions a second the belief grid solves, with lambda, nodes and residual beside each
/// figure.

#include <algorithm>

#include "bench/measure.h"
#include "solve/kernel.h"
#include "solve/oracle_games.h"

namespace {

using namespace melian;
using namespace melian::testing;
using bench::measure, bench::on_grid;

std::vector<double> menu(int offers) {
  std::vector<double> out;
  for (int k = 0; k < offers; ++k) out.push_back((k + 0.5) / offers);
  return out;
}

/// Both sides have a private cost of fighting; A offers, B answers, refusals are fought over.
Game two_sided(int rounds, int offers) {
  GameBuilder g("two-sided screening");
  const int a = g.player("A", {"weak", "tough"}, {0.5, 0.5}),
            b = g.player("B", {"weak", "tough"}, {0.5, 0.5});
  g.discount(a, {0.95});
  g.discount(b, {0.95});
  g.rounds(rounds);
  const auto cost = [](int player) {
    return [player](const TypeProfile& t) {
      return t[static_cast<std::size_t>(player)] == 0 ? -0.08 : -0.02;
    };
  };
  const auto finish = [](int player) {
    return [player](const TypeProfile& t) {
      return t[static_cast<std::size_t>(player)] == 0 ? 0.15 : 0.35;
    };
  };
  const int deal = g.outcome("deal"), falls = g.outcome("collapse"),
            fought = g.outcome("fought out");
  const std::vector<double> numbers = menu(offers);
  const int top = g.state(g.offer("offer", a, numbers)),
            closing = g.state(g.passage("fight to the finish"));
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

/// A typed side offers, an untyped one answers, once a round; nothing else happens.
Game typed_offers(int rounds, int offers) {
  GameBuilder g("typed offers");
  const int a = g.player("A", {"weak", "tough"}, {0.5, 0.5}), b = g.player("B");
  g.discount(a, {0.95});
  g.discount(b, {0.95});
  g.rounds(rounds);
  const int deal = g.outcome("deal"), fought = g.outcome("fought out");
  const std::vector<double> numbers = menu(offers);
  const int top = g.state(g.offer("offer", a, numbers)),
            closing = g.state(g.passage("fight to the finish"));
  const int answers = g.choice("answer", b, {"accept", "refuse"});
  for (int k = 0; k < offers; ++k) {
    const double y = numbers[static_cast<std::size_t>(k)];
    const int answer = g.state(answers);
    g.branch(top, k, answer);
    g.branch(answer, 0, deal).pay(a, 1.0 - y).pay(b, y);
    g.branch(answer, 1, top)
        .pay(a, [](const TypeProfile& t) { return t[0] == 0 ? -0.08 : -0.02; })
        .pay(b, -0.05)
        .advance(1)
        .time(1);
  }
  g.branch(closing, 0, fought)
      .pay(a, [](const TypeProfile& t) { return t[0] == 0 ? 0.15 : 0.35; })
      .pay(b, 0.2);
  g.entry(top, closing);
  return g.build();
}

int lambda(const benchmark::State& state) { return static_cast<int>(state.range(0)); }
int nodes(const benchmark::State& state) { return static_cast<int>(state.range(1)); }
int threads(const benchmark::State& state) { return static_cast<int>(state.range(2)); }

/// Answers alone, without the game around them: two actions, one of which ends the matter, at every
/// node of the axis; 21 offers, values of refusing between .25 and .6 that move with belief.
/// Arguments: lambda, nodes.
void kernel(benchmark::State& state) {
  const double precision = lambda(state);
  const grid::Axis axis(belief_axis(nodes(state), std::vector<double>{0.5}));
  std::vector<grid::Line> lines;
  for (const double offer : menu(21)) {
    grid::Line& line = lines.emplace_back();
    line.reset(axis, 2);
    line.moved[0] = 0;
    for (int type = 0; type < 2; ++type)
      for (int k = 0; k < axis.nodes(); ++k) {
        const double b = axis.b[grid::ix(k)];
        line.row(0, type)[k] = precision * offer;
        line.row(1, type)[k] = precision * (0.25 + 0.15 * type + 0.2 * b * b * (3.0 - 2.0 * b));
      }
  }
  grid::Kernel kernel;
  grid::LineAnswer answer;
  double residual = 0.0;
  std::int64_t several = 0;
  for (auto _ : state)
    for (grid::Line& line : lines) {
      line.prepare();
      kernel.solve(line, axis.u, grid::Guide{}, answer);
      residual =
          std::max(residual, *std::max_element(answer.residual.begin(), answer.residual.end()));
      several += std::count_if(answer.mark.begin(), answer.mark.end(),
                               [](DecisionMark mark) { return mark != DecisionMark::unique; });
    }
  state.counters["answers/s"] = benchmark::Counter(
      static_cast<double>(state.iterations()) * 21.0 * nodes(state), benchmark::Counter::kIsRate);
  state.counters["lambda"] = precision;
  state.counters["residual"] = residual;
  state.counters["several"] = static_cast<double>(several);
}
BENCHMARK(kernel)
    ->Args({50, 129})
    ->Args({100, 129})
    ->Args({200, 129})
    ->Args({50, 33})
    ->Args({50, 1025})
    ->Unit(benchmark::kMicrosecond);

/// All arguments: lambda, nodes, threads. 21 answers a round, and one offer by the side without
/// types.
void answers(benchmark::State& state) {
  const Game game = wartime_screening({}, 0.9, 12, menu(21));
  measure(state, game, on_grid(nodes(state), lambda(state)), threads(state), "answers");
}
BENCHMARK(answers)
    ->Args({50, 129, 1})
    ->Args({50, 129, 2})
    ->Args({50, 33, 2})
    ->Args({200, 129, 1})
    ->Args({50, 1025, 1})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

/// Only the typed side's offers are counted: one a round and node.
void offers(benchmark::State& state) {
  constexpr int rounds = 50, on_the_menu = 21;
  measure(state, typed_offers(rounds, on_the_menu), on_grid(nodes(state), lambda(state)),
          threads(state), "typed offers", std::int64_t{rounds} * nodes(state));
}
BENCHMARK(offers)
    ->Args({20, 129, 1})
    ->Args({50, 129, 1})
    ->Args({200, 129, 1})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

/// 101 offers. Arguments: lambda, nodes, threads, rounds: time is linear in rounds and in nodes,
/// memory too (strategies are kept for all).
void long_game(benchmark::State& state) {
  measure(state, wartime_screening({}, 0.9, static_cast<int>(state.range(3)), menu(101)),
          on_grid(nodes(state), lambda(state)), threads(state));
}
BENCHMARK(long_game)
    ->Args({50, 129, 1, 25})
    ->Args({50, 129, 1, 50})
    ->Args({50, 129, 1, 100})
    ->Args({50, 129, 2, 100})
    ->Args({50, 65, 1, 100})
    ->Args({50, 257, 1, 100})
    ->Args({200, 129, 1, 100})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

/// Both sides with two types, 21 offers, 10 rounds.
void two_sided_game(benchmark::State& state) {
  measure(state, two_sided(10, 21), on_grid(nodes(state), lambda(state)), threads(state));
}
BENCHMARK(two_sided_game)
    ->Args({20, 33, 1})
    ->Args({20, 33, 2})
    ->Args({50, 33, 1})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace

int main(int argc, char** argv) {
  melian::keep_freed_memory();  // as the program does
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
