/// Probabilities and log-odds are taken to have expansions y + c / lambda + d / lambda^2 + ...
/// where they converge; two terms are taken out (Richardson).

#include "tree/extrapolate.h"

#include <algorithm>
#include <cmath>

#include <fmt/core.h>

#include "melian/numeric.h"
#include "tree/assessment.h"
#include "tree/shape.h"

namespace melian::tree {
namespace {

constexpr double steady_fall = 0.9;  // of a probability over a doubling that leads to nought
constexpr double shrinking = 0.75;   // of the next change over the last, where something converges
constexpr double largest_log_odds = 50.0;  // against the likeliest: extrapolation may pass it

/// The limit of a sequence at doubling precisions, from its last three members up to `end`.
template <class Sequence>
double limit_of(const Sequence& y, std::size_t end) {
  if (end == 1) return y(0);
  if (end == 2) return 2.0 * y(1) - y(0);
  return (8.0 * y(end - 1) - 6.0 * y(end - 2) + y(end - 3)) / 3.0;
}

class Extrapolation {
 public:
  Extrapolation(const ExtensiveForm& form, const std::vector<double>& given,
                const std::deque<Snapshot>& last, TreeLimit& out)
      : form_(form), given_(given), last_(last), out_(out), nodes_(nodes_of_sets(form)) {}

  void run() {
    out_.binding = {};
    out_.change = out_.gain = out_.distance = 0.0;
    find_strategies();
    find_beliefs();
    out_.values = values_of(form_, out_.strategy);
    find_reach();
    look_for_gains();
    // Supports first: without them best replies and beliefs mean little.
    for (const LimitBinding* one : {&supports_, &gains_, &beliefs_})
      if (out_.binding.condition == LimitCondition::none) out_.binding = *one;
    out_.settled = out_.binding.condition == LimitCondition::none;
  }

 private:
  [[nodiscard]] bool is_choice(std::size_t set) const { return form_.sets[set].player >= 0; }

  void note(LimitBinding& binding, LimitCondition condition, std::size_t set, int action,
            double size, std::string words) const {
    if (binding.condition != LimitCondition::none && !(size > binding.size)) return;
    binding = {condition, static_cast<int>(set), action, size, std::move(words)};
  }
  [[nodiscard]] std::string action_words(std::size_t set, int action) const {
    return fmt::format("\"{}\" of {}", form_.actions[ix(action)].label,
                       set_words(form_, static_cast<int>(set)));
  }

  // ---- Strategies ----

  void find_strategies() {
    out_.strategy.assign(form_.actions.size(), 0.0);
    for (std::size_t h = 0; h < form_.sets.size(); ++h) {
      const ExtensiveForm::InformationSet& set = form_.sets[h];
      double sum = 0.0;
      for (int a = set.first_action; a < set.first_action + set.num_actions; ++a) {
        out_.strategy[ix(a)] =
            set.player < 0 ? form_.actions[ix(a)].odds : probability_in_use(h, a);
        sum += out_.strategy[ix(a)];
      }
      if (set.player < 0) continue;
      if (!(sum > 0.0)) sum = fall_back_to_last(set);
      for (int a = set.first_action; a < set.first_action + set.num_actions; ++a)
        out_.strategy[ix(a)] /= sum;
    }
  }

  /// Where extrapolation leaves nothing in use, the last solution stands in; not settled, then.
  double fall_back_to_last(const ExtensiveForm::InformationSet& set) {
    double sum = 0.0;
    for (int a = set.first_action; a < set.first_action + set.num_actions; ++a)
      sum += out_.strategy[ix(a)] = std::exp(last_.back().log_strategy[ix(a)]);
    return sum;
  }

  /// The limit probability; nought where the action is not in use.
  double probability_in_use(std::size_t set, int action) {
    const auto log_at = [&](std::size_t k) { return last_[k].log_strategy[ix(action)]; };
    const auto at = [&](std::size_t k) { return std::exp(log_at(k)); };
    const std::size_t size = last_.size();
    const double now = limit_of(at, size), epsilon = out_.epsilon;
    const bool in_use = now > epsilon;
    for (std::size_t end = size > 2 ? size - 2 : size; end < size; ++end) {
      const double before = limit_of(at, end);
      if (end + 1 == size) out_.change = std::max(out_.change, std::abs(now - before));
      if ((before > epsilon) != in_use || std::abs(now - before) > epsilon)
        note(supports_, LimitCondition::supports, set, action, std::abs(now - before),
             fmt::format("the limit probability of {} still changes from {} to {} when precision "
                         "doubles",
                         action_words(set, action), number_text(std::max(before, 0.0), 4),
                         number_text(std::max(now, 0.0), 4)));
    }
    for (std::size_t k = size > 2 ? size - 2 : size; k < size && !in_use; ++k)
      if (log_at(k) > log_at(k - 1) + std::log(steady_fall))
        note(supports_, LimitCondition::supports, set, action, at(k),
             fmt::format("the probability of {} is {} and does not fall steadily to 0",
                         action_words(set, action), number_text(at(k), 4)));
    return in_use ? std::min(now, 1.0) : 0.0;
  }

