/// From `.efg` to an extensive form. Reads node after node in the file's order (preorder) with a
/// stack of its own: depth of input is never depth of calls. What is understood goes on being read
/// after a mistake, so that all are told at once.

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include <fmt/core.h>

#include "melian/tree.h"
#include "tree/fraction.h"
#include "tree/gambit_read.h"

namespace melian {
namespace {

using namespace tree;

constexpr double odds_tolerance = 1e-9;  // decimals such as 0.333333333 three times

class Reader : private GambitReader {
 public:
  Reader(std::string_view text, const std::string& file) : GambitReader(text, file) {}

  Result<ExtensiveForm> read() {
    read_header("EFG", "2", "extensive form");
    if (token_.kind == EfgKind::text) form_.comment = take(EfgKind::text, "a comment").content;
    read_nodes();
    if (token_.kind != EfgKind::end)
      stop(end_code, fmt::format("the tree is complete, but {} follows", lexer_.named(token_)),
           "the end of the file");
    if (!told_.empty()) return std::unexpected(std::move(told_));
    lay_out_actions();
    return std::move(form_);
  }

 private:
  struct SetData {
    ExtensiveForm::InformationSet head;
    std::vector<ExtensiveForm::Action> actions;
  };
  struct Open {
    int node = -1, filled = 0;
  };

  // ---- Nodes ----

  void read_nodes() {
    std::vector<Open> stack;
    do {
      const int node = read_node();
      if (stopped_) return;
      if (!stack.empty()) attach(stack, node);
      const int set = form_.nodes[static_cast<std::size_t>(node)].set;
      if (set >= 0) stack.push_back({node, 0});
      while (!stack.empty() && is_full(stack.back())) stack.pop_back();
    } while (!stack.empty());
  }
  bool is_full(const Open& open) const {
    return open.filled ==
           static_cast<int>(
               sets_[static_cast<std::size_t>(form_.nodes[static_cast<std::size_t>(open.node)].set)]
                   .actions.size());
  }
  void attach(std::vector<Open>& stack, int node) {
    Open& parent = stack.back();
    form_.nodes[static_cast<std::size_t>(node)].parent = parent.node;
    form_.nodes[static_cast<std::size_t>(node)].taken = parent.filled;
    form_.children[static_cast<std::size_t>(
        form_.nodes[static_cast<std::size_t>(parent.node)].first_child + parent.filled)] = node;
    ++parent.filled;
  }

  int read_node() {
    if (form_.nodes.size() == most_nodes)
      stop(too_large_code, fmt::format("the tree has more than {} nodes", most_nodes),
           "a smaller tree", "fewer rounds, or fewer actions at each of them");
    const std::string kinds = "a node: c (chance), p (a player's) or t (an end)";
    if (token_.kind != EfgKind::word ||
        (token_.content != "c" && token_.content != "p" && token_.content != "t"))
      stop_here(kinds);
    if (stopped_) return -1;
    const char kind = token_.content[0];
    advance();
    const int node = static_cast<int>(form_.nodes.size());
    form_.nodes.emplace_back();
    form_.labels.push_back(
        take(EfgKind::text, "the label of the node, in quotes (\"\" for none)").content);
    if (kind != 't') {
      const int set = read_set(kind == 'c');
      if (stopped_) return -1;
      form_.nodes.back().set = set;
      form_.nodes.back().first_child = static_cast<std::int64_t>(form_.children.size());
      form_.children.resize(
          form_.children.size() + sets_[static_cast<std::size_t>(set)].actions.size(), -1);
    }
    form_.nodes.back().outcome = read_outcome();
    return node;
  }

  // ---- Information sets ----

  int read_set(bool of_chance) {
    const EfgToken player_token = token_;
    const int player = of_chance ? ExtensiveForm::chance : take_index("the number of a player") - 1;
    if (!of_chance && (player < 0 || player >= form_.num_players()))
      tell(
          player_token, player_code,
          fmt::format("there is no player {}: the file names {}", player + 1, form_.players.size()),
          form_.players.empty() ? "a player named at the top of the file"
                                : fmt::format("a number from 1 to {}", form_.players.size()));
    const EfgToken number_token = token_;
    const int number = take_index("the number of an information set");
    const auto known = set_of_.find({player, number});
    if (token_.kind != EfgKind::text) {
      if (known != set_of_.end()) return known->second;
      if (token_.kind == EfgKind::open) {
        stop(set_code,
             fmt::format("the actions of information set {} follow its number at once", number),
             "the label of the information set, in quotes, before its actions",
             "write \"\" where it has no label");
        return -1;
      }
      tell(number_token, set_code,
           fmt::format("information set {} is used before its actions are given", number),
           "its label and its actions: \"\" { \"left\" \"right\" }");
      give_up();
    }
    if (stopped_) return -1;
    SetData given;
    given.head.player = player;
    given.head.number = number;
    given.head.label = take(EfgKind::text, "a label").content;
    read_actions(given, of_chance);
    if (stopped_) return -1;
    if (known != set_of_.end()) {
      compare(sets_[static_cast<std::size_t>(known->second)], given, number_token);
      return known->second;
    }
    const int set = static_cast<int>(sets_.size());
    set_of_.emplace(std::pair{player, number}, set);
    sets_.push_back(std::move(given));
    return set;
  }

