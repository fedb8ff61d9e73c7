#pragma once
/// Plausible worlds solved, in parallel, one world on one thread; kept in the store before they are
/// reported.

#include <array>
#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "claims/claims.h"
#include "claims/store.h"
#include "claims/study_games.h"
#include "study/settings_merge.h"
#include "worlds/worlds_plan.h"

namespace melian {

/// How a world is solved.
enum class WorldLevel : std::uint8_t {
  world,      ///< on the worlds' grid
  finer,      ///< on a grid with twice the cells
  certified,  ///< on the worlds' grid, its base alone, with the certificate of a single answer
};

struct WorldTask {
  Draw draw;
  WorldLevel level = WorldLevel::world;
  auto operator<=>(const WorldTask&) const = default;
};

/// One variant of a world.
struct SolvedGame {
  std::string failed;  ///< why it has no solution; "" where it has
  std::int64_t decisions = 0, several = 0, jumps = 0, unsolved = 0;
  double seconds = 0.0;         ///< 0 where another world's was the same game
  std::vector<double> numbers;  ///< [atom]; not a number where it does not exist
  std::optional<double> event_log_weight;
  std::string certificate;  ///< JSON
};

/// A world with all its variants.
struct SolvedWorld {
  std::vector<SolvedGame> games;  ///< [variant], the base first
  [[nodiscard]] double seconds() const;
  [[nodiscard]] std::int64_t sum(std::int64_t SolvedGame::* count) const;
};

class WorldGames {
 public:
  /// `wanted`: what claims and weights take, by variant. `store` may be null.
  WorldGames(const Study& study, const StudyOptions& options, const WorldsPlan& plan, Wanted wanted,
             Store* store);

  /// Compiles the neutral world in every variant, checks names, and refuses what is too large.
  [[nodiscard]] Result<void> prepare();

  /// Solves them all, from the store where it knows them. False: stopped on the way. What `on_step`
  /// has heard of is in the store.
  [[nodiscard]] Result<bool> obtain(const std::vector<WorldTask>& tasks);

  [[nodiscard]] const SolvedWorld& at(const WorldTask& task) const { return solved_.at(task); }
  /// What claims take from a solved world; none of variants that are left out.
  [[nodiscard]] AtomNumbers numbers(const SolvedWorld& world) const;
  /// Why one of these variants has no solution ("" where all have); all variants where none is
  /// named.
  [[nodiscard]] std::string failure(const SolvedWorld& world,
                                    const std::set<std::string>& variants = {}) const;
  /// Did decisions with several solutions, or jumps of the followed branch, turn up in one of these
  /// variants?
  [[nodiscard]] bool several(const SolvedWorld& world, const std::set<std::string>& variants) const;
  [[nodiscard]] Result<void> note();  ///< where each world is used, for readers of the store

  [[nodiscard]] int count() const { return count_; }  ///< games
  [[nodiscard]] int from_store() const { return from_store_; }
  [[nodiscard]] std::string grid_text_of(WorldLevel level) const {
    return options_.on_tree ? "" : grid_text(*neutral_, grid(*neutral_, level));
  }

  // For estimates.
  struct Missing {
    std::int64_t games = 0, in_store = 0;
    double decisions = 0.0;
  };
  [[nodiscard]] Result<Missing> missing(const std::vector<WorldTask>& tasks);
  /// Games of this run's worlds solved now, for some seconds, and kept nowhere: how many decisions
  /// a second.
  [[nodiscard]] Result<double> decisions_a_second();
  [[nodiscard]] std::size_t numbers_a_game() const;  ///< on average
  /// Memory that as many worlds as there are threads hold at most, while their dearest games are
  /// solved and read off; `ladder`: should these have decisions with several solutions.
  [[nodiscard]] std::int64_t bytes_at_once(bool ladder) const;

 private:
  struct Slot {
    int variant = -1;
    std::string name;
    std::vector<metric::Atom> atoms;
    std::vector<std::string> texts;           ///< of the atoms
    const CompiledModel* compiled = nullptr;  ///< of the neutral world
    const Structure* as_written = nullptr;  ///< the same files before the variant's own parameters
    double decisions = 0.0, finer_decisions = 0.0;
  };
  /// One game still to be solved.
  struct Job {
    WorldTask task;
    std::vector<std::size_t> slots;
    std::vector<const CompiledModel*> compiled;  ///< like slots; null: it does not compile
    std::vector<std::string> keys, why;          ///< like slots
  };
  [[nodiscard]] const Variant* variant(int index) const {
    return index < 0 ? nullptr : &study_.variants[static_cast<std::size_t>(index)];
  }
  [[nodiscard]] bool weighs_events() const {
    return plan_.asked().events && options_.event_weight.has_value();
  }
  [[nodiscard]] BeliefGrid grid(const Game& game, WorldLevel level) const;
  [[nodiscard]] std::int64_t count_bytes(const Slot& slot, const Game& game, bool ladder) const;
  [[nodiscard]] std::string key_of(const WorldTask& task, const Slot& slot,
                                   const Settings& settings, double lambda_factor) const;
  [[nodiscard]] Result<bool> known(const WorldTask& task, std::size_t slot, const std::string& key);
  [[nodiscard]] Result<std::vector<Job>> jobs_for(const std::vector<WorldTask>& tasks);
  [[nodiscard]] std::optional<WorldGame> solve(const Job& job, std::size_t k);
  [[nodiscard]] std::optional<std::string> solve_on_tree(const Slot& slot,
                                                         const PieceRequest& request,
                                                         WorldGame& out);
  void solve(const Job& job);
  void deliver(std::vector<WorldGame> games);
  void keep(std::vector<WorldGame> games, std::size_t worlds);
  void take(const WorldTask& task, std::size_t slot, const WorldGame& game);
  void take_over();
  [[nodiscard]] bool report();
  [[nodiscard]] bool go_on();

  const Study& study_;
  const StudyOptions& options_;
  const WorldsPlan& plan_;
  Wanted wanted_;
  Store* store_ = nullptr;
  std::optional<CompiledGames> games_;
  std::string remembered_;
  std::vector<Slot> slots_;
  std::map<std::string, std::map<std::string, std::size_t>>
      places_;  ///< by variant and text: index of the atom
  std::optional<Game> neutral_;
  std::array<std::int64_t, 2> bytes_{};  ///< of the dearest game; with the ladder climbed
  std::map<WorldTask, SolvedWorld> solved_;
  struct Place {
    WorldTask task;
    std::size_t slot;
  };
  std::map<std::string, Place> first_;  ///< by key: where a game was asked for first
  std::vector<std::pair<Place, const Place*>>
      same_;  ///< games still to be taken over from where they were asked for first
  std::vector<WorldUse> uses_;
  int count_ = 0, from_store_ = 0;

  // While a batch of worlds is being solved.
  std::mutex mutex_;  ///< of all below
  std::vector<WorldGame> unsaved_;
  std::size_t unsaved_worlds_ = 0, kept_ = 0,
              expected_ = 0;  ///< worlds; those kept are in the store
  bool saving_ = false;
  std::size_t batch_ = 1;  ///< games a transaction waits for: few where they are dear
  std::optional<Diagnostics> trouble_;
  std::atomic<bool> stop_ = false;
  std::mutex speaking_;  ///< of `on_step`
};

}  // namespace melian
