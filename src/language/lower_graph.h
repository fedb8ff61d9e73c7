#pragma once
/// The statements of a model as a graph of program points, with what is decided by shaping
/// parameters already decided.

#include <string>
#include <vector>

#include "language/evaluate.h"
#include "language/expand.h"
#include "language/meaning.h"

namespace melian::lowering {

/// An option of a choice or an outcome of chance.
struct Way {
  int word = -1;
  int guard = -1;                          ///< formula; -1: always open
  int odds = -1;                           ///< formula; -1: the rest
  std::vector<std::pair<int, int>> views;  ///< (player, formula)
  int next = -1;
  ast::Span span;
};

/// One choice of several made at once; the ways' `next` hold only effects and end at -1. A number
/// chosen has no ways: its actions are the points of its site.
struct Part {
  int site = -1, player = -1, variable = -1;
  std::vector<Way> ways;
  bool is_number = false;
  int where = -1;  ///< formula, of a number chosen
};

struct Paid {
  int player = -1;
  bool pays = false;
  int formula = -1;
};

struct Point {
  enum class Kind : std::uint8_t {
    top,
    offer,
    choice,
    simultaneous,
    chance,
    pay,
    assign,
    count,
    time,
    when,
    go_to,
    end,
    bottom_of_closing
  };
  Kind kind = Kind::top;
  int phase = -1;
  int next = -1;
  ast::Span span;
  int site = -1, player = -1, variable = -1;  ///< of moves; `variable` also of an assignment
  int where = -1;                             ///< formula, of an offer or number chosen
  std::vector<Way> ways;
  std::vector<Part> parts;
  std::vector<Paid> payments;  ///< of `pay` and `end`
  int formula = -1;            ///< the amount assigned or counted, the condition of `when`
  ast::Assignment::Kind assignment = ast::Assignment::Kind::becomes;
  int word = -1;  ///< word assigned
  int tally = -1;
  int rounds = 0;
  int otherwise = -1;  ///< of `when`
  int target = -1;     ///< phase of `go to`; outcome of `end`
};

/// What a variable can hold. The contents of an offer or number chosen also say at which site it
/// was made (an acceptance belongs to an offer).
struct Holder {
  std::vector<double> numbers;  ///< by content
  std::vector<std::string> texts;
  Domain domain;  ///< of numeric states: to find a number
};

struct Graph {
  std::vector<Point> points;
  std::vector<int> tops;  ///< by phase; the closing, if any, is one more phase after the model's
  int closing = -1;       ///< its number, or -1
  std::vector<std::uint8_t>
      counted;  ///< by phase: its time counts, and its top checks the clock of a finite horizon
  std::vector<std::uint8_t>
      check_follows;            ///< by phase: from here play can come to a top that checks
  std::vector<Holder> holders;  ///< by variable
  std::vector<Points> offers;   ///< by site
  std::vector<int>
      first_content;       ///< by site: where the site's points begin among an offer's contents
  std::vector<int> start;  ///< content of each state at the start; -1 for other variables
  int rounds = 0;          ///< of a finite horizon
  /// The contents a choice made at once with others may take, counted as play writes them down:
  /// words of its variable, or points of its site.
  [[nodiscard]] int num_written(const Part& part) const {
    return static_cast<int>(part.is_number
                                ? offers[static_cast<std::size_t>(part.site)].numbers.size()
                                : holders[static_cast<std::size_t>(part.variable)].texts.size());
  }
  /// The content of the part's variable that stands for what play wrote down.
  [[nodiscard]] int content_of(const Part& part, int written) const {
    return part.is_number ? first_content[static_cast<std::size_t>(part.site)] + written : written;
  }
  [[nodiscard]] const Point& operator[](int point) const {
    return points[static_cast<std::size_t>(point)];
  }
};

[[nodiscard]] Graph build_graph(const Model::Checked& model, Formulas& formulas, Shape& shape);

}  // namespace melian::lowering
