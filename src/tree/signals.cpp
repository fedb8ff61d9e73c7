#include "tree/signals.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <numeric>
#include <optional>
#include <set>

#include <fmt/core.h>

#include "tree/assessment.h"
#include "tree/later_moves.h"
#include "tree/shape.h"

namespace melian::tree {
namespace {

/// Sets joined with one another; the smallest number of a group names it.
class Groups {
 public:
  explicit Groups(std::size_t size) : above_(size) { std::iota(above_.begin(), above_.end(), 0); }
  int of(int k) {
    while (above_[ix(k)] != k) k = above_[ix(k)] = above_[ix(above_[ix(k)])];
    return k;
  }
  void join(int a, int b) {
    const int one = of(a), other = of(b);
    above_[ix(std::max(one, other))] = std::min(one, other);
  }

 private:
  std::vector<int> above_;
};

class Finder {
 public:
  Finder(const ExtensiveForm& form, const TreeLimit& limit)
      : form_(form),
        limit_(limit),
        nodes_(nodes_of_sets(form)),
        names_(names_of(form)),
        later_(form, margins(limit)),
        handled_(form.actions.size(), 0),
        reach_(ix(form.num_players())) {}

  Signals run() {
    Signals out;
    for (const auto& [first, sets] : histories()) {
      const std::vector<int> types = reached(sets);
      if (types.size() < 2) continue;
      ++out.histories;
      for (const std::string& message : messages(types))
        if (std::optional<Signal> one = signal(types, message)) out.unused.push_back(*one);
    }
    out.unexamined = find_unexamined();
    return out;
  }

 private:
  static std::vector<double> margins(const TreeLimit& limit) {
    std::vector<double> out = limit.stake;
    for (double& one : out) one *= limit.epsilon;
    return out;
  }

  [[nodiscard]] bool is_choice(int set) const {
    return set >= 0 && form_.sets[ix(set)].player >= 0;
  }

  /// The last node above at which a player chose, chance moves passed over, and what was chosen.
  [[nodiscard]] std::pair<int, int> last_choice(int node) const {
    while (form_.nodes[ix(node)].parent >= 0) {
      const int taken = form_.nodes[ix(node)].taken;
      node = form_.nodes[ix(node)].parent;
      if (is_choice(form_.nodes[ix(node)].set)) return {node, taken};
    }
    return {-1, -1};
  }

  /// Sets of one player joined where actions of one label lead to one set of another player: the
  /// sender's types, by the smallest of them.
  std::map<int, std::vector<int>> histories() {
    Groups groups(form_.sets.size());
    std::map<std::pair<int, std::string>, int> first;  // (receiver's set, message) -> sender's set
    for (std::size_t n = 0; n < form_.nodes.size(); ++n) {
      const int set = form_.nodes[n].set;
      if (!is_choice(set)) continue;
      const auto [from, taken] = last_choice(static_cast<int>(n));
      if (from < 0) continue;
      const int sender = form_.nodes[ix(from)].set;
      if (form_.sets[ix(sender)].player == form_.sets[ix(set)].player) continue;
      const auto [found, is_new] = first.try_emplace({set, message_of(sender, taken)}, sender);
      const bool same_player =
          form_.sets[ix(found->second)].player == form_.sets[ix(sender)].player;
      if (!is_new && same_player) groups.join(found->second, sender);
    }
    std::map<int, std::vector<int>> out;
    for (int h = 0; h < static_cast<int>(form_.sets.size()); ++h)
      if (is_choice(h)) out[groups.of(h)].push_back(h);
    std::erase_if(out, [](const auto& one) { return one.second.size() < 2; });
    return out;
  }

  /// By action: its label, or its number where the set has the label twice or none.
  static std::vector<std::string> names_of(const ExtensiveForm& form) {
    std::vector<std::string> out(form.actions.size());
    for (const ExtensiveForm::InformationSet& set : form.sets) {
      std::map<std::string, int> count;
      for (int a = 0; a < set.num_actions; ++a)
        ++count[form.actions[ix(set.first_action + a)].label];
      for (int a = 0; a < set.num_actions; ++a) {
        const std::string& label = form.actions[ix(set.first_action + a)].label;
        out[ix(set.first_action + a)] =
            count[label] == 1 && !label.empty() ? label : fmt::format("action {}", a + 1);
      }
    }
    return out;
  }
  [[nodiscard]] const std::string& message_of(int set, int action) const {
    return names_[ix(form_.sets[ix(set)].first_action + action)];
  }
  [[nodiscard]] int action_of(int set, const std::string& message) const {
    for (int a = 0; a < form_.sets[ix(set)].num_actions; ++a)
      if (message_of(set, a) == message) return a;
    return -1;
  }