  void read_actions(SetData& set, bool of_chance) {
    const EfgToken brace = take(EfgKind::open, "{ and the actions");
    std::vector<std::string> odds;
    while (token_.kind == EfgKind::text) {
      ExtensiveForm::Action action;
      action.label = take(EfgKind::text, "an action").content;
      if (of_chance) {
        const EfgToken written = token_;
        action.odds = take_number("the probability of the action");
        action.odds_text = written.content;
        odds.push_back(written.content);
        if (action.odds < 0.0 || action.odds > 1.0)
          tell(written, odds_code, fmt::format("a probability of {}", written.content),
               "a number from 0 to 1");
      }
      set.actions.push_back(std::move(action));
    }
    take(EfgKind::close, of_chance && set.actions.empty()
                             ? "an action in quotes with its probability"
                             : "an action in quotes, or }");
    if (set.actions.empty()) {
      tell(brace, set_code, "an information set without actions", "at least one action in quotes");
      return give_up();
    }
    if (of_chance && !tree::sum_to_one(odds, odds_tolerance)) {
      double sum = 0.0;
      for (const ExtensiveForm::Action& action : set.actions) sum += action.odds;
      tell(brace, odds_code,
           fmt::format("the probabilities of this chance move sum to {}", number_text(sum)),
           "a sum of 1",
           "fractions such as 1/3 are added exactly, decimals must meet 1 within 1e-9");
    }
  }

  void compare(const SetData& known, const SetData& given, const EfgToken& token) {
    const std::string name = fmt::format(
        "information set {} of {}", given.head.number,
        given.head.player < 0 ? "chance" : fmt::format("player {}", given.head.player + 1));
    if (known.actions.size() != given.actions.size()) {
      tell(token, set_code,
           fmt::format("{} has {} actions here and {} before", name, given.actions.size(),
                       known.actions.size()),
           "the same actions at every node of the set");
      return give_up();  // from here on no node knows its parent
    }
    for (std::size_t k = 0; k < known.actions.size(); ++k) {
      if (known.actions[k].label != given.actions[k].label) {
        tell(token, set_code,
             fmt::format("action {} of {} is \"{}\" here and \"{}\" before", k + 1, name,
                         given.actions[k].label, known.actions[k].label),
             "the same actions at every node of the set");
        return;
      }
      if (known.actions[k].odds != given.actions[k].odds) {
        tell(token, set_code,
             fmt::format("\"{}\" of {} has probability {} here and {} before",
                         given.actions[k].label, name, given.actions[k].odds_text,
                         known.actions[k].odds_text),
             "the same probabilities at every node of the set");
        return;
      }
    }
  }

  // ---- Outcomes ----

  int read_outcome() {
    const EfgToken number_token = token_;
    const int number = take_index("the number of an outcome (0 for none)");
    const auto known = outcome_of_.find(number);
    if (token_.kind != EfgKind::text) {
      if (number == 0) return -1;
      if (known != outcome_of_.end()) return known->second;
      tell(number_token, outcome_code,
           fmt::format("outcome {} is used before its payoffs are given", number),
           "its label and its payoffs: \"\" { 1, 0 }");
      return -1;
    }
    if (number == 0) {
      tell(number_token, outcome_code, "outcome 0 means that there is none, but payoffs follow",
           "a number from 1 up");
    }
    std::string label = take(EfgKind::text, "a label").content;
    const std::vector<double> payoffs = read_payoffs();
    if (known != outcome_of_.end()) {
      const double* before =
          form_.payoffs.data() + static_cast<std::size_t>(known->second) * form_.players.size();
      if (!std::equal(payoffs.begin(), payoffs.end(), before))
        tell(number_token, outcome_code,
             fmt::format("outcome {} has other payoffs here than before", number),
             "the same payoffs wherever the outcome stands");
      return known->second;
    }
    const int outcome = static_cast<int>(form_.outcomes.size());
    outcome_of_.emplace(number, outcome);
    form_.outcomes.push_back({number, std::move(label)});
    form_.payoffs.insert(form_.payoffs.end(), payoffs.begin(), payoffs.end());
    return outcome;
  }

  void lay_out_actions() {
    for (SetData& set : sets_) {
      set.head.first_action = static_cast<int>(form_.actions.size());
      set.head.num_actions = static_cast<int>(set.actions.size());
      form_.sets.push_back(std::move(set.head));
      std::ranges::move(set.actions, std::back_inserter(form_.actions));
    }
  }

  std::vector<SetData> sets_;
  std::map<std::pair<int, int>, int> set_of_;
  std::map<int, int> outcome_of_;
};

}  // namespace

Result<ExtensiveForm> read_efg_text(std::string_view text, const std::string& file) {
  return Reader(text, file).read();
}

Result<ExtensiveForm> read_efg(const std::string& path) {
  const Result<std::string> text = read_file(path, most_bytes);
  if (!text) return std::unexpected(text.error());
  return read_efg_text(*text, path);
}

}  // namespace melian
