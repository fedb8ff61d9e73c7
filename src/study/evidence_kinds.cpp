/// What kinds of events are in a compiled game: which branches make them happen.

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include <fmt/core.h>
#include <fmt/ranges.h>

#include "melian/beliefs.h"
#include "predict/forward_board.h"
#include "study/evidence.h"

namespace melian::evidence {
namespace {

std::size_t at(int index) { return static_cast<std::size_t>(index); }

std::string near_to(const std::string& word, const std::vector<std::string>& known) {
  const std::string near = nearest_word(word, known);
  return near.empty() ? "" : fmt::format("did you mean `{}`?", near);
}

class Finder {
 public:
  Finder(const Structure& structure, const EventKind& kind) : structure_(structure), kind_(kind) {
    out_.name = kind.name();
  }

  std::expected<KindInGame, std::vector<KindMistake>> find() {
    find_moves();
    find_ends();
    if (mistakes_.empty() && out_.branches.empty())
      say(KindMistake::Part::kind, 0, "nothing in this game makes it happen");
    if (!mistakes_.empty()) return std::unexpected(std::move(mistakes_));
    std::ranges::sort(out_.branches);
    const auto repeated = std::ranges::unique(out_.branches, {}, &std::pair<int, int>::first);
    out_.branches.erase(repeated.begin(), repeated.end());
    if (out_.false_share.empty()) out_.false_share = {0.5};
    if (most_in_a_round() > 1) {
      say(KindMistake::Part::kind, 0,
          "it can happen more than once in a round, so a report would not say which is meant",
          how_to_split());
      mistakes_.back().repeats = true;
      return std::unexpected(std::move(mistakes_));
    }
    return std::move(out_);
  }

 private:
  void say(KindMistake::Part part, std::size_t index, std::string message, std::string hint = {}) {
    mistakes_.push_back({part, index, std::move(message), std::move(hint), false});
  }

  /// Whoever's move it may be, each a kind of its own.
  [[nodiscard]] std::string how_to_split() const {
    std::set<std::string> parts;
    for (const std::string& name : kind_.moves)
      for (const int m : moves_named(name))
        if (const Move& move = structure_.moves[at(m)]; move.player >= 0)
          parts.insert(
              fmt::format("\"{} of {}\"", move.name, structure_.players[at(move.player)].name));
    if (parts.size() < 2) return "split it into kinds that happen once, by moves or actions";
    return fmt::format("split it into kinds that happen once: {}", fmt::join(parts, ", "));
  }

  [[nodiscard]] std::vector<int> moves_named(const std::string& name) const {
    const auto of = name.find(" of ");
    const std::string bare = name.substr(0, of),
                      owner = of == std::string::npos ? "" : name.substr(of + 4);
    std::vector<int> out;
    for (std::size_t m = 0; m < structure_.moves.size(); ++m) {
      const Move& move = structure_.moves[m];
      if (move.kind == MoveKind::passage || move.kind == MoveKind::simultaneous ||
          move.name != bare)
        continue;
      if (!owner.empty() && (move.player < 0 || structure_.players[at(move.player)].name != owner))
        continue;
      out.push_back(static_cast<int>(m));
    }
    return out;
  }

  void find_moves() {
    std::vector<std::string> names, known_actions;
    for (const Move& move : structure_.moves)
      if (move.kind != MoveKind::passage && move.kind != MoveKind::simultaneous)
        names.push_back(move.name);
    std::vector<bool> used(kind_.actions.size(), false);
    for (std::size_t n = 0; n < kind_.moves.size(); ++n) {
      const std::vector<int> moves = moves_named(kind_.moves[n]);
      if (moves.empty()) {
        say(KindMistake::Part::move, n, fmt::format("the model has no move `{}`", kind_.moves[n]),
            near_to(kind_.moves[n], names));
        continue;
      }
      bool any = false;
      for (const int m : moves) any = add(m, used, known_actions) || any;
      if (any) continue;
      if (kind_.actions.empty())
        say(KindMistake::Part::move, n,
            fmt::format("`{}` is no offer: say which of its actions is meant", kind_.moves[n]),
            "action = \"...\"");
      else
        say(KindMistake::Part::move, n,
            fmt::format("the move `{}` has none of these actions", kind_.moves[n]));
    }
    for (std::size_t a = 0; a < used.size(); ++a)
      if (!used[a] && mistakes_.empty())
        say(KindMistake::Part::action, a,
            fmt::format("none of these moves has the action `{}`", kind_.actions[a]),
            near_to(kind_.actions[a], known_actions));
  }

  /// All branches of one move on which the kind happens. False: none.
  bool add(int move, std::vector<bool>& used, std::vector<std::string>& known_actions) {
    const Move& m = structure_.moves[at(move)];
    known_actions.insert(known_actions.end(), m.actions.begin(), m.actions.end());
    std::vector<int> category(m.actions.size(), silent);
    if (kind_.actions.empty()) {
      if (!m.is_numeric()) return false;
      if (!use_numbers(m)) return false;
      for (std::size_t k = 0; k < category.size(); ++k) category[k] = static_cast<int>(k);
    }
    for (std::size_t a = 0; a < kind_.actions.size(); ++a)
      for (std::size_t k = 0; k < m.actions.size(); ++k)
        if (m.actions[k] == kind_.actions[a]) category[k] = 0, used[a] = true;
    if (std::ranges::all_of(category, [](int c) { return c == silent; })) return false;
    for (std::size_t s = 0; s < structure_.states.size(); ++s) {
      if (!prediction::makes(structure_, static_cast<int>(s), move)) continue;
      const PublicState& state = structure_.states[s];
      for (int b = state.first_branch; b < state.first_branch + state.num_branches; ++b) {
        const int happens =
            category[at(prediction::action_of(structure_, static_cast<int>(s), b, move))];
        if (happens != silent) out_.branches.emplace_back(b, happens);
      }
    }
    return true;
  }

