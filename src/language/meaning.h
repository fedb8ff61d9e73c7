#pragma once
/// Tree -> checked model: names resolved, kinds agreed, files merged (extends, modules, set,
/// replace, places), notes and labels collected. Decides no number: ranges, guards and odds stay
/// expressions. All mistakes are collected.
///
/// `meaning` makes it, `lower` reads it; nobody else sees it.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "language/ast.h"
#include "language/source.h"
#include "melian/language.h"

namespace melian {

/// A resolved expression.
struct Term;
using TermPtr = std::shared_ptr<const Term>;
struct Term {
  enum class Op : std::uint8_t {
    number,        ///< `number`
    parameter,     ///< parameters[index]; of a parameter by type: at the true type of its player
    variable,      ///< variables[index] as a number (numeric states, offers)
    let,           ///< lets[index], taken where it stands
    fix_type,      ///< args[0] with the type of player `index` taken to be `content` (`W.tough`,
                   ///< `cost[D].tough`)
    parameter_is,  ///< words[content] of switch parameters[index]
    variable_is,   ///< variables[index] holds word number `content`
    type_is,       ///< player `index` is of type `content`
    negate,
    add,
    subtract,
    multiply,
    divide,
    power,
    equal,
    not_equal,
    less,
    greater,
    at_most,
    at_least,  ///< of numbers
    logical_and,
    logical_or,
    logical_not,
    either,
    min,
    max,
    exp,
    ln,
    sqrt,
    abs
  };
  Op op = Op::number;
  double number = 0.0;
  int index = -1, content = -1;
  std::vector<TermPtr> args;
  ast::Span span;
};

/// Points as written: a continuum `a .. b by c` (weights by cell), a list in braces (weight 1
/// each), or words.
struct CheckedRange {
  struct Entry {
    TermPtr from, to, by;
  };  ///< `to`, `by` null for a single number; `by` null in `0..40`: steps of 1
  bool listed = false;
  std::vector<Entry> entries;
  std::vector<std::string> words;  ///< when not empty, entries are empty
  ast::Span span;
};

struct CheckedParameter {
  std::string name;                        ///< "cost[D]", "discount", "prior[D]" (see `role`)
  int player = -1;                         ///< by type of this player; -1: one content
  std::vector<ParameterContent> contents;  ///< one, or one per type of `player`; none for
                                           ///< numeric_type (bound late, see NumericTypesSpec)
  std::vector<std::string> words;          ///< of a switch
  std::optional<double> low, high;
  bool shapes = false;  ///< read by a range, step, part count, start, assignment, horizon, `when`
                        ///< or `where` (through lets too)
  enum class Role : std::uint8_t { ordinary, prior, belief, numeric_type } role = Role::ordinary;
  int observer = -1;  ///< belief: who believes; prior and belief: about `player`
  /// What follows the dot in a setting's name, one per content: types ("weak"), or cells of a joint
  /// prior
  /// ("weak.heard_tough", in the order of its CheckedPrior's cells); empty where there is one
  /// content.
  std::vector<std::string> suffixes;
  int prior = -1;  ///< prior and belief declared by a sentence of their own: into Checked::priors
  std::string note;
  std::vector<std::string> labels;
  ast::Span span;
};

/// A state of the model, or a choice, offer or chance move of this round (one variable per name;
/// sites may be several).
struct CheckedVariable {
  enum class Kind : std::uint8_t {
    state_numbers,
    state_words,
    choice,
    offer,
    amount,  ///< a number chosen that is no offer
    chance
  } kind = Kind::choice;
  [[nodiscard]] bool is_chosen_number() const {
    return kind == Kind::offer || kind == Kind::amount;
  }
  [[nodiscard]] bool holds_numbers() const {
    return is_chosen_number() || kind == Kind::state_numbers;
  }
  std::string name;
  CheckedRange range;  ///< of states; `words` also of choices and chance moves (all sites together)
  TermPtr start;       ///< numeric state
  int start_word = -1;  ///< word state
  bool stops = false;
  std::string note;
  std::vector<std::string> labels;
  ast::Span span;
};

struct CheckedLet {
  std::string name;
  TermPtr body;
  std::string note;
  std::vector<std::string> labels;
  ast::Span span;
};

struct CheckedStatement;
using CheckedBlock = std::vector<CheckedStatement>;

struct CheckedPayment {
  int player = -1;
  bool pays = false;
  TermPtr amount;
};
/// An offer, or another number chosen: its variable says which.
struct CheckedOffer {
  int site = -1;  ///< into Checked::sites
  int player = -1, variable = -1;
  CheckedRange range;
  TermPtr where;  ///< may be null; may read the offer itself and the mover's own type
};
struct CheckedOption {
  int word = -1;  ///< into the variable's words
  TermPtr when;   ///< may be null; may read the mover's own type
  CheckedBlock block;
  ast::Span span;
};
struct CheckedChoice {
  int site = -1;
  int player = -1, variable = -1;
  std::vector<CheckedOption> options;
};
struct CheckedSimultaneously {
  int site = -1;
  std::vector<std::variant<CheckedChoice, CheckedOffer>> choices;
};
struct CheckedOutcome {
  int word = -1;
  TermPtr odds;                                    ///< null: otherwise
  std::vector<std::pair<int, TermPtr>> perceived;  ///< (player, odds)
  CheckedBlock block;
  ast::Span span;
};
struct CheckedChance {
  int site = -1;
  int variable = -1;
  std::vector<CheckedOutcome> outcomes;
};
struct CheckedPayments {
  std::vector<CheckedPayment> payments;
};
struct CheckedAssignment {
  int variable = -1;
  ast::Assignment::Kind kind = ast::Assignment::Kind::becomes;
  TermPtr amount;  ///< numeric states
  int word = -1;   ///< word states
};
struct CheckedCount {
  int tally = -1;
  TermPtr by;  ///< null: 1
};
struct CheckedTime {
  int rounds = 1;
};
struct CheckedWhen {
  TermPtr condition;  ///< public: mentions no type
  CheckedBlock then, otherwise;
};
struct CheckedGoTo {
  int phase = -1;
};
struct CheckedEnd {
  int outcome = -1;
  std::vector<CheckedPayment> payments;
};
struct CheckedStatement {
  std::variant<CheckedOffer, CheckedChoice, CheckedSimultaneously, CheckedChance, CheckedPayments,
               CheckedAssignment, CheckedCount, CheckedTime, CheckedWhen, CheckedGoTo, CheckedEnd>
      what;  ///< places are already filled with what modules put there
  ast::Span span;
};

/// One place in the text where a move is made.
struct CheckedSite {
  std::string name;  ///< the variable's
  std::string note;
  std::vector<std::string> labels;
  ast::Span span;
};

struct CheckedPhase {
  std::string name;
  CheckedBlock body;
  std::string note;
  std::vector<std::string> labels;
  ast::Span span;
};

struct CheckedHorizon {
  HorizonKind kind = HorizonKind::none;
  TermPtr rounds;
  std::vector<int> phases;  ///< counted; empty: all
  CheckedBlock closing;
  ast::Span span;
};

/// A prior or belief cell list over one player (odds per type; null: otherwise), or over several
/// (joint; cells left out have odds 0). Where all odds are literal numbers a CheckedParameter of
/// role prior or belief carries them too, with the same numbers: settings reach them by its name.
/// Odds read undivided parameters only.
struct CheckedPrior {
  int observer = -1;  ///< -1: the analyst and everybody
  std::vector<int> players;
  struct Cell {
    std::vector<int> types;
    TermPtr odds;
  };
  std::vector<Cell> cells;
  ast::Span span;
};

struct NumericTypesSpec {
  int player = -1;
  int parameter = -1;     ///< the by-type parameter it declares, e.g. cost[B]
  bool normal = false;    ///< else uniform
  TermPtr first, second;  ///< bounds, or mean and standard deviation (numbers bound late)
  int parts = 0;          ///< counted at checking: parts must be a number or a parameter's default
  TermPtr parts_term;
};

struct ReadFiles;  // language/files.h

struct Model::Checked {
  Sources sources;  ///< the texts, for diagnostics of later stages
  std::shared_ptr<const ReadFiles>
      read;  ///< what it was made from, for types cut into other numbers of parts; null where all
             ///< are written as numbers
  std::string title;
  std::vector<std::string> citations;  ///< source "..."
  std::vector<Player> players;  ///< with type names ("cost.1" ... for numeric parts; products for
                                ///< several characteristics)
  std::vector<std::vector<std::optional<double>>>
      type_weights;  ///< numbers written after `types`; [player][type]
  std::vector<NumericTypesSpec> numeric_types;
  std::vector<CheckedParameter> parameters;
  std::vector<CheckedLet> lets;
  std::vector<CheckedVariable> variables;
  std::vector<CheckedSite> sites;
  std::vector<CheckedPhase> phases;  ///< play starts at the first
  std::vector<std::string> outcomes, tallies;
  CheckedHorizon horizon;
  std::vector<CheckedPrior>
      priors;  ///< declared by `prior`/`believes`; a plain `types a 0.6, b 0.4` is in type_weights
  std::vector<LabelInfo> labels;
  std::vector<ParameterInfo> parameter_infos;
  Diagnostics warnings;
  std::string fingerprint;
  int discount_parameter = -1,
      precision_parameter = -1;  ///< undivided ones; per-player ones are named "discount[A]"
};

/// Merges and checks what was read. Every mistake of every file is reported, in order of file and
/// place. `set_for_parts`: parameters that numbers of parts (`types ... in N parts`) are counted
/// with, instead of their defaults.
[[nodiscard]] Result<std::shared_ptr<const Model::Checked>> check(ReadFiles read,
                                                                  Settings set_for_parts = {});

}  // namespace melian
