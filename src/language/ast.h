#pragma once
/// What was written: the tree of one .melian file, close to the grammar (docs/language.md). Knows
/// no meaning.

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace melian::ast {

/// Bytes [begin, end) of source number `file` (several files make one model: extends, modules).
struct Span {
  int file = 0;
  int begin = 0, end = 0;
};

/// `cost[D]`, `view[One]`, `left[A]`: an index is part of the name.
struct Name {
  std::string base;
  std::vector<std::string> indices;
  std::vector<int> brackets;  ///< indices per pair of brackets: {1, 1} for belief[Kyiv][Moscow]
  Span span;
  [[nodiscard]] std::string text() const {
    std::string out = base;
    for (std::size_t i = 0; i < indices.size(); ++i) out += (i == 0 ? "[" : ",") + indices[i];
    return indices.empty() ? out : out + "]";
  }
};

/// A plain word: types, options, outcomes, phases, ends, tallies, places.
struct Word {
  std::string text;
  Span span;
};

struct Text {
  std::string text;
  Span span;
};

enum class Operator {
  add,
  subtract,
  multiply,
  divide,
  power,
  negate,
  is,
  is_not,
  less,
  greater,
  at_most,
  at_least,
  logical_and,
  logical_or,
  logical_not
};

struct Expression;
using ExpressionPtr = std::shared_ptr<const Expression>;

/// `path` is a name with dotted parts: `cost[D].tough`, `on`, `front`.
struct Expression {
  enum class Kind { number, path, call, operation } kind = Kind::number;
  double number = 0.0;
  std::string number_text;              ///< as written, for the printer
  Name name;                            ///< path: its head
  std::vector<Word> dots;               ///< path: what follows the dots
  Word function;                        ///< call
  Operator op = Operator::add;          ///< operation
  std::vector<ExpressionPtr> operands;  ///< call and operation
  bool parenthesised = false;
  int height = 1;  ///< of the tree below; bounded, so that recursion over it is safe
  Span span;
};

/// One entry of a range: a single sum, or `a .. b by c`.
struct RangeEntry {
  ExpressionPtr from, to, by;  ///< `to` and `by` null for a single number
};
struct Range {
  bool listed = false;  ///< in braces: exactly these, each weighing 1
  std::vector<RangeEntry> entries;
  std::vector<Word>
      words;  ///< braces holding only bare words ({off, on}); entries then hold the same as paths
  Span span;
};

struct Payment {
  Word player;
  bool pays = false;
  ExpressionPtr amount;
};

/// Documentation (`## ...`) that belongs to what it stands beside.
struct Note {
  std::string text;                 ///< without the label
  std::vector<std::string> labels;  ///< "E1"
};

struct Statement;
using Block = std::vector<Statement>;

struct Offer {
  Name player;
  Word choice;
  Range range;
  ExpressionPtr where;  ///< may be null
};
struct Option {
  Word name;
  ExpressionPtr when;  ///< may be null
  bool has_block = false;
  Block block;
  Note note;
  Span span;
};
/// `D chooses answer { accept, refuse }`, or a number: `D chooses m in 0..1 by 0.1 where C`.
struct Choice {
  Name player;
  Word name;
  std::vector<Option> options;
  std::optional<Range> range;  ///< of a number; then there are no options
  ExpressionPtr where;         ///< of a number; may be null
  Note note;                   ///< inside `simultaneously`; elsewhere the statement has it
  Span span;
};
struct Simultaneously {
  std::vector<Choice> choices;
};
struct View {
  Word player;
  ExpressionPtr odds;
};
struct Outcome {
  Word name;
  ExpressionPtr odds;  ///< null: otherwise
  std::vector<View> views;
  bool has_block = false;
  Block block;
  Note note;
  Span span;
};
struct Chance {
  Word name;
  std::vector<Outcome> outcomes;
};
struct Payments {
  std::vector<Payment> payments;
};
struct Assignment {
  Name target;
  enum class Kind { becomes, rises, falls } kind = Kind::becomes;
  ExpressionPtr amount;
};
struct Count {
  Name tally;
  ExpressionPtr by;  ///< null: 1
};
struct TimePasses {
  std::optional<double> rounds;  ///< empty: 1
};
struct When {
  ExpressionPtr condition;
  Block then;
  bool has_else = false;
  Block otherwise;  ///< `else when ...` is one When inside
  bool else_when = false;
};
struct GoTo {
  Word phase;
};
struct PlaceMark {
  Word place;
};
struct End {
  Word name;
  std::vector<Payment> payments;
};

struct Statement {
  std::variant<Offer, Choice, Simultaneously, Chance, Payments, Assignment, Count, TimePasses, When,
               GoTo, PlaceMark, End>
      what;
  Note note;
  Span span;
};

struct NumericTypes {
  Word distribution;  ///< uniform or normal
  ExpressionPtr first, second, parts;
};
struct Type {
  Word name;
  std::optional<double> weight;
  std::optional<NumericTypes> numeric;
};
struct PlayerDeclaration {
  Word name;
  std::vector<Type> types;
};
struct Cell {
  std::vector<Word> types;
  ExpressionPtr odds;  ///< null: otherwise
};
struct Prior {
  std::vector<Word> players;
  std::vector<Cell> cells;
};
struct Believes {
  Word observer, about;
  std::vector<Cell> cells;
};
/// `[-] NUMBER` or a word.
struct Content {
  bool is_word = false;
  double number = 0.0;
  std::string text;  ///< as written
  Span span;
};
struct Parameter {
  Name name;
  std::vector<std::pair<Word, Content>> by_type;  ///< or
  std::optional<Content> content;
  std::optional<Range> in;
};
struct Set {
  Name name;
  std::vector<Word> dots;
  Content content;
};
struct Let {
  Name name;
  bool replace = false;
  ExpressionPtr definition;
};
struct State {
  Name name;
  Range range;
  ExpressionPtr start;
  bool stops = false;
};
struct Horizon {
  bool forever = false;
  ExpressionPtr rounds;
  std::vector<Word> phases;  ///< empty: all
  Block closing;             ///< one End, or the block written in braces
  bool closing_is_block = false;
};
struct Phase {
  Word name;
  Block body;
};
struct At {
  Word place;
  Block body;
};

struct Item {
  std::variant<Text, PlayerDeclaration, Prior, Believes, Parameter, Set, Let, State, Horizon, Phase,
               At>
      what;  ///< Text: source "..."
  Note note;
  Span span;
};

struct File {
  bool is_module = false;
  Text title;
  std::optional<Text> extends;  ///< of a model; of a module: what it is for
  std::vector<Text> with;
  std::vector<Item> items;
  Note note;  ///< beside or above the header
  Span span;  ///< of the header
};

}  // namespace melian::ast
