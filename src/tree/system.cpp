#include "tree/system.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "melian/numeric.h"
#include "tree/elimination.h"
#include "tree/shape.h"

namespace melian::tree {
namespace {

bool chooses(const ExtensiveForm& form, int set) {
  return set >= 0 && form.sets[ix(set)].player >= 0 && form.sets[ix(set)].num_actions > 1;
}

}  // namespace

std::int64_t System::bytes_to_plan(const ExtensiveForm& form) {
  std::vector<std::int32_t> choices_above(form.nodes.size(), 0);
  std::int64_t pairs = 0;
  for (std::size_t n = 0; n < form.nodes.size(); ++n) {
    const int parent = form.nodes[n].parent;
    if (parent >= 0)
      choices_above[n] =
          choices_above[ix(parent)] + (chooses(form, form.nodes[ix(parent)].set) ? 1 : 0);
    if (chooses(form, form.nodes[n].set)) pairs += choices_above[n];
  }
  constexpr std::int64_t per_pair =
      sizeof(Above) + 2 * 2 * sizeof(std::int64_t);  // met twice while rows are found
  constexpr std::int64_t per_node = 64;
  const auto per_payoff = static_cast<std::int64_t>(2 * sizeof(double) * form.players.size());
  return pairs * per_pair + static_cast<std::int64_t>(form.nodes.size()) * (per_node + per_payoff);
}

std::int64_t System::bytes_to_solve() const {
  // The matrix and the copy that elimination keeps, its entries at the two ends of a step, and the
  // factors with what fills in.
  constexpr double per_entry = sizeof(double) + sizeof(int), border = 3.0, ends = 2.0;
  const double bytes =
      per_entry * (2.0 * static_cast<double>(entries_) + factor_entries_ + border * unknowns_) +
      ends * sizeof(double) * (static_cast<double>(entries_) + 2.0 * unknowns_) +
      static_cast<double>(above_.size() * sizeof(Above)) +
      static_cast<double>((values_.size() + after_.size()) * sizeof(double));
  constexpr auto most = static_cast<double>(std::numeric_limits<std::int64_t>::max());
  return bytes < 0.5 * most ? static_cast<std::int64_t>(bytes)
                            : std::numeric_limits<std::int64_t>::max();
}

System::System(const ExtensiveForm& form) : form_(form) {
  number_choices();
  climb();
  reorder();
  find_rows();
  place_blocks();
  log_strategy_.assign(form.actions.size(), 0.0);
  for (const ExtensiveForm::InformationSet& set : form.sets)
    for (int k = 0; k < set.num_actions && set.player < 0; ++k)
      log_strategy_[ix(set.first_action + k)] =
          std::log(form.actions[ix(set.first_action + k)].odds);
  probability_.assign(form.actions.size(), 0.0);
  if (!form.perceived.empty()) views_ = form.num_players();
  for (int view = 0; view < views_; ++view)
    for (const ExtensiveForm::InformationSet& set : form.sets)
      for (int a = set.first_action; a < set.first_action + set.num_actions; ++a) {
        odds_.push_back(set.player < 0 ? form.odds_for(view, a) : 0.0);
        log_odds_.push_back(std::log(odds_.back()));
      }
  parent_action_.assign(form.nodes.size(), -1);
  for (std::size_t n = 1; n < form.nodes.size(); ++n) {
    const ExtensiveForm::Node& node = form.nodes[n];
    parent_action_[n] = form.sets[ix(form.nodes[ix(node.parent)].set)].first_action + node.taken;
  }
  of_chance_.assign(form.actions.size(), 0);
  for (const ExtensiveForm::InformationSet& set : form.sets)
    for (int k = 0; k < set.num_actions && set.player < 0; ++k)
      of_chance_[ix(set.first_action + k)] = 1;
  log_reach_.assign(form.nodes.size() * ix(views_), 0.0);
  belief_.assign(form.nodes.size(), 0.0);
  by_chance_.assign(form.nodes.size() * ix(views_), 1.0);
  for (int view = 0; view < views_; ++view)
    for (std::size_t n = 1; n < form.nodes.size(); ++n) {
      const std::size_t a = ix(parent_action_[n]), first = ix(view) * form.nodes.size();
      if (of_chance_[a] != 0)
        by_chance_[first + n] = by_chance_[first + ix(form.nodes[n].parent)] *
                                odds_[ix(view) * form.actions.size() + a];
    }
  values_.assign(form.nodes.size() * form.players.size(), 0.0);
  after_.assign(values_.size(), 0.0);
  quality_.assign(form.actions.size(), 0.0);
}

void System::number_choices() {
  std::vector<int> depth(form_.nodes.size(), 0), deepest(form_.sets.size(), -1);
  for (std::size_t n = 0; n < form_.nodes.size(); ++n) {
    const ExtensiveForm::Node& node = form_.nodes[n];
    if (node.parent >= 0) depth[n] = depth[ix(node.parent)] + 1;
    if (node.set >= 0) deepest[ix(node.set)] = std::max(deepest[ix(node.set)], depth[n]);
  }
  std::vector<int> order;
  for (int h = 0; h < static_cast<int>(form_.sets.size()); ++h)
    if (chooses(form_, h) && deepest[ix(h)] >= 0) order.push_back(h);
  std::ranges::stable_sort(order, [&](int a, int b) { return deepest[ix(a)] > deepest[ix(b)]; });
  std::vector<int> rank(form_.sets.size(), -1);
  for (const int h : order) {
    const ExtensiveForm::InformationSet& set = form_.sets[ix(h)];
    rank[ix(h)] = static_cast<int>(choices_.size());
    Choice choice;
    choice.set = h;
    choice.first_action = set.first_action;
    choice.num_actions = set.num_actions;
    choice.player = set.player;
    choice.factor = set.lambda_factor;
    choice.first_unknown = unknowns_;
    unknowns_ += set.num_actions - 1;
    choices_.push_back(std::move(choice));
  }
  choice_of_.assign(form_.nodes.size(), -1);
  for (std::size_t n = 0; n < form_.nodes.size(); ++n) {
    if (form_.nodes[n].set < 0 || rank[ix(form_.nodes[n].set)] < 0) continue;
    choice_of_[n] = rank[ix(form_.nodes[n].set)];
    choices_[ix(choice_of_[n])].nodes.push_back(static_cast<int>(n));
    above_nodes_.push_back(static_cast<int>(n));
  }
}

void System::climb() {
  std::vector<Above> nearest(
      form_.nodes.size());  // chance moves in a row are climbed once, not once a node below them
  for (std::size_t n = 1; n < form_.nodes.size(); ++n) {
    const int parent = form_.nodes[n].parent;
    nearest[n] = choice_of_[ix(parent)] >= 0 ? Above{.node = parent, .action = form_.nodes[n].taken}
                                             : nearest[ix(parent)];
  }
  for (const int n : above_nodes_) {
    above_begin_.push_back(static_cast<std::int64_t>(above_.size()));
    for (Above at = nearest[ix(n)]; at.node >= 0; at = nearest[ix(at.node)]) above_.push_back(at);
  }
  above_begin_.push_back(static_cast<std::int64_t>(above_.size()));
}

/// The order of elimination becomes that of the choices.
void System::reorder() {
  constexpr double most = 1e10;  // entries; far beyond any memory
  BlockGraph graph;
  for (const Choice& choice : choices_) graph.size.push_back(choice.num_actions - 1);
  for (std::size_t k = 0; k < above_nodes_.size(); ++k)
    for (std::int64_t at = above_begin_[k]; at < above_begin_[k + 1]; ++at)
      graph.shared.emplace_back(choice_of_[ix(above_[ix(at)].node)],
                                choice_of_[ix(above_nodes_[k])]);
  std::ranges::sort(graph.shared);
  graph.shared.erase(std::ranges::unique(graph.shared).begin(), graph.shared.end());
  const Elimination elimination = elimination_order(graph, most);
  factor_entries_ = elimination.entries;
  std::vector<Choice> ordered;
  std::vector<int> place(choices_.size());
  unknowns_ = 0;
  for (const int c : elimination.order) {
    place[ix(c)] = static_cast<int>(ordered.size());
    ordered.push_back(std::move(choices_[ix(c)]));
    ordered.back().first_unknown = unknowns_;
    unknowns_ += ordered.back().num_actions - 1;
  }
  choices_ = std::move(ordered);
  for (int& choice : choice_of_)
    if (choice >= 0) choice = place[ix(choice)];
}

/// The rows that a set's columns reach: those of sets above (of the action that leads here, or of
/// all where that is the action ratios are taken to) and all of the sets below.
void System::find_rows() {
  std::vector<std::pair<int, int>>
      met;  // (column's choice, row); first whole blocks as -1 - choice, made rows below
  for (std::size_t k = 0; k < above_nodes_.size(); ++k) {
    const int lower = choice_of_[ix(above_nodes_[k])];
    for (std::int64_t at = above_begin_[k]; at < above_begin_[k + 1]; ++at) {
      const Above& above = above_[ix(at)];
      const int upper = choice_of_[ix(above.node)];
      met.emplace_back(lower, above.action == 0
                                  ? -1 - upper
                                  : choices_[ix(upper)].first_unknown + above.action - 1);
      if (has_beliefs(choices_[ix(lower)])) met.emplace_back(upper, -1 - lower);
    }
  }
  std::ranges::sort(met);
  met.erase(std::ranges::unique(met).begin(), met.end());
  std::size_t at = 0;
  for (std::size_t c = 0; c < choices_.size(); ++c) {
    Choice& column = choices_[c];
    std::vector<int> rows;
    for (; at < met.size() && met[at].first == static_cast<int>(c); ++at) {
      const int row = met[at].second;
      if (row >= 0) {
        rows.push_back(row);
        continue;
      }
      const Choice& whole = choices_[ix(-1 - row)];
      for (int a = 1; a < whole.num_actions; ++a) rows.push_back(whole.first_unknown + a - 1);
    }
    std::ranges::sort(rows);
    rows.erase(std::ranges::unique(rows).begin(), rows.end());
    column.first_row = static_cast<std::int64_t>(rows_.size());
    column.num_rows = static_cast<int>(rows.size());
    column.diagonal =
        static_cast<int>(std::ranges::lower_bound(rows, column.first_unknown) - rows.begin());
    rows_.insert(rows_.end(), rows.begin(), rows.end());
    entries_ += (std::int64_t{column.num_rows} + 2) * (column.num_actions - 1);
  }
  entries_ += unknowns_ + 1;
}

int System::place(const Choice& column, int row) const {
  const auto begin = rows_.begin() + column.first_row, end = begin + column.num_rows;
  const int found = static_cast<int>(std::lower_bound(begin, end, row) - begin);
  return found < column.diagonal ? found : found + 1;
}

void System::place_blocks() {
  for (std::size_t k = 0; k < above_nodes_.size(); ++k) {
    const Choice& lower = choices_[ix(choice_of_[ix(above_nodes_[k])])];
    for (std::int64_t at = above_begin_[k]; at < above_begin_[k + 1]; ++at) {
      Above& above = above_[ix(at)];
      const Choice& upper = choices_[ix(choice_of_[ix(above.node)])];
      above.below_column = place(lower, upper.first_unknown + std::max(above.action, 1) - 1);
      above.above_column = place(upper, lower.first_unknown);
    }
  }
}

Bordered System::pattern() const {
  Bordered out;
  out.size = unknowns_ + 1;
  out.row.reserve(ix(entries_));
  for (const Choice& column : choices_)
    for (int b = 1; b < column.num_actions; ++b) {
      out.column_begin.push_back(static_cast<int>(out.row.size()));
      const auto begin = rows_.begin() + column.first_row;
      out.row.insert(out.row.end(), begin, begin + column.diagonal);
      out.row.push_back(column.first_unknown + b - 1);
      out.row.insert(out.row.end(), begin + column.diagonal, begin + column.num_rows);
      out.row.push_back(unknowns_);
    }
  out.column_begin.push_back(static_cast<int>(out.row.size()));
  for (int r = 0; r <= unknowns_; ++r) out.row.push_back(r);
  out.column_begin.push_back(static_cast<int>(out.row.size()));
  out.entry.assign(out.row.size(), 0.0);
  return out;
}

std::vector<double> System::start() const {
  std::vector<double> x(ix(unknowns_), 0.0);
  for (const Choice& choice : choices_)
    for (int a = 1; a < choice.num_actions; ++a)
      x[ix(choice.first_unknown + a - 1)] = form_.actions[ix(choice.first_action + a)].log_weight -
                                            form_.actions[ix(choice.first_action)].log_weight;
  for (std::size_t k = 0; k < bias_.size(); ++k) x[k] += bias_[k];
  return x;
}

void System::set_bias(std::vector<double> bias, double unbiased_at) {
  bias_ = std::move(bias);
  unbiased_at_ = unbiased_at;
}

void System::evaluate(std::span<const double> x) {
  for (const Choice& choice : choices_) {
    const std::span<double> row(log_strategy_.data() + choice.first_action, ix(choice.num_actions));
    row[0] = 0.0;
    for (int a = 1; a < choice.num_actions; ++a) row[ix(a)] = x[ix(choice.first_unknown + a - 1)];
    const double normaliser = log_sum_exp(row);
    for (double& log : row) log -= normaliser;
  }
  for (std::size_t a = 0; a < probability_.size(); ++a)
    probability_[a] = std::exp(log_strategy_[a]);
  for (int view = 0; view < views_; ++view) play_as(view);
  believe();
}

/// Down the tree how likely each node is, up the tree what it is worth: to a player who sees other
/// odds than the rest, or (the only view) to all.
void System::play_as(int view) {
  const std::size_t players = form_.players.size(), nodes = form_.nodes.size();
  const std::size_t first = ix(view), last = views_ == 1 ? players : first + 1;
  double* reach = log_reach_.data() + first * nodes;
  const double* odds = odds_.data() + first * form_.actions.size();
  const double* log_odds = log_odds_.data() + first * form_.actions.size();
  for (std::size_t n = 1; n < nodes; ++n) {
    const std::size_t a = ix(parent_action_[n]);
    reach[n] =
        reach[ix(form_.nodes[n].parent)] + (of_chance_[a] != 0 ? log_odds[a] : log_strategy_[a]);
  }
  for (std::size_t n = 0; n < nodes; ++n)
    for (std::size_t i = first; i < last; ++i) after_[n * players + i] = 0.0;
  for (std::size_t n = nodes; n-- > 0;) {
    const ExtensiveForm::Node& node = form_.nodes[n];
    const std::size_t a = n > 0 ? ix(parent_action_[n]) : 0;
    const double weight = n == 0 ? 0.0 : of_chance_[a] != 0 ? odds[a] : probability_[a];
    for (std::size_t i = first; i < last; ++i) {
      values_[n * players + i] =
          after_[n * players + i] +
          (node.outcome < 0 ? 0.0 : form_.payoffs[ix(node.outcome) * players + i]);
      if (weight > 0.0) after_[ix(node.parent) * players + i] += weight * values_[n * players + i];
    }
  }
}

/// Beliefs by Bayes' rule, and what each action is worth at them. Nodes are passed in their order,
/// which memory likes.
void System::believe() {
  const std::size_t players = form_.players.size();
  std::vector<double> most(choices_.size(), -infinity), mass(choices_.size(), 0.0);
  for (const int n : above_nodes_) {
    const std::size_t c = ix(choice_of_[ix(n)]);
    most[c] =
        std::max(most[c], log_reach_[view_of(choices_[c].player) * form_.nodes.size() + ix(n)]);
  }
  for (const int n : above_nodes_) {
    const std::size_t c = ix(choice_of_[ix(n)]);
    const double below_most =
        log_reach_[view_of(choices_[c].player) * form_.nodes.size() + ix(n)] - most[c];
    mass[c] += belief_[ix(n)] = below_most == 0.0 ? 1.0 : std::exp(below_most);
  }
  std::ranges::fill(quality_, 0.0);
  for (const int n : above_nodes_) {
    const std::size_t c = ix(choice_of_[ix(n)]);
    const Choice& choice = choices_[c];
    const double belief = belief_[ix(n)] /= mass[c];
    const std::int32_t* child = form_.children.data() + form_.nodes[ix(n)].first_child;
    for (int a = 0; a < choice.num_actions; ++a)
      quality_[ix(choice.first_action + a)] +=
          belief * values_[ix(child[a]) * players + ix(choice.player)];
  }
}

void System::residual(double lambda, std::span<double> out) const {
  for (const Choice& choice : choices_)
    for (int a = 1; a < choice.num_actions; ++a) {
      const std::size_t here = ix(choice.first_action + a), base = ix(choice.first_action);
      const std::size_t k = ix(choice.first_unknown + a - 1);
      out[k] = log_strategy_[here] - log_strategy_[base] -
               (form_.actions[here].log_weight - form_.actions[base].log_weight) -
               lambda * choice.factor * (quality_[here] - quality_[base]);
      if (!bias_.empty()) out[k] -= (1.0 - lambda / unbiased_at_) * bias_[k];
    }
}

void System::slope(std::span<double> out) const {
  for (const Choice& choice : choices_)
    for (int a = 1; a < choice.num_actions; ++a)
      out[ix(choice.first_unknown + a - 1)] =
          -choice.factor *
          (quality_[ix(choice.first_action + a)] - quality_[ix(choice.first_action)]);
  for (std::size_t k = 0; k < bias_.size(); ++k) out[k] += bias_[k] / unbiased_at_;
}

int System::fastest_set(std::span<const double> direction) const {
  int fastest = -1;
  double most = -1.0;
  for (const Choice& choice : choices_) {
    const auto move = [&](int a) {
      return a == 0 ? 0.0 : direction[ix(choice.first_unknown + a - 1)];
    };
    double mean = 0.0;
    for (int a = 0; a < choice.num_actions; ++a)
      mean += probability_[ix(choice.first_action + a)] * move(a);
    for (int a = 0; a < choice.num_actions; ++a) {
      const double speed = probability_[ix(choice.first_action + a)] * std::abs(move(a) - mean);
      if (speed > most) most = speed, fastest = choice.set;
    }
  }
  return fastest;
}

std::vector<double> System::preference(const std::vector<int>& action, double bias) const {
  std::vector<double> out(ix(unknowns_), 0.0);
  for (const Choice& choice : choices_) {
    const int preferred = action[ix(choice.set)];
    for (int a = 1; a < choice.num_actions && preferred >= 0; ++a)
      out[ix(choice.first_unknown + a - 1)] = preferred == 0 ? -bias : preferred == a ? bias : 0.0;
  }
  return out;
}

std::vector<double> System::log_ratios(const std::vector<double>& log_strategy) const {
  std::vector<double> out(ix(unknowns_));
  for (const Choice& choice : choices_)
    for (int a = 1; a < choice.num_actions; ++a)
      out[ix(choice.first_unknown + a - 1)] =
          log_strategy[ix(choice.first_action + a)] - log_strategy[ix(choice.first_action)];
  return out;
}

std::vector<int> System::set_of_unknown() const {
  std::vector<int> out(ix(unknowns_));
  for (const Choice& choice : choices_)
    for (int a = 1; a < choice.num_actions; ++a) out[ix(choice.first_unknown + a - 1)] = choice.set;
  return out;
}

void System::jacobian(double lambda, Bordered& matrix) const {
  const std::size_t players = form_.players.size();
  std::vector<double> path(ix(views_));  // how likely play comes from above to n, by view
  for (const Choice& column : choices_)
    for (int b = 1; b < column.num_actions; ++b) {
      double* entries = matrix.entry.data() + matrix.column_begin[ix(column.first_unknown + b - 1)];
      std::fill_n(entries, column.num_rows + 1, 0.0);
      entries[column.diagonal] = 1.0;
    }
  for (std::size_t k = 0; k < above_nodes_.size(); ++k) {
    const int n = above_nodes_[k];
    const Choice& lower = choices_[ix(choice_of_[ix(n)])];
    const double belief = belief_[ix(n)];
    const double base_news = belief * (values_[ix(form_.child(n, 0)) * players + ix(lower.player)] -
                                       quality_[ix(lower.first_action)]);
    std::fill_n(path.begin(), views_, 1.0);
    int from = n;
    for (std::int64_t at = above_begin_[k]; at < above_begin_[k + 1]; ++at) {
      const Above& above = above_[ix(at)];
      const int c = choice_of_[ix(above.node)];
      const Choice& upper = choices_[ix(c)];
      for (int view = 0; view < views_; ++view)
        path[ix(view)] *= by_chance_[ix(view) * form_.nodes.size() + ix(from)];
      // The upper set's payoffs move with what is chosen here: its belief, and how likely play then
      // comes to n.
      const double weight = belief_[ix(above.node)] * path[view_of(upper.player)];
      for (int view = 0; view < views_; ++view)
        path[ix(view)] *= probability_[ix(upper.first_action + above.action)];
      from = above.node;
      const double mean = after_[ix(n) * players + ix(upper.player)];
      for (int b = 1; b < lower.num_actions; ++b) {
        const double moved = weight * probability_[ix(lower.first_action + b)] *
                             (values_[ix(form_.child(n, b)) * players + ix(upper.player)] - mean);
        double* entries = matrix.entry.data() +
                          matrix.column_begin[ix(lower.first_unknown + b - 1)] + above.below_column;
        const double change = lambda * upper.factor * moved;
        if (above.action > 0) {
          *entries -= change;
        } else {
          for (int a = 1; a < upper.num_actions; ++a) entries[a - 1] += change;
        }
      }
      // This set's beliefs move with what is chosen above.
      if (!has_beliefs(lower)) continue;
      for (int b = 1; b < upper.num_actions; ++b) {
        const double growth =
            (b == above.action ? 1.0 : 0.0) - probability_[ix(upper.first_action + b)];
        double* entries = matrix.entry.data() +
                          matrix.column_begin[ix(upper.first_unknown + b - 1)] + above.above_column;
        for (int a = 1; a < lower.num_actions; ++a) {
          const double news =
              belief * (values_[ix(form_.child(n, a)) * players + ix(lower.player)] -
                        quality_[ix(lower.first_action + a)]);
          entries[a - 1] -= lambda * lower.factor * (news - base_news) * growth;
        }
      }
    }
  }
}

}  // namespace melian::tree