  // ---- Beliefs ----

  void find_beliefs() {
    out_.belief.assign(form_.nodes.size(), 0.0);
    for (std::size_t h = 0; h < form_.sets.size(); ++h) {
      if (!is_choice(h) || nodes_[h].empty()) continue;
      const std::vector<double>& latest = last_.back().log_belief;
      const int top = *std::ranges::max_element(
          nodes_[h], [&](int a, int b) { return latest[ix(a)] < latest[ix(b)]; });
      double sum = 0.0;
      for (const int n : nodes_[h]) sum += out_.belief[ix(n)] = std::exp(log_odds_limit(h, n, top));
      for (const int n : nodes_[h]) out_.belief[ix(n)] /= sum;
    }
  }

  /// Of a node against another of its set; minus infinity where they diverge.
  double log_odds_limit(std::size_t set, int node, int top) {
    const auto at = [&](std::size_t k) {
      return last_[k].log_belief[ix(node)] - last_[k].log_belief[ix(top)];
    };
    const std::size_t size = last_.size();
    if (node == top) return 0.0;
    if (at(size - 1) == -infinity) return -infinity;  // chance excludes it
    if (size < 4) return limit_of(at, size);
    const double first = at(size - 3) - at(size - 4), second = at(size - 2) - at(size - 3),
                 third = at(size - 1) - at(size - 2);
    const double size_of_change = std::abs(third);
    if (size_of_change <= out_.epsilon || size_of_change <= shrinking * std::abs(second))
      return std::min(limit_of(at, size), largest_log_odds);
    if (first < 0.0 && second < 0.0 && third < 0.0) return -infinity;
    note(beliefs_, LimitCondition::beliefs, set, -1, size_of_change,
         fmt::format("log-odds of the belief at {} neither converge nor diverge steadily: they "
                     "changed by {}, {}, and {} over the last three doublings",
                     set_words(form_, static_cast<int>(set)), number_text(first, 3),
                     number_text(second, 3), number_text(third, 3)));
    return at(size - 1);
  }

  // ---- Best replies ----

  void find_reach() {
    const std::vector<double> reach = reach_of(form_, out_.strategy, -1);
    out_.reach.assign(form_.sets.size(), 0.0);
    for (std::size_t h = 0; h < form_.sets.size(); ++h)
      for (const int n : nodes_[h]) out_.reach[h] += reach[ix(n)];
    for (std::size_t h = 0; h < form_.sets.size(); ++h) {
      if (!is_choice(h) || !(out_.reach[h] > 0.0)) continue;
      const ExtensiveForm::InformationSet& set = form_.sets[h];
      for (int a = set.first_action; a < set.first_action + set.num_actions; ++a)
        out_.distance =
            std::max(out_.distance, std::abs(out_.strategy[ix(a)] - std::exp(given_[ix(a)])));
    }
  }

  void look_for_gains() {
    const std::size_t players = form_.players.size();
    for (std::size_t h = 0; h < form_.sets.size(); ++h) {
      const ExtensiveForm::InformationSet& set = form_.sets[h];
      if (!is_choice(h) || !(out_.stake[h] > 0.0)) continue;
      std::vector<double> payoff(ix(set.num_actions), 0.0);
      for (const int n : nodes_[h])
        for (int a = 0; a < set.num_actions && out_.belief[ix(n)] > 0.0; ++a)
          payoff[ix(a)] +=
              out_.belief[ix(n)] * out_.values[ix(form_.child(n, a)) * players + ix(set.player)];
      const double best = *std::ranges::max_element(payoff);
      for (int a = 0; a < set.num_actions; ++a) {
        if (!(out_.strategy[ix(set.first_action + a)] > 0.0)) continue;
        const double gain = (best - payoff[ix(a)]) / out_.stake[h];
        out_.gain = std::max(out_.gain, gain);
        if (gain > out_.epsilon)
          note(gains_, LimitCondition::best_replies, h, set.first_action + a, gain,
               fmt::format("leaving {} gains {} in the limit, more than {} of the {} at stake",
                           action_words(h, set.first_action + a),
                           number_text(best - payoff[ix(a)], 4), number_text(out_.epsilon),
                           number_text(out_.stake[h], 4)));
      }
    }
  }

  const ExtensiveForm& form_;
  const std::vector<double>& given_;
  const std::deque<Snapshot>& last_;
  TreeLimit& out_;
  std::vector<std::vector<int>> nodes_;
  LimitBinding supports_, gains_, beliefs_;
};

}  // namespace

void extrapolate(const ExtensiveForm& form, const std::vector<double>& given,
                 const std::deque<Snapshot>& last, TreeLimit& out) {
  Extrapolation(form, given, last, out).run();
}

}  // namespace melian::tree
