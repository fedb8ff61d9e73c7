#include <algorithm>
#include <cmath>
#include <deque>

#include <fmt/core.h>
#include <fmt/ranges.h>

#include "melian/report.h"
#include "report/table.h"
#include "report/words.h"

namespace melian {
namespace {

std::size_t at(int index) { return static_cast<std::size_t>(index); }

std::string content_text(const ParameterContent& content) {
  const double* number = std::get_if<double>(&content);
  return number != nullptr ? number_text(*number) : std::get<std::string>(content);
}

std::string list_words(const std::vector<std::string>& words) {
  constexpr std::size_t most = 8;
  if (words.size() <= most) return fmt::format("{}", fmt::join(words, ", "));
  return fmt::format("{}, {}, ..., {} ({} in all)", words[0], words[1], words.back(), words.size());
}

std::string range_words(const ParameterInfo& parameter) {
  if (!parameter.words.empty())
    return "{" + fmt::format("{}", fmt::join(parameter.words, ", ")) + "}";
  if (!parameter.low || !parameter.high) return "";
  return fmt::format("{} .. {}", number_text(*parameter.low), number_text(*parameter.high));
}

class Description {
 public:
  Description(const Model& model, const Game& game, const TextStyle& style)
      : model_(model), game_(game), structure_(game.shape()), style_(style) {}

  [[nodiscard]] std::string text() const {
    return title() + section("Players", players()) +
           section("Moves, in the order of play", moves()) +
           section("Outcomes", "  " + line(list_words(structure_.outcomes), 2) + "\n") +
           section("Public states", states()) + section("Parameters", parameters()) +
           section("Mechanisms", labels()) + section("Decisions a solve takes", budget());
  }

 private:
  [[nodiscard]] std::string line(const std::string& text, std::size_t indent) const {
    return wrap(text, {style_.colour, style_.width - static_cast<int>(indent)}, indent);
  }
  [[nodiscard]] std::string section(const std::string& heading, const std::string& body) const {
    return body.empty() ? "" : "\n" + paint(style_, "1", heading) + "\n" + body;
  }

  [[nodiscard]] std::string title() const {
    std::string out =
        paint(style_, "1", structure_.title.empty() ? "(no title)" : structure_.title) + "\n";
    for (const std::string& source : structure_.sources) out += "  " + line(source, 2) + "\n";
    return out;
  }

  [[nodiscard]] std::string players() const {
    Table table({"", "", ""});
    table.wrap_last();
    for (int i = 0; i < structure_.num_players(); ++i) {
      const Player& player = structure_.players[at(i)];
      std::vector<std::string> types;
      for (std::size_t k = 0; k < player.types.size(); ++k)
        types.push_back(
            fmt::format("{} {}", player.types[k], number_text(game_.numbers.prior[at(i)][k], 4)));
      table.add(
          {player.name,
           types.empty() ? "no private information" : fmt::format("{}", fmt::join(types, ", ")),
           player.note});
    }
    return table.text(style_) + joint_priors();
  }

  [[nodiscard]] std::string joint_priors() const {
    std::string out;
    for (std::size_t g = 0; g < structure_.correlated.size(); ++g) {
      std::vector<std::string> names, cells;
      for (const int player : structure_.correlated[g])
        names.push_back(structure_.players[at(player)].name);
      for (std::size_t cell = 0; cell < game_.numbers.joint[g].size(); ++cell)
        cells.push_back(fmt::format("{} {}", cell_words(structure_, structure_.correlated[g], cell),
                                    number_text(game_.numbers.joint[g][cell], 4)));
      out += "  " +
             line(fmt::format("{} together: {}", fmt::join(names, " and "), fmt::join(cells, ", ")),
                  4) +
             "\n";
    }
    return out;
  }

  /// Moves as play meets them first, breadth first from the root.
  [[nodiscard]] std::vector<int> moves_in_order() const {
    std::vector<bool> seen(structure_.states.size(), false), listed(structure_.moves.size(), false);
    std::vector<int> order;
    std::deque<int> waiting{structure_.root};
    seen[at(structure_.root)] = true;
    const auto visit = [&](int state) {
      if (state < 0 || seen[at(state)]) return;
      seen[at(state)] = true;
      waiting.push_back(state);
    };
    while (!waiting.empty()) {
      const PublicState& state = structure_.states[at(waiting.front())];
      waiting.pop_front();
      if (!listed[at(state.move)]) order.push_back(state.move);
      listed[at(state.move)] = true;
      for (int k = 0; k < state.num_branches; ++k)
        visit(structure_.branches[at(state.first_branch + k)].next);
      visit(state.closing);
    }
    return order;
  }

  [[nodiscard]] std::string moves() const {
    std::string out;
    for (int m : moves_in_order()) {
      const Move& move = structure_.moves[at(m)];
      if (move.kind == MoveKind::passage) continue;
      if (move.kind == MoveKind::simultaneous) {
        std::vector<std::string> choices;
        for (const int part : move.parts)
          choices.push_back(choice_words(structure_.moves[at(part)]));
        out += "  " + line(fmt::format("at the same time: {}", fmt::join(choices, "; ")), 4) + "\n";
        continue;
      }
      out += "  " + line(choice_words(move), 4) + "\n";
    }
    return out;
  }

