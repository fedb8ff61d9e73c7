/// A compiled game as its explicit tree: types first, then every public history for every profile of types.

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>
#include <utility>

#include <fmt/core.h>

#include "melian/numeric.h"
#include "melian/tree.h"
#include "tree/fraction.h"
#include "tree/shape.h"

namespace melian {
namespace {

using tree::ix;

constexpr double same_odds = 1e-12;  // odds that differ by round-off are the same

bool sees_other_odds(const Game& game, int player) {
  const Structure& shape = game.shape();
  for (const PublicState& state : shape.states)
    for (int k = state.first_branch; k < state.first_branch + state.num_branches; ++k) {
      if (shape.odds_offset[ix(k)] < 0 || shape.perceived_offset[ix(k)] < 0) continue;
      const int profiles = shape.num_profiles(state.live);
      for (int p = 0; p < profiles; ++p)
        if (std::abs(game.odds_for(k, player, profiles)[p] - game.odds(k)[p]) > same_odds) return true;
    }
  return false;
}

Diagnostics refusals(const Game& game, const UnrollOptions& options) {
  const Structure& shape = game.shape();
  Diagnostics out;
  const auto cannot = [&](std::string message, std::string hint) { out.push_back(placeless(tree_refusal_code, std::move(message), std::move(hint))); };
  for (const PublicState& state : shape.states)
    if (shape.moves[ix(state.move)].kind == MoveKind::simultaneous) {
      cannot(fmt::format("'{}' is a simultaneous move, which is not unrolled yet", shape.moves[ix(state.move)].name),
             "let the players move one after the other");
      break;
    }
  if (!shape.correlated.empty())
    cannot("types of several players are drawn from a joint prior, which is not unrolled yet", "give each player a prior of its own");
  if (shape.horizon == HorizonKind::forever) cannot("play has no horizon, and a tree must end", "state a finite horizon with what follows it");
  for (int j = 0; j < shape.num_players(); ++j) {
    for (int i = 0; i < shape.num_players(); ++i)
      if (i != j && game.numbers.beliefs[ix(j)][ix(i)] != game.numbers.prior[ix(i)])
        cannot(fmt::format("{} holds another prior about {} than the analyst, and an extensive form has one prior for all", shape.players[ix(j)].name,
                           shape.players[ix(i)].name),
               "give everybody the same prior, or solve by belief grid");
    if (sees_other_odds(game, j))
      cannot(fmt::format("{} perceives odds other than the analyst's, and an extensive form has one set of odds for all", shape.players[ix(j)].name),
             "let chance be perceived as it is, or solve by belief grid");
  }
  if (options.rounds > 0 && shape.horizon != HorizonKind::finite) cannot("the game has no rounds to cut", "leave the number of rounds out");
  if (options.rounds > shape.rounds)
    cannot(fmt::format("the game was compiled for {} rounds; it cannot be unrolled to {}", shape.rounds, options.rounds), "a longer horizon in the model");
  return out;
}

class Unroller {
 public:
  Unroller(const Game& game, const UnrollOptions& options)
      : game_(game),
        shape_(game.shape()),
        options_(options),
        everyone_(shape_.players, shape_.everyone()),
        rounds_(options.rounds > 0 ? options.rounds : shape_.rounds) {
    for (const auto& of_player : options.lambda)
      for (const double lambda : of_player) largest_lambda_ = std::max(largest_lambda_, lambda);
  }

  Result<ExtensiveForm> run() {
    form_.title = shape_.title;
    for (const Player& player : shape_.players) form_.players.push_back(player.name);
    next_number_.assign(form_.players.size() + 1, 1);
    Spot root;
    root.state = shape_.root;
    root.paid.assign(form_.players.size(), 0.0);
    draw_types(root);
    const double most = static_cast<double>(everyone_.count()) * count_nodes() + 1.0;
    if (!(most <= static_cast<double>(options_.max_nodes)))
      return std::unexpected(Diagnostics{
          placeless(too_large_code, fmt::format("the unrolled tree has up to {} nodes, more than the {} allowed", number_text(most, 4), options_.max_nodes),
                    "fewer rounds, or fewer numbers in an offer: every public history is written out for every profile of types")});
    while (!pending_.empty() && why_not_.empty()) {
      Spot spot = std::move(pending_.back());
      pending_.pop_back();
      visit(std::move(spot));
    }
    if (!why_not_.empty()) return std::unexpected(std::move(why_not_));
    return std::move(form_);
  }