  [[nodiscard]] std::vector<int> reached(const std::vector<int>& sets) const {
    std::vector<int> out;
    for (const int h : sets)
      if (limit_.reach[ix(h)] > 0.0) out.push_back(h);
    return out;
  }

  [[nodiscard]] std::vector<std::string> messages(const std::vector<int>& types) const {
    std::vector<std::string> out;
    std::set<std::string> known;
    for (const int h : types)
      for (int a = 0; a < form_.sets[ix(h)].num_actions; ++a)
        if (known.insert(message_of(h, a)).second) out.push_back(message_of(h, a));
    return out;
  }

  /// The message as a game of its own; nothing where some type sends it, where one type alone has
  /// it, or where no belief matters to what follows.
  std::optional<Signal> signal(const std::vector<int>& types, const std::string& message) {
    Signal out;
    out.message = message;
    out.sender = form_.sets[ix(types.front())].player;
    for (const int h : types) {
      const int a = action_of(h, message);
      if (a < 0) continue;
      handled_[ix(form_.sets[ix(h)].first_action + a)] = 1;
    }
    for (const int h : types) {
      const int a = action_of(h, message);
      if (a < 0) continue;
      if (limit_.strategy[ix(form_.sets[ix(h)].first_action + a)] > 0.0) return std::nullopt;
      out.type_sets.push_back(h);
    }
    if (out.type_sets.size() < 2) return std::nullopt;
    name_types(out);
    if (!find_receiver(out)) {
      if (known_without_beliefs(out)) return std::nullopt;
      if (out.why_not.empty())
        out.why_not = fmt::format("what follows \"{}\" is not one reply of one player", message);
      return out;
    }
    // Who does not see the message replies as it does anyway.
    if (limit_.reach[ix(out.receiver_set)] > 0.0) return std::nullopt;
    if (!tells_apart(out)) {
      out.why_not = fmt::format("who answers \"{}\" cannot tell it from other actions", message);
      return out;
    }
    find_payoffs(out);
    return out;
  }

  [[nodiscard]] bool tells_apart(const Signal& out) const {
    return std::ranges::all_of(nodes_[ix(out.receiver_set)], [&](int n) {
      const int parent = form_.nodes[ix(n)].parent;
      return parent >= 0 && is_choice(form_.nodes[ix(parent)].set) &&
             message_of(form_.nodes[ix(parent)].set, form_.nodes[ix(n)].taken) == out.message;
    });
  }

  /// A set off the path to which two reached sets of another player may have led, each by an action
  /// not in use that was not looked at as a message.
  [[nodiscard]] std::string find_unexamined() const {
    std::vector<int> deviation(form_.nodes.size(), -1);  // the first action not in use on the way
    for (std::size_t n = 1; n < form_.nodes.size(); ++n) {
      const ExtensiveForm::Node& node = form_.nodes[n];
      const int set = form_.nodes[ix(node.parent)].set;
      const int action = form_.sets[ix(set)].first_action + node.taken;
      deviation[n] = deviation[ix(node.parent)];
      if (deviation[n] < 0 && is_choice(set) && !(limit_.strategy[ix(action)] > 0.0))
        deviation[n] = action;
    }
    std::vector<int> set_of(form_.actions.size(), -1);
    for (int h = 0; h < static_cast<int>(form_.sets.size()); ++h)
      for (int a = 0; a < form_.sets[ix(h)].num_actions; ++a)
        set_of[ix(form_.sets[ix(h)].first_action + a)] = h;
    for (int h = 0; h < static_cast<int>(form_.sets.size()); ++h) {
      if (!is_choice(h) || limit_.reach[ix(h)] > 0.0) continue;
      std::map<int, int> first;  // by player, one of its sets
      for (const int n : nodes_[ix(h)]) {
        const int action = deviation[ix(n)];
        if (action < 0 || handled_[ix(action)] != 0) continue;
        const int from = set_of[ix(action)], player = form_.sets[ix(from)].player;
        if (player == form_.sets[ix(h)].player || !(limit_.reach[ix(from)] > 0.0)) continue;
        if (first.try_emplace(player, from).first->second != from)
          return fmt::format(
              "{} is not reached, and several types of {} may have led to it by more than one move",
              set_words(form_, h), form_.players[ix(player)]);
      }
    }
    return "";
  }

  /// In words: the labels where they tell the sets apart, else numbers too.
  void name_types(Signal& out) const {
    std::map<std::string, int> count;
    for (const int h : out.type_sets) ++count[form_.sets[ix(h)].label];
    for (const int h : out.type_sets) {
      const ExtensiveForm::InformationSet& set = form_.sets[ix(h)];
      out.types.push_back(!set.label.empty() && count[set.label] == 1 ? set.label
                                                                      : set_words(form_, h));
    }
  }

