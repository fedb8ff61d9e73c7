#include "predict/sweep_size.h"

#include <map>
#include <set>

#include <doctest/doctest.h>
#include <tbb/task_arena.h>

#include "laws/predict_support.h"
#include "predict/backward.h"
#include "predict/forward.h"
#include "predict/probes_reader.h"

using namespace melian;
using namespace melian::prediction;

namespace {

std::int64_t bytes_of(std::size_t numbers) {
  return static_cast<std::int64_t>(sizeof(double) * numbers);
}

int move_named(const Game& game, const std::string& name) {
  for (std::size_t m = 0; m < game.shape().moves.size(); ++m)
    if (game.shape().moves[m].name == name) return static_cast<int>(m);
  return -1;
}

Probe at_move(Functional what, int move) {
  Probe out;
  out.what = std::move(what);
  out.move = move;
  return out;
}

/// What the sweeps themselves hold: the largest row of every state, the rows recorded at a move,
/// the tables of all states.
struct Held {
  std::int64_t standing = 0, places = 0, tables = 0;
};
Held held(const Game& game, const Assessment& assessment, const Carried& carried, int move,
          const std::vector<Column>& columns) {
  const Board board(game, assessment);
  Held out;
  std::map<int, std::int64_t> largest;
  ForwardHooks hooks;
  hooks.standing = [&](int, bool closing, int state, const Standing& standing) {
    const std::int64_t row = bytes_of(standing.mass.size());
    largest[state] = std::max(largest[state], row);
    if (!closing && makes(game.shape(), state, move)) out.places += row;
  };
  sweep_forward(board, carried, hooks);
  for (const auto& [state, row] : largest) out.standing += row;
  Backward backward(board, columns);
  std::set<const Table*> seen;
  backward.sweep([&](int round, int state) {
    if (const Table& table = backward.table(round, state); seen.insert(&table).second)
      out.tables += bytes_of(table.size());
  });
  return out;
}

}  // namespace

TEST_CASE("count_sweep_bytes: counts the rows and tables that the sweeps hold, and little more") {
  const Game game = test::war_and_truce();
  for (const int nodes : {3, 9}) {
    const Assessment assessment = test::random_assessment(game, nodes, 21);
    const int demand = move_named(game, "demand");
    const std::vector<Probe> probes{at_move(ExpectedPayoff{0}, demand),
                                    at_move(ExpectedTally{0}, demand),
                                    at_move(EndsWithin{3}, demand)};
    const Held real = held(game, assessment, {.beliefs = false, .coordinate = false}, demand,
                           {{Column::Kind::payoff, 0, -1, {}},
                            {Column::Kind::tally, 0, -1, {}},
                            {Column::Kind::ends_within, 3, -1, {}}});
    const SweepBytes counted =
        count_sweep_bytes(game.shape(), assessment.axes, probes, false, false);
    // Beside them stand lists of branches and states, which do not grow with the grid.
    const std::int64_t lists = 2'000 * static_cast<std::int64_t>(game.shape().branches.size());
    CHECK(counted.places >= real.places);
    CHECK(counted.places <= 1.2 * static_cast<double>(real.places) + static_cast<double>(lists));
    CHECK(counted.forward >= real.standing);
    CHECK(counted.forward <= 2 * real.standing + lists);  // tops of rounds stand there twice
    CHECK(counted.backward >= real.tables);
    CHECK(counted.backward <= real.tables + lists);
    CHECK(counted.most() ==
          counted.laid_out + counted.places + std::max(counted.forward, counted.backward));
  }
}

TEST_CASE("count_sweep_bytes: alone the sweeps hold what is read at a time, and little more") {
  const Game game = test::war_and_truce();
  const Assessment assessment = test::random_assessment(game, 9, 21);
  const Board board(game, assessment);
  const int demand = move_named(game, "demand");
  const std::vector<Probe> probes{at_move(ExpectedPayoff{0}, demand),
                                  at_move(ExpectedTally{0}, demand)};
  // Room that is handed on is seen again at the same place.
  std::map<const double*, std::int64_t> plays, tables;
  const auto note = [](std::map<const double*, std::int64_t>& seen, const lanes::Row& row) {
    std::int64_t& size = seen[row.data()];
    size = std::max(size, bytes_of(row.size()));
  };
  tbb::task_arena(1).execute([&] {
    ForwardHooks hooks;
    hooks.standing = [&](int, bool, int, const Standing& standing) { note(plays, standing.mass); };
    sweep_forward(board, {.beliefs = false, .coordinate = false}, hooks);
    Backward backward(board, {{Column::Kind::payoff, 0, -1, {}}, {Column::Kind::tally, 0, -1, {}}});
    backward.sweep([&](int round, int state) { note(tables, backward.table(round, state)); });
  });
  const auto sum = [](const std::map<const double*, std::int64_t>& seen) {
    std::int64_t out = 0;
    for (const auto& [at, size] : seen) out += size;
    return out;
  };
  const SweepBytes alone = count_sweep_bytes(game.shape(), assessment.axes, probes, false, true);
  const SweepBytes together =
      count_sweep_bytes(game.shape(), assessment.axes, probes, false, false);
  const std::int64_t lists = 2'000 * static_cast<std::int64_t>(game.shape().branches.size());
  CHECK(alone.forward < together.forward);
  CHECK(alone.backward < together.backward);
  CHECK(alone.backward >= sum(tables));
  CHECK(alone.backward <= sum(tables) + lists);
  CHECK(alone.forward >= sum(plays));
  CHECK(alone.forward <= 2 * sum(plays) + lists);
}

TEST_CASE("count_sweep_bytes: beliefs, detours and columns each add what they hold") {
  const Game game = test::war_and_truce();
  const Assessment assessment = test::random_assessment(game, 9, 21);
  const int demand = move_named(game, "demand"), ask = move_named(game, "ask");
  const auto counted = [&](const std::vector<Probe>& probes) {
    return count_sweep_bytes(game.shape(), assessment.axes, probes, false, false);
  };
  const SweepBytes share = counted({at_move(ActionShare{0}, demand)}),
                   belief = counted({at_move(MeanBelief{0, 1}, demand)});
  CHECK(share.backward == 0);
  CHECK(belief.forward > share.forward);
  CHECK(belief.places > share.places);
  Probe detour = at_move(ExpectedRounds{}, ask);
  detour.forced_action = 1;
  const SweepBytes direct = counted({detour});
  detour.then = {{{demand, 0}}};
  const SweepBytes led = counted({detour}), twice = counted({detour, detour});
  CHECK(led.forward > direct.forward);
  CHECK(led.forward == twice.forward);  // the same way is gone once
  CHECK(led.backward == direct.backward);
  // Plays that are led to a demand stand nowhere else than on the way to one.
  const SweepBytes all = counted({at_move(ExpectedRounds{}, ask)});
  CHECK(led.forward - direct.forward < all.forward);
}

TEST_CASE("count_predict_bytes: a prediction holds the beliefs of all types beside the plays") {
  const Game game = test::war_and_truce();
  const Assessment assessment = test::random_assessment(game, 9, 3);
  const Held real = held(game, assessment, {.information = true}, 0,
                         {{Column::Kind::payoff, 0, -1, {}},
                          {Column::Kind::payoff, 1, -1, {}},
                          {Column::Kind::payoff, 2, -1, {}}});
  const SweepBytes counted = count_predict_bytes(game.shape(), assessment.axes);
  CHECK(counted.forward >= real.standing);
  CHECK(counted.backward >= real.tables);
}
