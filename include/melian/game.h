#pragma once
/// The door of `game`: what a game is. A multistage game with observed actions and incomplete
/// information [FudenbergTirole1991, ch. 8], compiled into flat arrays: a *structure* that numbers
/// never change, and *numbers* bound late, so that a sweep over parameters compiles once. This room
/// knows no text and no solver.
///
/// Words: a *public state* is a decision of one player (or of several at once), a chance move, or a
/// passage (payments and time, no choice). A *branch* is one action or one chance outcome of a
/// public state. Plays end in an *outcome*.
///
/// Layers: a state is *timed* when the clock of a finite horizon can still be read after it; a
/// timed state exists once a round (0 ... rounds - 1). Other states exist once. Within a round,
/// branches form no cycle; on `horizon forever` play may come back to a public state in a later
/// round.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "melian/base.h"
#include "melian/numeric.h"

namespace melian {

/// A strategic decision maker. A player without private information has an empty `types` and one
/// (unnamed) type.
struct Player {
  std::string name;
  std::vector<std::string> types;
  std::string note;  ///< documentation from the model
  [[nodiscard]] int num_types() const { return types.empty() ? 1 : static_cast<int>(types.size()); }
};

/// An *amount* is a number chosen as an offer is (a signal, an effort, a risk), but proposes
/// nothing that anybody could accept.
enum class MoveKind : std::uint8_t { offer, choice, chance, passage, simultaneous, amount };

/// What happens at a public state: whose move it is and which actions (or outcomes of chance) there
/// are.
struct Move {
  std::string name;  ///< "demand", "answer", "battle"; several moves may share a name (an answer of
                     ///< A here, of B there)
  MoveKind kind = MoveKind::choice;
  int player = -1;                   ///< the mover of an offer, amount or choice
  std::vector<std::string> actions;  ///< names; the numbers of an offer or amount as text
  std::vector<double> numbers;       ///< of an offer or amount: its actions as numbers
  std::vector<double> widths;  ///< of one over a continuum: the cell of each point (design: the
                               ///< base measure); else empty
  std::vector<int> parts;      ///< of simultaneous moves: the single moves; actions count in mixed
                               ///< radix, last fastest
  std::string note;            ///< documentation from the model
  std::vector<std::string> labels;  ///< mechanism labels such as "E1"
  /// Are the actions numbers, so that a mean can be taken of them?
  [[nodiscard]] bool is_numeric() const {
    return kind == MoveKind::offer || kind == MoveKind::amount;
  }
  /// Is it decided by one player?
  [[nodiscard]] bool is_decision() const { return is_numeric() || kind == MoveKind::choice; }
};

/// A named number that public states remember (a state of the model, or a choice of this round).
struct Variable {
  std::string name;
  std::vector<std::string> domain;  ///< the texts of its possible contents
};

struct PublicState {
  int move = -1;
  int first_branch = 0, num_branches = 0;
  std::uint32_t live = 0;  ///< bit i: the type of player i (or one correlated with it) can still
                           ///< matter for a payoff, odds or guard
  bool timed = false;      ///< exists once a round
  bool entry = false;      ///< the top of a phase: rounds begin here
  int part_open = -1;  ///< of simultaneous moves: where its masks start in `Structure::part_open`
  int closing = -1;    ///< of a timed entry: the state play continues at when the clock has run out
  bool decision_follows =
      true;  ///< false: no decision here or later, so payoffs are linear in beliefs
};

struct Branch {
  int action = 0;  ///< index into the move's actions
  int next = -1;   ///< a public state; or, negative, the outcome -1 - next in which play ends
  int advance =
      0;  ///< clock rounds counted since the top of the phase, where `next` is the top of a phase
  int time =
      0;  ///< rounds that pass on this branch: later payments are discounted by discount^time
  std::uint64_t open_to = ~std::uint64_t{0};  ///< bit k: type k of the mover has this action (of
                                              ///< simultaneous moves: see `Structure::part_open`)
};

enum class HorizonKind : std::uint8_t { none, finite, forever };

/// Everything about a game that no change of a mere number alters.
struct Structure {
  std::string title;
  std::vector<std::string> sources;
  std::vector<Player> players;
  std::vector<Move> moves;
  std::vector<std::string> outcomes;  ///< names of the ends
  std::vector<std::string> tallies;
  std::vector<Variable> variables;
  HorizonKind horizon = HorizonKind::none;
  int rounds = 1;  ///< of a finite horizon
  int root = 0;    ///< the first public state
  std::vector<PublicState> states;
  std::vector<Branch> branches;

  // What each public state remembers, compressed rows: state s remembers remembered[memory[s] ..
  // memory[s + 1]).
  struct Remembered {
    int variable, content;
  };
  std::vector<std::int64_t> memory;
  std::vector<Remembered> remembered;

  /// Of simultaneous moves, from `PublicState::part_open` on: per part, per action of its move, bit
  /// k: type k of its mover has it. Branches are all joint actions of what is open to some type,
  /// the last part fastest.
  std::vector<std::uint64_t> part_open;

