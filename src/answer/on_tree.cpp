#include "answer/on_tree.h"

#include <algorithm>
#include <cmath>

#include "certify/bayes.h"
#include "melian/numeric.h"
#include "tree/shape.h"

namespace melian {
namespace {

using checking::Bayes;
using checking::Layout;
using checking::Listener;
using checking::Shape;
using checking::Stencil;
using checking::StrategyBlock;
using tree::ix;
using Histories = std::vector<tree::Origins::History>;

/// What is played after every public history, and the public belief there.
class Reading {
 public:
  Reading(const Game& game, const Assessment& strategies, const Histories& histories)
      : layout_(game, strategies.axes, strategies.measure),
        strategies_(strategies),
        histories_(histories),
        log_odds_(histories.size()),
        rows_(histories.size()) {
    for (const double belief : start_beliefs(game, layout_.space()))
      log_odds_[0].push_back(melian::log_odds(belief));
    for (std::size_t h = 0; h < histories.size(); ++h) {
      if (h > 0) arrive(h);
      if (histories[h].state >= 0 && !layout_.deciders(histories[h].state).empty()) read(h);
    }
  }

  /// Natural log probability of an own action of a type of a decider.
  [[nodiscard]] double log_probability(const tree::Origins::Place& place, int action) const {
    const Decider& who = layout_.deciders(histories_[ix(place.history)].state)[ix(place.decider)];
    return rows_[ix(place.history)][ix(who.row(who.types > 1 ? place.type : 0, action))];
  }

 private:
  /// The belief after the history's last branch.
  void arrive(std::size_t h) {
    const auto before = ix(histories_[h].parent);
    const int state = histories_[before].state,
              branch = layout_.structure().states[ix(state)].first_branch + histories_[h].branch;
    log_odds_[h] = log_odds_[before];
    Bayes bayes(layout_, state);
    if (!layout_.deciders(state).empty()) {
      Listener listener(layout_, state);
      bayes.move(log_odds_[h], listener.hear(histories_[h].branch,
                                             [&](int row) { return rows_[before][ix(row)]; }));
      return;
    }
    const checking::ChanceNews news = checking::news_of_outcome(layout_, state, branch);
    if (news.possible) bayes.move(log_odds_[h], news);
  }

  void read(std::size_t h) {
    const int state = histories_[h].state;
    Stencil at;
    at.start(0);
    for (const Shape::Axis& axis : layout_.shape(state).axes)
      at.spread(axis.stride,
                locate(layout_.nodes(axis.axis), logistic(log_odds_[h][ix(axis.axis)])));
    const StrategyBlock block =
        checking::strategy_block(layout_, strategies_, histories_[h].round, state);
    const std::vector<Decider>& deciders = layout_.deciders(state);
    std::vector<double>& rows = rows_[h];
    rows.assign(ix(num_rows(deciders)), 0.0);
    for (std::size_t row = 0; row < rows.size(); ++row)
      for (int k = 0; k < at.count; ++k)
        if (at.weight[ix(k)] > 0.0)
          rows[row] += at.weight[ix(k)] * block.at(static_cast<int>(row), at.index[ix(k)]);
    for (const Decider& who : deciders)
      for (int type = 0; type < who.types; ++type) {
        const std::span<double> own(rows.data() + who.row(type, 0), ix(who.num_actions()));
        const double all = log_sum_exp(own);
        for (double& log : own) log -= all;
      }
  }

  Layout layout_;
  const Assessment& strategies_;
  const Histories& histories_;
  std::vector<std::vector<double>> log_odds_;  ///< [history][axis]: the analyst's
  std::vector<std::vector<double>> rows_;      ///< [history][row]: natural logs
};

/// What a player earns from each node on, by its own odds.
std::vector<double> payoffs_from(const ExtensiveForm& form, const std::vector<double>& log_strategy,
                                 int player) {
  std::vector<double> out(form.nodes.size(), 0.0);
  for (std::size_t n = form.nodes.size(); n-- > 0;) {
    const ExtensiveForm::Node& node = form.nodes[n];
    if (node.outcome >= 0) out[n] += form.payoff(node.outcome, player);
    if (node.set < 0) continue;
    const ExtensiveForm::InformationSet& set = form.sets[ix(node.set)];
    for (int a = 0; a < set.num_actions; ++a) {
      const int at = set.first_action + a;
      const double odds =
          set.player < 0 ? form.odds_for(player, at) : std::exp(log_strategy[ix(at)]);
      if (odds > 0.0) out[n] += odds * out[ix(form.child(static_cast<int>(n), a))];
    }
  }
  return out;
}

/// A player's value at the start given one of its types.
double value_of(const Unrolled& tree, const std::vector<double>& from, int player, int type) {
  const auto& profiles = tree.origins.profiles;
  if (profiles.size() == 1) return from[0];
  const int first = tree.form.sets[ix(tree.form.nodes[0].set)].first_action;
  double odds = 0.0, sum = 0.0;
  for (std::size_t d = 0; d < profiles.size(); ++d) {
    if (profiles[d][ix(player)] != type) continue;
    const double one = tree.form.odds_for(player, first + static_cast<int>(d));
    odds += one;
    sum += one * from[ix(tree.form.child(0, static_cast<int>(d)))];
  }
  return sum / odds;
}

}  // namespace

Result<Unrolled> unroll_for(const Game& game, const Assessment& strategies,
                            std::int64_t max_nodes) {
  Unrolled out;
  UnrollOptions options;
  options.lambda = strategies.lambda;
  options.measure = strategies.measure;
  options.discounting = strategies.discounting;
  options.max_nodes = max_nodes;
  for (const std::vector<double>& of_player : strategies.lambda)
    for (const double lambda : of_player) out.lambda = std::max(out.lambda, lambda);
  Result<ExtensiveForm> form = tree::unroll_with_origins(game, options, out.origins);
  if (!form) return std::unexpected(std::move(form.error()));
  out.form = std::move(*form);
  return out;
}

std::vector<double> read_onto_tree(const Game& game, const Assessment& strategies,
                                   const Unrolled& tree) {
  const Reading reading(game, strategies, tree.origins.histories);
  std::vector<double> out(tree.form.actions.size(), 0.0);
  for (std::size_t h = 0; h < tree.form.sets.size(); ++h) {
    const ExtensiveForm::InformationSet& set = tree.form.sets[h];
    const tree::Origins::Place& place = tree.origins.places[h];
    for (int a = 0; a < set.num_actions; ++a)
      out[ix(set.first_action + a)] =
          place.history < 0 ? std::log(tree.form.actions[ix(set.first_action + a)].odds)
                            : reading.log_probability(place, place.open[ix(a)]);
  }
  return out;
}

std::map<std::string, double> numbers_on_tree(const Game& game, const Unrolled& tree,
                                              const std::vector<double>& log_strategy) {
  std::map<std::string, double> out;
  for (const std::string& outcome : game.shape().outcomes) out["outcomes." + outcome] = 0.0;
  for (const TreePrediction::End& end : predict_tree(tree.form, log_strategy).ends)
    out["outcomes." + end.outcome] += end.probability;
  for (int i = 0; i < game.shape().num_players(); ++i) {
    const Player& player = game.shape().players[ix(i)];
    const std::vector<double> from = payoffs_from(tree.form, log_strategy, i);
    if (player.types.empty()) out["values." + player.name] = from[0];
    for (std::size_t k = 0; k < player.types.size(); ++k)
      out["values." + player.name + "." + player.types[k]] =
          value_of(tree, from, i, static_cast<int>(k));
  }
  return out;
}

}  // namespace melian