  /// The one information set that the message leads to from every node of every type.
  bool find_receiver(Signal& out) const {
    for (const int h : out.type_sets) {
      const int a = action_of(h, out.message);
      for (const int n : nodes_[ix(h)]) {
        const int next = form_.nodes[ix(form_.child(n, a))].set;
        if (!is_choice(next) || form_.sets[ix(next)].player == out.sender) return false;
        if (out.receiver_set >= 0 && out.receiver_set != next) return false;
        out.receiver_set = next;
      }
    }
    const ExtensiveForm::InformationSet& set = form_.sets[ix(out.receiver_set)];
    out.receiver = set.player;
    for (int a = set.first_action; a < set.first_action + set.num_actions; ++a) {
      out.replies.push_back(form_.actions[ix(a)].label);
      out.reply.push_back(limit_.strategy[ix(a)]);
    }
    out.receiver_stake = limit_.stake[ix(out.receiver_set)];
    return true;
  }

  bool known_without_beliefs(Signal& out) {
    for (const int h : out.type_sets)
      for (const int a = action_of(h, out.message); const int n : nodes_[ix(h)])
        if (later_.values(form_.child(n, a)) == nullptr) {
          out.why_not = fmt::format("what follows \"{}\" is not one reply of one player: {}",
                                    out.message, later_.why_not());
          return false;
        }
    return true;
  }

  /// How likely each node of a reached set is to a player, given the set.
  std::vector<double> weights(int set, int player) {
    std::vector<double>& reach = reach_[ix(player)];
    if (reach.empty()) reach = reach_of(form_, limit_.strategy, player);
    std::vector<double> out;
    double sum = 0.0;
    for (const int n : nodes_[ix(set)]) {
      out.push_back(reach[ix(n)]);
      sum += out.back();
    }
    for (double& one : out) one = sum > 0.0 ? one / sum : 1.0 / static_cast<double>(out.size());
    return out;
  }

  void find_payoffs(Signal& out) {
    const std::size_t players = form_.players.size(), replies = out.num_replies();
    out.belief.assign(out.num_types(), 0.0);
    for (std::size_t t = 0; t < out.num_types(); ++t) {
      const int h = out.type_sets[t], a = action_of(h, out.message);
      const ExtensiveForm::InformationSet& set = form_.sets[ix(h)];
      const std::vector<double> own = weights(h, out.sender), seen = weights(h, out.receiver);
      double value = 0.0;
      std::vector<double> gets(replies, 0.0), receiver_gets(replies, 0.0);
      for (std::size_t k = 0; k < own.size(); ++k) {
        const int n = nodes_[ix(h)][k], told = form_.child(n, a);
        for (int b = 0; b < set.num_actions; ++b)
          value += own[k] * limit_.strategy[ix(set.first_action + b)] *
                   limit_.values[ix(form_.child(n, b)) * players + ix(out.sender)];
        out.belief[t] += limit_.belief[ix(told)];
        const int paid = form_.nodes[ix(told)].outcome;
        for (std::size_t r = 0; r < replies; ++r) {
          const std::vector<double>* below = later_.values(form_.child(told, static_cast<int>(r)));
          if (below == nullptr) {
            out.why_not =
                fmt::format("after \"{}\" and a reply, {}", out.message, later_.why_not());
            return;
          }
          gets[r] += own[k] *
                     ((*below)[ix(out.sender)] + (paid < 0 ? 0.0 : form_.payoff(paid, out.sender)));
          receiver_gets[r] += seen[k] * ((*below)[ix(out.receiver)] +
                                         (paid < 0 ? 0.0 : form_.payoff(paid, out.receiver)));
        }
      }
      out.equilibrium.push_back(value);
      out.stake.push_back(limit_.stake[ix(h)]);
      out.sender_gets.insert(out.sender_gets.end(), gets.begin(), gets.end());
      out.receiver_gets.insert(out.receiver_gets.end(), receiver_gets.begin(), receiver_gets.end());
    }
  }

  const ExtensiveForm& form_;
  const TreeLimit& limit_;
  std::vector<std::vector<int>> nodes_;
  std::vector<std::string> names_;  ///< of actions
  LaterMoves later_;
  std::vector<std::uint8_t> handled_;       ///< by action: was looked at as a message
  std::vector<std::vector<double>> reach_;  ///< by player: by node in the limit; empty until asked
};

}  // namespace

Signals find_signals(const ExtensiveForm& form, const TreeLimit& limit) {
  return Finder(form, limit).run();
}

}  // namespace melian::tree
