#pragma once
/// The metric language of studies: text to an expression tree with places. Knows the names of
/// quantities, not of any model (metric_binding.h does). Grammar: docs/formats/study.md, "Metrics".

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "melian/base.h"

namespace melian::metric {

/// Bytes [begin, end) of a metric's text.
struct Span {
  int begin = 0, end = 0;
};

/// A name as written, with its place; "" where none was written.
struct Word {
  std::string text;
  Span span;
  [[nodiscard]] bool empty() const { return text.empty(); }
};

enum class Quantity {
  probability,
  rounds,
  tally,
  payoff,
  mean,
  accepted,
  acceptance,
  share,
  times,
  level,
  belief,
  information,
  hazard,
  survival,
  range,
  range_width,
  hopeless,
  hopeless_gain,
  base_rate
};

/// `given asked is yes`, `given front is not -1`.
struct Condition {
  Word subject, content;
  bool negated = false;
};

/// `after reply decline`: an action taken at a move, whatever the types would do.
struct Forced {
  Word move, player;  ///< `MOVE of PLAYER`
  Word action;
};

/// One number to be read off a solved game: a quantity and where it is taken.
struct Atom {
  Quantity quantity = Quantity::rounds;
  std::vector<Word> names;  ///< ends; or tally, player, offer, choice, players, base rate
  Word part;  ///< type, option, or channel (talk, battlefield, reached, "talk reached", ...)
  bool mistaken = false;  ///< of share, times: only where another option is better for who chooses
  int round_argument =
      0;  ///< of hazard, survival, base_rate; of probability: within so many rounds, 0: ever
  std::vector<double> levels;  ///< probabilities: of hopeless and hopeless_gain
  Word move, move_player;      ///< `at MOVE`, `at MOVE of PLAYER`, `after MOVE ACTION`
  Word action;                 ///< `after`: forced there
  std::vector<Forced> then;    ///< `after ... then MOVE ACTION`: forced the next time MOVE comes
  std::optional<std::pair<int, int>> rounds;
  std::vector<Condition> given;
  int lasting = 0;  ///< only plays that go on beyond this round; 0: all
  Word variant;     ///< `in VARIANT`; empty: the one asked for
  Span span;
};

/// Names that stand for the numbers of a claim inside `holds_if`.
enum class Role { value, difference, ratio, first, second };

struct Expression {
  enum class Kind {
    number,
    atom,
    role,
    negate,
    add,
    subtract,
    multiply,
    divide,
    abs,
    min,
    max,
    log,
    either
  } kind = Kind::number;
  double number = 0.0;
  Atom atom;
  Role role = Role::value;
  std::vector<Expression> args;         ///< of either: then, otherwise
  std::vector<struct Comparison> when;  ///< of either: all must be so
  Span span;
};

struct Comparison {
  Expression left, right;
  bool greater = true;  ///< left > right, else left < right
  bool or_equal = false;
  Span span;
};

struct Mistake {
  Span span;
  std::string message, expected, hint;
};

template <class T>
struct Parsed {
  T value{};
  std::vector<Mistake> mistakes;
};

struct ParseOptions {
  std::vector<std::string> variants;  ///< names that may follow `in`; "base" always may
  bool roles = false;                 ///< `value`, `difference`, ... are known
};

[[nodiscard]] Parsed<Expression> parse_metric(std::string_view text,
                                              const ParseOptions& options = {});
/// One or more comparisons joined by `and`.
[[nodiscard]] Parsed<std::vector<Comparison>> parse_conditions(std::string_view text,
                                                               const ParseOptions& options = {});

/// The canonical text of an atom without its variant: equal texts measure the same thing.
[[nodiscard]] std::string text_of(const Atom& atom);

/// Calls `visit` for every atom.
void for_each_atom(const Expression& expression, const std::function<void(const Atom&)>& visit);
void for_each_atom(const std::vector<Comparison>& comparisons,
                   const std::function<void(const Atom&)>& visit);

/// What an expression is worth when its atoms and roles are known; not finite where it is not a
/// number.
struct Numbers {
  std::function<double(const Atom&)> atom;
  std::function<double(Role)> role;
};
[[nodiscard]] double evaluate(const Expression& expression, const Numbers& numbers);

/// How far an expression moves at most, to first order, when everything in it moves by a small
/// share x of its own size, the numbers written there too (so that what is nought in a world is not
/// held to be exact): x times its *reach*. Of a - b that is |a| + |b|, of a / b it is 2 |a / b|.
/// Not finite where the expression is not a number.
struct Reaching {
  Numbers numbers;
  std::function<double(Role)> role;  ///< a role's own reach
};
[[nodiscard]] double reach(const Expression& expression, const Reaching& at);

}  // namespace melian::metric
