#pragma once
/// Play followed from the start: every public state that can be reached, with its branches.
/// Statements without choice are done on the way from one public state to the next; what each
/// branch pays, counts and accepts is written down as (formula, contents) and computed when numbers
/// are bound.

#include <cstdint>
#include <string>
#include <vector>

#include "language/liveness.h"
#include "language/lower_graph.h"
#include "melian/language.h"

namespace melian::lowering {

/// A formula at given contents of the variables it mentions (in their order, from `contents` on in
/// Play::entry_contents).
struct Entry {
  int formula = -1;
  std::int64_t contents = 0;
};
struct Payment {
  int player = -1, entry = -1;
  int time = 0;  ///< rounds passed on the branch before it
  bool pays = false;
};
struct Counted {
  int tally = -1, entry = -1;  ///< entry -1: once
};
struct Accepted {
  int site = -1, action = -1;
};

struct PlayBranch {
  enum class To : std::uint8_t { state, top, outcome };
  int action = 0;
  To to = To::outcome;
  int next = -1;  ///< a state, a top or an outcome
  int advance = 0, time = 0;
  std::uint64_t open_to = ~std::uint64_t{0};
  std::int64_t first_payment = 0, first_count = 0, first_accepted = 0;  ///< up to the next branch's
  int odds = -1;  ///< entry; -1: the rest, or no chance move
};
struct PlayView {
  int branch = -1, player = -1, entry = -1;
};
struct PlayState {
  int point = -1;             ///< of a move, or of a top: then a passage
  int top = -1;               ///< of entries: one of the tops that lead here
  std::int64_t contents = 0;  ///< into Play::contents, two numbers each: variable, content
  int num_contents = 0;
  int first_branch = 0, num_branches = -1;
  int from = -1, by = -1;  ///< the state and branch play first came from
  int part_open = -1;      ///< of choices made at the same time: into Play::part_open
};
/// A phase about to begin with these contents. It becomes a public state where play can stand there
/// in time.
struct PlayTop {
  int phase = -1;
  bool overtime =
      false;       ///< the clock has run out while play was in a phase whose top does not check it
  int state = -1;  ///< where play stands then; -1: the clock has always run out by then
  int closing = -1;  ///< the top play continues at instead when the clock has run out
  std::int64_t contents = 0;
  int num_contents = 0;
  int from = -1, by = -1;
};

struct Play {
  std::vector<PlayState> states;
  std::vector<PlayTop> tops;
  std::vector<PlayBranch> branches;
  std::vector<PlayView> views;  ///< by increasing branch
  std::vector<Payment> payments;
  std::vector<Counted> counts;
  std::vector<Accepted> accepted;
  std::vector<Entry> entries;
  std::vector<std::uint64_t> part_open;  ///< like Structure::part_open
  std::vector<int> entry_contents;
  std::vector<int> contents;
  int root = -1;  ///< a top
};

/// Follows play. Mistakes found on the way (a state driven past its end, a type without an option)
/// are diagnostics with the way there.
[[nodiscard]] Play follow_play(const Model::Checked& model, const Formulas& formulas,
                               const Graph& graph, const Liveness& live, Shape& shape,
                               const CompileOptions& options, Diagnostics& diagnostics);

}  // namespace melian::lowering
