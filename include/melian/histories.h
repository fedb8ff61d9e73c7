#pragma once
/// A second door of `predict`: public histories of a solved game, one by one, with exact beliefs.
///
/// A *public history* is everything that all have seen: the branches taken so far, of decisions,
/// chance and passages. With a player's own type it is an information set of the unrolled tree
/// (melian/tree.h). Strategies come from a `StrategySource`, so that a grid and a tree are walked
/// alike; beliefs follow from them by Bayes' rule alone, carried in log-odds without any grid.

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "melian/beliefs.h"
#include "melian/game.h"

namespace melian {

/// Where play stands after a public history.
struct PublicHistory {
  std::int64_t number = 0;   ///< in order of visits, from 0; parents before children
  std::int64_t parent = -1;  ///< the number of the history one move shorter; -1 at the start
  int branch = -1;           ///< taken there: index into `Structure::branches`
  int state = 0;
  int round = 0;         ///< from 0; after the horizon's end: the number of rounds
  bool closing = false;  ///< after the horizon's end
  double reached = 1.0;  ///< probability, by the analyst's prior and odds
  /// The analyst's log-odds, [axis of the belief space]. Axes of players whose types no longer
  /// matter stay where they were when they last did.
  std::vector<double> log_odds;
  std::vector<double> log_reach;  ///< [full profile]: log of the probability given the types, by
                                  ///< the analyst's odds; -infinity where impossible
  std::vector<std::uint8_t> possible;  ///< [full profile]: 0 where nobody holds it possible
};

/// What is done at a history at which somebody decides.
struct HistoryDecision {
  std::vector<double> log_strategy;  ///< by row of `StrategySource::deciders`, natural logs
  std::vector<double> values;  ///< [player][full profile]: expected payoff from here on by that
                               ///< player's odds, in payoff units of this moment
  DecisionMark mark = DecisionMark::unique;
};

/// Strategies at public histories.
class StrategySource {
 public:
  virtual ~StrategySource() = default;
  StrategySource() = default;
  StrategySource(const StrategySource&) = delete;
  StrategySource& operator=(const StrategySource&) = delete;

  /// Who decides at a state, and which rows its strategies have.
  [[nodiscard]] virtual const std::vector<Decider>& deciders(int state) const = 0;
  /// Hears of every history once, in order of visits, and says what is done where somebody decides
  /// (elsewhere the answer is not read).
  [[nodiscard]] virtual HistoryDecision visit(const PublicHistory& history) = 0;
};

/// How far a walk goes.
struct HistoryLimits {
  double reached = 1e-6;       ///< histories reached with less are left out, and all after them
  int rounds = 0;              ///< so are those of later rounds; 0: none are
  std::int64_t most = 100000;  ///< histories visited at most, the earliest rounds first
};

/// What became of all plays: these probabilities sum to one once a walk is over.
struct HistoryCounts {
  std::int64_t visited = 0, decisions = 0;
  double ended = 0.0;                      ///< in an outcome
  std::int64_t unlikely = 0;               ///< left out because rarely reached ...
  double unlikely_reached = 0.0;           ///< ... and with which probability play goes there
  std::int64_t late = 0, crowded_out = 0;  ///< because of a later round; of `HistoryLimits::most`
  double late_reached = 0.0, crowded_out_reached = 0.0;
  /// Everything that can happen was visited.
  [[nodiscard]] bool complete() const { return unlikely + late + crowded_out == 0; }
};

/// Visits public histories, parents before children, rounds in order, so that a source needs the
/// values of one round at a time. In memory are the histories that wait, and two numbers for each
/// visited one.
class HistoryWalk {
 public:
  /// References are kept.
  HistoryWalk(const Game& game, StrategySource& source, HistoryLimits limits = {});

  /// The next history, good until the next call; null at the end.
  [[nodiscard]] const PublicHistory* next();
  /// What is done there; null where nobody decides.
  [[nodiscard]] const HistoryDecision* decision() const { return decided_ ? &decision_ : nullptr; }
  [[nodiscard]] const HistoryCounts& counts() const { return counts_; }
  [[nodiscard]] const BeliefSpace& space() const { return space_; }

  /// The history that follows once the `k`th branch of the present state is taken; of an end,
  /// `state` is negative, as in `Branch::next`. Nothing where the branch is impossible.
  [[nodiscard]] std::optional<PublicHistory> after(int k) const;

  /// The branches that lead to a visited history, from the start.
  [[nodiscard]] std::vector<int> path(std::int64_t number) const;
  /// The state that a branch leaves.
  [[nodiscard]] int source_of(int branch) const {
    return source_of_[static_cast<std::size_t>(branch)];
  }

  /// What `observer` believes of each type of `about` after a history: by its own prior, given its
  /// own type where types are tied; own type -1: before it knows its type. The analyst: observer
  /// -1.
  [[nodiscard]] std::vector<double> belief(const PublicHistory& history, int observer, int own_type,
                                           int about) const;
  /// What a player of a type expects at the present decision, from here on.
  [[nodiscard]] double value(const PublicHistory& history, const HistoryDecision& decision,
                             int player, int type) const;

 private:
  struct Taken {
    std::int64_t parent;
    int branch;
  };
  void expand();
  void queue(PublicHistory after);
  void decide(int k, PublicHistory& after) const;
  void befall(const PublicState& state, int k, PublicHistory& after) const;
  [[nodiscard]] std::vector<std::uint8_t> possible_at_start() const;
  void learn(int group, const std::vector<double>& log_likelihood,
             std::vector<double>& log_odds) const;
  [[nodiscard]] double reach(const std::vector<double>& log_reach) const;
  [[nodiscard]] std::vector<double> cells_for(const PublicHistory& history, int observer,
                                              int own_type, int group) const;

  const Game& game_;
  StrategySource& source_;
  HistoryLimits limits_;
  BeliefSpace space_;
  Profiles everyone_;
  std::vector<std::vector<double>> group_log_prior_;  ///< [group][cell], the analyst's
  std::vector<double> log_prior_;                     ///< [full profile], the analyst's
  std::vector<int> source_of_;                        ///< [branch]
  std::map<int, std::deque<PublicHistory>> waiting_;  ///< by round
  std::int64_t queued_ = 0;
  PublicHistory here_;
  HistoryDecision decision_;
  bool decided_ = false, standing_ = false;
  std::vector<Taken> taken_;  ///< by number
  HistoryCounts counts_;
};

}  // namespace melian