 private:
  /// A place of the tree that is yet to be written: where it hangs, and what has happened.
  struct Spot {
    int state = 0, round = 0, elapsed = 0, profile = 0, history = 0;
    int parent = -1, taken = -1;
    std::vector<double> paid;  ///< by player so far, discounted to the root
  };

  // ---- Size ----

  /// Nodes from the root on for one profile of types, had every type every action; before anything is built.
  [[nodiscard]] double count_nodes() const {
    constexpr double not_counted = -1.0, being_counted = -2.0;
    const auto place = [&](int state, int round) { return ix(shape_.states[ix(state)].timed ? round : 0) * shape_.states.size() + ix(state); };
    std::vector<double> count(shape_.states.size() * ix(std::max(1, rounds_)), not_counted);
    std::vector<std::pair<int, int>> open{{shape_.root, 0}};
    while (!open.empty()) {
      const auto [s, round] = open.back();
      const PublicState& state = shape_.states[ix(s)];
      double sum = kind_of(s) == MoveKind::passage ? 0.0 : 1.0;
      bool ready = true;
      for (int k = state.first_branch; k < state.first_branch + state.num_branches; ++k) {
        const Branch& branch = shape_.branches[ix(k)];
        const auto [next, then] = arrival(branch, round);
        const double below = next < 0 ? 1.0 : count[place(next, then)];
        if (below == being_counted) return infinity;  // play can come back: no tree holds it
        if (below == not_counted) {
          open.emplace_back(next, then);
          ready = false;
        }
        sum += below;
      }
      if (!ready) {
        count[place(s, round)] = being_counted;
        continue;
      }
      count[place(s, round)] = sum;
      open.pop_back();
    }
    return count[place(shape_.root, 0)];
  }

  /// The state, or end, that a branch taken in a round leads to, and the round it is then.
  [[nodiscard]] std::pair<int, int> arrival(const Branch& branch, int round) const {
    if (branch.next < 0 || !shape_.states[ix(branch.next)].timed) return {branch.next, round};
    const int then = round + branch.advance;
    return then < rounds_ ? std::pair(branch.next, then) : std::pair(shape_.states[ix(branch.next)].closing, round);
  }

  // ---- Nodes and sets ----

  int add_node(const Spot& spot) {
    const int node = static_cast<int>(form_.nodes.size());
    form_.nodes.emplace_back();
    form_.labels.emplace_back();
    form_.nodes.back().parent = spot.parent;
    form_.nodes.back().taken = spot.taken;
    if (spot.parent >= 0) form_.children[ix(form_.nodes[ix(spot.parent)].first_child + spot.taken)] = node;
    return node;
  }
  int add_set(int player, std::string label, std::vector<ExtensiveForm::Action> actions, double lambda_factor) {
    ExtensiveForm::InformationSet set;
    set.player = player;
    set.number = next_number_[ix(player + 1)]++;
    set.label = std::move(label);
    set.first_action = static_cast<int>(form_.actions.size());
    set.num_actions = static_cast<int>(actions.size());
    set.lambda_factor = lambda_factor;
    form_.sets.push_back(std::move(set));
    std::ranges::move(actions, std::back_inserter(form_.actions));
    return static_cast<int>(form_.sets.size()) - 1;
  }
  void open_node(int node, int set) {
    form_.nodes[ix(node)].set = set;
    form_.nodes[ix(node)].first_child = static_cast<std::int64_t>(form_.children.size());
    form_.children.resize(form_.children.size() + ix(form_.sets[ix(set)].num_actions), -1);
  }
  static void set_odds(std::vector<ExtensiveForm::Action>& actions, const std::vector<double>& odds) {
    const std::vector<std::string> texts = tree::exact_odds(odds);
    for (std::size_t k = 0; k < actions.size(); ++k) {
      actions[k].odds_text = texts[k];
      actions[k].odds = tree::number_of(texts[k]).value_or(odds[k]);
    }
  }