  // Where each branch's numbers start in `Numbers`; see the accessors of Game.
  std::vector<std::int64_t> reward_offset;     ///< per branch; block [player][profile]
  std::vector<std::int64_t> odds_offset;       ///< per branch, -1 outside chance; block [profile]
  std::vector<std::int64_t> perceived_offset;  ///< per branch, -1 where all see the analyst's odds;
                                               ///< block [player][profile]
  // Tallies counted on branches, compressed rows over branches; amounts: block [profile] per entry.
  struct Count {
    int tally;
    std::int64_t amount_offset;
  };
  std::vector<std::int64_t> count_begin;
  std::vector<Count> counts;
  // Offers that a branch accepts (first mention in an end, payment or assignment of the round),
  // compressed rows over branches.
  struct Acceptance {
    int move, action;
  };
  std::vector<std::int64_t> acceptance_begin;
  std::vector<Acceptance> acceptances;

  // Orders of solution: each level holds states whose branches within the round lead only to
  // earlier levels.
  std::vector<std::vector<int>> untimed_levels, timed_levels;
  std::vector<std::uint8_t>
      reached;  ///< [round * states + state]: can play stand there then (timed states)

  std::vector<std::vector<int>> correlated;  ///< groups of players, in order, whose types have a
                                             ///< joint prior; no player is in two
  std::string fingerprint;  ///< SHA-256 of the structure and of the model text that made it

  [[nodiscard]] int num_players() const { return static_cast<int>(players.size()); }
  [[nodiscard]] int num_profiles(std::uint32_t live) const;
  [[nodiscard]] std::uint32_t everyone() const;  ///< mask of all players with two or more types
  [[nodiscard]] std::uint32_t with_correlated(
      std::uint32_t players) const;  ///< and everybody whose types have a joint prior with theirs
  [[nodiscard]] bool is_decision(int state) const;  ///< of one player
  [[nodiscard]] bool decides(int state) const;      ///< of one player, or of several at once
};

/// The numbers of one game: bound from parameters, never changing the structure.
struct Numbers {
  std::vector<double> rewards, odds, perceived, amounts;
  std::vector<std::vector<double>>
      prior;  ///< [player][type], the analyst's (of correlated types: the margins)
  std::vector<std::vector<double>>
      joint;  ///< [correlated group][types of its players, mixed radix, the last fastest]
  std::vector<std::vector<std::vector<double>>> beliefs;  ///< [observer][player][type] at the start
  std::vector<std::vector<double>> discount;              ///< [player][type], per round
  std::vector<std::vector<double>> precision;  ///< [player][type]; empty when the model states none
};

/// Type profiles of the players in `live`: mixed radix in player order, the last player fastest.
class Profiles {
 public:
  Profiles(const std::vector<Player>& players, std::uint32_t live);
  [[nodiscard]] int count() const { return count_; }
  [[nodiscard]] int type_of(int profile, int player) const {
    return stride_[static_cast<std::size_t>(player)] == 0
               ? 0
               : profile / stride_[static_cast<std::size_t>(player)] %
                     radix_[static_cast<std::size_t>(player)];
  }
  [[nodiscard]] int stride(int player) const {
    return stride_[static_cast<std::size_t>(player)];
  }  ///< 0 for players outside `live`
  [[nodiscard]] int index(const std::vector<int>& types) const;

 private:
  std::vector<int> stride_, radix_;
  int count_ = 1;
};

/// The order in which untimed states are solved: stages, each leading only to itself and to earlier
/// ones. A stage without a cycle is a list of levels, each leading only to earlier levels. A
/// *cyclic* stage holds public states that can all come back to each other; its levels are those of
/// the round, and other branches within it lead back.
struct SolutionOrder {
  struct Stage {
    bool cyclic = false;
    std::vector<std::vector<int>> levels;
  };
  std::vector<Stage> stages;
  std::vector<int> stage_of, level_of;  ///< [state], -1 for timed states

  /// Does a branch from one untimed state to another come back to where its stage has already been?
  [[nodiscard]] bool leads_back(int from, int to) const {
    const auto f = static_cast<std::size_t>(from), t = static_cast<std::size_t>(to);
    return stages[static_cast<std::size_t>(stage_of[f])].cyclic && stage_of[f] == stage_of[t] &&
           level_of[f] <= level_of[t];
  }
  /// The states of a stage that something in it leads back to, in order of number.
  [[nodiscard]] std::vector<int> heads(const Structure& structure, int stage) const;
};
[[nodiscard]] SolutionOrder solution_order(const Structure& structure);

/// A game ready to be solved: shared structure and its own numbers. Immutable once built.
struct Game {
  std::shared_ptr<const Structure> structure;
  Numbers numbers;
  std::string fingerprint;  ///< SHA-256 of the structure's fingerprint and all numbers