  /// Reports of an offer fall into its own cells: those of a continuum, or around listed numbers as
  /// far as halfway to the next.
  bool use_numbers(const Move& move) {
    if (!out_.numbers.empty()) return out_.numbers == move.numbers;
    out_.numbers = move.numbers;
    out_.widths = move.widths;
    if (out_.widths.empty()) {
      const auto& x = out_.numbers;
      for (std::size_t k = 0; k < x.size(); ++k) {
        const double below = k > 0 ? x[k] - x[k - 1] : 0.0,
                     above = k + 1 < x.size() ? x[k + 1] - x[k] : 0.0;
        out_.widths.push_back(x.size() == 1 ? 1.0 : 0.5 * (below + above));
      }
    }
    double total = 0.0;
    for (const double width : out_.widths) total += width;
    for (const double width : out_.widths) out_.false_share.push_back(0.5 * width / total);
    return true;
  }

  void find_ends() {
    for (std::size_t n = 0; n < kind_.ends.size(); ++n) {
      const auto end = std::ranges::find(structure_.outcomes, kind_.ends[n]);
      if (end == structure_.outcomes.end()) {
        say(KindMistake::Part::end, n, fmt::format("the model has no end `{}`", kind_.ends[n]),
            near_to(kind_.ends[n], structure_.outcomes));
        continue;
      }
      const int reached = -1 - static_cast<int>(end - structure_.outcomes.begin());
      for (std::size_t b = 0; b < structure_.branches.size(); ++b)
        if (structure_.branches[b].next == reached)
          out_.branches.emplace_back(static_cast<int>(b), 0);
    }
    if (!kind_.ends.empty() && !out_.numbers.empty())
      say(KindMistake::Part::kind, 0, "an offer and an end are no one kind of event");
  }

  /// The most branches of this kind on one way through a round.
  [[nodiscard]] int most_in_a_round() const {
    std::set<int> happens;
    for (const auto& [branch, category] : out_.branches) happens.insert(branch);
    std::vector<int> most(structure_.states.size(), 0);
    const auto visit = [&](const std::vector<std::vector<int>>& levels) {
      for (const std::vector<int>& level : levels)
        for (const int s : level) {
          const PublicState& state = structure_.states[at(s)];
          for (int b = state.first_branch; b < state.first_branch + state.num_branches; ++b) {
            const Branch& branch = structure_.branches[at(b)];
            const bool onward = branch.next >= 0 && (branch.advance == 0 ||
                                                     (structure_.states[at(branch.next)].timed &&
                                                      !structure_.states[at(branch.next)].entry));
            most[at(s)] = std::max(
                most[at(s)], (happens.contains(b) ? 1 : 0) + (onward ? most[at(branch.next)] : 0));
          }
        }
    };
    visit(structure_.untimed_levels);
    visit(structure_.timed_levels);
    return most.empty() ? 0 : *std::ranges::max_element(most);
  }

  const Structure& structure_;
  const EventKind& kind_;
  KindInGame out_;
  std::vector<KindMistake> mistakes_;
};

}  // namespace

std::optional<int> KindInGame::category_of(double number) const {
  double reach = 0.0;
  for (const double width : widths) reach = std::max(reach, width);
  if (numbers.empty() || number < numbers.front() - reach || number > numbers.back() + reach)
    return std::nullopt;
  std::size_t nearest = 0;
  for (std::size_t k = 1; k < numbers.size(); ++k)
    if (std::abs(numbers[k] - number) < std::abs(numbers[nearest] - number)) nearest = k;
  return static_cast<int>(nearest);
}

std::expected<KindInGame, std::vector<KindMistake>> find_kind(const Structure& structure,
                                                              const EventKind& kind) {
  return Finder(structure, kind).find();
}

std::vector<KindInGame> find_kinds(const Structure& structure,
                                   const std::vector<EventKind>& kinds) {
  std::vector<KindInGame> out;
  for (const EventKind& kind : kinds) {
    auto found = find_kind(structure, kind);
    MELIAN_EXPECT(found.has_value(), "a kind that was checked: " + kind.name());
    out.push_back(std::move(*found));
  }
  return out;
}

double log_report(const KindInGame& kind, const Cell& cell, int happened) {
  const double reliability = std::min(cell.reliability, most_reliable);
  const double falsely = cell.category == silent ? 0.5 : kind.false_share[at(cell.category)];
  double odds = cell.coverage *
                ((happened == cell.category ? reliability : 0.0) + (1.0 - reliability) * falsely);
  if (cell.category == silent) odds += 1.0 - cell.coverage;
  return std::log(odds) - (cell.category != silent && !kind.widths.empty()
                               ? std::log(kind.widths[at(cell.category)])
                               : 0.0);
}

}  // namespace melian::evidence