  // ---- The start ----

  void draw_types(const Spot& root) {
    std::vector<ExtensiveForm::Action> actions;
    std::vector<double> odds;
    std::vector<int> profiles;
    for (int profile = 0; profile < everyone_.count(); ++profile) {
      double probability = 1.0;
      std::string name;
      for (int i = 0; i < shape_.num_players(); ++i) {
        const Player& player = shape_.players[ix(i)];
        if (player.num_types() == 1) continue;
        const int type = everyone_.type_of(profile, i);
        probability *= game_.numbers.prior[ix(i)][ix(type)];
        name += fmt::format("{}{} {}", name.empty() ? "" : ", ", player.name, player.types[ix(type)]);
      }
      if (probability <= 0.0) continue;
      actions.push_back({.label = name, .odds = 0.0, .odds_text = {}, .log_weight = 0.0});
      odds.push_back(probability);
      profiles.push_back(profile);
    }
    if (profiles.size() == 1) {
      Spot spot = root;
      spot.profile = profiles[0];
      pending_.push_back(std::move(spot));
      return;
    }
    set_odds(actions, odds);
    const int node = add_node(root);
    open_node(node, add_set(ExtensiveForm::chance, "types", std::move(actions), 1.0));
    for (std::size_t k = profiles.size(); k-- > 0;) {
      Spot spot = root;
      spot.profile = profiles[k];
      spot.parent = node;
      spot.taken = static_cast<int>(k);
      pending_.push_back(std::move(spot));
    }
  }

  // ---- Play ----

  [[nodiscard]] double discount(int player, int profile, int elapsed) const {
    return std::pow(game_.numbers.discount[ix(player)][ix(everyone_.type_of(profile, player))], elapsed);
  }
  [[nodiscard]] int local_profile(int state, int profile) const {
    const Profiles profiles(shape_.players, shape_.states[ix(state)].live);
    int at = 0;
    for (int i = 0; i < shape_.num_players(); ++i) at += profiles.stride(i) * everyone_.type_of(profile, i);
    return at;
  }

  /// Play after branch k of the spot's state, which is negative where it ends (see Branch).
  [[nodiscard]] Spot follow(const Spot& from, int k, int history) const {
    const PublicState& state = shape_.states[ix(from.state)];
    const Branch& branch = shape_.branches[ix(state.first_branch + k)];
    const int profiles = shape_.num_profiles(state.live), local = local_profile(from.state, from.profile);
    Spot out = from;
    for (int i = 0; i < shape_.num_players(); ++i)
      out.paid[ix(i)] += discount(i, from.profile, from.elapsed) * game_.reward(state.first_branch + k, i, profiles)[local];
    std::tie(out.state, out.round) = arrival(branch, from.round);
    out.elapsed += branch.time;
    out.history = history;
    return out;
  }

  int history_after(int history, int branch) {
    const auto [found, is_new] = history_after_.try_emplace({history, branch}, next_history_);
    if (is_new) ++next_history_;
    return found->second;
  }

  void visit(Spot spot) {
    // Passages pay and pass on; they are no nodes.
    while (spot.state >= 0 && kind_of(spot.state) == MoveKind::passage) spot = follow(spot, 0, spot.history);
    const int node = add_node(spot);
    if (spot.state < 0) return end_play(node, spot);
    const bool by_chance = kind_of(spot.state) == MoveKind::chance;
    std::vector<int> branches = open_branches(spot, by_chance);
    open_node(node, by_chance ? chance_set(spot, branches) : decision_set(spot, branches));
    for (std::size_t k = branches.size(); k-- > 0;) {
      Spot after = follow(spot, branches[k], history_after(spot.history, branches[k]));
      after.parent = node;
      after.taken = static_cast<int>(k);
      pending_.push_back(std::move(after));
    }
  }

  [[nodiscard]] MoveKind kind_of(int state) const { return shape_.moves[ix(shape_.states[ix(state)].move)].kind; }
  [[nodiscard]] int type_of_mover(const Spot& spot) const {
    const int mover = shape_.moves[ix(shape_.states[ix(spot.state)].move)].player;
    return everyone_.type_of(spot.profile, mover);
  }

