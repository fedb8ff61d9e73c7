#pragma once
/// A fifth door of `answer`: an equilibrium as papers state it, a strategy and a belief at every
/// information set, each labelled by its history in the model's words.

#include <optional>
#include <string>
#include <vector>

#include "melian/answer.h"
#include "melian/strategies.h"

namespace melian {

/// One thing that happened, as everybody has seen it.
struct HistoryStep {
  std::string move, action;
  std::string player;    ///< who did it; empty: chance
  bool by_name = false;  ///< the action says little without its move: a number, the name of a type
};

/// Does an action's label say a number and nothing else?
[[nodiscard]] bool is_number(const std::string& label);

/// "oppose"; where the action says little alone "y = 0.325", "message weak"; of a move without a
/// name "F plays 2", "chance draws 2".
[[nodiscard]] std::string step_words(const HistoryStep& step);

/// What a mover knows and does after one history; its own types side by side.
struct InformationSetRow {
  struct OfType {
    std::string type;                   ///< empty where the player has one type
    bool possible = true;               ///< false: the history rules the type out
    std::vector<double> probabilities;  ///< by action; NaN where the type does not have it
    double value = 0.0;  ///< expected payoff from here on, payoff units of this moment (of an
                         ///< `.efg`: of the whole play; NaN where no belief is defined)
    std::vector<std::vector<double>> beliefs;  ///< [player][type], by its own prior and type
  };
  std::string player, move, label;
  int round = 0;  ///< from 1; 0 where there are no rounds
  std::vector<HistoryStep> history;
  std::vector<std::string> together;  ///< players who move at the same time
  double reached = 0.0;               ///< probability, by the analyst's prior and odds
  bool numeric = false;               ///< actions are numbers
  std::vector<std::string> actions;
  std::vector<OfType> types;
  std::vector<std::vector<double>> believed;  ///< [player][type]: the mover's, before its own type
  std::vector<std::vector<double>> analyst;   ///< [player][type]
  DecisionMark mark = DecisionMark::unique;
  int number = 0;  ///< of an information set of an `.efg`: as the file has it
  /// Of an `.efg`: the nodes that the mover cannot tell apart, by what it has not seen.
  struct Node {
    std::vector<HistoryStep> unseen;
    double belief = 0.0;  ///< NaN where the mover holds all nodes of the set impossible
  };
  std::vector<Node> nodes;
};

/// All of them that a walk came to: those reached with at least `on_path` first, each part in order
/// of play.
struct StrategyList {
  struct Named {
    std::string name;
    std::vector<std::string> types;
  };
  std::vector<Named> players;
  std::vector<InformationSetRow> rows;
  std::size_t listed = 0;  ///< of `rows`: reached with at least `on_path`
  double on_path = 1e-3;
  HistoryLimits limits;
  HistoryCounts counts;
};

/// What is asked of a list.
struct StrategyListOptions {
  std::optional<double> reached;  ///< list information sets reached with at least this
  int rounds = 0;                 ///< of so many rounds only; 0: of all
  std::int64_t most = 100'000;    ///< public histories looked at
  OnStep on_step;                 ///< the list ends early where it says stop
};

/// How many public histories a game has: a saturating count, infinity where play can come back.
[[nodiscard]] double count_histories(const Structure& structure);

/// Walks a solved game. Without `reached`, games of up to 10,000 public histories are walked whole,
/// larger ones where play comes with 1e-6, and what is reached with 1e-3 counts as on the path.
[[nodiscard]] StrategyList list_strategies(const Game& game, StrategySource& source,
                                           const StrategyListOptions& options = {});

/// The same of an answer, by the method that has found it. `asked`: what it was asked with.
/// Errors: those of `unroll`, where a tree has answered.
[[nodiscard]] Result<StrategyList> list_strategies(const Game& game, const Answer& answer,
                                                   const AnswerOptions& asked,
                                                   const StrategyListOptions& options = {});

/// The information sets of an extensive form under a behaviour strategy.
[[nodiscard]] StrategyList list_strategies(const ExtensiveForm& form,
                                           const std::vector<double>& log_strategy,
                                           const StrategyListOptions& options = {});

/// "reply, after challenge and oppose"; "demand, at the start". Of long histories the last steps.
[[nodiscard]] std::string history_label(const std::string& move,
                                        const std::vector<HistoryStep>& history);

/// What all nodes of each information set of a form have in common, by set: the steps its mover
/// knows of. `skip_root`: leaves out what chance draws first (the types of a game unrolled).
[[nodiscard]] std::vector<std::vector<HistoryStep>> known_steps(const ExtensiveForm& form,
                                                                bool skip_root = false);

/// Names that may serve as keys: numbered where empty ("player 2") or shared ("go (2)").
[[nodiscard]] std::vector<std::string> distinct_names(const std::vector<std::string>& names,
                                                      const std::string& what);

/// The steps to a node that are not among those its mover knows of.
[[nodiscard]] std::vector<HistoryStep> unseen_steps(const ExtensiveForm& form, int node,
                                                    const std::vector<HistoryStep>& known);

/// Labels of all sets with the history that their nodes share, so that no two places read the same.
[[nodiscard]] std::vector<std::string> set_labels(const ExtensiveForm& form,
                                                  bool skip_root = false);

}  // namespace melian
