#include "answer/on_tree.h"

#include <algorithm>
#include <cmath>

#include "melian/numeric.h"
#include "melian/predict_histories.h"
#include "melian/strategies.h"
#include "tree/shape.h"

namespace melian {
namespace {

using tree::ix;

/// Writes what a grid's strategies do after each public history to the information sets there.
class Reading final : public StrategySource {
 public:
  Reading(const Game& game, const Assessment& strategies, const ExtensiveForm& form)
      : shape_(game.shape()),
        form_(form),
        grid_(game, strategies),
        where_(game, form, strategies.measure) {
    for (const ExtensiveForm::InformationSet& set : form.sets) by_base_measure(set);
    for (std::size_t s = 0; s < shape_.states.size(); ++s)
      source_of_.resize(source_of_.size() + ix(shape_.states[s].num_branches));
    for (std::size_t s = 0; s < shape_.states.size(); ++s)
      for (int k = 0; k < shape_.states[s].num_branches; ++k)
        source_of_[ix(shape_.states[s].first_branch + k)] = static_cast<int>(s);
  }

  [[nodiscard]] const std::vector<Decider>& deciders(int state) const override {
    return grid_.deciders(state);
  }

  [[nodiscard]] HistoryDecision visit(const PublicHistory& history) override {
    if (history.parent < 0) {
      nodes_.push_back(where_.start());
    } else {
      const int source = source_of_[ix(history.branch)];
      nodes_.push_back(where_.after(source, nodes_[ix(history.parent)],
                                    history.branch - shape_.states[ix(source)].first_branch));
    }
    HistoryDecision decision = grid_.visit(history);
    if (shape_.decides(history.state)) write(history.state, decision.log_strategy);
    return decision;
  }

  std::vector<double> log_strategy;  ///< by action of the form

 private:
  void by_base_measure(const ExtensiveForm::InformationSet& set) {
    std::vector<double> logs;
    for (int a = set.first_action; a < set.first_action + set.num_actions; ++a)
      logs.push_back(set.player < 0 ? std::log(form_.actions[ix(a)].odds)
                                    : form_.actions[ix(a)].log_weight);
    const double all = set.player < 0 ? 0.0 : log_sum_exp(logs);
    for (const double log : logs) log_strategy.push_back(log - all);
  }

  void write(int state, const std::vector<double>& rows) {
    const std::vector<Decider>&told_apart = where_.deciders(state), &movers = deciders(state);
    for (std::size_t d = 0; d < movers.size(); ++d)
      for (int type = 0; type < told_apart[d].types; ++type) {
        const int set = where_.set_of(state, nodes_.back(), d, type);
        if (set < 0) continue;
        const std::vector<int> open = TreeHistories::open(told_apart[d], type);
        for (std::size_t a = 0; a < open.size(); ++a) {
          const double log = rows[ix(movers[d].row(movers[d].types > 1 ? type : 0, open[a]))];
          if (std::isfinite(log)) log_strategy[ix(form_.sets[ix(set)].first_action) + a] = log;
        }
      }
  }

  const Structure& shape_;
  const ExtensiveForm& form_;
  GridStrategies grid_;
  TreeHistories where_;
  std::vector<int> source_of_;           ///< [branch]
  std::vector<std::vector<int>> nodes_;  ///< [history][full profile]
};

/// Public histories of a tree at most: passages are no nodes.
std::int64_t most_histories(const ExtensiveForm& form) {
  return 4 * static_cast<std::int64_t>(form.nodes.size()) + 1024;
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
  Result<ExtensiveForm> form = unroll(game, options);
  if (!form) return std::unexpected(std::move(form.error()));
  out.form = std::move(*form);
  out.measure = strategies.measure;
  return out;
}

std::vector<double> read_onto_tree(const Game& game, const Assessment& strategies,
                                   const Unrolled& tree) {
  Reading reading(game, strategies, tree.form);
  HistoryLimits all;
  all.reached = 0.0;
  all.most = most_histories(tree.form);
  for (HistoryWalk walk(game, reading, all); walk.next() != nullptr;) {
  }
  return std::move(reading.log_strategy);
}

std::map<std::string, double> numbers_on_tree(const Game& game, const Unrolled& tree,
                                              const std::vector<double>& log_strategy) {
  TreeStrategies strategies(game, tree.form, log_strategy, tree.measure);
  const std::optional<Prediction> prediction =
      predict_histories(game, strategies, most_histories(tree.form));
  return prediction ? printed_numbers(game.shape(), *prediction) : std::map<std::string, double>{};
}

}  // namespace melian
