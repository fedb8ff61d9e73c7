/// A compiled game as its explicit tree: types first, then every public history for every profile
/// of types.

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>
#include <utility>

#include <fmt/core.h>

#include "melian/beliefs.h"
#include "melian/numeric.h"
#include "melian/tree.h"
#include "tree/fraction.h"
#include "tree/shape.h"
#include "tree/unfold.h"

namespace melian {
namespace {

using tree::ix;

constexpr double same_odds = 1e-12;  // odds that differ by this share of them are the same

Diagnostics refusals(const Game& game, const UnrollOptions& options) {
  const Structure& shape = game.shape();
  Diagnostics out;
  const auto cannot = [&](std::string message, std::string hint) {
    out.push_back(placeless(tree_refusal_code, std::move(message), std::move(hint)));
  };
  if (shape.horizon == HorizonKind::forever)
    cannot("play has no horizon, and a tree must end",
           "state a finite horizon with what follows it");
  if (options.rounds > 0 && shape.horizon != HorizonKind::finite)
    cannot("the game has no rounds to cut", "leave the number of rounds out");
  if (options.rounds > shape.rounds)
    cannot(fmt::format("the game was compiled for {} rounds; it cannot be unrolled to {}",
                       shape.rounds, options.rounds),
           "a longer horizon in the model");
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

  /// Nodes of the whole tree, had every type every action; infinite where play can come back.
  double size() {
    find_deciders();
    return static_cast<double>(everyone_.count()) * count_nodes() + 1.0;
  }

  Result<ExtensiveForm> run() {
    form_.title = shape_.title;
    for (const Player& player : shape_.players) form_.players.push_back(player.name);
    next_number_.assign(form_.players.size() + 1, 1);
    seen_.resize(form_.players.size());
    Spot root;
    root.state = shape_.root;
    root.paid.assign(form_.players.size(), 0.0);
    find_deciders();
    const double for_each = count_nodes(),
                 most = static_cast<double>(everyone_.count()) * for_each + 1.0;
    if (!(most <= static_cast<double>(options_.max_nodes)))
      return std::unexpected(too_large(for_each, most));
    draw_types(root);
    while (!pending_.empty() && why_not_.empty()) {
      Spot spot = std::move(pending_.back());
      pending_.pop_back();
      visit(std::move(spot));
    }
    if (!why_not_.empty()) return std::unexpected(std::move(why_not_));
    if (someone_differs_)
      for (const std::vector<double>& odds : seen_)
        form_.perceived.insert(form_.perceived.end(), odds.begin(), odds.end());
    return std::move(form_);
  }

 private:
  /// A place of the tree that is yet to be written: where it hangs, and what has happened.
  struct Spot {
    int state = 0, round = 0, elapsed = 0, profile = 0, history = 0;
    int parent = -1, taken = -1;
    int decider = 0,
        branch =
            0;  ///< of simultaneous moves: who is next, and the joint action as far as it is chosen
    std::vector<double> paid;  ///< by player so far, discounted to the root
  };

  // ---- Size ----

  /// Nodes from the root on for one profile of types, had every type every action; before anything
  /// is built.
  [[nodiscard]] double count_nodes() const {
    constexpr double not_counted = -1.0, being_counted = -2.0;
    const auto place = [&](int state, int round) {
      return ix(shape_.states[ix(state)].timed ? round : 0) * shape_.states.size() + ix(state);
    };
    std::vector<double> count(shape_.states.size() * ix(std::max(1, rounds_)), not_counted);
    std::vector<std::pair<int, int>> open{{shape_.root, 0}};
    while (!open.empty()) {
      const auto [s, round] = open.back();
      const PublicState& state = shape_.states[ix(s)];
      double sum = nodes_of(s);
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

  /// Nodes at which the state itself is decided: one for each mover and all that those before it
  /// may have done.
  [[nodiscard]] double nodes_of(int state) const {
    if (kind_of(state) == MoveKind::passage) return 0.0;
    double sum = 1.0, joint = 1.0;
    const std::vector<Decider>& movers = deciders_[ix(state)];
    for (std::size_t k = 0; k + 1 < movers.size(); ++k) sum += joint *= movers[k].num_actions();
    return sum;
  }

  [[nodiscard]] Diagnostics too_large(double for_each, double most) const {
    return {placeless(too_large_code,
                      fmt::format("the unrolled tree has up to {} nodes ({} for each of {} "
                                  "profiles of types), more than the {} allowed",
                                  number_text(most, 4), number_text(for_each, 4), everyone_.count(),
                                  options_.max_nodes),
                      "fewer rounds, fewer numbers in an offer, or fewer types: every public "
                      "history is written out for every profile of types")};
  }

  /// The state, or end, that a branch taken in a round leads to, and the round it is then.
  [[nodiscard]] std::pair<int, int> arrival(const Branch& branch, int round) const {
    if (branch.next < 0 || !shape_.states[ix(branch.next)].timed) return {branch.next, round};
    const int then = round + branch.advance;
    return then < rounds_ ? std::pair(branch.next, then)
                          : std::pair(shape_.states[ix(branch.next)].closing, round);
  }

  // ---- Nodes and sets ----

  int add_node(const Spot& spot) {
    const int node = static_cast<int>(form_.nodes.size());
    form_.nodes.emplace_back();
    form_.labels.emplace_back();
    form_.nodes.back().parent = spot.parent;
    form_.nodes.back().taken = spot.taken;
    if (spot.parent >= 0)
      form_.children[ix(form_.nodes[ix(spot.parent)].first_child + spot.taken)] = node;
    return node;
  }
  int add_set(int player, std::string label, std::vector<ExtensiveForm::Action> actions,
              double lambda_factor) {
    ExtensiveForm::InformationSet set;
    set.player = player;
    set.number = next_number_[ix(player + 1)]++;
    set.label = std::move(label);
    set.first_action = static_cast<int>(form_.actions.size());
    set.num_actions = static_cast<int>(actions.size());
    set.lambda_factor = lambda_factor;
    form_.sets.push_back(std::move(set));
    for (std::vector<double>& odds : seen_) odds.resize(form_.actions.size() + actions.size(), 0.0);
    std::ranges::move(actions, std::back_inserter(form_.actions));
    return static_cast<int>(form_.sets.size()) - 1;
  }
  void open_node(int node, int set) {
    form_.nodes[ix(node)].set = set;
    form_.nodes[ix(node)].first_child = static_cast<std::int64_t>(form_.children.size());
    form_.children.resize(form_.children.size() + ix(form_.sets[ix(set)].num_actions), -1);
  }
  static void set_odds(std::vector<ExtensiveForm::Action>& actions,
                       const std::vector<double>& odds) {
    const std::vector<std::string> texts = tree::exact_odds(odds);
    for (std::size_t k = 0; k < actions.size(); ++k) {
      actions[k].odds_text = texts[k];
      actions[k].odds = tree::number_of(texts[k]).value_or(odds[k]);
    }
  }

  /// A chance move; `seen` holds its odds as each player sees them.
  int add_chance(std::string label, std::vector<ExtensiveForm::Action> actions,
                 const std::vector<double>& odds, const std::vector<std::vector<double>>& seen) {
    set_odds(actions, odds);
    const int set = add_set(ExtensiveForm::chance, std::move(label), std::move(actions), 1.0);
    const std::size_t first = ix(form_.sets[ix(set)].first_action);
    for (std::size_t j = 0; j < seen.size(); ++j)
      for (std::size_t k = 0; k < odds.size(); ++k) {
        const bool differs =
            std::abs(seen[j][k] - odds[k]) > same_odds * std::max(seen[j][k], odds[k]);
        someone_differs_ = someone_differs_ || differs;
        seen_[j][first + k] = differs ? seen[j][k] : form_.actions[first + k].odds;
      }
    return set;
  }

  // ---- The start ----

  void draw_types(const Spot& root) {
    const tree::Prior prior = tree::prior_of(game_, everyone_);
    std::vector<ExtensiveForm::Action> actions;
    std::vector<double> odds;
    std::vector<std::vector<double>> seen(form_.players.size());
    std::vector<int> profiles;
    for (int profile = 0; profile < everyone_.count(); ++profile) {
      std::string name;
      for (int i = 0; i < shape_.num_players(); ++i) {
        const Player& player = shape_.players[ix(i)];
        if (player.num_types() == 1) continue;
        const int type = everyone_.type_of(profile, i);
        name +=
            fmt::format("{}{} {}", name.empty() ? "" : ", ", player.name, player.types[ix(type)]);
      }
      if (!prior.possible(profile)) continue;
      actions.push_back({.label = name, .odds = 0.0, .odds_text = {}, .log_weight = 0.0});
      odds.push_back(prior.analyst[ix(profile)]);
      for (std::size_t j = 0; j < seen.size(); ++j)
        seen[j].push_back(prior.players[j][ix(profile)]);
      profiles.push_back(profile);
    }
    if (profiles.size() == 1) {
      Spot spot = root;
      spot.profile = profiles[0];
      pending_.push_back(std::move(spot));
      return;
    }
    const int node = add_node(root);
    open_node(node, add_chance("types", std::move(actions), odds, seen));
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
    return std::pow(game_.numbers.discount[ix(player)][ix(everyone_.type_of(profile, player))],
                    elapsed);
  }
  [[nodiscard]] int local_profile(int state, int profile) const {
    return tree::local_profile(shape_, everyone_, state, profile);
  }

  /// Play after branch k of the spot's state, which is negative where it ends (see Branch).
  [[nodiscard]] Spot follow(const Spot& from, int k, int history) const {
    const PublicState& state = shape_.states[ix(from.state)];
    const Branch& branch = shape_.branches[ix(state.first_branch + k)];
    const int profiles = shape_.num_profiles(state.live),
              local = local_profile(from.state, from.profile);
    Spot out = from;
    for (int i = 0; i < shape_.num_players(); ++i)
      out.paid[ix(i)] += discount(i, from.profile, from.elapsed) *
                         game_.reward(state.first_branch + k, i, profiles)[local];
    std::tie(out.state, out.round) = arrival(branch, from.round);
    out.elapsed += branch.time;
    out.history = history;
    out.decider = out.branch = 0;
    return out;
  }

  int history_after(int history, int branch) {
    const auto [found, is_new] = history_after_.try_emplace({history, branch}, next_history_);
    if (is_new) ++next_history_;
    return found->second;
  }

  void visit(Spot spot) {
    // Passages pay and pass on; they are no nodes.
    while (spot.state >= 0 && kind_of(spot.state) == MoveKind::passage)
      spot = follow(spot, 0, spot.history);
    const int node = add_node(spot);
    if (spot.state < 0) return end_play(node, spot);
    if (kind_of(spot.state) == MoveKind::chance)
      draw(node, spot);
    else
      decide(node, spot);
  }

  void wait_for(Spot after, int node, std::size_t taken) {
    after.parent = node;
    after.taken = static_cast<int>(taken);
    pending_.push_back(std::move(after));
  }

  void draw(int node, const Spot& spot) {
    const std::vector<int> branches = possible_branches(spot);
    open_node(node, chance_set(spot, branches));
    for (std::size_t k = branches.size(); k-- > 0;)
      wait_for(follow(spot, branches[k], history_after(spot.history, branches[k])), node, k);
  }

  /// One mover's choice. Who moves at once with it comes next, with the same history: it has not
  /// seen the choice.
  void decide(int node, const Spot& spot) {
    const std::vector<Decider>& movers = deciders_[ix(spot.state)];
    const Decider& mover = movers[ix(spot.decider)];
    const std::vector<int> open = open_actions(spot, mover);
    open_node(node, decision_set(spot, mover, open));
    for (std::size_t k = open.size(); k-- > 0;) {
      const int branch = spot.branch + open[k] * mover.stride;
      if (ix(spot.decider) + 1 == movers.size()) {
        wait_for(follow(spot, branch, history_after(spot.history, branch)), node, k);
        continue;
      }
      Spot after = spot;
      ++after.decider;
      after.branch = branch;
      wait_for(std::move(after), node, k);
    }
  }

  [[nodiscard]] MoveKind kind_of(int state) const {
    return shape_.moves[ix(shape_.states[ix(state)].move)].kind;
  }

  void find_deciders() {
    for (int s = 0; s < static_cast<int>(shape_.states.size()); ++s)
      deciders_.push_back(deciders(shape_, s, options_.measure));
  }

  [[nodiscard]] std::vector<int> possible_branches(const Spot& spot) const {
    return tree::possible_branches(game_, spot.state, local_profile(spot.state, spot.profile));
  }

  [[nodiscard]] std::vector<int> open_actions(const Spot& spot, const Decider& mover) const {
    return tree::open_actions(mover, everyone_.type_of(spot.profile, mover.player));
  }

  int chance_set(const Spot& spot, const std::vector<int>& branches) {
    const PublicState& state = shape_.states[ix(spot.state)];
    const Move& move = shape_.moves[ix(state.move)];
    const int local = local_profile(spot.state, spot.profile),
              profiles = shape_.num_profiles(state.live);
    std::vector<ExtensiveForm::Action> actions;
    std::vector<double> odds;
    std::vector<std::vector<double>> seen(form_.players.size());
    for (const int k : branches) {
      const int branch = state.first_branch + k;
      actions.push_back({.label = move.actions[ix(shape_.branches[ix(branch)].action)],
                         .odds = 0.0,
                         .odds_text = {},
                         .log_weight = 0.0});
      odds.push_back(game_.odds(branch)[local]);
      for (int j = 0; j < shape_.num_players(); ++j)
        seen[ix(j)].push_back(game_.odds_for(branch, j, profiles)[local]);
    }
    return add_chance(move.name, std::move(actions), odds, seen);
  }

  int decision_set(const Spot& spot, const Decider& mover, const std::vector<int>& open) {
    const int type = everyone_.type_of(spot.profile, mover.player);
    const auto [found, is_new] = set_of_.try_emplace({spot.history, spot.decider, type}, 0);
    if (!is_new) return found->second;
    const Player& player = shape_.players[ix(mover.player)];
    const Move& whole = shape_.moves[ix(shape_.states[ix(spot.state)].move)];
    const Move& move = whole.kind == MoveKind::simultaneous
                           ? shape_.moves[ix(whole.parts[ix(spot.decider)])]
                           : whole;
    std::string label = move.name;
    if (!player.types.empty())
      label += fmt::format(" of {} {}", player.name, player.types[ix(type)]);
    double factor =
        largest_lambda_ > 0.0 ? options_.lambda[ix(mover.player)][ix(type)] / largest_lambda_ : 1.0;
    if (options_.discounting == Discounting::current_value)
      factor /= discount(mover.player, spot.profile, spot.elapsed);
    if (!std::isfinite(factor))
      why_not_.push_back(placeless(
          tree_refusal_code,
          fmt::format("{} discounts payoffs at '{}' to nought, so a tree cannot tell them apart",
                      player.name, label),
          "a discount factor above 0"));
    std::vector<ExtensiveForm::Action> actions;
    for (const int a : open)
      actions.push_back({.label = move.actions[ix(mover.actions[ix(a)])],
                         .odds = 0.0,
                         .odds_text = {},
                         .log_weight = mover.log_weight.empty() ? 0.0 : mover.log_weight[ix(a)]});
    found->second = add_set(mover.player, std::move(label), std::move(actions), factor);
    return found->second;
  }

  void end_play(int node, const Spot& spot) {
    form_.nodes[ix(node)].outcome = static_cast<int>(form_.outcomes.size());
    form_.outcomes.push_back(
        {static_cast<int>(form_.outcomes.size()) + 1, shape_.outcomes[ix(-1 - spot.state)]});
    form_.payoffs.insert(form_.payoffs.end(), spot.paid.begin(), spot.paid.end());
  }

  const Game& game_;
  const Structure& shape_;
  const UnrollOptions& options_;
  Profiles everyone_;
  int rounds_ = 1;
  double largest_lambda_ = 0.0;
  ExtensiveForm form_;
  std::vector<int> next_number_;                ///< by player + 1
  std::vector<Spot> pending_;                   ///< the next in preorder last
  std::vector<std::vector<Decider>> deciders_;  ///< by public state
  std::vector<std::vector<double>> seen_;       ///< [player][action]: odds as the players see them
  bool someone_differs_ = false;
  std::map<std::pair<int, int>, int> history_after_;  ///< by (history, branch)
  std::map<std::tuple<int, int, int>, int>
      set_of_;  ///< by (history, who of those that move at once, own type)
  int next_history_ = 1;
  Diagnostics why_not_;
};

}  // namespace

Result<ExtensiveForm> unroll(const Game& game, const UnrollOptions& options) {
  Diagnostics refused = refusals(game, options);
  if (!refused.empty()) return std::unexpected(std::move(refused));
  return Unroller(game, options).run();
}

double count_tree_nodes(const Game& game) {
  const UnrollOptions options;
  return game.shape().horizon == HorizonKind::forever ? infinity : Unroller(game, options).size();
}

}  // namespace melian
