#pragma once
/// A second door of `language`: a model as a paper shows it. Its model section as LaTeX, and the
/// tree of its play with payoffs as they are written, before any number is worked out.

#include <string>
#include <vector>

#include "melian/language.h"

namespace melian {

/// The model section of a paper, from the file: players, types and priors, parameters, definitions,
/// sequence of moves, payoffs. Numbers are those of the settings. Needs amsmath and booktabs.
/// Errors: what is wrong with the settings.
[[nodiscard]] Result<std::string> latex_section(const Model& model, const Settings& settings = {});

/// A text with LaTeX's special characters made harmless.
[[nodiscard]] std::string latex_escaped(const std::string& text);

/// An amount as the file writes it, and as mathematics.
struct PlayAmount {
  int player = -1;
  std::string plain, latex;
};

/// What happens at a place of play, and what can come of it.
struct PlayNode {
  enum class Kind { offer, amount, choice, chance, condition, end, onward } kind = Kind::end;
  int player = -1;
  std::string name;  ///< of the move, the outcome, the phase gone to; of a condition its text
  int together =
      -1;  ///< choices made at the same time share a number: their maker does not see the other's
  std::vector<PlayAmount> payoffs;  ///< at an end or onward: everything paid on the way, by player
  struct Branch {
    std::string label;   ///< the action or outcome; of an offer or number chosen its range
    std::string detail;  ///< odds, or the condition under which it is open
    int node = -1;
  };
  std::vector<Branch> branches;
  /// Does one branch stand for a whole range of numbers?
  [[nodiscard]] bool is_numeric() const { return kind == Kind::offer || kind == Kind::amount; }
};

struct PlayTree {
  std::string title, source;
  std::vector<std::string> players;
  std::vector<std::string> private_information;  ///< a sentence for each player that has types
  std::vector<PlayNode>
      nodes;  ///< nodes[0] is where play starts; children come after their parents
  int ends = 0;
};

struct PlayTreeOptions {
  bool one_round = false;  ///< stop where the first phase ends or is left; else phases are followed
                           ///< the first time they are met
  int most_ends = 48;      ///< more are not readable
};

/// The tree of play as the text gives it: an offer is one branch that stands for its range;
/// conditions on what was done in the round are decided, others branch. Errors: M0901 where it has
/// more ends than are readable; what is wrong with the settings.
[[nodiscard]] Result<PlayTree> play_tree(const Model& model, const Settings& settings = {},
                                         const PlayTreeOptions& options = {});

}  // namespace melian