  [[nodiscard]] std::string choice_words(const Move& move) const {
    const std::string who = move.player >= 0 ? structure_.players[at(move.player)].name + " " : "";
    const std::string verb = move.kind == MoveKind::offer ? "offers"
                             : move.is_decision()         ? "chooses"
                                                          : "chance";
    std::string words = fmt::format("{}{} {}: {}", who, verb, move.name, list_words(move.actions));
    if (!move.labels.empty()) words += fmt::format(" [{}]", fmt::join(move.labels, ", "));
    if (!move.note.empty()) words += " - " + move.note;
    return words;
  }

  [[nodiscard]] bool is_move(const std::string& name) const {
    return std::ranges::any_of(structure_.moves,
                               [&](const Move& move) { return move.name == name; });
  }

  [[nodiscard]] std::string states() const {
    std::int64_t decisions = 0, chance = 0, timed = 0;
    for (std::size_t s = 0; s < structure_.states.size(); ++s) {
      const MoveKind kind = structure_.moves[at(structure_.states[s].move)].kind;
      decisions += structure_.decides(static_cast<int>(s)) ? 1 : 0;
      chance += kind == MoveKind::chance ? 1 : 0;
      timed += structure_.states[s].timed ? 1 : 0;
    }
    std::string out = fmt::format(
        "{}: {} decisions, {} chance moves",
        counted(static_cast<long long>(structure_.states.size()), "public state", "public states"),
        grouped(decisions), grouped(chance));
    if (structure_.horizon == HorizonKind::finite)
      out += fmt::format("; {} of them once in each of {}", grouped(timed),
                         counted(structure_.rounds, "round", "rounds"));
    if (structure_.horizon == HorizonKind::forever) out += "; the horizon is forever";
    out = "  " + line(out, 2) + "\n";
    std::vector<std::string> moves;
    for (const Variable& variable : structure_.variables) {
      if (is_move(variable.name))
        moves.push_back(variable.name);
      else
        out +=
            "  " +
            line(fmt::format("remembers {}: {}", variable.name, list_words(variable.domain)), 4) +
            "\n";
    }
    if (!moves.empty())
      out += "  " +
             line(fmt::format("and, within a round, what was done at: {}", fmt::join(moves, ", ")),
                  4) +
             "\n";
    return out;
  }

  [[nodiscard]] std::string parameters() const {
    Table table({"name", "default", "range", "what it is"});
    table.align_right({1}).wrap_last();
    for (const ParameterInfo& parameter : model_.parameters())
      table.add({parameter.name + (parameter.shapes ? " *" : ""), content_text(parameter.content),
                 range_words(parameter), parameter.note});
    if (table.empty()) return "";
    const bool any_shapes = std::ranges::any_of(
        model_.parameters(), [](const ParameterInfo& parameter) { return parameter.shapes; });
    return table.text(style_) +
           (any_shapes ? "  * shapes the game: changing it builds the public states anew\n" : "");
  }

  [[nodiscard]] std::string labels() const {
    std::string out;
    for (const LabelInfo& label : model_.labels())
      out +=
          "  " + line(fmt::format("{}: {}", label.label, fmt::join(label.names, ", ")), 4) + "\n";
    return out;
  }

  /// Belief nodes of the players who have a belief axis, "33 x 33".
  [[nodiscard]] std::string nodes_words(const BeliefAxes& axes) const {
    std::vector<std::size_t> counts;
    for (const auto& nodes : axes.nodes) counts.push_back(nodes.size());
    constexpr std::size_t most_listed = 8;
    if (counts.size() > most_listed)
      return fmt::format("{} on each of {} axes", std::ranges::max(counts), counts.size());
    return counts.empty() ? "none needed" : fmt::format("{}", fmt::join(counts, " x "));
  }

  [[nodiscard]] std::string budget() const {
    Table table({"belief nodes", "decisions", "memory", "within 3 million"});
    table.align_right({1, 2});
    const BeliefAxes full = belief_axes(game_, {});
    for (const int divisor : {1, 2, 4}) {
      BeliefGrid coarser;
      for (const int nodes : nodes_by_player(structure_, full))
        coarser.nodes.push_back((nodes - 1) / divisor + 1);
      const BeliefAxes axes = belief_axes(game_, coarser);
      const std::int64_t decisions = count_decisions(structure_, axes);
      constexpr std::int64_t world_budget =
          3'000'000;  // decisions a solve within a study of many worlds
      constexpr std::int64_t countable = 1'000'000'000'000'000;
      table.add({nodes_words(axes), decisions > countable ? "countless" : grouped(decisions),
                 decisions > countable
                     ? ""
                     : bytes_text(static_cast<double>(count_bytes(structure_, axes, false))),
                 decisions <= world_budget ? "yes" : "no"});
      if (structure_.everyone() == 0) break;
    }
    return table.text(style_) + "  " + wrap(tree_words(), {style_.colour, style_.width - 2}, 2) +
           "\n";
  }

  /// The size of the game's tree, and what `solve` will do.
  [[nodiscard]] std::string tree_words() const {
    const double nodes = count_tree_nodes(game_);
    if (nodes <= most_tree_nodes)
      return fmt::format("Its tree has at most {} nodes: `solve` solves the tree.",
                         grouped(static_cast<std::int64_t>(nodes)));
    const std::string grid =
        "`solve` uses a belief grid, and a finer one where that is not certified.";
    return std::isinf(nodes) ? "Play has no end that a tree could reach: " + grid
                             : fmt::format("Its tree has up to {} nodes, too many: {}",
                                           number_text(nodes, 4), grid);
  }

  const Model& model_;
  const Game& game_;
  const Structure& structure_;
  TextStyle style_;
};

}  // namespace

std::string describe(const Model& model, const Game& game, const TextStyle& style) {
  return Description(model, game, style).text();
}

}  // namespace melian