  std::vector<int> open_branches(const Spot& spot, bool by_chance) const {
    const PublicState& state = shape_.states[ix(spot.state)];
    std::vector<int> out;
    for (int k = 0; k < state.num_branches; ++k) {
      const bool open = by_chance ? game_.odds(state.first_branch + k)[local_profile(spot.state, spot.profile)] > 0.0
                                  : (shape_.branches[ix(state.first_branch + k)].open_to >> type_of_mover(spot) & 1U) != 0;
      if (open) out.push_back(k);
    }
    return out;
  }

  std::vector<ExtensiveForm::Action> actions_of(const Spot& spot, const std::vector<int>& branches) const {
    const PublicState& state = shape_.states[ix(spot.state)];
    const std::vector<double> weights = log_measure(shape_, spot.state, options_.measure);
    std::vector<ExtensiveForm::Action> out;
    for (const int k : branches)
      out.push_back({.label = shape_.moves[ix(state.move)].actions[ix(shape_.branches[ix(state.first_branch + k)].action)],
                     .odds = 0.0,
                     .odds_text = {},
                     .log_weight = weights.empty() ? 0.0 : weights[ix(k)]});
    return out;
  }

  int chance_set(const Spot& spot, const std::vector<int>& branches) {
    const PublicState& state = shape_.states[ix(spot.state)];
    std::vector<ExtensiveForm::Action> actions = actions_of(spot, branches);
    std::vector<double> odds;
    for (const int k : branches) odds.push_back(game_.odds(state.first_branch + k)[local_profile(spot.state, spot.profile)]);
    set_odds(actions, odds);
    return add_set(ExtensiveForm::chance, shape_.moves[ix(state.move)].name, std::move(actions), 1.0);
  }

  int decision_set(const Spot& spot, const std::vector<int>& branches) {
    const int mover = shape_.moves[ix(shape_.states[ix(spot.state)].move)].player, type = type_of_mover(spot);
    const auto [found, is_new] = set_of_.try_emplace({spot.history, type}, 0);
    if (!is_new) return found->second;
    const Player& player = shape_.players[ix(mover)];
    std::string label = shape_.moves[ix(shape_.states[ix(spot.state)].move)].name;
    if (!player.types.empty()) label += fmt::format(" of {} {}", player.name, player.types[ix(type)]);
    double factor = largest_lambda_ > 0.0 ? options_.lambda[ix(mover)][ix(type)] / largest_lambda_ : 1.0;
    if (options_.discounting == Discounting::current_value) factor /= discount(mover, spot.profile, spot.elapsed);
    if (!std::isfinite(factor))
      why_not_.push_back(placeless(tree_refusal_code,
                                   fmt::format("{} discounts payoffs at '{}' to nought, so a tree cannot tell them apart", player.name, label),
                                   "a discount factor above 0"));
    found->second = add_set(mover, std::move(label), actions_of(spot, branches), factor);
    return found->second;
  }

  void end_play(int node, const Spot& spot) {
    form_.nodes[ix(node)].outcome = static_cast<int>(form_.outcomes.size());
    form_.outcomes.push_back({static_cast<int>(form_.outcomes.size()) + 1, shape_.outcomes[ix(-1 - spot.state)]});
    form_.payoffs.insert(form_.payoffs.end(), spot.paid.begin(), spot.paid.end());
  }

  const Game& game_;
  const Structure& shape_;
  const UnrollOptions& options_;
  Profiles everyone_;
  int rounds_ = 1;
  double largest_lambda_ = 0.0;
  ExtensiveForm form_;
  std::vector<int> next_number_;                               ///< by player + 1
  std::vector<Spot> pending_;                                  ///< the next in preorder last
  std::map<std::pair<int, int>, int> history_after_, set_of_;  ///< by (history, branch) and (history, own type)
  int next_history_ = 1;
  Diagnostics why_not_;
};

}  // namespace

Result<ExtensiveForm> unroll(const Game& game, const UnrollOptions& options) {
  Diagnostics refused = refusals(game, options);
  if (!refused.empty()) return std::unexpected(std::move(refused));
  return Unroller(game, options).run();
}

}  // namespace melian
