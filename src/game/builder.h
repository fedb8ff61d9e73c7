#pragma once
/// Builds a `Game` by hand, in code: for tests, benchmarks and programs that have no model text.
///
///   GameBuilder g;
///   const int a = g.player("A"), b = g.player("B", {"weak", "tough"}, {0.6, 0.4});
///   const int war = g.outcome("war"), deal = g.outcome("deal");
///   const int demand = g.state(g.offer("demand", a, {0.2, 0.8}));
///   const int low = g.state(g.choice("answer to low", b, {"accept", "refuse"}));
///   g.branch(demand, 0, low);
///   g.branch(low, 0, deal).pay(a, 0.2).pay(b, 0.8);
///   g.branch(low, 1, war).pay(b, [](const TypeProfile& t) { return t[1] == 0 ? -0.3 : 0.1; });
///   Game game = g.build();
///
/// What the compiler derives from a text is derived here from the numbers: which types are live at
/// a public state, which states are timed, levels, and which states are reached in which round.

#include <functional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "melian/game.h"

namespace melian {

/// The types of all players, one each (0 for players with one type).
using TypeProfile = std::vector<int>;

/// A number, or a number that depends on types.
class Amount {
 public:
  Amount(double constant)
      : at_([constant](const TypeProfile&) { return constant; }) {
  }  // NOLINT(google-explicit-constructor)
  template <class F>
    requires std::is_invocable_r_v<double, F, const TypeProfile&>
  Amount(F by_profile) : at_(std::move(by_profile)) {}  // NOLINT(google-explicit-constructor)
  [[nodiscard]] double operator()(const TypeProfile& types) const { return at_(types); }

 private:
  std::function<double(const TypeProfile&)> at_;
};

class GameBuilder {
 public:
  /// A branch being described; calls chain. Valid until the next call of `GameBuilder::branch`.
  class BranchDraft {
   public:
    BranchDraft& pay(int player,
                     Amount amount);   ///< in units of the moment the branch begins; calls add up
    BranchDraft& odds(Amount amount);  ///< of a chance branch, the analyst's
    BranchDraft& perceived(int player, Amount amount);  ///< odds as `player` sees them
    BranchDraft& open_to(const std::vector<int>& types);
    BranchDraft& advance(int rounds);
    BranchDraft& time(int rounds);
    BranchDraft& count(int tally, Amount amount);
    BranchDraft& accepts(int move, int action);

   private:
    friend class GameBuilder;
    Branch branch_;
    int state_ = -1;
    std::vector<std::pair<int, Amount>> pays_, perceptions_, tallies_;
    std::vector<Amount> chance_;  ///< empty outside chance
    std::vector<Structure::Acceptance> acceptances_;
  };

  explicit GameBuilder(std::string title = "built by hand");

  /// Prior in the order of `types`; without types the player has no private information.
  int player(std::string name, std::vector<std::string> types = {}, std::vector<double> prior = {});
  void discount(int player, std::vector<double> by_type);
  void precision(int player, std::vector<double> by_type);
  void believes(int observer, int about, std::vector<double> by_type);

  /// A joint prior of the types of players, in mixed radix of their order, the last fastest; their
  /// own priors become its margins.
  void correlate(std::vector<int> players, std::vector<double> joint);

  int outcome(std::string name);  ///< what `branch` takes as `next` to end play
  int tally(std::string name);
  int variable(std::string name, std::vector<std::string> domain);

  int offer(std::string name, int player, std::vector<double> numbers,
            std::vector<double> widths = {});
  /// A number chosen that is no offer (see MoveKind::amount).
  int amount(std::string name, int player, std::vector<double> numbers,
             std::vector<double> widths = {});
  int choice(std::string name, int player, std::vector<std::string> actions);
  /// Choices made at the same time. Joint actions count in mixed radix, the last part fastest; a
  /// state needs a branch for each of those that any branch takes, and every type has them all.
  int simultaneous(std::string name, std::vector<int> parts);
  int chance(std::string name, std::vector<std::string> outcomes);
  int passage(std::string name);

  int state(int move);
  void remember(int state, int variable, int content);
  /// The top of a phase; timed when it has a closing (the untimed state that takes over when the
  /// clock has run out).
  void entry(int state, int closing = -1);
  void root(int state);
  void rounds(int rounds);  ///< a finite horizon
  void
  forever();  ///< no horizon at all: every way round must count rounds (`BranchDraft::advance`)

  BranchDraft& branch(int state, int action, int next);

  /// Derives everything else. Broken rules (see `broken_invariants`) are contract violations: games
  /// built in code have no reader to advise.
  [[nodiscard]] Game build();

 private:
  void lay_out_branches();
  void open_parts();
  void derive_timed();
  void derive_live();
  void derive_levels();
  void derive_reached();
  void derive_decision_follows();
  void lay_out_numbers();

  Structure shape_;
  Numbers numbers_;
  std::vector<BranchDraft> drafts_;
  std::vector<std::vector<Structure::Remembered>> memory_;
};

/// Every way in which a game breaks what solvers rely on, in words; empty when it is sound.
[[nodiscard]] std::vector<std::string> broken_invariants(const Game& game);

/// SHA-256 of the structure's fingerprint and all numbers.
[[nodiscard]] std::string game_fingerprint(const Structure& structure, const Numbers& numbers);

}  // namespace melian