  [[nodiscard]] const Structure& shape() const { return *structure; }
  /// Payoffs of `player` on a branch by profile of the *source* state's live types, in payoff units
  /// at the moment the branch begins (payments after time has passed on the branch are already
  /// discounted to its beginning).
  [[nodiscard]] const double* reward(int branch, int player, int profiles) const {
    return numbers.rewards.data() + structure->reward_offset[static_cast<std::size_t>(branch)] +
           std::int64_t{player} * profiles;
  }
  /// The analyst's odds of a chance branch, by profile of the source state's live types.
  [[nodiscard]] const double* odds(int branch) const {
    return numbers.odds.data() + structure->odds_offset[static_cast<std::size_t>(branch)];
  }
  /// The odds as `player` perceives them.
  [[nodiscard]] const double* odds_for(int branch, int player, int profiles) const {
    const std::int64_t offset = structure->perceived_offset[static_cast<std::size_t>(branch)];
    return offset < 0 ? odds(branch)
                      : numbers.perceived.data() + offset + std::int64_t{player} * profiles;
  }
};

/// What a public state stands for, in words: "answer of Kyiv: front 0, balance 0, demand 0.4".
[[nodiscard]] std::string describe_state(const Structure& structure, int state);

/// Nodes of the belief axes (melian/beliefs.h), each increasing from 0 to 1: the analyst's beliefs.
/// A player j's own belief about i differs from the analyst's by a constant likelihood (one public
/// likelihood, many priors). Points of a state are counted in mixed radix over its live axes, the
/// last fastest.
struct BeliefAxes {
  std::vector<std::vector<double>> nodes;  ///< [axis]
  std::vector<std::uint32_t> players;      ///< [axis]: mask of the players whose types it is about
  /// As in `BeliefAxis`, [axis]; empty, whole or of an axis, where plain.
  std::vector<std::vector<double>> log_odds{}, centre{};

  [[nodiscard]] BeliefAxis axis(int k) const;
  [[nodiscard]] double log_odds_at(int axis, std::int64_t node) const;
  void put(int k, BeliefAxis axis);
  [[nodiscard]] bool operator==(const BeliefAxes&) const = default;
  /// Saturates where no machine could hold them.
  [[nodiscard]] std::int64_t num_points(std::uint32_t live) const;
};

/// How offers weigh (docs/methods.md, "Measure") and whether lambda meets current or present
/// values.
enum class Measure : std::uint8_t { cells, each };
enum class Discounting : std::uint8_t { current_value, present_value };

/// How a decision came to be solved, worst last.
enum class DecisionMark : std::uint8_t { unique, several, jump, unsolved };

/// Behaviour strategies on (round, public state, belief point), with what is needed to read them.
struct Assessment {
  std::string game_fingerprint;
  BeliefAxes axes;
  std::vector<std::vector<double>> lambda;  ///< [player][type], 1/payoff units
  Measure measure = Measure::cells;
  Discounting discounting = Discounting::current_value;
  std::vector<std::int64_t> offset;  ///< [round * states + state] -> start in `log_strategy`, -1
                                     ///< where nothing is decided; untimed states at round 0
  std::vector<double> log_strategy;  ///< natural logs, block [type of mover][branch][point];
                                     ///< -infinity where an action is not open
  std::vector<std::int64_t> mark_offset;  ///< like `offset`, into `marks`
  std::vector<std::uint8_t> marks;        ///< DecisionMark, block [point]

  [[nodiscard]] bool decided(const Structure& structure, int round, int state) const;
  [[nodiscard]] std::int64_t row(const Structure& structure, int round, int state) const;
};

/// Strategies handed over layer by layer, for readers who never need all of them at once
/// (`certify`). Who makes them, and when, is nobody's business but the maker's.
class StrategyLayers {
 public:
  virtual ~StrategyLayers() = default;
  StrategyLayers() = default;
  StrategyLayers(const StrategyLayers&) = delete;
  StrategyLayers& operator=(const StrategyLayers&) = delete;

  /// What all layers share: axes, precisions, measure, discounting, the game's fingerprint.
  /// Strategies may be missing.
  [[nodiscard]] virtual const Assessment& common() const = 0;
  /// Strategies of these states of a round (untimed states: round 0), good until the next call;
  /// other states may be missing. `points`: by state, the belief points that will be read; empty:
  /// all of all. What stands at others is not said.
  [[nodiscard]] virtual const Assessment& layer(
      int round, std::span<const int> states,
      std::span<const std::vector<std::int64_t>> points) = 0;
};

/// An assessment that is there as a whole, as layers.
class WholeStrategies final : public StrategyLayers {
 public:
  /// Keeps a reference.
  explicit WholeStrategies(const Assessment& all) : all_(all) {}
  [[nodiscard]] const Assessment& common() const override { return all_; }
  [[nodiscard]] const Assessment& layer(int, std::span<const int>,
                                        std::span<const std::vector<std::int64_t>>) override {
    return all_;
  }

 private:
  const Assessment& all_;
};

/// The log base measure of a decision's branches: log cell width / total for offers over a
/// continuum, 0 otherwise (and 0 everywhere under Measure::each). A constant for the whole decision
/// cancels.
[[nodiscard]] std::vector<double> log_measure(const Structure& structure, int state,
                                              Measure measure);

}  // namespace melian
